"""Whether a goal is what this patient said she wants, and whether words are put into her mouth.

A match needs her wish in the goal *and* in what she said in the learner's own talk. Ordinary words of physical therapy
(walk, stairs, bed) never count as invented, and a single one of them never proves a match: better unsure than unjust.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
    """A wish that the goal touches: the words of the goal, and whether they are more than one ordinary word."""

    wish: Wish
    found: tuple[Token, ...]
    is_strong: bool


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

    Parameters as for `match_wishes`; her words and the goal's are located in both texts.
    """
    goal = fold(goal[:_MAX_READ])
    lines = [line[:_MAX_READ] for line in said if line.strip()]
    found = _read(goal, lines, patient)
    row = _wording()[_rule(goal, found, talked=bool(lines))]
    slots = _PRONOUNS[patient.pronoun] | _named(found.invented) | {"said": found.quote}
    slots["talk"] = " in your talk" if lines else ""
    taken_up = found.link.found if found.link else ()
    heard = [t for t in tokens(fold(found.line)) if any(_akin(t.word, word.word) for word in taken_up)]
    return WishMatch(
        level=row["level"],  # type: ignore[arg-type]  # a test checks the list's levels
        rule=row["rule"],
        goal_spans=spans_of([*((t.start, t.end) for t in taken_up), *((i.start, i.end) for i in found.invented)]),
        said=found.line,
        said_spans=spans_of((t.start, t.end) for t in heard),
        why=row["why"].format_map(slots),
        try_instead=row["try_instead"].format_map(slots),
    )


@functools.cache
def _wording() -> Mapping[str, dict[str, str]]:
    return {row["rule"]: row for row in csv_rows("goal_wish_wording")}


def _named(invented: Sequence[_Invention]) -> dict[str, str]:
    named = invented[0].named if invented else ""
    return {"named": named, "Named": named[:1].upper() + named[1:]}


def _read(goal: str, lines: list[str], patient: Patient) -> _Reading:
    """Find the wish that the goal takes up, where she spoke of it, and what is ascribed to her."""
    wishes = patient.wishes
    where = {w.id: _line_of(w, lines) if lines else w.says for w in wishes}
    links = _links(goal, wishes)
    told = [link for link in links if where[link.wish.id]]
    best = max(told, key=lambda link: (link.is_strong, len(link.found)), default=None)
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
        return mixed if link and found.told and link.is_strong else kind + bare
    if link and found.told:
        met = "met" if talked else "met-case"
        return met if link.is_strong else "perhaps"
    return ("unsaid" if link else "no-link") + bare


def _links(goal: str, wishes: Iterable[Wish]) -> list[_Link]:
    """Return the wishes that the goal touches by one of their words."""
    times = _time_words(goal)
    words, ordinary = [t for t in tokens(goal) if t.start not in times], _ordinary_words(goal)
    links: list[_Link] = []
    for wish in wishes:
        found = tuple(dict.fromkeys(t for stem in wish.words for t in _hits(stem, words)))
        if not found:
            continue
        names = {t.word for t in found}
        wanted = _content(wish.says)
        echoes = {t.word for t in words if t.word not in grammar("small") and any(_akin(t.word, w) for w in wanted)}
        links.append(_Link(wish, found, bool(names - ordinary) or len(names | echoes) > 1))
    return links


def _hits(stem: str, words: list[Token]) -> list[Token]:
    """Return the words of the goal that begin with a stem, or that make up a phrase of several words."""
    parts = [t.word for t in tokens(fold(stem))]
    if len(parts) == 1:
        return [t for t in words if t.word.startswith(parts[0])]
    for i in range(len(words) - len(parts) + 1):
        if parts and all(words[i + j].word.startswith(part) for j, part in enumerate(parts)):
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
    """Return quotations, then activities of personal meaning, that the goal ascribes to her and she never said."""
    scene = scene_of(goal)
    heard = lines or [wish.says for wish in patient.wishes]
    quotes = _quotes(scene, goal) if lines else []  # without a talk nobody knows what she said word for word
    found = [
        q for q in quotes if not any(_holds(h, _content(q.named) or plain_words(q.named), _QUOTE_SHARE) for h in heard)
    ]
    story = () if lines else (patient.story,)
    known = _content(" ".join((*heard, *patient.chart, patient.in_short, *patient.values, *story)))
    for mark in scene.find(*_PERSONAL, zones="mpwq"):
        start, end = scene.reading.place(mark.first, mark.last)
        words = [w for w in scene.words[mark.first : mark.last] if w not in grammar("small")]
        spoken = not words or any(_akin(w, k) for w in words for k in known)
        if not spoken and _is_ascribed(scene, mark) and not any(q.start <= start < q.end for q in quotes):
            found.append(_Invention(goal[start:end].lower(), start, end, is_quote=False))
    return found


def _quotes(scene: Scene, goal: str) -> list[_Invention]:
    places = [scene.reading.place(first, last) for first, last in scene.quotes if last - first > 1]
    return [_Invention(goal[start:end], start, end, is_quote=True) for start, end in places]


def _is_ascribed(scene: Scene, mark: Mark) -> bool:
    """Return whether the goal gives an activity to the patient as her own: a hobby, a wish, a purpose, a return.

    *Play* alone is left out: what is played, or with whom, says more.
    """
    if mark.entry.family == "play":
        return False
    return "valued" in mark.tags or scene.zone[mark.first] in "pwq" or scene.near(mark.first, _TAKES_UP, 6)
