"""Questions that begin with *what, how, why* or *I wonder*: open, closed, or only looking like a question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from alliance_kit.grading.talk.inversion import inverted
from alliance_kit.grading.talk.lexicon import classes

__all__ = ["Ask", "Form", "Place", "is_rhetorical", "what_or_how", "why", "wondering"]

Form = Literal["open", "closed", "wonder", "declared", "fragment", "suggestion", "tag"]
_BE = frozenset({"is", "was", "are", "were"})
_THINGS = frozenset({"your", "my", "this", "that", "the", "these", "those", "to"})
_PAIRS = frozenset({"else", "happened", "helps", "changed", "hurts", "worries"})
_HELPING = frozenset({"help", "useful", "good", "great", "helpful", "nice", "interesting"})
_PLEASED = frozenset({"glad", "happy"})
_WONDERS = frozenset({"wonder", "wondering", "wondered", "curious"})
_LEARNS = frozenset({"hear", "know", "understand", "learn", "ask", "find", "see"})
_WISHES = frozenset({"like", "love", "want", "interested", "trying", "need", "hoping", "keen", "glad", "happy"})
_STRESSES = frozenset(
    {"on", "in", "earth", "the", "hell", "heck", "world", "exactly", "then", "else", "though", "ever"}
)
_POINTLESS = frozenset({"point", "use", "sense", "good"})
_UNBEARABLE = frozenset({
    "argue", "bear", "begrudge", "blame", "concentrate", "cope", "cry", "eat", "enjoy", "fault", "laugh", "like",
    "relax", "rest", "sleep", "smile", "stand", "stomach", "swallow", "want",
})  # fmt: skip
"""*Who could sleep with that coming?* asks nothing; *who could drive you?* does."""
_CRY = 6
"""Words: *are you serious right now* is a cry; *are you serious about the marathon in May* asks."""
_ANYBODY = frozenset({"anyone", "anybody", "person"})
_ASKED = frozenset({"what", "how", "why", "if", "whether", "about", "more", "your", "where", "who", "when"})
_LEAVE = frozenset({("can", "i"), ("could", "i"), ("may", "i"), ("let", "me"), ("might", "i")})
_PERMITS = frozenset({"you", "we", "can", "could", "would", "will", "might", "tell"})


class Ask(NamedTuple):
    """A question found: its form, the rule's short name, whether the form is sure, and the place of its first word."""

    form: Form
    rule: str
    sure: bool
    first: int


class Place(NamedTuple):
    """Where a question may begin: the words, the place, how the sentence ends, whether it has no signs at all."""

    norms: Sequence[str]
    at: int
    mark: str
    bare: bool = False

    @property
    def rest(self) -> tuple[str, ...]:
        """The words after the first."""
        return tuple(self.norms[self.at + 1 :])

    def inverted_within(self, first: int, last: int, *, head: bool) -> bool:
        """Return whether auxiliary + subject stands between these places."""
        return any(inverted(self.norms, i, head=head) for i in range(first, min(last, len(self.norms))))


def is_rhetorical(norms: Sequence[str], at: int) -> bool:
    """Return whether a question answers itself: *who wouldn't*, *how could anyone*, *what's the point of*."""
    words = tuple(norms[at : at + 6])
    if words[:1] == ("who",):
        able = bool({"can", "could", "would"} & {*words[1:2]})
        denied = words[2:3] == ("not",) and words[1] in classes("aux")
        return words[1:2] == ("ever",) or denied or (able and bool(_UNBEARABLE & {*words[2:4]}))
    if words[:1] == ("how",):
        able = bool({"can", "could", "is", "would"} & {*words[1:2]})
        return able and (bool(_ANYBODY & {*words[2:4]}) or (words[1] != "is" and words[3:4] == ("not",)))
    if words[:2] == ("what", "is") and words[2:3] == ("the",):
        return bool(_POINTLESS & {*words[3:4]}) and words[4:5] != ("to",)
    return (
        words[:2] == ("are", "you") and words[2:3] in {("serious",), ("kidding",), ("joking",)} and len(norms) < at + 6
    )


def what_or_how(place: Place) -> Ask | None:
    """Read a question that begins with *what* or *how*, or return None where it only looks like one."""
    at, rest = place.at, place.rest
    if not rest:
        return Ask("fragment", "bare", False, at) if place.mark == "?" else None
    if rest[0] in {"i", "my"} and (asked := _announced(place)):
        return Ask(asked, "i-wonder", True, at)
    if rest[0] in {"about", "if"} and len(rest) > 1:
        return Ask("suggestion", "what-if", True, at) if _proposes(rest) else Ask("open", "what-about", True, at)
    counted = _how_much(place) if place.norms[at] == "how" else _what_number(place)
    return counted or _opens(place)


def _announced(place: Place) -> Form | None:
    """Return the form of a question that is announced first: *what I'd like to know is how that fits in*."""
    verb = next((i for i, word in enumerate(place.rest[:8]) if word in _WONDERS | _WISHES | {"ask", "asking"}), None)
    if verb is None or "you" in place.rest[:verb]:
        return None
    for before, word in pairwise(place.rest[verb:]):
        if before in _BE and word in {"what", "how", "why"}:
            return "open"
        if before in _BE and word in {"if", "whether", "when", "where", "who", "which"}:
            return "closed"
    return None


