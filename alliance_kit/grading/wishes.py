"""Whether a goal is what this patient said she wants, and whether words are put into her mouth.

A match needs her wish in the goal *and* in what she said in the learner's own talk. Ordinary words of physical therapy
(walk, stairs, bed) never count as invented, and a single one of them never proves a match: better unsure than unjust.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.grading.goals.scene import Mark, Scene
from alliance_kit.grading.goals.zones import scene_of
from alliance_kit.grading.words import Token, fold, plain_words, spans_of, tokens
from alliance_kit.library import csv_rows
from alliance_kit.model import Finding, Level, Patient, Span, Wish

__all__ = ["WishMatch", "find_wishes", "match_wishes"]

_MAX_READ = 4_000
_STEM = 4
"""Letters that two words must share at least to be forms of one word: golf, golfing; dance, dancing."""
_SAID_SHARE = 0.6
"""Share of a wish's own words that one of her lines must hold for the wish to count as spoken."""
_QUOTE_SHARE = 0.6
_ORDINARY = frozenset(
    {"daily", "place", "generic", "device", "surface", "posture", "joint", "region", "domain", "symptom", "help"}
)
_PERSONAL = frozenset({"valued", "event", "pet", "anchor"})
_SMALL = frozenset(
    ["i", "a", "an", "the", "to", "and", "or", "of", "in", "on", "at", "for", "with", "my", "me", "you", "it", "its", "that", "this", "is", "am", "are", "was", "be", "been", "do", "does", "did", "so", "but", "if", "as", "by", "from", "her", "his", "he", "she", "they", "them", "their", "we", "our", "us", "want", "wants", "wanted", "would", "like", "again", "can", "could", "will", "just", "get", "got", "have", "has", "had", "not", "no", "don't", "i'm", "i'd", "i've", "it's", "that's", "up", "down", "out", "there", "one", "what", "when", "who", "how", "all", "some", "more"]
)
_PRONOUNS = {
    "she": {"she": "she", "her": "her", "hers": "hers"},
    "he": {"she": "he", "her": "him", "hers": "his"},
    "they": {"she": "they", "her": "them", "hers": "theirs"},
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
    strong: bool


class _Invention(NamedTuple):
    """Something ascribed to the patient that she did not say."""

    named: str
    span: tuple[int, int]
    is_quote: bool


def match_wishes(goal: str, said: Sequence[str], patient: Patient) -> tuple[Finding, ...]:
    """Return one finding, criterion `hers`: whether the goal is what this patient said she wants.

    Parameters
    ----------
    goal : the learner's text
    said : the patient's lines in the learner's own talk; empty means no talk, and her wishes count as said
    patient : the simulated person, with wishes and chart
    """
    return (find_wishes(goal, said, patient).as_finding(),)


def find_wishes(goal: str, said: Sequence[str], patient: Patient) -> WishMatch:
    """Return which of the patient's wishes a goal takes up, and whether something is ascribed to her that she never said."""
    goal = fold(goal[:_MAX_READ])
    lines = [line[:_MAX_READ] for line in said if line.strip()]
    spoken = (
        {wish.id: line for wish in patient.wishes if (line := _line_of(wish, lines))}
        if lines
        else {w.id: w.says for w in patient.wishes}
    )
    links = _links(goal, patient.wishes)
    told = [link for link in links if link.wish.id in spoken]
    invented = _inventions(goal, lines, patient)
    best = max(told, key=lambda link: (link.strong, len(link.found)), default=None)
    wish = best.wish if best else next((w for w in patient.wishes if w.id in spoken), None)
    line = spoken[wish.id] if wish else ""
    rule = _rule(goal, best, links, invented, line, bool(lines))
    quote = wish.says if wish and wish.says.lower() in line.lower() else line
    return _match(
        rule,
        line,
        best or (links[0] if links else None),
        invented[:1],
        patient,
        quote,
        talk=" in your talk" if lines else "",
    )


def _rule(
    goal: str, best: _Link | None, links: list[_Link], invented: list[_Invention], hint: str, talked: bool
) -> str:
    """Return the row of `goal_wish_wording.csv` that applies."""
    bare = "" if hint else "-nothing-said"
    if not plain_words(goal):
        return "nothing" + bare
    if invented:
        quote = invented[0].is_quote
        if best and best.strong:
            return "mixed-quote" if quote else "mixed"
        return ("quote" if quote else "invented") + bare
    if best:
        return ("met" if talked else "met-case") if best.strong else "perhaps"
    if any(link.strong for link in links):
        return "unsaid" + bare
    return "no-link" + bare


def _match(
    rule: str, line: str, link: _Link | None, invented: Sequence[_Invention], patient: Patient, quote: str, talk: str
) -> WishMatch:
    row = _wording()[rule]
    named = invented[0].named if invented else ""
    she = _PRONOUNS[patient.pronoun]
    slots = {
        **she,
        "She": she["she"].capitalize(),
        "said": quote,
        "talk": talk,
        "named": named,
        "Named": named[:1].upper() + named[1:],
    }
    places = [(t.start, t.end) for t in link.found] if link else []
    heard = [t for t in tokens(fold(line)) if link and any(_akin(t.word, f.word) for f in link.found)]
    return WishMatch(
        level=row["level"],  # type: ignore[arg-type]  # a Level by the list's own test
        rule=rule,
        goal_spans=spans_of([*places, *(i.span for i in invented)]),
        said=line,
        said_spans=spans_of((t.start, t.end) for t in heard),
        why=row["why"].format_map(slots),
        try_instead=row["try_instead"].format_map(slots),
    )


@functools.cache
def _wording() -> Mapping[str, dict[str, str]]:
    return {row["rule"]: row for row in csv_rows("goal_wish_wording")}


def _links(goal: str, wishes: Iterable[Wish]) -> list[_Link]:
    """Return the wishes that the goal touches by one of their words."""
    words = tokens(goal)
    roles = _ordinary_words(goal)
    links: list[_Link] = []
    for wish in wishes:
        found = [t for stem in wish.words for t in _hits(stem, words)]
        if found:
            echo = {
                t.word
                for t in words
                if len(t.word) > 3 and t.word not in _SMALL and any(_akin(t.word, w) for w in _content(wish.says))
            }
            telling = {t.word for t in found if t.word not in roles}
            links.append(
                _Link(wish, tuple(dict.fromkeys(found)), bool(telling) or len({t.word for t in found} | echo) > 1)
            )
    return links


def _hits(stem: str, words: list[Token]) -> list[Token]:
    """Return the words of the goal that begin with a stem, or that make up a phrase of several words."""
    parts = [t.word for t in tokens(fold(stem))]
    if len(parts) == 1:
        return [t for t in words if t.word.startswith(parts[0])]
    for i in range(len(words) - len(parts) + 1):
        if all(words[i + j].word.startswith(part) for j, part in enumerate(parts)):
            return words[i : i + len(parts)]
    return []


def _ordinary_words(goal: str) -> set[str]:
    """Return the goal's words that are everyday words of physical therapy: walk, stairs, bed, walker."""
    scene = scene_of(goal)
    plain = {w for m in scene.find(*_ORDINARY) if not m.tags & _PERSONAL for w in scene.words[m.first : m.last]}
    return plain | _SMALL


def _line_of(wish: Wish, lines: Iterable[str]) -> str:
    """Return the line in which the patient spoke of a wish, or "" if she has not."""
    needed = _content(wish.says)
    for line in lines:
        words = plain_words(line)
        if needed and sum(any(_akin(n, w) for w in words) for n in needed) >= _SAID_SHARE * len(needed):
            return line
    return ""


def _content(text: str) -> list[str]:
    return [w for w in dict.fromkeys(plain_words(text)) if w not in _SMALL]


def _akin(one: str, other: str) -> bool:
    """Return whether two words are forms of one word, as far as their first letters tell."""
    shared = min(len(one), len(other), max(_STEM, min(len(one), len(other)) - 2))
    return one == other or (shared >= _STEM and one[:shared] == other[:shared]) or one.rstrip("s") == other.rstrip("s")


def _inventions(goal: str, lines: list[str], patient: Patient) -> list[_Invention]:
    """Return quotations, then activities of personal meaning, that are ascribed to the patient and that she never said."""
    scene = scene_of(goal)
    heard = lines or [wish.says for wish in patient.wishes]
    found = [q for q in _quotes(scene, goal) if not any(_holds(line, q.named) for line in heard)]
    known = _content(
        " ".join((*heard, *patient.chart, patient.in_short, *patient.values, *(() if lines else (patient.story,))))
    )
    for mark in scene.find(*_PERSONAL, zones="mpwq"):
        start, end = scene.reading.place(mark.first, mark.last)
        words = [w for w in scene.words[mark.first : mark.last] if w not in _SMALL]
        if mark.entry.family == "play":
            continue  # what is played, or with whom, says more
        if (
            words
            and _is_ascribed(scene, mark)
            and not any(_akin(w, k) for w in words for k in known)
            and not _in_quote(found, start)
        ):
            found.append(_Invention(goal[start:end].lower(), (start, end), is_quote=False))
    return found


def _quotes(scene: Scene, goal: str) -> list[_Invention]:
    places = [scene.reading.place(first, last) for first, last in scene.quotes if last - first > 1]
    return [_Invention(goal[start:end], (start, end), is_quote=True) for start, end in places]


def _in_quote(quotes: Iterable[_Invention], at: int) -> bool:
    return any(q.is_quote and q.span[0] <= at < q.span[1] for q in quotes)


def _holds(line: str, quote: str) -> bool:
    """Return whether a line of hers holds most of a quotation's words."""
    words, needed = plain_words(line), _content(quote) or plain_words(quote)
    return sum(any(_akin(n, w) for w in words) for n in needed) >= _QUOTE_SHARE * len(needed)


def _is_ascribed(scene: Scene, mark: Mark) -> bool:
    """Return whether the goal gives an activity to the patient as her own: a hobby, a wish, a purpose, a return."""
    if "valued" in mark.tags or scene.zone[mark.first] in "pwq":
        return True
    return scene.near(mark.first, frozenset({"wish", "return", "backto", "purpose"}), 6)
