"""A patient who listens to typed words: never harsher than what was surely read, no line twice, no dead end."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import itertools
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from fixtures.make import HALF_PLAYED
from hypothesis import given, settings
from hypothesis import strategies as st
from support import (
    CLOCK,
    ROOT,
    best,
    is_plain_json,
    journal_in,
    messages,
    odd_text,
    plain_json,
    play,
    run_python,
    send_all,
    small_talk,
)
from typed_lines import (
    CALM_LINES,
    EVERY_LINE,
    LINES,
    LISTENERS,
    TALKS,
    TALKS_AND_LEVELS,
    any_line,
    calm_line,
    typed_walk,
)

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError
from alliance_kit.hearing import LEFT_OUT, Listener, PastTalk, _hearer, support_for, typed_first_scenes
from alliance_kit.hearing._formula import SHARES, share_of
from alliance_kit.hearing._hearer import NEAR_POOR
from alliance_kit.hearing._rules import due_steps, lowers
from alliance_kit.hearing._vocabulary import overlap
from alliance_kit.journal import Journal
from alliance_kit.model import Finding, Scenario
from alliance_kit.sessions.debrief import counts, patient_rating, side_by_side
from alliance_kit.sessions.hand_in import HandInSession
from alliance_kit.sessions.played import Played, chosen
from alliance_kit.sessions.practice import MIN_FOR_PICTURE, MIN_FOR_WORDS, Judged, calibration, next_practice
from alliance_kit.sessions.talk import NOT_MEANT, TalkSession
from alliance_kit.simulation import DIMENSIONS, Move, Position, State

SUPPORTS = ("choice", "starter", "free")
KNEE, BACK = TALKS["knee-plateau"], TALKS["low-back-first-visit"]
talk_and_level = st.sampled_from(TALKS_AND_LEVELS)


def at(talk: Scenario, scene: str, **state: Any) -> Position:
    """Return a position in a scene, as if the talk had just come there."""
    start = dataclasses.replace(simulation.begin(talk).state, **state)
    return simulation.arrive(talk, scene, start, "")


def units(state: State) -> tuple[float, ...]:
    return tuple(getattr(state, dimension) for dimension in DIMENSIONS)


# --- whatever is typed ----------------------------------------------------------------------------------------------


@given(place=st.sampled_from([(name, scene) for name, talk in TALKS.items() for scene in talk.scenes]), text=any_line)
@settings(max_examples=300)
def test_the_listener_never_raises_and_gives_the_same_answer_twice(place: tuple[str, str], text: str) -> None:
    """In every scene any text is a move or a sentence, and hearing it changes nothing outside."""
    name, scene = place
    position = at(TALKS[name], scene)
    once, again = (LISTENERS[name].hear([], position, text) for _ in range(2))

    assert once == again
    assert (once.move is None) == bool(once.note)
    assert position == at(TALKS[name], scene)


@given(text=odd_text)
@settings(max_examples=50)
def test_how_it_is_typed_around_the_words_does_not_matter(text: str) -> None:
    """Spaces before and behind are nothing that was said."""
    position = simulation.begin(BACK)

    assert LISTENERS[BACK.id].hear([], position, f" {text}\n") == LISTENERS[BACK.id].hear([], position, text)


def test_the_same_words_are_heard_alike_on_every_machine() -> None:
    """Nothing follows from a hash seed."""
    code = """if True:
        from typed_lines import EVERY_LINE, TALKS_AND_LEVELS, typed_walk
        for name, level in TALKS_AND_LEVELS:
            for step in typed_walk(name, level, EVERY_LINE):
                print(repr(step.made.after.line), repr(step.made.typed), [f.rule for f in step.findings], step.note)"""

    assert run_python(code, PYTHONHASHSEED="1") == run_python(code, PYTHONHASHSEED="2") != ""


def test_a_listener_needs_a_scenario_with_rules_and_a_scene_that_takes_words() -> None:
    """Where nothing can be heard, that is an error of the program and no aside."""
    with pytest.raises(ExerciseFileError, match="no rules for typed words"):
        Listener(small_talk())
    with pytest.raises(ExerciseFileError, match="cannot be heard here"):
        LISTENERS[BACK.id].hear([], Position(simulation.END, "", State()), "Hello there")


# --- what is never done to a learner --------------------------------------------------------------------------------


def lowered(move: Move) -> bool:
    """Return whether a state fell, or another strain opened."""
    before, after = move.before.state, move.after.state
    fell = any(a < b for a, b in zip(units(after), units(before), strict=True))
    return fell or (after.rupture is not None and after.rupture != before.rupture)


def assert_no_harsher_than_read(talk: Scenario, text: str, move: Move | None, findings: Iterable[Finding]) -> None:
    """Check that a state fell only for a clear reading of a trusted label, or for an offered poor line said again."""
    if move is None or not lowered(move):
        return
    scene = talk.scenes[move.before.scene]
    assert not due_steps(talk, scene, move.before), text
    if move.typed.how == "near":
        assert overlap(text, next(reply.say for reply in scene.replies if reply.id == move.typed.by)) >= NEAR_POOR
    else:
        assert move.typed.how == "rule"
        assert {f.criterion for f in findings if f.level == "clear"} & _hearer.trusted_labels(), text


@given(where=talk_and_level, inputs=st.lists(any_line, min_size=1, max_size=40))
@settings(max_examples=60)
def test_nothing_is_lowered_but_for_what_was_surely_read(where: tuple[str, int], inputs: list[str]) -> None:
    """Whatever is typed, in whatever order."""
    for step in typed_walk(*where, inputs):
        assert_no_harsher_than_read(TALKS[where[0]], step.text, step.move, step.findings)


POOR = tuple(reply.say for talk in TALKS.values() for one in talk.scenes.values() for reply in one.replies)
WARNINGS = frozenset(
    label for talk in TALKS.values() for rule in talk.hearing.rules if lowers(rule) for label in rule.any
)


@pytest.mark.parametrize("trusted", [None, frozenset(), WARNINGS], ids=["as-measured", "nothing", "every-warning"])
@pytest.mark.parametrize("name", TALKS)
def test_trust_alone_decides_whether_a_harsh_line_hurts(
    name: str, trusted: frozenset[str] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line in every scene: without trusted labels nothing hurts, with all of them some of it does."""
    if trusted is not None:
        monkeypatch.setattr(_hearer, "trusted_labels", lambda: trusted)
    talk, hurt = TALKS[name], 0
    for scene, text in itertools.product(talk.scenes, LINES["harsh"] + LINES["clumsy"] + LINES["good"]):
        heard = LISTENERS[name].hear([], at(talk, scene), text)
        assert_no_harsher_than_read(talk, text, heard.move, heard.findings)
        hurt += heard.move is not None and lowered(heard.move)

    if trusted is not None:
        assert bool(hurt) == bool(trusted)


