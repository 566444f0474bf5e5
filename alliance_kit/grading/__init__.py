"""Grading: `grade(exercise, response, context) -> Feedback`, pure and offline.

Same input, same output, under any hash seed; no clock, no I/O; never raises on what a learner wrote. Points are
formative. Reflections, self-ratings and worked examples are not graded at all: their feedback is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_kit.grading.version import GRADER

if TYPE_CHECKING:
    from alliance_kit.model import AnyExercise, Context, Feedback, Finding, Reply, Response, Scenario

__all__ = ["GRADER", "grade", "turn_finding"]


def turn_finding(scenario: Scenario, reply: Reply) -> Finding:
    """Return the one finding on an offered reply (see `alliance_kit.grading.conversation`)."""
    from alliance_kit.grading import conversation  # noqa: PLC0415 — a typed reply is read without it, see `grade`

    return conversation.turn_finding(scenario, reply)


def grade(exercise: AnyExercise, response: Response, context: Context | None = None) -> Feedback:
    """Return the feedback on a response.

    Parameters
    ----------
    exercise : the exercise that was answered
    response : what the learner did; the shape of `answer` depends on the kind, see the graders
    context : what the patient had said, and model answers already shown

    Returns
    -------
    Feedback with findings in the exercise's order; points are at most max_points
    """
    # Each grader is imported when it is needed: reading one typed reply must not wait for the goals' lexicons.
    from alliance_kit.model import Context, DrillSet, Feedback, GoalCase, Scenario  # noqa: PLC0415 — as above

    context = Context() if context is None else context
    if isinstance(exercise, Scenario):
        from alliance_kit.grading.conversation import grade_conversation  # noqa: PLC0415 — as above

        return grade_conversation(exercise, response, context)
    if isinstance(exercise, DrillSet):
        from alliance_kit.grading.drills import grade_drill  # noqa: PLC0415 — as above

        return grade_drill(exercise, response, context)
    if isinstance(exercise, GoalCase):
        from alliance_kit.grading.goals import grade_goal  # noqa: PLC0415 — as above

        return grade_goal(exercise, response, context)
    return Feedback(exercise.id, GRADER)
