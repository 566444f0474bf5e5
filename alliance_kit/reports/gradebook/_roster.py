"""The file that an instructor exported from the LMS: who stands in which row, and which column may take grades.

What Canvas and Moodle write was read in their own sources (gradebook_exporter.rb and gradebook_importer.rb;
importgradeslib.php of the offline grading worksheet).
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from alliance_kit.cohort.record import Person
from alliance_kit.cohort.shown import shown
from alliance_kit.errors import GradebookError
from alliance_kit.reports.gradebook._csv_text import CsvText, read_csv, without_apostrophe

Lms = Literal["canvas", "moodle"]
NAMES: Final[Mapping[Lms, str]] = {"canvas": "Canvas", "moodle": "Moodle"}
_TITLES: Final[Mapping[Lms, Mapping[str, str]]] = {
    "canvas": {
        "student": "name",
        "lastname": "family",
        "firstname": "given",
        "id": "person",
        "sis user id": "sis",
        "sis login id": "login",
        "integration id": "",
        "root account": "",
        "section": "",
    },
    "moodle": {
        "identifier": "person",
        "full name": "name",
        "first name": "given",
        "last name": "family",
        "surname": "family",
        "id number": "sis",
        "username": "login",
        "email address": "email",
        "email": "email",
        "e-mail": "email",
    },
}
"""The titles of columns that say who somebody is, in small letters; "" for those that only must not take grades."""
_NOT_GRADES: Final[Mapping[Lms, re.Pattern[str]]] = {
    "canvas": re.compile(r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)"),
    "moodle": re.compile(
        r"(?i)status|group|marker|marking workflow state|maximum grade|grade can be changed|online text|"
        r"last modified .*|feedback comments|institution|department|last downloaded from this course|course total.*|"
        r"(?![^:]+: ).* total(?: \([^()]*\))?|.* \((?:percentage|letter|feedback)\)"
    ),
}
_WORKSHEET_GRADE = "grade"
_OURS = "alliance"
_PARTICIPANT = re.compile(r"[^\W\d].*?(\d+)\s*", re.DOTALL)
_COPIED = re.compile(r"[^\W\d].*\s(\d+)", re.DOTALL)
_POSTING = re.compile(r"\s*(?:muted|manual posting.*)?\s*", re.IGNORECASE | re.DOTALL)
_WITH_ID = re.compile(r"(.*) \(\d+\)", re.DOTALL)
_READ_ONLY = re.compile(r"\s*\(.*\)\s*", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Export:
    """An exported gradebook or grading worksheet.

    `columns` has the column, from 0, of what identifies somebody: person, sis, login, email, name, given, family;
    `learners` the rows of learners, from 0; `points_row` Canvas's row "Points Possible", None where there is none.
    """

    lms: Lms
    text: CsvText
    header: int
    columns: Mapping[str, int]
    learners: tuple[int, ...]
    points_row: int | None = None

    def cell(self, row: int, column: int | None) -> str:
        """Return what a cell holds, "" where the row has no such cell."""
        values = self.text.values[row]
        return values[column] if column is not None and column < len(values) else ""

    def known(self, row: int, what: str) -> str:
        """Return what identifies the learner of a row, such as ``login``, without spaces around; "" where unknown."""
        value = without_apostrophe(self.cell(row, self.columns.get(what))).strip()
        if what == "person" and self.lms == "moodle":
            number = _PARTICIPANT.fullmatch(value)
            return number[1].lstrip("0") or "0" if number else value  # Moodle reads it as a number
        return value

    def name(self, row: int) -> str:
        """Return the name in a row, as the LMS writes it."""
        both = (self.known(row, "family"), self.known(row, "given"))
        return self.known(row, "name") or ", ".join(part for part in both if part)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The titles of all columns."""
        return tuple(without_apostrophe(title).strip() for title in self.text.values[self.header])

    def column_titled(self, title: str) -> int | None:
        """Return the column, from 0, with this title in small letters; None where there is none."""
        return self._by_title.get(title)

    @cached_property
    def _by_title(self) -> dict[str, int]:
        return {title.lower(): column for column, title in reversed(list(enumerate(self.titles)))}


