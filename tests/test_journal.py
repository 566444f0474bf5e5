"""The journal keeps what the learner did, as shown, and says in plain sentences what it could not read."""

from __future__ import annotations

import gc
import json
import os
import shutil
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fixtures.make import DRILL, EXAMPLE, GOAL, SCENARIO, Counted, answer, play

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError, JournalError, UnknownExerciseError
from alliance_kit.journal import Branching, Journal, PlainCodec
from alliance_kit.model import Feedback, Finding, Response, Span, digest_of

FIXTURES = sorted(path for path in (Path(__file__).parent / "fixtures").glob("v*") if path.is_dir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(folder: Path) -> Journal:
    return Counted().journal(folder)


def rows(folder: Path, name: str = "journal.jsonl") -> list[dict]:
    return [json.loads(line) for line in (folder / name).read_bytes().split(b"\n") if line]


# --- lines ------------------------------------------------------------------------------------------------------


def test_looking_touches_nothing(folder: Path) -> None:
    """A journal that is only looked at makes no folder."""
    journal = Journal(folder)

    assert (journal.lines(), journal.runs(), journal.answers(), journal.notices()) == ((), (), (), ())
    assert journal.draft("x") == ""
    assert not folder.exists()


def test_line_has_envelope_first_and_is_readable(journal: Journal, folder: Path) -> None:
    """Each line is one JSON object: schema, id, machine, number, time and type, then what it says, unescaped."""
    journal.record("note", text="Grüße ☀")

    raw = (folder / "journal.jsonl").read_text("utf-8")
    assert list(json.loads(raw)) == ["schema", "id", "machine", "seq", "at", "type", "text"]
    assert "Grüße ☀" in raw
    assert json.loads(raw)["at"] == "2026-01-05T14:02:00.000Z"


def test_sequence_counts_up_per_machine_across_windows(folder: Path) -> None:
    """Two windows on one folder number their lines in one sequence, under one machine id."""
    one, two = Journal(folder), Journal(folder)
    for window in (one, two, two, one):
        window.record("note")

    assert [line.seq for line in one.lines()] == [1, 2, 3, 4]
    assert len({line.machine for line in two.lines()}) == 1


def test_what_one_window_writes_the_other_reads(folder: Path) -> None:
    """A window that is already open sees lines of another one at its next look."""
    one, two = Journal(folder), Journal(folder)
    one.record("note", text="first")
    two.lines()
    line = one.record("note", text="second")

    assert two.lines()[-1] == line
    assert one.lines() == two.lines()


def test_payload_may_use_any_name(journal: Journal) -> None:
    """Even `name`, which is what the first parameter is called."""
    assert journal.record("learner", code="ab", name="Ada").data["name"] == "Ada"


@pytest.mark.parametrize(
    "text", ["a\nb\r\nc", "\u2028\u2029\x85\x0b\x0c", "\ud83d half an emoji", "\0", '"}\\', "é" * 9000]
)
def test_any_text_comes_back_as_typed(folder: Path, text: str) -> None:
    """Line breaks of every kind, half an emoji and NULs survive, and stay on one line of the file."""
    Journal(folder).record("note", text=text)
    Journal(folder).save_draft("k", text)

    again = Journal(folder)
    assert again.lines()[0].data["text"] == text
    assert again.draft("k") == text
    assert (folder / "journal.jsonl").read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    ("value", "why"),
    [(float("nan"), "cannot be kept"), ("x" * (8 * 1024 * 1024), "longer than 8 MB"), ({1, 2}, "cannot be kept")],
    ids=["nan", "long", "set"],
)
def test_what_could_not_be_read_back_is_not_written(journal: Journal, folder: Path, value: object, why: str) -> None:
    """Better a sentence now than a line that no later version reads."""
    with pytest.raises(JournalError, match=why):
        journal.record("note", value=value)
    assert not (folder / "journal.jsonl").exists()


def test_deep_nesting_is_not_written(journal: Journal) -> None:
    """Nesting past 60 is refused at writing as it is at reading."""
    deep: object = "x"
    for _ in range(61):
        deep = [deep]
    with pytest.raises(JournalError, match="nested deeper than 60"):
        journal.record("note", deep=deep)


def test_brackets_in_text_are_no_nesting(journal: Journal) -> None:
    """A text full of brackets and quotes is not taken for nested JSON."""
    text = '[{"\\' * 500

    assert journal.record("note", text=text).data["text"] == text


