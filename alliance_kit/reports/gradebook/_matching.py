"""Who is who: results of the class, known by codes, and rows of an export, known by the LMS's ids; never by name."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from alliance_kit.cohort.completion import Result
from alliance_kit.cohort.shown import shown
from alliance_kit.errors import GradebookError
from alliance_kit.reports.gradebook._csv_text import read_csv
from alliance_kit.reports.gradebook._roster import Export, Lms, participant

_CODE_TITLES: Final[Mapping[str, str]] = {
    "code": "code",
    "id": "id",
    "sis user id": "id",
    "id number": "id",
    "identifier": "id",
    "login": "login",
    "sis login id": "login",
    "username": "login",
    "email": "email",
    "e-mail": "email",
    "email address": "email",
}


@dataclass(frozen=True, slots=True)
class Identity:
    """What an instructor says of the person behind a code."""

    id: str = ""
    login: str = ""
    email: str = ""


Codes = Mapping[str, Identity]
Tier = tuple[str, tuple[tuple[str, str], ...]]
"""How a match is told, and what of the export is compared with which value."""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A result that has no row: why, and what to do about it."""

    code: str
    why: str
    advice: str


@dataclass(slots=True)
class Matches:
    """Which row (from 0) belongs to which result, by what, and which results have none."""

    rows: dict[int, Result] = field(default_factory=dict)
    by: dict[int, str] = field(default_factory=dict)
    unmatched: list[Unmatched] = field(default_factory=list)


def key_of(code: str) -> str:
    """Return a code for comparing: spreadsheets take the zeros from the front of codes that are all digits."""
    return code.strip().casefold().lstrip("0")


def persons_of(result: Result, lms: Lms) -> tuple[str, ...]:
    """Return the LMS's ids under which the work came, as the names of the files had them, the last first.

    Anonymous ones are left out. More than one: a file was passed on, or a person has a number for each assignment.
    """
    came = (result.submission, *result.others)
    return tuple(each.person for each in came if each.lms == lms and not each.prefix.startswith("anon_"))


def read_codes(data: bytes) -> dict[str, Identity]:
    """Return who is who by an instructor's own list: a CSV with a column ``code`` and one of id, login and email.

    Raises
    ------
    GradebookError: a column is missing, or a code stands there twice with different people.
    """
    text = read_csv(data, _CODE_TITLES)
    header, *rows = [row for row in text.values if any(cell.strip() for cell in row)] or [()]
    columns = {_CODE_TITLES[t]: n for n, cell in enumerate(header) if (t := cell.strip().lower()) in _CODE_TITLES}
    if "code" not in columns or len(columns) < 2:
        raise GradebookError("The list of codes needs a column 'code' and one of 'id', 'login' and 'email'.")
    found: dict[str, Identity] = {}
    for row in rows:
        cells = {what: row[n].strip() if n < len(row) else "" for what, n in columns.items()}
        code = cells.pop("code")
        if not code or not any(cells.values()):
            continue
        if found.setdefault(key_of(code), one := Identity(**cells)) != one:
            raise GradebookError(f"The list of codes says two things of {shown(code)!r}; keep one of them.")
    return found


def match(export: Export, results: Iterable[Result], codes: Codes) -> Matches:
    """Return which row belongs to which result: by ID, then login, then e-mail; the first that fits any row decides.

    A result that fits more than one row, and results that fit the same row, match none of them. Where a name looks
    like one row's, that row is only proposed.
    """
    seen, found = _Rows(export), Matches()
    claims: dict[int, list[tuple[Result, str]]] = defaultdict(list)
    for result in results:
        by, rows = seen.find(_tiers(export, result, codes.get(key_of(result.code))))
        if len(rows) == 1:
            claims[rows[0]].append((result, by))
        else:
            found.unmatched.append(_several(result.code, by, rows))
    for row, claimed in claims.items():
        if len(claimed) == 1:
            found.rows[row], found.by[row] = claimed[0]
        else:
            found.unmatched += [_shared(result.code, row, claimed) for result, _ in claimed]
    _propose(export, found, {result.code: result for result in results})
    found.unmatched.sort(key=lambda each: each.code)
    return found


