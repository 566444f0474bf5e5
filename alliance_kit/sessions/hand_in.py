"""Handing in: tick what goes in, see the page as the instructor will see it, take out what points to a person."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from alliance_kit import handin
from alliance_kit.handin import CONTACT, Address, HandIn
from alliance_kit.journal import Journal
from alliance_kit.plain import Json
from alliance_kit.privacy import (
    QUESTIONS,
    Identifier,
    count_by_kind,
    find_identifiers,
    names_in,
    replace_identifiers,
)
from alliance_kit.sessions.base import Clock, Session, text_of, utc_now

MAX_NAME = 60
_REQUEST_ALONE = (
    "A request goes into a file with some of your work. Tick something above as well, or call or write to your "
    "instructor instead."
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A possible identifier in one of the learner's texts."""

    id: str
    address: Address
    text: str
    identifier: Identifier


class HandInSession(Session):
    """Make one file to give or upload; nothing is sent."""

    kind: ClassVar[str] = "hand_in"
    page: ClassVar[str] = "hand_in"

    def __init__(self, journal: Journal, folder: Path, *, clock: Clock = utc_now) -> None:
        super().__init__(journal, clock=clock)
        self.folder = folder
        self.ticks: dict[str, bool] = {}
        self.replaced: dict[str, bool] = {}
        self.draft_of: HandIn | None = None
        self.cast: frozenset[str] = frozenset()
        self.file: Path | None = None

    @property
    def title(self) -> str:  # noqa: D102 — see Session
        return "Handing in"

    @property
    def phase(self) -> str:
        """Where the learner is: choosing, checking the page, or done."""
        return "made" if self.file else "check" if self.draft_of else "choose"

    def view(self) -> Json:  # noqa: D102 — see Session
        head = {"kind": self.kind, "id": "hand_in", "title": self.title, "headline": self.headline, "phase": self.phase}
        if self.file:
            asks = self.draft_of is not None and self.draft_of.wants_contact
            return {**head, "file": self.file.name, "folder": str(self.file.parent), "asks": asks}
        if self.draft_of:
            return {
                **head,
                "page": self._final().page(),
                "identifiers": [self._shown(found) for found in self._identifiers()],
                "questions": [question.ask for question in QUESTIONS],
            }
        return {
            **head,
            "offers": [
                {
                    "id": offer.id,
                    "title": offer.title,
                    "detail": offer.detail,
                    "private": offer.sensitive,
                    "request": offer.id == CONTACT,
                    "ticked": self._ticked(offer.id, default=offer.ticked),
                }
                for offer in handin.offer(self.journal)
            ],
            "draft": self.draft("name") or self.journal.learner.name,
        }

    def do_tick(self, message: Mapping[str, Any]) -> Json:
        """Tick or untick one item."""
        self.ticks[text_of(message, "id")] = message.get("on") is True
        return {}

    def do_check(self, message: Mapping[str, Any]) -> Json:
        """Gather what is ticked and show the page."""
        chosen = [o.id for o in handin.offer(self.journal) if self._ticked(o.id, default=o.ticked)]
        if not chosen:
            return {"trouble": "Tick at least one thing that goes in."}
        if chosen == [CONTACT]:
            return {"trouble": _REQUEST_ALONE}
        name = " ".join(text_of(message, "name").split())[:MAX_NAME]
        self.draft_of = handin.build(self.journal, chosen, name=name, clock=self.clock)
        self.cast = self._cast(self.draft_of)
        self.replaced = {found.id: True for found in self._identifiers()}
        return {}

    def do_replace(self, message: Mapping[str, Any]) -> Json:
        """Replace a possible identifier in the file, or leave it."""
        self.replaced[text_of(message, "id")] = message.get("on") is True
        return {}

    def do_back(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Go back to choosing."""
        self.draft_of = self.file = None
        return {}

    do_new = do_back

    def do_make(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Write the file as it was shown; a second click does nothing."""
        if self.draft_of is None or self.file is not None:
            return {}
        counts = count_by_kind(tuple(found.identifier for found in self._identifiers()))
        final = self._final()
        self.file = handin.write(final, self.folder)
        self.journal.record("handed_in", file=self.file.name, hand_in=final.id, identifiers=counts)
        self.clear("name")
        return {"saved": self.mark_saved()}

    def do_download(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002 — one signature for all acts
        """Give the file to the browser, to be kept where the learner likes."""
        if self.file is None:
            return {}
        try:
            text = self.file.read_text(encoding="utf-8")
        except OSError:
            return {"trouble": f"{self.file.name} is no longer in {self.file.parent}. Make a new one."}
        return {"download": {"name": self.file.name, "type": "application/jsonl", "text": text}}

    def _ticked(self, offer_id: str, *, default: bool) -> bool:
        return self.ticks.get(offer_id, default)

    def _identifiers(self) -> tuple[_Found, ...]:
        return tuple(self._search()) if self.draft_of else ()

    def _search(self) -> Iterator[_Found]:
        assert self.draft_of is not None  # noqa: S101 — called only while a page is being checked
        for own in handin.texts(self.draft_of):
            for identifier in find_identifiers(own.text, self.cast):
                seed = f"{own.address}/{identifier.start}/{identifier.end}"
                found = hashlib.sha256(seed.encode()).hexdigest()[:12]
                yield _Found(found, own.address, own.text[identifier.start : identifier.end], identifier)

    @staticmethod
    def _cast(hand_in: HandIn) -> frozenset[str]:
        """Return the names that the exercises themselves use: invented people are nobody's identifiers."""
        exercises = [row["exercise"] for row in hand_in.lines if row["type"] == "exercise"]
        patients = [exercise["patient"] for exercise in exercises if "patient" in exercise]
        named = frozenset(name for patient in patients for name in (patient["name"], patient["called"]))
        return named.union(*(names_in("\n".join(_strings(exercise))) for exercise in exercises))

    def _final(self) -> HandIn:
        assert self.draft_of is not None  # noqa: S101 — called only while a page is being checked
        wanted: dict[Address, list[Identifier]] = {}
        for found in self._identifiers():
            if self.replaced.get(found.id):
                wanted.setdefault(found.address, []).append(found.identifier)
        texts = {own.address: own.text for own in handin.texts(self.draft_of)}
        new = {address: replace_identifiers(texts[address], tuple(ids)) for address, ids in wanted.items()}
        return handin.with_replacements(self.draft_of, new)

    def _shown(self, found: _Found) -> dict[str, Json]:
        return {
            "id": found.id,
            "text": found.text,
            "replacement": found.identifier.replacement,
            "why": found.identifier.why,
            "replaced": self.replaced.get(found.id, False),
        }


def _strings(data: Json) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _strings(value)
