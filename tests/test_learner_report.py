"""The learner's report: what it says first, what it never says, and that two printed pages hold it."""

from __future__ import annotations

import base64
import csv
import dataclasses
import functools
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import (
    COLD,
    WARM,
    journal_in,
    odd_text,
    plain_json,
    play,
    run_python,
    small_drills,
    small_goal,
    small_reflection,
    small_scale,
    small_talk,
    taking,
)

from alliance_kit import handin, simulation
from alliance_kit.cohort import sample
from alliance_kit.errors import HandInError, ReportError
from alliance_kit.handin import HandIn
from alliance_kit.journal import Journal
from alliance_kit.model import Finding, Span
from alliance_kit.plain import canonical_json
from alliance_kit.reports.html import Html, together
from alliance_kit.reports.learner import LearnerReport, _choice, _page, learner_report, open_hand_in
from alliance_kit.reports.learner._facts import Goal, LearnerFacts, Moment, Reflected, Talk, Version
from alliance_kit.reports.learner._figure import MAX_ROWS, rows_of, talks_alt, talks_title
from alliance_kit.reports.learner._fit import plan
from alliance_kit.reports.learner._height import Unit, pages_needed, units_of
from alliance_kit.reports.learner._looking import look_at
from alliance_kit.reports.learner._room import LADDER, clip, clip_start, tidy
from alliance_kit.reports.pages import standalone
from alliance_kit.workbook import SESSIONS

ROOT = Path(__file__).resolve().parents[1]
SMALL, COURSE = (
    next((ROOT / "tests" / "fixtures" / name).glob("hand-in-*.jsonl")) for name in ("v0.1.0", "v0.1.0-course")
)
SECTIONS = ("heading", "went_well", "next_step", "figure", "moments", "goals", "reflection", "foot")
HERS = "In 4 weeks Ana will walk up two flights of stairs in her house, 3 days a week, because she wants the stairs."


def whole(report: LearnerReport) -> str:
    """Return the whole report as HTML."""
    return together([getattr(report, name)() for name in SECTIONS]).text


def text_of(html: Html | str) -> str:
    """Return what is read on the page, on one line."""
    source = html.text if isinstance(html, Html) else html
    return " ".join(re.sub(r"<[^>]+>", "", source).replace("&#x27;", "'").replace("&quot;", '"').split())


def do(journal: Journal, exercise: Any, *messages: dict[str, Any]) -> None:
    """Work on an exercise as its page does."""
    session = SESSIONS[type(exercise)](exercise, journal)
    for message in messages:
        assert "trouble" not in session.handle(message)


def talk(journal: Journal, replies: tuple[str, ...] = WARM, exercise: Any = None) -> None:
    """Play a talk from its start to its end."""
    session = SESSIONS[type(small_talk())](exercise or small_talk(), journal)
    if session.view()["phase"] != "intro":
        session.handle({"do": "begin"})
    play(session, taking(*replies), sure=0.9)


def handed_in(journal: Journal, *kept: str) -> HandIn:
    """Return everything in a journal as the instructor reads it, offers whose id starts like one of `kept` left out."""
    chosen = [offer.id for offer in handin.offer(journal) if not offer.id.startswith(kept or ("contact",))]
    return handin.read(handin.build(journal, chosen, name="Ana Diaz").text().encode())


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """Return an empty journal."""
    return journal_in(tmp_path)


# --- what it is made of -------------------------------------------------------------------------------------------


def test_moments_are_those_of_the_debrief(journal: Journal) -> None:
    """The report shows the turning points that the learner saw, with what was said, heard and could be tried."""
    talk(journal, COLD)
    facts = look_at(handed_in(journal))

    moves = simulation.play(small_talk(), list(COLD))
    assert facts.talks[0].points == simulation.turning_points(moves)
    first = facts.talks[0].turning_points[0]
    assert (first.said, first.heard, first.suggestion) == (
        "Clinician says hush here.",
        "Heard hush.",
        "I am listening.",
    )
    assert [moment.change for moment in facts.talks[0].moments] == [round(move.change, 2) for move in moves]


