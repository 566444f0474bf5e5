"""What a notebook cell calls: one line brings an exercise up, and nothing it meets is ever a traceback."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from support import CLOCK, WARM, run_python, small_talk

from alliance_kit import library, workbook
from alliance_kit.content.faults import FaultyExerciseFileError
from alliance_kit.errors import ExerciseFileError, JournalError, UnknownExerciseError
from alliance_kit.home import open_home
from alliance_kit.journal import Journal
from alliance_kit.model import KINDS
from alliance_kit.plain import to_json
from alliance_kit.sessions.text import TextFace
from alliance_kit.sessions.trouble import TroubleSession
from alliance_kit.workbook import (
    SESSIONS,
    ClosedWorkbook,
    Workbook,
    load_course,
    load_exercise,
    open_workbook,
    show,
)

MODULE = "02_trust"


@pytest.fixture
def book(alliance_home: Path) -> Workbook:
    """Return a module of the real course, open on a home of its own."""
    course = load_course()
    module = next(m for m in course.modules if m.id == MODULE)
    return Workbook(module, course, open_home(), clock=CLOCK)


@pytest.fixture
def no_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this a computer where widgets cannot be imported."""
    monkeypatch.setitem(sys.modules, "alliance_kit.widgets", None)


@pytest.fixture
def no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make this a computer where the reader for exercise files is not installed."""
    monkeypatch.setitem(sys.modules, "alliance_kit.content", None)


# --- opening --------------------------------------------------------------------------------------------------------


def test_a_module_opens_on_the_home_of_this_person(alliance_home: Path) -> None:
    """Home, journal and module; the cell's own line shows titles only."""
    opened = open_workbook(MODULE)

    assert isinstance(opened, Workbook)
    assert opened.journal.folder == alliance_home / "journal"
    assert repr(opened) == f"{load_course().title}: Trust"


def test_an_unknown_module_is_named_with_those_there_are(alliance_home: Path) -> None:
    """In place of every exercise, and nothing is raised."""
    closed = open_workbook("99_nothing")

    assert isinstance(closed, ClosedWorkbook)
    assert "no module '99_nothing'. Known: 00_start_here, 02_trust" in repr(closed)


def test_a_home_that_cannot_be_used_closes_the_workbook_with_one_sentence(
    alliance_home: Path, no_widgets: None
) -> None:
    """Every cell of the notebook says it; none breaks."""
    alliance_home.write_text("a file in the way")
    closed = open_workbook(MODULE)
    faces = [closed.welcome(), closed.play("x"), closed.drill("y"), closed.hand_in(), closed.anything(1, two=2)]

    assert isinstance(closed, ClosedWorkbook)
    assert all("a file is in the way" in face.text() for face in faces)
    assert "a file is in the way" in repr(closed)


def test_a_closed_workbook_has_no_secret_methods() -> None:
    """Jupyter asks objects for ways to show themselves; a closed workbook has its sentence only."""
    closed = ClosedWorkbook("Closed.")

    assert not hasattr(closed, "_repr_html_")
    assert not hasattr(closed, "_ipython_display_")
    assert repr(closed) == "Closed."


