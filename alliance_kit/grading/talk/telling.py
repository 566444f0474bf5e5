"""What is seen in statements: warnings first, then advice, strengths and ownership, then reflection or information."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import classes, feelings
from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen, Sureness
from alliance_kit.model import Span

__all__ = ["read_statements"]

REFLECTS_FROM = -0.75
INFORMS_FROM = -0.75
_SURE_FROM = 0.8
"""Weighed scores are log-odds: at -0.75 a third of such segments were what the label says, at 0.8 two thirds."""

_OFFERED = frozenset(
    "share suggest offer idea ideas thought thoughts tip tips trick tricks suggestion suggestions advice option options works worked others hear past recommend opinion"
    " notion try told some another propose mention explain information folks people know".split()
)
_FEELING_STEMS = frozenset({"stem", "inner", "empathy_frame"})


@dataclass(slots=True)
class Told:
    """What one statement is, gathered step by step; `settled` stops the weaker readings."""

    piece: Piece
    seen: list[Seen] = field(default_factory=list)
    settled: bool = False
    jargon: bool = False

    def add(self, label: str, sure: Sureness, rule: str, hits: list[Hit] | None = None) -> None:
        """Add a finding: the words of its cues, or the whole statement."""
        segment = self.piece.segment
        spans: tuple[Span, ...]
        spans = tuple(segment.span(h.first, h.last) for h in hits[:3]) if hits else (segment.span(segment.head),)
        self.seen.append(Seen(label, sure, f"talk/{label}/{rule}", spans))


def read_statements(reply: Reply, jargon: Sequence[Seen]) -> Iterator[Seen]:
    """Yield what is seen in the statements of a reply, and the overlays of its questions; unexplained terms are known."""
    terms = [span.start for one in jargon for span in one.spans]
    asked_leave = _asks_leave(reply)
    leaves_room = reply.line.asks_advice or any(piece.own("permission_room", "autonomy", deny=False) for piece in reply.pieces)
    pressed = any(piece.own("command") for piece in reply.pieces)
    for at, piece in enumerate(reply.pieces):
        whole = piece.segment.span()
        told = Told(piece, jargon=any(whole.start <= start < whole.end for start in terms))
        if at + 1 < len(reply.pieces) and reply.pieces[at + 1].asks and _leads_in(piece):
            continue
        before = reply.pieces[at - 1] if at else None
        _hindering(told, reply, before)
        if not piece.asks:
            _advice(told, reply, with_leave=(asked_leave or leaves_room) and not pressed)
        if piece.ask and piece.ask.form in {"closed", "declared"}:
            _offer(told, leaves_room=leaves_room)
        _strengths(told, reply)
        _ownership(told, reply)
        _feelings(told, reply)
        if not piece.asks:
            _back_or_forth(told, reply)
        yield from told.seen


def _leads_in(piece: Piece) -> bool:
    """Return whether a clause only opens the question that follows: *When you get up, do you …*."""
    return piece.segment.mark == "," and piece.body[0] in {"when", "if", "after", "before", "since", "while", "once", "on", "in", "as", "at"}


def _asks_leave(reply: Reply) -> bool:
    return any(piece.found("permission_ask") and (piece.asks or piece.mark_is_question) for piece in reply.pieces)


def _offer(told: Told, *, leaves_room: bool) -> None:
    """A question that asks leave to suggest something, or that suggests something in the form of a question."""
    piece = told.piece
    leave = piece.found("permission_ask")
    if leave and _OFFERED & set(piece.norms):
        told.add("advice_with_permission", "clear" if piece.coherent else "possible", "asks-leave", leave)
        return
    tried = [hit for hit in piece.own("advice_soft") if piece.norms[hit.first] == "have"]
    if tried:
        told.add("advice_with_permission" if leaves_room else "advice_without_permission", "possible", "have-you-tried", tried)


def _hindering(told: Told, reply: Reply, before: Piece | None) -> None:
    piece = told.piece
    words = set(piece.norms)
    comfort = [] if _leans_back(piece) else [hit for hit in piece.own("false_hope") if not _about_worry(piece, hit)]
    if comfort and not piece.asks and not (reply.pieces and any(p.own("hope") for p in reply.pieces)):
        told.add("false_reassurance", "clear" if len(comfort) > 1 else "possible", "promise-or-dismissal", comfort)
        told.settled = True
    small = piece.own("minimise")
    if small and not piece.asks and not piece.shared:
        told.add("minimising", "possible", "makes-smaller", small)
    against = _against(piece, before)
    blamed, shamed = piece.own("blame"), piece.own("shame")
    if against or ((blamed or shamed) and not _says_back(piece)):
        hits = [*against, *blamed, *shamed]
        told.add("confrontation", "clear" if len({(h.first, h.last) for h in hits}) > 1 else "possible", "argues-or-doubts", hits)
        told.settled = True
    for label, found, rule in (("blame", blamed, "cause-on-you"), ("shaming", shamed, "smaller")):
        if found:
            told.add(label, "possible", rule, found)
    for label, tag, rule in (("stigmatising", "stigma", "label-word"), ("infantilising", "infant", "talking-down"), ("nocebic", "nocebic", "threatening-words")):
        found = piece.own(tag)
        if found and not (tag == "nocebic" and piece.asks):
            told.add(label, "possible", rule, found)
    del words


def _about_worry(piece: Piece, hit: Hit) -> bool:
    """Return whether the comfort is the patient's (*you hope it will be fine*), not the clinician's."""
    before = piece.norms[: hit.first]
    return bool({"hope", "hoping", "want", "wanted", "wish", "hear", "scared", "worried", "afraid", "if", "think"} & set(before))


def _against(piece: Piece, before: Piece | None) -> list[Hit]:
    hits = piece.own("confront", deny=False)
    if _says_back(piece) or _leans_back(piece):
        hits = []
    if not hits and before is not None and piece.norms[0] == "but" and {"not"} & set(piece.norms) and before.found("empathy_frame", "validation", "receipt_ack"):
        return [Hit("confront", 0, min(3, len(piece.norms)))]
    return hits


def _leans_back(piece: Piece) -> bool:
    """Return whether the statement is so much a reflection that weaker cues are taken for the patient's content."""
    return piece.reflection > 0.4 and piece.reflection > piece.input + 1.2


