"""Which numbers are the target, and what else makes a goal measurable (house rules for goals, section 3, M)."""

from __future__ import annotations

from dataclasses import dataclass

from alliance_kit.grading.goals.circumstances import is_clock
from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lazily import lazily
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.measures import Measure, Mention, fits, joint_range, measure_of_fraction
from alliance_kit.grading.goals.quantities import Quantity

__all__ = ["Claim", "Targets"]

_OBJECTS = frozenset({"device", "helper", "joint", "region", "wheelchair", "kin", "caregiver"})
_MEASURED = frozenset(
    {"distance", "block", "time", "weight", "angle", "speed", "count", "share", "volume", "rate", "pressure"}
)
_WHOLE = frozenset({"of", "time", "trials", "accuracy", "opportunities", "attempts", "weight", "the"})
_ORDINAL = frozenset({"st", "nd", "rd", "th", "year", "grade", "story", "am", "pm"})


@dataclass(frozen=True, slots=True)
class Claim:
    """A measure with the values that the goal names for it; `start` and `target` are quantities or None."""

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
        """The numbers that say what is to be reached, of the goal itself, or else of its purpose or wish."""
        for zones in ("m", "p", "wq"):
            if found := [q for q in self.scene.quantities if self.scene.zone[q.first] in zones and self._is_target(q)]:
                return found
        return []

    def _is_target(self, q: Quantity) -> bool:
        scene = self.scene
        before, after = scene.words[max(q.first - 1, 0) : q.first], scene.words[q.last : q.last + 1]
        if q.kind == "span" and not q.per:
            return after != ["old"] and bool(
                {"consecutive", "straight", "on"} & set(scene.words[max(q.first - 2, 0) : q.last])
            )
        if (set(after) & _ORDINAL and q.kind in {"bare", "span", "things"}) or is_clock(self.scene, q):
            return False
        if q.kind in {"bare", "things", "volume"} and scene.near(q.last - (q.kind == "things"), _OBJECTS, 0, 1):
            return False
        if q.kind == "count" and scene.words[q.first] == "x" and scene.near(q.first, frozenset({"help"}), 3):
            return False
        if any((q.first, q.last) == start for start, _ in self.facts.changes):
            return False
        return before != ["#"] and not self._is_confidence(q)

    def _is_confidence(self, q: Quantity) -> bool:
        """Return whether a number is a confidence rating beside the goal, in brackets or a sentence of its own."""
        for first, last in self.facts.confidence:
            if first <= q.first < last:
                start, end = next(((a, b) for a, b in self.scene.segments if a <= q.first < b), (first, last))
                return end - start <= last - first + 3
        return False

    @lazily
    def mentions(self) -> list[Mention]:
        """The measures named in the goal itself, in its purpose or today's level."""
        return list(self.scene.mentions)

    @lazily
    def claims(self) -> list[Claim]:
        """Each measure or body range with its start and target."""
        found = [self._claim(m.measure, m.first, m.last) for m in self.mentions]
        found += [self._claim(measure, first, last) for measure, first, last in self._body_ranges()]
        found += self._fraction_claims(found)
        return found

    def _claim(self, measure: Measure, first: int, last: int) -> Claim:
        """Return the values for a measure: those that follow it up to the next measure, or else the one before it."""
        scene = self.scene
        stop = min((m.first for m in self.mentions if m.first > first), default=len(scene.words))
        near = [
            q for q in scene.quantities if last <= q.first < stop and fits(q, measure) and scene.zone[q.first] != "t"
        ]
        if not near:
            near = [
                q
                for q in scene.quantities
                if first - 5 <= q.first < first and fits(q, measure) and scene.zone[q.first] != "t"
            ]
        starts = [q for q in near if scene.zone[q.first] == "b" or self._starts_change(q)]
        targets = [q for q in near if q not in starts and scene.zone[q.first] in "mp" and not self.is_change(q)]
        return Claim(measure, targets[0] if targets else None, starts[0] if starts else None)

    def _starts_change(self, q: Quantity) -> bool:
        return any((q.first, q.last) == start for start, _ in self.facts.changes)

    def _body_ranges(self) -> list[tuple[Measure, int, int]]:
        """Return joint ranges named by a joint and a movement close to each other."""
        scene = self.scene
        found: list[tuple[Measure, int, int]] = []
        joints = scene.find("joint", zones="mp")
        for movement in scene.find("movement", zones="mp"):
            close = [j for j in joints if abs(j.first - movement.first) <= 7]
            joint = scene.words[close[0].first].removesuffix("s") if close else ""
            name = " ".join(scene.words[movement.first : movement.last])
            if measure := joint_range(joint, name):
                found.append((measure, movement.first, movement.last))
        return found

    def _fraction_claims(self, known: list[Claim]) -> list[Claim]:
        """Return scales known by their fraction alone: 4+/5 strength, 3/10 pain."""
        used = {q for c in known for q in (c.target, c.start) if q}
        starts = [
            q
            for q in self.scene.quantities
            if q.kind == "fraction" and (self.scene.zone[q.first] == "b" or self._starts_change(q))
        ]
        found: list[Claim] = []
        for q in self.main:
            if q.kind == "fraction" and q not in used and (measure := measure_of_fraction(q, self.scene.reading.plain)):
                start = next((s for s in starts if s.of == q.of and s not in used), None)
                found.append(Claim(measure, q, start))
        return found

    def is_change(self, q: Quantity) -> bool:
        """Return whether a number is a change, not a target: by 15 degrees, 30 % better."""
        words = self.scene.words
        return (
            "by" in words[max(q.first - 2, 0) : q.first]
            or (set(words[q.last : q.last + 1])
            <= {"better", "more", "less", "improvement", "increase", "decrease", "reduction"}
            and q.last < len(words)
            and q.kind == "percent")
        )

    @lazily
    def good(self) -> list[Place]:
        """Targets with a unit or on a fitting scale, as places."""
        named = {(c.target.first, c.target.last) for c in self.claims if c.target}
        found = [(q.first, q.last) for q in self.main if not self.is_change(q) and self._has_unit(q)]
        found += [p for p in named if p not in found]
        return sorted(found + self._often)

    def _has_unit(self, q: Quantity) -> bool:
        words = self.scene.words
        if q.kind in _MEASURED or q.per or q.kind == "things":
            return True
        if q.kind == "percent":
            return (
                (bool(set(words[q.last : q.last + 3]) & _WHOLE)
                and "of" in words[q.last : q.last + 3])
                or (set(words[q.last : q.last + 1]) <= _WHOLE
                and q.last < len(words))
            )
        if q.kind == "fraction":
            return q.of in {5, 10, 7} or measure_of_fraction(q, self.scene.reading.plain) is not None or q.high <= q.of
        return q.kind in {"span"} or (q.kind == "score" and bool(self.mentions))

    @lazily
    def _often(self) -> list[Place]:
        """Frequencies in words: daily, every night; for what a person does, not for treatment."""
        scene = self.scene
        found: list[Place] = []
        if not self.facts.activities and not scene.has("exverb", "behave"):
            return found
        for i, word in enumerate(scene.words):
            if scene.zone[i] not in "mp":
                continue
            if word in grammar("often") and scene.words[i + 1 : i + 2] not in (
                ["living"],
                ["life"],
                ["activities"],
                ["tasks"],
            ):
                if not (scene.roles_at(i) & {"general", "domain"}):
                    found.append((i, i + 1))
            if (
                word in {"every", "each"}
                and scene.words[i + 1 : i + 2]
                and scene.words[i + 1] in grammar("span") | {"afternoon", "other"}
            ):
                if scene.words[i + 1] not in {"time", "visit", "session"}:
                    found.append((i, i + 2))
        return found

    @lazily
    def changes_only(self) -> list[Place]:
        """Changes without a target: by 15 degrees, halve the pain, by 50 %."""
        found = [(q.first, q.last) for q in self.main if self.is_change(q)]
        found += [(q.first, q.last) for q in self.main if q.kind == "percent" and (q.first, q.last) not in self.good]
        found += [(m.first, m.last) for m in self.scene.find("change", zones="mp")]
        return sorted(set(found))

    @lazily
    def bare(self) -> list[Place]:
        """Numbers without a unit."""
        return [
            (q.first, q.last) for q in self.main if q.kind in {"bare", "score"} and (q.first, q.last) not in self.good
        ]
