"""Goals."""

from alliance_kit.grading.goals.criteria import CRITERIA, Reader, Verdict, verdicts


def judge(goals: list[str]) -> list[dict[str, int | None]]:
    return [{name: v.points for name, v in verdicts(goal).items()} for goal in goals]
