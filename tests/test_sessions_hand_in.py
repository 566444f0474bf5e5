"""Handing in, driven as its page drives it: what is ticked goes in, what is shown is what leaves, nothing else does."""

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
    play,
    send_all,
    small_drills,
    small_example,
    small_reflection,
    small_scale,
    small_talk,
)

from alliance_kit import handin
from alliance_kit.sessions.drill import DrillSession
from alliance_kit.sessions.hand_in import MAX_NAME, HandInSession
from alliance_kit.sessions.pages import ExampleSession, ReflectionSession, ScaleSession
from alliance_kit.sessions.talk import TalkSession

SECRET = "I thought of Mrs. Delgado, call 555-123-4567, all day long."
LINE = "Mrs. Delgado saw her brother lie there. No wonder she thinks of it at night."


@pytest.fixture
def worked(tmp_path: Path) -> Path:
    """Return a folder whose journal holds a talk, a rewriting, an example, a rating and a reflection."""
    journal = journal_in(tmp_path)
    (tmp_path / "hand-in").mkdir()
    play(TalkSession(small_talk(), journal, clock=CLOCK), sure=0.7)
    drills = DrillSession(small_drills(), journal, clock=CLOCK)
    drills.handle({"do": "go", "index": 2})
    drills.handle({"do": "answer", "item": "write", "text": LINE})
    ExampleSession(small_example(), journal, clock=CLOCK).handle({"do": "all"})
    ScaleSession(small_scale(), journal, clock=CLOCK).handle({"do": "rate", "item": "listen", "value": 1})
    ReflectionSession(small_reflection(), journal, clock=CLOCK).handle({"do": "write", "texts": {"noticed": SECRET}})
    return tmp_path


def opened(folder: Path) -> HandInSession:
    return HandInSession(journal_in(folder), folder / "hand-in", clock=CLOCK)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "hand-in").iterdir())


def ticked(view: dict[str, Any]) -> set[str]:
    return {offer["id"] for offer in view["offers"] if offer["ticked"]}


def checked(folder: Path, *ticks: str, name: str = "Sam Student") -> HandInSession:
    """Return the session with these items ticked besides the usual ones, the page before its eyes."""
    session = opened(folder)
    for tick in ticks:
        session.handle({"do": "tick", "id": tick, "on": True})
    answer = session.handle({"do": "check", "name": name})
    assert "trouble" not in answer
    return session


def shown_words(view: dict[str, Any]) -> str:
    return json.dumps(view["page"], ensure_ascii=False)


# --- choosing -----------------------------------------------------------------------------------------------------


def test_what_is_about_the_learner_is_offered_and_not_ticked(worked: Path) -> None:
    """Talks, drills and examples are; reflections, ratings and confidence are the learner's to add."""
    view = opened(worked).view()

    assert view["phase"] == "choose"
    assert ticked(view) == {"talks/talk-test", "drill/drills-test", "example/example-test"}
    private = {offer["id"] for offer in view["offers"] if offer["private"]}
    assert private == {"reflection/reflection-test", "rating/scale-test", "confidence"}
    assert "written/reflection-test" in {offer["id"] for offer in view["offers"]}


def test_ticks_stay_as_they_were_set(worked: Path) -> None:
    """On and off, and through a look at the page and back."""
    session = checked(worked, "rating/scale-test")
    session.handle({"do": "back"})
    session.handle({"do": "tick", "id": "talks/talk-test", "on": False})

    assert ticked(session.view()) == {"drill/drills-test", "example/example-test", "rating/scale-test"}


@pytest.mark.parametrize("on", [1, "true", None, [True], {}], ids=str)
def test_only_a_plain_yes_ticks(worked: Path, on: Any) -> None:
    """Nothing private goes in by a garbled message."""
    session = opened(worked)
    session.handle({"do": "tick", "id": "reflection/reflection-test", "on": on})

    assert "reflection/reflection-test" not in ticked(session.view())


def test_with_nothing_ticked_one_is_asked_to_tick(worked: Path) -> None:
    """The page of nothing is not made."""
    session = opened(worked)
    for offer in session.view()["offers"]:
        session.handle({"do": "tick", "id": offer["id"], "on": False})
    answer = session.handle({"do": "check", "name": "Sam"})

    assert answer["trouble"] == "Tick at least one thing that goes in."
    assert answer["view"]["phase"] == "choose"


def test_a_request_for_contact_stands_apart_and_is_unticked(worked: Path) -> None:
    """One request among the offers, marked as such; nobody asks without having ticked it."""
    (request,) = (offer for offer in opened(worked).view()["offers"] if offer["request"])

    assert (request["id"], request["ticked"], request["private"]) == ("contact", False, False)


