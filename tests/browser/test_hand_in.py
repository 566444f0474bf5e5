"""Handing in, in a real browser: a request for contact is told apart from the exercises and reaches the file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alliance_kit import handin
from alliance_kit.journal import Journal
from alliance_kit.sessions.goal import GoalSession
from alliance_kit.workbook import load_exercise

GOAL = "goal-kathleen"
CONTACT = "Please get in touch with me"


def test_asking_for_contact_by_keyboard_is_told_explained_and_in_the_file(
    page: Any,
    open_lab: Callable[..., Any],
    open_notebook: Callable[..., Any],
    tmp_path: Path,
    console_errors: list[str],
) -> None:
    """The request has its own place and note, is off at first, and once ticked it is on the page and in the file."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    GoalSession(load_exercise(GOAL), Journal(home / "journal")).handle({"do": "write", "text": "She makes 14 beds."})
    open_notebook(open_lab(home), "02_trust.ipynb")
    sheet = page.locator('.jp-NotebookPanel:visible section.alliance[aria-label="Handing in"]')
    sheet.scroll_into_view_if_needed()
    request = sheet.get_by_role("group", name=re.compile("request to your instructor"))
    asking = request.get_by_role("checkbox", name=re.compile(CONTACT))

    assert sheet.get_by_role("group", name="What goes in").get_by_text(CONTACT).count() == 0
    assert not asking.is_checked()
    note = page.locator(f"#{asking.get_attribute('aria-describedby')}").inner_text()
    assert "counts for nothing" in note
    assert "if it cannot wait" in note

    asking.focus()
    page.keyboard.press("Space")
    page.wait_for_function("document.activeElement.checked")  # drawn anew, it keeps tick and focus
    page.keyboard.press("Tab")
    page.keyboard.type("Robin")
    page.keyboard.press("Enter")
    sheet.get_by_text("The learner asks you to get in touch.").wait_for()
    sheet.get_by_role("button", name="Make the file").click()
    sheet.get_by_text("It asks your instructor to get in touch.").wait_for()

    (file,) = (home / "hand-in").glob("*.jsonl")
    made = handin.read(file)
    assert made.wants_contact
    assert made.name == "Robin"
    assert console_errors == []
