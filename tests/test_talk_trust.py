"""Only a reading that was measured may lower the alliance: the table in the lexicons is what the final part gives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))
from talk_agreement import part_rows, precision_of

from alliance_kit.hearing._hearer import ENOUGH_READINGS, TRUSTED_PRECISION, trusted_labels
from alliance_kit.library import csv_rows

WARNINGS = ("confrontation", "false_reassurance", "advice_without_permission", "jargon")
TABLE = {row["label"]: row for row in csv_rows("talk_trust")}


@pytest.mark.parametrize("label", WARNINGS)
def test_the_table_is_what_the_final_part_gives(label: str) -> None:
    """A reader that changes is measured anew before it may lower anything."""
    precision, replies = precision_of(label, part_rows("final"))

    assert (float(TABLE[label]["precision"]), int(TABLE[label]["replies"])) == (round(precision, 2), replies)


def test_only_what_was_measured_well_is_trusted() -> None:
    """Whatever stands below the bound, or is not in the table, makes the patient ask back."""
    enough = {name for name, row in TABLE.items() if int(row["replies"]) >= ENOUGH_READINGS}
    assert trusted_labels() == {name for name in enough if float(TABLE[name]["precision"]) >= TRUSTED_PRECISION}
    assert set(TABLE) == set(WARNINGS)


def test_no_row_is_in_both_parts() -> None:
    """The final part is new: no reply of it, and no patient's line, stands in the tuning part."""
    tuning, final = part_rows("tuning"), part_rows("final")

    assert not {row.text.lower() for row in tuning} & {row.text.lower() for row in final}
    assert len(tuning) + len(final) >= 300
