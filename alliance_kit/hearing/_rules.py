"""Small questions about the scenario's rules and its steps of care."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.hearing._stems import has_stem
from alliance_kit.model import Effects, HearingRule, Reply, SafetyItem, Scenario, Scene
from alliance_kit.simulation import DIMENSIONS, Position


def strong_lines(scene: Scene) -> list[Reply]:
    """Return the strong replies that are said, not done."""
    return [reply for reply in scene.replies if reply.quality == "strong" and reply.act is None]


def due_steps(scenario: Scenario, scene: Scene, position: Position) -> tuple[SafetyItem, ...]:
    """Return the steps of care that are due in this scene and not taken yet."""
    here = {item_id for reply in scene.replies if reply.quality == "strong" for item_id in reply.meets}
    state = position.state
    open_now = (i for i in scenario.safety if (i.always or i.id in state.raised) and i.id not in state.met)
    return tuple(item for item in open_now if item.id in here)


def is_taken(item: SafetyItem, text: str) -> bool:
    """Return whether the words show that a step of care was taken."""
    return bool(item.words) and all(has_stem(text, group) for group in item.words)


def fits(rule: HearingRule, labels: set[str], among: set[str] | None = None) -> bool:
    """Return whether a rule holds for the labels that were read; with `among`, by one of those."""
    return bool(set(rule.any) & (labels if among is None else among)) and not set(rule.unless) & labels


def _steps(effects: Effects) -> tuple[int, ...]:
    return tuple(getattr(effects, dimension) for dimension in DIMENSIONS)


def lowers(rule: HearingRule) -> bool:
    """Return whether a rule lowers the alliance or strains it."""
    return rule.rupture is not None or min(_steps(rule.effects)) < 0


def raises(rule: HearingRule) -> bool:
    """Return whether a rule raises the alliance or mends a strain."""
    return rule.repairs or max(_steps(rule.effects)) > 0


def joined(rules: Sequence[HearingRule]) -> Effects:
    """Return the steps of several rules together: of each state the largest, so that piling up earns nothing."""
    return Effects(*(max(0, *(getattr(rule.effects, d) for rule in rules)) for d in DIMENSIONS))
