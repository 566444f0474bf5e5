"""A role play that two people acted and wrote down: agreed to, read, kept, looked at. No points, no verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from alliance_kit.grading import GRADER
from alliance_kit.journal import Answer, Journal
from alliance_kit.model import Agreement, Feedback, Response, RolePlay, digest_of
from alliance_kit.plain import Json
from alliance_kit.roleplay import (
    Script,
    agreed_to,
    annotate,
    as_shown,
    counts,
    fields_of,
    in_text,
    latest_talks,
    parse,
    unreadable,
)
from alliance_kit.sessions.base import Clock, ExerciseSession, number_of, stamp, text_of, utc_now
from alliance_kit.sessions.debrief import finding_json

SCRIPT = "script"
"""The field in which the talk is typed."""
INVENTED = "invented"
"""Kept beside the agreements: what looked like a name, a date or a place was said to be invented."""
MAX_FOUND = 40
_TICK_FIRST = "Tick all of these first. If one of them is not so, this talk does not belong here."
_NOBODY = "No line of the therapist could be read, so there is nothing to look at yet."


class RolePlaySession(ExerciseSession):
    """Agree, type or open, read, look at it; a second talk is a new attempt."""

    kind: ClassVar[str] = "role_play"

    def __init__(self, exercise: RolePlay, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(exercise, journal, clock=clock)
        self.role_play = exercise
        self.digest = digest_of(exercise)
        self.ticked: set[str] = set()
        self.file = ""
        self.pending = ""
        self.writing = not self._kept()
        self.shown = 0

    @property
    def headline(self) -> str:  # noqa: D102 — see Session
        talks = len(self._kept())
        return (
            f"{self.title}: {talks} talk{'' if talks == 1 else 's'} looked at" if talks else f"{self.title}: not begun"
        )

    @property
    def phase(self) -> str:
        """Where the learner is: agreeing, typing, asked about what was found, or looking at the talk."""
        if not self.writing:
            return "look"
        if not self._all_ticked():
            return "agree"
        return "check" if self.pending else "write"

    def view(self) -> Json:  # noqa: D102 — see Session
        exercise, phase = self.role_play, self.phase
        shown: dict[str, Json] = {
            **self.head(),
            "phase": phase,
            "how": list(exercise.how),
            "purpose": exercise.purpose,
            "never": exercise.never,
            "stays": exercise.stays,
            "form": list(exercise.form),
            "agree": _ticks(exercise.agree, self.ticked),
            "kept": len(self._kept()),
        }
        if phase in ("agree", "write"):
            shown |= {"draft": self.draft(SCRIPT), "others": self.others(SCRIPT)}
        elif phase == "check":
            shown["check"] = self._check()
        else:
            shown["look"] = self._look()
        return shown

    # --- agreeing and typing -----------------------------------------------------------------------------------------

    def do_tick(self, message: Mapping[str, Any]) -> Json:
        """Say that one of the agreements is so, or is not."""
        name = text_of(message, "id")
        if name in {each.id for each in self.role_play.agree}:
            (self.ticked.add if message.get("on") is True else self.ticked.discard)(name)
        return {}

    def do_file(self, message: Mapping[str, Any]) -> Json:
        """Say why a file cannot be put into the box, if there is no text in it."""
        fault = unreadable(text_of(message, "name"), text_of(message, "head"))
        return {"trouble": fault} if fault else {}

    def do_read(self, message: Mapping[str, Any]) -> Json:
        """Read the talk, typed or of a file of this name; where something is to be asked about, ask, else keep it."""
        if not self._all_ticked():
            return {"trouble": _TICK_FIRST}
        text = text_of(message, "text") if "text" in message else self.draft(SCRIPT)
        if not text.strip():
            return {"trouble": "Nothing is typed yet. A few lines are enough."}
        self.file = text_of(message, "file")
        script = parse(text, self.file)
        if not script.said_by("clinician"):
            return {"trouble": "\n".join((_NOBODY, *script.faults))}
        self.journal.save_draft(self.draft_key(SCRIPT), text, self.window)
        if not script.faults and not self._found(text):
            return self._keep(text, script, ())
        self.pending = text
        return {}

    def do_back(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Go back to the words, which are kept as a draft, to change them."""
        self.pending = ""
        return {}

    def do_keep(self, message: Mapping[str, Any]) -> Json:
        """Keep the talk as it was read; what looked like an identifier has to be called invented first."""
        if not self.pending or not self._all_ticked():
            return {}
        found = bool(self._found(self.pending))
        if found and message.get("invented") is not True:
            return {"trouble": "Say that these are invented, or go back and change them."}
        return self._keep(self.pending, parse(self.pending, self.file), (INVENTED,) if found else ())

    def do_new(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Begin another talk; everything is agreed to anew."""
        self.ticked, self.pending, self.file, self.writing = set(), "", "", True
        return {}

    def do_show(self, message: Mapping[str, Any]) -> Json:
        """Show a talk that was kept, the last one where no other is named."""
        if self._kept():
            self.writing, self.shown, self.pending = False, number_of(message, "attempt") or 0, ""
        return {}

    def do_share(self, message: Mapping[str, Any]) -> Json:
        """Note that one of the two agrees to handing in the talk on screen, or no longer does."""
        answer, name = self._on_screen(), text_of(message, "id")
        if answer is None or name not in {each.id for each in self.role_play.share}:
            return {}
        agreed = [each for each in agreed_to(answer) if each != name] + [name] * (message.get("on") is True)
        if agreed != agreed_to(answer):
            self._add(replace(answer.response, answer={**fields_of(answer), "agreed": agreed}), answer.feedback)
        return {"saved": self.mark_saved()}

    # --- what is kept ------------------------------------------------------------------------------------------------

    def _all_ticked(self) -> bool:
        return self.ticked.issuperset(each.id for each in self.role_play.agree)

    def _kept(self) -> tuple[Answer, ...]:
        """Return the talks that were kept, each as it stands now."""
        return latest_talks(self.journal.answers(self.exercise.id))

    def _on_screen(self) -> Answer | None:
        kept = self._kept()
        return next((each for each in kept if each.response.attempt == self.shown), kept[-1] if kept else None)

    def _keep(self, text: str, script: Script, said: Sequence[str]) -> Json:
        findings = [in_text(each.line, finding) for each in annotate(script) for finding in each.findings]
        response = Response(
            exercise=self.exercise.id,
            digest=self.digest,
            attempt=max((each.response.attempt for each in self._kept()), default=0) + 1,
            answer={
                "text": text,
                "name": self.file,
                "agreed": [*(each.id for each in self.role_play.agree), *said],
            },
            started=self.started,
            answered=stamp(self.clock()),
        )
        self._add(response, Feedback(self.exercise.id, GRADER, tuple(findings)))
        self.clear(SCRIPT)
        self.pending, self.file, self.writing, self.shown, self.ticked = "", "", False, 0, set()
        return {"saved": self.mark_saved()}

    def _add(self, response: Response, feedback: Feedback | None) -> None:
        self.journal.keep_exercise(self.role_play)
        self.journal.add_answer(response, feedback)

    # --- what there is to see ----------------------------------------------------------------------------------------

    def _check(self) -> Json:
        script = parse(self.pending, self.file)
        return {
            "faults": list(script.faults),
            "found": self._found(self.pending),
            "lines": {who: len(script.said_by(who)) for who in ("clinician", "patient")},
        }

    @staticmethod
    def _found(text: str) -> list[Json]:
        """Return what in a text looks like a name, a date or a place, each once, with the first line that it is in."""
        # It brings the name lists of the identifier check along, which nothing else on the page needs.
        from alliance_kit.privacy import find_identifiers  # noqa: PLC0415 — see the line above

        found: dict[str, Json] = {}
        for each in find_identifiers(text):
            words = text[each.start : each.end]
            found.setdefault(words, {"text": words, "why": each.why, "line": text.count("\n", 0, each.start) + 1})
        return list(found.values())[:MAX_FOUND]

    def _look(self) -> Json:
        answer = self._on_screen()
        assert answer is not None  # noqa: S101 — without a talk the phase is another
        lines, script = as_shown(answer)
        return {
            "attempt": answer.response.attempt,
            "attempts": [{"attempt": a.response.attempt, "at": a.response.answered} for a in self._kept()],
            "lines": [
                {
                    "who": each.line.speaker,
                    "says": each.line.says,
                    "findings": [finding_json(finding) for finding in each.findings],
                }
                for each in lines
            ],
            "faults": list(script.faults),
            "counts": counts(lines),
            "questions": list(self.role_play.questions),
            "share": _ticks(self.role_play.share, agreed_to(answer)),
        }


def _ticks(agreements: Iterable[Agreement], ticked: Collection[str]) -> list[Json]:
    return [{"id": each.id, "text": each.text, "on": each.id in ticked} for each in agreements]
