"""Quiet pages: what is written to oneself is kept whole, a rating is kept at once, an example is uncovered."""

from __future__ import annotations

import json
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
    send_all,
    small_example,
    small_reflection,
    small_scale,
    steady,
)

from alliance_kit import library
from alliance_kit.model import Example, Reflection, Scale
from alliance_kit.sessions.base import MAX_TEXT
from alliance_kit.sessions.pages import ExampleSession, ReflectionSession, ScaleSession
from alliance_kit.workbook import load_exercise


def reflection(folder: Path) -> ReflectionSession:
    return ReflectionSession(small_reflection(), journal_in(folder), clock=CLOCK)


def scale(folder: Path) -> ScaleSession:
    return ScaleSession(small_scale(), journal_in(folder), clock=CLOCK)


def worked(folder: Path, exercise: Example | None = None) -> ExampleSession:
    return ExampleSession(exercise or small_example(), journal_in(folder), clock=CLOCK)


def kept(folder: Path, exercise_id: str) -> list[Any]:
    return [a.response.answer for a in journal_in(folder).answers(exercise_id)]


def texts(view: dict[str, Any]) -> dict[str, str]:
    return {p["id"]: p["text"] for p in view["prompts"]}


# --- reflections --------------------------------------------------------------------------------------------------


def test_an_empty_reflection_shows_its_questions(tmp_path: Path) -> None:
    """Each with a way to begin; nothing is written yet."""
    view = reflection(tmp_path).view()

    assert texts(view) == {"noticed": "", "next": ""}
    assert view["prompts"][0]["starter"] == "It was …"
    assert view["headline"] == "About reflection-test: 0 of 2 written"
    assert view["required"] is True


@pytest.mark.parametrize(
    "text", ["I spoke first.", "  spaced  \n", '<b>bold</b> & "quotes"', "\ud83d half", "a\0b", "نعم", "🙂"]
)
def test_what_is_written_comes_back_as_it_was_typed(tmp_path: Path, text: str) -> None:
    """In another window, to the letter."""
    session = reflection(tmp_path)
    assert session.handle({"do": "write", "texts": {"noticed": text}})["saved"]

    assert texts(reflection(tmp_path).view()) == {"noticed": text, "next": ""}
    assert reflection(tmp_path).headline == "About reflection-test: 1 of 2 written"
    assert is_plain_json(session.view()) or "\ud83d" in text


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"texts": None},
        {"texts": []},
        {"texts": {"noticed": " \n"}},
        {"texts": {"other": "x"}},
        {"texts": {"noticed": 3}},
    ],
)
def test_nothing_written_is_said_so(tmp_path: Path, said: dict[str, Any]) -> None:
    """One sentence; no line is kept."""
    session = reflection(tmp_path)

    assert "A single sentence is enough." in session.handle({"do": "write", **said})["trouble"]
    assert kept(tmp_path, "reflection-test") == []


def test_the_same_words_are_kept_once(tmp_path: Path) -> None:
    """A double click is no second reflection; a change is."""
    session = reflection(tmp_path)
    for text in ("One.", "One.", "Two.", "Two."):
        session.handle({"do": "write", "texts": {"noticed": text, "next": ""}})

    assert kept(tmp_path, "reflection-test") == [{"noticed": "One."}, {"noticed": "Two."}]


def test_words_may_be_taken_back_from_one_prompt(tmp_path: Path) -> None:
    """The page says what it says now; what was there before stays in the journal."""
    session = reflection(tmp_path)
    session.handle({"do": "write", "texts": {"noticed": "One.", "next": "Two."}})
    session.handle({"do": "write", "texts": {"noticed": "One.", "next": ""}})

    assert texts(reflection(tmp_path).view()) == {"noticed": "One.", "next": ""}
    assert kept(tmp_path, "reflection-test")[0] == {"noticed": "One.", "next": "Two."}


def test_a_prompt_that_a_message_leaves_out_loses_no_word(tmp_path: Path) -> None:
    """Neither what is kept nor what is being typed."""
    session = reflection(tmp_path)
    session.handle({"do": "write", "texts": {"noticed": "Kept.", "next": ""}})
    session.handle({"do": "draft", "field": "next", "text": "Being typed."})
    session.handle({"do": "write", "texts": {"noticed": "Changed."}})

    assert texts(reflection(tmp_path).view()) == {"noticed": "Changed.", "next": "Being typed."}


