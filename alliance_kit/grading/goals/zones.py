"""Which part of a goal each word belongs to.

Zones, one letter a word: `m` main (what is to be reached), `p` purpose (so that …), `w` wish and `q` quotation beside
the goal, `b` baseline (what is so today), `o` before (prior level), `t` deadline.
"""

from __future__ import annotations

import functools

from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene, lay_out

__all__ = ["scene_of"]

_BOUNDARIES = frozenset({".", ";", "(", ")", "!", "?", "\n", ":", "-"})
_HEADS = ("act", "measure", "joint", "muscle", "movement", "domain", "help", "exercise", "symptom", "named", "vague")
_VERBS = frozenset({"act", "vague", "return", "exverb"})
_NEEDS = frozenset({"require", "requires", "need", "needs", "requiring", "needing"})
_LEAD = 5
"""Words that may stand between the start of a clause and *now* for the whole clause to be about today."""


@functools.lru_cache(maxsize=4)
def scene_of(text: str) -> Scene:
    """Return a goal laid out with its zones; the last few are kept, as several readers ask for the same text."""
    scene = lay_out(text)
    _find_zones(scene)
    return scene


def _find_zones(scene: Scene) -> None:
    """Fill in `segments`, `quotes` and `zone` of a scene."""
    scene.segments = _segments(scene)
    scene.quotes = _quotes(scene)
    scene.deadlines = tuple(d for d in scene.deadlines if not _is_so_far(scene, d.first, d.last))
    for deadline in scene.deadlines:
        _paint(scene, deadline.first, deadline.last, "t")
    for mark in scene.find("now"):
        _paint_baseline(scene, mark)
    for i, word in enumerate(scene.words[:-2]):
        if word == "this" and _is_so_far(scene, i, i + 2):
            _paint_clause(scene, i, i + 2, "b")
    for i, word in enumerate(scene.words):
        near = 4 if word in {"was", "were"} else 2 if word in {"last", "past"} else 0
        if any(w.value is not None for w in scene.reading.words[i + 1 : i + near]):
            _paint_clause(scene, i, i + 1, "b")
    for start, end in scene.segments[1:]:
        if _tells_about_today(scene, start, end):
            _paint(scene, start, end, "b")
    for mark in scene.find("prior"):
        _paint_prior(scene, mark)
    _paint_asides(scene)
    _paint_purposes(scene)
    _paint_voices(scene)


def _segments(scene: Scene) -> list[tuple[int, int]]:
    """Return clauses: from one full stop, bracket, semicolon or line end to the next."""
    titles = grammar("title")
    cuts = [
        i
        for i, word in enumerate(scene.words)
        if word in _BOUNDARIES
        and not (word == "." and i and _is_title_or_short(scene, i, titles))
        and not (word == ":" and any(m.last == i and not _is_kept(scene, m) for m in scene.find("now")))
    ]
    starts = [0, *(i + 1 for i in cuts)]
    return [(a, b) for a, b in zip(starts, [*cuts, len(scene.words)], strict=True) if b > a]


def _is_title_or_short(scene: Scene, at: int, titles: frozenset[str]) -> bool:
    """Return whether the full stop at `at` ends an abbreviation: after a title, or before a small letter."""
    if scene.words[at - 1] in titles:
        return True
    if at + 1 >= len(scene.words):
        return False
    following = scene.reading.text[scene.reading.words[at + 1].start]
    return following.islower() and not scene.reading.text.islower() and len(scene.words[at - 1]) < 5


def _quotes(scene: Scene) -> list[tuple[int, int]]:
    """Return the quotations of two words or more, without their marks."""
    found: list[tuple[int, int]] = []
    opened: tuple[str, int] | None = None
    for i, word in enumerate(scene.words):
        if word not in {'"', "'"} or (word == "'" and _is_apostrophe(scene, i, opened)):
            continue
        if any(q.first < i < q.last for q in scene.quantities):
            continue
        if opened and opened[0] == word:
            if i - opened[1] > 2:
                found.append((opened[1] + 1, i))
            opened = None
        elif opened is None:
            opened = (word, i)
    return found


def _is_apostrophe(scene: Scene, at: int, opened: tuple[str, int] | None) -> bool:
    """Return whether the single mark at `at` belongs to a word: no space before it when opening."""
    word = scene.reading.words[at]
    text = scene.reading.text
    space_before = word.start == 0 or text[word.start - 1].isspace() or text[word.start - 1] in '(":,'
    return not space_before if opened is None else opened[0] != "'" or text[word.end : word.end + 1].isalnum()


