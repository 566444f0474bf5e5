"""What a reply does as a whole: sums up, gives reasons, guards privacy, mends; or fixes too soon, changes topic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen
from alliance_kit.grading.words import spans_of

__all__ = ["read_whole"]

_IN_QUESTIONS = {
    "agenda": "agenda_setting",
    "invite": "invite_questions",
    "feedback": "ask_feedback",
    "teach": "teach_back",
}
_ANYWHERE = {"privacy": "confidentiality", "repair": "repair"}
_IN_STATEMENTS = {"follow": "follow_through", "hope": "hope", "self": "self_disclosure"}
_RULES = {
    "agenda_setting": "list-for-today",
    "invite_questions": "what-questions",
    "ask_feedback": "how-was-this",
    "teach_back": "in-your-words",
    "confidentiality": "who-will-know",
    "repair": "owns-and-mends",
    "follow_through": "promise-with-time",
    "hope": "ground-and-plan",
    "self_disclosure": "own-life",
}
_FELT = frozenset({
    "simple_reflection", "complex_reflection", "empathy", "validation", "normalising", "summary", "open_question",
    "repair", "advice_with_permission", "affirmation", "hope", "elicit", "autonomy_support", "collaboration_bid",
    "offer_choice", "confrontation",
})  # fmt: skip
_FIXES = frozenset({"advice_without_permission", "information", "explaining_why"})


def read_whole(reply: Reply, seen: Sequence[Seen]) -> Iterator[Seen]:
    """Yield what the reply does as a whole, given what its parts were seen to do."""
    labels = {one.label for one in seen}
    for piece in reply.pieces:
        yield from _by_cues(piece)
        if not piece.asks and labels.isdisjoint({"confrontation", "false_reassurance"}):
            yield from _reasons(piece)
    yield from _summary(reply)
    if reply.line.concern and not reply.line.asks and not labels & _FELT and reply.pieces:
        yield from _leaves_the_concern(reply, labels)


def _by_cues(piece: Piece) -> Iterator[Seen]:
    asks = piece.asks or piece.mark_is_question
    tables = [_ANYWHERE, _IN_QUESTIONS if asks else _IN_STATEMENTS]
    for table in tables:
        for tag, label in table.items():
            hits = piece.own(tag, deny=tag not in {"hope", "privacy"})
            if hits:
                found = (piece.segment.span(hit.first, hit.last) for hit in hits)
                spans = spans_of((span.start, span.end) for span in found)
                yield Seen(label, "possible", f"talk/{label}/{_RULES[label]}", spans)


def _reasons(piece: Piece) -> Iterator[Seen]:
    hits = piece.own("explaining")
    if (
        hits
        and own_content(piece)
        and piece.input > max(-1.4, piece.reflection)
        and not piece.found("stem", "confront", "blame", "shame")
    ):
        spans = (piece.segment.span(piece.segment.head),)
        yield Seen("explaining_why", "possible", "talk/explaining_why/because-so-that", spans)


def _summary(reply: Reply) -> Iterator[Seen]:
    """Two points of the patient's joined in one reply, or three shared by list."""
    points = [p for p in reply.pieces if not p.asks and p.shared and p.reflection > 0 and p.coherent]
    if len(points) >= 2 and len({p.norms[i] for p in points for i in p.shared}) >= 3:
        spans = tuple(p.segment.span(p.segment.head) for p in points)
        yield Seen("summary", "possible", "talk/summary/two-points", spans)


def _leaves_the_concern(reply: Reply, labels: set[str]) -> Iterator[Seen]:
    first = reply.pieces[0]
    spans = (first.segment.span(first.segment.head),)
    fixes = labels & _FIXES or any(
        p.body[:1] == ("let",) or p.own("advice_soft", "advice_strong") for p in reply.pieces
    )
    if fixes:
        yield Seen(
            "premature_problem_solving", "possible", "talk/premature_problem_solving/no-word-on-the-concern", spans
        )
    elif not any(p.shared or p.feels for p in reply.pieces) and (
        any(p.asks or p.mark_is_question for p in reply.pieces) or _orders(reply)
    ):
        yield Seen("topic_change", "possible", "talk/topic_change/shares-nothing", spans)


def _orders(reply: Reply) -> bool:
    return any(p.body and p.body[0] in classes("imperative") for p in reply.pieces)
