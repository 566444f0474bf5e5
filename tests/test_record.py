"""The class record: kept once, never changed, names apart, and a sentence for whatever goes wrong with its file."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hostile import COURSE, SMALL, WORDS, again, another, code_of, lines_of, rows_of, with_words
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from support import ROOT

from alliance_kit.cohort.lms import Submission, submission_of
from alliance_kit.cohort.record import LearnerEntry, Person, Record, Taking, _tables
from alliance_kit.cohort.record._merging import merged, moment_of, ordered_by
from alliance_kit.errors import ClassRecordError
from alliance_kit.handin import HandIn, read

AT = datetime(2026, 1, 20, 9, 0, 0, tzinfo=UTC)
LATER = AT + timedelta(days=3)
CANARY = "Zebediah Quillfeather"


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "class" / "class.db") as opened:
        yield opened


def take(record: Record, data: bytes, file: str = "hand-in.jsonl", at: datetime = AT) -> Taking:
    return record.take(read(data), file=file, submission=submission_of(file), at=at)


def opened_directly(path: Path) -> contextlib.closing[sqlite3.Connection]:
    """Return the database past our own code; each statement counts at once, and at the end nothing stays open."""
    return contextlib.closing(sqlite3.connect(path, isolation_level=None))


def dumped(record: Record, *, without: tuple[str, ...] = ()) -> dict[str, list[Any]]:
    """Return every row of the record, by table, read past our own code."""
    with opened_directly(record.path) as db:
        tables = [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in tables
            if table not in without
        }


def lines(hand_in: HandIn) -> dict[str, Any]:
    return {line["id"]: dict(line) for line in hand_in.lines}


def canvas(number: int, *, late: bool = False, name: str = "diazana", file: str = "x.jsonl") -> str:
    return f"{name}{'_LATE' if late else ''}_{500 + number}_{9000 + number}_{file}"


# --- taking -----------------------------------------------------------------------------------------------------


def test_what_was_handed_in_comes_back_whole(record: Record) -> None:
    """Every line, exercise and tick comes back as it was handed in; only the typed name stays behind."""
    taken = read(COURSE)

    assert take(record, COURSE) == Taking("taken", taken.code)
    back = record.hand_in(taken.code)
    assert lines(back) == lines(taken)
    assert (back.id, back.made, back.program, back.contents) == (taken.id, taken.made, taken.program, taken.contents)
    assert (taken.name, back.name) == ("Synthetic Learner", "")
    assert lines(read(back.text().encode())) == lines(taken)


def test_taking_twice_does_nothing(record: Record) -> None:
    """The second time nothing is written, also when a mail program changed the line ends."""
    take(record, SMALL)
    before = dumped(record)

    assert take(record, SMALL, at=LATER).outcome == "already there"
    assert take(record, b"\xef\xbb\xbf" + SMALL.replace(b"\n", b"\r\n\r\n"), at=LATER).outcome == "already there"
    assert dumped(record) == before


def test_same_number_with_other_content_is_refused(record: Record) -> None:
    """A hand-in whose number is there with other words is not the one that was taken."""
    take(record, SMALL)
    before = dumped(record)
    taking = take(record, with_words(SMALL, "Synthetic: other words"))

    assert taking.outcome == "refused"
    assert taking.note.startswith("This file carries the number of a hand-in already taken but other content")
    assert dumped(record) == before


@pytest.mark.parametrize("header", [{"code": "../../x"}, {"code": ""}, {"code": "ana-diaz"}, {"code": "ABCDEF12"}])
def test_a_code_that_the_workbook_never_drew_is_refused(record: Record, header: dict[str, str]) -> None:
    """Codes become names of files: nothing but the workbook's own form is one."""
    assert take(record, another(SMALL, 1, **header)).outcome == "refused"
    assert record.codes() == ()


def test_an_exercise_is_kept_once(record: Record) -> None:
    """A class that did the same exercises keeps each of them once."""
    for number in range(5):
        take(record, another(SMALL, number))

    kept = dumped(record)
    assert len(kept["exercise"]) == len({row["digest"] for row in rows_of(SMALL) if row.get("type") == "exercise"})
    assert len(kept["hand_in"]) == 5


