"""From an exercise file to the exercise, or to everything that is wrong in it, at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar, cast

from alliance_kit import library
from alliance_kit.content.checks import all_faults, file_faults, structure_faults
from alliance_kit.content.checks_course import course_faults
from alliance_kit.content.composing import Reading
from alliance_kit.content.faults import NAMES, Fault, FaultyExerciseFileError, Place
from alliance_kit.content.follow_ons import without_follow_ons
from alliance_kit.content.mending import mended
from alliance_kit.content.reading import read_leniently
from alliance_kit.content.shapes import class_for, kind_faults, meant_fields, overlooked, shape_faults
from alliance_kit.content.surroundings import surroundings
from alliance_kit.errors import AllianceKitError
from alliance_kit.model import KINDS, AnyExercise, Course, Exercise, Scenario
from alliance_kit.plain import Json, from_json

_QUOTING, _DOUBLE = "Y07", "Y11"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an exercise file holds: the exercise, or None where faults keep it from being built, and all faults."""

    exercise: AnyExercise | None
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that keep the exercise from being used."""
        return tuple(fault for fault in self.faults if fault.severity == "error")


def load_exercise_file(path: Path) -> AnyExercise:
    """Return the exercise that a YAML file holds.

    Raises
    ------
    FaultyExerciseFileError: the file has faults; the message names all of them with line and column.
    """
    inspection = inspect_file(path, thorough=False)
    if inspection.errors or inspection.exercise is None:
        raise FaultyExerciseFileError(inspection.errors)
    return inspection.exercise


def load_course_file(path: Path) -> Course:
    """Return the course that a YAML file holds.

    Raises
    ------
    FaultyExerciseFileError: the file has faults; the message names all of them with line and column.
    """
    reading = read_leniently(path)
    faults = reading.faults if not reading.whole else _merged(reading, shape_faults(Course, reading.data))
    if faults:
        raise FaultyExerciseFileError(faults)
    return from_json(Course, reading.data, library.COURSE_ID)


def inspect_file(path: Path, *, thorough: bool = True) -> Inspection:
    """Return a file's exercise and everything that is wrong with it, in the order of its lines.

    Parameters
    ----------
    path : the YAML file
    thorough : also walk through conversations and judge how well the file teaches; up to two seconds
    """
    reading = read_leniently(path)
    if not reading.whole:
        return Inspection(None, tuple(reading.faults))
    kind, cls, data = _kind_of(reading.data, path)
    found, holes, exercise = _fitted(cls, data, reading)
    if kind and ("kind",) not in holes:  # else its misspelt name is told
        found, holes = (*kind, *found), holes | {("kind",)}
    whole = None if found else exercise
    ask = all_faults if thorough else structure_faults
    found += without_follow_ons(file_faults(exercise, path), holes)
    found += ask(exercise, surroundings(scenario_of), holes)
    return Inspection(cast("AnyExercise | None", whole), _merged(reading, found))


def inspect_course(path: Path, exercises: Iterable[Exercise], known: Iterable[str] = ()) -> tuple[Fault, ...]:
    """Return everything that is wrong with the course file.

    Parameters
    ----------
    path : the YAML file
    exercises : the exercises that can be used
    known : ids of exercises that exist and have faults of their own
    """
    reading = read_leniently(path)
    if not reading.whole:
        return tuple(reading.faults)
    found, holes, course = _fitted(Course, reading.data, reading)
    by_id = {exercise.id: exercise for exercise in exercises}
    found += without_follow_ons(course_faults(course, by_id, tuple(known)), holes)
    return _merged(reading, found)


def _kind_of(data: Json, path: Path) -> tuple[tuple[Fault, ...], type[Exercise], Json]:
    """Return the faults of a file's kind, the class to look at it with, and its data as far as that class knows them.

    Where the kind is unknown, the folder tells it; in any other folder there is still the head that all kinds share.
    """
    if cls := class_for(data):
        return (), cls, data
    kind = next((kind for kind, folder in library.FOLDER_OF_KIND.items() if folder == path.parent.name), "")
    if kind:
        return tuple(kind_faults(data)), KINDS[kind], {**data, "kind": kind}
    head = {field.name: data[field.name] for field in fields(Exercise) if field.name in data}
    return tuple(kind_faults(data)), Exercise, {**head, "kind": ""}


def _fitted(cls: type[T], data: Json, reading: Reading) -> tuple[tuple[Fault, ...], frozenset[Place], T]:
    """Return what does not fit a class of the model, the holes it leaves, and the rest as far as it can be built."""
    shape = shape_faults(cls, data)
    rest, holes = mended(cls, data)
    meant = meant_fields(cls, data, shape)
    # The model's own reader is the stricter of the two: a hole that pydantic saw no reason for is told in its words.
    shape += tuple(overlooked(cls, data, holes - meant, shape))
    return shape, holes | meant | _unread(reading), from_json(cls, rest)


def _unread(reading: Reading) -> frozenset[Place]:
    """Return the places that the reader could not take as they stand."""
    places = {fault.place for fault in reading.faults if fault.code != _QUOTING and fault.place}
    return frozenset(places | {(*fault.place[:-1], NAMES) for fault in reading.faults if fault.code == _DOUBLE})


def scenario_of(exercise_id: str) -> Scenario | None:
    """Return the scenario with this id, or None where there is no such scenario that can be read."""
    try:
        exercise = library.load_compiled(exercise_id)
        exercise = exercise or load_exercise_file(library.exercise_file(exercise_id))
    except AllianceKitError:
        return None
    return exercise if isinstance(exercise, Scenario) else None


def _merged(reading: Reading, found: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return the reader's faults and the located others in the order of lines, each place told about once.

    An unquoted `no` where true or false belongs is better told by the model; where a tag or an alias stands, the
    model could only repeat that nothing was understood.
    """
    located = [reading.located(fault) for fault in found]
    unread = {fault.place for fault in reading.faults if fault.code != _QUOTING}
    kept = [fault for fault in located if not any(fault.place[: len(place)] == place for place in unread if place)]
    places = {fault.place for fault in kept}
    told = [fault for fault in reading.faults if fault.code != _QUOTING or fault.place not in places]
    return tuple(sorted((*told, *kept), key=lambda fault: (fault.line, fault.column)))
