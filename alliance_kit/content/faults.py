"""What is wrong in an exercise file: one value per fault, and the error that carries them all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from alliance_kit.content.codes import CODES, Severity
from alliance_kit.errors import ExerciseFileError

Place = tuple[str | int, ...]
NAMES = "(names)"
"""The last part of a place that stands for the names in a group of fields, not for what they hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault: its code, where it stands, what was found, what to do.

    `place` is the way through the fields, e.g. ``("scenes", "start", "replies", 0, "hears")``. `path`, `line` and
    `column` (both from 1) are set where the fault comes from a file; 0 means not known.
    """

    code: str
    message: str
    place: Place = ()
    fix: str = ""
    path: str = ""
    line: int = 0
    column: int = 0

    @property
    def severity(self) -> Severity:
        """How grave it is: an error stops the exercise, a warning is for its author, a notice is worth a look."""
        return CODES[self.code].severity

    def __str__(self) -> str:
        position = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        where = " ".join(
            part for part in (f"{position}:" if position else "", self.code, field_path(self.place)) if part
        )
        return f"{where}: {self.message} {self.fix or CODES[self.code].fix}".strip()


class FaultyExerciseFileError(ExerciseFileError):
    """An exercise file has faults: the message holds all of them, one a line, and `faults` holds them as values."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def place_of(path: str) -> Place:
    """Return the place that a field path names: the reverse of `field_path`, for names without dots and brackets."""
    parts = re.findall(r"[^.\[\]]+|\[\d+\]", path)
    return tuple(int(part[1:-1]) if part.startswith("[") else part for part in parts)


def field_path(place: Place) -> str:
    """Return a place as authors read it: ``scenes.start.replies[0].hears``."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    return text.removeprefix(".")
