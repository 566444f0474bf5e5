"""What is weighed in a statement: its cues, how it begins, who it is about, what it shares with the patient's line."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from itertools import pairwise

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.meaning import Line, content, feeling_places
from alliance_kit.grading.talk.patterns import Hit
from alliance_kit.grading.talk.segments import Segment

__all__ = ["features", "reply_features"]


_GROUPS = ("person1", "person2", "person12", "person3", "hardship", "neg", "number", "unit")
_PASTS = frozenset({
    "ate", "became", "began", "bent", "blew", "bore", "bought", "brought", "broke", "built", "burnt", "came", "caught",
    "chose", "cut", "did", "drank", "drew", "drove", "fell", "felt", "flew", "forgot", "fought", "found", "gave", "got",
    "grew", "heard", "held", "hid", "hit", "hurt", "kept", "knew", "laid", "lay", "led", "left", "let", "lost", "made",
    "meant", "met", "paid", "put", "ran", "rang", "read", "rode", "rose", "said", "sat", "saw", "sent", "shut", "slept",
    "slipped", "sold", "spent", "spoke", "stood", "stuck", "swam", "taught", "thought", "threw", "told", "took", "tore",
    "understood", "went", "woke", "won", "wore", "wrote",
})  # fmt: skip
"""Past forms without *-ed*: what happened to somebody is told more often than what they should do."""
_LINKS = frozenset({"and", "but", "yet", "while", "then", "so", "instead", "still", "though"})
_ENDS = {"": "open", ";": "."}


@functools.cache
def _head_words() -> frozenset[str]:
    groups = ("functional", "subj", "person1", "person2", "person12", "person3", "det", "prep", "conj", "aux")
    return frozenset().union(*(classes(group) for group in groups))


def _shape(word: str) -> str:
    """Return the word itself if it is a function word, else what kind of word it is."""
    if word in _head_words():
        return word
    if word[0].isdigit() or word in classes("number"):
        return "<number>"
    if word in classes("imperative"):
        return "<base>"
    if word.endswith("ing"):
        return "<ing>"
    if word.endswith("ed") or word in _PASTS:
        return "<ed>"
    return "<word>"


def features(segment: Segment, hits: Sequence[Hit], line: Line, *, form: str, goes_on: bool) -> Iterator[str]:
    """Yield the names of what is seen in a statement, each once; the weights of `talk_weights.csv` are theirs."""
    norms = segment.norms
    words = set(norms)
    yield from dict.fromkeys(f"cue {hit.tag}" for hit in hits)
    yield from _opening(segment)
    yield f"size {_step(len(norms) - segment.head, (1, 2, 4, 7, 11, 17, 26))}"
    yield from (f"has {word}" for word in sorted(words & classes("weighed")))
    yield from (f"has <{group}>" for group in _GROUPS if not words.isdisjoint(classes(group)))
    if "your" in words:
        yield "has your"
    yield from _persons(norms)
    yield f"ends {_ENDS.get(segment.mark, segment.mark)}"
    yield f"form {form}"
    if goes_on:
        yield "goes on"
    yield from _build(norms, segment.head)
    if feeling_places(norms):
        yield "feeling"
    yield from _shared(segment, line)


def _opening(segment: Segment) -> Iterator[str]:
    body = segment.norms[segment.head :]
    yield f"begins {_shape(body[0])}"
    if len(body) > 1:
        yield f"begins {_shape(body[0])} {_shape(body[1])}"
    yield f"after {segment.norms[0]}" if segment.head else "no filler"


def _build(norms: Sequence[str], head: int) -> Iterator[str]:
    """Yield how the sentence is built: without a verb, with two sides, with *you* twice, with something past."""
    body = norms[head:]
    verbs = classes("verbish")
    if not any(word in verbs or word in _PASTS or word.endswith(("ed", "ing")) for word in body):
        yield "no verb"
    yours = [at for at, word in enumerate(body) if word in {"you", "your"}]
    if len(yours) > 1:
        yield "you twice"
        if not _LINKS.isdisjoint(body[yours[0] : yours[-1]]):
            yield "two sides of you"
    if any(word in _PASTS or word.endswith("ed") for word in body):
        yield "past"


def _persons(norms: Sequence[str]) -> Iterator[str]:
    """Yield who it is about, and what follows the first *you*."""
    after_you = next((second for first, second in pairwise(norms) if first == "you" and second != "know"), "")
    if after_you:
        yield f"you {_shape(after_you)}"
    you, me = classes("person2"), classes("person1") | classes("person12")
    first = next((word for word in norms if word in you or word in me), "")
    yield "no person" if not first else "first person is you" if first in you else "first person is i or we"


def reply_features(segments: Sequence[Segment], asks: Sequence[bool], line: Line) -> list[str]:
    """Return what every statement of a reply shares: how long it is, whether it asks, how long the line was."""
    total = sum(len(segment.norms) for segment in segments)
    return [
        "reply asks" if any(asks) else "reply tells",
        f"reply {_step(total, (3, 8, 15, 30, 60))}",
        f"line {_step(len(line.norms), (0, 2, 6, 15, 40))}",
    ]


def _step(count: int, limits: tuple[int, ...]) -> str:
    return next((f"up to {limit}" for limit in limits if count <= limit), "long")


def _shared(segment: Segment, line: Line) -> Iterator[str]:
    if not line.known:
        yield "line is short"
        return
    if line.concern:
        yield "line voices a concern"
    others = classes("person3").intersection(segment.norms)
    if others and not others.isdisjoint(line.norms):
        yield "the same others"
    if line.asks:
        yield "line asks"
    if line.asks_advice:
        yield "line asks advice"
    own = len(content(segment.norms))
    shared = len(line.shares(segment.norms))
    if not own:
        yield "no content"
    elif not shared:
        yield "shares nothing"
    else:
        yield "shares half" if shared * 2 >= own else "shares some"
