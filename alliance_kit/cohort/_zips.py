"""ZIP files from anybody: read in place, within bounds, nothing ever unpacked to the disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO, Final

from alliance_kit.handin import MAX_BYTES

SIGNATURES: Final = (b"PK\3\4", b"PK\5\6")
"""How a ZIP begins: with its first file, or, when it is empty, with its end."""
MAX_RATIO: Final = 100
"""How far a ZIP may unpack, as a whole: real hand-ins take about a quarter of their size, a bomb a thousandth."""
MAX_DIRECTORY: Final = 16 * 1024 * 1024
"""Bytes of a ZIP's table of contents. It is read as a whole, so it is measured first; 20,000 long names need 8 MB."""
FAULTS: Final = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, LookupError, MemoryError,
    OverflowError,
)  # fmt: skip
"""What `zipfile` was seen to raise, or can raise by its source, on bytes that somebody changed."""
_END: Final = struct.Struct("<4s4H2LH")  # APPNOTE 6.3.10, 4.3.16: end of central directory
_END_64: Final = struct.Struct("<4sQ2H2L4Q")  # 4.3.14, the same with eight-byte numbers
_LOCATOR_64: Final = 20  # bytes of 4.3.15, which stands between the two
_UTF8_NAME: Final = 0x800
_ENCRYPTED: Final = 0x1
_OFFICE: Final = frozenset({"[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF"})
"""What a Word, OpenDocument or program file, a ZIP inside, has in it."""
LINK: Final = "This is a link to another place, no file; it was not followed."
NOT_PLAIN: Final = "This is no plain file, so it was not opened."
_CUT: Final = "This ZIP is damaged or was cut short; download it once more."


class UnopenedError(Exception):
    """A whole ZIP is not opened; the sentence says why."""


def open_zip(handle: BinaryIO, most: int) -> zipfile.ZipFile:
    """Return the ZIP in `handle`, which is at any place; `most` is how many files it may hold.

    Raises
    ------
    UnopenedError: it is damaged, no archive of files, or holds too many.
    """
    try:
        if _directory_size(handle) > MAX_DIRECTORY:
            raise UnopenedError(f"This ZIP holds more than {most:,} files, so it is not opened; choose a smaller one.")
        archive = zipfile.ZipFile(handle)
    except FAULTS as fault:
        raise UnopenedError(_CUT) from fault
    names = archive.namelist()
    if len(names) > most:
        raise UnopenedError(f"This ZIP holds more than {most:,} files, so it is not opened; choose a smaller one.")
    if not _OFFICE.isdisjoint(names):
        raise UnopenedError("This is a document of another program, no hand-in; ask for the file 'hand-in-….jsonl'.")
    return archive


def _directory_size(handle: BinaryIO) -> int:
    """Return how many bytes the table of contents says it has, as `zipfile` will believe it.

    Raises
    ------
    zipfile.BadZipFile: there is no end of a ZIP.
    """
    size = handle.seek(0, 2)
    start = handle.seek(max(0, size - _END.size - 65535 - _END_64.size - _LOCATOR_64))  # a comment has up to 65535
    tail = handle.read()
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) - place < _END.size:
        raise zipfile.BadZipFile("no end")
    stated: int = _END.unpack_from(tail, place)[5]
    before = place - _LOCATOR_64 - _END_64.size
    if before >= 0 and tail[place - _LOCATOR_64 :].startswith(b"PK\6\7") and tail[before:].startswith(b"PK\6\6"):
        stated = max(stated if stated != 0xFFFFFFFF else 0, _END_64.unpack_from(tail, before)[8])
    return min(stated, start + place)


def name_of(info: zipfile.ZipInfo) -> str:
    """Return the whole name of an entry; UTF-8 that does not say so, as macOS and older Canvas write it, is seen."""
    name = info.orig_filename
    if info.flag_bits & _UTF8_NAME:
        return name
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def in_order(archive: zipfile.ZipFile) -> Sequence[zipfile.ZipInfo]:
    """Return the files of a ZIP by name; folders are left out."""
    files = [info for info in archive.infolist() if not name_of(info).endswith(("/", "\\"))]
    return sorted(files, key=lambda info: (name_of(info), info.header_offset))


def is_plain(info: zipfile.ZipInfo) -> bool:
    """Return whether an entry is a plain file, as far as the system that packed it says what it is."""
    return stat.S_IFMT(info.external_attr >> 16) in (0, stat.S_IFREG)


def why_not(info: zipfile.ZipInfo) -> str:
    """Return why an entry is not even unpacked: a link, a device, locked, packed in a rare way, huge. Else nothing."""
    if not is_plain(info):
        return LINK if stat.S_ISLNK(info.external_attr >> 16) else NOT_PLAIN
    if info.flag_bits & _ENCRYPTED:
        return "This file is locked with a password; ask for it without one."
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "This file is packed in a way that is not read here; ask for it once more, as it is."
    return too_large() if info.file_size > MAX_BYTES else ""


def too_large() -> str:
    """Return the sentence on a file that is larger than any hand-in."""
    return f"This file is larger than {MAX_BYTES // 1024**2} MB, so it is no hand-in."


def unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """Return what an entry holds, read within the bound whatever its size is said to be; a wrong checksum is damage.

    Raises
    ------
    UnopenedError: damaged or too large; the sentence says which.
    """
    try:
        with archive.open(info) as stream:
            data = stream.read(MAX_BYTES + 1)
    except FAULTS as fault:
        raise UnopenedError(
            "This file is damaged inside its ZIP; ask for it, or download the ZIP, once more."
        ) from fault
    if len(data) > MAX_BYTES:
        raise UnopenedError(too_large())
    return data
