"""Which numbers are the target, and which measures they belong to (house rules for goals, section 3, M)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alliance_kit.grading.goals.circumstances import is_clock
from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lazily import lazily
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.measures import Measure, fits, joint_range, measure_of_fraction, measures
from alliance_kit.grading.goals.quantities import Quantity

__all__ = ["Claim", "Targets"]

_OBJECTS = frozenset({"device", "helper", "joint", "region", "wheelchair", "kin", "caregiver"})
_LEVEL = frozenset({"help"})
_STEP = frozenset({"step"})
_MEASURED = frozenset(
    {"distance", "block", "time", "weight", "angle", "speed", "count", "share", "volume", "rate", "pressure", "things"}
)
_ORDINAL = frozenset({"st", "nd", "rd", "th", "year", "grade", "story", "am", "pm"})
_RUN = frozenset({"consecutive", "straight", "on"})
_OF_THE_WHOLE = frozenset({"time", "trials", "accuracy", "opportunities", "attempts", "weight"})
_UP_TO = frozenset({"of", "to", "at", ">=", "≥", "above", "least"})
_ABOUT = frozenset({"about", "approximately", "another", "around", "least"})
_RANGE = frozenset({"rangeword"})
_CHANGED = frozenset({"better", "more", "less", "improvement", "increase", "decrease", "reduction"})
_NOT_OFTEN = frozenset({"living", "life", "activities", "tasks", "time", "visit", "session"})
_DAY_PARTS = frozenset({"afternoon", "other"})
_NEAR = 7
"""Words within which a joint belongs to a movement."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A measure with the values that the goal names for it."""

    measure: Measure
    target: Quantity | None
    start: Quantity | None


