"""The learner's report: what went well in her own words, one thing to try next, one figure, then the moments.

A notebook calls it piece by piece, so that an instructor can leave out, reorder and add::

    report = learner_report(open_hand_in("hand-in-1a2b3c4d-2026-01-05.jsonl"))
    report.went_well()
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alliance_kit import handin
from alliance_kit.errors import HandInError, ReportError
from alliance_kit.handin import HandIn
from alliance_kit.reports.html import Html
from alliance_kit.reports.learner import _choice, _figure, _page
from alliance_kit.reports.learner._facts import LearnerFacts
from alliance_kit.reports.learner._fit import Plan, plan
from alliance_kit.reports.learner._looking import look_at

__all__ = ["LearnerReport", "learner_report", "open_hand_in"]


def open_hand_in(file: str, learner: str = "") -> HandIn:
    """Return the hand-in in `file`; a synthetic one where no file is named.

    Parameters
    ----------
    file : path of a hand-in, or of one learner's data in a class run (the same format); empty: an example
    learner : the code that the report is about; empty: whoever handed in

    Raises
    ------
    ReportError: the file cannot be read, or it is another learner's.
    """
    if not file:
        return _example()
    try:
        hand_in = handin.read(Path(file))
    except HandInError as error:
        raise ReportError(f"{Path(file).name}: {error}") from error
    if learner and hand_in.code != learner:
        raise ReportError(
            f"{Path(file).name} is by learner {hand_in.code!r}, but the report is about {learner!r}. "
            "Set 'hand_in' and 'learner' to the same person, or leave 'learner' empty."
        )
    return hand_in


def _example() -> HandIn:
    from alliance_kit.cohort import sample  # noqa: PLC0415 — a report of a real hand-in needs no sample

    return sample.learner(7, 1)


def learner_report(hand_in: HandIn) -> LearnerReport:
    """Return the report on a hand-in; it never raises on one that `handin.read` accepts."""
    facts = look_at(hand_in)
    return LearnerReport(facts, plan(facts))


@dataclass(frozen=True, slots=True)
class LearnerReport:
    """The report's pieces, each as HTML; those with nothing to show are a sentence or empty.

    `plan` says how much of each text is shown.
    """

    facts: LearnerFacts
    plan: Plan

    def heading(self) -> Html:
        """Return the title and whose report this is, by code and day."""
        return _page.heading(self.facts)

    def went_well(self) -> Html:
        """Return what went well: at most two quotes in her own words."""
        return _page.went_well(self.facts, _choice.went_well(self.facts), self.plan.well)

    def next_step(self) -> Html:
        """Return one thing to try next."""
        return _page.next_step(_choice.next_step(self.facts), self.plan.next)

    def figure(self) -> Html:
        """Return the one figure."""
        return _figure.figure(self.facts, len(self.plan.talks))

    def moments(self) -> Html:
        """Return three moments of the latest talk of each scene."""
        return _page.moments(self.facts, self.plan.talks)

    def goals(self) -> Html:
        """Return the goals, the first version against the latest."""
        return _page.goals(self.facts, self.plan.goals, self.plan.goals_in_full)

    def reflection(self) -> Html:
        """Return her reflection, if she sent it."""
        return _page.reflection(self.facts.reflections, self.plan.reflection)

    def foot(self) -> Html:
        """Return the last lines."""
        texts = (self.went_well(), self.next_step(), self.moments(), self.goals(), self.reflection())
        return _page.foot(self.facts, cut=_page.is_cut(texts))
