"""What a notebook cell calls: one line brings an exercise up.

Two seams live here and nowhere else, so that the core stays on the standard library: the front end (widgets where
they can be imported, else text) and the library (compiled exercises; the YAML reader only when a compiled copy is
missing or stale).
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alliance_kit import library
from alliance_kit.errors import AllianceKitError, ExerciseFileError, UnknownExerciseError
from alliance_kit.home import Home, open_home
from alliance_kit.journal import Journal
from alliance_kit.model import (
    AnyExercise,
    Course,
    DrillSet,
    Example,
    GoalCase,
    Module,
    Reflection,
    RolePlay,
    Scale,
    Scenario,
)
from alliance_kit.sessions.base import Clock, Session, utc_now
from alliance_kit.sessions.course import ProgressSession, WelcomeSession
from alliance_kit.sessions.drill import DrillSession
from alliance_kit.sessions.goal import GoalSession
from alliance_kit.sessions.pages import ExampleSession, ReflectionSession, ScaleSession
from alliance_kit.sessions.role_play import RolePlaySession
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.sessions.text import TextFace
from alliance_kit.sessions.trouble import TroubleSession

SESSIONS: dict[type[AnyExercise], Callable[..., Session]] = {
    Scenario: TalkSession,
    DrillSet: DrillSession,
    GoalCase: GoalSession,
    Reflection: ReflectionSession,
    RolePlay: RolePlaySession,
    Scale: ScaleSession,
    Example: ExampleSession,
}


def load_exercise(exercise_id: str) -> AnyExercise:
    """Return an exercise of the library.

    Raises
    ------
    UnknownExerciseError: no exercise has this id; close matches are offered.
    ExerciseFileError: its file has faults; all of them are named with line and column.
    """
    if (exercise := library.load_compiled(exercise_id)) is not None:
        return exercise
    try:
        from alliance_kit.content import compile_exercise  # noqa: PLC0415 — seam: the YAML reader is heavy, and optional
    except ImportError as fault:
        raise ExerciseFileError(
            f"{exercise_id}: its compiled copy is missing or older than its file, and the reader for exercise files "
            "is not installed here. Run 'python start.py check'."
        ) from fault
    return compile_exercise(exercise_id)


def load_course() -> Course:
    """Return the course: modules, units, exercises.

    Raises
    ------
    ExerciseFileError: its file has faults, or the compiled copy is stale and the reader is not installed.
    """
    try:
        return library.load_course()
    except ExerciseFileError as stale:
        try:
            from alliance_kit.content import load_course_file  # noqa: PLC0415 — seam: as above
        except ImportError:
            raise stale from None
        return load_course_file(library.exercises_folder() / "course.yaml")


def show(session: Session) -> Any:
    """Return the session's face: a widget where widgets can be imported, else plain text."""
    try:
        from alliance_kit.widgets import Stage  # noqa: PLC0415 — seam: the front end is chosen when it is needed
    except ImportError:
        return TextFace(session)
    return Stage(session)


class Workbook:
    """One module of the course, open on one learner's journal. Each method returns something a cell can show.

    Parameters
    ----------
    module : the module that the notebook belongs to
    home : where the learner's things are
    answers : recorded messages by exercise id, played into each session before it is shown; for batch runs
    """

    def __init__(
        self,
        module: Module,
        course: Course,
        home: Home,
        *,
        answers: dict[str, list[dict[str, Any]]] | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.module = module
        self.course = course
        self.home = home
        self.journal = Journal(home.journal)
        self.clock = clock
        self._answers = answers or {}
        self._told: set[str] = set()
        self._load = functools.cache(load_exercise)

    def __repr__(self) -> str:
        return f"{self.course.title}: {self.module.title}"

    def welcome(self) -> Any:
        """Show the greeting: a name, what comes next, and anything the learner should know."""
        return self._face(
            "welcome",
            lambda: WelcomeSession(self.journal, self.course, self._load, clock=self.clock),
        )

    def watch(self, exercise_id: str) -> Any:
        """Show a worked example, line by line."""
        return self._exercise(exercise_id)

    def play(self, exercise_id: str) -> Any:
        """Show a talk with a simulated patient."""
        return self._exercise(exercise_id)

    def drill(self, exercise_id: str) -> Any:
        """Show a set of short items."""
        return self._exercise(exercise_id)

    def write_goal(self, exercise_id: str) -> Any:
        """Show a goal to write and revise."""
        return self._exercise(exercise_id)

    def reflect(self, exercise_id: str) -> Any:
        """Show a reflection."""
        return self._exercise(exercise_id)

    def role_play(self, exercise_id: str) -> Any:
        """Show a role play to write down and look at."""
        return self._exercise(exercise_id)

    def rate(self, exercise_id: str) -> Any:
        """Show a self-rating."""
        return self._exercise(exercise_id)

    def progress(self) -> Any:
        """Show how far the learner has come in this module."""
        return self._face("progress", lambda: ProgressSession(self.journal, self.module, self._load, clock=self.clock))

    def hand_in(self) -> Any:
        """Show the way to a hand-in: choose, see the page, make the file."""
        return self._face("hand_in", self._hand_in)

    def _hand_in(self) -> Session:
        # It brings the name lists of the identifier check along, which nothing else on the page needs.
        from alliance_kit.sessions.hand_in import HandInSession  # noqa: PLC0415 — see the line above

        return HandInSession(self.journal, self.home.hand_in, clock=self.clock)

    def session(self, exercise_id: str) -> Session:
        """Return the session on an exercise, without a face.

        Raises
        ------
        UnknownExerciseError, ExerciseFileError, JournalError: as their messages say.
        """
        exercise = self._load(exercise_id)
        return SESSIONS[type(exercise)](exercise, self.journal, clock=self.clock)

    def _untold(self) -> tuple[str, ...]:
        """Return what the learner should know about her files and was not told on this page yet."""
        new = tuple(n for n in (*self.home.warnings, *self.journal.notices()) if n not in self._told)
        self._told.update(new)
        return new

    def _exercise(self, exercise_id: str) -> Any:
        return self._face(exercise_id, lambda: self.session(exercise_id))

    def _face(self, name: str, make: Callable[[], Session]) -> Any:
        """Make a session and its face; whatever goes wrong becomes a sentence in place, never a traceback."""
        try:
            session = make()
            session.untold = self._untold
            for message in self._answers.get(name, ()):
                session.handle(message)
        except AllianceKitError as fault:
            session = TroubleSession(str(fault))
        return show(session)


class ClosedWorkbook:
    """Stands in when the workbook cannot be opened: every exercise shows the one sentence that says why."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *_args, **_kwargs: show(TroubleSession(self._text))


def open_workbook(module_id: str, answers: str = "") -> Workbook | ClosedWorkbook:
    """Open a module of the course on this person's journal; what stands in the way is shown in place of exercises.

    Parameters
    ----------
    module_id : the module's id in `exercises/course.yaml`, which is the notebook's name
    answers : path of a JSON file with recorded messages by exercise id, for batch runs; empty for a person

    Raises
    ------
    OSError, ValueError: the file of a batch run cannot be read; a run without answers must not look like a good one.
    """
    try:
        course = load_course()
        module = next((m for m in course.modules if m.id == module_id), None)
        if module is None:
            known = ", ".join(m.id for m in course.modules)
            raise UnknownExerciseError(f"the course has no module {module_id!r}. Known: {known}.")
        recorded = json.loads(Path(answers).read_text(encoding="utf-8")) if answers else None
        return Workbook(module, course, open_home(), answers=recorded)
    except AllianceKitError as fault:
        return ClosedWorkbook(str(fault))
