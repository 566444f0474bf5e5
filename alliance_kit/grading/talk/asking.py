"""What is seen in questions: open or closed, and how they are put: eliciting, leading, stacked, asking why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen
from alliance_kit.grading.talk.wh_forms import Ask

__all__ = ["read_questions"]

_NOES = frozenset({"no", "none", "nope", "never", "nobody", "nothing", "not", "also"})
_ON_TRIAL = frozenset({"you", "nobody"})
_CHECKING = frozenset({"right", "correct", "true"})
_LEADING = frozenset({"right", "you", "it", "they", "he", "she", "we"})
_WISHES = frozenset({
    "again", "aim", "back", "choose", "dream", "goal", "like", "love", "picture", "prefer", "want", "wanted", "wish",
})  # fmt: skip
_LOSSES = frozenset({
    "cost", "costs", "forfeited", "gave", "give", "given", "lose", "losing", "lost", "miss", "missed", "missing", "rob",
    "robbed", "stole", "stolen", "stop", "stopped", "take", "taken", "took",
})  # fmt: skip
_WORTH = frozenset({"worth", "worthwhile", "count", "counts", "dearest", "matter", "matters"})
_DOING = frozenset({"do", "be", "get", "have", "see", "go", "look", "write", "work", "change", "most", "first"})
_SAYS_BACK = 1.0
"""Weighed log-odds of a reflection that shares no word with the line and is still taken for one."""
_RECEIPTS = frozenset({"okay", "yeah", "yes"})


def read_questions(reply: Reply) -> Iterator[Seen]:
    """Yield what is seen in the questions of a reply."""
    asked: list[Piece] = []
    for at, piece in enumerate(reply.pieces):
        ask = piece.ask
        if ask is None or (ask.form == "closed" and _answered_at_once(reply.pieces, at)):
            continue
        if piece.asks and piece.coherent and ask.form != "wonder" and ask.first not in piece.told:
            asked.append(piece)
            yield from _asked(piece, ask)
        elif ask.form == "tag":
            yield from _tagged(piece, ask, known=reply.line.known)
        elif ask.form == "declared" and _asks_by_mark(piece, known=reply.line.known) and not _goes_on(reply.pieces, at):
            asked.append(piece)
            span = piece.segment.span(piece.segment.head)
            yield Seen("closed_question", "possible", "talk/closed_question/statement", (span,))
    yield from _stacked(asked)


def _goes_on(pieces: list[Piece], at: int) -> bool:
    """Return whether a question only goes on, with answers or with a clause: *What helps: heat, rest?* asks once."""
    if not at or not pieces[at - 1].asks:
        return False
    joined = pieces[at - 1].segment.mark == "," and pieces[at].norms[0] in {"and", "so", "but"}
    return len(pieces[at].norms) < 4 or (joined and pieces[at].norms[1] in {"you", "i", "we"})


def _answered_at_once(pieces: list[Piece], at: int) -> bool:
    """Return whether the clinician answers in the patient's place: *Any questions? No?* · *Is it torn? No*."""
    if at + 1 >= len(pieces) or not pieces[at].mark_is_question:
        return False
    after = pieces[at + 1]
    ask = pieces[at].ask
    if ask is not None and ask.rule == "any":
        return after.norms[0] in _NOES
    nobody = pieces[at].body[0] == "who" and after.norms[0] == "nobody"
    short = after.norms[0] in _NOES and len(after.norms) < 4
    return after.segment.mark in {".", "!", ""} and (nobody or short)


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
    if ask.form == "open" and _elicits(body):
        yield Seen("elicit", "possible", "talk/elicit/ideas-worries-hopes", span)
    if body[0] in classes("aux") and body[1:2] == ("not",) and "you" in body[2:4]:
        yield Seen("leading_question", "possible", "talk/leading_question/negative-form", span)


def _elicits(body: Sequence[str]) -> bool:
    """Return whether an open question is for the patient's own hopes, worries, ideas, losses, or what gives meaning."""
    words = set(body)
    if classes("elicitword") & words and classes("person2") & words:
        return tuple(body) != ("what", "did", "you", "expect")  # said of what was to be expected
    if body[0] not in {"what", "which", "how"} or {"i", "we"} & {*body[1:4]} or "me" in body[3:6]:
        return False
    you = bool({"you", "your"} & words)
    wanted = you and bool(_WISHES & {*body[2:6]}) and bool(_DOING & words)
    lost = "you" in words and bool(_LOSSES & {*body[2:8]})
    return wanted or lost or (bool(_WORTH & words) and (you or bool({"make", "makes", "today"} & words)))


def _tagged(piece: Piece, ask: Ask, *, known: bool) -> Iterator[Seen]:
    """Read a tag: on the patient's content it checks a reflection, on the clinician's own idea it leads."""
    last = piece.norms[-1]
    backed = piece.shared or piece.reflection > (_SAYS_BACK if known else 0)
    if ask.rule == "check" or (last in _CHECKING and backed):
        return
    if last in _LEADING or (last not in _RECEIPTS and "you" in piece.norms[: ask.first]):
        span = (piece.segment.span(piece.segment.head),)
        yield Seen("closed_question", "possible", "talk/closed_question/tag", span)
        yield Seen("leading_question", "possible", "talk/leading_question/tag", span)


def _stacked(asked: list[Piece]) -> Iterator[Seen]:
    """Two or more questions on different things; asking again in other words, or *or would you rather*, counts once."""
    topics: list[set[str]] = []
    asked = [piece for piece in asked if piece.norms[0] != "or"]
    for piece in asked:
        own = {piece.norms[i] for i in piece.content}
        if not any(own & topic for topic in topics) and (own or piece.mark_is_question):
            topics.append(own)
    if len(asked) >= 2 and len(topics) >= 2:
        spans = tuple(piece.segment.span(piece.ask.first) for piece in asked if piece.ask)
        yield Seen("stacked_questions", "possible", "talk/stacked_questions/two-topics", spans)