def test_latest_finished_talk_of_a_scene_is_shown(journal: Journal) -> None:
    """Of two finished talks and one left half-way, the second is the one whose moments stand on the page."""
    talk(journal, COLD)
    talk(journal, WARM)
    session = SESSIONS[type(small_talk())](small_talk(), journal)
    session.handle({"do": "begin"})
    play(session, taking(*COLD), turns=2)
    report = learner_report(handed_in(journal))

    assert [t.number for t in report.facts.talks] == [1, 2]
    shown = text_of(report.moments())
    assert "Clinician says together here." in shown
    assert "hush" not in shown
    assert "practice on this scene, 2" in shown


def test_goal_is_compared_first_with_latest(journal: Journal) -> None:
    """Of three versions the first and the third stand there, and each part's level first and latest."""
    texts = ("Improve stairs.", "In between.", HERS)
    do(journal, small_goal(), *({"do": "write", "text": text} for text in texts))
    shown = text_of(learner_report(handed_in(journal)).goals())

    assert "First: Improve stairs." in shown
    assert f"Latest, version 3, written from scratch: {HERS}" in shown
    assert "In between." not in shown
    assert re.search(r"Not seen at first, now seen: [^:]*By when", shown)


def test_what_changed_in_a_goal_is_marked(journal: Journal) -> None:
    """Words that went are struck out in the first version, words that came underlined in the latest."""
    do(journal, small_goal(), {"do": "write", "text": "Ana will walk far."}, {"do": "write", "text": "Ana will walk."})
    do(journal, small_goal(), {"do": "write", "text": "Ana will walk home soon."})
    html = learner_report(handed_in(journal)).goals().text

    assert "Ana will walk <del>far.</del>" in html
    assert "Ana will walk <ins>home soon.</ins>" in html


def test_only_ticked_talks_are_in_the_report() -> None:
    """A talk that is in the hand-in only because another branched from it is not shown."""
    hand_in = handin.read(SMALL)
    one = next(run for content in hand_in.contents for run in content.runs)
    contents = tuple(dataclasses.replace(c, runs=(one,) if c.runs else ()) for c in hand_in.contents)

    assert len(look_at(dataclasses.replace(hand_in, contents=contents)).talks) == 1
    assert len(look_at(hand_in).talks) > 1


# --- what went well -----------------------------------------------------------------------------------------------


def test_her_typed_words_come_first_then_the_reply_that_moved_most(journal: Journal) -> None:
    """The first quote is from the goal she wrote, with the words that did it marked; the second is a reply."""
    talk(journal)
    do(journal, small_goal(), {"do": "write", "text": HERS})
    report = learner_report(handed_in(journal))
    praises = _choice.went_well(report.facts)

    assert [praise.kind for praise in praises] == ["goal", "said"]
    assert praises[1].text == "Clinician says together here."
    html = report.went_well().text
    assert html.count("<blockquote") == 2
    assert "<mark>" in html
    assert "What she may have heard: “Heard together.”" in text_of(html)


def test_rewriting_is_quoted_where_there_is_no_goal(journal: Journal) -> None:
    """A rewritten line with everything in it that was looked for is a quote; a half-met one is none."""
    line = "You watched your brother for eight months, so no wonder that you lie awake thinking of it."
    do(journal, small_drills(), {"do": "go", "index": 2}, {"do": "answer", "item": "write", "text": line})
    facts = look_at(handed_in(journal))

    assert [praise.text for praise in _choice.went_well(facts)] == [line]
    half = [dataclasses.replace(facts.shorts[0], findings=(Finding("a", "partly", "r", "w"),))]
    assert _choice.went_well(dataclasses.replace(facts, shorts=tuple(half))) == ()


def test_nothing_yet_is_said_honestly(journal: Journal) -> None:
    """Where nothing was seen as met the page says so and quotes nothing."""
    do(journal, small_goal(), {"do": "write", "text": "Improve function."})
    report = learner_report(handed_in(journal))

    assert "<blockquote" not in report.went_well().text
    assert "comes with the next try" in text_of(report.went_well())
    assert _choice.next_step(report.facts).rule == "goal"


def test_goal_with_little_in_it_is_not_praised(journal: Journal) -> None:
    """One part seen of seven is no example of a good goal, though that part is met; with half of them it is."""
    do(journal, small_goal(), {"do": "write", "text": HERS})
    facts = look_at(handed_in(journal))
    goal = facts.goals[0]
    kept, *rest = (f for f in goal.latest.findings if f.level == "met" and f.spans)
    thin = tuple(dataclasses.replace(f, level="not_seen") if f is not kept else f for f in goal.latest.findings)
    poor = dataclasses.replace(goal, latest=dataclasses.replace(goal.latest, findings=thin))

    assert rest
    assert [praise.kind for praise in _choice.went_well(facts)] == ["goal"]
    assert _choice.went_well(dataclasses.replace(facts, goals=(poor,))) == ()


