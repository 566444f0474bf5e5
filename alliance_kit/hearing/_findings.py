"""What was read in typed words, as findings: which words, how surely, why it matters, what else could be said."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from alliance_kit.grading.talk import Seen
from alliance_kit.library import csv_rows
from alliance_kit.model import Finding, Scene
from alliance_kit.skills import microskill

MAX_LINE_WORDS = 32
"""A line to try is read in a few seconds."""


@functools.cache
def wording() -> Mapping[str, str]:
    """Return the sentences of `hearing_wording.csv` by their id."""
    return {row["id"]: row["sentence"] for row in csv_rows("hearing_wording")}


@functools.cache
def _explained() -> Mapping[str, tuple[str, str]]:
    """Return for each microskill why it matters, and what to ask oneself when it was only possibly seen."""
    return {row["label"]: (row["why"], row["check"]) for row in csv_rows("talk_labels")}


def finding_of(seen: Seen, scene: Scene) -> Finding:
    """Return what was seen as a finding; a possible one asks the learner to check."""
    skill = microskill(seen.label)
    why, check = _explained().get(seen.label, (skill.definition, ""))
    parts = [why, check if seen.sure == "possible" else "", f"In plain words: {seen.note}." if seen.note else ""]
    return Finding(
        criterion=seen.label,
        level=seen.sure,
        rule=seen.rule,
        why=" ".join(part for part in parts if part),
        spans=seen.spans,
        try_instead=line_to_try(scene) if skill.direction == "hinders" else "",
        source=", ".join(skill.sources),
    )


def note_finding(name: str, scene: Scene) -> Finding:
    """Return the finding of a turn in which nothing could be read: what happened, and a line to try."""
    return Finding("turn", "unsure", f"hearing/{name}", wording()[name], try_instead=line_to_try(scene))


def line_to_try(scene: Scene) -> str:
    """Return a good line that the scene offers, short enough to read between two turns; empty when there is none."""
    spoken = (reply for reply in scene.replies if reply.act is None and reply.quality == "strong")
    return next((reply.say for reply in spoken if len(reply.say.split()) <= MAX_LINE_WORDS), "")