@pytest.mark.parametrize("name", TALKS)
def test_good_lines_never_hurt(name: str) -> None:
    """Nothing that an excellent learner types lowers anything, in any scene, with the labels that are trusted now."""
    with (ROOT / "tests" / "data" / "typed_learners.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if (row["scenario"], row["learner"]) == (name, "excellent")]
    scripted = [(row["scene"], words) for row in rows for words in (row["says"], row["then"]) if words]
    places = [*scripted, *itertools.product(TALKS[name].scenes, LINES["good"])]
    heard = [(words, LISTENERS[name].hear([], at(TALKS[name], scene), words).move) for scene, words in places]

    assert [words for words, move in heard if move is not None and lowered(move)] == []


@pytest.mark.parametrize("name", TALKS)
def test_where_care_is_due_typed_words_lower_nothing_and_pass_nothing_by(name: str) -> None:
    """Direct and closed wording is right there; words that do not take the step get the sign again, then the lines."""
    talk, listener = TALKS[name], LISTENERS[name]
    due = [at(talk, name) for name, scene in talk.scenes.items() if due_steps(talk, scene, at(talk, name))]

    assert due
    for place, text in itertools.product(due, (*EVERY_LINE, *POOR)):
        steps = due_steps(talk, talk.scenes[place.scene], place)
        move = listener.hear([], place, text).move
        if move is None:
            continue
        assert not lowered(move), text
        assert move.after.state.breached == place.state.breached
        if not {item.id for item in steps} <= move.after.state.met:
            assert move.typed.how in ("cue", "limit"), (text, move.typed)
            assert units(move.after.state) == units(place.state)
            assert move.after.scene == place.scene
            again = listener.hear([move], move.after, "So, what else?")
            assert move.typed.how == "limit" or (again.move is None and again.note)


@given(where=talk_and_level, inputs=st.lists(any_line, min_size=1, max_size=48))
@settings(max_examples=60)
def test_the_patient_never_says_the_same_line_twice(where: tuple[str, int], inputs: list[str]) -> None:
    """Whatever is typed: each paragraph she says was not said before in this run."""
    steps = typed_walk(*where, inputs)
    said: set[str] = set(steps[0].made.before.line.split("\n"))
    for step in steps:
        new = [part for part in step.made.after.line.split("\n") if part]
        assert not said & set(new), (step.text, step.how, said & set(new))
        assert len(set(new)) == len(new)
        said |= set(new)


@given(where=talk_and_level, inputs=st.lists(any_line, min_size=1, max_size=8))
@settings(max_examples=60)
def test_a_talk_that_is_only_typed_comes_to_an_end(where: tuple[str, int], inputs: list[str]) -> None:
    """After three lines a scene it has ended, is paused, or waits at a step of care where lines are offered."""
    talk = TALKS[where[0]]
    steps = typed_walk(*where, itertools.islice(itertools.cycle(inputs), 3 * len(talk.scenes)))
    last = steps[-1]

    assert last.made.after.over or last.how == "paused" or last.due or last.made.typed is None
    for step in steps:
        if step.move is None:
            assert step.due, "only a step of care may insist on a choice"
            assert talk.scenes[step.made.before.scene].replies


@given(where=talk_and_level, inputs=st.lists(calm_line, min_size=3, max_size=40))
@settings(max_examples=40)
def test_she_asks_back_at_most_once_a_scene(where: tuple[str, int], inputs: list[str]) -> None:
    """Then she goes on by herself, or lines are offered."""
    steps = typed_walk(*where, inputs)
    asked = [step.made.before.scene for step in steps if step.how in ("aside", "cue")]

    assert len(asked) == len(set(asked))


@pytest.mark.parametrize("name", TALKS)
def test_where_the_words_are_not_taken_lines_are_on_screen(tmp_path: Path, name: str) -> None:
    """With the emptiest box, and nothing but silence: every turn that stands still offers what to choose from."""
    session = begun(tmp_path, TALKS[name])
    while (view := session.view())["phase"] == "talk":
        after = type_(session, "...")
        if after["phase"] == "talk" and after["turn"] == view["turn"]:
            assert after["typing"]["note"]
            assert after["replies"]
            play(session, best, turns=1)

    assert session.view()["phase"] == "over"


INTRODUCTIONS = {
    "low-back-first-visit": "Hi, I'm Max, a student here, and Sam next door is my instructor.",
    "knee-plateau": "Hi, I'm Max, a student here, and my instructor is in the next room.",
    "work-injury-trust": "Hi, I'm Max, a student here, and Joyce is my instructor.",
}


def test_who_only_introduces_herself_has_taken_no_step_of_care() -> None:
    """A name is no safety question."""
    met = {}
    for name, words in INTRODUCTIONS.items():
        heard = LISTENERS[name].hear([], simulation.begin(TALKS[name]), words)
        met[name] = heard.move.after.state.met if heard.move else frozenset()

    assert met == dict.fromkeys(INTRODUCTIONS, frozenset())


@pytest.mark.parametrize("name", ["low-back-first-visit", "knee-plateau"])
def test_a_step_taken_early_and_chosen_again_is_not_answered_twice(name: str) -> None:
    """Words may take a step of care before its scene; the line that takes it is still offered there."""
    talk = TALKS[name]
    item = next(item for item in talk.safety if item.kind == "red_flag")
    early = next(r for scene in talk.scenes.values() for r in scene.replies if item.id in r.meets and not r.act)
    first = LISTENERS[name].hear([], simulation.begin(talk), early.say).move
    position, moves = first.after, [first]
    while not position.over:
        replies = talk.scenes[position.scene].replies
        wanted = next((r.id for r in replies if r.id == early.id), replies[0].id)
        moves.append(chosen(talk, moves, position, wanted).move)
        position = moves[-1].after
    said = [part for move in moves for part in move.after.line.split("\n") if part]

    assert item.id in first.after.state.met
    assert early.id in [move.reply.id for move in moves[1:]]
    assert len(said) == len(set(said))


# --- the same move again --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "other", "same"),
    [
        ("It sounds like the nights are long.", "It sounds like your sister worries.", True),
        ("What is the worst part?", "what is the worst part", True),
        ("So, it sounds like work is hard", "It sounds like you miss it", True),
        ("What do you think happened?", "How did your boss take it?", False),
        ("You carried your kids up the stairs.", "You told nobody for weeks.", False),
        ("", "It sounds like the nights are long.", False),
    ],
)
def test_what_counts_as_the_same_move(text: str, other: str, same: bool) -> None:
    """The words around what she has said decide."""
    assert share_of(text, "", [(other, "")]) == (SHARES[1] if same else 1.0)


