"""A talk with a simulated patient: say something, see how she may have heard it, go back and try another way.

What is said may be chosen from the lines of the scenario or typed; both go through the same turn, the same journal and
the same debrief. What there is to see is put together in `talk_view`.
"""

from __future__ import annotations

import contextlib
import typing
from collections.abc import Mapping
from typing import Any, ClassVar

from alliance_kit import simulation
from alliance_kit.errors import ExerciseFileError, JournalError, UnknownExerciseError
from alliance_kit.grading import GRADER
from alliance_kit.hearing import LEFT_OUT, SUPPORTS, Heard, Listener, Support, support_for, typed_first_scenes
from alliance_kit.journal import Journal, Run, Timing
from alliance_kit.model import Scenario
from alliance_kit.plain import Json
from alliance_kit.sessions import talk_view
from alliance_kit.sessions.base import Clock, ExerciseSession, confidence_of, number_of, text_of, utc_now
from alliance_kit.sessions.debrief import patient_rating
from alliance_kit.sessions.played import NOT_SHOWN, Played, chosen, from_turn
from alliance_kit.sessions.practice import NOT_MEANT, past_talks
from alliance_kit.sessions.transcript import transcript_html
from alliance_kit.simulation import Position

TIMINGS: tuple[Timing, ...] = typing.get_args(Timing)
SAY = "say"
"""The field in which own words are typed; its draft is kept under this name."""
_MAX_NOTE = 5_000
_WENT_ON = "This talk went on in another window. Here is where it stands; go on from here."
_ASKED_BACK = frozenset({"aside", "cue"})


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
        self.note = ""
        self.compared = ""
        self.watching = False
        self.lines_asked_for = -1
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
    def paused(self) -> bool:
        """Whether the scene stands still after unkind words."""
        last = self.played[-1].move.typed if self.played else None
        return last is not None and last.how == "paused"

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        if self.position is None:
            return f"{self.title}: not begun"
        turns = len(self.played)
        return f"{self.title}: talk finished, {turns} turns" if self.over else f"{self.title}: turn {turns + 1}"

    @property
    def attempt(self) -> int:
        """The number of the run on screen."""
        return self.run.attempt if self.run else 1

    @property
    def support(self) -> Support:
        """How much help this run gives."""
        wanted = self.run.support if self.run else "choice"
        return next((known for known in SUPPORTS if known == wanted), "choice")

    @property
    def timing(self) -> Timing:
        """When this run shows what was heard."""
        return self.run.timing if self.run else "turn"

    def view(self) -> Json:  # noqa: D102 — see Session
        return talk_view.view(self)

    # --- what the learner can do ----------------------------------------------------------------------------------

    def do_begin(self, message: Mapping[str, Any]) -> Json:
        """Begin a new run, with the settings that came along; does nothing while one is under way."""
        if self.position is not None and not (self.over or self.paused):
            return {}
        levels = simulation.levels_of(self.current)
        level = number_of(message, "level")
        support, timing = text_of(message, "support"), text_of(message, "feedback")
        self.run = self.journal.start_run(
            self.current,
            attempt=self._attempts() + 1,
            level=level if level in levels else self.current.level,
            support=support if support in SUPPORTS else support_for(past_talks(self.journal.runs())),
            timing=next((known for known in TIMINGS if known == timing), "turn"),
        )
        self.scenario = self.current
        self.played, self.position = (), simulation.begin(self.scenario, self.run.level)
        self._settle()
        return {"saved": self.mark_saved()}

    def do_watch(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Show the worked example that comes before this talk, or put it away again."""
        self.watching = not self.watching
        return {}

    def do_say(self, message: Mapping[str, Any]) -> Json:
        """Say or do an offered reply. A message for a turn that is past (a double click) does nothing.

        Recorded answers may choose a line before it is on screen: where typing comes first is for people.
        """
        if not self._is_on_turn(message) or self.position is None:
            return {}
        moves = [turn.move for turn in self.played]
        return self._take(chosen(self.scenario, moves, self.position, text_of(message, "reply")), message)

    def do_type(self, message: Mapping[str, Any]) -> Json:
        """Say something in own words; what could not be read keeps the talk where it is."""
        if not self._is_on_turn(message) or self.position is None or self.listener is None:
            return {}
        starter = message.get("starter") is True
        moves = [turn.move for turn in self.played]
        heard = self.listener.hear(moves, self.position, text_of(message, "text"), starter=starter)
        if heard.move is None:
            self.note = heard.note
            self.journal.save_draft(self.draft_key(SAY), text_of(message, "text"), self.window)
            return {}
        reply = self._take(heard, message)
        if "trouble" not in reply:
            self._put_away(heard)
        return reply

    def do_lines(self, message: Mapping[str, Any]) -> Json:
        """Show the lines of the scenario at this turn; not before something was typed where typing comes first."""
        if self._is_on_turn(message) and not self.typing_first:
            self.lines_asked_for = len(self.played)
        return {}

    def do_take_back(self, message: Mapping[str, Any]) -> Json:
        """Take back the last typed words, which meant something else, and note that with the rule."""
        turn = number_of(message, "turn")
        if not self.played or turn != len(self.played) - 1 or not self.played[-1].typed or self.timing == "probe":
            return {}
        taken = self.played[-1]
        self._disagree(taken, taken.finding.rule, NOT_MEANT)
        reply = self.do_retry(message)
        if taken.move.typed is not None and taken.move.typed.how not in ("limit", "paused"):
            words = [text for text in (taken.move.reply.say, self.draft(SAY)) if text.strip()]
            self.journal.save_draft(self.draft_key(SAY), "\n".join(words), self.window)
        return reply

    def do_retry(self, message: Mapping[str, Any]) -> Json:
        """Go back to an earlier turn and try another way; the way played before is kept."""
        turn = number_of(message, "turn")
        if self.run is None or turn is None or not 0 <= turn < len(self.played):
            return {}
        if self.timing == "probe" and not (self.over or self.paused):
            return {}
        run = self.run
        self.run = self.journal.start_run(
            self.scenario,
            attempt=self._attempts() + 1,
            branched_from=(run.id, self.played[turn].index),
            level=run.level,
            support=run.support,
            timing="turn" if run.timing == "probe" else run.timing,
        )
        self.position = self.played[turn].move.before
        self.played = self.played[:turn]
        self._settle()
        return {"saved": self.mark_saved()}

    def do_disagree(self, message: Mapping[str, Any]) -> Json:
        """Keep that the learner does not agree with a finding, with its rule and her reason."""
        turn, rule = number_of(message, "turn"), text_of(message, "rule")
        if turn is None or not 0 <= turn < len(self.played):
            return {}
        played = self.played[turn]
        if not any(finding.rule == rule for finding in played.findings):
            return {}
        self._disagree(played, rule, text_of(message, "reason")[:_MAX_NOTE])
        self.clear(f"disagree-{turn}-{rule}")
        return {"saved": self.mark_saved()}

    def do_look_back(self, message: Mapping[str, Any]) -> Json:
        """Keep how the learner thinks the patient rates the run, and what she writes about it."""
        if self.run is None or not self.over:
            return {}
        known = self.journal.looked_back(self.run.id)
        ratings, notes = dict(known.ratings) if known else {}, dict(known.notes) if known else {}
        wanted = {str(row["id"]) for row in patient_rating(self.played[-1].move.after.state)}
        given = message.get("ratings")
        if isinstance(given, Mapping):
            ratings |= {k: v for k, v in given.items() if k in wanted and type(v) is int and 1 <= v <= 5}
        for name in talk_view.LOOK_BACK:
            if isinstance(message.get(name), str):
                notes[name] = text_of(message, name)
        self.journal.record("looked_back", run=self.run.id, ratings=ratings, notes=notes)
        for name in talk_view.LOOK_BACK:
            if isinstance(message.get(name), str):
                self.clear(f"{self.run.id}-{name}")
        return {"saved": self.mark_saved()}

    def do_compare(self, message: Mapping[str, Any]) -> Json:
        """Show another run beside this one, by its id; an empty id puts it away."""
        self.compared = text_of(message, "run")
        return {}

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

    # --- at this turn ---------------------------------------------------------------------------------------------

    @property
    def listener(self) -> Listener | None:
        """Who listens to typed words; None where the scenario, or this scene of it, takes none."""
        scene = self.scenario.scenes.get(self.position.scene) if self.position else None
        if scene is None or scene.typed is None or self.scenario.hearing is None:
            return None
        if self._listener is None or self._listener.scenario is not self.scenario:
            self._listener = Listener(self.scenario)
        return self._listener

    _listener: Listener | None = None

    @property
    def typing_first(self) -> bool:
        """Whether something must be typed at this turn before lines are offered."""
        if self.listener is None or self.position is None or self.asked_back:
            return False
        return self.position.scene in typed_first_scenes(self.scenario, self._root().attempt)

    @property
    def asked_back(self) -> bool:
        """Whether the patient has just asked back, in this scene."""
        last = self.played[-1].move.typed if self.played else None
        return last is not None and last.how in _ASKED_BACK

    @property
    def lines_offered(self) -> bool:
        """Whether the lines of the scenario are on screen at this turn."""
        if self.listener is None:
            return True
        if self.typing_first:
            return bool(self.note)
        asked = self.lines_asked_for == len(self.played)
        return self.support == "choice" or self.asked_back or asked or bool(self.note)

    @property
    def asks_confidence(self) -> bool:
        """Whether confidence is asked at this turn: a retry asks where the run that it left asks, so never oftener."""
        scenes = simulation.confidence_scenes(self.scenario, self._root().attempt if self.run else 1)
        return self.position is not None and self.position.scene in scenes

    def disagreements(self) -> tuple[Any, ...]:
        """Return what the learner does not agree with on screen: in this run, and in the turns before its branching."""
        runs = {turn.run for turn in self.journal.turns(self.run.id)} | {self.run.id} if self.run else set()
        return tuple(each for each in self.journal.disagreements() if each.run in runs)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _is_on_turn(self, message: Mapping[str, Any]) -> bool:
        under_way = self.position is not None and not self.over and not self.paused
        return under_way and number_of(message, "turn") == len(self.played)

    def _take(self, heard: Heard, message: Mapping[str, Any]) -> Json:
        """Keep a turn, and go on from it."""
        assert heard.move is not None  # noqa: S101 — the callers looked
        asked = self.asks_confidence
        index = self.played[-1].index + 1 if self.played else 0
        played = Played(index, heard.move, heard.findings, confidence_of(message) if asked else None)
        try:
            assert self.run is not None  # noqa: S101 — a turn is played only in a run
            self.journal.add_turn(self.run.id, **played.fields(self.scenario), grader=GRADER)
        except JournalError:
            if not self._catch_up():
                raise
            return {"trouble": _WENT_ON}
        self.played, self.position = (*self.played, played), heard.move.after
        self._settle()
        return {"saved": self.mark_saved()}

    def _put_away(self, heard: Heard) -> None:
        """Clear the draft of what was said; of unkind words nothing is kept, not even as they were being typed."""
        if heard.move is not None and heard.move.reply.say == LEFT_OUT:
            self.journal.forget_draft(self.draft_key(SAY), self.window)
        else:
            self.clear(SAY)

    def _settle(self) -> None:
        """Put away what belonged to the turn before."""
        self.note, self.compared, self.lines_asked_for, self.watching = "", "", -1, False

    def _disagree(self, played: Played, rule: str, reason: str) -> None:
        assert self.run is not None  # noqa: S101 — a turn is played only in a run
        owner = next((t.run for t in self.journal.turns(self.run.id) if t.index == played.index), self.run.id)
        criterion = next((f.criterion for f in played.findings if f.rule == rule), "turn")
        self.journal.record(
            "disagreement", run=owner, index=played.index, rule=rule, criterion=criterion, reason=reason.strip()
        )

    def _root(self) -> Run:
        """Return the run that this one goes back to: branches ask and offer what it does."""
        assert self.run is not None  # noqa: S101 — asked only in a run
        run = self.run
        while run.branched_from is not None:
            run = self.journal.run(run.branched_from.run)
        return run

    def _attempts(self) -> int:
        return max((run.attempt for run in self.journal.runs(self.exercise.id)), default=0)

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

    def turns_of(self, run: Run) -> tuple[Scenario, tuple[Played, ...]]:
        """Return the turns of a run as they were shown, and the version of the scenario that it was played in.

        Raises
        ------
        ExerciseFileError: the journal does not hold all that it takes.
        """
        try:
            scenario = self.journal.exercise(run.digest)
            played = tuple(from_turn(scenario, turn) for turn in self.journal.turns(run.id))
        except (ExerciseFileError, UnknownExerciseError) as fault:
            raise ExerciseFileError(NOT_SHOWN) from fault
        if not isinstance(scenario, Scenario) or run.next_index != (played[-1].index + 1 if played else 0):
            raise ExerciseFileError(NOT_SHOWN)
        return (self.current if scenario == self.current else scenario), played

    def _resume(self, run: Run) -> None:
        """Bring a run back as it was shown."""
        self.scenario, self.played = self.turns_of(run)
        self.run = run
        level = run.level or self.scenario.level
        self.position = self.played[-1].move.after if self.played else simulation.begin(self.scenario, level)
        self._settle()


__all__ = ["NOT_MEANT", "SAY", "TalkSession"]
