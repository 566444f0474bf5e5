"""The folder of a class's reports: what lies where, under which names, and that nothing else is in the way."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from alliance_kit.cohort.gather import REPORTS_MARK as MARK
from alliance_kit.errors import ReportError
from alliance_kit.home import write_atomically

_MARK_TEXT = "Reports that the Alliance Workbook made. Each run writes them anew.\n"
_FENCE_TEXT = "# What is in here is private.\n*\n"
_OURS = ("learners", "data", "feedback", "index.html", "class_report.ipynb", "class_report.html")
_SQLITE = b"SQLite format 3\0"

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)")


@dataclass(frozen=True, slots=True)
class ReportFolder:
    """Where each file of a class's reports lies, under one folder."""

    path: Path

    @property
    def learners(self) -> Path:
        """The learners' notebooks and pages."""
        return self.path / "learners"

    @property
    def data(self) -> Path:
        """What the notebooks read."""
        return self.path / "data"

    @property
    def feedback(self) -> Path:
        """The pages again, under the names that the LMS's feedback upload wants."""
        return self.path / "feedback"

    @property
    def index(self) -> Path:
        """The page to open first."""
        return self.path / "index.html"

    def leftovers(self, stems: Collection[str]) -> tuple[str, ...]:
        """Return the stems of learners' reports that belong to nobody in the record any more, sorted."""
        found = {path.stem for suffix in ("*.html", "*.ipynb") for path in self.learners.glob(suffix)}
        return tuple(sorted(found - set(stems)))

    def forget_data(self, stems: Collection[str]) -> None:
        """Take away the data of learners who are not in the record any more."""
        for path in self.data.glob("*.jsonl"):
            if path.stem not in stems:
                path.unlink(missing_ok=True)


def prepare(out: Path) -> ReportFolder:
    """Return the folder for reports, made where it was missing and shut to others on this computer.

    Raises
    ------
    ReportError: a file is in the way, the folder holds other things under the reports' names or a class record, or it
        cannot be written.
    """
    folder = ReportFolder(out.absolute())
    try:
        folder.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        _refuse_foreign(folder.path)
        write_atomically(folder.path / MARK, _MARK_TEXT.encode())  # first: a run that ends here is told from another's
        for room in (folder.learners, folder.data):
            room.mkdir(mode=0o700, exist_ok=True)
        if not (folder.path / ".gitignore").exists():
            write_atomically(folder.path / ".gitignore", _FENCE_TEXT.encode())
    except (FileExistsError, NotADirectoryError) as fault:
        raise ReportError(f"{out}: a file is in the way of the reports' folder. Choose another folder.") from fault
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise ReportError(f"{out}: the reports cannot be written here ({reason}). Choose another folder.") from fault
    return folder


def _refuse_foreign(path: Path) -> None:
    if any(is_database(entry) for entry in path.iterdir()):
        raise ReportError(
            f"{path}: this folder holds a class record, and reports are written anew at each run. "
            f"Choose a folder of their own for them, such as {path / 'reports'}."
        )
    if not (path / MARK).exists() and (found := [name for name in _OURS if (path / name).exists()]):
        raise ReportError(
            f"{path}: this folder already holds {found[0]!r}, which no run of reports made. "
            "Choose an empty folder, so that nothing of yours is written over."
        )


def is_database(path: Path) -> bool:
    """Return whether a file is a database, such as a class record: never to be written over by something else."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


def file_stems(codes: Iterable[str]) -> dict[str, str]:
    """Return for each code a file name without ending: safe on every system, and no two the same.

    Notes
    -----
    Codes come from files that anybody may have made. A code as the workbook gives it, small letters and digits, is its
    own name; any other becomes what is plain in it and a digest of the whole.
    """
    ordered = sorted(set(codes))
    stems = {code: code for code in ordered if _PLAIN.fullmatch(code) and not _WINDOWS_DEVICES.fullmatch(code)}
    taken = set(stems)
    for code in ordered:
        if code not in stems:
            stems[code] = _free(code, taken)
            taken.add(stems[code])
    return stems


def _free(code: str, taken: Collection[str]) -> str:
    digest = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
    plain = _NOT_PLAIN.sub("-", code.lower()).strip("-")[:20].strip("-") or "learner"
    return next(name for length in range(8, 65) if (name := f"{plain}-{digest[:length]}") not in taken)
