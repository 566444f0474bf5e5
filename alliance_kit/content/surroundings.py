"""What an exercise may refer to: the ids that exist around it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from alliance_kit import skills
from alliance_kit.content.faults import Fault, Place
from alliance_kit.model import Scenario


def _no_scenario(_: str) -> Scenario | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """The ids that exist around an exercise, and a way to the scenarios that other kinds build on."""

    strategies: frozenset[str] = frozenset()
    parts: frozenset[str] = frozenset()
    microskills: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    scenario: Callable[[str], Scenario | None] = _no_scenario


Check = Callable[[Any, Surroundings], Iterator[Fault]]
"""A small function that looks at one exercise for one family of faults."""


def surroundings(scenario: Callable[[str], Scenario | None] = _no_scenario) -> Surroundings:
    """Return the surroundings in the library that is installed."""
    return Surroundings(
        strategies=frozenset(strategy.id for strategy in skills.strategies()),
        parts=frozenset(part.id for part in skills.parts()),
        microskills=frozenset(microskill.id for microskill in skills.microskills()),
        sources=frozenset(skills.sources()),
        scenario=scenario,
    )


def unknown(
    code: str, what: str, given: Iterable[str], known: Collection[str], place: Place, *, indexed: bool = True
) -> Iterator[Fault]:
    """Yield a fault for each given id that is not known, with the closest that is."""
    for index, name in enumerate(given):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            fix = f"Did you mean '{close[0]}'?" if close else ""
            yield Fault(
                code=code,
                message=f"{what} {name!r} is not known.",
                place=(*place, index) if indexed else place,
                fix=fix,
            )


def repeated(code: str, what: str, ids: Iterable[tuple[str, Place]]) -> Iterator[Fault]:
    """Yield a fault for each id that stood before, naming the first place."""
    seen: set[str] = set()
    for name, place in ids:
        if name in seen:
            yield Fault(code=code, message=f"the {what} id {name!r} is used twice.", place=place)
        seen.add(name)
