"""Checks of the course: its units, and the exercises they name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet

from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.surroundings import repeated, unknown
from alliance_kit.model import SCHEMA_VERSION, Course, Exercise, Unit

UNIT_MINUTES = (5, 12)
"""A sitting fits between two patients."""
MAX_READING_MINUTES = 4
"""What a unit may take beyond its exercises: the notebook's own words."""
_MODULE_ID = re.compile(r"[0-9]{2}_[a-z][a-z0-9_]*")


def course_faults(course: Course, exercises: Mapping[str, Exercise], known: Collection[str] = ()) -> Iterator[Fault]:
    """Yield what does not fit between the course and the exercises that exist.

    Parameters
    ----------
    course : the course
    exercises : the exercises that can be used, by id
    known : ids of exercises that exist and have faults of their own; the course may name them
    """
    if course.schema_version != SCHEMA_VERSION:
        found = f"schema_version is {course.schema_version}, this program knows {SCHEMA_VERSION}."
        yield Fault(code="F08", message=found, place=("schema_version",))
    for index, module in enumerate(course.modules):
        if not _MODULE_ID.fullmatch(module.id):
            yield Fault(code="C06", message=f"the module id {module.id!r}.", place=("modules", index, "id"))
    yield from repeated("F13", "module", ((m.id, ("modules", i, "id")) for i, m in enumerate(course.modules)))
    yield from repeated("F13", "unit", ((unit.id, (*place, "id")) for unit, place in _units(course)))
    yield from _exercise_faults(course, {*exercises, *known})
    for unit, place in _units(course):
        yield from _minute_faults(unit, place, exercises)


def _units(course: Course) -> Iterator[tuple[Unit, Place]]:
    for number, module in enumerate(course.modules):
        for index, unit in enumerate(module.units):
            yield unit, ("modules", number, "units", index)


def _exercise_faults(course: Course, exercises: AbstractSet[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for unit, place in _units(course):
        yield from unknown("C01", "the exercise", unit.exercises, exercises, (*place, "exercises"))
        for index, exercise_id in enumerate(unit.exercises):
            if exercise_id in seen:
                found = f"{exercise_id!r} stands in an earlier unit, too."
                yield Fault(code="C02", message=found, place=(*place, "exercises", index))
            seen.add(exercise_id)
    for exercise_id in sorted(exercises - seen):
        yield Fault(code="C05", message=f"{exercise_id!r} is in no unit.", place=("modules",))


def _minute_faults(unit: Unit, place: Place, exercises: Mapping[str, Exercise]) -> Iterator[Fault]:
    if not UNIT_MINUTES[0] <= unit.minutes <= UNIT_MINUTES[1]:
        yield Fault(code="C03", message=f"{unit.minutes} minutes.", place=(*place, "minutes"))
    needed = [exercises[name].minutes for name in unit.exercises if name in exercises]
    if needed and len(needed) == len(unit.exercises) and not 0 <= unit.minutes - sum(needed) <= MAX_READING_MINUTES:
        found = f"{unit.minutes} minutes, its exercises alone take {sum(needed)}."
        yield Fault(code="C04", message=found, place=(*place, "minutes"))
