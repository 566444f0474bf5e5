"""Where the course's files are, and how they are read without any YAML library.

Authors write YAML; what runs is the compiled JSON beside it. A compiled file carries the SHA-256 of the YAML that it
was made from, so a changed source is noticed on opening and never served stale. Standard library only: this works from
a bare clone, from a wheel and in the browser.
"""

from __future__ import annotations

import csv
import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_kit.errors import ExerciseFileError, UnknownExerciseError

# Word lists are read in the blink in which a typed reply is answered: what only exercises need is imported with them.
if TYPE_CHECKING:
    from alliance_kit.model import AnyExercise, Course
    from alliance_kit.plain import Json

COMPILED_FORMAT = 1
COURSE_ID = "course"
FOLDER_OF_KIND: Mapping[str, str] = {
    "scenario": "scenarios",
    "example": "examples",
    "drill": "drills",
    "goal": "goals",
    "reflection": "reflections",
    "role_play": "role_plays",
    "scale": "scales",
}
_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CSV_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_BOM = b"\xef\xbb\xbf"


def data_folder() -> Path:
    """Return the folder that holds `exercises/` and `notebooks/`: inside the package in a wheel, else the clone's root.

    Raises
    ------
    ExerciseFileError: neither place has an `exercises` folder.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "data", package.parent):
        if (folder / "exercises").is_dir():
            return folder
    raise ExerciseFileError(f"{package.parent}: there is no 'exercises' folder here. Get the whole workbook again.")


def exercises_folder() -> Path:
    """Return the folder of the exercise files."""
    return data_folder() / "exercises"


def compiled_folder() -> Path:
    """Return the folder of the compiled exercises that come with the workbook."""
    return exercises_folder() / "compiled"


def is_exercise_id(text: str) -> bool:
    """Return whether `text` has the form of an exercise id: kebab-case, starting with a letter, not `course`."""
    return bool(_ID.fullmatch(text)) and text != COURSE_ID


def exercise_ids() -> tuple[str, ...]:
    """Return the ids of all exercises in the library, sorted; a name that starts with `_` is a draft and left out."""
    root = exercises_folder()
    written = (path.stem for folder in FOLDER_OF_KIND.values() for path in (root / folder).glob("*.yaml"))
    compiled = (path.stem for path in (root / "compiled").glob("*.json"))
    return tuple(sorted({name for name in (*written, *compiled) if is_exercise_id(name)}))


def exercise_file(exercise_id: str) -> Path:
    """Return the YAML file of an exercise.

    Raises
    ------
    UnknownExerciseError: no file has this id; close matches are offered.
    """
    if path := _source_of(exercise_id):
        return path
    raise _unknown(exercise_id)


def load_compiled(exercise_id: str, folder: Path | None = None) -> AnyExercise | None:
    """Return the exercise from its compiled copy, or None when that is missing, unreadable or older than its YAML.

    Parameters
    ----------
    exercise_id : the exercise's id, kebab-case
    folder : where compiled copies lie; the library's own `compiled` folder by default

    Raises
    ------
    UnknownExerciseError: neither a YAML file nor a compiled copy has this id; close matches are offered.
    """
    from alliance_kit.model import exercise_from_json  # noqa: PLC0415 — see the imports above

    source = _source_of(exercise_id)
    copy = (folder or compiled_folder()) / f"{exercise_id}.json"
    if source is None and not (is_exercise_id(exercise_id) and copy.is_file()):
        raise _unknown(exercise_id)
    data = _fresh(copy, source)
    try:
        return None if data is None else exercise_from_json(data, exercise_id)
    except ExerciseFileError:  # compiled for another version of the model: the YAML is asked again
        return None


def load_course() -> Course:
    """Return the course: its modules, their units, their exercises, in order.

    Raises
    ------
    ExerciseFileError: the compiled course is missing or older than `course.yaml`.
    """
    from alliance_kit.model import Course  # noqa: PLC0415 — see the imports above
    from alliance_kit.plain import from_json  # noqa: PLC0415 — see the imports above

    source = exercises_folder() / "course.yaml"
    data = _fresh(compiled_folder() / f"{COURSE_ID}.json", source if source.is_file() else None)
    if data is None:
        raise ExerciseFileError(
            "exercises/compiled/course.json is missing or older than exercises/course.yaml. "
            "Run 'python -m alliance_kit.content compile'."
        )
    return from_json(Course, data, COURSE_ID)


@functools.cache
def csv_rows(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of `exercises/lexicons/NAME.csv`, else of `exercises/NAME.csv`; missing cells are empty text.

    The rows are read once and shared: read them, do not change them.

    Raises
    ------
    ExerciseFileError: there is no such file, it is no UTF-8 text, or a row has more cells than the heading.
    """
    places = (exercises_folder() / "lexicons" / f"{name}.csv", exercises_folder() / f"{name}.csv")
    path = next((place for place in places if _CSV_NAME.fullmatch(name) and place.is_file()), None)
    if path is None:
        raise ExerciseFileError(f"exercises/lexicons/{name}.csv: there is no such list. Check the name.")
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            return tuple(_row(row, f"{path.name}:{reader.line_num}") for row in reader)
    except (UnicodeDecodeError, csv.Error) as fault:
        raise ExerciseFileError(f"{path.name}: not readable as CSV in UTF-8 ({fault}). Save it as UTF-8.") from fault


def source_digest(content: bytes) -> str:
    """Return the SHA-256 (hex) of a source file, the same whatever line ends or byte order mark a system adds."""
    import hashlib  # noqa: PLC0415 — see the imports above

    return hashlib.sha256(content.removeprefix(_BOM).replace(b"\r\n", b"\n")).hexdigest()


def _row(row: dict[str | Any, str | Any], where: str) -> dict[str, str]:
    if None in row:
        raise ExerciseFileError(f"{where}: more cells than the heading has. Put text that holds a comma in quotes.")
    return row


def _source_of(exercise_id: str) -> Path | None:
    if not is_exercise_id(exercise_id):
        return None
    root = exercises_folder()
    places = (root / folder / f"{exercise_id}.yaml" for folder in FOLDER_OF_KIND.values())
    return next((place for place in places if place.is_file()), None)


def _fresh(copy: Path, source: Path | None) -> Json | None:
    """Return the exercise inside a compiled copy, or None when the copy cannot be trusted."""
    try:
        data = json.loads(copy.read_bytes())
        if data["format"] != COMPILED_FORMAT:
            return None
        if source is not None and data["source_sha256"] != source_digest(source.read_bytes()):
            return None
        return data["exercise"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _unknown(exercise_id: str) -> UnknownExerciseError:
    known = exercise_ids()
    import difflib  # noqa: PLC0415 — see the imports above

    close = difflib.get_close_matches(str(exercise_id), known, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Known: {', '.join(known) or 'none yet'}."
    return UnknownExerciseError(f"there is no exercise {exercise_id!r}. {hint}")
