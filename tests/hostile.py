"""Hand-ins that go wrong: folders and ZIPs as a class, or somebody who means harm, may send them. All is synthetic."""

from __future__ import annotations

import gzip
import json
import os
import socket
import stat
import struct
import uuid
import zipfile
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

from support import ROOT

FIXTURES = ROOT / "tests" / "fixtures"
SMALL = next((FIXTURES / "v0.1.0").glob("hand-in-*.jsonl")).read_bytes()
"""A hand-in of every kind of exercise, in 19 kB."""
COURSE = next((FIXTURES / "v0.1.0-course").glob("hand-in-*.jsonl")).read_bytes()
"""A hand-in of the whole course, in 334 kB."""
_OTHERS = uuid.UUID("5e0a6f4e-5b2b-5f3c-8f1e-0c6a4a1b7d21")


# --- hand-ins ---------------------------------------------------------------------------------------------------


def code_of(number: int) -> str:
    """Return the code of the learner with that number."""
    return f"{number:08x}"


def another(hand_in: bytes, number: int, **header: Any) -> bytes:
    """Return the same work as handed in by learner `number`: code, id, and the ids of lines and talks are hers.

    Fields of the header can be given: ``another(SMALL, 7, made="2031-01-05T10:00:00Z")``.
    """
    rows = rows_of(hand_in)
    talks = {row["run"] for row in rows if "run" in row}
    for old in sorted(talks | {row["id"] for row in rows}):
        hand_in = hand_in.replace(json.dumps(old).encode(), json.dumps(_hers(old, number)).encode())
    head, *rest = rows_of(hand_in)
    return lines_of([head | {"code": code_of(number)} | header, *rest])


def again(hand_in: bytes, change: Callable[[dict[str, Any]], object], **header: Any) -> bytes:
    """Return the next hand-in of the same learner, each of its lines passed through `change` first."""
    head, *rest = rows_of(hand_in)
    for row in rest:
        change(row)
    return lines_of([head | {"id": _hers(head["id"], 1)} | header, *rest])


def _hers(old: str, number: int) -> str:
    return str(uuid.uuid5(_OTHERS, f"{old} {number}"))


def rows_of(hand_in: bytes) -> list[dict[str, Any]]:
    """Return the lines of a hand-in, the header first."""
    return [json.loads(line) for line in hand_in.splitlines()]


