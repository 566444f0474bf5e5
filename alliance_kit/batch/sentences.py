"""Sentences on what went wrong, without this computer's folder names, colours or anything that moves a screen."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from pathlib import Path

_PACKAGE_HOME = Path(__file__).resolve().parents[2]
_MAX_LENGTH = 240  # characters: one sentence, also when a traceback's last line is a page long
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def private_names(out: Path) -> Mapping[str, str]:
    """Return folder names of this computer and what to write instead of each, the longest first.

    Parameters
    ----------
    out : a folder of the reports
    """
    places = {
        str(out): "REPORTS",
        str(_PACKAGE_HOME): "WORKBOOK",
        sysconfig.get_path("stdlib"): "PYTHON",
        sys.prefix: "PYTHON",
        sys.base_prefix: "PYTHON",
        tempfile.gettempdir(): "TEMPORARY",
        os.path.expanduser("~"): "~",  # noqa: PTH111 — Path.home() raises where there is none
    }
    return dict(sorted(((n, i) for n, i in places.items() if len(n) > 1), key=lambda pair: -len(pair[0])))


def one_line(text: str, private: Mapping[str, str]) -> str:
    """Return a text as one line that can be shown anywhere; what is too long is cut, and says so."""
    text = _COLOUR.sub("", text)
    for name, instead in private.items():
        text = text.replace(name, instead)
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return text if len(text) <= _MAX_LENGTH else text[: _MAX_LENGTH - 1] + "…"
