"""Whether a goal is what this patient said she wants, and whether words are put into her mouth.

A match needs her wish in the goal *and* in what she said in the learner's own talk. Ordinary words of physical therapy
(walk, stairs, bed) never count as invented, and a single one of them never proves a match: better unsure than unjust.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.grading.goals.denial import denied_words, follows_denial
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene
from alliance_kit.grading.goals.zones import scene_of
from alliance_kit.grading.words import Token, fold, plain_words, spans_of, tokens
from alliance_kit.library import csv_rows
from alliance_kit.model import Finding, Level, Patient, Span, Wish

__all__ = ["WishMatch", "find_wish", "match_wishes"]

_MAX_READ = 4_000
_STEM = 4
"""Letters that two words must share at least to be forms of one word: golf, golfing; dance, dancing."""
_SAID_SHARE = 0.6
"""Share of a wish's own words that one of her lines must hold for the wish to count as spoken."""
_QUOTE_SHARE = 0.6
"""Share of a quotation's own words that one of her lines must hold."""
_ORDINARY = (
    "daily",
    "place",
    "generic",
    "device",
    "surface",
    "posture",
    "joint",
    "region",
    "domain",
    "symptom",
    "help",
)
_PERSONAL = ("valued", "event", "pet", "anchor")
_KIN = ("kin_grandchild", "kin_spouse")
"""Kin whom a chart would tell of; who the other people around her are, it may not."""
_HELPS = frozenset({"helping", "helper", "help", "cue", "device"})
_TAKES_UP = frozenset({"wish", "return", "backto", "purpose"})
_PRONOUNS = {
    "she": {"she": "she", "She": "She", "her": "her", "their": "her", "hers": "hers"},
    "he": {"she": "he", "She": "He", "her": "him", "their": "his", "hers": "his"},
    "they": {"she": "they", "She": "They", "her": "them", "their": "their", "hers": "theirs"},
}


@dataclass(frozen=True, slots=True)
class WishMatch:
    """Whether a goal is the patient's own: her line in `said`, with the words in it that the goal takes up.

    `goal_spans` lie in the goal, `said_spans` in `said`.
    """

    level: Level
    rule: str
    goal_spans: tuple[Span, ...]
    said: str
    said_spans: tuple[Span, ...]
    why: str
    try_instead: str

    def as_finding(self) -> Finding:
        """Return this as a finding on the criterion `hers`; it carries no points."""
        return Finding(
            "hers", self.level, f"goal/hers-{self.rule}", self.why, spans=self.goal_spans, try_instead=self.try_instead
        )


class _Link(NamedTuple):
    """A wish that the goal touches: the words of the goal, whether they are more than one ordinary word, and denied."""

    wish: Wish
    found: tuple[Token, ...]
    is_strong: bool
    is_denied: bool


class _Invention(NamedTuple):
    """Something ascribed to the patient that she did not say."""

    named: str
    start: int
    end: int
    is_quote: bool


class _Reading(NamedTuple):
    """What was found: the wish taken up (if any), the line to show, and what was ascribed to her."""

    link: _Link | None
    told: bool
    line: str
    quote: str
    invented: tuple[_Invention, ...]


def match_wishes(goal: str, said: Sequence[str], patient: Patient) -> tuple[Finding, ...]:
    """Return one finding, criterion `hers`: whether the goal is what this patient said she wants.

    Parameters
    ----------
    goal : the learner's text
    said : the patient's lines in the learner's own talk; empty means no talk, and her wishes count as said
    patient : the simulated person, with wishes and chart
    """
    return (find_wish(goal, said, patient).as_finding(),)