def test_a_false_exercise_poisons_nobody(record: Record) -> None:
    """What calls itself an exercise that it is not is refused, and the true one is kept for the next."""
    true = read(another(SMALL, 1))
    changed = [dict(line) | ({"exercise": {"id": "x"}} if line["type"] == "exercise" else {}) for line in true.lines]
    false = HandIn(
        id=true.id, made=true.made, code=true.code, name="", program="0.1.0", contents=(), lines=tuple(changed)
    )

    assert record.take(false, file="x", submission=Submission(), at=AT).outcome == "refused"
    assert dumped(record)["exercise"] == []
    assert take(record, another(SMALL, 1)).outcome == "taken"


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_words_are_kept_as_they_are(record: Record, words: str) -> None:
    """Script, formulas, marks of direction and half an emoji are data: they come back letter by letter."""
    data = with_words(SMALL, words)

    assert take(record, data).outcome == "taken"
    assert lines(record.hand_in("00000003")) == lines(read(data))


def test_nothing_is_ever_changed_or_removed(record: Record) -> None:
    """The record is only added to: no statement but reading and inserting is sent, whatever is done with it."""
    sent: list[str] = []
    event.listen(record._engine, "before_cursor_execute", lambda *call: sent.append(call[2].split()[0].upper()))

    take(record, SMALL, canvas(1))
    take(record, SMALL, canvas(2))
    take(record, again(SMALL, lambda row: None, made="2031-01-01T00:00:00Z"))
    take(record, with_words(SMALL, "other"))
    record.refuse("x", "", "why", Submission(), AT)
    record.add_class_list([Person("canvas", "501", "Diaz, Ana")], AT)
    record.learners()
    record.missing()
    record.unreadable()
    record.hand_in("00000003")

    assert set(sent) <= {"SELECT", "INSERT", "BEGIN"}
    assert sent.count("INSERT") > 5


# --- several hand-ins of one learner ----------------------------------------------------------------------------


def test_several_hand_ins_are_one_with_the_last_words(record: Record) -> None:
    """All lines of all hand-ins are there, and where both have one, that of the hand-in made last counts."""
    early = read(SMALL)
    first = lines_of(rows_of(SMALL)[:-1])
    made = "2026-01-09T08:00:00Z"
    late = again(SMALL, lambda row: row.update(answered="new") if "answered" in row else None, made=made)
    dropped = lines_of([row for place, row in enumerate(rows_of(late)) if place != 15])

    assert take(record, dropped).outcome == "taken"
    assert take(record, first).note == "a further hand-in of this learner"
    both = record.hand_in(early.code)
    assert set(lines(both)) == set(lines(early))
    assert all(line.get("answered", "new") == "new" for key, line in lines(both).items() if key in lines(read(dropped)))
    assert both.made == made
    assert lines(read(both.text().encode())) == lines(both)


def test_the_order_of_collecting_does_not_matter(tmp_path: Path) -> None:
    """Whichever file is met first, the learner's work comes out the same, byte for byte."""
    made = ["2026-01-05T14:05:29Z", "2026-01-06T08:00:00+02:00", "2026-01-06T08:00:00Z"]
    files = [SMALL]
    for number, moment in enumerate(made[1:]):
        files.append(again(files[-1], lambda row, n=number: row.update(answered=f"v{n}"), made=moment))
    texts = set()
    for place, order in enumerate([(0, 1, 2), (2, 1, 0), (1, 2, 0)]):
        with Record.open(tmp_path / f"{place}.db") as one:
            for number in order:
                take(one, files[number])
            texts.add(one.hand_in("00000003").text())

    assert len(texts) == 1


