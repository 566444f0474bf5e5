"""Own words in a talk, as a learner lives it: typed, answered, taken back, disagreed with, looked back on."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from alliance_kit.workbook import load_exercise

TALK = "low-back-first-visit"
WORDS = "You left two rooms early for this. What would make it worth it for you?"
RULES = "wcag2a,wcag2aa,wcag21aa,wcag22aa,best-practice"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home of this test's own."""
    return tmp_path / "home"


@pytest.fixture
def talk(page: Any, open_lab: Callable[..., Any], open_notebook: Callable[..., Any], home: Path) -> Any:
    """Return a talk that was begun with an empty box for own words."""
    open_notebook(open_lab(home), "02_trust.ipynb")
    found = page.locator(f'.jp-NotebookPanel:visible section.alliance[aria-label="{load_exercise(TALK).title}"]')
    found.scroll_into_view_if_needed()
    found.get_by_text("How to play it").click()
    found.get_by_label(re.compile("An empty box")).check()
    found.get_by_role("button", name="Meet Kathleen").click()
    found.locator(".al-form").wait_for()
    return found


def box(talk: Any) -> Any:
    """Return the box for own words."""
    return talk.locator("textarea[data-field=say]")


def say(talk: Any, words: str) -> None:
    """Type words, say them with Enter, and wait for the answer."""
    turns = talk.locator("[data-turn]").count()
    box(talk).click()
    talk.page.keyboard.type(words)
    talk.page.keyboard.press("Enter")
    talk.locator("[data-turn]").nth(turns).wait_for()


def axe(page: Any) -> list[str]:
    """Return what axe-core finds amiss in our outputs on the page, one line a rule and place."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    result = page.evaluate("rules => axe.run('.alliance', { runOnly: rules })", RULES.split(","))
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in result["violations"] for n in v["nodes"]]


def lines(home: Path, name: str) -> list[dict[str, Any]]:
    """Return the journal's lines of one type."""
    rows = [json.loads(line) for line in (home / "journal" / "journal.jsonl").read_text("utf-8").splitlines()]
    return [row for row in rows if row["type"] == name]


def test_own_words_are_answered_and_can_be_taken_back_with_one_key(
    page: Any, talk: Any, home: Path, console_errors: list[str]
) -> None:
    """The focus goes to her answer; there, n takes the words back, and they stand in the box again."""
    say(talk, WORDS)

    assert "al-now" in page.evaluate("document.activeElement.className")
    assert talk.locator(".al-heard").get_by_text("One way she may have heard it").is_visible()
    assert axe(page) == []
    page.keyboard.press("n")
    talk.locator("[data-turn]").first.wait_for(state="detached")
    assert box(talk).input_value() == WORDS
    (kept,) = lines(home, "disagreement")
    assert (kept["index"], kept["reason"]) == (0, "not what I meant")
    assert console_errors == []


def test_only_the_last_words_can_be_taken_back(page: Any, talk: Any) -> None:
    """Earlier words lose the button, so that the key never reaches the wrong turn."""
    say(talk, WORDS)
    say(talk, "So the kids laugh, and by room ten it is not that funny any more.")

    assert talk.get_by_role("button", name=re.compile("Not what I meant")).count() == 1


def test_a_finding_can_be_disagreed_with_and_says_so(page: Any, talk: Any, home: Path) -> None:
    """The reason is kept with the rule; what was opened stays open."""
    say(talk, WORDS)
    talk.locator(".al-why > summary").click()
    talk.locator(".al-disagree > summary").first.click()
    talk.locator(".al-disagree textarea").first.fill("I was only being polite.")
    talk.locator(".al-disagree button").first.click()
    talk.get_by_text("You disagree; that is kept.").wait_for()

    assert talk.locator(".al-why[open]").count() == 1
    (kept,) = lines(home, "disagreement")
    assert kept["rule"].startswith("talk/")
    assert kept["reason"] == "I was only being polite."


def test_words_that_say_nothing_bring_the_lines_and_move_nothing(page: Any, talk: Any, home: Path) -> None:
    """She asks back, says so kindly, and lines to choose from are there."""
    assert talk.locator(".al-reply").count() == 0
    say(talk, "hm")

    assert talk.locator(".al-reply").count() > 3
    (turn,) = lines(home, "turn")
    assert turn["state_before"]["bond"] == turn["state_after"]["bond"]


def test_an_empty_box_is_said_so_and_a_second_time_counts_as_silence(page: Any, talk: Any) -> None:
    """A slip of the finger says nothing; meant, it is silence, and she answers to that."""
    button = talk.get_by_role("button", name="Say it", exact=True)
    button.click()
    talk.locator(".al-notice").get_by_text("Nothing is typed yet.").wait_for()
    assert talk.locator("[data-turn]").count() == 0
    button.click()
    talk.locator("[data-turn]").first.wait_for()


def test_unkind_words_pause_the_talk_and_are_nowhere(page: Any, talk: Any, home: Path) -> None:
    """One limit, then a neutral sentence; the words are in no file."""
    for _ in range(2):
        say(talk, "You stupid zimtstern idiot.")
    talk.get_by_text("The talk is paused.").wait_for()

    assert talk.get_by_role("button", name="Go back to the turn before").is_visible()
    assert axe(page) == []
    for path in home.rglob("*"):
        if path.is_file():
            assert b"zimtstern" not in path.read_bytes(), path


def test_markup_in_own_words_stays_text(page: Any, talk: Any) -> None:
    """What is typed is shown as typed, never run."""
    hostile = "<img src=x onerror=\"document.title='owned'\"> What is it like for you, at work?"
    say(talk, hostile)

    assert talk.locator(".al-you").first.inner_text().endswith(hostile)
    assert talk.locator(".al-log img").count() == 0
    assert page.title() != "owned"


def test_the_look_back_shows_her_rating_after_the_own_one(page: Any, talk: Any, home: Path) -> None:
    """First the learner says what she thinks; then both stand side by side; notes are kept in the journal."""
    while talk.locator(".al-debrief").count() == 0:
        if talk.locator(".al-reply").count() == 0:
            say(talk, "hm")
            continue
        turns = talk.locator("[data-turn]").count()
        talk.locator(".al-reply input").first.check()
        talk.get_by_role("button", name=re.compile("^(Say|Do) it$")).click()
        talk.locator("[data-turn]").nth(turns).wait_for()
    assert talk.get_by_text("Kathleen, computed").count() == 0
    for legend in ("taken seriously", "on my mind", "matters to me", "and why"):
        talk.locator("fieldset.al-rating", has_text=legend).locator("input[value='4']").check()
    talk.get_by_role("button", name="See Kathleen").click()
    talk.get_by_text("Kathleen, computed").wait_for()
    talk.get_by_label(re.compile("Let it settle")).fill("It was fine.")
    talk.get_by_role("button", name="Keep it").last.click()
    talk.get_by_text("Kept in your journal. It stays there.").wait_for()

    assert axe(page) == []
    assert lines(home, "looked_back")[-1]["notes"]["defuse"] == "It was fine."
