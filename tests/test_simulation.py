"""The simulated patient: what moves the alliance, what comes next, how the visit ends."""

from __future__ import annotations

import dataclasses
import itertools
import re
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support import ENDINGS, any_scenarios, reply, scenario, scene, small_talk

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError
from alliance_kit.model import Branch, Ending, Line, Pace, SafetyItem, Scenario, Start
from alliance_kit.simulation import (
    BOUND,
    DIMENSIONS,
    END,
    MAX_CONFIDENCE_TURNS,
    Move,
    Position,
    State,
    begin,
    confidence_scenes,
    early_bounds,
    ending_of,
    holds,
    lines_of,
    longest_from,
    play,
    safety_gaps,
    step,
    turning_points,
    walks,
)

EXACT = 1e-9


def chain(*steps: dict[str, Any], **fields: Any) -> Scenario:
    """Return a talk with a single way through, one reply a turn."""
    names = [f"s{i}" for i in range(len(steps))] + [END]
    pairs = zip(itertools.pairwise(names), steps, strict=True)
    return scenario(
        {name: scene(reply(f"r{i}", after, **one)) for i, ((name, after), one) in enumerate(pairs)}, **fields
    )


def walk(talk: Scenario) -> tuple[Move, ...]:
    """Return the only walk through a chain."""
    return next(walks(talk, 1))


# --- conditions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "held"),
    [
        ("", True),
        ("  ", True),
        ("bond >= 1", True),
        ("bond>=1", True),
        ("bond > 1", False),
        ("bond <= 1.0", True),
        ("bond < 1", False),
        ("goals >= -0.5", True),
        ("goals < -0.4", True),
        ("tasks > -0.1 and tasks < 0.1", True),
        ("ruptured", True),
        ("not ruptured", False),
        ("met calf", True),
        ("not met calf", False),
        ("met calf-2", False),
        ("not met calf-2", True),
        ("said hello-ask", True),
        ("not said hello-ask", False),
        ("bond >= 1 and met calf and not said goodbye", True),
        ("bond >= 1 and met calf and said goodbye", False),
    ],
)
def test_conditions_are_read_as_written(condition: str, held: bool) -> None:
    """Comparisons, ruptures, and what was met or said, joined by `and`."""
    state = State(1.0, -0.5, 0.0, "withdrawal", met=frozenset({"calf"}), said=frozenset({"hello-ask"}))

    assert holds(condition, state) is held


@pytest.mark.parametrize(
    "condition",
    [
        *("trust >= 1", "bond = 1", "bond >= one", "bond", "met", "not", "bond >= 1 or ruptured", "bond >= 1 and"),
        *("said X y", "rupturedmet a", "bond >= 1; ruptured", "__import__('os')"),
    ],
)
def test_a_condition_that_cannot_be_read_says_how_to_write_one(condition: str) -> None:
    """Nothing else is evaluated, least of all code."""
    with pytest.raises(ExerciseFileError, match=r"cannot be read\. Write 'bond >= 1'"):
        holds(condition, State())


@pytest.mark.parametrize("reached", [0.1 + 0.2, 0.3 * 3 - 0.6, 0.3])
def test_comparisons_forgive_what_binary_fractions_lose(reached: float) -> None:
    """Three steps of 0.1 reach 0.3, whichever way they were added."""
    state = State(bond=reached)

    assert holds("bond >= 0.3", state)
    assert holds("bond <= 0.3", state)
    assert not holds("bond > 0.3", state)
    assert not holds("bond < 0.3", state)


# --- moving -----------------------------------------------------------------------------------------------------


def test_trust_falls_faster_than_it_grows() -> None:
    """A step down costs more than a step up gains, in all three states, and up and down do not cancel out."""
    up, down = (walk(chain(dict.fromkeys(DIMENSIONS, n)))[0].after.state for n in (1, -1))

    for dimension in DIMENSIONS:
        assert getattr(up, dimension) == pytest.approx(0.3)
        assert getattr(down, dimension) == pytest.approx(-0.45)
    there_and_back = walk(chain({"bond": 1}, {"bond": -1}))[-1].after.state
    assert there_and_back.bond < 0


