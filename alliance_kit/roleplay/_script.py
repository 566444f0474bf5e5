"""A talk as it was read: who said what, and where each line's words stand in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.model import Span, Speaker

LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
MAX_LABEL = 40

Told = list[tuple[int, str]]
"""What could not be read, as sentences with the line that each is about."""


class Piece(NamedTuple):
    """A run of a line's words: `at` in the line, `start` in the text, and how long it is."""

    at: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one of the two said in one go; `line_number` counts from 1, `pieces` say where the words stand."""

    speaker: Speaker
    says: str
    line_number: int
    pieces: tuple[Piece, ...] = ()

    def in_text(self, span: Span) -> Span | None:
        """Return where a span of `says` stands in the whole text; None for a span that is not in it."""
        ends = [p.start + place - p.at for p, place in _met(self.pieces, span.start, span.end)]
        return Span(ends[0], ends[-1] + 1) if ends else None

    def in_line(self, span: Span) -> Span | None:
        """Return where a span of the whole text stands in `says`; None where it lies outside."""
        turned = tuple(Piece(p.start, p.at, p.length) for p in self.pieces)
        ends = [p.start + place - p.at for p, place in _met(turned, span.start, span.end)]
        return Span(ends[0], ends[-1] + 1) if ends else None


def _met(pieces: Iterable[Piece], start: int, end: int) -> Iterator[tuple[Piece, int]]:
    """Yield, for each piece that a span meets, the first and the last place that they share."""
    for piece in pieces:
        first, last = max(start, piece.at), min(end, piece.at + piece.length) - 1
        if first <= last:
            yield piece, first
            yield piece, last


@dataclass(frozen=True, slots=True)
class Script:
    """A talk as it was read; `faults` are sentences about what could not be read."""

    lines: tuple[Spoken, ...]
    faults: tuple[str, ...] = ()

    def said_by(self, speaker: Speaker) -> tuple[Spoken, ...]:
        """Return the lines of one of the two."""
        return tuple(line for line in self.lines if line.speaker == speaker)


@dataclass(slots=True)
class Entry:
    """One line or row: its label, empty where it goes on with the one before, and the ranges of its words."""

    number: int
    label: str
    ranges: list[tuple[int, int]]
    title: str = ""
