"""Several hand-ins of one learner as one: what she handed in last counts, and nothing of before is dropped."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from alliance_kit.handin import CONTACT, Content, HandIn
from alliance_kit.plain import Json

AHEAD: Final = timedelta(days=1)
"""How far a hand-in may be dated after it was collected: the two computers' clocks and time zones differ so much."""
_MERGED: Final = uuid.UUID("8f0a6d0e-53a7-5f0e-9a59-0b8d1c1d7a52")
"""Under this name the hand-ins together get an id of their own, the same for the same hand-ins."""


def moment_of(said: str) -> datetime | None:
    """Return the moment that a text says, in UTC, or None where it says none; without a time zone it is one of UTC."""
    try:
        moment = datetime.fromisoformat(said)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def text_of(moment: datetime) -> str:
    """Return a moment as the hand-in writes it: UTC, to the second; sorts as the moments do (from the year 1000 on)."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ordered_by(made: str, at: datetime) -> tuple[str, str]:
    """Return the moment by which a hand-in is ordered, and what the instructor is told where that is not `made`.

    A date in the future would otherwise win over all that the learner hands in until then.
    """
    moment = moment_of(made)
    if moment is None or moment.year < 1000:
        return text_of(at), "its date cannot be read; ordered by when it was collected"
    if moment > at.astimezone(UTC) + AHEAD:
        return text_of(at), f"its clock is ahead: dated {moment:%Y-%m-%d}; ordered by when it was collected"
    return text_of(moment), ""


def merged(hand_ins: Sequence[HandIn]) -> HandIn:
    """Return the hand-ins of one learner as one hand-in without a name.

    Parameters
    ----------
    hand_ins : at least one, all of one code, the oldest first

    Returns
    -------
    HandIn: of each line, by its id, the version of the last hand-in that has it; exercises first, once per digest, then
    the other lines in the order in which they were written. What was ticked is that of the last, then that of before;
    whether she wants to be contacted is what the last says.
    """
    last = hand_ins[-1]
    lines: dict[Json, Mapping[str, Json]] = {}
    for each in hand_ins:
        lines.update((line["id"], line) for line in each.lines)
    exercises = {line["digest"]: line for line in sorted(lines.values(), key=_written) if line["type"] == "exercise"}
    others = [line for line in lines.values() if line["type"] != "exercise"]
    return dataclasses.replace(
        last,
        id=last.id if len(hand_ins) == 1 else str(uuid.uuid5(_MERGED, " ".join(each.id for each in hand_ins))),
        name="",
        contents=_contents(hand_ins),
        lines=(*exercises.values(), *sorted(others, key=_written)),
        synthetic=any(each.synthetic for each in hand_ins),
    )


def _written(line: Mapping[str, Json]) -> tuple[str, int, str]:
    return line["at"], line["seq"], line["id"]


def _contents(hand_ins: Sequence[HandIn]) -> tuple[Content, ...]:
    """Return what was ticked; a talk's entry names the runs of all hand-ins, so that none of them goes unseen."""
    united: dict[str, Content] = {content.id: content for content in hand_ins[-1].contents}
    for each in reversed(hand_ins[:-1]):
        for content in each.contents:
            if content.id in united:
                known = united[content.id]
                runs = (*known.runs, *(run for run in content.runs if run not in known.runs))
                united[content.id] = dataclasses.replace(known, runs=runs)
            elif content.id != CONTACT:
                united[content.id] = content
    return tuple(united.values())
