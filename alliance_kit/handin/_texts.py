"""The learner's own words in a hand-in, each with its address, and the same hand-in with some of them replaced."""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alliance_kit.errors import HandInError
from alliance_kit.handin._hand_in import HandIn
from alliance_kit.handin._understood import Understood, understand
from alliance_kit.model import Scenario
from alliance_kit.plain import Json

Address = tuple[str, str]
_NOT_TYPED = frozenset({"item", "choice", "seen"})
_TOKEN = re.compile(r"\w+|\W", re.DOTALL)
_MAX_TOKENS = 4000


@dataclass(frozen=True, slots=True)
class OwnText:
    """Words that the learner typed; `address` is the line's id and the place in it, as a JSON pointer (RFC 6901)."""

    address: Address
    text: str
    title: str


def texts(hand_in: HandIn) -> tuple[OwnText, ...]:
    """Return what the learner typed, in the order of the hand-in; replies that she picked are not hers and left out.

    Raises
    ------
    ExerciseFileError: a line cannot be understood (hand-ins that were built or read here always can).
    """
    understood = understand(hand_in.lines)
    return tuple(
        OwnText((row["id"], pointer), text, _title(understood, row))
        for row in hand_in.lines
        for pointer, text in _typed(row, understood)
    )


def _typed(row: Mapping[str, Json], understood: Understood) -> Iterator[tuple[str, str]]:
    if row["type"] == "answer":
        for pointer, text in _strings(row["answer"], "/answer"):
            if pointer.removeprefix("/answer/") not in _NOT_TYPED and text.strip():
                yield pointer, text
    elif row["type"] == "turn" and row["said"] not in _offered(understood, row) and row["said"].strip():
        yield "/said", row["said"]


def _strings(data: Json, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, str):
        yield pointer, data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(value, f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _strings(value, f"{pointer}/{index}")


def _offered(understood: Understood, row: Mapping[str, Json]) -> set[str]:
    """Return the replies that the talk offered at this turn."""
    run = understood.runs.get(row["run"])
    exercise = understood.exercises.get(run.digest) if run else None
    scene = exercise.scenes.get(row["scene"]) if isinstance(exercise, Scenario) else None
    return {reply.say for reply in scene.replies} if scene else set()


def _title(understood: Understood, row: Mapping[str, Json]) -> str:
    run = understood.runs.get(row.get("run", ""))
    exercise = understood.exercises.get(run.digest if run else row.get("digest", ""))
    return exercise.title if exercise else ""


# --- replacing --------------------------------------------------------------------------------------------------


def with_replacements(hand_in: HandIn, replacements: Mapping[Address, str]) -> HandIn:
    """Return the hand-in with these texts in place of the learner's; the journal keeps what she wrote.

    Findings follow: spans move with the words, those on words that are gone are dropped, and where a finding quotes
    such words, it quotes the new ones.

    Raises
    ------
    HandInError: an address is none of `texts`.
    """
    known = {own.address: own.text for own in texts(hand_in)}
    if unknown := [address for address in replacements if address not in known]:
        raise HandInError(f"The hand-in holds no text at {unknown[0]!r}; look at the page again.")
    by_line: dict[str, dict[str, str]] = {}
    for (line_id, pointer), text in replacements.items():
        if text != known[line_id, pointer]:
            by_line.setdefault(line_id, {})[pointer] = text
    typed = {line_id: sum(address[0] == line_id for address in known) for line_id in by_line}
    rows = [
        _replaced(row, by_line[row["id"]], alone=typed[row["id"]] == 1) if row["id"] in by_line else row
        for row in hand_in.lines
    ]
    return replace(hand_in, lines=tuple(rows))


def _replaced(row: Mapping[str, Json], new_texts: Mapping[str, str], *, alone: bool) -> dict[str, Json]:
    out = copy.deepcopy(dict(row))
    for pointer, new in new_texts.items():
        old = _put(out, pointer, new)
        changes = edits(old, new)
        # With several texts in one answer nobody says which of them a span is in, so spans go.
        _follow(out.get("feedback") or out, old, changes, spans=alone)
    return out


def _put(data: Any, pointer: str, new: str) -> str:
    """Set the text at `pointer` and return the one that was there."""
    *way, last = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
    for key in way:
        data = data[int(key)] if isinstance(data, list) else data[key]
    place = int(last) if isinstance(data, list) else last
    old = str(data[place])
    data[place] = new
    return old


Edit = tuple[int, int, str]


def edits(old: str, new: str) -> list[Edit]:
    """Return what turns `old` into `new`, word by word: (start, end, replacement), in order, not overlapping."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if max(len(before), len(after)) > _MAX_TOKENS:  # comparing word by word takes too long: one change from end to end
        return [(0, len(old), new)]
    starts = [0]
    for token in before:
        starts.append(starts[-1] + len(token))
    codes = difflib.SequenceMatcher(None, before, after).get_opcodes()
    return [(starts[i], starts[j], "".join(after[k:m])) for tag, i, j, k, m in codes if tag != "equal"]


def _follow(feedback: dict[str, Json], old: str, changes: Sequence[Edit], *, spans: bool) -> None:
    """Let the findings follow the changes of the text that they are on."""
    quotes = {old[start:end]: new for start, end, new in changes if len(old[start:end].strip()) > 2}

    def quoted_anew(text: str) -> str:
        for gone, new in quotes.items():
            text = re.sub(rf"(?<!\w){re.escape(gone)}(?!\w)", lambda _, new=new: new, text)  # type: ignore[misc]  # bound early on purpose
        return text

    for finding in feedback.get("findings") or ():
        for name in ("why", "try_instead"):
            finding[name] = quoted_anew(finding.get(name, ""))
        moved = [_moved(span, changes) for span in finding.get("spans", ())] if spans else []
        finding["spans"] = [span for span in moved if span]
    if "next_step" in feedback:
        feedback["next_step"] = quoted_anew(feedback["next_step"])


def _moved(span: Mapping[str, int], changes: Sequence[Edit]) -> dict[str, int] | None:
    shift = 0
    for start, end, new in changes:
        if start < span["end"] and end > span["start"]:
            return None
        if end <= span["start"]:
            shift += len(new) - (end - start)
    return {"start": span["start"] + shift, "end": span["end"] + shift}
