"""What a learner has finished, and the points that may stand in a gradebook: never more than the course asks for.

Two things are counted. Completion: one point per exercise finished, however it went. Or, where an instructor wants
points all the same, keyed drill items and the criteria of written goals, and nothing else: not how a talk ended, not
what the patient came to trust, not confidence, self-ratings or what a reflection says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from alliance_kit.cohort.lms import Submission
from alliance_kit.cohort.record import Record
from alliance_kit.grading.goals.criteria import CRITERIA
from alliance_kit.grading.goals.feedback import MAX_POINTS
from alliance_kit.handin import Understood, understand
from alliance_kit.journal import Answer
from alliance_kit.model import (
    AnyExercise,
    Course,
    DrillItem,
    DrillSet,
    Example,
    GoalCase,
    Reflection,
    RolePlay,
    Scale,
    Scenario,
)
from alliance_kit.workbook import load_exercise

Points = Literal["drills", "goals"]
Load = Callable[[str], AnyExercise]
_NAMES: Final = {"drills": "keyed drill items right at first", "goals": "points of the latest goals"}

WHY_NOT: Final = (
    "Before points are written, please weigh this: so few exercises do not measure a skill reliably. In exams made of "
    "stations, 12 stations gave a reliability of about .60, and .80 took about 30 (Gruppen 1997); how somebody did at "
    "one communication station said little about the next (.17 to .20, Hodges 1996). And points change what learners "
    "dare to try: what is practice turns into a test. Counting what is finished, as the workbook does by default, "
    "avoids both. If you go on, only drill items with a key and the criteria of written goals count; nothing else "
    "ever does."
)
"""What an instructor is told before points other than completion are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one learner gets, and what is known of who she is.

    `points` is None where there is nothing to put: no result is not 0. `submission`, `others` and `names` are as the
    record has them; `sis`, `login` and `email` stay empty unless somebody knows them.
    """

    code: str
    points: float | None
    submission: Submission = field(default_factory=Submission)
    others: tuple[Submission, ...] = ()
    names: tuple[str, ...] = ()
    sis: str = ""
    login: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The results of a class, by code; `maximum` is what somebody gets who did all of it, `counts` says of what."""

    rows: tuple[Result, ...]
    maximum: float
    counts: str = "exercises finished"


# --- what is finished -------------------------------------------------------------------------------------------


def finished(work: Understood) -> frozenset[str]:
    """Return the ids of the exercises finished.

    A scenario: one talk that ended, in whichever way. A drill: every item answered at least once. A goal: one version
    that is not blank. An example: read to its last line. A reflection: written, with or without its text. A
    self-rating never counts, nor does a role play, which leaves only if two people agree. All versions of an exercise
    are one exercise; a drill is finished when all items of one of the versions she saw are answered. What came without
    its exercise cannot be understood and does not count.
    """
    talks = {_id(work, run.digest, Scenario) for run in work.runs.values() if run.ended}
    written = {_id(work, entry.digest, Reflection) for entry in work.written}
    answered = {exercise_id for exercise_id, answers in _by_exercise(work).items() if _is_finished(work, answers)}
    return frozenset((talks | written | answered) - {""})


def countable(course: Course, load: Load = load_exercise) -> tuple[str, ...]:
    """Return the ids of the course's exercises that can be finished, in order: all but self-ratings and role plays.

    Raises
    ------
    UnknownExerciseError, ExerciseFileError: an exercise of the course cannot be loaded.
    """
    return tuple(exercise.id for exercise in _exercises(course, load) if not isinstance(exercise, Scale | RolePlay))


def finished_in_course(work: Understood, course: Course, load: Load = load_exercise) -> frozenset[str]:
    """Return the exercises finished that are in the course; those that have left the course since do not count.

    Raises
    ------
    UnknownExerciseError, ExerciseFileError: an exercise of the course cannot be loaded.
    """
    return finished(work) & frozenset(countable(course, load))


def _exercises(course: Course, load: Load) -> tuple[AnyExercise, ...]:
    ids = dict.fromkeys(e for module in course.modules for unit in module.units for e in unit.exercises)
    return tuple(load(exercise_id) for exercise_id in ids)


def _id(work: Understood, digest: str, kind: type[AnyExercise]) -> str:
    """Return the id of the exercise with this digest, "" where it did not come along or is of another kind."""
    exercise = work.exercises.get(digest)
    return exercise.id if isinstance(exercise, kind) else ""


def _by_exercise(work: Understood) -> dict[str, list[Answer]]:
    """Return the answers by exercise, the earliest first; answers whose exercise did not come along are left out."""
    found: dict[str, list[Answer]] = defaultdict(list)
    for answer in sorted(work.answers, key=lambda each: each.at):
        if exercise := work.exercises.get(answer.response.digest):
            found[exercise.id].append(answer)
    return found


def _is_finished(work: Understood, answers: Iterable[Answer]) -> bool:
    items = {_item(answer) for answer in answers if _said(answer)}
    return any(_finishes(work.exercises[answer.response.digest], answer, items) for answer in answers)


