"""Caps and traps (house rules for goals, section 5): each finds one fault, and only ever lowers a score."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lazily import lazily
from alliance_kit.grading.goals.measures import SEVERAL_TOPS, Error, Measure, measures, value_on
from alliance_kit.grading.goals.quantities import Quantity
from alliance_kit.grading.goals.several import several_goals
from alliance_kit.grading.goals.targets import Claim, Targets

__all__ = ["SmallChange", "Traps"]

_SAME_TASK = 6
"""Words between two levels of help that speak of one task."""
_EXERCISE_LIKE = frozenset({"exercise", "balance", "jump", "squat"})
_PARTS_LEVELS = frozenset({"to", "/", "or", "then", "and", ";", "from", "for", "on"})
_PARTS_DISTANCES = frozenset({"and", "then", "plus", "or", "(", "to", ";", ".", "up", "on", "adding", "with"})
_WITH_COMMA = frozenset({"and", "with"})
_COUNTED_ELSEWHERE = frozenset({"event", "repetition", "thing"})
_LOWERS = ("decrea", "reduc", "lower", "minimi", "lessen")
_PAIN_SCALES = frozenset({10, 100})


@dataclass(frozen=True, slots=True)
class SmallChange:
    """A planned change no larger than the measurement error."""

    measure: Measure
    error: Error
    change: float


class Traps:
    """The caps of section 5, each found when asked for."""

    def __init__(self, facts: Facts, targets: Targets) -> None:
        self.facts = facts
        self.targets = targets
        self.scene = facts.scene

    @lazily
    def passive(self) -> list[Place]:
        """Words by which the patient only receives: be instructed, receive, tolerate treatment."""
        scene = self.scene
        if self.facts.own_practice:
            return []
        found = [(m.first, m.last) for m in scene.find("receive", zones="m")]
        for m in scene.find("receivetreat", zones="m"):
            treat = next((t for t in scene.find("treat", zones="m") if 0 <= t.first - m.last <= _SAME_TASK), None)
            if treat and not any(m.last <= act.first < treat.first for act in self.facts.activities):
                found.append((m.first, treat.last))
        return found

    @lazily
    def comply(self) -> list[Place]:
        """Compliance wording."""
        return [(m.first, m.last) for m in self.scene.find("comply", zones="m")]

    @lazily
    def others_act(self) -> bool:
        """Whether staff acts, or the patient only receives."""
        return self.facts.doer.kind == "staff" or bool(self.passive)

    @lazily
    def exercise(self) -> list[Place]:
        """Return a clinic's exercise that is the goal, beside no activity of daily life."""
        if any(m.entry.family not in _EXERCISE_LIKE for m in self.facts.activities):
            return []
        return [(m.first, m.last) for m in self.scene.find("exercise", zones="m")]

    @lazily
    def knowing(self) -> list[Place]:
        """Knowing instead of doing."""
        if self.facts.own_practice:
            return []
        return [(m.first, m.last) for m in self.scene.find("knowing", zones="m")]

    @lazily
    def several(self) -> list[Place]:
        """Heads of two or more different goals in one; empty for one goal."""
        return several_goals(self.facts, self.targets)

    @lazily
    def impossible(self) -> list[Place]:
        """Numbers that cannot be: off the scale, beyond anatomy, more than the whole."""
        found = {(q.first, q.last) for q in self.scene.quantities if self._is_too_much(q) or self._is_too_fast(q)}
        for claim in self.targets.claims:
            found |= {(q.first, q.last) for q in (claim.target, claim.start) if q and _is_off_scale(q, claim.measure)}
        return sorted(found)

    def _is_too_much(self, q: Quantity) -> bool:
        """Return whether x is more than y in x/y or x of y, or a pain score is out of neither 10 nor 100."""
        if q.kind not in {"fraction", "share"} or not q.of or self.scene.zone[q.first] == "t":
            return False
        beside = self.scene.words[max(q.first - 4, 0) : q.last + 4]
        pain = q.kind == "fraction" and "pain" in beside
        return q.high > q.of or (pain and q.of not in _PAIN_SCALES)

    def _is_too_fast(self, q: Quantity) -> bool:
        """Return whether a walking speed is beyond the scale of walking speed."""
        limit = measures()["gait_speed"].high or q.base
        return q.kind == "speed" and "walk" in self.facts.families and q.base > limit

    @lazily
    def contradiction(self) -> list[Place]:
        """Two statements that do not fit: independent and hands-on help at once, two distances for one walk."""
        return self._two_levels() or self._two_distances()

    def _two_levels(self) -> list[Place]:
        changing = {place for pair in self.facts.changes for place in pair}
        levels = [m for m in self.scene.find("help", zones="m") if (m.first, m.last) not in changing]
        for one, other in pairwise([] if self.several else levels):
            between = self.scene.words[one.last : other.first]
            more, less = max(one.entry.help, other.entry.help), min(one.entry.help, other.entry.help)
            if more == 7 and less <= 5 and len(between) <= _SAME_TASK and not _PARTS_LEVELS & set(between):
                return [(one.first, one.last), (other.first, other.last)]
        return []

    def _two_distances(self) -> list[Place]:
        """Return two distances with nothing between them that tells two stretches apart; a few metres are a reach."""
        main = [q for q in self.targets.main if q.kind == "distance" and not q.per and q.base > 2]
        for one, other in pairwise(q for q in main if not self.targets.is_change(q)):
            between = self.scene.words[one.last : other.first]
            side_by_side = between == ["and"] or between[-1:] == [","]
            parts = _PARTS_DISTANCES - _WITH_COMMA if side_by_side else _PARTS_DISTANCES
            if not parts & set(between) and abs(one.base - other.base) > 0.05 * max(one.base, other.base):
                return [(one.first, one.last), (other.first, other.last)]
        return []

    @lazily
    def worse(self) -> list[Place]:
        """Return a start and a target that is worse."""
        for claim in self.targets.claims:
            if claim.target and claim.start and _is_worse(claim):
                return [(claim.start.first, claim.start.last), (claim.target.first, claim.target.last)]
        return self._more_help() or self._less_done()

    def _more_help(self) -> list[Place]:
        ranks = {(m.first, m.last): m.entry.help for m in self.scene.find("help")}
        for start, target in self.facts.changes:
            if start in ranks and target in ranks and ranks[target] < ranks[start]:
                return [start, target]
        return []

    def _less_done(self) -> list[Place]:
        """Return a distance or number of steps below today's, where nothing else is made harder."""
        if self.targets.claims or not self.facts.activities or self._is_made_harder() or self._is_to_fall():
            return []
        starts = {start for start, _ in self.facts.changes}
        today = [q for q in self.scene.quantities if self.scene.zone[q.first] == "b" or (q.first, q.last) in starts]
        for target in self.targets.main:
            for start in today:
                if _same_kind(target, start) and not target.per and target.base < start.base:
                    return [(start.first, start.last), (target.first, target.last)]
        return []

    def _is_made_harder(self) -> bool:
        """Return whether the goal names another device or level of help than today's."""
        today = self._supports_in("b")
        return bool(today and self._supports_in("m") - today)

    def _supports_in(self, zone: str) -> set[str]:
        return {" ".join(self.scene.words[m.first : m.last]) for m in self.scene.find("device", "help", zones=zone)}

    def _is_to_fall(self) -> bool:
        return any(self.scene.words[m.first].startswith(_LOWERS) for m in self.scene.find("vague"))

    @lazily
    def small_change(self) -> SmallChange | None:
        """Return the change from start to target if measurement error alone could make it."""
        for claim in self.targets.claims:
            if not (claim.target and claim.start) or claim.measure.better == "context":
                continue
            error = claim.measure.error_for(self.scene.reading.plain)
            change = abs(value_on(claim.target, claim.measure) - value_on(claim.start, claim.measure))
            if error and 0 < change < error.size - 1e-9:
                return SmallChange(claim.measure, error, change)
        return None


def _same_kind(one: Quantity, other: Quantity) -> bool:
    if one.kind != other.kind or one.unit in _COUNTED_ELSEWHERE:
        return False
    return one.kind == "distance" or (one.kind == "count" and one.unit == other.unit)


def _is_off_scale(q: Quantity, measure: Measure) -> bool:
    """Return whether a value lies outside the measure's scale; of x/y, whether y is not the scale's own top."""
    if q.kind == "fraction" and measure.high is not None and q.of != measure.high:
        return q.of not in {100, measure.high} and measure.key not in SEVERAL_TOPS
    above = measure.high is not None and value_on(q, measure) > measure.high
    return above or (measure.low is not None and value_on(q, measure, "low") < measure.low)


def _is_worse(claim: Claim) -> bool:
    if claim.target is None or claim.start is None or claim.measure.better == "context":
        return False
    change = value_on(claim.target, claim.measure) - value_on(claim.start, claim.measure)
    return change < 0 if claim.measure.better == "higher" else change > 0
