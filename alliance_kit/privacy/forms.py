"""Identifiers that have a form of their own are found by patterns; this is the machinery, the patterns stand beside it.

Two rules keep the time proportional to the text's length, whatever is typed: a pattern starts at a word's edge, and
its repeats are bounded or possessive. The order of the tables is the order of precedence.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

DIGIT = "<digit>"  # a cue that holds where there is any digit
_ANY_DIGIT = re.compile(r"\d")
_SEGMENT_END = re.compile(r"(?<=[a-z]{4}[.!?])\s(?=[A-Z])|\n\s{0,9}\n")


@dataclass(frozen=True, slots=True)
class Hit:
    """Characters `start` to `end` (exclusive) of a text, found by `rule`."""

    start: int
    end: int
    rule: str


def always(_match: re.Match[str]) -> bool:
    """Return True: the pattern says enough by itself."""
    return True


@dataclass(frozen=True, slots=True)
class Form:
    """A pattern of rule `rule`, letter case ignored; the span is its group `it` where it has one, else the whole match.

    `cues` holds lower-case strings, split by `|`, of which the pattern needs one: without any it is not tried.
    `accept` judges a match by more than its form.
    """

    rule: str
    cues: str
    pattern: str
    accept: Callable[[re.Match[str]], bool] = always


@dataclass(frozen=True, slots=True)
class _Ready:
    rule: str
    cues: tuple[str, ...]
    regex: re.Pattern[str]
    accept: Callable[[re.Match[str]], bool]
    group: int | str


def find_formed(text: str, forms: tuple[Form, ...]) -> Iterator[Hit]:
    """Yield hits; where two overlap, the one yielded first has precedence.

    The text is gone through a sentence or two at a time, and a pattern is tried only where one of its cues occurs: most
    sentences hold none.
    """
    all_ready = _ready(forms)
    for start, end in _segments(text):
        low = text[start:end].lower()
        signs = f"{low}{DIGIT}" if _ANY_DIGIT.search(low) else low
        for ready in all_ready:
            if any(cue in signs for cue in ready.cues):
                yield from _hits_of(ready, text, start, end)


def before(match: re.Match[str], length: int) -> str:
    """Return up to `length` characters that stand before the match, in lower case."""
    return match.string[max(0, match.start() - length) : match.start()].lower()


def _hits_of(ready: _Ready, text: str, start: int, end: int) -> Iterator[Hit]:
    for match in ready.regex.finditer(text, start, end):
        if ready.accept(match):
            yield Hit(*match.span(ready.group), ready.rule)


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of stretches that no pattern reaches across: sentences after a full word, and paragraphs."""
    start = 0
    for match in _SEGMENT_END.finditer(text):
        yield start, match.end()
        start = match.end()
    yield start, len(text)


@functools.cache
def _ready(forms: tuple[Form, ...]) -> tuple[_Ready, ...]:
    """Return the patterns compiled; on first use, so that importing stays cheap."""
    ready = []
    for form in forms:
        regex = re.compile(form.pattern, re.IGNORECASE)
        group = "it" if "it" in regex.groupindex else 0
        ready.append(_Ready(form.rule, tuple(form.cues.split("|")), regex, form.accept, group))
    return tuple(ready)
