"""Every screen under clumsy hands: by keyboard, clicked twice, in the dark, printed, with two pages open.

What a browser alone can show. One workbook serves the module; each test works on exercises of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from alliance_kit.workbook import load_exercise

RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]
SILENCE = 4500  # a message without an answer is told after 4 s
KATHLEEN, HANA, CURTIS = "low-back-first-visit", "knee-plateau", "work-injury-trust"
GOAL = "In 4 weeks I will make 14 beds in one shift without holding my breath, because I get paid by the room."
FOCUS = """() => {
    const at = document.activeElement, box = at.getBoundingClientRect(), style = getComputedStyle(at);
    return { name: at.className, ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
             seen: box.bottom > 0 && box.top < innerHeight && box.height > 0 };
}"""
ADDED = """log => {
    window.added = [];
    const note = all => all.forEach(one => one.addedNodes.forEach(node => added.push(node.textContent)));
    new MutationObserver(note).observe(log, { childList: true, subtree: true });
}"""


@pytest.fixture(scope="module")
def workbook(open_lab: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the workbook in a home of this module's own."""
    return open_lab(tmp_path_factory.mktemp("screens") / "home")


@pytest.fixture
def trust(workbook: Any, open_notebook: Callable[..., Any]) -> Iterator[Any]:
    """Return the page of the module on trust; nothing on it may have come to a stop when the test ends."""
    panel = open_notebook(workbook, "02_trust.ipynb")
    yield panel
    assert [text for text in panel.locator(".al-notice").all_inner_texts() if "come to a stop" in text] == []


def stage(panel: Any, title: str) -> Any:
    """Return an exercise of a page by its title or its id, scrolled into view."""
    title = load_exercise(title).title if re.fullmatch(r"[a-z-]+", title) else title
    found = panel.locator(f'section.alliance[aria-label="{title}"]')
    found.scroll_into_view_if_needed()
    return found


def meet(talk: Any) -> None:
    """Begin a talk, or a new one."""
    talk.get_by_role("button", name=re.compile("^Meet|again$")).click()
    talk.locator(".al-form").wait_for()


def pick(talk: Any, key: str = "1") -> None:
    """Choose a reply by its key, or type something where own words come first; nothing is said yet."""
    if talk.locator(".al-reply").count():
        talk.page.keyboard.press(key)
    else:
        turn = talk.locator("[data-turn]").count()
        talk.locator("textarea[data-field=say]").fill(f"What is hour {turn} of your day like for you?")


def choose_and_say(talk: Any, key: str = "1") -> None:
    """Say a reply by keys, or own words where those come first, and wait for the answer."""
    turns = talk.locator("[data-turn]").count()
    pick(talk, key)
    talk.page.keyboard.press("Enter")
    talk.locator("[data-turn]").nth(turns).wait_for()


