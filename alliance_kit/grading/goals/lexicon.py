"""The word lists that goals are read with: phrases with their roles, abbreviations, units, number words.

The lists are CSV files in `exercises/lexicons/`; nothing is read before the first goal is.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from alliance_kit.grading.words import NEAR_FROM, fold, inflect, is_near, near_forms, plural, tokens
from alliance_kit.library import csv_rows

__all__ = [
    "Entry",
    "Phrases",
    "Unit",
    "abbreviations",
    "entries",
    "grammar",
    "mended",
    "number_words",
    "split_phrase",
    "units",
]

T = TypeVar("T")
_NEAR_TO = 20
_ROLE_LISTS = ("goal_activities", "goal_supports", "goal_places", "goal_people", "goal_body", "goal_signals")


class Entry(NamedTuple):
    """What a phrase can be in a goal: its roles, its activity family, the families it belongs to as their object."""

    tags: frozenset[str]
    family: str = ""
    own: frozenset[str] = frozenset()
    help: float = -1

    def joined(self, other: Entry) -> Entry:
        """Return this entry with the roles of another list's entry for the same phrase added."""
        rank = self.help if self.help >= 0 else other.help
        return Entry(self.tags | other.tags, self.family or other.family, self.own | other.own, rank)


class Unit(NamedTuple):
    """A unit of measure: its kind (distance, time, span, weight …) and its size in the kind's base unit."""

    name: str
    kind: str
    factor: float


class Phrases(Generic[T]):
    """Phrases of one to several words, found longest first."""

    def __init__(self) -> None:
        self._by_first: dict[str, dict[tuple[str, ...], T]] = {}
        self._lengths: dict[str, tuple[int, ...]] = {}

    def add(self, words: Sequence[str], value: T) -> None:
        """Add a phrase; a phrase that is there already keeps its first value."""
        self._by_first.setdefault(words[0], {}).setdefault(tuple(words), value)

    def put(self, words: Sequence[str], value: T) -> None:
        """Add a phrase, or change the value it has."""
        self._by_first.setdefault(words[0], {})[tuple(words)] = value

    def get(self, words: Sequence[str]) -> T | None:
        """Return the value of exactly these words."""
        return self._by_first.get(words[0], {}).get(tuple(words))

    def close(self) -> None:
        """Note the lengths that occur, longest first: call once after the last phrase."""
        self._lengths = {
            first: tuple(sorted({len(p) for p in phrases}, reverse=True)) for first, phrases in self._by_first.items()
        }

    def longest(self, words: Sequence[str], at: int) -> tuple[int, T] | None:
        """Return how many words from `at` form the longest known phrase, and its value."""
        phrases = self._by_first.get(words[at])
        if phrases is None:
            return None
        for length in self._lengths[words[at]]:
            found = tuple(words[at : at + length])
            if len(found) == length and (value := phrases.get(found)) is not None:
                return length, value
        return None

    def vocabulary(self) -> Iterator[str]:
        """Yield every word of every phrase."""
        for phrases in self._by_first.values():
            for words in phrases:
                yield from words


def split_phrase(phrase: str) -> tuple[str, ...]:
    """Return the words of a list's phrase as the reader sees them: lower case, no hyphens, digits for numbers."""
    small = number_words()
    words = (t.word for t in tokens(fold(phrase)) if t.word != "-")
    return tuple(f"{small[w][0]:g}" if small.get(w, (0, ""))[1] in {"small", "tens"} else w for w in words)


@functools.cache
def number_words() -> Mapping[str, tuple[float, str]]:
    """Return number word → (value, kind); kinds: small, tens, times, part, quarter, adverb."""
    return {row["word"]: (float(row["value"]), row["kind"]) for row in csv_rows("goal_number_words")}


@functools.cache
def abbreviations() -> Phrases[tuple[str, ...]]:
    """Return abbreviation → the words it stands for."""
    found: Phrases[tuple[str, ...]] = Phrases()
    for row in csv_rows("goal_abbreviations"):
        short = tuple(t.word for t in tokens(fold(row["short"])) if t.word != "-")
        found.add(short, split_phrase(row["means"]))
    found.close()
    return found


@functools.cache
def units() -> Phrases[Unit]:
    """Return unit word → unit."""
    found: Phrases[Unit] = Phrases()
    for row in csv_rows("goal_units"):
        unit = Unit(row["unit"], row["kind"], float(row["factor"]))
        for word in row["words"].split(";"):
            found.add(tuple(t.word for t in tokens(word)), unit)
    found.close()
    return found


@functools.cache
def entries() -> Phrases[Entry]:
    """Return phrase → what it can be in a goal, with verb forms and plurals."""
    found: Phrases[Entry] = Phrases()
    for name in _ROLE_LISTS:
        for row in csv_rows(name):
            entry = _entry(row["tags"])
            for phrase in row["phrases"].split(";"):
                for words in _forms(split_phrase(phrase), row["forms"]):
                    known = found.get(words)
                    found.put(words, known.joined(entry) if known else entry)
    found.close()
    return found


def _entry(tags: str) -> Entry:
    plain: set[str] = set()
    family, own, rank = "", set(), -1.0
    for tag in tags.split():
        key, _, value = tag.partition("=")
        if key == "fam":
            family = value
        elif key == "own":
            own.add(value)
        elif key == "help":
            rank = float(value)
            plain.add("help")
        else:
            plain.add(tag)
    return Entry(frozenset(plain), family, frozenset(own), rank)


def _forms(words: tuple[str, ...], forms: str) -> Iterable[tuple[str, ...]]:
    if forms == "v":
        return ((form, *words[1:]) for form in _verb_forms(words[0]))
    if forms == "n":
        return (words, (*words[:-1], plural(words[-1])), (*words[:-1], words[-1] + "'s"))
    return (words,)


@functools.cache
def _irregular() -> Mapping[str, tuple[str, ...]]:
    return {row["verb"]: tuple(row["forms"].split(";")) for row in csv_rows("goal_irregular_verbs")}


def _verb_forms(verb: str) -> tuple[str, ...]:
    return _irregular().get(verb) or inflect(verb)


@functools.cache
def _near() -> Mapping[str, tuple[str, ...]]:
    """Return shortened form → the often misspelt words that it may have come from."""
    index: dict[str, list[str]] = {}
    for row in csv_rows("goal_spelling"):
        for form in near_forms(row["word"]):
            index.setdefault(form, []).append(row["word"])
    return {form: tuple(words) for form, words in index.items()}


@functools.cache
def _known() -> frozenset[str]:
    return frozenset((*entries().vocabulary(), *abbreviations().vocabulary(), *units().vocabulary(), *number_words()))


@functools.lru_cache(maxsize=4096)
def mended(word: str) -> str:
    """Return the word of `goal_spelling.csv` that an unknown `word` is one slip away from, else `word`.

    Only words that goals cannot do without are mended: a longer list would turn *scores* into *stores*.
    """
    if word in _known() or not NEAR_FROM <= len(word) <= _NEAR_TO or not word.isalpha():
        return word
    for form in sorted(near_forms(word)):
        for known in _near().get(form, ()):
            if is_near(word, known):
                return known
    return word


@functools.cache
def grammar(role: str) -> frozenset[str]:
    """Return the small words that play one part in a sentence, such as `title` or `catenative`."""
    return frozenset(next(row["words"] for row in csv_rows("goal_grammar") if row["role"] == role).split())
