"""Who acts in the goal, and whether the patient is heard (house rules for goals, section 3, P)."""

from __future__ import annotations

from typing import Literal, NamedTuple

from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene

__all__ = ["Doer", "Kind", "find_doer", "find_voice", "is_own_practice"]

Kind = Literal["patient", "me", "understood", "staff", "caregiver", "thing", "nobody"]
Place = tuple[int, int]

_BODY = frozenset({"joint", "region", "muscle", "movement", "domain", "symptom", "treat", "named", "balancegrade"})
_DOING = frozenset({"act", "actnoun", "exverb", "exercise", "return", "backto", "help", "vaguefree", "knowing", "keep"})
_STOPS = frozenset({",", ".", ";", ":", "(", ")", "\n", "-", "!", "?", "and", "but", "so", "that", "which", "who", "the", "a"})
_PEOPLE = frozenset({"staff", "staffweak", "caregiver", "kin", "ourwish"})
_SELF = frozenset({"i", "i'd", "i'll", "i'm", "i've", "we", "we'll", "we'd"})
_CLINICAL_WISH = frozenset({"asked to", "asks to"})


class Doer(NamedTuple):
    """Who acts, and the words that say so (none where the patient is understood)."""

    kind: Kind
    first: int = 0
    last: int = 0


def find_doer(scene: Scene) -> Doer:
    """Return who acts in the goal.

    The subject of the first *will* decides; without one, the first person named before the first thing done; without
    a person, what is done: a patient activity has the patient understood, a body function or a test has nobody.
    """
    will = next((i for i, w in enumerate(scene.words) if w in grammar("will") and scene.zone[i] in "mtp"), None)
    me = _first_person(scene)
    if will is not None:
        doer = _subject(scene, will)
        return me if me and doer.kind in {"nobody", "understood"} else doer
    return _without_will(scene, me)


def _first_person(scene: Scene) -> Doer | None:
    """Return the first *I*, or else *my*, outside quotations and the baseline."""
    for words in (_SELF, frozenset({"my", "me", "myself"})):
        for i, word in enumerate(scene.words):
            if word in words and scene.zone[i] in "mpwt" and not _quoted(scene, i):
                return Doer("me", i, i + 1)
    return None


def _quoted(scene: Scene, at: int) -> bool:
    return any(a <= at < b for a, b in scene.quotes)


def _subject(scene: Scene, will: int) -> Doer:
    words = scene.words
    if words[will] in _SELF:
        return Doer("me", will, will + 1)
    start = will
    while start and words[start - 1] not in {",", ".", ";", ":", ")", "\n", "-", "!", "?", '"'} and scene.zone[start - 1] != "t":
        start -= 1
    if start and words[start - 1] == "," and _is_appositive(scene, start, will):
        start = max(0, start - 10)
    own = [i for i in range(start, will) if words[i] in _SELF]
    if own:
        return Doer("me", own[0], own[0] + 1)
    subject = [m for m in scene.marks if start <= m.first < will]
    for mark in subject:
        if mark.tags & {"patient", "pronoun"} and not _is_possessive(scene, mark):
            return Doer("patient", mark.first, mark.last)
    for kind, roles in (("caregiver", {"caregiver", "kin"}), ("staff", {"staff", "staffweak"})):
        if found := [m for m in subject if m.tags & roles and not m.tags & {"patient"} and not _is_possessive(scene, m)]:
            return Doer(kind, found[0].first, found[0].last)  # type: ignore[arg-type]  # one of Kind by construction
    if any(m.tags & _BODY for m in subject) or any(start <= m.first < will for m in scene.mentions):
        return Doer("thing", start, will)
    named = [i for i in range(start, will) if words[i].isalpha() and words[i] not in _STOPS and not _is_plain(scene, i)]
    if named:
        return Doer("patient", named[0], will)
    return Doer("understood" if start == will or not subject else "nobody", start, will)


def _is_appositive(scene: Scene, start: int, will: int) -> bool:
    """Return whether only a comma stands before *will*: Ms. Diaz, a retired nurse, will …"""
    return start == will


def _is_plain(scene: Scene, at: int) -> bool:
    """Return whether a word before *will* is no name: an adverb, a goal word, a time word."""
    roles = scene.roles_at(at)
    return scene.words[at] in grammar("adverb") or bool(roles & {"soon", "goalword", "vague", "hedge", "safely", "purpose"})


def _is_possessive(scene: Scene, mark: Mark) -> bool:
    last = scene.words[mark.last - 1]
    return last.endswith("'s") or scene.words[mark.last : mark.last + 1] == ["'"]


