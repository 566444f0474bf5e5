"""The command `alliance …`: thin, every line of it calls one function and prints sentences."""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from alliance_kit import class_commands, launch, launch_plan, library, workbook
from alliance_kit import play as play_command
from alliance_kit.errors import AllianceKitError, ExerciseFileError, HomeError
from alliance_kit.home import ROOMS, home_folder, open_home

NEEDED = ("jupyterlab", "ipywidgets", "anywidget")
EXTENSION_FILES = ("package.json", "static/remoteEntry.js", "static/autorun.js", "static/page.js")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 well, 1 something to mend (said in a sentence), 2 not understood."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that lacks a letter of a file's name shows "?"
            stream.reconfigure(errors="replace")
    chosen = _parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except AllianceKitError as fault:
        sentence = str(fault)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was done so far is kept; run the command again to go on.\n")
        return 130
    except BrokenPipeError:  # nobody reads on, as with `… | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as fault:
        what = f"{fault.filename or 'A file'} cannot be read or written ({fault.strerror or fault})."
        sentence = f"{what} Free some space or check your permission there, then run the command again."
    sys.stderr.write(f"{sentence}\n")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="alliance", description="The Alliance Workbook.")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("open", help="open the workbook in the browser")
    command.add_argument("--no-browser", action="store_true", help="only print the address")
    command.add_argument("--port", type=int, help="use this port (default: the first free one from 8890 on)")
    command.add_argument("--notebooks", type=Path, help=argparse.SUPPRESS)  # for tests: other notebooks than ours
    command.set_defaults(run=_open)

    command = commands.add_parser("check", help="say 'ready for class', or what is missing")
    command.set_defaults(run=_check)

    command = commands.add_parser("home", help="say where your things are kept")
    command.set_defaults(run=_home)

    play_command.add_to(commands)
    class_commands.add_to(commands)
    return parser


def _open(chosen: argparse.Namespace) -> int:
    return launch.open_workbook(browser=not chosen.no_browser, port=chosen.port, notebooks=chosen.notebooks)


def _check(_chosen: argparse.Namespace) -> int:
    missing = tuple(dict.fromkeys(what_is_missing()))  # one cause is told once
    sys.stdout.write("\n".join(missing or ["ready for class"]) + "\n")
    return 1 if missing else 0


def _home(_chosen: argparse.Namespace) -> int:
    folder = home_folder()
    for name in ("", *ROOMS):
        place = folder / name
        made = "" if place.is_dir() else "  (not made yet)"
        sys.stdout.write(f"{name or 'home':<10} {place}{made}\n")
    return 0


def what_is_missing() -> Iterator[str]:
    """Yield one line for each thing that a class needs and this computer lacks; none when all is well."""
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            yield f"{name} is not installed for {sys.executable}. Run 'python start.py' again."
    for file in EXTENSION_FILES:
        if not (launch_plan.EXTENSION / file).is_file():
            yield f"{launch_plan.EXTENSION / file} is missing. Get the whole workbook again."
    for look in (open_home, _look_at_course, _look_for_notebooks, *_looks_at_exercises()):
        try:
            look()
        except AllianceKitError as fault:
            yield str(fault).splitlines()[0]


def _look_at_course() -> None:
    named = [name for module in workbook.load_course().modules for unit in module.units for name in unit.exercises]
    known = frozenset(library.exercise_ids())
    if unknown := [repr(name) for name in dict.fromkeys(named) if name not in known]:
        found = f"exercises/course.yaml names exercises that do not exist: {', '.join(unknown)}."
        raise ExerciseFileError(f"{found} Correct the id, or write the exercise.")


def _looks_at_exercises() -> Iterator[Callable[[], object]]:
    with contextlib.suppress(AllianceKitError):  # without its data folder, the course tells the same
        for exercise_id in library.exercise_ids():
            yield functools.partial(workbook.load_exercise, exercise_id)


def _look_for_notebooks() -> None:
    folder = library.data_folder() / "notebooks"
    if not (folder / launch_plan.START_PAGE).is_file():
        raise HomeError(f"{folder / launch_plan.START_PAGE} is missing. Get the whole workbook again.")
