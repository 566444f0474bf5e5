"""What is said of a class: against counts made by hand, and against a second calculation that shares no code."""

from __future__ import annotations

import gc
import itertools
import json
import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from support import reply, scenario, scene, small_drills

from alliance_kit import handin, simulation
from alliance_kit.cohort import sample
from alliance_kit.cohort.analysis import ClassView, PartView, class_view, verdict
from alliance_kit.cohort.analysis._frames import counted_versions, first_answers, parts_of_reply, scenes_of
from alliance_kit.cohort.analysis._items import discrimination
from alliance_kit.cohort.analysis._moments import EFFECTS, question_for
from alliance_kit.cohort.analysis._parts import uneven
from alliance_kit.cohort.small_groups import Count
from alliance_kit.errors import ExerciseFileError, ReportError
from alliance_kit.grading import grade
from alliance_kit.handin import HandIn
from alliance_kit.library import csv_rows
from alliance_kit.model import (
    AnyExercise,
    Choice,
    DrillItem,
    DrillSet,
    Feedback,
    Finding,
    Reply,
    Response,
    Scenario,
    digest_of,
)
from alliance_kit.plain import canonical_json, from_json, to_json
from alliance_kit.skills import microskills, strategies

SECRET = "WORDS-OF-A-LEARNER"

# --- a class, line by line --------------------------------------------------------------------------------------


class Learner:
    """Somebody whose hand-in is written line by line, without a journal."""

    def __init__(self, number: int, day: str = "2026-03-02") -> None:
        self.code, self.day = f"{number:08x}", day
        self.rows: list[dict[str, Any]] = []
        self.kept: set[str] = set()

    def line(self, kind: str, **fields: Any) -> None:
        """Add a line."""
        at = f"{self.day}T10:{len(self.rows) // 60:02}:{len(self.rows) % 60:02}Z"
        envelope = {"schema": 1, "id": f"{self.code}-{len(self.rows)}", "machine": "m", "seq": len(self.rows), "at": at}
        self.rows.append({**envelope, "type": kind, **fields})

    def keep(self, exercise: AnyExercise) -> str:
        """Keep the exercise as a hand-in does, once; return its digest."""
        digest = digest_of(exercise)
        if digest not in self.kept:
            self.line("exercise", digest=digest, exercise=json.loads(canonical_json(to_json(exercise))))
            self.kept.add(digest)
        return digest

    def answer(
        self, drill: DrillSet, item: str, *, attempt: int = 1, feedback: Feedback | None = None, **said: str
    ) -> None:
        """Answer an item, with the feedback that it gets."""
        digest = self.keep(drill)
        response = Response(drill.id, digest, attempt, {"item": item, **said})
        shown = feedback or grade(drill, response)
        given = {"exercise": drill.id, "digest": digest, "attempt": attempt, "answer": response.answer, "item": item}
        self.line("answer", **given, feedback=to_json(shown))

    def talk(self, talk: Scenario, replies: Sequence[str], *, attempt: int = 1, run: str = "") -> None:
        """Play a talk as far as the replies go."""
        digest, run = self.keep(talk), run or f"{self.code}-{talk.id}-{attempt}"
        self.line("run", run=run, exercise=talk.id, digest=digest, attempt=attempt, branched_from=None)
        for index, move in enumerate(simulation.play(talk, list(replies))):
            ended = simulation.ending_of(talk, move.after.state) if move.after.over else None
            before, after = (_state(position.state) for position in (move.before, move.after))
            self.line(
                "turn",
                run=run,
                index=index,
                scene=move.before.scene,
                reply=move.reply.id,
                said=SECRET,
                line=SECRET,
                answer_line=SECRET,
                state_before=before,
                state_after=after,
                ended=ended,
            )

    def hand_in(self, *, synthetic: bool = False) -> HandIn:
        """Return the hand-in, read from its own bytes."""
        made = HandIn(
            id=self.code,
            made=f"{self.day}T12:00:00Z",
            code=self.code,
            name="",
            program="0",
            contents=(),
            lines=tuple(self.rows),
            synthetic=synthetic,
        )
        return handin.read(made.text().encode())