@pytest.mark.parametrize(("why", "spans", "quoted"), [("Hers.", 2, True), ("Hers.", 1, False), ("h" * 111, 2, False)])
def test_tie_to_the_patient_has_to_hold(why: str, spans: int, quoted: bool) -> None:
    """One word in common is chance, and a quote too long to show whole proves nothing; then another part is quoted."""
    text = "She walks home."
    marked = (Span(0, 3), Span(4, 9))[:spans]
    findings = (
        Finding("hers", "met", "r", why, spans=marked),
        Finding("specific", "met", "r", "Clear.", spans=(Span(4, 14),)),
    )
    version = Version(text=text, findings=findings, next_step="")
    goal = Goal(exercise="g", title="G", patient="Ana", at="1", versions=1, first=version, latest=version)
    facts = dataclasses.replace(full("w", scenes=0), goals=(goal,), shorts=(), talks=())

    assert [praise.part for praise in _choice.went_well(facts)] == ["hers" if quoted else "specific"]


# --- one thing to try next ----------------------------------------------------------------------------------------

STEPS = {
    "safety": ("listen", "own-it", "pass-over", "ask-first", "together"),
    "turn": ("listen", "own-it", "ask-calf", "ask-first", "half"),
}


def test_missed_step_of_care_comes_before_all_else(journal: Journal) -> None:
    """With a step missed and turns the wrong way, the step is the one thing, with a line that takes it."""
    talk(journal, ("hush", "push", "pass-over", "ask-first", "together"))
    step = _choice.next_step(look_at(handed_in(journal)))

    assert (step.rule, step.what) == ("safety", "Nobody asked about the calf.")
    assert step.line == "Clinician says ask-calf here."


def test_line_to_try_is_for_the_turn_at_which_care_was_breached(journal: Journal) -> None:
    """A hand that went on unasked gets the line of that very turn, not another line that happens to meet the step."""
    talk(journal, ("listen", "own-it", "ask-calf", "just-touch", "together"))
    facts = look_at(handed_in(journal))
    step = _choice.next_step(facts)
    breach = next(moment for moment in facts.talks[0].moments if "just-touch" in moment.said)

    assert step.rule == "safety"
    assert breach.suggestion
    assert step.line == breach.suggestion == "May I?"


def test_each_moment_says_how_strong_the_reply_was(journal: Journal) -> None:
    """The level stands beside what was said in words, so that a card without a line to try is not a riddle."""
    talk(journal)
    shown = text_of(learner_report(handed_in(journal)).moments())

    assert "You said strong" in shown


def test_turn_most_the_wrong_way_comes_next(journal: Journal) -> None:
    """Without a missed step the turn that lost most is the one thing, with its line to try."""
    talk(journal, ("hush", "push", "ask-calf", "ask-first", "together"))
    step = _choice.next_step(look_at(handed_in(journal)))

    assert (step.rule, step.turn, step.line) == ("turn", 1, "I am listening.")


def test_goal_comes_before_a_turn_that_only_could_open_more(journal: Journal) -> None:
    """A workable reply waits until the goal has nothing left; then it is the one thing."""
    talk(journal, ("form", "own-it", "ask-calf", "ask-first", "together"))
    do(journal, small_goal(), {"do": "write", "text": "Improve function."})
    facts = look_at(handed_in(journal))

    assert _choice.next_step(facts).rule == "goal"
    assert _choice.next_step(dataclasses.replace(facts, goals=())).rule == "open"


def test_short_exercise_comes_last_and_then_there_is_something_to_keep(journal: Journal) -> None:
    """A short one with something left to find is next where there is nothing else; else keep, else begin."""
    do(journal, small_drills(), {"do": "go", "index": 1}, {"do": "answer", "item": "narrow", "choice": "no"})
    facts = look_at(handed_in(journal))
    step = _choice.next_step(facts)
    assert (step.rule, step.line) == ("short", "This one.")

    talk(journal)
    kept = dataclasses.replace(look_at(handed_in(journal)), shorts=())
    assert _choice.next_step(kept).rule == "keep"
    assert _choice.next_step(dataclasses.replace(facts, shorts=())).rule == "begin"


