"""What goes when the learner wants something forgotten, and what that cannot reach."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from alliance_kit.journal._codec import Codec, Line
from alliance_kit.journal._file import Piece
from alliance_kit.journal._lines import Damage, understand


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many entries were removed, and what still holds them: one sentence each."""

    removed: int
    elsewhere: tuple[str, ...]


def kept_after(codec: Codec, exercise_id: str | None, lines: Sequence[Line]) -> Callable[[Piece], bool]:
    """Return a test of what stays in the file once an exercise (None: everything) is forgotten.

    Lines of a newer version and damaged pieces cannot be understood, so they go when they name the exercise.
    """
    if exercise_id is None:
        return lambda _: False
    gone = lines_of(exercise_id, lines)
    names_it = re.compile(re.escape(json.dumps(exercise_id)[:-1]).encode() + rb"(?![a-z0-9-])")

    def keep(piece: Piece) -> bool:
        thing = understand(codec, piece)
        if isinstance(thing, Damage) or thing.newer:
            return not names_it.search(piece.raw)
        return thing.id not in gone

    return keep


def lines_of(exercise_id: str, lines: Iterable[Line]) -> set[str]:
    """Return the ids of an exercise's lines: itself, its runs and answers, and what refers to those."""
    runs: set[object] = set()
    gone: set[object] = set()
    for line in lines:
        content = line.data.get("exercise")
        named = content.get("id") if isinstance(content, dict) else content
        if named == exercise_id:
            gone.add(line.id)
            runs.add(line.data.get("run"))
    runs.discard(None)
    for line in lines:
        if line.data.get("run") in runs or line.data.get("of") in gone:
            gone.add(line.id)
    return {line.id for line in lines if line.id in gone or line.data.get("of") in gone}


def what_stays_elsewhere(copies: Iterable[Path], handed_in: Iterable[Line]) -> tuple[str, ...]:
    """Return what forgetting cannot reach, one sentence each."""
    told = [f"Another copy of the journal lies beside it, {path.name!r}; remove it yourself." for path in copies]
    if any(True for _ in handed_in):
        told.append("What you have handed in stays with those who have it; ask them to remove it.")
    told.append(
        "Backups, sync folders and copies that you made may still hold it, and a disk keeps old traces a while."
    )
    return tuple(told)
