"""Reading a hand-in from a file that anybody may have made: within bounds, executing nothing, saying what is amiss."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from alliance_kit.errors import ExerciseFileError, HandInError
from alliance_kit.handin._fields import LEAVES, only
from alliance_kit.handin._hand_in import HAND_IN, HandIn
from alliance_kit.handin._understood import understand
from alliance_kit.journal import MAX_LINE_BYTES, SCHEMA, read_json
from alliance_kit.plain import Json, from_json

MAX_BYTES = 32 * 1024 * 1024
MAX_LINES = 100_000
_AGAIN = "ask for the file once more"
_FOREIGN = "This file is no hand-in of the Alliance Workbook; choose a file 'hand-in-….jsonl'."
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def read(source: Path | bytes) -> HandIn:
    """Return the hand-in in a file or in bytes, known by its content and not by its name.

    Raises
    ------
    HandInError: it cannot be read; the sentence says why and what to do.
    """
    data = source if isinstance(source, bytes) else _bytes(source)
    if len(data) > MAX_BYTES:
        raise HandInError(f"This file is larger than {MAX_BYTES // 1024**2} MB, so it is no hand-in; choose another.")
    rows = _rows(data)
    header = _header(rows[0])
    count = header.get("lines")
    if type(count) is not int or count != len(rows) - 1:
        raise HandInError(f"This hand-in should have {count} more lines and has {len(rows) - 1}; {_AGAIN}.")
    return _hand_in(header, [_row(raw, number) for number, raw in enumerate(rows[1:], start=2)])


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            return handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise HandInError(f"The file {path.name!r} cannot be opened ({error.strerror}); choose another.") from error


def _rows(data: bytes) -> list[bytes]:
    """Return the lines without empty ones; mail programs add those, and carriage returns, and a byte order mark."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise HandInError(f"This file is empty; {_AGAIN}.")
    if data.startswith(_UTF16):
        raise HandInError(f"Another program saved this file in a different encoding (UTF-16); {_AGAIN}.")
    if b"\0" in data:
        raise HandInError("This file holds something else than text, so it is no hand-in; choose a '.jsonl' file.")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise HandInError(f"This file is not in UTF-8, so it is no hand-in or was changed; {_AGAIN}.") from error
    rows = [row for line in data.split(b"\n") if (row := line.strip())]
    if len(rows) > MAX_LINES or any(len(row) > MAX_LINE_BYTES for row in rows):
        raise HandInError("This file has more or longer lines than any hand-in; choose another.")
    return rows


def _header(raw: bytes) -> dict[str, Json]:
    try:
        header = read_json(raw)
    except (ValueError, RecursionError) as error:
        raise HandInError(_FOREIGN) from error
    if "machine" in header and "seq" in header:
        raise HandInError("This is a journal, not a hand-in; make a hand-in from it in the workbook.")
    schema = header.get("schema")
    if header.get("type") != HAND_IN or type(schema) is not int:
        raise HandInError(_FOREIGN)
    if schema > SCHEMA:
        raise HandInError("This hand-in was made by a newer version of the workbook; update yours to read it.")
    return header


def _row(raw: bytes, number: int) -> dict[str, Json]:
    try:
        row = read_json(raw)
    except (ValueError, RecursionError) as error:
        raise HandInError(f"Line {number} of this hand-in is damaged; {_AGAIN}.") from error
    name = row.get("type")
    # Fields that no hand-in holds are not taken in, so nothing unexpected travels on from here.
    return dict(only(LEAVES[name], row)) if isinstance(name, str) and name in LEAVES else row


def _hand_in(header: Mapping[str, Json], rows: list[dict[str, Json]]) -> HandIn:
    fields = {name: header.get(name) for name in ("id", "made", "code", "name", "program", "contents")}
    fields["synthetic"] = header.get("synthetic", False)
    try:
        understand(rows)
        return from_json(HandIn, fields | {"lines": rows}, "line 1")
    except ExerciseFileError as error:
        raise HandInError(f"This hand-in was changed or is damaged ({error}); {_AGAIN}.") from error
