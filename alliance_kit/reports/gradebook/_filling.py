"""The LMS's gradebook file: the instructor's own export with one column filled, and every other byte as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from alliance_kit.cohort.completion import Result, Results
from alliance_kit.reports.gradebook._csv_text import CsvText, as_number, has_decimal_commas, neutral, written
from alliance_kit.reports.gradebook._filled import (
    Filled,
    Matched,
    RowLeft,
    formula_notes,
    maximum_notes,
    row_note,
    unknown_codes,
)
from alliance_kit.reports.gradebook._matching import (
    Codes,
    Matches,
    Unmatched,
    key_of,
    match,
    persons_of,
)
from alliance_kit.reports.gradebook._roster import (
    NAMES,
    Export,
    Lms,
    column_for_grades,
    participant,
)

_LOCKED = ("grade can be changed", "no")
_MAXIMUM = "maximum grade"
_KEPT: Final = {"EX": "excused (EX)", "N/A": "without this assignment (N/A)"}
_NO_ID = ("the name of its file carries no {lms} ID", "say with --codes who it is, or give the export with --roster")
_TWICE = ("another code has the same {lms} ID, so neither was written", "say with --codes which one counts")
_NOTHING = "had nothing to count"
_AS_IT_WAS = "and the cell holds what it held"


def fill(export: Export, results: Results, column: str | None = None, codes: Codes | None = None) -> Filled:
    """Return the export with the results in one column, and everything else as it was.

    Parameters
    ----------
    export : what `read_export` returned
    results : what the learners get; who has no result keeps what the cell held, an empty one never becomes 0
    column : title of the column that takes them; None for the only one with "alliance" in it, or a worksheet's Grade
    codes : who is who by the instructor's own list (`read_codes`); it goes before everything else

    Raises
    ------
    GradebookError: no column, or more than one, could take the grades, or the title has letters the file cannot keep.
    """
    codes = codes or {}
    at = column_for_grades(export, column)
    matches = match(export, results.rows, codes)
    place = len(export.text.rows[export.header]) if at is None else at
    cells, notes = _cells(export, place, matches)
    grades = len(cells)
    title = export.titles[place] if at is not None else str(column).strip()
    if at is None and cells:
        cells = _new_column(export, place, title, results.maximum) | cells
    text, formulas = neutral(export.text.changed(cells))
    limits = maximum_notes(_limits(export, place), results.maximum, export.lms)
    return Filled(
        content=text.to_bytes(),
        lms=export.lms,
        column=title,
        counts=results.counts,
        maximum=results.maximum,
        written=grades,
        added=at is None and grades > 0,
        matched=tuple(
            Matched(n + 1, r.code, r.points, matches.by[n]) for n, r in sorted(matches.rows.items(), key=_row)
        ),
        rows_without_result=tuple(RowLeft(n + 1, _called(export, n)) for n in export.learners if n not in matches.rows),
        results_without_row=tuple(matches.unmatched),
        warnings=(*limits, *notes, *formula_notes(export.titles, formulas), *unknown_codes(results, codes)),
    )


def _called(export: Export, row: int) -> str:
    """Return the name in a row; where marking is blind, the identifier."""
    return export.name(row) or export.cell(row, export.columns.get("person"))


def _row(pair: tuple[int, Result]) -> int:
    return pair[0]


def _cells(export: Export, column: int, matches: Matches) -> tuple[dict[tuple[int, int], str], list[str]]:
    """Return the raw cells to write, and what to tell of those that were kept or held another grade."""
    comma, cells = _commas(export, column), dict[tuple[int, int], str]()
    notes: dict[str, list[int]] = {}
    for row, result in sorted(matches.rows.items(), key=_row):
        held = export.cell(row, column).strip()
        if result.points is None:
            notes.setdefault(f"{_NOTHING}, {_AS_IT_WAS}", []).append(row)
        elif kept := _kept(export, row, held):
            notes.setdefault(f"{kept}, {_AS_IT_WAS}", []).append(row)
        elif as_number(held) != as_number(grade := written(result.points, comma=comma)):
            raw = export.text.rows[row][column] if column < len(export.text.rows[row]) else ""
            cells[row, column] = export.text.raw(grade, like=raw)
            if held not in {"", "-"}:
                notes.setdefault("held another grade, which was replaced", []).append(row)
    return cells, [row_note(rows, what) for what, rows in notes.items()]


def _kept(export: Export, row: int, held: str) -> str:
    """Return why a cell must not be written, "" where it may."""
    if export.lms == "canvas":
        return _KEPT.get(held.upper(), "")
    locked = export.cell(row, export.column_titled(_LOCKED[0])).strip().lower() == _LOCKED[1]
    return "locked in Moodle" if locked else ""


def _commas(export: Export, column: int) -> bool:
    """Return whether grades are written with a decimal comma: as in their column, else as in the rest of the file."""
    rows = (*export.learners, *(() if export.points_row is None else (export.points_row,)))
    own = [export.cell(row, column) for row in rows]
    if any("." in cell or "," in cell for cell in own if as_number(cell) is not None):
        return has_decimal_commas(own)
    fixed = set(export.columns.values())
    width = len(export.text.rows[export.header])
    return has_decimal_commas([export.cell(row, c) for row in rows for c in range(width) if c not in fixed])


def _new_column(export: Export, column: int, title: str, maximum: float) -> dict[tuple[int, int], str]:
    """Return the cells of a column that Canvas makes into a new assignment: title, points possible, and empty ones."""
    text, whole = export.text, {export.header: title}
    if export.points_row is not None:
        whole[export.points_row] = written(maximum, comma=_commas(export, column))
    empty = {n: "" for n, row in enumerate(text.rows) if len(row) == column}
    return {(n, column): text.raw(value, like=text.rows[n][-1]) for n, value in {**empty, **whole}.items()}


def _limits(export: Export, column: int) -> list[float]:
    """Return the most points that the column gives, as Canvas's row of points or each of Moodle's rows says."""
    rows: Sequence[int] = () if export.points_row is None else (export.points_row,)
    if export.lms == "moodle" and (found := export.column_titled(_MAXIMUM)) is not None:
        rows, column = export.learners, found
    return [limit for row in rows if (limit := as_number(export.cell(row, column))) is not None]


# --- without an export --------------------------------------------------------------------------------------------


def minimum(results: Results, lms: Lms, title: str = "Alliance Workbook", codes: Codes | None = None) -> Filled:
    """Return a file of the columns that the LMS's import needs, where no export is at hand.

    Only learners whose LMS id is known, from their file's name or the list of codes, have a row. Canvas makes a new
    assignment called `title` of it; for Moodle it is the grading worksheet of the assignment that it is uploaded to.
    """
    codes = codes or {}
    persons = {row.code: _person(row, lms, codes) for row in results.rows}
    often = Counter(persons.values())
    known = [row for row in results.rows if persons[row.code] and often[persons[row.code]] == 1]
    graded = [row for row in known if row.points is not None]
    left = [row for row in results.rows if row not in known]
    head = (
        _canvas_head(title, results.maximum) if lms == "canvas" else [("Identifier", "Grade", "Last modified (grade)")]
    )
    text, formulas = neutral(_new_file([*head, *(_new_row(row, persons[row.code], lms) for row in graded)]))
    return Filled(
        content=text.to_bytes(),
        lms=lms,
        column=title if lms == "canvas" else "Grade",
        counts=results.counts,
        maximum=results.maximum,
        written=len(graded),
        added=lms == "canvas",
        whole=False,
        matched=tuple(Matched(n, row.code, row.points, "ID") for n, row in enumerate(graded, start=len(head) + 1)),
        results_without_row=tuple(_without(row.code, lms, twice=bool(persons[row.code])) for row in left),
        warnings=(
            *(f"Code {row.code} {_NOTHING}, so it has no row." for row in known if row.points is None),
            *formula_notes(head[0], formulas),
            *unknown_codes(results, codes),
        ),
    )


def _without(code: str, lms: Lms, *, twice: bool) -> Unmatched:
    why, advice = _TWICE if twice else _NO_ID
    return Unmatched(code, why.format(lms=NAMES[lms]), advice)


def _person(result: Result, lms: Lms, codes: Codes) -> str:
    if named := codes.get(key_of(result.code)):
        return (participant(named.id) if lms == "moodle" else "") or named.id
    persons = persons_of(result, lms)
    return persons[0] if len(persons) == 1 else ""


def _canvas_head(title: str, maximum: float) -> list[tuple[str, ...]]:
    return [("Student", "ID", "Section", title), ("    Points Possible", "", "", written(maximum, comma=False))]


def _new_row(result: Result, person: str, lms: Lms) -> tuple[str, ...]:
    grade = written(result.points or 0.0, comma=False)
    if lms == "moodle":
        return (f"Participant {person}", grade, "-")
    return (result.names[0] if result.names else result.code, person, "", grade)


def _new_file(rows: Sequence[Sequence[str]]) -> CsvText:
    plain = CsvText((), ())
    return CsvText(tuple(tuple(map(plain.raw, row)) for row in rows), ("\r\n",) * len(rows))