def _says_back(piece: Piece) -> bool:
    """Return whether the segment begins as a reflection: then hard words are most likely the patient's."""
    return bool(piece.found("stem")) or bool(piece.told) or piece.body[:2] in {("you", "feel"), ("you", "blame"), ("you", "felt")}


def _advice(told: Told, reply: Reply, *, with_leave: bool) -> None:
    piece = told.piece
    ordered = [hit for hit in piece.own("advice_imperative", deny=False) if hit.first <= piece.segment.head or hit.first in piece.segment.commas]
    if any(s.label == "false_reassurance" for s in told.seen):
        ordered = []
    if piece.found("instruction"):
        ordered = []
        told.settled = told.settled or not piece.found("advice_strong")
    strong = piece.own("advice_strong", deny=False)
    soft = piece.own("advice_soft")
    if strong and _is_theirs(piece, strong):
        strong = []
    if soft and _is_theirs(piece, soft):
        soft = []
    if piece.ask and piece.ask.form == "suggestion":
        strong = [Hit("suggestion", piece.ask.first, len(piece.norms))]
    hits = strong or ordered or soft
    if not hits:
        return
    label = "advice_with_permission" if with_leave else "advice_without_permission"
    sure: Sureness = "clear" if strong and not told.settled else "possible"
    rule = "should-must" if strong else "imperative" if ordered else "could"
    told.add(label, sure, rule, hits)
    pressing = piece.own("command")
    if pressing and not with_leave:
        told.add("commanding", "possible", "order-or-pressure", pressing)
    told.settled = True


def _is_theirs(piece: Piece, hits: list[Hit]) -> bool:
    """Return whether *you need to*, *you have to*, *you can* tell what the patient's life is like, not what to do."""
    words = set(piece.norms)
    if all({"not", "never"} & set(piece.norms[hit.first : hit.last]) and {"have", "need"} & set(piece.norms[hit.first : hit.last]) for hit in hits):
        return True
    if any(hit.first and piece.norms[hit.first - 1] in {"what", "how", "where", "that", "if"} for hit in hits) and not piece.norms[0] == "if":
        return True
    if _leans_back(piece) or {"wish", "wished", "told", "feel", "afraid", "scared", "hoping", "hope"} & words or piece.told:
        return True
    return bool(piece.shared) and piece.reflection > piece.input + 0.3


def _strengths(told: Told, reply: Reply) -> None:
    piece = told.piece
    if piece.asks:
        return
    hits = piece.own("affirm")
    person = bool(classes("person2") & set(piece.norms))
    if hits and piece.coherent and not told.settled and own_content(piece) and (person or "that" in piece.norms[:4]):
        told.add("affirmation", "clear" if piece.shared and len(hits) > 1 else "possible", "names-what-you-did", hits)
        told.settled = not _leans_back(piece)
    elif piece.own("praise") and not told.settled and not reply_asks_after(piece, reply):
        told.add("praise", "possible", "verdict", piece.own("praise"))
    marks = piece.own("celebrate")
    if marks and not piece.asks:
        told.add("celebrate_progress", "possible", "then-and-now", marks)


def reply_asks_after(piece: Piece, reply: Reply) -> bool:
    """Return whether *good* is only a receipt: one word, and the reply goes on."""
    return len(piece.norms) < 2 and piece is not reply.pieces[-1]