def test_the_pace_of_the_file_turns_steps_into_units() -> None:
    """Two steps are twice one step, at the scenario's own pace."""
    state = walk(chain({"bond": 2, "goals": -2, "tasks": 1}, pace=Pace(0.25, 0.75)))[0].after.state

    assert (state.bond, state.goals, state.tasks) == (0.5, -1.5, 0.25)


@given(any_scenarios())
@settings(max_examples=60)
def test_states_stay_on_the_scale_and_move_as_the_file_says(talk: Scenario) -> None:
    """However far a walk goes, -3 and +3 are the ends; within them each move is steps times pace."""
    for moves in walks(talk, 40):
        for move in moves:
            before, after = move.before.state, move.after.state
            assert all(-BOUND <= getattr(after, d) <= BOUND for d in DIMENSIONS)
            for dimension in DIMENSIONS:
                steps = getattr(move.reply.effects, dimension)
                unit = steps * (talk.pace.gain if steps > 0 else talk.pace.loss)
                if dimension == "bond" and steps > 0 and before.rupture and not move.reply.repairs:
                    unit /= 2
                want = max(-BOUND, min(BOUND, getattr(before, dimension) + unit))
                assert getattr(after, dimension) == pytest.approx(want, abs=1e-5)


def test_while_a_rupture_is_open_bond_grows_half_as_fast() -> None:
    """What is said well is heard with one ear; goals and tasks are not halved, and losses count in full."""
    talk = chain({"rupture": "withdrawal"}, {"bond": 2, "goals": 2, "tasks": 2}, {"bond": -1})
    opened, up, down = walk(talk)

    assert opened.after.state.rupture == "withdrawal"
    assert up.after.state.bond == pytest.approx(0.3)
    assert (up.after.state.goals, up.after.state.tasks) == (0.6, 0.6)
    assert down.after.state.bond == pytest.approx(0.3 - 0.45)
    assert down.after.state.rupture == "withdrawal"


def test_a_repair_closes_the_rupture_and_counts_in_full() -> None:
    """Owning one's part is heard with both ears, and afterwards bond grows as before."""
    talk = chain({"rupture": "confrontation"}, {"bond": 1, "repairs": True}, {"bond": 1})
    _, repair, after = walk(talk)

    assert repair.after.state.rupture is None
    assert repair.after.state.bond == pytest.approx(0.3)
    assert after.after.state.bond == pytest.approx(0.6)


def test_a_repair_with_nothing_to_repair_changes_nothing_else() -> None:
    """It is a reply like any other."""
    assert walk(chain({"bond": 1, "repairs": True}))[0].after.state == walk(chain({"bond": 1}))[0].after.state


def test_a_second_rupture_takes_the_place_of_the_first() -> None:
    """There is one open rupture at a time, the latest."""
    assert (
        walk(chain({"rupture": "withdrawal"}, {"rupture": "confrontation"}))[-1].after.state.rupture == "confrontation"
    )


def test_what_was_said_met_breached_and_raised_is_remembered() -> None:
    """Later conditions and the ending look back on it."""
    talk = small_talk()
    state = play(talk, ["listen", "sit", "ask-calf", "just-touch"])[-1].after.state

    assert state.said == {"listen", "sit", "ask-calf", "just-touch"}
    assert (state.met, state.breached, state.raised) == ({"calf"}, {"consent"}, {"calf"})


def test_positions_and_scenarios_are_never_changed_by_a_step() -> None:
    """One position can be gone on from in every way, as a retry does."""
    talk = small_talk()
    position = begin(talk)
    before = dataclasses.replace(position)

    for offered in talk.scenes["hello"].replies:
        step(talk, position, offered.id)

    assert position == before
    assert talk == small_talk()


# --- what is said and where it goes ---------------------------------------------------------------------------------


