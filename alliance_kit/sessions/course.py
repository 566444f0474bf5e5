"""What belongs to the course: the greeting, and how far one has come."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.journal import Journal
from alliance_kit.model import AnyExercise, Course, DrillSet, Example, GoalCase, Module, RolePlay, Scenario, Unit
from alliance_kit.plain import Json
from alliance_kit.sessions.base import Clock, Session, text_of, utc_now
from alliance_kit.sessions.practice import day_in_words, finished_days, next_practice
from alliance_kit.skills import part

MAX_NAME = 60
GOAL_VERSIONS = 2
"""A goal counts as done once it was revised: writing again is the exercise."""
MAX_AGAIN = 3

Load = Callable[[str], AnyExercise]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one exercise has come, in one word and a short detail."""

    state: Literal["none", "begun", "done"]
    detail: str = ""


def standing(journal: Journal, exercise: AnyExercise) -> Standing:
    """Return how far the learner has come with an exercise."""
    if isinstance(exercise, Scenario):
        return _talk_standing(journal, exercise)
    answers = journal.answers(exercise.id)
    if isinstance(exercise, DrillSet):
        done = len({a.item for a in answers} & {i.id for i in exercise.items})
        return _counted(done, len(exercise.items), "of", "items")
    if isinstance(exercise, GoalCase):
        return _counted(len(answers), GOAL_VERSIONS, "", "versions")
    if isinstance(exercise, Example):
        seen = max((_seen(a.response.answer) for a in answers), default=0)
        return Standing("done" if seen >= len(exercise.lines) else "begun" if seen else "none")
    return Standing("done" if answers else "none")


def _seen(answer: Json) -> int:
    seen = answer.get("seen") if isinstance(answer, dict) else 0
    return seen if isinstance(seen, int) else 0


def _talk_standing(journal: Journal, exercise: Scenario) -> Standing:
    runs = journal.runs(exercise.id)
    finished = sum(run.ended is not None for run in runs)
    if finished:
        return Standing("done", f"{finished} talk{'' if finished == 1 else 's'} finished")
    return Standing("begun", "a talk is waiting for you") if any(run.turns for run in runs) else Standing("none")


def _counted(done: int, needed: int, of: str, unit: str) -> Standing:
    detail = f"{done} {of} {needed} {unit}" if of else f"{done} {unit.removesuffix('s') if done == 1 else unit}"
    return Standing("done" if done >= needed else "begun" if done else "none", detail if done else "")


def exercises_of(unit: Unit, load: Load) -> tuple[AnyExercise, ...]:
    """Return a unit's exercises, those left out whose file has a fault: one of them must not take the page along."""
    found = []
    for exercise_id in unit.exercises:
        with contextlib.suppress(ExerciseFileError, UnknownExerciseError):
            found.append(load(exercise_id))
    return tuple(found)


def open_unit(journal: Journal, module: Module, load: Load) -> Unit | None:
    """Return the first unit of a module in which something is not done yet."""
    for unit in module.units:
        # A role play needs a partner, who may not be at hand: it bars nobody's way.
        alone = (exercise for exercise in exercises_of(unit, load) if not isinstance(exercise, RolePlay))
        if any(standing(journal, exercise).state != "done" for exercise in alone):
            return unit
    return None


def next_step(journal: Journal, course: Course, load: Load) -> str:
    """Return what to do next in the course as one sentence, empty when everything is done."""
    found = ((module, open_unit(journal, module, load)) for module in course.modules)
    return next((f"{unit.title}, in {module.title}." for module, unit in found if unit), "")


