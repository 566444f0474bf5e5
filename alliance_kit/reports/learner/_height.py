"""Whether the learner's report fits on two printed pages, estimated from its HTML and the print rules of `report.css`.

A browser breaks the lines, so this adds up the widths of letters, on the careful side, and lays the blocks on pages as
a browser does: headings stay with what follows, cards and goals stay whole. The tests print the fullest report and
count its pages, so a change of the style that makes it higher does not go unnoticed.
"""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Iterable, Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from alliance_kit.reports.html import Html

MM_PER_INCH = 25.4
PAGES = 2
_PAGE_HEIGHTS = (279.4 - 22, 297.0 - 22)
"""US Letter and A4 in millimetres, less the margins above and below."""
_CAREFUL = (0.97, 0.93, 0.89, 0.85)
"""Real heights lie between these shares of the estimates; where the page breaks depends on it, so all have to fit."""
_MM_PER_PT = MM_PER_INCH / 72
_WIDER = 1.02
"""Letters differ between Arial and its likes."""
_SPACE = 0.9
"""Millimetres between two words, at the sizes of the page."""
_NARROW, _WIDE = frozenset("iljtfrI.,:;'’‘|!()[]/-·  "), frozenset("mwMW@%…—OQ")


class Unit(NamedTuple):
    """Something that stays whole on a page: its height in millimetres, and whether it stays with what follows."""

    height: float
    heads: bool = False


class _Block(NamedTuple):
    """The size of the letters in points, millimetres a line is wide and high, and millimetres around the whole.

    `keeps` says that a line break of the text is one on paper. Size 0: a frame around other blocks.
    """

    size: float
    wide: float
    high: float
    around: float
    bold: bool = False
    keeps: bool = False


# The widths are those of A4, the narrower paper: 186 mm within the margins.
_BLOCKS = {
    "h1": _Block(15, 184, 7.0, 0.8, bold=True),
    "h2": _Block(12, 184, 5.1, 3.2, bold=True),
    "h3": _Block(10.5, 184, 4.5, 2.2, bold=True),
    "p": _Block(10, 180, 4.8, 1.4),
    "p.muted": _Block(9, 180, 4.4, 1.1),
    "p.foot": _Block(9, 180, 4.4, 3.9),
    "p.banner": _Block(10, 176, 4.8, 3.6, bold=True),
    "p.version": _Block(9.5, 178, 4.4, 2.3),
    "p.said": _Block(10, 178, 4.7, 1.1, keeps=True),
    "blockquote": _Block(11, 178, 5.3, 3.6),
    "div.card": _Block(0, 0, 0, 5.0),
    "div.goal": _Block(0, 0, 0, 1.5),
    "ul.criteria": _Block(9.5, 178, 4.4, 0.3),
    "ol.moments": _Block(0, 0, 0, 1.2),
    "li.card": _Block(0, 0, 0, 2.2),
    "dt": _Block(0, 0, 0, 0),
    "dd": _Block(9.2, 55.5, 4.16, 0.4),
    "dd.learner": _Block(9.2, 55.5, 4.16, 0.4, bold=True),
}
_HEADS = {"h1", "h2", "h3"}


def fits(units: Sequence[Unit]) -> bool:
    """Return whether the units fit on two pages of either paper."""
    return all(
        pages_needed([Unit(unit.height * share, unit.heads) for unit in units], page) <= PAGES
        for page in _PAGE_HEIGHTS
        for share in _CAREFUL
    )


def pages_needed(units: Iterable[Unit], page: float) -> int:
    """Return how many pages of a height (millimetres) the units take, one after the other."""
    pages, left, waiting = 1, page, 0.0
    for unit in units:
        waiting += unit.height
        if unit.heads:
            continue
        if waiting > left:
            pages, left = pages + 1, page
        left -= waiting
        waiting = 0.0
    return pages + (waiting > left)


def units_of(piece: Html) -> list[Unit]:
    """Return what stays whole in a piece of the report, in order."""
    reader = _Reader()
    reader.feed(piece.text)
    return reader.units


class _Frame(NamedTuple):
    """An open element: its tag, its block, the texts so far, and the heights of the blocks in it."""

    tag: str
    block: _Block
    said: list[str]
    inner: list[float]


class _Reader(HTMLParser):
    """Adds up blocks. The cards of a talk stand beside each other, and a term runs into its text."""

    def __init__(self) -> None:
        super().__init__()
        self.units: list[Unit] = []
        self._open: list[_Frame] = []
        self._term = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = next((value or "" for name, value in attrs if name == "class"), "").split()
        named = [f"{tag}.{name}" for name in classes if f"{tag}.{name}" in _BLOCKS]
        if named or tag in _BLOCKS:
            self._open.append(_Frame(tag, _BLOCKS[(named or [tag])[0]], [], []))

    def handle_data(self, data: str) -> None:
        if self._open:
            self._open[-1].said.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            return
        frame = self._open.pop()
        height = self._height(frame)
        if self._open:
            self._open[-1].inner.append(height)
        else:
            self.units.append(Unit(height, tag in _HEADS))

    def _height(self, frame: _Frame) -> float:
        text = "".join(frame.said).strip()
        if frame.tag == "dt":
            self._term = f"{text}  "
            return 0.0
        if frame.tag == "dd":
            text = self._term + text
        text = text if frame.block.keeps else " ".join(text.split())
        inner = max(frame.inner, default=0.0) if frame.tag == "ol" else sum(frame.inner)
        return frame.block.around + inner + (_lines(text, frame.block) * frame.block.high if frame.block.size else 0.0)


def _lines(text: str, block: _Block) -> int:
    """Return how many lines a browser makes of a text: a word that does not fit goes to the next line.

    Only a word longer than a whole line is broken, and it begins on a line of its own.
    """
    scale = block.size * _MM_PER_PT * _WIDER * (1.08 if block.bold else 1.0)
    return sum(_lines_of([ems(word) * scale for word in part.split()], block.wide) for part in text.split("\n") if part)


def _lines_of(widths: Iterable[float], wide: float) -> int:
    lines, used = 1, 0.0
    for width in widths:
        if used and used + width > wide:
            lines, used = lines + 1, 0.0
        used += width + _SPACE
        if used - _SPACE > wide:
            full = math.ceil((used - _SPACE) / wide) - 1
            lines, used = lines + full, used - full * wide
    return lines


@functools.lru_cache(maxsize=4096)
def ems(text: str) -> float:
    """Return how wide a text is in Arial or letters of its width, as a multiple of the letters' size."""
    return sum(map(_em, text))


def _em(letter: str) -> float:
    if letter in _NARROW:
        return 0.29
    if letter in _WIDE:
        return 0.93
    if letter.isascii():
        return 0.72 if letter.isupper() else 0.53
    return 1.05 if unicodedata.east_asian_width(letter) in "WF" else 0.7