def _state(state: simulation.State) -> dict[str, Any]:
    plain = {name: getattr(state, name) for name in state.__slots__}
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in plain.items()}


DRILLS = small_drills()
TALK = scenario(
    {
        "a": scene(
            reply("ask", "b", bond=1, skills=("open_question",)),
            reply("tell", "b", bond=-1, quality="poor", skills=("false_reassurance",), words="tell"),
            reply("fact", "b", quality="workable", skills=("closed_question",)),
        ),
        "b": scene(
            reply("feel", bond=1, skills=("empathy",)),
            reply("hope", quality="workable", skills=("empathy", "praise")),
            reply("rush", quality="poor", skills=("empathy", "premature_problem_solving"), breaches=()),
        ),
    }
)


def drill_class(choices: Mapping[str, int], item: str = "narrow") -> list[HandIn]:
    """Return a class in which so many learners first chose each answer to one item."""
    learners = [(choice, Learner(number)) for number, choice in enumerate(_spread(choices))]
    for choice, learner in learners:
        learner.answer(DRILLS, item, choice=choice)
    return [learner.hand_in() for _, learner in learners]


def _spread(counts: Mapping[str, int]) -> list[str]:
    return [name for name, count in counts.items() for _ in range(count)]


def only_item(view: ClassView) -> Any:
    """Return the one item of a view."""
    assert len(view.items) == 1
    return view.items[0]


def part_of(view: ClassView, part: str) -> PartView:
    """Return one part of a view."""
    return next(each for each in view.parts if each.part == part)


# --- items ------------------------------------------------------------------------------------------------------


def test_first_answers_are_counted_by_hand() -> None:
    """Of 24 learners 15 chose the best answer first and 9 the other: that is what the view says."""
    item = only_item(class_view(drill_class({"yes": 15, "no": 9})))

    assert (item.best.text, item.tempting, item.tempted.text) == ("15 of 24", "That one.", "9 of 24")
    assert not item.misleads


def test_a_second_try_does_not_count() -> None:
    """Who chose the best answer in the second round had not chosen it first."""
    learners = [Learner(number) for number in range(12)]
    for learner in learners:
        learner.answer(DRILLS, "narrow", choice="yes", attempt=2)
        learner.answer(DRILLS, "narrow", choice="no", attempt=1)

    assert only_item(class_view(learner.hand_in() for learner in learners)).best.text == "fewer than 5 of 12"


def test_an_item_misleads_where_a_tempting_answer_wins() -> None:
    """Where more learners surely chose one tempting answer than the best one, the item is named."""
    assert only_item(class_view(drill_class({"yes": 9, "no": 15}))).tempts
    assert only_item(class_view(drill_class({"yes": 3, "no": 21}))).tempts
    assert not only_item(class_view(drill_class({"yes": 12, "no": 12}))).tempts


def test_what_is_not_in_the_exercise_is_not_counted() -> None:
    """Answers to unknown items, with unknown choices, or with no choice at all, leave no trace."""
    learners = [Learner(number) for number in range(12)]
    for learner in learners:
        learner.answer(DRILLS, "narrow", choice="yes")
        for item, said in (("gone", {"choice": "yes"}), ("wide", {"choice": "zz"}), ("wide", {"text": SECRET})):
            learner.answer(DRILLS, item, feedback=Feedback(DRILLS.id, "1"), **said)

    assert [item.place for item in class_view(learner.hand_in() for learner in learners).items] == ["narrow"]


def test_discrimination_equals_a_second_calculation() -> None:
    """The item-rest correlation is Pearson's, of the item with the share of best answers among the learner's others."""
    found = first_answers(sample.learner(number, 3) for number in range(1, 31))
    frame = found.frame()
    rows = [tuple(int(v) for v in row) for row in frame.itertuples(index=False)]
    rows = [row for row in rows if row[3] >= 0]
    expected = {}
    for key in {(row[1], row[2]) for row in rows}:
        pairs = []
        for learner in {row[0] for row in rows}:
            mine = [row for row in rows if row[0] == learner]
            here = [row[4] for row in mine if row[1:3] == key]
            rest = [row[4] for row in mine if row[1:3] != key]
            if here and rest:
                pairs.append((here[0], sum(rest) / len(rest)))
        xs, ys = np.array(pairs).T
        if len(pairs) >= 20 and xs.std() > 0 and ys.std() > 0:
            expected[key] = float(np.mean((xs - xs.mean()) * (ys - ys.mean())) / (xs.std() * ys.std()))

    got = discrimination(frame)

    assert got.keys() == expected.keys()
    assert len(got) > 10
    assert all(got[key] == pytest.approx(value) for key, value in expected.items())


