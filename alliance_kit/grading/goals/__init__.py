"""Reading a written goal on six criteria, by house rules, with the words that decided.

`judge` gives numbers for many goals, `read_goal` findings on one, `find_parts` its parts, `grade_goal` the feedback on
a goal case. Rules over word lists, standard library only; the same text always gives the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.goals.criteria import CRITERIA, verdicts
from alliance_kit.grading.goals.feedback import criterion_label, grade_goal, next_step, read_goal
from alliance_kit.grading.goals.parts import GoalParts, Part, find_parts
from alliance_kit.grading.goals.reader import Reader

__all__ = [
    "CRITERIA",
    "GoalParts",
    "Part",
    "criterion_label",
    "find_parts",
    "grade_goal",
    "judge",
    "next_step",
    "read_goal",
]


def judge(goals: Sequence[str]) -> list[dict[str, int | None]]:
    """Return the points of each goal by criterion: 2 met, 1 partly, 0 not seen, None where no rule decides.

    Parameters
    ----------
    goals : goal texts, of any length and alphabet; the first 4,000 characters of each are read

    Returns
    -------
    list of dicts with the keys `specific measurable achievable_context relevant time_bound patient_centred`
    """
    return [{name: verdict.points for name, verdict in verdicts(Reader(goal)).items()} for goal in goals]
