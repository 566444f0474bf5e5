"""Grading: `grade(exercise, response, context) -> Feedback`, pure and offline.

Same input, same output, under any hash seed; no clock, no I/O; never raises on what a learner wrote. Points are
formative. Reflections, self-ratings and worked examples are not graded at all: their feedback is empty.
"""

from __future__ import annotations

from alliance_kit.grading.conversation import grade_conversation, turn_finding
from alliance_kit.grading.drills import grade_drill
from alliance_kit.grading.version import GRADER
from alliance_kit.model import AnyExercise, Context, DrillSet, Feedback, GoalCase, Response, Scenario

__all__ = ["GRADER", "grade", "turn_finding"]

_NOTHING = Context()


def grade(exercise: AnyExercise, response: Response, context: Context = _NOTHING) -> Feedback:
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
    if isinstance(exercise, Scenario):
        return grade_conversation(exercise, response, context)
    if isinstance(exercise, DrillSet):
        return grade_drill(exercise, response, context)
    if isinstance(exercise, GoalCase):
        from alliance_kit.grading.goals import grade_goal  # noqa: PLC0415 — its lexicons load only where a goal is read

        return grade_goal(exercise, response, context)
    return Feedback(exercise.id, GRADER)
