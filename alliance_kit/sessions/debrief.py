"""What a finished talk leaves to think about: how it ended, three moments, the picture, the annotated transcript."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit import simulation
from alliance_kit.library import csv_rows
from alliance_kit.model import Finding, Scenario
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.picture import states_svg, states_table
from alliance_kit.simulation import DIMENSIONS, Move, State


def state_words(state: State) -> list[dict[str, str]]:
    """Return the state in words, one entry a dimension: it is a person's mood, not a score."""
    return [{"dimension": dimension, "words": _words(dimension, getattr(state, dimension))} for dimension in DIMENSIONS]


def _words(dimension: str, units: float) -> str:
    rows = [row for row in csv_rows("state_words") if row["dimension"] == dimension]
    return next((row["words"] for row in rows if units >= float(row["at_least"])), rows[-1]["words"])


def moved(move: Move) -> list[dict[str, Json]]:
    """Return which states a move shifted and how, in units, the unmoved ones left out."""
    changes = ((d, round(getattr(move.after.state, d) - getattr(move.before.state, d), 2)) for d in DIMENSIONS)
    return [{"dimension": d, "units": units} for d, units in changes if units]


def debrief(
    scenario: Scenario, moves: Sequence[Move], findings: Sequence[Finding], confidences: Sequence[float | None]
) -> Json:
    """Return the debrief of a finished run as plain JSON; the three sequences have one entry a turn."""
    moves = tuple(moves)
    state = moves[-1].after.state
    name = simulation.ending_of(scenario, state)
    ending = scenario.endings[name]
    points = simulation.turning_points(moves)
    states = [moves[0].before.state, *(m.after.state for m in moves)]
    return {
        "ending": name,
        "what": ending.what,
        "says": ending.says,
        "missed": [item.missed for item in simulation.safety_gaps(scenario, state)],
        "rupture_open": state.rupture is not None,
        "words": state_words(state),
        "moments": [_moment(scenario, moves[i], findings[i], i) for i in points],
        "picture": states_svg(states, [i + 1 for i in points]),
        "table": states_table(states),
        "transcript": [_turn(scenario, m, f, i) for i, (m, f) in enumerate(zip(moves, findings, strict=True))],
        "confidence": [
            {"turn": i, "said": said, "opened_up": move.opened_up}
            for i, (move, said) in enumerate(zip(moves, confidences, strict=True))
            if said is not None
        ],
        "questions": list(scenario.debrief),
    }


def _turn(scenario: Scenario, move: Move, finding: Finding, index: int) -> dict[str, Json]:
    return {
        "turn": index,
        "line": move.before.line,
        "inner": scenario.scenes[move.before.scene].inner,
        "say": move.reply.say,
        "act": move.reply.act,
        "heard": move.reply.hears,
        "finding": to_json(finding),
        "moved": moved(move),
        "rupture": move.reply.rupture,
        "repaired": move.reply.repairs and move.before.state.rupture is not None,
    }


def _moment(scenario: Scenario, move: Move, finding: Finding, index: int) -> dict[str, Json]:
    others = [r for r in scenario.scenes[move.before.scene].replies if r.quality == "strong" and r.id != move.reply.id]
    return {
        **_turn(scenario, move, finding, index),
        "answer": move.reply.answers or (move.after.line if not move.after.over else ""),
        "else": others[0].say if others else "",
        "else_act": others[0].act if others else None,
    }
