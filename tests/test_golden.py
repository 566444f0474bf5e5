"""Class records and reports of every version: an old record opens, and its reports come out as they are kept here."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest
from fixtures.make import style_by_name

import alliance_kit
from alliance_kit.batch.class_run import Outcome
from alliance_kit.cohort.record import Record

RECORDS = sorted((Path(__file__).parent / "fixtures").glob("class-v*"))
NEWEST = Path(__file__).parent / "fixtures" / f"class-v{alliance_kit.__version__}"
AGAIN = "If the change is meant, look at the pages and run: python tests/fixtures/make.py pages"


def kept() -> list[str]:
    """Return the names of the pages that are kept here."""
    return sorted(page.relative_to(NEWEST / "reports").as_posix() for page in (NEWEST / "reports").rglob("*.html"))


def test_every_page_is_made(class_reports: tuple[Path, Outcome]) -> None:
    """The record of six makes six reports, the class report and the index, and nothing more."""
    folder, outcome = class_reports

    assert not outcome.failed
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert len([name for name in made if not name.startswith("feedback/")]) == 8
    assert set(kept()) < made


@pytest.mark.parametrize("name", kept())
def test_pages_come_out_byte_for_byte(name: str, class_reports: tuple[Path, Outcome]) -> None:
    """No times, no chance, no place of this computer: the same record makes the same page."""
    folder, _ = class_reports
    new, old = style_by_name((folder / name).read_bytes()), (NEWEST / "reports" / name).read_bytes()
    changed = difflib.unified_diff(old.decode().splitlines(), new.decode().splitlines(), lineterm="", n=0)

    assert [line[:200] for line in changed] == [], AGAIN
    assert new == old, AGAIN


@pytest.mark.parametrize("folder", RECORDS, ids=lambda path: path.name)
def test_records_of_every_version_open(folder: Path, tmp_path: Path) -> None:
    """Whatever version wrote it: all learners are there, their work can be read, and more can be collected into it."""
    with Record.open(Path(shutil.copy(folder / "class.db", tmp_path))) as record:
        learners = record.learners()
        works = [record.hand_in(entry.code) for entry in learners]

        assert len(learners) == 6
        assert all(entry.synthetic for entry in learners)
        assert all(work.lines and not work.name for work in works)
        assert record.has_class_list
        assert [person.name for person in record.missing()] == ["Learner 008, Synthetic"]
        assert len(record.unreadable()) == 1