def find_wish(goal: str, said: Sequence[str], patient: Patient) -> WishMatch:
    """Return which wish of the patient's a goal takes up, and whether something is ascribed to her that she never said.

    Parameters
    ----------
    goal : the learner's text; its first 4,000 characters are read
    said : the patient's lines in the learner's own talk; empty means no talk, and her wishes count as said
    patient : the simulated person, with wishes and chart

    Returns
    -------
    WishMatch, for showing both texts side by side: `said` is her line exactly as it stands in `said` above (her wish
    where there was no talk; "" if she told none), `said_spans` lie in that line, `goal_spans` in `goal`. At the levels
    *met* and *partly* both texts have spans, in the line the words that the goal takes up.
    """
    goal = fold(goal[:_MAX_READ])
    lines = [line[:_MAX_READ] for line in said if line.strip()]
    found = _read(goal, lines, patient)
    row = _wording()[_rule(goal, found, talked=bool(lines))]
    slots = _PRONOUNS[patient.pronoun] | _named(found.invented) | {"said": found.quote}
    slots["talk"] = " in your talk" if lines else ""
    taken_up = found.link.found if found.link else ()
    return WishMatch(
        level=row["level"],  # type: ignore[arg-type]  # a test checks the list's levels
        rule=row["rule"],
        goal_spans=spans_of([*((t.start, t.end) for t in taken_up), *((i.start, i.end) for i in found.invented)]),
        said=found.line,
        said_spans=spans_of((t.start, t.end) for t in _heard(found)),
        why=row["why"].format_map(slots),
        try_instead=row["try_instead"].format_map(slots),
    )


def _heard(found: _Reading) -> list[Token]:
    """Return the words of her line that the goal takes up, or else those that make up the wish."""
    if not found.link:
        return []
    words = tokens(fold(found.line))
    heard = [t for t in words if any(_akin(t.word, word.word) for word in found.link.found)]
    wanted = _content(found.link.wish.says)
    return heard or [t for t in words if found.told and any(_akin(t.word, w) for w in wanted)]


@functools.cache
def _wording() -> Mapping[str, dict[str, str]]:
    return {row["rule"]: row for row in csv_rows("goal_wish_wording")}


def _named(invented: Sequence[_Invention]) -> dict[str, str]:
    named = invented[0].named if invented else ""
    return {"named": named, "Named": named[:1].upper() + named[1:]}


def _read(goal: str, lines: list[str], patient: Patient) -> _Reading:
    """Find the wish that the goal takes up, where she spoke of it, and what is ascribed to her."""
    wishes = patient.wishes
    where = _where(wishes, tuple(lines))
    links = _links(goal, wishes)
    told = [link for link in links if where[link.wish.id]]
    best = max(told, key=lambda link: (not link.is_denied, link.is_strong, len(link.found)), default=None)
    shown = best.wish if best else next((w for w in wishes if where[w.id]), None)
    line = where[shown.id] if shown else ""
    quote = shown.says if shown and shown.says.lower() in line.lower() else line
    unsaid = next((link for link in links if link.is_strong and len({t.word for t in link.found}) > 1), None)
    return _Reading(best or unsaid, best is not None, line, quote, tuple(_inventions(goal, lines, patient)[:1]))


def _rule(goal: str, found: _Reading, talked: bool) -> str:
    """Return the row of `goal_wish_wording.csv` that applies."""
    bare = "" if found.line else "-nothing-said"
    link = found.link
    if not plain_words(goal):
        return "nothing" + bare
    if found.invented:
        kind = "quote" if found.invented[0].is_quote else "invented"
        mixed = "mixed-quote" if kind == "quote" else "mixed"
        return mixed if link and found.told and link.is_strong and not link.is_denied else kind + bare
    if link and found.told and link.is_denied:
        return "denied"
    if link and found.told:
        met = "met" if talked else "met-case"
        return met if link.is_strong else "perhaps"
    return ("unsaid" if link else "no-link") + bare


def _links(goal: str, wishes: Iterable[Wish]) -> list[_Link]:
    """Return the wishes that the goal touches by one of their words."""
    times = _time_words(goal)
    words, ordinary, denied = [t for t in tokens(goal) if t.start not in times], _ordinary_words(goal), _denied(goal)
    links: list[_Link] = []
    for wish in wishes:
        hits = [(stem, _hits(stem, words)) for stem in _stems(wish)]
        found = tuple(dict.fromkeys(t for _, hit in hits for t in hit))
        if not found:
            continue
        names = {t.word for t in found}
        echoes = set[str]()
        if not names - ordinary and len(names) == 1:  # one ordinary word: look for more of her own
            wanted = _content(wish.says)
            free = (t.word for t in words if t.word not in grammar("small"))
            echoes = {word for word in free if any(_akin(word, w) for w in wanted)}
        is_strong = bool(names - ordinary) or len(names | echoes) > 1
        is_denied = bool(denied) and _is_undone(wish, hits, denied, any(t.word == "without" for t in words))
        links.append(_Link(wish, found, is_strong, is_denied))
    return links


