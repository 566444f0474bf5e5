"""How synthetic learners talk with the simulated patients: the real engine, turn by turn."""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence

from alliance_kit import simulation
from alliance_kit.cohort.sample import _persona as people
from alliance_kit.cohort.sample._journal import SampleJournal, known_exercise
from alliance_kit.cohort.sample._persona import Persona, one_of
from alliance_kit.grading import turn_finding
from alliance_kit.model import Finding, Reply, Scenario
from alliance_kit.plain import Json, to_json
from alliance_kit.simulation import Move, Position

_RIGHT = {"strong": 1.0, "workable": 0.5, "poor": 0.0}
_SECOND_TRY = 0.25
"""What knowing the answer to one's first way adds to ability, where a talk is played on from one of its turns."""


@functools.lru_cache(maxsize=65_536)
def _finding(scenario_id: str, scene: str, reply_id: str) -> tuple[Finding, Json]:
    """Return the finding on a reply, and the same as plain JSON."""
    scenario = known_exercise(scenario_id)
    assert isinstance(scenario, Scenario)  # noqa: S101 — only talks ask
    reply = next(reply for reply in scenario.scenes[scene].replies if reply.id == reply_id)
    finding = turn_finding(scenario, reply)
    return finding, to_json(finding)


@functools.lru_cache(maxsize=4096)
def _asked(scenario_id: str, attempt: int) -> frozenset[str]:
    scenario = known_exercise(scenario_id)
    assert isinstance(scenario, Scenario)  # noqa: S101 — only talks ask
    return simulation.confidence_scenes(scenario, attempt)


class Talk:
    """One learner's tries at one talk."""

    def __init__(self, persona: Persona, journal: SampleJournal, scenario: Scenario, chance: random.Random) -> None:
        self.persona, self.journal, self.scenario, self.chance = persona, journal, scenario, chance
        self.able = persona.able(scenario.strategies, scenario.id)
        self.attempt = 0

    def play(self) -> None:
        """Play the talk one to three times, better each time; now and then go back to one turn; now and then stop."""
        tries = self.chance.choices((1, 2, 3), (0.55, 0.32, 0.13))[0]
        for number in range(tries):
            able = people.bounded(self.able + self.persona.learns * number)
            stops = self.chance.random() < 0.1 and number == tries - 1
            self.journal.wait(60 + 600 * self.chance.random())
            run, asked = self._start(None), _asked(self.scenario.id, self.attempt)
            first = simulation.begin(self.scenario)
            stop = self._turns_until_stop(2, 8) if stops else None
            moves = self._go_on(run, first, 0, asked=asked, able=able, stop=stop)
            if moves[-1].after.over and self.chance.random() < 0.3:
                self._branch(run, asked, moves, able)

    def _start(self, origin: tuple[str, int] | None) -> str:
        self.attempt += 1
        return self.journal.start_run(self.scenario.id, self.attempt, origin)

    def _turns_until_stop(self, least: int, more: int) -> int:
        return least + int(more * self.chance.random())

    def _branch(self, run: str, asked: frozenset[str], moves: Sequence[Move], able: float) -> None:
        """Go back to a turn, rather one that went badly, and say something else there."""
        turn = self.chance.choices(range(len(moves)), [1.2 - _RIGHT[move.reply.quality] for move in moves])[0]
        stop = self._turns_until_stop(1, 3) if self.chance.random() < 0.25 else None
        self.journal.wait(20)
        other = self._start((run, turn))
        able = people.bounded(able + _SECOND_TRY)
        self._go_on(other, moves[turn].before, turn, asked=asked, able=able, stop=stop, said=moves[turn].reply)

    def _go_on(
        self,
        run: str,
        position: Position,
        index: int,
        *,
        asked: frozenset[str],
        able: float,
        stop: int | None,
        said: Reply | None = None,
    ) -> list[Move]:
        """Play from a position to the end, or for `stop` turns, and return the moves; `said` is not said again."""
        moves: list[Move] = []
        while not position.over and (stop is None or len(moves) < stop):
            reply = people.choose_reply(self.persona.habit, able, self.scenario, position.scene, self.chance)
            if said is not None and not moves and reply.id == said.id:
                others = [r for r in self.scenario.scenes[position.scene].replies if r.id != said.id]
                reply = one_of(self.chance, others or [reply])
            move = simulation.step(self.scenario, position, reply.id)
            self._record(run, index + len(moves), move, position.scene in asked)
            moves.append(move)
            position = move.after
        return moves

    def _record(self, run: str, index: int, move: Move, asked: bool) -> None:
        self.journal.wait((6 + 40 * self.chance.random()) * self.persona.habit.pace)
        finding, finding_json = _finding(self.scenario.id, move.before.scene, move.reply.id)
        after, right = move.after, _RIGHT[move.reply.quality]
        self.journal.add_turn(
            run,
            index,
            move,
            finding=finding,
            finding_json=finding_json,
            ended=simulation.ending_of(self.scenario, after.state) if after.over else None,
            confidence=people.confidence_given(self.persona, None, right, self.chance) if asked else None,
        )
