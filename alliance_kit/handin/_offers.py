"""What the journal holds that a learner may hand in, and what is ticked to begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.journal import Answer, Journal, Line, Run, Turn
from alliance_kit.model import AnyExercise, EndingName, Example, Reflection, Scale

CONFIDENCE = "confidence"
ENDINGS: Mapping[EndingName, str] = {
    "open": "open",
    "mid": "half-way",
    "closed": "closed",
    "unsafe": "with a safety step missed",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be ticked.

    `id` is stable (``talks/knee-01``); `kind` is the exercise's, or ``confidence``; `ticked` is how it stands at first;
    `sensitive` says that it is about the learner's own person; `has_text` that words she typed go along.
    """

    id: str
    title: str
    kind: str
    detail: str
    ticked: bool
    sensitive: bool = False
    has_text: bool = False


class Part(NamedTuple):
    """An offer and what it stands for: lines of the journal; with `text` False only the fact that they exist."""

    offer: Offer
    exercise: AnyExercise | None
    lines: tuple[Line, ...]
    text: bool = True


def offer(journal: Journal) -> tuple[Offer, ...]:
    """Return what can be handed in, in the order in which the learner first came to it.

    Finished talks, drills, goals (every version) and examples read are ticked. Unfinished talks, reflections,
    self-ratings and confidence are not; a required reflection is offered a second time as written, without its text.

    Raises
    ------
    JournalError: the journal cannot be read.
    """
    return tuple(part.offer for part in parts(journal))


def parts(journal: Journal) -> list[Part]:
    """Return all offers with what they stand for.

    Raises
    ------
    JournalError: the journal cannot be read.
    """
    by_id = {line.id: line for line in journal.lines()}
    found: list[Part] = []
    for exercise_id in _in_order(journal):
        found += _talk_parts(journal, journal.runs(exercise_id))
        found += _answer_parts(journal, journal.answers(exercise_id), by_id)
    asked = tuple(line for part in found for line in part.lines if isinstance(line.data.get("confidence"), int | float))
    if asked:
        found.append(_confidence_part(asked))
    return found


def _in_order(journal: Journal) -> list[str]:
    """Return the exercises worked on, the first one first."""
    lines = sorted((*journal.lines("run"), *journal.lines("answer")), key=lambda line: line.at)
    return list(dict.fromkeys(str(line.data.get("exercise")) for line in lines))


def _exercise(journal: Journal, digest: str) -> AnyExercise | None:
    """Return the exercise, None where the journal's copy cannot be shown: then nothing about it can be handed in."""
    try:
        return journal.exercise(digest)
    except (UnknownExerciseError, ExerciseFileError):
        return None


# --- talks ------------------------------------------------------------------------------------------------------


def _talk_parts(journal: Journal, runs: Sequence[Run]) -> Iterator[Part]:
    runs = [run for run in runs if _exercise(journal, run.digest) is not None]
    for name, chosen in (
        ("talks", [run for run in runs if run.ended]),
        ("unfinished", [run for run in runs if not run.ended and journal.turns(run.id)]),
    ):
        if chosen:
            exercise = _exercise(journal, chosen[-1].digest)
            assert exercise is not None  # noqa: S101 — looked at two lines above
            detail = _talks(chosen) if name == "talks" else f"{_count(len(chosen), 'talk')} without an end"
            made = Offer(f"{name}/{exercise.id}", exercise.title, exercise.kind, detail, ticked=name == "talks")
            yield Part(made, exercise, _talk_lines(journal, chosen))


def _talks(runs: Sequence[Run]) -> str:
    last = runs[-1].ended
    return f"{_count(len(runs), 'talk')}, {'the last ' if len(runs) > 1 else ''}ended {ENDINGS[last] if last else ''}"


def _talk_lines(journal: Journal, runs: Sequence[Run]) -> tuple[Line, ...]:
    """Return the lines of the runs as they are shown: their own, and of the runs they branched from the turns before."""
    wanted: dict[str, list[Turn]] = {}
    for run in runs:
        for turn in journal.turns(run.id):
            wanted.setdefault(turn.run, []).append(turn)
        wanted.setdefault(run.id, [])
    starts = [line for line in journal.lines("run") if line.data.get("run") in wanted]
    turns = [
        line
        for line in journal.lines("turn")
        if any(_is(line, turn) for turn in wanted.get(str(line.data.get("run")), ()))
    ]
    return tuple(_first_of_each(starts, "run")) + tuple(turns)


def _is(line: Line, turn: Turn) -> bool:
    return line.data.get("index") == turn.index and all(
        line.data.get(name) == getattr(turn, name) for name in ("scene", "reply", "state_before", "state_after")
    )


def _first_of_each(lines: Sequence[Line], name: str) -> list[Line]:
    return list({line.data.get(name): line for line in reversed(lines)}.values())[::-1]


# --- answers ----------------------------------------------------------------------------------------------------


def _answer_parts(journal: Journal, answers: Sequence[Answer], by_id: Mapping[str, Line]) -> Iterator[Part]:
    answers = [answer for answer in answers if _exercise(journal, answer.response.digest) is not None]
    if not answers:
        return
    exercise = _exercise(journal, answers[-1].response.digest)
    assert exercise is not None  # noqa: S101 — looked at above
    match exercise:
        case Reflection() | Scale() | Example():
            # Each is kept anew whenever it changes; only what it says now is meant.
            lines = tuple(by_id[answer.id] for answer in _latest(answers))
        case _:
            lines = tuple(by_id[answer.id] for answer in answers)
    made = _answer_offer(exercise, answers)
    yield Part(made, exercise, lines)
    if isinstance(exercise, Reflection) and exercise.required:
        detail = "that you wrote it, without its text"
        yield Part(
            Offer(f"written/{exercise.id}", exercise.title, exercise.kind, detail, ticked=False),
            exercise,
            lines,
            text=False,
        )


def _latest(answers: Sequence[Answer]) -> list[Answer]:
    return list({answer.item: answer for answer in answers}.values())


def _answer_offer(exercise: AnyExercise, answers: Sequence[Answer]) -> Offer:
    day = day_of(answers[-1].response.answered or answers[-1].at)
    items = len({answer.item for answer in answers})
    count = len(answers)
    plans = {
        "drill": ("drill", f"{_count(count, 'answer')} to {_count(items, 'item')}", True, False, _typed(answers)),
        "goal": ("goal", _count(count, "version"), True, False, True),
        "example": ("example", f"read on {day}", True, False, False),
        "reflection": ("reflection", f"written on {day}, with its text", False, True, True),
        "scale": ("rating", f"self-rating of {day}", False, True, False),
    }
    name, detail, ticked, sensitive, has_text = plans.get(
        exercise.kind, ("answers", _count(count, "answer"), False, True, True)
    )
    return Offer(f"{name}/{exercise.id}", exercise.title, exercise.kind, detail, ticked, sensitive, has_text)


def _typed(answers: Sequence[Answer]) -> bool:
    return any(isinstance(a.response.answer, dict) and "text" in a.response.answer for a in answers)


def _confidence_part(lines: tuple[Line, ...]) -> Part:
    detail = f"{_count(len(lines), 'time')} given before the feedback; goes with what is ticked above"
    title = "How sure you were"
    return Part(Offer(CONFIDENCE, title, CONFIDENCE, detail, ticked=False, sensitive=True), None, ())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def day_of(moment: str) -> str:
    """Return the day of an RFC 3339 moment as ``12 November 2026``; what is no such moment comes back empty."""
    try:
        day = dt.datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}"
