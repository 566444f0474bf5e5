"""What was said before: in this scene, and in the whole run."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.simulation import Move, Position


def since_arrival(moves: Sequence[Move], position: Position) -> tuple[Move, ...]:
    """Return the moves at the end of a run after which the patient still waited in this scene."""
    count = 0
    for move in reversed(moves):
        if move.before.scene != position.scene:
            break
        count += 1
    return tuple(moves[len(moves) - count :])


def context_at(moves: Sequence[Move], at: int) -> str:
    """Return what the patient had said in the scene of turn `at` when it was answered."""
    here = since_arrival(moves[:at], moves[at].before)
    return "\n".join((*(move.before.line for move in here), moves[at].before.line))


def spoken_in(moves: Sequence[Move], position: Position) -> str:
    """Return all that the patient has said in this run, as one text in which a line can be looked for."""
    return "\n".join((*(move.before.line for move in moves), position.line))