def test_a_course_with_a_fault_closes_the_workbook(alliance_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fault is said with its place."""

    def faulty() -> Any:
        raise ExerciseFileError("course.yaml:3:1: a fault.")

    monkeypatch.setattr(workbook, "load_course", faulty)

    assert repr(open_workbook(MODULE)) == "course.yaml:3:1: a fault."


# --- showing --------------------------------------------------------------------------------------------------------


def test_every_kind_of_exercise_has_a_session_of_its_kind(book: Workbook) -> None:
    """Whatever the library holds can be shown."""
    assert set(SESSIONS) == set(KINDS.values())
    for name in library.exercise_ids():
        session = book.session(name)
        assert session.view()["kind"] == session.kind == load_exercise(name).kind
        assert session.view()["id"] == name


@pytest.mark.usefixtures("no_widgets")
@pytest.mark.parametrize(
    ("method", "exercise_id"),
    [("watch", "trust-example"), ("play", "low-back-first-visit"), ("drill", "trust-drills"),
     ("write_goal", "goal-kathleen"), ("reflect", "trust-reflection"), ("rate", "trust-self-check")],
)  # fmt: skip
def test_each_call_brings_its_exercise_up(book: Workbook, method: str, exercise_id: str) -> None:
    """As text where there are no widgets."""
    face = getattr(book, method)(exercise_id)

    assert isinstance(face, TextFace)
    assert face.text().startswith(load_exercise(exercise_id).title)


@pytest.mark.usefixtures("no_widgets")
@pytest.mark.parametrize(
    ("method", "title"), [("welcome", "Welcome"), ("progress", "Your way through: Trust"), ("hand_in", "Handing in")]
)
def test_the_pages_of_the_course_come_up(book: Workbook, method: str, title: str) -> None:
    """For somebody who has done nothing yet."""
    assert getattr(book, method)().text().startswith(title)


@pytest.mark.skipif(not importlib.util.find_spec("anywidget"), reason="anywidget is not installed")
def test_where_widgets_can_be_imported_the_face_is_one(book: Workbook) -> None:
    """Its saved form is the headline."""
    from alliance_kit.widgets import Stage  # noqa: PLC0415 — the test is about this import

    face = book.play("low-back-first-visit")

    assert isinstance(face, Stage)
    assert repr(face) == face.session.headline


@pytest.mark.usefixtures("no_widgets")
@pytest.mark.parametrize(
    "name", ["lowback-first-visit", "../journal/journal", "course", "", "low-back-first-visit\0", "\ud83d"]
)
def test_an_exercise_that_is_not_there_is_a_sentence_in_place(book: Workbook, name: str) -> None:
    """With close matches, where there are any; the other cells go on."""
    face = book.play(name)

    assert isinstance(face.session, TroubleSession)
    assert "there is no exercise" in face.text()
    assert book.drill("trust-drills").text().startswith(load_exercise("trust-drills").title)


@pytest.mark.usefixtures("no_widgets")
def test_a_journal_that_cannot_be_read_is_a_sentence_in_place(book: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """In every cell that needs it."""

    def refuse(*_: object, **__: object) -> Any:
        raise JournalError("The disk refused.")

    monkeypatch.setattr(Journal, "refresh", refuse)

    for face in (book.play("low-back-first-visit"), book.drill("trust-drills"), book.welcome(), book.progress()):
        assert "The disk refused." in face.text()
        assert repr(face)


@pytest.mark.usefixtures("no_widgets")
def test_cells_that_are_run_again_find_everything_as_it_was(book: Workbook) -> None:
    """A new session on the same journal."""
    face = book.play("low-back-first-visit")
    face.do("begin")
    view = face.session.view()
    face.do("say", turn=0, reply=view["replies"][0]["id"])

    assert book.play("low-back-first-visit").text() == face.text()
    assert repr(book.play("low-back-first-visit")).endswith("turn 2")


def test_exercises_are_read_once(book: Workbook, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that counts them must not read the library anew each time it is drawn."""
    book.session("trust-drills")
    monkeypatch.setattr(library, "load_compiled", lambda *_: pytest.fail("read again"))

    assert book.session("trust-drills").title


# --- recorded answers -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("no_widgets")
def test_recorded_answers_are_played_before_a_session_is_shown(alliance_home: Path, tmp_path: Path) -> None:
    """A whole notebook runs by itself, and the journal holds what was said."""
    talk = load_exercise("low-back-first-visit")
    walk = next(w for w in talk.tests if w.ending == "open")
    says = [{"do": "say", "turn": i, "reply": reply} for i, reply in enumerate(walk.replies)]
    file = tmp_path / "answers.json"
    file.write_text(
        json.dumps({"low-back-first-visit": [{"do": "begin"}, *says], "welcome": [{"do": "name", "name": "Sam"}]})
    )
    opened = open_workbook(MODULE, str(file))

    assert "talk finished" in repr(opened.play("low-back-first-visit"))
    assert "name: Sam" in opened.welcome().text()
    assert opened.journal.runs("low-back-first-visit")[0].ended == "open"


@pytest.mark.usefixtures("no_widgets")
def test_recorded_answers_that_fit_nothing_do_nothing(book: Workbook) -> None:
    """Whatever stands there: a page, and no error."""
    junk: Any = [
        {"do": "begin"},
        {"do": "say"},
        {"do": 3},
        {},
        None,
        "begin",
        ["begin"],
        {"do": "say", "turn": 0, "reply": "x"},
    ]
    again = Workbook(book.module, book.course, book.home, answers={"low-back-first-visit": junk})

    assert repr(again.play("low-back-first-visit")).endswith("turn 1")


# --- the library's two seams ------------------------------------------------------------------------------------------


@pytest.fixture
def stale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Make this a library whose compiled copies are all missing."""
    monkeypatch.setattr(library, "compiled_folder", lambda: tmp_path / "nothing")


@pytest.mark.usefixtures("stale")
def test_a_stale_copy_is_made_up_for_by_the_reader() -> None:
    """What an author just changed is what is played."""
    assert load_exercise("trust-reflection").id == "trust-reflection"
    assert load_course().modules


@pytest.mark.usefixtures("stale", "no_reader")
def test_without_a_copy_and_a_reader_one_is_told_what_to_do() -> None:
    """A bare clone in which somebody changed a file."""
    with pytest.raises(
        ExerciseFileError, match=r"trust-reflection: its compiled copy is missing or older .* Run 'python"
    ):
        load_exercise("trust-reflection")
    with pytest.raises(ExerciseFileError, match=r"course\.json is missing or older"):
        load_course()


def test_an_unknown_exercise_is_an_error_of_its_own() -> None:
    """For those who call the library from plain Python."""
    with pytest.raises(UnknownExerciseError, match="Did you mean 'trust-drills'"):
        load_exercise("trust-drill")


def test_a_faulty_file_names_its_faults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With line and column; the cell shows them as a sentence in place."""
    (tmp_path / "exercises" / "scales").mkdir(parents=True)
    (tmp_path / "exercises" / "scales" / "faulty-one.yaml").write_text("kind: scale\nid: faulty-one\n")
    monkeypatch.setattr(library, "data_folder", lambda: tmp_path)

    with pytest.raises(FaultyExerciseFileError, match=r"faulty-one\.yaml"):
        load_exercise("faulty-one")


def test_compiled_copies_are_what_their_files_say() -> None:
    """What is shipped is what was written."""
    from alliance_kit.content import load_exercise_file  # noqa: PLC0415 — back office, only here

    for name in library.exercise_ids():
        assert to_json(load_exercise_file(library.exercise_file(name))) == to_json(load_exercise(name)), name


# --- the core on its own ----------------------------------------------------------------------------------------------


def test_a_talk_is_played_with_the_standard_library_alone(tmp_path: Path) -> None:
    """No package, no widget, no reader is touched on the way."""
    code = """if True:
        import sys
        before = set(sys.modules)
        from alliance_kit.workbook import open_workbook
        book = open_workbook("02_trust")
        session = book.session("trust-drills")
        session.view()
        heavy = {"pydantic", "ruamel", "ipywidgets", "anywidget", "IPython", "pandas", "numpy", "alliance_kit.content"}
        print(sorted(heavy & set(sys.modules)))"""

    assert run_python(code, ALLIANCE_HOME=str(tmp_path / "home")) == "[]\n"


def test_show_falls_back_to_text(no_widgets: None) -> None:
    """And to nothing else."""
    assert isinstance(show(TroubleSession("x")), TextFace)
    assert len(WARM) == len(small_talk().scenes)


def test_damage_to_the_journal_is_told_once_on_whatever_page_is_open(alliance_home: Path) -> None:
    """The trust page has no greeting: its first exercise says what happened, and the next one does not repeat it."""
    talk_id = "low-back-first-visit"
    first = open_workbook("02_trust").session(talk_id)
    first.handle({"do": "begin"})
    first.handle({"do": "say", "turn": 0, "reply": first.view()["replies"][0]["id"]})
    journal = alliance_home / "journal" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-40])

    book = open_workbook("02_trust")
    told = [face.session.handle({"do": "look"}).get("notices") for face in (book.play(talk_id), book.progress())]

    assert len(told[0]) == 1
    assert "cut off" in told[0][0]
    assert told[1] is None


def test_a_retry_asks_for_confidence_no_oftener_than_one_talk(alliance_home: Path) -> None:
    """However often a learner goes back, a talk as shown holds three answers at most."""
    talk = open_workbook("02_trust").session("low-back-first-visit")
    talk.handle({"do": "begin"})
    for back in (7, 5, 3, None):
        while (view := talk.view())["phase"] == "talk":
            if not view["replies"]:  # own words come first here
                view = talk.handle({"do": "type", "turn": view["turn"], "text": "Hm", "confidence": 0.5})["view"]
            reply = view["replies"][0]["id"]
            talk.handle({"do": "say", "turn": view["turn"], "reply": reply, "confidence": 0.5})
        assert len(view["debrief"]["confidence"]) <= 3
        talk.handle({"do": "retry", "turn": back})
