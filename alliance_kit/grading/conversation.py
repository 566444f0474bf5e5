"""What a turn of a conversation shows: the finding an author wrote for the reply, with the words that did it."""

from __future__ import annotations

from collections.abc import Mapping

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError
from alliance_kit.grading.version import GRADER
from alliance_kit.model import Context, Feedback, Finding, Level, Quality, Reply, Response, Scenario, Span

MAX_FINDING_WORDS = 60
"""What an opened finding may take: the words that did it, why, and a line to try. The rest waits for the debrief."""
LEVEL_OF: Mapping[Quality, Level] = {"strong": "met", "workable": "partly", "poor": "not_seen"}


def turn_finding(scenario: Scenario, reply: Reply) -> Finding:
    """Return the one finding on a reply that most changes the next turn.

    Its span lies in `reply.say`; it carries no points: a conversation is never a mark.
    """
    start = reply.say.find(reply.words) if reply.words else -1
    spans = (Span(start, start + len(reply.words)),) if start >= 0 else ()
    return Finding(
        criterion=reply.skills[0] if reply.skills else "turn",
        level=LEVEL_OF[reply.quality],
        rule=f"reply/{scenario.id}/{reply.id}",
        why=reply.why,
        spans=spans,
        try_instead=reply.try_instead or _another_way(scenario, reply),
        source=", ".join(reply.source),
    )


def _another_way(scenario: Scenario, reply: Reply) -> str:
    """Return another good line for the same turn, where the feedback stays short with it; empty when there is none."""
    scene = next((scene for scene in scenario.scenes.values() if reply in scene.replies), None)
    room = MAX_FINDING_WORDS - len(reply.words.split()) - len(reply.why.split())
    others = (other for other in (scene.replies if scene else ()) if other != reply and other.act is None)
    return next((other.say for other in others if other.quality == "strong" and len(other.say.split()) <= room), "")


def grade_conversation(exercise: Scenario, response: Response, context: Context) -> Feedback:  # noqa: ARG001 — one signature for all graders
    """Return the findings on a run, a finding a turn; `response.answer` is ``{"replies": [reply ids]}``.

    A reply that the scenario does not have ends the reading there and is named, never raised.
    """
    findings: list[Finding] = []
    position = simulation.begin(exercise)
    for reply_id in _reply_ids(response.answer):
        try:
            move = simulation.step(exercise, position, reply_id)
        except ExerciseFileError as fault:
            findings.append(Finding("turn", "unsure", "conversation/unknown-reply", str(fault)))
            break
        findings.append(turn_finding(exercise, move.reply))
        position = move.after
    if position.over:
        findings.extend(
            Finding(f"safety/{item.id}", "not_seen", f"safety/{exercise.id}/{item.id}", item.missed)
            for item in simulation.safety_gaps(exercise, position.state)
        )
    next_step = next((f.try_instead for f in findings if f.level != "met" and f.try_instead), "")
    return Feedback(exercise.id, GRADER, tuple(findings), next_step=next_step)


def _reply_ids(answer: object) -> list[str]:
    replies = answer.get("replies") if isinstance(answer, dict) else None
    return [r for r in replies if isinstance(r, str)] if isinstance(replies, list) else []
