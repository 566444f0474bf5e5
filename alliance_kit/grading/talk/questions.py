"""The form of a question: open, closed, wondering, a tag, a statement with a question mark, or a suggestion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from alliance_kit.grading.talk.inversion import inverted, is_tag, request_length
from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.segments import Segment

__all__ = ["Ask", "Form", "form_of"]

Form = Literal["open", "closed", "wonder", "declared", "fragment", "suggestion", "tag", "why_not"]


class Ask(NamedTuple):
    """A question found: its form, the rule's short name, whether the form is sure, and the place of its first word."""

    form: Form
    rule: str
    sure: bool
    first: int


_MEASURES = frozenset(
    "long often many much old far soon tall heavy bad badly severe frequently recently high intense quickly fast large big deep late early".split()
)
_PICKS = frozenset(
    "time day date days year number age side percent percentage medication medications dose score level month address grade size shift".split()
)
_SCALES = frozenset("scale zero number 0 10 ten percent percentage".split())
_CLEFTS = frozenset("matters hurts worries bothers helps happened works scares counts".split())
_TAGS = ("right", "correct", "yes", "no", "yeah", "okay", "huh", "true")


def _tag(norms: Sequence[str], commas: frozenset[int]) -> int:
    """Return the place of a closing tag (*, right* · *, is that right* · *, have you*), or 0."""
    n = len(norms)
    if n > 2 and norms[-1] in _TAGS and (n - 1) in commas:
        return n - 1
    if (
        n > 3
        and norms[-1] in {"right", "correct"}
        and norms[-3:-1] in {("i", "get"), ("i", "got"), ("is", "that"), ("get", "that")}
    ):
        return n - 3
    return next(
        (at for at in (n - 3, n - 2) if at > 1 and is_tag(norms, at) and (at in commas or norms[at + 1] == "not")), 0
    )


def _what_how(norms: Sequence[str], at: int, mark: str, *, bare: bool = False) -> Ask | None:
    word, after = norms[at], norms[at + 1] if at + 1 < len(norms) else ""
    rest = norms[at + 1 :]
    if not rest:
        return Ask("fragment", "bare", False, at) if mark == "?" else None
    if after in {"about", "if"} and len(rest) > 1:
        proposal = rest[1] in {"we", "trying", "i"} or rest[1].endswith("ing") or (rest[1] == "you" and after == "if")
        proposal = proposal or (rest[1] == "if" and len(rest) > 2 and rest[2] in {"we", "i", "you"})
        return Ask("suggestion", "what-if", True, at) if proposal else Ask("open", "what-about", True, at)
    if word == "how" and after in {"come"}:
        return Ask("open", "why", True, at)
    if word == "how" and after in _MEASURES:
        asks = mark == "?" or len(rest) < 4 or any(inverted(norms, i, head=True) for i in range(at + 2, min(at + 6, len(norms))))
        if not asks:
            return None
        return Ask("closed", "how-much", True, at)
    if word == "how" and after in {
        "sure",
        "confident",
        "ready",
        "likely",
        "important",
        "certain",
        "strong",
        "worried",
        "hard",
        "comfortable",
        "willing",
    }:
        scaled = bool(_SCALES & set(norms))
        if inverted(norms, at + 2, head=True) or scaled:
            return Ask("closed", "scale", True, at) if scaled else Ask("open", "what-how", True, at)
    if word == "what" and (
        after in _PICKS
        or rest[:2] in (("is", "your"), ("was", "the"), ("is", "the"))
        and len(rest) > 2
        and rest[2] in _PICKS | {"name", "phone", "birthday"}
    ):
        return Ask("closed", "what-number", True, at)
    if word == "what" and after in {"a", "an"}:
        return None
    if after in classes("subj") | {"your", "my", "this", "that", "the", "these", "those", "to"}:
        return Ask("open", "what-how-plain-order", False, at) if (mark == "?" and len(rest) > 1) or (bare and len(rest) > 3) else None
    if word == "how" and not inverted(norms, at + 1, head=True):
        later = any(
            inverted(norms, i, head=False) or norms[i] in {"is", "are", "was", "does"}
            for i in range(at + 2, min(at + 6, len(norms)))
        )
        if not later and mark != "?":
            return None
    told = mark in {".", "!"} and after not in classes("aux") | {"else", "kind", "sort"} and {"is", "was", "are", "were"} & set(rest[1:])
    if word == "what" and (told or (after in _CLEFTS and mark != "?" and {"is", "was"} & set(rest[1:]))):
        return None
    if len(rest) == 1 and after not in {"else", "happened", "helps", "changed", "hurts", "worries"}:
        return Ask("fragment", "bare", False, at) if mark == "?" else None
    return Ask("open", "what-how", True, at)


def _wondering(norms: Sequence[str], at: int, mark: str) -> Ask | None:
    """Read *I wonder what …*, *I'm curious how …*, *I'd love to hear about …*."""
    text = norms[at : at + 12]
    if not text or text[0] != "i":
        return None
    for i, word in enumerate(text[1:9], 1):
        if word in {"wonder", "wondering", "wondered", "curious"} or (
            word in {"hear", "know", "understand", "learn", "ask", "find", "see"}
            and {"like", "love", "want", "interested"} & set(text[:i])
        ):
            ahead = text[i + 1 : i + 5]
            asks = [
                w
                for w in ahead
                if w in {"what", "how", "why", "if", "whether", "about", "more", "your", "where", "who", "when"}
            ]
            if not asks:
                return None
            if asks[0] in {"if", "whether"}:
                return Ask("wonder", "i-wonder", False, at) if mark == "?" else None
            if word in {"wonder", "wondering", "curious"} or asks[0] in {"more", "what", "how", "about"}:
                sure = word not in {"see", "find"} and "you" not in text[:i]
                return Ask("open", "i-wonder", sure, at)
    return None


