"""Folders and ZIPs of hand-ins, hostile ones most of all: each file is taken or refused for itself, nothing escapes."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hostile import (
    BAD,
    COURSE,
    LEFT,
    SMALL,
    WORDS,
    another,
    bomb,
    code_of,
    damaged,
    lines_of,
    locked,
    lying,
    rows_of,
    with_words,
    write,
    write_deep,
    write_traps,
    zip_of_links,
    zipped,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alliance_kit.cohort import _zips
from alliance_kit.cohort import gather as gathering
from alliance_kit.cohort.collect import Collected, collect
from alliance_kit.cohort.gather import Found, gather
from alliance_kit.cohort.record import Record
from alliance_kit.cohort.shown import safe_path, shown
from alliance_kit.errors import ClassRecordError, HandInError
from alliance_kit.handin import MAX_BYTES, read

NOW = datetime(2026, 1, 20, 9, 0, 0, tzinfo=UTC)
posix_only = pytest.mark.skipif(os.name != "posix", reason="Windows has no pipes, and links need a right of their own")


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Record]:
    with Record.open(tmp_path / "class" / "class.db") as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "hand-ins").mkdir()
    return tmp_path / "hand-ins"


def found(source: Path) -> dict[str, Found]:
    return {each.name: each for each in gather(source)}


def faults(source: Path) -> dict[str, str]:
    return {each.name: each.fault for each in gather(source)}


def collected(source: Path, record: Record, **more: Any) -> list[Collected]:
    return list(collect(source, record, now=NOW, **more))


def zip_file(tmp_path: Path, data: bytes, name: str = "all.zip") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


# --- a class as it comes ----------------------------------------------------------------------------------------


def test_a_class_is_collected_and_collected_again(folder: Path, record: Record) -> None:
    """Sub-folders, any ending, doubles, foreign files: one line each, in order, and the second time nothing new."""
    write(
        folder,
        {
            "b/diazana_501_9001_hand-in.jsonl": another(SMALL, 1),
            "a/hand-in-00000002-2026-01-05.jsonl": another(SMALL, 2),
            "c.txt": another(SMALL, 3),
            "d": another(SMALL, 4),
            "e.jsonl.doc": another(SMALL, 5),
            "f double.json": another(SMALL, 1),
            "syllabus.pdf": b"%PDF-1.7",
        },
    )
    first = [(each.file, each.outcome, each.code) for each in collected(folder, record)]
    second = [(each.file, each.outcome, each.code) for each in collected(folder, record)]

    assert first == [
        ("a/hand-in-00000002-2026-01-05.jsonl", "taken", code_of(2)),
        ("b/diazana_501_9001_hand-in.jsonl", "taken", code_of(1)),
        ("c.txt", "taken", code_of(3)),
        ("d", "taken", code_of(4)),
        ("e.jsonl.doc", "taken", code_of(5)),
        ("f double.json", "already there", code_of(1)),
        ("syllabus.pdf", "refused", ""),
    ]
    assert second == [(name, "already there" if how == "taken" else how, code) for name, how, code in first]
    assert record.codes() == tuple(code_of(number) for number in range(1, 6))


def test_the_zip_of_canvas_is_collected(tmp_path: Path, record: Record) -> None:
    """Renamed files, a late one, one inside the learner's own ZIP: each goes to its person."""
    files = {
        "diazana_501_9001_hand-in.jsonl": another(SMALL, 1),
        "poejane_LATE_502_9002_hand-in-1.jsonl": another(SMALL, 2),
        "østbylars_503_9003_mine.zip": zipped({"in/hand-in.jsonl": another(SMALL, 3), **LEFT}),
    }
    results = collected(zip_file(tmp_path, zipped(files)), record)

    assert [each.note for each in results if each.outcome == "taken"] == ["", "late", ""]
    assert [each.late for each in record.learners()] == [False, True, False]
    assert [each.submission.person for each in record.learners()] == ["501", "502", "503"]
    assert [each.submission.name for each in record.learners()] == ["diazana", "poejane", "østbylars"]


