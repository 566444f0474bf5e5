"""From what is seen to the thirteen scored names, as rule 9 of the decision rules maps them, and the main behavior."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.reading import Reply
from alliance_kit.grading.talk.seen import Seen

__all__ = ["SCORED", "scored_labels"]

SCORED = (
    "open_question", "closed_question", "simple_reflection", "complex_reflection", "information",
    "advice_with_permission", "advice_without_permission", "affirmation", "autonomy_support", "empathy", "jargon",
    "confrontation", "false_reassurance",
)  # fmt: skip
_COUNTS_AS = {
    "validation": "empathy",
    "normalising": "empathy",
    "blame": "confrontation",
    "shaming": "confrontation",
    "stigmatising": "confrontation",
    "offer_choice": "autonomy_support",
    "collaboration_bid": "autonomy_support",
    "explaining_why": "information",
    "commanding": "advice_without_permission",
}


def scored_labels(reply: Reply, seen: Sequence[Seen]) -> set[str]:
    """Return the scored names, a bare `question` where a statement asks by its mark, and `main:<behavior>`."""
    found = {_COUNTS_AS.get(one.label, one.label) for one in seen} & set(SCORED)
    if any(piece.ask and piece.ask.form in {"declared", "wonder", "suggestion", "tag", "fragment"} for piece in reply.pieces):
        found.add("question")
    return found | {f"main:{_main(reply, found)}"}


def _main(reply: Reply, found: set[str]) -> str:
    asks = bool(found & {"open_question", "closed_question"})
    reflects = bool(found & {"simple_reflection", "complex_reflection"})
    tells = bool(found & {"information", "advice_with_permission", "advice_without_permission"})
    if asks or ("question" in found and not reflects):
        return "question"
    if reflects and tells:
        best_back = max((p.reflection for p in reply.statements), default=0.0)
        best_forth = max((p.input for p in reply.statements), default=0.0)
        return "reflection" if best_back >= best_forth else "therapist_input"
    return "reflection" if reflects else "therapist_input" if tells else "question" if "question" in found else "other"
