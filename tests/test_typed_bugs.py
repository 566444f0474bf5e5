"""Typed talks where they went wrong once: words lost, words let through, turns told otherwise after a reload."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support import CLOCK, best, journal_in, play
from typed_lines import LISTENERS, TALKS

from alliance_kit import handin, simulation
from alliance_kit.hearing import LEFT_OUT
from alliance_kit.hearing._rules import due_steps
from alliance_kit.hearing._words import is_unkind
from alliance_kit.model import Scenario
from alliance_kit.reports.learner._choice import next_step, went_well
from alliance_kit.reports.learner._looking import look_at
from alliance_kit.sessions.practice import judged
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.sessions.text import TextFace

BACK, KNEE = TALKS["low-back-first-visit"], TALKS["knee-plateau"]
UNKIND = "You are a stupid bitch."


def opened(folder: Path, talk: Scenario = BACK) -> TalkSession:
    return TalkSession(talk, journal_in(folder), clock=CLOCK)


def begun(folder: Path, talk: Scenario = BACK, **settings: Any) -> TalkSession:
    session = opened(folder, talk)
    session.handle({"do": "begin", "support": "free", **settings})
    return session


def type_(session: TalkSession, text: str, **fields: Any) -> dict[str, Any]:
    view: dict[str, Any] = session.handle({"do": "type", "turn": len(session.played), "text": text, **fields})["view"]
    return view


def step_on(session: TalkSession) -> None:
    """Choose a strong line; where typing comes first, say nothing before."""
    session.handle({"do": "lines", "turn": len(session.played)})
    if session.view()["replies"]:
        play(session, best, turns=1)
    else:
        type_(session, "...")


def to_scene(session: TalkSession, scene: str) -> None:
    while session.position is not None and session.position.scene != scene:
        assert not session.over
        step_on(session)


def to_care(session: TalkSession) -> None:
    while session.position is not None:
        if due_steps(session.scenario, session.scenario.scenes[session.position.scene], session.position):
            return
        step_on(session)


def to_end(session: TalkSession) -> None:
    while not session.over:
        step_on(session)


# --- unkind words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "I think you are a stupid bitch.",
        "I feel like you are pathetic.",
        "I told you to shut up!",
        "I'm not surprised you are a fat pig.",
        "you f*cking idiot",
        "Idiot.",
        "Stupid cow.",
    ],
)
def test_unkind_words_are_unkind_behind_i_think_too(words: str) -> None:
    """What the learner herself thinks, feels or told is no report of somebody else's words."""
    assert is_unkind(words)


@pytest.mark.parametrize("name", TALKS)
def test_an_insult_raises_nothing(name: str) -> None:
    """*I think you are …* was read as a complex reflection: the bond rose, and the report called it strong."""
    talk = TALKS[name]
    raised = []
    for scene in talk.scenes:
        position = simulation.arrive(talk, scene, simulation.begin(talk).state, "")
        move = LISTENERS[name].hear((), position, "I think you are a stupid bitch.").move
        if move is not None and move.change > 0:
            raised.append(scene)

    assert raised == []


def test_an_insult_does_not_leave_the_computer(tmp_path: Path) -> None:
    """It was handed in, and the report quoted it under the one thing to try next."""
    session = begun(tmp_path, KNEE)
    words = "I think you are a stupid bitch"
    type_(session, words)
    to_end(session)
    journal = journal_in(tmp_path)
    made = handin.build(journal, [offer.id for offer in handin.offer(journal) if offer.ticked], name="Synthetic")

    assert words not in made.text()


@pytest.mark.parametrize(
    "words",
    [
        "Are you lazy? Of course you're not.",
        "So you ask yourself if you are lazy.",
        "You were so stupid with pain you could not think.",
        "You just want people to stop whining about it?",
        "You want the pain to shut up for once.",
    ],
)
def test_honest_words_are_not_taken_for_abuse(words: str) -> None:
    """They are erased for good and cost the learner a warning, so the check must be sure."""
    assert not is_unkind(words)


def test_unkind_words_at_the_end_of_a_long_text_are_left_out(tmp_path: Path) -> None:
    """Only the first 4,000 characters were looked at, but the whole text was kept and handed in."""
    session = begun(tmp_path)
    type_(session, "so " * 1_400 + UNKIND)

    assert session.played[-1].move.reply.say == LEFT_OUT


def test_unkind_words_in_one_window_cost_no_words_in_another(tmp_path: Path) -> None:
    """The drafts of every window went."""
    session = begun(tmp_path)
    other = opened(tmp_path)
    other.handle({"do": "draft", "field": "say", "text": "My careful words", "client": "other"})
    type_(session, UNKIND, client="this")
    later = opened(tmp_path).handle({"do": "look", "client": "later"})["view"]["typing"]

    assert "My careful words" in (later["draft"], *later["others"])


def test_a_paused_talk_has_no_empty_line_of_hers(tmp_path: Path) -> None:
    """Nothing is said while a talk is paused: no name stands there with nothing behind it."""
    session = begun(tmp_path)
    type_(session, UNKIND)
    view = type_(session, UNKIND)

    assert view["phase"] == "paused"
    assert not any(line.strip() == "Kathleen:" for line in TextFace(session).text().split("\n"))


# --- words lost -----------------------------------------------------------------------------------------------------


