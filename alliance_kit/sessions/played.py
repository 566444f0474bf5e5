"""One turn of a talk as it was played and shown, from the journal and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError
from alliance_kit.grading import turn_finding
from alliance_kit.hearing import Heard, reply_from
from alliance_kit.journal import Turn
from alliance_kit.model import AnyExercise, Finding, Scenario
from alliance_kit.plain import Json
from alliance_kit.simulation import END, Move, Position

NOT_SHOWN = "The journal no longer holds all of this talk, so it cannot be shown. Begin a new one."


@dataclass(frozen=True, slots=True)
class Played:
    """One turn; `index` is its number in the journal, and the first finding is what the patient reacted to."""

    index: int
    move: Move
    findings: tuple[Finding, ...]
    confidence: float | None = None

    @property
    def finding(self) -> Finding:
        """The finding that most changed the next turn."""
        return self.findings[0]

    @property
    def typed(self) -> bool:
        """Whether the learner typed her own words."""
        return self.move.typed is not None

    def fields(self, scenario: Scenario) -> dict[str, Json]:
        """Return what the journal keeps of it, by the names of `Journal.add_turn`."""
        before, after, reply = self.move.before, self.move.after, self.move.reply
        return {
            "index": self.index,
            "scene": before.scene,
            "line": before.line,
            "reply": "" if self.typed else reply.id,
            "said": reply.say,
            "act": None if self.typed else reply.act,
            "answer_line": after.line,
            "reached": after.scene,
            "state_before": before.state,
            "state_after": after.state,
            "ended": simulation.ending_of(scenario, after.state) if after.over else None,
            "confidence": self.confidence,
            "findings": self.findings,
            "typed": self.move.typed,
        }


def chosen(scenario: Scenario, moves: Sequence[Move], position: Position, reply_id: str) -> Heard:
    """Return what an offered reply does, in the form in which typed words come back too.

    What typed words had her say already in one of `moves` she does not say again.

    Raises
    ------
    ExerciseFileError: there is no such reply here.
    """
    reply = simulation.reply_of(scenario, position, reply_id)
    finding = turn_finding(scenario, reply)
    if any(move.typed is not None and reply.answers and move.reply.answers == reply.answers for move in moves):
        reply = replace(reply, answers="")
    return Heard(simulation.take(scenario, position, reply), (finding,))


def from_turn(scenario: AnyExercise, turn: Turn) -> Played:
    """Return a turn as it was shown: words, states and findings from the journal, not computed anew.

    Raises
    ------
    ExerciseFileError: the turn is not one of this talk.
    """
    after = Position(turn.reached or END, turn.answer_line, turn.after)
    before = Position(turn.scene, turn.line, turn.before)
    if not isinstance(scenario, Scenario) or not (after.over or after.scene in scenario.scenes):
        raise ExerciseFileError(NOT_SHOWN)
    if turn.typed is not None:
        reply = reply_from(turn.said, turn.typed)
    else:
        reply = simulation.reply_of(scenario, before, turn.reply)
    findings = turn.findings or (turn_finding(scenario, reply),)
    return Played(turn.index, replace(Move(before, reply, after), typed=turn.typed), findings, turn.confidence)
