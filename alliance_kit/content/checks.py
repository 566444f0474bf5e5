"""Which checks there are for which kind, and in which order they are asked.

Two sets: `structure_faults` is quick and runs whenever a file is read, so that nothing broken is ever played;
`all_faults` also walks through conversations and judges how well a file teaches, for authors and for the tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import chain
from pathlib import Path

from alliance_kit import library
from alliance_kit.content.checks_items import (
    DRILL_STRUCTURE,
    DRILL_TEACHING,
    EXAMPLE_STRUCTURE,
    GOAL_STRUCTURE,
    GOAL_TEACHING,
    REFLECTION_STRUCTURE,
    ROLE_PLAY_STRUCTURE,
    SCALE_STRUCTURE,
)
from alliance_kit.content.checks_play import SCENARIO_PLAY, SCENARIO_WALKS
from alliance_kit.content.checks_scenario import SCENARIO_STRUCTURE
from alliance_kit.content.checks_typed import SCENARIO_TYPED, SCENARIO_TYPED_TEACHING
from alliance_kit.content.checks_wording import SCENARIO_TEACHING, SCENARIO_WORDING
from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.follow_ons import without_follow_ons
from alliance_kit.content.surroundings import Check, Surroundings, unknown
from alliance_kit.model import SCHEMA_VERSION, Exercise

MAX_MINUTES = 30
"""An exercise is one sitting; half an hour is more than a busy day gives."""
MIN_OBJECTIVES = {"scenario": 2, "drill": 2}
"""What teaches most says so most clearly; every other kind names at least one objective."""
_HEAD = frozenset(field.name for field in fields(Exercise))
_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True, slots=True)
class _Checks:
    structure: tuple[Check, ...]
    walks: tuple[Check, ...] = ()
    teaching: tuple[Check, ...] = ()


# --- what every exercise carries ------------------------------------------------------------------------------------


def head_is_sound(exercise: Exercise, near: Surroundings) -> Iterator[Fault]:
    """F06, F08, F09, F10, F11, F12: id, versions, title, minutes, strategies, sources."""
    if not library.is_exercise_id(exercise.id):
        yield Fault(code="F06", message=f"the id {exercise.id!r} is not kebab-case, or is taken.", place=("id",))
    if exercise.schema_version != SCHEMA_VERSION:
        found = f"schema_version is {exercise.schema_version}, this program knows {SCHEMA_VERSION}."
        yield Fault(code="F08", message=found, place=("schema_version",))
    if not _VERSION.fullmatch(exercise.version):
        yield Fault(code="F08", message=f"the version {exercise.version!r} is not like 1.0.0.", place=("version",))
    if not exercise.title.strip():
        yield Fault(code="F09", message="'title' is empty.", place=("title",))
    if not 1 <= exercise.minutes <= MAX_MINUTES:
        found = f"{exercise.minutes} minutes; an exercise takes 1 to {MAX_MINUTES}."
        yield Fault(code="F10", message=found, place=("minutes",))
    yield from unknown("F11", "the strategy", exercise.strategies, near.strategies, ("strategies",))
    yield from unknown("F12", "the source", exercise.source, near.sources, ("source",))


def head_is_complete(exercise: Exercise, _: Surroundings) -> Iterator[Fault]:
    """F14, T17: there are objectives, and somebody has looked at the content."""
    if len(exercise.objectives) < (least := MIN_OBJECTIVES.get(exercise.kind, 1)):
        found = f"{len(exercise.objectives)} objectives, at least {least}."
        yield Fault(code="T17", message=found, place=("objectives",))
    if exercise.reviewed_by.clinician.strip().casefold() == "not yet":
        yield Fault(code="F14", message="no clinician has reviewed this yet.", place=("reviewed_by",))


_FOR_KIND: Mapping[str, _Checks] = {
    "scenario": _Checks(
        (*SCENARIO_STRUCTURE, *SCENARIO_TYPED),
        SCENARIO_WALKS,
        (*SCENARIO_TEACHING, *SCENARIO_TYPED_TEACHING, *SCENARIO_PLAY),
    ),
    "example": _Checks(EXAMPLE_STRUCTURE),
    "drill": _Checks(DRILL_STRUCTURE, teaching=DRILL_TEACHING),
    "goal": _Checks(GOAL_STRUCTURE, teaching=GOAL_TEACHING),
    "reflection": _Checks(REFLECTION_STRUCTURE),
    "role_play": _Checks(ROLE_PLAY_STRUCTURE),
    "scale": _Checks(SCALE_STRUCTURE),
}


def structure_faults(
    exercise: Exercise, near: Surroundings, holes: frozenset[Place] = frozenset()
) -> tuple[Fault, ...]:
    """Return what keeps an exercise from being used, and the warnings of its recorded walks; quick.

    Parameters
    ----------
    exercise : the exercise, of a kind or only its head
    near : the ids around it
    holes : places that hold a stand-in for what did not fit the model; nothing is told about them, or because of them
    """
    checks = _FOR_KIND.get(exercise.kind, _Checks(()))
    # A conversation's words are structure too: feedback that points at words which are not there cannot be shown.
    wording = SCENARIO_WORDING if exercise.kind == "scenario" else ()
    faults = without_follow_ons(_run((head_is_sound, *checks.structure, *wording), exercise, near), holes)
    # Walks need scenes that hang together; a fault in wording alone does not keep anyone from walking.
    return faults + _run(checks.walks, exercise, near) if _can_be_walked(faults, holes) else faults


def all_faults(exercise: Exercise, near: Surroundings, holes: frozenset[Place] = frozenset()) -> tuple[Fault, ...]:
    """Return everything that the checks find, in the order of the checks; up to two seconds for a conversation."""
    faults = structure_faults(exercise, near, holes)
    faults += without_follow_ons(head_is_complete(exercise, near), holes)
    teaching = _FOR_KIND.get(exercise.kind, _Checks(())).teaching
    return faults + _run(teaching, exercise, near) if _can_be_walked(faults, holes) else faults


def file_faults(exercise: Exercise, path: Path) -> Iterator[Fault]:
    """Yield F07 where a file's name or folder is another than its content says."""
    if path.stem != exercise.id:
        yield Fault(code="F07", message=f"the file is called {path.name!r}, the id is {exercise.id!r}.", place=("id",))
    folder = library.FOLDER_OF_KIND.get(exercise.kind, path.parent.name)
    if path.parent.name in library.FOLDER_OF_KIND.values() and path.parent.name != folder:
        found = f"a {exercise.kind} in the folder {path.parent.name!r}; its place is {folder!r}."
        yield Fault(code="F07", message=found, place=("kind",))


def _run(checks: tuple[Check, ...], exercise: Exercise, near: Surroundings) -> tuple[Fault, ...]:
    return tuple(chain.from_iterable(check(exercise, near) for check in checks))


def _can_be_walked(faults: Iterable[Fault], holes: Iterable[Place]) -> bool:
    """Return whether the body is whole: a hole in the head keeps nobody from walking and judging."""
    return all(hole[0] in _HEAD for hole in holes) and not any(_breaks_walks(fault) for fault in faults)


def _breaks_walks(fault: Fault) -> bool:
    """Return whether a fault is of the kind behind which a walk could fall."""
    return fault.severity == "error" and fault.code[0] == "S" and fault.code not in {"S15", "S16"}