def test_words_that_leave_a_step_of_care_open_are_still_in_the_box(tmp_path: Path) -> None:
    """No turn is made of them, and the page has let them go: they must be the draft."""
    session = begun(tmp_path)
    to_care(session)
    type_(session, "The weather on Tuesday was lovely.")
    words = "The weather on Wednesday was lovely, too."
    view = type_(session, words)

    assert view["typing"]["note"]
    assert view["typing"]["draft"] == words


def test_taking_back_does_not_cost_what_is_half_typed(tmp_path: Path) -> None:
    """The words that come back were put over the next ones, which were in the journal nowhere else."""
    session = begun(tmp_path)
    type_(session, "What worries you most about it?")
    session.handle({"do": "draft", "field": "say", "text": "And then I would"})
    typing = session.handle({"do": "take_back", "turn": 0})["view"]["typing"]

    assert "And then I would" in "\n".join((typing["draft"], *typing["others"]))


def test_a_half_typed_reason_comes_back_after_a_reload(tmp_path: Path) -> None:
    """The draft of a disagreement is on the disk, but no view shows it again."""
    session = begun(tmp_path)
    rule = type_(session, "What worries you most about it?")["log"][0]["findings"][0]["rule"]
    session.handle({"do": "draft", "field": f"disagree-0-{rule}", "text": "zimtstern, because"})

    assert "zimtstern" in json.dumps(opened(tmp_path).view())


# --- the same after a reload ----------------------------------------------------------------------------------------


def test_an_act_in_brackets_is_the_same_act_after_a_reload(tmp_path: Path) -> None:
    """It was *turn from the screen* before and a plain line after."""
    session = begun(tmp_path)
    view = type_(session, "*turn from the laptop*")

    assert opened(tmp_path).view()["log"] == view["log"]


def test_a_step_passed_over_in_typed_words_stays_a_turning_point(tmp_path: Path) -> None:
    """`TypedReply` keeps no `breaches`: after a reload, and in every report, that moment was gone."""
    session = begun(tmp_path)
    to_scene(session, "try")
    breaching = next(reply for reply in BACK.scenes["try"].replies if reply.breaches)
    type_(session, breaching.say)
    assert session.played[-1].move.after.state.breached
    to_end(session)
    moments = session.view()["debrief"]["moments"]

    assert opened(tmp_path).view()["debrief"]["moments"] == moments


# --- fairness -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "scene", "words"),
    [
        ("knee-plateau", "door", "Let's not measure it. Mornings are hard on a knee anyway."),
        (
            "work-injury-trust",
            "rewrite",
            "Leave that one to me? I'll not go in tonight and take the line right out as if it was never there.",
        ),
    ],
)
def test_the_opposite_of_a_poor_line_is_not_that_line(name: str, scene: str, words: str) -> None:
    """*Not* is among the small words, so a line and its negation have all their content words in common."""
    talk = TALKS[name]
    position = simulation.arrive(talk, scene, simulation.begin(talk).state, "")
    move = LISTENERS[name].hear((), position, words).move

    assert move is None or move.change >= 0


def test_confidence_of_a_turn_that_was_not_understood_counts_for_nothing(tmp_path: Path) -> None:
    """It says nothing about the learner's judgment; nor does a turn that she has taken back."""
    session = begun(tmp_path)
    while not session.asks_confidence:
        step_on(session)
    type_(session, "Hmm", confidence=0.9)
    typed = session.played[-1].move.typed
    assert typed is not None
    assert typed.how == "aside"
    session.handle({"do": "take_back", "turn": len(session.played) - 1})

    assert judged(session.journal) == ()


def test_a_test_run_does_not_tell_of_a_strain(tmp_path: Path) -> None:
    """The view's log names the rupture of a turn while feedback is for later."""
    session = begun(tmp_path, KNEE, feedback="probe")
    for talk_scene in KNEE.scenes.values():
        for reply in talk_scene.replies:
            if reply.rupture is None:
                continue
            name = next(name for name, scene in KNEE.scenes.items() if scene is talk_scene)
            to_scene(session, name)
            session.handle({"do": "say", "turn": len(session.played), "reply": reply.id})
            assert session.position is not None
            assert session.position.state.rupture
            assert not session.view()["log"][-1].get("rupture")
            return
    pytest.fail("no reply of this talk strains it")


# --- the learner's report -------------------------------------------------------------------------------------------


def report_on(folder: Path) -> Any:
    journal = journal_in(folder)
    return look_at(handin.build(journal, [o.id for o in handin.offer(journal) if o.ticked], name="Synthetic"))


def test_words_left_out_are_not_the_one_thing_to_try_next(tmp_path: Path) -> None:
    """*In your talk with Kathleen, turn 1, you said “[left out]”. A line to try: …* helps nobody."""
    session = begun(tmp_path)
    type_(session, UNKIND)
    to_end(session)

    assert next_step(report_on(tmp_path)).said != LEFT_OUT


def test_the_report_does_not_say_that_typed_words_were_chosen(tmp_path: Path) -> None:
    """Praise for a typed turn reads *You chose to say this to …*: typed and chosen are to stay apart."""
    session = begun(tmp_path)
    while not session.over:
        if not session.typing_first and session.played and session.played[-1].typed:
            step_on(session)
            continue
        type_(session, "What are you most afraid of, and what matters most to you?")
    praised = [each for each in went_well(report_on(tmp_path)) if each.kind in ("said", "did")]
    typed = {turn.move.reply.say for turn in session.played if turn.typed}

    assert not [each for each in praised if each.text in typed]
