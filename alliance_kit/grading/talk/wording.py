"""The words of a reply as the rules see them: contractions opened, slips mended, hesitations left out.

Every word keeps the place where it was typed, so that a finding can point at it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from alliance_kit.grading.talk.lexicon import classes, contractions, vocabulary
from alliance_kit.grading.words import NEAR_FROM, fold
from alliance_kit.library import csv_rows

__all__ = ["MAX_CHARS", "Word", "mend", "split_plain", "stem", "words_of"]

MAX_CHARS = 8_000
"""Longer texts are read up to here: a spoken reply of ten minutes is shorter, and reading stays quick."""

_TOKEN = re.compile(
    r"\[[^\[\]\n]{1,40}\]"  # a transcriber's remark, as in [laughs]
    r"|[0-9]+(?:[.,:/][0-9]+)*%?"
    r"|[^\W\d_]+in'(?!\w)"  # doin', keepin'
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"
    r"|\n+|--+|\.\.+|[^\s\w]"
)
_ENDINGS = {"'ll": "will", "'ve": "have", "'re": "are", "'d": "would", "'m": "am"}
_IS_AFTER = frozenset({
    "it", "that", "what", "how", "who", "where", "when", "there", "here", "he", "she", "this", "everything", "nothing",
    "something",
})  # fmt: skip
_SWAPPABLE = 5
"""The shortest word in which two swapped letters are mended; in shorter ones too many words are one swap apart."""
_MEND_LIMIT = 24


class Word(NamedTuple):
    """One word or sign: as the rules see it, and where it stands in the text."""

    norm: str
    start: int
    end: int


def words_of(text: str) -> tuple[Word, ...]:
    """Return the words and signs of a text in order, at most `MAX_CHARS` characters of it."""
    typed: list[Word] = []
    skip = classes("hesitation")
    for match in _TOKEN.finditer(fold(text[:MAX_CHARS])):
        word = match[0].lower()
        if word in skip or (word[0] == "[" and len(word) > 1):
            continue
        typed.append(Word(word, match.start(), match.end()))
    return tuple([Word(norm, w.start, w.end) for w in _without_stutter(typed) for norm in _opened(w.norm)])


_DASHES = frozenset({"-", "--"})


def _without_stutter(typed: list[Word]) -> list[Word]:
    """Leave out "the- the" and "you have- you have": up to three words said again right after a dash."""
    if not any(word.norm in _DASHES for word in typed):
        return typed
    kept: list[Word] = []
    for at, word in enumerate(typed):
        if word.norm in _DASHES and kept:
            length = next((n for n in (3, 2, 1) if _again(kept, typed, at, n)), 0)
            if length:
                del kept[-length:]
                continue
        kept.append(word)
    return kept


def _again(kept: Sequence[Word], typed: Sequence[Word], at: int, length: int) -> bool:
    said = [w.norm for w in kept[-length:]]
    return len(said) == length and said == [w.norm for w in typed[at + 1 : at + 1 + length]]


@functools.lru_cache(maxsize=4096)
def _opened(typed: str) -> tuple[str, ...]:
    """Return the words that a typed word stands for."""
    known = contractions().get(typed)
    if known is not None:
        return known
    if typed.endswith("in'"):
        return (typed[:-1] + "g",)
    if "'" in typed and len(typed) > 1:
        return _parted(typed)
    return (mend(typed),) if typed[0].isalpha() else (typed,)


def _parted(typed: str) -> tuple[str, ...]:
    if typed.endswith("n't"):
        return (typed[:-3], "not")
    for ending, word in _ENDINGS.items():
        if typed.endswith(ending) and len(typed) > len(ending):
            return (mend(typed[: -len(ending)]), word)
    return (typed[:-2], "is") if typed.endswith("'s") and typed[:-2] in _IS_AFTER else (typed,)


def split_plain(phrase: str) -> tuple[str, ...]:
    """Return the words of a list's phrase, opened as those of a reply but never mended."""
    found: list[str] = []
    for match in _TOKEN.finditer(fold(phrase)):
        word = match[0].lower()
        if word[0].isalnum():
            found += contractions().get(word, (word,))
    return tuple(found)


def mend(word: str) -> str:
    """Return the word of the lists that this one is a slip of: two letters swapped, one left out or doubled."""
    if not _SWAPPABLE <= len(word) <= _MEND_LIMIT or word in vocabulary() or word in _terms():
        return word
    swapped = _by_letters().get(_letters(word))
    if swapped is not None:
        return swapped
    return _by_shorter().get(word, word) if len(word) >= NEAR_FROM - 1 else word


def _letters(word: str) -> str:
    return word[0] + "".join(sorted(word[1:-1])) + word[-1]


@functools.cache
def _terms() -> frozenset[str]:
    """Return the words of the jargon list: real words, though the rules for talk do not look for them."""
    return frozenset(word for row in csv_rows("talk_plain_words") for word in split_plain(row["term"]))


@functools.cache
def _by_letters() -> Mapping[str, str]:
    return {_letters(word): word for word in sorted(vocabulary()) if len(word) >= _SWAPPABLE}


@functools.cache
def _by_shorter() -> Mapping[str, str]:
    """Return word with one inner letter left out → word; a form that is itself a word is not one."""
    found: dict[str, str] = {}
    for word in sorted(vocabulary()):
        if len(word) > NEAR_FROM:
            for i in range(1, len(word) - 1):
                found.setdefault(word[:i] + word[i + 1 :], word)
    return {short: word for short, word in found.items() if short not in vocabulary()}


_SUFFIXES = (
    "ingly",
    "edly",
    "iness",
    "ness",
    "ments",
    "ment",
    "ings",
    "ing",
    "iest",
    "ied",
    "ies",
    "ily",
    "ers",
    "er",
    "est",
    "ed",
    "es",
    "ly",
    "s",
    "y",
    "e",
)


@functools.lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a rough stem, good enough to see that *stairs* and *stair*, *worried* and *worry* are the same."""
    word = word.removesuffix("'s")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word
