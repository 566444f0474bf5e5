"""The hand-in itself: chosen lines of the journal with the exercises they need, as one file of JSON Lines."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from alliance_kit import __version__
from alliance_kit.errors import HandInError
from alliance_kit.handin._fields import LEAVES, leaving, only
from alliance_kit.handin._offers import CONFIDENCE, CONTACT, Part, parts
from alliance_kit.handin._page import page_of
from alliance_kit.home import write_atomically
from alliance_kit.journal import SCHEMA, Journal, Line, PlainCodec
from alliance_kit.plain import Json, to_json

HAND_IN = "hand_in"
_CODEC = PlainCodec()
# Under this name a reflection that counts as written gets an id of its own, the same each time it is handed in.
_WRITTEN = uuid.UUID("6d0c3f3e-6f5d-5c62-9a3b-0d6ad8a1f1c4")


@dataclass(frozen=True, slots=True)
class Content:
    """One entry of the header's list: what the learner ticked, as she saw it; `runs` are the talks that it shows."""

    id: str
    title: str
    kind: str
    detail: str
    runs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """A chosen copy of the journal for a course.

    `name` stands here and nowhere else; `program` is the version that made it; `lines` are plain JSON, exercises first;
    `synthetic` says that no person made it.
    """

    id: str
    made: str
    code: str
    name: str
    program: str
    contents: tuple[Content, ...]
    lines: tuple[Mapping[str, Json], ...]
    synthetic: bool = False

    @property
    def wants_contact(self) -> bool:
        """Whether the learner asks the instructor to get in touch."""
        return any(content.id == CONTACT for content in self.contents)

    def header(self) -> dict[str, Json]:
        """Return the first line as plain JSON."""
        return {
            "schema": SCHEMA,
            "type": HAND_IN,
            "id": self.id,
            "made": self.made,
            "code": self.code,
            "name": self.name,
            "program": self.program,
            "contents": to_json(self.contents),
            "lines": len(self.lines),
            **({"synthetic": True} if self.synthetic else {}),
        }

    def text(self) -> str:
        """Return the file's content: JSON Lines, the header first."""
        rows: list[Mapping[str, Json]] = [self.header(), *self.lines]
        return "".join(_CODEC.encode(row).decode("utf-8") + "\n" for row in rows)

    def page(self) -> list[dict[str, Json]]:
        """Return what the instructor will see, as plain JSON: sections with parts, parts with labelled texts."""
        return page_of(self.contents, self.lines)


def build(
    journal: Journal,
    chosen: Collection[str],
    *,
    name: str = "",
    clock: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    new_id: Callable[[], str] = lambda: str(uuid.uuid4()),
) -> HandIn:
    """Return the hand-in of what is ticked. Nothing is written and nothing leaves yet.

    Parameters
    ----------
    journal : Journal
    chosen : ids of offers
    name : str, for the header only; may be empty
    clock : function that returns the present moment, with its time zone
    new_id : function that returns a new UUID as text

    Raises
    ------
    HandInError: nothing is ticked, or something that the journal does not offer.
    JournalError: the journal cannot be read.
    """
    known = {part.offer.id: part for part in parts(journal)}
    if unknown := [wanted for wanted in chosen if wanted not in known]:
        raise HandInError(f"The journal no longer holds {unknown[0]!r}; look at the list again and tick anew.")
    picked = [part for part_id, part in known.items() if part_id in chosen]
    if not any(part.lines for part in picked):
        raise HandInError("Nothing is ticked that could be handed in; tick at least one exercise.")
    return HandIn(
        id=new_id(),
        made=clock().astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        code=journal.learner.code,
        name=name.strip(),
        program=__version__,
        contents=tuple(Content(p.offer.id, p.offer.title, p.offer.kind, p.offer.detail, p.runs) for p in picked),
        lines=tuple(_lines(journal, picked, confidence=CONFIDENCE in chosen)),
    )


def _lines(journal: Journal, picked: Iterable[Part], *, confidence: bool) -> list[dict[str, Json]]:
    chosen: dict[str, dict[str, Json]] = {}
    for part in picked:
        for line in part.lines:
            row = _written(line) if not part.text else None
            if row is None and part.exercise is not None:
                row = leaving(line, part.exercise, confidence=confidence)
            if row is not None:
                chosen[row["id"]] = row
    needed = {row["digest"] for row in chosen.values() if "digest" in row}
    kept: dict[str, Line] = {}
    for line in journal.lines("exercise"):
        if line.data.get("digest") in needed:
            kept.setdefault(line.data["digest"], line)
    return [only(LEAVES["exercise"], line.to_json()) for line in kept.values()] + list(chosen.values())


def _written(line: Line) -> dict[str, Json]:
    """Return the line that says a reflection is written; nothing of its words, nor of the line's own id, goes along."""
    whole = line.to_json() | {"type": "written", "id": str(uuid.uuid5(_WRITTEN, line.id))}
    return dict(only(LEAVES["written"], whole))


def write(hand_in: HandIn, folder: Path) -> Path:
    """Write the hand-in into `folder` and return its path: ``hand-in-CODE-DATE.jsonl``, never a name in it.

    A second one of the same day gets a number; nothing is overwritten.

    Raises
    ------
    HandInError: the disk refused.
    """
    stem = f"hand-in-{_plain(hand_in.code)}-{_plain(hand_in.made[:10])}"
    number = 1
    while (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}.jsonl").exists():
        number += 1
    try:
        write_atomically(path, hand_in.text().encode("utf-8"))
    except OSError as error:
        raise HandInError(
            f"The hand-in could not be written to {folder} ({error.strerror}); choose another."
        ) from error
    return path


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9-]", "", text.lower())[:32] or "x"