def test_half_typed_words_come_back_and_are_told_from_kept_ones(tmp_path: Path) -> None:
    """A draft stands in place of the older text, and is marked as not kept yet."""
    session = reflection(tmp_path)
    session.handle({"do": "write", "texts": {"noticed": "Kept.", "next": "Also kept."}})
    session.handle({"do": "draft", "field": "noticed", "text": "Kept. And m"})
    view = reflection(tmp_path).view()

    assert texts(view)["noticed"] == "Kept. And m"
    assert [p["kept"] for p in view["prompts"]] == [False, True]
    assert kept(tmp_path, "reflection-test") == [{"noticed": "Kept.", "next": "Also kept."}]


def test_a_reflection_is_never_graded(tmp_path: Path) -> None:
    """No finding is kept with it."""
    reflection(tmp_path).handle({"do": "write", "texts": {"noticed": "no wonder brother"}})
    (answer,) = journal_in(tmp_path).answers("reflection-test")

    assert answer.feedback.findings == ()
    assert answer.feedback.max_points == 0


def test_a_very_long_text_is_kept_up_to_the_length_that_the_page_takes(tmp_path: Path) -> None:
    """The page lets nobody type more; what comes all the same is cut, not refused."""
    session = reflection(tmp_path)
    session.handle({"do": "write", "texts": {"noticed": "ä" * (MAX_TEXT + 5)}})

    assert texts(session.view())["noticed"] == "ä" * MAX_TEXT