def _paint(scene: Scene, first: int, last: int, zone: str) -> None:
    for i in range(first, last):
        scene.zone[i] = zone


def _segment_of(scene: Scene, at: int) -> tuple[int, int]:
    return next(((a, b) for a, b in scene.segments if a <= at < b), (at, at + 1))


def _is_kept(scene: Scene, mark: Mark) -> bool:
    """Return whether the present level is what is to be kept: *maintain current level*."""
    return bool(scene.near(mark.first, frozenset({"keep"}), 2))


def _paint_baseline(scene: Scene, mark: Mark) -> None:
    if _is_kept(scene, mark):
        return
    if scene.words[mark.first] == "baseline" and scene.words[max(mark.first - 1, 0)] in {"from", "above", "than"}:
        return
    _paint_clause(scene, mark.first, mark.last, "b")


def _paint_clause(scene: Scene, first: int, last: int, zone: str) -> None:
    """Paint the clause that the words `first` to `last` make a statement about today; what will be stays unpainted."""
    start, end = _segment_of(scene, first)
    will = grammar("will")
    planned = [i for i in range(start, end) if scene.words[i] in will or _is_to_be(scene, i)]
    comma = max((i for i in range(start, first) if scene.words[i] == ","), default=start - 1)
    if not any(comma < i < first for i in planned) and _is_lead(scene, comma + 1, first, last, end):
        start = comma + 1
    else:
        start = first
    after = [i for i in planned if i > first]
    stop = _clause_start(scene, after[0], last) if after else _restart(scene, last, end)
    for i in range(start, min(stop, end)):
        if scene.zone[i] != "t":
            scene.zone[i] = zone


def _is_to_be(scene: Scene, at: int) -> bool:
    return scene.words[at] == "to" and scene.words[at + 1 : at + 2] == ["be"]


def _is_lead(scene: Scene, start: int, first: int, last: int, end: int) -> bool:
    """Return whether the clause up to *now* is a statement about today: short, or *now* ends it."""
    lead = scene.words[start:first]
    subject = {m.first for m in scene.find("pronoun", "me", "kin", "staff", "caregiver")}
    if lead and subject & {start, start + 1} and not grammar("will") & set(scene.words[start:end]):
        return True  # my wife hands them to me now
    if any(w in {"to", "from", "of"} and i > 0 for i, w in enumerate(lead)) and last < end:
        return False
    if last >= end or scene.words[last] in {",", "and"}:
        return any(m.first >= start and m.first < first for m in scene.find("pronoun", "me", "patient")) or start > 0
    return len(lead) <= _LEAD and bool(lead) and scene.words[start] not in {"walk", "to", "improve", "increase"}


def _clause_start(scene: Scene, will: int, least: int) -> int:
    """Return where the clause of the *will* at `will` begins, not before `least`."""
    for i in range(will - 1, least - 1, -1):
        if scene.words[i] in {",", "and", "but"}:
            return i
    return least if will - least <= 3 else will


def _restart(scene: Scene, start: int, end: int) -> int:
    """Return where a statement about today gives way to the goal without *will*: *to 120 ft*, *, walk …*."""
    words = scene.words
    for i in range(start, end - 1):
        if i > start and words[i] == "to" and scene.reading.words[i + 1].value is not None:
            return i
        if words[i] == ",":
            roles = scene.roles_at(i + 2 if words[i + 1] == "to" else i + 1)
            if roles & {"purpose", "step"} or (roles & _VERBS and not words[i + 1].endswith(("s", "ing", "ed"))):
                return i
    return end


def _tells_about_today(scene: Scene, start: int, end: int) -> bool:
    """Return whether a further clause tells what she does, without *now*: *; she manages 3 hours*."""
    if (
        end - start < 3
        or not scene.roles_at(start) & {"pronoun", "me"}
        or grammar("will") & set(scene.words[start:end])
    ):
        return False
    return scene.words[start + 1] in grammar("today_verb")


def _is_so_far(scene: Scene, first: int, last: int) -> bool:
    """Return whether *this week* tells about today: a person or *it* follows, and no *will*."""
    if scene.words[first] != "this" or last >= len(scene.words):
        return False
    _, end = _segment_of(scene, first)
    told = scene.words[last] == "it" or scene.roles_at(last) & {"pronoun", "me"}
    return bool(told) and not grammar("will") & set(scene.words[last:end])


