"""The identifier check: what in a text could point to a real person, shown before the text leaves the machine.

It warns and offers a replacement; the owner decides. It finds words, not meaning: a text without a single hit can still
identify somebody, so `QUESTIONS` are asked after it. Only `count_by_kind` may be stored, never the words found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from alliance_kit.privacy.dates import AGES, DATES
from alliance_kit.privacy.forms import Hit, find_formed
from alliance_kit.privacy.marks import MARKS
from alliance_kit.privacy.names import find_names
from alliance_kit.privacy.numbers import NUMBERS, ONLINE
from alliance_kit.privacy.places import find_places
from alliance_kit.privacy.tokens import tokenize
from alliance_kit.privacy.words import rules

_FORMS = (*ONLINE, *NUMBERS, *DATES, *AGES, *MARKS)


@dataclass(frozen=True, slots=True)
class Identifier:
    """Characters `start` to `end` (exclusive) that may identify somebody, and what to put there instead."""

    kind: str
    start: int
    end: int
    replacement: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that no pattern can answer, with the answer that lets a text go out as it is."""

    ask: str
    wanted: bool
    otherwise: str


QUESTIONS: tuple[Question, ...] = (
    Question(
        "Would the patient recognize themself in this text?",
        wanted=False,
        otherwise="Change two details that the lesson does not need, or blend two people into one.",
    ),
    Question(
        "Would a colleague know who it is about?",
        wanted=False,
        otherwise="Leave out what is rare: the job, the family, the accident, the diagnosis.",
    ),
    Question(
        "Would you be at ease if the patient read it?",
        wanted=True,
        otherwise="Rewrite it the way you would say it in the patient's presence, or keep it in your journal.",
    ),
)


def find_identifiers(text: str, cast: Collection[str] = ()) -> tuple[Identifier, ...]:
    """Return possible identifiers in `text`, sorted by start, never overlapping; the same text gives the same answer.

    Parameters
    ----------
    text : any text, of any length and alphabet; offsets in the answer count its characters
    cast : names of the simulated patient and the people around them; they are invented and never reported

    Returns
    -------
    tuple of Identifier: what may identify a person. An empty tuple does not mean that nobody can be recognised.

    Notes
    -----
    Kinds follow the 18 identifiers of 45 CFR 164.514(b)(2)(i). Years, ages up to 89, states and weekdays may stay.
    """
    taken = bytearray(len(text))
    found = []
    for hit in _hits(text, cast):
        if hit.start < hit.end and not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            found.append(_identifier(hit))
    return tuple(sorted(found, key=lambda identifier: identifier.start))


def names_in(text: str) -> frozenset[str]:
    """Return the names of people that the check sees in `text`: of a scenario's own words, they are its cast."""
    return frozenset(text[found.start : found.end] for found in find_identifiers(text) if found.kind == "name")


def replace_identifiers(text: str, identifiers: Iterable[Identifier]) -> str:
    """Return `text` with each of `identifiers` replaced: all that were found in it, or those the owner accepted."""
    parts = []
    end = 0
    for identifier in sorted(identifiers, key=lambda it: it.start):
        if identifier.start >= end:
            parts += [text[end : identifier.start], identifier.replacement]
            end = identifier.end
    return "".join((*parts, text[end:]))


def count_by_kind(identifiers: Iterable[Identifier]) -> dict[str, int]:
    """Return how many of each kind there are, kinds in alphabetical order: all that may be stored about a check."""
    return dict(sorted(Counter(identifier.kind for identifier in identifiers).items()))


def _hits(text: str, cast: Collection[str]) -> Iterator[Hit]:
    yield from find_formed(text, _FORMS)
    tokens = tokenize(text)
    yield from find_places(text, tokens)
    yield from find_names(text, tokens, cast)


def _identifier(hit: Hit) -> Identifier:
    rule = rules()[hit.rule]
    return Identifier(rule.kind, hit.start, hit.end, rule.replacement, hit.rule, rule.why)