def test_known_type_with_other_fields_is_refused(journal: Journal) -> None:
    """A line that this version could not read back as what it claims to be never gets into the file."""
    with pytest.raises(ExerciseFileError, match="turn"):
        journal.record("turn", run="r")


def test_codec_is_the_only_seam(folder: Path) -> None:
    """With another codec no readable word is in any file, and everything reads back."""

    class Turned(PlainCodec):
        def encode(self, data):
            return super().encode(data).hex().encode()

        def decode(self, raw):
            return super().decode(bytes.fromhex(raw.decode()))

    journal = Journal(folder, codec=Turned())
    journal.record("note", text="canary")
    journal.save_draft("k", "canary")

    again = Journal(folder, codec=Turned())
    assert again.lines()[0].data["text"] == again.draft("k") == "canary"
    assert not [path for path in folder.iterdir() if b"canary" in path.read_bytes()]


@pytest.mark.skipif(os.name != "posix", reason="permission bits are a POSIX matter")
def test_files_are_private_whatever_the_umask(folder: Path) -> None:
    """The folder is 0700, every file in it 0600, and Git is kept out."""
    old = os.umask(0)
    try:
        journal = Journal(folder)
        journal.record("note")
        journal.save_draft("k", "words")
    finally:
        os.umask(old)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert (folder / ".gitignore").read_text() == "*\n"


def test_opening_ten_thousand_lines_is_quick(folder: Path) -> None:
    """Opening a long journal (10 MB) takes less than 4 times the bare reading of its JSON."""
    play(Journal(folder), ["ask", "share"])
    turn = next(row for row in rows(folder) if row["type"] == "turn")
    with (folder / "journal.jsonl").open("ab") as file:
        for number in range(10_000):
            file.write(json.dumps(turn | {"id": f"id-{number}", "run": f"run-{number // 12}"}).encode() + b"\n")

    def opening() -> None:
        assert len(Journal(folder).lines()) > 10_000

    def reading() -> None:
        gc.disable()
        assert len(rows(folder)) > 10_000
        gc.enable()

    def seconds(act: Callable[[], None]) -> float:
        began = time.process_time()
        act()
        return time.process_time() - began

    # A busy machine slows both, so the two take turns and are compared with each other.
    pairs = [(seconds(opening), seconds(reading)) for _ in range(5)]
    assert min(opened for opened, _ in pairs) < 4 * min(read for _, read in pairs)
    assert min(opened for opened, _ in pairs) < 1


# --- the learner ------------------------------------------------------------------------------------------------


def test_code_is_random_made_once_and_without_name(folder: Path) -> None:
    """The code has nothing to do with the name, and every window uses the same one."""
    one, two = Journal(folder), Journal(folder)
    code = one.learner.code
    two.set_name("  Ada Example ")

    assert one.learner.code == two.learner.code == code
    assert one.learner.name == "Ada Example"
    assert len(code) == 8
    assert Journal(folder.with_name("other")).learner.code != code


def test_older_code_stays_when_journals_are_merged(tmp_path: Path) -> None:
    """Work was handed in under the older code, so it counts on both machines; the newest name does too."""
    counted = Counted()
    old, new = counted.journal(tmp_path / "old"), counted.journal(tmp_path / "new")
    old_code = old.learner.code
    new.set_name("Ada")
    new.import_file(tmp_path / "old" / "journal.jsonl")

    assert (new.learner.code, new.learner.name) == (old_code, "Ada")


# --- exercises --------------------------------------------------------------------------------------------------


def test_exercise_is_kept_once_per_digest(journal: Journal) -> None:
    """However often it is worked on, by whichever window."""
    digest = journal.keep_exercise(SCENARIO)
    journal.keep_exercise(SCENARIO)
    Journal(journal.folder).keep_exercise(SCENARIO)

    assert len(journal.lines("exercise")) == 1
    assert digest == digest_of(SCENARIO)
    assert journal.exercise(digest) == SCENARIO


def test_changed_exercise_is_not_passed_off_as_the_old_one(journal: Journal, folder: Path) -> None:
    """Content that no longer fits its digest is not what the learner saw."""
    digest = journal.keep_exercise(SCENARIO)
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"will it ever bend", b"will it never bend"))

    again = Journal(folder)
    with pytest.raises(UnknownExerciseError, match="no exercise with the digest"):
        again.exercise(digest)
    assert again.keep_exercise(SCENARIO) == digest
    assert again.exercise(digest) == SCENARIO


