"""What the journal holds that a learner may hand in, and what is ticked to begin with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.journal import Answer, Journal, Line, Run, Turn
from alliance_kit.model import AnyExercise, DrillSet, EndingName, Example, GoalCase, Reflection, RolePlay, Scale
from alliance_kit.roleplay import is_shared, latest_talks

CONFIDENCE = "confidence"
CONTACT = "contact"
# Details are read twice: by the learner who ticks, and on the page by her instructor.
_ONLY_THAT = "only the request, not the reason"
ENDINGS: Mapping[EndingName, str] = {
    "open": "open",
    "mid": "half-way",
    "closed": "closed",
    "unsafe": "with a safety step missed",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that can be ticked.

    `id` is stable (``talks/knee-01``); `kind` is the exercise's, or ``confidence`` or ``contact``;
    `ticked` is how it stands at first;
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
    """An offer and what it stands for: lines of the journal; with `text` False only the fact that they exist.

    `runs` are the talks that it shows; the lines may reach into others, from which those branched.
    """

    offer: Offer
    exercise: AnyExercise | None
    lines: tuple[Line, ...]
    runs: tuple[str, ...] = ()
    text: bool = True


def offer(journal: Journal) -> tuple[Offer, ...]:
    """Return what can be handed in, in the order in which the learner first came to it.

    Finished talks, drills, goals (every version) and examples read are ticked. Unfinished talks, reflections,
    self-ratings, role plays, confidence and the wish for contact are not; a required reflection is offered a second
    time as written, without its text. A role play is offered only once both speakers have agreed.

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
    given = {line.id for part in found for line in part.lines if line.data.get("confidence") is not None}
    if given:
        found.append(_confidence_part(len(given)))
    if found:
        found.append(Part(Offer(CONTACT, "Please get in touch with me", CONTACT, _ONLY_THAT, ticked=False), None, ()))
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
    readable = [run for run in runs if _exercise(journal, run.digest)]
    if finished := [run for run in readable if run.ended]:
        ended = ENDINGS[finished[-1].ended or "mid"]
        many = len(finished) > 1
        detail = f"{_count(len(finished), 'talk')}, {'the last ' if many else ''}ended {ended}"
        yield _talk_part(journal, "talks", finished, detail)
    if unfinished := [run for run in readable if not run.ended and run.turns]:
        yield _talk_part(journal, "unfinished", unfinished, f"{_count(len(unfinished), 'talk')} without an end")


def _talk_part(journal: Journal, name: str, runs: Sequence[Run], detail: str) -> Part:
    exercise = journal.exercise(runs[-1].digest)
    own = any(turn.typed is not None for run in runs for turn in journal.turns(run.id))
    made = Offer(f"{name}/{exercise.id}", exercise.title, exercise.kind, detail, name == "talks", has_text=own)
    return Part(made, exercise, _talk_lines(journal, runs), tuple(run.id for run in runs))


def _talk_lines(journal: Journal, runs: Sequence[Run]) -> tuple[Line, ...]:
    """Return the lines of the runs as shown: their own, and of those they branched from the turns before."""
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
    readable = [answer for answer in answers if _exercise(journal, answer.response.digest)]
    if not readable:
        return
    exercise = journal.exercise(readable[-1].response.digest)
    # Quiet pages are kept anew whenever they change; only what such a page says now is meant.
    chosen = _latest(readable) if isinstance(exercise, Reflection | Scale | Example) else readable
    if isinstance(exercise, RolePlay):  # two people's words: only a talk that both agreed to hand in
        chosen = [answer for answer in latest_talks(readable) if is_shared(answer, exercise)]
        if not chosen:
            return
    lines = tuple(by_id[answer.id] for answer in chosen)
    yield Part(_answer_offer(exercise, chosen), exercise, lines)
    if isinstance(exercise, Reflection) and exercise.required:
        detail = "only that it is written, not its text; counts the same"
        yield Part(
            Offer(f"written/{exercise.id}", exercise.title, exercise.kind, detail, False), exercise, lines, text=False
        )


def _latest(answers: Sequence[Answer]) -> list[Answer]:
    return list({answer.item: answer for answer in answers}.values())


def _answer_offer(exercise: AnyExercise, answers: Sequence[Answer]) -> Offer:
    day = day_of(answers[-1].response.answered or answers[-1].at)
    count = len(answers)

    def made(name: str, detail: str, *, ticked: bool, sensitive: bool, has_text: bool) -> Offer:
        return Offer(f"{name}/{exercise.id}", exercise.title, exercise.kind, detail, ticked, sensitive, has_text)

    match exercise:
        case DrillSet():
            items = _count(len({answer.item for answer in answers}), "item")
            detail, has_text = f"{_count(count, 'answer')} to {items}", any(_typed(answer) for answer in answers)
            return made("drill", detail, ticked=True, sensitive=False, has_text=has_text)
        case GoalCase():
            return made("goal", _count(count, "version"), ticked=True, sensitive=False, has_text=True)
        case Example():
            return made("example", f"read on {day}", ticked=True, sensitive=False, has_text=False)
        case RolePlay():
            detail = f"{_count(count, 'talk')}, only if both speakers agreed"
            return made("role_play", detail, ticked=False, sensitive=True, has_text=True)
        case Scale():
            return made("rating", f"self-rating of {day}", ticked=False, sensitive=True, has_text=False)
        case _:
            return made("reflection", f"written on {day}, with its text", ticked=False, sensitive=True, has_text=True)


def _typed(answer: Answer) -> bool:
    return isinstance(answer.response.answer, dict) and "text" in answer.response.answer


def _confidence_part(times: int) -> Part:
    detail = f"given {_count(times, 'time')}, before the feedback"
    return Part(Offer(CONFIDENCE, "Confidence", CONFIDENCE, detail, ticked=False, sensitive=True), None, ())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def day_of(moment: str) -> str:
    """Return the day of an RFC 3339 moment as ``12 November 2026``; what is no such moment comes back empty."""
    try:
        day = dt.datetime.fromisoformat(moment)
    except ValueError:
        return ""
    return f"{day.day} {day:%B %Y}"
