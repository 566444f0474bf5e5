"""A CSV file as text that is kept: every cell as it was written, so that what nobody changes comes back byte for byte.

Python's csv module reads values and forgets how they were written; it is asked here for a second opinion only.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Final

from alliance_kit.errors import GradebookError

MAX_BYTES = 32 * 1024 * 1024
MAX_CELLS = 2_000_000
"""10,000 learners with 200 columns; beyond it a file is no class's, and would fill the memory."""
_DELIMITERS = (",", ";", "\t")
_BOMS: Final = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_AGAIN = "export it from the LMS once more, as CSV, and do not open it in between"
_FORMULA = re.compile(r"""[\s\x00-\x1f\ufeff\u200b]*[=+\-@＝＋－＠]""")
_NO_FORMULA = re.compile(r"\s*(?:[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?\s*%?|[-+\s]{1,5})\s*")
_APOSTROPHE = re.compile(r"'(?=[\s\x00-\x1f\ufeff\u200b]*[=+\-@＝＋－＠])")


@dataclass(frozen=True)
class CsvText:
    """A CSV file: its raw cells, quotes and all, row by row, and what stands between and around them.

    `ends` has what closes each row: a line end, or nothing at the end of the file. Blank lines are rows of one cell.
    """

    rows: tuple[tuple[str, ...], ...]
    ends: tuple[str, ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    bom: bytes = b""

    @cached_property
    def values(self) -> tuple[tuple[str, ...], ...]:
        """What the cells hold, without their quotes."""
        return tuple(tuple(map(value_of, row)) for row in self.rows)

    def to_bytes(self) -> bytes:
        """Return the file.

        Raises
        ------
        GradebookError: a letter is not in the file's encoding.
        """
        text = "".join(self.delimiter.join(row) + end for row, end in zip(self.rows, self.ends, strict=True))
        try:
            return self.bom + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            letter = error.object[error.start]
            raise GradebookError(
                f"This file is kept in an old encoding ({self.encoding}) that has no {letter!r}; "
                "use a column title without it, or export the file as UTF-8."
            ) from error

    def raw(self, value: str, like: str = "") -> str:
        """Return a value as a cell, quoted if it must be or if the cell `like` was."""
        if like.startswith('"') or re.search(rf'[{self.delimiter}"\r\n]', value):
            return '"' + value.replace('"', '""') + '"'
        return value

    def changed(self, cells: Mapping[tuple[int, int], str]) -> CsvText:
        """Return the file with these raw cells, by row and column from 0; rows that are too short are made longer."""
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), raw in cells.items():
            by_row.setdefault(row, {})[column] = raw
        rows = list(self.rows)
        for row, changes in by_row.items():
            cells_now = list(rows[row]) + [""] * (max(changes) + 1 - len(rows[row]))
            for column, raw in changes.items():
                cells_now[column] = raw
            rows[row] = tuple(cells_now)
        return replace(self, rows=tuple(rows))


def value_of(raw: str) -> str:
    """Return what a raw cell holds."""
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw


def starts_formula(value: str) -> bool:
    """Return whether a spreadsheet may take a cell for a formula: a sign at its start, and no plain number."""
    return bool(_FORMULA.match(value)) and not _NO_FORMULA.fullmatch(value)


def without_apostrophe(value: str) -> str:
    """Return what a cell held before an apostrophe was put before a formula; for comparing, never for writing."""
    return _APOSTROPHE.sub("", value, count=1) if value.startswith("'") else value


# --- reading ----------------------------------------------------------------------------------------------------


def read_csv(data: bytes, words: Collection[str] = ()) -> CsvText:
    """Return a CSV file, its encoding and delimiter found out.

    Parameters
    ----------
    data : the file
    words : titles that a header may have, in small letters; the delimiter that finds most of them is the file's

    Raises
    ------
    GradebookError: it is too large, holds something else than text, or its quotes do not match.
    """
    text, encoding, bom = _decoded(data)
    delimiter = _delimiter(text, words)
    rows, ends = _split(text, delimiter)
    found = CsvText(rows, ends, delimiter, encoding, bom)
    _agree(found, text)
    return found


