"""The greeting and the way through: what comes next, what is done, and one faulty file that takes nothing along."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import (
    CLOCK,
    Disk,
    is_plain_json,
    journal_in,
    messages,
    odd_text,
    plain_json,
    play,
    say,
    send_all,
    small_drills,
    small_example,
    small_goal,
    small_reflection,
    small_scale,
    small_talk,
    steady,
)

from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.grading import GRADER
from alliance_kit.journal import Journal
from alliance_kit.model import Course, Feedback, Module, Response, Unit, digest_of
from alliance_kit.sessions.course import MAX_NAME, ProgressSession, Standing, WelcomeSession, next_step, standing
from alliance_kit.sessions.drill import DrillSession
from alliance_kit.sessions.pages import ExampleSession, ReflectionSession, ScaleSession
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.workbook import load_course, load_exercise

TALK, DRILLS, GOAL, EXAMPLE = small_talk(), small_drills(), small_goal(), small_example()
LIBRARY: dict[str, Any] = {
    e.id: e for e in (TALK, DRILLS, GOAL, EXAMPLE, small_reflection(), small_scale(), small_talk("talk-two"))
}
FIRST = Module(
    id="01",
    title="First steps",
    units=(
        Unit(id="read", title="Reading", minutes=5),
        Unit(id="watch", title="Watching", minutes=5, exercises=("example-test", "drills-test")),
        Unit(id="talk", title="Talking", minutes=9, exercises=("talk-test",)),
    ),
)
SECOND = Module(
    id="02", title="Further on", units=(Unit(id="look", title="Looking back", minutes=5, exercises=("scale-test",)),)
)
COURSE = Course(schema_version=1, id="c", version="1.0.0", title="The Course", modules=(FIRST, SECOND))


def load(exercise_id: str) -> Any:
    """Return an exercise of this test's own library."""
    try:
        return LIBRARY[exercise_id]
    except KeyError:
        raise UnknownExerciseError(f"there is no exercise {exercise_id!r}.") from None


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return journal_in(tmp_path)


def progress(journal: Journal, module: Module = FIRST, loading: Callable[[str], Any] = load) -> ProgressSession:
    return ProgressSession(journal, module, loading, clock=CLOCK)


def welcome(journal: Journal, loading: Callable[[str], Any] = load) -> WelcomeSession:
    return WelcomeSession(journal, COURSE, loading, clock=CLOCK)


def answered(journal: Journal, exercise: Any, answer: Any, item: str | None = None, *, points: float = 0) -> None:
    """Keep an answer as a session would."""
    journal.keep_exercise(exercise)
    attempt = journal.next_attempt(exercise.id)
    feedback = Feedback(exercise.id, GRADER, points=points, max_points=1)
    journal.add_answer(Response(exercise.id, digest_of(exercise), attempt, answer), feedback, item=item)


# --- standings ----------------------------------------------------------------------------------------------------


def test_a_talk_is_begun_with_its_first_reply_and_done_with_its_first_end(journal: Journal) -> None:
    """A run without a reply is no talk yet; one that ended stays done while another is under way."""
    session = TalkSession(TALK, journal)
    assert standing(journal, TALK) == Standing("none")
    session.handle({"do": "begin"})
    assert standing(journal, TALK) == Standing("none")
    say(session, "listen")
    assert standing(journal, TALK) == Standing("begun", "a talk is waiting for you")
    play(session)
    assert standing(journal, TALK) == Standing("done", "1 talk finished")
    session.handle({"do": "retry", "turn": 1})
    assert standing(journal, TALK) == Standing("done", "1 talk finished")
    play(session)
    assert standing(journal, TALK) == Standing("done", "2 talks finished")


def test_a_set_is_done_with_its_last_item_whatever_the_answers(journal: Journal) -> None:
    """Points are for practice; an item answered twice counts once, an item that is gone not at all."""
    assert standing(journal, DRILLS) == Standing("none")
    for item in ("wide", "wide", "gone"):
        answered(journal, DRILLS, {}, item)
    assert standing(journal, DRILLS) == Standing("begun", "1 of 4 items")
    for item in ("narrow", "write", "again"):
        answered(journal, DRILLS, {}, item)
    assert standing(journal, DRILLS) == Standing("done", "4 of 4 items")


def test_a_goal_is_done_once_it_was_revised(journal: Journal) -> None:
    """Writing it again is the exercise."""
    assert standing(journal, GOAL) == Standing("none")
    answered(journal, GOAL, {"text": "One."})
    assert standing(journal, GOAL) == Standing("begun", "1 version")
    answered(journal, GOAL, {"text": "Two."})
    assert standing(journal, GOAL) == Standing("done", "2 versions")


