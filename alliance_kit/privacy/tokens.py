"""Words of a text with their offsets, and what stands around them: the ground that names and places are judged on."""

from __future__ import annotations

import re
from dataclasses import dataclass

from alliance_kit.privacy.words import fold

_LETTERS = r"[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*"
_TOKEN = re.compile(rf"{_LETTERS}(?:['’‑-]{_LETTERS})*")
_SENTENCE_END = frozenset(".!?…:;\n•*#([")
_QUOTES = "\"'“‘«"
LONGEST_ACRONYM = 4


@dataclass(slots=True)
class Token:
    """One word: `start` to `end` (exclusive) without a possessive 's; `folded` is what word lists know it as."""

    start: int
    end: int
    folded: str
    capital: bool
    acronym: bool
    first: bool
    possessive: bool
    gap: str
    """The characters between the word before and this one."""


def tokenize(text: str) -> list[Token]:
    """Return the words of `text` in order; digits and signs are gaps. Takes time in proportion to the length."""
    found: list[Token] = []
    before = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        word = match.group()
        possessive = len(word) > 2 and word[-1] in "sS" and word[-2] in "'’"
        core = word[:-2] if possessive else word
        capital = word[0].isupper()
        gap = text[before:start]
        found.append(
            Token(
                start,
                start + len(core),
                fold(core),
                capital,
                capital and core.isupper() and (len(core) <= LONGEST_ACRONYM or "-" in core),
                capital and _starts_sentence(gap, before == 0),
                possessive,
                gap,
            )
        )
        before = end
    return found


def _starts_sentence(gap: str, at_start: bool) -> bool:
    """Return whether a capital after `gap` is due to the sentence and says nothing about the word."""
    bare = gap.rstrip(" \t\r])" + _QUOTES)
    if bare == "":
        return at_start or any(quote in gap for quote in _QUOTES)
    return bare[-1] in _SENTENCE_END
