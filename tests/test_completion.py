"""Completion counts what is finished, however it went; points come from keyed drills and goal criteria only."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from answers import recorded
from hypothesis import given
from hypothesis import strategies as st
from support import (
    COLD,
    WARM,
    journal_in,
    play,
    small_drills,
    small_example,
    small_goal,
    small_reflection,
    small_scale,
    small_talk,
    taking,
)

from alliance_kit import handin
from alliance_kit.cohort import completion
from alliance_kit.cohort.completion import WHY_NOT, countable, finished, finished_in_course, most_points, points
from alliance_kit.cohort.lms import Submission
from alliance_kit.cohort.record import Record
from alliance_kit.handin import Understood, Written, understand
from alliance_kit.journal import Answer
from alliance_kit.model import (
    AnyExercise,
    Course,
    Feedback,
    Finding,
    Module,
    Response,
    Unit,
    digest_of,
)
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.workbook import SESSIONS, load_course, load_exercise

FIXTURES = Path(__file__).parent / "fixtures"
TALK, DRILLS, GOAL = small_talk(), small_drills(), small_goal()
EXAMPLE, REFLECTION, SCALE = small_example(), small_reflection(), small_scale()
LIBRARY: dict[str, AnyExercise] = {e.id: e for e in (TALK, DRILLS, GOAL, EXAMPLE, REFLECTION, SCALE)}


def course_of(*ids: str) -> Course:
    """Return a course of one unit with these exercises."""
    unit = Unit(id="u", title="U", minutes=10, exercises=ids)
    return Course(schema_version=1, id="c", version="1", title="C", modules=(Module(id="m", title="M", units=(unit,)),))


COURSE = course_of(*LIBRARY)


def answered(
    exercise: AnyExercise, answer: Any, *, item: str | None = None, at: int = 0, feedback: Feedback | None = None
) -> Answer:
    """Return an answer as a hand-in holds it, given `at` minutes past two."""
    response = Response(exercise.id, digest_of(exercise), 1, answer)
    return Answer(id=f"a{at}", at=f"2026-01-05T14:{at:02d}:00Z", item=item, response=response, feedback=feedback)


def work_of(*answers: Answer, exercises: tuple[AnyExercise, ...] = tuple(LIBRARY.values())) -> Understood:
    """Return a hand-in of these answers, with the exercises they need."""
    return Understood(exercises={digest_of(e): e for e in exercises}, answers=list(answers))


def chosen(item: str, choice: str, at: int = 0, drill: AnyExercise = DRILLS) -> Answer:
    """Return a choice in the drill set."""
    return answered(drill, {"item": item, "choice": choice}, item=item, at=at)


def goal(text: str, at: int = 0, *findings: Finding) -> Answer:
    """Return a version of the goal with these findings."""
    total = sum(finding.points for finding in findings)
    return answered(GOAL, {"text": text}, at=at, feedback=Feedback(GOAL.id, "test", findings, points=total))


def found(criterion: str, level: Any, points: float) -> Finding:
    """Return a finding on a goal."""
    return Finding(criterion, level, "goal/x", "Because.", points, 2)


# --- what is finished -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [WARM, COLD], ids=["open", "closed"])
def test_a_talk_counts_however_it_ended(tmp_path: Path, way: tuple[str, ...]) -> None:
    """The ending never becomes a point: a talk that went badly was practice as well."""
    journal = journal_in(tmp_path)
    play(TalkSession(TALK, journal), taking(*way))
    work = understand(handin.build(journal, ["talks/talk-test"]).lines)

    assert finished(work) == {"talk-test"}


def test_a_talk_without_an_end_does_not_count(tmp_path: Path) -> None:
    """Begun is not finished."""
    journal = journal_in(tmp_path)
    play(TalkSession(TALK, journal), turns=3)
    work = understand(handin.build(journal, ["unfinished/talk-test"]).lines)

    assert work.runs
    assert finished(work) == frozenset()


def test_a_drill_counts_when_every_item_is_answered() -> None:
    """Right or wrong, chosen or written; one item short is not finished, and a blank line is no answer."""
    rest = [answered(DRILLS, {"item": "write", "text": "No wonder."}, item="write")]
    rest += [chosen("wide", "w0"), chosen("narrow", "no")]
    blank = answered(DRILLS, {"item": "again", "text": " \n"}, item="again")
    last = answered(DRILLS, {"item": "again", "text": "Once more."}, item="again")

    assert finished(work_of(*rest)) == frozenset()
    assert finished(work_of(*rest, blank)) == frozenset()
    assert finished(work_of(*rest, last)) == {"drills-test"}


@pytest.mark.parametrize(
    ("exercise", "answer", "counts"),
    [
        (GOAL, {"text": "Stairs."}, True),
        (GOAL, {"text": " \n"}, False),
        (GOAL, {}, False),
        (EXAMPLE, {"seen": len(EXAMPLE.lines)}, True),
        (EXAMPLE, {"seen": len(EXAMPLE.lines) - 1}, False),
        (EXAMPLE, {"seen": "all"}, False),
        (REFLECTION, {"noticed": "I hurried.", "next": ""}, True),
        (REFLECTION, {"noticed": " ", "next": ""}, False),
        (SCALE, {"listen": 5, "repair": 5}, False),
        (SCALE, {"listen": "five"}, False),
        (GOAL, None, False),
        (EXAMPLE, ["seen"], False),
    ],
)
def test_each_kind_has_its_own_end(exercise: AnyExercise, answer: Any, counts: bool) -> None:
    """Goals that say something, examples read to the last line, reflections written; self-ratings never."""
    assert finished(work_of(answered(exercise, answer))) == ({exercise.id} if counts else frozenset())


def test_a_reflection_counts_as_written_without_its_text() -> None:
    """Whoever keeps her words to herself has finished as well."""
    work = work_of()
    work.written.append(Written(exercise=REFLECTION.id, digest=digest_of(REFLECTION)))

    assert finished(work) == {REFLECTION.id}


def test_a_later_version_is_the_same_exercise() -> None:
    """Items answered in one version count for the next; whoever finished an older version has finished."""
    newer = replace(DRILLS, version="2.0.0", items=(*DRILLS.items, replace(DRILLS.items[0], id="added")))
    old = [chosen("wide", "w0"), chosen("narrow", "no")]
    old += [answered(DRILLS, {"item": i, "text": "A line."}, item=i) for i in ("write", "again")]

    assert finished(work_of(*old, exercises=(DRILLS, newer))) == {"drills-test"}
    assert finished(work_of(*old[:3], chosen("added", "w0", drill=newer), exercises=(DRILLS, newer))) == frozenset()


def test_what_came_without_its_exercise_does_not_count() -> None:
    """Nobody can say what such an answer was to."""
    assert finished(work_of(answered(GOAL, {"text": "Stairs."}), exercises=())) == frozenset()


def test_only_the_course_counts() -> None:
    """An exercise that left the course, or never was in it, is no point; a scale never can be."""
    work = work_of(answered(GOAL, {"text": "Stairs."}), answered(EXAMPLE, {"seen": 99}))

    assert countable(COURSE, LIBRARY.__getitem__) == tuple(id_ for id_ in LIBRARY if id_ != SCALE.id)
    assert finished(work) == {GOAL.id, EXAMPLE.id}
    assert finished_in_course(work, course_of(EXAMPLE.id, SCALE.id), LIBRARY.__getitem__) == {EXAMPLE.id}


@pytest.mark.parametrize("how", ["best", "worst"])
def test_the_shipped_course_can_be_finished(tmp_path: Path, how: Any) -> None:
    """Whoever does all of the course, well or badly, has finished every exercise that can be finished."""
    journal = journal_in(tmp_path)
    for module in load_course().modules:
        for exercise_id, sent in recorded(module.id, how).items():
            exercise = load_exercise(exercise_id)
            session = SESSIONS[type(exercise)](exercise, journal)
            for message in sent:
                session.handle(message)
    offers = [offer.id for offer in handin.offer(journal)]
    work = understand(handin.build(journal, offers).lines)

    assert finished_in_course(work, load_course()) == frozenset(countable(load_course()))


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("v*/hand-in-*.jsonl")), ids=lambda p: p.parent.name)
def test_hand_ins_of_every_version_are_counted(path: Path) -> None:
    """What a released version wrote is understood, and something in it is finished."""
    assert finished(understand(handin.read(path).lines))


# --- points -----------------------------------------------------------------------------------------------------


def drill_points(*answers: Answer, exercises: tuple[AnyExercise, ...] = (DRILLS,)) -> float | None:
    return points(work_of(*answers, exercises=exercises), (DRILLS, GOAL), {"drills"})


def test_the_first_answer_to_a_keyed_item_counts() -> None:
    """Going back to pick the right one is learning, and no point; neither is anything written."""
    assert drill_points(chosen("wide", "w2", 1), chosen("wide", "w0", 2), chosen("narrow", "no", 3)) == 1
    assert drill_points(chosen("wide", "w2", 2), chosen("wide", "w0", 1)) == 0
    assert drill_points(answered(DRILLS, {"item": "write", "text": "No wonder."}, item="write")) is None


def test_nothing_answered_is_no_zero() -> None:
    """Who answered nothing that could earn points has no result."""
    assert drill_points() is None
    assert points(work_of(goal(" ")), (DRILLS, GOAL), {"goals"}) is None
    assert points(work_of(goal("Stairs.")), (DRILLS, GOAL), {"drills"}) is None


def test_the_key_is_that_of_the_version_she_saw() -> None:
    """A key that was changed later does not change what an old answer meant."""
    wide = DRILLS.items[0]
    turned = replace(wide, choices=tuple(replace(c, best=c.id == "w0") for c in wide.choices))
    older = replace(DRILLS, version="0.9.0", items=(turned, *DRILLS.items[1:]))

    assert drill_points(chosen("wide", "w0", drill=older), exercises=(older,)) == 1


def test_the_latest_goal_counts_by_its_criteria() -> None:
    """The points as shown with the latest version; hints and other findings have none, whatever a file says."""
    first = goal("A", 1, found("specific", "met", 2), found("measurable", "met", 2))
    latest = goal("B", 2, found("specific", "partly", 1), found("relevant", "met", 2), found("hers", "met", 2))
    blank = goal(" ", 3, found("specific", "met", 2))

    assert points(work_of(first, latest, blank), (GOAL,), {"goals"}) == 3
    assert points(work_of(latest, first), (GOAL,), {"goals"}) == 3
    assert points(work_of(goal("C", 1, found("specific", "unsure", 2))), (GOAL,), {"goals"}) == 0


@given(st.lists(st.tuples(st.sampled_from(["specific", "relevant", "hers", "bond"]), st.floats()), max_size=9))
def test_no_file_earns_more_than_there_is(given_points: list[tuple[str, float]]) -> None:
    """A hand-in that was changed by hand stays between nothing and everything."""
    version = goal("Stairs.", 1, *(found(criterion, "met", p) for criterion, p in given_points))
    earned = points(work_of(version), (GOAL,), {"goals"})

    assert earned is not None
    assert 0 <= earned <= most_points((GOAL,), {"goals"})


def test_both_kinds_add_up() -> None:
    """Two keyed items and six criteria of two points each."""
    work = work_of(chosen("wide", "w2"), goal("A", 1, found("specific", "met", 2)))

    assert points(work, (DRILLS, GOAL), {"drills", "goals"}) == 3
    assert most_points(LIBRARY.values(), {"drills", "goals"}) == 2 + 12
    assert most_points(LIBRARY.values(), {"drills"}) == 2


def test_confidence_and_endings_earn_nothing(tmp_path: Path) -> None:
    """Two learners who differ in nothing but how their talk went and how sure they were get the same."""
    earned = []
    for name, way, sure in (("warm", WARM, 0.9), ("cold", COLD, 0.3)):
        journal = journal_in(tmp_path / name)
        play(TalkSession(TALK, journal), taking(*way), sure=sure)
        offers = [offer.id for offer in handin.offer(journal)]
        work = understand(handin.build(journal, offers).lines)
        earned.append((finished(work), points(work, LIBRARY.values(), {"drills", "goals"})))

    assert earned[0] == earned[1] == ({TALK.id}, None)


def test_why_not_says_what_is_known_and_what_counts() -> None:
    """Numbers with their sources, the effect on learners, and the way out."""
    for words in ("Gruppen 1997", "Hodges 1996", "dare to try", "finished", "nothing else"):
        assert words in WHY_NOT


# --- a class ----------------------------------------------------------------------------------------------------


def test_results_of_a_class(tmp_path: Path) -> None:
    """By code: who handed in and finished nothing has a true 0 of completion, and no result of points."""
    at = datetime(2026, 1, 6, tzinfo=UTC)
    with Record.open(tmp_path / "class.db") as record:
        for name, turns in (("whole", None), ("half", 2)):
            journal = journal_in(tmp_path / name)
            play(TalkSession(TALK, journal), taking(*WARM), turns=turns)
            hand_in = handin.build(journal, [offer.id for offer in handin.offer(journal)], name=name)
            record.take(hand_in, file=f"{name}.jsonl", submission=Submission("canvas", "7" if turns else "8"), at=at)
        counted = completion.results(record, COURSE, load=LIBRARY.__getitem__)
        scored = completion.results(record, COURSE, {"drills"}, load=LIBRARY.__getitem__)

    by_person = {row.submission.person: row.points for row in counted.rows}
    assert by_person == {"8": 1, "7": 0}
    assert (counted.maximum, counted.counts) == (5, "exercises finished")
    assert [row.points for row in scored.rows] == [None, None]
    assert (scored.maximum, scored.counts) == (2, "keyed drill items right at first")
    assert [row.code for row in counted.rows] == sorted(row.code for row in counted.rows)
