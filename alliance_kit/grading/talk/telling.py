"""What is seen in statements: warnings first, then advice, strengths and ownership, then reflection or information."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from alliance_kit.grading.talk.advising import asks_leave, leaves_room, read_advice, read_offer
from alliance_kit.grading.talk.building import names_deed_before, read_feelings, read_ownership, read_strengths
from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.hindering import read_hindering
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen, Sureness
from alliance_kit.grading.talk.told import Told

__all__ = ["read_statements"]

REFLECTS_FROM = -0.75
REFLECTS_FROM_UNSEEN = -1.2
"""Where the patient has said next to nothing, no overlap can be asked for, and the weights alone must do."""
YOU_AND_SHARED = 0.8
"""The weights come mostly from counselling talk, where *you had, you got* is rarer than in this field."""
YOU_AND_STORY = 0.7
UNTIED = 0.5
INFORMS_FROM = -0.75
_SURE_FROM = 0.8
"""Weighed scores are log-odds: at -0.75 a third of such segments were what the label says, at 0.8 two thirds."""
_REFLECTS_BEFORE = 0.4
"""How far information may outweigh reflection and still give way: a missed reflection costs the learner more."""
_MOVES = (
    "affirmation", "confrontation", "false_reassurance", "normalising", "validation", "advice_with_permission",
    "advice_without_permission",
)  # fmt: skip
_SHORT = 220
"""Characters: about forty words, two or three sentences."""
_STORY = 6
"""Words from which *you* and a verb tell something that happened."""
_NO_STORY = frozenset({
    "should", "need", "needs", "can", "could", "will", "must", "may", "might", "shall", "are", "have", "would", "want",
    "get", "just", "do", "did", "know", "better", "seem", "sound", "look", "appear",
})  # fmt: skip
_REFUSING = frozenset({"no", "nah", "if", "free", "not"})
_NO_FACTS = ("follow", "privacy", "repair", "self")
_TELLS_OF_ITSELF = frozenset({"i", "we", "my"})
_WHOLE = 8
"""Words from which a stem with nothing but common words behind it is still a sentence."""


def read_statements(reply: Reply, jargon: Sequence[Seen]) -> Iterator[Seen]:
    """Yield what is seen in the statements of a reply, and the offers in its questions.

    Parameters
    ----------
    reply : the reply
    jargon : the unexplained terms that have been found in it
    """
    room, leave = leaves_room(reply), asks_leave(reply)
    pressed = any(piece.own("command") for piece in reply.pieces)
    parts: list[Told] = []
    for at, piece in enumerate(reply.pieces):
        if _leads_in(reply.pieces, at):
            continue
        told = Told(piece, jargon=_holds(piece, jargon))
        read_hindering(told, reply, reply.pieces[at - 1] if at else None)
        if not piece.asks:
            read_advice(told, with_leave=(leave or room) and not pressed)
        if piece.ask is not None and piece.ask.form in {"closed", "declared"}:
            read_offer(told, reply.pieces[at - 1] if at else None, room=room)
        read_strengths(told, reply, pressed=pressed)
        read_ownership(told, reply)
        read_feelings(told, reply)
        parts.append(told)
    _push_outranks(parts)
    for told, after in pairwise(parts):
        if not pressed and names_deed_before(told, after):
            told.add("affirmation", "possible", "names-what-you-did")
            told.settled = True
    if any(told.has("advice_with_permission") for told in parts):
        _room_is_not_ownership(parts)
    beside = len(reply.text) < _SHORT and any(told.has(*_MOVES) for told in parts)
    for told in parts:
        told.beside = beside
        if not told.piece.asks:
            _back_or_forth(told, reply)
        yield from told.seen


def _holds(piece: Piece, jargon: Sequence[Seen]) -> bool:
    whole = piece.segment.span()
    return any(whole.start <= span.start < whole.end for one in jargon for span in one.spans)


def _leads_in(pieces: Sequence[Piece], at: int) -> bool:
    """Return whether a clause only opens the question that follows: *When you get up, do you …*."""
    piece = pieces[at]
    opens = piece.segment.mark == "," and piece.body[0] in classes("opener")
    return opens and at + 1 < len(pieces) and pieces[at + 1].asks


def _push_outranks(parts: Sequence[Told]) -> None:
    """Take empathy back where "but" and a push follow at once: *I see you are tired, but you must sit*."""
    for told, after in pairwise(parts):
        push = after.has("advice_without_permission", "confrontation", "commanding")
        if push and after.piece.norms[0] == "but":
            told.drop(("empathy", "validation", "affirmation"))
            told.settled = True


def _room_is_not_ownership(parts: Sequence[Told]) -> None:
    """Take autonomy support back where only an offer may be refused: *say no if it is daft* belongs to the advice."""
    for told in parts:
        hits = told.piece.own("autonomy")
        if hits and all(not _REFUSING.isdisjoint(told.piece.norms[hit.first : hit.last]) for hit in hits):
            told.drop(("autonomy_support",))


def _back_or_forth(told: Told, reply: Reply) -> None:
    """Add reflection or information: what the weighed score says, if nothing else has settled it."""
    piece = told.piece
    if told.settled or not (piece.content or piece.feels) or _only_feels(told) or _requests(piece):
        return
    back = piece.reflection - _least(piece, reply)
    forth = -1.0 if _does_other(piece) else piece.input - INFORMS_FROM
    if told.jargon and not any(hit.tag == "stem" and hit.first > 2 for hit in piece.hits):
        back, forth = -1.0, max(forth, 0.01)  # a term the patient does not know cannot be what the patient said
    if back > 0 and back >= forth - _REFLECTS_BEFORE and _may_reflect(told, reply):
        label, rule = _depth(piece, reply)
        sure: Sureness = "clear" if piece.reflection > _SURE_FROM and piece.shared and reply.line.known else "possible"
        told.add(label, sure, rule)
    elif forth > 0 and _was_asked(reply) and piece.body[0] not in _TELLS_OF_ITSELF:
        told.add("advice_with_permission", "possible", "could")
    elif forth > 0:
        told.add("information", "clear" if piece.input > _SURE_FROM else "possible", "tells-facts")


def _was_asked(reply: Reply) -> bool:
    """Return whether the patient asks for advice in the line, or did so before: *You asked about shoes: ...*."""
    return reply.line.asks_advice or any(piece.own("asked") for piece in reply.pieces)


def _least(piece: Piece, reply: Reply) -> float:
    """Return how much must speak for a reflection: less in the patient's story, more where nothing ties it to the line.

    *You* and words of the line tie it most; *you* and a verb of what happened tell a story: *you went in for milk*.
    """
    if not reply.line.known:
        return REFLECTS_FROM_UNSEEN
    body = piece.body
    if body[0] in {"you", "your"} and piece.shared and len(own_content(piece)) > 1:
        return REFLECTS_FROM - YOU_AND_SHARED
    goes_on = body[1:2] == ("are",) and len(body) > 2 and (body[2].endswith("ing") or body[2] in {"not", "still"})
    if body[0] == "you" and len(body) >= _STORY and (body[1] not in _NO_STORY or goes_on):
        return REFLECTS_FROM - YOU_AND_STORY
    tied = piece.shared or piece.feels or piece.found("stem") or classes("person2") & set(piece.norms)
    return REFLECTS_FROM + (0 if tied else UNTIED)


def _does_other(piece: Piece) -> bool:
    """Return whether a statement promises, guards privacy, mends, tells of oneself or asks to be told: no facts."""
    return bool(piece.own(*_NO_FACTS, deny=False)) or piece.body[:2] in {("tell", "me"), ("feel", "free")}


def _requests(piece: Piece) -> bool:
    """Return whether a movement is asked for here and now, which is neither: *can you scoot to the edge*."""
    return piece.ask is None and piece.body[0] in {"can", "could", "will", "would"} and piece.body[1:2] == ("you",)


def _only_feels(told: Told) -> bool:
    """Return whether empathy is all there is: *that sounds hard* says nothing back."""
    piece = told.piece
    if piece.found("stem"):
        return False
    if told.has("validation", "normalising"):
        return True
    about_you = classes("person2") & set(piece.body[:4])
    return told.has("empathy") and _is_hard(piece) and not about_you and not piece.shared


def _is_hard(piece: Piece) -> bool:
    return not classes("hardship").isdisjoint(piece.norms)


def _may_reflect(told: Told, reply: Reply) -> bool:
    """Return whether a statement can be a reflection: a sentence about this patient, with something in it."""
    piece = told.piece
    stem = bool(piece.found("stem"))
    if not piece.coherent or (piece.segment.mark == "!" and "you" not in piece.norms):
        return False
    if told.beside and reply.line.known and piece.reflection < 0 and not stem:
        return False  # one move is the rule in a short reply: beside another one, a weak reading is mostly chance
    if told.has("praise") and not piece.shared:
        return False
    about = piece.feels or piece.shared or _is_hard(piece) or classes("person2") & set(piece.norms)
    story = piece.body[0] == "you" and len(piece.body) >= _STORY and bool(piece.found("inner"))
    said = (
        own_content(piece)
        or piece.feels
        or story
        or (piece.reflection > 0 and (len(piece.norms) >= _WHOLE or not stem))
    )
    return bool(about or piece.reflection > -_REFLECTS_BEFORE) and bool(said)


def _depth(piece: Piece, reply: Reply) -> tuple[str, str]:
    """Return simple or complex: complex adds a feeling, a contrast, or more than the line held."""
    named = {piece.norms[i] for a, b in piece.feels for i in range(a, b)}
    if named - set(reply.line.norms) and not piece.shared:
        return "complex_reflection", "adds-a-feeling"
    if len(piece.shared) * 2 >= len(piece.content) and reply.line.known:
        return "simple_reflection", "same-words"
    return "complex_reflection", "adds-meaning"
