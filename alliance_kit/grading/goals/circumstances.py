"""Specifiers: in which circumstances something is done (house rules for goals, section 3, S)."""

from __future__ import annotations

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.quantities import Quantity
from alliance_kit.grading.goals.scene import Mark, Scene

__all__ = [
    "by_form",
    "companions",
    "equipment",
    "is_clock",
    "is_denied",
    "is_put_on",
    "listed",
    "open_places",
    "receivers",
    "situations",
]

_ROLES = ("device", "spec", "place", "surface", "holdsupport", "side", "posture", "occasion", "load")
_HELD = ("device", "support", "cue")
_HELP = frozenset({"device", "help", "helping", "cue", "unnameddevice"})
_BODY_PARTS = frozenset({"joint", "region", "muscle"})
_INSIDE = frozenset({"at", "during", "in", "through", "for", "on"})
_RECEIVER_NEAR = 7
"""Words between an activity and the *to* before a name: throw a bucket of 36 balls to Theo."""
_CLOCK_BEFORE = frozenset({"at", "by", "around", "before", "after"})
_CLOCK_AFTER = frozenset({"am", "pm", "o'clock"})


def listed(scene: Scene, families: frozenset[str]) -> list[Place]:
    """Return what the word lists know as a circumstance; an activity's own object specifies nothing."""
    found = scene.find(*_ROLES, zones="m") + scene.find(*_HELD, zones="pw")
    return [(m.first, m.last) for m in found if not m.entry.own & families and not is_put_on(scene, m)]


def is_put_on(scene: Scene, mark: Mark) -> bool:
    """Return whether a device is what is put on or taken off: *don compression sleeve*."""
    if "device" not in mark.tags:
        return False
    return any(m.entry.family == "don" and 0 <= mark.first - m.last <= 2 for m in scene.find("act"))


def by_form(scene: Scene) -> list[Place]:
    """Return circumstances that show in the sentence: without …, with her class, at her wedding, at 7 am."""
    found = [*_without(scene), *_company(scene), *_events(scene), *_limits(scene), *_times_of_day(scene)]
    return [*found, *_manners(scene), *equipment(scene)]


def open_places(scene: Scene) -> list[Place]:
    """Return places that no list knows: around the lake, into her pottery studio."""
    spatial = grammar("spatial")
    return [
        (i, end)
        for i, word in enumerate(scene.words)
        if word in spatial and scene.zone[i] == "m" and not scene.roles_over(i) and (end := _noun_after(scene, i))
    ]


def _noun_after(scene: Scene, at: int) -> int:
    """Return where a noun without any other role ends that follows the preposition at `at`; 0 if none does."""
    words = scene.words[at + 1 : at + 5]
    if len(words) < 2 or words[0] not in grammar("determiner"):
        return 0
    ends = grammar("not_adjective") | grammar("spatial")
    for i, word in enumerate(words[1:], at + 2):
        following = scene.words[i + 1] if i + 1 < len(scene.words) else "."
        if scene.roles_over(i) & _BODY_PARTS and following.isalpha() and following not in ends:
            continue  # the knee sleeve
        if scene.roles_over(i) or not word.isalpha() or word in grammar("no_place") or scene.zone[i] not in "mp":
            return 0
        if not following.isalpha() or following in ends:
            return i + 1
    return 0


def companions(scene: Scene) -> list[Place]:
    """Return people named after *with*: a capital inside a text that also has small letters."""
    reading = scene.reading
    if reading.text.isupper():
        return []
    return [
        (i, i + 1)
        for i in range(1, len(scene.words))
        if scene.words[i - 1] == "with" and scene.zone[i] in "mp" and not scene.roles_at(i) and _is_name(scene, i)
    ]


def receivers(scene: Scene) -> list[Place]:
    """Return people or pets named as those an activity is for: *throw Theo a ball*, *read to Dani*, *walk Rex*."""
    if scene.reading.text.isupper():
        return []
    acts = scene.find("act", zones="mpwq")
    direct = {m.last for m in acts if m.entry.family in grammar("done_to")}
    given = [m.last for m in acts if m.entry.family in grammar("given_to")]
    behind = {
        i + 1
        for start in given
        for i in range(start, min(start + _RECEIVER_NEAR, len(scene.words) - 1))
        if scene.words[i] in {"to", "for"}
    }
    return [(i, i + 1) for i in sorted(direct | behind) if i < len(scene.words) and _is_receiver(scene, i)]


