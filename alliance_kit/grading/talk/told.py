"""One statement while it is being read: what has been seen in it so far, and whose words its cues are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece
from alliance_kit.grading.talk.seen import Seen, Sureness
from alliance_kit.grading.words import spans_of

__all__ = ["Told", "apart", "is_wronged", "leans_back", "says_back"]

_MOST_SPANS = 3
_SAYING = frozenset({("you", "feel"), ("you", "blame"), ("you", "felt")})


class Told:
    """What one segment is, gathered step by step.

    Parameters
    ----------
    piece : the segment
    jargon : it holds an unexplained term

    Notes
    -----
    `seen` is what has been found in it; `settled` says that something stronger has been found, so that weaker readings
    are left out; `beside` says that the reply makes another move elsewhere.
    """

    __slots__ = ("beside", "jargon", "piece", "seen", "settled")

    def __init__(self, piece: Piece, *, jargon: bool) -> None:
        self.piece = piece
        self.jargon = jargon
        self.seen: list[Seen] = []
        self.settled = False
        self.beside = False

    def add(self, label: str, sure: Sureness, rule: str, hits: Sequence[Hit] = ()) -> None:
        """Add a finding on the words of its cues, or on the whole statement."""
        segment = self.piece.segment
        cues = spans_of((span.start, span.end) for hit in hits for span in [segment.span(hit.first, hit.last)])
        self.seen.append(Seen(label, sure, f"talk/{label}/{rule}", cues[:_MOST_SPANS] or (segment.span(segment.head),)))

    def has(self, *labels: str) -> bool:
        """Return whether one of these has been found."""
        return any(seen.label in labels for seen in self.seen)

    def drop(self, labels: Iterable[str]) -> None:
        """Take findings back."""
        gone = frozenset(labels)
        self.seen = [seen for seen in self.seen if seen.label not in gone]


def apart(hits: Sequence[Hit]) -> int:
    """Return in how many places cues were found: two that overlap are one."""
    count, end = 0, 0
    for hit in sorted(hits, key=lambda hit: (hit.first, hit.last)):
        if hit.first >= end or not count:
            count, end = count + 1, hit.last
    return count


def leans_back(piece: Piece) -> bool:
    """Return whether the statement is so much a reflection that weaker cues are taken for the patient's content."""
    return piece.reflection > 0.4 and piece.reflection > piece.input + 1.2


def is_wronged(norms: Sequence[str], hit: Hit) -> bool:
    """Return whether the cue tells what nobody should have had to bear: *you should not have had to fight for this*."""
    after = " ".join(norms[hit.last - 1 : hit.last + 4])
    return "should" in norms[hit.first : hit.last] and "had to" in after


def says_back(piece: Piece) -> bool:
    """Return whether the segment begins as a reflection: then hard words are most likely the patient's."""
    return bool(piece.found("stem")) or bool(piece.told) or piece.body[:2] in _SAYING
