"""When the outcome is due: the phrases of `goal_times.csv`, each a rule with an example of its own.

Frequency (3x/wk), length or speed of the performance (for 10 minutes) and time since onset are no deadlines: no
pattern of the list matches them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import NamedTuple

from alliance_kit.grading.goals.reading import Reading
from alliance_kit.library import csv_rows

__all__ = ["Deadline", "find_deadlines"]

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_ANY_NUMBER = "{n}"


class Deadline(NamedTuple):
    """A deadline in the words `first` to before `last`; `points` 2 for a time, 1 for an event, a length, a guess."""

    rule: str
    points: int
    first: int
    last: int
    phrase: str


class _Rule(NamedTuple):
    rule: str
    points: int
    pattern: re.Pattern[str]


@functools.cache
def _slots() -> Mapping[str, str]:
    words = {row["slot"]: "(?:" + "|".join(row["words"].split(";")) + ")" for row in csv_rows("goal_time_words")}
    return {"n": _NUMBER, **words}


@functools.cache
def _rules() -> Mapping[str, tuple[_Rule, ...]]:
    """Return first word of a deadline → the rules that may begin with it."""
    rules: dict[str, list[_Rule]] = {}
    for row in csv_rows("goal_times"):
        text = re.sub(r"\{([a-z]+)\}", lambda m: _slots()[m[1]], row["pattern"])
        rule = _Rule(row["rule"], int(row["points"]), re.compile(rf"(?:{text})(?!\S)"))
        for first in row["starts"].split():
            rules.setdefault(first, []).append(rule)
    return {first: tuple(some) for first, some in rules.items()}


def find_deadlines(reading: Reading) -> tuple[Deadline, ...]:
    """Return the deadlines of a goal in order, at each place the one that is worth most, then the longest."""
    found: list[Deadline] = []
    after = 0
    rules = _rules()
    for i, (word, at) in enumerate(zip(reading.words, reading.at, strict=True)):
        if i < after:
            continue
        first = _ANY_NUMBER if word.value is not None else word.word
        best: Deadline | None = None
        for rule in rules.get(first, ()):
            if hit := rule.pattern.match(reading.plain, at):
                this = Deadline(rule.rule, rule.points, i, reading.index(hit.end() - 1) + 1, hit[0])
                if best is None or (this.points, this.last) > (best.points, best.last):
                    best = this
        if best:
            found.append(best)
            after = best.last
    return tuple(found)