def _is_receiver(scene: Scene, at: int) -> bool:
    """Return whether a name stands at `at` that is no heading's capital: the word before it is small or comes first."""
    before = scene.reading.words[at - 1]
    small = scene.reading.text[before.start].islower() or at == 1
    other = grammar("adverb") | grammar("day_name")
    free = scene.zone[at] in "mpwq" and not scene.roles_over(at) and scene.words[at] not in other
    return small and free and _is_name(scene, at)


def _is_name(scene: Scene, at: int) -> bool:
    word = scene.reading.words[at]
    written = scene.reading.text[word.start : word.end]
    return written.isalpha() and len(written) > 2 and written.istitle()


def situations(scene: Scene) -> list[Place]:
    """Return when or where a clinician does what she plans: before I teach, with every new patient."""
    words = grammar("situation")
    return [(i, i + 2) for i, w in enumerate(scene.words[:-1]) if w in words and scene.zone[i] == "m"]


def _without(scene: Scene) -> list[Place]:
    """Return what must not happen: without the knee giving way, without spilling, no wrist pain."""
    found: list[Place] = []
    for i, word in enumerate(scene.words[:-1]):
        if word not in {"without", "no"} or scene.zone[i] != "m" or scene.roles_at(i):
            continue
        symptom = next((m for m in scene.find("symptom") if 0 < m.first - i <= 3), None)
        if symptom:
            found.append((i, symptom.last))
        elif word == "without" and not scene.roles_at(i + 1) & _HELP:
            found.append((i, min(i + 3, len(scene.words))))
    return found


def _company(scene: Scene) -> list[Place]:
    """Return people and animals after *with*."""
    return [
        (m.first, m.last)
        for m in scene.find("kin", "pet", "kinweak", zones="m")
        if "with" in scene.words[max(m.first - 4, 0) : m.first]
    ]


def equipment(scene: Scene) -> list[Place]:
    """Return things that no list knows, used, worn or pushed: using the mirror camera, wearing the knee sleeve."""
    words = grammar("equipping") | {"with"}
    places = [i for i, w in enumerate(scene.words) if w in words and scene.zone[i] == "m" and not is_denied(scene, i)]
    return [(i, end) for i in places if (end := _noun_after(scene, i))]


def is_denied(scene: Scene, at: int) -> bool:
    """Return whether *without* or *no* stands just before and belongs to what is at `at`."""
    if scene.words[at - 1 : at] == ["without"]:
        return True
    before = range(max(at - 3, 0), at)
    return any(scene.words[i] in grammar("denial") and not scene.roles_over(i) for i in before)


def _events(scene: Scene) -> list[Place]:
    found = scene.find("event", zones="m")
    return [(m.first, m.last) for m in found if _INSIDE & set(scene.words[max(m.first - 4, 0) : m.first])]


def _limits(scene: Scene) -> list[Place]:
    """Return limits on symptoms or rests beside an activity: at 3/10 pain or less, at most two rests."""
    symptom = frozenset({"symptom"})
    return [
        (q.first, q.last)
        for q in scene.quantities
        if scene.zone[q.first] == "m"
        and (q.unit == "event" or (q.kind in {"fraction", "share"} and scene.near(q.first, symptom, 4, 5)))
    ]


def _manners(scene: Scene) -> list[Place]:
    """Return what is done along the way: walk to the shop, *carrying* a bag."""
    acts = scene.find("act", "backto", "workact", "return", "exercise", zones="m")
    along = [
        m for m in acts[1:] if scene.words[m.first].endswith("ing") and scene.words[m.first - 1] in {",", "while", "by"}
    ]
    return [(m.first, m.last) for m in along]


def _times_of_day(scene: Scene) -> list[Place]:
    return [(q.first, q.last) for q in scene.quantities if scene.zone[q.first] == "m" and is_clock(scene, q)]


def is_clock(scene: Scene, q: Quantity) -> bool:
    """Return whether a number is a time of day: 7 am, at 10:30."""
    after = scene.words[q.last] if q.last < len(scene.words) else ""
    before = scene.words[q.first - 1] if q.first else ""
    return after in _CLOCK_AFTER or (after == ":" and before in _CLOCK_BEFORE)
