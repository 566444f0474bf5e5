"""Short word patterns: `^ what|how {aux} {subj} ..3 feel?`, found from their first word, longest first.

An item is a word, words joined by `|`, a class of `talk_words.csv` in braces, a beginning such as `worr*`, or `..3`: up
to three words of any kind. A `?` after an item makes it optional. `^` first: the clause begins here, fillers aside. `$`
last: it ends here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.grading.talk.lexicon import classes, cue_rows

__all__ = ["Hit", "cues", "find"]


class Hit(NamedTuple):
    """A cue found: its tag, and the words from `first` to `last` (exclusive)."""

    tag: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Item:
    """One place of a pattern."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    optional: bool
    gap: int

    def takes(self, word: str) -> bool:
        """Return whether the word fits here."""
        return word in self.words or (bool(self.beginnings) and word.startswith(self.beginnings))


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern."""

    tag: str
    items: tuple[Item, ...]
    at_start: bool
    at_end: bool


_BEGINNING = 3


def _item(text: str) -> Item:
    if text.startswith(".."):
        return Item(frozenset(), (), optional=False, gap=int(text[2:]))
    optional = text.endswith("?")
    words: set[str] = set()
    beginnings: list[str] = []
    for part in (text[:-1] if optional else text).split("|"):
        if part.startswith("{"):
            words |= classes(part[1:-1])
        elif part.endswith("*"):
            beginnings.append(part[:-1])
        else:
            words.add(part)
    return Item(frozenset(words), tuple(beginnings), optional=optional, gap=0)


def compile_pattern(text: str, tag: str) -> Pattern:
    """Return the pattern that a line of the cue list writes."""
    parts = text.split()
    at_start, at_end = parts[0] == "^", parts[-1] == "$"
    items = tuple(_item(part) for part in parts[at_start : len(parts) - at_end])
    return Pattern(tag, items, at_start, at_end)


class Cues:
    """The cue list, indexed by the words that a pattern can begin with."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.by_word: dict[str, list[tuple[int, Pattern]]] = {}
        self.by_beginning: dict[str, list[tuple[int, Pattern]]] = {}
        for pattern in patterns:
            for at, item in enumerate(pattern.items):
                for word in sorted(item.words):
                    self.by_word.setdefault(word, []).append((at, pattern))
                for beginning in item.beginnings:
                    self.by_beginning.setdefault(beginning[:_BEGINNING], []).append((at, pattern))
                if not item.optional:
                    break

    def candidates(self, word: str) -> Iterator[tuple[int, Pattern]]:
        """Yield the patterns that may begin with this word, and at which of their items."""
        yield from self.by_word.get(word, ())
        yield from self.by_beginning.get(word[:_BEGINNING], ())


@functools.cache
def cues() -> Cues:
    """Return the cue list of `talk_cues.csv`."""
    return Cues([compile_pattern(row["pattern"], row["tag"]) for row in cue_rows()])


def find(words: Sequence[str], heads: frozenset[int]) -> list[Hit]:
    """Return the cues in the words of a segment.

    Parameters
    ----------
    words : the words of one segment
    heads : where a clause may begin: the first word, and the one after the fillers
    """
    found: list[Hit] = []
    known = cues()
    for at, word in enumerate(words):
        for item, pattern in known.candidates(word):
            if pattern.at_start and at not in heads:
                continue
            last = _match(pattern, item, words, at)
            if last:
                found.append(Hit(pattern.tag, at, last))
    return found


def _match(pattern: Pattern, item: int, words: Sequence[str], at: int) -> int:
    """Return where the match ends, or 0."""
    items = pattern.items
    if item == len(items):
        return at if at == len(words) or not pattern.at_end else 0
    here = items[item]
    if here.gap:
        for skip in range(here.gap + 1):
            if at + skip > len(words):
                return 0
            if last := _match(pattern, item + 1, words, at + skip):
                return last
        return 0
    if at < len(words) and here.takes(words[at]):
        if last := _match(pattern, item + 1, words, at + 1):
            return last
    return _match(pattern, item + 1, words, at) if here.optional else 0