def test_lines_stand_in_the_order_of_writing(record: Record) -> None:
    """Exercises first, then what was done, as it was done."""
    take(record, lines_of([rows_of(COURSE)[0], *reversed(rows_of(COURSE)[1:])]))
    kinds = [line["type"] for line in record.hand_in("00000003").lines]
    done = [(line["at"], line["seq"]) for line in record.hand_in("00000003").lines if line["type"] != "exercise"]

    assert kinds == sorted(kinds, key=lambda kind: kind != "exercise")
    assert done == sorted(done)


def test_ticks_are_the_last_ones_then_those_of_before(record: Record) -> None:
    """What she ticked before stays ticked, but for the wish to be contacted, which only the last hand-in tells."""

    def content(name: str, *runs: str) -> dict[str, Any]:
        return {"id": name, "title": name, "kind": "scenario", "detail": "", "runs": list(runs)}

    old = [content("talks/knee", "r1"), content("contact"), content("drill/a")]
    new = [content("talks/knee", "r2"), content("goal/b")]
    take(record, another(SMALL, 1, contents=old))
    assert record.learners()[0].wants_contact
    take(record, again(another(SMALL, 1), lambda row: None, contents=new, made="2026-01-08T00:00:00Z"))

    ticked = record.hand_in(code_of(1)).contents
    assert [(one.id, one.runs) for one in ticked] == [("talks/knee", ("r2", "r1")), ("goal/b", ()), ("drill/a", ())]
    assert not record.learners()[0].wants_contact


def test_a_clock_ahead_does_not_win_for_ever(record: Record) -> None:
    """A hand-in dated in the future is taken, told, and ordered by when it came: the next one counts."""
    future = again(SMALL, lambda row: row.update(answered="future"), made="2031-01-05T10:00:00Z")
    now = again(future, lambda row: row.update(answered="now"), made="2026-01-22T08:00:00Z")
    taking = take(record, future, at=AT)

    assert taking == Taking(
        "taken", "00000003", "its clock is ahead: dated 2031-01-05; ordered by when it was collected"
    )
    take(record, now, at=LATER)
    assert {line["answered"] for line in record.hand_in("00000003").lines if line["type"] == "answer"} == {"now"}
    assert record.learners()[0].last_day == "2026-01-22"


