"""A synthetic class is made by the real engine, looks like a real one, says that it is none, and is always the same."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import Clock, journal_in

from alliance_kit import handin, simulation
from alliance_kit.cohort import sample
from alliance_kit.cohort.sample import _class
from alliance_kit.cohort.sample import _persona as people
from alliance_kit.cohort.sample._journal import code_of
from alliance_kit.cohort.sample._texts import SYNTHETIC, reflection_texts, written_text
from alliance_kit.content.ease import MAX_GRADE, reading_grade, sentences
from alliance_kit.errors import ClassRecordError
from alliance_kit.grading import grade
from alliance_kit.handin import HandIn
from alliance_kit.journal import Journal, Line
from alliance_kit.library import csv_rows, exercise_ids
from alliance_kit.model import DrillSet, GoalCase, Reflection, Response, Scenario
from alliance_kit.privacy import find_identifiers, names_in
from alliance_kit.workbook import SESSIONS, load_exercise

FIXTURES = Path(__file__).parent / "fixtures"
REAL = tuple(sorted(FIXTURES.glob("v*/hand-in-*.jsonl")))
SEED = 4
numbers = st.integers(min_value=1, max_value=20_000)
seeds = st.integers(min_value=0, max_value=10_000)
QUALITIES = ("vague", "partly", "good")


@cache
def group() -> tuple[HandIn, ...]:
    """Return a class of 60."""
    return tuple(sample.learner(number, SEED) for number in range(1, 61))


@cache
def known_names() -> frozenset[str]:
    """Return the names in the patients' files: they are invented, and no identifiers."""
    talks = [e for e in map(load_exercise, exercise_ids()) if isinstance(e, Scenario)]
    told = [f"{t.patient.name} {t.setting} {t.patient.story} {' '.join(t.patient.chart)}" for t in talks]
    return frozenset().union(*map(names_in, told))


# --- like a real one --------------------------------------------------------------------------------------------


def shapes(rows: Sequence[Mapping[str, Any]]) -> dict[str, set[tuple[str, ...]]]:
    """Return the field names of each line type, those of findings, feedback and states too."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for row in rows:
        found.setdefault(row["type"], set()).add(tuple(name for name in row if name != "confidence"))
        for name in ("state_before", "state_after", "feedback"):
            if row.get(name):
                found.setdefault(name, set()).add(tuple(row[name]))
        for finding in (*row.get("findings", ()), *(row.get("feedback") or {}).get("findings", ())):
            found.setdefault("finding", set()).add(tuple(finding))
    return found


@given(numbers, seeds)
@settings(max_examples=25)
def test_a_synthetic_hand_in_is_read_and_shown_like_a_real_one(number: int, seed: int) -> None:
    """It comes back from its bytes as it was, and makes a page that says who made it."""
    made = sample.learner(number, seed)

    read = handin.read(sample.text_of(made))
    page = handin.to_html(read)

    assert read == made
    assert read.synthetic
    assert f"Synthetic Learner {number:03d}" in page


@given(numbers, seeds)
@settings(max_examples=25)
def test_a_synthetic_hand_in_holds_what_real_ones_hold(number: int, seed: int) -> None:
    """Every type of line has the fields, in the order, that a real hand-in has: nothing else leaves."""
    real: dict[str, set[tuple[str, ...]]] = {}
    for path in REAL:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for name, forms in shapes(rows[1:]).items():
            real.setdefault(name, set()).update(forms)

    made = sample.learner(number, seed)

    for name, forms in shapes(made.lines).items():
        assert forms <= real[name], name
    assert set(made.header()) == {*json.loads(REAL[0].read_text(encoding="utf-8").splitlines()[0]), "synthetic"}


@given(numbers, seeds)
@settings(max_examples=15)
def test_the_quick_way_to_bytes_gives_the_same_bytes(number: int, seed: int) -> None:
    """Exercises are put in ready-made; nobody can tell."""
    made = sample.learner(number, seed)

    assert sample.text_of(made) == made.text().encode("utf-8")


def replayed(lines: Sequence[Line], journal: Journal) -> None:
    """Send to real sessions on a real journal what a synthetic learner did."""
    clock = Clock()
    sessions: dict[str, Any] = {}
    runs: dict[str, str] = {}
    for line in (line for line in lines if line.type != "exercise"):
        if line.type == "turn":
            session = sessions[runs[f"of {line.data['run']}"]]
            sent = {"do": "say", "turn": line.data["index"], **{k: line.data[k] for k in ("reply", "confidence")}}
            assert "trouble" not in session.handle(sent)
            continue
        name = line.data["exercise"]
        if name not in sessions:
            exercise = load_exercise(name)
            sessions[name] = SESSIONS[type(exercise)](exercise, journal, clock=clock)
        for message in messages(line, sessions[name], runs):
            assert "trouble" not in sessions[name].handle(message)
        if line.type == "run":
            runs |= {line.data["run"]: sessions[name].run.id, f"of {line.data['run']}": name}


def messages(line: Line, session: Any, runs: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield what a learner clicks so that this line is kept."""
    data = line.data
    if line.type == "run" and data["branched_from"]:
        yield {"do": "show", "run": runs[data["branched_from"]["run"]]}
        yield {"do": "retry", "turn": data["branched_from"]["turn"]}
    elif line.type == "run":
        if session.position is not None and not session.over:
            yield {"do": "show", "run": next(run.id for run in session.journal.runs(data["exercise"]) if run.ended)}
        yield {"do": "begin"}
    elif session.kind == "drill":
        if data["attempt"] > session.attempt:
            yield {"do": "again"}
        yield {"do": "go", "index": [item.id for item in session.drill.items].index(data["item"])}
        yield {"do": "answer", "confidence": data["confidence"], **data["answer"]}
    elif session.kind == "goal":
        yield {"do": "write", **data["answer"]}
    elif session.kind == "reflection":
        yield {"do": "write", "texts": data["answer"]}
    elif session.kind == "scale":
        yield from ({"do": "rate", "item": i, "value": v} for i, v in list(data["answer"].items())[-1:])
    else:
        notes = [index + 1 for index, told in enumerate(session.example.lines) if told.note]
        following = next((seen for seen in notes if seen > session.seen), len(session.example.lines))
        yield {"do": "next", "seen": session.seen} if data["answer"]["seen"] == following else {"do": "all"}


