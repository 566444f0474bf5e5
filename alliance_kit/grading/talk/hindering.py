"""What hinders: comfort that nobody can promise, arguing and blame, and words that threaten, label or belittle."""

from __future__ import annotations

from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.told import Told, apart, leans_back, says_back

__all__ = ["read_hindering"]

_PATIENTS_HOPE = frozenset(
    {"hope", "hoping", "want", "wanted", "wish", "hear", "scared", "worried", "afraid", "if", "think"}
)
_WORDINGS = (
    ("stigmatising", "stigma", "label-word"),
    ("infantilising", "infant", "talking-down"),
    ("nocebic", "nocebic", "threatening-words"),
)
_ACKNOWLEDGED = ("empathy_frame", "validation", "receipt_ack")


def read_hindering(told: Told, reply: Reply, before: Piece | None) -> None:
    """Add what hinders in one segment; `before` is the segment before it."""
    piece = told.piece
    if not piece.asks:
        _comfort(told, reply)
    _argues(told, before)
    for label, tag, rule in _WORDINGS:
        found = piece.own(tag)
        if found and not (tag == "nocebic" and piece.asks):
            told.add(label, "possible", rule, found)


def _comfort(told: Told, reply: Reply) -> None:
    """Comfort with a ground and a plan is hope, not false reassurance; the patient's own hope is neither."""
    piece = told.piece
    hits = [hit for hit in piece.own("false_hope") if not _is_patients(piece, hit)]
    if hits and not leans_back(piece) and not any(other.own("hope") for other in reply.pieces):
        told.add("false_reassurance", "clear" if apart(hits) > 1 else "possible", "promise-or-dismissal", hits)
        told.settled = True
    small = piece.own("minimise")
    if small and not piece.shared:
        told.add("minimising", "possible", "makes-smaller", small)


def _is_patients(piece: Piece, hit: Hit) -> bool:
    """Return whether the patient hopes, and the clinician says it back: *you hope it will be fine*."""
    inside = piece.norms[hit.first : hit.last]
    return bool(_PATIENTS_HOPE & set(piece.norms[: hit.first])) or bool({"hope", "hoping", "wish"} & set(inside))


def _argues(told: Told, before: Piece | None) -> None:
    piece = told.piece
    against, blamed, shamed = _against(piece, before), piece.own("blame"), piece.own("shame")
    if against or ((blamed or shamed) and not says_back(piece)):
        hits = [*against, *blamed, *shamed]
        told.add("confrontation", "clear" if apart(hits) > 1 else "possible", "argues-or-doubts", hits)
        told.settled = True
    if blamed:
        told.add("blame", "possible", "cause-on-you", blamed)
    if shamed:
        told.add("shaming", "possible", "smaller", shamed)


def _against(piece: Piece, before: Piece | None) -> list[Hit]:
    hits = [] if says_back(piece) or leans_back(piece) else piece.own("confront")
    if hits or before is None or piece.norms[0] != "but" or "not" not in piece.norms:
        return hits
    # "You cried, I get it, but crying isn't going to help": taken back by the clause after it
    return [Hit("confront", 0, min(3, len(piece.norms)))] if before.found(*_ACKNOWLEDGED) else []
