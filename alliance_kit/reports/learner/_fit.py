"""How much of each text the learner's report shows, so that it stays within two printed pages and uses them.

From the tightest limits each section in turn gets a little more room as long as the whole still fits; only where even
the tightest do not fit, whole goals and scenes move into a line of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alliance_kit.reports.html import Html
from alliance_kit.reports.learner import _choice, _figure, _page
from alliance_kit.reports.learner._facts import LearnerFacts, Talk
from alliance_kit.reports.learner._height import Unit, fits, units_of
from alliance_kit.reports.learner._room import LADDER, MAX_IN_FULL, Limits

_FEWER = ((3, 3), (3, 2), (3, 1), (2, 2), (2, 1), (1, 1), (1, 0))
"""Scenes and goals in full, most first."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The limits of each section; `talks` has one entry for each talk shown in full, in the order of time."""

    well: Limits
    next: Limits
    talks: tuple[Limits, ...]
    goals: Limits
    reflection: Limits
    goals_in_full: int = MAX_IN_FULL


def plan(facts: LearnerFacts) -> Plan:
    """Return the roomiest limits that are likely to keep the report on two pages."""
    pages = _Pages(facts)
    for scenes, goals in _FEWER:
        pages.start(scenes, goals)
        if pages.fit():
            break
    for step in range(1, len(LADDER)):
        for name, level in pages.levels.items():
            if level == step - 1:
                pages.levels[name] = step
                if not pages.fit():
                    pages.levels[name] = level
    return pages.plan()


class _Pages:
    """The sections with their levels on the ladder; what a section takes at a level is worked out once."""

    def __init__(self, facts: LearnerFacts) -> None:
        self.facts = facts
        self.levels: dict[str, int] = {}
        self.goals = MAX_IN_FULL
        self._known: dict[tuple[str, int, int], list[Unit]] = {}
        self._praises, self._step = _choice.went_well(facts), _choice.next_step(facts)
        self._above = units_of(_page.heading(facts))
        self._figure = _figure.figure_units(facts)
        self._below = units_of(_page.foot(facts, cut=True))

    def start(self, scenes: int, goals: int) -> None:
        """Begin anew with the tightest limits and so many scenes and goals in full."""
        talks = [f"talk {number}" for number in range(min(scenes, len(self.facts.latest_talks)))]
        # In this order room is given: her words at first, then what happened.
        self.levels = dict.fromkeys(("next", "reflection", *reversed(talks), "goals", "well"), 0)
        self.goals = goals

    def fit(self) -> bool:
        """Return whether all sections fit at their levels."""
        talks = [name for name in self.levels if name.startswith("talk")]
        inner = [unit for name in sorted(talks) for unit in self._units(name)]
        rest = [unit for name in ("goals", "reflection") for unit in self._units(name)]
        first = [*self._above, *self._units("well"), *self._units("next"), *self._figure]
        return fits([*first, *self._around_talks(inner, len(talks)), *rest, *self._below])

    def plan(self) -> Plan:
        """Return the limits as they stand."""
        rooms = {name: LADDER[level] for name, level in self.levels.items()}
        talks = tuple(room for name, room in sorted(rooms.items()) if name.startswith("talk"))
        return Plan(rooms["well"], rooms["next"], talks, rooms["goals"], rooms["reflection"], self.goals)

    def _around_talks(self, inner: list[Unit], shown: int) -> list[Unit]:
        """Return the talks with their heading before and the line about those not shown after them."""
        line = [Unit(26.0)] if len(self.facts.latest_talks) > shown else []
        return [Unit(8.3, heads=True), *inner, *line] if shown else []

    def _units(self, name: str) -> list[Unit]:
        level = self.levels[name]
        key = (name, level, self.goals if name == "goals" else len(self.levels))
        if key not in self._known:
            self._known[key] = units_of(self._section(name)(LADDER[level]))
        return self._known[key]

    def _section(self, name: str) -> Callable[[Limits], Html]:
        sections: Mapping[str, Callable[[Limits], Html]] = {
            "well": lambda limits: _page.went_well(self.facts, self._praises, limits),
            "next": lambda limits: _page.next_step(self._step, limits),
            "goals": lambda limits: _page.goals(self.facts, limits, self.goals),
            "reflection": lambda limits: _page.reflection(self.facts.reflections, limits),
        }
        return sections.get(name) or (lambda limits: _page.talk_in_full(self._talk(name), limits))

    def _talk(self, name: str) -> Talk:
        shown = sum(other.startswith("talk") for other in self.levels)
        return self.facts.latest_talks[len(self.facts.latest_talks) - shown + int(name.removeprefix("talk "))]
