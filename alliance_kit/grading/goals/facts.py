"""The parts of a goal, found before they are judged: activity, specifiers, support, baseline, meaning.

Each function finds one part by the house rules for goals, sections 3 and 6, and returns places: first word, last word.
"""

from __future__ import annotations

from alliance_kit.grading.goals.lazily import lazily

from alliance_kit.grading.goals.doer import Doer, Place, find_doer, find_voice, is_own_practice
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.quantities import Quantity
from alliance_kit.grading.goals.scene import Mark, Scene
from alliance_kit.grading.goals.zones import scene_of

__all__ = ["Facts", "facts_of"]

_NOT_NAMED = frozenset({"class", "unnamed", "show"})
_KIN_HELP = frozenset({"kin", "caregiver", "staff", "staffweak", "helper"})
_BODY_PART = frozenset({"joint", "muscle", "movement"})
_SPECIFIC = ("device", "spec", "place", "surface", "holdsupport", "side", "posture", "occasion", "load")


class Facts:
    """What a goal says, part by part; every part is found when it is first asked for."""

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
        """The named activities of the goal itself; those of a purpose or wish only where the goal names none."""
        scene = self.scene
        if self.own_practice:
            return scene.find("practice", zones="m")
        for zones in ("m", "w"):
            main = [m for m in scene.find("act", zones=zones) if self._is_named(m)]
            main += scene.find("backto", zones=zones)
            main += [m for m in scene.find("return", zones=zones) if self._returns_to_something(m)]
            main += [m for m in scene.find("gaitword", zones=zones) if self._has_distance(m)]
            if main or (main := scene.find("actnoun", zones=zones)):
                return sorted(main, key=lambda m: m.first)
            if self.body or scene.mentions or scene.find("domain", "exercise", zones="m"):
                break
        return []

    def _is_named(self, mark: Mark) -> bool:
        if mark.tags & {"unnamed", "class", "show"}:
            return False
        return not (mark.first and self.scene.words[mark.first - 1] == "while")

    def _has_distance(self, mark: Mark) -> bool:
        """Return whether *gait* is walking here: gait 200 ft."""
        return any(q.kind == "distance" and 0 <= q.first - mark.last <= 2 for q in self.scene.quantities)

    def _returns_to_something(self, mark: Mark) -> bool:
        """Return whether *return to* is followed by a job, an event or a place of one's own, in the next words."""
        return self.scene.near(mark.last, frozenset({"role", "anchor", "event", "school"}), 0, 4)

    @lazily
    def purposes(self) -> list[Mark]:
        """The activities named in a purpose, a wish or a quotation."""
        return [m for m in self.scene.find("act", "backto", "valued", zones="pwq") if not m.tags & {"unnamed"}]

    @lazily
    def families(self) -> set[str]:
        """The families of the named activities."""
        return {m.entry.family for m in self.activities if m.entry.family}

    @lazily
    def body(self) -> list[Mark]:
        """Body functions tied to a joint, muscle, movement, symptom place or stated position, in the goal itself."""
        scene = self.scene
        tied = scene.find("joint", "muscle", "movement", "sited", zones="m")
        for q in scene.quantities:
            if q.kind == "fraction" and scene.zone[q.first] == "m":
                tied += [m for m in scene.find("symptom", "domain") if abs(m.first - q.first) <= 6]
        if scene.has("posture", "side"):
            tied += [m for m in scene.find("domain", zones="m") if scene.near(m.first, frozenset({"posture"}), 3, 3)]
        return sorted(set(tied), key=lambda m: m.first)

    @lazily
    def specifiers(self) -> list[Place]:
        """In which circumstances: device, level of help, place, surface, side, posture, manner, occasion, company."""
        scene = self.scene
        found = [(m.first, m.last) for m in scene.find(*_SPECIFIC, zones="m") if not m.entry.own & self.families]
        found += [(m.first, m.last) for m in scene.find("device", "support", "cue", zones="pw") if not m.entry.own & self.families]
        found += self.without + self._company + self._events + self._limits + self._clock + self.open_places + self._situations
        return sorted(set(found))

    @lazily
    def open_places(self) -> list[Place]:
        """Places that no list knows, by their form: around the lake, into her pottery studio."""
        scene = self.scene
        return [
            (i, end)
            for i, word in enumerate(scene.words)
            if word in grammar("spatial") and scene.zone[i] == "m" and (end := self._noun_after(i))
        ]

    def _noun_after(self, at: int) -> int:
        """Return where a noun without any other role ends that follows the preposition at `at`; 0 if none does."""
        scene = self.scene
        words = scene.words[at + 1 : at + 5]
        if len(words) < 2 or words[0] not in grammar("determiner") or scene.roles_at(at):
            return 0
        for i, word in enumerate(words[1:], at + 2):
            if scene.roles_at(i) or not word.isalpha() or word in grammar("no_place") or scene.zone[i] != "m":
                return 0
            following = scene.words[i + 1 : i + 2]
            if not following or not following[0].isalpha() or following[0] in grammar("not_adjective") | grammar("spatial"):
                return i + 1
        return 0

    @lazily
    def without(self) -> list[Place]:
        """What must not happen: without the knee giving way, without spilling, no wrist pain."""
        scene = self.scene
        found: list[Place] = []
        for i, word in enumerate(scene.words[:-1]):
            if scene.zone[i] != "m" or word not in {"without", "no"} or scene.roles_at(i):
                continue
            symptom = next((m for m in scene.find("symptom") if 0 < m.first - i <= 3), None)
            if symptom:
                found.append((i, symptom.last))
            elif word == "without" and not scene.roles_at(i + 1) & {"device", "help", "helping", "cue", "unnameddevice"}:
                found.append((i, min(i + 3, len(scene.words))))
        return found

    @lazily
    def _situations(self) -> list[Place]:
        """When or where a clinician does what she plans: before I teach, with every new patient."""
        if not self.own_practice:
            return []
        scene = self.scene
        return [(i, i + 2) for i, w in enumerate(scene.words[:-1]) if w in grammar("situation") and scene.zone[i] == "m"]

    @lazily
    def _company(self) -> list[Place]:
        scene = self.scene
        found = [
            (m.first, m.last)
            for m in scene.find("kin", "pet", "kinweak", zones="m")
            if "with" in scene.words[max(m.first - 4, 0) : m.first]
        ]
        found += [(i, end) for i, w in enumerate(scene.words) if w == "with" and scene.zone[i] == "m" and (end := self._noun_after(i))]
        return found + self.companions

    @lazily
    def companions(self) -> list[Place]:
        """People named after *with*: a capital inside the sentence of a text that also has small letters."""
        scene, reading = self.scene, self.scene.reading
        if reading.text.isupper():
            return []
        return [
            (i, i + 1)
            for i in range(1, len(scene.words))
            if scene.words[i - 1] == "with"
            and scene.words[i].isalpha()
            and len(scene.words[i]) > 2
            and reading.text[reading.words[i].start].isupper()
            and not reading.text[reading.words[i].start : reading.words[i].end].isupper()
            and not scene.roles_at(i)
            and scene.zone[i] in "mp"
        ]

    @lazily
    def _events(self) -> list[Place]:
        scene = self.scene
        inside = {"at", "during", "in", "through", "for", "on"}
        return [
            (m.first, m.last)
            for m in scene.find("event", zones="m")
            if inside & set(scene.words[max(m.first - 4, 0) : m.first])
        ]

    @lazily
    def _limits(self) -> list[Place]:
        """Limits on symptoms or rests beside an activity: at 3/10 pain or less, at most two rests."""
        scene = self.scene
        return [
            (q.first, q.last)
            for q in scene.quantities
            if scene.zone[q.first] == "m"
            and (q.unit == "event" or (q.kind in {"fraction", "share"} and scene.near(q.first, frozenset({"symptom"}), 4, 5)))
        ]

    @lazily
    def _clock(self) -> list[Place]:
        """Times of day: at 7 am."""
        scene = self.scene
        return [
            (q.first, q.last + 1)
            for q in scene.quantities
            if scene.zone[q.first] == "m" and self.is_clock(q)
        ]

    def is_clock(self, q: Quantity) -> bool:
        """Return whether a number is a time of day."""
        words = self.scene.words
        return words[q.last : q.last + 1] in (["am"], ["pm"], ["o'clock"]) or (
            words[q.last : q.last + 1] == [":"] and q.first > 0 and words[q.first - 1] in {"at", "by", "around", "before", "after"}
        )

    @lazily
    def supports(self) -> list[Place]:
        """E2: a named device, helper, rail, cue, level of help, equipment, interim step, or a plan for a barrier."""
        scene = self.scene
        named = [m for m in scene.find("device", "support", "cue", "helper", zones="mpw") if "nocue" not in m.tags]
        found = [(m.first, m.last) for m in named if not m.entry.own & self.families]
        found += [(m.first, m.last) for m in scene.find("holdsupport", "step", zones="mp")]
        found += [(m.first, m.last) for m in scene.find("helping", zones="mpw") if self._is_helped(m)]
        return sorted(set(found))

    def _is_helped(self, mark: Mark) -> bool:
        """Return whether *helping* is done by someone for the patient."""
        scene = self.scene
        if mark.first and scene.words[mark.first - 1] in {"to", "without", "no"}:
            return False
        return scene.near(mark.first, _KIN_HELP, 4, 4) and self.doer.kind not in {"staff"}

    @lazily
    def baseline(self) -> list[Place]:
        """E1: where the patient is today on the same outcome."""
        scene = self.scene
        found = [(q.first, q.last) for q in scene.quantities if scene.zone[q.first] == "b"]
        found += [
            (m.first, m.last)
            for m in scene.find("help", "device", "cue", "helper", zones="b")
            if scene.words[m.first] not in {"alone"}
        ]
        able = {"unable", "cannot", "can't", "can", "could", "not", "still", "only"}
        found += [(m.first, m.last) for m in scene.find("now", zones="b") if scene.words[m.first] in able]
        found += [(m.first, m.last) for m in scene.find("act", zones="b") if self._says_how(m)]
        found += [(m.first, m.last) for m in scene.find("place", "ownable", zones="b")]
        found += [(m.first, m.last) for m in scene.find("practice", zones="b") if self.own_practice]
        found += [start for start, _ in self.changes]
        found += self._kept
        return sorted(set(found))

    def _says_how(self, mark: Mark) -> bool:
        """Return whether a present activity is told with its place, help or company."""
        return self.scene.near(mark.last, frozenset({"place", "ownable", "posture", "spec", "staff", "kin"}), 0, 5)

    @lazily
    def changes(self) -> list[tuple[Place, Place]]:
        """Changes told with their start: from 95 to 120, from mod A to SBA, up from 1 mile (start, target)."""
        scene = self.scene
        found: list[tuple[Place, Place]] = []
        values = sorted(
            [(q.first, q.last) for q in scene.quantities if scene.zone[q.first] != "t"]
            + [(m.first, m.last) for m in scene.find("help")]
        )
        for one, other in zip(values, values[1:], strict=False):
            lead = scene.words[max(one[0] - 3, 0) : one[0]]
            between = [w for w in scene.words[one[1] : other[0]] if w not in {"(", ")", "baseline", "now", "about", "at", "x"}]
            if "from" in lead and "to" in between and len(between) <= 5:
                found.append((one, other))
            elif "from" in scene.words[max(other[0] - 2, one[1]) : other[0]] and "to" not in scene.words[other[1] : other[1] + 3]:
                found.append((other, one))
        return found

    @lazily
    def _kept(self) -> list[Place]:
        """A present level that is to be kept: *keep walking 100 ft*."""
        scene = self.scene
        keeps = scene.find("keep", zones="m")
        if not keeps or not self.targets_after(keeps[0].last):
            return []
        held = frozenset({"posture", "domain"})
        if scene.near(keeps[0].last, held, 0, 2) or "balance" in {m.entry.family for m in self.activities}:
            return []  # to maintain a posture is to hold it, not to keep a present level
        return [(keeps[0].first, keeps[0].last)]

    def targets_after(self, at: int) -> list[Quantity]:
        """Return the quantities of the goal itself from the word `at` on."""
        return [q for q in self.scene.quantities if q.first >= at and self.scene.zone[q.first] == "m"]

    @lazily
    def confidence(self) -> list[Place]:
        """E3: how sure the patient is, as a number."""
        scene = self.scene
        found: list[Place] = []
        for mark in scene.find("confident"):
            for q in scene.quantities:
                gap = q.first - mark.last if q.first >= mark.last else mark.first - q.last
                if gap <= 3 and (q.kind in {"fraction", "percent"} or (q.kind == "share" and q.of == 10) or q.kind == "bare"):
                    found.append((min(mark.first, q.first), max(mark.last, q.last)))
                    break
        return found

    @lazily
    def anchors(self) -> list[Place]:
        """Own-life anchors: role, valued activity, named other or pet, event, own place, the reason in own words."""
        scene = self.scene
        roles = ("anchor", "role", "event", "pet", "valued", "school")
        found = [(m.first, m.last) for m in scene.find(*roles) if self._counts_for_meaning(m)]
        found += [(m.first, m.last) for m in scene.find("kin") if self._counts_for_meaning(m) and not self._is_helper(m)]
        found += [(m.first, m.last) for m in scene.find("ownable", zones="mpwqt") if self._is_own(m)]
        found += [(m.first, m.last) for m in scene.find("leisure", zones="mpwq") if self._is_returned_to(m)]
        found += [p for p in self.open_places if grammar("owner") & set(scene.words[p[0] : p[1]])]
        found += [(a, b) for a, b in scene.quotes if b - a >= 4]
        found += [c for c in self.companions if not scene.near(c[0], frozenset({"helping"}), 3, 3)]
        found += [(m.first, m.last) for m in scene.find("patient", "kinweak", zones="mpwq") if self._is_someones(m)]
        found += self._reasons
        return sorted(set(found))

    def _counts_for_meaning(self, mark: Mark) -> bool:
        if self.scene.zone[mark.first] not in "mpwqt":
            return False
        return not ("role" in mark.tags and mark.tags & {"patient"})

    def _is_helper(self, mark: Mark) -> bool:
        """Return whether a relative only helps, or is the one who acts."""
        if self.doer.kind == "caregiver" and self.doer.first <= mark.first < self.doer.last:
            return True
        return self.scene.near(mark.first, frozenset({"helping", "helper", "help", "cue"}), 3, 3)

    def _is_own(self, mark: Mark) -> bool:
        """Return whether a place belongs to the patient: *my stairs*, *her top kitchen shelf*, *his own bed*."""
        before = self.scene.words[max(mark.first - 3, 0) : mark.first]
        if not before or not grammar("owner") & set(before):
            return False
        at = max(i for i, w in enumerate(before) if w in grammar("owner"))
        return not set(before[at + 1 :]) & {"to", "in", "on", "with", "from", "at", ",", "and", "the", "of"}

    def _is_someones(self, mark: Mark) -> bool:
        """Return whether a word such as *toddler* is the patient's own: *her toddler*."""
        scene = self.scene
        return bool(mark.first) and scene.words[mark.first - 1] in grammar("owner") and scene.words[mark.first] not in {"patient", "client"}

    def _is_returned_to(self, mark: Mark) -> bool:
        before = self.scene.words[max(mark.first - 4, 0) : mark.first]
        return self.scene.near(mark.first, frozenset({"return", "occasion"}), 4) or bool(grammar("owner") & set(before[-2:]))

    @lazily
    def _reasons(self) -> list[Place]:
        """Reasons in words: *because she misses …*."""
        scene = self.scene
        found: list[Place] = []
        for i, word in enumerate(scene.words):
            speaks = scene.words[i + 1 : i + 2]
            if word == "because" and speaks and (scene.roles_at(i + 1) & {"pronoun", "me", "patient"}):
                end = next((b for a, b in scene.segments if a <= i < b), i)
                if end - i > 5:
                    found.append((i, end))
        return found

    @lazily
    def daily(self) -> list[Place]:
        """Daily-life activities and general purposes, without an anchor."""
        scene = self.scene
        found = [
            (m.first, m.last)
            for m in scene.find("daily", "leisure", "behave", "class", zones="mpwq")
            if not (m.entry.family in {"stand", "walk"} and scene.near(m.first, frozenset({"motorpose"}), 2, 5))
        ]
        found += [(m.first, m.last) for m in scene.find("actnoun", zones="mpwq")]
        found += [(m.first, m.last) for m in scene.find("gaitword", zones="m") if self._has_distance(m)]
        found += [(m.first, m.last) for m in scene.find("general", zones="mpwq") if self._is_purpose(m)]
        return sorted(set(found))

    def _is_purpose(self, mark: Mark) -> bool:
        """Return whether a general word is a purpose, not the thing to be improved itself."""
        if self.scene.zone[mark.first] != "m" or "domain" not in mark.tags:
            return True
        i = mark.first - 1
        while i >= 0:
            roles = self.scene.roles_at(i)
            if "vague" in roles:
                return False
            if not roles & {"domain"} and self.scene.words[i] not in {",", "and", "his", "her", "their", "overall", "in"}:
                return self.scene.words[i] in {"for", "during", "with", "to", "return", "independent"}
            i -= 1
        return False


def facts_of(text: str) -> Facts:
    """Return the facts of a goal."""
    return Facts(scene_of(text))
