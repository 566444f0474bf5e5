"""The files of a class from a folder or a ZIP, one after the other in order of name: only read, each for itself.

Nothing is unpacked to the disk, no link is followed, only plain files are opened, and one file is held at a time.
A name never decides anything but how the file is shown: what leads out of a folder is left out of it.
"""

from __future__ import annotations

import io
import itertools
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from alliance_kit.cohort import _zips
from alliance_kit.cohort.lms import Submission, submission_of
from alliance_kit.cohort.shown import safe_path, shown
from alliance_kit.errors import ClassRecordError
from alliance_kit.handin import MAX_BYTES

MAX_FILES: Final = 20_000
"""Files and folders looked at in one go; a year of 2,000 with ten files each."""
MAX_TOTAL: Final = 8 * 1024**3
"""Bytes read in one go: that many files of 400 kB, a long course's hand-in."""
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
"""A link or pipe put in a file's place meanwhile is neither followed nor waited for. Windows lacks the first two."""
_JUNCTION: Final = 0xA0000003
"""The tag of a Windows link between folders, which Python 3.11 takes for a folder."""
REPORTS_MARK: Final = ".alliance-reports"
"""The file that marks a folder of reports. What the notebooks read there are hand-ins, but nobody handed them in."""
_LEFT: Final = frozenset({".ds_store", "thumbs.db", "desktop.ini", ".directory", ".localized"})


@dataclass(frozen=True, slots=True)
class Found:
    """One file of the source. `data` is None when it was refused, and `fault` is the sentence why.

    `name` is its path inside the source, safe to show. `stray` says that nobody handed it in: a link, what an operating
    system left behind, a folder.
    """

    name: str
    submission: Submission
    data: bytes | None
    fault: str = ""
    stray: bool = False


@dataclass(slots=True)
class _Budget:
    """What is left of the bounds of one gathering."""

    files: int
    total: int

    @property
    def spent(self) -> bool:
        return self.files < 0 or self.total < 0


def gather(source: Path) -> Iterator[Found]:
    """Return an iterator over the files of a folder with its sub-folders, of a ZIP, or over a single file.

    ZIPs in a folder are looked into, and so is a ZIP in a ZIP, as a learner may hand one in; no deeper.

    Raises
    ------
    ClassRecordError: there is nothing at `source`, it cannot be opened, is no folder, ZIP or file, or holds no file.
    """
    try:
        mode = source.stat().st_mode
    except (OSError, ValueError) as fault:  # ValueError: a NUL in the name
        raise _unusable(source, "there is no such folder or ZIP. Check where the files are.") from fault
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise _unusable(source, "this is neither a folder nor a ZIP. Choose one that holds the hand-ins.")
    budget = _Budget(MAX_FILES, MAX_TOTAL)
    return _at_least_one(source, _folder(source, budget) if stat.S_ISDIR(mode) else _single(source, budget))


def _at_least_one(source: Path, files: Iterator[Found]) -> Iterator[Found]:
    first = next(files, None)
    if first is None:
        raise _unusable(source, "there is no file in it. Choose the folder or ZIP of the hand-ins.")
    yield first
    yield from files


def _single(source: Path, budget: _Budget) -> Iterator[Found]:
    try:
        with source.open("rb") as handle:
            if _is_zip(handle):
                yield from _entries(handle, "", budget, depth=0)
            else:
                yield _whole(handle, source.name, budget)
    except _zips.UnopenedError as fault:
        raise _unusable(source, str(fault)) from fault
    except OSError as fault:
        raise _unusable(source, f"this cannot be opened ({fault.strerror}). Choose another.") from fault


def _unusable(source: Path, why: str) -> ClassRecordError:
    return ClassRecordError(f"{shown(str(source))}: {why}")


# --- folders ----------------------------------------------------------------------------------------------------


def _folder(root: Path, budget: _Budget) -> Iterator[Found]:
    """Walk through a folder without calling itself, so that no depth of folders is too deep."""
    top = os.fspath(root)
    if _holds_reports(top):
        yield _refused(root.absolute().name, _REPORTS, stray=True)
        return
    try:
        stack = [_listing(top, budget)]
    except OSError as fault:
        raise _unusable(root, f"this folder cannot be opened ({fault.strerror}). Choose another.") from fault
    while stack:
        entry = next(stack[-1], None)
        if entry is None:
            stack.pop()
            continue
        name = entry.path.removeprefix(top)
        budget.files -= 1
        if budget.spent:
            yield _refused(name, _too_many(), stray=True)
            return
        try:
            if _is_folder(entry) and _holds_reports(entry.path):
                yield _refused(name, _REPORTS, stray=True)
            elif _is_folder(entry):
                stack.append(_listing(entry.path, budget))
            else:
                yield from _entry(entry, name, budget)
        except OSError as fault:
            yield _refused(name, _unopened(fault))


def _listing(folder: str, budget: _Budget) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        # One more than allowed is enough to find out that there are too many.
        return iter(sorted(itertools.islice(entries, max(0, budget.files) + 1), key=lambda entry: entry.name))


def _holds_reports(folder: str) -> bool:
    return os.path.lexists(f"{folder}/{REPORTS_MARK}")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False) and not _is_link(entry)


