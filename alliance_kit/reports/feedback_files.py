"""The reports once more, under the names by which Canvas's or Moodle's feedback upload finds each person.

Those names carry what the LMS had put into the names of the hand-ins, so they stand in one folder and in no other file.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from alliance_kit.cohort.lms import Submission, feedback_name
from alliance_kit.errors import ReportError
from alliance_kit.home import write_atomically

_LMS = ("canvas", "moodle")
_BEFORE_ALL = (1980, 1, 1, 0, 0, 0)  # the earliest time a ZIP can hold: the same bytes whenever it is made
_MAX_NAME = 240  # bytes; most file systems allow 255


@dataclass(frozen=True, slots=True)
class Feedback:
    """One learner's page, her file name without ending, and how the LMS knows her."""

    stem: str
    page: Path
    submission: Submission


def write_feedback(folder: Path, reports: Iterable[Feedback]) -> tuple[Path, ...]:
    """Write the folder anew, with one ZIP for each LMS that somebody handed in through, and return the ZIPs.

    Parameters
    ----------
    folder : made anew; what an earlier run left in it goes, so that nobody gets another's or an old report
    reports : those that could be made, of learners who are in the class now

    Raises
    ------
    ReportError: the folder cannot be written.
    """
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(mode=0o700, parents=True)
        named = _named(reports)
        for name, report in named.items():
            write_atomically(folder / name, report.page.read_bytes())
        return tuple(path for lms in _LMS if (path := _zip(folder, lms, named)))
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise ReportError(f"{folder}: the files for the feedback upload cannot be written ({reason}).") from fault


def _named(reports: Iterable[Feedback]) -> dict[str, Feedback]:
    """Return each report under a file name of its own; whoever the LMS would not find gets her code as name."""
    named: dict[str, Feedback] = {}
    taken: set[str] = set()
    for report in sorted(reports, key=lambda report: report.stem):
        plain = f"{report.stem}.html"
        name = feedback_name(report.submission, report.stem) if report.submission.lms else plain
        if not _is_safe(name) or name.casefold() in taken:
            name, report = plain, Feedback(report.stem, report.page, Submission())  # noqa: PLW2901 — not as the LMS's
        taken.add(name.casefold())
        named[name] = report
    return named


def _is_safe(name: str) -> bool:
    """Tell whether a name, made from a file's name that anybody may have chosen, is one file in one folder."""
    return (
        0 < len(name.encode("utf-8", "replace")) <= _MAX_NAME
        and name.isprintable()
        and not name.startswith(".")
        and not any(sign in name for sign in '/\\:*?"<>|')
    )


def _zip(folder: Path, lms: str, named: dict[str, Feedback]) -> Path | None:
    names = sorted(name for name, report in named.items() if report.submission.lms == lms)
    if not names:
        return None
    path = folder / f"feedback-{lms}.zip"
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            about = zipfile.ZipInfo(name, date_time=_BEFORE_ALL)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.create_system = 3  # as on POSIX, wherever it is made
            about.external_attr = 0o600 << 16
            file.writestr(about, (folder / name).read_bytes())
    return path
