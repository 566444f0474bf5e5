"""Nothing that was confirmed is lost: cut files, killed programs, full disks, two windows, half copies."""

from __future__ import annotations

import contextlib
import errno
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_kit.errors import JournalError
from alliance_kit.journal import FolderLock, Journal, _disk, _file, _lock

ROOT = Path(__file__).parent.parent
CUT_OFF = "One entry in the journal was cut off or damaged"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "journal"


def notes(journal: Journal) -> list[object]:
    return [line.data.get("text") for line in journal.lines("note")]


@pytest.fixture(scope="module")
def three_notes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("three") / "journal"
    for text in ("eins", "zwei ☀", "drei"):
        Journal(folder).record("note", text=text)
    return (folder / "journal.jsonl").read_bytes()


# --- cut and damaged files --------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=80)
@given(data=st.data())
def test_file_cut_at_any_byte_keeps_every_whole_line(
    three_notes: bytes, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whole lines stay, the fragment is set aside and told once, and writing goes on."""
    cut = data.draw(st.integers(0, len(three_notes)))
    folder = tmp_path_factory.mktemp("cut") / "journal"
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes(three_notes[:cut])
    lines = three_notes[:cut].split(b"\n")
    whole = [json.loads(line)["text"] for line in lines[:-1]]
    with contextlib.suppress(ValueError):  # a last line that lacks only its newline is whole
        whole.append(json.loads(lines[-1])["text"])
    torn = bool(lines[-1]) and len(whole) < len(lines)

    journal = Journal(folder)
    assert notes(journal) == whole
    assert [CUT_OFF in notice for notice in journal.notices()] == [True] * torn
    journal.record("note", text="after")
    again = Journal(folder)
    assert notes(again) == [*whole, "after"]
    assert again.notices() == ()
    assert (folder / "journal.jsonl").read_bytes().startswith(three_notes[:cut])
    shutil.rmtree(folder)


@settings(deadline=None, max_examples=50)
@given(garbage=st.binary(max_size=200), at=st.integers(0, 3))
def test_garbage_between_lines_harms_no_line(
    three_notes: bytes, tmp_path_factory: pytest.TempPathFactory, garbage: bytes, at: int
) -> None:
    """Whatever bytes stand between two lines, the lines are read, and opening twice tells it once."""
    folder = tmp_path_factory.mktemp("garbage") / "journal"
    folder.mkdir()
    parts = three_notes.splitlines(keepends=True)
    (folder / "journal.jsonl").write_bytes(b"".join(parts[:at]) + garbage + b"\n" + b"".join(parts[at:]))

    journal = Journal(folder)
    assert notes(journal) == ["eins", "zwei ☀", "drei"]
    journal.notices()
    assert Journal(folder).notices() == ()
    shutil.rmtree(folder)


def test_torn_line_is_told_once_and_kept_as_it_is(folder: Path) -> None:
    """The sentence is plain; the bytes stay in the file; a window opened later is silent."""
    Journal(folder).record("note", text="whole")
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"schema": 1, "id": "t", "text": "half a wo')

    assert Journal(folder).notices() == (f"{CUT_OFF}; it is set aside in the file, all others are whole.",)
    assert Journal(folder).notices() == ()
    assert b'"half a wo\n' in (folder / "journal.jsonl").read_bytes()


def test_half_copied_file_with_nuls_keeps_the_rest(folder: Path) -> None:
    """Blocks of NULs, as a copy or a power cut leaves them, cost only the lines that they cover."""
    journal = Journal(folder)
    for number in range(40):
        journal.record("note", text=f"{number}")
    path = folder / "journal.jsonl"
    raw = bytearray(path.read_bytes())
    raw[1000:1500] = bytes(500)
    path.write_bytes(bytes(raw) + bytes(300))

    again = Journal(folder)
    assert 34 <= len(notes(again)) < 40
    assert "2 entries in the journal were cut off or damaged" in again.notices()[0]
    again.record("note", text="after")
    assert notes(Journal(folder))[-1] == "after"


def test_line_behind_nuls_is_read(folder: Path) -> None:
    """A whole line that merely follows a run of NULs is not given up."""
    Journal(folder).record("note", text="whole")
    path = folder / "journal.jsonl"
    path.write_bytes(bytes(100) + path.read_bytes())

    assert notes(Journal(folder)) == ["whole"]


def test_editor_that_changed_line_ends_harms_nothing(folder: Path, three_notes: bytes) -> None:
    """A byte order mark and Windows line ends, as an editor adds them, are passed over."""
    folder.mkdir()
    (folder / "journal.jsonl").write_bytes(b"\xef\xbb\xbf" + three_notes.replace(b"\n", b"\r\n\r\n"))

    journal = Journal(folder)
    assert notes(journal) == ["eins", "zwei ☀", "drei"]
    assert journal.notices() == ()


@pytest.mark.parametrize(
    "bad",
    [
        b'{"schema": 1, "id": "x", "machine": "m", "seq": 1, "at": "", "type": "note", "deep": '
        + b"[" * 61
        + b"]" * 61
        + b"}",
        b'{"schema": 1, "id": "x", "machine": "m", "seq": 1, "at": "", "type": "note", "deep": ' + b"[" * 200_000,
        b'{"schema": 1, "id": "x", "machine": "m", "seq": 1, "at": "", "type": "note", "n": ' + b"9" * 5000 + b"}",
        b'{"schema": 1, "id": "x", "machine": "m", "seq": 1, "at": "", "type": "note", "n": NaN}',
        b'{"schema": true, "id": "x"}',
        b'"\\' * 40_000 + b"{[" * 100,
        b"cos\nsystem\n(S'echo'\ntR.".replace(b"\n", b" "),
    ],
    ids=["deep", "very deep", "big number", "nan", "no schema", "hostile quotes", "pickle"],
)
def test_hostile_line_is_set_aside(folder: Path, bad: bytes) -> None:
    """Out of bounds, no JSON, or no envelope: set aside, told, never executed, and quick."""
    Journal(folder).record("note", text="whole")
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(bad + b"\n")
    began = time.monotonic()

    journal = Journal(folder)
    assert notes(journal) == ["whole"]
    assert CUT_OFF in journal.notices()[0]
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("torn", [False, True])
def test_line_over_eight_megabytes_is_set_aside_once(folder: Path, torn: bool) -> None:
    """It is never held in memory, told once, and copied whole when something else is forgotten."""
    Journal(folder).record("note", text="whole")
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b"x" * (9 * 1024 * 1024) + b"\n" * (not torn))

    journal = Journal(folder)
    assert notes(journal) == ["whole"]
    assert CUT_OFF in journal.notices()[0]
    assert Journal(folder).notices() == ()
    journal.forget("something-else")
    assert (folder / "journal.jsonl").stat().st_size > 9 * 1024 * 1024
    assert notes(Journal(folder)) == ["whole"]


def test_newer_lines_are_kept_byte_for_byte_and_told(folder: Path) -> None:
    """Whatever a later version writes, this one neither shows nor touches it, not even when it rewrites the file."""
    Journal(folder).record("note", text="ours")
    newer = b'{"schema":2,  "id":"n1","machine":"m","seq":1,"at":"later","type":"note","text":"theirs"}\n'
    odd = b'{"id": "n2", "schema": 3, "everything": {"is": "different"}}\n'
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(newer + odd)

    journal = Journal(folder)
    assert notes(journal) == ["ours"]
    assert [notice for notice in journal.notices() if notice.startswith("2 entries") and "newer version" in notice]
    journal.forget("something-else")
    assert newer + odd in (folder / "journal.jsonl").read_bytes()
    other = Journal(folder.with_name("other"))
    result = other.import_file(folder / "journal.jsonl")
    assert result.newer == 2
    assert newer + odd in (folder.with_name("other") / "journal.jsonl").read_bytes()


def test_torn_draft_restores_the_one_before(folder: Path) -> None:
    """The words saved at the last pause are there, and the learner is told in one sentence, once."""
    journal = Journal(folder)
    journal.save_draft("k", "saved at the last pause")
    with (folder / "drafts.jsonl").open("ab") as file:
        file.write(b'{"schema": 1, "text": "saved at the last pause and then')

    again = Journal(folder)
    assert again.draft("k") == "saved at the last pause"
    assert again.notices() == (
        "The last words being typed were cut off; the version that was saved just before is shown.",
    )
    assert Journal(folder).notices() == ()


# --- a file that others replace ---------------------------------------------------------------------------------


def test_file_replaced_by_an_older_copy_is_made_whole(folder: Path) -> None:
    """A sync program puts back yesterday's file: what this window still knows is written back, and told."""
    journal = Journal(folder)
    journal.record("note", text="yesterday")
    path = folder / "journal.jsonl"
    old = path.read_bytes()
    journal.record("note", text="today")
    (folder / "old").write_bytes(old[:-9])
    (folder / "old").replace(path)

    assert notes(journal) == ["yesterday", "today"]
    assert any("2 entries that this window still had were put back" in notice for notice in journal.notices())
    assert sorted(notes(Journal(folder))) == ["today", "yesterday"]


def test_replacement_seen_while_another_window_writes_is_made_whole_later(folder: Path) -> None:
    """What this window knew is not forgotten while it cannot have the lock."""
    journal = Journal(folder, lock_timeout=0.05)
    journal.record("note", text="one")
    (folder / "journal.jsonl").write_bytes(b"")
    with FolderLock(folder):
        assert notes(journal) == []

    assert notes(journal) == notes(Journal(folder)) == ["one"]


def test_replacement_of_the_same_length_is_seen(folder: Path) -> None:
    """Not only the size tells that it is another file."""
    journal = Journal(folder)
    journal.record("note", text="one")
    other = Journal(folder.with_name("other"))
    other.record("note", text="two")
    time.sleep(0.02)
    shutil.copyfile(folder.with_name("other") / "journal.jsonl", folder / "journal.jsonl")

    assert notes(journal) == ["two", "one"]


def test_removed_file_is_told_and_not_brought_back(folder: Path) -> None:
    """Somebody who removes the file meant it: the lines do not come back, a new journal begins, and it is said."""
    journal = Journal(folder)
    journal.record("note", text="old")
    (folder / "journal.jsonl").unlink()

    assert notes(journal) == []
    assert any("no longer in its folder" in notice for notice in journal.notices())
    journal.record("note", text="new")
    assert notes(Journal(folder)) == ["new"]


def test_removed_folder_is_made_again(folder: Path) -> None:
    """Words typed after somebody removed the whole folder are still saved."""
    journal = Journal(folder)
    journal.save_draft("k", "old")
    shutil.rmtree(folder)
    journal.save_draft("k", "new")
    journal.record("note", text="new")

    assert Journal(folder).draft("k") == "new"
    assert notes(Journal(folder)) == ["new"]


# --- kill -9 ----------------------------------------------------------------------------------------------------

WRITER = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from alliance_kit.journal import Journal
journal = Journal(Path(sys.argv[2]))
for number in range(100_000):
    name = f"{sys.argv[3]}-{number}"
    journal.record("note", text=name, filling="x" * (number * 37 % 5000))
    journal.save_draft("k", name)
    sys.stdout.write(name + "\\n")
    sys.stdout.flush()
"""


def start_writer(folder: Path, name: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", WRITER, str(ROOT), str(folder), name]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def test_killed_programs_lose_nothing_confirmed(folder: Path) -> None:
    """Two programs write to one folder and are killed at an arbitrary moment, many times over."""
    confirmed: set[str] = set()
    for number in range(6):
        writers = [start_writer(folder, f"{number}{side}") for side in "ab"]
        for writer in writers:
            confirmed.add(writer.stdout.readline().strip())
        time.sleep(0.05 + 0.013 * number)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
        for writer in writers:
            confirmed.update(line.strip() for line in writer.stdout if line.endswith("\n"))
            writer.stdout.close()
            writer.wait()

    journal = Journal(folder)
    found = notes(journal)
    assert len(confirmed) > 12
    assert confirmed <= set(found)
    assert len(found) == len(set(found))
    sequence = [line.seq for line in journal.lines()]
    assert sequence == sorted(set(sequence))
    assert journal.draft("k") in found


def test_rewriting_killed_half_way_leaves_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forgetting is whole or not at all; what a killed attempt left beside the file goes with the next one."""
    journal = Journal(folder)
    journal.record("note", text="canary")

    def killed(source: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_disk, "_replace", killed)
        patch.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(KeyboardInterrupt):
            journal.forget()
    assert (folder / "journal.jsonl.tmp").exists()
    assert notes(Journal(folder)) == ["canary"]
    Journal(folder).forget()
    assert not (folder / "journal.jsonl.tmp").exists()


# --- full and unwilling disks -----------------------------------------------------------------------------------


def refuse(number: int):
    def refused(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    return refused


@pytest.mark.parametrize("taken", [0, 1, 50])
def test_full_disk_is_told_and_leaves_the_file_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, taken: int
) -> None:
    """However many bytes the disk still took: the file is cut back, one sentence is said, and later writing works."""
    journal = Journal(folder)
    journal.record("note", text="before")
    before = (folder / "journal.jsonl").read_bytes()
    write, left = os.write, [taken]

    def nearly_full(descriptor: int, data: bytes) -> int:
        if not left[0]:
            raise OSError(errno.ENOSPC, "No space left on device")
        size = write(descriptor, bytes(data)[: left[0]])
        left[0] = 0
        return size

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", nearly_full)
        with pytest.raises(JournalError, match=r"^The disk is full: .*all that was saved before is safe"):
            journal.record("note", text="too much")
    assert (folder / "journal.jsonl").read_bytes() == before
    journal.record("note", text="after")
    assert notes(journal) == notes(Journal(folder)) == ["before", "after"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_line_without_fsync_is_not_confirmed(folder: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """When the disk does not confirm, neither does the journal; no window shows the line."""
    journal, other = Journal(folder), Journal(folder)
    journal.record("note", text="before")
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse(number))
        with pytest.raises(JournalError, match="saved before is safe"):
            journal.record("note", text="not confirmed")
        with pytest.raises(JournalError, match="saved before is safe"):
            journal.save_draft("k", "not confirmed")
    assert notes(journal) == notes(other) == ["before"]
    assert journal.draft("k") == ""


def test_disk_that_can_neither_take_nor_cut_back_still_confirms_later_lines(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fragment that stays is closed before the next line, so that line is whole."""
    journal = Journal(folder)
    journal.record("note", text="before")
    write = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "ftruncate", refuse(errno.EIO))
        patch.setattr(
            os, "write", lambda d, data: write(d, bytes(data)[:20]) if len(data) > 20 else refuse(errno.EIO)()
        )
        with pytest.raises(JournalError, match="The disk refused"):
            journal.record("note", text="x")
    journal.record("note", text="after")

    assert notes(journal) == notes(Journal(folder)) == ["before", "after"]


def test_every_write_is_fsynced_before_it_is_confirmed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The line is on the disk when the call comes back: fsync follows the last write of its file."""
    calls: list[str] = []
    write, fsync = os.write, os.fsync
    journal = Journal(folder)
    journal.record("note")
    monkeypatch.setattr(os, "write", lambda d, data: (calls.append("write"), write(d, data))[1])
    monkeypatch.setattr(os, "fsync", lambda d: (calls.append("fsync"), fsync(d))[1])
    journal.record("note")
    journal.save_draft("k", "words")

    assert calls[:2] == ["write", "fsync"]
    assert calls[-2:] != ["fsync", "write"]
    assert calls.count("fsync") >= 3  # the journal, the drafts, and the folder of the new drafts file


def test_read_only_folder_can_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written, not even a lock, the journal is read; writing is refused in one sentence."""
    Journal(folder).record("note", text="whole")
    with (folder / "journal.jsonl").open("ab") as file:
        file.write(b'{"torn')
    open_ = os.open

    def read_only(path: object, flags: int, *rest: object, **more: object) -> int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            raise OSError(errno.EROFS, "Read-only file system")
        return open_(path, flags, *rest, **more)

    monkeypatch.setattr(os, "open", read_only)
    journal = Journal(folder)
    assert notes(journal) == ["whole"]
    with pytest.raises(JournalError, match="does not let the workbook read and write"):
        journal.record("note")


def test_full_disk_while_drafts_are_tidied_loses_no_draft(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The words were confirmed before; that the file could not be made smaller is nobody's trouble."""
    monkeypatch.setattr("alliance_kit.journal._drafts.COMPACT_BYTES", 100)
    journal = Journal(folder)
    monkeypatch.setattr(_file, "write_whole", refuse(errno.ENOSPC))

    assert journal.save_draft("k", "x" * 500).data["text"] == "x" * 500
    assert Journal(folder).draft("k") == "x" * 500


# --- two windows ------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=25)
@given(steps=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["note", "draft", "look"])), max_size=25))
def test_any_order_of_two_windows_keeps_every_word(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[int, str]]
) -> None:
    """However two windows take turns, each confirmed line is there once, in order, and both agree."""
    folder = tmp_path_factory.mktemp("two") / "journal"
    windows, written, drafts = [Journal(folder), Journal(folder)], [], {}
    for number, (side, act) in enumerate(steps):
        if act == "note":
            windows[side].record("note", text=number)
            written.append(number)
        elif act == "draft":
            windows[side].save_draft("k", f"{number}")
            drafts[side] = f"{number}"
        else:
            windows[side].lines()

    assert notes(windows[0]) == notes(windows[1]) == notes(Journal(folder)) == written
    for side, words in drafts.items():
        assert windows[side].draft("k") == words
        offered = {*windows[1 - side].other_drafts("k"), windows[1 - side].draft("k")}
        assert words in offered
    shutil.rmtree(folder, ignore_errors=True)


