"""The sentences of the learner's report, from `exercises/lexicons/report_wording.csv`, filled with plain facts."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

from alliance_kit.handin import LEVELS
from alliance_kit.library import csv_rows
from alliance_kit.model import Level
from alliance_kit.reports.html import Html, tag
from alliance_kit.reports.learner._room import clip, tidy

NAME_ROOM = 24
LEVEL_KEYS: Mapping[Level, str] = {"met": "strong", "partly": "workable", "not_seen": "other", "unsure": "unsure"}
"""The words for the levels of a turn; those of a goal's parts are `LEVELS`."""
TITLE_ROOM = 60


@functools.cache
def _wording() -> Mapping[str, str]:
    return {row["key"]: row["text"] for row in csv_rows("report_wording")}


def say(key: str, **facts: object) -> str:
    """Return the sentence `key` with its places filled; what fills them is never read as a pattern."""
    return _wording()[key].format(**facts)


def criterion_name(criterion: str) -> str:
    """Return the short name of a goal's part; one that this version does not know goes by its own id."""
    return _wording().get(f"criterion/{criterion}") or clip(tidy(criterion), NAME_ROOM)


def praise_of(criterion: str) -> str:
    """Return why a goal's part works, where the feedback's own sentence weighs it; empty where that one stands."""
    return _wording().get(f"praise/{criterion}", "")


def name_of(patient: str) -> str:
    """Return the patient's name as it fits into a sentence or beside a row."""
    return clip(tidy(patient), NAME_ROOM) or "the patient"


def title_of(title: str) -> str:
    """Return an exercise's title as it fits into a line."""
    return clip(tidy(title), TITLE_ROOM)


def counted(number: int, one: str, more: str = "") -> str:
    """Return a number with its noun: "1 turn", "12 turns"."""
    return f"{number} {one if number == 1 else more or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """Return parts as one reads them aloud: "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def level_dot(level: Level) -> Html:
    """Return the small dot of a level; its word stands beside it."""
    return tag("span", class_=f"dot {level}", aria_hidden="true")


def level_word(level: Level) -> Html:
    """Return a level as a dot and its word."""
    return Html(level_dot(level).text + tag("span", LEVELS[level]).text)
