"""A reply taken apart once: segments with their questions, cues and weighed scores, and the patient's line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from alliance_kit.grading.talk.features import features, reply_features
from alliance_kit.grading.talk.lexicon import classes, weights
from alliance_kit.grading.talk.meaning import Line, content, feeling_places, line_of
from alliance_kit.grading.talk.patterns import Hit, find
from alliance_kit.grading.talk.questions import Ask, form_of
from alliance_kit.grading.talk.segments import Segment, cut

__all__ = ["Piece", "Reply", "take_apart"]

ASKING = frozenset({"open", "closed", "wonder"})
_DENIERS = frozenset({"not", "never", "no", "without", "cannot", "nobody", "nothing", "hardly"})
_DENIED_WITHIN = 4
_SPEECH = frozenset({"tell", "say", "promise", "pretend", "claim", "call"})
"""*I won't tell you it will be fine*: what follows is denied however far away it stands."""


class Piece:
    """One segment with all that the rules ask about it.

    Parameters
    ----------
    segment : the segment
    hits : its cues outside quotation marks
    line : the patient's line
    """

    __slots__ = ("ask", "coherent", "content", "feels", "hits", "input", "reflection", "segment", "shared", "told")

    def __init__(self, segment: Segment, hits: list[Hit], line: Line) -> None:
        norms, quoted = segment.norms, segment.quoted
        self.segment = segment
        self.hits = hits
        self.ask: Ask | None = form_of(segment)
        self.told = _told(norms, segment.commas)
        self.feels = [(a, b) for a, b in feeling_places(norms) if quoted.isdisjoint(range(a, b))]
        self.shared = line.shares(norms)
        self.content = content(norms)
        self.reflection = 0.0
        self.input = 0.0
        self.coherent = True

    @property
    def norms(self) -> tuple[str, ...]:
        """The words."""
        return self.segment.norms

    @property
    def body(self) -> tuple[str, ...]:
        """The words after the fillers."""
        return self.segment.norms[self.segment.head :]

    @property
    def asks(self) -> bool:
        """Whether the segment is a question by its form."""
        return self.ask is not None and self.ask.form in ASKING

    @property
    def mark_is_question(self) -> bool:
        """Whether a question mark ends the segment."""
        return self.segment.mark == "?"

    def found(self, *tags: str) -> list[Hit]:
        """Return the cues with one of these tags, in order."""
        return [hit for hit in self.hits if hit.tag in tags]

    def own(self, *tags: str, deny: bool = True) -> list[Hit]:
        """Return the cues that the speaker says in earnest: not reported, not denied."""
        return [hit for hit in self.found(*tags) if hit.first not in self.told and not (deny and self.denied(hit))]

    def denied(self, hit: Hit) -> bool:
        """Return whether a *not* or *never* stands shortly before the cue, in the same breath."""
        comma = max((c for c in self.segment.commas if c <= hit.first), default=0)
        near = self.norms[max(self.segment.head, hit.first - _DENIED_WITHIN, comma) : hit.first]
        if any(w in _DENIERS for w in near):
            return True
        before = self.norms[: hit.first]
        return "not" in before and not _SPEECH.isdisjoint(before[before.index("not") :])


class Reply(NamedTuple):
    """A reply and the line it answers."""

    text: str
    pieces: list[Piece]
    line: Line

    @property
    def statements(self) -> list[Piece]:
        """The segments that are not questions by form."""
        return [piece for piece in self.pieces if not piece.asks]


def take_apart(text: str, context: str) -> Reply:
    """Return a reply with everything that the rules look at."""
    line = line_of(context[:4_000])
    pieces = [_piece(segment, line) for segment in cut(text)]
    goes_on = text.lstrip()[:1] in {"-", "\u2013", "\u2014"}
    whole = reply_features([piece.segment for piece in pieces], [piece.asks for piece in pieces], line)
    for at, piece in enumerate(pieces):
        if not piece.asks:
            seen = [*_seen_in(piece, line, goes_on=goes_on and not at), *whole, *_place(at, len(pieces))]
            piece.reflection = _weigh("reflection", seen)
            piece.input = _weigh("input", seen)
    return Reply(text, pieces, line)


def _seen_in(piece: Piece, line: Line, *, goes_on: bool) -> Iterator[str]:
    form = piece.ask.form if piece.ask else "none"
    return features(piece.segment, piece.hits, line, form=form, goes_on=goes_on)


def _place(at: int, count: int) -> list[str]:
    if count < 2:
        return []
    return ["first" if not at else "last" if at == count - 1 else "middle"]


def _weigh(kind: str, seen: Sequence[str]) -> float:
    known = weights()[kind]
    return known["bias"] + sum(known.get(name, 0.0) for name in seen)


def _piece(segment: Segment, line: Line) -> Piece:
    hits = find(segment.norms, frozenset({0, segment.head, *segment.commas}))
    return Piece(segment, [h for h in hits if segment.quoted.isdisjoint(range(h.first, h.last))], line)


def _told(norms: Sequence[str], commas: frozenset[int]) -> range:
    """Return where someone else's words stand: *your surgeon told you never to bend*, up to the next comma."""
    said, person1 = classes("saidverb"), classes("person1")
    for at, word in enumerate(norms[1:], 1):
        around = norms[max(0, at - 4) : at]
        if (
            word in said
            and not classes("teller").isdisjoint(around)
            and not person1 & set(around[-3:])
            and around[-1] not in {"to", "not", "can", "will", "could"}
        ):
            return range(at + 1, min((c for c in commas if c > at + 1), default=len(norms)))
    return range(0)
