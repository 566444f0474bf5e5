"""What hinders: comfort that nobody can promise, arguing and blame, and words that threaten, label or belittle."""

from __future__ import annotations

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.told import Told, apart, is_wronged, leans_back, says_back

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
_JOINING = frozenset({"if", "what", "that", "when", "where", "until", "before", "after", "because", "while", "as"})
"""*If I told you*, *when I told you*: telling is spoken of, not held against the patient."""
_BELITTLING = frozenset({"only", "just", "barely"})
_SHORT = 4


def read_hindering(told: Told, reply: Reply, before: Piece | None) -> None:
    """Add what hinders in one segment; `before` is the segment before it."""
    piece = told.piece
    if not piece.asks:
        _comfort(told, reply)
    _argues(told, reply, before)
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
    """Return whether nobody is comforted: the patient hopes (*you hope it will be fine*), or it is *not nothing*."""
    inside = piece.norms[hit.first : hit.last]
    if "not nothing" in " ".join(inside):
        return True
    return bool(_PATIENTS_HOPE & set(piece.norms[: hit.first])) or bool({"hope", "hoping", "wish"} & set(inside))


def _argues(told: Told, reply: Reply, before: Piece | None) -> None:
    piece = told.piece
    against, shamed = _against(piece, reply, before), _shaming(piece)
    blamed = [hit for hit in piece.own("blame") if not _is_spoken_of(piece, hit, mends=False)]
    attacks = [] if says_back(piece) else piece.own("attack")
    if against or attacks or ((blamed or shamed) and not says_back(piece)):
        hits = [*against, *attacks, *blamed, *shamed]
        told.add("confrontation", "clear" if attacks or apart(hits) > 1 else "possible", "argues-or-doubts", hits)
        told.settled = True
    if blamed:
        told.add("blame", "possible", "cause-on-you", blamed)
    if shamed:
        told.add("shaming", "possible", "smaller", shamed)


def _shaming(piece: Piece) -> list[Hit]:
    """Return what makes the patient smaller; *Only ten?* as an answer to what they did is such a thing."""
    body = piece.body
    counted = len(body) > 1 and (body[1][0].isdigit() or body[1] in classes("number"))
    if piece.mark_is_question and body[0] in _BELITTLING and counted and len(body) <= _SHORT:
        return [Hit("shame", piece.segment.head, len(piece.norms))]
    return piece.own("shame")


def _against(piece: Piece, reply: Reply, before: Piece | None) -> list[Hit]:
    if says_back(piece) or leans_back(piece) or piece.found("permission_ask"):
        return []
    mends = any(other.own("repair", deny=False) for other in reply.pieces)
    hits = [hit for hit in piece.own("confront") if not _is_spoken_of(piece, hit, mends=mends)]
    if hits or before is None or piece.norms[0] != "but" or "not" not in piece.norms:
        return hits
    # "You cried, I get it, but crying isn't going to help": taken back by the clause after it
    return [Hit("confront", 0, min(3, len(piece.norms)))] if before.found(*_ACKNOWLEDGED) else []


def _is_spoken_of(piece: Piece, hit: Hit, *, mends: bool) -> bool:
    """Return whether hard words are looked back on: *if I told you*, owned in a repair, *should not have had to*."""
    if is_wronged(piece.norms, hit):
        return True
    if piece.norms[hit.first] not in {"i", "we"}:
        return False
    return mends or (hit.first > 0 and piece.norms[hit.first - 1] in _JOINING)
