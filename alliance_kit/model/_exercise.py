"""What every exercise file carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Review:
    """Who has looked at the content; said truthfully on screen."""

    clinician: str = "not yet"
    lived_experience: str = "not yet"


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """The head that all exercise kinds share."""

    schema_version: int
    id: str
    version: str
    kind: str
    title: str
    minutes: int
    strategies: tuple[str, ...]
    objectives: tuple[str, ...]
    source: tuple[str, ...]
    audience: str = "DPT students and clinicians"
    licence: str = "CC BY 4.0"
    reviewed_by: Review = Review()
    synthetic: Literal[True] = True
