"""What a class record is asked: every query in one place. None of them changes anything."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, select

from alliance_kit.cohort.lms import Submission
from alliance_kit.cohort.record._tables import arrival, entry, exercise, hand_in, refusal, roster
from alliance_kit.cohort.record._writing import code_in
from alliance_kit.handin import CONTACT, Content, HandIn
from alliance_kit.plain import Json, from_json

Facts = dict[str, Any]


# --- while something is added -----------------------------------------------------------------------------------


def sha256_of(db: Connection, hand_in_id: str) -> str | None:
    """Return the digest of a hand-in that is there, else None."""
    return db.scalar(select(hand_in.c.sha256).where(hand_in.c.id == hand_in_id))


def number_of(db: Connection, hand_in_id: str) -> int:
    """Return the number of a hand-in that is there."""
    number: int = db.execute(select(hand_in.c.number).where(hand_in.c.id == hand_in_id)).scalar_one()
    return number


def has_hand_in(db: Connection, code: str) -> bool:
    """Return whether there is a hand-in of a code."""
    return db.scalar(select(hand_in.c.number).where(hand_in.c.code == code).limit(1)) is not None


def has_lines_of_another(db: Connection, number: int, code: str) -> bool:
    """Return whether a hand-in shares work, by the ids of its lines, with one of another code."""
    mine, theirs = entry.alias(), entry.alias()
    both = mine.join(theirs, theirs.c.id == mine.c.id).join(hand_in, hand_in.c.number == theirs.c.hand_in)
    shared = select(hand_in.c.number).select_from(both)
    shared = shared.where(mine.c.hand_in == number, mine.c.type != "exercise", hand_in.c.code != code)
    return db.scalar(shared.limit(1)) is not None


def came_before(db: Connection, number: int, came: Mapping[str, str]) -> bool:
    """Return whether a hand-in came in just this way before."""
    same = (arrival.c[name] == value for name, value in came.items())
    return db.scalar(select(arrival.c.number).where(arrival.c.hand_in == number, *same).limit(1)) is not None


def other_people(db: Connection, code: str, submission: Submission) -> bool:
    """Return whether hand-ins of this code came under another person's number of the same LMS."""
    other = (
        select(arrival.c.number)
        .join(hand_in, hand_in.c.number == arrival.c.hand_in)
        .where(hand_in.c.code == code, arrival.c.lms == submission.lms, arrival.c.person != submission.person)
    )
    return bool(submission.lms) and db.scalar(other.limit(1)) is not None


def refused_before(db: Connection, row: Mapping[str, str], file: str) -> bool:
    """Return whether this refusal of this file is noted already."""
    same = (refusal.c[name] == value for name, value in row.items())
    noted = select(refusal.c.number).join(roster, roster.c.refusal == refusal.c.number)
    return db.scalar(noted.where(roster.c.file == file, *same).limit(1)) is not None


# --- hand-ins ---------------------------------------------------------------------------------------------------


def hand_ins_of(db: Connection, code: str) -> list[HandIn]:
    """Return the hand-ins of a code without a name, in the order in which they were made."""
    heads = db.execute(select(hand_in).where(hand_in.c.code == code).order_by(hand_in.c.moment, hand_in.c.id))
    contents: dict[str, Json] = {}
    return [_hand_in(head, tuple(_lines(db, head.number, contents))) for head in heads.all()]


def _hand_in(head: Row[Any], lines: tuple[Mapping[str, Json], ...]) -> HandIn:
    return HandIn(
        id=head.id,
        made=head.moment,
        code=head.code,
        name="",
        program=head.program,
        contents=_contents(head),
        lines=lines,
        synthetic=head.synthetic,
    )


def _contents(head: Row[Any]) -> tuple[Content, ...]:
    return tuple(from_json(Content, content) for content in json.loads(head.contents)["contents"])