def lines_of(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return the bytes of a hand-in with these lines, its count of lines put right."""
    head, *rest = rows
    return b"".join(json.dumps(row).encode() + b"\n" for row in [{**head, "lines": len(rest)}, *rest])


def with_words(hand_in: bytes, words: str) -> bytes:
    """Return the hand-in with `words` as everything that the learner wrote herself."""

    def change(row: dict[str, Any]) -> None:
        if isinstance(answer := row.get("answer"), dict):
            row["answer"] = {key: words if isinstance(value, str) else value for key, value in answer.items()}

    head, *rest = rows_of(hand_in)
    for row in rest:
        change(row)
    return lines_of([head, *rest])


WORDS = {
    "script": "<script>alert('hello')</script><img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("http://example.com","click")',
    "markdown": "# loud\n[link](javascript:alert(1)) `code` $x$ {{ jinja }} {% raw %}",
    "turned": "\u202egnp.exe \u0000\u0007\u001b[31m",
    "half": "\ud83d half an emoji",
}
"""What a learner may write, by what it would break; all of it is taken and kept as she wrote it."""


# --- contents that are no hand-in -------------------------------------------------------------------------------

_DEEP = b'{"schema": 1, "type": "hand_in", "contents": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
BAD: Mapping[str, bytes] = {
    "truncated": SMALL[: len(SMALL) * 2 // 3],
    "cut-at-a-line": b"".join(SMALL.splitlines(keepends=True)[:-2]),
    "binary": bytes(range(256)) * 64,
    "empty": b"",
    "blank": b"\n\r\n \t\n",
    "huge": b" " * (33 * 1024 * 1024),
    "deep": _DEEP,
    "utf-16": SMALL.decode().encode("utf-16"),
    "latin-1": with_words(SMALL, "naïve café").replace(b"\\u00ef", b"\xef").replace(b"\\u00e9", b"\xe9"),
    "web-page": b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "table": b"Student,ID\n=cmd|' /C calc'!A0,1\n",
    "packed": gzip.compress(SMALL),
    "journal": (FIXTURES / "v0.1.0" / "journal.jsonl").read_bytes(),
    "not-a-number": SMALL.replace(b'"lines": ', b'"lines": NaN, "x": ', 1),
    "list": b"[]\n",
    "newer": SMALL.replace(b'"schema": 1', b'"schema": 99', 1),
    "changed-exercise": SMALL.replace(b"Synthetic clinic", b"Synthetic garden"),
    "no-code": another(SMALL, 1, code="../../ana"),
    "no-id": another(SMALL, 1, id="Ana Diaz"),
    "long-number": SMALL.replace(b'"seq": ', b'"seq": ' + b"9" * 5000, 1),
}
"""What is refused, by what is wrong with it."""


# --- folders ----------------------------------------------------------------------------------------------------

LEFT = {"__MACOSX/hand-in.jsonl": b"x", "._hand-in.jsonl": b"x", ".DS_Store": b"x", "Thumbs.db": b"x"}
"""What operating systems leave in folders and ZIPs."""


def write(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files into a folder, by their paths in it; return the folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def write_traps(folder: Path) -> dict[str, str]:
    """Write what must never be opened: links that lead outside or round, a pipe, a socket. Return a reason by name."""
    outside = folder.parent / "outside"
    write(outside, {"secret.jsonl": SMALL})
    link, plain = "link", "no plain file"
    made = {
        "out.jsonl": (outside / "secret.jsonl", link),
        "out": (outside, link),
        "round": (folder, link),
        "nowhere.jsonl": (folder / "not there", link),
    }
    for name, (target, _) in made.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.jsonl")
    here = os.open(".", os.O_RDONLY)
    try:  # the address of a socket may have no more than 108 bytes
        os.chdir(folder)
        with socket.socket(socket.AF_UNIX) as end:
            end.bind("socket.jsonl")
    finally:
        os.fchdir(here)
        os.close(here)
    return {name: why for name, (_, why) in made.items()} | {"pipe.jsonl": plain, "socket.jsonl": plain}


def write_deep(folder: Path, names: Iterable[str], data: bytes) -> None:
    """Write a file under folders of these names, one in the other, even if no path could name it."""
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(folder)
        for name in names:
            Path(name).mkdir()
            os.chdir(name)
        Path("deep.jsonl").write_bytes(data)
    finally:
        os.fchdir(here)
        os.close(here)


# --- ZIPs -------------------------------------------------------------------------------------------------------


def zipped(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a ZIP of these files, by their names in it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 5, 14, 2, 12)), data, method)
    return out.getvalue()


def zip_of_links(target: str) -> bytes:
    """Return a ZIP that holds a symbolic link, as ``zip --symlinks`` writes it, and a device."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, kind in (("link.jsonl", stat.S_IFLNK), ("device.jsonl", stat.S_IFCHR)):
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (kind | 0o777) << 16
            archive.writestr(info, target)
    return out.getvalue()


def bomb(files: int = 8) -> bytes:
    """Return a ZIP of some kB for each file, which unpacks to 30 MB for each."""
    return zipped({f"hand-in-{number}.jsonl": b" " * (30 * 1024**2) for number in range(files)})


def locked(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP whose files are said to be encrypted; without the password nobody can tell that they are not."""
    return _with_flags(zipped(files), 0x1)


def lying(files: Mapping[str, bytes], size: int) -> bytes:
    """Return a ZIP that says of each file that it has `size` bytes."""
    data = bytearray(zipped(files))
    for place in _places(data, b"PK\1\2"):
        struct.pack_into("<L", data, place + 24, size)
    return bytes(data)


def damaged(files: Mapping[str, bytes], name: str) -> bytes:
    """Return a ZIP in which one byte of one file changed."""
    data = bytearray(zipped(files, zipfile.ZIP_STORED))
    place = data.index(files[name])
    data[place + len(files[name]) // 2] ^= 0x20
    return bytes(data)


def _with_flags(archive: bytes, flags: int) -> bytes:
    data = bytearray(archive)
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        for place in _places(data, mark):
            data[place + offset] |= flags
    return bytes(data)


def _places(data: bytes | bytearray, mark: bytes) -> list[int]:
    found, place = [], data.find(mark)
    while place >= 0:
        found.append(place)
        place = data.find(mark, place + 4)
    return found
