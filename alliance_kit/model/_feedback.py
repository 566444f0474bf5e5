"""What a learner did and what grading says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alliance_kit.plain import Json
from alliance_kit.spans import Span

Level = Literal["met", "partly", "not_seen", "unsure", "clear", "possible"]
"""`clear` and `possible` say how surely something was seen in a typed reply, not whether it was good."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation on one criterion: what was seen, which words earned it, and one thing to try."""

    criterion: str
    level: Level
    rule: str
    why: str
    points: float = 0
    max_points: float = 0
    spans: tuple[Span, ...] = ()
    try_instead: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """All findings on one response, with the grader's version; points are formative, never a mark."""

    exercise: str
    grader: str
    findings: tuple[Finding, ...] = ()
    points: float = 0
    max_points: float = 0
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What a learner did: plain JSON in `answer`, its shape set by the exercise's kind.

    `confidence` is a probability from 0 to 1, given before feedback; `started` and `answered` are UTC, RFC 3339.
    """

    exercise: str
    digest: str
    attempt: int
    answer: Json
    confidence: float | None = None
    started: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a grader may look at besides the response: the patient's lines so far, and model answers already shown."""

    said: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