def read_export(data: bytes, lms: Lms) -> Export:
    """Return the file that an instructor exported from the LMS.

    Raises
    ------
    GradebookError: it is no CSV file, no export of this LMS, or its rows do not fit its first row.
    """
    words = {word for titles in _TITLES.values() for word in titles}
    text = read_csv(data, words)
    header = next((number for number, row in enumerate(text.values) if any(cell.strip() for cell in row)), 0)
    rows = tuple(n for n in range(header + 1, len(text.rows)) if any(cell.strip() for cell in text.values[n]))
    columns = _columns(text, header, rows, lms)
    _fit(text, header, rows)
    whole = Export(lms=lms, text=text, header=header, columns=columns, learners=rows)
    points_row = next((n for n in rows if lms == "canvas" and "Points Possible" in whole.name(n)), None)
    learners = tuple(n for n in rows if n != points_row and _is_learner(whole, n))
    return Export(lms=lms, text=text, header=header, columns=columns, learners=learners, points_row=points_row)


def participant(identifier: str) -> str:
    """Return the number in a worksheet's identifier, such as "Participant 123"; "" where it is none."""
    found = _COPIED.fullmatch(identifier.strip())
    return (found[1].lstrip("0") or "0") if found else ""


def recognised(data: bytes) -> Export:
    """Return an exported file of whichever LMS it is.

    Raises
    ------
    GradebookError: it is no export of an LMS that the workbook knows.
    """
    for lms in NAMES:
        with contextlib.suppress(GradebookError):
            return read_export(data, lms)
    raise GradebookError(
        "The class list is neither Canvas's gradebook export nor Moodle's grading worksheet. "
        "Export it from the LMS once more, as CSV."
    )


def _columns(text: CsvText, header: int, rows: tuple[int, ...], lms: Lms) -> dict[str, int]:
    """Return the columns that say who somebody is, by their titles, or in another language by what they hold."""
    titles, found = [title.strip().lower() for title in text.values[header]], dict[str, int]()
    for column, title in enumerate(titles):
        if what := _TITLES[lms].get(title, ""):
            if what in found:
                name = shown(text.values[header][column])
                raise GradebookError(f"The column {name!r} is there twice; export the file once more, or delete one.")
            found[what] = column
    if lms == "moodle":
        found = _by_content(text, rows, found)
    if not {"sis", "login", "email", "person"} & found.keys() or (lms == "canvas" and "person" not in found):
        raise GradebookError(_no_export(titles, lms))
    return found


def _no_export(titles: list[str], lms: Lms) -> str:
    other: Lms = "moodle" if lms == "canvas" else "canvas"
    if "person" in {_TITLES[other].get(title) for title in titles}:
        return f"This looks like a file from {NAMES[other]}; use --format {other}."
    wanted = {"canvas": "'Student' and 'ID'", "moodle": "'Identifier', 'ID number', 'Username' or 'Email address'"}[lms]
    return (
        f"The first row of this file does not name {wanted}, as {NAMES[lms]}'s export does; export the gradebook "
        "once more and give that file as it is."
    )


def _by_content(text: CsvText, rows: tuple[int, ...], found: dict[str, int]) -> dict[str, int]:
    """Return the columns with those added that show what they are in every language."""
    found = dict(found)
    taken = set(found.values())

    def free(column: int, pattern: str) -> bool:
        cells = [text.values[n][column].strip() for n in rows if column < len(text.values[n])]
        held = [cell for cell in cells if cell]
        return column not in taken and bool(held) and all(re.fullmatch(pattern, cell) for cell in held)

    if "person" not in found and free(0, r"[^\W\d][^\d@]*\d+"):
        found["person"] = 0
    if "email" not in found:
        width = len(rows and text.values[rows[0]])
        emails = [column for column in range(width) if free(column, r"[^@\s]+@[^@\s]+")]
        found |= {"email": emails[0]} if len(emails) == 1 else {}
    return found


def _fit(text: CsvText, header: int, rows: tuple[int, ...]) -> None:
    """Refuse rows that reach beyond the header: then a comma stands in a name without quotes, and cells are shifted."""
    width = len(text.rows[header])
    for number in rows:
        if any(cell.strip() for cell in text.values[number][width:]):
            raise GradebookError(
                f"Row {number + 1} has more cells than the first row has titles, so its cells may be shifted; "
                "export the file once more."
            )


def _is_learner(export: Export, row: int) -> bool:
    if export.lms == "canvas":
        who = (export.name(row), export.known(row, "person"))
        posting = all(_POSTING.fullmatch(cell) for cell in export.text.values[row])
        if posting or who[0] == "Student, Test":
            return False
    return any(export.known(row, what) for what in ("person", "sis", "login", "email", "name", "family", "given"))