def test_a_request_alone_makes_no_file_and_is_told_so(worked: Path) -> None:
    """Who ticked it is not told that nothing is ticked, but what to do."""
    session = opened(worked)
    for offer in session.view()["offers"]:
        session.handle({"do": "tick", "id": offer["id"], "on": offer["request"]})
    answer = session.handle({"do": "check", "name": "Sam"})

    assert "write to your instructor" in answer["trouble"]
    assert answer["view"]["phase"] == "choose"
    assert ticked(answer["view"]) == {"contact"}


@pytest.mark.parametrize("ticks", [(), ("contact",)])
def test_a_request_is_on_the_page_in_the_file_and_told_when_made(worked: Path, ticks: tuple[str, ...]) -> None:
    """All three say it where it was ticked, and none where it was not."""
    session = checked(worked, *ticks)
    on_page = "asks you to get in touch" in shown_words(session.view())
    made = session.handle({"do": "make"})["view"]
    (file,) = files(worked)

    assert on_page == made["asks"] == handin.read(file).wants_contact == bool(ticks)


def test_an_empty_journal_has_nothing_to_hand_in(tmp_path: Path) -> None:
    """And says so."""
    session = opened(tmp_path)

    assert session.view()["offers"] == []
    assert "Tick at least one" in session.handle({"do": "check", "name": ""})["trouble"]


# --- checking -----------------------------------------------------------------------------------------------------


def test_the_page_holds_what_was_ticked_and_nothing_else(worked: Path) -> None:
    """No word of the reflection, no rating, no confidence."""
    words = shown_words(checked(worked).view())

    assert "Clinician says listen here." in words
    assert "No wonder she thinks of it at night." in words
    assert "all day long" not in words
    assert "I can listen." not in words
    assert "How sure" not in words


def test_what_may_point_to_a_person_is_replaced_unless_the_learner_leaves_it(worked: Path) -> None:
    """On the page at once, in both directions."""
    session = checked(worked)
    (found,) = session.view()["identifiers"]
    assert (found["text"], found["replaced"]) == ("Delgado", True)
    assert "Delgado" not in shown_words(session.view())
    assert found["replacement"] in shown_words(session.view())

    session.handle({"do": "replace", "id": found["id"], "on": False})
    assert "Delgado" in shown_words(session.view())
    session.handle({"do": "replace", "id": found["id"], "on": True})
    assert "Delgado" not in shown_words(session.view())


def test_a_reflection_that_is_ticked_is_looked_through_as_well(worked: Path) -> None:
    """Name and number are found; several in one text are replaced where they stand."""
    session = checked(worked, "reflection/reflection-test")
    found = [f["text"] for f in session.view()["identifiers"]]

    assert found.count("Delgado") == 2
    assert "555-123-4567" in found
    words = shown_words(session.view())
    assert "Delgado" not in words
    assert "555-123-4567" not in words
    assert "all day long" in words


def test_simulated_patients_are_nobodys_identifiers(worked: Path) -> None:
    """The learner may name them."""
    session = DrillSession(small_drills(), journal_in(worked), clock=CLOCK)
    session.handle({"do": "go", "index": 3})
    session.handle({"do": "answer", "item": "again", "text": "Ana, eight months is a long time to wait for it."})

    assert [f["text"] for f in checked(worked).view()["identifiers"]] == ["Delgado"]


def test_three_questions_are_asked_that_no_search_can_answer(worked: Path) -> None:
    """Finding nothing is no all-clear."""
    assert len(checked(worked).view()["questions"]) >= 3


# --- making -------------------------------------------------------------------------------------------------------


def test_the_file_is_the_page_that_was_shown(worked: Path) -> None:
    """Read back it gives the same page; it holds what was replaced, and only the name in its head."""
    session = checked(worked)
    page = session.view()["page"]
    answer = session.handle({"do": "make"})
    (file,) = files(worked)
    text = file.read_text("utf-8")

    assert answer["saved"]
    assert (answer["view"]["phase"], answer["view"]["file"]) == ("made", file.name)
    assert handin.read(file).page() == page
    assert handin.read(file).name == "Sam Student"
    assert "Delgado" not in text
    assert "all day long" not in text
    assert '"confidence": 0.7' not in text
    assert "Sam" not in file.name
    assert text.count("Sam Student") == 1


def test_a_second_click_makes_no_second_file(worked: Path) -> None:
    """One hand-in, one line in the journal that says so, without the words that were found."""
    session = checked(worked)
    for _ in range(2):
        session.handle({"do": "make"})

    assert len(files(worked)) == 1
    (line,) = journal_in(worked).lines("handed_in")
    assert line.data["file"] == files(worked)[0].name
    assert line.data["identifiers"] == {"name": 1}
    assert "Delgado" not in json.dumps(line.to_json())


