"""Advice: whether it is given, in which form, and whether the patient's leave came with it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Sureness
from alliance_kit.grading.talk.told import Told, is_wronged, leans_back, says_back

__all__ = ["asks_leave", "leaves_room", "read_advice", "read_offer"]

_NOT_ADVICE = frozenset({"wish", "wished", "told", "feel", "afraid", "scared", "hoping", "hope"})
_ASKED_INSIDE = frozenset({"what", "how", "where", "that", "if"})
_OUTLOOK = frozenset({"be", "feel", "notice", "have", "see", "know", "expect"})
_OF_LIFE = frozenset({"need", "needs", "have", "got", "want"})
"""*You need to work for the rent* can be the patient's life; *you should*, *you must* and *just* hardly ever are."""
_HERE = frozenset({"me", "there"})
"""*Stay with me*, *stop there*: here and now, not advice."""
_FREE_TO = frozenset({"stop", "ask", "call", "tell", "relax", "leave", "refuse", "say", "rest", "talk"})
_OPENING = 6
"""Words: *for your back, avoid lifting* opens an order; commas further on mostly join a list or a story."""
_BORNE = frozenset({
    "be", "feel", "live", "deal", "cope", "explain", "face", "watch", "hear", "wait", "fight", "choose", "beg", "hide",
    "pretend", "prove", "say",
})  # fmt: skip
_NOUNS = frozenset({"thing", "things", "way", "one", "all", "everything", "something", "last", "first", "only"})
_OFFERS = frozenset({"have", "got", "there"})


def asks_leave(reply: Reply) -> bool:
    """Return whether the reply asks for leave to suggest something."""
    return any(piece.found("permission_ask") and (piece.asks or piece.mark_is_question) for piece in reply.pieces)


def leaves_room(reply: Reply) -> bool:
    """Return whether advice was asked for, or the reply leaves it to the patient."""
    room = (piece.own("permission_room", "autonomy", deny=False) for piece in reply.pieces)
    return reply.line.asks_advice or any(room)


def read_offer(told: Told, before: Piece | None, *, room: bool) -> None:
    """Add what a question asks leave for, or suggests in the form of a question.

    What is offered may stand in the segment `before`: *I have an idea. Do you want it?*
    """
    piece = told.piece
    leave = piece.found("permission_ask")
    words = set(piece.norms)
    if before is not None and not before.asks and _OFFERS & set(before.norms):
        words |= set(before.norms)
    if leave and classes("offered") & words:
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
    ordered = [] if told.has("false_reassurance", "confrontation") else _ordered(piece)
    if piece.found("instruction"):  # part of a task here and now
        ordered = []
        told.settled = told.settled or not piece.found("advice_strong")
    soft = [hit for hit in piece.own("advice_soft") if not _is_freedom(piece.norms[hit.first : hit.last])]
    soft = [hit for hit in soft if not _is_in_relative(piece, hit)]
    if not with_leave and (_is_theirs(piece, soft) or piece.own("autonomy")):
        soft = []
    if with_leave:  # what others do is advice only where it is left open
        soft = [*soft, *piece.own("advice_others")]
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
        if "me" in piece.norms:  # *why don't you fill me in* asks to be told
            return []
        return [Hit("suggestion", piece.ask.first, len(piece.norms))]
    hits = piece.own("advice_strong", deny=False)
    hits = [hit for hit in hits if not (_is_in_relative(piece, hit) or _is_state(piece.norms, hit))]
    hits = [hit for hit in hits if not _is_outlook(piece.norms[hit.first : hit.last + 1])]
    if piece.mark_is_question:  # *you need some help?* asks back; *you should ...?* still tells
        hits = [hit for hit in hits if _OF_LIFE.isdisjoint(piece.norms[hit.first : hit.last])]
    return [] if _is_theirs(piece, hits) else hits


def _ordered(piece: Piece) -> list[Hit]:
    if piece.mark_is_question or piece.norms[0] == "or":  # one of the things to choose from
        return []
    head = piece.segment.head
    near = {comma for comma in piece.segment.commas if comma - head <= _OPENING}
    starts = {*range(head + 1), *near}
    hits = [hit for hit in piece.own("advice_imperative", deny=False) if hit.first in starts]
    hits = [hit for hit in hits if piece.segment.commas.isdisjoint(range(hit.first + 1, hit.last))]
    return [hit for hit in hits if not _is_here(piece.norms[hit.first : hit.last + 1])]


def _is_here(words: Sequence[str]) -> bool:
    """Return whether an order is for this moment of the talk: *go on*, *stay with me*."""
    if words[0] == "take" and not {"all", "time"}.isdisjoint(words):  # *take all the time you need*
        return True
    return not _HERE.isdisjoint(words) or (words[0] in {"go", "hang", "hold", "carry"} and "on" in words)


def _is_in_relative(piece: Piece, hit: Hit) -> bool:
    """Return whether *you* opens a relative clause behind a noun: *the one thing you could count on*."""
    before = hit.first - 1
    if piece.norms[hit.first] != "you" or hit.first <= piece.segment.head or hit.first in piece.segment.commas:
        return False
    return before in piece.content or piece.norms[before] in _NOUNS


def _is_state(norms: Sequence[str], hit: Hit) -> bool:
    """Return whether *have to, need to* is followed by what one bears, not does; or what nobody should have had to."""
    if is_wronged(norms, hit):
        return True
    near = norms[hit.first : hit.last + 3]
    if _OF_LIFE.isdisjoint(near) or ("be" in near and near[-1].endswith("ing")):
        return False
    return any(one == "to" and two in _BORNE for one, two in pairwise(near))


def _is_freedom(words: Sequence[str]) -> bool:
    """Return whether *can* tells what the patient is free to do with the clinician: *you can stop me*."""
    return "can" in words and not _FREE_TO.isdisjoint(words)


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
    apart = any(comma <= hit.first for comma in piece.segment.commas for hit in hits)
    if (says_back(piece) and not apart) or _NOT_ADVICE & set(norms):
        return True
    said = {word for hit in hits for word in norms[hit.first : hit.last]}
    if hits and (_OF_LIFE.isdisjoint(said) or "just" in said):
        return False
    return bool(piece.shared) and (leans_back(piece) or piece.reflection > piece.input + 0.3)


def _is_waived(words: Sequence[str]) -> bool:
    """Return whether *have to, need to* is taken away: *you never have to*."""
    return bool({"not", "never"} & set(words)) and bool({"have", "need"} & set(words))