@pytest.mark.parametrize(
    ("answers", "state"),
    [([], "none"), ([{"seen": 2}], "begun"), ([{"seen": 2}, {"seen": 5}], "done"), ([{"seen": 9}], "done"),
     ([{"seen": "all"}], "none"), ([None], "none"), ([{}], "none"), ([{"seen": 5}, {"seen": 2}], "done")],
)  # fmt: skip
def test_an_example_is_done_once_it_was_read_to_its_end(journal: Journal, answers: list[Any], state: str) -> None:
    """The furthest reading counts; strange lines in a journal count as nothing."""
    for answer in answers:
        answered(journal, EXAMPLE, answer)

    assert standing(journal, EXAMPLE).state == state


@pytest.mark.parametrize("exercise", [small_reflection(), small_scale()], ids=["reflection", "scale"])
def test_a_quiet_page_is_done_once_something_stands_there(journal: Journal, exercise: Any) -> None:
    """Nobody looks at what."""
    assert standing(journal, exercise) == Standing("none")
    answered(journal, exercise, {"listen": 1})
    assert standing(journal, exercise) == Standing("done")


# --- the way through ------------------------------------------------------------------------------------------------


def do_everything(journal: Journal) -> None:
    ExampleSession(EXAMPLE, journal).handle({"do": "all"})
    drills = DrillSession(DRILLS, journal)
    for index, (item, value) in enumerate({"wide": "w0", "narrow": "yes", "write": "x", "again": "y"}.items()):
        drills.handle({"do": "go", "index": index})
        drills.handle({"do": "answer", "item": item, "choice": value, "text": value})
    play(TalkSession(TALK, journal))
    ScaleSession(small_scale(), journal).handle({"do": "rate", "item": "listen", "value": 3})


def test_progress_lists_units_with_exercises_and_how_far_each_has_come(journal: Journal) -> None:
    """Units that are only read have nothing to count."""
    ExampleSession(EXAMPLE, journal).handle({"do": "all"})
    view = progress(journal).view()

    assert [unit["title"] for unit in view["units"]] == ["Watching", "Talking"]
    rows = [row for unit in view["units"] for row in unit["exercises"]]
    assert [(row["title"], row["standing"]) for row in rows] == [
        ("About example-test", "done"), ("About drills-test", "none"), ("About talk-test", "none"),
    ]  # fmt: skip
    assert view["headline"] == "Your way through: First steps, 1 of 3 done"
    assert is_plain_json(view)


def test_what_comes_next_is_the_first_unit_with_something_open(journal: Journal) -> None:
    """In this module, and in the whole course; empty when all is done."""
    assert progress(journal).view()["next"].startswith("Watching")
    assert next_step(journal, COURSE, load) == "Watching, in First steps."
    play(TalkSession(TALK, journal))
    assert next_step(journal, COURSE, load) == "Watching, in First steps."
    ExampleSession(EXAMPLE, journal).handle({"do": "all"})
    assert next_step(journal, COURSE, load) == "Watching, in First steps."
    do_everything(journal)

    assert next_step(journal, COURSE, load) == ""
    assert progress(journal).view()["next"] == ""
    assert progress(journal).headline.endswith("3 of 3 done")


def test_parts_to_try_again_come_from_the_latest_answers(journal: Journal) -> None:
    """The part with most misses first, three at most; one that went well since is not held against anybody."""
    for item, points in (("wide", 0), ("narrow", 0), ("write", 0), ("again", 0), ("narrow", 1)):
        answered(journal, DRILLS, {}, item, points=points)
    again = progress(journal).view()["again"]

    assert again == ["Validating: 2 items to try again", "Empathy: 1 item to try again"]


def test_three_parts_at_most_are_named(journal: Journal) -> None:
    """More to try again would be a list of failings."""
    parts = ("empathy", "compassion", "competence", "confidentiality", "validating")
    items = tuple(dataclasses.replace(DRILLS.items[0], id=name, part=name) for name in parts)
    drills = dataclasses.replace(DRILLS, items=items)
    for name in parts:
        answered(journal, drills, {}, name)

    assert len(progress(journal, loading=lambda e: drills if e == drills.id else load(e)).view()["again"]) == 3


def test_opened_again_progress_is_the_same(tmp_path: Path) -> None:
    """It is read from the journal, not remembered."""
    do_everything(journal_in(tmp_path))

    assert progress(journal_in(tmp_path)).view() == progress(journal_in(tmp_path)).view()


