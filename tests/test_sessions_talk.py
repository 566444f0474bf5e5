"""A talk, driven as a page drives it: nothing said is lost, nothing is said twice, nothing is told too early."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import (
    BEST_WAY,
    COLD,
    PATIENT,
    POLICIES,
    WARM,
    Disk,
    any_scenarios,
    best,
    first,
    is_plain_json,
    journal_in,
    messages,
    odd_text,
    plain_json,
    play,
    reply,
    run_python,
    say,
    scenario,
    scene,
    send_all,
    small_talk,
    steady,
    taking,
    worst,
)

from alliance_kit import library, simulation
from alliance_kit.grading import GRADER, turn_finding
from alliance_kit.journal import Journal
from alliance_kit.model import Line, Scenario, digest_of
from alliance_kit.plain import canonical_json, to_json
from alliance_kit.sessions import played as played_module
from alliance_kit.sessions.base import confidence_levels
from alliance_kit.sessions.picture import HEIGHT, MIN_LABEL_GAP, states_svg
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.simulation import END, confidence_scenes, ending_of
from alliance_kit.workbook import load_exercise

TALK = small_talk()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return journal_in(tmp_path)


def opened(folder: Path, talk: Scenario = TALK) -> TalkSession:
    """Return the talk as another window, or another day, would open it."""
    return TalkSession(talk, journal_in(folder))


def file_of(folder: Path) -> Path:
    return folder / "journal" / "journal.jsonl"


def edit(folder: Path, change: Any) -> None:
    """Change the lines of a journal as somebody with an editor would: `change` gets and returns each line's JSON."""
    lines = [json.loads(line) for line in file_of(folder).read_text("utf-8").splitlines()]
    changed = [new for line in lines if (new := change(line)) is not None]
    file_of(folder).write_text("".join(json.dumps(line) + "\n" for line in changed), "utf-8")


# --- from the door to the end ---------------------------------------------------------------------------------------


def test_before_it_begins_only_what_one_knows_at_the_door_is_shown(journal: Journal) -> None:
    """Chart and setting; no line, no reply, and nothing is written yet."""
    view = TalkSession(TALK, journal).view()

    assert (view["phase"], view["turn"], view["runs"]) == ("intro", 0, [])
    assert view["patient"]["chart"] == ["Left knee, six weeks."]
    assert not {"line", "replies", "log", "debrief"} & set(view)
    assert "STORY-THAT-STAYS-UNTOLD" not in json.dumps(view)
    assert not journal.folder.exists()


def test_beginning_shows_the_first_line_and_the_ways_to_answer(journal: Journal) -> None:
    """Her words, how she stands in words, and the replies without what they do."""
    session = TalkSession(TALK, journal)
    answer = session.handle({"do": "begin"})
    view = answer["view"]

    assert answer["saved"]
    assert (view["phase"], view["line"], view["log"]) == ("talk", "Patient before listen.", [])
    assert {r["id"] for r in view["replies"]} == {"listen", "form", "hush"}
    assert all(set(r) == {"id", "say", "act"} for r in view["replies"])
    assert [w["dimension"] for w in view["words"]] == ["bond", "goals", "tasks"]


def test_a_reply_shows_what_she_answered_and_how_she_may_have_heard_it(journal: Journal) -> None:
    """The exchange joins the log with the author's finding."""
    session = TalkSession(TALK, journal)
    view = play(session, turns=1)

    assert view["about"] == 5
    (exchange,) = view["log"]
    assert (exchange["line"], exchange["say"]) == ("Patient before listen.", "Clinician says listen here.")
    assert (exchange["heard"], exchange["finding"]["why"]) == ("Heard listen.", "Because of listen.")
    assert view["line"] == "I want my garden back."
    assert view["turn"] == 1


@pytest.mark.parametrize(
    ("replies", "ending"),
    [
        (WARM, "open"),
        (("form", "push", "ask-calf", "no-touch", "half"), "mid"),
        (("hush", "push", "ask-calf", "no-touch", "tell"), "unsafe"),
        (("listen", "own-it", "pass-over", "ask-first", "together"), "unsafe"),
        (("hush", "sit", "ask-calf", "ask-first", "together"), "mid"),
    ],
)
def test_the_debrief_says_how_it_ended_and_names_what_was_missed(
    journal: Journal, replies: tuple[str, ...], ending: str
) -> None:
    """What happened in a sentence, her last words, and every missed step of care by name."""
    view = play(TalkSession(TALK, journal), taking(*replies))
    debrief = view["debrief"]

    assert (debrief["ending"], debrief["what"]) == (ending, f"It ended {ending}.")
    assert view["line"].endswith(f"Bye, {ending}.")
    assert bool(debrief["missed"]) == (ending == "unsafe")
    assert debrief["rupture_open"] == (replies[:2] in (("hush", "sit"), ("hush", "push")))
    assert debrief["questions"] == ["What would you do again?"]
    assert [m["turn"] for m in debrief["moments"]] == sorted(m["turn"] for m in debrief["moments"])
    assert len(debrief["moments"]) == 3
    assert len(debrief["transcript"]) == 5
    assert len(debrief["table"]) == 6


def test_a_missed_red_flag_is_named_whatever_the_bond(journal: Journal) -> None:
    """She was warm to the last, and the calf was still missed."""
    debrief = play(TalkSession(TALK, journal), taking("listen", "own-it", "pass-over", "ask-first", "together"))[
        "debrief"
    ]

    assert debrief["missed"] == ["Nobody asked about the calf."]
    assert debrief["words"][0]["words"] == "open with you"


