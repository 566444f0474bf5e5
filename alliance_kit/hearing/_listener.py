"""Who listens: the patient of one scenario, turn by turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alliance_kit.errors import ExerciseFileError
from alliance_kit.hearing._hearer import Heard, Hearer
from alliance_kit.hearing._vocabulary import Vocabulary
from alliance_kit.model import Scenario
from alliance_kit.simulation import Move, Position


class Listener:
    """The patient of one scenario, listening to typed words.

    Parameters
    ----------
    scenario : Scenario with `hearing`

    Raises
    ------
    ExerciseFileError: the scenario has no rules for typed words.
    """

    def __init__(self, scenario: Scenario) -> None:
        if scenario.hearing is None:
            raise ExerciseFileError(f"{scenario.id}: there are no rules for typed words. Add 'hearing'.")
        self.scenario = scenario
        self.vocabulary = Vocabulary(scenario)

    def hear(self, moves: Sequence[Move], position: Position, text: str, *, starter: bool = False) -> Heard:
        """Return what the patient makes of `text` at `position`, after `moves` of the same run.

        Parameters
        ----------
        starter : whether the words were begun with an offered beginning; only noted

        Raises
        ------
        ExerciseFileError: the visit is over, or the scene takes no typed words.
        """
        scene = self.scenario.scenes.get(position.scene)
        if scene is None or scene.typed is None:
            raise ExerciseFileError(f"{self.scenario.id}, scene {position.scene!r}: typed words cannot be heard here.")
        heard = Hearer(self.vocabulary, tuple(moves), position, text.strip()).heard()
        if not starter or heard.move is None or heard.move.typed is None:
            return heard
        return replace(heard, move=replace(heard.move, typed=replace(heard.move.typed, starter=True)))