def test_the_first_line_whose_condition_holds_is_spoken() -> None:
    """Lines are tried in the order of the file; one without a condition always holds."""
    lines = (Line("Warm.", "bond >= 0.5"), Line("Hurt.", "ruptured"), Line("Plain."))
    talk = scenario(
        {
            "a": scene(reply("up", "b", bond=2), reply("hurt", "b", rupture="withdrawal"), reply("level", "b")),
            "b": scene(reply("on"), patient=lines),
        }
    )

    said = {r: step(talk, begin(talk), r).after.line for r in ("up", "hurt", "level")}

    assert said == {"up": "Warm.", "hurt": "Hurt.", "level": "Plain."}


def test_an_answer_comes_before_the_next_line() -> None:
    """The patient first answers what was said; an answer alone or a line alone leaves no empty line."""
    talk = scenario(
        {
            "a": scene(reply("ask", "b", answers=" Yes. "), reply("nod", "b")),
            "b": scene(reply("on", answers="Thanks."), patient=" And then? "),
        }
    )

    assert step(talk, begin(talk), "ask").after.line == "Yes.\nAnd then?"
    assert step(talk, begin(talk), "nod").after.line == "And then?"
    assert play(talk, ["nod", "on"])[-1].after.line == "Thanks.\nBye, mid."


def test_branches_look_at_the_state_after_the_reply() -> None:
    """What was just said decides where it leads."""
    branches = (Branch("warm", "bond >= 0.3"), Branch("cold", "ruptured"), Branch("flat"))
    scenes = {
        "a": scene(
            reply("up", branches, bond=1), reply("hurt", branches, rupture="withdrawal"), reply("level", branches)
        ),
        **{name: scene(reply(f"from-{name}")) for name in ("warm", "cold", "flat")},
    }
    talk = scenario(scenes)

    reached = [step(talk, begin(talk), r).after.scene for r in ("up", "hurt", "level")]

    assert reached == ["warm", "cold", "flat"]


def test_a_scene_raises_its_care_as_soon_as_the_patient_speaks() -> None:
    """What she mentions in the first scene is due from the beginning."""
    talk = scenario({"a": scene(reply("on"), raises=("flag",))}, safety=(SafetyItem("flag", "red_flag", "Missed."),))

    assert begin(talk).state.raised == {"flag"}
    assert ending_of(talk, play(talk, ["on"])[-1].after.state) == "unsafe"


@pytest.mark.parametrize(
    ("position", "reply_id", "words"),
    [
        (
            begin(small_talk()),
            "nothing",
            r"talk-test, scene 'hello': no reply 'nothing'. Replies here: listen, form, hush",
        ),
        (begin(small_talk()), "sit", r"no reply 'sit'"),
        (begin(small_talk()), "", r"no reply ''"),
        (Position(END, "Bye.", State()), "listen", r"no reply 'listen'. Replies here: none, the visit is over"),
        (Position("attic", "Hi.", State()), "listen", r"scene 'attic': no reply 'listen'. Replies here: none"),
    ],
)
def test_a_reply_that_is_not_offered_is_refused_by_name(position: Position, reply_id: str, words: str) -> None:
    """Also in a scene that this version of the scenario does not have."""
    with pytest.raises(ExerciseFileError, match=words):
        step(small_talk(), position, reply_id)


def test_a_reply_whose_branches_all_fail_is_named() -> None:
    """Checked when a file is compiled; said plainly if it ever gets this far."""
    talk = scenario({"a": scene(reply("on", (Branch(END, "bond >= 3"),)))})

    with pytest.raises(ExerciseFileError, match=r"reply 'on': no branch holds\. Add one without 'when'"):
        step(talk, begin(talk), "on")


def test_the_plain_form_of_a_line_is_a_line() -> None:
    """Readers of scenes need not know both forms."""
    assert lines_of(scene(reply("a"), patient="Hi.")) == (Line("Hi."),)


# --- endings ----------------------------------------------------------------------------------------------------