def _finishes(exercise: AnyExercise, answer: Answer, items: Collection[str]) -> bool:
    match exercise:
        case DrillSet():
            return bool(exercise.items) and all(item.id in items for item in exercise.items)
        case Example():
            seen = _fields(answer).get("seen")
            return isinstance(seen, int) and seen >= len(exercise.lines)
        case GoalCase() | Reflection():
            return _said(answer)
        case _:
            return False


def _fields(answer: Answer) -> dict[str, object]:
    given = answer.response.answer
    return given if isinstance(given, dict) else {}


def _item(answer: Answer) -> str:
    return answer.item or str(_fields(answer).get("item", ""))


def _said(answer: Answer) -> bool:
    """Return whether an answer says anything: a choice, or words that are more than spaces."""
    return any(isinstance(value, str) and value.strip() for key, value in _fields(answer).items() if key != "item")


# --- points -----------------------------------------------------------------------------------------------------


def points(work: Understood, exercises: Iterable[AnyExercise], kinds: Collection[Points]) -> float | None:
    """Return the points for drills, goals or both; None where nothing that could earn any was answered.

    Parameters
    ----------
    work : what the learner handed in
    exercises : the exercises of the course; what is in no exercise of these earns nothing
    kinds : ``drills`` one point per item with a key (spot, choose) whose first answer was the best choice;
        ``goals`` 0 to 2 points per criterion of each goal's latest version, as shown to the learner at the time.
        The finding on the patient's own wishes is a hint and has no points.
    """
    answers = _by_exercise(work)
    earned: list[float] = []
    for exercise in exercises:
        if isinstance(exercise, DrillSet) and "drills" in kinds:
            earned += _drill_points(work, exercise, answers.get(exercise.id, ()))
        elif isinstance(exercise, GoalCase) and "goals" in kinds:
            earned += _goal_points(answers.get(exercise.id, ()))
    return sum(earned) if earned else None


def most_points(exercises: Iterable[AnyExercise], kinds: Collection[Points]) -> int:
    """Return the points of somebody who has all of them."""
    most = 0
    for exercise in exercises:
        if isinstance(exercise, DrillSet) and "drills" in kinds:
            most += len(_keyed(exercise))
        elif isinstance(exercise, GoalCase) and "goals" in kinds:
            most += MAX_POINTS * len(CRITERIA)
    return most


def _keyed(drill: DrillSet) -> dict[str, DrillItem]:
    return {item.id: item for item in drill.items if item.kind != "rewrite"}


def _drill_points(work: Understood, drill: DrillSet, answers: Iterable[Answer]) -> Iterator[float]:
    first: dict[str, Answer] = {}
    for answer in answers:
        first.setdefault(_item(answer), answer)
    for item_id in _keyed(drill):
        given = first.get(item_id)
        if given is not None and (seen := _as_seen(work, given, item_id)):
            choice = _fields(given).get("choice")
            yield float(any(option.best and option.id == choice for option in seen.choices))


def _as_seen(work: Understood, answer: Answer, item_id: str) -> DrillItem | None:
    """Return the item as the learner saw it, whose key scores her answer; None where it had no key then."""
    exercise = work.exercises[answer.response.digest]
    return _keyed(exercise).get(item_id) if isinstance(exercise, DrillSet) else None


def _goal_points(answers: Iterable[Answer]) -> Iterator[float]:
    versions = [answer for answer in answers if _said(answer) and answer.feedback]
    findings = versions[-1].feedback.findings if versions and versions[-1].feedback else ()
    found = {finding.criterion: finding for finding in reversed(findings) if finding.level in {"met", "partly"}}
    for criterion in CRITERIA if versions else ():
        # A hand-in is a file that anybody may have changed: what it says stays within what a criterion can give.
        yield min(MAX_POINTS, max(0.0, found[criterion].points)) if criterion in found else 0.0


# --- a class ----------------------------------------------------------------------------------------------------


def results(record: Record, course: Course, kinds: Collection[Points] = (), load: Load = load_exercise) -> Results:
    """Return what each learner of the record gets, by code.

    Parameters
    ----------
    record : the class record, open
    course : the course whose exercises count
    kinds : none for completion, the default: one point per exercise of the course finished, 0 for somebody who handed
        in and finished nothing. Otherwise the points of `points`; show `WHY_NOT` before.

    Raises
    ------
    UnknownExerciseError, ExerciseFileError: an exercise of the course, or a hand-in of the record, cannot be read.
    """
    exercises = _exercises(course, load)
    count = frozenset(exercise.id for exercise in exercises if not isinstance(exercise, Scale | RolePlay))

    def earned(code: str) -> float | None:
        work = understand(record.hand_in(code).lines)
        return points(work, exercises, kinds) if kinds else float(len(finished(work) & count))

    rows = tuple(
        Result(
            code=entry.code,
            points=earned(entry.code),
            submission=entry.submission,
            others=entry.others,
            names=entry.names,
        )
        for entry in record.learners()
    )
    maximum = most_points(exercises, kinds) if kinds else len(count)
    named = " and ".join(_NAMES[kind] for kind in ("drills", "goals") if kind in kinds)
    return Results(rows=rows, maximum=float(maximum), counts=named or "exercises finished")