def axe(page: Any) -> list[str]:
    """Return what axe-core finds amiss on the page in front, one line a rule and place."""
    page.evaluate((resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    here = ".jp-NotebookPanel:not(.lm-mod-hidden)"
    result = page.evaluate("([here, rules]) => axe.run(here, { runOnly: rules })", [here, RULES])
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in result["violations"] for n in v["nodes"]]


def test_keys_do_in_a_field_what_they_do_everywhere(trust: Any, workbook: Any) -> None:
    """Enter breaks a line, Ctrl+Z takes back, letters are letters; lines are kept as they were typed."""
    field = stage(trust, "trust-reflection").locator("textarea").nth(2)
    keyboard = trust.page.keyboard
    field.click()
    keyboard.type("First dd.")
    keyboard.press("Enter")
    keyboard.type("Second 1 2 a.")
    keyboard.press("Control+z")
    undone = field.input_value()
    field.fill("")
    keyboard.type("One.")
    keyboard.press("Enter")
    keyboard.type("Two.")
    stage(trust, "trust-reflection").get_by_role("button", name="Keep it").click()
    stage(trust, "trust-reflection").get_by_text("Kept in your journal.").wait_for()

    assert undone.startswith("First dd.\n")
    assert undone != "First dd.\nSecond 1 2 a."
    journal = (workbook.home / "journal" / "journal.jsonl").read_text("utf-8")
    assert json.dumps("One.\nTwo.") in journal


def test_a_talk_by_keyboard_keeps_focus_line_and_button_in_view(trust: Any) -> None:
    """At 900 px: after each reply the focus is on the new line, with a ring, and the button is in view, too.

    The log only grows: a screen reader hears the own line, how it was heard, and the answer, each once.
    """
    talk = stage(trust, HANA)
    meet(talk)
    log = talk.locator(".al-log")
    log.evaluate(ADDED)
    talk.locator(".al-title").click()  # a click beside the text does not deafen the keys
    heard = []
    while talk.locator(".al-debrief").count() == 0:
        line = talk.locator(".al-now").inner_text()
        said = len(heard)
        choose_and_say(talk)
        heard = trust.page.evaluate("added")
        assert len(heard) == said + 3
        assert not any(line.split("\n")[-1] in text for text in heard[said:])
        focus = trust.page.evaluate(FOCUS)
        assert "al-now" in focus["name"]
        assert focus["ring"]
        assert focus["seen"]
        button = talk.locator(".al-turn .al-primary").first.bounding_box()
        assert talk.locator(".al-debrief").count() or button["y"] + button["height"] <= 900

    assert len(set(heard)) == len(heard)


def test_two_clicks_and_a_held_key_do_one_thing(trust: Any) -> None:
    """A double click reads a goal once and says nothing more; Enter held down says one line."""
    goal = stage(trust, "goal-curtis")
    goal.locator("textarea").fill(GOAL)
    goal.get_by_role("button", name="Read it back to me").dblclick()
    goal.locator(".al-read").wait_for()
    talk = stage(trust, CURTIS)
    meet(talk)
    pick(talk)
    for _ in range(8):  # as a held key repeats
        trust.page.keyboard.down("Enter")
        trust.page.wait_for_timeout(30)
    trust.page.keyboard.up("Enter")
    trust.page.wait_for_timeout(500)

    assert goal.locator(".al-notice").is_hidden()
    assert goal.get_by_text("1 version kept").is_visible()
    assert talk.locator("[data-turn]").count() == 1
    assert talk.locator(".al-notice").is_hidden()


def test_ticking_in_a_hand_in_is_answered(trust: Any) -> None:
    """Each tick has its answer: nothing claims afterwards that the page has come to a stop; Enter goes on."""
    goal = stage(trust, "goal-hana")
    goal.locator("textarea").fill(f"My patient Mrs. Abernathy: {GOAL}")
    goal.get_by_role("button", name=re.compile("Read it")).click()
    goal.locator(".al-read").wait_for()
    sheet = stage(trust, "Handing in")
    box = sheet.locator("input[type=checkbox]").first
    was = box.is_checked()
    box.click()
    box.click()
    trust.page.wait_for_timeout(SILENCE)
    assert box.is_checked() == was
    sheet.get_by_label("Name on the hand-in").click()
    trust.page.keyboard.press("Enter")
    sheet.get_by_text("“Abernathy”").wait_for()
    place = sheet.get_by_role("region", name="The page as your instructor will see it")
    place.evaluate("node => { node.scrollTop = 40; }")
    sheet.locator(".al-found input").first.click()
    trust.page.wait_for_timeout(SILENCE)

    assert sheet.locator(".al-notice").is_hidden()
    assert place.evaluate("node => node.scrollTop") == 40


def test_two_pages_in_one_window_stay_apart(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """The page takes the arrow keys on opening; ids are of one field alone, and a label leads to its own field."""
    panel = open_notebook(workbook, "00_start_here.ipynb")
    page = panel.page
    page.keyboard.press("PageDown")
    page.wait_for_function("document.querySelector('.jp-WindowedPanel-outer').scrollTop > 300")
    welcome = stage(panel, "Welcome")
    welcome.locator("input").fill("Robin")
    page.keyboard.press("Enter")
    welcome.get_by_text("Good to see you, Robin.").wait_for()
    panel.get_by_role("link", name="Trust").first.click()
    page.wait_for_url("**/02_trust.ipynb*")
    page.locator(".jp-NotebookPanel[data-alliance=ready]:visible").wait_for()
    trust = page.locator(".jp-NotebookPanel:visible")

    ids = page.evaluate("[...document.querySelectorAll('.alliance [id]')].map(node => node.id)")
    assert len(ids) == len(set(ids)) > 5
    stage(trust, "trust-reflection").locator("label").first.click()
    assert page.evaluate("document.activeElement.closest('.jp-NotebookPanel').matches('.lm-mod-hidden')") is False


def test_a_restart_gives_the_focus_back_and_is_told_once(trust: Any) -> None:
    """Several exercises have a first reply: the focus comes back to the one it was in; one voice says what happens."""
    talk = stage(trust, KATHLEEN)
    meet(talk)
    other = stage(trust, "trust-drills")
    other.locator("input[data-key='2']").focus()
    trust.evaluate("""node => node.addEventListener('alliance:kernel', told => setTimeout(() => {
        const loud = node.querySelectorAll('.al-notice[role=alert]:not([hidden])').length;
        if (told.detail === 'restarting') window.alerts = loud;
    }))""")
    trust.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    trust.page.wait_for_function("window.alerts !== undefined")
    trust.page.locator(".jp-NotebookPanel[data-alliance=ready]:visible").wait_for()
    trust.page.wait_for_timeout(500)

    focused = trust.page.evaluate("document.activeElement.closest('.alliance')?.getAttribute('aria-label')")
    assert trust.page.evaluate("window.alerts") == 1
    assert focused == load_exercise("trust-drills").title


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_exercise_is_accessible_in_its_states(
    scheme: str, page: Any, workbook: Any, open_notebook: Callable[..., Any]
) -> None:
    """Contrast, names, roles and order, before and after answering, in both themes; nothing below 24 px."""
    page.emulate_media(color_scheme=scheme)
    panel = open_notebook(workbook, "02_trust.ipynb")
    assert axe(page) == []
    stage(panel, "trust-self-check").locator("input").nth(3).click()
    stage(panel, "trust-example").get_by_role("button", name=re.compile("Show it all|From the top")).click()
    drills = stage(panel, "trust-drills")
    drills.locator(".al-step").nth(0 if scheme == "light" else 1).click()
    drills.locator("input[data-key='1']").focus()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    drills.locator(".al-option").first.wait_for()
    goal = stage(panel, "goal-kathleen")
    goal.locator("textarea").fill(f"{GOAL} {scheme}")
    goal.get_by_role("button", name=re.compile("Read it")).click()
    goal.locator(".al-read").wait_for()
    goal.locator(".al-criterion summary").first.click()
    drills.get_by_role("button", name="Next").click()
    drills.locator(".al-reply").first.wait_for()
    page.keyboard.press("Enter")
    drills.get_by_text("Choose an answer first.").wait_for()
    sheet = stage(panel, "Handing in")
    sheet.get_by_role("button", name=re.compile("See the page|Make another")).click()
    page.wait_for_timeout(300)

    assert axe(page) == []
    small = """[...document.querySelectorAll('.alliance :is(button, summary, input)')]
        .map(node => [node.textContent, (node.closest('label') ?? node).getBoundingClientRect()])
        .filter(([, box]) => box.width && (box.width < 24 || box.height < 24)).map(([text]) => text)"""
    assert page.evaluate(small) == []


def test_on_paper_all_that_was_said_is_there(trust: Any, tmp_path: Path) -> None:
    """Printed from the dark theme: pages, not one screen; dark on white; the talk whole, no buttons."""
    page = trust.page
    page.emulate_media(color_scheme="dark", media="print")
    log = trust.locator(".al-log").first
    paper = page.pdf(format="Letter")

    assert len(re.findall(rb"/Type\s*/Page\b", paper)) > 5
    assert log.evaluate("node => node.scrollHeight <= node.clientHeight + 1")
    assert trust.locator(".alliance button:visible").count() == 0
    ink = trust.locator(".alliance").first.evaluate("node => getComputedStyle(node).color")
    assert ink == "rgb(27, 37, 48)"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