# --- conversations ----------------------------------------------------------------------------------------------


def test_run_comes_back_as_shown(journal: Journal, folder: Path) -> None:
    """Words, states, findings with spans, confidence and grader are what was recorded, not computed anew."""
    played = play(journal, ["ask", "share"], confidence=0.7)
    moves = simulation.play(SCENARIO, ["ask", "share"])

    (run,) = Journal(folder).runs("synthetic-knee")
    assert run == played
    assert (run.attempt, run.ended, [turn.index for turn in run.turns]) == (1, "open", [0, 1])
    assert run.turns[0].before == moves[0].before.state
    assert run.turns[1].after == moves[1].after.state
    assert run.turns[0].findings[0].spans == (Span(0, 9),)
    assert (run.turns[0].confidence, run.turns[0].grader, run.turns[0].reached) == (0.7, "1", "plan")


def test_attempts_count_from_one(journal: Journal) -> None:
    """Runs of one exercise are numbered 1, 2, 3; another exercise begins anew."""
    assert [play(journal, ["brush"]).attempt for _ in range(3)] == [1, 2, 3]
    assert journal.next_attempt("synthetic-knee") == 4
    assert journal.next_attempt("synthetic-goal") == 1


def test_branch_of_a_branch_has_all_turns_before_it(journal: Journal) -> None:
    """A branched run counts the turns before its branching as its own, through several branchings."""
    first = play(journal, ["ask"])
    second = play(journal, ["tell"], branched_from=(first.id, 1))
    third = play(journal, ["share"], branched_from=(second.id, 1))

    assert second.branched_from == Branching(first.id, 1)
    assert [turn.reply for turn in journal.turns(third.id)] == ["ask", "share"]
    assert [turn.reply for turn in third.turns] == ["share"]


def test_branching_before_the_branching_of_its_origin(journal: Journal) -> None:
    """Going back further than the run one comes from had begun by itself: only what was before counts."""
    first = play(journal, ["ask"])
    second = journal.start_run(SCENARIO, branched_from=(first.id, 1))
    third = journal.start_run(SCENARIO, branched_from=(second.id, 0))
    fourth = journal.start_run(SCENARIO, branched_from=(third.id, 0))

    assert [turn.reply for turn in journal.turns(second.id)] == ["ask"]
    assert journal.turns(third.id) == journal.turns(fourth.id) == ()
    assert fourth.next_index == 0


def test_turn_of_another_window_is_not_doubled(folder: Path) -> None:
    """Two tabs on one talk: the slower one is told, and no turn stands twice."""
    one, two = Journal(folder), Journal(folder)
    run = one.start_run(SCENARIO)
    move = simulation.play(SCENARIO, ["ask"])[0]
    turn = {
        "index": 0,
        "scene": "door",
        "reply": "ask",
        "said": "x",
        "line": "y",
        "answer_line": "z",
        "state_before": move.before.state,
        "state_after": move.after.state,
    }
    one.add_turn(run.id, **turn)

    with pytest.raises(JournalError, match="went on in another window"):
        two.add_turn(run.id, **turn)
    assert len(two.run(run.id).turns) == 1


def test_turn_of_a_forgotten_run_is_told(folder: Path) -> None:
    """A talk that was forgotten in another window cannot go on."""
    one, two = Journal(folder), Journal(folder)
    run = one.start_run(SCENARIO)
    two.forget()

    with pytest.raises(JournalError, match="no longer in the journal"):
        one.turns(run.id)


def test_two_machines_that_went_on_with_one_run_keep_both_and_follow_one(tmp_path: Path) -> None:
    """After merging, the run follows the thread that was recorded first; the other turns are still in the journal."""
    counted = Counted()
    here = counted.journal(tmp_path / "here")
    run = play(here, ["ask"])
    shutil.copytree(tmp_path / "here", tmp_path / "there")
    there = counted.journal(tmp_path / "there")
    for journal, reply in ((here, "share"), (there, "tell")):
        move = simulation.play(SCENARIO, ["ask", reply])[1]
        journal.add_turn(
            run.id,
            scene="plan",
            reply=reply,
            said=move.reply.say,
            line=move.before.line,
            answer_line=move.after.line,
            state_before=move.before.state,
            state_after=move.after.state,
        )
    here.import_file(tmp_path / "there" / "journal.jsonl")

    assert [turn.reply for turn in here.run(run.id).turns] == ["ask", "share"]
    assert len(here.lines("turn")) == 3


