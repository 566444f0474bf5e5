"""Short items, one at a time: answer, see what each option does, go on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from alliance_kit.grading import grade
from alliance_kit.journal import Answer, Journal
from alliance_kit.model import Choice, DrillItem, DrillSet, Response, digest_of
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.base import (
    Clock,
    ExerciseSession,
    confidence_levels,
    confidence_of,
    number_of,
    stamp,
    text_of,
    utc_now,
)

MAX_CONFIDENCE_ITEMS = 3


class DrillSession(ExerciseSession):
    """Work through a drill set; each answer is kept with the feedback as shown."""

    kind: ClassVar[str] = "drill"

    def __init__(self, exercise: DrillSet, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.drill = exercise
        self.digest = digest_of(exercise)
        self.attempt = max((a.response.attempt for a in self._all_answers()), default=1)
        self.index = next((i for i, item in enumerate(exercise.items) if not self._answer(item)), 0)

    @property
    def done(self) -> int:
        """How many items of this round are answered."""
        return sum(self._answer(item) is not None for item in self.drill.items)

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        return f"{self.title}: {self.done} of {len(self.drill.items)} done"

    def view(self) -> Json:  # noqa: D102 — see Session
        item = self.drill.items[self.index]
        answer = self._answer(item)
        field = f"{item.id}/text"
        return {
            **self.head(),
            "items": [{"id": i.id, "answered": self._answer(i) is not None, "kind": i.kind} for i in self.drill.items],
            "index": self.index,
            "done": self.done,
            "complete": self.done == len(self.drill.items),
            "attempt": self.attempt,
            "item": {
                "id": item.id,
                "kind": item.kind,
                "part": item.part,
                "stem": item.stem,
                "patient": item.patient,
                "line": item.line,
                "choices": [self._choice(choice, answer) for choice in self._offered(item)],
                "samples": list(item.samples) if answer else [],
                "field": field,
                "draft": self.draft(field),
                "others": self.others(field) if item.kind == "rewrite" else [],
                "confidence": list(confidence_levels(len(item.choices) or None)) if self._asks(item) else [],
            },
            "answer": {
                "value": answer.response.answer,
                "confidence": answer.response.confidence,
                "feedback": to_json(answer.feedback),
            }
            if answer
            else None,
        }

    def do_answer(self, message: Mapping[str, Any]) -> Json:
        """Answer the item on screen; a second click does nothing. A rewriting may be written anew."""
        item, given = self.drill.items[self.index], self._answer(self.drill.items[self.index])
        if text_of(message, "item") != item.id or (item.kind != "rewrite" and given):
            return {}
        key = "text" if item.kind == "rewrite" else "choice"
        value = text_of(message, key)
        if not value.strip():
            return {"trouble": "Choose an answer first." if key == "choice" else "Write your line first."}
        known = value in {choice.id for choice in item.choices} if key == "choice" else True
        if not known or (given and given.response.answer == {"item": item.id, key: value}):
            return {}
        response = Response(
            exercise=self.drill.id,
            digest=self.digest,
            attempt=self.attempt,
            answer={"item": item.id, key: value},
            confidence=confidence_of(message) if self._asks(item) else None,
            started=self.started,
            answered=stamp(self.clock()),
        )
        self.journal.keep_exercise(self.drill)
        self.journal.add_answer(response, grade(self.drill, response), item=item.id)
        self.clear(f"{item.id}/text")
        return {"saved": self.mark_saved()}

    def do_go(self, message: Mapping[str, Any]) -> Json:
        """Show another item, by its index."""
        index = number_of(message, "index")
        if index is not None and 0 <= index < len(self.drill.items):
            self.index = index
            self.started = stamp(self.clock())
        return {}

    def do_again(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Begin the set again once it is complete; earlier answers are kept."""
        if self.done == len(self.drill.items):
            self.attempt += 1
            self.index = 0
        return {}

    def _all_answers(self) -> tuple[Answer, ...]:
        return tuple(a for a in self.journal.answers(self.drill.id) if a.response.digest == self.digest)

    def _answer(self, item: DrillItem) -> Answer | None:
        answers = [a for a in self._all_answers() if a.response.attempt == self.attempt and a.item == item.id]
        return answers[-1] if answers else None

    def _asks(self, item: DrillItem) -> bool:
        """Whether this round asks for confidence here: at most three items, others in the next round."""
        marked = [i.id for i in self.drill.items if i.confidence]
        start = ((self.attempt - 1) * MAX_CONFIDENCE_ITEMS) % len(marked) if marked else 0
        return item.id in (marked[start:] + marked[:start])[:MAX_CONFIDENCE_ITEMS]

    def _offered(self, item: DrillItem) -> list[Choice]:
        def order(choice: Choice) -> str:
            return hashlib.sha256(f"{item.id}/{choice.id}/{self.attempt}".encode()).hexdigest()

        return sorted(item.choices, key=order)

    @staticmethod
    def _choice(choice: Choice, answer: Answer | None) -> dict[str, Json]:
        shown: dict[str, Json] = {"id": choice.id, "text": choice.text}
        if answer:
            shown |= {"best": choice.best, "feedback": choice.feedback, "words": choice.words}
        return shown
