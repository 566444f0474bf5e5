"""The class record: what a class handed in, kept once, never changed, names apart.

One SQLite file, for its owner only. It is added to and never changed, so that collecting twice does nothing, two
processes may collect at once, and a crash leaves whole hand-ins: those that it lacks are taken the next time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, Self

from sqlalchemy import Connection, Engine, Row, func, insert, select
from sqlalchemy.dialects import sqlite

from alliance_kit.cohort.lms import Submission
from alliance_kit.cohort.record import _looking, _tables
from alliance_kit.cohort.record._merging import merged, text_of
from alliance_kit.cohort.record._tables import arrival, entry, exercise, hand_in, refusal, roster
from alliance_kit.cohort.record._writing import (
    Prepared,
    UnkeepableError,
    exercise_row,
    prepared,
    storable,
    without_quotes,
    workbook_name,
)
from alliance_kit.cohort.shown import shown
from alliance_kit.errors import ClassRecordError
from alliance_kit.handin import HandIn

Outcome = Literal["taken", "already there", "refused"]
_OTHER_CONTENT = (
    "This file carries the number of a hand-in already taken but other content; ask the learner for a fresh one."
)
_TWO_PEOPLE = "this code also came under another person's number"
_TWO_CODES = "some of this work also came under another code; one person may have two, as on two computers"
_LATE = "late"
_AGAIN = "a further hand-in of this learner"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the class list, as the LMS's export names her; `person` as in `Submission`."""

    lms: str
    person: str
    name: str
    login: str = ""
    email: str = ""
    sis: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that could not be taken: its name as shown then, the sentence why, and when (UTC)."""

    file: str
    why: str
    submission: Submission = field(default_factory=Submission)
    at: str = ""


@dataclass(frozen=True, slots=True)
class Taking:
    """What became of a hand-in, with its learner's code if it has one; `note` is what to tell of it, or why not."""

    outcome: Outcome
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerEntry:
    """One learner as the record knows her.

    `late`: nothing of hers came in time. `last_day`: ISO day (UTC) of her last hand-in. `submission`: the last that an
    LMS brought; `others`: the last under each other person's number. `names`: as she typed them or the LMS wrote them,
    the first seen first.
    """

    code: str
    synthetic: bool
    wants_contact: bool
    late: bool
    last_day: str
    hand_ins: int
    submission: Submission
    names: tuple[str, ...]
    others: tuple[Submission, ...] = ()

    @property
    def disputed(self) -> bool:
        """Whether two people of the LMS handed in this work, so that nobody but the instructor can say whose it is.

        Canvas gives a person one number; Moodle gives one for each assignment, so there the names decide.
        """
        mine = self.submission
        return any(o.lms == mine.lms and (o.lms == "canvas" or o.name != mine.name) for o in self.others)


