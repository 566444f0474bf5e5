"""The one figure of the learner's report: a row a talk and a dot a turn; without talks, a goal first against latest.

Filled, half-filled and open circles stand for levels as everywhere in the report, so colour carries nothing alone.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from alliance_kit.handin import LEVELS
from alliance_kit.model import Level
from alliance_kit.reports import figures
from alliance_kit.reports.html import Html, tag, together
from alliance_kit.reports.learner._facts import Goal, LearnerFacts, Talk
from alliance_kit.reports.learner._height import MM_PER_INCH, Unit, ems
from alliance_kit.reports.learner._room import MAX_IN_FULL, clip
from alliance_kit.reports.learner._words import LEVEL_KEYS, counted, criterion_name, level_dot, listed, name_of, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_ROWS = 9
MAX_DOTS = 20
WIDTH = 6.2
"""Inches: a little narrower than the measure of the page, so that printed letters are as large as drawn."""
_ROW, _MARGIN, _INDENT, _COUNT = 0.185, 0.05, 0.12, 0.95
_ABOVE = 0.1
"""Inches that a row with numbers is higher: a number stands right above its dot, so that it belongs to no other."""
_SIZE = 10.5
_PITCH = 0.26
_ORDER: tuple[Level, ...] = ("not_seen", "partly", "met")
_FILLS = {"met": "full", "partly": "left", "not_seen": "none", "unsure": "none"}


@dataclass(frozen=True, slots=True)
class Row:
    """A talk as a row: its label, the talk, and whether it opens the group of its scene."""

    label: str
    talk: Talk
    opens: bool


def rows_of(facts: LearnerFacts) -> tuple[Row, ...]:
    """Return the talks played last, at most nine: those of one scene together, the scene played last at the end."""
    shown = facts.talks[-MAX_ROWS:]
    rows = []
    for scene in facts.latest_talks:
        same = [talk for talk in shown if talk.exercise == scene.exercise]
        rows += [Row(_label(talk, opens=talk is same[0]), talk, talk is same[0]) for talk in same]
    return tuple(rows)


def _label(talk: Talk, *, opens: bool) -> str:
    name = name_of(talk.patient or talk.title)
    if talk.number == 1:
        return name
    if opens:
        return clip(say("practice-first", name=clip(name, 12), number=talk.number), 40)
    return say("practice", number=talk.number)


def figure_height(facts: LearnerFacts) -> float:
    """Return the height of the drawing in inches, 0 where there is none."""
    if rows := rows_of(facts):
        return _places(facts, rows)[1]
    return (len(_latest_goal(facts).latest.findings[:8]) + 1) * _ROW + 2 * _MARGIN if _has_goal(facts) else 0.0


def _places(facts: LearnerFacts, rows: Sequence[Row]) -> tuple[list[float], float]:
    """Return where the dots of each row stand, in inches from the top, and the height of the whole."""
    at, places = _MARGIN, []
    for row in rows:
        at += _ABOVE if _numbered(facts, row.talk, MAX_IN_FULL) else 0.0
        places.append(at + _ROW / 2)
        at += _ROW
    return places, at + _MARGIN


def figure_units(facts: LearnerFacts) -> list[Unit]:
    """Return what the figure takes on paper: its heading, and the drawing with its caption, mostly one line."""
    longer = len(facts.talks) > MAX_ROWS or any(talk.count("unsure") for talk in facts.talks)
    return [Unit(8.3, heads=True), Unit(figure_height(facts) * MM_PER_INCH + (10 if longer else 7))]


def figure(facts: LearnerFacts, scenes: int = MAX_IN_FULL) -> Html:
    """Return the figure with its finding as heading; one sentence where there is nothing to draw yet.

    Parameters
    ----------
    scenes : of so many scenes, those played last, the report shows the moments; their turning points carry numbers
    """
    if rows := rows_of(facts):
        return _section(talks_title(facts, rows), _draw_talks(facts, rows, scenes))
    if _has_goal(facts):
        return _section(_goal_title(_latest_goal(facts)), _draw_goal(_latest_goal(facts)))
    return tag("p", say("figure-none"), class_="muted")


def _section(title: str, drawn: Html) -> Html:
    return tag("section", together([tag("h2", title), drawn]), class_="figure")


# --- what the figure says ----------------------------------------------------------------------------------------


def talks_title(facts: LearnerFacts, rows: Sequence[Row]) -> str:
    """Return the finding in about ten words: practice on one scene, else one talk, else several."""
    last = rows[-1].talk
    patient = name_of(last.patient)
    if last.count("met") == 0:
        return say("figure-turns", patient=patient)
    same = [talk for talk in facts.talks if talk.exercise == last.exercise]
    if len(same) > 1:
        first, latest = same[0].count("met"), last.count("met")
        key = "more" if latest > first else "same" if latest == first else "less"
        return say(f"figure-again-{key}", patient=patient, first=first, latest=latest)
    latest_talks = facts.latest_talks
    if len(latest_talks) == 1:
        return say("figure-one", patient=patient, count=_strong(last))
    if len(latest_talks) <= 3:
        counts = listed([f"{talk.count('met')} with {name_of(talk.patient)}" for talk in latest_talks])
        return say("figure-several", counts=counts)
    most = max(reversed(latest_talks), key=lambda talk: talk.count("met"))
    return say("figure-most", patient=name_of(most.patient), latest=most.count("met"))


def _strong(talk: Talk) -> str:
    return counted(talk.count("met"), "strong reply", "strong replies")


def _talks_key(facts: LearnerFacts, rows: Sequence[Row]) -> Html:
    levels = {moment.level for row in rows for moment in row.talk.moments[:MAX_DOTS]}
    pieces = [tag("span", say("figure-key"))]
    pieces += [
        tag("span", Html(level_dot(level).text + tag("span", say(key)).text), class_="key")
        for level, key in LEVEL_KEYS.items()
        if level in levels
    ]
    pieces.append(tag("span", say("figure-key-numbers")))
    pieces += [tag("span", say("figure-key-bound"))] if len(facts.talks) > MAX_ROWS else []
    return together(pieces)


def talks_alt(facts: LearnerFacts, rows: Sequence[Row], scenes: int = MAX_IN_FULL) -> str:
    """Return the figure in words, a sentence a row."""
    return "Dots, one a turn. " + " ".join(_row_alt(facts, row, scenes) for row in rows)


def _row_alt(facts: LearnerFacts, row: Row, scenes: int) -> str:
    talk = row.talk
    name = name_of(talk.patient or talk.title)
    label = row.label if name in row.label else f"{name}, {row.label}"
    words = [f"{talk.count('met')} strong", f"{talk.count('partly')} workable"]
    turns = [str(talk.moments[index].turn) for index in _numbered(facts, talk, scenes)]
    points = f"; moments at turn {listed(turns)}" if turns else ""
    return f"{label}: {counted(len(talk.moments), 'turn')}, {', '.join(words)}{points}."


def _numbered(facts: LearnerFacts, talk: Talk, scenes: int) -> tuple[int, ...]:
    """Return the turns that carry a number: those whose moments the report shows below."""
    return talk.points if any(talk is shown for shown in facts.latest_talks[-scenes:]) else ()


def _draw_talks(facts: LearnerFacts, rows: Sequence[Row], scenes: int) -> Html:
    longest = min(max(len(row.talk.moments) for row in rows), MAX_DOTS)
    with _quietly(), figures.drawing(WIDTH, figure_height(facts)) as drawing:
        places, height = _places(facts, rows)
        axes = _axes(drawing, height)
        left = _label_width([row.label for row in rows])
        xs = [left + index * min((WIDTH - left - _COUNT) / max(longest, 1), _PITCH) for index in range(longest + 1)]
        for place, row in zip(places, rows, strict=True):
            _draw_row(axes, place, row, xs, _numbered(facts, row.talk, scenes))
        return figures.shown(drawing, talks_alt(facts, rows, scenes), _talks_key(facts, rows))


def _draw_row(axes: Axes, y: float, row: Row, xs: Sequence[float], numbered: Sequence[int]) -> None:
    colour = figures.INK if row.opens else figures.MUTED
    _write(axes, _MARGIN + (0 if row.opens else _INDENT), y, row.label, color=colour)
    for index, moment in enumerate(row.talk.moments[:MAX_DOTS]):
        _dot(axes, xs[index], y, moment.level)
        if index in numbered:
            number = str(numbered.index(index) + 1)
            _write(axes, xs[index], y - 0.118, number, fontsize=9, fontweight="bold", ha="center")
    cut = "… " if len(row.talk.moments) > MAX_DOTS else ""
    _write(axes, xs[-1], y, cut + _count(row.talk), color=figures.MUTED)


def _count(talk: Talk) -> str:
    """Return the count at a row's end; where nothing was strong, what there was instead of a nought."""
    strong, workable = talk.count("met"), talk.count("partly")
    if strong:
        return f"{strong} {say('strong')}"
    return f"{workable} {say('workable')}" if workable else ""