def _instructs(norms: Sequence[str], at: int) -> bool:
    """Return whether a request is for a movement here and now: *could you lie down*."""
    while at < len(norms) and norms[at] in {"please", "just", "now", "also", "maybe"}:
        at += 1
    return at < len(norms) and norms[at] in classes("instructor2")


def _closed(norms: Sequence[str], at: int, mark: str) -> Ask | None:
    word = norms[at]
    if word in {"when", "where", "who", "which", "whose", "whom"}:
        asks = (
            inverted(norms, at + 1, head=True)
            or (mark == "?" and len(norms) > at + 1)
            or (word == "which" and any(inverted(norms, i, head=False) for i in range(at + 2, min(at + 5, len(norms)))))
        )
        if word == "when" and not inverted(norms, at + 1, head=False):
            asks = False
        if (
            word in {"who", "which"}
            and mark != "?"
            and norms[at + 1 : at + 2]
            and norms[at + 1] in {"is", "was", "are", "were"}
        ):
            asks = False  # "which is hard": goes on from what was said
        return Ask("closed", "when-where-which", mark == "?" or asks, at) if asks else None
    if word in {"any", "anything", "anyone", "anybody"}:
        return Ask("closed", "any", mark == "?", at) if mark == "?" or len(norms) - at <= 6 else None
    if norms[at : at + 2] == ("am", "i") and {"right", "wrong", "close", "hearing", "understanding", "getting"} & set(norms[at:]):
        return Ask("tag", "check", True, at)
    if word in {"can", "could", "will", "would"} and norms[at + 1 : at + 2] == ("you",) and _instructs(norms, at + 2):
        return None
    if word == "is" and norms[at + 1 : at + 2] == ("not",) and mark != "?":
        return None
    if inverted(norms, at, head=True) and mark != "!":
        return Ask("closed", "verb-first", True, at)
    if word in classes("aux") and mark == "?" and len(norms) - at > 2:
        return Ask("closed", "verb-first", True, at)
    return None


def _at(norms: Sequence[str], at: int, mark: str, commas: frozenset[int] = frozenset(), *, bare: bool = False) -> Ask | None:
    word = norms[at]
    if length := request_length(norms, at):
        following = norms[at + length : at + length + 1]
        if (
            not following
            or following[0] in {"if", "when", "to", "right", "immediately", "as", "whenever", "the"}
            and word in {"tell", "show"}
            and following[0] != "the"
        ):
            return None
        if at + length in commas:
            return None
        return Ask("open", "tell-me", True, at)
    if word in {"what", "how"}:
        return _what_how(norms, at, mark, bare=bare)
    if word == "why":
        following = norms[at + 1 : at + 4]
        if following[:1] == ("do",) and following[1:2] == ("not",) and following[2:3] in (("you",), ("we",)):
            return Ask("suggestion", "why-not", True, at)
        if not following:
            return Ask("fragment", "bare", False, at) if mark == "?" else None
        return Ask("open", "why", True, at) if inverted(norms, at + 1, head=True) or mark == "?" else None
    return _wondering(norms, at, mark) or _closed(norms, at, mark)


def _after_comma(norms: Sequence[str], at: int, mark: str) -> Ask | None:
    """Read a question that begins after a comma; without a mark the order of words must leave no doubt."""
    asks = mark == "?" or request_length(norms, at) or norms[at] not in classes("wh") | classes("aux")
    if norms[at] in classes("aux"):
        asks = inverted(norms, at, head=mark == "?")
    elif norms[at] in classes("wh"):
        asks = asks or inverted(norms, at + 1, head=False)
    return _at(norms, at, mark) if asks else None


def _inside(norms: Sequence[str], quoted: frozenset[int]) -> Ask | None:
    """Read *on how many days did you* and *what number would you*: this order of words only asks, wherever it stands."""
    for at in range(1, len(norms) - 2):
        if norms[at] in {"what", "how", "which", "whose"} and at not in quoted:
            for aux in range(at + 1, min(at + 4, len(norms))):
                if inverted(norms, aux, head=False) and norms[aux + 1] in classes("subj"):
                    return _at(norms, at, "?")
    return None


def form_of(segment: Segment) -> Ask | None:
    """Return the question that a segment asks, or None."""
    norms, mark = segment.norms, segment.mark
    tag = _tag(norms, segment.commas)
    if tag:
        return Ask("tag", "tag", True, tag)
    for at in dict.fromkeys([segment.head, 0]):
        if at not in segment.quoted and (found := _at(norms, at, mark, segment.commas, bare=segment.bare and not at)) is not None and (found.form != "fragment" or not at):
            return found
    for at in sorted(segment.commas):
        if at < len(norms) and at not in segment.quoted and (found := _after_comma(norms, at, mark)) is not None:
            return found
    inside = _inside(norms, segment.quoted)
    if inside is not None:
        return inside
    if mark == "?" and (len(norms) - segment.head > 2 or any(w not in classes("lead") | classes("functional") for w in norms)):
        return Ask("declared", "question-mark", False, segment.head)
    return None
