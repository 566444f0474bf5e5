"""The goal laid out before any rule judges it: roles of phrases, quantities, deadlines, and the zone of each word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.grading.goals.deadlines import Deadline, find_deadlines
from alliance_kit.grading.goals.lexicon import Entry, entries, grammar
from alliance_kit.grading.goals.measures import Mention, find_mentions
from alliance_kit.grading.goals.quantities import Quantity, find_quantities
from alliance_kit.grading.goals.reading import Reading, read

__all__ = ["Mark", "Scene", "lay_out"]

_PURE_UNITS = frozenset({"distance", "time", "span", "weight", "angle", "percent", "speed", "block", "score", "rate"})
_UNLISTED = frozenset({"act", "daily", "open", "unlisted"})
_STEPS_WALKED = 100
"""From this number on, steps are counted on the flat, not climbed."""
_NO_ROLES: frozenset[str] = frozenset()


class Mark(NamedTuple):
    """A phrase with a role: the words `first` to before `last`."""

    entry: Entry
    first: int
    last: int

    @property
    def tags(self) -> frozenset[str]:
        """The roles that the phrase can play."""
        return self.entry.tags


@dataclass(slots=True)
class Scene:
    """A goal with its marks by role; `zone` is filled in by `zones.find_zones`."""

    reading: Reading
    words: list[str]
    marks: tuple[Mark, ...]
    by_role: dict[str, list[Mark]]
    quantities: tuple[Quantity, ...]
    mentions: tuple[Mention, ...]
    deadlines: tuple[Deadline, ...]
    zone: list[str]
    segments: list[tuple[int, int]]
    quotes: list[tuple[int, int]]
    starting: dict[int, frozenset[str]]
    over: dict[int, frozenset[str]]

    def find(self, *roles: str, zones: str = "") -> list[Mark]:
        """Return the marks with one of these roles, in order; `zones` names the zones to look in (all if empty)."""
        found: list[Mark] = []
        for role in roles:
            found += self.by_role.get(role, ())
        if zones:
            found = [m for m in found if self.zone[m.first] in zones]
        if len(roles) > 1 and len(found) > 1:
            found = sorted(set(found), key=lambda m: m.first)
        return found

    def has(self, *roles: str) -> bool:
        """Return whether any phrase can play one of these roles."""
        return any(role in self.by_role for role in roles)

    def roles_at(self, at: int) -> frozenset[str]:
        """Return the roles of the phrase that begins at `at`."""
        return self.starting.get(at, _NO_ROLES)

    def roles_over(self, at: int) -> frozenset[str]:
        """Return the roles of the phrase that the word at `at` belongs to."""
        return self.over.get(at, _NO_ROLES)

    def near(self, at: int, roles: frozenset[str], before: int, behind: int = 0) -> bool:
        """Return whether a phrase with one of `roles` begins up to `before` words before `at` or `behind` after it."""
        return any(self.roles_at(i) & roles for i in range(max(at - before, 0), min(at + behind + 1, len(self.words))))

    def after(self, at: int, words: frozenset[str]) -> int:
        """Return the first place from `at` on where none of `words` stands."""
        while at < len(self.words) and self.words[at] in words:
            at += 1
        return at


def lay_out(text: str) -> Scene:
    """Return the goal as a scene, without zones."""
    reading = read(text)
    words = [w.word for w in reading.words]
    mentions = find_mentions(reading)
    taken = frozenset(i for m in mentions for i in range(m.first, m.last))
    quantities = find_quantities(reading, taken)
    units = {
        i
        for q in quantities
        if q.kind in _PURE_UNITS or (q.unit == "step" and q.high >= _STEPS_WALKED)
        for i in range(q.first, q.last)
    }
    marks = _marks(words, taken | units)
    marks = _with_unlisted_verbs(words, marks, taken | units)
    by_role: dict[str, list[Mark]] = {}
    for mark in marks:
        for role in mark.tags:
            by_role.setdefault(role, []).append(mark)
    starting = {mark.first: mark.tags for mark in marks}
    over = {i: mark.tags for mark in marks for i in range(mark.first, mark.last)}
    deadlines = find_deadlines(reading)
    return Scene(
        reading, words, marks, by_role, quantities, mentions, deadlines, ["m"] * len(words), [], [], starting, over
    )


def _with_unlisted_verbs(
    words: list[str], marks: tuple[Mark, ...], taken: frozenset[int] | set[int]
) -> tuple[Mark, ...]:
    """Return the marks with the activities that no list knows but the sentence shows: *will pedal*, *like to laugh*."""
    covered = {i for m in marks for i in range(m.first, m.last)} | taken
    if any("exercise" in m.tags for m in marks):
        return marks
    found = [
        Mark(Entry(_UNLISTED, words[i]), i, i + 1)
        for i in _verb_places(words)
        if i < len(words) and i not in covered and _may_be_verb(words, i)
    ]
    return tuple(sorted([*marks, *found], key=lambda m: m.first)) if found else marks


def _verb_places(words: list[str]) -> list[int]:
    """Return where a verb is expected: after *will* or *able to* and the like, or at the very start."""
    adverbs, places = grammar("adverb"), []
    for i, word in enumerate(words):
        if word in grammar("will") or (word == "to" and i and _opens_verb(words, i)):
            at = i + 1
            while at < len(words) and words[at] in adverbs:
                at += 1
            places.append(at)
    if len(words) > 2 and (
        words[1] in grammar("determiner") or words[1][0].isdigit() or words[0] in grammar("imperative")
    ):
        places.append(0)
    return [2, *places] if words[1:2] == ["to"] else places


def _opens_verb(words: list[str], at: int) -> bool:
    """Return whether *to* opens a verb: after *able* and the like, or before a word with an object (to mend a net)."""
    if words[at - 1] in grammar("before_verb"):
        return True
    has_object = words[at + 2 : at + 3] and words[at + 2] in grammar("determiner")
    return bool(has_object) and words[at - 1] not in grammar("catenative")


def _may_be_verb(words: list[str], at: int) -> bool:
    word = words[at]
    if at == 0 and word in grammar("imperative"):
        return True
    if word in grammar("doing") and at + 1 < len(words):
        return words[at + 1][0].isdigit() or words[at + 1] in grammar("owner") | {"all"}
    return (
        word.isalpha()
        and word.isascii()
        and len(word) > 2
        and word not in grammar("carrier")
        and word not in grammar("modal")
    )


def _marks(words: list[str], taken: frozenset[int] | set[int]) -> tuple[Mark, ...]:
    known = entries()
    found: list[Mark] = []
    i = 0
    while i < len(words):
        hit = None if i in taken else known.longest(words, i)
        if hit is None:
            i += 1
            continue
        found.append(Mark(hit[1], i, i + hit[0]))
        i += hit[0]
    return tuple(found)
