"""A journal that is only in memory: what a synthetic learner's would hold, without a disk to wait for.

It takes and gives what `alliance_kit.journal.Journal` does, as far as playing and handing in need it; a test plays the
same through the real sessions on a real journal and compares the lines.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import typing
from collections.abc import Mapping
from typing import Any

from alliance_kit.grading import GRADER
from alliance_kit.hearing import support_for
from alliance_kit.journal import (
    Answer,
    AnswerGiven,
    Branching,
    Learner,
    Line,
    Run,
    RunStart,
    Turn,
    answer_of,
    run_of,
    state_to_json,
    whole_thread,
)
from alliance_kit.model import AnyExercise, EndingName, Feedback, Finding, Response, Scenario, digest_of
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.practice import past_talks
from alliance_kit.simulation import Move
from alliance_kit.workbook import load_exercise

MASK = 0xFFFFFFFF


@functools.cache
def known_exercise(exercise_id: str) -> AnyExercise:
    """Return an exercise of the library, read once.

    Raises
    ------
    UnknownExerciseError, ExerciseFileError: as `load_exercise`.
    """
    return load_exercise(exercise_id)


@functools.cache
def known_digest(exercise_id: str) -> str:
    """Return the digest of an exercise of the library, worked out once."""
    return digest_of(known_exercise(exercise_id))


@functools.cache
def known_json(exercise_id: str) -> Json:
    """Return an exercise of the library as plain JSON, made once and shared: read it, do not change it."""
    return to_json(known_exercise(exercise_id))


def code_of(number: int, seed: int) -> str:
    """Return a learner's code, 8 hex characters: within a class all differ, and other seeds have other codes.

    Every step can be undone (an odd factor, an exclusive or with a shifted self), so two numbers never meet.
    """
    mixed = (number ^ int(hashlib.sha256(f"class/{seed}".encode()).hexdigest()[:8], 16)) & MASK
    for factor in (0x85EBCA6B, 0xC2B2AE35):
        mixed = ((mixed ^ (mixed >> 16)) * factor) & MASK
    return f"{mixed ^ (mixed >> 16):08x}"


class SampleJournal:
    """The journal of one synthetic learner. `moment` is where its own clock stands; only `wait` moves it."""

    def __init__(self, number: int, seed: int, moment: dt.datetime) -> None:
        self.moment = moment
        self.learner = Learner(code_of(number, seed))
        self._seed = f"{seed}/{number}"
        self._ids = 0
        self._machine = hashlib.sha256(f"machine/{self._seed}".encode()).hexdigest()[:16]
        self._seq = 1  # the line that holds the learner's code is there before the first exercise
        self._lines: list[Line] = []
        self._by_type: dict[str, list[Line]] = {}
        self._exercises: dict[str, AnyExercise] = {}
        self._starts: dict[str, tuple[Line, RunStart]] = {}
        self._turns: dict[str, list[Turn]] = {}
        self._answers: list[Answer] = []

    # --- time and chance ------------------------------------------------------------------------------------------

    def clock(self) -> dt.datetime:
        """Return where the clock stands."""
        return self.moment

    def stamp(self) -> str:
        """Return where the clock stands as the sessions write it, to the second."""
        return self.moment.isoformat()[:19] + "Z"

    def wait(self, seconds: float) -> None:
        """Move the clock on, by whole seconds and at least one."""
        self.moment += dt.timedelta(seconds=max(1, int(seconds)))

    def new_id(self) -> str:
        """Return the next UUID, in the form of version 5, drawn from seed and counter."""
        self._ids += 1
        digits = hashlib.sha256(f"{self._seed}/{self._ids}".encode()).hexdigest()
        return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"

    # --- writing --------------------------------------------------------------------------------------------------

    def keep(self, exercise_id: str) -> str:
        """Keep an exercise of the library, once, and return its digest."""
        digest = known_digest(exercise_id)
        if digest not in self._exercises:
            self._exercises[digest] = known_exercise(exercise_id)
            self._record("exercise", {"digest": digest, "exercise": known_json(exercise_id)})
        return digest

    def start_run(self, exercise_id: str, attempt: int, branched_from: tuple[str, int] | None = None) -> str:
        """Begin a talk and return its id."""
        run_id, digest = self.new_id(), self.keep(exercise_id)
        origin = Branching(*branched_from) if branched_from else None
        scenario = typing.cast("Scenario", self._exercises[digest])
        support = self.run(origin.run).support if origin else support_for(past_talks(self.runs()))
        start = RunStart(
            run=run_id,
            exercise=exercise_id,
            digest=digest,
            attempt=attempt,
            branched_from=origin,
            level=scenario.level,
            support=support,
        )
        data = to_json(start)
        self._starts[run_id] = (self._record("run", data), start)
        self._turns[run_id] = []
        return run_id

    def add_turn(
        self,
        run_id: str,
        index: int,
        move: Move,
        *,
        finding: Finding,
        finding_json: Json,
        ended: EndingName | None,
        confidence: float | None,
    ) -> None:
        """Keep one turn, as `alliance_kit.sessions.talk` keeps it; `finding_json` is the finding once more."""
        before, after, reply = move.before, move.after, move.reply
        data: dict[str, Any] = {
            "run": run_id,
            "index": index,
            "scene": before.scene,
            "reply": reply.id,
            "said": reply.say,
            "line": before.line,
            "answer_line": after.line,
            "act": reply.act,
            "state_before": state_to_json(before.state),
            "state_after": state_to_json(after.state),
            "ended": ended,
            "reached": after.scene,
            "confidence": confidence,
            "findings": [finding_json],
            "grader": GRADER,
            "typed": None,
        }
        self._record("turn", data)
        self._turns[run_id].append(Turn(**{**data, "findings": (finding,)}))

    def add_answer(self, response: Response, feedback: Feedback, feedback_json: Json, item: str | None = None) -> None:
        """Keep an answer with its feedback; `feedback_json` is the feedback once more."""
        fields: dict[str, Any] = {
            "exercise": response.exercise,
            "digest": response.digest,
            "attempt": response.attempt,
            "answer": response.answer,
            "confidence": response.confidence,
            "started": response.started,
            "answered": response.answered,
            "item": item,
        }
        line = self._record("answer", {**fields, "feedback": feedback_json})
        self._answers.append(answer_of(line, AnswerGiven(**fields, feedback=feedback)))

    def _record(self, name: str, data: Mapping[str, Json]) -> Line:
        self._seq += 1
        at = self.moment.isoformat()[:19] + ".000Z"
        line = Line(self.new_id(), self._machine, self._seq, at, name, data)
        self._lines.append(line)
        self._by_type.setdefault(name, []).append(line)
        return line

    # --- reading, as the journal is read for a hand-in --------------------------------------------------------------

    def lines(self, name: str | None = None) -> tuple[Line, ...]:
        """Return the lines of one type, or all, in order."""
        return tuple(self._lines if name is None else self._by_type.get(name, ()))

    def exercise(self, digest: str) -> AnyExercise:
        """Return a kept exercise."""
        return self._exercises[digest]

    def run(self, run_id: str) -> Run:
        """Return one talk."""
        return run_of(*self._starts[run_id], self._turns[run_id])

    def runs(self, exercise_id: str | None = None) -> tuple[Run, ...]:
        """Return the talks of one exercise, or all, the oldest first."""
        return tuple(self.run(r) for r, (_, s) in self._starts.items() if exercise_id in (None, s.exercise))

    def turns(self, run_id: str) -> tuple[Turn, ...]:
        """Return all turns that lead to where a talk stands, those before a branching included."""
        return whole_thread(self.run(run_id), self.run)

    def answers(self, exercise_id: str | None = None) -> tuple[Answer, ...]:
        """Return the answers to one exercise, or all, the oldest first."""
        return tuple(a for a in self._answers if exercise_id in (None, a.response.exercise))
