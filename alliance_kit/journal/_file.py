"""An append-only file of lines: what is confirmed is on the disk, and a broken tail stays a line of its own."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from alliance_kit.errors import JournalError
from alliance_kit.journal._codec import MAX_LINE_BYTES
from alliance_kit.journal._disk import O_BINARY, O_CLOEXEC, PRIVATE_FILE, sync_folder, told, write_all, write_whole
from alliance_kit.journal._lock import FolderLock

# Every line holds a random id, so this many bytes before the mark tell whether the file is still the one we read.
_FINGERPRINT_BYTES = 64
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Piece:
    """The bytes between two newlines. `raw` is empty where the piece is `too_long`; `digest` is of all its bytes."""

    raw: bytes
    start: int
    size: int
    cut_off: bool = False
    too_long: bool = False
    long_digest: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the piece: how a damaged one is known again."""
        return self.long_digest or hashlib.sha256(self.raw).hexdigest()


def pieces(handle: BinaryIO, start: int = 0) -> Iterator[Piece]:
    """Yield the pieces from `start` on, never more than `MAX_LINE_BYTES` of one in memory; the last may be cut off."""
    handle.seek(start)
    while raw := handle.readline(MAX_LINE_BYTES + 1):
        if raw.endswith(b"\n"):
            yield Piece(raw[:-1], start, len(raw))
            start += len(raw)
        elif len(raw) <= MAX_LINE_BYTES:
            yield Piece(raw, start, len(raw), cut_off=True)
            return
        else:
            yield (piece := _too_long(handle, raw, start))
            start += piece.size


def _too_long(handle: BinaryIO, raw: bytes, start: int) -> Piece:
    hashed, size = hashlib.sha256(raw), len(raw)
    while raw := handle.readline(_CHUNK):
        size += len(raw)
        hashed.update(raw.removesuffix(b"\n"))
        if raw.endswith(b"\n"):
            return Piece(b"", start, size, too_long=True, long_digest=hashed.hexdigest())
    return Piece(b"", start, size, cut_off=True, too_long=True, long_digest=hashed.hexdigest())


@dataclass(frozen=True, slots=True)
class _Mark:
    """How far the file was read, and how to see that it is still the same file."""

    offset: int = 0
    before: bytes = b""
    file: tuple[int, int] = (0, 0)
    seen: tuple[int, int] = (-1, 0)


class AppendOnlyFile:
    """The lines of one file. Writing happens under the folder's lock; reading goes on from where it stopped.

    Parameters
    ----------
    path : Path, created (0600) at the first append
    lock : FolderLock of the folder it lies in
    """

    def __init__(self, path: Path, lock: FolderLock) -> None:
        self.path = path
        self._lock = lock
        self._mark = _Mark()

    @property
    def size(self) -> int:
        """Bytes on the disk, 0 where there is no file."""
        with contextlib.suppress(OSError):
            return self.path.stat().st_size
        return 0

    def changed(self) -> bool:
        """Return whether the file differs from what was read: one look at its size and date."""
        try:
            stat = self.path.stat()
        except FileNotFoundError:
            return self._mark.seen != (-1, 0)
        except OSError as error:
            raise told(error, self.path.parent) from error
        return (stat.st_size, stat.st_mtime_ns) != self._mark.seen or (stat.st_dev, stat.st_ino) != self._mark.file

    def read_new(self, *, settled: bool) -> tuple[list[Piece], bool]:
        """Return the pieces after the mark, and whether the file was replaced, so that they start at its beginning.

        Parameters
        ----------
        settled : whether the lock is held, so that a piece without a newline is cut off and not still being written

        Raises
        ------
        JournalError: the file cannot be read.
        """
        try:
            with self.path.open("rb") as handle:
                return self._read_new(handle, settled=settled)
        except FileNotFoundError:
            replaced = self._mark.offset > 0
            self._mark = _Mark()
            return [], replaced
        except OSError as error:
            raise told(error, self.path.parent) from error

    def _read_new(self, handle: BinaryIO, *, settled: bool) -> tuple[list[Piece], bool]:
        stat, mark = os.fstat(handle.fileno()), self._mark
        handle.seek(max(0, mark.offset - len(mark.before)))
        replaced = stat.st_size < mark.offset or handle.read(len(mark.before)) != mark.before
        found = list(pieces(handle, 0 if replaced else mark.offset))
        if found and found[-1].cut_off and not settled:
            found.pop()
        offset = found[-1].start + found[-1].size if found else (0 if replaced else mark.offset)
        handle.seek(max(0, offset - _FINGERPRINT_BYTES))
        before = handle.read(min(offset, _FINGERPRINT_BYTES))
        self._mark = _Mark(offset, before, (stat.st_dev, stat.st_ino), (stat.st_size, stat.st_mtime_ns))
        return found, replaced

    def append(self, lines: Sequence[bytes]) -> None:
        """Add whole lines and come back once the disk confirms them. The lock is held, the file was read to its end.

        A tail without a newline is closed first, so that it stays a line of its own. When the disk refuses, the file
        is cut back to what it was.

        Raises
        ------
        JournalError: nothing of `lines` is confirmed.
        """
        data = b"".join(line + b"\n" for line in lines)
        try:
            is_new = not self.path.exists()
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | O_BINARY | O_CLOEXEC, PRIVATE_FILE)
            try:
                self._append(descriptor, data)
            finally:
                os.close(descriptor)
            if is_new:
                sync_folder(self.path.parent)
        except OSError as error:
            raise told(error, self.path.parent) from error

    def _append(self, descriptor: int, data: bytes) -> None:
        size = os.lseek(descriptor, 0, os.SEEK_END)
        if size and _last_byte(descriptor, size) != b"\n":
            data = b"\n" + data
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
        if size == self._mark.offset:
            stat = os.fstat(descriptor)
            before = (self._mark.before + data)[-_FINGERPRINT_BYTES:]
            self._mark = _Mark(size + len(data), before, (stat.st_dev, stat.st_ino), (stat.st_size, stat.st_mtime_ns))

    def rewrite(self, keep: Callable[[Piece], bool], extra: Iterable[bytes] = ()) -> None:
        """Write the file anew without the pieces that `keep` refuses, `extra` lines at its end; whole or not at all.

        The lock is held. Afterwards the file counts as unread.

        Raises
        ------
        JournalError: the disk refused, or the lock was lost; the file is as it was.
        """
        try:
            write_whole(self.path, self._kept(keep, extra))
        except OSError as error:
            raise error if isinstance(error, JournalError) else told(error, self.path.parent) from error
        self._mark = _Mark()

    def _kept(self, keep: Callable[[Piece], bool], extra: Iterable[bytes]) -> Iterator[bytes]:
        if self.path.exists():
            with self.path.open("rb") as handle, self.path.open("rb") as again:
                for piece in pieces(handle):
                    if keep(piece):
                        yield from _copy(again, piece)
        for line in extra:
            yield line + b"\n"
        if not self._lock.ours:
            raise JournalError("Another window took over the journal in the middle of this; try once more.")


def _last_byte(descriptor: int, size: int) -> bytes:
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1)


def _copy(handle: BinaryIO, piece: Piece) -> Iterator[bytes]:
    handle.seek(piece.start)
    left = piece.size
    while left and (chunk := handle.read(min(left, _CHUNK))):
        left -= len(chunk)
        yield chunk
    if piece.cut_off:
        yield b"\n"
