"""What is seen in questions: open or closed, and how they are put: eliciting, leading, stacked, asking why."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen, Sureness

__all__ = ["read_questions"]

_ELICIT = frozenset(
    "hope hopes hoping hoped goal goals matter matters mattered worry worries worried worrying fear fears afraid scares scare expect expecting expectations expected miss"
    " wish dream mean concerns concern concerned think causing behind important love enjoy".split()
)


def read_questions(reply: Reply) -> Iterator[Seen]:
    """Yield what is seen in the questions of a reply."""
    asked: list[Piece] = []
    for at, piece in enumerate(reply.pieces):
        if piece.ask is None:
            continue
        form = piece.ask.form
        if form == "closed" and piece.ask.rule == "any" and _answered_at_once(reply.pieces, at):
            continue
        if piece.asks and piece.coherent and piece.ask.first not in piece.told:
            if form == "wonder":
                continue
            asked.append(piece)
            sure: Sureness = "clear" if piece.ask.sure else "possible"
            label = f"{form}_question"
            yield Seen(label, sure, f"talk/{label}/{piece.ask.rule}", (piece.segment.span(piece.ask.first),))
            yield from _overlays(piece)
        elif form == "tag":
            yield from _tagged(piece, reply)
        elif form == "declared" and piece.coherent and _asks_by_mark(piece, reply) and not (at and reply.pieces[at - 1].asks and not piece.content):
            asked.append(piece)
            yield Seen(
                "closed_question",
                "possible",
                "talk/closed_question/statement",
                (piece.segment.span(piece.segment.head),),
            )
    yield from _stacked(asked)


def _answered_at_once(pieces: list[Piece], at: int) -> bool:
    """Return whether the clinician answers in the patient's place: *Any questions? No? Great.*"""
    return at + 1 < len(pieces) and pieces[at + 1].norms[0] in {"no", "none", "nope"}


def _asks_by_mark(piece: Piece, reply: Reply) -> bool:
    """Return whether a statement with a question mark asks something new instead of saying back."""
    if piece.found("permission_ask") or "or" in piece.norms:
        return True
    about_you = bool(classes("person2") & set(piece.body[:3]))
    says_back = len(piece.shared) * 2 >= max(1, len(piece.content)) or piece.reflection > 0 or (about_you and piece.reflection > -0.5)
    return not says_back and bool(own_content(piece))


def _overlays(piece: Piece) -> Iterator[Seen]:
    assert piece.ask is not None  # noqa: S101 — tells mypy what the caller has tested
    body = piece.norms[piece.ask.first :]
    span = (piece.segment.span(piece.ask.first),)
    words = set(body)
    if body[0] == "why" or body[:2] == ("how", "come"):
        if "you" in body[1:5]:
            yield Seen("why_question", "possible", "talk/why_question/why-you", span)
    if words & _ELICIT and "you" in words | {"your"} and piece.ask.form == "open":
        yield Seen("elicit", "possible", "talk/elicit/ideas-worries-hopes", span)
    if len(body) > 2 and body[0] in classes("aux") and body[1] == "not" and "you" in body[2:4]:
        yield Seen("leading_question", "possible", "talk/leading_question/negative-form", span)


def _tagged(piece: Piece, reply: Reply) -> Iterator[Seen]:
    """A tag on the patient's content checks a reflection; on the clinician's own idea it leads."""
    assert piece.ask is not None  # noqa: S101 — tells mypy what the caller has tested
    if piece.ask.rule == "check":
        return
    about_you = "you" in piece.norms[: piece.ask.first]
    if piece.norms[-1] in {"right", "correct", "true"} and (piece.shared or piece.reflection > 0):
        return
    if about_you or piece.norms[-1] in {"right", "you", "it"}:
        span = (piece.segment.span(piece.segment.head),)
        if piece.norms[-1] not in {"okay", "yeah", "yes"}:
            yield Seen("closed_question", "possible", "talk/closed_question/tag", span)
            yield Seen("leading_question", "possible", "talk/leading_question/tag", span)


def _stacked(asked: list[Piece]) -> Iterator[Seen]:
    """Two or more questions on different things; asking the same again in other words counts once."""
    topics: list[set[str]] = []
    for piece in asked:
        own = {piece.norms[i] for i in piece.content}
        if not any(own & topic for topic in topics) and (own or piece.mark_is_question):
            topics.append(own)
    if len(asked) >= 2 and len(topics) >= 2:
        spans = tuple(piece.segment.span(piece.ask.first) for piece in asked if piece.ask)
        yield Seen("stacked_questions", "possible", "talk/stacked_questions/two-topics", spans)
