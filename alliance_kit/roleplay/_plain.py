"""Lines with a speaker before them, in the forms in which people write talks down."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alliance_kit.roleplay._cast import Cast
from alliance_kit.roleplay._script import LINE, MAX_LABEL, Entry, Told

_LEAD = re.compile(
    r"[\s\ufeff]+|>+|[-+•#]+(?=\s)|\*(?=\s)|\(?\d{1,4}[.)](?=\s)|\*{1,3}|_{1,3}"
    r"|[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?(?=\s|$|[*_])(?:\s*(?:-->|-|–|—)(?=\s))?"
)
_LABEL = re.compile(
    rf"(?P<label>[^\W\d_][^\r\n:：\t=]{{0,{MAX_LABEL}}}?)[\s*_]*(?P<sep>[:：\t]|[-–—](?=\s|$))[*_]{{0,3}}\s*"
)
_DECLARED = re.compile(rf"\s*([^\r\n=:]{{1,{MAX_LABEL}}}?)\s*=\s*([^\r\n=:]{{1,{MAX_LABEL}}}?)\s*[.;]?\s*")
_NAME_LIKE = re.compile(r"[A-Z][\w.'’-]{0,20}(?: [A-Z(][\w.'’)-]{0,20}){0,2}")


def plain_entries(text: str, cast: Cast, told: Told) -> Iterator[Entry]:
    begun, before = False, list[int]()
    for number, match in enumerate(LINE.finditer(text), 1):
        start, end = match.start(1), match.end(1)
        at = _after_lead(text, start, end)
        if not text[at:end].strip(" \t*_"):
            continue
        declared = None if begun else _DECLARED.fullmatch(text, at, end)
        if declared and cast.declare(declared[1], declared[2]):
            continue
        found = _label_at(text, at, end, cast)
        if found:
            begun = True
            yield Entry(number, found["label"], [_trimmed(text, found.end(), end)], found["label"].strip())
        elif begun:
            yield Entry(number, "", [_trimmed(text, start, end)])
        else:
            before.append(number)
    if before and begun:
        lines = f"Line {before[0]} comes" if len(before) == 1 else f"Lines {before[0]} to {before[-1]} come"
        told.append(
            (
                before[0],
                f"{lines} before anybody speaks and was left out: if somebody says it, begin with 'PT:' or 'Patient:'.",
            )
        )


def _after_lead(text: str, at: int, end: int) -> int:
    """Return where a line's own words begin: after indents, bullets, numbers, time stamps and bold."""
    while (lead := _LEAD.match(text, at, end)) and lead.end() > at:
        at = lead.end()
    return at


def _label_at(text: str, at: int, end: int, cast: Cast) -> re.Match[str] | None:
    found = _LABEL.match(text, at, end)
    if found is None:
        return None
    known = cast.who(found["label"]) != "unknown"
    # "Listen: it hurts" may be a speaker or not; it is asked about. "I told him: no" is the same person going on.
    return found if known or (found["sep"] in ":：" and _NAME_LIKE.fullmatch(found["label"].strip())) else None


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a range without white space and marks of bold at its ends."""
    while start < end and text[start] in " \t\u00a0*_>":
        start += 1
    while end > start and text[end - 1] in " \t\u00a0*_":
        end -= 1
    return start, end
