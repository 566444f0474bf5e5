"""Short items, driven as a page drives them: one answer an item, kept with the feedback as shown."""

from __future__ import annotations

import dataclasses
import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import (
    CLOCK,
    Disk,
    head,
    is_plain_json,
    journal_in,
    messages,
    odd_text,
    plain_json,
    run_python,
    send_all,
    small_drills,
    steady,
)

from alliance_kit import library
from alliance_kit.model import Choice, DrillItem, DrillSet, digest_of
from alliance_kit.sessions import drill as drill_module
from alliance_kit.sessions.base import confidence_levels
from alliance_kit.sessions.drill import MAX_CONFIDENCE_ITEMS, DrillSession
from alliance_kit.workbook import load_exercise

DRILLS = small_drills()
OWN = "You saw your brother lie there all that time. No wonder you think of it. What comes to your mind?"
BEST = {"wide": "w2", "narrow": "yes", "write": OWN, "again": "Eight months of that must stay with you."}


def opened(folder: Path, drills: DrillSet = DRILLS) -> DrillSession:
    """Return the set as another window, or another day, would open it."""
    return DrillSession(drills, journal_in(folder), clock=CLOCK)


def answer(session: DrillSession, value: str, **fields: Any) -> dict[str, Any]:
    """Answer the item on screen, as its page does."""
    item = session.view()["item"]
    key = "text" if item["kind"] == "rewrite" else "choice"
    return session.handle({"do": "answer", "item": item["id"], key: value, **fields})


def answer_all(session: DrillSession, **fields: Any) -> dict[str, Any]:
    """Answer every item of the round well."""
    for index, item in enumerate(session.drill.items):
        session.handle({"do": "go", "index": index})
        answer(session, BEST[item.id], **fields)
    return session.view()


def kept(folder: Path) -> list[Any]:
    return [a.response.answer for a in journal_in(folder).answers("drills-test")]


# --- one item -----------------------------------------------------------------------------------------------------


def test_before_answering_nothing_says_which_option_is_best(tmp_path: Path) -> None:
    """No key, no feedback, no sample is on the page."""
    session = opened(tmp_path)
    for index in range(4):
        session.handle({"do": "go", "index": index})
        view = session.view()
        text = json.dumps(view)
        assert view["answer"] is None
        assert all(set(choice) == {"id", "text"} for choice in view["item"]["choices"])
        assert view["item"]["samples"] == []
        assert not any(word in text for word in ("Feedback ", "It lands.", "Taken up.", "You watched", "best"))


def test_after_answering_every_option_says_what_it_does(tmp_path: Path) -> None:
    """The tempting ones too; the learner's own choice and its finding are there."""
    session = opened(tmp_path)
    view = answer(session, "w0")["view"]

    assert {c["id"]: c["best"] for c in view["item"]["choices"]} == {"w0": False, "w1": False, "w2": True, "w3": False}
    assert all(c["feedback"] for c in view["item"]["choices"])
    assert view["answer"]["value"] == {"item": "wide", "choice": "w0"}
    assert view["answer"]["feedback"]["findings"][0]["why"] == "Feedback 0."
    assert is_plain_json(view)


def test_an_answer_is_kept_with_the_feedback_as_shown(tmp_path: Path) -> None:
    """In the journal, under the exercise as it was, with both times."""
    answer(opened(tmp_path), "w2")
    journal = journal_in(tmp_path)
    (given_answer,) = journal.answers("drills-test")

    assert given_answer.item == "wide"
    assert given_answer.response.answer == {"item": "wide", "choice": "w2"}
    assert given_answer.response.digest == digest_of(DRILLS)
    assert given_answer.response.started < given_answer.response.answered
    assert given_answer.feedback.points == 1
    assert journal.exercise(digest_of(DRILLS)) == DRILLS


def test_the_time_for_an_item_begins_when_it_is_gone_to(tmp_path: Path) -> None:
    """Not when the page was opened."""
    session = opened(tmp_path)
    answer(session, "w2")
    session.handle({"do": "go", "index": 1})
    answer(session, "yes")
    first, second = (a.response for a in journal_in(tmp_path).answers("drills-test"))

    assert first.started < first.answered <= second.started < second.answered


def test_a_choice_is_made_once(tmp_path: Path) -> None:
    """A double click, or a second thought, does not write over the first answer."""
    session = opened(tmp_path)
    view = answer(session, "w0")["view"]
    for choice in ("w0", "w2"):
        assert answer(session, choice) == {"view": view}

    assert kept(tmp_path) == [{"item": "wide", "choice": "w0"}]


