"""Caps and traps (house rules for goals, sections 2 and 5): each function finds one, and only ever lowers a score."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lazily import lazily
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.measures import Error, Measure, value_on
from alliance_kit.grading.goals.quantities import Quantity
from alliance_kit.grading.goals.several import several_goals
from alliance_kit.grading.goals.targets import Claim, Targets

__all__ = ["SmallChange", "Traps", "no_goal"]

_ADVICE = re.compile(
    r"\bgoals? (?:should|must|is an? |is something|are |need|has to|have to|says?|states?|names?|includes?|contains?|"
    r"describes?|means|sets?\b|can be|ought)|\b(?:smart|goals?) (?:stands for|means)|\b(?:make sure|remember|always|try) "
    r"(?:that )?(?:to )?(?:\S+ ){0,4}goals?\b|^(?:write|set|use|create|make|choose|add|list|include|define) (?:\S+ ){0,3}goals?\b"
)
_PATIENT_IS_TO = re.compile(r"\bgoals? (?:is|are) (?:to|for|that|:)")
_LIST_FRAGMENT = 3
"""Words in a fragment up to which a row of fragments is a list of words, not a clause."""
_MANY_WORDS = 3
"""Goal words (specific, measurable …) from which a text without an activity is stuffing."""


@dataclass(frozen=True, slots=True)
class SmallChange:
    """A planned change no larger than the measurement error."""

    measure: Measure
    error: Error
    change: float


def no_goal(facts: Facts) -> str:
    """Return the rule by which the text is no goal at all, or "" for a goal: the gate of section 2."""
    scene = facts.scene
    if not any(w.word.isalpha() for w in scene.reading.words):
        return "g-empty"
    if _is_question(facts):
        return "g-question"
    if _ADVICE.search(scene.reading.plain) and not _PATIENT_IS_TO.search(scene.reading.plain):
        return "g-advice"
    if _is_list(facts):
        return "g-list"
    return "" if _someone_does_something(facts) else "g-no-clause"


def _is_question(facts: Facts) -> bool:
    scene = facts.scene
    words = [w for i, w in enumerate(scene.words) if not any(a <= i < b for a, b in scene.quotes)]
    if "?" not in words or words[0] not in grammar("question"):
        return False
    return not any(w in grammar("will") for w in words[words.index("?") :])


def _is_list(facts: Facts) -> bool:
    scene = facts.scene
    named = {scene.words[m.first] for m in scene.find("meta")}
    if len(named) >= _MANY_WORDS and not facts.activities and not scene.mentions:
        return True
    if facts.doer.kind not in {"understood", "nobody", "thing"}:
        return False
    fragments = [part.split() for part in re.split(r" [,;:.] ", scene.reading.plain) if part.strip(" ,;:.")]
    short = [
        f for f in fragments if len(f) <= _LIST_FRAGMENT and not set(f) & {"to", "with", "in", "by", "from", "will"}
    ]
    return len(fragments) >= 4 and len(short) >= 0.75 * len(fragments)


def _someone_does_something(facts: Facts) -> bool:
    scene = facts.scene
    content = (
        "domain",
        "treat",
        "vaguefree",
        "named",
        "knowing",
        "comply",
        "receive",
        "unnamed",
        "class",
        "exercise",
        "exverb",
        "symptom",
        "show",
        "practiceweak",
        "practice",
        "vague",
        "staffact",
        "region",
        "joint",
        "muscle",
        "movement",
        "act",
        "general",
        "free",
        "role",
        "event",
        "anchor",
        "full",
        "help",
        "manner",
        "balancegrade",
    )
    person = facts.doer.kind in {"patient", "me", "staff", "caregiver"}
    counted = any(q.kind not in {"bare", "percent", "span"} for q in scene.quantities)
    if person and (counted or scene.has(*content) or scene.mentions or facts.activities):
        return True
    if facts.activities or scene.find("exercise", "class", "act", "exverb", "backto"):
        return True
    if scene.find("vague") and (
        scene.has("domain", "symptom", "joint", "muscle", "movement", "region", "balancegrade") or scene.mentions
    ):
        return True
    if scene.has("treat") and scene.has("vague"):
        return True
    measured = scene.mentions or scene.has("joint", "muscle", "movement", "symptom")
    if measured and scene.quantities:
        return True
    return scene.has("receive", "comply", "knowing", "staffact", "unnamed", "vaguefree") and not scene.find("meta")


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
            treat = next((t for t in scene.find("treat", zones="m") if 0 <= t.first - m.last <= 6), None)
            if treat and not any(m.last <= a.first < treat.first for a in self.facts.activities):
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
        """A clinic's exercise as the goal, beside no activity of daily life."""
        scene = self.scene
        found = scene.find("exercise", zones="m")
        if not found or [
            m for m in self.facts.activities if m.entry.family not in {"exercise", "balance", "jump", "squat"}
        ]:
            return []
        return [(m.first, m.last) for m in found]

    @lazily
    def knowing(self) -> list[Place]:
        """Knowing instead of doing."""
        return [(m.first, m.last) for m in self.scene.find("knowing", zones="m")]

    @lazily
    def several(self) -> list[Place]:
        """The heads of two or more different goals in one; empty for one goal."""
        return several_goals(self.facts, self.targets)

    @lazily
    def impossible(self) -> list[Place]:
        """Numbers that cannot be: off the scale, beyond anatomy, more than the whole."""
        found: list[Place] = []
        for q in self.scene.quantities:
            if (
                q.kind in {"fraction", "share"}
                and self.scene.zone[q.first] != "t"
                and q.of
                and q.high > q.of
                and not self._is_date(q)
            ):
                found.append((q.first, q.last))
        for claim in self.targets.claims:
            found += [(q.first, q.last) for q in (claim.target, claim.start) if q and _is_off_scale(q, claim.measure)]
        return sorted(set(found))

    def _is_date(self, q: Quantity) -> bool:
        return q.kind == "fraction" and q.of > 10 and q.high <= 12 and self.scene.zone[q.first] == "t"

    @lazily
    def contradiction(self) -> list[Place]:
        """Independent and with hands-on help at once; two distances for one walk."""
        return self._two_levels() or self._two_distances()

    def _two_levels(self) -> list[Place]:
        scene = self.scene
        levels = [m for m in scene.find("help", zones="m") if m.entry.help >= 0]
        changing = {place for pair in self.facts.changes for place in pair}
        levels = [m for m in levels if (m.first, m.last) not in changing]
        if self.several:
            return []
        for one, other in zip(levels, levels[1:], strict=False):
            between = scene.words[one.last : other.first]
            apart = set(between) & {"to", "/", "or", "then", "and", ";", "from", "for", "on"}
            high, low = max(one.entry.help, other.entry.help), min(one.entry.help, other.entry.help)
            if high == 7 and 0 <= low <= 5 and not apart and len(between) <= 6:
                return [(one.first, one.last), (other.first, other.last)]
        return []

    def _two_distances(self) -> list[Place]:
        scene = self.scene
        walks = [
            q
            for q in self.targets.main
            if q.kind == "distance" and not q.per and q.base > 2 and not self.targets.is_change(q)
        ]
        for one, other in zip(walks, walks[1:], strict=False):
            before = scene.words[one.last : other.first]
            if set(before) & {"and", "then", "plus", "or", "(", "to", ";", ".", "up", "on", "adding", "with"} - (
                {"with", "and"} if before[-1:] == [","] else set()
            ):
                continue
            if abs(one.base - other.base) > 0.05 * max(one.base, other.base):
                return [(one.first, one.last), (other.first, other.last)]
        return []

    @lazily
    def worse(self) -> list[Place]:
        """A target that is worse than where the patient is today."""
        for claim in self.targets.claims:
            if claim.target and claim.start and _is_worse(claim):
                return [(claim.start.first, claim.start.last), (claim.target.first, claim.target.last)]
        return self._more_help() or self._shorter()

    def _more_help(self) -> list[Place]:
        ranks = {(m.first, m.last): m.entry.help for m in self.scene.find("help")}
        for start, target in self.facts.changes:
            if start in ranks and target in ranks and ranks[target] < ranks[start]:
                return [start, target]
        return []

    def _shorter(self) -> list[Place]:
        """Return a distance, number of steps or duration below today's, where nothing else is made harder."""
        scene = self.scene
        if self.targets.claims or not self.facts.activities or (scene.find("vague") and self._falls()):
            return []
        if len(self.supports_in("m") - self.supports_in("b")) and self.supports_in("b"):
            return []
        starts = [
            q
            for q in scene.quantities
            if scene.zone[q.first] == "b" or (q.first, q.last) in {s for s, _ in self.facts.changes}
        ]
        for target in self.targets.main:
            for start in starts:
                same = (
                    target.kind == start.kind
                    and target.kind in {"distance", "count"}
                    and (target.kind == "distance" or target.unit == start.unit)
                )
                if (
                    same
                    and target.unit not in {"event", "repetition", "thing"}
                    and not target.per
                    and target.base < start.base
                ):
                    return [(start.first, start.last), (target.first, target.last)]
        return []

    def _falls(self) -> bool:
        return any(
            self.scene.words[m.first][:6] in {"decrea", "reduce", "reduci", "lower", "minimi", "lessen"}
            for m in self.scene.find("vague")
        )

    def supports_in(self, zone: str) -> set[str]:
        """Return the devices and levels of help named in a zone, as words."""
        return {" ".join(self.scene.words[m.first : m.last]) for m in self.scene.find("device", "help", zones=zone)}

    @lazily
    def small_change(self) -> SmallChange | None:
        """A change from start to target that measurement error alone could make."""
        for claim in self.targets.claims:
            if not (claim.target and claim.start) or claim.measure.better == "context":
                continue
            error = claim.measure.error_for(self.scene.reading.plain)
            change = abs(value_on(claim.target, claim.measure) - value_on(claim.start, claim.measure))
            if error and 0 < change < error.size - 1e-9:
                return SmallChange(claim.measure, error, change)
        return None


def _is_off_scale(q: Quantity, measure: Measure) -> bool:
    high, low = value_on(q, measure), value_on(q, measure, "low")
    if q.kind == "fraction" and measure.high is not None and q.of not in {0, measure.high}:
        return not (measure.key in {"ndi", "odi", "fim_total", "fim_item", "vas"} or q.of in {measure.high, 100})
    return (measure.high is not None and high > measure.high) or (measure.low is not None and low < measure.low)


def _is_worse(claim: Claim) -> bool:
    if claim.target is None or claim.start is None or claim.measure.better == "context":
        return False
    change = value_on(claim.target, claim.measure) - value_on(claim.start, claim.measure)
    return change < 0 if claim.measure.better == "higher" else change > 0