def test_a_move_said_again_earns_half_and_then_nothing() -> None:
    """The same frame around new words is heard as a formula."""
    formula = [(f"It sounds like the {thing} is hard for you.", "") for thing in ("night", "work", "stairs", "waiting")]

    assert [share_of(*formula[i], formula[:i]) for i in range(4)] == [1.0, 0.5, 0.0, 0.0]


@pytest.mark.parametrize(("name", "level"), TALKS_AND_LEVELS)
def test_one_line_all_the_way_moves_less_and_less(name: str, level: int) -> None:
    """In a whole talk the shares of one repeated line only fall, and from the third time on it moves nothing."""
    for line in LINES["good"]:
        walk = typed_walk(name, level, lambda *_, line=line: line)
        steps = [step for step in walk if step.how == "rule" and not lowered(step.made)]
        shares = [step.made.typed.share for step in steps]
        assert shares == [SHARES[min(i, 2)] for i in range(len(shares))], line
        assert all(units(step.made.after.state) == units(step.made.before.state) for step in steps[2:])


# --- words that are no reply ----------------------------------------------------------------------------------------

NO_REPLIES = [
    ("silent", "..."),
    ("silent", ""),
    ("short", "Okay"),
    ("pasted", LINES["pasted"][0]),
    ("foreign", LINES["foreign"][0]),
    ("foreign", LINES["foreign"][2]),
    ("off_topic", "volcano trumpets bitcoin"),
]