@pytest.mark.parametrize("flat", [False, True])
def test_the_zip_of_moodle_is_collected(tmp_path: Path, record: Record, flat: bool) -> None:
    """Folders of people, or all in one: each goes to its participant."""
    dash = "_" if flat else "_/"
    files = {
        f"Ana Diaz_11_assignsubmission_file{dash}hand-in.jsonl": another(SMALL, 1),
        f"Łukasz O'Neil_12_assignsubmission_file{dash}hand-in.jsonl": another(SMALL, 2),
        "Jane Poe_13_assignsubmission_onlinetext/onlinetext.html": b"<p>See file</p>",
    }
    collected(zip_file(tmp_path, zipped(files)), record)

    assert [each.submission.person for each in record.learners()] == ["11", "12"]
    assert [each.submission.name for each in record.learners()] == ["Ana Diaz", "Łukasz O'Neil"]
    assert [each.submission.person for each in record.unreadable()] == ["13"]


def test_names_that_do_not_say_that_they_are_utf_8_are_read(tmp_path: Path) -> None:
    """MacOS and older Canvas write UTF-8 into ZIPs without saying so; accents written apart are put together."""
    data = zipped({"di\u0301azana_501_9001_x.jsonl": SMALL})
    plain = bytearray(data)
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        plain[plain.index(mark) + offset + 1] &= ~0x08
    assert list(found(zip_file(tmp_path, bytes(plain)))) == ["díazana_501_9001_x.jsonl"]
    assert next(gather(zip_file(tmp_path, data))).submission.name == "díazana"


def test_late_is_what_was_made_after_the_day(folder: Path, record: Record) -> None:
    """The day ends where the instructor lives, not in Greenwich."""
    west = timezone(timedelta(hours=-8))
    for name, number, made in (("a", 1, "2026-01-06T07:59:00Z"), ("b", 2, "2026-01-06T08:01:00Z")):
        write(folder, {name: another(SMALL, number, made=made)})
    results = list(collect(folder, record, now=NOW.astimezone(west), due=date(2026, 1, 5)))

    assert [each.note for each in results] == ["", "late"]