class WelcomeSession(Session):
    """Ask for a name to be greeted by, and say what comes next."""

    kind: ClassVar[str] = "welcome"
    page: ClassVar[str] = "welcome"

    def __init__(self, journal: Journal, course: Course, load: Load, *, clock: Clock = utc_now) -> None:
        super().__init__(journal, clock=clock)
        self.course = course
        self.load = load

    @property
    def title(self) -> str:  # noqa: D102 — see Session
        return "Welcome"

    def view(self) -> Json:  # noqa: D102 — see Session
        return {
            "kind": self.kind,
            "id": "welcome",
            "title": self.title,
            "headline": self.headline,
            "name": self.journal.learner.name,
            "draft": self.draft("name"),
            "next": next_step(self.journal, self.course, self.load),
            "copies": [copy.name for copy in self.journal.copies()],
        }

    def do_bring(self, message: Mapping[str, Any]) -> Json:
        """Take up the lines of another copy of the journal that lies beside it; nothing is doubled."""
        wanted = text_of(message, "copy")
        for copy in self.journal.copies():
            if copy.name == wanted:
                return {"trouble": self.journal.import_file(copy).sentence}
        return {}

    def do_name(self, message: Mapping[str, Any]) -> Json:
        """Keep the name to be greeted by."""
        name = " ".join(text_of(message, "name").split())[:MAX_NAME]
        if not name:
            return {"trouble": "Type a name first. Any name will do."}
        self.journal.set_name(name)
        self.clear("name")
        return {"saved": self.mark_saved()}


class ProgressSession(Session):
    """How far the learner has come in one module."""

    kind: ClassVar[str] = "progress"
    page: ClassVar[str] = "progress"

    def __init__(self, journal: Journal, module: Module, load: Load, *, clock: Clock = utc_now) -> None:
        super().__init__(journal, clock=clock)
        self.module = module
        self.load = load

    @property
    def title(self) -> str:  # noqa: D102 — see Session
        return f"Your way through: {self.module.title}"

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        states = [standing(self.journal, exercise).state for exercise in self._exercises()]
        return f"{self.title}, {states.count('done')} of {len(states)} done"

    def view(self) -> Json:  # noqa: D102 — see Session
        return {
            "kind": self.kind,
            "id": self.module.id,
            "title": self.title,
            "headline": self.headline,
            "units": [
                {
                    "title": unit.title,
                    "minutes": unit.minutes,
                    "exercises": [self._row(exercise) for exercise in exercises_of(unit, self.load)],
                }
                for unit in self.module.units
                if unit.exercises
            ],
            "again": self._again(),
            "practice": self._practice(),
            "next": f"{unit.title}." if (unit := open_unit(self.journal, self.module, self.load)) else "",
        }

    def _exercises(self) -> Iterator[AnyExercise]:
        return (exercise for unit in self.module.units for exercise in exercises_of(unit, self.load))

    def _row(self, exercise: AnyExercise) -> dict[str, Json]:
        state = standing(self.journal, exercise)
        return {"title": exercise.title, "standing": state.state, "detail": state.detail}

    def _practice(self) -> list[str]:
        """Return when to talk again with whom, the next day first: practice spread out stays longer."""
        due = []
        for exercise in self._exercises():
            day = next_practice(finished_days(self.journal.runs(exercise.id)))
            if isinstance(exercise, Scenario) and day is not None:
                due.append((day, exercise.patient.called))
        today = self.clock().astimezone().date()
        return [f"{called}: {day_in_words(day) if day > today else 'any day now'}" for day, called in sorted(due)]

    def _again(self) -> list[str]:
        """Return the parts of the strategy in which a drill item's latest answer missed something."""
        missed: dict[str, int] = {}
        for exercise in self._exercises():
            if not isinstance(exercise, DrillSet):
                continue
            latest = {a.item: a.feedback for a in self.journal.answers(exercise.id)}
            for item in exercise.items:
                feedback = latest.get(item.id)
                if feedback is not None and feedback.points < feedback.max_points:
                    missed[item.part] = missed.get(item.part, 0) + 1
        worst = sorted(missed, key=lambda part_id: -missed[part_id])[:MAX_AGAIN]
        counts = ((part(name).name, missed[name]) for name in worst)
        return [f"{name}: {count} item{'' if count == 1 else 's'} to try again" for name, count in counts]
