"""The command `alliance play`: a talk in a terminal, or from a file of lines, on the same journal as in the browser.

It decides nothing about the talk, so a page, a terminal and a file lead to the same talk.
"""

from __future__ import annotations

import argparse
import contextlib
import difflib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from alliance_kit import library
from alliance_kit.errors import AllianceKitError, UnknownExerciseError
from alliance_kit.home import open_home
from alliance_kit.journal import Journal
from alliance_kit.model import Scenario
from alliance_kit.play._terminal import CHOICES_OF, KEPT, LEVELS, Terminal
from alliance_kit.play._text import HELP, Shown
from alliance_kit.sessions.talk import TIMINGS, TalkSession
from alliance_kit.workbook import load_exercise

__all__ = ["HELP", "KEPT", "Shown", "Terminal", "add_to", "find_talk", "play", "print_all", "run"]

NARROWEST, WIDEST = 30, 100
"""Columns between which text is wrapped: longer lines are hard to read, shorter ones hold too few words."""


def add_to(commands: Any) -> None:
    """Add the command to the parser's sub-commands."""
    command = commands.add_parser(
        "play",
        help="talk with a simulated patient in this terminal",
        description="Talk with a simulated patient in this terminal, on the same journal as in the browser.",
    )
    command.add_argument("scenario", metavar="SCENARIO", nargs="?", help="the talk's id; without it, all are listed")
    command.add_argument("--level", type=int, choices=LEVELS, help="how hard it is (default: the talk's own level)")
    command.add_argument("--support", choices=CHOICES_OF["support"], default="auto", help="how much help you get")
    command.add_argument("--feedback", choices=TIMINGS, default="turn", help="when you see what was heard")
    command.add_argument(
        "--answers", metavar="FILE", type=Path, help="read what to enter from a file, a line at a time"
    )
    command.add_argument("--home", metavar="FOLDER", type=Path, help="your things are there (as ALLIANCE_HOME)")
    command.set_defaults(run=play)


def play(chosen: argparse.Namespace) -> int:
    """Play a talk to its end, or as far as the entered lines go."""
    if chosen.scenario is None:
        width = max(map(len, talks := _talks()), default=0)
        print_all([Shown(talks[name], f"{name:<{width}}  ") for name in talks])
        return 0
    if chosen.home is not None:
        os.environ["ALLIANCE_HOME"] = str(chosen.home)
    scenario = find_talk(chosen.scenario)
    entered = None if chosen.answers is None else chosen.answers.read_text("utf-8-sig", "replace").splitlines()
    home = open_home()
    session = TalkSession(scenario, Journal(home.journal))
    print_all([Shown(warning) for warning in home.warnings])
    settings = {"level": chosen.level, "support": chosen.support, "feedback": chosen.feedback}
    scripted = entered is not None or not sys.stdin.isatty()
    terminal = Terminal(session, settings, scripted=scripted)
    lines = sys.stdin if entered is None else entered
    run(terminal, _filled(lines) if scripted else _typed(terminal))
    return 0


def run(terminal: Terminal, lines: Iterable[str]) -> None:
    """Show a talk and enter one line after the other, until the learner leaves or no line is left."""
    print_all(terminal.opening())
    for line in lines:
        print_all(terminal.enter(line))
        if terminal.done:
            return
    print_all([terminal.farewell])


def _filled(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in lines if line.strip())


def _typed(terminal: Terminal) -> Iterator[str]:
    """Yield what is typed, until the terminal is shut or stopped."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415 — lets the arrow keys move within a line, where the system has it
    while True:
        try:
            yield input(f"\n{terminal.prompt}")
        except (EOFError, KeyboardInterrupt):
            sys.stdout.write("\n")
            return


def print_all(shown: Iterable[Shown]) -> None:
    """Print paragraphs, as wide as the terminal; the quiet ones dimmed where that is wanted and can be done."""
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size((80, 24)).columns - 1))
    before, after = ("\033[2m", "\033[0m") if _has_colors() else ("", "")
    for each in shown:
        for line in each.lines(width):
            sys.stdout.write(f"{before}{line}{after}\n" if each.quiet else f"{line}\n")
    sys.stdout.flush()


def _has_colors() -> bool:
    able = os.name != "nt" or "WT_SESSION" in os.environ  # older Windows consoles print the codes
    wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return able and wanted and sys.stdout.isatty()


def find_talk(scenario_id: str) -> Scenario:
    """Return the talk with this id.

    Raises
    ------
    UnknownExerciseError: there is none; close matches are offered.
    ExerciseFileError: its file has faults.
    """
    with contextlib.suppress(UnknownExerciseError):
        if isinstance(exercise := load_exercise(scenario_id), Scenario):
            return exercise
    known = _talks()
    close = difflib.get_close_matches(scenario_id, known, n=3, cutoff=0.4)
    hint = f"did you mean {' or '.join(map(repr, close))}?" if close else f"known are {', '.join(known) or 'none yet'}."
    raise UnknownExerciseError(f"There is no talk {scenario_id!r}; {hint}")


def _talks() -> dict[str, str]:
    """Return the titles of all talks by their ids; a file with faults is passed over."""
    found = {}
    for exercise_id in library.exercise_ids():
        with contextlib.suppress(AllianceKitError):
            if isinstance(exercise := load_exercise(exercise_id), Scenario):
                found[exercise_id] = exercise.title
    return found
