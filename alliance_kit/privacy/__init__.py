"""The identifier check before every way out: patterns, names, places, and three questions no pattern answers."""

from __future__ import annotations

from alliance_kit.privacy.check import (
    QUESTIONS,
    Identifier,
    Question,
    count_by_kind,
    find_identifiers,
    names_in,
    replace_identifiers,
)

__all__ = [
    "QUESTIONS",
    "Identifier",
    "Question",
    "count_by_kind",
    "find_identifiers",
    "names_in",
    "replace_identifiers",
]
