"""A piece of a text: what graders point at. Alone in its module, so that reading a reply needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the text that was judged."""

    start: int
    end: int