def _paint_asides(scene: Scene) -> None:
    """Paint what is told of the person between commas: *Ivan, who drives a bus, will …*."""
    for i, word in enumerate(scene.words[:-1]):
        if word == "," and scene.words[i + 1] in {"who", "whose"}:
            end = next((j for j in range(i + 1, len(scene.words)) if scene.words[j] == ","), None)
            if end:
                _paint(scene, i + 1, end, "w")


def _paint_prior(scene: Scene, mark: Mark) -> None:
    if "general" in mark.tags and mark.first and scene.words[mark.first - 1] in {"to", "her", "his", "at", "their"}:
        return
    _, end = _segment_of(scene, mark.first)
    comma = next((i for i in range(mark.last, end) if scene.words[i] == ","), end)
    _paint(scene, mark.first, comma, "o")


def _paint_purposes(scene: Scene) -> None:
    starts = {m.first: m.last for m in scene.find("purpose")}
    free = (i for i, word in enumerate(scene.words) if word == "to" and not scene.roles_over(i))
    starts |= {i: i + 1 for i in free if i not in starts}
    for first in sorted(starts):
        if scene.words[first] == "to" and not _is_infinitive_of_purpose(scene, first):
            continue
        if scene.zone[first] in "mt":
            _paint_purpose(scene, first, starts[first])


def _is_infinitive_of_purpose(scene: Scene, at: int) -> bool:
    """Return whether *to* at `at` begins a purpose: a verb follows, and what stands before does not ask for *to*."""
    words = scene.words
    verb = scene.after(at + 1, grammar("adverb"))
    if verb >= len(words) or words[verb] in grammar("not_purpose"):
        return False
    if not scene.roles_at(verb) & (_VERBS | {"keep"}) and words[verb] not in {
        "be",
        "help",
        "have",
        "see",
        "feel",
        "enjoy",
        "live",
        "go",
        "get",
        "care",
    }:
        return False
    before = words[at - 1] if at else ""
    if "help" in scene.roles_over(at - 1) and _NEEDS & set(scene.words[:at]):
        return False  # requires min A to transfer
    if before in grammar("catenative") or "from" in words[max(at - 4, 0) : at]:
        return False
    start, end = _segment_of(scene, at)
    headed = any(start <= m.first < at and scene.zone[m.first] == "m" for m in scene.find(*_HEADS))
    headed = (
        headed
        or any(start <= m.first < at for m in scene.mentions)
        or any(start <= q.first < at and scene.zone[q.first] == "m" for q in scene.quantities)
    )
    return headed or (at == start and any(w in grammar("will") for w in words[at:end]))


def _paint_purpose(scene: Scene, first: int, last: int) -> None:
    _, end = _segment_of(scene, first)
    will = next((i for i in range(last, end) if scene.words[i] in grammar("will")), None)
    if will is not None:
        stop = _clause_start(scene, will, last)
        end = stop if scene.words[stop] in {",", "and"} else end
    for i in range(last, end - 1):
        if scene.words[i] == "," and (
            scene.words[i + 1] in grammar("new_phrase")
            or scene.reading.words[i + 1].value is not None
            or _is_someone_acting(scene, i + 1)
        ):
            end = i
            break
    for i in range(first, end):
        if scene.zone[i] == "m":
            scene.zone[i] = "p"


def _is_someone_acting(scene: Scene, at: int) -> bool:
    """Return whether a person who does something stands at `at`: *Walter sits*, *she walks*."""
    roles = scene.roles_at(at + 1)
    return "act" in roles and scene.words[at + 1].endswith("s") and not scene.roles_at(at) & {"act", "device", "place"}


def _paint_voices(scene: Scene) -> None:
    """Paint wishes and quotations that stand beside a goal; where there is nothing else, they are the goal."""
    regions = [(a, b, "q") for a, b in scene.quotes]
    for mark in scene.find("wish"):
        _, end = _segment_of(scene, mark.first)
        if scene.zone[mark.first] == "m":
            regions.append((mark.last, end, "w"))
    for first, last, zone in regions:
        if _is_headed_outside(scene, first, last):
            for i in range(first, last):
                if scene.zone[i] in "mp":
                    scene.zone[i] = zone


def _is_headed_outside(scene: Scene, first: int, last: int) -> bool:
    heads = scene.find(
        "act", "exercise", "exverb", "measure", "joint", "muscle", "domain", "vaguefree", "return", zones="m"
    )
    if any(not first <= m.first < last for m in heads):
        return True
    return any(not first <= m.first < last and scene.zone[m.first] == "m" for m in scene.mentions)
