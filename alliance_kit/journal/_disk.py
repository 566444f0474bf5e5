"""What touches the disk: private folders, whole-or-nothing writes, and plain sentences for what goes amiss."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterable
from pathlib import Path

from alliance_kit.errors import JournalError

# Windows turns \n into \r\n without O_BINARY; elsewhere the flag does not exist.
O_BINARY: int = getattr(os, "O_BINARY", 0)
O_CLOEXEC: int = getattr(os, "O_CLOEXEC", 0)
PRIVATE_FILE, PRIVATE_FOLDER = 0o600, 0o700
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
# What network drives and the browser's file system answer to fsync on a folder.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EISDIR, errno.ENOSYS, errno.EACCES}
_REPLACE_TRIES = 20


def told(error: OSError, place: Path) -> JournalError:
    """Return one sentence for the learner about a read or write at `place` that the system refused."""
    if error.errno in _FULL:
        return JournalError(
            "The disk is full: the last words are not saved yet, all that was saved before is safe; "
            "free some space, then try once more."
        )
    if error.errno in _FORBIDDEN:
        return JournalError(f"The folder {place} does not let the workbook read and write; open it to your account.")
    reason = error.strerror or str(error)
    return JournalError(f"The disk refused in {place} ({reason}); all that was saved before is safe; try once more.")


def make_private_folder(folder: Path) -> None:
    """Create `folder` (0700) with a Git-ignore file inside, so that a journal never lands in a repository.

    Raises
    ------
    OSError: the system refuses.
    """
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    fence = folder / ".gitignore"
    if not fence.exists():
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(fence, os.O_CREAT | os.O_EXCL | os.O_WRONLY | O_CLOEXEC, PRIVATE_FILE)
            try:
                write_all(descriptor, b"*\n")
            finally:
                os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte; a full disk may take only some of them at first."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync_folder(folder: Path) -> None:
    """Make a new file's name last, where the system can do that for folders (Windows cannot, and need not)."""
    if os.name == "nt":
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise


def write_whole(path: Path, chunks: Iterable[bytes]) -> None:
    """Give `path` this content, whole or not at all: a file beside it (0600), fsync, then one rename.

    Raises
    ------
    OSError: the system refuses; `path` is as it was.
    """
    beside = path.with_name(path.name + ".tmp")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | O_BINARY | O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            for chunk in chunks:
                write_all(descriptor, chunk)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _replace(source: Path, target: Path) -> None:
    # Windows refuses while a virus scanner or another window reads the target; that passes within moments.
    for attempt in range(_REPLACE_TRIES):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _REPLACE_TRIES - 1:
                raise
            time.sleep(0.05)
        else:
            return
