"""From an exercise file to the exercise, or to everything that is wrong in it, at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alliance_kit import library
from alliance_kit.content.checks import all_faults, file_faults, structure_faults
from alliance_kit.content.checks_course import course_faults
from alliance_kit.content.composing import Reading
from alliance_kit.content.faults import Fault, FaultyExerciseFileError, place_of
from alliance_kit.content.reading import read_leniently
from alliance_kit.content.shapes import (
    UNKNOWN_FIELD,
    class_for,
    kind_faults,
    shape_faults,
    without_unknown_fields,
)
from alliance_kit.content.surroundings import surroundings
from alliance_kit.errors import AllianceKitError, ExerciseFileError
from alliance_kit.model import AnyExercise, Course, Exercise, Scenario, exercise_from_json
from alliance_kit.plain import from_json

_QUOTING = "Y07"


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
    cls = class_for(reading.data)
    shape = shape_faults(cls, reading.data) if cls else tuple(kind_faults(reading.data))
    if any(fault.code != UNKNOWN_FIELD for fault in shape):
        return Inspection(None, _merged(reading, shape))
    # A field too many does not keep the rest from being looked at: authors hear of everything in one go.
    try:
        exercise = exercise_from_json(without_unknown_fields(reading.data, shape))
    except ExerciseFileError as fault:  # the model's own reader is the stricter of the two
        where, _, message = str(fault).partition(": ")
        told = Fault(code="F04", message=message, place=place_of(where.removeprefix("exercise")))
        return Inspection(None, _merged(reading, (*shape, told)))
    ask = all_faults if thorough and not shape else structure_faults
    found = (*shape, *file_faults(exercise, path), *ask(exercise, surroundings(scenario_of)))
    return Inspection(None if shape else exercise, _merged(reading, found))


def inspect_course(path: Path, exercises: Iterable[Exercise]) -> tuple[Fault, ...]:
    """Return everything that is wrong with the course file, given the exercises that exist."""
    try:
        course = load_course_file(path)
    except FaultyExerciseFileError as failure:
        return failure.faults
    reading = read_leniently(path)
    return _merged(reading, course_faults(course, {exercise.id: exercise for exercise in exercises}))


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