def test_threads_share_one_journal(folder: Path) -> None:
    """Several threads on one object write whole lines, each number once."""
    journal = Journal(folder)
    threads = [
        threading.Thread(target=lambda n=n: [journal.record("note", text=f"{n}-{i}") for i in range(25)])
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(notes(journal))) == 100
    assert [line.seq for line in journal.lines()] == list(range(1, 101))


# --- locks ------------------------------------------------------------------------------------------------------


class FakeMsvcrt:
    """Windows' lock calls, made of flock: the same calls, the same refusals."""

    LK_NBLCK, LK_UNLCK = 2, 0

    def __init__(self) -> None:
        import fcntl  # noqa: PLC0415 — only where it exists

        self._fcntl = fcntl

    def locking(self, descriptor: int, mode: int, size: int) -> None:
        """Lock or let go."""
        how = self._fcntl.LOCK_UN if mode == self.LK_UNLCK else self._fcntl.LOCK_EX | self._fcntl.LOCK_NB
        try:
            self._fcntl.flock(descriptor, how)
        except BlockingIOError as error:
            raise PermissionError(errno.EACCES, "Permission denied") from error


class NoLocks:
    """A disk without file locks, as some network drives are."""

    LOCK_EX = LOCK_NB = LOCK_UN = 0

    @staticmethod
    def flock(descriptor: int, how: int) -> None:
        """Refuse, as such a disk does."""
        raise OSError(errno.ENOLCK, "No locks available")


