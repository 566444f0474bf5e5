"""One home for what a person makes: where it is, that it is private, and how an update leaves it whole.

The clone or the wheel is only read. Everything a person writes, and the working copies of the notebooks she opens, live
in one folder: `ALLIANCE_HOME`, else `AllianceWorkbook` in the home folder. Standard library only.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance_kit.errors import HomeError

__all__ = [
    "Home",
    "home_folder",
    "keep_beside",
    "notebook_digest",
    "open_home",
    "refresh_notebooks",
    "synced_part",
    "write_atomically",
]

ROOMS = ("journal", "notebooks", "class", "backup", "hand-in", "cache")
PRIVATE_FOLDER = 0o700
NOT_DEPLOYED = frozenset({"reports"})  # templates that papermill fills: an instructor's tool reads them in place
RECORD = "deployed.json"
RECORD_FORMAT = 1

# Folder names of sync programs, in small letters; most programs add more words ("OneDrive - City College").
_SYNCED_PREFIXES = ("onedrive", "dropbox", "google drive", "googledrive", "icloud", "nextcloud", "owncloud", "pcloud")
_SYNCED_NAMES = frozenset({"box", "box sync", "cloudstorage", "com~apple~clouddocs", "mobile documents", "my drive"})


@dataclass(frozen=True, slots=True)
class Home:
    """A person's home folder, ready for use; `warnings` are sentences to show her, most often none."""

    folder: Path
    journal: Path
    notebooks: Path
    class_: Path
    backup: Path
    hand_in: Path
    cache: Path
    warnings: tuple[str, ...] = ()


# --- the folder -------------------------------------------------------------------------------------------------


def home_folder() -> Path:
    """Return where the home is or would be, as a full path: `ALLIANCE_HOME`, else `~/AllianceWorkbook`. Makes nothing.

    Raises
    ------
    HomeError: the system names no home folder for this person.
    """
    named = os.environ.get("ALLIANCE_HOME", "").strip()
    try:
        return Path(named).expanduser().absolute() if named else Path.home() / "AllianceWorkbook"
    except RuntimeError as fault:
        raise HomeError(
            "This system names no home folder. Set ALLIANCE_HOME to the full path of a folder of yours."
        ) from fault


def open_home() -> Home:
    """Return the home, made where it was missing: folders 0700, shut to everybody else on the machine.

    Raises
    ------
    HomeError: a file is in the way, or the folder cannot be written; the message says which and what to do.

    Notes
    -----
    A folder that was there before keeps its mode: it may be shared on purpose, so that is told and not changed.
    """
    folder = home_folder()
    rooms = {name: folder / name for name in ROOMS}
    for room in (folder, *rooms.values()):
        _make_private(room)
    _fence(folder)
    return Home(
        folder=folder,
        journal=rooms["journal"],
        notebooks=rooms["notebooks"],
        class_=rooms["class"],
        backup=rooms["backup"],
        hand_in=rooms["hand-in"],
        cache=rooms["cache"],
        warnings=tuple(_concerns(folder, tuple(rooms.values()))),
    )


def _make_private(folder: Path) -> None:
    try:
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as fault:
        raise HomeError(
            f"{folder}: a file is in the way where the workbook keeps your things. "
            "Move that file, or set ALLIANCE_HOME to another folder."
        ) from fault
    except OSError as fault:
        raise _not_writable(folder, fault) from fault


def _fence(folder: Path) -> None:
    """Keep the home out of Git even when it lies inside a work tree, and find out whether it can be written."""
    try:
        with contextlib.suppress(FileExistsError), (folder / ".gitignore").open("x", encoding="utf-8") as fence:
            fence.write("# What is in here is private.\n*\n")
        with tempfile.TemporaryFile(dir=folder / "journal"):
            pass
    except OSError as fault:
        raise _not_writable(folder, fault) from fault


def _not_writable(place: Path, fault: OSError) -> HomeError:
    reason = fault.strerror or type(fault).__name__
    return HomeError(
        f"{place}: this cannot be written ({reason}). Free some space or ask for write permission, "
        "or set ALLIANCE_HOME to a folder of yours. Nothing was lost."
    )


def _concerns(folder: Path, rooms: tuple[Path, ...]) -> Iterator[str]:
    real = folder.resolve()
    if synced := synced_part(real):
        yield (
            f"{folder} lies in a synced folder ({synced}): copies of your journal may leave this computer. "
            "To keep it here only, set ALLIANCE_HOME to a folder outside it."
        )
    if tree := next((place for place in (real, *real.parents) if (place / ".git").exists()), None):
        yield (
            f"{folder} lies inside a Git work tree ({tree}): a commit could carry your journal away. "
            "Set ALLIANCE_HOME to a folder outside it."
        )
    if os.name == "posix" and (open_rooms := [room.name for room in rooms if room.stat().st_mode & 0o077]):
        yield f"Others on this computer can look into {' and '.join(open_rooms)} in {folder}. To shut: chmod 700."
    if os.environ.get("JUPYTERHUB_USER"):
        yield "This runs on a shared server: its administrators may be able to read the files in your home."


def synced_part(path: Path) -> str:
    """Return the folder on the way to `path` that a sync program copies to a cloud, or an empty text."""
    return next((part for part in path.parts if _is_synced(part)), "")


