"""What builds: strengths named, ownership left with the patient, feelings noticed and found sensible."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import classes, feelings
from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.told import Told, apart, leans_back

__all__ = ["names_deed_before", "read_feelings", "read_ownership", "read_strengths"]

_CARE = frozenset({"we", "i", "prefer", "rather", "want", "try", "start", "like"})
_OFFERS = frozenset({"we", "i", "you", "either", "two"})
_FEW_PIECES = 4
_QUALITY = 5
"""Words: *you are brave* is a verdict; *you are brave to say that here* names what was brave."""
_PLEASANT = frozenset({"hopeful", "calm", "proud"})
_NOTICING = frozenset({"believe", "hear", "see", "imagine", "wish", "sorry", "understand", "know", "tell", "get"})


def read_strengths(told: Told, reply: Reply, *, pressed: bool) -> None:
    """Add affirmation (an act or quality of the patient's is named), praise, and progress that is marked.

    A strength that is used to push does not count: `pressed` says that the reply also orders.
    """
    piece = told.piece
    if piece.asks:
        return
    hits = [] if pressed or told.settled or not piece.coherent else piece.own("affirm")
    verdict = piece.own("praise")
    if hits and _names_something(piece):
        told.add("affirmation", "clear" if piece.shared and apart(hits) > 1 else "possible", "names-what-you-did", hits)
        told.settled = not leans_back(piece)
    elif verdict and not told.settled and (len(piece.norms) > 1 or piece is reply.pieces[-1]):
        told.add("praise", "possible", "verdict", verdict)
    marks = piece.own("celebrate")
    if marks:
        told.add("celebrate_progress", "possible", "then-and-now", marks)


def _names_something(piece: Piece) -> bool:
    """Return whether more is said than approval: *great job* names nothing."""
    if piece.body[:2] == ("you", "are") and len(piece.body) < _QUALITY:
        return False
    said = own_content(piece) or (piece.content and len(piece.norms) > 4)
    person = classes("person2") & set(piece.norms) or {"that", "this"} & set(piece.norms[:4])
    return bool(said and (person or piece.body[0].endswith("ing")))


def names_deed_before(told: Told, after: Told) -> bool:
    """Return whether a verdict, as in *good call*, follows at once on what the patient did."""
    body = told.piece.body
    did = body[0] == "you" and len(body) > _QUALITY and not classes("deed").isdisjoint(body[1:3])
    clean = told.piece.coherent and not told.has("confrontation", "advice_without_permission", "affirmation")
    if clean and body[:3] == ("you", "could", "have") and after.piece.body[0] == "you":
        return after.piece.norms[0] in {"and", "but"}  # *you could have kept quiet, and you told me*
    return did and clean and not after.piece.asks and bool(after.piece.own("verdict", "affirm", deny=False))


def read_ownership(told: Told, reply: Reply) -> None:
    """Add what leaves the decision, the pace or the choice with the patient."""
    piece = told.piece
    if piece.found("shrug") or not piece.coherent:
        return
    hits = piece.own("autonomy")
    open_to_it = not told.settled or told.has("advice_with_permission")
    if hits and open_to_it and (own_content(piece) or len(reply.pieces) < _FEW_PIECES):
        told.add("autonomy_support", "clear" if apart(hits) > 1 else "possible", "yours-to-decide", hits)
        told.settled = not leans_back(piece)
    _choice(told)
    bid = piece.own("together")
    opening = piece.norms[0] != "let" or piece.mark_is_question or "together" in piece.norms
    if bid and own_content(piece) and opening:
        told.add("collaboration_bid", "possible", "we-and-opening", bid)


def _choice(told: Told) -> None:
    """Add a choice between things to do; symptoms to pick from (*sharp or dull*) are a closed question."""
    piece = told.piece
    hits = piece.own("choice", deny=False)
    offers = piece.ask is not None or piece.norms[0] in _OFFERS
    if hits and offers and not told.settled and _CARE & set(piece.norms):
        told.add("offer_choice", "possible", "options-and-opening", hits)


def read_feelings(told: Told, reply: Reply) -> None:
    """Add empathy, validation and normalizing; a push or an argument in the same breath outranks them."""
    piece = told.piece
    if piece.asks or not piece.coherent or told.has("confrontation", "false_reassurance", "advice_without_permission"):
        return
    about_me = piece.body[0] in {"i", "my"} and not _NOTICING & set(piece.body[:4])
    content = bool(own_content(piece) or piece.shared)
    hard = [
        Hit("hardship", i, i + 1)
        for i, word in enumerate(piece.norms)
        if word in classes("hardship") and not _is_degree(piece.norms, i)
    ]
    if not about_me:
        _named(told, hard)
        sense = piece.own("validation", deny=False)
        if sense and (content or any(own_content(other) for other in reply.pieces)):
            told.add("validation", "possible", "makes-sense", sense)
    others = piece.own("normalising", deny=False)
    tells = any("me" in piece.norms[hit.first : hit.last] for hit in others)
    if others and content and (tells or hard or piece.feels or piece.shared):
        told.add("normalising", "possible", "others-too", others)


def _named(told: Told, hard: list[Hit]) -> None:
    piece = told.piece
    frame = piece.own("empathy_frame", deny=False)
    felt = [Hit("feeling", a, b) for a, b in piece.feels if _is_distress(" ".join(piece.norms[a:b]))]
    theirs = classes("person2") & set(piece.norms) or frame or (len(piece.body) < 5 and not piece.segment.commas)
    alone = piece.own("empathy_alone", deny=False)
    if alone or (felt and theirs) or (hard and frame):
        told.add("empathy", "possible", "feeling-named", sorted([*felt, *hard, *alone], key=lambda hit: hit.first))


def _is_degree(norms: Sequence[str], at: int) -> bool:
    """Return whether *hard* tells how much, not how it is: *how hard you push*."""
    return at > 0 and norms[at - 1] == "how" and norms[at + 1 : at + 2] in {("you",), ("we",), ("they",)}


def _is_distress(phrase: str) -> bool:
    """Return whether a feeling asks for empathy: hard ones do, pleasant ones (*okay, able, ready*) do not."""
    return feelings()[phrase][0] not in _PLEASANT
