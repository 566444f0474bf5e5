"""What a turn of a conversation shows, and what a run adds up to: findings, never marks, never an error."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import any_scenarios, plain_json, reply, run_python, small_reflection, small_scale, small_talk

from alliance_kit.grading import GRADER, grade, turn_finding
from alliance_kit.model import Context, Feedback, Response, Span
from alliance_kit.plain import canonical_json, to_json
from alliance_kit.simulation import ending_of, play, safety_gaps, walks

TALK = small_talk()
BEST = ["listen", "own-it", "ask-calf", "ask-first", "together"]


def answered(answer: Any, exercise: Any = TALK) -> Feedback:
    return grade(exercise, Response(exercise.id, "d", 1, answer))


# --- a turn -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quality", "level"), [("strong", "met"), ("workable", "partly"), ("poor", "not_seen")], ids=str
)
def test_a_turn_says_what_its_author_wrote(quality: Any, level: str) -> None:
    """The lesson, a line to try, its sources, and a level that follows from the reply's quality."""
    said = reply("r", quality=quality, try_instead="Try this.", skills=("pause", "repair"), source=("a2020", "b2021"))

    finding = turn_finding(TALK, said)

    assert (finding.level, finding.criterion, finding.why) == (level, "pause", "Because of r.")
    assert (finding.try_instead, finding.source) == ("Try this.", "a2020, b2021")
    assert finding.rule == "reply/talk-test/r"
    assert (finding.points, finding.max_points) == (0, 0)


def test_a_turn_without_skills_is_still_about_something() -> None:
    """A finding always has a criterion."""
    assert turn_finding(TALK, reply("r")).criterion == "turn"


@pytest.mark.parametrize(
    ("say", "words", "spans"),
    [
        ("I hear you.", "hear", (Span(2, 6),)),
        ("Now, now.", "Now", (Span(0, 3),)),
        ("no no no", "no", (Span(0, 2),)),
        ("I hear you.", "HEAR", ()),
        ("I hear you.", "", ()),
        ("", "hear", ()),
        ("Ça va, 👋 hé?", "hé", (Span(9, 11),)),
    ],
)
def test_the_span_is_the_phrase_in_what_was_said(say: str, words: str, spans: tuple[Span, ...]) -> None:
    """Characters of the clinician's own line, the first place where the phrase stands; none when it does not."""
    assert turn_finding(TALK, reply("r", say=say, words=words)).spans == spans


# --- a run ------------------------------------------------------------------------------------------------------


def test_a_run_has_a_finding_a_turn_in_order() -> None:
    """The best way through shows five met criteria and nothing missed."""
    feedback = answered({"replies": BEST})

    assert [f.rule.rpartition("/")[2] for f in feedback.findings] == BEST
    assert {f.level for f in feedback.findings} == {"met"}
    assert (feedback.exercise, feedback.grader, feedback.points, feedback.max_points) == ("talk-test", GRADER, 0, 0)


def test_missed_steps_of_care_are_named_at_the_end_of_a_run() -> None:
    """After the turns, in the file's order, in the author's words."""
    feedback = answered({"replies": ["listen", "own-it", "pass-over", "just-touch", "tell"]})

    assert [(f.criterion, f.why) for f in feedback.findings[5:]] == [
        ("safety/calf", "Nobody asked about the calf."),
        ("safety/consent", "A hand came before the yes."),
        ("safety/handed", "Nobody was told."),
    ]


def test_an_unfinished_run_is_not_blamed_for_what_may_still_come() -> None:
    """Steps of care are due when the visit is over."""
    assert len(answered({"replies": BEST[:2]}).findings) == 2


def test_the_next_step_is_the_first_line_to_try() -> None:
    """One thing to change, the earliest; nothing where all was well."""
    assert answered({"replies": BEST}).next_step == ""
    assert answered({"replies": ["listen", "push", "pass-over"]}).next_step == "Whatever you choose."


