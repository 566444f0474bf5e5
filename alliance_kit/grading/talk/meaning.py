"""What a segment shares with the patient's line, and which feelings it names: by stems and groups of meaning."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import NamedTuple

from alliance_kit.grading.talk.lexicon import classes, feelings, synonyms
from alliance_kit.grading.talk.patterns import match_at
from alliance_kit.grading.talk.wording import stem, words_of

__all__ = ["Line", "content", "feeling_places", "is_content", "line_of", "meanings"]


@functools.cache
def _empty_words() -> frozenset[str]:
    groups = (
        "functional",
        "lead",
        "det",
        "prep",
        "conj",
        "subj",
        "person1",
        "person2",
        "person12",
        "person3",
        "aux",
        "wh",
        "whx",
        "neg",
    )
    return frozenset().union(*(classes(group) for group in groups))


def is_content(word: str) -> bool:
    """Return whether a word carries meaning of its own."""
    return len(word) > 2 and word not in _empty_words() and word[0].isalpha()


def content(norms: Sequence[str]) -> list[int]:
    """Return the places of words that carry meaning of their own."""
    return [i for i, word in enumerate(norms) if is_content(word)]


@functools.lru_cache(maxsize=8192)
def meanings(word: str) -> tuple[str, ...]:
    """Return the stem of a word, and the group of meaning it belongs to if any."""
    root = stem(word)
    group = synonyms().get(root)
    return (root, "=" + group) if group else (root,)


class Line(NamedTuple):
    """The patient's line: its words, what they mean, whether it asks for advice, asks anything, voices a concern."""

    norms: tuple[str, ...]
    means: frozenset[str]
    feels: frozenset[str]
    asks: bool
    asks_advice: bool
    concern: bool

    @property
    def known(self) -> bool:
        """Whether there is a line at all that says more than yes or no."""
        return len(self.norms) > 3

    def shares(self, norms: Sequence[str]) -> list[int]:
        """Return the places of the words that take up something of the line."""
        return [i for i in content(norms) if not self.means.isdisjoint(meanings(norms[i]))]


@functools.lru_cache(maxsize=256)
def line_of(context: str) -> Line:
    """Return the patient's line as the rules see it."""
    words = words_of(context)
    norms = tuple(w.norm for w in words if w.norm[0].isalnum())
    means = frozenset(m for i in content(norms) for m in meanings(norms[i]))
    felt = frozenset(meanings(norms[i])[0] for i, _ in feeling_places(norms))
    return Line(
        norms,
        means,
        felt,
        asks=any(w.norm == "?" for w in words),
        asks_advice=any(match_at("advice_wanted", norms, i) for i in range(len(norms))),
        concern=bool(felt) or not classes("concernword").isdisjoint(norms),
    )


@functools.cache
def _feeling_phrases() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in feelings():
        words = tuple(phrase.split())
        found.setdefault(words[0], []).append(words)
    for choices in found.values():
        choices.sort(key=len, reverse=True)
    return found


def feeling_places(norms: Sequence[str]) -> list[tuple[int, int]]:
    """Return where feeling words and phrases stand; the body's *weak, sore, tight* count only after *feel*."""
    found: list[tuple[int, int]] = []
    known, body = _feeling_phrases(), classes("bodyfeel")
    for i, word in enumerate(norms):
        for phrase in known.get(word, ()):
            if tuple(norms[i : i + len(phrase)]) == phrase:
                if len(phrase) > 1 or word not in body or _felt(norms, i):
                    found.append((i, i + len(phrase)))
                break
    return found


def _felt(norms: Sequence[str], at: int) -> bool:
    before = norms[max(0, at - 3) : at]
    return any(w in {"feel", "feeling", "felt", "feels"} for w in before) and "it" not in before
