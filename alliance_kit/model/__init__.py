"""The nouns of the workbook: frozen dataclasses, plain JSON in and out, standard library only.

One definition serves three readers: the runtime builds these objects from compiled JSON (`from_json`),
`alliance_kit.content` validates authors' YAML against the same classes through pydantic, and the JSON Schema in
`exercises/schema/` is generated from them.
"""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Mapping

from alliance_kit.errors import ExerciseFileError
from alliance_kit.model._course import Course, Module, Unit
from alliance_kit.model._exercise import Exercise, Review
from alliance_kit.model._feedback import Context, Feedback, Finding, Level, Response
from alliance_kit.model._other import (
    Agreement,
    Choice,
    Cue,
    DrillItem,
    DrillKind,
    DrillSet,
    Example,
    ExampleLine,
    GoalCase,
    Prompt,
    Reflection,
    RolePlay,
    Scale,
    ScaleItem,
    Speaker,
)
from alliance_kit.model._talk import (
    Act,
    Ending,
    EndingName,
    Line,
    Pace,
    Patient,
    Quality,
    Reply,
    SafetyItem,
    SafetyKind,
    Scenario,
    Scene,
    Walk,
    Wish,
)
from alliance_kit.model._talk_parts import Branch, Effects, Rupture, Start
from alliance_kit.model._typed import (
    Answer,
    Asides,
    Fact,
    Hearing,
    HearingRule,
    How,
    LevelStart,
    Reveal,
    TypedReply,
    TypedTurn,
)
from alliance_kit.plain import Json, canonical_json, from_json, to_json
from alliance_kit.spans import Span

__all__ = [
    "KINDS",
    "SCHEMA_VERSION",
    "Act",
    "Agreement",
    "Answer",
    "AnyExercise",
    "Asides",
    "Branch",
    "Choice",
    "Context",
    "Course",
    "Cue",
    "DrillItem",
    "DrillKind",
    "DrillSet",
    "Effects",
    "Ending",
    "EndingName",
    "Example",
    "ExampleLine",
    "Exercise",
    "Fact",
    "Feedback",
    "Finding",
    "GoalCase",
    "Hearing",
    "HearingRule",
    "How",
    "Level",
    "LevelStart",
    "Line",
    "Module",
    "Pace",
    "Patient",
    "Prompt",
    "Quality",
    "Reflection",
    "Reply",
    "Response",
    "Reveal",
    "Review",
    "RolePlay",
    "Rupture",
    "SafetyItem",
    "SafetyKind",
    "Scale",
    "ScaleItem",
    "Scenario",
    "Scene",
    "Span",
    "Speaker",
    "Start",
    "TypedReply",
    "TypedTurn",
    "Unit",
    "Walk",
    "Wish",
    "digest_of",
    "exercise_from_json",
]

SCHEMA_VERSION = 1

AnyExercise = Scenario | Example | DrillSet | GoalCase | Reflection | RolePlay | Scale

KINDS: Mapping[str, type[Exercise]] = {
    "scenario": Scenario,
    "example": Example,
    "drill": DrillSet,
    "goal": GoalCase,
    "reflection": Reflection,
    "role_play": RolePlay,
    "scale": Scale,
}


# --- an exercise as plain JSON ------------------------------------------------------------------------------------


def exercise_from_json(data: Json, where: str = "exercise") -> AnyExercise:
    """Build the exercise that `data` describes, its class chosen by `kind`.

    Raises
    ------
    ExerciseFileError: not an object, an unknown kind, or a fault in a field.
    """
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ExerciseFileError(f"{where}: kind {kind!r} is not one of {', '.join(KINDS)}. Set 'kind'.")
    return typing.cast("AnyExercise", from_json(KINDS[kind], data, where))


def digest_of(exercise: Exercise) -> str:
    """Return the SHA-256 (hex) of the exercise's canonical JSON: what the learner saw and what scores it."""
    return hashlib.sha256(canonical_json(to_json(exercise)).encode("utf-8", "surrogatepass")).hexdigest()
