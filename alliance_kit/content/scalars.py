"""What an unquoted word in YAML means, and which words programs disagree about.

The rules are YAML 1.2's core schema, narrowed: whatever YAML 1.1, still the most common reading, takes for something
else is called ambiguous, and the author is asked to quote it.
"""

from __future__ import annotations

import re

Scalar = str | int | float | bool | None

INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Characters that nobody sees: controls, zero-width spaces, switches of direction, halves of characters."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
# Eighteen digits fit every program's integers; anything longer is a code, not an amount.
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})?\.[0-9]{1,18}")
_AMBIGUOUS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"y|n|yes|no|on|off", re.IGNORECASE), "true or false to some programs and text to others"),
    (re.compile(r"[-+]?[0-9]+(?::[0-9]+)+(?:\.[0-9]*)?"), "a number of seconds to some programs and text to others"),
    (re.compile(r"[-+]?0[0-9_]+"), "a number to most programs, and loses its leading zero"),
    (re.compile(r"[-+]?0(?:x[0-9a-fA-F_]+|o[0-7_]+|b[01_]+)"), "a number in another base to some programs"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt ].*)?"), "a date to some programs and text to others"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"), "a number that programs read differently"),
    (re.compile(r"[-+]?\.(?:inf|nan|[0-9_]+(?:[eE][-+]?[0-9]+)?)", re.IGNORECASE), "a number to some programs only"),
    (re.compile(r"="), "a value of its own kind to some programs"),
)


def plain_value(text: str) -> Scalar:
    """Return what an unquoted word means; a word that is nothing else is text."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def doubt_about(text: str) -> str:
    """Return why programs would disagree about an unquoted word, or nothing where they agree."""
    if not isinstance(plain_value(text), str):
        return ""
    return next((why for pattern, why in _AMBIGUOUS if pattern.fullmatch(text)), "")
