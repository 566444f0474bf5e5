"""Words with their places: tokens, verb forms and plurals, spelling slips, and when two texts say the same.

Everything here keeps offsets into the text as it was typed, so that feedback can point at the learner's own words.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from alliance_kit.spans import Span

__all__ = [
    "NEAR_FROM",
    "Token",
    "fold",
    "inflect",
    "is_near",
    "near_forms",
    "plain_words",
    "plural",
    "same_words",
    "spans_of",
    "tokens",
]

# One character for one, so that offsets stay true: curly quotes, dashes, odd spaces, primes.
_FOLD = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4`\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb\u2033", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
        **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u202f\u3000\t", " "),
        "\u00d7": "x",
        "\u00ba": "\u00b0",
    }
)
_TOKEN = re.compile(
    r"[0-9]+(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.[0-9]+|[0-9]+"  # numbers: 1,000 · 0.62 · 14
    r"|\.[0-9]+"  # .8
    r"|[^\W\d_]\u0304"  # c and s with a bar
    r"|[^\W\d_]+(?:'[^\W\d_]+)*"  # words, also don't
    r"|>=|<=|\n+|[^\s\w]"  # signs and line ends
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W\d_]+)*")
_VOWELS = frozenset("aeiou")
_SHORT_DOUBLED = 5
NEAR_FROM = 6
"""Words shorter than this are never mended: too many real words lie one letter apart."""


class Token(NamedTuple):
    """One word, number or sign: lower case in `word`, and where it stands in the text."""

    word: str
    start: int
    end: int


def fold(text: str) -> str:
    """Return `text` with typographic quotes, dashes and spaces made plain; every character keeps its place."""
    return text.translate(_FOLD)


@functools.lru_cache(maxsize=64)
def tokens(text: str) -> tuple[Token, ...]:
    """Return the words, numbers and signs of a folded text, lower-cased, in order."""
    return tuple([Token(m[0].lower(), m.start(), m.end()) for m in _TOKEN.finditer(text)])


@functools.lru_cache(maxsize=128)
def plain_words(text: str) -> tuple[str, ...]:
    """Return the lower-case words and numbers of a text, without signs."""
    return tuple(_WORD.findall(fold(text).lower()))


def same_words(one: str, other: str, at_least: float = 0.9) -> bool:
    """Return whether two texts are the same words, or nearly: `at_least` is the share of word pairs in common."""
    first, second = plain_words(one), plain_words(other)
    if first == second:
        return bool(first)
    pairs, others = _pairs(first), _pairs(second)
    return bool(pairs and others) and len(pairs & others) >= at_least * max(len(pairs), len(others))


@functools.lru_cache(maxsize=64)
def _pairs(words: tuple[str, ...]) -> frozenset[tuple[str, str]]:
    return frozenset(pairwise(words))


def plural(noun: str) -> str:
    """Return the regular plural of an English noun."""
    if noun.endswith(("s", "x", "ch", "sh", "z")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return noun[:-1] + "ies"
    return noun + "s"


def inflect(verb: str) -> tuple[str, ...]:
    """Return the regular forms of an English verb, the base form first: walk, walks, walked, walking."""
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        stem = verb[:-1]
        return verb, verb + "s", verb + "d", stem + "ing"
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    base = verb + verb[-1] if _doubles(verb) else verb
    third = verb + "es" if verb.endswith(("s", "x", "ch", "sh", "z", "o")) else verb + "s"
    return verb, third, base + "ed", base + "ing"


def _doubles(verb: str) -> bool:
    """Return whether a short verb doubles its last letter, as *step* and *jog* do."""
    if len(verb) > _SHORT_DOUBLED or len(verb) < 3 or verb[-1] in "aeiouwxy":
        return False
    return verb[-2] in _VOWELS and verb[-3] not in _VOWELS and sum(letter in _VOWELS for letter in verb) == 1


def near_forms(word: str) -> set[str]:
    """Return `word` with each letter left out in turn, and itself: words one slip apart share one of these."""
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))} if len(word) >= NEAR_FROM else set()


def is_near(one: str, other: str) -> bool:
    """Return whether two words are one slip apart: a letter more, less, changed, or two swapped.

    First and last letters must agree: a changed ending is mostly another form (*stroller*, *strolled*), not a slip.
    """
    if one[:1] != other[:1] or one[-1:] != other[-1:] or abs(len(one) - len(other)) > 1:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[at:], other[at:]
    swapped = rest[1:2] + rest[:1] + rest[2:] == others
    return rest[1:] == others[1:] or rest[1:] == others or rest == others[1:] or swapped


def spans_of(found: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
    """Return spans in reading order, overlapping and touching ones joined."""
    joined: list[list[int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return tuple(Span(start, end) for start, end in joined)