class Targets:
    """The numbers of a goal by the part they play."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.scene = facts.scene

    @lazily
    def main(self) -> list[Quantity]:
        """Numbers that say what is to be reached, of the goal itself, or else of its purpose or wish."""
        for zones in ("m", "p", "wq"):
            found = [q for q in self.scene.quantities if self.scene.zone[q.first] in zones and self._is_target(q)]
            if found:
                return found
        return []

    def _is_target(self, q: Quantity) -> bool:
        """Return whether a number is neither a start, a time of day, an age, a number of helpers nor a rating."""
        scene = self.scene
        after = scene.words[q.last] if q.last < len(scene.words) else ""
        if q.kind == "span" and not q.per:
            return after != "old" and bool(_RUN & set(scene.words[max(q.first - 2, 0) : q.last]))
        if is_clock(scene, q) or (after in _ORDINAL and q.kind in {"bare", "span", "things"}):
            return False
        if self._counts_objects(q):
            return False
        if scene.words[q.first] == "x" and scene.near(q.first, _LEVEL, 3):
            return False
        if scene.near(q.first, _STEP, 3):
            return False  # starting at 20 feet
        numbered = bool(q.first) and scene.words[q.first - 1] == "#"
        return not (numbered or self._starts_change(q) or self._is_rating(q))

    def _counts_objects(self, q: Quantity) -> bool:
        """Return whether a number counts devices, helpers or hands."""
        if q.kind not in {"bare", "things", "volume"}:
            return False
        at = q.last - (q.kind == "things")
        return self.scene.near(at, _OBJECTS, 0, 1) or bool(self.scene.roles_over(q.first) & _OBJECTS)

    def _starts_change(self, q: Quantity) -> bool:
        return any((q.first, q.last) == start for start, _ in self.facts.changes)

    def _is_rating(self, q: Quantity) -> bool:
        """Return whether a number rates confidence beside the goal, in brackets or a sentence of its own."""
        for first, last in self.facts.confidence:
            if first <= q.first < last:
                start, end = next(((a, b) for a, b in self.scene.segments if a <= q.first < b), (first, last))
                return end - start <= last - first + 3
        return False

    @lazily
    def claims(self) -> list[Claim]:
        """Each measure or joint range with its start and target."""
        found = [self._claim(m.measure, m.first, m.last) for m in self.scene.mentions]
        found += [self._claim(measure, first, last) for measure, first, last in self._joint_ranges()]
        return [*found, *self._scales(found)]

    def _claim(self, measure: Measure, first: int, last: int) -> Claim:
        """Return the values for a measure: those that follow it up to the next measure, or else those just before."""
        scene = self.scene
        stop = min((m.first for m in scene.mentions if m.first > first), default=len(scene.words))
        values = [q for q in scene.quantities if scene.zone[q.first] != "t" and not self._counts_objects(q)]
        fitting = [q for q in values if fits(q, measure)]
        near = [q for q in fitting if last <= q.first < stop] or [q for q in fitting if first - 5 <= q.first < first]
        starts = [q for q in near if scene.zone[q.first] == "b" or self._starts_change(q)]
        aims = [q for q in near if q not in starts and scene.zone[q.first] in "mp" and not self.is_change(q)]
        if measure.key == "fim_total" and aims and aims[0].high <= 7:
            measure = measures()["fim_item"]
        return Claim(measure, aims[0] if aims else None, starts[0] if starts else None)

    def _joint_ranges(self) -> Iterator[tuple[Measure, int, int]]:
        """Yield joint ranges named by a movement and a joint close to it."""
        scene = self.scene
        joints = scene.find("joint", zones="mp")
        for movement in scene.find("movement", zones="mp"):
            joint = next((j for j in joints if abs(j.first - movement.first) <= _NEAR), None)
            name = " ".join(scene.words[movement.first : movement.last])
            if measure := joint_range(scene.words[joint.first].removesuffix("s") if joint else "", name):
                yield measure, movement.first, movement.last

    def _scales(self, known: list[Claim]) -> Iterator[Claim]:
        """Yield scales known by their fraction alone: 4+/5 strength, 3/10 pain."""
        used = {q for claim in known for q in (claim.target, claim.start) if q}
        free = [q for q in self.scene.quantities if q.kind == "fraction" and q not in used]
        starts = [q for q in free if self.scene.zone[q.first] == "b" or self._starts_change(q)]
        for q in self.main:
            measure = measure_of_fraction(q, self.scene.reading.plain) if q in free else None
            if measure:
                yield Claim(measure, q, next((s for s in starts if s.of == q.of), None))

    def is_change(self, q: Quantity) -> bool:
        """Return whether a number is a change, not a target: by 15 degrees, 30 % better."""
        words = self.scene.words
        after = words[q.last] if q.last < len(words) else ""
        before = words[max(q.first - 2, 0) : q.first]
        by = before[-1:] == ["by"] or (before[:1] == ["by"] and before[-1] in _ABOUT)
        return by or (q.kind == "percent" and after in _CHANGED)

    @lazily
    def good(self) -> list[Place]:
        """Targets with a unit or on a fitting scale."""
        found = {(q.first, q.last) for q in self.main if self._has_unit(q) and not self.is_change(q)}
        found |= {(c.target.first, c.target.last) for c in self.claims if c.target}
        return sorted(found.union(self._often))

    def _has_unit(self, q: Quantity) -> bool:
        if q.kind == "percent":
            following, before = self.scene.words[q.last : q.last + 3], self.scene.words[max(q.first - 1, 0) : q.first]
            whole = "of" in following or bool(following and following[0] in _OF_THE_WHOLE)
            return whole or (bool(_UP_TO & set(before)) and bool(self.facts.activities or self.facts.body))
        if q.kind == "bare" and (self._is_changed_to(q) or self.scene.near(q.first, _RANGE, 6)):
            return True
        if q.kind == "score":
            return bool(self.scene.mentions)
        return q.per or q.kind in _MEASURED or q.kind in {"span", "fraction"}

    def _is_changed_to(self, q: Quantity) -> bool:
        """Return whether a bare number is the target of a change whose start has the unit: from 10 cigarettes to 5."""
        starts = {start for start, target in self.facts.changes if target == (q.first, q.last)}
        return any((other.first, other.last) in starts and other.kind != "bare" for other in self.scene.quantities)

    @lazily
    def _often(self) -> list[Place]:
        """Frequencies in words: daily, every night; for what a person does, not for treatment."""
        if not (self.facts.activities or self.scene.has("exverb", "behave")):
            return []
        main = [i for i in range(len(self.scene.words)) if self.scene.zone[i] in "mp"]
        return [(i, end) for i in main if (end := self._frequency_end(i))]

    def _frequency_end(self, at: int) -> int:
        """Return where a frequency in words ends that begins at `at`; 0 if none does."""
        word, after = self.scene.words[at], " ".join(self.scene.words[at + 1 : at + 2])
        if after in _NOT_OFTEN and not (self.facts.own_practice and after in {"visit", "session"}):
            return 0
        if word in grammar("often") and not self.scene.roles_at(at) & {"general", "domain"}:
            return at + 1
        return (
            at + 2 if word in {"every", "each"} and after in grammar("span") | grammar("day_name") | _DAY_PARTS else 0
        )

    @lazily
    def changes_only(self) -> list[Place]:
        """Return changes without a target: by 15 degrees, halve the pain, by 50 %."""
        found = {(q.first, q.last) for q in self.main if self.is_change(q) or q.kind == "percent"}
        halved = {(m.first, m.last) for m in self.scene.find("change", zones="mp")}
        return sorted((found | halved) - set(self.good))

    @lazily
    def bare(self) -> list[Place]:
        """Numbers without a unit."""
        found = {(q.first, q.last) for q in self.main if q.kind in {"bare", "score"}}
        return sorted(found - set(self.good))