def test_discrimination_takes_twenty_learners_and_both_sides() -> None:
    """Below 20 learners, or with fewer than five on one side, no number is shown."""

    def apart(yes: int, no: int) -> float | None:
        learners = [Learner(number) for number in range(yes + no)]
        for number, learner in enumerate(learners):
            learner.answer(DRILLS, "narrow", choice="yes" if number < yes else "no")
            learner.answer(DRILLS, "wide", choice="w2" if number < yes else "w1")
        view = class_view(learner.hand_in() for learner in learners)
        return next(item.apart for item in view.items if item.place == "narrow")

    assert apart(10, 10) == 1.0
    assert apart(10, 9) is None
    assert apart(18, 4) is None


def test_an_item_against_the_rest_misleads() -> None:
    """Where those who found the best answer did worse elsewhere, the item is named whatever was chosen."""
    learners = [Learner(number) for number in range(24)]
    for number, learner in enumerate(learners):
        learner.answer(DRILLS, "narrow", choice="yes" if number < 14 else "no")
        learner.answer(DRILLS, "wide", choice="w1" if number < 14 else "w2")
    view = class_view(learner.hand_in() for learner in learners)

    assert all(item.reversed and item.misleads and item.apart == -1.0 for item in view.items)


# --- parts ------------------------------------------------------------------------------------------------------


def test_parts_in_short_exercises_by_hand() -> None:
    """One item on empathy: who chose the best answer first did it."""
    view = class_view(drill_class({"w2": 14, "w0": 6, "w1": 4}, item="wide"))

    assert part_of(view, "empathy") == PartView(part="empathy", short=Count(14, 14, 24, 24))


def test_a_written_line_did_it_if_all_cues_are_met() -> None:
    """At least half of two written lines: one is enough, half of the cues of one are not."""
    met, missing = (Finding("x", level, "r", "w") for level in ("met", "not_seen"))
    learners = [Learner(number) for number in range(24)]
    for number, learner in enumerate(learners):
        cues = (met, met, met) if number < 9 else (met, met, missing)
        learner.answer(DRILLS, "write", text=SECRET, feedback=Feedback(DRILLS.id, "1", cues))
        learner.answer(DRILLS, "again", text=SECRET, feedback=Feedback(DRILLS.id, "1", (missing,)))

    assert part_of(class_view(learner.hand_in() for learner in learners), "validating").short == Count(9, 9, 24, 24)


def test_parts_in_talks_by_hand() -> None:
    """Scene a is a chance for listening, scene b for empathy; a poor reply with the label takes no chance."""
    ways = [("ask", "feel")] * 9 + [("tell", "hope")] * 5 + [("fact", "rush")] * 10
    learners = [Learner(number) for number in range(24)]
    for learner, way in zip(learners, ways, strict=True):
        learner.talk(TALK, way)
    view = class_view(learner.hand_in() for learner in learners)

    assert part_of(view, "active-listening").talk == Count(9, 9, 24, 24)
    assert part_of(view, "empathy").talk == Count(14, 14, 24, 24)
    assert [part.part for part in view.parts if part.part == "competence"] == []
    assert {item.place: item.best.text for item in view.items} == {"a": "9 of 24", "b": "9 of 24"}


def test_only_the_first_finished_talk_counts() -> None:
    """A talk that was left does not count, nor does one that was played again."""
    learners = [Learner(number) for number in range(12)]
    for learner in learners:
        learner.talk(TALK, ["ask"], attempt=1)
        learner.talk(TALK, ["ask", "feel"], attempt=3)
        learner.talk(TALK, ["tell", "rush"], attempt=2)
    view = class_view(learner.hand_in() for learner in learners)

    assert {item.best.text for item in view.items} == {"fewer than 5 of 12"}


