"""Room on two printed pages: texts made tidy and cut at a word, and how much of each fits.

`learner_fit` chooses among the limits.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

ELLIPSIS = "…"
_LINE = 80
MAX_IN_FULL = 3
"""So many scenes, and goals, are shown in full: with more, two printed pages do not hold."""
_SPACES = re.compile(r"\s+")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SENTENCE_END = re.compile(r"(?<=[.?!\]”\"])\s+")


@dataclass(frozen=True, slots=True)
class Limits:
    """How many characters each kind of text may take."""

    quote: int
    why: int
    line: int
    said: int
    heard: int
    suggestion: int
    goal: int
    reflection: int


LADDER = (
    Limits(quote=150, why=110, line=80, said=80, heard=80, suggestion=80, goal=150, reflection=300),
    Limits(quote=180, why=110, line=80, said=110, heard=80, suggestion=80, goal=200, reflection=450),
    Limits(quote=220, why=140, line=85, said=150, heard=85, suggestion=110, goal=260, reflection=600),
    Limits(quote=300, why=160, line=85, said=180, heard=100, suggestion=160, goal=320, reflection=800),
    Limits(quote=300, why=180, line=100, said=240, heard=120, suggestion=200, goal=400, reflection=1000),
    Limits(quote=340, why=220, line=160, said=240, heard=120, suggestion=200, goal=460, reflection=1300),
    Limits(quote=340, why=220, line=300, said=320, heard=140, suggestion=260, goal=460, reflection=1600),
)
"""From tight to roomy. The patient's line grows last: it is in the talk, and what the learner said is hers."""


def tidy(text: str) -> str:
    """Return a text on one line: no control characters, no marks that turn the direction of what follows."""
    return _SPACES.sub(" ", _visible(text)).strip()


def tidy_lines(text: str) -> str:
    """Return a text with its own paragraphs, each on one line, without empty ones."""
    lines = (_SPACES.sub(" ", line).strip() for line in _visible(text.replace("\r\n", "\n")).split("\n"))
    return "\n".join(line for line in lines if line)


def _visible(text: str) -> str:
    """Return the text without what a page cannot show: controls, noncharacters, half an emoji, direction overrides."""
    kept = (c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs", "Cn"} else " " for c in text)
    return _BIDI.sub("", "".join(kept))


def clip(text: str, room: int) -> str:
    """Return a text of at most `room` characters, cut at a word, an ellipsis at its end."""
    if len(text) <= room:
        return text
    head = text[: max(room - 1, 1)]
    cut = max(head.rfind(" ", room // 2), head.rfind("\n", room // 2))
    return (head[:cut] if cut > 0 else head).rstrip(" ,;:.\n" + ELLIPSIS) + ELLIPSIS


def clip_lines(text: str, room: int) -> str:
    """Return a text of at most `room` characters, cut at a word; a line of its own takes the room of a whole one."""
    kept: list[str] = []
    for line in text.split("\n"):
        if room <= 0 or (cut := clip(line, room)) != line:
            return "\n".join([*kept, cut]) if room > 0 else "\n".join(kept) + ELLIPSIS
        kept.append(line)
        room -= max(len(line), _LINE)
    return "\n".join(kept)


def clip_start(text: str, room: int) -> str:
    """Return the end of a text in at most `room` characters: what the learner answered stands last.

    It begins with a whole sentence where that leaves half the room filled, else at a word after an ellipsis.
    """
    if len(text) <= room:
        return text
    starts = [match.end() for match in _SENTENCE_END.finditer(text) if room // 2 <= len(text) - match.end() < room - 1]
    if starts:
        return f"{ELLIPSIS} {text[starts[0] :].lstrip(ELLIPSIS + ' ')}"[:room]
    tail = text[-max(room - 2, 1) :]
    at_word = tail.split(None, 1)[-1] if " " in tail[: room // 2] else tail
    return f"{ELLIPSIS} {at_word}"
