"""Tables: rows with a column for the speaker and one for the words, apart by commas, semicolons or tabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alliance_kit.roleplay._cast import Cast
from alliance_kit.roleplay._script import LINE, MAX_LABEL, Entry, Told

_WHO_COLUMNS = frozenset({"speaker", "who", "role", "name", "person", "participant"})
_SAYS_COLUMNS = frozenset({"text", "says", "said", "utterance", "words", "line", "speech", "transcript", "content"})
_NO_HEADER = "The first line does not name the columns; write 'speaker,text' above the rows."
Cell = list[tuple[int, int]]
MAX_OPEN_QUOTES = 20
"""After so many that do not close, quotation marks are taken for part of the words."""


def table_entries(text: str, name: str, told: Told) -> list[Entry] | None:
    """Return the rows of a table, None for a text that is none; columns go by their names, in any order."""
    first = next((m for m in LINE.finditer(text) if m[1].strip(" \ufeff")), None)
    if first is None:
        return None
    for mark in ",;\t":
        heads = [_words(text, cell).strip().lower() for cell in _first_row(text[: first.end(1)], mark)]
        who = next((i for i, head in enumerate(heads) if head in _WHO_COLUMNS), None)
        says = next((i for i, head in enumerate(heads) if head in _SAYS_COLUMNS), None)
        if who is not None and says is not None:
            return list(_entries(text, mark, (who, says), told, skip=1))
    if name.lower().endswith((".csv", ".tsv")):
        for mark in ",;\t":
            row = _first_row(text[: first.end(1)], mark)
            if len(row) > 1 and Cast().who(_words(text, row[0]).strip()) != "unknown":
                told.append((0, _NO_HEADER.replace("; write", " and was read as a row; write")))
                return list(_entries(text, mark, (0, 1), told))
        told.append((0, _NO_HEADER))
    return None


def _first_row(text: str, mark: str) -> list[Cell]:
    return next((row for _, row in _rows(text, mark, [])), [])


def _entries(text: str, mark: str, columns: tuple[int, int], told: Told, skip: int = 0) -> Iterator[Entry]:
    for number, row in list(_rows(text, mark, told))[skip:]:
        who, says = (row[i] if i < len(row) else [] for i in columns)
        label, words = _words(text, who).strip(), _words(text, says).strip()
        if label or words:
            yield Entry(number, label[:MAX_LABEL], says, label[:MAX_LABEL])


def _rows(text: str, mark: str, told: Told) -> Iterator[tuple[int, list[Cell]]]:
    """Yield line number and cells of each row that is not empty; a quote that never closes is taken as it stands."""
    at, number, open_quotes = len(text) - len(text.lstrip("\ufeff")), 1, 0
    while at < len(text):
        row: list[Cell] = []
        began = number
        while not row or (at < len(text) and text[at] == mark):
            at += bool(row)
            cell, after = _quoted(text, at, mark) if open_quotes < MAX_OPEN_QUOTES else (None, at)
            if after < 0:
                told.append((number, f'Line {number}: a quotation mark opens and does not close; close it with ".'))
                open_quotes += 1
            if cell is None:
                after = _cell_end(text, at, mark)
                cell = [(at, after)]
            number += sum(_line_ends(text[start:end]) for start, end in cell)
            row.append(cell)
            at = after
        at += 2 if text[at : at + 2] == "\r\n" else 1
        number += 1
        if any(_words(text, cell).strip() for cell in row):
            yield began, row


def _quoted(text: str, at: int, mark: str) -> tuple[Cell | None, int]:
    """Return a cell in quotes and where it ends; None where no quote opens, -1 where it does not close."""
    while at < len(text) and text[at] == " ":
        at += 1
    if at >= len(text) or text[at] != '"':
        return None, 0
    cell, start = [], at + 1
    while (end := text.find('"', start)) >= 0:
        if text[end + 1 : end + 2] == '"':  # "" stands for one quotation mark
            cell.append((start, end + 1))
            start = end + 2
            continue
        cell.append((start, end))
        after = _cell_end(text, end + 1, mark)
        # Words after the closing mark: it was no closing mark, and this cell's own was forgotten.
        return (None, -1) if text[end + 1 : after].strip() else (cell, after)
    return None, -1


def _cell_end(text: str, at: int, mark: str) -> int:
    while at < len(text) and text[at] not in (mark, "\r", "\n"):
        at += 1
    return at


def _line_ends(text: str) -> int:
    return text.count("\n") + text.replace("\r\n", "").count("\r")


def _words(text: str, cell: Iterable[tuple[int, int]]) -> str:
    return "".join(text[start:end] for start, end in cell)
