"""A role play in a real browser: agreed to, typed or opened from a file, looked at, offered for handing in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from alliance_kit.workbook import load_exercise

RULES = "wcag2a,wcag2aa,wcag21aa,wcag22aa,best-practice"
TALK = """\
PT: What is a bad morning like?
Patient: I lie there and count the steps to the kettle. I am scared that it gives way.
PT: You are scared that it gives way. No wonder you count.
Patient: Yes. Nobody asked before.
PT: Don't worry, you'll be fine.
"""
TICKS = ("Nobody in this talk", "Both speakers", "Both know")


def stage(page: Any) -> Any:
    """Return the role play on the page, scrolled into view."""
    title = load_exercise("role-play").title
    found = page.locator(f'.jp-NotebookPanel:visible section.alliance[aria-label="{title}"]')
    found.scroll_into_view_if_needed()
    return found


def axe(page: Any) -> list[str]:
    """Return what axe-core finds amiss in our outputs on the page, one line a rule and place."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("rules => axe.run('.alliance', { runOnly: rules })", RULES.split(","))
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in result["violations"] for n in v["nodes"]]


def answers(home: Path) -> list[dict[str, Any]]:
    """Return the role plays in the journal."""
    lines = map(json.loads, (home / "journal" / "journal.jsonl").read_text("utf-8").splitlines())
    return [line for line in lines if line["type"] == "answer" and line["exercise"] == "role-play"]


def agree(talk: Any) -> None:
    """Tick the three things that have to be so, by keyboard."""
    for words in TICKS:
        tick = talk.get_by_role("checkbox", name=words)
        tick.focus()
        talk.page.keyboard.press("Space")
        talk.page.wait_for_function("document.activeElement.checked")
    talk.get_by_label("The talk, line by line").wait_for()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home of this test's own."""
    return tmp_path / "home"


def test_a_role_play_is_agreed_to_typed_looked_at_and_offered(
    page: Any, open_lab: Callable[..., Any], open_notebook: Callable[..., Any], home: Path, console_errors: list[str]
) -> None:
    """By keyboard alone: no box before the ticks, names are asked about, notes stand at the lines, both must agree."""
    open_notebook(open_lab(home), "02_trust.ipynb")
    talk = stage(page)
    assert talk.locator("textarea").count() == 0
    assert "not with consent, not scribed" in talk.inner_text()
    assert axe(page) == []

    agree(talk)
    assert talk.get_by_role("group", name="Before you type").count() == 1
    page.keyboard.press("Tab")
    page.keyboard.insert_text(f"{TALK}Nurse: Ms. Delgado, please.\n")
    talk.get_by_text("52 words").wait_for()
    talk.get_by_role("button", name="Read it").press("Enter")
    talk.get_by_text("What could not be read").wait_for()
    assert "“Delgado”, line 6" in talk.inner_text()
    assert "it does not show who 'Nurse' is" in talk.inner_text()
    assert page.evaluate("document.activeElement.className") == "al-head"
    assert axe(page) == []

    talk.get_by_role("button", name="Go back and change it").press("Enter")
    box = talk.get_by_label("The talk, line by line")
    assert box.input_value().endswith("Nurse: Ms. Delgado, please.\n")
    box.fill(TALK)
    talk.get_by_role("button", name="Read it").press("Enter")
    talk.get_by_role("region", name="The talk, with notes").wait_for()
    assert talk.locator(".al-bubble").count() == 5
    assert "you'll be fine" in " ".join(talk.locator("mark").all_inner_texts())
    for summary in talk.locator("summary").all():
        summary.press("Enter")
    assert "Nobody can know this." in talk.inner_text()
    assert axe(page) == []

    assert answers(home)[-1]["answer"]["agreed"] == ["nobody-real", "colleagues", "both-know"]
    for words in ("I agree", "My partner agrees"):
        talk.get_by_role("checkbox", name=words).check()
    talk.get_by_text("It is on the list under Handing in now").wait_for()
    assert answers(home)[-1]["answer"]["agreed"][-2:] == ["share-me", "share-partner"]
    page.reload()
    page.locator(".jp-NotebookPanel[data-alliance=ready]:visible").wait_for()
    offered = page.locator('.jp-NotebookPanel:visible section.alliance[aria-label="Handing in"]')
    offered.scroll_into_view_if_needed()
    tick = offered.get_by_role("checkbox", name="A role play with a partner")
    tick.wait_for()
    assert not tick.is_checked()
    assert stage(page).locator(".al-bubble").count() == 5
    assert console_errors == []


def test_a_file_goes_into_the_box_and_other_files_get_an_answer(
    page: Any, open_lab: Callable[..., Any], open_notebook: Callable[..., Any], home: Path, tmp_path: Path
) -> None:
    """A table of an older Windows program is read; a Word file is not; words in the box are never written over."""
    (tmp_path / "talk.docx").write_bytes(b"PK\x03\x04\x14\0\0\0")
    (tmp_path / "talk.csv").write_bytes(
        "speaker;text\r\nPT;How is the caf\u00e9?\r\nPatient;Sore.\r\n".encode("cp1252")
    )
    (tmp_path / "other.txt").write_text("PT: Hi.\nPatient: Ho.\n", encoding="utf-8")
    open_notebook(open_lab(home), "02_trust.ipynb")
    talk = stage(page)
    agree(talk)
    picker, box = talk.locator("input[type=file]"), talk.get_by_label("The talk, line by line")

    picker.set_input_files(tmp_path / "talk.docx")
    talk.get_by_text("This is a Word file, which cannot be read here.").wait_for()
    assert box.input_value() == ""
    picker.set_input_files(tmp_path / "talk.csv")
    page.wait_for_function(
        "document.activeElement.matches('textarea') && document.activeElement.value.includes('café')"
    )
    picker.set_input_files(tmp_path / "other.txt")
    talk.get_by_text("There are words in the box already.").wait_for()
    assert "café" in box.input_value()

    talk.get_by_role("button", name="Read it").click()
    talk.get_by_role("region", name="The talk, with notes").wait_for()
    assert "How is the café?" in talk.locator(".al-bubble").first.inner_text()
    assert answers(home)[0]["answer"]["name"] == "talk.csv"


def test_words_are_a_draft_until_they_are_kept(
    page: Any, open_lab: Callable[..., Any], open_notebook: Callable[..., Any], home: Path
) -> None:
    """Closed in the middle of typing, they are there again once all is agreed to anew, and gone from the box after."""
    open_notebook(open_lab(home), "02_trust.ipynb")
    agree(stage(page))
    stage(page).get_by_label("The talk, line by line").fill(TALK)
    stage(page).get_by_text(re.compile(r"saved \d\d:\d\d")).wait_for()
    page.reload()
    page.locator(".jp-NotebookPanel[data-alliance=ready]:visible").wait_for()
    talk = stage(page)
    talk.get_by_text("What you typed is still there.").wait_for()
    agree(talk)
    assert talk.get_by_label("The talk, line by line").input_value() == TALK
    talk.get_by_role("button", name="Read it").click()
    talk.get_by_role("button", name="Write down another one").click()
    agree(talk)
    page.wait_for_timeout(2500)  # longer than any draft waits

    assert talk.get_by_label("The talk, line by line").input_value() == ""
    drafts = (home / "journal" / "drafts.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["text"] for line in drafts if json.loads(line).get("key") == "role-play/script"][-1:] in (
        [],
        [""],
    )
