"""What there is to see of a talk, as plain JSON: the way in, the turn at hand, the look back."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.hearing import SUPPORTS, support_for
from alliance_kit.journal import Run
from alliance_kit.library import csv_rows, load_compiled
from alliance_kit.model import Example, Reply, Scenario
from alliance_kit.plain import Json
from alliance_kit.sessions.base import confidence_levels
from alliance_kit.sessions.debrief import debrief, finding_json, patient_rating, side_by_side, state_words
from alliance_kit.sessions.played import Played
from alliance_kit.sessions.practice import (
    calibration,
    day_in_words,
    finished_days,
    judged,
    next_practice,
    past_talks,
)

if TYPE_CHECKING:
    from alliance_kit.sessions.talk import TalkSession

LOOK_BACK = tuple(row["id"] for row in csv_rows("talk_look_back"))
"""The three steps of the self-debrief: defuse, discover, deepen."""


def view(talk: TalkSession) -> Json:
    """Return what there is to see of a talk."""
    scenario, patient = talk.scenario, talk.scenario.patient
    shown: dict[str, Json] = {
        **talk.head(),
        "setting": scenario.setting,
        "level": scenario.level,
        "warning": scenario.content_warning,
        "patient": {
            "name": patient.name,
            "called": patient.called,
            "pronoun": patient.pronoun,
            "in_short": patient.in_short,
            "chart": list(patient.chart),
        },
        "phase": _phase(talk),
        "turn": len(talk.played),
        "about": max(_about_turns(talk), len(talk.played) + (0 if talk.over else 1)),
        "older": talk.scenario is not talk.current,
        "runs": _runs(talk),
        "feedback": talk.timing,
        "support": talk.support,
    }
    if talk.position is None or talk.over:
        shown["settings"] = _settings(talk)
    if talk.position is None:
        return shown
    shown["log"] = [_exchange(talk, index) for index in range(len(talk.played))]
    shown["line"] = talk.position.line
    shown["words"] = state_words(talk.position.state) if talk.timing == "turn" or talk.over else []
    if talk.over:
        shown["debrief"] = _look_back(talk)
    elif talk.paused:
        shown["note"] = talk.played[-1].finding.why
    else:
        shown |= _turn(talk)
    return shown


def _phase(talk: TalkSession) -> str:
    if talk.position is None:
        return "intro"
    return "over" if talk.over else "paused" if talk.paused else "talk"


def _about_turns(talk: TalkSession) -> int:
    """Return how many turns a good talk takes, from the file's own walk to the open ending."""
    walks = [len(walk.replies) for walk in talk.scenario.tests if walk.ending == "open"]
    return min(walks, default=simulation.longest_from(talk.scenario)[talk.scenario.start])


# --- the way in -------------------------------------------------------------------------------------------------------


def _settings(talk: TalkSession) -> Json:
    scenario = talk.current
    levels: dict[int, str] = {each.level: each.differs for each in scenario.levels}
    return {
        "levels": [{"level": level, "differs": levels.get(level, "")} for level in simulation.levels_of(scenario)],
        "level": scenario.level,
        "typing": scenario.hearing is not None,
        "supports": list(SUPPORTS),
        "follows": support_for(past_talks(talk.journal.runs())),
        "watch": _watch(talk),
    }


def _watch(talk: TalkSession) -> Json:
    """Return the worked example that comes before the talk: its title, and its lines once they are asked for."""
    if not talk.current.watch:
        return None
    try:
        example = load_compiled(talk.current.watch)
    except (ExerciseFileError, UnknownExerciseError):
        return None
    if not isinstance(example, Example):
        return None
    lines = [{"who": n.who, "says": n.says, "note": n.note, "part": n.part} for n in example.lines]
    return {"title": example.title, "minutes": example.minutes, "lines": lines if talk.watching else []}


# --- the turn at hand -------------------------------------------------------------------------------------------------


def _turn(talk: TalkSession) -> dict[str, Json]:
    shown: dict[str, Json] = {}
    offered = talk.lines_offered
    shown["replies"] = [{"id": r.id, "say": r.say, "act": r.act} for r in _offered(talk)] if offered else []
    if talk.listener is not None:
        scene = talk.scenario.scenes[talk.position.scene] if talk.position else None
        starters = scene.typed.starters if scene is not None and scene.typed is not None else ()
        shown["typing"] = {
            "first": talk.typing_first,
            "starters": list(starters) if talk.support == "starter" else [],
            "lines": not offered and not talk.typing_first,
            "draft": talk.draft("say"),
            "others": talk.others("say"),
            "note": talk.note,
        }
    if talk.asks_confidence:
        shown["confidence"] = list(confidence_levels())
    return shown


