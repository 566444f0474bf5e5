"""From what is seen to the thirteen scored names, as rule 9 of the decision rules maps them, and the main behavior.

Beside the names that `read_reply` shows, a reply as a whole is weighed: whether it mainly asks, reflects, tells or does
something else. That yields the bare names `question`, `reflection` and `input`, which claim no words of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from alliance_kit.grading.talk.features import features, reply_features
from alliance_kit.grading.talk.gate import own_content
from alliance_kit.grading.talk.lexicon import weights
from alliance_kit.grading.talk.reading import Reply
from alliance_kit.grading.talk.seen import Seen

__all__ = ["MAIN", "SCORED", "reply_measures", "scored_labels"]

SCORED = (
    "open_question", "closed_question", "simple_reflection", "complex_reflection", "information",
    "advice_with_permission", "advice_without_permission", "affirmation", "autonomy_support", "empathy", "jargon",
    "confrontation", "false_reassurance",
)  # fmt: skip
MAIN = ("question", "reflection", "therapist_input", "other")
_COUNTS_AS = {
    "validation": "empathy",
    "normalising": "empathy",
    "why_question": "confrontation",
    "blame": "confrontation",
    "shaming": "confrontation",
    "stigmatising": "confrontation",
    "offer_choice": "autonomy_support",
    "collaboration_bid": "autonomy_support",
    "explaining_why": "information",
    "commanding": "advice_without_permission",
}
_REFLECTIONS = frozenset({"simple_reflection", "complex_reflection"})
_INPUTS = frozenset({"information", "advice_with_permission", "advice_without_permission"})
_QUESTIONS = frozenset({"open_question", "closed_question"})
_BARE_FROM = {"question": -0.6, "reflection": -1.0, "input": -1.0}
"""Log-odds from which F1 on AnnoMI was best, five-fold by transcript group."""
KNOWN = 0.4
"""The same where the patient's line is known: below it, a bare reflection was mostly none in this project's replies."""
_REACH = 3.0


def scored_labels(reply: Reply, seen: Sequence[Seen]) -> set[str]:
    """Return the scored names, bare names of the reply as a whole, and `main:<behavior>`."""
    found = {_COUNTS_AS.get(one.label, one.label) for one in seen} & set(SCORED)
    measures = reply_measures(reply, found)
    return found | _bare(reply, measures) | {f"main:{_main(measures)}"}


def reply_measures(reply: Reply, found: AbstractSet[str]) -> dict[str, float]:
    """Return what is weighed in a reply as a whole: name → number."""
    asking = [piece for piece in reply.pieces if piece.asks]
    marked = any(piece.ask and not piece.asks and piece.mark_is_question for piece in reply.pieces)
    back = _within(max((piece.reflection for piece in reply.statements), default=-_REACH))
    forth = _within(max((piece.input for piece in reply.statements), default=-_REACH))
    words = sum(len(piece.norms) for piece in reply.pieces)
    asks = float(bool(asking))
    return _anywhere(reply) | {
        "always": 1.0,
        "asks": asks,
        "asks with mark": float(any(piece.mark_is_question for piece in asking)),
        "asks twice": float(len(asking) > 1),
        "ends asking": float(bool(reply.pieces) and reply.pieces[-1].asks),
        "statement with mark": float(marked),
        "best reflection": back,
        "best input": forth,
        "statement with mark x reflection": marked * back,
        "asks x reflection": asks * back,
        "asks x input": asks * forth,
        "under 4 words": float(words < 4),
        "over 25 words": float(words > 25),
        "over 60 words": float(words > 60),
        "reflection seen": float(bool(found & _REFLECTIONS)),
        "input seen": float(bool(found & _INPUTS)),
        "empathy seen": float("empathy" in found),
        "affirmation seen": float("affirmation" in found),
    }


def _anywhere(reply: Reply) -> dict[str, float]:
    """Return what is seen in any statement of a reply; few of these are weighed."""
    goes_on = reply.text.lstrip()[:1] in {"-", "\u2013", "\u2014"}
    names = set(
        reply_features([piece.segment for piece in reply.pieces], [piece.asks for piece in reply.pieces], reply.line)
    )
    for piece in reply.statements:
        form = piece.ask.form if piece.ask else "none"
        first = goes_on and piece is reply.pieces[0]
        names.update(features(piece.segment, piece.hits, reply.line, form=form, goes_on=first))
    return {f"any {name}": 1.0 for name in sorted(names)}


def _within(value: float) -> float:
    return max(-_REACH, min(_REACH, value))


def _weigh(kind: str, measures: Mapping[str, float]) -> float:
    known = weights().get(kind, {})
    return sum(known.get(name, 0.0) * value for name, value in measures.items())


def _bare(reply: Reply, measures: Mapping[str, float]) -> set[str]:
    names = {name for name, least in _BARE_FROM.items() if _weigh(f"reply {name}", measures) > least}
    if reply.line.known and _weigh("reply reflection", measures) < KNOWN:
        names.discard("reflection")  # where the patient's words are known, words that take them up are asked for
    if not any(piece.coherent and (own_content(piece) or piece.feels) for piece in reply.statements):
        names.discard("reflection")
    if any(piece.ask and piece.ask.form == "suggestion" for piece in reply.pieces):
        names.add("question")
    return names


def _main(measures: Mapping[str, float]) -> str:
    return max(MAIN, key=lambda name: _weigh(f"main {name}", measures))
