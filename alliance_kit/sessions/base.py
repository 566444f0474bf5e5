"""What all sessions share: a view to show, messages to act on, drafts, and the promise that nothing is lost.

A session is an exercise being worked on, without any screen: `view()` says in plain JSON what there is to see, and
`handle(message)` does one thing the learner asked for. The widget, the text front end, tests and batch runs all
drive the same sessions.
"""

from __future__ import annotations

import abc
import datetime
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from alliance_kit.errors import AllianceKitError
from alliance_kit.journal import Journal
from alliance_kit.model import Exercise
from alliance_kit.plain import Json

MAX_TEXT = 100_000
"""Characters kept of one field: some fifty printed pages, far beyond any prompt here."""

Clock = Callable[[], datetime.datetime]


def utc_now() -> datetime.datetime:
    """Return the present moment in UTC."""
    return datetime.datetime.now(datetime.UTC)


def stamp(moment: datetime.datetime) -> str:
    """Return a moment as RFC 3339 text in UTC, to the second."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Session(abc.ABC):
    """Base of all sessions. Subclasses add `do_<name>` methods for the messages they understand."""

    kind: ClassVar[str] = ""
    page: ClassVar[str] = ""
    """Draft key of sessions that belong to no exercise."""

    def __init__(self, journal: Journal, *, clock: Clock = utc_now) -> None:
        self.journal = journal
        self.clock = clock
        self.saved = ""
        self.window = ""
        self.notices: tuple[str, ...] = ()
        self.untold: Callable[[], tuple[str, ...]] = tuple

    @property
    def title(self) -> str:
        """The title, which may be saved in a notebook."""
        return ""

    @property
    def headline(self) -> str:
        """Title and how far it got: all that a notebook may keep of a session."""
        return self.title

    @abc.abstractmethod
    def view(self) -> Json:
        """Return what there is to see, as plain JSON."""

    def handle(self, message: Mapping[str, Any]) -> Json:
        """Do what a message asks for and return ``{"view": …}``, with ``"trouble"`` when something stood in the way.

        Never raises on a message, whatever it holds. Where even the view cannot be made, the trouble comes alone.
        """
        message = message if isinstance(message, Mapping) else {}
        name = message.get("do")
        self.window = text_of(message, "client")
        act = getattr(self, f"do_{name}", None) if isinstance(name, str) and name.isidentifier() else None
        reply: dict[str, Json] = {}
        try:
            reply.update((act(message) if act else None) or {})
        except AllianceKitError as fault:
            reply["trouble"] = str(fault)
        if name != "draft":
            try:
                reply["view"] = self.view()
                self.notices = (*self.notices, *self.untold())
            except AllianceKitError as fault:
                reply.setdefault("trouble", str(fault))
        # What the learner should know about her files stays on the exercise where it was told first.
        return {**reply, "notices": list(self.notices)} if self.notices else reply

    def do_draft(self, message: Mapping[str, Any]) -> Json:
        """Keep the words being typed in a field; answers ``{"saved": time}`` only once they are on the disk."""
        field = text_of(message, "field")
        self.journal.save_draft(self.draft_key(field), text_of(message, "text"), self.window)
        return {"saved": self.mark_saved(), "field": field}

    def do_settle(self, message: Mapping[str, Any]) -> Json:
        """Note that the learner has seen what another window wrote in a field."""
        self.journal.settle_drafts(self.draft_key(text_of(message, "field")), self.window)
        return {}

    def draft_key(self, field: str) -> str:
        """Return the key under which a field's draft is kept."""
        return f"{self.page}/{field}"

    def draft(self, field: str) -> str:
        """Return the half-typed words of a field, empty when there are none."""
        return self.journal.draft(self.draft_key(field), self.window)

    def others(self, field: str) -> list[str]:
        """Return what other windows hold in this field, so that two windows never cost anybody a word."""
        return list(self.journal.other_drafts(self.draft_key(field), self.window))

    def clear(self, field: str) -> None:
        """Note that the words of a field are handed over and no longer a draft."""
        self.journal.clear_draft(self.draft_key(field), self.window)

    def mark_saved(self) -> str:
        """Note that something reached the disk just now, and return the local time as ``14:02``."""
        self.saved = self.clock().astimezone().strftime("%H:%M")
        return self.saved


class ExerciseSession(Session):
    """A session on one exercise of the library."""

    def __init__(self, exercise: Exercise, journal: Journal, *, clock: Clock = utc_now) -> None:
        super().__init__(journal, clock=clock)
        self.exercise = exercise
        self.started = stamp(clock())

    @property
    def title(self) -> str:  # noqa: D102 — see Session
        return self.exercise.title

    def draft_key(self, field: str) -> str:  # noqa: D102 — see Session
        return f"{self.exercise.id}/{field}"

    def head(self) -> dict[str, Json]:
        """Return what every exercise's view starts with."""
        exercise = self.exercise
        return {
            "kind": exercise.kind,
            "id": exercise.id,
            "title": exercise.title,
            "minutes": exercise.minutes,
            "saved": self.saved,
            "reviewed": exercise.reviewed_by.clinician != "not yet",
            "headline": self.headline,
        }


def text_of(message: Mapping[str, Any], name: str) -> str:
    """Return a text field of a message, cut at `MAX_TEXT`; anything else counts as empty."""
    value = message.get(name)
    return value[:MAX_TEXT] if isinstance(value, str) else ""


def number_of(message: Mapping[str, Any], name: str) -> int | None:
    """Return a whole-number field of a message, None when it is something else."""
    value = message.get(name)
    return value if type(value) is int else None


def confidence_of(message: Mapping[str, Any]) -> float | None:
    """Return the confidence in a message as a probability from 0 to 1, None when it was passed."""
    value = message.get("confidence")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return round(float(value), 2) if 0 <= value <= 1 else None


def confidence_levels(options: int | None = None) -> tuple[float, ...]:
    """Return the five levels offered: 10 to 90 %, or from chance up where one of `options` is right.

    Examples
    --------
    >>> confidence_levels()
    (0.1, 0.3, 0.5, 0.7, 0.9)
    >>> confidence_levels(4)
    (0.25, 0.4, 0.6, 0.75, 0.95)
    """
    if not options:
        return (0.1, 0.3, 0.5, 0.7, 0.9)
    chance = 1 / options
    steps = [round((chance + i * (0.95 - chance) / 4) * 20) / 20 for i in range(5)]
    return (round(chance, 2), *steps[1:])