@pytest.mark.parametrize("seed", [1, 2])
def test_parts_equal_a_second_calculation(seed: int) -> None:
    """All parts of a sample class, counted learner by learner in plain Python straight from the hand-ins."""
    class_ = [sample.learner(number, seed) for number in range(1, 41)]
    expected = {key: (sum(did), len(did)) for key, did in _did_by_hand(class_).items()}
    view = class_view(class_)

    for part in view.parts:
        for source, shown in (("short", part.short), ("talk", part.talk)):
            if shown is not None:
                did, learners = expected[source, part.part]
                assert shown.low <= did <= shown.high
                assert shown.of_low <= learners <= shown.of_high
                assert shown.exact or did < 5 or learners - did < 5 or source == "short"
    assert sum(part.talk is not None and part.talk.exact for part in view.parts) > 10


def _did_by_hand(class_: Sequence[HandIn]) -> dict[tuple[str, str], list[bool]]:
    did: dict[tuple[str, str], list[bool]] = {}
    for hand_in in class_:
        chances: dict[tuple[str, str], list[bool]] = {}
        work = handin.understand(hand_in.lines)
        seen = set()
        for answer in sorted(work.answers, key=lambda a: (a.response.attempt, a.at)):
            exercise = work.exercises[answer.response.digest]
            if isinstance(exercise, DrillSet) and answer.item not in seen:
                seen.add(answer.item)
                item = next(i for i in exercise.items if i.id == answer.item)
                best = answer.feedback is not None and all(f.level == "met" for f in answer.feedback.findings)
                chances.setdefault(("short", item.part), []).append(best)
        for key, taken in itertools.chain(chances.items(), _talked(work).items()):
            did.setdefault(key, []).append(2 * sum(taken) >= len(taken))
    return did


def _talked(work: handin.Understood) -> dict[tuple[str, str], list[bool]]:
    chances: dict[tuple[str, str], list[bool]] = {}
    for exercise_id in {run.exercise for run in work.runs.values()}:
        ended = [run for run in work.runs.values() if run.exercise == exercise_id and run.ended]
        for turn in work.turns(min(ended, key=lambda run: run.attempt)) if ended else ():
            replies = work.exercises[ended[0].digest].scenes[turn.scene].replies
            said = next(r for r in replies if r.id == turn.reply)
            could = {part for r in replies if r.quality == "strong" for part in parts_of_reply(r)}
            for part in could:
                chances.setdefault(("talk", part), []).append(said.quality != "poor" and part in parts_of_reply(said))
    return chances


@pytest.mark.parametrize(
    ("counted", "word"),
    [
        (Count(16, 16, 24, 24), "strong"),
        (Count(15, 15, 24, 24), "mixed"),
        (Count(12, 12, 24, 24), "mixed"),
        (Count(11, 11, 24, 24), "weak"),
        (Count(0, 4, 24, 24), "weak"),
        (Count(20, 24, 24, 24), "strong"),
        (Count(14, 24, 24, 24), "not clear"),
        (Count(0, 4, 9, 9), "weak"),
        (Count(0, 8, 8, 8), "too few to tell"),
        (None, "too few to tell"),
    ],
)
def test_words_for_how_a_class_did(counted: Count | None, word: str) -> None:
    """Two thirds are strong, fewer than half weak; a range gets a word only if all of it agrees."""
    assert verdict(counted) == word


# --- the rule ---------------------------------------------------------------------------------------------------


def test_a_class_that_did_nothing_countable_gets_an_empty_view() -> None:
    """Twelve learners with neither a drill nor a finished talk: nothing to say, and nothing breaks."""
    learners = [Learner(number) for number in range(12)]
    for learner in learners[:6]:
        learner.talk(TALK, ["ask"])
    view = class_view(learner.hand_in() for learner in learners)

    assert (view.learners, view.parts, view.items, view.moments, view.others) == (12, (), (), (), ())


