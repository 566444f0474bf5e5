"""The class report: where the class is strong and weak, which exercises mislead, three moments to talk about.

A notebook calls it piece by piece, so that an instructor can leave out, reorder and add::

    data = read_class_data("data/class.json")
    report = class_report(data.view, data.talk_to)
    report.moments()

Everything in it has passed the rule of `cohort.small_groups`. The one exception is for the instructor's eyes and
stands on a page of its own: who has not handed in, whose file could not be read, who asked for contact.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from alliance_kit import skills
from alliance_kit.cohort.analysis import ClassView, class_view
from alliance_kit.errors import ReportError, UnknownSkillError
from alliance_kit.plain import canonical_json, from_json, to_json
from alliance_kit.reports.class_report import _figures, _page
from alliance_kit.reports.html import Html, tag, together

__all__ = ["ClassData", "ClassReport", "TalkTo", "class_report", "read_class_data", "to_bytes"]

NOTHING = Html("")
MAX_BYTES = 8 * 1024 * 1024
"""A file of class data has some ten kilobytes; this bounds what a wrong file can ask for."""
SAMPLE = 24


@dataclass(frozen=True, slots=True)
class TalkTo:
    """Whom to talk to, and nothing about how anybody did.

    Names of people on the class list who have not handed in; names or files that could not be read; codes of learners
    who asked for contact.
    """

    not_handed_in: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    contact: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClassData:
    """What the class report is made of, as it stands in the data file."""

    view: ClassView
    talk_to: TalkTo = TalkTo()


def to_bytes(data: ClassData) -> bytes:
    """Return the data file's content: JSON, the same bytes for the same data."""
    return (canonical_json(to_json(data)) + "\n").encode("utf-8", "replace")


def read_class_data(file: str | Path) -> ClassData:
    """Return the data of a class report from its file; a synthetic class of 24 where no file is named.

    Raises
    ------
    ReportError: the file cannot be opened, or holds something else.
    """
    if not str(file):
        return _example()
    path = Path(file)
    try:
        with path.open("rb") as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise ReportError(f"{path.name}: the file cannot be opened ({error.strerror}). Check 'class_data'.") from error
    if len(raw) > MAX_BYTES:
        raise ReportError(f"{path.name}: this file is too large to be the data of a class report. Choose 'class.json'.")
    try:
        data = from_json(ClassData, json.loads(raw), path.name)
        for view in data.view.parts:
            skills.part(view.part)
    except (ValueError, RecursionError, UnknownSkillError) as error:
        raise ReportError(
            f"{path.name}: this is not the data of a class report, or it was changed. Run 'alliance report' again."
        ) from error
    return data


def _example() -> ClassData:
    from alliance_kit.cohort import sample  # noqa: PLC0415 — the report of a real class needs no sample

    return ClassData(class_view(sample.learner(number, 1) for number in range(1, SAMPLE + 1)))


def class_report(view: ClassView, talk_to: TalkTo | None = None) -> ClassReport:
    """Return the report on a class."""
    return ClassReport(view, talk_to or TalkTo())


@dataclass(frozen=True, slots=True)
class ClassReport:
    """The class report, section by section; each gives HTML. Under `k` learners only the heading says something."""

    view: ClassView
    talking: TalkTo

    def heading(self) -> Html:
        """Return the title, how many handed in and when, and the banner of a synthetic class."""
        banner = "Synthetic sample: no real learner, no real patient. "
        pieces = [tag("p", banner.strip(), class_="banner")] if self.view.synthetic else []
        pieces.append(tag("h1", "Report on the class"))
        if not self.view.enough:
            few = (
                f"So far fewer than {self.view.k} learners have handed in something that can be counted. With so few, "
                f"every number would show somebody. The report fills itself once there are {self.view.k}."
            )
            return _page.section([*pieces, tag("p", few, class_="lead")])
        pieces.append(tag("p", f"{self.view.learners} learners{_page.span(self.view)}", class_="muted"))
        return _page.section([*pieces, tag("p", _page.lead(self.view), class_="lead")])

    def strengths(self) -> Html:
        """Return where the class is strong and where it is weak, in words and with counts."""
        if not self.view.enough:
            return NOTHING
        cards = [
            _page.card("Strong", _page.judged(self.view.parts, "strong")),
            _page.card("Weak", _page.judged(self.view.parts, "weak")),
        ]
        heading = tag("h2", "Where the class is strong, and where it is weak")
        return _page.section(
            [heading, _page.box(cards), *_page.gap(self.view.parts), tag("p", _page.RULE, class_="muted small")]
        )

    def figure(self) -> Html:
        """Return a panel for each strategy that can be told about, and all counts as a table."""
        panels = [_page.panel(name, parts) for name, parts in _page.by_strategy(self.view.parts)]
        if not panels:
            return NOTHING
        start = [tag("h2", "Part by part"), tag("p", _figures.key(), class_="muted small"), panels[0]]
        table = _page.folded("All counts as a table", _page.parts_table(self.view))
        return _page.section([tag("div", together(start), style="break-inside: avoid"), *panels[1:], table])

    def items(self) -> Html:
        """Return the exercises that mislead with what to do, then all of them as a table."""
        if not self.view.items:
            return NOTHING
        misleading = [item for item in self.view.items if item.misleads]
        heading = tag("h2", "Exercises that mislead")
        if not misleading:
            first = [tag("p", "None: nowhere did a tempting reply win, and nowhere did an item run against the rest.")]
        else:
            first = [tag("p", _page.MISLEADS), *(_page.misleading(item) for item in misleading)]
        table = _page.folded(
            f"All {len(self.view.items)} exercises that can be shown", _page.items_table(self.view.items)
        )
        return _page.section([heading, *first, table])

    def moments(self) -> Html:
        """Return up to three moments with a question for the group."""
        if not self.view.enough:
            return NOTHING
        count = {1: "One moment", 2: "Two moments", 3: "Three moments"}.get(len(self.view.moments), "Moments")
        heading = tag("h2", f"{count} to discuss")
        if not self.view.moments:
            text = f"No tempting reply was surely chosen first by {self.view.k} learners or more: take one of your own."
            return _page.section([heading, tag("p", text)])
        entries = (_page.moment(number, each) for number, each in enumerate(self.view.moments, start=1))
        return _page.section([heading, tag("p", _page.HOW_TO_ASK), *entries])

    def talk_to(self) -> Html:
        """Return whom to talk to, on a page of its own for the instructor."""
        who = self.talking
        lists = [
            _page.people("Has not handed in", who.not_handed_in, "Nobody known of. It takes a class list to know."),
            _page.people("File could not be read", who.unreadable, "None."),
            _page.people("Asked for contact", who.contact, "Nobody."),
        ]
        heading = tag("h2", "For the instructor only: who to talk to")
        return _page.section([heading, tag("p", _page.INSTRUCTOR), *lists], style="break-before: page")

    def foot(self) -> Html:
        """Return how the numbers were made."""
        notes = [_page.PRACTICE, _page.small_groups(self.view.k), *map(_page.other_version, self.view.others)]
        return tag("div", together(tag("p", note) for note in notes), class_="foot")
