"""The plain text front end: the same sessions, to be read and acted on without a widget."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support import (
    CLOCK,
    WARM,
    Disk,
    journal_in,
    play,
    small_drills,
    small_example,
    small_reflection,
    small_scale,
    small_talk,
)

from alliance_kit.model import Course, Module, Unit
from alliance_kit.sessions.course import ProgressSession, WelcomeSession
from alliance_kit.sessions.drill import DrillSession
from alliance_kit.sessions.hand_in import HandInSession
from alliance_kit.sessions.pages import ExampleSession, ReflectionSession, ScaleSession
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.sessions.text import TextFace
from alliance_kit.sessions.trouble import TroubleSession

MODULE = Module(id="m", title="Trust", units=(Unit(id="u", title="A unit", minutes=5, exercises=("talk-test",)),))
COURSE = Course(schema_version=1, id="c", version="1.0.0", title="Course", modules=(MODULE,))


def talk(folder: Path) -> TextFace:
    return TextFace(TalkSession(small_talk(), journal_in(folder), clock=CLOCK))


def test_a_talk_can_be_played_by_reading_and_typing(tmp_path: Path) -> None:
    """From the chart to what happened; each step shows what to type next."""
    face = talk(tmp_path)
    assert "Left knee, six weeks." in face.text()
    assert "do('begin')" in face.text()
    text = face.do("begin")
    assert "Ana: Patient before listen." in text
    for turn, reply_id in enumerate(WARM):
        assert f"do('say', turn={turn}, reply=…)" in text
        assert f"  {reply_id}: Clinician says {reply_id} here." in text
        text = face.do("say", turn=turn, reply=reply_id)

    assert "You: Clinician says together here.\n  (heard: Heard together.)" in text
    assert text.endswith("It ended open.")


def test_a_missed_step_of_care_stands_in_the_text(tmp_path: Path) -> None:
    """Not only in a picture."""
    face = talk(tmp_path)
    face.do("begin")
    for turn, reply_id in enumerate(("listen", "own-it", "pass-over", "ask-first", "together")):
        text = face.do("say", turn=turn, reply=reply_id)

    assert text.endswith("It ended unsafe.\nNobody asked about the calf.")


def test_the_text_never_holds_a_thought(tmp_path: Path) -> None:
    """Neither during the talk nor before it."""
    face = talk(tmp_path)
    seen = face.text() + face.do("begin") + face.do("say", turn=0, reply="hush")

    assert "INNER-" not in seen
    assert "STORY-THAT-STAYS-UNTOLD" not in seen


def test_a_set_is_worked_through_in_text(tmp_path: Path) -> None:
    """Options before, feedback to each of them after."""
    face = TextFace(DrillSession(small_drills(), journal_in(tmp_path), clock=CLOCK))
    before = face.text()
    assert "1 of 4. Which?" in before
    assert "w2: Option 2 of four." in before
    assert "Feedback" not in before
    after = face.do("answer", item="wide", choice="w1")

    assert all(f"Feedback {i}." in after for i in range(4))
    assert after.endswith("not_seen: Feedback 1.")


def test_what_stands_in_the_way_is_the_answer(tmp_path: Path) -> None:
    """One sentence in place of the page; the page is still there afterwards."""
    face = TextFace(ReflectionSession(small_reflection(), journal_in(tmp_path), clock=CLOCK))

    assert face.do("write", texts={}) == "Nothing is written yet. A single sentence is enough."
    assert "What did you notice?" in face.text()


def test_a_field_may_be_called_name(tmp_path: Path) -> None:
    """The greeting asks for one."""
    face = TextFace(WelcomeSession(journal_in(tmp_path), COURSE, lambda _: small_talk(), clock=CLOCK))

    assert "name: Sam" in face.do("name", name="Sam")


def all_faces(folder: Path) -> dict[str, TextFace]:
    journal = journal_in(folder)
    sessions: dict[str, Any] = {
        "talk": TalkSession(small_talk(), journal),
        "drill": DrillSession(small_drills(), journal),
        "reflection": ReflectionSession(small_reflection(), journal),
        "scale": ScaleSession(small_scale(), journal),
        "example": ExampleSession(small_example(), journal),
        "welcome": WelcomeSession(journal, COURSE, lambda _: small_talk()),
        "progress": ProgressSession(journal, MODULE, lambda _: small_talk()),
        "hand in": HandInSession(journal, folder / "hand-in"),
        "trouble": TroubleSession("The folder is missing."),
    }
    return {name: TextFace(session) for name, session in sessions.items()}


NAMES = ["talk", "drill", "reflection", "scale", "example", "welcome", "progress", "hand in", "trouble"]


@pytest.mark.parametrize("name", NAMES)
def test_every_session_has_a_text_and_a_line_that_may_be_saved(tmp_path: Path, name: str) -> None:
    """The text begins with the title; what a notebook keeps is title and progress."""
    face = all_faces(tmp_path)[name]

    assert face.text().startswith(face.session.title)
    assert repr(face) == face.session.headline
    assert face.do("nothing") == face.text()


@pytest.mark.parametrize("name", NAMES)
def test_a_disk_that_is_gone_is_a_sentence_in_every_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Neither the text nor the line in the notebook is ever an error."""
    play(TalkSession(small_talk(), journal_in(tmp_path)), turns=1)
    face = all_faces(tmp_path)[name]
    Disk(monkeypatch).gone = True

    assert "Traceback" not in face.text()
    assert face.text()
    assert face.session.title in repr(face)


def test_trouble_says_its_sentence_and_nothing_else() -> None:
    """Whatever is asked of it."""
    session = TroubleSession("The folder is missing.")

    assert "The folder is missing." in TextFace(session).text()
    assert session.handle({"do": "begin"}) == session.handle({}) == {"view": session.view()}