def people(export: Export) -> tuple[Person, ...]:
    """Return the learners of an export, in its order; rows for points, posting and the test student are none."""
    return tuple(
        Person(
            lms=export.lms,
            person=export.known(row, "person"),
            name=export.name(row),
            login=export.known(row, "login"),
            email=export.known(row, "email"),
            sis=export.known(row, "sis"),
        )
        for row in export.learners
    )


# --- the column that takes the grades -----------------------------------------------------------------------------


def column_for_grades(export: Export, wanted: str | None = None) -> int | None:
    """Return the column that takes the grades, from 0; None for a new one, which only Canvas makes from a file.

    Parameters
    ----------
    wanted : its title, for Canvas also without the number in brackets; None for the only one that is the workbook's

    Raises
    ------
    GradebookError: there is none, or more than one, or it takes no grades; the message names those that would do.
    """
    if wanted is None:
        return _only(export, _ours(export))
    named = _named(export, wanted.strip())
    if not wanted.strip() or wanted.strip().lower() in _TITLES[export.lms]:
        raise GradebookError(f"A column called {shown(wanted)!r} takes no grades. {_candidates(export)}")
    if not named and export.lms == "canvas":
        return None
    if not named:
        raise GradebookError(f"This file has no column {shown(wanted)!r}. {_candidates(export)}")
    if len(named) > 1:
        raise GradebookError(
            f"The title {shown(wanted)!r} fits {len(named)} columns ({_list(export, named)}); name one in full."
        )
    if named[0] not in _takers(export):
        raise GradebookError(f"The column {shown(wanted)!r} takes no grades. {_candidates(export)}")
    return named[0]


def _named(export: Export, wanted: str) -> list[int]:
    """Return the columns with this title: exactly, else without Canvas's number, else whatever its capitals."""

    def plain(title: str) -> str:
        return m[1] if (m := _WITH_ID.fullmatch(title)) else title

    ways: tuple[Callable[[str], bool], ...] = (
        lambda title: title == wanted,
        lambda title: plain(title) == wanted,
        lambda title: wanted.casefold() in {title.casefold(), plain(title).casefold()},
    )
    found = ([column for column, title in enumerate(export.titles) if title and way(title)] for way in ways)
    return next((columns for columns in found if columns), [])


def _takers(export: Export) -> tuple[int, ...]:
    """Return the columns that take grades: none that identify, none that the LMS computes."""
    fixed = set(export.columns.values())
    return tuple(
        column
        for column, title in enumerate(export.titles)
        if title
        and column not in fixed
        and title.lower() not in _TITLES[export.lms]
        and not _computed(export, column, title)
    )


def _computed(export: Export, column: int, title: str) -> bool:
    """Return whether the LMS computes a column; in Canvas's row of points such a one says so in brackets."""
    if export.points_row is not None and _READ_ONLY.fullmatch(export.cell(export.points_row, column)):
        return True
    pattern = _NOT_GRADES[export.lms]
    return bool(pattern.search(title) if export.lms == "canvas" else pattern.fullmatch(title))


def _holds_notes(export: Export, column: int) -> bool:
    """Return whether a column of Canvas is the instructor's own for notes: it has neither a number nor points."""
    no_points = export.points_row is not None and not export.cell(export.points_row, column).strip()
    return no_points and not _WITH_ID.fullmatch(export.titles[column])


def _ours(export: Export) -> Iterator[int]:
    takers = _takers(export)
    worksheet = (
        export.column_titled(_WORKSHEET_GRADE) if export.lms == "moodle" and "person" in export.columns else None
    )
    if worksheet is not None:
        yield worksheet
    else:
        ours = (column for column in takers if _OURS in export.titles[column].lower())
        yield from (column for column in ours if not _holds_notes(export, column))


def _only(export: Export, found: Iterator[int]) -> int:
    columns = list(found)
    if len(columns) == 1:
        return columns[0]
    if columns:
        raise GradebookError(
            f"More than one column could take the grades ({_list(export, columns)}); name one with --column."
        )
    raise GradebookError(f"No column for grades has 'Alliance' in its title. {_candidates(export)}")


def _candidates(export: Export) -> str:
    takers = _takers(export)
    if not takers:
        return "No column takes grades; make the assignment in the LMS first, then export once more."
    return f"Name with --column the one that takes the grades: {_list(export, takers)}."


def _list(export: Export, columns: tuple[int, ...] | list[int]) -> str:
    titles = [repr(shown(export.titles[column])) for column in columns]
    return ", ".join(titles[:12]) + (f" and {len(titles) - 12} more" if len(titles) > 12 else "")
