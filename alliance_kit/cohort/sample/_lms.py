"""What Canvas and Moodle give an instructor: the names in "download all", and the exported class list.

Shapes as gathered from the systems' own tests, help pages and exporters; every name says that it is synthetic.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

_NOTHING_HANDED_IN = 2
"""Learners on the class list who handed in nothing."""
_RESUBMITTED = 3
"""The learner who handed in twice: Canvas puts a number behind the name of the newer file."""
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("January", "February", "March", "April")


@dataclass(frozen=True, slots=True)
class Submitted:
    """One learner's file as the LMS names it; `moment` is when it came in."""

    number: int
    file: str
    moment: dt.datetime


@dataclass(frozen=True, slots=True)
class Layout:
    """How one LMS names files (`submitted`), and its class list as bytes (`sheet`, given the most points)."""

    sheet_name: str
    submitted: Callable[..., Submitted]
    sheet: Callable[[Sequence[Submitted], int], bytes]


def add_to(archive: zipfile.ZipFile, submitted: Submitted, content: bytes) -> None:
    """Put a file into a ZIP, the same bytes each time."""
    entry = zipfile.ZipInfo(submitted.file, submitted.moment.timetuple()[:6])
    entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 3, 0o100644 << 16
    archive.writestr(entry, content)


# --- Canvas -----------------------------------------------------------------------------------------------------

_CANVAS = (
    "Student",
    "ID",
    "SIS User ID",
    "SIS Login ID",
    "Section",
    "Reading check 1 (48190)",
    "Alliance unit 1 (48211)",
    "Professionalism (48230)",
    "Current Score",
    "Unposted Current Score",
    "Final Score",
    "Unposted Final Score",
)
_READ_ONLY = "(read only)"
_TEST_STUDENT = "9999"


def _canvas_submitted(number: int, file: str, moment: dt.datetime, *, late: bool) -> Submitted:
    stem, _, suffix = file.rpartition(".")
    again = "-1" if number == _RESUBMITTED else ""
    name = f"learner{number:03d}synthetic{'_LATE' if late else ''}_{10_000 + number}_{990_000 + number}"
    return Submitted(number, f"{name}_{stem}{again}.{suffix}", moment)


def _canvas_sheet(submitted: Sequence[Submitted], most: int) -> bytes:
    points = ["    Points Possible", "", "", "", "", "10", str(most), "5", *[_READ_ONLY] * 4]
    rows = [list(_CANVAS), points]
    numbers = [s.number for s in submitted]
    for number in (*numbers, *range(numbers[-1] + 1, numbers[-1] + 1 + _NOTHING_HANDED_IN)):
        grades = [str(5 + number * 7 % 6), "", f"{3 + number % 3}.5" if number % 4 else "", "", "", "", ""]
        sis, login = f"s{number:05d}", f"synthetic{number:03d}"
        section = f"DPT7201-0{1 + number % 2} (Synthetic)"
        rows.append([f"Learner {number:03d}, Synthetic", str(10_000 + number), sis, login, section, *grades])
    rows.append(["Student, Test", _TEST_STUDENT, "", "5d1f7c9e2b", "DPT7201-01 (Synthetic)", "", "", "", *[""] * 4])
    return b"\xef\xbb\xbf" + _csv(rows, "\n")  # Canvas puts a byte order mark there if the person's settings say so


canvas = Layout("gradebook.csv", _canvas_submitted, _canvas_sheet)


# --- Moodle -----------------------------------------------------------------------------------------------------

_MOODLE = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)


def _moodle_submitted(number: int, file: str, moment: dt.datetime, *, late: bool) -> Submitted:  # noqa: ARG001 — Moodle's names do not tell who is late
    folder = f"Synthetic Learner {number:03d}_{100_000 + number}_assignsubmission_file_"
    return Submitted(number, f"{folder}/{file}", moment)


def _moodle_sheet(submitted: Sequence[Submitted], most: int) -> bytes:
    rows = [list(_MOODLE)]
    moments: dict[int, dt.datetime | None] = {s.number: s.moment for s in submitted}
    last = submitted[-1].number
    moments.update(dict.fromkeys(range(last + 1, last + 1 + _NOTHING_HANDED_IN)))
    for number, moment in moments.items():
        status = "Submitted for grading - " if moment else "No submission - "
        modified = _moodle_moment(moment) if moment else "-"
        who = [f"Participant {100_000 + number}", f"Synthetic Learner {number:03d}"]
        mail = f"synthetic.learner{number:03d}@example.org"
        rows.append([*who, mail, status, "", f"{most}.00", "Yes", modified, "-", ""])
    return _csv(rows, "\r\n")


def _moodle_moment(moment: dt.datetime) -> str:
    """Return a moment as Moodle writes it, in English whatever the machine speaks."""
    hour, half = moment.hour % 12 or 12, "AM" if moment.hour < 12 else "PM"
    day = f"{_DAYS[moment.weekday()]}, {moment.day} {_MONTHS[moment.month - 1]} {moment.year}"
    return f"{day}, {hour}:{moment.minute:02d} {half}"


moodle = Layout("worksheet.csv", _moodle_submitted, _moodle_sheet)


def _csv(rows: Iterable[Sequence[str]], line_end: str) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=line_end).writerows(rows)
    return buffer.getvalue().encode("utf-8")
