"""What a reading of a reply consists of: one thing seen, how sure, by which rule, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alliance_kit.spans import Span

__all__ = ["Seen", "Sureness"]

Sureness = Literal["clear", "possible"]


@dataclass(frozen=True, slots=True)
class Seen:
    """One way of speaking seen in a reply.

    Parameters
    ----------
    label : id as in `exercises/lexicons/microskills.csv`
    sure : clear, or possible: the learner is asked to check
    rule : `talk/<label>/<which>`, the same for ever, explained in `exercises/lexicons/talk_rules.csv`
    spans : the words that earned it, in the text as it was typed
    note : for jargon the plain words to offer; else empty
    """

    label: str
    sure: Sureness
    rule: str
    spans: tuple[Span, ...]
    note: str = ""