@pytest.mark.parametrize("made", ["yesterday", "", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\ud83d"])
def test_a_date_that_is_none_is_told(record: Record, made: str) -> None:
    """Whatever stands where the date should be, the hand-in is taken and ordered by when it came."""
    taking = take(record, another(SMALL, 1, made=made))

    assert taking.outcome == "taken"
    assert taking.note.endswith("ordered by when it was collected")
    assert record.hand_in(code_of(1)).made == "2026-01-20T09:00:00Z"


def test_moments_of_lines_may_be_nonsense(record: Record) -> None:
    """The dates of single lines only order them; none is too odd."""
    data = again(SMALL, lambda row: row.update(at="\x00nonsense \ud83d", seq=-(10**30)))

    assert take(record, data).outcome == "taken"
    assert lines(record.hand_in("00000003")) == lines(read(data))


def test_two_codes_with_the_same_work_are_told_without_blame(record: Record) -> None:
    """The same lines under another code are taken; one person may have two codes."""
    take(record, SMALL)
    head, *rest = rows_of(SMALL)
    taking = take(record, lines_of([head | {"code": code_of(9), "id": rows_of(another(SMALL, 9))[0]["id"]}, *rest]))

    assert taking.outcome == "taken"
    assert taking.note == "some of this work also came under another code; one person may have two, as on two computers"


def test_the_same_exercises_are_no_shared_work(record: Record) -> None:
    """A class does the same exercises, and be it in lines of the same id; that says nothing of anybody."""
    first, second = rows_of(another(SMALL, 1)), rows_of(another(SMALL, 2))
    take(record, lines_of(first))
    for mine, theirs in zip(first, second, strict=True):
        if theirs["type"] == "exercise":
            theirs["id"] = mine["id"]

    assert take(record, lines_of(second)).note == ""


# --- people -----------------------------------------------------------------------------------------------------


def test_a_learner_as_the_record_knows_her(record: Record) -> None:
    """Code, days, names and the last way from the LMS; late is who handed in nothing in time."""
    take(record, SMALL, canvas(1, late=True))
    assert record.learners()[0].late
    take(record, again(SMALL, lambda row: None, made="2026-01-07T10:00:00Z"), canvas(2).replace("502", "501"))

    assert record.learners() == (
        LearnerEntry(
            code="00000003",
            synthetic=False,
            wants_contact=False,
            late=False,
            last_day="2026-01-07",
            hand_ins=2,
            submission=Submission("canvas", "501", "9002", "diazana", False, "501_9002_"),
            names=("Synthetic Learner", "diazana"),
        ),
    )


def test_synthetic_learners_are_told_apart(record: Record) -> None:
    """A made-up hand-in says so all the way."""
    take(record, another(SMALL, 1, synthetic=True))
    take(record, another(SMALL, 2))

    assert [learner.synthetic for learner in record.learners()] == [True, False]
    assert record.hand_in(code_of(1)).synthetic


def test_a_hand_in_that_comes_from_the_lms_later_is_linked(record: Record) -> None:
    """Taken from a folder first, its person is known as soon as the same file comes from the LMS."""
    take(record, SMALL)
    record.add_class_list([Person("canvas", "501", "Diaz, Ana")], AT)
    assert [person.person for person in record.missing()] == ["501"]
    assert take(record, SMALL, canvas(1), LATER) == Taking("already there", "00000003")

    assert record.missing() == ()
    assert record.learners()[0].submission.prefix == "501_9001_"


def test_one_code_under_two_numbers_is_told(record: Record) -> None:
    """Two people who hand in the same code are named to nobody as anything; the instructor is told to look."""
    take(record, SMALL, canvas(1))

    assert take(record, SMALL, canvas(2)) == Taking(
        "already there", "00000003", "this code also came under another person's number"
    )


def test_work_under_two_numbers_is_disputed(record: Record) -> None:
    """Both numbers are known; Canvas's are two people, Moodle's only where the names differ."""
    moodle = "{}_{}_assignsubmission_file_/hand-in.jsonl"
    take(record, SMALL, canvas(1))
    take(record, SMALL, canvas(2))
    take(record, another(SMALL, 1), moodle.format("Ana Synthetic", 11))
    take(record, another(SMALL, 1), moodle.format("Ana Synthetic", 12))
    take(record, another(SMALL, 2), moodle.format("Ben Synthetic", 13))
    take(record, another(SMALL, 2), moodle.format("Cem Synthetic", 14))
    take(record, another(SMALL, 4), canvas(3))
    came = [[each.person for each in (entry.submission, *entry.others)] for entry in record.learners()]

    assert sorted(came) == [["12", "11"], ["14", "13"], ["502", "501"], ["503"]]
    disputed = {entry.submission.person for entry in record.learners() if entry.disputed}
    assert disputed == {"14", "502"}


def test_who_has_not_handed_in(record: Record) -> None:
    """On the class list and no file under their number: not those whose file could not be read."""
    people = [Person("canvas", str(500 + n), f"Person {n}", f"login{n}", f"p{n}@example.org") for n in (4, 3, 2, 1)]
    assert not record.has_class_list
    record.add_class_list(people, AT)
    record.add_class_list(people[:2], LATER)
    take(record, another(SMALL, 1), canvas(1))
    record.refuse(canvas(2), "", "This file is empty.", submission_of(canvas(2)), AT)

    assert record.has_class_list
    assert record.missing() == (people[1], people[0])
    assert [refusal.submission.person for refusal in record.unreadable()] == ["502"]


def test_numbers_of_two_systems_are_two_people(record: Record) -> None:
    """Participant 501 of Moodle is not user 501 of Canvas."""
    record.add_class_list([Person("moodle", "501", "Ana Diaz")], AT)
    take(record, SMALL, canvas(1))

    assert [person.lms for person in record.missing()] == ["moodle"]


def test_whose_file_could_not_be_read(record: Record) -> None:
    """One line per file, its last reason, and none for whoever handed in something else that could be."""
    for number in (1, 2):
        record.refuse(canvas(number), "a", "This file is empty.", submission_of(canvas(number)), AT)
    record.refuse(canvas(1), "b", "This file is damaged.", submission_of(canvas(1)), LATER)
    for file in ("hand-in-0000000a-2026-01-05.jsonl", "hand-in-0000000b-2026-01-05.jsonl", "mine.jsonl"):
        record.refuse(file, "c", "This file is empty.", Submission(), AT)
    take(record, another(SMALL, 2), canvas(2))
    take(record, another(SMALL, 0xA), "other.jsonl")

    assert [(one.file, one.why) for one in record.unreadable()] == [
        (canvas(1), "This file is damaged."),
        ("hand-in-0000000b-2026-01-05.jsonl", "This file is empty."),
        ("mine.jsonl", "This file is empty."),
    ]
    take(record, another(SMALL, 5), "mine.jsonl")
    assert len(record.unreadable()) == 2


def test_refusing_twice_is_noted_once(record: Record) -> None:
    """A folder that is collected every day does not fill the record."""
    for _ in range(3):
        record.refuse("x.jsonl", "a", "This file is empty.", Submission(), AT)

    assert len(dumped(record)["refusal"]) == 1


def test_names_stand_in_the_roster_only(record: Record) -> None:
    """A name that came in any of the ways in which names come stands in one table."""
    slug = CANARY.replace(" ", "").lower()
    take(record, another(SMALL, 1, name=CANARY, program=CANARY), canvas(1, name=slug, file=f"{CANARY}.jsonl"))
    take(record, another(SMALL, 2), f"{CANARY}_123_assignsubmission_file_/{CANARY} final.jsonl")
    take(record, another(SMALL, 3), f"{CANARY}.jsonl")
    take(record, another(SMALL, 4, id=CANARY))
    take(record, another(SMALL, 5, code=slug))
    why = f"This hand-in was changed or is damaged (line 2: unknown field '{CANARY}'); ask for the file once more."
    record.refuse(f"{CANARY}.jsonl", "", why, Submission(), AT)
    record.refuse(canvas(7, name=slug), "", why, submission_of(canvas(7, name=slug)), AT)
    record.add_class_list([Person("canvas", "501", CANARY, slug, f"{slug}@example.org")], AT)

    assert CANARY in str(dumped(record)["roster"])
    rest = json.dumps(dumped(record, without=("roster",))).lower()
    assert CANARY.lower() not in rest
    assert slug not in rest
    assert "zebediah" not in rest
    assert record.unreadable()[0].why == "This hand-in was changed or is damaged; ask for the file once more."


def test_a_typed_name_is_not_even_hashed(tmp_path: Path) -> None:
    """A hash of a name can be guessed from a class list, so two names leave the same record but for the roster."""
    kept = []
    for name in ("Ana", "Bea"):
        with Record.open(tmp_path / f"{name}.db") as one:
            take(one, another(SMALL, 1, name=name))
            kept.append(dumped(one, without=("roster",)))

    assert kept[0] == kept[1]


# --- the file ---------------------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows keeps permissions in another way")
def test_the_record_is_for_its_owner_only(record: Record) -> None:
    """File 0600 in a folder 0700, and so are the files that SQLite puts beside it."""
    take(record, SMALL)

    assert stat.S_IMODE(record.path.parent.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in record.path.parent.iterdir()} == {0o600}
    assert {path.name for path in record.path.parent.iterdir()} >= {"class.db", "class.db-wal"}


def test_the_record_says_its_schema(record: Record) -> None:
    """A later version finds out which one it has before it."""
    with opened_directly(record.path) as db:
        assert dict(db.execute("SELECT name, value FROM about"))["schema"] == "1"
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def _other_database(path: Path) -> None:
    with opened_directly(path) as db:
        db.execute("CREATE TABLE songs (title TEXT)")


def _newer(path: Path) -> None:
    Record.open(path).close()
    with opened_directly(path) as db:
        db.execute("UPDATE about SET value = '2' WHERE name = 'schema'")


def _halved(path: Path) -> None:
    with Record.open(path) as one:
        take(one, COURSE)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def test_an_empty_file_becomes_no_record_by_being_read(tmp_path: Path) -> None:
    """Whoever asks for reports has mistaken the file; only collecting may make a record of it."""
    (tmp_path / "class.db").touch()

    with pytest.raises(ClassRecordError, match=r"no class record here\. Collect hand-ins first"):
        Record.open(tmp_path / "class.db", new=False)
    assert (tmp_path / "class.db").stat().st_size == 0


def _use(path: Path) -> None:
    with Record.open(path) as one:
        for code in one.codes():
            one.hand_in(code)
        take(one, another(COURSE, 1))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda path: path.write_bytes(SMALL), "this is no class record"),
        (lambda path: path.write_bytes(b"SQLite format 3\0" + b"x" * 5000), "this"),
        (_other_database, "this is a database of another program"),
        (_newer, "a newer version of the workbook made this class record"),
        (lambda path: path.mkdir(), "this is no file"),
        (_halved, "damaged"),
    ],
    ids=["text", "torn", "another", "newer", "folder", "halved"],
)
def test_what_is_no_record_is_told_and_left_as_it_is(tmp_path: Path, spoil: Any, said: str) -> None:
    """A file that is something else is never written to."""
    path = tmp_path / "class.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""

    with pytest.raises(ClassRecordError, match=said):
        _use(path)
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_record_that_is_not_there_can_be_asked_for_as_such(tmp_path: Path) -> None:
    """A report of a record that nobody made makes none."""
    with pytest.raises(ClassRecordError, match=r"there is no class record here\. Collect hand-ins first"):
        Record.open(tmp_path / "x" / "class.db", new=False)
    assert not (tmp_path / "x").exists()


