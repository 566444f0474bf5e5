"""The face: it shows any session, passes messages on, and keeps the learner's words out of what a notebook saves."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from support import (
    BEST_WAY,
    journal_in,
    messages,
    odd_text,
    plain_json,
    play,
    say,
    small_drills,
    small_example,
    small_goal,
    small_reflection,
    small_role_play,
    small_scale,
    small_talk,
)

from alliance_kit.errors import JournalError
from alliance_kit.journal import Journal
from alliance_kit.model import Act
from alliance_kit.sessions.base import MAX_TEXT, Session
from alliance_kit.sessions.course import MAX_NAME, WelcomeSession
from alliance_kit.sessions.hand_in import HandInSession
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.widgets import UNFORESEEN, Stage
from alliance_kit.workbook import SESSIONS, load_course, load_exercise

CANARY = "zimtstern"
QUIET = (small_reflection(), small_role_play(), small_scale(), small_example())
EXERCISES = {exercise.kind: exercise for exercise in (small_talk(), small_drills(), small_goal(), *QUIET)}
STATIC = Path(__file__).resolve().parents[1] / "alliance_kit" / "widgets" / "static"
SCRIPT = "\n".join(path.read_text("utf-8") for path in sorted(STATIC.glob("*.js")))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return journal_in(tmp_path)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return what stages send to their pages, in order."""
    out: list[Any] = []
    monkeypatch.setattr(Stage, "send", lambda _stage, content, buffers=None: out.append(content))
    return out


def ask(stage: Stage, content: Any) -> None:
    """Let a message come in, by the way that ipywidgets takes."""
    stage._handle_custom_msg(content, [])


def opened(kind: str, journal: Journal) -> Session:
    exercise = EXERCISES[kind]
    return SESSIONS[type(exercise)](exercise, journal)


WORDS = {
    "drill": {"do": "draft", "field": "rewrite/text", "text": CANARY},
    "goal": {"do": "write", "text": f"In 2 weeks I will {CANARY}."},
    "reflection": {"do": "write", "texts": {"noticed": CANARY, "next": CANARY}},
    "role_play": {"do": "draft", "field": "script", "text": CANARY},
    "scenario": {"do": "draft", "field": "any", "text": CANARY},
}


@pytest.mark.parametrize("kind", EXERCISES)
def test_what_a_notebook_may_save_is_a_title_and_how_far_it_got(kind: str, journal: Journal, sent: list[Any]) -> None:
    """Neither the synced traits, nor the output, nor the text form hold a word of the learner or of the exercise."""
    stage = Stage(opened(kind, journal))
    ask(stage, {"do": "begin", "client": "w", "ask": 1})
    ask(stage, WORDS.get(kind, {"do": "look"}) | {"client": "w", "ask": 2})

    bundle = stage._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    state = {name: value for name, value in stage.get_state().items() if not name.startswith(("_esm", "_css"))}
    saved = json.dumps([data, state, repr(stage)], default=str)

    assert repr(stage) == data["text/plain"] == stage.session.headline
    assert data["text/plain"].startswith(EXERCISES[kind].title)
    assert CANARY not in saved
    assert all(len(str(value)) < 100 for value in state.values()), "a trait holds more than a name"
    assert set(data) <= {"text/plain", "application/vnd.jupyter.widget-view+json"}
    if kind in WORDS:
        assert CANARY in "".join(path.read_text("utf-8") for path in journal.folder.iterdir() if path.is_file())


@pytest.mark.parametrize("kind", EXERCISES)
def test_a_message_goes_through_the_session_and_its_answer_names_the_message(
    kind: str, journal: Journal, sent: list[Any]
) -> None:
    """The page can tell whose answer it is, also where a message brings an id of its own."""
    ask(Stage(opened(kind, journal)), {"do": "look", "client": "w", "ask": 7, "id": "an-offer"})

    (answer,) = sent
    assert {name: answer[name] for name in ("client", "ask", "do")} == {"client": "w", "ask": 7, "do": "look"}
    assert answer["view"] == json.loads(json.dumps(opened(kind, journal_in(journal.folder.parent)).view()))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=messages("look", "draft", "write", "settle", texts=plain_json, text=odd_text, field=odd_text))
def test_whatever_comes_in_there_is_one_answer_that_can_be_sent(content: Any, tmp_path: Path, sent: list[Any]) -> None:
    """Half an emoji, a list, a number: a page is never left waiting."""
    sent.clear()
    stage = Stage(opened("reflection", journal_in(tmp_path)))
    ask(stage, content)
    ask(stage, {"do": "look"})

    assert len(sent) == 2
    for answer in sent:
        json.dumps(answer, ensure_ascii=False, default=str).encode("utf-8")


