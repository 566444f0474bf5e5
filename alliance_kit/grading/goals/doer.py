"""Who acts in the goal, and whether the patient is heard (house rules for goals, section 3, P)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene

__all__ = ["Doer", "Kind", "Place", "find_doer", "find_voice", "has_distance", "is_own_practice"]

Kind = Literal["patient", "me", "understood", "staff", "caregiver", "thing", "nobody"]
Place = tuple[int, int]

_BODY = frozenset({"joint", "region", "muscle", "movement", "domain", "symptom", "treat", "named", "balancegrade"})
_DOING = frozenset(
    {"unnamed", "act", "actnoun", "exverb", "exercise", "return", "backto", "help", "vaguefree", "knowing", "keep"}
)
_HEADS = _DOING | _BODY | {"vague", "staffact", "receive", "wish", "comply"}
_NO_NAME = frozenset({"soon", "goalword", "vague", "hedge", "safely", "purpose"})
_PEOPLE = frozenset({"staff", "staffweak", "caregiver", "kin", "ourwish"})
_PERSONS: tuple[tuple[Kind, frozenset[str]], ...] = (
    ("patient", frozenset({"patient", "pronoun"})),
    ("caregiver", frozenset({"caregiver", "kin"})),
    ("staff", frozenset({"staff", "staffweak"})),
)
_CLAUSE_STARTS = frozenset({",", ".", ";", ":", ")", "\n", "-", "!", "?", '"'})
_LINKS = frozenset({"and", "but", "so", "that", "which", "who", "the", "a"})
_SELF = frozenset({"i", "i'd", "i'll", "i'm", "i've", "we", "we'll", "we'd"})
_MINE = frozenset({"my", "me", "myself"})
_DEED = frozenset({"act", "exverb", "vague", "return", "keep", "knowing", "receivetreat", "wish"})
_SAYS = frozenset({"to", "is", "can", "and", "has", "does", "wants"})
_TOGETHER = frozenset({"together", "by"})


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
    me = _first_person(scene)
    will = next((i for i, w in enumerate(scene.words) if w in grammar("will") and scene.zone[i] in "mtp"), None)
    if will is None:
        doer = me or next(_without_will(scene))
        return (_first_person(scene, "b") or doer) if doer.kind == "understood" else doer
    doer = next(_subject(scene, will))
    if doer.kind in {"caregiver", "staff"} and any(_wants_to_act(scene, m, doer.first) for m in scene.find("wish")):
        doer = next(_without_will(scene))  # Frank wants to mow, and his wife will time him
    return me if me and doer.kind in {"nobody", "understood"} else doer


def _wants_to_act(scene: Scene, wish: Mark, before: int) -> bool:
    """Return whether someone *wants to* do something before the word at `before`."""
    return wish.last < before and "to" in scene.words[wish.last - 1 : wish.last + 1]


def _first_person(scene: Scene, zones: str = "mpwt") -> Doer | None:
    """Return the first *I*, or else *my*, outside quotations, in these zones (without today's level)."""
    for words in (_SELF, _MINE):
        for i, word in enumerate(scene.words):
            if word in words and scene.zone[i] in zones and not _quoted(scene, i) and not _is_in_a_name(scene, i):
                return Doer("me", i, i + 1)
    return None


def _is_in_a_name(scene: Scene, at: int) -> bool:
    """Return whether a word belongs to the name of a test, as the I of FES-I does."""
    return any(m.first <= at < m.last for m in scene.mentions)


def _quoted(scene: Scene, at: int) -> bool:
    return any(first <= at < last for first, last in scene.quotes)


def _subject(scene: Scene, will: int) -> Iterator[Doer]:
    """Yield who the subject of the *will* at `will` is, the reading that counts first."""
    start = _subject_start(scene, will)
    mine = next((i for i in range(start, will + 1) if scene.words[i] in _SELF and not _is_in_a_name(scene, i)), None)
    if mine is not None:
        yield Doer("me", mine, mine + 1)
    subject = [m for m in scene.marks if start <= m.first < will and not _is_possessive(scene, m)]
    named = _name_first(scene, start, will)
    for kind, roles in _PERSONS:
        for mark in subject:
            if mark.tags & roles and not (kind == "caregiver" and "patient" in mark.tags):
                yield Doer(kind, mark.first, mark.last)
        if kind == "patient" and named:
            yield named
    things = any(start <= m.first < will and m.tags & _BODY for m in scene.marks)
    if things or any(start <= m.first < will for m in scene.mentions):
        yield Doer("thing", start, will)
    if (name := next((i for i in range(start, will) if _may_be_name(scene, i)), None)) is not None:
        yield Doer("patient", name, will)
    yield Doer("understood" if start == will or not subject else "nobody", start, will)


def _subject_start(scene: Scene, will: int) -> int:
    """Return where the subject of a *will* begins; an apposition between commas belongs to it."""
    start = will
    while start and scene.words[start - 1] not in _CLAUSE_STARTS and scene.zone[start - 1] != "t":
        start -= 1
    return max(0, start - 10) if start == will and start and scene.words[start - 1] == "," else start


def _is_possessive(scene: Scene, mark: Mark) -> bool:
    return scene.words[mark.last - 1].endswith("'s") or scene.words[mark.last : mark.last + 1] == ["'"]


def _name_first(scene: Scene, start: int, will: int) -> Doer | None:
    """Return a title with a name, or a name joined to a relative: *Mr. Jones and his wife*, *Ana and her mother*."""
    words = scene.words
    for i in range(start, will - 1):
        name = i + 2 if words[i + 1] == "." else i + 1
        if "title" in scene.roles_at(i) and name < will and not words[name].endswith("'s"):
            return Doer("patient", i, name + 1)
    joined = start < will - 2 and words[start + 1] == "and" and _may_be_name(scene, start) and not scene.roles_at(start)
    return Doer("patient", start, start + 1) if joined else None


def _may_be_name(scene: Scene, at: int) -> bool:
    """Return whether a word before *will* can be a name: no adverb, link, goal word or time word."""
    word = scene.words[at]
    return word.isalpha() and word not in _LINKS and word not in grammar("adverb") and not scene.roles_at(at) & _NO_NAME


def _without_will(scene: Scene) -> Iterator[Doer]:
    """Yield who acts in a goal without *will*, the reading that counts first."""
    heads = [m for m in scene.marks if m.tags & _HEADS]
    if any(scene.zone[m.first] == "m" for m in heads):
        heads = [m for m in heads if scene.zone[m.first] != "b"]
    starts = [m.first for m in heads[:1]] + [m.first for m in scene.mentions[:1]]
    head = min(starts, default=len(scene.words))
    if scene.words[1:2] == ["and"] and _may_be_name(scene, 0) and not scene.roles_over(0):
        yield Doer("patient", 0, 1)
    if name := _leading_name(scene, head):
        yield name
    for mark in (m for m in scene.marks if m.first <= head and not _is_possessive(scene, m)):
        for kind, roles in _PERSONS:
            if mark.tags & roles - {"kin", "staffweak"}:
                yield Doer(kind, mark.first, mark.last)
    main = [m for m in heads if scene.zone[m.first] in "mw"] or heads
    yield _understood(scene, main) if main else Doer("thing" if scene.mentions else "nobody")


def _leading_name(scene: Scene, head: int) -> Doer | None:
    """Return a name or a title with a name that begins the sentence of the first thing done: *Maria walks …*."""
    reading = scene.reading
    for i in range(min(head, len(scene.words) - 1)):
        if "title" in scene.roles_at(i):
            return Doer("patient", i, min(i + 2, head))
        capital = reading.text[reading.words[i].start].isupper() and not reading.text.isupper()
        free = scene.zone[i] == "m" and not scene.roles_over(i) and _may_be_name(scene, i)
        if capital and free and head <= i + 3 and _is_said_of(scene, i + 1, head):
            return Doer("patient", i, i + 1)
    return None


def _is_said_of(scene: Scene, after: int, head: int) -> bool:
    """Return whether a verb in the third person or *to* follows a name: *Maria walks*, *Maria to walk*, *Bea can …*."""
    between = set(scene.words[after : head + 1])
    acts = head < len(scene.words) and scene.words[head].endswith("s") and bool(scene.roles_at(head) & _DEED)
    return acts or bool(between & _SAYS)


def _understood(scene: Scene, heads: list[Mark]) -> Doer:
    """Return the doer of a goal that names nobody, by what is done."""
    head = heads[0]
    if scene.mentions and scene.mentions[0].first < head.first:
        return Doer("thing", scene.mentions[0].first, scene.mentions[0].last)
    if "staffact" in head.tags and not head.tags & _DOING:
        return Doer("staff", head.first, head.last)
    if head.tags & _BODY and "act" not in head.tags and not has_distance(scene, head):
        return Doer("thing", head.first, head.last)
    if "vague" in head.tags:
        return _of_vague(scene, head, heads[1:])
    return Doer("understood")


def has_distance(scene: Scene, mark: Mark) -> bool:
    """Return whether *gait* is walking here: gait 200 ft."""
    close = (q for q in scene.quantities if q.kind == "distance" and 0 <= q.first - mark.last <= 2)
    return "gaitword" in mark.tags and next(close, None) is not None


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
    """Return whether a wish is the patient's: not a relative's or a therapist's, and not *is asked to*."""
    if _TOGETHER & set(scene.words[mark.first : mark.last]):
        return True
    if any(scene.roles_at(i) & _PEOPLE for i in range(max(mark.first - 3, 0), mark.first)):
        return False
    passive = bool(mark.first) and scene.words[mark.first - 1] in grammar("copula") and "wishverb" in mark.tags
    return not passive or bool(_TOGETHER & set(scene.words[mark.first : mark.last + 1]))


def is_own_practice(scene: Scene, doer: Doer) -> bool:
    """Return whether the goal is a clinician's about her own practice: *I* acts, and patients are spoken of."""
    headings = ([":"], ["goal"], ["'"])
    if doer.kind == "me" and any("patient" in " ".join(scene.words[m.first : m.last]) for m in scene.find("gainclin")):
        return True
    return doer.kind == "me" and any(
        (scene.words[m.last : m.last + 1] not in headings or scene.words[m.last - 1] == "patients")
        and not _quoted(scene, m.first)
        for m in scene.find("clinword")
    )