@pytest.mark.parametrize("replies", [WARM, COLD, *STEPS.values()], ids=["warm", "cold", *STEPS])
def test_exactly_one_thing_is_named_with_its_rule(journal: Journal, replies: tuple[str, ...]) -> None:
    """There is one card, and it says why this was chosen."""
    talk(journal, replies)
    html = learner_report(handed_in(journal)).next_step().text

    assert html.count('class="card try"') == 1
    assert html.count("Chosen because") == 1


# --- the figure ---------------------------------------------------------------------------------------------------


def test_figure_says_in_words_what_it_shows(journal: Journal) -> None:
    """The alternative text names each talk with its counts and the turns of its moments."""
    talk(journal, COLD)
    talk(journal, WARM)
    facts = look_at(handed_in(journal))
    alt = talks_alt(facts, rows_of(facts))

    assert alt == (
        "Dots, one a turn. Ana: 5 turns, 0 strong, 1 workable. "
        "Ana, practice on this scene, 2: 5 turns, 5 strong, 0 workable; moments at turn 3, 4 and 5."
    )
    assert alt in learner_report(handed_in(journal)).figure().text
    assert talks_title(facts, rows_of(facts)) == "With Ana: 0 strong replies at first, 5 with practice"


def test_figure_is_bounded_and_keeps_a_scene_together(journal: Journal) -> None:
    """Of eleven talks of two scenes, played in turn, the last nine stand in two groups, and the figure says so."""
    for number in range(11):
        talk(journal, WARM, small_talk(f"talk-{'ab'[number % 2]}"))
    report = learner_report(handed_in(journal))
    rows = rows_of(report.facts)

    assert len(rows) == MAX_ROWS
    assert [row.talk.exercise for row in rows] == ["talk-b"] * 4 + ["talk-a"] * 5
    assert "Your last nine talks are shown." in text_of(report.figure())


def test_figure_without_talks_is_the_goal_and_without_both_a_sentence(journal: Journal) -> None:
    """A goal stands in for talks, first against latest; with neither there is a sentence and no picture."""
    do(journal, small_scale(), {"do": "rate", "item": "listen", "value": 3})
    assert "<img" not in learner_report(handed_in(journal)).figure().text
    do(journal, small_goal(), {"do": "write", "text": "Improve stairs."}, {"do": "write", "text": HERS})
    html = learner_report(handed_in(journal)).figure().text

    assert "<img" in html
    assert "By when: not seen yet, then seen" in html


def test_names_that_drawings_read_as_formulas_are_drawn_as_they_are(journal: Journal) -> None:
    """A name with dollars, controls and half an emoji gives a figure, without a warning on the page."""
    person = dataclasses.replace(small_talk().patient, called="$\\frac{1}$ \x01\ud83d Ana")
    talk(journal, WARM, small_talk(patient=person))
    html = learner_report(handed_in(journal)).figure().text
    picture = base64.b64decode(re.search(r"base64,([^\"]+)", html)[1]).decode()
    assert "$\\frac{1}$" in picture
    assert not set(map(chr, range(9))) & set(picture)


# --- what it never says -------------------------------------------------------------------------------------------


def test_confidence_and_self_ratings_are_nowhere() -> None:
    """Nothing of confidence, self-ratings or the alliance's numbers is on the page, though all is in the hand-in."""
    hand_in = handin.read(SMALL)
    assert any(content.id == "confidence" for content in hand_in.contents)
    report = learner_report(hand_in)
    html = whole(report)

    for word in ("onfiden", "self-rating", "I listened", "not yet</", "0.7", "70 %", "bond", "points", "score"):
        assert word not in html
    rated = [line for line in hand_in.lines if line.get("exercise") != "synthetic-scale"]
    assert report.facts.exercises == look_at(dataclasses.replace(hand_in, lines=tuple(rated))).exercises


def test_name_is_nowhere_and_the_day_has_no_hour() -> None:
    """The code and the day stand in the first line; the name that was typed does not."""
    hand_in = handin.read(COURSE)
    shown = whole(learner_report(hand_in))

    assert hand_in.name == "Synthetic Learner"
    assert hand_in.name not in shown
    assert "Learner 00000003, handed in on 5 January 2026, 8 exercises. For practice; this is no grade." in shown
    assert "14:0" not in text_of(shown)


