"""From a hand-in to the rows of a class record, and whether it can be kept at all."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alliance_kit.cohort.lms import own_name
from alliance_kit.cohort.record._merging import moment_of, ordered_by, text_of
from alliance_kit.cohort.shown import shown
from alliance_kit.handin import HandIn
from alliance_kit.journal import PlainCodec
from alliance_kit.plain import Json, canonical_json, to_json

_CODE: Final = re.compile(r"[0-9a-f]{8,32}")
"""The workbook draws codes as hexadecimal digits. They become names of files, so nothing else is taken for one."""
_OURS: Final = re.compile(r"hand-in-([0-9a-f]{8,32})-\d{4}-\d\d-\d\d(?:-\d+)?\.jsonl")
_PROGRAM: Final = re.compile(r"[0-9A-Za-z.+-]{1,40}")
_QUOTED: Final = re.compile(r" \(.*\)", re.DOTALL)
_CODEC: Final = PlainCodec()


class UnkeepableError(Exception):
    """A hand-in cannot be kept; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A hand-in, ready to be written: its row, the rows of its lines, its exercises, and what is to be told."""

    row: Mapping[str, Json]
    entries: tuple[Mapping[str, Json], ...]
    exercises: Mapping[str, Json]
    note: str


def prepared(hand_in: HandIn, at: datetime) -> Prepared:
    """Return the rows of a hand-in that is taken at `at`.

    Raises
    ------
    UnkeepableError: it lacks what makes a hand-in one learner's, or could not be read again.
    """
    if not _CODE.fullmatch(hand_in.code):
        raise UnkeepableError("This hand-in carries no code of a learner; ask for a fresh one.")
    try:
        uuid.UUID(hand_in.id)
        entries = tuple(_entries(hand_in))
        contents = _encoded({"contents": to_json(hand_in.contents)})
    except ValueError as fault:
        raise UnkeepableError("This hand-in was changed or is damaged; ask for a fresh one.") from fault
    made = moment_of(hand_in.made)
    moment, note = ordered_by(hand_in.made, at)
    row = {
        "id": hand_in.id,
        "code": hand_in.code,
        "made": text_of(made) if made and made.year >= 1000 else "",
        "moment": moment,
        "taken": text_of(at),
        "sha256": _digest(hand_in, entries, contents),
        "program": hand_in.program if _PROGRAM.fullmatch(hand_in.program) else "",
        "synthetic": hand_in.synthetic,
        "contents": contents,
    }
    exercises = {line["digest"]: line["exercise"] for line in hand_in.lines if line["type"] == "exercise"}
    return Prepared(row, entries, exercises, note)


def _entries(hand_in: HandIn) -> Iterator[Mapping[str, Json]]:
    for position, line in enumerate(hand_in.lines):
        kept = {name: value for name, value in line.items() if name != "exercise" or line["type"] != "exercise"}
        yield {
            "position": position,
            "id": storable(line["id"]),
            "type": line["type"],
            "exercise": line["digest"] if line["type"] == "exercise" else None,
            "data": _encoded(kept),
        }


def _digest(hand_in: HandIn, entries: tuple[Mapping[str, Json], ...], contents: str) -> str:
    """Return the SHA-256 of the content; mail programs may change line ends, and the typed name is not hashed."""
    head = canonical_json([hand_in.id, hand_in.made, hand_in.code, hand_in.program, hand_in.synthetic])
    whole = hashlib.sha256(head.encode("utf-8", "surrogatepass"))
    for text in (contents, *(f"{entry['exercise']}{entry['data']}" for entry in entries)):
        whole.update(b"\n" + text.encode("utf-8"))
    return whole.hexdigest()


def _encoded(data: Mapping[str, Json]) -> str:
    return _CODEC.encode(data).decode("utf-8")


def exercise_row(digest: str, exercise: Json) -> dict[str, str]:
    """Return the row of an exercise, its canonical JSON under the digest of just that.

    Raises
    ------
    UnkeepableError: the digest is of something else.
    """
    content = canonical_json(exercise)
    if hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest() != digest:
        raise UnkeepableError("An exercise in this hand-in is not the one that was worked on; ask for a fresh one.")
    if not is_storable(content):  # half an emoji, kept as an escape
        content = json.dumps(exercise, sort_keys=True, separators=(",", ":"))
    return {
        "digest": digest,
        "id": storable(str(exercise["id"])),
        "version": storable(str(exercise["version"])),
        "content": content,
    }


def is_storable(text: str) -> bool:
    """Return whether a text is whole Unicode, which is all that a database takes."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """Return a text as a database can keep it: half characters written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def workbook_name(file: str) -> str:
    """Return the file's own name if the workbook gave it, so that no person's name can stand in it; else nothing."""
    own = own_name(file)
    return own if _OURS.fullmatch(own) else ""


def code_in(file: str) -> str:
    """Return the learner's code in a name that the workbook gave a file; else nothing."""
    match = _OURS.fullmatch(own_name(file))
    return match[1] if match else ""


def without_quotes(why: str) -> str:
    """Return a reason without what it quotes from the file, which may hold anything."""
    return shown(_QUOTED.sub("", why), 500)
