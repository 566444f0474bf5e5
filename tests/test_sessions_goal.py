"""Writing a goal, driven as its page drives it: every version is kept with its feedback, one's own thinking first."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import (
    CLOCK,
    COLD,
    Disk,
    is_plain_json,
    journal_in,
    messages,
    odd_text,
    plain_json,
    play,
    send_all,
    small_goal,
    small_talk,
    steady,
    taking,
)

from alliance_kit import library
from alliance_kit.grading import GRADER, grade
from alliance_kit.model import Context, GoalCase, Response, Scenario, digest_of
from alliance_kit.plain import to_json
from alliance_kit.sessions import goal as goal_module
from alliance_kit.sessions.goal import SAMPLES_AFTER, GoalSession
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.simulation import lines_of
from alliance_kit.workbook import load_exercise

CASE = small_goal()
VERSIONS = (
    "Ana walks in her garden.",
    "In 4 weeks Ana will kneel in her garden for 10 minutes, 3 days a week.",
    "Third.",
)


def opened(folder: Path, case: GoalCase = CASE) -> GoalSession:
    """Return the goal as another window, or another day, would open it."""
    return GoalSession(case, journal_in(folder), clock=CLOCK)


def write(session: GoalSession, text: Any) -> dict[str, Any]:
    return session.handle({"do": "write", "text": text})


def kept(folder: Path) -> list[Any]:
    return [a.response.answer for a in journal_in(folder).answers("goal-test")]


def talked(folder: Path, *replies: str) -> None:
    play(TalkSession(small_talk(), journal_in(folder)), taking(*replies))


# --- what the patient said ------------------------------------------------------------------------------------------


def test_before_any_talk_the_case_says_what_she_wants(tmp_path: Path) -> None:
    """The page works for those who begin here."""
    view = opened(tmp_path).view()

    assert view["met"] is False
    assert view["wishes"] == ["I want my garden back.", "I want the stairs."]
    assert view["baseline"] == ["Stairs: one flight, with the rail."]
    assert "STORY-THAT-STAYS-UNTOLD" not in str(view)


def test_after_a_talk_only_what_the_learner_heard_is_shown(tmp_path: Path) -> None:
    """In the patient's own words, and only those that were spoken."""
    talked(tmp_path, *COLD)
    view = opened(tmp_path).view()

    assert view["met"] is True
    assert view["wishes"] == ["I want my garden back."]


def test_what_she_said_is_gathered_over_all_talks_each_line_once(tmp_path: Path) -> None:
    """Also from ways that were tried another way, and with her last words."""
    talked(tmp_path, *COLD)
    session = TalkSession(small_talk(), journal_in(tmp_path))
    session.handle({"do": "retry", "turn": 4})
    play(session)
    said = opened(tmp_path).said()

    assert len(said) == len(set(said))
    assert said[0] == "Patient before listen."
    assert {"I want my garden back.", "Bye, unsafe.", "Yes, like that.\nBye, unsafe."} <= set(said)


def test_the_reader_knows_what_was_said_and_which_samples_were_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A goal is read against the talk that the learner had."""
    seen: list[Context] = []

    def reading(case: GoalCase, response: Response, context: Context) -> Any:
        seen.append(context)
        return grade(case, response, context)

    monkeypatch.setattr(goal_module, "grade", reading)
    talked(tmp_path, *COLD)
    session = opened(tmp_path)
    for text in VERSIONS[:2]:
        write(session, text)
    session.handle({"do": "samples"})
    write(session, VERSIONS[2])

    assert all("I want my garden back." in context.said for context in seen)
    assert [context.shown for context in seen] == [(), (), CASE.samples]


# --- versions -------------------------------------------------------------------------------------------------------


def test_every_version_is_kept_with_the_feedback_as_shown(tmp_path: Path) -> None:
    """Numbered, in order, under the case as it was."""
    session = opened(tmp_path)
    for text in VERSIONS:
        view = write(session, text)["view"]
    answers = journal_in(tmp_path).answers("goal-test")

    assert [v["text"] for v in view["versions"]] == list(VERSIONS)
    assert [a.response.attempt for a in answers] == [1, 2, 3]
    assert [to_json(a.feedback) for a in answers] == [v["feedback"] for v in view["versions"]]
    assert all(a.feedback.grader == GRADER and a.feedback.findings for a in answers)
    assert all(a.response.started <= a.response.answered for a in answers)
    assert journal_in(tmp_path).exercise(digest_of(CASE)) == CASE
    assert session.headline == "About goal-test: 3 versions written"


def test_a_version_that_was_just_read_is_not_read_again(tmp_path: Path) -> None:
    """A double click says so; an earlier version may come back."""
    session = opened(tmp_path)
    first, second = VERSIONS[:2]
    told = ["trouble" in write(session, text) for text in (first, first, second, first, first)]

    assert told == [False, True, False, False, True]
    assert [a["text"] for a in kept(tmp_path)] == [first, second, first]
    assert "Change it" in write(session, first)["trouble"]


@pytest.mark.parametrize("text", ["", " \n\t", None, 3, ["a"], {"text": "a"}])
def test_nothing_written_is_said_so(tmp_path: Path, text: Any) -> None:
    """One sentence; no version is counted."""
    session = opened(tmp_path)

    assert "one sentence is enough" in write(session, text)["trouble"]
    assert kept(tmp_path) == []


def test_the_field_begins_with_what_is_being_typed_else_with_the_last_version(tmp_path: Path) -> None:
    """Nobody writes a sentence twice."""
    session = opened(tmp_path)
    assert session.view()["draft"] == ""
    session.handle({"do": "draft", "field": "text", "text": "In 4 we"})
    assert opened(tmp_path).view()["draft"] == "In 4 we"
    write(session, VERSIONS[0])
    assert session.view()["draft"] == opened(tmp_path).view()["draft"] == VERSIONS[0]


def test_samples_open_only_after_ones_own_versions(tmp_path: Path) -> None:
    """Two of them, then the samples; closed again for a new sitting."""
    session = opened(tmp_path)
    for count, text in enumerate(VERSIONS):
        answer = session.handle({"do": "samples"})
        assert (count < SAMPLES_AFTER) == ("trouble" in answer)
        assert answer["view"]["samples"] == (list(CASE.samples) if count >= SAMPLES_AFTER else [])
        write(session, text)

    assert opened(tmp_path).view()["samples"] == []
    assert opened(tmp_path).view()["samples_ready"] is True


def test_feedback_is_shown_as_it_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later grader and a later case change nothing that the learner has already seen."""
    session = opened(tmp_path)
    write(session, VERSIONS[1])
    left = session.view()["versions"]
    monkeypatch.setattr(goal_module, "grade", lambda *_: pytest.fail("graded anew"))

    assert opened(tmp_path).view()["versions"] == left
    assert opened(tmp_path, dataclasses.replace(CASE, task="Newer.")).view()["versions"] == left


