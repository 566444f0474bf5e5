"""`python -m alliance_kit.content …`: what authors and CI call."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from alliance_kit import library
from alliance_kit.content.codes import table_lines
from alliance_kit.content.compiling import compile_all, write_schemas
from alliance_kit.content.faults import Fault
from alliance_kit.content.loading import inspect_course, inspect_file
from alliance_kit.content.reading import shown
from alliance_kit.content.surroundings import surroundings
from alliance_kit.errors import AllianceKitError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 something to mend, 2 not understood."""
    chosen = _parser().parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):  # a console that lacks a character gets a question mark, no traceback
        sys.stdout.reconfigure(errors="replace")
    try:
        return int(chosen.run(chosen))
    except AllianceKitError as fault:
        _say([str(fault)])
        return 1
    except BrokenPipeError:  # the reader has seen enough, e.g. 'head'
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m alliance_kit.content", description="Exercise files.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("check", help="say everything that is wrong in exercise files")
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="files or ids, or course; all by default")
    command.set_defaults(run=_check)

    command = commands.add_parser("compile", help="write exercises/compiled/ from the YAML files")
    command.add_argument("--check", action="store_true", help="write nothing; fail where a copy is out of step")
    command.set_defaults(run=_compile)

    command = commands.add_parser("schema", help="write exercises/schema/ from the model")
    command.add_argument("--check", action="store_true", help="write nothing; fail where a schema is out of step")
    command.set_defaults(run=_schema)

    command = commands.add_parser("ids", help="print the ids that exercises may refer to")
    command.set_defaults(run=_ids)

    command = commands.add_parser("codes", help="print the table of codes for docs/authoring.md")
    command.set_defaults(run=_codes)
    return parser


def _check(chosen: argparse.Namespace) -> int:
    course = library.exercises_folder() / f"{library.COURSE_ID}.yaml"
    files = [_file_for(path, course) for path in chosen.files]
    files = files or [*map(library.exercise_file, library.exercise_ids()), course]
    grave = 0
    for path in files:
        faults = _course_faults(path) if path.name == course.name else inspect_file(path).faults
        grave += sum(fault.severity != "notice" for fault in faults)
        _say(_lines(faults) if faults else [f"{shown(path)}: nothing to mend."])
    return 1 if grave else 0


def _file_for(given: Path, course: Path) -> Path:
    """Return the file that a word on the command line names: a path, an exercise's id, or `course`."""
    if given.suffix:
        return given
    return course if str(given) == library.COURSE_ID else library.exercise_file(str(given))


def _course_faults(path: Path) -> tuple[Fault, ...]:
    ids = library.exercise_ids()
    inspections = (inspect_file(library.exercise_file(name), thorough=False) for name in ids)
    usable = [found.exercise for found in inspections if found.exercise is not None and not found.errors]
    return inspect_course(path, usable, ids)


def _compile(chosen: argparse.Namespace) -> int:
    result = compile_all(check=chosen.check)
    _say(_lines(fault for fault in result.faults if fault.severity != "notice"))
    done = "out of step" if chosen.check else "brought into step"
    _say(f"{shown(path)}: {done}." for path in result.differing)
    return 1 if result.errors or (chosen.check and result.differing) else 0


def _schema(chosen: argparse.Namespace) -> int:
    differing = write_schemas(check=chosen.check)
    _say(f"{shown(path)}: {'out of step' if chosen.check else 'brought into step'}." for path in differing)
    return 1 if chosen.check and differing else 0


def _ids(_chosen: argparse.Namespace) -> int:
    near = surroundings()
    for name in ("strategies", "parts", "microskills", "sources"):
        _say([f"{name}: {', '.join(sorted(getattr(near, name)))}"])
    return 0


def _codes(_chosen: argparse.Namespace) -> int:
    _say(table_lines())
    return 0


def _lines(faults: Iterable[Fault]) -> list[str]:
    return [f"{fault.severity}: {fault}" for fault in faults]


def _say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
