"""The parts of a goal as the learner sees them: her own words, underlined and named."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.reader import Reader
from alliance_kit.grading.words import spans_of
from alliance_kit.model import Span

__all__ = ["GoalParts", "Part", "find_parts"]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the goal that plays a part, and the rule that found it."""

    span: Span
    rule: str


@dataclass(frozen=True, slots=True)
class GoalParts:
    """The parts found in a goal; an empty tuple is a part not found.

    Parts overlap where words play two parts: a walker specifies and supports.
    """

    doer: tuple[Part, ...] = ()
    activity: tuple[Part, ...] = ()
    specifiers: tuple[Part, ...] = ()
    measures: tuple[Part, ...] = ()
    baseline: tuple[Part, ...] = ()
    support: tuple[Part, ...] = ()
    confidence: tuple[Part, ...] = ()
    deadline: tuple[Part, ...] = ()
    meaning: tuple[Part, ...] = ()
    voice: tuple[Part, ...] = ()


def find_parts(text: str) -> GoalParts:
    """Return the parts of a goal with their places in `text`.

    Only finds; whether a part is enough is for `read_goal` to say. Source: house rules for goals, section 2, step 3
    (after Bovend'Eerdt and others 2009: activity, support, quantification, time).
    """
    reader = Reader(text)
    facts, scene = reader.facts, reader.scene

    def parts(rule: str, places: Iterable[Place]) -> tuple[Part, ...]:
        spans = spans_of(scene.reading.place(first, last) for first, last in places if last > first)
        return tuple(Part(span, f"goal/part-{rule}") for span in spans)

    doer = facts.doer
    return GoalParts(
        doer=parts(f"doer-{doer.kind}", [(doer.first, doer.last)]),
        activity=parts("activity", [(m.first, m.last) for m in facts.activities])
        or parts("body-function", reader.body),
        specifiers=parts("specifier", facts.specifiers),
        measures=parts("measure", [*reader.targets.good, *reader.targets.changes_only]),
        baseline=parts("baseline", facts.baseline),
        support=parts("support", facts.supports),
        confidence=parts("confidence", facts.confidence),
        deadline=tuple(p for d in scene.deadlines for p in parts(f"deadline-{d.rule}", [(d.first, d.last)])),
        meaning=parts("own-life", facts.anchors) or parts("daily-life", facts.daily),
        voice=parts("voice", facts.voice),
    )
