"""When two replies are the same move said again: the same words around whatever the patient has just said."""

from __future__ import annotations

from collections.abc import Iterable

from alliance_kit.grading.words import plain_words

MIN_FRAME, SAME_FRAME = 3, 0.6
"""Shared words that are not hers, and their share of all such words, from which two replies are one formula."""
PREFIX, PREFIX_LOOSE, PREFIX_QUESTION = 3, 4, 5
"""Words at the beginning that make a formula: *it sounds like* is one, *you want to* or *what do you think* is none."""
_FILLERS = frozenset({"so", "okay", "ok", "um", "uh", "well", "yeah", "oh", "and", "right", "hmm", "mm"})
_QUESTION = frozenset(
    {"what", "how", "would", "could", "can", "do", "does", "did", "is", "are", "have", "may", "when", "which"}
)
SHARES = (1.0, 0.5, 0.0)
"""What a move earns the first time, the second, and from the third on: a formula is heard as one."""


def share_of(text: str, context: str, earlier: Iterable[tuple[str, str]]) -> float:
    """Return the share of its effects that a reply earns after the earlier ones.

    Parameters
    ----------
    text, context : the reply, and what the patient had said in that scene
    earlier : the same two of every typed reply before it in this run
    """
    times = sum(same_move((text, context), other) for other in earlier)
    return SHARES[min(times, len(SHARES) - 1)]


def same_move(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Return whether two replies, each with what the patient had said, are the same move."""
    first, second = _said(one[0]), _said(other[0])
    if first and first == second:
        return True
    shared = next(
        (i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), min(len(first), len(second))
    )
    if first and shared >= _needed(first[0]):
        return True
    frame, another = _frame(first, one[1]), _frame(second, other[1])
    common = frame & another
    return len(common) >= MIN_FRAME and len(common) >= SAME_FRAME * len(frame | another)


def _said(text: str) -> tuple[str, ...]:
    words = plain_words(text)
    start = next((i for i, word in enumerate(words) if word not in _FILLERS), len(words))
    return words[start:]


def _needed(first: str) -> int:
    if first in _QUESTION:
        return PREFIX_QUESTION
    return PREFIX_LOOSE if first == "tell" or first.startswith("you") else PREFIX


def _frame(words: tuple[str, ...], context: str) -> frozenset[str]:
    return frozenset(words) - frozenset(plain_words(context))