@pytest.mark.parametrize(("kind", "text"), NO_REPLIES, ids=[f"{k}{i}" for i, (k, _) in enumerate(NO_REPLIES)])
@pytest.mark.parametrize("name", TALKS)
def test_what_is_no_reply_gets_an_aside_and_moves_nothing(name: str, kind: str, text: str) -> None:
    """She asks back with a line of the right pool, stays where she is, and the learner reads what happened."""
    talk, position = TALKS[name], simulation.begin(TALKS[name])
    heard = LISTENERS[name].hear([], position, text)

    assert (heard.move.typed.how, heard.move.typed.by) == ("aside", kind)
    assert heard.move.after.line in getattr(talk.hearing.asides, kind)
    assert heard.move.after.scene == position.scene
    assert units(heard.move.after.state) == units(position.state)
    assert heard.findings[0].rule == f"hearing/{kind}"
    assert heard.findings[0].why


def test_her_own_line_back_is_no_reply() -> None:
    """What she has just said, pasted as an answer, is not listening."""
    position = simulation.begin(BACK)
    heard = LISTENERS[BACK.id].hear([], position, position.line.split("[")[0])

    assert (heard.move.typed.how, heard.move.typed.by) == ("aside", "pasted")


@pytest.mark.parametrize("line", LINES["abusive"])
def test_abuse_meets_one_limit_and_then_a_pause(line: str) -> None:
    """She does not argue, nothing moves, and the words are in no move."""
    steps = typed_walk(BACK.id, 1, [line, "What happened then?", line, "Sorry about that."])

    assert [step.how for step in steps if step.how in ("limit", "paused")] == ["limit", "paused"]
    assert len(steps) == 3
    assert {steps[0].made.reply.say, steps[2].made.reply.say} == {LEFT_OUT}
    assert units(steps[0].made.after.state) == units(steps[0].made.before.state)
    assert steps[0].made.after.line in BACK.hearing.asides.limit


# --- in a talk that is kept -----------------------------------------------------------------------------------------