@pytest.mark.parametrize("fault", [ExerciseFileError("talk.yaml:3:1: a fault."), UnknownExerciseError("no exercise.")])
@pytest.mark.parametrize("lost", ["example-test", "drills-test", "talk-test", "scale-test"])
def test_an_exercise_that_cannot_be_read_takes_nothing_else_along(
    journal: Journal, lost: str, fault: Exception
) -> None:
    """The other rows are there, the greeting is there; nobody meets an error for somebody's slip in a file."""

    def loading(exercise_id: str) -> Any:
        if exercise_id == lost:
            raise fault
        return load(exercise_id)

    for module in COURSE.modules:
        answer = progress(journal, module, loading).handle({"do": "look"})
        assert "trouble" not in answer
        titles = [row["title"] for unit in answer["view"]["units"] for row in unit["exercises"]]
        wanted = [e for unit in module.units for e in unit.exercises if e != lost]
        assert titles == [f"About {e}" for e in wanted]
    view = welcome(journal, loading=loading).handle({"do": "look"})["view"]
    assert view["next"]


# --- the greeting ---------------------------------------------------------------------------------------------------


def test_the_greeting_asks_for_a_name_once_and_keeps_it(tmp_path: Path) -> None:
    """Found again in another window; a new name takes the place of the old one."""
    session = welcome(journal_in(tmp_path))
    assert session.view()["name"] == ""
    session.handle({"do": "draft", "field": "name", "text": "Sa"})
    assert welcome(journal_in(tmp_path)).view()["draft"] == "Sa"
    assert session.handle({"do": "name", "name": " Sam \n Student "})["saved"]

    view = welcome(journal_in(tmp_path)).view()
    assert (view["name"], view["draft"]) == ("Sam Student", "")
    session.handle({"do": "name", "name": "Alex"})
    assert welcome(journal_in(tmp_path)).view()["name"] == "Alex"


@pytest.mark.parametrize("name", ["", "  \n", None, 3, ["Sam"]])
def test_an_empty_name_is_asked_for_again(journal: Journal, name: Any) -> None:
    """Any name will do, but one it is."""
    answer = welcome(journal).handle({"do": "name", "name": name})

    assert "Any name will do." in answer["trouble"]
    assert answer["view"]["name"] == ""


@pytest.mark.parametrize("name", ["<script>", "نور", "\ud83d", "x" * 300, "Zoë\0", "💛"])
def test_any_name_is_kept_up_to_a_length(tmp_path: Path, name: str) -> None:
    """As it was typed; the page does the escaping."""
    welcome(journal_in(tmp_path)).handle({"do": "name", "name": name})

    assert welcome(journal_in(tmp_path)).view()["name"] == name[:MAX_NAME]


def test_the_headline_never_holds_the_name(journal: Journal) -> None:
    """It may be saved in a notebook."""
    session = welcome(journal)
    session.handle({"do": "name", "name": "Sam"})

    assert session.headline == session.title == "Welcome"


@given(
    sent=st.lists(
        messages("name", "draft", "look", "view", name=odd_text | plain_json, field=odd_text, text=odd_text), max_size=8
    )
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_greeting_answers(sent: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never an error; always a view, except for a draft."""
    folder = tmp_path_factory.mktemp("sent")
    session = welcome(journal_in(folder))
    send_all(session, sent)

    assert is_plain_json(session.view())
    assert steady(welcome(journal_in(folder)).view()) == steady(session.view())


def test_a_full_disk_or_none_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither page meets the learner with an error."""
    disk = Disk(monkeypatch)
    disk.full = True
    session = welcome(journal_in(tmp_path))
    assert "disk is full" in session.handle({"do": "look"})["trouble"]
    disk.full = False
    session.handle({"do": "name", "name": "Sam"})
    page = progress(journal_in(tmp_path))
    disk.gone = True

    assert "Input/output error" in session.handle({"do": "look"})["trouble"]
    assert "Input/output error" in page.handle({"do": "look"})["trouble"]


# --- the library ------------------------------------------------------------------------------------------------------


def test_every_exercise_of_the_course_is_in_the_library_once(journal: Journal) -> None:
    """And every page that counts them can be shown to somebody who has done nothing yet."""
    course = load_course()
    ids = [e for module in course.modules for unit in module.units for e in unit.exercises]

    assert len(ids) == len(set(ids))
    for exercise_id in ids:
        assert load_exercise(exercise_id).id == exercise_id
    for module in course.modules:
        assert is_plain_json(ProgressSession(journal, module, load_exercise).view())
    assert next_step(journal, course, load_exercise)


def test_a_reflection_counts_in_the_course(journal: Journal) -> None:
    """Written once is written."""
    ReflectionSession(small_reflection(), journal).handle({"do": "write", "texts": {"next": "I will wait."}})

    assert standing(journal, small_reflection()).state == "done"