def test_synthetic_and_unreviewed_are_said() -> None:
    """A sample says that nobody made it; exercises that no clinician has looked at say so."""
    hand_in = handin.read(COURSE)
    assert "no clinician" not in whole(learner_report(hand_in))
    assert 'class="banner"' not in whole(learner_report(hand_in))

    made = whole(learner_report(dataclasses.replace(hand_in, synthetic=True)))
    assert "Synthetic sample: no real learner, no real patient." in made
    assert "not yet reviewed by a clinician" in made


def test_reflection_is_shown_only_if_sent(journal: Journal) -> None:
    """Sent, it stands there as she wrote it; kept, one line says that it is written; unwritten, there is nothing."""
    talk(journal)
    assert learner_report(handed_in(journal)).reflection() == Html("")
    do(journal, small_reflection(), {"do": "write", "texts": {"noticed": "I hurried.\nThen I sat.", "next": "Sit."}})
    sent = learner_report(handed_in(journal)).reflection().text
    kept = learner_report(handed_in(journal, "reflection/")).reflection()

    assert "I hurried.\nThen I sat." in sent
    assert "What did you notice?" in sent
    assert "hurried" not in kept.text
    assert "and kept the text" in text_of(kept)


def test_every_word_of_a_person_is_escaped() -> None:
    """HTML in any text, the exercises' own included, is shown as text."""
    evil = "<script>alert(1)</script><img src=x onerror=y>"
    html = whole(learner_report(handin.read(rewritten(COURSE, lambda text: f"{text} {evil}"))))

    assert "<script" not in html
    assert "<img src=x" not in html
    assert "&lt;script&gt;" in html
    assert set(re.findall(r"<(\w+)", html)) <= {
        "h1", "h2", "h3", "p", "section", "blockquote", "mark", "span", "div", "ol", "ul", "li", "dl", "dt", "dd",
        "figure", "img", "figcaption", "del", "ins",
    }  # fmt: skip


TEXTS = {"said", "line", "answer_line", "text", "why", "try_instead", "next_step", "hears", "title", "called", "stem"}