def test_an_unknown_code_is_told(record: Record) -> None:
    """Whoever asks for a learner who is not there hears so."""
    with pytest.raises(ClassRecordError, match=r"there is no hand-in of the code 'x<202E>' in it"):
        record.hand_in("x\u202e")


def test_a_record_in_the_hands_of_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When another program does not let go, there is a sentence, and afterwards all is as before."""
    monkeypatch.setattr(_tables, "BUSY_SECONDS", 0.05)
    path = tmp_path / "class.db"
    with Record.open(path) as one, opened_directly(path) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(ClassRecordError, match="another program is writing to this class record"):
            take(one, SMALL)
        other.execute("ROLLBACK")
        assert take(one, SMALL).outcome == "taken"


def test_a_full_disk_is_told_and_loses_nothing(record: Record) -> None:
    """What was taken stays, the hand-in that did not fit is not there by half, and fits later."""
    take(record, another(SMALL, 1))

    @event.listens_for(record._engine, "begin")
    def _full(connection: Any) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages[0]}")

    with opened_directly(record.path) as db:
        pages = [db.execute("PRAGMA page_count").fetchone()[0]]
    with pytest.raises(ClassRecordError, match="the disk is full"):
        take(record, COURSE)
    assert record.codes() == (code_of(1),)
    assert len(dumped(record)["hand_in"]) == len(dumped(record)["arrival"]) == 1
    pages[0] = 100_000
    assert take(record, COURSE).outcome == "taken"


def test_a_read_only_record_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without permission to write there is a sentence on taking, and reading still works."""
    path = tmp_path / "class.db"
    with Record.open(path) as one:
        take(one, another(SMALL, 1))
    connect = sqlite3.connect

    def read_only(name: str, **more: Any) -> sqlite3.Connection:
        return connect(f"file:{name}?mode=ro", uri=True, **more)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    monkeypatch.setattr("sqlite3.dbapi2.connect", read_only)
    with Record.open(path) as one:
        assert one.codes() == (code_of(1),)
        with pytest.raises(ClassRecordError, match="this class record cannot be written"):
            take(one, another(SMALL, 2))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the superuser may write anywhere")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    """Where no file can be made, the place and the reason are named."""
    tmp_path.chmod(0o500)
    with pytest.raises(ClassRecordError, match="cannot be made here"):
        Record.open(tmp_path / "x" / "class.db")


def test_a_file_in_the_way_of_the_folder_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is named."""
    (tmp_path / "class").write_text("x")
    with pytest.raises(ClassRecordError, match=r"class\.db: the class record cannot be made here"):
        Record.open(tmp_path / "class" / "class.db")


