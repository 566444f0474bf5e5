"""Write a goal for the patient one has met, read it back part by part, write it again: first against latest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from alliance_kit.grading import grade
from alliance_kit.grading.wishes import find_wish
from alliance_kit.journal import Answer, Journal
from alliance_kit.model import Context, GoalCase, Response, digest_of
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.base import Clock, ExerciseSession, stamp, text_of, utc_now

SAMPLES_AFTER = 2
"""Versions to write before the sample goals may be opened: one's own thinking comes first."""


class GoalSession(ExerciseSession):
    """Write and revise a goal; every version is kept with the feedback as shown."""

    kind: ClassVar[str] = "goal"

    def __init__(self, exercise: GoalCase, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.case = exercise
        self.digest = digest_of(exercise)
        self.samples_open = False

    @property
    def versions(self) -> tuple[Answer, ...]:
        """The versions written so far, in order."""
        return self.journal.answers(self.case.id)

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        count = len(self.versions)
        return f"{self.title}: {count} version{'' if count == 1 else 's'} written"

    def said(self) -> tuple[str, ...]:
        """Return what this patient said in the learner's talks with her, each line once; empty before any talk."""
        turns = [turn for run in self.journal.runs(self.case.scenario) for turn in run.turns]
        return tuple(dict.fromkeys(line for turn in turns for line in (turn.line, turn.answer_line) if line))

    def view(self) -> Json:  # noqa: D102 — see Session
        versions, patient = self.versions, self.case.patient
        heard = "\n".join(self.said())
        return {
            **self.head(),
            "patient": {
                "name": patient.name,
                "called": patient.called,
                "pronoun": patient.pronoun,
                "in_short": patient.in_short,
                "chart": list(patient.chart),
            },
            "task": self.case.task,
            "met": bool(heard),
            "wishes": [wish.says for wish in patient.wishes if not heard or wish.says.strip() in heard],
            "baseline": list(self.case.baseline),
            "draft": self.draft("text") or (self._text(versions[-1]) if versions else ""),
            "others": self.others("text"),
            "taken_up": self._taken_up(),
            "versions": [
                {"text": self._text(v), "feedback": to_json(v.feedback), "answered": v.response.answered}
                for v in versions
            ],
            "samples": list(self.case.samples) if self.samples_open else [],
            "samples_ready": len(versions) >= SAMPLES_AFTER,
            "samples_after": SAMPLES_AFTER,
        }

    def do_write(self, message: Mapping[str, Any]) -> Json:
        """Read a version of the goal; the same text twice in a row is read once."""
        text = text_of(message, "text")
        versions = self.versions
        if not text.strip():
            return {"trouble": "Write your goal first: one sentence is enough to begin."}
        if versions and self._text(versions[-1]) == text:
            return {"trouble": "This is the version that was just read. Change it, then have it read again."}
        response = Response(
            exercise=self.case.id,
            digest=self.digest,
            attempt=len(versions) + 1,
            answer={"text": text},
            started=self.started,
            answered=stamp(self.clock()),
        )
        shown = self.case.samples if self.samples_open else ()
        self.journal.keep_exercise(self.case)
        self.journal.add_answer(response, grade(self.case, response, Context(said=self.said(), shown=shown)))
        self.clear("text")
        self.started = stamp(self.clock())
        return {"saved": self.mark_saved()}

    def do_samples(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Open the two sample goals, once the learner has written her own."""
        if len(self.versions) < SAMPLES_AFTER:
            return {"trouble": f"Write {SAMPLES_AFTER} versions of your own first. Then compare."}
        self.samples_open = True
        return {}

    def _taken_up(self) -> Json:
        """Return the patient's line that the latest version takes up, with the words in it; None when there is none."""
        versions = self.versions
        match = find_wish(self._text(versions[-1]), self.said(), self.case.patient) if versions else None
        if match is None or not match.said:
            return None
        return {"level": match.level, "said": match.said, "spans": to_json(match.said_spans)}

    @staticmethod
    def _text(version: Answer) -> str:
        answer = version.response.answer
        return str(answer.get("text", "")) if isinstance(answer, dict) else ""
