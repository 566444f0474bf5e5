"""What a finished talk leaves to think about: how it ended, three moments, the picture, the annotated transcript."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from alliance_kit import simulation
from alliance_kit.journal import Disagreement
from alliance_kit.library import csv_rows
from alliance_kit.model import Finding, Scenario, TypedReply
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.picture import states_svg, states_table
from alliance_kit.sessions.played import Played
from alliance_kit.simulation import DIMENSIONS, Move, State
from alliance_kit.skills import microskill

QUALITIES = ("strong", "workable", "poor")
ASKED_BACK = ("aside", "cue", "goes_on")


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


def debrief(scenario: Scenario, turns: Sequence[Played], disagreed: Iterable[Disagreement] = ()) -> Json:
    """Return the debrief of a finished run as plain JSON.

    Parameters
    ----------
    turns : the turns of the run, in order
    disagreed : what the learner did not agree with in it
    """
    moves = tuple(turn.move for turn in turns)
    state = moves[-1].after.state
    name = simulation.ending_of(scenario, state)
    ending = scenario.endings[name]
    points = simulation.turning_points(moves)
    states = [moves[0].before.state, *(m.after.state for m in moves)]
    against = {(each.index, each.rule) for each in disagreed}
    return {
        "ending": name,
        "what": ending.what,
        "says": ending.says,
        "missed": [item.missed for item in simulation.safety_gaps(scenario, state)],
        "rupture_open": state.rupture is not None,
        "words": state_words(state),
        "moments": [_moment(scenario, turns[i], i) for i in points],
        "picture": states_svg(states, [i + 1 for i in points]),
        "table": states_table(states),
        "transcript": [_turn(scenario, turn, i, against) for i, turn in enumerate(turns)],
        "confidence": [
            {"turn": i, "said": turn.confidence, "opened_up": turn.move.opened_up}
            for i, turn in enumerate(turns)
            if turn.confidence is not None and is_taken_up(turn.move.typed)
        ],
        "counts": counts(turns),
        "questions": list(scenario.debrief),
    }


def is_taken_up(typed: TypedReply | None) -> bool:
    """Return whether a turn was taken for a reply: a chosen one always, a typed one if it was understood."""
    return typed is None or typed.how in ("rule", "near", "care")


def counts(turns: Sequence[Played]) -> Json:
    """Return what was done how often, typed and chosen apart: counts, no verdict.

    Returns
    -------
    dict: chosen (turns by quality), typed (turns, how many moved something, were asked back), seen (rows: name,
    clear, possible; the ways of speaking read in typed words, the most frequent first)
    """
    typed = [turn for turn in turns if turn.typed]
    chosen = [turn for turn in turns if not turn.typed]
    seen: dict[str, Counter[str]] = {}
    for turn in typed:
        for criterion, level in dict.fromkeys(
            (f.criterion, f.level) for f in turn.findings if f.rule.startswith("talk/")
        ):
            seen.setdefault(criterion, Counter())[level] += 1
    order = sorted(seen, key=lambda label: (-sum(seen[label].values()), label))
    return {
        "chosen": {quality: sum(t.move.reply.quality == quality for t in chosen) for quality in QUALITIES},
        "typed": {
            "turns": len(typed),
            "rose": sum(turn.move.change > 0 for turn in typed),
            "asked_back": sum(turn.move.typed is not None and turn.move.typed.how in ASKED_BACK for turn in typed),
        },
        "seen": [
            {"name": microskill(label).name, "clear": seen[label]["clear"], "possible": seen[label]["possible"]}
            for label in order
        ],
    }


def patient_rating(state: State) -> list[dict[str, Json]]:
    """Return how the patient would rate the run: 1 to 5 for each statement, computed from the three states alone.

    A state of +2 or more gives 5, then one less for each unit; an open rupture takes one off what is about the bond.
    """
    return [
        {"id": row["id"], "says": row["says"], "rating": _rating(state, row["dimension"])}
        for row in csv_rows("talk_rating")
    ]


def _rating(state: State, dimension: str) -> int:
    rating = 3 + math.floor(float(getattr(state, dimension)) + 1e-9)
    strained = dimension == "bond" and state.rupture is not None
    return max(1, min(5, rating) - strained)


def finding_json(finding: Finding, *, disagreed: bool = False) -> dict[str, Json]:
    """Return a finding as a screen shows it: with the name of what was seen, and whether the learner disagreed."""
    named = finding.rule.startswith("talk/")
    skill = microskill(finding.criterion) if named else None
    return {
        **to_json(finding),
        "name": skill.name if skill else "",
        "direction": skill.direction if skill else "",
        "disagreed": disagreed,
    }


def _turn(scenario: Scenario, turn: Played, index: int, against: Collection[tuple[int, str]] = ()) -> dict[str, Json]:
    move = turn.move
    return {
        "turn": index,
        "line": move.before.line,
        "inner": scenario.scenes[move.before.scene].inner,
        "say": move.reply.say,
        "act": move.reply.act,
        "typed": turn.typed,
        "heard": move.reply.hears,
        "finding": finding_json(turn.finding),
        "findings": [finding_json(f, disagreed=(turn.index, f.rule) in against) for f in turn.findings],
        "moved": moved(move),
        "rupture": move.reply.rupture,
        "repaired": move.reply.repairs and move.before.state.rupture is not None,
    }


def _named(move: Move) -> str:
    """Return what a turning point is called."""
    reply = move.reply
    before, after = move.before.state, move.after.state
    names = (
        (after.rupture is not None and before.rupture is None, "a strain"),
        (reply.repairs and before.rupture is not None, "a strain mended"),
        (len(after.breached) > len(before.breached), "a step of care passed over"),
        (len(after.met) > len(before.met), "a step of care taken"),
        (after.bond > before.bond, "trust rose"),
        (after.bond < before.bond, "trust fell"),
        (move.change > 0, "closer on what to do"),
        (move.change < 0, "further apart on what to do"),
    )
    return next((name for holds, name in names if holds), "nothing moved")


def _moment(scenario: Scenario, turn: Played, index: int) -> dict[str, Json]:
    move = turn.move
    others = [r for r in scenario.scenes[move.before.scene].replies if r.quality == "strong" and r.id != move.reply.id]
    return {
        **_turn(scenario, turn, index),
        "named": _named(move),
        "answer": move.reply.answers or (move.after.line if not move.after.over else ""),
        "else": others[0].say if others else "",
        "else_act": others[0].act if others else None,
    }


def side_by_side(one: Sequence[Played], other: Sequence[Played]) -> list[dict[str, Json]]:
    """Return two runs turn by turn: rows with `same`, and for each run its line and what was said (None: none left)."""
    rows = []
    same = True
    for index in range(max(len(one), len(other))):
        pair = [_side(run[index]) if index < len(run) else None for run in (one, other)]
        same = same and pair[0] is not None and pair[0] == pair[1]
        rows.append({"turn": index, "same": same, "first": pair[0], "second": pair[1]})
    return rows


def _side(turn: Played) -> dict[str, Json]:
    reply = turn.move.reply
    return {
        "line": turn.move.before.line,
        "say": reply.say,
        "act": reply.act,
        "typed": turn.typed,
        "moved": moved(turn.move),
    }