def rewritten(source: Path, change: Any) -> bytes:
    """Return a hand-in with its texts changed, the exercises' digests made to fit."""
    head, *rows = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]

    def walk(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: walk(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [walk(inner, name) for inner in value]
        return change(value) if isinstance(value, str) and name in TEXTS else value

    return written([head | {"code": change(head["code"])}, *refitted([walk(row) for row in rows])])


def refitted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines with the digests of changed exercises made to fit, also where others name them."""
    new = {}
    for row in rows:
        if row.get("type") == "exercise" and isinstance(row.get("exercise"), dict):
            digest = hashlib.sha256(canonical_json(row["exercise"]).encode("utf-8", "surrogatepass")).hexdigest()
            new[row.get("digest") if isinstance(row.get("digest"), str) else ""] = digest
    return [row | {"digest": new.get(row["digest"], row["digest"])} if isinstance(row.get("digest"), str) else row
            for row in rows]  # fmt: skip


def written(rows: list[dict[str, Any]]) -> bytes:
    """Return lines as the bytes of a hand-in; the header counts them."""
    return "".join(json.dumps(row) + "\n" for row in [rows[0] | {"lines": len(rows) - 1}, *rows[1:]]).encode()


# --- odd hand-ins -------------------------------------------------------------------------------------------------


@functools.cache
def small_rows() -> tuple[str, ...]:
    """Return the lines of a small hand-in of every kind of exercise."""
    return tuple(SMALL.read_text(encoding="utf-8").splitlines())


def mutated(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    """Change something somewhere in the lines: a field goes, or gets another value."""
    place: Any = data.draw(st.sampled_from(rows))
    while True:
        keys = sorted(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        if isinstance(place[key], dict | list) and place[key] and data.draw(st.integers(0, 3)):
            place = place[key]
            continue
        kind = data.draw(st.integers(0, 4))
        if kind == 0:
            del place[key]
        elif kind == 1:
            place[key] = data.draw(plain_json)
        elif isinstance(place[key], str):
            place[key] = data.draw(odd_text)
        elif isinstance(place[key], int | float):
            place[key] = data.draw(st.integers(-5, 99) | st.floats(allow_nan=False, allow_infinity=False))
        return


@given(data=st.data())
@settings(max_examples=120)
def test_nothing_that_can_be_read_raises(data: st.DataObject) -> None:
    """Whatever `handin.read` accepts makes a report, however its fields were changed."""
    rows = [json.loads(row) for row in small_rows()]
    for _ in range(data.draw(st.integers(1, 4))):
        mutated(rows, data)
    try:
        hand_in = handin.read(written(refitted(rows)) if isinstance(rows[0], dict) else b"")
    except (HandInError, ValueError):
        return
    html = whole(learner_report(hand_in))
    assert len(html) < 300_000
    html.encode("utf-8")


@pytest.mark.parametrize("drop", ["exercise", "turn", "run", "answer"])
def test_lines_that_are_missing_leave_a_report(drop: str) -> None:
    """Without its exercises, turns, runs or answers a hand-in still makes a page."""
    head, *rows = [json.loads(row) for row in small_rows()]
    kept = [row for row in rows if row["type"] != drop]
    report = learner_report(handin.read(written([head, *kept])))

    assert "Your practice report" in whole(report)


def test_every_released_version_and_no_finding_at_all(journal: Journal) -> None:
    """Hand-ins of all versions make reports; so does one where nothing was graded."""
    for path in (ROOT / "tests" / "fixtures").glob("*/hand-in-*.jsonl"):
        assert "<h1>" in whole(learner_report(handin.read(path)))
    rows = [json.loads(row) for row in small_rows()]
    bare = [row | {k: ([] if k == "findings" else None) for k in ("findings", "feedback") if k in row} for row in rows]
    assert "<h1>" in whole(learner_report(handin.read(written(bare))))


def test_same_bytes_under_any_hash_seed() -> None:
    """The report is the same text in every process."""
    code = (
        "import hashlib; from alliance_kit.reports.learner import *; "
        f"r = learner_report(open_hand_in({str(COURSE)!r})); "
        f"print(hashlib.sha256(''.join(getattr(r, n)().text for n in {SECTIONS}).encode()).hexdigest())"
    )
    assert run_python(code, PYTHONHASHSEED="1") == run_python(code, PYTHONHASHSEED="2")


def test_report_needs_no_table_library_and_no_drawing_state() -> None:
    """What a learner's notebook loads stays small: no pandas, no pyplot."""
    code = (
        "import sys; from alliance_kit.reports.learner import *; "
        f"learner_report(open_hand_in({str(COURSE)!r})).figure(); "
        "print(sorted({'pandas', 'matplotlib.pyplot', 'sqlalchemy', 'nbconvert'} & set(sys.modules)))"
    )
    assert run_python(code).strip() == "[]"


def test_another_learners_file_is_told(tmp_path: Path) -> None:
    """A report about one learner is never made from another's file; a file that is none is told in words."""
    with pytest.raises(ReportError, match="is by learner '00000003', but the report is about 'abcdef01'"):
        open_hand_in(str(COURSE), "abcdef01")
    with pytest.raises(ReportError, match="no hand-in"):
        open_hand_in(str(ROOT / "pyproject.toml"))
    assert open_hand_in(str(COURSE), "00000003").code == "00000003"


def test_without_a_file_there_is_a_synthetic_example() -> None:
    """The template opened as it is shows a sample that says it is one."""
    assert open_hand_in("").synthetic


# --- room ---------------------------------------------------------------------------------------------------------


@given(text=st.text(max_size=200), room=st.integers(2, 120))
def test_clipped_texts_keep_their_room(text: str, room: int) -> None:
    """A cut text is no longer than its room, says that it was cut, and keeps its beginning, or its end."""
    ahead, behind = clip(text, room), clip_start(text, room)

    assert len(ahead) <= max(room, 2)
    assert len(behind) <= max(room, 3)
    if len(text) <= room:
        assert ahead == behind == text
    else:
        assert ahead.endswith("…")
        assert behind.startswith("…")
        assert text.startswith(ahead.removesuffix("…"))


@given(text=odd_text)
def test_tidy_texts_are_one_line_without_controls(text: str) -> None:
    """No control, half an emoji or direction override is left, and nothing but blanks divides the words."""
    assert tidy(text) == " ".join(tidy(text).split())
    assert not re.search("[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", tidy(text))
    tidy(text).encode("utf-8")


def test_clipping_ends_at_a_word_and_begins_at_a_sentence() -> None:
    """What is left can be read: whole words, and where there is room a whole last sentence."""
    assert clip("One two three four", 12) == "One two…"
    assert clip("One two. Three four", 12) == "One two…"
    assert clip_start("No. And no. … Why are you asking me that?", 32) == "… Why are you asking me that?"
    assert clip_start("It was long. And then? [She looks away.] So what do we do now?", 45) == (
        "… [She looks away.] So what do we do now?"
    )


def test_headings_stay_with_what_follows() -> None:
    """A heading that would stand last on a page goes to the next with its card, and is counted there."""
    assert pages_needed([Unit(90), Unit(8, heads=True), Unit(20), Unit(80)], 100) == 3
    assert pages_needed([Unit(60), Unit(8, heads=True), Unit(20), Unit(80)], 100) == 2
    assert sum(unit.height for unit in units_of(Html("<h2>A</h2><p>B</p>"))) > 10


def test_short_reports_are_not_cut(journal: Journal) -> None:
    """A hand-in with one talk and one goal is shown in full: nothing ends in an ellipsis."""
    talk(journal)
    do(journal, small_goal(), {"do": "write", "text": HERS})
    report = learner_report(handed_in(journal))

    assert "…" not in whole(report)
    assert report.plan.goals == LADDER[-1]


# --- printed ------------------------------------------------------------------------------------------------------

ALPHABETS = {
    "prose": "The stairs again, and nobody asks me what they are for. ",
    "wide": "WWW MMM OOO QQQ ",
    "chinese": "我想自己走上楼梯回到花园里去",
    "unbroken": "Xylophonwettbewerb",
    "lines": "a\nbb\n",
    "emoji": "🦵 walk 👣 ",
}


def full(words: str, scenes: int = 5, attempts: int = 3, length: int = 4000, title: str = "") -> LearnerFacts:
    """Return the facts of a learner with everything, each text of that length."""
    text = (words * 400)[:length]
    levels = ("not_seen", "partly", "met", "unsure")
    moments = tuple(
        Moment(turn=n + 1, line=text, said=text, act=n % 2 == 0, level=levels[n % 3], change=n - 5.0, why=text,
               heard=text, suggestion="" if n % 3 == 2 else text)
        for n in range(14)
    )  # fmt: skip
    talks = tuple(
        Talk(exercise=f"talk-{scene}", title=title or text, patient=title[-6:] or words.strip() * 3, pronoun="they",
             day="28 September 2026", at=f"{attempt}", number=attempt, branched_at=3, moments=moments,
             points=(1, 6, 13), missed=((text, text),))
        for attempt in range(1, attempts + 1)
        for scene in range(scenes)
    )  # fmt: skip
    criteria = ("specific", "measurable", "achievable_context", "relevant", "time_bound", "patient_centred", "hers")
    first, latest = (
        Version(
            text=f"{start} {text}",
            findings=tuple(
                Finding(name, levels[(n * k) % 4], "goal/x", text, spans=(Span(5, 40),))
                for n, name in enumerate(criteria, 1)
            ),
            next_step=text,
        )
        for k, start in ((1, "One"), (2, "Two"))
    )
    goals = tuple(
        Goal(
            exercise=f"goal-{n}",
            title=title or text,
            patient=title[-6:] or words,
            at=str(n),
            versions=4,
            first=first,
            latest=latest,
        )
        for n in range(5)
    )
    said = Reflected(title=text, answers=tuple((text, text) for _ in range(3)))
    return LearnerFacts(
        code="0" * 60, day="28 September 2026", synthetic=True, exercises=40, talks=talks, goals=goals, shorts=(),
        reflections=(said, Reflected(title=text, answers=())), unreviewed=True,
    )  # fmt: skip


def pages_of(page: Any, html: str, paper: str) -> int:
    """Return how many pages a report takes on paper, as Chromium prints it."""
    page.set_content(html)
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper)))


