"""What is seen in questions: open or closed, and how they are put: eliciting, leading, stacked, asking why."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen
from alliance_kit.grading.talk.wh_forms import Ask

__all__ = ["read_questions"]

_ON_TRIAL = frozenset({"you", "nobody"})
_CHECKING = frozenset({"right", "correct", "true"})
_LEADING = frozenset({"right", "you", "it", "they", "he", "she", "we"})
_RECEIPTS = frozenset({"okay", "yeah", "yes"})


def read_questions(reply: Reply) -> Iterator[Seen]:
    """Yield what is seen in the questions of a reply."""
    asked: list[Piece] = []
    for at, piece in enumerate(reply.pieces):
        ask = piece.ask
        if ask is None or (ask.rule == "any" and _answered_at_once(reply.pieces, at)):
            continue
        if piece.asks and piece.coherent and ask.form != "wonder" and ask.first not in piece.told:
            asked.append(piece)
            yield from _asked(piece, ask)
        elif ask.form == "tag":
            yield from _tagged(piece, ask)
        elif ask.form == "declared" and _asks_by_mark(piece, known=reply.line.known) and not _is_menu(reply.pieces, at):
            asked.append(piece)
            span = piece.segment.span(piece.segment.head)
            yield Seen("closed_question", "possible", "talk/closed_question/statement", (span,))
    yield from _stacked(asked)


def _is_menu(pieces: list[Piece], at: int) -> bool:
    """Return whether possible answers follow a question: *What helps: heat, rest?* asks once."""
    return bool(at) and pieces[at - 1].asks and len(pieces[at].norms) < 4


def _answered_at_once(pieces: list[Piece], at: int) -> bool:
    """Return whether the clinician answers in the patient's place, as in "Any questions? No?"."""
    return at + 1 < len(pieces) and pieces[at + 1].norms[0] in {"no", "none", "nope"}


def _asks_by_mark(piece: Piece, *, known: bool) -> bool:
    """Return whether a statement with a question mark asks something new instead of saying back."""
    if not piece.coherent:
        return False
    if piece.found("permission_ask") or "or" in piece.norms:
        return True
    if not known:
        return bool(piece.content)  # nothing has been said that could be said back
    about_you = bool(classes("person2") & set(piece.body[:3]))
    says_back = (
        len(piece.shared) * 2 >= max(1, len(piece.content))
        or piece.reflection > 0
        or (about_you and piece.reflection > -0.5)
    )
    return not says_back and bool(own_content(piece)) and len(piece.body) > 1


def _asked(piece: Piece, ask: Ask) -> Iterator[Seen]:
    label = f"{ask.form}_question"
    span = (piece.segment.span(ask.first),)
    yield Seen(label, "clear" if ask.sure else "possible", f"talk/{label}/{ask.rule}", span)
    body = piece.norms[ask.first :]
    if (body[0] == "why" or body[:2] == ("how", "come")) and _ON_TRIAL & set(body[1:5]):
        yield Seen("why_question", "possible", "talk/why_question/why-you", span)
    if ask.form == "open" and classes("elicitword") & set(body) and classes("person2") & set(body):
        yield Seen("elicit", "possible", "talk/elicit/ideas-worries-hopes", span)
    if body[0] in classes("aux") and body[1:2] == ("not",) and "you" in body[2:4]:
        yield Seen("leading_question", "possible", "talk/leading_question/negative-form", span)


def _tagged(piece: Piece, ask: Ask) -> Iterator[Seen]:
    """Read a tag: on the patient's content it checks a reflection, on the clinician's own idea it leads."""
    last = piece.norms[-1]
    if ask.rule == "check" or (last in _CHECKING and (piece.shared or piece.reflection > 0)):
        return
    if last in _LEADING or (last not in _RECEIPTS and "you" in piece.norms[: ask.first]):
        span = (piece.segment.span(piece.segment.head),)
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
