"""YAML files to plain data: size, encoding and line ends first, then every fault with its line and column."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alliance_kit import library
from alliance_kit.content.composing import LineColumn, Positions, Reading, StopReadingError, compose
from alliance_kit.content.faults import FaultyExerciseFileError
from alliance_kit.content.scalars import INVISIBLE

MAX_BYTES = 1_000_000
"""A long scenario has 60 kB; a file of a megabyte is something else that got here by mistake."""
MAX_CONTROLS_TOLD = 20
"""One message for each of the first so many control characters; more only say the same again."""

_BOM = b"\xef\xbb\xbf"


def read_yaml(path: Path) -> tuple[Any, Positions]:
    """Return a file's data and the positions of its values.

    Raises
    ------
    FaultyExerciseFileError: the file cannot be read, or not without doubt; all faults are in the error.
    """
    reading = read_leniently(path)
    if reading.faults:
        raise FaultyExerciseFileError(reading.faults)
    return reading.data, reading.positions


def read_leniently(path: Path) -> Reading:
    """Return all that can be read of a file, faults included; `whole` is False where the reading had to stop."""
    reading = Reading(shown(path))
    try:
        compose(_text(path, reading), reading)
        reading.whole = True
    except StopReadingError:
        pass
    return reading


def shown(path: Path) -> str:
    """Return the path as authors know it: from the workbook's folder where the file is in it."""
    try:
        return path.resolve().relative_to(library.data_folder()).as_posix()
    except ValueError:
        return path.as_posix()


def _text(path: Path, reading: Reading) -> str:
    """Return the file's text with plain line ends and no byte order mark."""
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as fault:
        reading.stop("Y01", f"the file cannot be read ({fault.strerror or type(fault).__name__}).")
    if size > MAX_BYTES:
        reading.stop("Y02", f"the file has {size:,} bytes.")
    content = content.removeprefix(_BOM)
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        reading.stop("Y03", "this is no text file.")
    try:
        text = _plain_lines(content.decode("utf-8"))
    except UnicodeDecodeError as fault:
        before = _plain_lines(content[: fault.start].decode("utf-8"))
        reading.stop("Y04", f"the byte 0x{content[fault.start]:02x} is not UTF-8.", _position(before, len(before)))
    _refuse_controls(text, reading)
    return text


def _refuse_controls(text: str, reading: Reading) -> None:
    found = list(INVISIBLE.finditer(text))
    for match in found[:MAX_CONTROLS_TOLD]:
        message = f"the invisible character U+{ord(match[0]):04X} stands here."
        reading.tell("Y05", message, _position(text, match.start()))
    if found:
        raise StopReadingError


def _plain_lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _position(text: str, offset: int) -> LineColumn:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
