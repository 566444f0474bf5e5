"""Reading what authors write: YAML to exercises, with file, line and column for every fault; coded checks; compiling.

Back office: needs ruamel.yaml and pydantic. What runs in a notebook reads compiled copies (`alliance_kit.library`).
"""

from alliance_kit.content.codes import CODES, Code
from alliance_kit.content.compiling import Compilation, compile_all, compile_exercise, write_schemas
from alliance_kit.content.faults import Fault, FaultyExerciseFileError
from alliance_kit.content.loading import (
    Inspection,
    inspect_course,
    inspect_file,
    load_course_file,
    load_exercise_file,
)
from alliance_kit.content.reading import read_yaml

__all__ = [
    "CODES",
    "Code",
    "Compilation",
    "Fault",
    "FaultyExerciseFileError",
    "Inspection",
    "compile_all",
    "compile_exercise",
    "inspect_course",
    "inspect_file",
    "load_course_file",
    "load_exercise_file",
    "read_yaml",
    "write_schemas",
]