class Record:
    """The record of one class. Open it with `Record.open`, as a context manager or with `close` at the end."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self._engine = engine
        self._exercises: set[str] = set()  # digests known to be there; a short cut only

    @classmethod
    def open(cls, path: Path, *, new: bool = True) -> Self:
        """Return the record at `path`; with `new` it is made where there is none, file 0600, its folder 0700.

        Raises
        ------
        ClassRecordError: it is no class record, of a newer version, locked, damaged, or cannot be made or written.
        """
        path = Path(path).expanduser().absolute()
        return cls(path, _tables.open_engine(path, new=new))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- adding -------------------------------------------------------------------------------------------------

    def take(self, taken: HandIn, *, file: str, submission: Submission, at: datetime) -> Taking:
        """Add a hand-in, unless it is there, and return what became of it. All of it is kept, or nothing.

        Parameters
        ----------
        taken : what `handin.read` returned
        file : the file's name, safe to show
        submission : what its name says
        at : the present moment, with its time zone

        Raises
        ------
        ClassRecordError: the record cannot be written; what was taken before is kept.
        """
        try:
            ready = prepared(taken, at)
            with self._writing() as db:
                there = _looking.sha256_of(db, taken.id)
                if there not in (None, ready.row["sha256"]):
                    return Taking("refused", taken.code, _OTHER_CONTENT)
                notes = self._add(db, ready, taken.name, at) if there is None else []
                notes += self._arrive(db, ready.row, file, submission, at, is_new=there is None)
        except UnkeepableError as fault:
            return Taking("refused", "", str(fault))
        self._exercises.update(ready.exercises)
        return Taking("taken" if there is None else "already there", taken.code, "; ".join(notes))

    def _add(self, db: Connection, ready: Prepared, name: str, at: datetime) -> list[str]:
        """Write a hand-in that is not there yet; return what is to be told of it."""
        code = ready.row["code"]
        notes = [ready.note, _AGAIN if _looking.has_hand_in(db, code) else ""]
        exercises = [exercise_row(d, e) for d, e in ready.exercises.items() if d not in self._exercises]
        if exercises:
            db.execute(sqlite.insert(exercise).on_conflict_do_nothing(), exercises)
        db.execute(insert(hand_in), ready.row)
        number = _looking.number_of(db, ready.row["id"])
        if ready.entries:
            db.execute(insert(entry), [{"hand_in": number, **row} for row in ready.entries])
        if _looking.has_lines_of_another(db, number, code):
            notes.append(_TWO_CODES)
        if name.strip():
            self._enrol(db, at, source="typed", name=shown(name.strip()), code=code)
        return [note for note in notes if note]

    def _arrive(
        self, db: Connection, row: Mapping[str, Any], file: str, submission: Submission, at: datetime, *, is_new: bool
    ) -> list[str]:
        """Note how a hand-in came, if it did not come so before; the name that came with it goes to the roster."""
        number = _looking.number_of(db, row["id"])
        came = {name: getattr(submission, name) for name in ("lms", "person", "submission", "prefix")}
        if not is_new and (not submission.lms or _looking.came_before(db, number, came)):
            return []
        others = _looking.other_people(db, row["code"], submission)
        here = {"hand_in": number, "at": text_of(at), "file": workbook_name(file), "late": submission.late}
        db.execute(insert(arrival), here | came)
        who = {"code": row["code"], "lms": submission.lms, "person": submission.person}
        self._enrol(db, at, source="hand-in", name=submission.name, file=file, **who)
        notes = {_LATE: is_new and submission.late, _TWO_PEOPLE: others}
        return [note for note, told in notes.items() if told]

    def _enrol(self, db: Connection, at: datetime, **row: Any) -> None:
        """Add a row to the roster, the one place for names, unless just that is there."""
        empty = dict.fromkeys(("code", "lms", "person", "name", "login", "email", "sis", "file"), "")
        whole = {name: storable(value) if isinstance(value, str) else value for name, value in (empty | row).items()}
        if "refusal" in whole or not db.scalar(
            select(roster.c.number).where(*(roster.c[name] == value for name, value in whole.items())).limit(1)
        ):
            db.execute(insert(roster), {"at": text_of(at), **whole})

    def refuse(self, file: str, digest: str, why: str, submission: Submission, at: datetime, *, code: str = "") -> None:
        """Note that somebody's file could not be taken, unless just that is noted.

        Parameters
        ----------
        file : its name, safe to show; kept in the roster
        digest : SHA-256 of its bytes, empty if it could not be read
        why : the sentence; what it quotes of the file is left out
        code : the learner's, where the file could be read so far

        Raises
        ------
        ClassRecordError: the record cannot be written.
        """
        who = {"lms": submission.lms, "person": submission.person}
        row = {"sha256": digest, "why": storable(without_quotes(why)), "code": code}
        row |= {**who, "submission": submission.submission}
        with self._writing() as db:
            if _looking.refused_before(db, row, storable(file)):
                return
            db.execute(insert(refusal), {"at": text_of(at), **row})
            number = db.scalar(select(func.max(refusal.c.number)))
            self._enrol(db, at, source="refusal", refusal=number, name=submission.name, file=file, **who)

    def add_class_list(self, people: Iterable[Person], at: datetime) -> None:
        """Add the people of a class list; several lists, as of two sections, go together.

        Raises
        ------
        ClassRecordError: the record cannot be written.
        """
        with self._writing() as db:
            for person in people:
                self._enrol(db, at, source="class list", **asdict(person))

    # --- looking ------------------------------------------------------------------------------------------------

    @property
    def has_class_list(self) -> bool:
        """Whether it is known who is in the class."""
        with self._reading() as db:
            return bool(db.scalar(select(func.count()).where(roster.c.source == "class list")))

    def codes(self) -> tuple[str, ...]:
        """Return the codes of all learners, sorted."""
        with self._reading() as db:
            return tuple(db.scalars(select(hand_in.c.code).distinct().order_by(hand_in.c.code)))

    def hand_in(self, code: str) -> HandIn:
        """Return all that a learner handed in as one hand-in without a name; see `_merging.merged` for what counts.

        Raises
        ------
        ClassRecordError: there is nothing of this code, or the record is damaged.
        """
        with self._reading() as db:
            found = _looking.hand_ins_of(db, code)
        if not found:
            raise ClassRecordError(f"{self.path.name}: there is no hand-in of the code {shown(code)!r} in it.")
        return merged(found)

    def learners(self) -> tuple[LearnerEntry, ...]:
        """Return all learners, sorted by code."""
        with self._reading() as db:
            return tuple(LearnerEntry(**facts) for facts in _looking.learners(db))

    def missing(self) -> tuple[Person, ...]:
        """Return who is on the class list and sent no file, as far as the LMS's numbers in file names tell.

        Whoever sent a file that could not be read is not among them; see `unreadable`.
        """
        with self._reading() as db:
            return tuple(_person(row) for row in _looking.missing(db))

    def unreadable(self) -> tuple[Refusal, ...]:
        """Return the refused files, the last reason of each, whose person has handed in nothing that could be read."""
        with self._reading() as db:
            return tuple(Refusal(**facts) for facts in _looking.unreadable(db))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with _tables.told(self.path):
            try:
                with self._engine.connect() as db:
                    yield db
            except (ValueError, LookupError, TypeError) as fault:  # rows that this program did not write
                raise ClassRecordError(
                    f"{self.path}: this class record is damaged. Put a copy in its place, or collect into a new one."
                ) from fault

    @contextlib.contextmanager
    def _writing(self) -> Iterator[Connection]:
        with (
            _tables.told(self.path),
            self._engine.connect().execution_options(writes=True) as db,
            db.begin(),
        ):
            yield db


def _person(row: Row[Any]) -> Person:
    return Person(row.lms, row.person, row.name, row.login, row.email, row.sis)
