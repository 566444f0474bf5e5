"""The six criteria, 2 met, 1 partly, 0 not seen, each with the rule that decided and the words it used.

House rules for goals, sections 3, 5 and 8. Nothing here raises a score; caps come last.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts, facts_of
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.targets import Targets
from alliance_kit.grading.goals.traps import Traps, no_goal

__all__ = ["CRITERIA", "Reader", "Verdict", "verdicts"]

CRITERIA = ("specific", "measurable", "achievable_context", "relevant", "time_bound", "patient_centred")
_OPEN_ENDED = frozenset({"walk", "wheel", "stairs", "stand", "sit", "run", "jump", "drive", "leisure", "sleep", "talk", "crawl", "play", "balance"})


class Verdict(NamedTuple):
    """Points for one criterion (None: no rule decides), the rule, the words it rests on, and what to fill in."""

    points: int | None
    rule: str
    places: tuple[Place, ...] = ()
    filled: Mapping[str, str] = {}


class Reader:
    """One goal, read once, judged on six criteria."""

    def __init__(self, text: str) -> None:
        self.facts: Facts = facts_of(text)
        self.targets = Targets(self.facts)
        self.traps = Traps(self.facts, self.targets)
        self.scene = self.facts.scene

    def verdicts(self) -> dict[str, Verdict]:
        """Return the verdict on each criterion, in the order of `CRITERIA`."""
        if gate := no_goal(self.facts):
            return dict.fromkeys(CRITERIA, Verdict(0, gate))
        judges = (self.specific, self.measurable, self.achievable, self.relevant, self.time_bound, self.patient_centred)
        return {name: judge() for name, judge in zip(CRITERIA, judges, strict=True)}

    # --- S ------------------------------------------------------------------------------------------------------

    def specific(self) -> Verdict:
        """Judge whether it is clear what will be done and in which circumstances."""
        found = self._specific()
        if found.points == 2:
            for rule, places in (
                ("s1-several-goals", self.traps.several),
                ("s1-contradiction", self.traps.contradiction),
                ("s1-passive", self.traps.passive),
                ("s1-exercise", self.traps.exercise),
                ("s1-knowing", self.traps.knowing),
            ):
                if places:
                    return Verdict(1, rule, tuple(places))
            if self.traps.others_act:
                return Verdict(1, "s1-others-act", found.places)
        return found

    def _specific(self) -> Verdict:
        facts, scene = self.facts, self.scene
        acts = _places(facts.activities)
        if self.traps.knowing:
            content = [m for m in scene.find("named") if scene.zone[m.first] == "m"]
            return Verdict(1, "s1-knowing", tuple(_places(content))) if content else Verdict(0, "s0-knowing", tuple(self.traps.knowing))
        if self.traps.comply and not acts:
            return Verdict(0, "s0-comply", tuple(self.traps.comply))
        if acts and facts.specifiers:
            return Verdict(2, "s2-activity-and-specifier", tuple([*acts[:2], *facts.specifiers]))
        if self.body and facts.purposes:
            return Verdict(2, "s2-function-and-activity", tuple([*self.body, *_places(facts.purposes)[:2]]))
        if acts and facts.body and any(m.tags & {"symptom", "sited"} for m in facts.body):
            return Verdict(2, "s2-function-and-activity", tuple([*_places(facts.body), *acts[:2]]))
        if acts:
            return Verdict(1, "s1-activity-only", tuple(acts))
        return self._specific_without_activity()

    @property
    def body(self) -> list[Place]:
        named = [(m.first, m.last) for m in self.scene.mentions if self.scene.zone[m.first] == "m"]
        return sorted({*_places(self.facts.body), *named})

    def _specific_without_activity(self) -> Verdict:
        facts, scene = self.facts, self.scene
        if self.body:
            return Verdict(1, "s1-body-function", tuple(self.body))
        if exverb := scene.find("exverb", "practiceweak", zones="m"):
            if "exverb" in exverb[0].tags and (facts.specifiers or self.targets.good):
                points = 2 if facts.specifiers else 1
                return Verdict(points, f"s{points}-behaviour", tuple([*_places(exverb), *facts.specifiers]))
            return Verdict(0, "s0-vague", tuple(_places(exverb)))
        for roles, rule in ((("exercise",), "s1-exercise"), (("class", "role"), "s1-class"), (("show", "named"), "s1-content")):
            if found := scene.find(*roles, zones="m"):
                if roles == ("show", "named") and not [m for m in found if "named" in m.tags] and not self.targets.main:
                    continue
                return Verdict(1, rule, tuple(_places(found)))
        if facts.purposes and not self.traps.others_act:
            return Verdict(1, "s1-activity-in-purpose", tuple(_places(facts.purposes)))
        if self.traps.others_act and (named := [m for m in scene.find("treat", "act", zones="m") if scene.words[m.first] not in {"therapy", "treatment", "education"}]):
            named = [m for m in named if m.last - m.first > 1 or "act" in m.tags or scene.words[m.first] in {"ultrasound", "massage", "taping"}]
            if named:
                return Verdict(1, "s1-others-act", tuple(_places(named)))
        return Verdict(0, "s0-domain-word", tuple(_places(scene.find("domain", "vague", "unnamed", "vaguefree", zones="m"))))

    # --- M ------------------------------------------------------------------------------------------------------

    def measurable(self) -> Verdict:
        """Judge whether two people, checking apart, could agree that it was reached."""
        found = self._measurable()
        if found.points != 2:
            return found
        small = self.traps.small_change
        if small:
            about = {"measure": small.measure.name, "mdc": f"{small.error.size:g} {small.measure.unit}", "group": small.error.population, "change": f"{small.change:g}"}
            return Verdict(1, "m1-inside-error", found.places, about)
        for rule, places in (
            ("m1-impossible", self.traps.impossible),
            ("m1-contradiction", self.traps.contradiction),
            ("m1-worse", self.traps.worse),
            ("m1-exercise", self.traps.exercise),
            ("m1-passive", self.traps.passive),
        ):
            if places:
                return Verdict(1, rule, tuple(places))
        return Verdict(1, "m1-some-of-several", found.places) if self._unmeasured_part() else found

    def _measurable(self) -> Verdict:
        facts, targets = self.facts, self.targets
        if self.traps.knowing:
            return Verdict(0, "m0-knowing", tuple(self.traps.knowing))
        if self.traps.others_act:
            return Verdict(0, "m0-treatment-counted", tuple(targets.good))
        if targets.good:
            return Verdict(2, "m2-number-and-unit", tuple(targets.good))
        if targets.changes_only and (self.body or facts.activities or self.scene.has("symptom")):
            points = 2 if facts.baseline else 1
            return Verdict(points, "m2-change-from-start" if points == 2 else "m1-change-without-start", tuple(targets.changes_only))
        levels = [m for m in self.scene.find("help", zones="m")]
        if levels and self._has_clear_end() and not self.traps.exercise:
            return Verdict(2, "m2-level-of-help", tuple(_places(levels)))
        return self._partly_measurable(_places(levels))

    def _partly_measurable(self, levels: list[Place]) -> Verdict:
        scene, facts = self.scene, self.facts
        worth = bool(facts.activities or self.body or scene.find("class", "exercise", "domain", "general", zones="m"))
        if levels and worth:
            return Verdict(1, "m1-level-on-open-activity", tuple(levels))
        if seen := self._seen_event():
            return Verdict(1, "m1-can-be-seen", tuple(seen))
        if full := [m for m in scene.find("full", "free", "nodevice", zones="m") if facts.activities or facts.body]:
            return Verdict(1, "m1-full-or-free", tuple(_places(full)))
        if named := [(m.first, m.last) for m in scene.mentions if scene.zone[m.first] in "mp"]:
            return Verdict(1, "m1-test-without-target", tuple(named))
        if self.targets.bare and (facts.activities or self.body):
            return Verdict(1, "m1-number-without-unit", tuple(self.targets.bare))
        hedged = scene.find("hedge", "safely", "vague", "vaguefree", zones="m")
        return Verdict(0, "m0-no-measure", tuple(_places(hedged)))

    def _has_clear_end(self) -> bool:
        """Return whether the activity has a clear end: a transfer, bed mobility, dressing, donning, the floor."""
        ends = {"transfer", "bed", "floor", "car", "dress", "don", "toilet", "wash", "eat", "kneel", "hand", "stepover", "cook", "house", "shop"}
        return bool(self.facts.families & ends) and not (self.facts.families & {"walk", "stairs", "wheel", "run"} and not self.traps.several)

    def _seen_event(self) -> list[Place]:
        """Return an activity whose reaching can be seen: open jars, return to bowling, walk to the mailbox."""
        found: list[Place] = []
        for act in self.facts.activities:
            vague = grammar("comparative") & set(self.scene.words[act.last : act.last + 2])
            if self.facts.own_practice or act.tags & {"class"} or vague:
                continue
            clear = act.entry.family not in _OPEN_ENDED and "open" not in act.tags
            if clear or act.tags & {"valued", "backto", "return"} or self._goes_somewhere(act.last):
                found.append((act.first, act.last))
        if not self.facts.activities and self.scene.has("wish"):
            found = _places(m for m in self.facts.purposes if m.entry.family not in _OPEN_ENDED)
        return found

    def _goes_somewhere(self, at: int) -> bool:
        near = [m for m in self.scene.find("place", "anchor", "event", "ownable", "kin", "pet", zones="m") if 0 <= m.first - at <= 8]
        return bool(near) or any(0 <= place[0] - at <= 6 for place in self.facts.open_places)

    def _unmeasured_part(self) -> bool:
        """Return whether one of several goals has no measure of its own."""
        parts = self.traps.several
        if not parts:
            return False
        measured = self.targets.good + _places(self.scene.find("help", zones="m"))
        starts = sorted(p[0] for p in parts)
        ends = [*starts[1:], len(self.scene.words)]
        if any(p in measured for p in parts):
            return False
        return not all(any(start <= m[0] < end for m in measured) for start, end in zip(starts, ends, strict=True))

    # --- A ------------------------------------------------------------------------------------------------------

    def achievable(self) -> Verdict:
        """Judge whether the text gives what one needs to judge if it can be reached; never whether it can."""
        for rule, places in (
            ("a0-impossible", self.traps.impossible),
            ("a0-contradiction", self.traps.contradiction),
            ("a0-worse", self.traps.worse),
        ):
            if places:
                return Verdict(0, rule, tuple(places))
        if self.traps.others_act:
            return Verdict(0, "a0-treatment")
        kinds = [places for places in (self.facts.baseline, self._support, self.facts.confidence) if places]
        places = tuple(place for kind in kinds for place in kind)
        if len(kinds) >= 2:
            return Verdict(2, "a2-two-kinds", places)
        if not kinds:
            return Verdict(0, "a0-no-evidence")
        rule = "a1-baseline-only" if self.facts.baseline else "a1-support-only" if self._support else "a1-confidence-only"
        return Verdict(1, rule, places)

    @property
    def _support(self) -> list[Place]:
        found = self.facts.supports
        if self.facts.own_practice:
            found = found + _places(self.scene.find("staffweak", "device", zones="m"))
            found += [(m.first, m.last) for m in self.scene.find("staff", zones="m")]
        starts = {start for start, _ in self.facts.changes}
        return [place for place in found if place not in starts]

    # --- R ------------------------------------------------------------------------------------------------------

    def relevant(self) -> Verdict:
        """Judge whether the text says why it matters in this person's life."""
        if self.facts.own_practice:
            return self._relevant_practice()
        found = self._relevant()
        for rule, places in (("passive", self.traps.passive), ("exercise", self.traps.exercise), ("knowing", self.traps.knowing)):
            if places or (rule == "passive" and self.facts.doer.kind == "staff"):
                purpose = found.points and self._purpose_places()
                return Verdict(1, f"r1-{rule}-with-purpose", found.places) if purpose else Verdict(0, f"r0-{rule}", tuple(places))
        return found

    def _purpose_places(self) -> list[Place]:
        return [p for p in self.facts.anchors + self.facts.daily if self.scene.zone[p[0]] in "pwq"]

    def _relevant(self) -> Verdict:
        if self.facts.anchors:
            return Verdict(2, "r2-own-life", tuple(self.facts.anchors))
        if self.facts.daily or (self.scene.find("exverb", zones="m") and (self.facts.specifiers or self.targets.good)):
            return Verdict(1, "r1-daily-life", tuple(self.facts.daily))
        if self.scene.find("unnamed", zones="mp"):
            return Verdict(1, "r1-unnamed", tuple(_places(self.scene.find("unnamed", zones="mp"))))
        return Verdict(0, "r0-body-only", tuple(self.body))

    def _relevant_practice(self) -> Verdict:
        scene = self.scene
        if gain := scene.find("gainclin"):
            return Verdict(2, "r2-patients-gain", tuple(_places(gain)))
        if skill := scene.find("practice", "practiceweak", zones="m"):
            paper = scene.find("paperclin")
            only_paper = paper and not [m for m in skill if scene.words[m.first] not in {"write", "document", "note", "record", "close"}]
            return Verdict(0, "r0-paperwork", tuple(_places(paper))) if only_paper else Verdict(1, "r1-names-skill", tuple(_places(skill)))
        return Verdict(0, "r0-paperwork")

    # --- T ------------------------------------------------------------------------------------------------------

    def time_bound(self) -> Verdict:
        """Judge when the outcome is due."""
        deadlines = self.scene.deadlines
        places = tuple((d.first, d.last) for d in deadlines)
        best = max(deadlines, key=lambda d: d.points, default=None)
        if best is None:
            soon = self.scene.find("soon")
            return Verdict(0, "t0-soon" if soon else "t0-none", tuple(_places(soon)))
        if best.points == 2:
            numbered = {d.phrase.split(" ", 1)[-1] for d in deadlines if d.rule == "t2-number"}
            if len({_time_in(phrase) for phrase in numbered} - {""}) > 1:
                return Verdict(1, "t1-two-deadlines", places)
            if self._covers_some():
                return Verdict(1, "t1-some-of-several", places)
        return Verdict(best.points, best.rule, places)

    def _covers_some(self) -> bool:
        """Return whether several goals share a deadline that stands with one of them only."""
        starts = sorted(p[0] for p in self.traps.several)
        firm = [d for d in self.scene.deadlines if d.points == 2]
        if not starts or not firm:
            return False
        covers = any(d.last <= starts[0] or d.first >= starts[-1] for d in firm)
        return not covers

    # --- P ------------------------------------------------------------------------------------------------------

    def patient_centred(self) -> Verdict:
        """Judge whose goal it is, and who acts."""
        facts = self.facts
        doer = facts.doer
        who = ((doer.first, doer.last),) if doer.last else ()
        if facts.own_practice:
            patients = tuple(_places(self.scene.find("clinword")))
            return Verdict(2, "p2-patients-words", tuple(facts.voice)) if facts.voice else Verdict(1, "p1-patients-named", patients)
        if self.scene.reading.therapist_unsure and doer.kind in {"patient", "staff"}:
            return Verdict(None, "p-unsure-pt", who)
        if self.traps.comply:
            return Verdict(0, "p0-comply", tuple(self.traps.comply))
        if doer.kind == "caregiver":
            wish = facts.voice + _places(self.scene.find("ourwish"))
            return Verdict(1, "p1-caregiver-for-wish", tuple(wish)) if wish and not self.traps.passive else Verdict(0, "p0-others-act", who)
        if doer.kind == "staff":
            return Verdict(0, "p0-others-act", who)
        if self.traps.passive:
            return Verdict(0, "p0-passive", tuple(self.traps.passive))
        if doer.kind in {"thing", "nobody"}:
            return Verdict(0, "p0-no-person", who)
        if self.traps.exercise:
            return Verdict(1, "p1-exercise", who)
        if doer.kind == "me" or facts.voice:
            return Verdict(2, "p2-acts-and-heard", (*who, *facts.voice))
        return Verdict(1, "p1-acts", who)


def _places(marks: object) -> list[Place]:
    return [(m.first, m.last) for m in marks]  # type: ignore[attr-defined]


def _time_in(phrase: str) -> str:
    """Return the numbers and unit of a deadline, to tell two from one said twice."""
    return " ".join(word.rstrip("s") for word in phrase.split() if word[0].isdigit() or word.rstrip("s") in grammar("span"))


def verdicts(text: str) -> dict[str, Verdict]:
    """Return the verdict on each criterion for a goal."""
    return Reader(text).verdicts()