def _lines(db: Connection, number: int, contents: dict[str, Json]) -> Iterator[Mapping[str, Json]]:
    """Yield the lines of a hand-in, in each `exercise` line its exercise put back; `contents` keeps those read."""
    rows = select(entry.c.exercise, entry.c.data).where(entry.c.hand_in == number).order_by(entry.c.position)
    for row in db.execute(rows):
        line = json.loads(row.data)
        if row.exercise is not None:
            if row.exercise not in contents:
                content = db.execute(select(exercise.c.content).where(exercise.c.digest == row.exercise)).scalar_one()
                contents[row.exercise] = json.loads(content)
            line["exercise"] = contents[row.exercise]
        yield line


# --- people -----------------------------------------------------------------------------------------------------


def learners(db: Connection) -> Iterator[Facts]:
    """Yield the fields of each learner's entry, sorted by code."""
    order = (hand_in.c.code, hand_in.c.moment, hand_in.c.id)
    heads: dict[str, list[Row[Any]]] = {}
    for head in db.execute(select(hand_in).order_by(*order)):
        heads.setdefault(head.code, []).append(head)
    arrivals = _by_code(db.execute(select(hand_in.c.code, arrival).join(arrival).order_by(arrival.c.number)).all())
    names = _by_code(db.execute(select(roster).where(roster.c.code != "").order_by(roster.c.number)).all())
    for code, theirs in heads.items():
        known = names.get(code, [])
        yield {
            "code": code,
            "synthetic": any(head.synthetic for head in theirs),
            "wants_contact": any(content.id == CONTACT for content in _contents(theirs[-1])),
            "late": all(came.late for came in arrivals[code]),
            "last_day": theirs[-1].moment[:10],
            "hand_ins": len(theirs),
            "submission": (came := _submissions(arrivals[code], known))[0],
            "others": came[1:],
            "names": tuple(dict.fromkeys(row.name for row in known if row.name)),
        }


def _by_code(rows: Sequence[Row[Any]]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.code, []).append(row)
    return found


def _submissions(arrivals: Sequence[Row[Any]], names: Sequence[Row[Any]]) -> tuple[Submission, ...]:
    """Return the last submission that an LMS brought, then the last under each other person's number."""
    found: dict[tuple[str, str], Submission] = {}
    for came in reversed(arrivals):
        who = (came.lms, came.person)
        if came.lms and who not in found:
            whose = (row.name for row in reversed(names) if (row.lms, row.person) == who and row.name)
            found[who] = Submission(*who, came.submission, next(whose, ""), came.late, came.prefix)
    return tuple(found.values()) or (Submission(),)


def missing(db: Connection) -> list[Row[Any]]:
    """Return the rows of the class list under whose number no file came, the last row of each person, by name."""
    came = exists().where(arrival.c.lms == roster.c.lms, arrival.c.person == roster.c.person)
    tried = exists().where(refusal.c.lms == roster.c.lms, refusal.c.person == roster.c.person)
    listed = select(roster).where(roster.c.source == "class list").order_by(roster.c.number)
    unknown = roster.c.person == ""
    last = {(row.lms, row.person or row): row for row in db.execute(listed.where(unknown | ~(came | tried)))}
    return sorted(last.values(), key=lambda row: (row.name.casefold(), row.name, row.number))


def unreadable(db: Connection) -> Iterator[Facts]:
    """Yield the fields of each refused file whose person handed in nothing else, the last reason of each."""
    came = exists().where(
        and_(refusal.c.lms != "", arrival.c.lms == refusal.c.lms, arrival.c.person == refusal.c.person)
    )
    named = select(refusal, roster.c.name, roster.c.file).join(roster, roster.c.refusal == refusal.c.number)
    codes = set(db.scalars(select(hand_in.c.code)))
    files = set(db.scalars(select(roster.c.file).where(roster.c.source == "hand-in")))
    last: dict[tuple[str, str, str], Facts] = {}
    for row in db.execute(named.where(~came).order_by(refusal.c.number)):
        if not row.lms and (row.file in files or {row.code, code_in(row.file)} & codes):
            continue  # a file that no LMS brought: of somebody whose hand-in came under the same name or code
        last[row.lms, row.person, row.file] = {
            "file": row.file,
            "why": row.why,
            "submission": Submission(row.lms, row.person, row.submission, row.name),
            "at": row.at,
        }
    yield from sorted(last.values(), key=lambda facts: facts["file"])
