"""One goal, read once: its facts, its numbers, its traps; and the form of a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lazily import lazily
from alliance_kit.grading.goals.scene import Mark
from alliance_kit.grading.goals.targets import Targets
from alliance_kit.grading.goals.traps import Traps
from alliance_kit.grading.goals.zones import scene_of

__all__ = ["Reader", "Verdict", "capped", "places"]

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Verdict(NamedTuple):
    """Points for one criterion (None: no rule decides), the rule, the words it rests on, what its sentence needs."""

    points: int | None
    rule: str
    places: tuple[Place, ...] = ()
    filled: Mapping[str, str] = _NOTHING


class Reader:
    """A goal with everything that the six criteria ask for."""

    def __init__(self, text: str) -> None:
        self.scene = scene_of(text)
        self.facts = Facts(self.scene)
        self.targets = Targets(self.facts)
        self.traps = Traps(self.facts, self.targets)

    @lazily
    def body(self) -> tuple[Place, ...]:
        """Body functions and tests that the goal itself names."""
        tests = [(m.first, m.last) for m in self.scene.mentions if self.scene.zone[m.first] == "m"]
        return tuple(sorted({*places(self.facts.body), *tests}))


def places(marks: Iterable[Mark]) -> tuple[Place, ...]:
    """Return where marks stand."""
    return tuple((m.first, m.last) for m in marks)


def capped(caps: Iterable[tuple[str, Iterable[Place]]], points: int = 1) -> Verdict | None:
    """Return the verdict of the first cap that found something, or None."""
    return next((Verdict(points, rule, tuple(found)) for rule, found in caps if found), None)
