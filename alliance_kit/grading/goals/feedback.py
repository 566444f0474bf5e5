"""Findings on a goal, in words: what was seen, by which rule, and one thing to ask next."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from alliance_kit.grading import wishes
from alliance_kit.grading.goals.criteria import verdicts
from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.reader import Reader, Verdict
from alliance_kit.grading.goals.reading import MAX_READ, Reading
from alliance_kit.grading.version import GRADER
from alliance_kit.grading.words import same_words, spans_of
from alliance_kit.library import csv_rows
from alliance_kit.model import Context, Feedback, Finding, GoalCase, Level, Response, Span

__all__ = ["criterion_label", "grade_goal", "next_step", "read_goal"]

MAX_POINTS = 2
_LEVELS: Mapping[int | None, Level] = {2: "met", 1: "partly", 0: "not_seen", None: "unsure"}
_ORDER = ("patient_centred", "relevant", "specific", "measurable", "time_bound", "achievable_context")
"""What to mend first: whose goal it is and what for, then what exactly, then how much, by when, from where."""
_ALL_THERE = (
    "All six parts are there. Read it aloud to the patient: is this what they want, and does anything get in the way?"
)


class _Words(NamedTuple):
    why: str
    ask: str
    source: str


@functools.cache
def _wording() -> Mapping[str, _Words]:
    return {r["rule"]: _Words(r["why"], r["try_instead"], r["source"]) for r in csv_rows("goal_wording")}


@functools.cache
def _criteria() -> Mapping[str, dict[str, str]]:
    return {row["criterion"]: row for row in csv_rows("goal_criteria")}


def criterion_label(criterion: str) -> str:
    """Return the question by which a criterion goes on screen, such as "When is it due?"."""
    return _criteria()[criterion]["label"]


def read_goal(text: str) -> tuple[Finding, ...]:
    """Return six findings on a goal, in the order of `CRITERIA`, each with 0, 1 or 2 points.

    Spans lie in `text`; the rule id is `goal/` with the rule of `goal_wording.csv`. Level *unsure* (no points) means
    that no rule decides. Nothing here says that a goal is realistic: *achievable_context* only tells whether the text
    gives what one needs to judge that. Source: house rules for goals, sections 2 to 6, 8 and 9.
    """
    reader = Reader(text)
    return tuple(_finding(name, verdict, reader.scene.reading) for name, verdict in verdicts(reader).items())


def _finding(criterion: str, verdict: Verdict, reading: Reading) -> Finding:
    words = _wording()[verdict.rule]
    level = _LEVELS[verdict.points]
    ask = words.ask or _criteria()[criterion]["ask"]
    return Finding(
        criterion=criterion,
        level=level,
        rule=f"goal/{verdict.rule}",
        why=words.why.format_map(verdict.filled) if verdict.filled else words.why,
        points=verdict.points or 0,
        max_points=MAX_POINTS,
        spans=_spans(verdict.places, reading),
        try_instead="" if level == "met" else ask,
        source=verdict.filled.get("source") or words.source,
    )


def _spans(places: Iterable[Place], reading: Reading) -> tuple[Span, ...]:
    return spans_of(reading.place(first, last) for first, last in places if last > first)


def next_step(findings: Sequence[Finding]) -> str:
    """Return the one thing to try next: from the weakest criterion, whose goal it is and what for coming first.

    A text that is no goal yet asks for a sentence first; words put into the patient's mouth come before the rest.
    """
    weights: dict[Level, int] = {"not_seen": 0, "unsure": 1, "partly": 2}
    by_name = {f.criterion: f for f in findings}
    for first in findings:
        if first.rule.startswith("goal/g-") or first.rule == "goal/copied":
            return first.try_instead
    hers = by_name.get("hers")
    if hers and hers.level in {"not_seen", "partly"} and hers.try_instead:
        return hers.try_instead
    open_ones = [by_name[name] for name in _ORDER if name in by_name and by_name[name].level in weights]
    weakest = min(open_ones, key=lambda f: weights[f.level], default=None)
    return weakest.try_instead if weakest else _ALL_THERE


def grade_goal(exercise: GoalCase, response: Response, context: Context) -> Feedback:
    """Return the feedback on a written goal; `response.answer` is ``{"text": str}``.

    Parameters
    ----------
    exercise : the goal case; its samples must not come back as the learner's own
    context : `said`, the patient's lines in the learner's run (empty: the wishes of the case count as said); `shown`,
        model goals that the learner has seen

    Returns
    -------
    Feedback with the six findings of `read_goal`, then `hers` (0 points): whether it is what this patient wants. A copy
    of a sample has no criterion met. Never raises on any text.
    """
    answer = response.answer if isinstance(response.answer, dict) else {}
    text = answer.get("text")
    text = text if isinstance(text, str) else ""
    findings = [*read_goal(text), *wishes.match_wishes(text, context.said, exercise.patient)]
    if any(same_words(text[:MAX_READ], shown) for shown in (*exercise.samples, *context.shown)):
        findings = [_as_copy(f) for f in findings]
    if len(text) > MAX_READ:
        words = _wording()["long"]
        findings.append(Finding("length", "unsure", "goal/long", words.why, try_instead=words.ask, source=words.source))
    return Feedback(
        exercise.id,
        GRADER,
        tuple(findings),
        points=sum(f.points for f in findings),
        max_points=sum(f.max_points for f in findings),
        next_step=next_step(findings),
    )


def _as_copy(finding: Finding) -> Finding:
    """Return a finding on words that are a sample's: unsure, no points, and kindly said."""
    words = _wording()["copied"]
    return Finding(
        finding.criterion,
        "unsure",
        "goal/copied",
        words.why,
        0,
        finding.max_points,
        try_instead=words.ask,
        source=words.source,
    )
