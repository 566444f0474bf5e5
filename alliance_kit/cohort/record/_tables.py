"""The tables of a class record, and how its file is opened: SQLite in WAL mode, for its owner only.

Names of people stand in `roster` and in no other table: file names, which so often hold one, are kept there too. What a
learner wrote herself (`entry.data`, `hand_in.contents`) is kept as it is. Rows are only ever added.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    URL,
    Boolean,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from alliance_kit import __version__
from alliance_kit.cohort.shown import shown
from alliance_kit.errors import ClassRecordError
from alliance_kit.home import PRIVATE_FOLDER

SCHEMA: Final = 1
PROGRAM: Final = "alliance class record"
PRIVATE_FILE: Final = 0o600
BUSY_SECONDS: Final = 30.0
"""How long one process waits for another; a hand-in is written in some hundredths of a second."""
META: Final = MetaData()


def _text(name: str, **more: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **more)


about = Table("about", META, _text("name", primary_key=True), _text("value"))
exercise = Table(
    "exercise", META, _text("digest", primary_key=True), _text("id"), _text("version"), _text("content")
)  # content: canonical JSON, once per digest
hand_in = Table(
    "hand_in",
    META,
    Column("number", Integer, primary_key=True),
    _text("id", unique=True),
    _text("code", index=True),
    _text("made"),  # as the hand-in says, UTC; empty where that is no moment
    _text("moment"),  # what it is ordered by: `made`, or when it was taken where `made` cannot be
    _text("taken"),
    _text("sha256"),  # of its content without the typed name: a hash with a name in it is a name
    _text("program"),
    Column("synthetic", Boolean, nullable=False),
    _text("contents"),  # JSON
)
arrival = Table(
    "arrival",  # a hand-in may come more than once: from a folder, then from the LMS
    META,
    Column("number", Integer, primary_key=True),
    Column("hand_in", ForeignKey("hand_in.number"), nullable=False, index=True),
    _text("at"),
    _text("file"),  # only a name that the workbook gave it, such as hand-in-3f9a1c20-2026-01-05.jsonl
    Column("late", Boolean, nullable=False),
    _text("lms"),
    _text("person", index=True),
    _text("submission"),
    _text("prefix"),
)
entry = Table(
    "entry",
    META,
    Column("hand_in", ForeignKey("hand_in.number"), primary_key=True),
    Column("position", Integer, primary_key=True),
    _text("id", index=True),
    _text("type"),
    Column("exercise", ForeignKey("exercise.digest")),  # where the line is an exercise; its content stands there
    _text("data"),  # JSON
)
refusal = Table(
    "refusal",
    META,
    Column("number", Integer, primary_key=True),
    _text("at"),
    _text("sha256"),  # empty where the file could not be read
    _text("why"),
    _text("code"),  # empty but where the file was a hand-in that could not be taken
    _text("lms"),
    _text("person", index=True),
    _text("submission"),
)
roster = Table(
    "roster",
    META,
    Column("number", Integer, primary_key=True),
    _text("at"),
    _text("source"),  # class list, typed, hand-in or refusal
    _text("code"),
    Column("refusal", ForeignKey("refusal.number")),
    _text("lms"),
    _text("person"),
    _text("name"),
    _text("login"),
    _text("email"),
    _text("sis"),
    _text("file"),
    Index("roster_who", "code", "person"),
)


# --- opening ----------------------------------------------------------------------------------------------------


def open_engine(path: Path, *, new: bool) -> Engine:
    """Return the engine of the record at `path`, which is made where there is none and `new` allows.

    Raises
    ------
    ClassRecordError: there is none, it is none, a newer version made it, or it cannot be used.
    """
    with told(path):
        _make_file(path, new=new)
        engine = _engine(path)
        try:
            _prepare(engine, path, new=new)
        except BaseException:
            engine.dispose()
            raise
    return engine


def _make_file(path: Path, *, new: bool) -> None:
    if path.exists():
        if not path.is_file():
            raise ClassRecordError(
                f"{shown(str(path))}: this is no file. Name a file for the class record, as class.db."
            )
        return
    if not new:
        raise _none_yet(path)
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):  # another process was quicker
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))


def _none_yet(path: Path) -> ClassRecordError:
    return ClassRecordError(
        f"{shown(str(path))}: there is no class record here. Collect hand-ins first: alliance collect FOLDER"
    )


def _engine(path: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=os.fspath(path)), connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late to be IMMEDIATE
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")  # "taken" is said when it is on the disk

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _prepare(engine: Engine, path: Path, *, new: bool) -> None:
    with engine.connect() as reading:
        empty = not _tables(reading)
    if empty and not new:
        raise _none_yet(path)
    if empty:
        _switch_to_wal(engine)
        with engine.connect().execution_options(writes=True) as db, db.begin():
            if not _tables(db):  # another process was quicker
                META.create_all(db)
                rows = {"program": PROGRAM, "schema": str(SCHEMA), "made by": __version__}
                db.execute(insert(about), [{"name": name, "value": value} for name, value in rows.items()])
    _check(engine, path)


def _tables(db: Connection) -> set[str]:
    return set(db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars())


def _switch_to_wal(engine: Engine) -> None:
    """Let readers and one writer work side by side; the file remembers it."""
    raw = engine.raw_connection()
    try:
        with contextlib.suppress(sqlite3.OperationalError):  # another process is at it, or the disk has no WAL
            raw.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        raw.close()


def _check(engine: Engine, path: Path) -> None:
    with engine.connect() as db:
        ours = "about" in _tables(db)
        facts = {row.name: row.value for row in db.execute(select(about))} if ours else {}
    if facts.get("program") != PROGRAM:
        raise ClassRecordError(f"{shown(str(path))}: this is a database of another program. Name another file.")
    schema = facts.get("schema", "")
    if not schema.isdecimal() or int(schema) > SCHEMA:
        raise ClassRecordError(
            f"{shown(str(path))}: a newer version of the workbook made this class record. Update yours to use it."
        )


# --- what went wrong, in a sentence -----------------------------------------------------------------------------

_BUSY = "another program is writing to this class record. Close it, or wait, and try again; nothing is lost."
_SENTENCES: Final = {
    "SQLITE_BUSY": _BUSY,
    "SQLITE_LOCKED": _BUSY,
    "SQLITE_FULL": "the disk is full. Free some space and collect once more; what was taken is kept.",
    "SQLITE_READONLY": "this class record cannot be written. Ask for write permission, or name another file.",
    "SQLITE_CANTOPEN": "this class record cannot be opened. Check its folder and your permission to write there.",
    "SQLITE_NOTADB": "this is no class record. Name another file.",
    "SQLITE_CORRUPT": "this class record is damaged. Put a copy in its place, or collect the hand-ins into a new one.",
    "SQLITE_IOERR": "the disk did not answer. Check it and collect once more; what was taken is kept.",
}
_OTHER = "this class record cannot be used as it is. Put a copy in its place, or collect the hand-ins into a new one."


@contextlib.contextmanager
def told(path: Path) -> Iterator[None]:
    """Turn what the database or the disk refuses into a sentence.

    Raises
    ------
    ClassRecordError: instead of whatever else goes wrong with the file.
    """
    try:
        yield
    except ClassRecordError:
        raise
    except DBAPIError as fault:
        raise ClassRecordError(f"{shown(str(path))}: {_sentence(fault.orig)}") from fault
    except sqlite3.Error as fault:
        raise ClassRecordError(f"{shown(str(path))}: {_sentence(fault)}") from fault
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise ClassRecordError(
            f"{shown(str(path))}: the class record cannot be made here ({reason}). Name another place."
        ) from fault


def _sentence(fault: BaseException | None) -> str:
    name = getattr(fault, "sqlite_errorname", "") or ""
    return next((said for start, said in _SENTENCES.items() if name.startswith(start)), _OTHER)
