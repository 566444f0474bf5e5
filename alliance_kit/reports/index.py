"""The page to open first: a link to the class report and to each learner's, by code, and what could not be made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from alliance_kit.reports.html import Html, tag, together, words
from alliance_kit.reports.pages import standalone

TITLE = "Reports of the class"
_COLUMNS = ("Learner", "Last handed in", "Exercises finished", "Remarks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One learner in the table.

    `last_day` is an ISO day or empty; `page` the report's address from the index page, or empty when it could not be
    made, and then `reason` says why; `remark` is a sentence about a report that was made.
    """

    code: str
    last_day: str = ""
    finished: int = 0
    late: bool = False
    synthetic: bool = False
    page: str = ""
    reason: str = ""
    remark: str = ""


def index_page(rows: Iterable[Row], *, class_page: str, class_reason: str = "", notes: Sequence[str] = ()) -> str:
    """Return the index as a whole page; learners stand in the order of their codes, which says nothing about them.

    Parameters
    ----------
    rows : one for each learner
    class_page : address of the class report from the index page; empty when it could not be made
    class_reason : why not, in a sentence
    notes : sentences on the run as a whole
    """
    rows = sorted(rows, key=lambda row: row.code)
    origin = _origin(rows)
    if all(row.synthetic for row in rows):
        rows = [replace(row, synthetic=False) for row in rows]  # said once, above, instead of in each row
    pieces = [
        tag("h1", TITLE),
        origin,
        _class_report(class_page, class_reason),
        *(tag("p", note) for note in notes),
        tag("h2", "One report for each learner"),
        tag(
            "p",
            "In the order of the codes. Which code is whose, only your class record tells: “alliance who” lists it.",
        ),
        _table(rows),
    ]
    return standalone(TITLE, together(piece for piece in pieces if piece.text))


def _origin(rows: Sequence[Row]) -> Html:
    made_up = sum(row.synthetic for row in rows)
    if not made_up:
        return Html("")
    everybody = made_up == len(rows)
    whose = "All of these hand-ins are" if everybody else f"{made_up} of these {len(rows)} hand-ins are"
    return tag("p", f"{whose} synthetic: no person made them.", class_="banner")


def _class_report(page: str, reason: str) -> Html:
    if page:
        return tag("p", _link(page, "The class report"))
    return tag("p", f"The class report could not be made: {reason}")


def _table(rows: Sequence[Row]) -> Html:
    head = tag("tr", together(tag("th", name, scope="col") for name in _COLUMNS))
    body = together(tag("tr", together(_cells(row))) for row in rows)
    return tag("table", tag("thead", head) + tag("tbody", body))


def _cells(row: Row) -> Iterable[Html]:
    yield tag("th", _link(row.page, row.code) if row.page else row.code, scope="row")
    yield tag("td", row.last_day)
    yield tag("td", row.finished)
    yield tag("td", " ".join(_remarks(row)))


def _remarks(row: Row) -> Iterable[str]:
    if row.late:
        yield "Handed in late."
    if row.synthetic:
        yield "Synthetic."
    if not row.page:
        yield f"The report could not be made: {row.reason}"
    if row.remark:
        yield row.remark


def _link(address: str, text: str) -> Html:
    return Html(f'<a href="{words(address)}">{words(text)}</a>')