def plain(lines: Sequence[Line]) -> list[dict[str, Any]]:
    """Return what lines say, runs numbered in the order in which they began, times left out."""
    order: dict[str, int] = {}
    out = []
    for line in lines:
        data = {key: value for key, value in line.data.items() if key not in ("started", "answered")}
        if "run" in data:
            data["run"] = order.setdefault(data["run"], len(order))
        if data.get("branched_from"):
            data["branched_from"] = {**data["branched_from"], "run": order[data["branched_from"]["run"]]}
        out.append({"type": line.type, **data})
    return out


@pytest.mark.parametrize("number", [1, 2, 3, 5, 8])
def test_real_sessions_record_the_same_lines(tmp_path: Path, number: int) -> None:
    """What a learner's clicks leave in a real journal is what the synthetic one holds, line by line."""
    worked = _class._worked(people.persona(number, SEED))
    journal = journal_in(tmp_path, Clock())

    replayed(worked.lines(), journal)

    kept = [line for line in journal.lines() if line.type in ("exercise", "run", "turn", "answer")]
    assert plain(kept) == plain(worked.lines())


@pytest.mark.parametrize("number", [2, 5])
def test_a_real_journal_offers_what_was_handed_in(tmp_path: Path, number: int) -> None:
    """The list of contents is the one that a learner with this journal would have ticked, but for the days."""
    made = sample.learner(number, SEED)
    journal = journal_in(tmp_path, Clock())
    replayed(_class._worked(people.persona(number, SEED)).lines(), journal)

    real = handin.build(journal, [content.id for content in made.contents])

    def told(hand_in: HandIn) -> list[tuple[str, str, str, str, int]]:
        day = re.compile(r"\d+ (January|February|March) 2026")
        return [(c.id, c.title, c.kind, day.sub("DAY", c.detail), len(c.runs)) for c in hand_in.contents]

    assert told(real) == told(made)
    assert Counter(row["type"] for row in real.lines) == Counter(row["type"] for row in made.lines)