def test_a_rewriting_can_be_written_anew_but_not_twice_the_same(tmp_path: Path) -> None:
    """Every version is kept; a double click is no version."""
    session = opened(tmp_path)
    session.handle({"do": "go", "index": 2})
    for text in ("That must have been hard to watch.", "That must have been hard to watch.", OWN, OWN):
        view = answer(session, text)["view"]

    assert [a["text"] for a in kept(tmp_path)] == ["That must have been hard to watch.", OWN]
    assert view["answer"]["feedback"]["points"] == 3
    assert view["item"]["samples"] == list(DRILLS.items[2].samples)
    assert view["done"] == 1


@pytest.mark.parametrize("value", ["", "   \n", None, 3, ["w2"], {"id": "w2"}])
@pytest.mark.parametrize(("index", "sentence"), [(0, "Choose an answer first."), (2, "Write your line first.")])
def test_nothing_chosen_or_written_is_said_so(tmp_path: Path, index: int, sentence: str, value: Any) -> None:
    """One sentence; nothing is kept."""
    session = opened(tmp_path)
    session.handle({"do": "go", "index": index})

    assert answer(session, value)["trouble"] == sentence
    assert kept(tmp_path) == []


@pytest.mark.parametrize("choice", ["w9", "W2", "w2 ", "yes", "\0", "\ud83d", "x" * 25_000])
def test_a_choice_that_is_not_offered_leaves_the_item_open(tmp_path: Path, choice: str) -> None:
    """A garbled message must not use up the learner's answer."""
    session = opened(tmp_path)
    view = session.view()

    assert answer(session, choice) == {"view": view}
    assert kept(tmp_path) == []
    assert answer(session, "w2")["view"]["answer"]["feedback"]["points"] == 1


@pytest.mark.parametrize("item", ["narrow", "write", "", None, "wide ", ["wide"]])
def test_an_answer_to_another_item_than_the_one_on_screen_does_nothing(tmp_path: Path, item: Any) -> None:
    """A click that comes after the page went on."""
    session = opened(tmp_path)
    view = session.view()

    assert session.handle({"do": "answer", "item": item, "choice": "yes", "text": OWN}) == {"view": view}
    assert kept(tmp_path) == []


@pytest.mark.parametrize("index", [-1, 4, 99, None, "1", 1.0, True, [1]], ids=str)
def test_an_item_that_is_not_there_cannot_be_gone_to(tmp_path: Path, index: Any) -> None:
    """The one on screen stays."""
    session = opened(tmp_path)
    session.handle({"do": "go", "index": 2})

    assert session.handle({"do": "go", "index": index})["view"]["index"] == 2


def test_half_typed_words_come_back_and_go_once_they_are_handed_over(tmp_path: Path) -> None:
    """In another window, under their own item; after answering the field is empty."""
    session = opened(tmp_path)
    session.handle({"do": "go", "index": 2})
    field = session.view()["item"]["field"]
    session.handle({"do": "draft", "field": field, "text": "Half a thou"})

    again = opened(tmp_path)
    again.handle({"do": "go", "index": 2})
    assert again.view()["item"]["draft"] == "Half a thou"
    again.handle({"do": "go", "index": 3})
    assert again.view()["item"]["draft"] == ""

    again.handle({"do": "go", "index": 2})
    answer(again, OWN)
    assert again.view()["item"]["draft"] == ""
    assert opened(tmp_path).draft(field) == ""


# --- the set --------------------------------------------------------------------------------------------------------


def test_the_set_counts_what_is_done_and_opens_at_the_first_open_item(tmp_path: Path) -> None:
    """Items may be answered in any order."""
    session = opened(tmp_path)
    for index, value in ((1, "no"), (0, "w1")):
        session.handle({"do": "go", "index": index})
        answer(session, value)
    view = opened(tmp_path).view()

    assert (view["index"], view["done"], view["complete"]) == (2, 2, False)
    assert [i["answered"] for i in view["items"]] == [True, True, False, False]
    assert view["headline"] == "About drills-test: 2 of 4 done"


def test_a_set_begins_anew_only_when_it_is_complete_and_keeps_the_first_round(tmp_path: Path) -> None:
    """A stray click in the middle does nothing; the second round starts empty and resumes as the second round."""
    session = opened(tmp_path)
    answer(session, "w0")
    assert session.handle({"do": "again"})["view"]["attempt"] == 1

    session = opened(tmp_path)
    assert answer_all(session)["complete"]
    view = session.handle({"do": "again"})["view"]
    assert (view["attempt"], view["done"], view["answer"], view["index"]) == (2, 0, None, 0)
    session.handle({"do": "again"})
    answer(session, "w2")

    view = opened(tmp_path).view()
    assert (view["attempt"], view["done"]) == (2, 1)
    assert len(kept(tmp_path)) == 5
    assert opened(tmp_path).handle({"do": "go", "index": 0})["view"]["answer"]["feedback"]["points"] == 1