@pytest.mark.parametrize("words", ALPHABETS.values(), ids=list(ALPHABETS))
def test_everything_fits_on_two_pages(page: Any, words: str) -> None:
    """A learner with everything and endless texts has two pages, on A4 and on US Letter."""
    facts = full(words)
    html = standalone("Practice report", Html(whole(LearnerReport(facts, plan(facts)))))

    assert [pages_of(page, html, paper) for paper in ("A4", "Letter")] == [2, 2]
    assert len(html.encode()) < 300_000


@pytest.mark.parametrize(("scenes", "attempts"), [(1, 1), (1, 9), (2, 2), (3, 1)])
def test_usual_amounts_fit_on_two_pages(page: Any, scenes: int, attempts: int) -> None:
    """With texts as long as the course's longest, up to three scenes are shown in full, however often played."""
    facts = full(ALPHABETS["prose"], scenes, attempts, 200, "Whose dime: a third visit with Curtis")
    facts = dataclasses.replace(facts, goals=facts.goals[:scenes])
    report = LearnerReport(facts, plan(facts))
    html = standalone("Practice report", Html(whole(report)))

    assert [pages_of(page, html, paper) for paper in ("A4", "Letter")] == [2, 2]
    assert len(report.plan.talks) == scenes


def test_learner_who_did_most_has_all_on_two_pages(page: Any) -> None:
    """Of a class, the one with most work has three scenes and her goals in full, and two pages."""
    hand_in = max((sample.learner(number, 1) for number in range(1, 25)), key=lambda made: len(made.lines))
    report = learner_report(hand_in)
    html = standalone("Practice report", Html(whole(report)))

    assert [pages_of(page, html, paper) for paper in ("A4", "Letter")] == [2, 2]
    assert len(report.plan.talks) == len(report.facts.latest_talks[-3:])
    assert min(report.plan.goals_in_full, len(report.facts.goals)) >= 2


