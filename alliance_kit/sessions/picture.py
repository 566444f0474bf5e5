"""The three states over the turns as one small picture (SVG) and as a table of the same figures.

Hand-made SVG: readable by screen readers, follows the page's colours, and needs no library in the browser.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from alliance_kit.simulation import BOUND, DIMENSIONS, State

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 34, 84, 16, 34
MIN_LABEL_GAP = 16
DASHES = {"bond": "", "goals": "7 5", "tasks": "2 4"}


def states_table(states: Sequence[State]) -> list[dict[str, float]]:
    """Return one row a turn (turn 0 is the start): turn, bond, goals, tasks, rounded to 0.1."""
    return [
        {"turn": turn, **{d: round(float(getattr(state, d)), 1) for d in DIMENSIONS}}
        for turn, state in enumerate(states)
    ]


def states_svg(states: Sequence[State], marks: Sequence[int] = ()) -> str:
    """Return the picture: turns on x, three labelled lines on the common scale from -3 to +3.

    Parameters
    ----------
    states : the state at the start and after each turn
    marks : turns (1 = after the first reply) that carry a number, in the order of the moments above the picture
    """
    last = max(len(states) - 1, 1)
    parts = [_scale(last), _marks(marks, last), *(_line(d, states, last) for d in DIMENSIONS), _labels(states)]
    head = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_alt(states))}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="al-states" {head}>{"".join(parts)}</svg>'


def _x(turn: int, last: int) -> float:
    return round(LEFT + (WIDTH - LEFT - RIGHT) * turn / last, 1)


def _y(value: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (BOUND - value) / (2 * BOUND), 1)


def _text(kind: str, x: float, y: float, words: str, anchor: str = "middle") -> str:
    return f'<text class="{kind}" x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def _scale(last: int) -> str:
    rows = (
        f'<line class="al-grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{_y(value)}" y2="{_y(value)}"/>'
        + _text("al-axis", LEFT - 8, _y(value) + 4, label, "end")
        for value, label in ((-3, "\u22123"), (0, "0"), (3, "+3"))
    )
    turns = {0, last, *range(2, last - 1, 2)}
    columns = (_text("al-axis", _x(t, last), HEIGHT - 10, str(t) if t else "start") for t in sorted(turns))
    return "".join([*rows, *columns])


def _marks(marks: Sequence[int], last: int) -> str:
    return "".join(
        f'<line class="al-mark" x1="{_x(turn, last)}" x2="{_x(turn, last)}" y1="{TOP}" y2="{HEIGHT - BOTTOM}"/>'
        + _text("al-mark-label", _x(turn, last), TOP - 4, str(number))
        for number, turn in enumerate(marks, start=1)
    )


def _line(dimension: str, states: Sequence[State], last: int) -> str:
    points = " ".join(f"{_x(turn, last)},{_y(getattr(state, dimension))}" for turn, state in enumerate(states))
    dash = f' stroke-dasharray="{DASHES[dimension]}"' if DASHES[dimension] else ""
    return f'<polyline class="al-line al-{dimension}" points="{points}"{dash}/>'


def _labels(states: Sequence[State]) -> str:
    ends = _spread({d: _y(getattr(states[-1], d)) for d in DIMENSIONS}) if states else {}
    return "".join(_text(f"al-label al-{d}", WIDTH - RIGHT + 10, y + 5, d, "start") for d, y in ends.items())


def _spread(ends: dict[str, float]) -> dict[str, float]:
    """Move the labels at the lines' ends apart, so that none lies on another and none below the lowest line."""
    placed: dict[str, float] = {}
    below = 0.0
    for dimension, wanted in sorted(ends.items(), key=lambda item: (item[1], item[0])):
        placed[dimension] = max(wanted, below)
        below = placed[dimension] + MIN_LABEL_GAP
    above = _y(-BOUND)
    for dimension in reversed(placed):
        placed[dimension] = min(placed[dimension], above)
        above = placed[dimension] - MIN_LABEL_GAP
    return placed


def _alt(states: Sequence[State]) -> str:
    if not states:
        return "No turns yet."
    first, final = states[0], states[-1]
    ways = ", ".join(f"{d} from {getattr(first, d):+.1f} to {getattr(final, d):+.1f}" for d in DIMENSIONS)
    return f"How the alliance moved over {len(states) - 1} turns, on a scale from -3 to +3: {ways}."
