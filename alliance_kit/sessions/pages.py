"""Quiet pages: a reflection, a self-rating, a worked example. Nothing here is graded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from alliance_kit.grading import grade
from alliance_kit.journal import Journal
from alliance_kit.model import Example, Exercise, Reflection, Response, Scale, digest_of
from alliance_kit.plain import Json
from alliance_kit.sessions.base import Clock, ExerciseSession, number_of, stamp, text_of, utc_now


class _Page(ExerciseSession):
    """A page whose whole answer is kept as one line, anew each time it changes."""

    def __init__(self, exercise: Exercise, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.digest = digest_of(exercise)

    @property
    def latest(self) -> dict[str, Json]:
        """The answer as last kept, empty before."""
        answers = self.journal.answers(self.exercise.id)
        answer = answers[-1].response.answer if answers else None
        return answer if isinstance(answer, dict) else {}

    def keep(self, answer: Json) -> None:
        """Keep the page's answer, as a new attempt."""
        response = Response(
            exercise=self.exercise.id,
            digest=self.digest,
            attempt=len(self.journal.answers(self.exercise.id)) + 1,
            answer=answer,
            started=self.started,
            answered=stamp(self.clock()),
        )
        self.journal.keep_exercise(self.exercise)
        self.journal.add_answer(response, grade(self.exercise, response))  # type: ignore[arg-type]  # a kind of AnyExercise
        self.mark_saved()


class ReflectionSession(_Page):
    """Questions to oneself; answers stay in the journal."""

    kind: ClassVar[str] = "reflection"

    def __init__(self, exercise: Reflection, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.reflection = exercise

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        prompts = self.reflection.prompts
        return f"{self.title}: {sum(bool(self._kept(p.id)) for p in prompts)} of {len(prompts)} written"

    def view(self) -> Json:  # noqa: D102 — see Session
        return {
            **self.head(),
            "before": self.reflection.before,
            "required": self.reflection.required,
            "prompts": [
                {
                    "id": p.id,
                    "ask": p.ask,
                    "starter": p.starter,
                    "text": self.draft(p.id) or self._kept(p.id),
                    "others": self.others(p.id),
                    "kept": bool(self._kept(p.id)) and not self.draft(p.id),
                }
                for p in self.reflection.prompts
            ],
        }

    def do_write(self, message: Mapping[str, Any]) -> Json:
        """Keep the answers to all prompts; empty ones stay empty."""
        texts = message.get("texts")
        texts = texts if isinstance(texts, Mapping) else {}
        answer = {p.id: text for p in self.reflection.prompts if (text := self._said(texts, p.id)).strip()}
        if not answer:
            return {"trouble": "Nothing is written yet. A single sentence is enough."}
        if answer != self.latest:
            self.keep(answer)
        for prompt in self.reflection.prompts:
            self.clear(prompt.id)
        return {"saved": self.mark_saved()}

    def _said(self, texts: Mapping[str, Any], prompt_id: str) -> str:
        """Return what a message says to a prompt; a prompt that it leaves out keeps the words that are there."""
        return text_of(texts, prompt_id) if prompt_id in texts else self.draft(prompt_id) or self._kept(prompt_id)

    def _kept(self, prompt_id: str) -> str:
        return str(self.latest.get(prompt_id, ""))


class ScaleSession(_Page):
    """A self-rating, private; shown against the first one."""

    kind: ClassVar[str] = "scale"

    def __init__(self, exercise: Scale, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.scale = exercise

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        return f"{self.title}: {'answered' if self.latest else 'not answered yet'}"

    def view(self) -> Json:  # noqa: D102 — see Session
        first = self._first_sitting()
        return {
            **self.head(),
            "low": self.scale.low,
            "high": self.scale.high,
            "steps": self.scale.steps,
            "items": [
                {"id": i.id, "text": i.text, "value": self.latest.get(i.id), "first": first.get(i.id)}
                for i in self.scale.items
            ],
        }

    def do_rate(self, message: Mapping[str, Any]) -> Json:
        """Keep one rating at once; ratings outside the scale do nothing."""
        item, value = text_of(message, "item"), number_of(message, "value")
        known = {i.id for i in self.scale.items}
        if item not in known or value is None or not 1 <= value <= self.scale.steps:
            return {}
        if self.latest.get(item) != value:
            self.keep({**self.latest, item: value})
        return {"saved": self.mark_saved()}

    def _first_sitting(self) -> dict[str, Json]:
        """Return the ratings as they stood at the end of the first sitting, once there is a later one.

        Each rating is kept at once, so a sitting is many lines: those of one session, which began at one moment.
        """
        sittings = {a.response.started: a.response.answer for a in self.journal.answers(self.scale.id)}
        first = next(iter(sittings.values())) if len(sittings) > 1 else None
        return first if isinstance(first, dict) else {}


class ExampleSession(_Page):
    """A worked example, uncovered line by line."""

    kind: ClassVar[str] = "example"

    def __init__(self, exercise: Example, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.example = exercise
        self.seen = self._kept_lines()

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        return f"{self.title}: {'read' if self.seen >= len(self.example.lines) else f'{self.seen} lines read'}"

    def view(self) -> Json:  # noqa: D102 — see Session
        lines = self.example.lines
        return {
            **self.head(),
            "setting": self.example.setting,
            "lines": [{"who": n.who, "says": n.says, "note": n.note, "part": n.part} for n in lines[: self.seen]],
            "total": len(lines),
            "notice": list(self.example.notice) if self.seen >= len(lines) else [],
        }

    def do_next(self, message: Mapping[str, Any]) -> Json:
        """Uncover the next exchange: lines up to and with the next one that carries a note."""
        lines = self.example.lines
        if number_of(message, "seen") != self.seen:
            return {}
        self.seen = next((i + 1 for i in range(self.seen, len(lines)) if lines[i].note), len(lines))
        return self._kept()

    def do_all(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Uncover everything."""
        self.seen = len(self.example.lines)
        return self._kept()

    def do_again(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Cover the lines again, from the top."""
        self.seen = 0
        return {}

    def _kept_lines(self) -> int:
        seen = self.latest.get("seen")
        return max(0, min(seen, len(self.example.lines))) if isinstance(seen, int) else 0

    def _kept(self) -> Json:
        if self.seen > self._kept_lines():
            self.keep({"seen": self.seen})
        return {"saved": self.mark_saved()}