def _offered(talk: TalkSession) -> list[Reply]:
    """Return the replies in this run's order: words first, then acts, shuffled so that place tells nothing."""
    assert talk.position is not None  # noqa: S101 — called only while a talk is under way
    replies = talk.scenario.scenes[talk.position.scene].replies

    def order(reply: Reply) -> tuple[bool, str]:
        seed = f"{talk.scenario.id}/{reply.id}/{talk.attempt}"
        return (reply.act is not None, hashlib.sha256(seed.encode()).hexdigest())

    return sorted(replies, key=order)


def _exchange(talk: TalkSession, index: int) -> dict[str, Json]:
    played = talk.played[index]
    reply, typed = played.move.reply, played.move.typed
    shown: dict[str, Json] = {
        "turn": index,
        "line": played.move.before.line,
        "say": reply.say,
        "act": reply.act,
        "typed": played.typed,
    }
    if talk.timing != "turn" and not (talk.over or talk.paused):
        return shown
    against = {(each.index, each.rule) for each in talk.disagreements()}
    last = index == len(talk.played) - 1
    return {
        **shown,
        "rupture": reply.rupture,
        "heard": reply.hears,
        "how": typed.how if typed else "",
        "finding": finding_json(played.finding),
        "findings": [
            finding_json(f, disagreed=(played.index, f.rule) in against)
            | {"draft": talk.draft(f"disagree-{index}-{f.rule}")}
            for f in played.findings
        ]
        if typed
        else [],
        "take_back": played.typed and last and not talk.over,
    }


# --- the look back ----------------------------------------------------------------------------------------------------


def _look_back(talk: TalkSession) -> Json:
    assert talk.run is not None  # noqa: S101 — only a run can be over
    known = talk.journal.looked_back(talk.run.id)
    ratings, notes = (dict(known.ratings), dict(known.notes)) if known else ({}, {})
    rows = patient_rating(talk.played[-1].move.after.state)
    rated = all(row["id"] in ratings for row in rows)
    due = next_practice(finished_days(run for run in talk.journal.runs(talk.exercise.id)))
    return {
        **debrief(talk.scenario, talk.played, talk.disagreements()),
        "rating": [
            {
                "id": row["id"],
                "says": row["says"],
                "yours": ratings.get(row["id"]),
                "hers": row["rating"] if rated else None,
            }
            for row in rows
        ],
        "look_back": [
            {
                "id": row["id"],
                "name": row["name"],
                "ask": row["ask"],
                "kept": notes.get(row["id"], ""),
                "draft": talk.draft(f"{talk.run.id}-{row['id']}") or notes.get(row["id"], ""),
                "others": talk.others(f"{talk.run.id}-{row['id']}"),
            }
            for row in csv_rows("talk_look_back")
        ],
        "calibration": calibration(judged(talk.journal)),
        "practice": day_in_words(due) if due else "",
        "compare": _compare(talk),
    }


def _compare(talk: TalkSession) -> Json:
    """Return this run beside another: the one asked for, else the one it went back from, else the first."""
    assert talk.run is not None  # noqa: S101 — as above
    other = _other(talk)
    if other is None:
        return None
    try:
        scenario, turns = talk.turns_of(other)
    except ExerciseFileError:
        return None
    pair = (
        (other, scenario, turns, talk.run, talk.scenario, talk.played)
        if other.attempt < talk.run.attempt
        else (talk.run, talk.scenario, talk.played, other, scenario, turns)
    )
    return {
        "first": _outcome(pair[0], pair[1], pair[2]),
        "second": _outcome(pair[3], pair[4], pair[5]),
        "rows": side_by_side(pair[2], pair[5]),
    }


def _other(talk: TalkSession) -> Run | None:
    run = talk.run
    finished = [each for each in talk.journal.runs(talk.exercise.id) if each.ended and run and each.id != run.id]
    wanted = talk.compared or (run.branched_from.run if run and run.branched_from else "")
    return next((each for each in finished if each.id == wanted), finished[0] if finished else None)


def _outcome(run: Run, scenario: Scenario, turns: tuple[Played, ...]) -> Json:
    state = turns[-1].move.after.state
    return {
        "run": run.id,
        "attempt": run.attempt,
        "ending": simulation.ending_of(scenario, state),
        "what": scenario.endings[simulation.ending_of(scenario, state)].what,
        "words": state_words(state),
        "turns": len(turns),
        "typed": sum(turn.typed for turn in turns),
    }


def _runs(talk: TalkSession) -> list[dict[str, Json]]:
    return [
        {
            "run": run.id,
            "attempt": run.attempt,
            "ended": run.ended,
            "turns": len(talk.journal.turns(run.id)),
            "from": run.branched_from.turn if run.branched_from else None,
            "level": run.level,
            "feedback": run.timing,
            "shown": talk.run is not None and run.id == talk.run.id,
        }
        for run in talk.journal.runs(talk.exercise.id)
    ]