@pytest.mark.parametrize("number", range(1, 13))
def test_recorded_replies_give_the_recorded_states(number: int) -> None:
    """Playing a talk again by its replies leads through the same states to the same ending."""
    understood = handin.understand(sample.learner(number, SEED).lines)

    for run in understood.runs.values():
        turns = understood.turns(run)
        scenario = understood.exercises[run.digest]
        assert isinstance(scenario, Scenario)
        moves = simulation.play(scenario, [turn.reply for turn in turns])
        assert [move.after.state for move in moves] == [turn.after for turn in turns]
        assert [move.after.line for move in moves] == [turn.answer_line for turn in turns]
        if run.ended:
            assert simulation.ending_of(scenario, moves[-1].after.state) == run.ended


# --- always the same --------------------------------------------------------------------------------------------


def digests(learners: int) -> str:
    """Return one digest over a few hand-ins."""
    parts = (sample.text_of(sample.learner(number, 7)) for number in range(1, learners + 1))
    return hashlib.sha256(b"".join(parts)).hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "12345"])
def test_other_runs_of_python_give_the_same_bytes(hash_seed: str) -> None:
    """Neither the hash seed nor the moment nor what was made before changes a byte."""
    code = (
        "import hashlib; from alliance_kit.cohort import sample;"
        "print(hashlib.sha256(b''.join(sample.text_of(sample.learner(n, 7)) for n in (1, 2, 3))).hexdigest())"
    )
    env = {**os.environ, "PYTHONHASHSEED": hash_seed}
    root = Path(__file__).resolve().parents[1]

    told = subprocess.run([sys.executable, "-c", code], env=env, cwd=root, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == digests(3)


def test_a_learner_is_the_same_in_a_class_of_any_size(tmp_path: Path) -> None:
    """The third learner of three is the third of five."""
    few = {path.name: path.read_bytes() for path in sample.write_class(tmp_path / "few", 3, SEED)}
    more = {path.name: path.read_bytes() for path in sample.write_class(tmp_path / "more", 5, SEED)}

    assert len(few) == 3
    assert few.items() <= more.items()


def test_another_seed_gives_another_class() -> None:
    """Two seeds share neither codes nor what was done."""
    one, other = sample.learner(1, 1), sample.learner(1, 2)

    assert one.code != other.code
    assert {row["id"] for row in one.lines}.isdisjoint(row["id"] for row in other.lines)


def test_no_clock_is_read() -> None:
    """All days lie in the first three months of 2026, in order, and no module asks for the present moment."""
    for made in group():
        moments = [row["at"] for row in made.lines if row["type"] in ("turn", "answer")]
        assert all(moment[:7] in ("2026-01", "2026-02", "2026-03") for moment in (made.made, *moments))
        assert max(moments) < made.made
        for row in made.lines:
            if row["type"] == "answer":
                assert row["started"] < row["answered"]
                assert row["answered"][:19] == row["at"][:19]
    sources = [path.read_text(encoding="utf-8") for path in Path(sample.__file__).parent.glob("*.py")]
    assert len(sources) > 4
    assert not any(re.search(r"\bnow\(|\btoday\(|import time|utcnow|uuid4|token_hex", text) for text in sources)


# --- a class worth looking at -----------------------------------------------------------------------------------


def test_a_class_holds_every_kind_of_talk() -> None:
    """All endings occur, talks played again, from a turn on, and left unfinished; all qualities of replies."""
    works = [handin.understand(made.lines) for made in group()]
    runs = [run for work in works for run in work.runs.values()]

    assert {run.ended for run in runs} == {"open", "mid", "closed", "unsafe", None}
    assert any(run.branched_from for run in runs)
    assert any(run.attempt > 1 and not run.branched_from for run in runs)
    assert {f.level for run in runs for turn in run.turns for f in turn.findings} == {"met", "partly", "not_seen"}


@pytest.mark.parametrize(
    ("part", "least", "most"),
    [("reflection", 0.2, 0.6), ("rating", 0.05, 0.5), ("confidence", 0.25, 0.7), ("contact", 0.01, 0.2)],
)
def test_what_is_not_ticked_at_first_is_ticked_by_some(part: str, least: float, most: float) -> None:
    """Reflections, self-ratings, confidence and the wish for contact are handed in by some and not by others."""
    share = sum(any(c.id.split("/")[0] == part for c in made.contents) for made in group()) / len(group())

    assert least <= share <= most


def test_some_hand_in_only_part() -> None:
    """Most do all talks, drills and goals; some leave one out, and nobody hands in nothing."""
    counts = [len({row["exercise"]["id"] for row in made.lines if row["type"] == "exercise"}) for made in group()]

    assert min(counts) >= 1
    assert len(set(counts)) >= 4


def test_goals_get_better_and_vary() -> None:
    """There are goals of one version and of three, vague and good ones, and latest versions are better on the whole."""
    goals = [
        [a for a in work.answers if a.response.exercise == "goal-kathleen"]
        for work in (handin.understand(made.lines) for made in group())
    ]
    points = [[a.feedback.points for a in versions if a.feedback] for versions in goals if versions]

    assert {len(versions) for versions in points} == {1, 2, 3}
    assert min(p for versions in points for p in versions) <= 3
    assert max(p for versions in points for p in versions) >= 10
    assert statistics.mean(v[-1] - v[0] for v in points if len(v) > 1) > 1


def rates(drill: DrillSet, *, able: bool | None = None) -> dict[str, float]:
    """Return the share of right first answers by item, of 300 learners, or of the more or the less able third."""
    learners = sorted((people.persona(number, SEED) for number in range(1, 301)), key=lambda who: who.ability)
    learners = learners if able is None else learners[-100:] if able else learners[:100]
    items = [item for item in drill.items if item.kind != "rewrite"]
    return {
        item.id: statistics.mean(
            people.choose_choice(drill, item, who.able(drill.strategies, drill.id), who.chance(item.id)).best
            for who in learners
        )
        for item in items
    }


def test_items_are_easy_hard_and_misleading() -> None:
    """A class has something to find: an easy item, a hard one, and one that the able get wrong more often."""
    drill = load_exercise("trust-drills")
    assert isinstance(drill, DrillSet)
    everybody, strong, weak = rates(drill), rates(drill, able=True), rates(drill, able=False)

    misleads = [item.id for item in drill.items if item.id in everybody and people.difficulty(drill, item)[1]]
    assert max(everybody.values()) > 0.8
    assert min(everybody.values()) < 0.4
    assert len(misleads) == 1
    assert [item for item in everybody if strong[item] < weak[item]] == misleads


# --- on its face ------------------------------------------------------------------------------------------------


def test_everything_says_that_it_is_synthetic() -> None:
    """The header, the name, and the beginning of every text of a reflection say so; the version stays the program's."""
    reflections = 0
    for number, made in enumerate(group(), start=1):
        assert made.synthetic
        assert made.name == f"Synthetic Learner {number:03d}"
        assert re.fullmatch(r"\d+\.\d+\.\d+\S*", made.program)
        for row in made.lines:
            if row["type"] == "answer" and row["exercise"] == "trust-reflection":
                reflections += 1
                assert all(text.startswith(SYNTHETIC) for text in row["answer"].values())
    assert reflections > 10


def test_codes_are_eight_hex_characters_and_never_meet() -> None:
    """Within a class no two learners share a code, and small classes of other seeds share none either."""
    one_class = [code_of(number, SEED) for number in range(1, 20_001)]
    small = [code_of(number, seed) for seed in range(100) for number in range(1, 61)]

    assert all(re.fullmatch(r"[0-9a-f]{8}", code) for code in one_class)
    assert len(set(one_class)) == len(one_class)
    assert len(set(small)) == len(small)


def test_ids_are_unique() -> None:
    """No two lines of a class share a UUID, and all have the form of version 5."""
    ids = [row["id"] for made in group() for row in made.lines if row["type"] != "written"]

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", i) for i in ids)


# --- the words --------------------------------------------------------------------------------------------------


def texts(exercise: str, item: str, quality: str | None = None) -> list[str]:
    """Return the texts of the list for an item."""
    rows = [row for row in csv_rows("sample_texts") if (row["exercise"], row["item"]) == (exercise, item)]
    return [row["text"] for row in rows if quality in (None, row["quality"])]


def points(exercise_id: str, item: str, text: str) -> float:
    """Return what the real grader gives a text, as a share."""
    exercise = load_exercise(exercise_id)
    answer = {"text": text} if isinstance(exercise, GoalCase) else {"item": item, "text": text}
    feedback = grade(exercise, Response(exercise_id, "", 1, answer))
    return feedback.points / feedback.max_points


WRITTEN = [
    *((goal, "text") for goal in ("goal-kathleen", "goal-hana", "goal-curtis")),
    *(("trust-drills", item) for item in ("validate-rewrite", "jargon-rewrite", "fears-rewrite")),
]


@pytest.mark.parametrize(("exercise", "item"), WRITTEN)
def test_good_texts_earn_more_than_partly_and_those_more_than_vague(exercise: str, item: str) -> None:
    """The real grader tells the qualities apart: on the whole far, and no good text earns less than a vague one."""
    earned = {q: [points(exercise, item, text) for text in texts(exercise, item, q)] for q in QUALITIES}

    assert statistics.mean(earned["good"]) > statistics.mean(earned["partly"]) + 0.2
    assert statistics.mean(earned["partly"]) > statistics.mean(earned["vague"]) + 0.2
    assert min(earned["good"]) > max(earned["vague"])


def test_there_are_enough_texts_and_none_twice() -> None:
    """At least six per goal and quality, four per item to rewrite, twelve reflections; every row complete."""
    rows = csv_rows("sample_texts")

    for exercise, item in WRITTEN:
        least = 6 if item == "text" else 4
        assert all(len(texts(exercise, item, quality)) >= least for quality in QUALITIES)
    counts = {len(texts("trust-reflection", prompt)) for prompt in ("noticed", "pull", "next")}
    assert len(counts) == 1
    assert min(counts) >= 12
    assert len({row["text"] for row in rows}) == len(rows)
    assert all(row["quality"] in QUALITIES and row["text"].strip() == row["text"] != "" for row in rows)


def test_texts_are_plain_and_about_nobody() -> None:
    """They read at grade 8 or below, have one to four sentences, and name nobody but the patients of the talks."""
    for row in csv_rows("sample_texts"):
        assert 1 <= len(sentences(row["text"])) <= 4, row["text"]
    assert reading_grade(row["text"] for row in csv_rows("sample_texts")) <= MAX_GRADE
    reflections = [text for prompt in ("noticed", "pull", "next") for text in texts("trust-reflection", prompt)]
    found = [
        (hit.kind, text[hit.start : hit.end])
        for text in reflections
        for hit in find_identifiers(text, known_names())
        if text[hit.start : hit.end] != "June"  # the month in which Hana's leave runs out
    ]
    assert found == []


def test_a_reflection_names_no_patient_who_was_not_met() -> None:
    """Who has not played the talk with Curtis does not write about him."""
    reflection = load_exercise("trust-reflection")
    assert isinstance(reflection, Reflection)
    for number in range(40):
        chance = people.persona(number, SEED).chance("test")
        written = reflection_texts(reflection, number, SEED, ["Curtis", "Hana", "Kathleen"], chance)
        assert list(written) == [prompt.id for prompt in reflection.prompts]
        assert not re.search("Curtis|Hana|Kathleen", " ".join(written.values()))


def test_a_small_class_reflects_in_different_words() -> None:
    """Learners take the reflections in turn, so twelve in a row write nothing alike."""
    reflection = load_exercise("trust-reflection")
    assert isinstance(reflection, Reflection)
    chance = people.persona(1, SEED).chance("test")
    written = [reflection_texts(reflection, number, SEED, [], chance)["noticed"] for number in range(1, 13)]

    assert len(set(written)) == 12


@pytest.mark.parametrize("exercise_id", ["goal-kathleen", "goal-hana", "goal-curtis"])
def test_unknown_goals_are_written_from_their_samples(exercise_id: str) -> None:
    """A goal that the list does not know gets texts of three qualities all the same, none of them a copy."""
    case = load_exercise(exercise_id)
    assert isinstance(case, GoalCase)
    earned = {}
    for quality in QUALITIES:
        chance = people.persona(1, SEED).chance(quality)
        made = [written_text("goal-of-later", "text", case.samples, quality, chance) for _ in range(12)]
        earned[quality] = statistics.mean(points(exercise_id, "text", text) for text in made)

    assert earned["good"] > earned["partly"] > earned["vague"]


def test_unknown_items_are_rewritten_from_their_samples() -> None:
    """An item that the list does not know gets lines that are read, not refused as copies."""
    drill = load_exercise("trust-drills")
    assert isinstance(drill, DrillSet)
    for item in (item for item in drill.items if item.kind == "rewrite"):
        chance = people.persona(1, SEED).chance(item.id)
        made = {q: [written_text("later", item.id, item.samples, q, chance) for _ in range(12)] for q in QUALITIES}
        earned = {q: statistics.mean(points(drill.id, item.id, text) for text in made[q]) for q in QUALITIES}
        assert earned["good"] > earned["vague"]
        assert min(points(drill.id, item.id, text) for text in made["good"]) > 0


# --- files ------------------------------------------------------------------------------------------------------


def test_a_class_is_hand_ins_and_nothing_else(tmp_path: Path) -> None:
    """One file per learner, named by code and day, in a folder that is made; each path comes when it is written."""
    folder = tmp_path / "new" / "class"

    for count, path in enumerate(sample.write_class(folder, 4, SEED), start=1):
        assert len(list(folder.iterdir())) == count
        made = handin.read(path)
        assert path.name == f"hand-in-{made.code}-{made.made[:10]}.jsonl"
        assert made == sample.learner(count, SEED)


def test_the_same_class_may_be_written_again(tmp_path: Path) -> None:
    """What the first writing left is replaced, whatever day is in its name; files of the system do not bar the way."""
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    first = {path.name: path.read_bytes() for path in sample.write_class(tmp_path, 3, SEED)}
    other_day = re.sub(r"2026-\d\d-\d\d", "2026-02-02", next(iter(first)))
    (tmp_path / next(iter(first))).rename(tmp_path / other_day)

    list(sample.write_class(tmp_path, 3, SEED))

    assert {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.name != ".DS_Store"} == first


def put_note(folder: Path) -> None:
    """Put a note there."""
    (folder / "notes.txt").write_text("Office hours", encoding="utf-8")


def put_real_hand_in(folder: Path) -> None:
    """Put the hand-in of a person there, under a name like any other."""
    shutil.copy(REAL[-1], folder / f"hand-in-{code_of(1, SEED)}-2026-01-05.jsonl")


def put_folder(folder: Path) -> None:
    """Put a folder there."""
    (folder / "group A").mkdir()


def put_other_class(folder: Path) -> None:
    """Put a synthetic class there that is another one."""
    list(sample.write_class(folder, 1, SEED + 1))


@pytest.mark.parametrize("put", [put_note, put_real_hand_in, put_folder, put_other_class])
def test_a_sample_is_not_mixed_into_anything(tmp_path: Path, put: Any) -> None:
    """A folder that holds something else is refused, with a sentence, before a single file is written."""
    put(tmp_path)
    before = sorted(tmp_path.rglob("*"))

    with pytest.raises(ClassRecordError, match=r"[Cc]hoose a new"):
        sample.write_class(tmp_path, 2, SEED)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("put", [put_note, put_real_hand_in, put_folder])
@pytest.mark.parametrize("lms", ["canvas", "moodle"])
def test_a_download_is_not_mixed_into_anything(tmp_path: Path, put: Any, lms: Any) -> None:
    """The same holds for a download."""
    put(tmp_path)

    with pytest.raises(ClassRecordError, match="choose a new or empty folder"):
        sample.write_download(tmp_path, 2, SEED, lms)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gradebook.csv", b"Student,ID\nDiaz,1\n"),
        ("submissions.zip", b"PK\x05\x06" + bytes(18)),
        ("worksheet.csv", b""),
        ("submissions.zip", b"no ZIP"),
    ],
)
def test_a_real_gradebook_is_never_written_over(tmp_path: Path, name: str, content: bytes) -> None:
    """Files with the names of a download that are not synthetic stay as they are."""
    (tmp_path / name).write_bytes(content)

    with pytest.raises(ClassRecordError, match="empty folder"):
        sample.write_download(tmp_path, 2, SEED, "canvas")
    assert (tmp_path / name).read_bytes() == content


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    """Where a file stands in the way, a sentence says so."""
    (tmp_path / "class").write_text("", encoding="utf-8")

    with pytest.raises(ClassRecordError, match="cannot be used as a folder"):
        sample.write_class(tmp_path / "class", 1, SEED)