# --- a goal, where there is no talk yet -----------------------------------------------------------------------------


def _has_goal(facts: LearnerFacts) -> bool:
    return any(goal.latest.findings for goal in facts.goals)


def _latest_goal(facts: LearnerFacts) -> Goal:
    return max((goal for goal in facts.goals if goal.latest.findings), key=lambda goal: goal.at)


def _seen(goal: Goal, *, first: bool = False) -> int:
    return sum(finding.level == "met" for finding in (goal.first if first else goal.latest).findings)


def _goal_title(goal: Goal) -> str:
    key = "figure-goal-more" if _seen(goal) > _seen(goal, first=True) else "figure-goal"
    return say(key, patient=name_of(goal.patient), count=counted(_seen(goal), "part"))


def goal_alt(goal: Goal) -> str:
    """Return the goal's figure in words, a clause a part."""
    parts = []
    for finding in goal.latest.findings[:8]:
        first = goal.first.level(finding.criterion) or finding.level
        moved = f"{LEVELS[first].lower()}, then {LEVELS[finding.level].lower()}"
        parts.append(
            f"{criterion_name(finding.criterion)}: {moved if first != finding.level else LEVELS[first].lower()}"
        )
    return f"Parts of the goal, first and latest version. {'; '.join(parts)}."


def _draw_goal(goal: Goal) -> Html:
    findings = goal.latest.findings[:8]
    with _quietly(), figures.drawing(WIDTH, (len(findings) + 1) * _ROW + 2 * _MARGIN) as drawing:
        axes = _axes(drawing, (len(findings) + 1) * _ROW + 2 * _MARGIN)
        levels: list[Level] = [*(("unsure",) if _any_unsure(goal) else ()), *_ORDER]
        left = _label_width([criterion_name(finding.criterion) for finding in findings]) + 0.35
        places = {level: left + place * 1.05 for place, level in enumerate(levels)}
        for level, x in places.items():
            _write(axes, x, _y(0), LEVELS[level], color=figures.MUTED, ha="center")
        for row, finding in enumerate(findings, start=1):
            first, latest = goal.first.level(finding.criterion) or finding.level, finding.level
            _write(axes, _MARGIN, _y(row), criterion_name(finding.criterion))
            axes.plot([places[first], places[latest]], [_y(row)] * 2, color=figures.BORDER, linewidth=1.5, zorder=1)
            if first != latest:
                _dot(axes, places[first], _y(row), "not_seen", figures.ACCENT)
            _dot(axes, places[latest], _y(row), "met", figures.ACCENT)
        key = tag("span", say("figure-goal-key")) if goal.versions > 1 else None
        return figures.shown(drawing, goal_alt(goal), key)