@pytest.mark.parametrize("done", range(5))
def test_a_set_opened_again_is_the_set_that_was_left(tmp_path: Path, done: int) -> None:
    """After each number of answers."""
    session = opened(tmp_path)
    for index, item in enumerate(DRILLS.items[:done]):
        session.handle({"do": "go", "index": index})
        answer(session, BEST[item.id])
    session.handle({"do": "go", "index": done % 4})

    assert steady(opened(tmp_path).view()) == steady(session.view())


def test_feedback_is_shown_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later grader changes nothing that the learner has already seen."""
    session = opened(tmp_path)
    answer(session, "w0")
    left = session.view()["answer"]
    monkeypatch.setattr(drill_module, "grade", lambda *_: pytest.fail("graded anew"))
    again = opened(tmp_path)
    again.handle({"do": "go", "index": 0})

    assert again.view()["answer"] == left


def test_answers_to_an_older_version_do_not_count_for_the_newer(tmp_path: Path) -> None:
    """Another text is another question; the old answers stay in the journal."""
    answer_all(opened(tmp_path))
    newer = dataclasses.replace(DRILLS, items=(dataclasses.replace(DRILLS.items[0], stem="Newer?"), *DRILLS.items[1:]))
    session = opened(tmp_path, newer)

    assert session.view()["done"] == 0
    answer(session, "w2")
    assert len(kept(tmp_path)) == 5
    assert opened(tmp_path).view()["done"] == 4


def test_two_windows_answer_an_item_once(tmp_path: Path) -> None:
    """The second sees what the first has answered."""
    one, other = opened(tmp_path), opened(tmp_path)
    answer(one, "w0")
    view = answer(other, "w2")["view"]

    assert view["answer"]["value"]["choice"] == "w0"
    assert kept(tmp_path) == [{"item": "wide", "choice": "w0"}]


def test_options_change_places_between_rounds_and_not_between_machines(tmp_path: Path) -> None:
    """Place tells nothing; a page drawn again does not move them."""
    session = opened(tmp_path)
    orders = []
    for _ in range(6):
        session.handle({"do": "go", "index": 0})
        orders.append([c["id"] for c in session.view()["item"]["choices"]])
        assert orders[-1] == [c["id"] for c in session.view()["item"]["choices"]]
        answer_all(session)
        session.handle({"do": "again"})
    code = """if True:
        import pathlib, tempfile
        from support import journal_in, small_drills
        from alliance_kit.sessions.drill import DrillSession
        session = DrillSession(small_drills(), journal_in(pathlib.Path(tempfile.mkdtemp())))
        print([c["id"] for c in session.view()["item"]["choices"]])"""

    assert len({tuple(order) for order in orders}) > 1
    for seed in ("1", "2"):
        assert run_python(code, PYTHONHASHSEED=seed) == f"{orders[0]}\n"


# --- confidence -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [None, *range(2, 11)])
def test_confidence_starts_at_chance_and_rises_in_five_steps(options: int | None) -> None:
    """With k options nobody is less sure than 1 in k; a free line starts at 10 %."""
    levels = confidence_levels(options)

    assert len(levels) == 5
    assert levels[0] == (round(1 / options, 2) if options else 0.1)
    assert all(a < b for a, b in itertools.pairwise(levels))
    assert levels[-1] == (0.95 if options else 0.9)


def test_items_ask_for_confidence_with_the_levels_of_their_options(tmp_path: Path) -> None:
    """Four options from 25 %, two from 50 %, a rewriting from 10 %."""
    session = opened(tmp_path)
    shown = [session.handle({"do": "go", "index": i})["view"]["item"]["confidence"] for i in range(4)]

    assert [levels[0] for levels in shown if levels] == [0.25, 0.5, 0.1]
    assert shown[3] == []


def many_items(count: int) -> DrillSet:
    choices = (Choice("a", "A.", best=True, feedback="Yes."), Choice("b", "B.", best=False, feedback="No."))
    return DrillSet(
        **head("drill", "drills-test"),
        items=tuple(
            DrillItem(id=f"i{n}", kind="choose", part="empathy", stem="?", choices=choices, confidence=True)
            for n in range(count)
        ),
    )


def test_three_items_a_round_are_asked_and_others_in_the_next(tmp_path: Path) -> None:
    """Until all that are marked had their turn."""
    session = opened(tmp_path, many_items(7))
    rounds = []
    for _ in range(3):
        asked = []
        for index in range(7):
            view = session.handle({"do": "go", "index": index})["view"]
            asked += [index] if view["item"]["confidence"] else []
            answer(session, "a")
        rounds.append(asked)
        session.handle({"do": "again"})

    assert all(len(asked) == MAX_CONFIDENCE_ITEMS == 3 for asked in rounds)
    assert all(one != other for one, other in itertools.pairwise(rounds))
    assert set().union(*rounds) == set(range(7))


@pytest.mark.parametrize(
    ("sent", "stored"), [(0.25, 0.25), (1, 1.0), (None, None), ("0.5", None), (2, None), (True, None)], ids=str
)
def test_confidence_is_kept_where_it_is_asked_and_may_be_passed(
    tmp_path: Path, sent: Any, stored: float | None
) -> None:
    """A probability from 0 to 1; anything else is passed, and the answer counts all the same."""
    session = opened(tmp_path)
    view = answer(session, "w2", confidence=sent)["view"]

    assert view["answer"]["confidence"] == stored
    session.handle({"do": "go", "index": 3})
    assert answer(session, BEST["again"], confidence=0.9)["view"]["answer"]["confidence"] is None


# --- whatever comes ---------------------------------------------------------------------------------------------------


@given(
    sent=st.lists(
        messages(
            "answer", "go", "again", "draft", "look", "view", "",
            item=st.sampled_from([*BEST, "gone"]) | plain_json,
            choice=st.sampled_from(["w0", "w2", "yes"]) | plain_json,
            text=st.sampled_from([OWN]) | odd_text | plain_json,
            index=st.integers(-1, 5) | plain_json,
            confidence=plain_json,
            field=odd_text,
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_session_answers(sent: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never an error; always a view, except for a draft; another window counts the same answers."""
    folder = tmp_path_factory.mktemp("sent")
    session = opened(folder)
    send_all(session, sent)

    assert is_plain_json(session.view())
    assert opened(folder).done == session.done