def _ownership(told: Told, reply: Reply) -> None:
    piece = told.piece
    hits = piece.own("autonomy")
    if piece.found("shrug") or not piece.coherent:
        return
    if hits and not told.settled or (hits and any(s.label == "advice_with_permission" for s in told.seen)):
        if own_content(piece) or len(reply.pieces) < 4:
            told.add("autonomy_support", "clear" if len(hits) > 1 else "possible", "yours-to-decide", hits)
            told.settled = not _leans_back(piece)
    choice = piece.own("choice", deny=False)
    if choice and piece.ask is not None and _options_for_care(piece):
        told.add("offer_choice", "possible", "options-and-opening", choice)
    bid = piece.own("together")
    if bid and (piece.asks or piece.mark_is_question or piece.found("together")) and own_content(piece):
        if piece.norms[0] != "let" or piece.mark_is_question or "together" in piece.norms:
            told.add("collaboration_bid", "possible", "we-and-opening", bid)


def _options_for_care(piece: Piece) -> bool:
    """Return whether the options are things to do, not symptoms to pick from: *sharp or dull* is a closed question."""
    words = set(piece.norms)
    return bool(words & {"we", "i", "prefer", "rather", "want", "try", "start", "like"})


def _feelings(told: Told, reply: Reply) -> None:
    piece = told.piece
    if piece.asks or not piece.coherent or any(s.label in {"confrontation", "false_reassurance", "advice_without_permission"} for s in told.seen):
        return
    hard = [i for i, w in enumerate(piece.norms) if w in classes("hardship")]
    mine = piece.body[0] in {"i", "my"} and not {"believe", "hear", "see", "imagine", "wish", "sorry", "understand", "know", "tell", "get"} & set(piece.body[:4])
    frame = piece.own("empathy_frame", deny=False)
    named = piece.feels and (classes("person2") & set(piece.norms) or frame or len(piece.body) < 5)
    distress = [(a, b) for a, b in piece.feels if _is_distress(" ".join(piece.norms[a:b]))]
    named = named and bool(distress)
    hits = [Hit("feeling", a, b) for a, b in distress] + [Hit("hardship", i, i + 1) for i in hard]
    if hits and not mine and (named or (hard and frame)):
        told.add("empathy", "possible", "feeling-named", sorted(hits, key=lambda h: h.first))
    sense = piece.own("validation", deny=False)
    elsewhere = any(own_content(other) for other in reply.pieces)
    if sense and (own_content(piece) or piece.shared or elsewhere) and not mine:
        told.add("validation", "possible", "makes-sense", sense)
    others = piece.own("normalising", deny=False)
    if others and (own_content(piece) or piece.shared) and (hard or piece.feels or piece.shared):
        told.add("normalising", "possible", "others-too", others)


def _is_distress(phrase: str) -> bool:
    """Return whether a feeling asks for empathy: hard ones do, mild pleasant ones (*okay, able, ready*) do not."""
    family, strength = feelings()[phrase]
    return family not in {"hopeful", "calm", "proud"} or strength > 2


def _back_or_forth(told: Told, reply: Reply) -> None:
    """Reflection or information: what the weighed score says, if nothing else has settled it."""
    piece = told.piece
    if told.settled or len(piece.content) + len(piece.feels) == 0:
        return
    if any(s.label in {"validation", "normalising"} for s in told.seen) and not piece.found("stem"):
        return
    hard = not classes("hardship").isdisjoint(piece.norms)
    if hard and not piece.found("stem") and not classes("person2") & set(piece.body[:4]) and any(s.label == "empathy" for s in told.seen) and not piece.shared:
        return
    about = bool(classes("person2") & set(piece.norms)) or bool(piece.feels) or bool(piece.shared) or hard
    own = own_content(piece) or piece.feels or (not piece.found("stem") and piece.reflection > 0 and piece.coherent)
    back = piece.reflection - REFLECTS_FROM
    forth = piece.input - INFORMS_FROM
    if piece.segment.mark == "!" and "you" not in piece.norms:
        back = -1.0
    if told.jargon and "stem" not in {hit.tag for hit in piece.hits if hit.first > 2}:
        back, forth = -1.0, max(forth, 0.01)
    if back > 0 and back >= forth - 0.4 and piece.coherent and about and own:
        label, rule = _depth(piece, reply)
        sure: Sureness = "clear" if piece.reflection > _SURE_FROM and piece.shared and reply.line.known else "possible"
        told.add(label, sure, rule)
    elif forth > 0:
        told.add("information", "clear" if piece.input > _SURE_FROM else "possible", "tells-facts")


def _depth(piece: Piece, reply: Reply) -> tuple[str, str]:
    """Return simple or complex: complex adds a feeling, a contrast, or more than the line held."""
    named = {piece.norms[i] for a, b in piece.feels for i in range(a, b)}
    if named - set(reply.line.norms) and not piece.shared:
        return "complex_reflection", "adds-a-feeling"
    if len(piece.shared) * 2 >= len(piece.content) and reply.line.known:
        return "simple_reflection", "same-words"
    return "complex_reflection", "adds-meaning"