def _any_unsure(goal: Goal) -> bool:
    return any(finding.level == "unsure" for finding in (*goal.first.findings, *goal.latest.findings))


# --- drawing ----------------------------------------------------------------------------------------------------


def _quietly() -> warnings.catch_warnings[None]:
    """Keep quiet about letters that the drawing's font lacks: the reader's own fonts will have them."""
    return warnings.catch_warnings(action="ignore")


def _axes(drawing: Any, height: float) -> Axes:
    """Return axes in inches over the whole drawing, the first row on top, so that nothing can overlap by scaling."""
    axes: Axes = drawing.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0))
    axes.axis("off")
    return axes


def _label_width(labels: Sequence[str]) -> float:
    """Return the inches that the labels take, the space after them included."""
    return _MARGIN + _INDENT + max(map(ems, labels), default=0) * _SIZE / 72 + 0.15


def _y(row: int) -> float:
    return _MARGIN + (row + 0.5) * _ROW


def _write(axes: Axes, x: float, y: float, text: str, **style: Any) -> None:
    axes.text(x, y, text, va="center_baseline", parse_math=False, **({"fontsize": _SIZE} | style))


def _dot(axes: Axes, x: float, y: float, level: Level, colour: str = "") -> None:
    ink = colour or figures.LEVELS[level]
    size = 3 if level == "unsure" else 6.5
    axes.plot(
        [x],
        [y],
        marker="o",
        markersize=size,
        fillstyle=_FILLS[level],
        color=ink,
        markerfacecoloralt="white",
        markerfacecolor=ink if _FILLS[level] != "none" else "white",
        markeredgecolor=ink,
        markeredgewidth=1.4,
        linestyle="none",
    )