def test_a_class_with_written_lines_only_has_parts_and_no_items() -> None:
    """A line that is written has no key: it counts for its part and is no item."""
    learners = [Learner(number) for number in range(12)]
    for learner in learners:
        learner.answer(DRILLS, "write", text="Okay so that is what it is then.")
    view = class_view(learner.hand_in() for learner in learners)

    assert view.items == ()
    assert part_of(view, "validating").short == Count(0, 4, 12, 12)


@pytest.mark.parametrize("size", range(5))
def test_under_five_nothing_is_shown(size: int) -> None:
    """A class of four or fewer gives a view without a single number, not even how many they are."""
    view = class_view(drill_class({"yes": size}))

    assert view == ClassView(k=5, learners=0, synthetic=False)
    assert not view.enough


def test_ten_can_be_asked_for_and_four_cannot() -> None:
    """The smallest group may be raised to ten; below five is refused with a sentence."""
    class_ = drill_class({"yes": 15, "no": 9})

    assert only_item(class_view(class_, k=10)).best.text == "all but fewer than 10 of 24"
    with pytest.raises(ReportError, match="too small"):
        class_view(class_, k=4)


def _counts(data: Any) -> Iterator[dict[str, int]]:
    if isinstance(data, dict):
        if set(data) == {"low", "high", "of_low", "of_high"}:
            yield data
        for value in data.values():
            yield from _counts(value)
    elif isinstance(data, list):
        for value in data:
            yield from _counts(value)


@pytest.mark.parametrize("size", [5, 9, 13, 24, 40])
def test_the_file_holds_no_small_count_no_code_and_no_word_of_a_learner(size: int) -> None:
    """Whatever the class, what goes to disk has no exact count under five, nor one that leaves fewer than five."""
    class_ = [sample.learner(number, 5) for number in range(1, size + 1)]
    view = class_view(class_)
    text = canonical_json(to_json(view))

    counts = list(_counts(json.loads(text)))
    assert len(counts) > 20 or size < 24
    for each in counts:
        assert (
            each["low"] < each["high"]
            or 5 <= each["low"] <= each["of_low"] - 5 + (each["of_high"] > each["of_low"]) * 4
        )
    for hand_in in class_:
        assert hand_in.code not in text
        assert all(own.text not in text for own in handin.texts(hand_in) if len(own.text) > 12)


def test_a_learners_words_in_a_forged_line_do_not_travel() -> None:
    """The patient's lines come from the exercise, not from what a hand-in says that they were."""
    learners = [Learner(number) for number in range(24)]
    for learner in learners:
        learner.talk(TALK, ["tell", "rush"])
    view = class_view(learner.hand_in() for learner in learners)

    assert len(view.moments) == 2
    assert SECRET not in canonical_json(to_json(view))


def test_a_view_comes_back_from_plain_json() -> None:
    """What is written to disk is read back the same."""
    view = class_view(sample.learner(number, 1) for number in range(1, 25))

    assert from_json(ClassView, json.loads(canonical_json(to_json(view)))) == view


def test_order_does_not_matter() -> None:
    """The same class in another order gives the same view."""
    class_ = [sample.learner(number, 1) for number in range(1, 25)]

    assert class_view(class_) == class_view(reversed(class_))


def test_days_show_no_single_learner() -> None:
    """The span runs from the fifth hand-in to the fifth last, and there is none while they are not most."""
    days = [f"2026-03-{day:02}" for day in range(1, 25)]
    learners = [Learner(number, day) for number, day in enumerate(days)]
    for learner in learners:
        learner.answer(DRILLS, "narrow", choice="yes")
    class_ = [learner.hand_in() for learner in learners]

    assert (class_view(class_).first_day, class_view(class_).last_day) == ("2026-03-05", "2026-03-20")
    assert class_view(class_[:16]).first_day == ""


# --- versions, streams, trouble ---------------------------------------------------------------------------------