def test_another_hand_in_of_the_same_day_overwrites_nothing(worked: Path) -> None:
    """It gets a number; choosing begins again."""
    session = checked(worked)
    session.handle({"do": "make"})
    first = files(worked)[0].read_bytes()
    session.handle({"do": "new"})
    assert session.view()["phase"] == "choose"
    session.handle({"do": "check", "name": ""})
    session.handle({"do": "make"})

    assert len(files(worked)) == 2
    assert first in [file.read_bytes() for file in files(worked)]


def test_the_file_can_be_taken_along_by_the_browser(worked: Path) -> None:
    """The same bytes; where it was moved away, a sentence says so."""
    session = checked(worked)
    assert session.handle({"do": "download"}) == {"view": session.view()}
    session.handle({"do": "make"})
    (file,) = files(worked)
    assert session.handle({"do": "download"})["download"]["text"] == file.read_text("utf-8")

    file.unlink()
    answer = session.handle({"do": "download"})
    assert "no longer in" in answer["trouble"]
    assert "download" not in answer


def test_where_the_file_cannot_be_written_the_page_stays(worked: Path) -> None:
    """The learner is told, nothing counts as handed in, and the same click works later."""
    session = checked(worked)
    (worked / "hand-in").rmdir()
    (worked / "hand-in").write_text("in the way")
    answer = session.handle({"do": "make"})
    assert "could not be written" in answer["trouble"]
    assert answer["view"]["phase"] == "check"
    assert journal_in(worked).lines("handed_in") == ()

    (worked / "hand-in").unlink()
    (worked / "hand-in").mkdir()
    assert session.handle({"do": "make"})["view"]["phase"] == "made"


def test_a_typed_name_is_kept_until_the_file_is_made(worked: Path) -> None:
    """A look at the page and back does not cost the name; a hand-in does not write it into the journal."""
    session = opened(worked)
    session.handle({"do": "draft", "field": "name", "text": "Sam Student"})
    session.handle({"do": "check", "name": "Sam Student"})
    assert session.handle({"do": "back"})["view"]["draft"] == "Sam Student"
    assert opened(worked).view()["draft"] == "Sam Student"

    session.handle({"do": "check", "name": "Sam Student"})
    session.handle({"do": "make"})
    assert opened(worked).view()["draft"] == ""
    assert "Sam" not in (worked / "journal" / "journal.jsonl").read_text("utf-8")


def test_the_name_from_the_greeting_is_offered(worked: Path) -> None:
    """It need not be typed twice; another may be given."""
    journal_in(worked).set_name("Sam")

    assert opened(worked).view()["draft"] == "Sam"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Sam \n Student ", "Sam Student"), ("", ""), (None, ""), (7, ""), ("x" * 99, "x" * MAX_NAME), ("<b>", "<b>")],
)
def test_a_name_is_one_short_line(worked: Path, typed: Any, kept: str) -> None:
    """Or none at all: a hand-in may go without."""
    session = opened(worked)
    session.handle({"do": "check", "name": typed})
    session.handle({"do": "make"})

    assert handin.read(files(worked)[0]).name == kept


# --- whatever comes ---------------------------------------------------------------------------------------------------


@given(
    sent=st.lists(
        messages(
            "tick", "check", "replace", "back", "new", "make", "download", "draft", "look", "write", "",
            id=st.sampled_from(["talks/talk-test", "reflection/reflection-test", "confidence", "nothing"]) | plain_json,
            on=st.booleans() | plain_json,
            name=odd_text | plain_json,
            field=odd_text,
            text=odd_text,
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_page_answers(sent: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never an error; always a view, except for a draft; every file made can be read."""
    folder = tmp_path_factory.mktemp("sent")
    (folder / "hand-in").mkdir()
    play(TalkSession(small_talk(), journal_in(folder)))
    session = opened(folder)
    send_all(session, [{"do": "check"}, *sent, {"do": "check"}, {"do": "make"}])

    assert is_plain_json(session.view())
    for file in files(folder):
        assert handin.read(file).page()


def test_half_an_emoji_and_markup_in_the_learners_words_survive_the_way(worked: Path) -> None:
    """As they were typed, also in the file."""
    session = DrillSession(small_drills(), journal_in(worked), clock=CLOCK)
    session.handle({"do": "go", "index": 3})
    text = "<script>alert(1)</script> brother \ud83d and \0 it stays with you"
    session.handle({"do": "answer", "item": "again", "text": text})
    session = checked(worked)
    page = session.view()["page"]
    session.handle({"do": "make"})

    assert text in [line["text"] for section in page for part in section["parts"] for line in part["lines"]]
    assert handin.read(files(worked)[0]).page() == page


def test_on_a_full_disk_the_page_is_still_shown(worked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what could not be kept is said; there is no view that needs a free byte."""
    session = opened(worked)
    session.view()
    disk = Disk(monkeypatch)
    disk.full = True

    assert session.handle({"do": "check", "name": "Sam"})["view"]["phase"] == "check"
    assert "trouble" in session.handle({"do": "make"})