def test_on_a_full_disk_the_words_stay_in_the_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is claimed to be saved, and nothing is lost."""
    disk = Disk(monkeypatch)
    session = reflection(tmp_path)
    session.handle({"do": "draft", "field": "noticed", "text": "Long thought."})
    disk.full = True
    reply = session.handle({"do": "write", "texts": {"noticed": "Long thought.", "next": ""}})

    assert "disk is full" in reply["trouble"]
    assert "saved" not in reply
    assert texts(reply["view"])["noticed"] == "Long thought."
    disk.full = False
    assert texts(reflection(tmp_path).view())["noticed"] == "Long thought."


# --- two windows ----------------------------------------------------------------------------------------------------


def look(session: ReflectionSession, client: str) -> dict[str, Any]:
    return session.handle({"do": "look", "client": client})["view"]["prompts"][0]


@pytest.mark.parametrize("apart", [False, True], ids=["one program", "two programs"])
def test_two_windows_never_cost_each_other_a_word(tmp_path: Path, apart: bool) -> None:
    """Each goes on with its own; what the other holds is shown until it was seen."""
    one = reflection(tmp_path)
    other = reflection(tmp_path) if apart else one
    look(one, "a")
    look(other, "b")
    one.handle({"do": "draft", "client": "a", "field": "noticed", "text": "Written in a."})
    other.handle({"do": "draft", "client": "b", "field": "noticed", "text": "Written in b."})

    assert (look(one, "a")["text"], look(one, "a")["others"]) == ("Written in a.", ["Written in b."])
    assert (look(other, "b")["text"], look(other, "b")["others"]) == ("Written in b.", ["Written in a."])
    one.handle({"do": "settle", "client": "a", "field": "noticed"})
    assert look(one, "a")["others"] == []
    assert look(one, "a")["text"] == "Written in a."


def test_a_page_that_is_loaded_anew_goes_on_with_the_words_of_the_old_one(tmp_path: Path) -> None:
    """A new window of the same learner; once handed over they do not come back as a draft."""
    session = reflection(tmp_path)
    session.handle({"do": "draft", "client": "a", "field": "noticed", "text": "Half a thou"})
    assert look(session, "b")["text"] == "Half a thou"
    session.handle({"do": "draft", "client": "b", "field": "noticed", "text": "Half a thought."})
    session.handle({"do": "write", "client": "b", "texts": {"noticed": "Half a thought.", "next": ""}})

    for client in ("b", "c"):
        prompt = look(reflection(tmp_path), client)
        assert (prompt["text"], prompt["kept"], prompt["others"]) == ("Half a thought.", True, [])


def test_looking_writes_nothing(tmp_path: Path) -> None:
    """However many windows look."""
    for client in ("", "a", "\ud83d", "x" * 30_000):
        look(reflection(tmp_path), client)

    assert not list(tmp_path.rglob("*.jsonl"))


# --- self-ratings ---------------------------------------------------------------------------------------------------


def test_a_rating_is_kept_at_once(tmp_path: Path) -> None:
    """Each click by itself; nothing waits for the last item."""
    session = scale(tmp_path)
    session.handle({"do": "rate", "item": "listen", "value": 2})

    assert [i["value"] for i in scale(tmp_path).view()["items"]] == [2, None]
    assert session.headline == "About scale-test: answered"
    session.handle({"do": "rate", "item": "repair", "value": 5})
    assert [i["value"] for i in scale(tmp_path).view()["items"]] == [2, 5]


def test_the_same_rating_twice_is_kept_once(tmp_path: Path) -> None:
    """A double click."""
    session = scale(tmp_path)
    for _ in range(2):
        session.handle({"do": "rate", "item": "listen", "value": 2})

    assert kept(tmp_path, "scale-test") == [{"listen": 2}]


@pytest.mark.parametrize(
    ("item", "value"),
    [("listen", 0), ("listen", 6), ("listen", -1), ("listen", "3"), ("listen", 3.0), ("listen", True), ("listen", None),
     ("other", 3), ("", 3), (None, 3), (["listen"], 3), ("listen", 10**400)],
    ids=lambda value: str(value)[:9],
)  # fmt: skip
def test_a_rating_off_the_scale_does_nothing(tmp_path: Path, item: Any, value: Any) -> None:
    """Only the statements and steps that are shown."""
    session = scale(tmp_path)
    view = session.view()

    assert session.handle({"do": "rate", "item": item, "value": value}) == {"view": view}
    assert kept(tmp_path, "scale-test") == []


def test_a_later_sitting_is_shown_against_the_first_one(tmp_path: Path) -> None:
    """All items of it, as they stood at its end; within the first sitting there is nothing to compare with."""
    first = scale(tmp_path)
    for item, value in (("listen", 1), ("repair", 2), ("listen", 3)):
        view = first.handle({"do": "rate", "item": item, "value": value})["view"]
        assert [i["first"] for i in view["items"]] == [None, None]
    assert [i["first"] for i in scale(tmp_path).view()["items"]] == [None, None]

    for later in (4, 5):
        session = scale(tmp_path)
        view = session.handle({"do": "rate", "item": "listen", "value": later})["view"]
        assert [(i["value"], i["first"]) for i in view["items"]] == [(later, 3), (2, 2)]
        assert steady(scale(tmp_path).view()) == steady(view)


# --- worked examples --------------------------------------------------------------------------------------------------


def test_an_example_is_uncovered_up_to_each_note(tmp_path: Path) -> None:
    """Two lines, two lines, one line; what to notice comes last."""
    session = worked(tmp_path)
    counts = [0]
    while counts[-1] < 5:
        view = session.handle({"do": "next", "seen": counts[-1]})["view"]
        counts.append(len(view["lines"]))
        assert bool(view["notice"]) == (counts[-1] == 5)

    assert counts == [0, 2, 4, 5]
    assert session.headline == "About example-test: read"


def test_a_double_click_uncovers_one_exchange(tmp_path: Path) -> None:
    """The second click knows an older number of lines."""
    session = worked(tmp_path)
    for _ in range(3):
        view = session.handle({"do": "next", "seen": 0})["view"]

    assert len(view["lines"]) == 2
    assert kept(tmp_path, "example-test") == [{"seen": 2}]


@pytest.mark.parametrize("seen", [None, "0", 0.0, False, -1, 2], ids=str)
def test_a_click_that_knows_another_number_of_lines_does_nothing(tmp_path: Path, seen: Any) -> None:
    """Only the number on screen counts."""
    assert worked(tmp_path).handle({"do": "next", "seen": seen})["view"]["lines"] == []


def test_an_example_opens_where_it_was_left_and_can_be_read_again(tmp_path: Path) -> None:
    """Reading it again does not undo that it was read."""
    session = worked(tmp_path)
    session.handle({"do": "next", "seen": 0})
    assert len(worked(tmp_path).view()["lines"]) == 2

    session.handle({"do": "all"})
    session.handle({"do": "again"})
    session.handle({"do": "next", "seen": 0})
    assert len(session.view()["lines"]) == 2
    assert len(worked(tmp_path).view()["lines"]) == 5
    assert kept(tmp_path, "example-test") == [{"seen": 2}, {"seen": 5}]


@pytest.mark.parametrize("seen", [-3, 99, "all", None, [2], True, 2.5], ids=str)
def test_a_strange_number_in_the_journal_is_survived(tmp_path: Path, seen: Any) -> None:
    """Whatever somebody writes there, the example can be read."""
    worked(tmp_path).handle({"do": "all"})
    file = tmp_path / "journal" / "journal.jsonl"
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    changed = [{**line, "answer": {"seen": seen}} if line["type"] == "answer" else line for line in lines]
    file.write_text("".join(json.dumps(line) + "\n" for line in changed), "utf-8")
    session = worked(tmp_path)
    assert len(session.view()["lines"]) == session.seen

    session.handle({"do": "all"})

    assert len(worked(tmp_path).view()["lines"]) == 5


# --- whatever comes ---------------------------------------------------------------------------------------------------

FIELDS = {
    "texts": st.dictionaries(st.sampled_from(["noticed", "next", "other"]), odd_text | plain_json) | plain_json,
    "item": st.sampled_from(["listen", "repair"]) | plain_json,
    "value": st.integers(-1, 7) | plain_json,
    "seen": st.integers(-1, 6) | plain_json,
    "field": st.sampled_from(["noticed", "next"]) | odd_text,
    "text": odd_text | plain_json,
}


@pytest.mark.parametrize("make", [reflection, scale, worked], ids=lambda make: make.__name__)
@given(sent=st.lists(messages("write", "rate", "next", "all", "again", "draft", "look", "keep", **FIELDS), max_size=10))
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_page_answers(
    make: Any, sent: list[Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Never an error; always a view, except for a draft; opened again it shows the same."""
    folder = tmp_path_factory.mktemp("sent")
    session = make(folder)
    send_all(session, sent)

    again = make(folder).view()
    if make is not worked:  # an example read again stays read
        assert steady(again) == steady(session.view())