# --- answers ----------------------------------------------------------------------------------------------------


def test_answers_come_back_by_exercise_and_item(journal: Journal) -> None:
    """Each with its response, item and feedback as shown."""
    response = Response("synthetic-drill", journal.keep_exercise(DRILL), 1, {"item": "choose-1", "choice": "a"}, 0.6)
    feedback = Feedback("synthetic-drill", "1", (Finding("empathy", "met", "r", "why", 1, 1, (Span(1, 2),)),), 1, 1)
    line = journal.add_answer(response, feedback, item="choose-1")
    answer(journal, DRILL, {"item": "rewrite-1", "text": "x"}, item="rewrite-1")
    answer(journal, GOAL, {"text": "y"})

    (kept,) = journal.answers("synthetic-drill", "choose-1")
    assert (kept.id, kept.response, kept.feedback, kept.item) == (line.id, response, feedback, "choose-1")
    assert len(journal.answers("synthetic-drill")) == 2
    assert len(journal.answers()) == 3


def test_regrading_stands_beside_what_was_shown(journal: Journal) -> None:
    """A later grader's word is a line of its own; the first feedback stays."""
    line_id = answer(journal, GOAL, {"text": "y"})
    shown = journal.answers()[0].feedback
    journal.regrade(line_id, Feedback("synthetic-goal", "2", next_step="later"))

    assert journal.answers()[0].feedback == shown
    assert [later.feedback.next_step for later in journal.regraded(line_id)] == ["later"]
    with pytest.raises(JournalError, match="no longer"):
        journal.regrade("nothing", Feedback("x", "2"))


def test_line_changed_by_hand_is_told_and_kept(journal: Journal, folder: Path) -> None:
    """A line whose fields no longer fit is not shown, does not break the rest, and stays in the file."""
    answer(journal, GOAL, {"text": "first"})
    answer(journal, GOAL, {"text": "second"})
    path = folder / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"attempt": 1', b'"attempt": "one"'))

    again = Journal(folder)
    assert [kept.response.answer["text"] for kept in again.answers()] == ["second"]
    assert any("cannot show: 1" in notice for notice in again.notices())


# --- drafts -----------------------------------------------------------------------------------------------------


def test_draft_survives_the_kernel(folder: Path) -> None:
    """A new session finds the words of one that died, and clearing them clears them for all."""
    line = Journal(folder).save_draft("goal/text", "half a sen")
    after_crash = Journal(folder)

    assert after_crash.draft("goal/text") == "half a sen"
    assert line.at.endswith("Z")
    after_crash.clear_draft("goal/text")
    assert Journal(folder).draft("goal/text") == ""
    assert Journal(folder).other_drafts("goal/text") == ()


def test_drafts_are_kept_per_place(journal: Journal) -> None:
    """One place's words are not another's."""
    journal.save_draft("a/1", "one")
    journal.save_draft("a/2", "two")

    assert (journal.draft("a/1"), journal.draft("a/2"), journal.draft("a")) == ("one", "two", "")


def test_same_words_are_written_once(journal: Journal, folder: Path) -> None:
    """A pause without a change costs no line."""
    assert journal.save_draft("a", "one") == journal.save_draft("a", "one")
    assert len(rows(folder, "drafts.jsonl")) == 1


def test_other_window_is_offered_not_overwritten(folder: Path) -> None:
    """Two tabs type at one place: each is offered the other's words, until it has seen them."""
    one, two = Journal(folder), Journal(folder)
    one.draft("k"), two.draft("k")
    one.save_draft("k", "from one")
    two.save_draft("k", "from two")

    assert one.other_drafts("k") == ("from two",)
    assert two.other_drafts("k") == ("from one",)
    assert (one.draft("k"), two.draft("k")) == ("from one", "from two")
    one.settle_drafts("k")
    assert one.other_drafts("k") == ()
    assert Journal(folder).draft("k") == "from one"


def test_words_taken_over_are_not_offered_again(folder: Path) -> None:
    """After a crash the new session goes on with the old words; they do not come back as somebody else's."""
    Journal(folder).save_draft("k", "half")
    second = Journal(folder)
    second.draft("k")
    second.save_draft("k", "half a sentence")

    third = Journal(folder)
    assert third.draft("k") == "half a sentence"
    assert third.other_drafts("k") == ()