def test_two_windows_number_their_versions_on(tmp_path: Path) -> None:
    """Neither is lost."""
    one, other = opened(tmp_path), opened(tmp_path)
    write(one, VERSIONS[0])
    write(other, VERSIONS[1])

    assert [a.response.attempt for a in journal_in(tmp_path).answers("goal-test")] == [1, 2]
    assert steady(one.view()) == steady(opened(tmp_path).view())


# --- whatever comes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> 3 times",
        "\ud83d in 4 weeks",
        "a\0b",
        "خلال ٤ أسابيع سأمشي",
        "x " * 5_000,
        "١٢ ½ ² Ⅻ 10" * 40,
    ],
)
def test_words_come_back_as_they_were_typed(tmp_path: Path, text: str) -> None:
    """No character is lost, and each text has feedback."""
    view = write(opened(tmp_path), text)["view"]

    assert view["versions"][0]["text"] == text
    assert opened(tmp_path).view()["versions"] == view["versions"]
    assert view["versions"][0]["feedback"]["findings"]


@given(
    sent=st.lists(
        messages("write", "samples", "draft", "look", "", text=odd_text | plain_json, field=st.just("text") | odd_text),
        max_size=8,
    )
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_page_answers(sent: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never an error; always a view, except for a draft; another window shows the same versions."""
    folder = tmp_path_factory.mktemp("sent")
    session = opened(folder)
    send_all(session, sent)

    assert is_plain_json(session.view())
    assert opened(folder).view()["versions"] == session.view()["versions"]


@given(answer=plain_json | st.fixed_dictionaries({"text": odd_text | plain_json}))
def test_any_answer_is_graded_twice_the_same(answer: Any) -> None:
    """Never an error, and points from 0 to the maximum."""
    feedback = grade(CASE, Response(CASE.id, "d", 1, answer))

    assert to_json(feedback) == to_json(grade(CASE, Response(CASE.id, "d", 1, answer)))
    assert 0 <= feedback.points <= feedback.max_points


def test_on_a_full_disk_the_version_is_not_counted_and_the_words_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The draft is still there, and the same click works later."""
    disk = Disk(monkeypatch)
    session = opened(tmp_path)
    session.handle({"do": "draft", "field": "text", "text": VERSIONS[1]})
    disk.full = True
    answer = write(session, VERSIONS[1])

    assert "disk is full" in answer["trouble"]
    assert (answer["view"]["versions"], answer["view"]["draft"]) == ([], VERSIONS[1])
    disk.full = False
    assert len(write(session, VERSIONS[1])["view"]["versions"]) == 1


# --- the library ------------------------------------------------------------------------------------------------------

LIBRARY = [e for name in library.exercise_ids() if isinstance(e := load_exercise(name), GoalCase)]
REAL = pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in LIBRARY])


@REAL
def test_cases_of_the_library_are_written_and_revised(tmp_path: Path, case: GoalCase) -> None:
    """A first try, a sample as the second: the second earns more, and copying it after it was shown earns nothing."""
    session = opened(tmp_path, case)
    own = dataclasses.replace(case, samples=())
    first, second = (
        grade(own, Response(case.id, "d", n, {"text": text}))
        for n, text in enumerate(("She will feel better and be stronger.", case.samples[0]), 1)
    )
    for text in ("She will feel better.", "She will walk more."):
        view = write(session, text)["view"]
        assert view["versions"][-1]["feedback"]["next_step"]
        assert is_plain_json(view)
    session.handle({"do": "samples"})
    copied = write(session, case.samples[0])["view"]["versions"][-1]["feedback"]

    assert first.points < second.points
    assert copied["points"] < second.points


@REAL
def test_what_a_patient_of_the_library_wants_can_be_heard_in_her_talk(case: GoalCase) -> None:
    """Each wish stands word for word in something that she may say."""
    talk = load_exercise(case.scenario)
    assert isinstance(talk, Scenario)
    spoken = [line.says for one in talk.scenes.values() for line in lines_of(one)]
    spoken += [said.answers for one in talk.scenes.values() for said in one.replies]

    assert case.patient.name == talk.patient.name
    for wish in case.patient.wishes:
        assert any(wish.says.strip() in words for words in spoken), wish.id
