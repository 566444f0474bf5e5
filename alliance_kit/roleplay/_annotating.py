"""What can be seen in the clinician's lines, and how often: counts, no verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from alliance_kit.model import Finding, Speaker
from alliance_kit.plain import Json
from alliance_kit.roleplay._script import Script, Spoken
from alliance_kit.skills import microskill


@dataclass(frozen=True, slots=True)
class Annotated:
    """A line with what was seen in it; the patient's lines have no findings. Spans count the line's characters."""

    line: Spoken
    findings: tuple[Finding, ...] = ()


def annotate(script: Script) -> tuple[Annotated, ...]:
    """Return the lines with what was seen: the clinician's are read as answers to what the patient had just said."""
    # Handing in knows role plays, too, and reads none: it need not load the reader and its word lists.
    from alliance_kit.grading.talk import read_reply  # noqa: PLC0415 — see the line above
    from alliance_kit.hearing.findings import finding_of_seen  # noqa: PLC0415 — as above

    made, context, fresh = [], list[str](), True
    for line in script.lines:
        if line.speaker == "patient":
            context = [*context, line.says] if not fresh else [line.says]
            fresh = False
            made.append(Annotated(line))
        else:
            fresh = True
            seen = read_reply(line.says, "\n".join(context))
            made.append(Annotated(line, tuple(finding_of_seen(one) for one in seen)))
    return tuple(made)


def counts(lines: Sequence[Annotated]) -> dict[str, Json]:
    """Return what was seen how often: counts, no verdict.

    Returns
    -------
    dict: seen (rows: name, clear, possible, the most frequent first, each way of speaking once a line), questions
    (open, closed: lines with one), reflections (clear, possible), lines and words (by speaker)
    """
    seen: dict[str, Counter[str]] = {}
    reflections: Counter[str] = Counter()
    for each in lines:
        for criterion, level in dict.fromkeys((f.criterion, f.level) for f in each.findings):
            seen.setdefault(criterion, Counter())[level] += 1
        levels = {f.level for f in each.findings if f.criterion in ("simple_reflection", "complex_reflection")}
        reflections[min(levels, default="none")] += 1  # clear comes before possible
    order = sorted(seen, key=lambda label: (-sum(seen[label].values()), label))
    speakers: tuple[Speaker, ...] = ("clinician", "patient")
    return {
        "seen": [
            {"name": microskill(label).name, "clear": seen[label]["clear"], "possible": seen[label]["possible"]}
            for label in order
        ],
        "questions": {kind: sum(seen.get(f"{kind}_question", Counter()).values()) for kind in ("open", "closed")},
        "reflections": {level: reflections[level] for level in ("clear", "possible")},
        "lines": {who: sum(each.line.speaker == who for each in lines) for who in speakers},
        "words": {who: sum(len(e.line.says.split()) for e in lines if e.line.speaker == who) for who in speakers},
    }
