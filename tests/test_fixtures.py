"""Journals and hand-ins of every version stay openable: resumed where they were, shown as they were."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from fixtures.make import HALF_PLAYED

from alliance_kit import handin
from alliance_kit.journal import Journal
from alliance_kit.sessions.course import ProgressSession
from alliance_kit.workbook import SESSIONS, load_course, load_exercise

COURSES = sorted(path for path in (Path(__file__).parent / "fixtures").glob("v*-course"))


@pytest.fixture(params=COURSES, ids=lambda path: path.name)
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of a course journal of some version."""
    folder = tmp_path / "journal"
    shutil.copytree(request.param, folder)
    return folder


def test_there_is_a_course_of_every_version() -> None:
    """Each version leaves a journal of its course behind."""
    assert COURSES


def test_a_half_played_talk_goes_on_where_it_was(kept: Path) -> None:
    """The talk that was left after two turns stands at its third, in the version in which it was begun."""
    exercise = load_exercise(HALF_PLAYED)
    talk = SESSIONS[type(exercise)](exercise, Journal(kept))
    view = talk.view()
    assert (view["phase"], view["turn"]) == ("talk", 2)
    reply = talk.scenario.scenes[talk.position.scene].replies[0].id
    assert talk.handle({"do": "say", "turn": 2, "reply": reply})["view"]["turn"] == 3


def test_a_half_typed_sentence_is_there(kept: Path) -> None:
    """The words that were being typed come back."""
    exercise = load_exercise("trust-reflection")
    view = SESSIONS[type(exercise)](exercise, Journal(kept)).view()
    assert view["prompts"][-1]["text"] == "Synthetic: when I next see"


def test_the_way_so_far_is_told_without_complaint(kept: Path) -> None:
    """Everything counts as done, and the journal has nothing to report."""
    journal = Journal(kept)
    module = next(m for m in load_course().modules if m.id == "02_trust")
    view = ProgressSession(journal, module, load_exercise).view()
    then = {line.data["exercise"]["title"] for line in journal.lines("exercise")}  # later versions have more
    told = {e["title"]: e["standing"] for unit in view["units"] for e in unit["exercises"] if e["title"] in then}
    assert set(told.values()) == {"done"}
    assert len(told) >= 8
    assert journal.notices() == ()


def test_its_hand_in_reads_back(kept: Path) -> None:
    """The file that was handed in is read, with every section of its page."""
    (path,) = kept.glob("hand-in-*.jsonl")
    made = handin.read(path)
    assert made.name == "Synthetic Learner"
    assert len(made.page()) == len(made.contents) >= 8
