"""A reply cut into segments: sentences, and clauses after ", but / and / so" or where a question begins."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from alliance_kit.grading.talk.inversion import begins_main_clause, begins_question
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.wording import Word, words_of
from alliance_kit.spans import Span

__all__ = ["Segment", "cut"]

_ENDS = frozenset(".?!;")
_QUOTE_CHARS = 240
"""A quotation longer than this is more likely a stray mark: the words are then read as the speaker's own."""
_MAX_WORDS = 120
"""No clause is longer; cutting there keeps the work per word bounded for a text without any punctuation."""


class Segment(NamedTuple):
    """One clause or sentence of a reply.

    Parameters
    ----------
    words : words in order, signs left out
    norms : the same as plain strings
    commas : word positions that a comma stands before
    quoted : word positions inside quotation marks
    mark : how it ends: `?`, `!`, `.`, `;`, or nothing
    head : position of the first word after fillers such as *okay, so*
    bare : the text has no punctuation at all, so clauses can only be guessed
    """

    words: tuple[Word, ...]
    norms: tuple[str, ...]
    commas: frozenset[int]
    quoted: frozenset[int]
    mark: str
    head: int
    bare: bool

    def span(self, first: int = 0, last: int | None = None) -> Span:
        """Return where the words from `first` to `last` (exclusive) stand in the text."""
        return Span(self.words[first].start, self.words[(last or len(self.words)) - 1].end)


def cut(text: str) -> tuple[Segment, ...]:
    """Return the segments of a text in order; a text without a word has none."""
    words = words_of(text)
    inside = _quoted_places(words)
    bare = not any(w.norm in _ENDS or w.norm == "," for w in words)
    return tuple(
        segment for chunk, mark in _chunks(words, inside) for segment in _clauses(chunk, inside, mark, bare=bare)
    )


def _quoted_places(words: Sequence[Word]) -> frozenset[int]:
    """Return the starts of words between quotation marks; an apostrophe at a word's edge opens or closes, too."""
    found: set[int] = set()
    opened: dict[str, int] = {}
    for at, word in enumerate(words):
        if word.norm not in {'"', "'"}:
            continue
        begun = opened.pop(word.norm, None)
        if begun is None or word.start - words[begun].start > _QUOTE_CHARS:
            opened[word.norm] = at
        else:
            found.update(w.start for w in words[begun + 1 : at])
    return frozenset(found)


def _chunks(words: Sequence[Word], inside: frozenset[int]) -> Iterator[tuple[list[Word], str]]:
    """Yield the stretches between sentence ends, with the sign that ends each."""
    chunk: list[Word] = []
    for word in words:
        sign = word.norm
        if word.start in inside and sign in _ENDS:
            continue
        if sign in _ENDS or sign[0] == "\n" or sign in {"--", ":"} or sign.startswith("..") or len(chunk) >= _MAX_WORDS:
            if any(w.norm[0].isalnum() for w in chunk):
                yield chunk, sign if sign in _ENDS else ""
            chunk = []
            if sign[0].isalnum():
                chunk.append(word)
            continue
        chunk.append(word)
    if any(w.norm[0].isalnum() for w in chunk):
        yield chunk, ""


def _clauses(chunk: Sequence[Word], inside: frozenset[int], mark: str, *, bare: bool) -> Iterator[Segment]:
    words = [w for w in chunk if w.norm[0].isalnum()]
    norms = tuple(w.norm for w in words)
    commas: set[int] = set()
    at = 0
    for w in chunk:
        if w.norm[0].isalnum():
            at += 1
        elif w.norm in {",", "(", ")"} or (w.norm == "-" and at):
            commas.add(at)
    quoted = {i for i, w in enumerate(words) if w.start in inside}
    starts = [0, *_boundaries(norms, commas, quoted, asks=mark == "?" or bare), len(words)]
    for first, last in pairwise(starts):
        part = tuple(words[first:last])
        if part:
            yield Segment(
                part,
                norms[first:last],
                frozenset(c - first for c in commas if first < c < last),
                frozenset(q - first for q in quoted if first <= q < last),
                mark if last == len(words) else ",",
                _head(norms[first:last], {c - first for c in commas}),
                bare,
            )


def _head(norms: tuple[str, ...], commas: set[int]) -> int:
    """Return the position of the first word that is not a filler; a name between commas counts as one."""
    lead = classes("lead")
    at = 0
    while at < len(norms) - 1:
        phrase = norms[at : at + 2] in {("all", "right"), ("you", "know")} and at + 2 in commas
        name = at in commas | {0} and at + 1 in commas and norms[at] not in classes("subj") | classes("wh")
        if not (norms[at] in lead or phrase or name):
            break
        at += 1
    return at


def _boundaries(norms: Sequence[str], commas: set[int], quoted: set[int], *, asks: bool) -> Iterator[int]:
    lead = classes("lead")
    last = 0
    for at in range(1, len(norms)):
        if at in quoted or all(w in lead for w in norms[last:at]):
            continue
        word, after_comma = norms[at], at in commas
        found = False
        if word in {"and", "but", "so", "or", "because"} and at + 1 < len(norms):
            if begins_question(norms, at + 1, loose=after_comma or word == "or"):
                found = True
            elif word == "but" or (after_comma and word != "because"):
                found = begins_main_clause(norms, at + 1)
        else:
            found = begins_question(norms, at, loose=after_comma, anywhere=asks)
        if found:
            last = at
            yield at