def _without_will(scene: Scene, me: Doer | None) -> Doer:
    heads = [m for m in scene.marks if m.tags & (_DOING | _BODY | {"vague", "staffact", "receive", "wish", "comply"})]
    heads = [m for m in heads if scene.zone[m.first] != "b" or not any(scene.zone[h.first] == "m" for h in heads)]
    starts = [m.first for m in heads[:1]] + [m.first for m in scene.mentions[:1]]
    first = min(starts, default=len(scene.words))
    if me:
        return me
    for mark in scene.marks:
        if mark.first > first:
            break
        if mark.tags & {"patient", "pronoun"} and not _is_possessive(scene, mark):
            return Doer("patient", mark.first, mark.last)
        if mark.tags & {"staff"}:
            return Doer("staff", mark.first, mark.last)
        if mark.tags & {"caregiver"}:
            return Doer("caregiver", mark.first, mark.last)
    if name := _leading_name(scene, first):
        return name
    return _understood(scene, heads)


def _leading_name(scene: Scene, head: int) -> Doer | None:
    """Return a name or a title with a name that begins the sentence of the first thing done: *Maria walks …*."""
    reading = scene.reading
    for i in range(min(head, len(scene.words))):
        if scene.roles_at(i) & {"title"}:
            return Doer("patient", i, min(i + 2, head))
        alone = not scene.roles_at(i) and scene.words[i].isalpha() and scene.zone[i] == "m"
        capital = reading.text[reading.words[i].start].isupper() and not reading.text.isupper()
        if alone and capital and scene.words[i] not in _STOPS and i + 1 <= head <= i + 3 and i + 1 < len(scene.words):
            return Doer("patient", i, i + 1)
    return None


def _understood(scene: Scene, heads: list[Mark]) -> Doer:
    """Return the doer of a goal that names nobody, by what is done."""
    main = [m for m in heads if scene.zone[m.first] in "mw"] or heads
    if not main:
        return Doer("thing") if scene.mentions else Doer("nobody")
    head = main[0]
    if "staffact" in head.tags and not head.tags & _DOING:
        return Doer("staff", head.first, head.last)
    if head.tags & {"wish"}:
        return Doer("understood")
    if scene.mentions and scene.mentions[0].first < head.first:
        return Doer("thing", scene.mentions[0].first, scene.mentions[0].last)
    if head.tags & _BODY and not head.tags & {"act"}:
        return Doer("thing", head.first, head.last)
    if "vague" in head.tags:
        return _of_vague(scene, head, main[1:])
    return Doer("understood")


def _of_vague(scene: Scene, verb: Mark, rest: list[Mark]) -> Doer:
    """Return who acts in *improve …*: the patient for an activity, nobody for a body function or a test."""
    target = rest[0] if rest else None
    mention = scene.mentions[0] if scene.mentions else None
    if mention and (target is None or mention.first < target.first):
        return Doer("thing", mention.first, mention.last)
    if target is None or target.tags & _BODY or scene.zone[target.first] != "m":
        return Doer("thing", verb.first, target.last if target else verb.last)
    return Doer("understood")


def find_voice(scene: Scene, own_practice: bool) -> list[Place]:
    """Return the words in which the patient is heard: a quotation, or a wish that is the patient's own."""
    if own_practice:
        return [(m.first, m.last) for m in scene.find("voiceclin")]
    wishes = [(m.first, m.last) for m in scene.find("wish") if _is_patients_wish(scene, m)]
    return sorted([*wishes, *scene.quotes])


def _is_patients_wish(scene: Scene, mark: Mark) -> bool:
    before = range(max(mark.first - 3, 0), mark.first)
    if any(scene.roles_at(i) & _PEOPLE for i in before):
        return False
    first = scene.words[mark.first]
    if first in {"asked", "chosen", "requested", "picked", "said"} and mark.first and scene.words[mark.first - 1] in grammar("copula"):
        return "together" in scene.words[mark.first : mark.last + 2] or "by" in scene.words[mark.last - 1 : mark.last + 1]
    return True


def is_own_practice(scene: Scene, doer: Doer) -> bool:
    """Return whether the goal is a clinician's about her own practice: *I* acts, and patients are spoken of."""
    if doer.kind != "me":
        return False
    return any(scene.words[m.last : m.last + 1] not in ([":"], ["goal"]) for m in scene.find("clinword") if not _quoted(scene, m.first))