TALK = scenario({"a": scene(reply("on"))})
GOAL_TALK = dataclasses.replace(TALK, goal_visit=True)


@pytest.mark.parametrize(
    ("talk", "state", "ending"),
    [
        (TALK, State(2.0, 0.0, 1.0), "open"),
        (TALK, State(3.0, -3.0, 3.0), "open"),
        (TALK, State(1.99, 3.0, 3.0), "mid"),
        (TALK, State(3.0, 3.0, 0.99), "mid"),
        (GOAL_TALK, State(3.0, 0.99, 3.0), "mid"),
        (GOAL_TALK, State(2.0, 1.0, 1.0), "open"),
        (TALK, State(3.0, 3.0, 3.0, "withdrawal"), "mid"),
        (TALK, State(3.0, 3.0, 3.0, "confrontation"), "mid"),
        (TALK, State(-1.0, 3.0, 3.0), "closed"),
        (TALK, State(-0.99, -3.0, -3.0), "mid"),
        (TALK, State(-3.0, 0.0, 0.0, "withdrawal"), "closed"),
        (TALK, State(), "mid"),
        (TALK, State(1.2 + 0.8, 0.0, 0.7 + 0.3), "open"),
    ],
)
def test_endings_follow_the_rule_in_the_heading(talk: Scenario, state: State, ending: str) -> None:
    """Open asks for bond 2, tasks 1, goals 1 where there is a goal to agree on, and no open rupture."""
    assert ending_of(talk, state) == ending


SAFE = dataclasses.replace(
    TALK,
    safety=(
        SafetyItem("flag", "red_flag", "The red flag was missed."),
        SafetyItem("touch", "consent", "A hand came before the yes."),
        SafetyItem("hand", "hand_over", "The hand-over was skipped.", always=True),
    ),
)
WARM = State(3.0, 3.0, 3.0, met=frozenset({"hand"}))


@pytest.mark.parametrize(
    ("changes", "missed"),
    [
        ({}, []),
        ({"raised": {"flag"}}, ["flag"]),
        ({"raised": {"flag"}, "met": {"flag", "hand"}}, []),
        ({"breached": {"touch"}}, ["touch"]),
        ({"breached": {"touch"}, "met": {"touch", "hand"}}, ["touch"]),
        ({"met": set()}, ["hand"]),
        ({"met": set(), "raised": {"flag", "touch"}}, ["flag", "touch", "hand"]),
    ],
    ids=[
        "all taken",
        "missed flag",
        "flag asked about",
        "touch without a yes",
        "a yes that came too late",
        "skipped",
        "all",
    ],
)
def test_a_missed_step_of_care_ends_unsafe_whatever_the_bond_and_is_named(
    changes: dict[str, set[str]], missed: list[str]
) -> None:
    """No warmth makes up for a step of care; a touch before the yes is not undone by a yes after it."""
    state = dataclasses.replace(WARM, **{name: frozenset(value) for name, value in changes.items()})

    assert [item.id for item in safety_gaps(SAFE, state)] == missed
    assert ending_of(SAFE, state) == ("unsafe" if missed else "open")


@given(any_scenarios())
@settings(max_examples=60)
def test_every_walk_ends_as_its_state_says_and_only_there(talk: Scenario) -> None:
    """Open never with a rupture or a gap; unsafe exactly with a gap; the last words are those of the ending."""
    for moves in walks(talk, 40):
        final = moves[-1].after
        name = ending_of(talk, final.state)
        assert final.over
        assert not any(move.after.over for move in moves[:-1])
        assert (name == "unsafe") == bool(safety_gaps(talk, final.state))
        assert final.line.endswith(ENDINGS[name].says)
        if name == "open":
            assert final.state.rupture is None
            assert final.state.bond >= 2 - EXACT
            assert final.state.tasks >= 1 - EXACT
            assert final.state.goals >= 1 - EXACT or not talk.goal_visit


def test_the_small_talk_reaches_all_four_endings() -> None:
    """The other tests stand on it."""
    talk = small_talk()
    reached = {ending_of(talk, moves[-1].after.state) for moves in walks(talk, 10_000)}

    assert reached == {"open", "mid", "closed", "unsafe"}


