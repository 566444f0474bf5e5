"""What the journal keeps of role plays: answers with the text, what was agreed to, and the findings as shown."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import replace

from alliance_kit.journal import Answer
from alliance_kit.model import Finding, RolePlay, Span, Speaker
from alliance_kit.plain import Json
from alliance_kit.roleplay._annotating import Annotated
from alliance_kit.roleplay._parsing import parse
from alliance_kit.roleplay._script import Script, Spoken

LABELS: Mapping[Speaker, str] = {"clinician": "PT: ", "patient": "Patient: "}


def latest_talks(answers: Iterable[Answer]) -> tuple[Answer, ...]:
    """Return each talk as it stands now: an agreement that came later is a newer line of the same attempt."""
    return tuple({answer.response.attempt: answer for answer in answers}.values())


def fields_of(answer: Answer) -> dict[str, Json]:
    """Return what an answer holds, empty where it has another shape."""
    given = answer.response.answer
    return given if isinstance(given, dict) else {}


def agreed_to(answer: Answer) -> list[str]:
    """Return the ids of all that was agreed to about a talk."""
    agreed = fields_of(answer).get("agreed")
    return [each for each in agreed if isinstance(each, str)] if isinstance(agreed, list) else []


def is_shared(answer: Answer, role_play: RolePlay) -> bool:
    """Return whether both speakers have agreed that a talk may be handed in."""
    return bool(role_play.share) and {each.id for each in role_play.share} <= set(agreed_to(answer))


def in_text(line: Spoken, finding: Finding) -> Finding:
    """Return a finding on a line as one on the whole text, which is what the journal keeps."""
    spans = (line.in_text(span) for span in finding.spans)
    return replace(finding, spans=tuple(span for span in spans if span))


def as_shown(answer: Answer) -> tuple[tuple[Annotated, ...], Script]:
    """Return a kept talk with its findings as they were shown, each at the line that its words are in."""
    given = fields_of(answer)
    script = parse(str(given.get("text", "")), str(given.get("name", "")))
    starts = [line.pieces[0].start for line in script.lines]
    here: dict[int, list[Finding]] = {}
    for finding in answer.feedback.findings if answer.feedback else ():
        at = bisect_right(starts, finding.spans[0].start) - 1 if finding.spans else -1
        if at >= 0 and (spans := tuple(s for s in map(script.lines[at].in_line, finding.spans) if s)):
            here.setdefault(at, []).append(replace(finding, spans=spans))
    return tuple(Annotated(line, tuple(here.get(at, ()))) for at, line in enumerate(script.lines)), script


def as_handed_in(answer: Mapping[str, Json], findings: Iterable[Json]) -> tuple[str, list[Json]]:
    """Return a talk as it leaves, and its findings at their new places.

    Who speaks is PT or Patient there: names of speakers stay at home, and so does what could not be read.

    Parameters
    ----------
    answer : what the journal keeps of the talk
    findings : the findings as plain JSON, their spans in the kept text
    """
    text = str(answer.get("text", ""))
    lines = parse(text, str(answer.get("name", ""))).lines
    if not lines:
        return text, []
    rows = [LABELS[line.speaker] + re.sub(r"[\r\n]", " ", line.says) for line in lines]
    begins = [0]
    for row in rows:
        begins.append(begins[-1] + len(row) + 1)
    starts = [line.pieces[0].start for line in lines]

    def moved(span: Mapping[str, int]) -> dict[str, Json] | None:
        at = max(0, bisect_right(starts, span["start"]) - 1)
        here = lines[at].in_line(Span(span["start"], span["end"]))
        shift = begins[at] + len(LABELS[lines[at].speaker])
        return {"start": here.start + shift, "end": here.end + shift} if here else None

    new = [{**each, "spans": [span for span in map(moved, each.get("spans", ())) if span]} for each in findings]
    return "\n".join(rows), new