def test_a_moment_shows_another_strong_way_where_there_is_one(journal: Journal) -> None:
    """Never the one that was taken, and never a poor one."""
    good = play(TalkSession(TALK, journal), taking(*WARM))["debrief"]
    debrief = play(TalkSession(small_talk("talk-two"), journal), taking(*COLD))["debrief"]

    for moment in good["moments"]:
        only = moment["turn"] in (0, 2, 4)
        assert moment["else"] != moment["say"]
        assert (moment["else"] == "") == only
    for moment in debrief["moments"]:
        assert moment["else"] != moment["say"]
        assert moment["else"].startswith("Clinician says")
        assert moment["inner"].startswith("INNER-")


@pytest.mark.parametrize("policy", POLICIES)
def test_what_she_thinks_stays_unsaid_until_the_end(journal: Journal, policy: str) -> None:
    """Neither the view nor the transcript holds a thought, a story or another reply's lesson before the debrief."""
    session = TalkSession(TALK, journal)
    session.handle({"do": "begin"})
    while (view := session.view())["phase"] == "talk":
        seen = json.dumps([view, session.handle({"do": "transcript"})])
        said = {turn["say"] for turn in view["log"]}
        assert "INNER-" not in seen
        assert "STORY-THAT-STAYS-UNTOLD" not in seen
        for name, one in TALK.scenes.items():
            assert all(r.why not in seen and r.hears not in seen for r in one.replies if r.say not in said), name
        say(session, POLICIES[policy](session, view["replies"]))

    assert {turn["inner"] for turn in session.view()["debrief"]["transcript"]} == {
        "INNER-listen", "INNER-own-it", "INNER-ask-calf", "INNER-ask-first", "INNER-together",
    }  # fmt: skip


def test_every_view_is_plain_json(journal: Journal) -> None:
    """It travels to the page by message, so it must come back the same."""
    session = TalkSession(TALK, journal)

    assert is_plain_json(session.view())
    for turns in range(5):
        assert is_plain_json(play(session, turns=1)), turns
    assert is_plain_json(session.view()["debrief"])


