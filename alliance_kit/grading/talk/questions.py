"""The form of a question: open, closed, wondering, a tag, a statement with a question mark, or a suggestion."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.inversion import inverted, is_tag, request_length, what_goes_on
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.segments import Segment
from alliance_kit.grading.talk.wh_forms import Ask, Form, Place, is_rhetorical, what_or_how, why, wondering

__all__ = ["Ask", "Form", "form_of"]

_CHECKS = frozenset({("i", "get"), ("i", "got"), ("is", "that"), ("get", "that")})
_SURE_TAGS = frozenset({"right", "correct", "true"})
_WHEN_IT_HURTS = frozenset({"if", "when", "to", "right", "immediately", "as", "whenever"})
_WH_OTHERS = frozenset({"when", "where", "who", "which", "whose", "whom"})
_WHO_ASKS = frozenset({"can", "could", "would", "will", "else", "might", "should"})
_WHEN_ASKS = frozenset({("would", "be"), ("will", "be"), ("might", "be"), ("could", "be")})
_HAPPENS = frozenset({"happened", "happens", "helps", "helped", "changed", "changes"})
_WEIGHED_BY = frozenset(
    {"about", "of", "on", "and", "or", "matter", "know", "than", "not", "knows", "see", "is", "depends"}
)
"""*You do this how often* asks; *it depends on how long* does not."""
_JOINING = frozenset({"and", "but", "so", "or", "then"})
_FRONTED = frozenset({"in", "at", "on", "after", "before", "during", "with", "for", "since", "by", "of", "from"})
_SEEKING = frozenset({"see", "innit", "eh", "aye", "hey"})
_ANY = frozenset({"any", "anything", "anyone", "anybody"})
_HEARD_RIGHT = frozenset({"right", "wrong", "close", "hearing", "understanding", "getting"})
_WHICH_VERBS = frozenset({"is", "was", "are", "feels", "hurts", "bothers"})


def form_of(segment: Segment) -> Ask | None:
    """Return the question that a segment asks, or None."""
    norms, mark = segment.norms, segment.mark
    if is_rhetorical(norms, segment.head):
        return None
    requests = norms[-1] == "you" and request_length(norms, segment.head)
    tag = 0 if requests else _tag(norms, segment.commas)
    if tag and (mark == "?" or norms[-1] not in classes("tagword") or norms[-1] in _SURE_TAGS):
        return Ask("tag", "tag", True, tag)
    return _at_heads(segment) or _after_commas(segment) or _inside(norms, segment.quoted) or _by_mark(segment)


def _tag(norms: Sequence[str], commas: frozenset[int]) -> int:
    """Return the place of a closing tag (*, right* · *, is that right* · *, have you*), or 0."""
    n = len(norms)
    if n > 2 and norms[-1] in classes("tagword") | _SEEKING and (n - 1) in commas:
        return n - 1
    if n > 3 and norms[-1] in {"right", "correct"} and norms[-3:-1] in _CHECKS:
        return n - 3
    tags = (at for at in (n - 3, n - 2) if at > 1 and is_tag(norms, at) and (at in commas or norms[at + 1] == "not"))
    return next(tags, 0)


def _at_heads(segment: Segment) -> Ask | None:
    for at in dict.fromkeys([segment.head, 0]):
        if at not in segment.quoted:
            found = _at(Place(segment.norms, at, segment.mark, bare=segment.bare and not at), segment.commas)
            if found is not None and (found.form != "fragment" or not at):
                return found
    return None


def _after_commas(segment: Segment) -> Ask | None:
    """Read a question that begins after a comma; without a mark the order of words must leave no doubt."""
    norms, mark = segment.norms, segment.mark
    for comma in sorted(segment.commas):
        at = comma
        while at < len(norms) - 1 and norms[at] in _JOINING:
            at += 1
        if at >= len(norms) or at in segment.quoted:
            continue
        asks = mark == "?" or bool(request_length(norms, at)) or norms[at] not in classes("wh")
        if norms[at] in classes("aux"):
            asks = inverted(norms, at, head=mark == "?")
        elif norms[at] in classes("wh"):
            asks = asks or inverted(norms, at + 1, head=False) or norms[at : at + 2] == ("what", "i")
            asks = asks or what_goes_on(norms, at)
        if asks and (found := _at(Place(norms, at, mark), frozenset())) is not None:
            return found
    return None


def _inside(norms: Sequence[str], quoted: frozenset[int]) -> Ask | None:
    """Read *on how many days did you*, *what number would you*: this order of words asks, wherever it stands."""
    for at in range(1, len(norms) - 2):
        if norms[at] in {"what", "how", "which", "whose", "where", "when"} and at not in quoted:
            for aux in range(at + 1, min(at + 4, len(norms))):
                if inverted(norms, aux, head=False) and norms[aux + 1] in classes("subj"):
                    return _at(Place(norms, at, "?"), frozenset())
    if len(norms) > 4 and norms[-2] == "how" and norms[-1] in classes("measure") and norms[-3] not in _WEIGHED_BY:
        return Ask("closed", "how-much", True, len(norms) - 2)
    if len(norms) > 5 and norms[-2] == "what" and norms[-1] in _HAPPENS and norms[0] in classes("opener"):
        return Ask("open", "what-how", True, len(norms) - 2)
    return None


def _by_mark(segment: Segment) -> Ask | None:
    """Read a statement with a question mark; *Okay?* alone asks nothing."""
    norms = segment.norms
    if _instructs(norms, segment.head + 1):
        return None
    asked = next((i for i, word in enumerate(norms) if i and word in {"what", "how"}), 0)
    fronted = segment.head < asked - 1 and norms[segment.head] in _FRONTED and not _joins(norms, asked)
    if segment.mark == "?" and fronted and asked not in segment.quoted and asked + 1 < len(norms):
        return Ask("open", "what-how-plain-order", False, asked)
    empty = (classes("lead") | classes("functional")) - ({"no"} if "or" in norms else set())
    if segment.mark == "?" and (len(norms) - segment.head > 2 or any(w not in empty for w in norms)):
        return Ask("declared", "question-mark", False, segment.head)
    return None


def _joins(norms: Sequence[str], at: int) -> bool:
    """Return whether *what, how* before this place joins a clause: *about how you sleep*, *you know what helps*."""
    return norms[at - 1] in classes("knowing") | classes("prep") or norms[at - 1] in classes("aux")


def _at(place: Place, commas: frozenset[int]) -> Ask | None:
    word = place.norms[place.at]
    if length := request_length(place.norms, place.at):
        return _request(place, length, commas)
    if word in {"what", "how"}:
        return what_or_how(place)
    if word == "why":
        return why(place)
    return wondering(place) or _closed(place, commas)


def _request(place: Place, length: int, commas: frozenset[int]) -> Ask | None:
    """Read *tell me about …*; *tell me if it hurts* is an instruction, and *describe,* in a list asks nothing."""
    end = place.at + length
    if end >= len(place.norms) or end in commas:
        return None
    if place.norms[place.at] in {"tell", "show"} and place.norms[end] in _WHEN_IT_HURTS:
        return None
    return Ask("open", "tell-me", True, place.at)


def _closed(place: Place, commas: frozenset[int]) -> Ask | None:
    norms, at, mark = place.norms, place.at, place.mark
    word = norms[at]
    if word in _WH_OTHERS:
        return Ask("closed", "when-where-which", True, at) if _picks(place, commas) else None
    if word in _ANY:
        short = len(norms) - at <= 6 and not classes("verbish") & set(norms[at:])
        return Ask("closed", "any", mark == "?", at) if mark == "?" or short else None
    if tuple(norms[at : at + 2]) == ("am", "i") and _HEARD_RIGHT & set(norms[at:]):
        return Ask("tag", "check", True, at)
    if _asks_nothing(place):
        return None
    asks = (inverted(norms, at, head=True) and mark != "!") or (
        word in classes("aux") and mark == "?" and len(norms) - at > 2
    )
    return Ask("closed", "verb-first", True, at) if asks else None


def _asks_nothing(place: Place) -> bool:
    """Return whether a verb comes first and yet nothing is asked: an instruction, a cry, *maybe is good*."""
    norms, at = place.norms, place.at
    if norms[at] in {"can", "could", "will", "would"} and _instructs(norms, at + 1):
        return True
    if place.mark == "?":
        return False
    return bool(at and norms[at - 1] in {"maybe", "perhaps"}) or tuple(norms[at : at + 2]) == ("is", "not")


def _instructs(norms: Sequence[str], at: int) -> bool:
    """Return whether a request is for a movement here and now: *could you lie down*."""
    if at >= len(norms) or norms[at] != "you":
        return False
    at += 1
    while at < len(norms) and norms[at] in {"please", "just", "now", "also", "maybe"}:
        at += 1
    return at < len(norms) and norms[at] in classes("movement")


def _who_when(norms: Sequence[str], at: int, mark: str) -> bool | None:
    """Return whether *who, when* ask by what follows them, or None where more must be looked at."""
    word, following = norms[at], norms[at + 1] if at + 1 < len(norms) else ""
    begins = not at or norms[at - 1] in classes("lead")
    if word == "when":
        return inverted(norms, at + 1, head=True) or (begins and tuple(norms[at + 1 : at + 3]) in _WHEN_ASKS)
    if word == "who" and begins and following in _WHO_ASKS:
        return True
    if word in {"who", "which"} and mark != "?" and following in {"is", "was", "are", "were"}:
        return word == "who" and begins and len(norms) > at + 2 and mark != "!"
    return None


def _picks(place: Place, commas: frozenset[int]) -> bool:
    """Return whether *when, where, who, which* asks here, and does not join (*when you walk*, *which is hard*)."""
    norms, at, mark = place.norms, place.at, place.mark
    word = norms[at]
    clear = _who_when(norms, at, mark)
    if clear is not None:
        return clear
    if inverted(norms, at + 1, head=True) or (mark == "?" and len(norms) > at + 1):
        return True
    if word != "which" or len(norms) <= at + 3:
        return False
    if place.inverted_within(at + 2, at + 5, head=False):
        return True
    noun = norms[at + 1] not in classes("aux") | classes("subj")
    return noun and at < 3 and bool(_WHICH_VERBS & set(norms[at + 2 :])) and not commas & set(range(at))