@pytest.mark.parametrize("learners", [0, -3])
def test_a_class_has_learners(tmp_path: Path, learners: int) -> None:
    """A class of nobody is refused, and no folder is made for it."""
    with pytest.raises(ClassRecordError, match="1 or more"):
        sample.write_class(tmp_path / "class", learners, SEED)
    with pytest.raises(ClassRecordError, match="1 or more"):
        sample.write_download(tmp_path / "class", learners, SEED, "moodle")
    assert not (tmp_path / "class").exists()


def test_a_disk_that_refuses_is_told_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing half-written is left behind."""

    def refuse(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)

    with pytest.raises(ClassRecordError, match="No space left"):
        list(sample.write_class(tmp_path / "class", 1, SEED))
    assert list((tmp_path / "class").iterdir()) == []


# --- downloads --------------------------------------------------------------------------------------------------


def rows_of(sheet: Path) -> list[list[str]]:
    """Return the cells of a CSV."""
    return list(csv.reader(io.StringIO(sheet.read_bytes().decode("utf-8-sig"), newline="")))


def late_class() -> int:
    """Return how many learners it takes until one is late."""
    return next(n for n in range(3, 200) if datetime.fromisoformat(sample.learner(n, SEED).made) > sample.DUE_END)


def test_a_canvas_download_has_canvas_s_names_and_columns(tmp_path: Path) -> None:
    """Files carry the ids of the gradebook; one is late, one came twice, two people on the list gave nothing."""
    size = late_class()
    archive, sheet = sample.write_download(tmp_path, size, SEED, "canvas")

    form = re.compile(r"learner(\d{3,})synthetic(_LATE)?_(\d+)_(\d+)_hand-in-[0-9a-f]{8}-2026-\d\d-\d\d(-1)?\.jsonl")
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        names = opened.namelist()
        read = [handin.read(opened.read(name)) for name in names]
    matches = [form.fullmatch(name) for name in names]
    header, possible, *people_rows = rows_of(sheet)
    ids = {row[1]: row for row in people_rows}
    assert all(matches)
    assert [match[2] is not None for match in matches if match][-1]
    assert sum(match[5] is not None for match in matches if match) == 1
    assert all(ids[match[3]][0] == f"Learner {match[1]}, Synthetic" for match in matches if match)
    assert [made.name for made in read] == [f"Synthetic Learner {n:03d}" for n in range(1, size + 1)]
    assert header[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert possible[0].strip() == "Points Possible"
    assert people_rows[-1][0] == "Student, Test"
    assert len(people_rows) == size + 2 + 1
    assert {row[header.index("Alliance unit 1 (48211)")] for row in people_rows} == {""}
    assert all("Synthetic" in row[0] for row in people_rows[:-1])


def test_a_moodle_download_has_moodle_s_folders_and_columns(tmp_path: Path) -> None:
    """Folders carry the participant numbers of the worksheet; two people on the list gave nothing."""
    archive, sheet = sample.write_download(tmp_path, 3, SEED, "moodle")

    form = re.compile(r"(Synthetic Learner \d{3})_(\d+)_assignsubmission_file_/hand-in-[0-9a-f]{8}-[\d-]{10}\.jsonl")
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
        read = [handin.read(opened.read(name)) for name in names]
    header, *rows = rows_of(sheet)
    listed = {row[header.index("Identifier")]: row[header.index("Full name")] for row in rows}
    matches = [form.fullmatch(name) for name in names]
    assert all(matches)
    assert all(listed[f"Participant {match[2]}"] == match[1] for match in matches if match)
    assert [made.name for made in read] == [match[1] for match in matches if match]
    assert len(rows) == 5
    assert [row[header.index("Status")].split(" - ")[0] for row in rows].count("No submission") == 2
    assert {row[header.index("Grade")] for row in rows} == {""}


@pytest.mark.parametrize("lms", ["canvas", "moodle"])
def test_a_download_is_the_same_each_time(tmp_path: Path, lms: Any) -> None:
    """Written twice, into another folder or over itself, both files have the same bytes, and nothing else is there."""
    first = [path.read_bytes() for path in sample.write_download(tmp_path / "one", 3, SEED, lms)]
    second = [path.read_bytes() for path in sample.write_download(tmp_path / "two", 3, SEED, lms)]
    again = [path.read_bytes() for path in sample.write_download(tmp_path / "two", 3, SEED, lms)]

    assert first == second == again
    assert len(list((tmp_path / "two").iterdir())) == 2