@given(talk=any_scenarios(), data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_scenario_can_be_played_and_opened_again(
    talk: Scenario, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """At every turn the talk that is opened anew is the talk that was left."""
    folder = tmp_path_factory.mktemp("any")
    session = opened(folder, talk)
    view = play(session, turns=0)
    while view["phase"] == "talk":
        chosen = data.draw(st.sampled_from([r["id"] for r in view["replies"]]))
        say(session, chosen, confidence=data.draw(st.none() | st.floats(0, 1)))
        view = session.view()
        assert is_plain_json(view)
        assert steady(opened(folder, talk).view()) == steady(view)


# --- the order of replies -------------------------------------------------------------------------------------------


def test_acts_stand_after_words_and_place_tells_nothing(tmp_path: Path) -> None:
    """Over many runs every spoken reply stands first at times; acts never stand before words."""
    session = opened(tmp_path)
    seen = []
    for _ in range(12):
        seen.append(play(session, turns=0)["replies"])
        session.handle({"do": "say", "turn": 0, "reply": "listen"})
        shown = session.view()["replies"]
        assert [bool(r["act"]) for r in shown] == [False, False, True]
        play(session)
        session.handle({"do": "begin"})

    assert {replies[0]["id"] for replies in seen} == {"listen", "form", "hush"}


def test_the_order_of_replies_is_the_same_on_every_machine() -> None:
    """It follows from the exercise and the run's number, never from a hash seed."""
    code = """if True:
        import tempfile, pathlib
        from support import best, journal_in, play, small_talk
        from alliance_kit.sessions.talk import TalkSession
        session = TalkSession(small_talk(), journal_in(pathlib.Path(tempfile.mkdtemp())))
        for _ in range(3):
            while (view := play(session, turns=1))["phase"] == "talk":
                print([reply["id"] for reply in view["replies"]], view.get("confidence"))
            session.handle({"do": "begin"})"""

    assert run_python(code, PYTHONHASHSEED="1") == run_python(code, PYTHONHASHSEED="2") != ""


def test_the_order_stays_while_the_page_is_looked_at_and_opened_again(tmp_path: Path) -> None:
    """A redrawn page must not move the reply under the finger."""
    session = opened(tmp_path)
    view = play(session, turns=1)

    assert session.view()["replies"] == view["replies"] == opened(tmp_path).view()["replies"]


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_every_turn_is_on_the_disk_before_the_patient_answers(tmp_path: Path) -> None:
    """Another window that opens the journal sees it at once, all of it."""
    session = opened(tmp_path)
    session.handle({"do": "begin"})
    for count, reply_id in enumerate(WARM, 1):
        say(session, reply_id)
        (run,) = journal_in(tmp_path).runs("talk-test")
        assert [turn.reply for turn in run.turns] == list(WARM[:count])

    last = run.turns[-1]
    assert (last.said, last.line, last.answer_line) == (
        "Clinician says together here.", "Patient before together.", "Yes, like that.\nBye, open.",
    )  # fmt: skip
    assert (last.ended, last.reached, last.grader) == ("open", END, GRADER)
    assert last.findings[0].why == "Because of together."
    assert run.digest == digest_of(TALK)
    assert journal_in(tmp_path).exercise(run.digest) == TALK


def test_the_states_as_shown_are_kept_with_each_turn(tmp_path: Path) -> None:
    """Reports later read what happened then, not what a later version would compute."""
    play(opened(tmp_path), taking(*COLD))
    (run,) = journal_in(tmp_path).runs("talk-test")
    moves = simulation.play(TALK, COLD)

    assert [turn.before for turn in run.turns] == [move.before.state for move in moves]
    assert [turn.after for turn in run.turns] == [move.after.state for move in moves]


def test_the_headline_says_how_far_it_got_and_nothing_else(journal: Journal) -> None:
    """All that a notebook may keep: never a word that was said."""
    session = TalkSession(TALK, journal)
    headlines = [session.headline]
    for _ in range(6):
        play(session, turns=1)
        headlines.append(session.headline)

    assert headlines[0] == "About talk-test: not begun"
    assert headlines[1] == "About talk-test: turn 2"
    assert headlines[-1] == "About talk-test: talk finished, 5 turns"


# --- clicks that come twice, late, or garbled -----------------------------------------------------------------------


def count_lines(folder: Path) -> int:
    return len(file_of(folder).read_bytes().splitlines()) if file_of(folder).exists() else 0


def test_a_double_click_says_it_once(tmp_path: Path) -> None:
    """The second message is for a turn that is past."""
    session = opened(tmp_path)
    session.handle({"do": "begin"})
    click = {"do": "say", "turn": 0, "reply": "listen"}
    first_answer, second = session.handle(click), session.handle(click)

    assert second["view"] == first_answer["view"]
    assert "trouble" not in second
    assert [turn.reply for turn in journal_in(tmp_path).runs("talk-test")[0].turns] == ["listen"]


@pytest.mark.parametrize("turn", [-1, 1, 2, 99, None, "0", 0.0, True, False, [0], {}, float("nan"), ...], ids=str)
def test_a_message_for_another_turn_does_nothing(tmp_path: Path, turn: Any) -> None:
    """Only the number of the turn on screen counts, and only as a whole number."""
    session = opened(tmp_path)
    view = play(session, turns=0)
    lines = count_lines(tmp_path)
    message = {"do": "say", "reply": "listen"} | ({} if turn is ... else {"turn": turn})

    assert session.handle(message)["view"] == view
    assert count_lines(tmp_path) == lines


@pytest.mark.parametrize(
    "reply_id", ["", "together", "LISTEN", " listen", "listen\0", "\ud83d", None, 3, ["listen"], "x" * 30_000]
)
def test_a_reply_that_is_not_offered_is_refused_and_not_kept(tmp_path: Path, reply_id: Any) -> None:
    """The talk stays where it is."""
    session = opened(tmp_path)
    view = play(session, turns=0)
    lines = count_lines(tmp_path)
    answer = session.handle({"do": "say", "turn": 0, "reply": reply_id})

    assert "no reply" in answer["trouble"]
    assert steady(answer["view"]) == steady(view)
    assert count_lines(tmp_path) == lines


def test_begin_is_heard_once_and_not_in_the_middle(tmp_path: Path) -> None:
    """A double click begins one run; a stray click never throws a talk away."""
    session = opened(tmp_path)
    session.handle({"do": "begin"})
    session.handle({"do": "begin"})
    play(session, turns=2)
    session.handle({"do": "begin"})

    assert session.view()["turn"] == 2
    assert len(journal_in(tmp_path).runs("talk-test")) == 1


def test_after_the_end_nothing_more_is_said(tmp_path: Path) -> None:
    """Late clicks change neither the debrief nor the journal."""
    session = opened(tmp_path)
    view = play(session)
    lines = count_lines(tmp_path)
    for turn in range(-1, 7):
        for reply_id in ("together", "listen", ""):
            assert session.handle({"do": "say", "turn": turn, "reply": reply_id})["view"] == view

    assert count_lines(tmp_path) == lines


def test_before_the_beginning_nothing_is_said_or_tried_again(tmp_path: Path) -> None:
    """Messages that come too early do nothing."""
    session = opened(tmp_path)
    for message in ({"do": "say", "turn": 0, "reply": "listen"}, {"do": "retry", "turn": 0}, {"do": "transcript"}):
        assert session.handle(message) == {"view": session.view()}

    assert not file_of(tmp_path).exists()


@given(
    sent=st.lists(
        messages(
            "begin", "say", "retry", "show", "transcript", "draft", "look", "", "view", "__init__", "nothing",
            turn=st.integers(-1, 6) | plain_json,
            reply=st.sampled_from([*WARM, *COLD]) | plain_json,
            confidence=plain_json,
            run=odd_text,
            field=odd_text,
            text=odd_text,
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_the_session_answers(sent: list[Any], tmp_path_factory: pytest.TempPathFactory) -> None:
    """Never an error; always a view, except for a draft; and the journal opens again to the same talk."""
    folder = tmp_path_factory.mktemp("sent")
    session = opened(folder)
    send_all(session, sent)

    assert is_plain_json(session.view())
    assert steady(opened(folder).view()) == steady(session.view())


# --- confidence -----------------------------------------------------------------------------------------------------


def asked_turns(session: TalkSession, sure: float | None = None) -> list[int]:
    """Play one run and return the turns at which confidence was asked."""
    asked = []
    while (view := play(session, turns=0))["phase"] == "talk":
        if "confidence" in view:
            asked.append(view["turn"])
            assert view["confidence"] == list(confidence_levels())
        play(session, turns=1, sure=sure)
    return asked


def test_confidence_is_asked_at_three_turns_at_most_and_elsewhere_in_the_next_run(tmp_path: Path) -> None:
    """Runs differ, and the file's marked turns are all asked in time."""
    session = opened(tmp_path)
    asked = []
    for _ in range(5):
        asked.append(asked_turns(session))
        session.handle({"do": "begin"})

    assert all(len(turns) == 3 for turns in asked)
    assert all(one != other for one, other in itertools.pairwise(asked))
    assert set().union(*asked) == {0, 1, 2, 3, 4}


def test_a_given_confidence_is_kept_and_compared_with_what_happened(tmp_path: Path) -> None:
    """In the journal with its turn, in the debrief beside whether she opened up; both as given, from 0 to 1."""
    session = opened(tmp_path)
    asked = asked_turns(session, sure=0.7)
    (run,) = journal_in(tmp_path).runs("talk-test")
    debrief = session.view()["debrief"]

    assert [turn.index for turn in run.turns if turn.confidence is not None] == asked
    assert {turn.confidence for turn in run.turns} == {0.7, None}
    assert [(c["turn"], c["said"]) for c in debrief["confidence"]] == [(turn, 0.7) for turn in asked]
    assert all(isinstance(c["opened_up"], bool) for c in debrief["confidence"])


@pytest.mark.parametrize(
    ("given_value", "kept"),
    [(0, 0.0), (1, 1.0), (0.3, 0.3), (0.123456, 0.12), (None, None), (1.01, None), (-0.1, None), ("0.3", None),
     (True, None), (False, None), (float("nan"), None), (float("inf"), None), (10**400, None), ([0.3], None)],
    ids=lambda value: str(value)[:12],
)  # fmt: skip
def test_confidence_is_a_probability_or_passed(tmp_path: Path, given_value: Any, kept: float | None) -> None:
    """Anything else counts as passed; the reply is said all the same."""
    session = opened(tmp_path)
    play(session, turns=0)
    while "confidence" not in session.view():
        play(session, turns=1)
    turn = session.view()["turn"]
    say(session, WARM[turn], confidence=given_value)

    assert journal_in(tmp_path).runs("talk-test")[0].turns[turn].confidence == kept


def test_confidence_that_was_not_asked_for_is_not_kept(tmp_path: Path) -> None:
    """A page cannot slip it in."""
    session = opened(tmp_path)
    play(session, turns=0)
    for reply_id in WARM:
        asked = "confidence" in session.view()
        say(session, reply_id, confidence=0.9)
        kept = journal_in(tmp_path).runs("talk-test")[0].turns[-1].confidence
        assert (kept == 0.9) == asked


# --- another way ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turn", range(5))
@pytest.mark.parametrize("played", [3, 5], ids=["in the middle", "at the end"])
def test_from_every_turn_another_way_can_be_tried_and_both_are_kept(tmp_path: Path, turn: int, played: int) -> None:
    """What was said before the turn stands; what came after stays in the first run."""
    session = opened(tmp_path)
    before = play(session, turns=played)
    if turn >= played:
        assert session.handle({"do": "retry", "turn": turn}) == {"view": before}
        return
    session.handle({"do": "retry", "turn": turn})
    view = session.view()
    assert (view["phase"], view["turn"]) == ("talk", turn)
    assert view["log"] == before["log"][:turn]
    assert view["line"] == before["log"][turn]["line"]

    play(session, taking(*COLD))

    first_run, second = journal_in(tmp_path).runs("talk-test")
    assert [t.reply for t in first_run.turns] == list(WARM[:played])
    assert [t.reply for t in journal_in(tmp_path).turns(second.id)] == [*WARM[:turn], *COLD[turn:]]
    assert (second.branched_from.run, second.branched_from.turn) == (first_run.id, turn)
    assert [r["from"] for r in session.view()["runs"]] == [None, turn]


def test_a_way_that_branched_can_branch_again_before_and_after_where_it_did(tmp_path: Path) -> None:
    """Retries of retries: each run tells its whole way, and a new window shows each as it was."""
    session = opened(tmp_path)
    play(session)
    for turn, way in [(3, COLD), (1, ("form", "sit", *WARM[2:])), (4, COLD), (0, COLD), (2, WARM)]:
        session.handle({"do": "retry", "turn": turn})
        play(session, taking(*way))

    journal = journal_in(tmp_path)
    ways = [tuple(t.reply for t in journal.turns(run.id)) for run in journal.runs("talk-test")]
    assert ways == [
        WARM,
        (*WARM[:3], *COLD[3:]),
        (WARM[0], "sit", *WARM[2:]),
        (WARM[0], "sit", *WARM[2:4], "tell"),
        COLD,
        (*COLD[:2], *WARM[2:]),
    ]
    assert [[t.index for t in journal.turns(run.id)] for run in journal.runs("talk-test")] == [[0, 1, 2, 3, 4]] * 6
    for run, way in zip(journal.runs("talk-test"), ways, strict=True):
        session.handle({"do": "show", "run": run.id})
        view = session.view()
        assert [turn["say"] for turn in view["log"]] == [f"Clinician says {r} here." for r in way]
        assert [r["run"] for r in view["runs"] if r["shown"]] == [run.id]


@given(turns=st.lists(st.integers(0, 4), min_size=1, max_size=6), data=st.data())
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_chain_of_retries_opens_again_as_it_was_left(
    turns: list[int], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was tried from wherever: states, findings and lines are those that were shown."""
    folder = tmp_path_factory.mktemp("tries")
    session = opened(folder)
    for turn in turns:
        play(session, taking(*data.draw(st.sampled_from([WARM, COLD]))), turns=data.draw(st.integers(1, 5)))
        session.handle({"do": "retry", "turn": turn})
    view = session.view()

    assert steady(opened(folder).view()) == steady(view)
    finished = play(opened(folder))
    assert steady(opened(folder).view()) == steady(finished)


@pytest.mark.parametrize("turn", [-1, 2, 5, None, "1", 1.0, True, [1]], ids=str)
def test_a_retry_of_a_turn_that_was_not_played_does_nothing(tmp_path: Path, turn: Any) -> None:
    """No run is begun, the talk stays where it is."""
    session = opened(tmp_path)
    view = play(session, turns=2)

    assert session.handle({"do": "retry", "turn": turn})["view"] == view
    assert len(journal_in(tmp_path).runs("talk-test")) == 1


def test_a_retry_clicked_twice_begins_one_run(tmp_path: Path) -> None:
    """The second click finds the turn not played any more."""
    session = opened(tmp_path)
    play(session)
    for _ in range(2):
        session.handle({"do": "retry", "turn": 2})

    assert len(journal_in(tmp_path).runs("talk-test")) == 2


def test_the_way_not_finished_stays_where_it_was_left(tmp_path: Path) -> None:
    """Shown again, it goes on from there, and the other way is untouched."""
    session = opened(tmp_path)
    play(session, turns=3)
    session.handle({"do": "retry", "turn": 1})
    play(session, taking(*COLD))
    unfinished = session.view()["runs"][0]
    session.handle({"do": "show", "run": unfinished["run"]})
    assert (session.view()["phase"], session.view()["turn"]) == ("talk", 3)

    play(session)

    assert [r["ended"] for r in session.view()["runs"]] == ["open", "unsafe"]


@pytest.mark.parametrize("run", ["", "nothing", None, 3, "\ud83d"])
def test_a_run_that_is_not_there_cannot_be_shown(tmp_path: Path, run: Any) -> None:
    """The one on screen stays."""
    session = opened(tmp_path)
    view = play(session, turns=1)

    assert session.handle({"do": "show", "run": run})["view"] == view


# --- opened again ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", range(6))
def test_a_talk_opened_again_is_the_talk_that_was_left(tmp_path: Path, turns: int) -> None:
    """After every turn, and after the end."""
    left = play(opened(tmp_path), taking(*COLD), turns=turns, sure=0.5)

    assert steady(opened(tmp_path).view()) == steady(left)


def test_what_was_touched_last_is_what_opens(tmp_path: Path) -> None:
    """A way that was left for another does not come back on its own; one that was gone on with does."""
    session = opened(tmp_path)
    play(session, turns=3)
    session.handle({"do": "retry", "turn": 1})
    finished = play(session, taking(*COLD))
    assert steady(opened(tmp_path).view()) == steady(finished)

    session = opened(tmp_path)
    session.handle({"do": "show", "run": finished["runs"][0]["run"]})
    left = play(session, turns=1)
    assert steady(opened(tmp_path).view()) == steady(left)


def changed_talk() -> Scenario:
    """Return the talk in a later version: other words, other effects, other scenes, other findings."""
    talk = small_talk(version="2.0.0", title="About talk-test, newer")
    fresh = scene(reply("fresh", "plan"), patient="A new scene.")
    scenes = {name: one for name, one in talk.scenes.items() if name not in ("flag", "touch")} | {"fresh": fresh}
    hello = talk.scenes["hello"]
    replies = tuple(dataclasses.replace(r, why="Newer.", say=f"Newer {r.id}.", next="fresh") for r in hello.replies[:1])
    scenes["hello"] = dataclasses.replace(hello, replies=replies, patient="Newer hello.")
    scenes["story"] = dataclasses.replace(talk.scenes["story"], replies=(reply("elsewhere", "plan"),))
    return dataclasses.replace(talk, scenes=scenes, safety=())


@pytest.mark.parametrize("turns", [1, 3, 5])
def test_a_talk_begun_in_an_older_version_opens_and_goes_on_in_that_version(tmp_path: Path, turns: int) -> None:
    """The file changed in between; what was shown is shown, what was to come still comes."""
    left = play(opened(tmp_path), taking(*COLD), turns=turns)
    newer = changed_talk()
    session = opened(tmp_path, newer)
    view = session.view()

    assert view["older"]
    for name in ("log", "line", "phase", "turn", "words", "replies", "debrief"):
        assert view.get(name) == left.get(name), name
    assert play(session, taking(*COLD))["debrief"]["what"] == "It ended unsafe."

    session.handle({"do": "begin"})
    view = session.view()
    assert (view["older"], view["line"]) == (False, "Newer hello.")
    digests = [run.digest for run in journal_in(tmp_path).runs("talk-test")]
    assert digests == [digest_of(TALK), digest_of(newer)]


def test_another_way_of_an_older_talk_stays_in_the_older_version(tmp_path: Path) -> None:
    """One cannot go back into scenes that the talk never had."""
    play(opened(tmp_path))
    session = opened(tmp_path, changed_talk())
    session.handle({"do": "retry", "turn": 2})
    play(session, taking(*COLD))

    journal = journal_in(tmp_path)
    assert {run.digest for run in journal.runs("talk-test")} == {digest_of(TALK)}
    assert [t.reply for t in journal.turns(journal.runs("talk-test")[1].id)] == [*WARM[:2], *COLD[2:]]
    assert opened(tmp_path, changed_talk()).view()["older"]


def test_findings_are_shown_as_they_were_not_as_they_would_be_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later grader and a later engine change nothing that the learner has already seen."""
    left = play(opened(tmp_path), taking(*COLD), turns=4)

    def later(*_: object) -> Any:
        raise AssertionError("computed anew")

    monkeypatch.setattr(played_module, "turn_finding", later)
    monkeypatch.setattr(simulation, "step", later)

    assert steady(opened(tmp_path).view()) == steady(left)


def test_half_typed_words_come_back(tmp_path: Path) -> None:
    """A draft is kept under its field and found by the next window."""
    session = opened(tmp_path)
    answer = session.handle({"do": "draft", "field": "note", "text": "I wonder \ud83d\0 <b>"})

    assert set(answer) == {"saved", "field"}
    assert opened(tmp_path).draft("note") == "I wonder \ud83d\0 <b>"
    assert opened(tmp_path, small_talk("other-talk")).draft("note") == ""


# --- two windows, and a journal that others write to ----------------------------------------------------------------


def test_two_windows_never_say_two_things_in_one_turn(tmp_path: Path) -> None:
    """The second is told, and goes on from where the first one is."""
    play(opened(tmp_path), turns=1)
    one, other = opened(tmp_path), opened(tmp_path)
    say(one, "own-it")
    answer = say(other, "push")

    assert "another window" in answer["trouble"]
    assert answer["view"]["turn"] == 2
    (run,) = journal_in(tmp_path).runs("talk-test")
    assert [t.reply for t in run.turns] == ["listen", "own-it"]
    assert steady(opened(tmp_path).view()) == steady(one.view())


def test_two_windows_on_one_journal_object_see_the_same(journal: Journal) -> None:
    """A cell that is run twice in one notebook."""
    one = TalkSession(TALK, journal)
    play(one, turns=2)
    other = TalkSession(TALK, journal)
    say(other, "ask-calf")
    answer = say(one, "pass-over")

    assert "another window" in answer["trouble"]
    assert [t.reply for t in journal.runs("talk-test")[0].turns] == ["listen", "own-it", "ask-calf"]


def test_two_windows_that_both_begin_keep_two_runs(tmp_path: Path) -> None:
    """Neither is lost, and they are numbered."""
    one, other = opened(tmp_path), opened(tmp_path)
    play(one, turns=2)
    play(other, taking(*COLD), turns=3)

    runs = journal_in(tmp_path).runs("talk-test")
    assert [(run.attempt, len(run.turns)) for run in runs] == [(1, 2), (2, 3)]


def test_lines_of_a_newer_version_are_left_alone(tmp_path: Path) -> None:
    """They are not shown, not touched, and the talk goes on."""
    session = opened(tmp_path)
    play(session, turns=2)
    newer = {"schema": 99, "id": "from-the-future", "type": "turn", "run": journal_in(tmp_path).runs()[0].id, "new": {}}
    with file_of(tmp_path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(newer) + "\n")

    assert play(session)["phase"] == "over"
    assert steady(opened(tmp_path).view()) == steady(session.view())
    assert json.dumps(newer) in file_of(tmp_path).read_text("utf-8")


def test_a_torn_last_line_loses_that_turn_only(tmp_path: Path) -> None:
    """The computer stopped in the middle of writing: the talk is where it was one turn before."""
    session = opened(tmp_path)
    left = play(session, turns=2)
    play(session, turns=1)
    content = file_of(tmp_path).read_bytes()
    file_of(tmp_path).write_bytes(content[:-40])

    again = opened(tmp_path)
    assert steady(again.view()) == steady(left)
    assert play(again)["phase"] == "over"


def test_a_turn_damaged_in_the_middle_does_not_bar_the_way(tmp_path: Path) -> None:
    """What is left is shown; the talk goes on, and every later turn can be tried another way."""
    play(opened(tmp_path), turns=4)
    edit(tmp_path, lambda line: None if line.get("type") == "turn" and line["index"] == 1 else line)
    session = opened(tmp_path)

    assert [turn["say"].split()[2] for turn in session.view()["log"]] == ["listen", "ask-calf", "ask-first"]
    assert play(session)["phase"] == "over"
    session.handle({"do": "retry", "turn": 2})
    assert session.view()["line"] == "Patient before ask-first."
    play(session, taking(*COLD))
    journal = journal_in(tmp_path)
    assert [t.index for t in journal.turns(journal.runs()[1].id)] == [0, 2, 3, 4]
    assert steady(opened(tmp_path).view()) == steady(session.view())


def spoilt(line: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {**line, **changes} if line.get("type") == "turn" else line


@pytest.mark.parametrize(
    "change",
    [
        lambda line: None if line["type"] == "exercise" else line,
        lambda line: {**line, "exercise": {"kind": "scenario"}} if line["type"] == "exercise" else line,
        lambda line: {**line, "digest": "0" * 64} if line["type"] == "run" else line,
        lambda line: spoilt(line, scene="attic"),
        lambda line: spoilt(line, reached="attic"),
        lambda line: spoilt(line, reply="gone"),
    ],
    ids=["no copy", "another copy", "another digest", "unknown scene", "leads nowhere", "unknown reply"],
)
def test_a_run_that_cannot_be_shown_bars_neither_older_ones_nor_a_new_one(tmp_path: Path, change: Any) -> None:
    """The journal was changed by hand, or by a version that knew other things: one begins anew."""
    play(opened(tmp_path), turns=2)
    edit(tmp_path, change)
    session = opened(tmp_path)

    assert session.view()["phase"] == "intro"
    shown = session.view()["runs"][0]["run"]
    assert "no longer holds all of this talk" in session.handle({"do": "show", "run": shown})["trouble"]
    assert play(session)["phase"] == "over"
    assert steady(opened(tmp_path).view()) == steady(session.view())


def test_a_way_whose_beginning_is_gone_is_not_opened(tmp_path: Path) -> None:
    """The run that it branched from was not brought along, so its first turns are nowhere."""
    session = opened(tmp_path)
    play(session)
    session.handle({"do": "retry", "turn": 2})
    first_run = journal_in(tmp_path).runs()[0].id
    edit(tmp_path, lambda line: None if line.get("run") == first_run else line)
    session = opened(tmp_path)

    assert session.view()["phase"] == "intro"
    assert play(session)["phase"] == "over"


def test_the_newest_run_that_can_be_shown_is_opened(tmp_path: Path) -> None:
    """A spoilt run does not take the others along."""
    session = opened(tmp_path)
    finished = play(session)
    session.handle({"do": "begin"})
    play(session, taking(*COLD), turns=1)
    last = journal_in(tmp_path).runs()[1].id
    edit(tmp_path, lambda line: spoilt(line, reply="gone") if line.get("run") == last else line)

    assert opened(tmp_path).view()["log"] == finished["log"]


@pytest.mark.parametrize("bond", [-99, 99, 10**30, -(10**400), 1e308, "low", None])
def test_a_state_off_the_scale_in_the_journal_is_survived(tmp_path: Path, bond: Any) -> None:
    """Whatever somebody writes there: a view, and a talk that can be played."""
    play(opened(tmp_path), turns=1)
    edit(tmp_path, lambda line: spoilt(line, state_after={**line.get("state_after", {}), "bond": bond}))
    session = opened(tmp_path)

    assert is_plain_json(session.view())
    assert play(session)["phase"] == "over"


# --- a disk that refuses --------------------------------------------------------------------------------------------


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def test_on_a_full_disk_nothing_is_said_and_the_same_click_works_later(tmp_path: Path, disk: Disk) -> None:
    """The patient does not answer what is not kept; the learner is told, and loses no turn."""
    session = opened(tmp_path)
    view = play(session, turns=2)
    disk.full = True
    click = {"do": "say", "turn": 2, "reply": "ask-calf", "confidence": 0.5}
    answer = session.handle(click)
    assert "disk is full" in answer["trouble"]
    assert steady(answer["view"]) == steady(view)
    assert "saved" not in answer

    disk.full = False
    assert session.handle(click)["view"]["turn"] == 3
    (run,) = journal_in(tmp_path).runs("talk-test")
    assert [t.reply for t in run.turns] == list(WARM[:3])
    assert steady(opened(tmp_path).view()) == steady(session.view())


@pytest.mark.parametrize(
    "message", [{"do": "begin"}, {"do": "retry", "turn": 1}, {"do": "draft", "field": "a", "text": "b"}]
)
def test_on_a_full_disk_every_act_says_so(tmp_path: Path, disk: Disk, message: dict[str, Any]) -> None:
    """Neither a new run nor another way nor a draft is claimed to be kept."""
    session = opened(tmp_path)
    view = play(session) if message["do"] != "draft" else play(session, turns=1)
    disk.full = True
    answer = session.handle(message)

    assert "disk is full" in answer["trouble"]
    assert "saved" not in answer
    assert steady(session.view()) == steady(view)


def test_a_new_talk_that_cannot_be_kept_leaves_the_old_one_on_the_page(tmp_path: Path, disk: Disk) -> None:
    """Also where the old one was played in a version whose scenes are gone."""
    play(opened(tmp_path), taking(*COLD))
    session = opened(tmp_path, changed_talk())
    view = session.view()
    disk.full = True
    answer = session.handle({"do": "begin"})

    assert "disk is full" in answer["trouble"]
    assert answer["view"] == view


def test_a_journal_that_cannot_be_read_any_more_is_a_sentence(tmp_path: Path, disk: Disk) -> None:
    """A stick was pulled out: the page keeps what it shows, and says what happened; put back, all is there."""
    session = opened(tmp_path)
    view = play(session, turns=1)
    disk.gone = True
    for message in ({"do": "look"}, {"do": "say", "turn": 1, "reply": "sit"}, {"do": "retry", "turn": 0}):
        answer = session.handle(message)
        assert set(answer) == {"trouble"}
        assert "Input/output error" in answer["trouble"]

    disk.gone = False
    assert session.handle({"do": "look"}) == {"view": view}


# --- the transcript -------------------------------------------------------------------------------------------------

HOSTILE = "<script>alert('x')</script> & \"quotes\" </div></style> {braces} <img src=x onerror=alert(1)>"


def hostile_talk() -> Scenario:
    """Return a talk whose every text tries to break out of the page."""
    patient = dataclasses.replace(PATIENT, name=HOSTILE, called=HOSTILE, in_short=HOSTILE, chart=(HOSTILE,))
    hostile = dict.fromkeys(("say", "hears", "why", "try_instead", "answers"), HOSTILE)
    talk = scenario(
        {"a": scene(reply("r", words="<script>alert('x')</script>", **hostile), patient=HOSTILE)},
        patient=patient,
        title=HOSTILE,
    )
    endings = {name: dataclasses.replace(one, what=HOSTILE, says=HOSTILE) for name, one in talk.endings.items()}
    return dataclasses.replace(talk, endings=endings, debrief=(HOSTILE,))


@pytest.mark.parametrize("talk", [hostile_talk(), TALK], ids=["hostile", "plain"])
def test_the_transcript_is_one_page_with_every_word_escaped(journal: Journal, talk: Scenario) -> None:
    """It opens in any browser, runs nothing, and asks nobody for anything."""
    session = TalkSession(talk, journal)
    play(session, first)
    file = session.handle({"do": "transcript"})["download"]
    text = file["text"]

    assert (file["name"], file["type"]) == ("talk-test.html", "text/html")
    assert text.startswith("<!doctype html>")
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("</style>") == text.count("<style>") == 1
    assert text.count("<div") == text.count("</div>")
    assert "src=" not in text.replace("src=x", "")
    assert "href=" not in text
    assert "@import" not in text
    if talk is TALK:
        assert "<mark>" in text
        assert "What would you do again?" in text


def test_the_transcript_of_an_unfinished_talk_holds_what_was_said_so_far(journal: Journal) -> None:
    """No debrief, no thoughts."""
    session = TalkSession(TALK, journal)
    play(session, turns=1)
    text = session.handle({"do": "transcript"})["download"]["text"]

    assert "Clinician says <mark>listen</mark> here." in text
    assert "INNER-" not in text
    assert "To think about" not in text


@pytest.mark.parametrize("value", [-3.0, 0.0, 3.0])
def test_labels_of_the_picture_never_lie_on_each_other_or_outside(value: float) -> None:
    """Three lines that end in one place still have three names to read."""
    svg = states_svg([simulation.State(), simulation.State(value, value, value)], [1])
    heights = sorted(float(y) for y in re.findall(r'class="al-label[^"]*" x="[\d.]+" y="([\d.-]+)"', svg))

    assert len(heights) == 3
    assert all(b - a >= MIN_LABEL_GAP for a, b in itertools.pairwise(heights))
    assert 8 <= heights[0] <= heights[-1] <= HEIGHT


# --- the library ----------------------------------------------------------------------------------------------------

LIBRARY = [e for name in library.exercise_ids() if isinstance(e := load_exercise(name), Scenario)]
REAL = pytest.mark.parametrize("talk", [pytest.param(talk, id=talk.id) for talk in LIBRARY])


def words(text: str) -> int:
    return len(text.split())


@REAL
@pytest.mark.parametrize("policy", POLICIES)
def test_every_talk_of_the_library_plays_to_its_end(tmp_path: Path, talk: Scenario, policy: str) -> None:
    """Each way of choosing comes to a debrief that opens again as it was; no thought is told before."""
    session = opened(tmp_path, talk)
    thoughts = [one.inner for one in talk.scenes.values()]
    view = play(session, turns=0)
    asked = 0
    while view["phase"] == "talk":
        text = json.dumps(view, ensure_ascii=False)
        assert not [inner for inner in thoughts if json.dumps(inner, ensure_ascii=False)[1:-1] in text]
        assert len(view["replies"]) >= 3 or view["typing"]["first"]
        asked += "confidence" in view
        view = play(session, POLICIES[policy], turns=1, sure=0.5)

    assert asked <= 3
    assert view["debrief"]["ending"] == journal_in(tmp_path).runs(talk.id)[0].ended
    assert is_plain_json(view)
    assert steady(opened(tmp_path, talk).view()) == steady(view)
    assert session.handle({"do": "transcript"})["download"]["text"].endswith("</html>\n")


@REAL
def test_the_best_way_opens_and_the_worst_does_not(tmp_path: Path, talk: Scenario) -> None:
    """Reading what she says pays; taking the worst each time ends closed or unsafe; not reading never ends open."""
    ends = {name: play(opened(tmp_path / name, talk), pick)["debrief"]["ending"] for name, pick in POLICIES.items()}

    assert ends["best"] == "open"
    assert ends["worst"] in ("closed", "unsafe")
    assert ends["first"] != "open"
    assert ends["longest"] != "open"


@REAL
def test_feedback_of_the_library_is_short_enough_to_read(talk: Scenario) -> None:
    """Fifteen words for what was heard, sixty for the lesson with its line to try; the marked words are there."""
    for one in talk.scenes.values():
        for said in one.replies:
            finding = turn_finding(talk, said)
            assert words(said.hears) <= 15, said.id
            assert words(finding.why) + words(finding.try_instead) <= 60, said.id
            assert finding.spans or not said.words, said.id


@REAL
def test_talks_of_the_library_ask_for_confidence_elsewhere_in_the_next_run(talk: Scenario) -> None:
    """Enough turns are marked for two runs to differ."""
    asked = [confidence_scenes(talk, attempt) for attempt in range(1, 6)]

    assert all(1 <= len(scenes) <= 3 for scenes in asked)
    assert all(one != other for one, other in itertools.pairwise(asked))


@REAL
def test_recorded_walks_of_the_library_end_as_they_say(talk: Scenario) -> None:
    """Also with what they expect of the state; no way reaches a bound before its last third."""
    for walk in talk.tests:
        state = simulation.play(talk, walk.replies)[-1].after.state
        assert ending_of(talk, state) == walk.ending
        assert simulation.holds(walk.expect, state)
    assert list(simulation.early_bounds(talk)) == []


@REAL
def test_a_view_of_the_library_says_how_long_it_is_about_to_be(tmp_path: Path, talk: Scenario) -> None:
    """About as many turns as a good talk takes, and never fewer than were played."""
    session = opened(tmp_path, talk)
    view = play(session, turns=0)
    while view["phase"] == "talk":
        assert view["about"] >= view["turn"] + 1
        view = play(session, best, turns=1)

    assert view["about"] >= view["turn"]


def test_a_scene_with_many_lines_shows_the_one_that_was_spoken(journal: Journal) -> None:
    """The log keeps her words as they were, not as the file lists them."""
    lines = (Line("Warm again.", "bond >= 0.5"), Line("Cool."))
    talk = scenario(
        {"a": scene(reply("up", "b", bond=2), reply("down", "b", bond=-1)), "b": scene(reply("on"), patient=lines)}
    )
    session = TalkSession(talk, journal)
    view = play(session, taking("up", "on"))

    assert [turn["line"] for turn in view["log"]] == ["Patient before up.", "Warm again."]
    assert view["line"] == "Bye, mid."


def test_the_worst_way_is_the_worst(journal: Journal) -> None:
    """The small talk's own policies differ, so that the tests above mean something."""
    view = play(TalkSession(TALK, journal), worst)

    assert [turn["say"].split()[2] for turn in view["log"]] == [*COLD]
    assert canonical_json(to_json(TALK)) == canonical_json(to_json(small_talk()))
    assert BEST_WAY(TalkSession(TALK, journal), [{"id": "listen"}]) == "listen"
