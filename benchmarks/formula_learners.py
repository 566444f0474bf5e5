"""What formulas earn with the listening patient, against an honest clumsy learner and an excellent one.

A formula learner types one template at every turn. Where a step of care takes no typed words, everybody chooses the
first strong line. Run from the repository: ``python benchmarks/formula_learners.py`` prints the table of
docs/measured.md; the scripts of the two honest learners are in tests/data/typed_learners.csv.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from alliance_kit import simulation  # noqa: E402 — works from a bare clone
from alliance_kit.grading.words import plain_words  # noqa: E402 — as above
from alliance_kit.hearing import Listener  # noqa: E402 — as above
from alliance_kit.model import Scenario  # noqa: E402 — as above
from alliance_kit.simulation import Move, Position, State  # noqa: E402 — as above
from alliance_kit.workbook import load_exercise  # noqa: E402 — as above

SCENARIOS = ("low-back-first-visit", "knee-plateau", "work-injury-trust")
SCRIPTS = ROOT / "tests" / "data" / "typed_learners.csv"
HONEST = ("clumsy", "excellent")
LAST_WORDS = 5
BAG = "empathy validation listening hear feel understand goal together choice safe trust plan worry strength permission"

BY_HEART = (
    "What matters most to you today?",
    "That must be frightening.",
    "No wonder you are careful with it.",
    "You kept going through all of this.",
    "How far we go is up to you.",
    "What worries you most about it?",
    "I rushed you, and I am sorry.",
    "Shall we plan the next step together?",
    "Many people feel that way at first. How is it for you?",
    "The reason I ask is that it helps us choose.",
    "You notice what your body tells you, and you act on it.",
    "What would you like to get back to?",
    "So it is hard, and you carry it alone.",
    "I will call you on Friday to hear how it went.",
)
"""Fourteen different good lines that take up nothing of what the patient says: not one formula, but no listening."""

Learner = Callable[[Position, Sequence[Move]], str]
"""What types: from the patient's line and the moves so far to the next words."""


def last_words(position: Position) -> str:
    """Return the last words of the patient, without what she does."""
    spoken = position.line
    while "[" in spoken and "]" in spoken[spoken.index("[") :]:
        start = spoken.index("[")
        spoken = spoken[:start] + spoken[spoken.index("]", start) + 1 :]
    return " ".join(plain_words(spoken)[-LAST_WORDS:])


def _template(text: str) -> Learner:
    return lambda position, _: text.format(last=last_words(position))


def _in_turn(*texts: str) -> Learner:
    return lambda position, moves: texts[len(moves) % len(texts)].format(last=last_words(position))


ECHO, SENSE, LEAVE = (
    "It sounds like {last}.",
    "That makes sense. What matters most to you?",
    "Would it be okay if {last}?",
)
FORMULAS: dict[str, Learner] = {
    "echo: It sounds like …": _template(ECHO),
    "sense: That makes sense. What matters most to you?": _template(SENSE),
    "leave: Would it be okay if …?": _template(LEAVE),
    "the three in turn": _in_turn(ECHO, SENSE, LEAVE),
    "more: Tell me more about …": _template("Tell me more about {last}."),
    "hear: I hear you. … That must be hard.": _template("I hear you. {last}. That must be hard."),
    "bag of key words": _template(BAG),
    "praise at every turn": _template("You are doing so well, I am really proud of you. Great job with {last}!"),
    "seven in turn": _in_turn(
        ECHO,
        SENSE,
        LEAVE,
        "Tell me more about {last}.",
        "I hear you. {last}. That must be hard.",
        "You kept going with {last}. That took strength.",
        "What would you like to do about {last}?",
    ),
}


def scripted(scenario_id: str, learner: str) -> Learner:
    """Return the learner of a script: one line a scene, another when the patient asked back."""
    with SCRIPTS.open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if (r["scenario"], r["learner"]) == (scenario_id, learner)]
    says = {row["scene"]: (row["says"], row["then"] or row["says"]) for row in rows}

    def type_(position: Position, moves: Sequence[Move]) -> str:
        again = bool(moves) and moves[-1].after.scene == moves[-1].before.scene
        return says[position.scene][again]

    return type_


@dataclass(frozen=True)
class Outcome:
    """How a typed talk ended, and how many of its turns were taken by choosing a line."""

    ending: str
    state: State
    turns: int
    chosen: int
    moves: tuple[Move, ...]

    @property
    def total(self) -> float:
        """Bond, goals and tasks together."""
        return round(self.state.bond + self.state.goals + self.state.tasks, 2)


def talk(scenario: Scenario, level: int, learner: Learner) -> Outcome:
    """Let a learner type through a talk; where words are not taken, the first strong line is chosen."""
    listener, position, moves, chosen = Listener(scenario), simulation.begin(scenario, level), [], 0
    while not position.over:
        move = listener.hear(moves, position, learner(position, moves)).move
        if move is None:
            replies = scenario.scenes[position.scene].replies
            move = simulation.step(scenario, position, next(r.id for r in replies if r.quality == "strong"))
            chosen += 1
        moves.append(move)
        position = move.after
    return Outcome(simulation.ending_of(scenario, position.state), position.state, len(moves), chosen, tuple(moves))


def outcomes(scenario: Scenario, level: int) -> dict[str, Outcome]:
    """Return what every learner reaches in one talk."""
    others = {"fourteen good lines by heart": _in_turn(*BY_HEART)}
    others |= {name: scripted(scenario.id, name) for name in HONEST}
    return {name: talk(scenario, level, learner) for name, learner in (FORMULAS | others).items()}


def table() -> str:
    """Return the table of docs/measured.md: endings and sums over all levels, a column a talk."""
    talks = [load_exercise(name) for name in SCENARIOS]
    lines = ["| learner | " + " | ".join(SCENARIOS) + " |", "|---|" + "---|" * len(SCENARIOS)]
    cells: dict[str, list[str]] = {}
    for scenario in talks:
        by_level = [outcomes(scenario, level) for level in simulation.levels_of(scenario)]
        for name in by_level[0]:
            reached = [f"{each[name].total:.1f} {each[name].ending}" for each in by_level]
            cells.setdefault(name, []).append(" · ".join(reached))
    return "\n".join([*lines, *(f"| {name} | " + " | ".join(row) + " |" for name, row in cells.items())])


if __name__ == "__main__":
    print(table())
