"""Where a synthetic class is put: a folder that holds nothing else, looked at before anything is written."""

from __future__ import annotations

import contextlib
import re
import zipfile
from collections.abc import Collection, Iterator
from pathlib import Path

from alliance_kit.errors import ClassRecordError
from alliance_kit.journal import read_json

ZIP_COMMENT = b"Synthetic class of the Alliance Workbook: no real person, no real patient."
SHEET_MARK = b"Synthetic"
"""What stands in every row of a synthetic class list, in the name."""
_HAND_IN = re.compile(r"hand-in-([0-9a-f]{8})-\d{4}-\d\d-\d\d\.jsonl")
_MAX_HEADER = 256 * 1024
_SYSTEM = frozenset({"thumbs.db", "desktop.ini"})
_SHEETS = frozenset({"gradebook.csv", "worksheet.csv"})


@contextlib.contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Give another path to write to, which takes the name of `path` once all is written: nobody meets half a file.

    Without waiting for the disk, unlike `home.write_atomically`: after a crash a sample is simply made again, and a
    class of thousands would wait for minutes.

    Raises
    ------
    ClassRecordError: the disk refused.
    """
    draft = path.with_name(f".{path.name}.part")
    try:
        yield draft
        draft.replace(path)
    except OSError as fault:
        raise ClassRecordError(
            f"{path.name!r} could not be written to {str(path.parent)!r} ({fault.strerror}); choose another folder."
        ) from fault
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


@contextlib.contextmanager
def new_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Give a new ZIP to fill, which says in its comment that it is synthetic.

    Raises
    ------
    ClassRecordError: the disk refused.
    """
    with draft_of(path) as draft, zipfile.ZipFile(draft, "w") as archive:
        archive.comment = ZIP_COMMENT
        yield archive


def check_class_folder(folder: Path, codes: Collection[str]) -> dict[str, list[Path]]:
    """Make the folder if it is missing; return the files of this very class that it holds, by code.

    Raises
    ------
    ClassRecordError: it cannot be made, or holds anything else.
    """
    found: dict[str, list[Path]] = {}
    for path in _entries(folder):
        match = _HAND_IN.fullmatch(path.name)
        if not match or not _is_synthetic_hand_in(path):
            raise _mixed(folder, path)
        if match[1] not in codes:
            raise ClassRecordError(
                f"The folder {str(folder)!r} holds another synthetic class (for example {path.name!r}). "
                "Choose a new folder, or delete those files first."
            )
        found.setdefault(match[1], []).append(path)
    return found


def check_download_folder(folder: Path) -> None:
    """Make the folder if it is missing; it may hold an earlier synthetic download and nothing else.

    Raises
    ------
    ClassRecordError: it cannot be made, or holds anything else.
    """
    for path in _entries(folder):
        if not _is_synthetic_download(path):
            raise _mixed(folder, path)


def _mixed(folder: Path, path: Path) -> ClassRecordError:
    return ClassRecordError(
        f"The folder {str(folder)!r} holds {path.name!r}, which is no file of a synthetic class. A sample must not be "
        "mixed into a real class: choose a new or empty folder."
    )


def _entries(folder: Path) -> list[Path]:
    """Return what the folder holds, without what the operating system puts there; the folder is made if it is missing.

    Raises
    ------
    ClassRecordError: there is a file in its place, or it cannot be made or read.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        entries = sorted(folder.iterdir())
    except OSError as fault:
        raise ClassRecordError(
            f"{str(folder)!r} cannot be used as a folder ({fault.strerror}); choose another."
        ) from fault
    return [path for path in entries if not path.name.startswith(".") and path.name.lower() not in _SYSTEM]


def _is_synthetic_hand_in(path: Path) -> bool:
    """Return whether the header says so; a real hand-in has the same kind of name."""
    try:
        with path.open("rb") as handle:
            return read_json(handle.readline(_MAX_HEADER)).get("synthetic") is True
    except (OSError, ValueError, RecursionError):
        return False


def _is_synthetic_download(path: Path) -> bool:
    try:
        if path.name == "submissions.zip":
            with zipfile.ZipFile(path) as archive:
                return archive.comment == ZIP_COMMENT
        if path.name in _SHEETS:
            with path.open("rb") as handle:
                return SHEET_MARK in handle.read(4096)
    except (OSError, ValueError, zipfile.BadZipFile):
        return False
    return False