def test_course_fits_and_nothing_is_wider_than_a_small_screen(page: Any) -> None:
    """The course's report is two pages, and on a phone nothing but the figure scrolls sideways."""
    html = standalone("Practice report", Html(whole(learner_report(handin.read(COURSE)))))
    assert [pages_of(page, html, paper) for paper in ("A4", "Letter")] == [2, 2]

    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 360


# --- the notebook and the words -----------------------------------------------------------------------------------


def test_template_is_a_plain_notebook() -> None:
    """One explanation that stays out of the report, one cell of parameters, then one call a cell; nothing kept."""
    notebook = nbformat.read(ROOT / "notebooks" / "reports" / "learner_report.ipynb", 4)
    nbformat.validate(notebook)
    text, parameters, setup, *calls = notebook.cells

    assert "not-in-report" in text.metadata.tags
    assert parameters.metadata.tags == ["parameters"]
    assert parameters.source == 'hand_in = ""\nlearner = ""'
    assert "open_hand_in(hand_in, learner)" in setup.source
    assert [cell.source for cell in calls] == [f"report.{name}()" for name in SECTIONS]
    assert not any(cell.outputs or cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.metadata.kernelspec.name == "python3"


def test_every_sentence_of_the_wording_is_used() -> None:
    """No sentence is left over, and none is missing: the list and the code name the same keys."""
    rows = csv.DictReader((ROOT / "exercises" / "lexicons" / "report_wording.csv").open(encoding="utf-8"))
    keys = [row["key"] for row in rows]
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "alliance_kit/reports/learner").glob("*.py"))
    made = re.compile(
        r"criterion/|praise/|now-|heard-|may-|next-\w+-why|next-(safety|turn|goal|short|keep|begin)$|well-|figure-again-"
    )

    assert len(keys) == len(set(keys))
    used = set(re.findall(r"[\"']([a-z-]+)[\"']", code))
    assert [key for key in keys if key not in used and not made.match(key)] == []


def test_page_functions_say_nothing_where_there_is_nothing() -> None:
    """Sections without content are empty, so no heading stands alone."""
    report = learner_report(handin.read(written([json.loads(small_rows()[0])])))

    assert _page.moments(report.facts, ()) == Html("")
    assert _page.goals(report.facts, LADDER[0]) == Html("")
    assert "There is not much here yet" in text_of(whole(report))


def test_many_reflections_are_named_and_the_latest_two_shown() -> None:
    """Of four reflections that were sent the latest two stand there in full, and the others by title."""
    sent = [Reflected(title=f"Looking back {number}", answers=(("What?", f"Text {number}."),)) for number in range(4)]
    shown = text_of(_page.reflection([*sent, Reflected(title="Kept", answers=())], LADDER[-1]))

    assert "Text 2." in shown
    assert "Text 3." in shown
    assert "Text 1." not in shown
    assert "You also sent “Looking back 0” and “Looking back 1”" in shown
    assert "You wrote “Kept” and kept the text." in shown


def test_thousand_scenes_are_quick_and_bounded() -> None:
    """A hostile hand-in of a thousand scenes makes a page of usual size."""
    facts = full("Many. ", scenes=1000, attempts=1, length=60)
    html = whole(LearnerReport(facts, plan(facts)))

    assert len(html) < 100_000
    assert re.search(r"99\d more", html)