def _denied(goal: str) -> frozenset[int]:
    """Return where the words begin that the goal denies; what she cannot do today or could not before is no denial."""
    raw = tokens(goal)
    denied = denied_words([t.word for t in raw])
    if not denied:
        return denied
    scene = scene_of(goal)
    past = [w for w, zone in zip(scene.reading.words, scene.zone, strict=True) if zone in "bo"]
    return frozenset(raw[i].start for i in denied if not any(w.start <= raw[i].start < w.end for w in past))


def _is_undone(
    wish: Wish, hits: Iterable[tuple[tuple[str, ...], list[Token]]], denied: frozenset[int], twice: bool
) -> bool:
    """Return whether a word of a wish stands in the goal only denied, and she does not deny the same herself.

    Her wish *without holding my breath* is not undone by *will not hold my breath*, but by *not without* (`twice`).
    """
    undone = [stem[0] for stem, hit in hits if hit and all(t.start in denied for t in hit)]
    hers = [t.word for t in tokens(fold(wish.says))]
    as_she = any(follows_denial(hers, i) and word.startswith(tuple(undone)) for i, word in enumerate(hers))
    return bool(undone) and (twice or not as_she)


@functools.lru_cache(maxsize=64)
def _stems(wish: Wish) -> tuple[tuple[str, ...], ...]:
    """Return the words of each stem of a wish."""
    return tuple(parts for stem in wish.words if (parts := tuple(t.word for t in tokens(fold(stem)))))


def _hits(parts: tuple[str, ...], words: list[Token]) -> list[Token]:
    """Return the words of the goal that begin with a stem, or that make up a phrase of several words."""
    first = parts[0]
    if len(parts) == 1:
        return [t for t in words if t.word.startswith(first)]
    for i in range(len(words) - len(parts) + 1):
        if all(words[i + j].word.startswith(part) for j, part in enumerate(parts)):
            return words[i : i + len(parts)]
    return []


def _time_words(goal: str) -> frozenset[int]:
    """Return where words of deadlines and of measured time begin: *in 6 weeks* takes up nobody's wish."""
    scene = scene_of(goal)
    spans = [q for q in scene.quantities if q.kind in {"span", "time"}]
    places = [(d.first, d.last) for d in scene.deadlines if d.points == 2] + [(q.first, q.last) for q in spans]
    return frozenset(scene.reading.words[i].start for first, last in places for i in range(first, last))


def _ordinary_words(goal: str) -> frozenset[str]:
    """Return the goal's words that are everyday words of physical therapy: walk, stairs, bed, walker."""
    scene = scene_of(goal)
    personal = frozenset(_PERSONAL)
    marks = (m for m in scene.find(*_ORDINARY) if not m.tags & personal)
    return grammar("small").union(w for m in marks for w in scene.words[m.first : m.last])


@functools.lru_cache(maxsize=8)
def _where(wishes: tuple[Wish, ...], lines: tuple[str, ...]) -> Mapping[str, str]:
    """Return, by wish, the line in which she spoke of it: the wish itself where there was no talk."""
    return {wish.id: _line_of(wish, lines) if lines else wish.says for wish in wishes}


def _line_of(wish: Wish, lines: Iterable[str]) -> str:
    """Return the line in which the patient spoke of a wish, or "" if she has not."""
    return next((line for line in lines if _holds(line, _content(wish.says), _SAID_SHARE)), "")


def _holds(line: str, needed: Sequence[str], share: float) -> bool:
    """Return whether a line of hers holds at least this share of the words."""
    words = plain_words(line)
    return bool(needed) and sum(any(_akin(n, w) for w in words) for n in needed) >= share * len(needed)