@pytest.fixture(params=["system", "msvcrt", "owner file", "no locks on this disk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "system" and _lock._fcntl is None:
        pytest.skip("this system has no fcntl")
    if request.param == "msvcrt":
        pytest.importorskip("fcntl")
        monkeypatch.setattr(_lock, "_msvcrt", FakeMsvcrt())
    if request.param in ("msvcrt", "owner file"):
        monkeypatch.setattr(_lock, "_fcntl", None)
    if request.param == "owner file":
        monkeypatch.setattr(_lock, "_msvcrt", None)
    if request.param == "no locks on this disk":
        monkeypatch.setattr(_lock, "_fcntl", NoLocks())
    return request.param


def _count_up(folder: str, times: int) -> None:
    path = Path(folder) / "count"
    for _ in range(times):
        with FolderLock(Path(folder), timeout=30):
            number = int(path.read_text()) if path.exists() else 0
            path.write_text(str(number + 1))


def test_lock_admits_one_of_several_threads(way: str, folder: Path) -> None:
    """Reading and writing a counter under the lock loses no count."""
    threads = [threading.Thread(target=_count_up, args=(str(folder), 20)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (folder / "count").read_text() == "80"


def test_lock_admits_one_of_several_programs(way: str, folder: Path) -> None:
    """The same with separate programs."""
    context = multiprocessing.get_context("fork")
    programs = [context.Process(target=_count_up, args=(str(folder), 20)) for _ in range(3)]
    for program in programs:
        program.start()
    for program in programs:
        program.join()

    assert (folder / "count").read_text() == "60"


def test_busy_window_does_not_shut_others_out(way: str, folder: Path) -> None:
    """A window that asks for the lock again the moment it lets go still leaves others their turn."""
    done = threading.Event()

    def busy() -> None:
        lock = FolderLock(folder)
        while not done.is_set():
            with lock:
                time.sleep(0.002)

    thread = threading.Thread(target=busy)
    thread.start()
    began = time.monotonic()
    try:
        for _ in range(5):
            with FolderLock(folder, timeout=5):
                pass
    finally:
        done.set()
        thread.join()
    assert time.monotonic() - began < 2


def test_lock_gives_up_in_plain_words(way: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that does not let go is named as the reason, after the time allowed."""
    monkeypatch.setattr(_lock, "_break_stale", lambda *_: None)
    with (
        FolderLock(folder),
        pytest.raises(JournalError, match="Another window is writing in your journal"),
        FolderLock(folder, timeout=0.1, stale=-1.9),
    ):
        pass
    with FolderLock(folder, timeout=0.1):
        pass


def test_lock_may_be_entered_again_inside(way: str, folder: Path) -> None:
    """By the same object; it is let go when the outermost block ends."""
    lock = FolderLock(folder)
    with lock, lock:
        assert lock.ours
    assert not lock.ours
    with FolderLock(folder, timeout=0.1):
        pass


def test_lock_of_a_killed_program_is_free_at_once(folder: Path) -> None:
    """The system lets go of a lock whose owner is dead."""
    if _lock._fcntl is None:
        pytest.skip("this system has no fcntl")
    script = (
        f"import sys, time; sys.path.insert(0, {str(ROOT)!r})\nfrom pathlib import Path\n"
        "from alliance_kit.journal import FolderLock\n"
        f"with FolderLock(Path({str(folder)!r})):\n    print('held', flush=True)\n    time.sleep(60)"
    )
    holder = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    holder.kill()
    holder.wait()
    holder.stdout.close()

    with FolderLock(folder, timeout=1) as lock:
        assert lock.ours


@pytest.fixture
def owner_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_lock, "_fcntl", None)
    monkeypatch.setattr(_lock, "_msvcrt", None)


def test_owner_file_left_by_a_crash_is_broken_when_it_is_old(owner_file: None, folder: Path) -> None:
    """After the stale time, not before, whatever the clock of this machine says."""
    folder.mkdir()
    (folder / "journal.lock.owner").write_text("somebody who crashed")
    began = time.monotonic()

    with FolderLock(folder, timeout=0.2, stale=1.5) as lock:
        assert lock.ours
    assert 1.4 < time.monotonic() - began < 5
    assert not (folder / "journal.lock.owner").exists()


def test_owner_whose_lock_was_broken_does_not_remove_the_new_one(owner_file: None, folder: Path) -> None:
    """A laptop that slept through the stale time notices that the lock is no longer its own."""
    sleeper = FolderLock(folder)
    with sleeper:
        (folder / "journal.lock.owner").write_text("somebody else meanwhile")
        assert not sleeper.ours
    assert (folder / "journal.lock.owner").read_text() == "somebody else meanwhile"


def test_rewriting_stops_when_the_lock_was_lost(owner_file: None, folder: Path) -> None:
    """Nothing is replaced by somebody who no longer holds the lock."""
    journal = Journal(folder)
    journal.record("note", text="kept")

    with journal._lock:
        (folder / "journal.lock.owner").write_text("somebody else meanwhile")
        with pytest.raises(JournalError, match="took over the journal"):
            journal.forget()
    (folder / "journal.lock.owner").unlink()
    assert notes(Journal(folder)) == ["kept"]


def test_journal_works_without_any_system_lock(owner_file: None, folder: Path) -> None:
    """As in a browser: everything works with the owner file alone."""
    one, two = Journal(folder), Journal(folder)
    one.record("note", text="one")
    two.record("note", text="two")
    two.save_draft("k", "words")

    assert notes(one) == ["one", "two"]
    assert Journal(folder).draft("k") == "words"
    assert not (folder / "journal.lock.owner").exists()