def _collect_some(path: Path, numbers: range, go: Any) -> None:
    go.wait()
    with Record.open(path) as one:
        for number in numbers:
            take(one, another(SMALL, number))


def test_two_processes_collect_at_once(tmp_path: Path) -> None:
    """Both make the record, both take, none waits for nothing, and what both have is there once."""
    path, context = tmp_path / "class.db", multiprocessing.get_context("fork")
    go = context.Event()
    workers = [
        context.Process(target=_collect_some, args=(path, numbers, go)) for numbers in (range(25), range(15, 40))
    ]
    for worker in workers:
        worker.start()
    go.set()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0, 0]
    with Record.open(path) as one:
        assert one.codes() == tuple(code_of(number) for number in range(40))
        assert all(learner.hand_ins == 1 for learner in one.learners())


def test_a_kill_in_the_middle_leaves_whole_hand_ins(tmp_path: Path) -> None:
    """Killed at any time, the record opens, what is in it is whole, and the rest is taken the next time."""
    path = tmp_path / "class.db"
    program = """
        import sys; sys.path[:0] = [ROOT, ROOT + "/tests"]
        from test_record import Record, another, SMALL, take
        with Record.open(PATH) as one:
            for number in range(10_000):
                take(one, another(SMALL, number))
                print(number, flush=True)
    """.replace("ROOT", repr(str(ROOT))).replace("PATH", f"__import__('pathlib').Path({str(path)!r})")
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True
    ) as worker:
        assert worker.stdout is not None
        for _ in range(8):
            worker.stdout.readline()
        time.sleep(0.003)
        worker.send_signal(signal.SIGKILL)

    with Record.open(path) as one:
        codes = one.codes()
        assert len(codes) >= 8
        for number, code in enumerate(codes):
            assert lines(one.hand_in(code)) == lines(read(another(SMALL, number)))
        assert take(one, another(SMALL, len(codes))).outcome == "taken"


