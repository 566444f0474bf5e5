"""A synthetic class: hand-ins made by playing the real exercises through the real engine with varied learners.

For looking at reports, for teaching the tool, for tests and measurements. Every hand-in says on its face that it is
synthetic: in its header, in the name, and at the beginning of every reflection. The same number and seed give the same
bytes, on every machine; no clock is read.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal, cast

from alliance_kit import handin
from alliance_kit.cohort.sample._files import check_class_folder, check_download_folder, draft_of, new_zip
from alliance_kit.cohort.sample._journal import SampleJournal, code_of, known_exercise, known_json
from alliance_kit.cohort.sample._lms import add_to, canvas, moodle
from alliance_kit.cohort.sample._persona import Persona, persona
from alliance_kit.cohort.sample._play import work
from alliance_kit.errors import ClassRecordError
from alliance_kit.handin import HandIn, Offer
from alliance_kit.journal import Journal
from alliance_kit.model import GoalCase, Scale, Scenario
from alliance_kit.workbook import load_course

__all__ = ["learner", "write_class", "write_download"]

DUE = dt.datetime(2026, 3, 13, tzinfo=dt.UTC)
"""The day on which a synthetic class hands in, to its end; a few learners do so in the week after."""
DUE_END = DUE + dt.timedelta(days=1)
_COURSE = dt.timedelta(days=40)
_LATE = 0.08
_NOT_TICKED = {"unfinished": 0.3, "reflection": 0.4, "written": 0.5, "rating": 0.25, "confidence": 0.5, "contact": 0.05}
"""How often what is not ticked at first gets ticked, by the first part of the offer's id."""


def learner(number: int, seed: int) -> HandIn:
    """Return the hand-in of one synthetic learner.

    Parameters
    ----------
    number : int, from 1; the same learner comes back whatever the size of the class
    seed : int; another seed, another class

    Returns
    -------
    HandIn, `synthetic`, named ``Synthetic Learner 007``; all its days lie in January to March 2026

    Raises
    ------
    UnknownExerciseError, ExerciseFileError: an exercise of the course cannot be read.
    """
    who = persona(number, seed)
    # What is asked of the journal from here on is only reading, and `SampleJournal` gives all that is read.
    journal = cast("Journal", worked := _worked(who))
    name = f"Synthetic Learner {number:03d}"
    chosen = _ticked(who, handin.offer(journal))
    made = handin.build(journal, chosen, name=name, clock=worked.clock, new_id=worked.new_id)
    return replace(made, synthetic=True)


