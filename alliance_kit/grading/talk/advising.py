"""Advice: whether it is given, in which form, and whether the patient's leave came with it."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Sureness
from alliance_kit.grading.talk.told import Told, leans_back

__all__ = ["asks_leave", "leaves_room", "read_advice", "read_offer"]

_NOT_ADVICE = frozenset({"wish", "wished", "told", "feel", "afraid", "scared", "hoping", "hope"})
_ASKED_INSIDE = frozenset({"what", "how", "where", "that", "if"})
_OUTLOOK = frozenset({"be", "feel", "notice", "have", "see"})


def asks_leave(reply: Reply) -> bool:
    """Return whether the reply asks for leave to suggest something."""
    return any(piece.found("permission_ask") and (piece.asks or piece.mark_is_question) for piece in reply.pieces)


def leaves_room(reply: Reply) -> bool:
    """Return whether advice was asked for, or the reply leaves it to the patient."""
    room = (piece.own("permission_room", "autonomy", deny=False) for piece in reply.pieces)
    return reply.line.asks_advice or any(room)


def read_offer(told: Told, *, room: bool) -> None:
    """Add what a question asks leave for, or suggests in the form of a question."""
    piece = told.piece
    leave = piece.found("permission_ask")
    if leave and classes("offered") & set(piece.norms):
        told.add("advice_with_permission", "clear" if piece.coherent else "possible", "asks-leave", leave)
        return
    tried = [hit for hit in piece.own("advice_soft") if piece.norms[hit.first] == "have"]
    if tried:
        label = "advice_with_permission" if room else "advice_without_permission"
        told.add(label, "possible", "have-you-tried", tried)


def read_advice(told: Told, *, with_leave: bool) -> None:
    """Add the advice that a statement gives."""
    piece = told.piece
    strong = _strong(piece)
    ordered = [] if told.has("false_reassurance") else _ordered(piece)
    if piece.found("instruction"):  # part of a task here and now
        ordered = []
        told.settled = told.settled or not piece.found("advice_strong")
    soft = piece.own("advice_soft")
    if not with_leave and (_is_theirs(piece, soft) or piece.own("autonomy")):
        soft = []
    hits = strong or ordered or soft
    if not hits:
        return
    label = "advice_with_permission" if with_leave else "advice_without_permission"
    sure: Sureness = "clear" if strong and not told.settled else "possible"
    told.add(label, sure, "should-must" if strong else "imperative" if ordered else "could", hits)
    pressing = piece.own("command")
    if pressing and not with_leave:
        told.add("commanding", "possible", "order-or-pressure", pressing)
    told.settled = True


def _strong(piece: Piece) -> list[Hit]:
    if piece.ask is not None and piece.ask.form == "suggestion":
        return [Hit("suggestion", piece.ask.first, len(piece.norms))]
    hits = piece.own("advice_strong", deny=False)
    hits = [hit for hit in hits if not _is_outlook(piece.norms[hit.first : hit.last + 1])]
    return [] if _is_theirs(piece, hits) else hits


def _ordered(piece: Piece) -> list[Hit]:
    starts = {*range(piece.segment.head + 1), *piece.segment.commas}
    return [hit for hit in piece.own("advice_imperative", deny=False) if hit.first in starts]


def _is_outlook(words: Sequence[str]) -> bool:
    """Return whether *should* tells what to expect, not what to do: *you should be sore for a day*."""
    return "should" in words and bool(_OUTLOOK & set(words[-2:])) and "not" not in words


def _is_theirs(piece: Piece, hits: Sequence[Hit]) -> bool:
    """Return whether *you need to*, *you have to*, *you can* tell what the patient's life is like, not what to do."""
    norms = piece.norms
    if all(_is_waived(norms[hit.first : hit.last]) for hit in hits):
        return True
    if norms[0] != "if" and any(hit.first and norms[hit.first - 1] in _ASKED_INSIDE for hit in hits):
        return True
    if leans_back(piece) or piece.told or _NOT_ADVICE & set(norms):
        return True
    return bool(piece.shared) and piece.reflection > piece.input + 0.3


def _is_waived(words: Sequence[str]) -> bool:
    """Return whether *have to, need to* is taken away: *you never have to*."""
    return bool({"not", "never"} & set(words)) and bool({"have", "need"} & set(words))
