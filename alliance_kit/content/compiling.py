"""Compiled copies: the JSON beside the YAML, so that opening an exercise needs no YAML library and no time.

The same source gives the same bytes on every machine: fields in the model's order, scenes in the author's, the
digest of the source in front.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance_kit import library
from alliance_kit.content.faults import Fault
from alliance_kit.content.loading import inspect_course, inspect_file, load_course_file, load_exercise_file
from alliance_kit.content.reading import shown
from alliance_kit.content.shapes import schema_of
from alliance_kit.model import KINDS, AnyExercise, Course, Exercise
from alliance_kit.plain import to_json

SCHEMA_CLASSES: Mapping[str, type] = {**KINDS, library.COURSE_ID: Course}
"""The files in `exercises/schema/`: one for each kind, and the course's."""


@dataclass(frozen=True, slots=True)
class Compilation:
    """What compiling the library found: all faults, the copies that differed, and whether they were written."""

    faults: tuple[Fault, ...]
    differing: tuple[Path, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that kept a file from being compiled."""
        return tuple(fault for fault in self.faults if fault.severity == "error")


def compile_exercise(exercise_id: str, *, into: Path | None = None) -> AnyExercise:
    """Return an exercise read from its YAML file.

    Parameters
    ----------
    exercise_id : the exercise's id
    into : a folder for the compiled copy; where it cannot be written, the exercise is returned all the same

    Raises
    ------
    UnknownExerciseError: no file has this id; close matches are offered.
    FaultyExerciseFileError: the file has faults; all of them are named with line and column.
    """
    source = library.exercise_file(exercise_id)
    exercise = load_exercise_file(source)
    if into is not None:
        try:
            into.mkdir(parents=True, exist_ok=True)
            _write(into / f"{exercise_id}.json", compiled_text(source, exercise))
        except OSError:  # a copy saves time next time; nothing depends on it
            pass
    return exercise


def compile_all(*, check: bool = False) -> Compilation:
    """Compile every exercise without errors, and the course; copies without a source are taken away.

    Parameters
    ----------
    check : write nothing, only say which copies differ from what would be written; without the checks that walk
    """
    wanted: dict[Path, str] = {}
    faults: list[Fault] = []
    exercises: list[Exercise] = []
    for source in _sources():
        inspection = inspect_file(source, thorough=not check)
        faults += inspection.faults
        if inspection.exercise is not None and not inspection.errors:
            exercises.append(inspection.exercise)
            wanted[_copy_of(source)] = compiled_text(source, inspection.exercise)
    course = library.exercises_folder() / "course.yaml"
    faults += (found := inspect_course(course, exercises, (source.stem for source in _sources())))
    if not any(fault.severity == "error" for fault in found):
        wanted[_copy_of(course)] = compiled_text(course, load_course_file(course))
    return Compilation(tuple(faults), _bring_into_step(library.compiled_folder(), wanted, write=not check))


def compiled_text(source: Path, thing: AnyExercise | Course) -> str:
    """Return the compiled copy of an exercise or the course: JSON text, the same for the same source."""
    copy = {
        "format": library.COMPILED_FORMAT,
        "source": shown(source),
        "source_sha256": library.source_digest(source.read_bytes()),
        "exercise": to_json(thing),
    }
    return _text(copy)


def write_schemas(*, check: bool = False) -> tuple[Path, ...]:
    """Write the JSON Schema of every kind into `exercises/schema/` and return the files that differed."""
    folder = library.exercises_folder() / "schema"
    wanted = {folder / f"{name}.json": _text(schema_of(cls)) for name, cls in SCHEMA_CLASSES.items()}
    return _bring_into_step(folder, wanted, write=not check)


def _sources() -> list[Path]:
    """Return every exercise file, in the order of ids; a name that starts with `_` is a draft."""
    root = library.exercises_folder()
    found = (path for folder in library.FOLDER_OF_KIND.values() for path in (root / folder).glob("*.yaml"))
    return sorted((path for path in found if not path.name.startswith(("_", "."))), key=lambda path: path.stem)


def _copy_of(source: Path) -> Path:
    return library.compiled_folder() / f"{source.stem}.json"


def _bring_into_step(folder: Path, wanted: Mapping[Path, str], *, write: bool) -> tuple[Path, ...]:
    """Return the files of a folder that differ from what is wanted; write them, and remove what is not."""
    surplus = [path for path in folder.glob("*.json") if path not in wanted]
    differing = [path for path, text in wanted.items() if not path.is_file() or _read(path) != text]
    if write:
        folder.mkdir(parents=True, exist_ok=True)
        for path in differing:
            _write(path, wanted[path])
        for path in surplus:
            path.unlink()
    return tuple(sorted((*differing, *surplus)))


def _read(path: Path) -> str:
    """Return a file's text with plain line ends: a checkout on Windows is in step, too."""
    return path.read_bytes().decode("utf-8", errors="replace").replace("\r\n", "\n")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _text(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
