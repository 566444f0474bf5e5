"""A gradebook file that was filled, and what an instructor is told of it, in sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alliance_kit.cohort.completion import Results
from alliance_kit.cohort.shown import shown
from alliance_kit.reports.gradebook._csv_text import written
from alliance_kit.reports.gradebook._matching import Identity, Unmatched, key_of
from alliance_kit.reports.gradebook._roster import NAMES, Lms

_LONGEST_LIST = 50
"""More lines than this nobody reads; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Matched:
    """A result and its row (as a spreadsheet counts them, from 1); `by` says by what they were matched."""

    row: int
    code: str
    points: float | None
    by: str


@dataclass(frozen=True, slots=True)
class RowLeft:
    """A row to which no result belongs; its cell holds what it held."""

    row: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A gradebook file, filled, and all that an instructor should know of it.

    `column` is the title of the column that took the grades; `written` how many cells were given a new grade; `lms`
    whose file it is; `whole` whether it is an instructor's export or only the columns that an import needs.
    """

    content: bytes
    lms: Lms
    column: str
    counts: str
    maximum: float
    written: int = 0
    added: bool = False
    whole: bool = True
    matched: tuple[Matched, ...] = ()
    rows_without_result: tuple[RowLeft, ...] = ()
    results_without_row: tuple[Unmatched, ...] = ()
    warnings: tuple[str, ...] = ()


def told(filled: Filled) -> list[str]:
    """Return what the instructor should know: what was written where, who is left on either side, what to look at."""
    rows = [
        f"Row {left.row} ('{shown(left.name)}') has no result and is as it was." for left in filled.rows_without_result
    ]
    codes = [f"Code {shown(left.code)} has no row: {left.why}; {left.advice}." for left in filled.results_without_row]
    return [
        *_written(filled),
        *_shortened(rows, "rows without a result"),
        *_shortened(codes, "codes without a row"),
        *filled.warnings,
    ]


def _written(filled: Filled) -> Iterator[str]:
    lms, most = NAMES[filled.lms], written(filled.maximum, comma=False)
    if not filled.whole:
        yield (
            f"No export was given, so the file has only the columns that {lms}'s import needs, and the learners whose "
            f"{lms} ID is known. Filling {lms}'s own export (--roster) is safer."
        )
    grades = _count(filled.written, "grade")
    yield f"Column '{shown(filled.column)}': {grades} written ({filled.counts}, {most} at most)."
    if filled.added and filled.lms == "canvas":
        yield f"Canvas will make a new assignment '{shown(filled.column)}' of it when you upload the file."
    if (same := sum(each.points is not None for each in filled.matched) - filled.written) > 0:
        yield f"{_count(same, 'grade')} needed no writing: the cell already held it, or must stay as it is."
    if filled.matched:
        by = Counter(each.by for each in filled.matched)
        yield f"Matched by {', '.join(f'{how} ({number})' for how, number in sorted(by.items()))}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _shortened(lines: Sequence[str], what: str) -> list[str]:
    more = len(lines) - _LONGEST_LIST
    return [*lines[:_LONGEST_LIST], *([f"There are {more} more {what}."] if more > 0 else [])]


# --- single sentences ---------------------------------------------------------------------------------------------


def row_note(rows: Sequence[int], what: str) -> str:
    """Return a sentence on rows, given from 0 and named from 1."""
    numbers = ", ".join(str(row + 1) for row in rows[:_LONGEST_LIST])
    more = f" and {len(rows) - _LONGEST_LIST} more" if len(rows) > _LONGEST_LIST else ""
    return f"Row{'' if len(rows) == 1 else 's'} {numbers}{more}: {what}."


def maximum_notes(limits: Collection[float], maximum: float, lms: Lms) -> Iterator[str]:
    """Yield a sentence where the LMS's column gives other points than there are."""
    for limit in sorted({min(limits, default=maximum), max(limits, default=maximum)} - {maximum}):
        most, outcome = written(maximum, comma=False), "are too many for it" if limit < maximum else "are not all of it"
        yield (
            f"The column gives {written(limit, comma=False)} points and the workbook has {most}, so full points "
            f"{outcome}; set it to {most} in {NAMES[lms]} before you upload the file."
        )


def formula_notes(titles: Sequence[str], cells: Sequence[tuple[int, int]]) -> list[str]:
    """Return a sentence for each cell (row and column from 0) that was kept from running as a formula."""
    notes = [
        f"Row {row + 1}, column '{shown(titles[column] if column < len(titles) else '')}': this could run as a formula "
        "in a spreadsheet, so an apostrophe now stands before it."
        for row, column in cells
    ]
    return _shortened(notes, "such cells")


def unknown_codes(results: Results, codes: Mapping[str, Identity]) -> Iterator[str]:
    """Yield a sentence on codes of the instructor's list from whom there is nothing."""
    known = {key_of(row.code) for row in results.rows}
    if unknown := sorted(set(codes) - known):
        named = ", ".join(shown(code) for code in unknown[:_LONGEST_LIST])
        yield f"The list of codes names {_count(len(unknown), 'code')} with no hand-in here ({named}); look for a slip."