@functools.lru_cache(maxsize=128)
def _content(text: str) -> tuple[str, ...]:
    return tuple(w for w in dict.fromkeys(plain_words(text)) if w not in grammar("small"))


def _akin(one: str, other: str) -> bool:
    """Return whether two words are forms of one word, as far as their first letters tell."""
    if one[:1] != other[:1]:
        return False
    shorter = min(len(one), len(other))
    shared = max(_STEM, shorter - 2)
    return (
        one == other or (shorter >= shared and one[:shared] == other[:shared]) or one.rstrip("s") == other.rstrip("s")
    )


def _inventions(goal: str, lines: list[str], patient: Patient) -> list[_Invention]:
    """Return quotations, then activities and people of personal meaning, ascribed to her and never said by her."""
    scene = scene_of(goal)
    heard = lines or [wish.says for wish in patient.wishes]
    quotes = _quotes(scene, goal) if lines else []  # without a talk nobody knows what she said word for word
    found = [
        q for q in quotes if not any(_holds(h, _content(q.named) or plain_words(q.named), _QUOTE_SHARE) for h in heard)
    ]
    for first, last, is_personal in sorted([*_activities(scene), *_kin(scene)]):
        start, end = scene.reading.place(first, last)
        if any(q.start <= start < q.end for q in quotes):
            continue
        # For leisure, trips and kin her story and wishes count too: it is enough that a clinician may know of them.
        known = _known(patient, tuple(lines)) + (() if is_personal else _known(patient, ()))
        if not _is_known(scene.words[first:last], known):
            found.append(_Invention(goal[start:end].lower(), start, end, is_quote=False))
    return found


def _activities(scene: Scene) -> list[tuple[int, int, bool]]:
    """Return what is ascribed to her by the word lists, and whether it is of personal meaning (a hobby, an event)."""
    marks = [m for m in scene.find(*_PERSONAL, "chosen", zones="mpwq") if _is_ascribed(scene, m)]
    return [(m.first, m.last, not m.tags.isdisjoint(_PERSONAL)) for m in marks]


def _kin(scene: Scene) -> list[tuple[int, int, bool]]:
    """Return her own grandchildren, grandparents or partner, unless they only help."""
    kin, owner = grammar(_KIN[0]) | grammar(_KIN[1]), grammar("owner")
    return [
        (i, i + 1, False)
        for i, word in enumerate(scene.words)
        if word in kin and scene.words[i - 1] in owner and scene.zone[i] in "mpwq" and not scene.near(i, _HELPS, 4, 4)
    ]


def _is_known(ascribed: Sequence[str], known: Sequence[str]) -> bool:
    """Return whether one of the words ascribed to her is among the known ones, or a word for the same kin is."""
    words = [w for w in ascribed if w not in grammar("small")]
    group = next((grammar(k) for k in _KIN if grammar(k).intersection(words)), frozenset[str]())
    return not words or not group.isdisjoint(known) or any(_akin(w, k) for w in words for k in known)


@functools.lru_cache(maxsize=8)
def _known(patient: Patient, lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words she said and those of her chart; without a talk also those of her wishes and her story."""
    heard = lines or (*(wish.says for wish in patient.wishes), patient.story)
    stems = () if lines else tuple(stem for wish in patient.wishes for stem in wish.words)
    return _content(" ".join((*heard, *stems, *patient.chart, patient.in_short, *patient.values)))


def _quotes(scene: Scene, goal: str) -> list[_Invention]:
    places = [scene.reading.place(first, last) for first, last in scene.quotes if last - first > 1]
    return [_Invention(goal[start:end], start, end, is_quote=True) for start, end in places]


def _is_ascribed(scene: Scene, mark: Mark) -> bool:
    """Return whether the goal gives her an activity as her own: a hobby, a trip, a wish, a purpose, a return.

    *Play* alone is left out: what is played, or with whom, says more.
    """
    if mark.entry.family == "play":
        return False
    own_choice = not mark.tags.isdisjoint(("valued", "chosen"))
    return own_choice or scene.zone[mark.first] in "pwq" or scene.near(mark.first, _TAKES_UP, 6)