def begun(folder: Path, talk: Scenario = BACK, **settings_: Any) -> TalkSession:
    session = TalkSession(talk, journal_in(folder), clock=CLOCK)
    session.handle({"do": "begin", "support": "free", **settings_})
    return session


def type_(session: TalkSession, text: str, **fields: Any) -> dict[str, Any]:
    return session.handle({"do": "type", "turn": session.view()["turn"], "text": text, **fields})["view"]


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


ABUSE = "you are so stupid, zimtstern"


@pytest.mark.parametrize("drafted", [False, True], ids=["typed", "drafted-first"])
def test_abusive_words_are_nowhere(tmp_path: Path, drafted: bool) -> None:
    """Not in a file of the journal, not on the page, not in the transcript, not in what is handed in."""
    session = begun(tmp_path)
    (tmp_path / "hand-in").mkdir()
    seen = []
    for _ in range(2):
        if drafted:
            session.handle({"do": "draft", "field": "say", "text": ABUSE})
        seen.append(type_(session, ABUSE))
    assert seen[-1]["phase"] == "paused"
    seen.append(session.handle({"do": "transcript"}))
    handing = HandInSession(journal_in(tmp_path), tmp_path / "hand-in", clock=CLOCK)
    made = ({"do": "tick", "id": f"talks/{BACK.id}", "on": True}, {"do": "check", "name": "S"}, {"do": "make"})
    seen += [handing.handle(message) for message in made]

    assert "zimtstern" not in json.dumps(seen)
    assert b"zimtstern" not in bytes_of(tmp_path)
    assert json.dumps(LEFT_OUT) in json.dumps(seen)


def test_a_paused_talk_takes_no_more_words_but_goes_back_or_begins_anew(tmp_path: Path) -> None:
    """The way on is shown, and works."""
    session = begun(tmp_path)
    for _ in range(2):
        type_(session, ABUSE)
    assert session.view()["note"]
    assert type_(session, "What happened?")["turn"] == 2

    assert session.handle({"do": "retry", "turn": 0})["view"]["phase"] == "talk"
    for _ in range(2):
        type_(session, ABUSE)
    assert session.handle({"do": "begin"})["view"]["turn"] == 0


def test_taking_back_restores_the_state_and_the_words(tmp_path: Path) -> None:
    """Not what I meant: the patient is where she was, the words are a draft, and the rule is noted."""
    session = begun(tmp_path)
    before = session.position
    words = "Nine weeks like a stick. What do you fear it is?"
    view = type_(session, words)
    rule = view["log"][0]["finding"]["rule"]
    assert view["log"][0]["take_back"]
    view = session.handle({"do": "take_back", "turn": 0})["view"]

    assert session.position == before
    assert (view["turn"], view["log"], view["typing"]["draft"]) == (0, [], words)
    (noted,) = journal_in(tmp_path).disagreements()
    assert (noted.rule, noted.reason, noted.index) == (rule, NOT_MEANT, 0)


def test_only_the_last_typed_turn_can_be_taken_back(tmp_path: Path) -> None:
    """An earlier one has its own way back; a chosen line was meant."""
    session = begun(tmp_path, support="choice")
    play(session, best, turns=1)
    view = session.handle({"do": "take_back", "turn": 0})["view"]

    assert view["turn"] == 1
    assert not view["log"][0]["take_back"]
    assert journal_in(tmp_path).disagreements() == ()


def test_a_disagreement_is_kept_with_its_reason_and_shown(tmp_path: Path) -> None:
    """With the rule, the turn and the learner's own words; another rule's name does nothing."""
    session = begun(tmp_path)
    finding = type_(session, "What is it like, being the back of the house?")["log"][0]["findings"][0]
    session.handle({"do": "disagree", "turn": 0, "rule": "talk/none", "reason": "x"})
    view = session.handle({"do": "disagree", "turn": 0, "rule": finding["rule"], "reason": " I asked openly. "})["view"]

    (noted,) = Journal(tmp_path / "journal").disagreements()
    assert (noted.rule, noted.criterion, noted.reason) == (finding["rule"], finding["criterion"], "I asked openly.")
    assert view["log"][0]["findings"][0]["disagreed"]


NAMES = ("type", "say", "lines", "take_back", "retry", "disagree", "look_back", "begin", "compare", "show")
not_before_all = plain_json.filter(lambda value: value != -1)  # has a test of its own, below


