"""A talk with a simulated patient: say something, see how she may have heard it, go back and try another way."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError, JournalError, UnknownExerciseError
from alliance_kit.grading import GRADER, turn_finding
from alliance_kit.journal import Journal, Run, Turn
from alliance_kit.model import AnyExercise, Finding, Reply, Scenario
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.base import (
    Clock,
    ExerciseSession,
    confidence_levels,
    confidence_of,
    number_of,
    text_of,
    utc_now,
)
from alliance_kit.sessions.debrief import debrief, state_words
from alliance_kit.sessions.transcript import transcript_html
from alliance_kit.simulation import END, Move, Position

_NOT_SHOWN = "The journal no longer holds all of this talk, so it cannot be shown. Begin a new one."
_WENT_ON = "This talk went on in another window. Here is where it stands; go on from here."


@dataclass(frozen=True, slots=True)
class Played:
    """One turn as it was played and shown; `index` is its number in the journal."""

    index: int
    move: Move
    finding: Finding
    confidence: float | None


class TalkSession(ExerciseSession):
    """Play a scenario; every turn is in the journal before the patient answers."""

    kind: ClassVar[str] = "scenario"

    def __init__(self, exercise: Scenario, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.current = exercise
        self.scenario = exercise
        self.run: Run | None = None
        self.played: tuple[Played, ...] = ()
        self.position: Position | None = None
        for run in self._latest_first():
            # A run that cannot be shown any more must not bar the way to the others, nor to a new one.
            with contextlib.suppress(ExerciseFileError):
                self._resume(run)
                break

    # --- where we are ---------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether the run on screen has ended."""
        return self.position is not None and self.position.over

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        if self.position is None:
            return f"{self.title}: not begun"
        turns = len(self.played)
        return f"{self.title}: talk finished, {turns} turns" if self.over else f"{self.title}: turn {turns + 1}"

    @property
    def about_turns(self) -> int:
        """How many turns a good talk takes, from the file's own walk to the open ending."""
        walks = [len(walk.replies) for walk in self.scenario.tests if walk.ending == "open"]
        return min(walks, default=simulation.longest_from(self.scenario)[self.scenario.start])

    def view(self) -> Json:  # noqa: D102 — see Session
        scenario, patient = self.scenario, self.scenario.patient
        view: dict[str, Json] = {
            **self.head(),
            "setting": scenario.setting,
            "level": scenario.level,
            "warning": scenario.content_warning,
            "patient": {
                "name": patient.name,
                "called": patient.called,
                "pronoun": patient.pronoun,
                "in_short": patient.in_short,
                "chart": list(patient.chart),
            },
            "phase": "intro" if self.position is None else "over" if self.over else "talk",
            "turn": len(self.played),
            "about": max(self.about_turns, len(self.played) + (0 if self.over else 1)),
            "older": self.scenario is not self.current,
            "runs": self._runs(),
        }
        if self.position is None:
            return view
        view["log"] = [self._exchange(index) for index in range(len(self.played))]
        view["line"] = self.position.line
        view["words"] = state_words(self.position.state)
        if self.over:
            turns = self.played
            view["debrief"] = debrief(
                scenario, [p.move for p in turns], [p.finding for p in turns], [p.confidence for p in turns]
            )
        else:
            view["replies"] = [{"id": r.id, "say": r.say, "act": r.act} for r in self._offered()]
            if self._asks_confidence():
                view["confidence"] = list(confidence_levels())
        return view

    # --- what the learner can do ----------------------------------------------------------------------------------

    def do_begin(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Begin a new run; does nothing while one is under way."""
        if self.position is not None and not self.over:
            return {}
        self.run = self.journal.start_run(self.current, attempt=self._attempts() + 1)
        self.scenario = self.current
        self.played, self.position = (), simulation.begin(self.scenario)
        return {"saved": self.mark_saved()}

    def do_say(self, message: Mapping[str, Any]) -> Json:
        """Say or do a reply. A message for a turn that is past (a double click) does nothing."""
        if self.position is None or self.over or number_of(message, "turn") != len(self.played):
            return {}
        move = simulation.step(self.scenario, self.position, text_of(message, "reply"))
        finding = turn_finding(self.scenario, move.reply)
        asked = self._asks_confidence()
        index = self.played[-1].index + 1 if self.played else 0
        played = Played(index, move, finding, confidence_of(message) if asked else None)
        try:
            self._record(played)
        except JournalError:
            if not self._catch_up():
                raise
            return {"trouble": _WENT_ON}
        self.played, self.position = (*self.played, played), move.after
        return {"saved": self.mark_saved()}

    def do_retry(self, message: Mapping[str, Any]) -> Json:
        """Go back to an earlier turn and try another way; the way played before is kept."""
        turn = number_of(message, "turn")
        if self.run is None or turn is None or not 0 <= turn < len(self.played):
            return {}
        self.run = self.journal.start_run(
            self.scenario, attempt=self._attempts() + 1, branched_from=(self.run.id, self.played[turn].index)
        )
        self.position = self.played[turn].move.before
        self.played = self.played[:turn]
        return {"saved": self.mark_saved()}

    def do_show(self, message: Mapping[str, Any]) -> Json:
        """Show an earlier run again, by its id."""
        wanted = text_of(message, "run")
        for run in self.journal.runs(self.exercise.id):
            if run.id == wanted:
                self._resume(run)
        return {}

    def do_transcript(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Return the transcript as one HTML page, for the learner to keep where she likes."""
        if not self.played:
            return {}
        view = self.view()
        return {"download": {"name": f"{self.exercise.id}.html", "type": "text/html", "text": transcript_html(view)}}

    # --- inside ---------------------------------------------------------------------------------------------------

    def _attempt(self) -> int:
        return self.run.attempt if self.run else 1

    def _asks_confidence(self) -> bool:
        """Whether confidence is asked at this turn: a retry asks where the run that it left asks, so never oftener."""
        run = self.run
        while run is not None and run.branched_from is not None:
            run = self.journal.run(run.branched_from.run)
        scenes = simulation.confidence_scenes(self.scenario, run.attempt if run else 1)
        return self.position is not None and self.position.scene in scenes

    def _attempts(self) -> int:
        return max((run.attempt for run in self.journal.runs(self.exercise.id)), default=0)

    def _offered(self) -> list[Reply]:
        """Return the replies in this run's order: words first, then acts, shuffled so that place tells nothing."""
        assert self.position is not None  # noqa: S101 — called only while a talk is under way
        replies = self.scenario.scenes[self.position.scene].replies

        def order(reply: Reply) -> tuple[bool, str]:
            seed = f"{self.scenario.id}/{reply.id}/{self._attempt()}"
            return (reply.act is not None, hashlib.sha256(seed.encode()).hexdigest())

        return sorted(replies, key=order)

    def _exchange(self, index: int) -> dict[str, Json]:
        played = self.played[index]
        return {
            "turn": index,
            "line": played.move.before.line,
            "say": played.move.reply.say,
            "act": played.move.reply.act,
            "heard": played.move.reply.hears,
            "finding": to_json(played.finding),
            "rupture": played.move.reply.rupture,
        }

    def _runs(self) -> list[dict[str, Json]]:
        return [
            {
                "run": run.id,
                "attempt": run.attempt,
                "ended": run.ended,
                "turns": len(self.journal.turns(run.id)),
                "from": run.branched_from.turn if run.branched_from else None,
                "shown": self.run is not None and run.id == self.run.id,
            }
            for run in self.journal.runs(self.exercise.id)
        ]

    def _record(self, played: Played) -> None:
        assert self.run is not None  # noqa: S101 — a turn is played only in a run
        before, after, reply = played.move.before, played.move.after, played.move.reply
        self.journal.add_turn(
            self.run.id,
            index=played.index,
            scene=before.scene,
            line=before.line,
            reply=reply.id,
            said=reply.say,
            act=reply.act,
            answer_line=after.line,
            reached=after.scene,
            state_before=before.state,
            state_after=after.state,
            ended=simulation.ending_of(self.scenario, after.state) if after.over else None,
            confidence=played.confidence,
            findings=(played.finding,),
            grader=GRADER,
        )

    def _catch_up(self) -> bool:
        """Take up what another window has played in this run; return whether there was anything."""
        assert self.run is not None  # noqa: S101 — a turn is played only in a run
        known = len(self.played)
        self._resume(self.journal.run(self.run.id))
        return len(self.played) > known

    def _latest_first(self) -> list[Run]:
        """Return the runs, the one that was last begun or gone on with first."""
        touched: dict[str, tuple[str, int]] = {}
        for number, line in enumerate(self.journal.lines()):
            if line.type in ("run", "turn"):
                run_id, moment = str(line.data.get("run")), (line.at, number)
                touched[run_id] = max(moment, touched.get(run_id, moment))
        return sorted(self.journal.runs(self.exercise.id), key=lambda run: touched[run.id], reverse=True)

    def _resume(self, run: Run) -> None:
        """Bring a run back as it was shown, in the version of the scenario that it was played in.

        Raises
        ------
        ExerciseFileError: the journal does not hold all that it takes.
        """
        try:
            scenario = self.journal.exercise(run.digest)
            played = tuple(_played(scenario, turn) for turn in self.journal.turns(run.id))
        except (ExerciseFileError, UnknownExerciseError) as fault:
            raise ExerciseFileError(_NOT_SHOWN) from fault
        if not isinstance(scenario, Scenario) or run.next_index != (played[-1].index + 1 if played else 0):
            raise ExerciseFileError(_NOT_SHOWN)
        self.run, self.played = run, played
        self.scenario = self.current if scenario == self.current else scenario
        self.position = played[-1].move.after if played else simulation.begin(scenario)


def _played(scenario: AnyExercise, turn: Turn) -> Played:
    """Return a turn as it was shown: words, states and finding from the journal, not computed anew.

    Raises
    ------
    ExerciseFileError: the turn is not one of this talk.
    """
    after = Position(turn.reached or END, turn.answer_line, turn.after)
    before = Position(turn.scene, turn.line, turn.before)
    if not isinstance(scenario, Scenario) or not (after.over or after.scene in scenario.scenes):
        raise ExerciseFileError(_NOT_SHOWN)
    reply = simulation.reply_of(scenario, before, turn.reply)
    finding = turn.findings[0] if turn.findings else turn_finding(scenario, reply)
    return Played(turn.index, Move(before, reply, after), finding, turn.confidence)
