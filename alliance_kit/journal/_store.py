"""The lines of `journal.jsonl` in memory, by type, kept level with the file while other windows write to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from alliance_kit.errors import JournalError
from alliance_kit.journal._codec import Line
from alliance_kit.journal._disk import told, write_whole
from alliance_kit.journal._file import AppendOnlyFile, Piece
from alliance_kit.journal._lines import LineFile, Sources
from alliance_kit.journal._lock import FolderLock
from alliance_kit.journal._records import holds_exercise
from alliance_kit.plain import Json

JOURNAL, DRAFTS, MACHINE = "journal.jsonl", "drafts.jsonl", "machine.id"
FORGOT = "forgot"
_MACHINE_CHARACTERS = frozenset("0123456789abcdef")


class Store:
    """All lines of one journal folder.

    Parameters
    ----------
    folder : Path, made at the first write
    lock : FolderLock of that folder
    sources : Sources
    """

    def __init__(self, folder: Path, lock: FolderLock, sources: Sources) -> None:
        self.folder = folder
        self.lock = lock
        self._sources = sources
        self._machine = ""
        self.notices: list[str] = []
        self.by_id: dict[str, Line] = {}
        self.by_type: dict[str, list[Line]] = {}
        self.turns: dict[str, list[Line]] = {}
        # What was known before the file was replaced, while another window holds the lock.
        self._before: dict[str, Line] = {}
        self._file = LineFile(
            AppendOnlyFile(folder / JOURNAL, lock), sources, self.machine, self._absorb, self._start_over
        )

    def _absorb(self, line: Line) -> None:
        self.by_id[line.id] = line
        self.by_type.setdefault(line.type, []).append(line)
        if line.type == "turn":
            self.turns.setdefault(str(line.data.get("run")), []).append(line)

    def _start_over(self) -> None:
        self.by_id = {}
        self.by_type = {}
        self.turns = {}

    def machine(self) -> str:
        """Return this machine's id, a random number that is made once. The lock is held when it is made.

        Raises
        ------
        JournalError: it can be neither read nor made.
        """
        if not self._machine:
            path = self.folder / MACHINE
            try:
                kept = path.read_text("ascii", "replace").strip() if path.exists() else ""
                if not kept or not _MACHINE_CHARACTERS.issuperset(kept):
                    kept = self._sources.token(8)
                    write_whole(path, [f"{kept}\n".encode()])
            except OSError as error:
                raise told(error, self.folder) from error
            self._machine = kept
        return self._machine

    def _drop_machine(self) -> None:
        try:
            (self.folder / MACHINE).unlink(missing_ok=True)
        except OSError as error:
            raise told(error, self.folder) from error
        self._machine = ""

    def refresh(self) -> None:
        """Take up what other windows wrote; one look at the file's size and date where nothing changed.

        Raises
        ------
        JournalError: the file cannot be read.
        """
        if not self._file.file.changed() and not self._before:
            return
        try:
            with self.lock:
                self._catch_up(settled=True)
        except JournalError:  # a folder that cannot be written to, or a window that does not let go: read whole lines
            self._catch_up(settled=False)

    def _catch_up(self, *, settled: bool) -> None:
        before, newer = self._before | self.by_id, dict(self._file.newer)
        known_newer = len(newer)
        replaced = self._file.refresh(settled=settled) or bool(self._before)
        self._before = before if replaced and not settled else {}
        if replaced and settled:
            self._write_back(before, newer)
        self._tell_damage(self._file.take_damage(note=settled))
        arrived = len(self._file.newer) - known_newer
        if arrived > 0:
            self._tell(
                f"{_entries(arrived)} in the journal were written by a newer version of the workbook; they are kept as "
                "they are, and this version does not show them."
                if arrived > 1
                else "One entry in the journal was written by a newer version of the workbook; it is kept as it is, "
                "and this version does not show it."
            )

    def _write_back(self, before: Mapping[str, Line], newer: Mapping[str, bytes]) -> None:
        """Put back what this window still knows after another program replaced or shortened the file.

        Not when the learner did it: by `forget` in another window, or by removing the file.
        """
        if any(line.id not in before for line in self.by_type.get(FORGOT, ())):
            return
        if not self._file.file.path.exists():
            self._tell(
                "The journal file is no longer in its folder, so a new one begins; look for the old one in the bin."
            )
            return
        lost = [self._sources.encode(line.to_json()) for line in before.values() if line.id not in self.by_id]
        lost += [raw for line_id, raw in newer.items() if line_id not in self._file.newer]
        if lost:
            self._file.add_raw(lost)
            self._tell(
                f"Another program replaced the journal file by an older or shorter one; {_entries(len(lost)).lower()} "
                "that this window still had were put back."
            )

    def _tell_damage(self, count: int) -> None:
        if count == 1:
            self._tell(
                "One entry in the journal was cut off or damaged; it is set aside in the file, all others are whole."
            )
        elif count:
            self._tell(
                f"{_entries(count)} in the journal were cut off or damaged; they are set aside in the file, "
                "all others are whole."
            )

    def _tell(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)

    def add(self, name: str, data: Mapping[str, Json]) -> Line:
        """Write one line and return it once the disk confirmed it.

        Raises
        ------
        JournalError: it is not kept.
        """
        with self.lock:
            self.refresh()
            return self._file.add([(name, data)])[0]

    def add_foreign(self, lines: Sequence[tuple[Line, bytes]]) -> list[Line]:
        """Write lines of another journal as they are, those already here left out; return the ones written.

        Raises
        ------
        JournalError: none of them is confirmed.
        """
        with self.lock:
            self.refresh()
            digests = {_exercise_in(line) for line in self.by_type.get("exercise", ())} - {""}
            fresh: dict[str, tuple[Line, bytes]] = {}
            for line, raw in lines:
                known = line.id in self._file.ids or line.id in fresh
                if digest := _exercise_in(line):
                    known = known or digest in digests
                    digests.add(digest)
                if not known:
                    fresh[line.id] = (line, raw)
            self._file.add_raw([raw for _, raw in fresh.values()])
            return [line for line, _ in fresh.values()]

    def forget(self, what: str, keep: Callable[[Piece], bool], *, new_machine: bool) -> int:
        """Write the file anew without the pieces that `keep` refuses, and note it; return how many went.

        Raises
        ------
        JournalError: nothing was removed.
        """
        with self.lock:
            self.refresh()
            gone = 0

            def keep_and_count(piece: Piece) -> bool:
                nonlocal gone
                stays = keep(piece)
                gone += not stays
                return stays

            if new_machine:
                self._drop_machine()
            note = self._file.make([(FORGOT, {"what": what})])[0]
            self._file.file.rewrite(keep_and_count, [self._sources.encode(note.to_json())])
            self._file.forget_all()
            self._file.refresh(settled=True)
            self._file.take_damage(note=True)
            return gone


def _exercise_in(line: Line) -> str:
    """Return the digest of the exercise that a line holds, empty for other lines and for one that was changed."""
    digest = str(line.data.get("digest"))
    return digest if line.type == "exercise" and not line.newer and holds_exercise(line, digest) else ""


def _entries(count: int) -> str:
    return "One entry" if count == 1 else f"{count} entries"


def by_time(lines: Iterable[Line]) -> list[Line]:
    """Return lines in the order of their time; imported ones stand later in the file than they happened."""
    return sorted(lines, key=lambda line: line.at)