def _is_synced(part: str) -> bool:
    name = part.casefold()
    return name in _SYNCED_NAMES or name.startswith(_SYNCED_PREFIXES)


# --- the working copies -----------------------------------------------------------------------------------------


def refresh_notebooks(home: Home, source: Path, today: dt.date | None = None) -> tuple[str, ...]:
    """Bring the working copies up to date and return one sentence for each copy that was kept beside a new one.

    Parameters
    ----------
    home : the home whose `notebooks` folder holds the working copies
    source : folder of the notebooks as they came with this version; only read
    today : date for the names of kept copies; today's by default

    Returns
    -------
    tuple of sentences, in the order of the file names; empty when nothing had to be kept

    Raises
    ------
    HomeError: the source is missing, or a copy cannot be written; what was there stays.

    Notes
    -----
    "Changed" is judged on the text of the cells and their order: JupyterLab rewrites metadata and outputs by itself.
    A copy that the person changed stays in use until the notebook itself has a new version. Copies whose notebook is
    no longer in the source stay where they are.
    """
    if not source.is_dir():
        raise HomeError(f"{source}: the notebooks of the workbook are missing here. Get the whole workbook again.")
    day = (today or dt.datetime.now().astimezone().date()).isoformat()
    record, sentences = _read_record(home), []
    for original in _originals(source):
        name = original.relative_to(source).as_posix()
        new = _version_of(original)
        try:
            if kept := _refresh(original, home.notebooks / name, new, record.get(name, {}), day):
                sentences.append(f"{name} has a new version; the one you changed is kept beside it as “{kept.name}”.")
        except OSError as fault:
            raise _not_writable(home.notebooks / name, fault) from fault
        record[name] = new
    _write_record(home, record)
    return tuple(sentences)


def notebook_digest(notebook: Any) -> str:
    """Return the SHA-256 (hex) of a notebook's cells: kind, text and order; outputs and metadata do not count.

    Raises
    ------
    ValueError: this is no notebook.
    """
    try:
        cells = [[cell["cell_type"], "".join(cell["source"])] for cell in notebook["cells"]]
    except (KeyError, TypeError) as fault:
        raise ValueError("this is no notebook of format 4") from fault
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that a reader, or a crash, meets either the old content or the new; folders are made."""
    path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _originals(source: Path) -> list[Path]:
    def belongs(path: Path) -> bool:
        parts = path.relative_to(source).parts
        return (
            path.is_file() and parts[0] not in NOT_DEPLOYED and not any(part.startswith((".", "_")) for part in parts)
        )

    return sorted(path for path in source.rglob("*") if belongs(path))


def _version_of(original: Path) -> dict[str, str]:
    cells, file = _digest(original), _file_digest(original)
    if cells is None or file is None:
        raise HomeError(f"{original}: this notebook of the workbook is damaged. Get the whole workbook again.")
    return {"cells": cells, "file": file}


def _refresh(original: Path, copy: Path, new: Mapping[str, str], deployed: Mapping[str, str], day: str) -> Path | None:
    """Bring one working copy up to date; return where the person's own version of it went, if it was kept."""
    have, kept = _digest(copy), None
    if copy.exists() and have not in (new["cells"], deployed.get("cells", "")):
        if have and deployed.get("cells") == new["cells"]:
            return None  # her own change, and no new version to bring
        kept = keep_beside(copy, day)
    elif have == new["cells"] and deployed.get("file") == new["file"]:
        return None  # nothing new, nothing changed
    write_atomically(copy, original.read_bytes())
    return kept


def keep_beside(copy: Path, day: str) -> Path:
    """Keep a second copy of a file that is about to be replaced, under a name that says so, and return its path.

    Copy first, replace later: a crash in between leaves two copies, never none.
    """
    names = (f"{copy.stem} (your copy {day}{extra}){copy.suffix}" for extra in _extras())
    kept = next(path for path in map(copy.with_name, names) if not path.exists())
    write_atomically(kept, copy.read_bytes())
    return kept


def _extras() -> Iterator[str]:
    yield ""
    number = 2
    while True:
        yield f", {number}"
        number += 1


def _digest(path: Path) -> str | None:
    """Return what counts as the content of a file: a notebook's cells, else its bytes; None if it cannot be read."""
    if path.suffix != ".ipynb":
        return _file_digest(path)
    try:
        return notebook_digest(json.loads(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return None


def _file_digest(path: Path) -> str | None:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def _read_record(home: Home) -> dict[str, dict[str, str]]:
    """Return what was deployed last, or nothing when the record is gone or damaged: copies are compared anew."""
    try:
        data = json.loads((home.cache / RECORD).read_bytes())
        files = data["files"] if data["format"] == RECORD_FORMAT else {}
        return {name: dict(entry) for name, entry in files.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write_record(home: Home, record: Mapping[str, Mapping[str, str | None]]) -> None:
    data = {"format": RECORD_FORMAT, "files": record}
    try:
        write_atomically(home.cache / RECORD, json.dumps(data, indent=1, sort_keys=True).encode())
    except OSError as fault:
        raise _not_writable(home.cache / RECORD, fault) from fault
