"""Names from elsewhere, made safe to show: nothing that steers a terminal, turns a line around or leaves a folder."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MAX_SHOWN: Final = 240
"""Characters of a name that are shown: more than Windows allows in a whole path of old, and still one glance."""
_RAW_BYTE: Final = 0xDC00
"""What Python adds to a byte of a file name that is no UTF-8 (PEP 383)."""
_DRIVE = re.compile(r"[A-Za-z]:")


def shown(text: str, longest: int = MAX_SHOWN) -> str:
    """Return `text` in one line, what has no shape of its own written out (``<202E>``), the middle left out if long.

    Letters and their accents are joined as usual (NFC), because macOS keeps them apart in file names.
    """
    visible = "".join(_visible(char) for char in unicodedata.normalize("NFC", text))
    if len(visible) <= longest:
        return visible
    return f"{visible[: longest // 2]}…{visible[len(visible) - longest // 2 + 1 :]}"


def _visible(char: str) -> str:
    """Return a character, or its number where it would not be seen: controls, marks of direction, half characters."""
    if char.isprintable():
        return char
    number = ord(char) - _RAW_BYTE if 0xDC80 <= ord(char) <= 0xDCFF else ord(char)
    return " " if unicodedata.category(char) == "Zs" else f"<{number:02X}>"


def safe_path(name: str) -> str:
    """Return the path that a folder or ZIP gives for a file, without what would lead out of a folder.

    The file is judged by its content whatever its name; nothing is ever written under this name.
    """
    parts = [part for part in name.replace("\\", "/").split("/") if part.strip() not in ("", ".", "..")]
    if parts and _DRIVE.match(parts[0]):
        parts[0] = _DRIVE.sub("", parts[0], count=1)
    return "/".join(shown(part) for part in parts if part) or "(no name)"
