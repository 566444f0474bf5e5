"""The words that belong to a visit: its scenario's and those of therapy. What has none of them is elsewhere."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from alliance_kit.grading.words import plain_words
from alliance_kit.hearing._words import content_words, word_list
from alliance_kit.library import csv_rows
from alliance_kit.model import Scenario
from alliance_kit.simulation import lines_of

_STEM = 5
"""Letters from which on two words count as forms of one: shoulder, shoulders; exercise, exercising."""
MIN_COMMON = 4
_WORD_LISTS = (
    ("talk_plain_words", "term"),
    ("talk_plain_words", "plain"),
    ("talk_feeling_words", "word"),
    ("goal_body", "phrases"),
    ("goal_activities", "phrases"),
)


def _stem(word: str) -> str:
    return word[:_STEM]


@functools.cache
def _everyday_therapy() -> frozenset[str]:
    texts = (row.get(column, "") for name, column in _WORD_LISTS for row in csv_rows(name))
    return frozenset(_stem(word) for text in texts for word in plain_words(text))


class Vocabulary:
    """The words that a talk may be about.

    Parameters
    ----------
    scenario : Scenario, whose every text counts
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self._known = frozenset(_stem(word) for text in _texts(scenario) for word in plain_words(text))

    def is_strange(self, text: str) -> bool:
        """Return whether a text has words with content and none that belongs to the visit."""
        words = [word for word in content_words(text) if not word.isdigit()]
        return bool(words) and not any(
            _stem(word) in self._known or _stem(word) in _everyday_therapy() for word in words
        )


def _texts(scenario: Scenario) -> Iterator[str]:
    patient = scenario.patient
    yield from (
        scenario.setting,
        patient.in_short,
        patient.story,
        *patient.chart,
        *patient.values,
        *scenario.objectives,
    )
    for scene in scenario.scenes.values():
        yield scene.inner
        yield from (line.says for line in lines_of(scene))
        for reply in scene.replies:
            yield from (reply.say, reply.answers, reply.try_instead)
        if scene.typed is not None:
            typed = scene.typed
            yield from (typed.asked, typed.heard, typed.checked, typed.told, typed.offered, typed.cue)
    if scenario.hearing is not None:
        for fact in scenario.hearing.facts:
            yield from (fact.says, " ".join(fact.words).replace("*", ""))
    for item in scenario.safety:
        yield from (" ".join(group).replace("*", "") for group in item.words)


def overlap(text: str, other: str) -> float:
    """Return how far two texts have the same content words, 0 to 1; 0 where fewer than four are common."""
    one, two = frozenset(content_words(text)), frozenset(content_words(other))
    return len(one & two) / len(one | two) if len(one & two) >= MIN_COMMON else 0.0


_DENIALS = frozenset({"not", "no", "never", "nobody", "nothing", "without", "cannot"})


def denies(text: str) -> bool:
    """Return whether a text has a word that turns its sense round."""
    return any(word in _DENIALS or word.endswith("n't") for word in plain_words(text))


def common(text: str, other: str) -> int:
    """Return how many content words two texts have in common."""
    return len(frozenset(content_words(text)) & frozenset(content_words(other)))


_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+|^[A-Z][a-z]+(?=,)")
"""A capital inside a sentence, or before its first comma: somebody's name."""


def names_in(text: str) -> set[str]:
    """Return the people whom a line names, in lower case."""
    return {name.lower() for name in _NAME.findall(text)} - word_list("small")
