"""The lines of a hand-in as typed values: the same for the learner's page and for whoever reads the file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from alliance_kit.errors import ExerciseFileError
from alliance_kit.handin._fields import LEAVES
from alliance_kit.journal import (
    Answer,
    AnswerGiven,
    ExerciseKept,
    Line,
    Run,
    RunStart,
    Turn,
    answer_of,
    digest_of_text,
    line_from_json,
    read_record,
    run_of,
    whole_thread,
)
from alliance_kit.model import AnyExercise, exercise_from_json
from alliance_kit.plain import Json, canonical_json

_MOST_KEPT = 64  # more than a course has, less than a hostile folder may bring
_LAST: dict[str, AnyExercise] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Line type `written`: a reflection was written; its text is not here."""

    exercise: str
    digest: str
    answered: str = ""


@dataclass(slots=True)
class Understood:
    """What a hand-in's lines mean, in their order."""

    exercises: dict[str, AnyExercise] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)

    def turns(self, run: Run) -> tuple[Turn, ...]:
        """Return all turns that lead to where a run stands, those before a branching included."""
        return whole_thread(run, self.runs.get)


def understand(rows: Iterable[Mapping[str, Json]]) -> Understood:
    """Return what the rows mean.

    Raises
    ------
    ExerciseFileError: a row is none that a hand-in holds, or its fields do not fit; the message says which.
    """
    found, starts, turns = Understood(), list[tuple[Line, RunStart]](), dict[str, list[Turn]]()
    for number, row in enumerate(rows, start=2):
        try:
            line = line_from_json(row)
        except ValueError as error:
            raise ExerciseFileError(f"line {number}: {error}") from error
        if line.type == "run":
            starts.append((line, read_record(RunStart, line)))
        elif line.type == "turn":
            turn = read_record(Turn, line)
            turns.setdefault(turn.run, []).append(turn)
        else:
            _understand(found, line, number)
    for line, start in starts:
        found.runs[start.run] = run_of(line, start, turns.get(start.run, []))
    return found


def _exercise(content: str, where: str) -> AnyExercise:
    """Return the exercise in its canonical JSON; a class hands in the same few over and over, so the last are kept."""
    if content not in _LAST:
        built = exercise_from_json(json.loads(content), where)
        if len(_LAST) >= _MOST_KEPT:
            _LAST.clear()
        _LAST[content] = built
    return _LAST[content]


def _understand(found: Understood, line: Line, number: int) -> None:
    if line.type == "answer":
        found.answers.append(answer_of(line, read_record(AnswerGiven, line)))
    elif line.type == "written":
        found.written.append(read_record(Written, line))
    elif line.type == "exercise":
        kept = read_record(ExerciseKept, line)
        content = canonical_json(kept.exercise)
        if digest_of_text(content) != kept.digest:
            raise ExerciseFileError(f"line {number}: the exercise is not the one that was worked on")
        found.exercises[kept.digest] = _exercise(content, f"line {number}")
    else:
        raise ExerciseFileError(f"line {number}: {line.type!r} is not one of {', '.join(LEAVES)}")