def _tiers(export: Export, result: Result, named: Identity | None) -> tuple[Tier, ...]:
    if named:
        copied = participant(named.id) if export.lms == "moodle" else ""
        return (
            ("ID in the list of codes", (("person", named.id), ("sis", named.id), ("person", copied))),
            ("login in the list of codes", (("login", named.login),)),
            ("e-mail in the list of codes", (("email", named.email), ("login", named.email))),
        )
    persons = [("person", person) for person in persons_of(result, export.lms)]
    own = (("person", result.code), ("sis", result.code))  # an instructor may keep the codes as IDs
    return (
        ("ID", (*persons, ("sis", result.sis), *own)),
        ("login", (("login", result.login), ("login", result.code))),
        ("e-mail", (("email", result.email), ("login", result.email))),
    )


class _Rows:
    """The learners' rows by what identifies them: ids as they are; logins and e-mails also whatever their case."""

    def __init__(self, export: Export) -> None:
        self.exact: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.loose: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in export.learners:
            for what in ("person", "sis", "login", "email"):
                if value := export.known(row, what):
                    self.exact[what, value].append(row)
                    self.loose[what, value.casefold()].append(row)

    def find(self, tiers: Sequence[Tier]) -> tuple[str, list[int]]:
        """Return by what rows were found, and these, from 0; none where nothing fits."""
        for by, pairs in tiers:
            given = [(what, value.strip()) for what, value in pairs if value.strip()]
            rows = {row for pair in given for row in self.exact.get(pair, ())}
            if not rows and not by.startswith("ID"):
                rows = {row for what, value in given for row in self.loose.get((what, value.casefold()), ())}
            if rows:
                return by, sorted(rows)
        return "", []


def _several(code: str, by: str, rows: Sequence[int]) -> Unmatched:
    if not rows:
        return Unmatched(code, "no row has this ID, login or e-mail", "say with --codes who it is")
    return Unmatched(code, f"the {by} fits rows {_numbers(rows)}", "say with --codes which one it is")


def _shared(code: str, row: int, claimed: Sequence[tuple[Result, str]]) -> Unmatched:
    codes = ", ".join(shown(result.code) for result, _ in claimed)
    why = f"{len(claimed)} codes ({codes}) fit row {row + 1}, so nothing was written to it"
    return Unmatched(code, why, "say with --codes which one counts")


def _numbers(rows: Sequence[int]) -> str:
    return ", ".join(str(row + 1) for row in rows[:6]) + (f" and {len(rows) - 6} more" if len(rows) > 6 else "")


# --- names: proposed, never used ----------------------------------------------------------------------------------


def _propose(export: Export, found: Matches, by_code: Mapping[str, Result]) -> None:
    """Say of results without a row where a name looks like exactly one row's that has no result yet."""
    forms: dict[str, set[int]] = defaultdict(set)
    for row in export.learners:
        if row not in found.rows:
            for form in _forms(export.name(row)):
                forms[form].add(row)
    for at, each in enumerate(found.unmatched):
        names = (*by_code[each.code].names, by_code[each.code].submission.name)
        rows = {row for name in names for form in _forms(name) for row in forms.get(form, ())}
        if len(rows) == 1:
            row = rows.pop()
            looks = f"it looks like row {row + 1}, '{shown(export.name(row))}'; if so, give --codes"
            found.unmatched[at] = replace(each, advice=looks)


def _forms(name: str) -> Iterator[str]:
    """Yield a name as LMSs squeeze it into file names, and with its words in one order, both without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name[:200]).casefold() if not unicodedata.combining(c))
    family, _, given = plain.partition(",")
    for form in (plain, f"{given}{family}"):
        if squeezed := re.sub(r"[\W_]+", "", form):
            yield squeezed
    if words := sorted(re.findall(r"[^\W_]+", plain)):
        yield " ".join(words)