def test_only_the_version_most_used_is_counted() -> None:
    """Fourteen learners on one version and ten on another: the fourteen are counted, the ten are named as not."""
    other = replace(DRILLS, version="2.0.0")
    learners = [Learner(number) for number in range(24)]
    for number, learner in enumerate(learners):
        learner.answer(DRILLS if number < 14 else other, "narrow", choice="yes" if number % 2 else "no")
    view = class_view(learner.hand_in() for learner in learners)

    assert only_item(view).best.text == "7 of 14"
    assert [(o.title, o.version, o.learners.text) for o in view.others] == [("About drills-test", "1.0.0", "10 of 24")]


def test_hand_ins_are_let_go_one_by_one() -> None:
    """No hand-in is kept while the next one is read, so memory does not grow with the class."""

    class Lines(list[Any]):
        """Lines that tell when they are let go."""

    alive: list[weakref.ref[Lines]] = []

    def stream() -> Iterator[HandIn]:
        for number in range(1, 13):
            gc.collect()
            assert sum(ref() is not None for ref in alive) <= 1
            made = sample.learner(number, 1)
            lines = Lines(made.lines)
            alive.append(weakref.ref(lines))
            yield replace(made, lines=lines)
            del lines

    assert class_view(stream()).learners == 12


def test_one_bad_hand_in_is_told_and_left_out() -> None:
    """A hand-in that cannot be understood is named to whoever asked, and the others are counted."""
    class_ = drill_class({"yes": 15, "no": 9})
    bad = replace(class_[0], lines=({"type": "nonsense"},))
    told: list[str] = []

    view = class_view([*class_, bad], left_out=lambda hand_in, error: told.append(hand_in.code))

    assert (view.learners, told) == (24, [bad.code])
    with pytest.raises(ExerciseFileError):
        class_view([bad])


def test_scenes_come_in_the_order_of_a_visit() -> None:
    """Sorted keys do not reorder the talk, and a scene that leads round in a circle ends."""
    assert [name for name, _ in scenes_of(TALK)] == ["a", "b"]
    turned = scenario({"z": scene(reply("go", "a")), "a": scene(reply("back", "z"))})
    assert [name for name, _ in scenes_of(turned)] == ["z", "a"]
    assert counted_versions(first_answers([Learner(1).hand_in()])) == ()


# --- what shown numbers give away together ------------------------------------------------------------------------

DETOUR = scenario(
    {
        "a": scene(
            reply("good", "c", skills=("open_question",)),
            reply("slip", "mend", quality="poor"),
            reply("fact", "c", quality="workable"),
        ),
        "mend": scene(reply("sorry", "c"), reply("more", "c", quality="poor")),
        "c": scene(reply("well"), reply("not", quality="poor")),
    }
)


def talk_class(talk: Scenario, ways: Mapping[tuple[str, ...], int]) -> list[HandIn]:
    """Return a class in which so many learners went each way through a talk."""
    learners = [(way, Learner(number)) for number, way in enumerate(w for w, n in ways.items() for _ in range(n))]
    for way, learner in learners:
        learner.talk(talk, way)
    return [learner.hand_in() for _, learner in learners]


@pytest.mark.parametrize(("facts", "shown"), [(3, ["a", "c"]), (4, ["a", "c"]), (5, ["a", "mend", "c"])])
def test_learners_of_a_scene_do_not_count_those_who_chose_an_earlier_reply(facts: int, shown: list[str]) -> None:
    """All less the best less those who came to mend a slip are those who chose the third reply: not if they are few."""
    ways = {("good", "well"): 12, ("slip", "sorry", "well"): 5, ("slip", "more", "not"): 5, ("fact", "not"): facts}
    view = class_view(talk_class(DETOUR, ways))

    assert sorted(item.place for item in view.items) == sorted(shown)
    assert next(item for item in view.items if item.place == "a").best.exact


@pytest.mark.parametrize(("hopes", "told"), [(3, False), (5, True)])
def test_a_part_of_one_scene_does_not_count_those_who_showed_it_without_the_best_reply(hopes: int, told: bool) -> None:
    """Those who did the part less those who found the best reply are those who chose the other way of doing it."""
    view = class_view(talk_class(TALK, {("ask", "feel"): 9, ("ask", "hope"): hopes, ("tell", "rush"): 10}))

    assert next(item for item in view.items if item.place == "b").best.exact
    assert any(part.part == "empathy" and part.talk and part.talk.told for part in view.parts) == told


