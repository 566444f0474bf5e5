"""The word lists behind the identifier check: names, places, cue words, and what each rule says on screen.

All lists are CSV files in `exercises/lexicons/`. They are read once, on first use: importing this module reads nothing.
"""

from __future__ import annotations

import csv
import functools
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from alliance_kit.library import csv_rows, exercises_folder

SHORTEST_FOLDED = 3  # an accented two-letter name (Ôn, Từ) must not turn "on" or "tu" into a name
_PLAIN = str.maketrans(
    {"’": "'", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o", "ß": "ss", "æ": "ae", "Æ": "ae"}
)


@dataclass(frozen=True, slots=True)
class Names:
    """Lower-case names: `sure` may stand on a capital letter alone, the others are everyday words as well.

    `given` and `family` say which kind of name an everyday word can be.
    """

    sure: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule stands for: the kind of identifier, the words put in its place, and one sentence of reason."""

    kind: str
    replacement: str
    why: str


def fold(word: str) -> str:
    """Return `word` in lower case, without accents and with straight apostrophes, for looking it up."""
    if word.isascii():
        return word.lower()
    parts = unicodedata.normalize("NFKD", word.translate(_PLAIN))
    return "".join(char for char in parts if not unicodedata.combining(char)).lower()


@functools.cache
def names() -> Names:
    """Return the names of `names.csv`; a name marked everyday in one row is never `sure`."""
    given: set[str] = set()
    family: set[str] = set()
    listed: set[str] = set()
    with (exercises_folder() / "lexicons" / "names.csv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines)
        next(rows)
        for name, kind, _origin, everyday in rows:  # a plain reader: 36,000 dictionaries would take three times as long
            if everyday:
                (given if kind == "given" else family).update(fold(name).split())
            else:
                listed.update(
                    (name.lower(), folded) if len(folded := fold(name)) >= SHORTEST_FOLDED else (name.lower(),)
                )
    sure = listed - given - family - words("everyday")
    return Names(frozenset(sure), frozenset(given), frozenset(family))


@functools.cache
def places() -> frozenset[str]:
    """Return towns, cities and counties of `us_places.csv`, lower case, several words joined by one space."""
    return frozenset(fold(row["place"]) for row in csv_rows("us_places"))


@functools.cache
def words(role: str) -> frozenset[str]:
    """Return the words of one role in `privacy_words.csv`, lower case; an unknown role has none."""
    return _roles().get(role, frozenset())


@functools.cache
def rules() -> Mapping[str, Rule]:
    """Return the rules of `privacy_rules.csv` by id, in the file's order."""
    return {row["rule"]: Rule(row["kind"], row["replacement"], row["why"]) for row in csv_rows("privacy_rules")}


@functools.cache
def _roles() -> Mapping[str, frozenset[str]]:
    by_role: dict[str, set[str]] = {}
    for row in csv_rows("privacy_words"):
        by_role.setdefault(row["role"], set()).add(fold(row["word"]))
    return {role: frozenset(found) for role, found in by_role.items()}