@given(
    name=st.sampled_from(sorted(TALKS)),
    sent=st.lists(
        messages(
            *NAMES,
            turn=st.integers(0, 4) | not_before_all,
            text=any_line,
            reply=st.sampled_from([reply.id for scene in BACK.scenes.values() for reply in scene.replies]),
            starter=plain_json,
            confidence=st.floats(0, 1) | plain_json,
            rule=st.sampled_from(["hearing/short", "talk/none"]) | odd_text,
            reason=odd_text,
            support=st.sampled_from(SUPPORTS),
            feedback=st.sampled_from(["turn", "end", "probe"]),
            level=st.integers(0, 4),
            run=odd_text,
        ),
        max_size=15,
    ),
    fitting=st.lists(st.tuples(st.sampled_from(["type", "type", "take_back", "lines"]), any_line), max_size=15),
)
@settings(max_examples=25)
def test_whatever_is_sent_a_typed_talk_answers_and_opens_again(
    name: str, sent: list[Any], fitting: list[tuple[str, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Never an error, plain JSON, and another window opens the same talk: as it was shown, not as computed anew."""
    folder = tmp_path_factory.mktemp("sent")
    session = begun(folder, TALKS[name])
    for (do, words), message in itertools.zip_longest(fitting, sent, fillvalue=("look", "")):
        turn = session.view()["turn"]
        session.handle({"do": do, "turn": max(0, turn - (do == "take_back")), "text": words})
        send_all(session, [message if isinstance(message, dict) else {"do": "look"}])
    again = TalkSession(TALKS[name], journal_in(folder), clock=CLOCK)

    assert is_plain_json(session.view())
    assert (again.position, again.run.id) == (session.position, session.run.id)
    assert [turn.move.typed for turn in again.played] == [turn.move.typed for turn in session.played]
    for part in ("log", "debrief", "phase"):
        assert again.view().get(part) == session.view().get(part)


def test_taking_back_before_anything_was_said_does_nothing(tmp_path: Path) -> None:
    """A message that comes too early, whatever its number."""
    session = begun(tmp_path)

    assert session.handle({"do": "take_back", "turn": -1})["view"]["turn"] == 0


# --- typing first ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attempt", range(1, 9))
@pytest.mark.parametrize("name", TALKS)
def test_two_scenes_of_a_run_are_typed_first_and_none_where_care_is_due(name: str, attempt: int) -> None:
    """Every way passes both, and other runs have others."""
    talk = TALKS[name]
    scenes = typed_first_scenes(talk, attempt)

    assert len(scenes) == 2
    assert not any(talk.scenes[scene].raises for scene in scenes)
    assert not any(reply.meets or reply.breaches for scene in scenes for reply in talk.scenes[scene].replies)
    for moves in itertools.islice(simulation.walks(talk, 60), 0, 60, 5):
        assert scenes <= {move.before.scene for move in moves}


@pytest.mark.parametrize("support", SUPPORTS)
@pytest.mark.parametrize(("name", "level"), TALKS_AND_LEVELS)
def test_lines_stay_hidden_where_typing_comes_first(tmp_path: Path, name: str, level: int, support: str) -> None:
    """At two turns, whatever the level and the help, something is typed before lines are in the view."""
    session = begun(tmp_path, TALKS[name], level=level, support=support)
    first = []
    while (view := session.view())["phase"] == "talk":
        turn = view["turn"]
        if view["typing"]["first"]:
            first.append(session.position.scene)
            offered = [reply.say for reply in TALKS[name].scenes[session.position.scene].replies]
            for message in ({"do": "look"}, {"do": "lines", "turn": turn}, {"do": "say", "turn": turn, "reply": "x"}):
                shown = session.handle(message)["view"]
                assert shown["replies"] == []
                assert not any(say in json.dumps(shown, ensure_ascii=False) for say in offered)
            type_(session, "...")
            assert session.view()["replies"]
        session.handle({"do": "lines", "turn": session.view()["turn"]})
        play(session, best, turns=1)

    assert len(first) == len(set(first)) == 2


# --- no feedback before its time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("feedback", ["probe", "end"])
def test_feedback_that_is_for_later_is_not_in_the_view(tmp_path: Path, feedback: str) -> None:
    """Neither finding, nor what was heard, nor a rule's name, before the talk is over; all of it after."""
    session = begun(tmp_path, feedback=feedback)
    for line in itertools.cycle(LINES["good"] + LINES["silly"]):
        view = session.view()
        if view["phase"] != "talk":
            break
        if view["replies"]:
            play(session, best, turns=1)
        else:
            type_(session, line)
        view = session.view()
        if view["phase"] == "talk":
            assert not {"heard", "finding", "findings", "how", "take_back"} & set(view["log"][-1])
            told = json.dumps(view, ensure_ascii=False)
            assert not any(finding.rule in told or finding.why in told for finding in session.played[-1].findings)

    assert session.view()["phase"] == "over"
    assert all(turn["finding"]["why"] for turn in session.view()["log"])


@pytest.mark.parametrize(
    "feedback",
    [
        "probe",
        "end",
    ],
)
def test_how_she_stands_is_not_told_before_the_end(tmp_path: Path, feedback: str) -> None:
    """The state in words is feedback, too."""
    session = begun(tmp_path, feedback=feedback)

    assert session.view()["words"] == []
    play(session, best, turns=0)
    while session.view()["phase"] == "talk":
        session.handle({"do": "lines", "turn": session.view()["turn"]})
        if session.view()["replies"]:
            play(session, best, turns=1)
        else:
            type_(session, "...")
        assert (session.view()["words"] != []) == (session.view()["phase"] == "over")


def test_in_a_run_to_test_oneself_there_is_no_way_back(tmp_path: Path) -> None:
    """Neither taking back nor trying again, before the end; after it both ways are open."""
    session = begun(tmp_path, feedback="probe")
    type_(session, "What made you come today?")
    turn = session.view()["turn"] - 1
    for do in ("take_back", "retry"):
        assert session.handle({"do": do, "turn": turn})["view"]["turn"] == turn + 1
    assert len(journal_in(tmp_path).runs(BACK.id)) == 1


# --- what comes of practice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("past", "support"),
    [
        ((), "choice"),
        ((PastTalk("mid", 0, 0),), "starter"),
        ((PastTalk("closed", 0, 0),), "choice"),
        ((PastTalk("unsafe", 2, 2),), "choice"),
        ((PastTalk("open", 5, 5),), "starter"),
        ((PastTalk("open", 6, 2),), "starter"),
        ((PastTalk("open", 6, 3),), "free"),
        ((PastTalk("mid", 3, 2), PastTalk("mid", 3, 1)), "free"),
        ((PastTalk("open", 9, 9), PastTalk("unsafe", 0, 0)), "starter"),
        ((PastTalk("open", 9, 9), *(PastTalk("mid", 0, 0),) * 3), "starter"),
        ((PastTalk("closed", 0, 0), PastTalk("mid", 9, 9)), "free"),
    ],
)
def test_help_fades_with_success_and_comes_back(past: tuple[PastTalk, ...], support: str) -> None:
    """Six typed turns in the last three talks, half of them taken well, empty the box; a bad end gives a step back."""
    assert support_for(past) == support


DAYS = [dt.date(2026, 3, day) for day in (1, 2, 9, 30)]


@pytest.mark.parametrize(
    ("finished", "due"),
    [
        ([], None),
        (DAYS[:1], dt.date(2026, 3, 3)),
        (DAYS[:1] * 3, dt.date(2026, 3, 3)),
        (DAYS[:2], dt.date(2026, 3, 9)),
        (DAYS[:3], dt.date(2026, 3, 30)),
        (DAYS[::-1], dt.date(2026, 4, 20)),
    ],
)
def test_the_gaps_to_the_next_practice_grow(finished: list[dt.date], due: dt.date | None) -> None:
    """Two days, a week, three weeks; twice on one day is once."""
    assert next_practice(finished) == due


@pytest.mark.parametrize("count", [0, 1, MIN_FOR_WORDS - 1, MIN_FOR_WORDS, MIN_FOR_PICTURE - 1, MIN_FOR_PICTURE, 120])
def test_how_sure_and_how_right_needs_enough_answers(count: int) -> None:
    """A sentence from 20 answers on, a picture and its table from 50."""
    told = calibration([Judged(0.9, i % 2 == 0) for i in range(count)])

    assert (MIN_FOR_WORDS, MIN_FOR_PICTURE) == (20, 50)
    assert told["count"] == count
    assert ("surer than things turn out" in told["sentence"]) == (count >= 20)
    assert bool(told["picture"]) == bool(told["table"]) == (count >= 50)


@pytest.mark.parametrize(
    ("said", "happened", "words"), [(0.9, 0.3, "surer than"), (0.3, 0.9, "better than"), (0.7, 0.7, "as right as")]
)
def test_the_sentence_on_sure_and_right_says_which_way(said: float, happened: float, words: str) -> None:
    """Over, under, or close together."""
    told = calibration([Judged(said, i < happened * 50) for i in range(50)])

    assert words in told["sentence"]
    assert sum(row["count"] for row in told["table"]) == 50


scale = st.floats(-3, 3)


@given(state=st.builds(State, scale, scale, scale, rupture=st.sampled_from([None, "withdrawal", "confrontation"])))
def test_her_rating_is_one_to_five_and_follows_the_states(state: State) -> None:
    """Never off the scale; a strain takes one off what is about the bond alone."""
    rows = {row["id"]: row["rating"] for row in patient_rating(state)}
    calm = {row["id"]: row["rating"] for row in patient_rating(dataclasses.replace(state, rupture=None))}

    assert len(rows) == 4
    assert all(1 <= rating <= 5 for rating in rows.values())
    assert all(0 <= calm[name] - rows[name] <= 1 for name in rows)
    assert rows["what-matters"] == calm["what-matters"]


@pytest.mark.parametrize(("bond", "rating"), [(-3, 1), (-2, 1), (-1, 2), (0, 3), (0.99, 3), (1, 4), (2, 5), (3, 5)])
def test_her_rating_rises_by_one_a_unit(bond: float, rating: int) -> None:
    """Two units and more are the top."""
    assert next(row["rating"] for row in patient_rating(State(bond=bond)) if row["id"] == "taken-seriously") == rating


def test_the_counts_name_only_turns_that_moved_something() -> None:
    """How many typed turns rose: those after which a state is higher, not those with a rounding error."""
    for name, level in TALKS_AND_LEVELS:
        steps = typed_walk(name, level, itertools.cycle(CALM_LINES))
        turns = [Played(i, step.made, step.findings) for i, step in enumerate(steps)]
        rose = [
            step
            for step in steps
            if step.made.typed and sum(units(step.made.after.state)) > sum(units(step.made.before.state)) + 1e-6
        ]

        assert counts(turns)["typed"]["rose"] == len(rose), (name, level)


def test_two_runs_stand_side_by_side(tmp_path: Path) -> None:
    """The same until the ways part; the shorter one has nothing beside the rest of the longer."""
    session = begun(tmp_path)
    for line in ("...", LINES["good"][0], LINES["good"][1], LINES["good"][4]):
        type_(session, line)
    one = session.played
    session.handle({"do": "retry", "turn": 1})
    type_(session, LINES["good"][2])
    rows = side_by_side(one, session.played)

    assert [row["same"] for row in rows] == [True, False, False, False]
    assert rows[0]["first"] == rows[0]["second"]
    assert rows[3]["second"] is None
    assert rows[0]["first"]["say"] == "..."


# --- journals from before -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["v0.1.0-course", "v0.2.0-course"])
def test_a_talk_begun_before_there_was_typing_goes_on_by_choosing(tmp_path: Path, version: str) -> None:
    """Without support, level and feedback in its lines: chosen, feedback after each turn, its own level, to its end."""
    shutil.copytree(Path(__file__).parent / "fixtures" / version, tmp_path / "journal")
    session = TalkSession(TALKS[HALF_PLAYED], journal_in(tmp_path))
    view = session.view()

    assert (view["phase"], view["turn"], view["feedback"]) == ("talk", 2, "turn")
    assert "typing" not in view
    assert session.handle({"do": "type", "turn": 2, "text": "What happened?"})["view"]["turn"] == 2
    assert play(session, best)["phase"] == "over"
    assert (
        play(TalkSession(TALKS[HALF_PLAYED], journal_in(tmp_path)), turns=0)["debrief"]["counts"]["typed"]["turns"] == 0
    )