def test_a_part_of_one_exercise_hides_who_is_missing_there_too() -> None:
    """Two of those who did the exercise left the only item on a part out; neither item nor part may count them."""
    learners = [Learner(number) for number in range(30)]
    for number, learner in enumerate(learners):
        if number < 20:
            learner.answer(DRILLS, "wide", choice="w2" if number < 10 else "w1")
        if number < 18:
            learner.answer(DRILLS, "narrow", choice="yes" if number < 9 else "no")
        if number >= 20:
            learner.talk(TALK, ["ask", "feel"])
    view = class_view(learner.hand_in() for learner in learners)

    assert {item.place: item.best.of for item in view.items if item.where == "short"} == {
        "wide": "20",
        "narrow": "16 to 19",
    }
    assert [part.short.of for part in view.parts if part.short and part.part == "competence"] == ["16 to 19"]


@pytest.mark.parametrize(
    ("items", "did", "told"),
    [
        ((10, 10, 10), 15, False),
        ((5, 5, 5), 6, False),
        ((10, 10, 10), 11, True),
        ((12, 12, 12), 12, True),
        ((14, 14, 14), 12, False),
    ],
)
def test_three_items_and_their_part_give_no_small_group_away(items: tuple[int, ...], did: int, told: bool) -> None:
    """Their sum less twice those who did the part counts who had one or three; that, and its rest, must not be few."""
    n = 21
    odd = sum(items) - 2 * did

    said = uneven([Count(c, c, n, n) for c in items], Count(did, did, n, n))

    assert said == (5 <= odd <= n - 5)
    assert said == told


@pytest.mark.parametrize("seed", [1, 3])
def test_no_scene_of_a_real_talk_gives_a_small_group_away(seed: int) -> None:
    """A second calculation, by matrices: no sum of what is shown of a scene and of those after it counts a few."""
    class_ = [sample.learner(number, seed) for number in range(1, 41)]
    view, found = class_view(class_), first_answers(class_)
    frame, sizes = found.frame(), {(item.exercise, item.place): item.best for item in view.items}
    told = 0
    for version, talk in enumerate(found.versions):
        for place, (name, scene_) in enumerate(scenes_of(talk)):
            answers = frame[(frame["version"] == version) & (frame["place"] == place)]["answer"]
            chosen = [int((answers == i).sum()) for i in range(len(scene_.replies))]
            known = list(_known(talk, name, sizes))
            told += len(known) > 2
            for some in itertools.product((0, 1), repeat=len(chosen)):
                if known and any(some) and sum(itertools.compress(chosen, some)) < 5:
                    assert np.linalg.matrix_rank([*known, some]) > np.linalg.matrix_rank(known), (name, some)
    assert told


def _known(talk: Any, name: str, sizes: Mapping[tuple[str, str], Count]) -> Iterator[list[int]]:
    """Yield which replies of a scene are counted: all, the best, those that alone lead to a scene shown."""
    replies = talk.scenes[name].replies
    if own := sizes.get((talk.id, name)):
        yield from [[1] * len(replies)] if own.of_low == own.of_high else []
        yield from [[int(each.quality == "strong") for each in replies]] if own.exact else []
    for other in talk.scenes:
        before = [n for n, s in talk.scenes.items() if any(other in _next(r) for r in s.replies)]
        sized = (size := sizes.get((talk.id, other))) and size.of_low == size.of_high
        if sized and before == [name] and all(_next(each) == [other] or other not in _next(each) for each in replies):
            yield [int(other in _next(each)) for each in replies]


def _next(reply_: Reply) -> list[str]:
    return [branch.to for branch in simulation.branches_of(reply_)]


# --- moments and questions --------------------------------------------------------------------------------------


