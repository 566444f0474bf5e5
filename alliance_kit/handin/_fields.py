"""What may leave in a hand-in: these fields of these lines, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alliance_kit.journal import Line
from alliance_kit.model import AnyExercise, DrillSet, Example, GoalCase, Reflection, RolePlay, Scale
from alliance_kit.plain import Json
from alliance_kit.roleplay import as_handed_in

# In these tables `_ALL` lets a value through as it is, a mapping its keys, a list what it says of each entry.
_ALL: Final = None
_SPAN = {"start": _ALL, "end": _ALL}
_FINDING = {
    "criterion": _ALL,
    "level": _ALL,
    "rule": _ALL,
    "why": _ALL,
    "points": _ALL,
    "max_points": _ALL,
    "spans": [_SPAN],
    "try_instead": _ALL,
    "source": _ALL,
}
_FEEDBACK = {
    "exercise": _ALL,
    "grader": _ALL,
    "findings": [_FINDING],
    "points": _ALL,
    "max_points": _ALL,
    "next_step": _ALL,
}
_STATE = {
    "bond": _ALL,
    "goals": _ALL,
    "tasks": _ALL,
    "rupture": _ALL,
    "raised": _ALL,
    "met": _ALL,
    "breached": _ALL,
    "said": _ALL,
    "level": _ALL,
}
_TYPED = {
    "how": _ALL,
    "by": _ALL,
    "hears": _ALL,
    "answers": _ALL,
    "starter": _ALL,
    "share": _ALL,
    "quality": _ALL,
    "skills": _ALL,
    "rupture": _ALL,
    "repairs": _ALL,
    "meets": _ALL,
    "breaches": _ALL,
}
_ENVELOPE = {"schema": _ALL, "id": _ALL, "machine": _ALL, "seq": _ALL, "at": _ALL, "type": _ALL}

LEAVES: Mapping[str, Mapping[str, Any]] = {
    "exercise": _ENVELOPE | {"digest": _ALL, "exercise": _ALL},
    "run": _ENVELOPE
    | {
        "run": _ALL,
        "exercise": _ALL,
        "digest": _ALL,
        "attempt": _ALL,
        "branched_from": {"run": _ALL, "turn": _ALL},
        "level": _ALL,
        "support": _ALL,
        "timing": _ALL,
    },
    "turn": _ENVELOPE
    | {
        "run": _ALL,
        "index": _ALL,
        "scene": _ALL,
        "reply": _ALL,
        "said": _ALL,
        "line": _ALL,
        "answer_line": _ALL,
        "act": _ALL,
        "state_before": _STATE,
        "state_after": _STATE,
        "ended": _ALL,
        "reached": _ALL,
        "findings": [_FINDING],
        "grader": _ALL,
        "confidence": _ALL,
        "typed": _TYPED,
    },
    "answer": _ENVELOPE
    | {
        "exercise": _ALL,
        "digest": _ALL,
        "attempt": _ALL,
        "item": _ALL,
        "answer": _ALL,
        "started": _ALL,
        "answered": _ALL,
        "feedback": _FEEDBACK,
        "confidence": _ALL,
    },
    "written": _ENVELOPE | {"exercise": _ALL, "digest": _ALL, "answered": _ALL},
}


def only(spec: Any, data: Json) -> Json:
    """Return the part of `data` that `spec` lets through; what has another shape than the table says does not leave."""
    if spec is _ALL:
        return data
    if isinstance(spec, list):
        return [only(spec[0], entry) for entry in data] if isinstance(data, list) else None
    return (
        {key: only(spec[key], value) for key, value in data.items() if key in spec} if isinstance(data, dict) else None
    )


def leaving(line: Line, exercise: AnyExercise, *, confidence: bool) -> dict[str, Json]:
    """Return the fields of a line that leave; the answer's keys are those that its exercise asks for."""
    out: dict[str, Json] = only(LEAVES[line.type], line.to_json())
    if isinstance(answer := out.get("answer"), dict):
        asked = _answer_keys(exercise)
        out["answer"] = {key: value for key, value in answer.items() if key in asked}
    if isinstance(exercise, RolePlay):
        given, feedback = line.data.get("answer"), out.get("feedback") or {}
        text, findings = as_handed_in(given if isinstance(given, dict) else {}, feedback.get("findings") or ())
        out["answer"] = {"text": text}
        if feedback:
            out["feedback"] = {**feedback, "findings": findings}
    if not confidence:
        out.pop("confidence", None)
    return out


def _answer_keys(exercise: AnyExercise) -> frozenset[str]:
    match exercise:
        case Reflection():
            return frozenset(prompt.id for prompt in exercise.prompts)
        case Scale():
            return frozenset(item.id for item in exercise.items)
        case DrillSet():
            return frozenset({"item", "choice", "text"})
        case GoalCase() | RolePlay():
            return frozenset({"text"})
        case Example():
            return frozenset({"seen"})
        case _:
            return frozenset()
