"""How Canvas and Moodle name the files of a class, and by which names feedback finds its person.

What is said here of the two was read in their source:

- Canvas, ``instructure/canvas-lms`` (commits 05e9653c, 028f76bb): ``lib/content_zipper.rb`` (`get_filename`) writes
  ``NAME[_LATE]_USER_ATTACHMENT_ORIGINAL``, or ``[LATE_]anon_ID_ATTACHMENT_ORIGINAL`` where grading is anonymous; NAME
  is the sortable name in small letters, without all but letters, digits and ``_``. The second file of a name gets
  ``-1``. ``app/models/abstract_assignment.rb`` (`infer_comment_context_from_filename`) reads feedback: it splits at
  ``_``, leaves out ``LATE``, and takes the first two parts that are all digits as user and attachment (after ``anon``:
  the next two); the attachment must belong to the submission, and the last part must not begin with ``link``. It looks
  at no name; the learner then sees the feedback under the name of the file she handed in
  (`generate_comments_from_files`).
- Moodle, ``moodle/moodle``: ``mod/assign/classes/downloader.php`` writes
  ``NAME_PARTICIPANT_assignsubmission_file/PATH`` (before 4.1 with ``_`` after ``file``), or flat
  ``NAME_PARTICIPANT_assignsubmission_file_ORIGINAL``; in NAME a ``_`` has become a space, and it is "Participant" where
  marking is blind, the group's where teams hand in. ``mod/assign/feedback/file/importziplib.php``
  (`is_valid_filename_for_import`) reads feedback: the first part of the path that splits at ``_`` into anything, a
  known number, and the two words of a plug-in. It looks at no name either.

So a feedback file needs no name of a person in its own, and gets none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

_MOODLE: Final = re.compile(
    r"(?P<name>[^_]+)_(?P<person>[0-9]+)_(?P<plugin>assignsubmission_[a-z]+)(?:_(?P<own>.*))?", re.DOTALL
)
# Names without capitals: a file of another origin, "Notes_3_12_Ana.txt", is not taken for one of Canvas's. Older
# versions of Canvas wrote LATE in small letters, too.
_CANVAS: Final = re.compile(
    r"(?P<name>\w+?)(?P<late>_(?:LATE|late))?_(?P<person>[1-9][0-9]*)_(?P<submission>[1-9][0-9]*)_(?P<own>.+)",
    re.DOTALL,
)
_ANONYMOUS: Final = re.compile(
    r"(?P<late>(?:LATE|late)_)?anon_(?P<person>\w+?)_(?P<submission>[1-9][0-9]*)_(?P<own>.+)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a file's name says of how it was handed in; all empty when it did not come from an LMS.

    `person` is the LMS's number for the person: Canvas's user id (the column ID of its gradebook), Moodle's
    participant number (``Identifier`` of its worksheet says ``Participant 123``), or an anonymous id. `submission` is
    Canvas's number of the file. `name` is the person's name as it stands there, `prefix` what the name of a feedback
    file begins with.
    """

    lms: Literal["", "canvas", "moodle"] = ""
    person: str = ""
    submission: str = ""
    name: str = ""
    late: bool = False
    prefix: str = ""


def submission_of(name: str) -> Submission:
    """Return what a path inside a folder or ZIP says; an empty `Submission` when no LMS gave it its name.

    The outermost part that an LMS named counts: what stands inside a learner's own ZIP was named by the learner.
    """
    return _read(name)[0]


def own_name(name: str) -> str:
    """Return the file's own name, without folders and without what an LMS put before it."""
    return _read(name)[1]


def feedback_name(submission: Submission, code: str, suffix: str = ".html") -> str:
    """Return a file name that carries the learner's code, never a name, and by which the LMS finds the person.

    Zipped together, such files are what the LMS's upload of feedback takes. Without an LMS: code and suffix.
    """
    return f"{submission.prefix}{code}{suffix}"


def _read(path: str) -> tuple[Submission, str]:
    parts = [part for part in path.replace("\\", "/").split("/") if part]
    for place, part in enumerate(parts, start=1):
        last = place == len(parts)
        if match := _MOODLE.fullmatch(part):
            return _moodle(match), (match["own"] or part) if last else parts[-1]
        # Canvas names files, so what looks like it among the folders is chance, but for a learner's own ZIP.
        if (last or part.casefold().endswith(".zip")) and (match := _canvas_match(part)):
            return _canvas(match), match["own"] if last else parts[-1]
    return Submission(), parts[-1] if parts else ""


def _moodle(match: re.Match[str]) -> Submission:
    number = match["person"].lstrip("0") or "0"  # Moodle reads it as a number
    prefix = f"Participant_{number}_{match['plugin']}_"
    return Submission("moodle", number, "", match["name"].strip(), prefix=prefix)


def _canvas_match(part: str) -> re.Match[str] | None:
    if match := _ANONYMOUS.fullmatch(part):
        return match
    match = _CANVAS.fullmatch(part)
    return match if match and match["name"] == match["name"].lower() else None


def _canvas(match: re.Match[str]) -> Submission:
    named = match.groupdict()
    ids = f"{named['person']}_{named['submission']}_"
    return Submission(
        "canvas",
        named["person"],
        named["submission"],
        named.get("name", ""),
        late=named["late"] is not None,
        prefix=ids if "name" in named else f"anon_{ids}",
    )