@pytest.mark.parametrize("made", ["yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_no_date_is_too_odd_to_be_late(folder: Path, record: Record, made: str) -> None:
    """A date that is none, or that no time zone can hold, stops nothing."""
    write(folder, {"a": another(SMALL, 1, made=made)})
    for hours in (-12, 14):
        assert list(collect(folder, record, now=NOW.astimezone(timezone(timedelta(hours=hours))), due=date(2026, 1, 5)))


def test_a_single_file_is_taken(folder: Path, record: Record) -> None:
    """Pointing at one hand-in is enough."""
    write(folder, {"hand-in-00000003-2026-01-05.jsonl": SMALL})
    results = collected(folder / "hand-in-00000003-2026-01-05.jsonl", record)

    assert results == [Collected("hand-in-00000003-2026-01-05.jsonl", "taken", "00000003", "")]


# --- what goes wrong with a file --------------------------------------------------------------------------------


def test_bad_files_stop_none_of_the_good(folder: Path, record: Record) -> None:
    """Whatever is wrong with a file is said of it alone, in a sentence; the files before and after are taken."""
    write(folder, {f"{name}.jsonl": data for name, data in BAD.items()})
    write(folder, {"0.jsonl": another(SMALL, 0), "zz.jsonl": another(SMALL, 99)})
    results = {each.file.removesuffix(".jsonl"): each for each in collected(folder, record)}

    assert {name for name, each in results.items() if each.outcome == "refused"} == set(BAD)
    assert record.codes() == (code_of(0), code_of(99))
    for each in results.values():
        assert each.outcome == "taken" or (each.note.endswith(".") and each.note[0].isupper() and each.code == "")
        assert not {"Invalid", "Error", "Failed", "Traceback"} & set(each.note.split())


def test_only_what_somebody_meant_to_hand_in_is_kept_in_mind(folder: Path, record: Record) -> None:
    """500 foreign files are refused and forgotten; a broken hand-in is remembered, so is whatever an LMS brought."""
    write(folder, {f"photo-{number}.jpg": os.urandom(50) for number in range(500)})
    write(
        folder, {"mine.jsonl": BAD["truncated"], "word.jsonl": BAD["utf-16"], "poejane_502_9002_essay.pdf": b"%PDF-1.7"}
    )
    write(folder, {"hand-in-0000000a-2026-01-05.jsonl": b"", **LEFT})
    results = collected(folder, record)

    assert len(results) == 500 + 4 + len(LEFT)
    assert {each.outcome for each in results} == {"refused"}
    assert [each.file for each in record.unreadable()] == [
        "hand-in-0000000a-2026-01-05.jsonl",
        "mine.jsonl",
        "poejane_502_9002_essay.pdf",
        "word.jsonl",
    ]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_hostile_words_are_taken_as_words(folder: Path, record: Record, words: str) -> None:
    """What a learner wrote is data, whatever it would do elsewhere."""
    write(folder, {"a.jsonl": with_words(SMALL, words)})

    assert [each.outcome for each in collected(folder, record)] == ["taken"]


def test_the_same_number_with_other_content_is_refused(folder: Path, record: Record) -> None:
    """Two files of one number and two contents: the first is kept, the second refused by name."""
    write(folder, {"a.jsonl": SMALL, "b.jsonl": with_words(SMALL, "Synthetic: changed")})

    assert [(each.outcome, each.code) for each in collected(folder, record)] == [("taken", "00000003"), ("refused", "")]
    assert record.unreadable() == ()  # it is known whose it is, and hers could be read


def test_a_clock_ahead_is_told(folder: Path, record: Record) -> None:
    """The hand-in is taken, and the instructor told in the file's line."""
    write(folder, {"a.jsonl": another(SMALL, 1, made="2031-05-01T00:00:00Z")})

    assert collected(folder, record)[0].note.startswith("its clock is ahead: dated 2031-05-01")


# --- folders ----------------------------------------------------------------------------------------------------


@posix_only
def test_links_pipes_and_sockets_are_not_opened(folder: Path, record: Record) -> None:
    """What leads outside, round in circles or to a program that never answers is refused unopened."""
    why = write_traps(folder)
    write(folder, {"good.jsonl": another(SMALL, 1)})

    said = faults(folder)
    assert said.pop("good.jsonl") == ""
    assert {name: part for name, part in why.items() if part in said.pop(name)} == why
    assert said == {}
    assert [each.code for each in collected(folder, record) if each.outcome == "taken"] == [code_of(1)]
    assert record.unreadable() == ()


@posix_only
def test_a_file_that_turns_into_a_link_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and opening somebody may put a link, or a pipe, in a file's place."""
    write(folder, {"a.jsonl": SMALL, "b.jsonl": SMALL, "c.jsonl": SMALL})
    plain = os.open

    def swapping(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if str(path).endswith("a.jsonl"):
            Path(path).unlink()
            Path(path).symlink_to("c.jsonl")
        if str(path).endswith("b.jsonl"):
            Path(path).unlink()
            os.mkfifo(path)
        return plain(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", swapping)
    assert [each.data is None for each in gather(folder)] == [True, True, False]


@posix_only
def test_no_depth_of_folders_is_too_deep(folder: Path, record: Record) -> None:
    """A file 60 folders down is taken; what lies deeper than any path can name is refused."""
    write_deep(folder, ["d"] * 60, another(SMALL, 1))
    assert [each.outcome for each in collected(folder, record)] == ["taken"]
    (folder / "z").mkdir()
    write_deep(folder / "z", ["d" * 250] * 20, SMALL)
    said = [each for each in gather(folder) if each.data is None]

    assert len(said) == 1
    assert said[0].fault.startswith("This cannot be opened (File name too long)")
    assert len(said[0].name) <= 240
    # X


def test_a_file_that_cannot_be_opened_is_told(folder: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """No permission, gone meanwhile, a folder that is shut: a sentence each, and the rest is taken."""
    write(folder, {"a.jsonl": SMALL, "b.jsonl": SMALL, "shut/c.jsonl": SMALL, "z.jsonl": another(SMALL, 1)})
    plain_open, plain_scan = os.open, os.scandir

    def opening(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if str(path).endswith("a.jsonl"):
            raise PermissionError(13, "Permission denied")
        if str(path).endswith("b.jsonl"):
            raise FileNotFoundError(2, "No such file")
        return plain_open(path, flags, *more, **named)

    def scanning(path: Any) -> Any:
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return plain_scan(path)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(os, "scandir", scanning)
    said = {each.file: each.note for each in collected(folder, record)}

    assert said["a.jsonl"].startswith("This cannot be opened (Permission denied)")
    assert said["b.jsonl"].startswith("This was gone when its turn came")
    assert said["shut"].startswith("This cannot be opened (Permission denied)")
    assert record.codes() == (code_of(1),)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("nothing", "there is no such folder or ZIP"),
        ("nul\0", "there is no such folder or ZIP"),
        ("empty", "there is no file in it"),
        ("empty.zip", "there is no file in it"),
        ("cut.zip", "This ZIP is damaged or was cut short"),
        pytest.param("pipe", "this is neither a folder nor a ZIP", marks=posix_only),
    ],
)
def test_a_source_that_is_none_is_told(folder: Path, source: str, said: str) -> None:
    """What is named instead of a folder or ZIP is named back, with what to do."""
    (folder / "empty" / "also empty").mkdir(parents=True)
    write(folder, {"empty.zip": zipped({}), "cut.zip": zipped({"a": SMALL})[:-30]})
    if os.name == "posix":
        os.mkfifo(folder / "pipe")

    with pytest.raises(ClassRecordError, match=said):
        list(gather(folder / source))


def test_a_folder_of_too_many_files_is_told(folder: Path, record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who points at the whole disk is told so; what was met until then is taken."""
    monkeypatch.setattr(gathering, "MAX_FILES", 5)
    write(folder, {f"{number}.jsonl": another(SMALL, number) for number in range(9)})
    results = collected(folder, record)

    assert [each.outcome for each in results] == ["taken"] * 5 + ["refused"]
    assert results[-1].note.startswith("There are more than 5 files")


def test_a_folder_of_too_many_bytes_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sum of all that is read is bounded, too."""
    monkeypatch.setattr(gathering, "MAX_TOTAL", 3 * len(SMALL))
    write(folder, {f"{number}.jsonl": SMALL for number in range(9)})

    assert [each.data is None for each in gather(folder)] == [False] * 4 + [True]


def test_one_file_is_held_at_a_time(folder: Path, record: Record) -> None:
    """Memory does not grow with the class."""
    write(folder, {f"{number}.jsonl": another(COURSE, number) for number in range(12)})

    def peak(files: int) -> int:
        tracemalloc.start()
        for number, _ in enumerate(collect(folder, record, now=NOW), start=1):
            if number == files:
                break
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(1)  # the first of all also imports and compiles
    assert peak(12) < 1.2 * peak(3)


# --- ZIPs -------------------------------------------------------------------------------------------------------


def test_path_tricks_are_only_names(tmp_path: Path, record: Record) -> None:
    """What would leave the folder if it were unpacked is judged by its content and shown without the trick."""
    files = {
        "../../up.jsonl": another(SMALL, 1),
        "/etc/root.jsonl": another(SMALL, 2),
        "C:\\Users\\drive.jsonl": another(SMALL, 3),
        "\\\\server\\share\\unc.jsonl": another(SMALL, 4),
        "a/./b/../dots.jsonl": another(SMALL, 5),
        "turn\u202elnosj.exe": another(SMALL, 6),
        "esc\x1b[31mape.jsonl": another(SMALL, 7),
    }
    source = zip_file(tmp_path, zipped(files))
    results = collected(source, record)

    assert sorted(each.file for each in results) == [
        "Users/drive.jsonl",
        "a/b/dots.jsonl",
        "esc<1B>[31mape.jsonl",
        "etc/root.jsonl",
        "server/share/unc.jsonl",
        "turn<202E>lnosj.exe",
        "up.jsonl",
    ]
    assert {each.outcome for each in results} == {"taken"}
    assert set(tmp_path.iterdir()) == {source, record.path.parent}
    assert {path.name for path in record.path.parent.iterdir()} <= {"class.db", "class.db-wal", "class.db-shm"}


def test_a_nul_in_a_name_hides_nothing(tmp_path: Path) -> None:
    """Some programs stop reading a name at a NUL; the whole of it is shown."""
    data = zipped({"hand-in.jsonlX.exe": SMALL}).replace(b"jsonlX", b"jsonl\0")

    assert list(found(zip_file(tmp_path, data))) == ["hand-in.jsonl<00>.exe"]


def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path) -> None:
    """A link in a ZIP holds a path, which leads wherever somebody wanted."""
    said = faults(zip_file(tmp_path, zip_of_links("/etc/passwd")))

    assert said == {"link.jsonl": _zips.LINK, "device.jsonl": _zips.NOT_PLAIN}


@pytest.mark.parametrize("in_folder", [False, True])
def test_a_bomb_is_noticed_soon(folder: Path, record: Record, in_folder: bool) -> None:
    """A ZIP that unpacks to a thousand times its size is left after a few files."""
    write(folder, {"bomb.zip": bomb(), "z.jsonl": another(SMALL, 1)})
    results = collected(folder if in_folder else folder / "bomb.zip", record)

    assert "unpacks to far more" in [each.note for each in results if "bomb" in each.file or not in_folder][-1]
    assert len(results) < 10
    assert record.codes() == ((code_of(1),) if in_folder else ())


def test_a_large_entry_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What says that it is too large is believed; what lies about it is read up to the bound only."""
    huge = {"a.jsonl": b" " * (MAX_BYTES + 5)}
    read_bytes: list[int | None] = []
    plain = zipfile.ZipExtFile.read

    def reading(self: Any, n: int | None = -1) -> bytes:
        read_bytes.append(n)
        return plain(self, n)

    monkeypatch.setattr(zipfile.ZipExtFile, "read", reading)
    assert "larger than 32 MB" in next(gather(zip_file(tmp_path, zipped(huge)))).fault
    assert read_bytes == []
    assert "damaged inside its ZIP" in next(gather(zip_file(tmp_path, lying(huge, 99), "b.zip"))).fault
    assert set(read_bytes) == {MAX_BYTES + 1}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (locked, "locked with a password"),
        (lambda files: zipped(files, zipfile.ZIP_BZIP2), "packed in a way that is not read here"),
        (lambda files: zipped(files, zipfile.ZIP_LZMA), "packed in a way that is not read here"),
        (lambda files: damaged(files, "a.jsonl"), "damaged inside its ZIP"),
        (lambda files: lying(files, 10), "damaged inside its ZIP"),
        (lambda files: zipped({"a.zip": zipped({"b.zip": zipped(files)})}), "inside a ZIP inside a ZIP"),
        (lambda files: zipped({"a.zip": zipped(files)[:-40]}), "This ZIP is damaged or was cut short"),
        (lambda files: zipped({"a.docx": zipped({"[Content_Types].xml": b""})}), "a document of another program"),
        (lambda files: zipped({"a.jsonl": b""}), "This file is empty"),
    ],
)
def test_what_is_wrong_inside_a_zip_is_told(
    tmp_path: Path, record: Record, spoil: Callable[[dict[str, bytes]], bytes], said: str
) -> None:
    """Each fault of one file in a ZIP is said of that file."""
    assert said in collected(zip_file(tmp_path, spoil({"a.jsonl": SMALL})), record)[0].note


def test_damage_to_one_file_of_a_zip_stops_none_of_the_rest(tmp_path: Path, record: Record) -> None:
    """A flipped bit costs one hand-in, not a class."""
    files = {f"{number}.jsonl": another(SMALL, number) for number in range(5)}
    results = collected(zip_file(tmp_path, damaged(files, "2.jsonl")), record)

    assert [each.outcome for each in results] == ["taken", "taken", "refused", "taken", "taken"]


def test_a_zip_of_too_many_files_is_not_even_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The table of contents is measured before it is read, with the eight-byte numbers of large ZIPs, too."""
    monkeypatch.setattr(_zips, "MAX_DIRECTORY", 1000)
    data = zipped({f"{number}.jsonl": b"x" for number in range(50)})
    with pytest.raises(ClassRecordError, match="more than 20,000 files, so it is not opened"):
        list(gather(zip_file(tmp_path, data)))
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack_from("<2L", data, end + 12)
    large = _zips._END_64.pack(b"PK\6\6", 44, 45, 45, 0, 0, 50, 50, size, start)
    locator = b"PK\6\7" + (0).to_bytes(4, "little") + end.to_bytes(8, "little") + (1).to_bytes(4, "little")
    marked = data[end : end + 12] + b"\xff" * 8 + data[end + 20 :]
    path = zip_file(tmp_path, data[:end] + large + locator + marked, "large.zip")
    assert len(zipfile.ZipFile(path).namelist()) == 50
    with pytest.raises(ClassRecordError, match="more than 20,000 files, so it is not opened"):
        list(gather(path))
    monkeypatch.setattr(_zips, "MAX_DIRECTORY", 10_000)
    assert len(list(gather(path))) == 50


def test_a_zip_of_many_files_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files in ZIPs count like files in folders."""
    monkeypatch.setattr(gathering, "MAX_FILES", 5)
    with pytest.raises(ClassRecordError, match="more than 5 files"):
        list(gather(zip_file(tmp_path, zipped({f"{number}.jsonl": b"x" for number in range(9)}))))


@pytest.mark.parametrize("name", LEFT)
def test_what_systems_leave_is_told_as_that(folder: Path, name: str) -> None:
    """Nobody handed in what macOS or Windows left."""
    write(folder, {name: SMALL})

    assert [(each.stray, each.fault) for each in gather(folder)] == [(True, "Left by macOS or Windows, no hand-in.")]


# --- anything at all --------------------------------------------------------------------------------------------

_quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
PUT = st.binary(max_size=12) | st.text('0123456789abcdef-TZ{}[]"\\ué', max_size=6).map(str.encode)
CHANGES = st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 12), PUT), min_size=1, max_size=3)


def _comes_back(place: Path, data: bytes) -> None:
    """Collect a file; what is taken must come back line by line, and what is not must be refused with a sentence."""
    try:
        path = place / "class.db" if read(data) else None
    except HandInError:
        path = place.parent / "refused.db"  # one record for all of them: making one takes time
    source = write(place / "files", {"a.jsonl": data})
    with Record.open(path) as record:
        (result,) = collected(source, record)
        if data[:4] in _zips.SIGNATURES:  # alone, what begins as a ZIP and is none is no source at all
            with pytest.raises(ClassRecordError, match=r"\w{3}\.$"):
                list(collected(source / "a.jsonl", record))
        else:
            (alone,) = collected(source / "a.jsonl", record)
            assert alone.outcome == ("already there" if result.outcome == "taken" else "refused")

        assert record.codes() == ((result.code,) if result.outcome == "taken" else ())
        if result.outcome == "taken":
            back = record.hand_in(result.code)
            assert read(back.text().encode()).lines == back.lines
            assert {line["id"]: line for line in back.lines} == {line["id"]: line for line in read(data).lines}
        else:
            assert result.note.endswith(".")


@settings(parent=_quick, max_examples=150)
@given(CHANGES)
@example([(0, 0, b"PK\3\4")])
def test_whatever_is_taken_can_be_read_again(tmp_path_factory: Any, changes: list[tuple[int, int, bytes]]) -> None:
    """A hand-in with any bytes changed is refused with a sentence, or taken and comes back line by line."""
    data = SMALL
    for place, gone, put in changes:
        data = data[:place] + put + data[place + gone :]
    _comes_back(tmp_path_factory.mktemp("any"), data)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = ["id", "made", "code", "name", "program", "contents", "synthetic", "at", "seq", "machine", "item", "answer"]


@settings(parent=_quick, max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(FIELDS), VALUES | st.text(max_size=20)), min_size=1))
def test_whatever_stands_in_a_field_is_kept_or_refused(tmp_path_factory: Any, changes: list[Any]) -> None:
    """A hand-in with anything in any of its fields is refused with a sentence, or comes back line by line."""
    rows = rows_of(SMALL)
    for place, field, value in changes:
        if field in rows[place]:
            rows[place][field] = value
    _comes_back(tmp_path_factory.mktemp("any"), lines_of(rows))


def gathered(source: Path) -> tuple[list[Found], str]:
    """Return what could be gathered, and the sentence on why nothing could."""
    try:
        return list(gather(source)), ""
    except ClassRecordError as said:
        return [], str(said)


@settings(parent=_quick, max_examples=500)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 6), st.binary(max_size=6)), min_size=1, max_size=5))
def test_no_change_of_a_zip_stops_anything(tmp_path_factory: Any, changes: list[tuple[int, int, bytes]]) -> None:
    """A ZIP with any bytes changed gives files, refusals, or a sentence on the whole; never anything else."""
    data = zipped({"a.jsonl": b"x" * 300, "b/c.jsonl": b"x" * 50, "d.zip": zipped({"e.jsonl": b"y"})})
    for somewhere, gone, put in changes:
        place = somewhere % (len(data) or 1)
        data = data[:place] + put + data[place + gone :]
    results, said = gathered(zip_file(tmp_path_factory.mktemp("any"), b"PK\3\4" + data[4:]))

    assert all((each.data is None) == bool(each.fault) for each in results)
    assert said == "" or said.endswith(".")


@_quick
@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4, unique=True))
def test_no_name_in_a_zip_escapes(tmp_path_factory: Any, names: list[str]) -> None:
    """Whatever the files of a ZIP are called, they are read where they are, and shown in one line without a way out."""
    place = tmp_path_factory.mktemp("any")
    files = {name.encode("utf-8", "replace").decode(): b"x" for name in names}
    results, _ = gathered(zip_file(place, zipped(files)))  # nothing, where all are folders

    assert [path.name for path in place.iterdir()] == ["all.zip"]
    for each in results:
        assert each.name.isprintable()
        assert not {"..", "."} & set(each.name.split("/"))
        assert not each.name.startswith("/")


@given(st.text(max_size=500))
def test_any_text_can_be_shown(text: str) -> None:
    """In one line, of bounded length, and the same when it is shown twice."""
    once = shown(text)

    assert once.isprintable()
    assert len(once) <= 240
    assert shown(once) == once
    assert "\\" not in safe_path(text)
    assert safe_path(text) != ""