def _is_link(entry: os.DirEntry[str]) -> bool:
    tag = getattr(entry.stat(follow_symlinks=False), "st_reparse_tag", 0)
    return entry.is_symlink() or tag == _JUNCTION


def _entry(entry: os.DirEntry[str], name: str, budget: _Budget) -> Iterator[Found]:
    """Yield what is at one place of a folder that is no folder; what is not a plain file is not even opened."""
    if why := _left_behind(name):
        yield _refused(name, why, stray=True)
    elif _is_link(entry):
        yield _refused(name, _zips.LINK, stray=True)
    elif not entry.is_file(follow_symlinks=False):
        yield _refused(name, _zips.NOT_PLAIN, stray=True)
    else:
        descriptor = os.open(entry.path, os.O_RDONLY | _NO_FOLLOW)
        with os.fdopen(descriptor, "rb") as handle:
            yield from _plain_file(handle, name, budget)


def _plain_file(handle: BinaryIO, name: str, budget: _Budget) -> Iterator[Found]:
    if not stat.S_ISREG(os.fstat(handle.fileno()).st_mode):
        yield _refused(name, _zips.NOT_PLAIN, stray=True)
    elif _is_zip(handle):
        try:
            yield from _entries(handle, name, budget, depth=0)
        except _zips.UnopenedError as fault:
            yield _refused(name, str(fault))
    else:
        yield _whole(handle, name, budget)


# --- files and ZIPs ---------------------------------------------------------------------------------------------


def _is_zip(handle: BinaryIO) -> bool:
    head = handle.read(4)
    handle.seek(0)
    return head in _zips.SIGNATURES


def _whole(handle: BinaryIO, name: str, budget: _Budget) -> Found:
    """Return a file as it is, read within the bound whatever its size is said to be."""
    try:
        data = handle.read(MAX_BYTES + 1)
    except OSError as fault:
        return _refused(name, _unopened(fault))
    budget.total -= len(data)
    return _refused(name, _zips.too_large()) if len(data) > MAX_BYTES else _found(name, data)


def _entries(handle: BinaryIO, name: str, budget: _Budget, *, depth: int) -> Iterator[Found]:
    """Yield the files of a ZIP.

    Raises
    ------
    UnopenedError: the ZIP as a whole is not opened.
    """
    allowed = handle.seek(0, os.SEEK_END) * _zips.MAX_RATIO + MAX_BYTES
    with _zips.open_zip(handle, max(0, budget.files)) as archive:
        for info in _zips.in_order(archive):
            inner = f"{name}/{_zips.name_of(info)}"
            budget.files -= 1
            if budget.spent or allowed < 0:
                yield _refused(inner, _too_many() if budget.spent else _bomb(), stray=True)
                return
            if why := _left_behind(inner):
                yield _refused(inner, why, stray=True)
            elif why := _zips.why_not(info):
                yield _refused(inner, why, stray=not _zips.is_plain(info))
            else:
                try:
                    data = _zips.unpack(archive, info)
                except _zips.UnopenedError as fault:
                    allowed -= min(info.file_size, MAX_BYTES)  # that much may have been unpacked before
                    yield _refused(inner, str(fault))
                    continue
                allowed -= len(data)
                budget.total -= len(data)
                yield from _unpacked(inner, data, budget, depth)


def _unpacked(name: str, data: bytes, budget: _Budget, depth: int) -> Iterator[Found]:
    if not data.startswith(_zips.SIGNATURES):
        yield _found(name, data)
    elif depth:
        yield _refused(name, "This ZIP is inside a ZIP inside a ZIP, so it was not opened; ask for the file as it is.")
    else:
        try:
            yield from _entries(io.BytesIO(data), name, budget, depth=depth + 1)
        except _zips.UnopenedError as fault:
            yield _refused(name, str(fault))


# --- what is said of a file -------------------------------------------------------------------------------------


def _found(name: str, data: bytes) -> Found:
    path = safe_path(name)
    return Found(shown(path), submission_of(path), data)


def _refused(name: str, why: str, *, stray: bool = False) -> Found:
    path = safe_path(name)
    return Found(shown(path), submission_of(path), None, why, stray)


_REPORTS: Final = "These are reports that the workbook made, no hand-ins; they were not looked into."
_BESIDE: Final = "This belongs to the class record beside it, no hand-in."


def _left_behind(name: str) -> str:
    parts = name.replace("\\", "/").split("/")
    if "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1].casefold() in _LEFT:
        return "Left by macOS or Windows, no hand-in."
    return _BESIDE if parts[-1].endswith((".db-wal", ".db-shm")) else ""


def _unopened(fault: OSError) -> str:
    if isinstance(fault, FileNotFoundError):
        return "This was gone when its turn came; collect once more."
    return f"This cannot be opened ({fault.strerror or type(fault).__name__}); copy it to another place and try again."


def _too_many() -> str:
    most = f"more than {MAX_FILES:,} files or {MAX_TOTAL // 1024**3} GB"
    return f"There are {most} here, so this and the rest was not looked at; choose a smaller folder or ZIP."


def _bomb() -> str:
    return "This ZIP unpacks to far more than hand-ins do, so this and the rest of it was not looked at."