# --- walks ------------------------------------------------------------------------------------------------------


@given(any_scenarios())
@settings(max_examples=60)
def test_walks_are_all_ways_through_each_once(talk: Scenario) -> None:
    """Depth first, no way twice, each one as `play` would take it."""
    found = [tuple(move.reply.id for move in moves) for moves in walks(talk, 300)]

    assert len(found) == len(set(found))
    assert len(list(walks(talk, 3))) == min(3, len(found))
    assert play(talk, found[-1])[-1].after.over
    assert max(map(len, found)) <= longest_from(talk)[talk.start]


def test_the_longest_way_is_counted_from_every_scene() -> None:
    """The page says how long a talk is about to be."""
    assert longest_from(small_talk()) == {END: 0, "hello": 5, "story": 4, "flag": 3, "touch": 2, "plan": 1}


def test_a_loop_is_named_scene_by_scene() -> None:
    """A visit moves forward; a loop could go on for ever."""
    scenes = {name: scene(reply(f"from-{name}", to)) for name, to in [("a", "b"), ("b", "c"), ("c", "b")]}

    with pytest.raises(ExerciseFileError, match=re.escape("talk-test: the scenes b -> c -> b form a loop")):
        longest_from(scenario(scenes))


# --- bounds -----------------------------------------------------------------------------------------------------


def early_by_walking(talk: Scenario, limit: int = 5_000) -> set[str]:
    """Return the dimensions in which some walk reaches a bound before its last third, found by walking them all."""
    early = set()
    for count, moves in enumerate(walks(talk, limit + 1)):
        assume(count < limit)
        for dimension in DIMENSIONS:
            at_bound = (k for k, m in enumerate(moves, 1) if abs(getattr(m.after.state, dimension)) >= BOUND - EXACT)
            if (turn := next(at_bound, None)) and 3 * turn <= 2 * len(moves):
                early.add(dimension)
    return early


@given(any_scenarios(conditions=False))
@settings(max_examples=150)
def test_early_bounds_are_found_exactly_where_walks_reach_them(talk: Scenario) -> None:
    """Without conditions every way can be walked, so the search and the walks must agree."""
    assert {dimension for dimension, _, _ in early_bounds(talk)} == early_by_walking(talk)


@given(any_scenarios())
@settings(max_examples=100)
def test_no_walk_reaches_a_bound_early_that_the_search_did_not_name(talk: Scenario) -> None:
    """With conditions the search may warn too often, but never too seldom."""
    assert early_by_walking(talk) <= {dimension for dimension, _, _ in early_bounds(talk)}


def test_halved_gains_under_a_rupture_count_when_bounds_are_searched() -> None:
    """An open rupture keeps the bond low: -3 can come early although whole gains would have kept it off."""
    steps = [{"bond": -1, "rupture": "withdrawal"}, {"bond": 2}, {"bond": -2}, {"bond": -1}, *[{}] * 4]
    talk = chain(*steps, pace=Pace(1.0, 1.05))

    assert ("bond", "s3", 4) in list(early_bounds(talk))
    assert walk(talk)[3].after.state.bond == -BOUND


def test_the_last_third_is_open_for_a_bound() -> None:
    """Turn 3 of 3 is the last third, turn 2 is not."""
    late = chain({}, {}, {"bond": 3}, pace=Pace(1.0, 2.0))
    soon = chain({}, {"bond": 3}, {}, pace=Pace(1.0, 2.0))

    assert list(early_bounds(late)) == []
    assert list(early_bounds(soon)) == [("bond", "s1", 2)]


def test_a_start_at_the_bound_is_early() -> None:
    """Nothing could move any more."""
    assert ("goals", "s0", 1) in list(early_bounds(chain({}, {}, state=Start(goals=3.0))))


# --- confidence and turning points -----------------------------------------------------------------------------------