def test_words_that_grew_after_being_taken_over_are_offered(folder: Path) -> None:
    """The first window was not dead after all and typed on: those words are not lost behind the second one's."""
    one = Journal(folder)
    one.save_draft("k", "half")
    two = Journal(folder)
    assert two.draft("k") == "half"
    one.save_draft("k", "half, and more by one")
    two.save_draft("k", "half, and more by two")

    assert two.draft("k") == "half, and more by two"
    assert two.other_drafts("k") == ("half, and more by one",)
    assert one.other_drafts("k") == ("half, and more by two",)


def test_windows_of_one_program_can_be_told_apart(journal: Journal) -> None:
    """Two browser windows on one kernel, named by the caller, do not overwrite each other."""
    journal.save_draft("k", "left", window="left")
    journal.draft("k", window="right")
    journal.save_draft("k", "right", window="right")

    assert journal.draft("k", window="left") == "left"
    assert journal.other_drafts("k", window="left") == ("right",)


def test_drafts_file_stays_small_and_loses_nothing(folder: Path) -> None:
    """Past 256 KB only the last words of each place and window are kept, in one step."""
    one, two = Journal(folder), Journal(folder)
    two.save_draft("elsewhere", "kept")
    for number in range(400):
        one.save_draft("k", f"{number} " + "x" * 1000)
    one.save_draft("done", "handed over")
    one.clear_draft("done")

    assert (folder / "drafts.jsonl").stat().st_size < 300_000
    again = Journal(folder)
    assert again.draft("k").startswith("399 ")
    assert again.draft("elsewhere") == two.draft("elsewhere") == "kept"
    two.save_draft("elsewhere", "kept, and more")
    assert again.other_drafts("elsewhere") == ("kept, and more",)
    assert again.notices() == ()


# --- other copies -----------------------------------------------------------------------------------------------


def test_import_merges_each_line_once(tmp_path: Path) -> None:
    """Lines come in byte for byte, doing it again changes nothing, and the exercise is not doubled."""
    counted = Counted()
    here, there = counted.journal(tmp_path / "here"), counted.journal(tmp_path / "there")
    play(here, ["ask", "share"])
    play(there, ["brush"])
    foreign = tmp_path / "there" / "journal.jsonl"
    before = (tmp_path / "here" / "journal.jsonl").read_bytes()

    first, second = here.import_file(foreign), here.import_file(foreign)

    assert (first.added, first.known, second.added, second.known) == (2, 1, 0, 3)
    after = (tmp_path / "here" / "journal.jsonl").read_bytes()
    assert after.startswith(before)
    assert set(after[len(before) :].split(b"\n")) <= set(foreign.read_bytes().split(b"\n"))
    assert [run.ended for run in here.runs()] == ["open", None]
    assert "brought in: 2, already here: 1" in first.sentence


def test_import_mends_an_exercise_that_was_changed(tmp_path: Path) -> None:
    """A copy that is still whole is taken in where this journal's own no longer fits its digest."""
    here, there = Journal(tmp_path / "here"), Journal(tmp_path / "there")
    digest = here.keep_exercise(SCENARIO)
    there.keep_exercise(SCENARIO)
    path = tmp_path / "here" / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b"will it ever bend", b"will it never bend"))

    again = Journal(tmp_path / "here")
    assert again.import_file(tmp_path / "there" / "journal.jsonl").added == 1
    assert again.exercise(digest) == SCENARIO


def test_copy_beside_the_journal_is_told_until_brought_in(journal: Journal, folder: Path) -> None:
    """What a sync program makes of a conflict is noticed, and can be brought in."""
    journal.record("note")
    copy = folder / "journal (conflicted copy).jsonl"
    Journal(folder.with_name("b")).record("note", text="only here")
    copy.write_bytes((folder.with_name("b") / "journal.jsonl").read_bytes() + b'{"torn')

    assert any("journal (conflicted copy).jsonl" in notice for notice in journal.notices())
    result = journal.import_file(copy)
    assert (result.added, result.damaged) == (1, 1)
    assert "damaged, not brought in: 1" in result.sentence
    assert journal.notices() == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "holds no journal entries"),
        (b"PK\x03\x04\0\0", "holds no journal entries"),
        (b'{"schema": 1, "type": "hand_in"}\n', "is a hand-in, not a journal"),
    ],
    ids=["empty", "binary", "hand-in"],
)
def test_other_files_are_refused_in_words(journal: Journal, tmp_path: Path, content: bytes, why: str) -> None:
    """What is no journal is named for what it is, and nothing is taken in."""
    path = tmp_path / "file.jsonl"
    path.write_bytes(content)

    with pytest.raises(JournalError, match=why):
        journal.import_file(path)
    with pytest.raises(JournalError, match="No such file"):
        journal.import_file(tmp_path / "missing.jsonl")