def test_on_a_full_disk_the_answer_is_not_taken_and_the_words_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is still there, the item still open, and the same click works later."""
    disk = Disk(monkeypatch)
    session = opened(tmp_path)
    session.handle({"do": "go", "index": 2})
    field = session.view()["item"]["field"]
    session.handle({"do": "draft", "field": field, "text": OWN})
    disk.full = True
    reply = answer(session, OWN)

    assert "disk is full" in reply["trouble"]
    assert reply["view"]["answer"] is None
    assert reply["view"]["item"]["draft"] == OWN
    disk.full = False
    assert answer(session, OWN)["view"]["answer"]["feedback"]["points"] == 3
    assert kept(tmp_path) == [{"item": "write", "text": OWN}]


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script> brother and eight months of it", "\ud83d brother\0 it stays with one", "نعم brother"],
)
def test_words_come_back_as_they_were_typed(tmp_path: Path, text: str) -> None:
    """No character is lost, none is made safe behind the learner's back: that is the page's task."""
    session = opened(tmp_path)
    session.handle({"do": "go", "index": 3})
    answer(session, text)
    again = opened(tmp_path)
    again.handle({"do": "go", "index": 3})

    assert again.view()["answer"]["value"]["text"] == text


# --- the library ------------------------------------------------------------------------------------------------------

LIBRARY = [e for name in library.exercise_ids() if isinstance(e := load_exercise(name), DrillSet)]


@pytest.mark.parametrize("drills", [pytest.param(d, id=d.id) for d in LIBRARY])
def test_sets_of_the_library_are_worked_through(tmp_path: Path, drills: DrillSet) -> None:
    """Every item can be answered and shows its feedback; a round asks for confidence three times at most."""
    session = opened(tmp_path, drills)
    asked = 0
    for index, item in enumerate(drills.items):
        view = session.handle({"do": "go", "index": index})["view"]
        asked += bool(view["item"]["confidence"])
        value = next((c.id for c in item.choices if c.best), item.samples[0] if item.samples else "")
        view = answer(session, value)["view"]
        assert view["answer"]["feedback"]["findings"]
        assert is_plain_json(view)

    assert session.view()["complete"]
    assert 1 <= asked <= 3
    assert steady(opened(tmp_path, drills).view())["done"] == len(drills.items)