def _worked(who: Persona) -> SampleJournal:
    """Return the journal of a learner who has worked through the course and is about to hand in."""
    days = _days(who)
    journal = SampleJournal(who.number, who.seed, days[0])
    plan = _plan(who)
    for index, exercise_id in enumerate(plan):
        journal.moment = max(journal.moment, days[index * len(days) // len(plan)])
        journal.wait(40)
        work(who, journal, known_exercise(exercise_id))
    journal.moment = max(journal.moment, days[-1])
    journal.wait(120)
    return journal


def _days(who: Persona) -> list[dt.datetime]:
    """Return when this learner sits down to work, one to five times; the last time is when the hand-in is made."""
    chance = who.chance("days")
    after = 1 + int(7 * chance.random()) if chance.random() < _LATE else -int(11 * chance.random())
    last = DUE + dt.timedelta(days=after)
    sittings = 1 + int(5 * chance.random())
    earlier = sorted({1 + int((_COURSE.days - 1) * chance.random()) for _ in range(sittings - 1)}, reverse=True)
    days = [last - dt.timedelta(days=before) for before in (*earlier, 0)]
    return [day + dt.timedelta(seconds=int(13 * 3600 + 9 * 3600 * chance.random())) for day in days]


@functools.cache
def _course() -> tuple[str, ...]:
    return tuple(e for module in load_course().modules for unit in module.units for e in unit.exercises)


def _plan(who: Persona) -> list[str]:
    """Return the exercises this learner does: most learners all, some not every one, a few only the beginning."""
    chance = who.chance("plan")
    plan = list(_course())
    if who.diligence < 0.08:
        plan = plan[: max(1, int(len(plan) * (0.25 + 0.5 * chance.random())))]
    elif who.diligence < 0.3:
        plan = [exercise_id for exercise_id in plan if chance.random() < 0.8]
    met = {exercise_id for exercise_id in plan if isinstance(known_exercise(exercise_id), Scenario)}
    return [exercise_id for exercise_id in plan if _makes_sense(exercise_id, met)] or list(_course()[:1])


def _makes_sense(exercise_id: str, met: set[str]) -> bool:
    """Return whether somebody would do it: nobody here writes a goal for a patient whom she has not met."""
    exercise = known_exercise(exercise_id)
    return not isinstance(exercise, GoalCase) or exercise.scenario in met


def _ticked(who: Persona, offers: tuple[Offer, ...]) -> list[str]:
    """Return what this learner hands in: what is ticked at first, now and then less; of the rest, some."""
    chance = who.chance("hand-in")
    in_part = chance.random() < 0.12
    ticked = []
    for offer in offers:
        often = (0.65 if in_part else 1.0) if offer.ticked else _NOT_TICKED.get(offer.id.split("/")[0], 0.0)
        if chance.random() < often:
            ticked.append(offer.id)
    with_lines = [i for i in ticked if "/" in i]
    return ticked if with_lines else [*(offer.id for offer in offers[:1]), *ticked]


# --- files ------------------------------------------------------------------------------------------------------


@functools.cache
def _exercise_text(exercise_id: str) -> str:
    return json.dumps(known_json(exercise_id), ensure_ascii=False)


def text_of(hand_in: HandIn) -> bytes:
    """Return what `HandIn.text` returns, in UTF-8, with the exercises, nine tenths of the work, put in ready-made."""
    rows = [json.dumps(hand_in.header(), ensure_ascii=False)]
    for row in hand_in.lines:
        if row["type"] == "exercise":
            rest = json.dumps({key: value for key, value in row.items() if key != "exercise"}, ensure_ascii=False)
            rows.append(f'{rest[:-1]}, "exercise": {_exercise_text(row["exercise"]["id"])}}}')
        else:
            rows.append(json.dumps(row, ensure_ascii=False))
    return ("\n".join(rows) + "\n").encode("utf-8")


def _file_name(hand_in: HandIn) -> str:
    return f"hand-in-{hand_in.code}-{hand_in.made[:10]}.jsonl"


def write_class(folder: Path, learners: int, seed: int) -> Iterator[Path]:
    """Write a synthetic class of hand-ins, nothing else, straight into a folder, and yield each path once written.

    Parameters
    ----------
    folder : Path, made if it is missing; may hold an earlier writing of the same class
    learners : int, from 1
    seed : int

    Raises
    ------
    ClassRecordError: no learners; the folder holds something else, which a sample must not be mixed into; or the disk
        refused. What stands in the way is found before anything is written.
    """
    _check_size(learners)
    earlier = check_class_folder(folder, {code_of(number, seed) for number in range(1, learners + 1)})
    return _written(folder, learners, seed, earlier)


def _written(folder: Path, learners: int, seed: int, earlier: dict[str, list[Path]]) -> Iterator[Path]:
    for number in range(1, learners + 1):
        hand_in = learner(number, seed)
        path = folder / _file_name(hand_in)
        with draft_of(path) as draft:
            draft.write_bytes(text_of(hand_in))
            for old in earlier.get(hand_in.code, ()):
                if old != path:  # the same learner as another version of the course made her
                    old.unlink(missing_ok=True)
        yield path


def write_download(folder: Path, learners: int, seed: int, lms: Literal["canvas", "moodle"]) -> tuple[Path, Path]:
    """Write what an instructor would have on disk after "download all" and an export, of a synthetic class.

    Parameters
    ----------
    folder : Path, made if it is missing
    learners : int, from 1; two more stand on the class list and handed in nothing
    seed : int
    lms : which system's names and columns

    Returns
    -------
    ``submissions.zip``, and ``gradebook.csv`` (Canvas) or ``worksheet.csv`` (Moodle)

    Raises
    ------
    ClassRecordError: as `write_class`.
    """
    _check_size(learners)
    layout = {"canvas": canvas, "moodle": moodle}[lms]
    check_download_folder(folder)
    archive_path, sheet = folder / "submissions.zip", folder / layout.sheet_name
    submitted = []
    with new_zip(archive_path) as archive:
        for number in range(1, learners + 1):
            hand_in = learner(number, seed)
            moment = dt.datetime.fromisoformat(hand_in.made)
            late = moment >= DUE_END
            submitted.append(layout.submitted(number, _file_name(hand_in), moment, late=late))
            add_to(archive, submitted[-1], text_of(hand_in))
    most = sum(not isinstance(known_exercise(name), Scale) for name in _course())
    with draft_of(sheet) as draft:
        draft.write_bytes(layout.sheet(submitted, most))
    return archive_path, sheet


def _check_size(learners: int) -> None:
    if learners < 1:
        raise ClassRecordError(f"A class of {learners} learners cannot be made; ask for 1 or more.")