@pytest.mark.parametrize(
    ("replies", "count", "words"),
    [
        (["nothing"], 1, "no reply 'nothing'"),
        (["listen", "listen"], 2, "no reply 'listen'"),
        ([*BEST, "listen"], 6, "the visit is over"),
        (["listen", "ä" * 9, "own-it"], 2, "no reply 'äää"),
    ],
)
def test_a_reply_that_is_not_there_ends_the_reading_and_is_named(replies: list[str], count: int, words: str) -> None:
    """An old answer to a changed scenario is read as far as it goes."""
    findings = [f for f in answered({"replies": replies}).findings if not f.criterion.startswith("safety/")]

    assert len(findings) == count
    assert (findings[-1].level, findings[-1].rule) == ("unsure", "conversation/unknown-reply")
    assert words in findings[-1].why


@pytest.mark.parametrize(
    "answer", [None, 0, "listen", [], ["listen"], {}, {"replies": None}, {"replies": "listen"}, {"replies": {}}]
)
def test_an_answer_of_another_shape_is_an_empty_run(answer: Any) -> None:
    """Nothing was said, so nothing is found."""
    assert answered(answer) == Feedback("talk-test", GRADER)


def test_what_is_no_reply_id_is_passed_over() -> None:
    """Only texts name replies; the others are no turns."""
    junk = [None, "listen", 3, ["own-it"], {"id": "own-it"}, "own-it"]

    assert answered({"replies": junk}) == answered({"replies": ["listen", "own-it"]})


@given(
    plain_json | st.fixed_dictionaries({"replies": plain_json | st.lists(st.sampled_from([*BEST, "", None, 1, "x"]))})
)
def test_any_answer_is_graded_twice_the_same(answer: Any) -> None:
    """Never an error, never a different word, and the answer is left as it was."""
    before = repr(answer)

    first, second = answered(answer), answered(answer)

    assert to_json(first) == to_json(second)
    assert repr(answer) == before
    assert first.points == first.max_points == 0


@given(any_scenarios(), st.integers(0, 20))
@settings(max_examples=50)
def test_grading_a_run_agrees_with_playing_it(talk: Any, number: int) -> None:
    """One finding a turn; steps of care are missed exactly when the visit ended unsafe."""
    moves = list(walks(talk, 21))[: number + 1][-1]
    feedback = answered({"replies": [move.reply.id for move in moves]}, talk)
    state = moves[-1].after.state

    assert feedback.findings[: len(moves)] == tuple(turn_finding(talk, move.reply) for move in moves)
    assert [f.why for f in feedback.findings[len(moves) :]] == [item.missed for item in safety_gaps(talk, state)]
    assert (len(feedback.findings) > len(moves)) == (ending_of(talk, state) == "unsafe")


def test_what_was_said_or_shown_before_does_not_matter_to_a_run() -> None:
    """A conversation has its findings from its author alone."""
    response = Response("talk-test", "d", 1, {"replies": BEST})

    assert grade(TALK, response, Context(said=("x",), shown=("y",))) == grade(TALK, response)


def test_findings_are_the_same_under_every_hash_seed() -> None:
    """Feedback shown on one machine is the feedback shown on another."""
    code = """if True:
        from support import small_talk
        from alliance_kit.grading import grade
        from alliance_kit.model import Response, canonical_json, to_json
        from alliance_kit.simulation import walks
        for moves in walks(small_talk(), 40):
            answer = {"replies": [move.reply.id for move in moves]}
            print(canonical_json(to_json(grade(small_talk(), Response("talk-test", "d", 1, answer)))))"""
    here = [
        canonical_json(to_json(answered({"replies": [move.reply.id for move in moves]}))) for moves in walks(TALK, 40)
    ]

    assert run_python(code, PYTHONHASHSEED="1").splitlines() == here
    assert run_python(code, PYTHONHASHSEED="2").splitlines() == here


# --- kinds that are not graded ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", [small_reflection(), small_scale()], ids=["reflection", "scale"])
@given(answer=plain_json)
@settings(max_examples=20)
def test_quiet_pages_are_never_graded(exercise: Any, answer: Any) -> None:
    """Whatever was written to oneself: no finding, no points."""
    assert answered(answer, exercise) == Feedback(exercise.id, GRADER)


def test_feedback_can_be_kept_as_json() -> None:
    """It goes into the journal as it was shown."""
    moves = play(TALK, BEST)
    feedback = answered({"replies": [move.reply.id for move in moves]})

    assert json.loads(canonical_json(to_json(feedback)))["findings"][0]["spans"] == [{"start": 15, "end": 21}]
    assert dataclasses.replace(feedback) == feedback
