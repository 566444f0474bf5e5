"""Short word patterns: `^ what|how {aux} {subj} ..3 feel?`, found from their first word, longest first.

An item is a word, words joined by `|`, a class of `talk_words.csv` in braces, a beginning such as `worr*`, or `..3`: up
to three words of any kind. A `?` after an item makes it optional. `^` first: the clause begins here, fillers aside. `$`
last: it ends here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alliance_kit.grading.talk.lexicon import classes, cue_rows

__all__ = ["Hit", "cues", "find", "match_at"]


class Hit(NamedTuple):
    """A cue found: its tag, and the words from `first` to `last` (exclusive)."""

    tag: str
    first: int
    last: int


class Item(NamedTuple):
    """One place of a pattern."""

    words: frozenset[str]
    beginnings: tuple[str, ...]
    optional: bool
    gap: int

    def takes(self, word: str) -> bool:
        """Return whether the word fits here."""
        return word in self.words or (bool(self.beginnings) and word.startswith(self.beginnings))


class Pattern(NamedTuple):
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


class Start(NamedTuple):
    """A way into a pattern: from which item, and a word that must follow within reach for it to be worth trying."""

    pattern: Pattern
    item: int
    needs: frozenset[str]
    reach: int


def _start(pattern: Pattern, item: int) -> Start:
    gap = 0
    for following in pattern.items[item + 1 :]:
        if following.gap:
            gap += following.gap
            continue
        if not following.optional and not following.beginnings:
            return Start(pattern, item, following.words, gap + 1)
        break
    return Start(pattern, item, frozenset(), 0)


class Cues:
    """The cue list, indexed by the words that a pattern can begin with."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self.by_word: dict[str, list[Start]] = {}
        self.by_beginning: dict[str, list[Start]] = {}
        for pattern in patterns:
            for at, item in enumerate(pattern.items):
                start = _start(pattern, at)
                for word in sorted(item.words):
                    self.by_word.setdefault(word, []).append(start)
                for beginning in item.beginnings:
                    self.by_beginning.setdefault(beginning[:_BEGINNING], []).append(start)
                if not item.optional:
                    break

    def starts(self, words: Sequence[str], at: int) -> Iterator[Start]:
        """Yield the ways into patterns that are worth trying at this place."""
        word = words[at]
        for starts in (self.by_word.get(word), self.by_beginning.get(word[:_BEGINNING])):
            for start in starts or ():
                if not start.reach or not start.needs.isdisjoint(words[at + 1 : at + 1 + start.reach]):
                    yield start


_BY_PLACE = frozenset({"request", "polite_request", "starter", "advice_wanted"})
"""These are asked for by place: before a text is cut into clauses, for the gate, in the patient's line."""


@functools.cache
def cues() -> Cues:
    """Return the cue list of `talk_cues.csv`."""
    return Cues([compile_pattern(row["pattern"], row["tag"]) for row in cue_rows() if row["tag"] not in _BY_PLACE])


@functools.cache
def _by_place(tag: str) -> Cues:
    return Cues([compile_pattern(row["pattern"], tag) for row in cue_rows() if row["tag"] == tag])


def match_at(tag: str, words: Sequence[str], at: int) -> int:
    """Return where the longest pattern of a tag that begins exactly at `at` ends, or 0."""
    if at >= len(words):
        return 0
    starts = _by_place(tag).starts(words, at)
    return max((_match(start.pattern, start.item, words, at) for start in starts), default=0)


def find(words: Sequence[str], heads: frozenset[int]) -> list[Hit]:
    """Return the cues in the words of a segment.

    Parameters
    ----------
    words : the words of one segment
    heads : where a clause may begin: the first word, and the one after the fillers
    """
    found: list[Hit] = []
    known = cues()
    nothing: list[Start] = []
    for at, word in enumerate(words):
        following = words[at + 1] if at + 1 < len(words) else ""
        # written out instead of calling `starts`: this loop is most of the reading time
        for starts in (known.by_word.get(word, nothing), known.by_beginning.get(word[:_BEGINNING], nothing)):
            for pattern, item, needs, reach in starts:
                if reach == 1:
                    if following not in needs:
                        continue
                elif reach and needs.isdisjoint(words[at + 1 : at + 1 + reach]):
                    continue
                if pattern.at_start and at not in heads:
                    continue
                if last := _match(pattern, item, words, at):
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
    if at < len(words) and here.takes(words[at]) and (last := _match(pattern, item + 1, words, at + 1)):
        return last
    return _match(pattern, item + 1, words, at) if here.optional else 0