class Broken(Session):
    """A session with a fault in it."""

    def view(self) -> Any:
        """Meet something nobody foresaw."""
        raise ZeroDivisionError(CANARY)

    def do_draft(self, message: Any) -> Any:
        """Meet it with words in hand."""
        raise RuntimeError(f"no place for {message['text']}")


@pytest.mark.parametrize("message", [{"do": "look"}, {"do": "draft", "text": CANARY, "field": "f"}])
def test_a_fault_of_ours_is_one_sentence_and_never_a_traceback(
    message: dict[str, Any],
    journal: Journal,
    sent: list[Any],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Nothing is said to be saved, the log tells kind and place, and the learner's words stay out of it."""
    with caplog.at_level(logging.DEBUG):
        ask(Stage(Broken(journal)), {**message, "client": "w", "ask": 1})

    assert sent == [{"client": "w", "ask": 1, "do": message["do"], "trouble": UNFORESEEN}]
    assert "Traceback" not in "".join(capsys.readouterr())
    assert CANARY not in caplog.text


def test_the_sentence_is_one_and_says_what_to_do() -> None:
    """Trouble is one sentence with one action, in plain words."""
    assert UNFORESEEN.count(".") == 1
    assert "kept" in UNFORESEEN
    assert not re.search(r"error|failed|invalid|exception", UNFORESEEN, re.IGNORECASE)


def test_an_unreadable_journal_leaves_the_title(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    """How far it got cannot be told just now; the cell shows a title, no traceback."""

    def unreadable(*_: object) -> Any:
        raise JournalError("The journal cannot be read just now.")

    stage = Stage(opened("goal", journal))
    monkeypatch.setattr(Journal, "answers", unreadable)

    assert repr(stage) == EXERCISES["goal"].title


def test_two_windows_on_one_talk(journal: Journal) -> None:
    """What went on in one window is caught up with in the other, which says so and goes on from there."""
    talk = small_talk()
    here = TalkSession(talk, journal)
    play(here, turns=1)
    there = TalkSession(talk, journal_in(journal.folder.parent))
    play(there, turns=1)

    answer = say(here, BEST_WAY(here, here.view()["replies"]))

    assert "another window" in answer["trouble"]
    assert answer["view"]["turn"] == there.view()["turn"] == 2
    assert answer["view"]["line"] == there.view()["line"]
    assert "trouble" not in say(here, BEST_WAY(here, here.view()["replies"]))


# --- what the page and the kernel must agree on --------------------------------------------------------------------


def table(name: str) -> str:
    """Return what stands in a table of the script."""
    return re.search(rf"const {name} = \{{(.*?)\n\}};|const {name} = \{{(.*?)\}};", SCRIPT, re.DOTALL)[0]


def test_the_page_can_draw_every_kind_and_name_every_act() -> None:
    """No session without a face, no act without words."""
    kinds = {session.kind for session in SESSIONS.values()} | {"welcome", "progress", "hand_in", "trouble"}
    assert set(re.findall(r"(\w+):", table("FACES"))) >= kinds
    assert set(re.findall(r"(\w+):", table("ACTS"))) == set(get_args(Act))


def test_a_field_takes_as_much_as_the_journal_keeps() -> None:
    """5,000 words and more; the page stops where the journal would cut."""
    assert f"LONGEST = {MAX_TEXT:_};" in SCRIPT
    assert f"LONGEST_NAME = {MAX_NAME};" in SCRIPT
    assert MAX_TEXT >= 5_000 * 10


def test_the_scripts_are_small_files_by_subject() -> None:
    """A script past 200 lines is two subjects; none builds markup from text."""
    for path in STATIC.glob("*.js"):
        text = path.read_text("utf-8")
        assert text.count("\n") <= 200, path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text), path.name


@pytest.mark.parametrize("make", [WelcomeSession, HandInSession])
def test_pages_of_the_course_have_a_face_too(
    make: Callable[..., Session], journal: Journal, tmp_path: Path, sent: list[Any]
) -> None:
    """A name that the learner gave is in no output."""
    course = load_course()
    arguments = (journal, course, load_exercise) if make is WelcomeSession else (journal, tmp_path)
    stage = Stage(make(*arguments))
    ask(stage, {"do": "name", "name": CANARY})
    ask(stage, {"do": "draft", "field": "name", "text": CANARY})

    assert CANARY not in repr(stage)
    assert CANARY not in json.dumps(stage.get_state(), default=str)
    assert "trouble" not in sent[-1]