# --- merging, apart from the file -------------------------------------------------------------------------------

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)).map(lambda moment: f"{moment.isoformat()}Z")


@given(st.text() | MOMENTS)
def test_the_order_is_always_a_moment_not_after_tomorrow(made: str) -> None:
    """Whatever a hand-in says of its date, it is ordered by a moment, and by none that is still to come."""
    moment, note = ordered_by(made, AT)
    ordered = moment_of(moment)

    assert ordered is not None
    assert ordered <= AT + timedelta(days=1)
    assert bool(note) == (moment_of(made) != ordered) or moment_of(made).replace(microsecond=0) == ordered


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8), min_size=1, max_size=4))
def test_merging_drops_nothing_and_the_last_counts(parts: list[list[str]]) -> None:
    """The union of the lines, each as the last hand-in has it."""
    hand_ins = [
        HandIn(
            id=f"h{place}",
            made=f"2026-01-0{place + 1}T00:00:00Z",
            code="00000001",
            name="Ana",
            program="0.1.0",
            contents=(),
            lines=tuple(
                {"id": name, "type": "answer", "at": name, "seq": 1, "said": place}
                for name in sorted(part, reverse=True)
            ),
        )
        for place, part in enumerate(parts)
    ]
    one = merged(hand_ins)

    last = {name: place for place, part in enumerate(parts) for name in part}
    assert [(line["id"], line["said"]) for line in one.lines] == sorted(last.items())
    assert one.name == ""
    assert one == merged([merged([each]) for each in hand_ins])