def marked_talk(count: int) -> Scenario:
    return scenario(
        {
            f"s{i}": scene(reply(f"r{i}", f"s{i + 1}" if i < 9 else END), confidence=i < count)
            for i in range(10)
        }
    )  # fmt: skip


@pytest.mark.parametrize("count", range(10))
def test_confidence_is_asked_at_no_more_than_three_marked_turns(count: int) -> None:
    """A question after every reply would be a test, not a talk."""
    talk = marked_talk(count)

    for attempt in range(1, 12):
        asked = confidence_scenes(talk, attempt)
        assert len(asked) == min(count, MAX_CONFIDENCE_TURNS) <= 3
        assert all(talk.scenes[name].confidence for name in asked)


@pytest.mark.parametrize("count", range(4, 10))
def test_the_next_run_asks_elsewhere_and_all_marked_turns_have_their_day(count: int) -> None:
    """Runs differ, and none of the turns that the author marked is left out for ever."""
    talk = marked_talk(count)
    asked = [confidence_scenes(talk, attempt) for attempt in range(1, 12)]

    assert all(one != other for one, other in itertools.pairwise(asked))
    assert frozenset().union(*asked) == {name for name, s in talk.scenes.items() if s.confidence}


def test_where_confidence_is_asked_does_not_depend_on_the_order_of_scenes() -> None:
    """A replay asks where the run asked."""
    talk = marked_talk(7)
    turned = dataclasses.replace(talk, scenes=dict(reversed(talk.scenes.items())))

    assert [confidence_scenes(talk, a) for a in range(5)] == [confidence_scenes(turned, a) for a in range(5)]


def test_opening_up_means_that_the_bond_rose() -> None:
    """That is what confidence is compared with, nothing else."""
    moves = walk(chain({"bond": 1}, {"goals": 3}, {}, {"bond": -1}))

    assert [move.opened_up for move in moves] == [True, False, False, False]


@given(any_scenarios(), st.integers(0, 30))
@settings(max_examples=60)
def test_turning_points_are_at_most_three_in_order_of_time(talk: Scenario, number: int) -> None:
    """They are moves of the run, none twice."""
    moves = list(walks(talk, 31))[: number + 1][-1]
    points = turning_points(moves)

    assert list(points) == sorted(set(points))
    assert len(points) == min(3, len(moves))
    assert all(0 <= index < len(moves) for index in points)


def test_ruptures_repairs_and_steps_of_care_come_before_large_moves() -> None:
    """Three marked moves crowd out a larger one; a repair with nothing to repair is not marked."""
    steps = [
        {"bond": 3},
        {"rupture": "withdrawal"},
        {"repairs": True},
        {"repairs": True},
        {"meets": ("a",)},
        {"bond": 1},
    ]

    assert turning_points(walk(chain(*steps))) == (1, 2, 4)


def test_of_equal_moves_the_earlier_ones_are_looked_at() -> None:
    """The same run has the same moments, every time."""
    assert turning_points(walk(chain(*[{"bond": 1}] * 5))) == (0, 1, 2)
    assert turning_points(walk(chain({}, {}, {"bond": -1}, {}, {"tasks": 2}))) == (0, 2, 4)


def test_a_change_adds_up_the_three_states() -> None:
    """Negative when the patient closed up."""
    up, down = walk(chain({"bond": 1, "goals": 1}, {"tasks": -1}))

    assert up.change == pytest.approx(0.6)
    assert down.change == pytest.approx(-0.45)


def test_an_ending_is_spoken_by_the_patient() -> None:
    """Her last words are those of the ending that was reached."""
    endings = {**ENDINGS, "mid": Ending("So so.", "[stands] Well then.")}

    assert play(scenario({"a": scene(reply("on"))}, endings=endings), ["on"])[-1].after.line == "[stands] Well then."


def test_nothing_is_played_when_nothing_is_said() -> None:
    """An empty way through is no way through."""
    assert play(small_talk(), []) == ()
    assert simulation.begin(small_talk()).line == "Patient before listen."
