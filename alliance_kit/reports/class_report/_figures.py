"""The figure of the class report: a panel per strategy, a dot per part, what may not be exact as a hollow range.

Short exercises and talks differ by shape and by the words beside them as well as by colour.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from alliance_kit import skills
from alliance_kit.cohort.analysis import STRONG, WEAK, PartView, Verdict, verdict
from alliance_kit.cohort.small_groups import Count
from alliance_kit.reports import figures
from alliance_kit.reports.html import Html

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 6.2
"""Inches: a little narrower than the measure of the page, so that printed letters are as large as drawn."""
_LINE, _GAP, _TOP = 0.2, 0.1, 0.3
_LEFT, _RIGHT = 2.1, 1.9
"""Inches for the parts' names on the left and the counts in words on the right."""
_SIZE, _SMALL = 10, 9
_NAME = 30
"""Characters of a part's name on one line."""
_SOURCES = (("short", "short", figures.ACCENT, "o"), ("talk", "talks", figures.COMPONENTS["bond"], "D"))


def strategy_figure(strategy_id: str, views: Sequence[PartView]) -> Html:
    """Return the panel of one strategy; `views` are its parts, at least one."""
    heights = [_LINE * max(len(_counts(view)), len(_name(view))) + _GAP for view in views]
    height = _TOP + sum(heights)
    with figures.drawing(WIDTH, height) as drawing:
        drawing.set_layout_engine("none")  # places are in inches already
        axes: Axes = drawing.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(height, 0))
        axes.axis("off")
        _scale(axes, height)
        top = _TOP
        for view, tall in zip(views, heights, strict=True):
            _row(axes, view, top)
            top += tall
        return figures.shown(drawing, alt(strategy_id, views))


def alt(strategy_id: str, views: Sequence[PartView]) -> str:
    """Return the panel in words: what it shows, and each part with its counts."""
    name = skills.strategy(strategy_id).name
    parts = (
        f"{skills.part(view.part).name}: {', '.join(f'{word} {said(counted)}' for word, counted, *_ in _counts(view))}"
        for view in views
    )
    return f"{name}, learners who did each part in at least half of their chances. {'; '.join(parts)}."


def key() -> str:
    """Return what the marks mean, in words."""
    return (
        "Learners who did it in at least half of their chances, first tries. Circle: short exercises; diamond: talks. "
        "A hollow bar is a range: the count is too small, or too near to all, to be shown exactly."
    )


def _counts(view: PartView) -> list[tuple[str, Count, str, str]]:
    """Return (word, count, colour, marker) of what can be told."""
    found = ((word, getattr(view, source), colour, marker) for source, word, colour, marker in _SOURCES)
    return [each for each in found if each[1] is not None and each[1].told]


def _name(view: PartView) -> list[str]:
    return textwrap.wrap(skills.part(view.part).name, _NAME)


def _x(share: float) -> float:
    return _LEFT + share * (WIDTH - _LEFT - _RIGHT)


def _scale(axes: Axes, height: float) -> None:
    strong, weak = STRONG[0] / STRONG[1], WEAK[0] / WEAK[1]
    for start, end, word in ((0.0, weak, "weak"), (strong, 1.0, "strong")):
        axes.fill_between([_x(start), _x(end)], 0, height, color="#F1F4F7", linewidth=0, zorder=0)
        axes.text(_x((start + end) / 2), 0.12, word, fontsize=_SMALL, color=figures.MUTED, ha="center", va="center")
    for share in (0.0, 1.0):
        axes.plot([_x(share)] * 2, [_TOP - 0.04, height], color=figures.BORDER, linewidth=0.8, zorder=1)
    for share, word, side in ((0.0, "none ", "right"), (1.0, " all", "left")):
        axes.text(_x(share), 0.12, word, fontsize=_SMALL, color=figures.MUTED, ha=side, va="center")


def _row(axes: Axes, view: PartView, top: float) -> None:
    for line, words in enumerate(_name(view)):
        axes.text(0.02, top + (line + 0.5) * _LINE, words, fontsize=_SIZE, va="center")
    for line, (word, counted, colour, marker) in enumerate(_counts(view)):
        y = top + (line + 0.5) * _LINE
        axes.plot([_x(0), _x(1)], [y, y], color="#D5DBE1", linewidth=0.8, zorder=1)
        _mark(axes, counted, y, colour, marker)
        text = f"{word}: {_brief(counted)}"
        axes.text(_x(1) + 0.12, y, text, fontsize=_SMALL, color=colour, va="center")


def _mark(axes: Axes, counted: Count, y: float, colour: str, marker: str) -> None:
    low, high = _x(counted.low / counted.of_high), _x(min(1.0, counted.high / counted.of_low))
    if counted.exact:
        axes.plot([(low + high) / 2], [y], marker=marker, color=colour, markersize=7, linestyle="none", zorder=3)
        return
    axes.barh(y, high - low, left=low, height=0.11, color="white", edgecolor=colour, linewidth=1.4, zorder=3)


def _brief(counted: Count) -> str:
    """Return the count in words, short enough to stand beside its mark."""
    return said(counted).replace("fewer than", "under").replace(" to ", "–")


def said(counted: Count) -> str:
    """Return the count as an instructor reads it at a glance.

    "16 or more of 20 to 23" says a little less than "all but fewer than 5 of 20 to 23", and nobody has to work it out.
    """
    nearly_all = counted.text.startswith("all but")
    return f"{counted.low} or more of {counted.of}" if nearly_all else counted.text


def finding(strategy_id: str, views: Sequence[PartView]) -> str:
    """Return the panel's title: the strategy, and of how many parts the class is strong, or else weak."""
    said = []
    for source, where in (("short", "short exercises"), ("talk", "talks")):
        verdicts: list[Verdict] = [verdict(getattr(view, source)) for view in views]
        judged: list[Verdict] = [each for each in verdicts if each != "too few to tell"]
        if judged:
            word: Verdict = "strong" if "strong" in judged else "weak"
            said.append(f"{where} {judged.count(word) or 'none'} of {len(judged)} {word}")
    return f"{skills.strategy(strategy_id).name}: {', '.join(said)}"
