"""The parts of a goal, gathered before they are judged; each is found when it is first asked for."""

from __future__ import annotations

from alliance_kit.grading.goals import circumstances, evidence, meaning
from alliance_kit.grading.goals.doer import Doer, Place, find_doer, find_voice, has_distance, is_own_practice
from alliance_kit.grading.goals.lazily import lazily
from alliance_kit.grading.goals.scene import Mark, Scene

__all__ = ["Facts"]

_BACK_TO = frozenset({"role", "anchor", "event", "school"})
_NOT_NAMED = frozenset({"unnamed", "class", "show"})
_TIED = 6
"""Words within which a score such as 3/10 belongs to the symptom or function beside it."""


class Facts:
    """What a goal says, part by part, as places: first word, last word."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @lazily
    def doer(self) -> Doer:
        """Who acts."""
        return find_doer(self.scene)

    @lazily
    def own_practice(self) -> bool:
        """Whether a clinician writes about her own practice."""
        return is_own_practice(self.scene, self.doer)

    @lazily
    def voice(self) -> list[Place]:
        """Where the patient is heard."""
        return find_voice(self.scene, self.own_practice)

    @lazily
    def activities(self) -> list[Mark]:
        """Named activities of the goal itself; those of a wish where the goal is nothing but the wish."""
        scene = self.scene
        if self.own_practice:
            return scene.find("practice", zones="m")
        for zone in ("m", "w"):
            main = [m for m in scene.find("act", zones=zone) if self._is_named(m)]
            main += scene.find("backto", "workact", zones=zone)
            main += [m for m in scene.find("return", zones=zone) if scene.near(m.last, _BACK_TO, 0, 4)]
            main += [m for m in scene.find("gaitword", zones=zone) if has_distance(scene, m)]
            if main or (main := scene.find("actnoun", zones=zone)):
                return sorted(main, key=lambda m: m.first)
            if self.body or scene.mentions or scene.find("domain", "exercise", zones="m"):
                break
        return []

    def _is_named(self, mark: Mark) -> bool:
        return not mark.tags & _NOT_NAMED and not (mark.first and self.scene.words[mark.first - 1] == "while")

    @lazily
    def purposes(self) -> list[Mark]:
        """Activities named in a purpose, a wish or a quotation."""
        return [m for m in self.scene.find("act", "backto", "valued", "class", zones="pwq") if "unnamed" not in m.tags]

    @lazily
    def families(self) -> frozenset[str]:
        """Families of the named activities."""
        return frozenset(m.entry.family for m in self.activities if m.entry.family)

    @lazily
    def body(self) -> list[Mark]:
        """Body functions tied to a joint, muscle, movement, symptom place, score or stated position."""
        scene = self.scene
        tied = scene.find("joint", "muscle", "movement", "sited", zones="m")
        for q in scene.quantities:
            if q.kind == "fraction" and scene.zone[q.first] == "m":
                tied += [m for m in scene.find("symptom", "domain") if abs(m.first - q.first) <= _TIED]
        if scene.has("posture"):
            tied += [m for m in scene.find("domain", zones="m") if scene.near(m.first, frozenset({"posture"}), 3, 3)]
        return sorted(set(tied), key=lambda m: m.first)

    @lazily
    def open_places(self) -> list[Place]:
        """Places that no list knows, by their form: around the lake, into her pottery studio."""
        return circumstances.open_places(self.scene)

    @lazily
    def companions(self) -> list[Place]:
        """People named after *with*."""
        return circumstances.companions(self.scene)

    @lazily
    def specifiers(self) -> list[Place]:
        """In which circumstances: device, level of help, place, surface, side, posture, manner, occasion, company."""
        found = circumstances.listed(self.scene, self.families)
        found += circumstances.by_form(self.scene)
        found += self.open_places + self.companions
        if self.own_practice:
            found += circumstances.situations(self.scene)
        return sorted(set(found))

    @lazily
    def changes(self) -> list[tuple[Place, Place]]:
        """Return changes told with their start, as (start, target)."""
        return evidence.changes(self.scene)

    @lazily
    def baseline(self) -> list[Place]:
        """E1: where the patient is today on the same outcome."""
        found = evidence.baseline(self.scene, self.own_practice)
        found += [start for start, _ in self.changes]
        if "balance" not in self.families:
            found += evidence.kept_level(self.scene)
        return sorted(set(found))

    @lazily
    def supports(self) -> list[Place]:
        """E2: a named device, helper, rail, cue, level of help, equipment, interim step, or a plan for a barrier."""
        starts = {start for start, _ in self.changes}
        found = evidence.supports(self.scene, self.families) + circumstances.equipment(self.scene)
        if self.own_practice:
            found += [(m.first, m.last) for m in self.scene.find("staffweak", "staff", zones="m")]
        return sorted(set(found) - starts)

    @lazily
    def confidence(self) -> list[Place]:
        """E3: how sure the patient is, as a number."""
        return evidence.confidence(self.scene)

    @lazily
    def anchors(self) -> list[Place]:
        """Own-life anchors: role, valued activity, named other or pet, event, own place, the reason in own words."""
        named = self.companions + circumstances.receivers(self.scene)
        return meaning.anchors(self.scene, self.doer, self.open_places, named)

    @lazily
    def daily(self) -> list[Place]:
        """Daily-life activities and general purposes, without an anchor."""
        found = meaning.daily(self.scene)
        found += [(m.first, m.last) for m in self.scene.find("gaitword", zones="m") if has_distance(self.scene, m)]
        return sorted(set(found))
