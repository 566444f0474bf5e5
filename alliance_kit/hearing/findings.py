"""What was seen in a reply outside any scene, as a finding: the same wording as in a talk, without a line to try."""

from __future__ import annotations

from alliance_kit.grading.talk import Seen
from alliance_kit.library import csv_rows
from alliance_kit.model import Finding
from alliance_kit.skills import microskill


def finding_of_seen(seen: Seen) -> Finding:
    """Return what was seen as a finding; a possible one asks the reader to check."""
    skill = microskill(seen.label)
    row = next((row for row in csv_rows("talk_labels") if row["label"] == seen.label), {})
    why, check = row.get("why", skill.definition), row.get("check", "")
    parts = (why, check if seen.sure == "possible" else "", f"In plain words: {seen.note}." if seen.note else "")
    return Finding(
        criterion=seen.label,
        level=seen.sure,
        rule=seen.rule,
        why=" ".join(part for part in parts if part),
        spans=seen.spans,
        source=", ".join(skill.sources),
    )
