"""How much help a learner has at a turn: lines to choose from, two beginnings, or an empty box."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from alliance_kit.model import EndingName, Scenario
from alliance_kit.simulation import END, branches_of

Support = Literal["choice", "starter", "free"]
"""Lines to choose from · two beginnings, the lines on request · an empty box, the lines on request."""

SUPPORTS: tuple[Support, ...] = get_args(Support)
TYPED_FIRST = 2
"""Turns of a run, at every level of support, at which the learner types before any line is offered."""
RECENT = 3
ENOUGH_TYPED, GOOD_SHARE = 6, 0.5
"""From so many typed turns in the recent talks, and this share of them taken well, the box is empty."""


@dataclass(frozen=True, slots=True)
class PastTalk:
    """A finished talk: how it ended, how many turns were typed, and after how many of them the alliance rose."""

    ending: EndingName
    typed: int
    rose: int


def support_for(past: Sequence[PastTalk]) -> Support:
    """Return the support that follows from the finished talks, oldest first.

    Help fades with success, and comes back by a step after a talk that closed or left a step of care out (choosing
    suits novices, writing the advanced: 10.3389/frvir.2021.801793). The thresholds are the project's own.
    """
    if not past:
        return "choice"
    recent = past[-RECENT:]
    typed, rose = sum(talk.typed for talk in recent), sum(talk.rose for talk in recent)
    step = 2 if typed >= ENOUGH_TYPED and rose >= GOOD_SHARE * typed else 1
    if past[-1].ending in ("closed", "unsafe"):
        step -= 1
    return SUPPORTS[step]


def typed_first_scenes(scenario: Scenario, attempt: int) -> frozenset[str]:
    """Return the scenes in which this run takes typed words before lines are offered: two that every way passes.

    Scenes where a step of care is due are left out: nobody should have to look for words there. The run's number
    rotates through the rest.
    """
    if scenario.hearing is None:
        return frozenset()
    calm = [name for name in _on_every_way(scenario) if _is_calm(scenario, name)]
    order = sorted(calm, key=lambda name: hashlib.sha256(f"{scenario.id}/typed/{name}".encode()).hexdigest())
    start = (attempt * TYPED_FIRST) % len(order) if order else 0
    return frozenset((order[start:] + order[:start])[:TYPED_FIRST])


def _is_calm(scenario: Scenario, name: str) -> bool:
    scene = scenario.scenes[name]
    return scene.typed is not None and not any(r.meets or r.breaches for r in scene.replies) and not scene.raises


def _on_every_way(scenario: Scenario) -> list[str]:
    """Return the scenes without which the end cannot be reached from the start."""
    return [name for name in scenario.scenes if not _reaches_end(scenario, without=name)]


def _reaches_end(scenario: Scenario, without: str) -> bool:
    ahead, seen = [scenario.start], {without}
    while ahead:
        name = ahead.pop()
        if name == END:
            return True
        if name in seen:
            continue
        seen.add(name)
        ahead += [branch.to for reply in scenario.scenes[name].replies for branch in branches_of(reply)]
    return False