def _opens(place: Place) -> Ask | None:
    at, rest = place.at, place.rest
    if rest[0] in classes("subj") | _THINGS:
        asks = (place.mark == "?" and len(rest) > 1) or (place.bare and len(rest) > 3)
        return Ask("open", "what-how-plain-order", False, at) if asks else None
    if _only_looks_so(place):
        return None
    if len(rest) == 1 and rest[0] not in _PAIRS:
        return Ask("fragment", "bare", False, at) if place.mark == "?" else None
    return Ask("open", "what-how", True, at)


def _proposes(rest: Sequence[str]) -> bool:
    """Return whether *what if*, *how about* brings a proposal: *what if we tried*, *how about going*."""
    second = rest[1]
    if second in {"we", "trying", "i"} or second.endswith("ing") or (second == "you" and rest[0] == "if"):
        return True
    return second == "if" and len(rest) > 2 and rest[2] in {"we", "i", "you"}


def _how_much(place: Place) -> Ask | None:
    at, rest = place.at, place.rest
    if rest[0] == "come":
        return Ask("open", "why", True, at)
    if rest[0] in classes("measure"):
        asks = place.mark == "?" or len(rest) < 4 or place.inverted_within(at + 2, at + 6, head=True)
        return Ask("closed", "how-much", True, at) if asks else None
    if rest[0] in classes("degree"):
        if classes("scale") & set(place.norms):
            return Ask("closed", "scale", True, at)
        if inverted(place.norms, at + 2, head=True):
            return Ask("open", "what-how", True, at)
    return None


def _what_number(place: Place) -> Ask | None:
    rest = place.rest
    named = rest[:2] in {("is", "your"), ("was", "the"), ("is", "the")} and len(rest) > 2 and rest[2] in classes("pick")
    picks = rest[0] in classes("pick") or named or bool({"0", "zero"} & set(rest) and {"10", "ten"} & set(rest))
    return Ask("closed", "what-number", True, place.at) if picks else None


def _only_looks_so(place: Place) -> bool:
    """Return whether this is a cry (*what a day*) or a clause that tells (*what matters to you is walking*)."""
    word, rest, at = place.norms[place.at], place.rest, place.at
    if place.mark == "?":
        return word == "what" and rest[0] in {"a", "an"}
    if word == "how":
        later = place.inverted_within(at + 2, at + 6, head=False) or bool(
            {"is", "are", "was", "does"} & set(place.norms[at + 2 : at + 6])
        )
        return not inverted(place.norms, at + 1, head=True) and not later
    if rest[0] in {"a", "an"}:
        return True
    if rest[0] in {"is", "was"}:
        return bool({"is", "was"} & set(rest[3:])) and rest[1:3] != ("it", "that")
    tells = place.mark in {".", "!"} and rest[0] not in classes("aux") | {"else", "kind", "sort"}
    return bool(_BE & set(rest[1:])) and (tells or rest[0] in classes("cleft"))


def why(place: Place) -> Ask | None:
    """Read a question that begins with *why*."""
    norms, at = tuple(place.norms), place.at
    if not place.rest:
        return Ask("fragment", "bare", False, at) if place.mark == "?" else None
    if norms[at + 1 : at + 4] in {("do", "not", "you"), ("do", "not", "we")}:
        return Ask("suggestion", "why-not", True, at)
    verb = at + 1
    while verb < len(norms) - 1 and norms[verb] in _STRESSES:
        verb += 1
    return Ask("open", "why", True, at) if inverted(norms, verb, head=True) or place.mark == "?" else None


def wondering(place: Place) -> Ask | None:
    """Read *I wonder what …*, *I'm curious how …*, *it would help to know how …*, *I wonder if you …*, *can I ask*."""
    text = tuple(place.norms[place.at : place.at + 12])
    if text[:2] in _LEAVE and text[2:3] == ("ask",) and (asked := {*text[3:5]} & {"what", "how", "why"}):
        counted = "how" in asked and bool(classes("measure") & {*text[4:6]})
        return Ask("closed" if counted else "open", "i-wonder", True, place.at)
    if not text or (text[0] != "i" and text[:2] not in {("it", "would"), ("it", "will"), ("that", "would")}):
        return None
    if text[0] != "i" and not _HELPING & {*text[2:4]}:
        return None
    for i, word in enumerate(text[1:9], 1):
        if word in _LEARNS and ("you" in text[:i] or (word == "see" and (_HELPING | _PLEASED) & set(text[:i]))):
            return None  # "I need you to know what comes next", "I'm glad to see how you walk"
        if word in _WONDERS or (word in _LEARNS and (_WISHES | _HELPING) & set(text[:i])):
            return _wondered(text, i, place)
    return None


def _wondered(text: tuple[str, ...], verb: int, place: Place) -> Ask | None:
    asked = next((w for w in text[verb + 1 : verb + 5] if w in _ASKED), "")
    if asked in {"if", "whether"}:
        permits = [w for w in text[verb + 1 : verb + 8] if w in _PERMITS]
        if len(permits) > 1 and permits[0] in {"you", "we"}:
            return Ask("open" if "tell" in permits else "closed", "i-wonder-if", place.mark == "?", place.at)
        return Ask("wonder", "i-wonder", False, place.at) if place.mark == "?" else None
    if asked and (text[verb] in _WONDERS or asked in {"more", "what", "how", "about"}):
        sure = text[verb] not in {"see", "find"} and "you" not in text[:verb]
        return Ask("open", "i-wonder", sure, place.at)
    return None