# --- forgetting -------------------------------------------------------------------------------------------------


def test_forgetting_everything_leaves_no_word(journal: Journal, folder: Path) -> None:
    """Not in any file of the folder, damaged or newer lines included; a new code and machine id follow."""
    code = journal.set_name("canary").data["code"]
    answer(journal, GOAL, {"text": "canary"})
    journal.save_draft("k", "canary")
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"schema": 2, "id": "n", "text": "canary"}\n{"torn canary')
    machine = journal.lines()[0].machine

    forgotten = journal.forget()

    assert not [path for path in folder.iterdir() if b"canary" in path.read_bytes()]
    assert [line.type for line in journal.lines()] == ["forgot"]
    assert forgotten.removed >= 5
    assert any("Backups" in sentence for sentence in forgotten.elsewhere)
    assert journal.draft("k") == ""
    assert journal.learner.code != code
    assert journal.lines()[0].machine != machine


def test_forgetting_one_exercise_leaves_the_others(journal: Journal, folder: Path) -> None:
    """Its runs, answers, later feedback, drafts and content go; the rest stays byte for byte, newer lines too."""
    play(journal, ["ask"])
    regraded = answer(journal, GOAL, {"text": "canary"})
    journal.regrade(regraded, Feedback("synthetic-goal", "2"))
    journal.record("disagreed", of=regraded, rule="synthetic.rule")
    answer(journal, EXAMPLE, {"seen": 1})
    journal.save_draft("synthetic-goal/text", "canary")
    journal.save_draft("synthetic-goal-2/text", "stays")
    newer = b'{"schema": 2, "id": "n", "exercise": "synthetic-goal-2"}'
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(newer + b'\n{"schema": 2, "id": "m", "exercise": "synthetic-goal", "text": "canary"}\n')
    kept = [
        line
        for line in journal.lines()
        if '"synthetic-goal"' not in json.dumps(line.to_json()) and line.type != "disagreed"
    ]

    forgotten = journal.forget("synthetic-goal")

    assert forgotten.removed == 5
    assert list(journal.lines()[:-1]) == kept
    assert journal.lines()[-1].data["what"] == "synthetic-goal"
    assert newer + b"\n" in (folder / "journal.jsonl").read_bytes()
    assert b"canary" not in (folder / "journal.jsonl").read_bytes() + (folder / "drafts.jsonl").read_bytes()
    assert Journal(folder).draft("synthetic-goal-2/text") == "stays"


def test_another_window_sees_what_was_forgotten(folder: Path) -> None:
    """It drops the lines too, does not write them back, and goes on."""
    one, two = Journal(folder), Journal(folder)
    answer(one, GOAL, {"text": "canary"})
    assert len(two.answers()) == 1
    one.forget()
    two.record("note")

    assert two.answers() == ()
    assert b"canary" not in (folder / "journal.jsonl").read_bytes()
    assert two.notices() == ()


# --- every released version --------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", FIXTURES, ids=lambda path: path.name)
def test_journals_of_every_version_open(version: Path, tmp_path: Path) -> None:
    """Each stored journal opens without a notice; runs, answers and drafts are there, and writing goes on."""
    shutil.copytree(version, tmp_path / "journal")
    journal = Journal(tmp_path / "journal")

    assert journal.notices() == ()
    assert any(run.ended for run in journal.runs())
    assert journal.answers()
    assert all(journal.exercise(run.digest).id == run.exercise for run in journal.runs())
    assert all(journal.exercise(kept.response.digest).id == kept.response.exercise for kept in journal.answers())
    assert any(row["text"] for row in rows(tmp_path / "journal", "drafts.jsonl"))
    before = (tmp_path / "journal" / "journal.jsonl").read_bytes()
    journal.record("note")
    assert (tmp_path / "journal" / "journal.jsonl").read_bytes().startswith(before)


def test_fixtures_say_that_they_are_synthetic() -> None:
    """On their face: the first line of each journal."""
    assert FIXTURES
    assert all("SYNTHETIC" in rows(version)[0]["text"] for version in FIXTURES)