def test_moments_are_where_five_surely_chose_the_same() -> None:
    """The most frequent first, each with the line, what was said, what may be heard, a strong way and a question."""
    ways = [("ask", "feel")] * 4 + [("tell", "rush")] * 12 + [("tell", "feel")] * 8
    learners = [Learner(number) for number in range(24)]
    for learner, way in zip(learners, ways, strict=True):
        learner.talk(TALK, way)
    first, second = class_view(learner.hand_in() for learner in learners).moments

    assert (first.place, first.said, first.count.text) == (
        "a",
        "Clinician says tell here.",
        "all but fewer than 5 of 24",
    )
    assert (first.line, first.heard, first.better) == ("Patient before ask.", "Heard tell.", "Clinician says ask here.")
    assert (second.place, second.count.text) == ("b", "8 to 12 of 24")
    assert [first.question.id, second.question.id] == ["promise", "fix"]
    assert "“tell”" in first.question.noticed


def test_moments_come_from_different_exercises_where_possible() -> None:
    """The second scene of one talk, though more frequent, waits behind those of other exercises."""
    more = replace(DRILLS, id="more-drills")
    learners = [Learner(number) for number in range(24)]
    for number, learner in enumerate(learners):
        learner.talk(TALK, ["tell", "rush"])
        for drills in (DRILLS, more):
            learner.answer(drills, "narrow", choice="yes" if number < 12 else "no")
            learner.answer(drills, "wide", choice="w2" if number < 12 else "w1")
    moments = class_view(learner.hand_in() for learner in learners).moments

    assert [moment.exercise for moment in moments] == ["talk-test", "drills-test", "more-drills"]


@pytest.mark.parametrize("row", csv_rows("debrief_questions"), ids=lambda row: row["id"])
def test_every_question_is_advocacy_inquiry_without_a_verdict(row: dict[str, str]) -> None:
    """I noticed the words; an honest thought; a question that is open, asks for no defence and holds no answer."""
    whole = f"{row['noticed']} {row['thinking']} {row['asking']}"

    assert row["noticed"].startswith("I noticed ")
    assert row["noticed"].count("{words}") == 1
    assert re.match(r"I was (thinking|glad|concerned) ", row["thinking"])
    assert re.match(r"(What|How) ", row["asking"])
    assert row["asking"].endswith("?")
    assert whole.count("?") == 1
    assert not re.search(
        r"\b(why|should|wrong|mistake|better|correct|fail\w*|didn't|not to|improve)\b", whole, re.IGNORECASE
    )
    assert set(re.findall(r"\{(\w+)\}", whole)) <= {"words", "patient"}


def test_questions_are_for_known_things_and_enough_of_them() -> None:
    """At least ten patterns, each for a microskill, a strategy or an effect; every hindering move has its own."""
    rows = csv_rows("debrief_questions")
    wanted = [kind for row in rows for kind in row["when"].split()]
    known = {skill.id for skill in microskills()} | {each.id for each in strategies()} | set(EFFECTS)

    assert len(rows) >= 10
    assert set(wanted) <= known
    assert {skill.id for skill in microskills() if skill.direction == "hinders"} <= set(wanted)
    assert {"any", *(each.id for each in strategies())} <= set(wanted)


def test_a_question_is_not_asked_twice_while_another_fits() -> None:
    """Two moments of one kind get two questions; the same moment always gets the same one."""
    answer: Reply = reply("x", skills=("praise", "minimising"), words="never mind {patient}")
    found = scene(answer)

    first = question_for(answer, found, "Ana")
    second = question_for(answer, found, "Ana", asked={first.id})

    assert (first.id, second.id) == ("smaller", "praise")
    assert first == question_for(answer, found, "Ana")
    assert "“never mind {patient}”" in first.noticed


def test_a_passed_over_step_of_care_is_asked_about_first() -> None:
    """Where a scene raises a step of care that the reply does not take, the question is about that."""
    warm = reply("warm", skills=("empathy",))
    found = scene(warm, raises=("calf",))

    assert question_for(warm, found).id == "safety"
    assert question_for(replace(warm, meets=("calf",)), found).id == "feeling"


def test_a_short_item_is_asked_about_by_its_strategy() -> None:
    """An answer of a drill has no labels; the question goes by what the item is about."""
    item = DrillItem(id="i", kind="choose", part="offering-choices", stem="?", choices=())

    assert question_for(Choice("c", "Do this.", best=False, feedback="f"), item).id == "own-way"
