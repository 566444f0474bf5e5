"""What the journal keeps of role plays: answers with the text, what was agreed to, and the findings as shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace

from alliance_kit.journal import Answer
from alliance_kit.model import Finding, RolePlay
from alliance_kit.plain import Json
from alliance_kit.roleplay._annotating import Annotated
from alliance_kit.roleplay._parsing import parse
from alliance_kit.roleplay._script import Script, Spoken


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