def _decoded(data: bytes) -> tuple[str, str, bytes]:
    if len(data) > MAX_BYTES:
        raise GradebookError(
            f"This file is larger than {MAX_BYTES // 1024**2} MB, so it is no class's; choose another."
        )
    if data.startswith(_WORKBOOKS):
        raise GradebookError("This is a spreadsheet program's own file; save it as CSV, or export it again as CSV.")
    bom = next((mark for mark in _BOMS if data.startswith(mark)), b"")
    for encoding in (_BOMS[bom],) if bom else ("utf-8", "cp1252"):
        try:
            text = data[len(bom) :].decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        if not text.strip():
            raise GradebookError(f"This file is empty; {_AGAIN}.")
        return text, encoding, bom
    raise GradebookError(f"This file holds something else than text, so it is no CSV file; {_AGAIN}.")


def _delimiter(text: str, words: Collection[str]) -> str:
    first = re.match(r"[\r\n]*([^\r\n]*)", text)
    line = first[1] if first else ""

    def fits(delimiter: str) -> tuple[int, int]:
        cells = next(csv.reader([line], delimiter=delimiter), [])
        return sum(cell.strip().lower() in words for cell in cells), len(cells)

    try:
        return max(_DELIMITERS, key=fits)
    except csv.Error as error:
        raise GradebookError(f"The first row of this file cannot be read ({error}); {_AGAIN}.") from error


@lru_cache(maxsize=len(_DELIMITERS))
def _cell(delimiter: str) -> re.Pattern[str]:
    """Return the pattern of a cell and of what closes it; it never goes back, so it stays quick on any text."""
    d = re.escape(delimiter)
    return re.compile(rf'("(?:[^"]++|"")*+"|(?!")[^{d}\r\n]*+)({d}|\r\n|\r|\n|\Z)')


def _split(text: str, delimiter: str) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    match, at, length, cells = _cell(delimiter).match, 0, len(text), 0
    rows, ends, row = list[tuple[str, ...]](), list[str](), list[str]()
    while at < length or row:
        cell = match(text, at)
        cells += 1
        if cell is None or cells > MAX_CELLS:
            fault = "its quotes do not match" if cell is None else "this file has more cells than any class"
            raise GradebookError(f"Row {len(rows) + 1}: {fault}; {_AGAIN}.")
        raw, end = cell.groups()
        at = cell.end()
        row.append(raw)
        if end != delimiter:
            rows.append(tuple(row))
            ends.append(end)
            row = []
    return tuple(rows), tuple(ends)


def _agree(found: CsvText, text: str) -> None:
    """Ask Python's csv module; where both do not read the same, neither is trusted with grades."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=found.delimiter)
    try:
        for number, (ours, theirs) in enumerate(itertools.zip_longest(found.values, reader), start=1):
            if theirs is None or ours != (tuple(theirs) or ("",)):
                raise GradebookError(f"Row {number} can be read in two ways; {_AGAIN}.")
    except csv.Error as error:
        raise GradebookError(f"Row {reader.line_num} of this file cannot be read ({error}); {_AGAIN}.") from error


# --- formulas ---------------------------------------------------------------------------------------------------


def neutral(text: CsvText) -> tuple[CsvText, tuple[tuple[int, int], ...]]:
    """Return the file with an apostrophe before every formula, and the cells where that was needed (from 0)."""
    cells = {
        (number, column): text.raw(f"'{value}", like=text.rows[number][column])
        for number, row in enumerate(text.values)
        for column, value in enumerate(row)
        if starts_formula(value)
    }
    return (text.changed(cells) if cells else text), tuple(cells)


def as_number(value: str) -> float | None:
    """Return a cell as a number, with a decimal comma or dot; None where it is none."""
    plain = value.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"[-+]?\d{1,12}(?:\.\d{1,12})?", plain) else None


def written(number: float, *, comma: bool) -> str:
    """Return a number as a cell: no more than two decimals, and none where it is whole."""
    plain = f"{number:.2f}".rstrip("0").rstrip(".")
    return plain.replace(".", ",") if comma else plain


def has_decimal_commas(values: Sequence[str]) -> bool:
    """Return whether numbers in these cells are written with commas, and none with a dot."""
    return any(re.fullmatch(r"[-+]?\d+,\d+", v.strip()) for v in values) and not any(
        re.fullmatch(r"[-+]?\d+\.\d+", v.strip()) for v in values
    )
