"""Reading a clinician's reply: which ways of speaking are seen in it, how surely, and in which words.

Rules over word lists and small weights, standard library only; the same text always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.asking import read_questions
from alliance_kit.grading.talk.gate import sift
from alliance_kit.grading.talk.jargon import plain_words_for, read_jargon
from alliance_kit.grading.talk.reading import Reply, take_apart
from alliance_kit.grading.talk.scored import scored_labels
from alliance_kit.grading.talk.seen import Seen, Sureness
from alliance_kit.grading.talk.segments import Segment, cut
from alliance_kit.grading.talk.telling import read_statements
from alliance_kit.grading.talk.whole import read_whole

__all__ = ["Seen", "Sureness", "labels", "plain_words_for", "read_reply", "segments"]


def read_reply(text: str, context: str = "") -> tuple[Seen, ...]:
    """Return what is seen in a reply, in text order.

    Parameters
    ----------
    text : what the clinician said, any text of any length; the first 8,000 characters are read
    context : the patient's last line; without it a reflection is at most possible

    Returns
    -------
    tuple of Seen; each label once (jargon: each term), with the surer finding; what is not seen is absent
    """
    return _seen(_sifted(text, context))


def labels(texts: Sequence[str], contexts: Sequence[str]) -> list[set[str]]:
    """Return the scored labels of each reply, by rule 9 of the decision rules, with its main behavior.

    Parameters
    ----------
    texts, contexts : as for `read_reply`, of equal length

    Returns
    -------
    list of sets: the thirteen scored names, `question` where only the mark asks, and `main:` with the main behavior
    """
    replies = [_sifted(text, context) for text, context in zip(texts, contexts, strict=True)]
    return [scored_labels(reply, _seen(reply)) for reply in replies]


def segments(text: str) -> tuple[Segment, ...]:
    """Return a text cut into sentences and clauses, as the rules read it."""
    return cut(text)


def _sifted(text: str, context: str) -> Reply:
    reply = take_apart(text, context)
    sift(reply)
    return reply


def _seen(reply: Reply) -> tuple[Seen, ...]:
    jargon = list(read_jargon(reply, reply.text))
    parts = [*read_questions(reply), *read_statements(reply, jargon)]
    best: dict[str, Seen] = {}
    for seen in [*parts, *read_whole(reply, parts), *jargon]:
        name = seen.label if seen.label != "jargon" else f"jargon {seen.spans[0].start}"
        known = best.get(name)
        if known is None or (known.sure == "possible" and seen.sure == "clear"):
            best[name] = seen
    return tuple(sorted(best.values(), key=lambda seen: (seen.spans[0].start, seen.label)))
