"""Recorded answers for whole notebooks: every exercise of a module, answered as well or as badly as can be."""

from __future__ import annotations

from typing import Any, Literal

from alliance_kit import simulation
from alliance_kit.model import (
    AnyExercise,
    DrillItem,
    DrillSet,
    Example,
    GoalCase,
    Reflection,
    RolePlay,
    Scale,
    Scenario,
)
from alliance_kit.workbook import load_course, load_exercise

How = Literal["best", "worst"]
RANK = {"strong": 0, "workable": 1, "poor": 2}
GOALS = {
    "goal-kathleen": (
        "In 4 weeks I will make 14 beds in one shift, one knee on the bed frame, without holding my breath, because I "
        "get paid by the room; today I hold my breath from bed ten on. I want to do my beds like before."
    ),
    "goal-hana": (
        "By June 1 I will walk half my mail route, sitting once on the wall by the Bakers' for five minutes, at pain 3 "
        "of 10 or less, because I want my route back; today I manage a quarter of it."
    ),
    "goal-curtis": (
        "In 6 weeks I will lift 20 kg from floor to bench 10 times in an hour, with breaks when I choose, because I "
        "want half shifts before I lose the house; today it is 8 kg, 4 times."
    ),
}
VAGUE = "Improve strength, ROM and function."


def recorded(module_id: str, how: How) -> dict[str, list[dict[str, Any]]]:
    """Return messages for every exercise of a module, by exercise id."""
    module = next(m for m in load_course().modules if m.id == module_id)
    ids = [exercise_id for unit in module.units for exercise_id in unit.exercises]
    return {exercise_id: messages(load_exercise(exercise_id), how) for exercise_id in ids}


def messages(exercise: AnyExercise, how: How) -> list[dict[str, Any]]:
    """Return what a learner who answers `how` sends to this exercise's session."""
    match exercise:
        case Scenario():
            return _talk(exercise, how)
        case DrillSet():
            return [m for i, item in enumerate(exercise.items) for m in (_go(i), _item(item, how))]
        case GoalCase():
            versions = [VAGUE, GOALS[exercise.id]] if how == "best" else [VAGUE, f"{VAGUE} Do HEP as instructed."]
            return [{"do": "write", "text": text} for text in versions]
        case Reflection():
            return [{"do": "write", "texts": {prompt.id: f"Synthetic answer, {how}." for prompt in exercise.prompts}}]
        case RolePlay():
            ticks = [{"do": "tick", "id": each.id, "on": True} for each in exercise.agree]
            lines = "\n".join((*exercise.form, f"Patient: Yes, {how}."))
            return [*ticks, {"do": "read", "text": lines}, {"do": "keep", "invented": True}]
        case Scale():
            value = exercise.steps if how == "best" else 1
            return [{"do": "rate", "item": item.id, "value": value} for item in exercise.items]
        case Example():
            return [{"do": "all"}]


def _talk(scenario: Scenario, how: How) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = [{"do": "begin"}]
    position = simulation.begin(scenario)
    while not position.over:
        choose = min if how == "best" else max
        reply = choose(scenario.scenes[position.scene].replies, key=lambda r: RANK[r.quality])
        sent.append({"do": "say", "turn": len(sent) - 1, "reply": reply.id, "confidence": 0.7})
        position = simulation.step(scenario, position, reply.id).after
    return sent


def _go(index: int) -> dict[str, Any]:
    return {"do": "go", "index": index}


def _item(item: DrillItem, how: How) -> dict[str, Any]:
    if item.kind == "rewrite":
        text = f"{item.samples[0]} That is how I would put it." if how == "best" else "Okay so that is what it is then."
        return {"do": "answer", "item": item.id, "text": text}
    choice = next(c for c in item.choices if c.best == (how == "best"))
    return {"do": "answer", "item": item.id, "choice": choice.id, "confidence": None}
