"""Hand-ins into the class record, one file after the other; what is refused stops none of the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from alliance_kit.cohort.gather import Found, gather
from alliance_kit.cohort.lms import Submission
from alliance_kit.cohort.record import Outcome, Record
from alliance_kit.cohort.record._merging import moment_of
from alliance_kit.cohort.record._writing import code_in
from alliance_kit.errors import HandInError
from alliance_kit.handin import HandIn, read

_HEAD = 4096
"""Bytes in which the header of a hand-in says what it is."""
_MARK = b'"hand_in"'


@dataclass(frozen=True, slots=True)
class Collected:
    """One file and what became of it: its name, safe to show, the learner's code, and a note, or the reason why not."""

    file: str
    outcome: Outcome
    code: str
    note: str


def collect(source: Path, record: Record, *, now: datetime, due: date | None = None) -> Iterator[Collected]:
    """Take the hand-ins of a folder or ZIP into the record and yield one result per file, as it goes.

    Parameters
    ----------
    source : folder, ZIP of the LMS, or a single file
    record : the class record; what it has is not added again
    now : the present moment, with the time zone in which days are counted
    due : the last day on which a hand-in is in time; without it only the LMS says what is late

    Raises
    ------
    ClassRecordError: the source or the record cannot be used; what was taken before is kept.
    """
    for found in gather(source):
        yield _collect(found, record, now, due)


def _collect(found: Found, record: Record, now: datetime, due: date | None) -> Collected:
    if found.data is None:
        return _refused(found, record, now, found.fault)
    try:
        hand_in = read(found.data)
    except HandInError as fault:
        return _refused(found, record, now, str(fault))
    submission = replace(found.submission, late=found.submission.late or _is_late(hand_in, due, now))
    taking = record.take(hand_in, file=found.name, submission=submission, at=now)
    if taking.outcome == "refused":
        return _refused(found, record, now, taking.note, taking.code)
    return Collected(found.name, taking.outcome, taking.code, taking.note)


def _refused(found: Found, record: Record, now: datetime, why: str, code: str = "") -> Collected:
    if _is_attempt(found):
        digest = "" if found.data is None else hashlib.sha256(found.data).hexdigest()
        record.refuse(found.name, digest, why, found.submission, now, code=code)
    return Collected(found.name, "refused", "", why)


def _is_attempt(found: Found) -> bool:
    """Return whether somebody meant to hand this in: an LMS brought it, or its name or beginning is a hand-in's.

    Whatever else lies in a folder is refused and told, and not kept in mind.
    """
    if found.stray:
        return False
    head = (found.data or b"")[:_HEAD].replace(b"\0", b"")  # as UTF-16 it has a NUL beside each letter
    return found.submission != Submission() or bool(code_in(found.name)) or _MARK in head


def _is_late(hand_in: HandIn, due: date | None, now: datetime) -> bool:
    made = moment_of(hand_in.made)
    if due is None or made is None:
        return False
    try:
        return made.astimezone(now.tzinfo).date() > due
    except OverflowError:  # the year 1 or 9999
        return made.date() > due