# --- the library ------------------------------------------------------------------------------------------------------

LIBRARY = [pytest.param(load_exercise(name), id=name) for name in library.exercise_ids()]


@pytest.mark.parametrize("exercise", [p for p in LIBRARY if isinstance(p.values[0], Example)])
def test_examples_of_the_library_are_uncovered_to_their_end(tmp_path: Path, exercise: Example) -> None:
    """In a few clicks, each with something new to notice."""
    session = worked(tmp_path, exercise)
    clicks = 0
    while session.seen < len(exercise.lines):
        before = session.seen
        session.handle({"do": "next", "seen": before})
        clicks += 1
        assert session.seen > before

    assert clicks <= 15
    assert session.view()["notice"] == list(exercise.notice)


@pytest.mark.parametrize("exercise", [p for p in LIBRARY if isinstance(p.values[0], Reflection | Scale)])
def test_reflections_and_ratings_of_the_library_can_be_answered(tmp_path: Path, exercise: Any) -> None:
    """Every prompt and every statement."""
    if isinstance(exercise, Reflection):
        page: Any = ReflectionSession(exercise, journal_in(tmp_path))
        page.handle({"do": "write", "texts": {p.id: f"About {p.id}." for p in exercise.prompts}})
        assert all(p["kept"] for p in page.view()["prompts"])
    else:
        page = ScaleSession(exercise, journal_in(tmp_path))
        for item in exercise.items:
            page.handle({"do": "rate", "item": item.id, "value": exercise.steps})
        assert {i["value"] for i in page.view()["items"]} == {exercise.steps}
