from __future__ import annotations
import re
from pathlib import Path
from typing import Any
import pytest
OUT = Path("/tmp/shots2"); OUT.mkdir(exist_ok=True)

@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"

def finish(page, talk, words):
    i = 0
    for _ in range(40):
        if talk.locator(".al-debrief").count(): break
        if talk.locator(".al-reply").count() > 1:
            talk.locator(".al-reply input").first.check()
            talk.get_by_role("button", name=re.compile("^(Say it|Do it)$")).click()
        else:
            box = talk.locator("textarea[data-field=say]")
            box.fill(words[i % len(words)]); i += 1
            page.screenshot(path=OUT / f"typedfirst_{i}.png")
            box.press("Enter")
        page.wait_for_timeout(450)
    page.wait_for_timeout(500)

def test_look(page: Any, open_lab: Any, open_notebook: Any, home: Path, console_errors: list[str]) -> None:
    lab = open_lab(home)
    page.set_viewport_size({"width": 1280, "height": 900})
    open_notebook(lab, "02_trust.ipynb")
    talk = page.locator('.jp-NotebookPanel:visible section.alliance[aria-label*="Like a robot"]')
    talk.wait_for(); talk.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    talk.get_by_role("button", name=re.compile("Meet")).click()
    page.wait_for_timeout(800)
    finish(page, talk, ["What has that been like for you, at work?", "asdf jkl", "So you do it all straight, and they laugh."])
    page.set_viewport_size({"width": 1280, "height": 4600})
    page.wait_for_timeout(600)
    talk.scroll_into_view_if_needed()
    page.screenshot(path=OUT / "debrief1.png")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.wait_for_timeout(300)
    talk.get_by_text("How to play it").click()
    talk.get_by_label(re.compile("An empty box")).check()
    talk.get_by_label(re.compile("Level 3")).check()
    talk.get_by_role("button", name=re.compile("again")).click()
    page.wait_for_timeout(800)
    page.evaluate("document.body.dataset.jpThemeLight='false'")
    page.screenshot(path=OUT / "free_dark.png")
    finish(page, talk, ["What would make today worth it?", "It's not funny any more by room ten.", "You have been told you are old. No wonder that stays with you.", "Any trouble peeing, or numb between the legs, or weak legs?", "Is it okay if I feel along your back with two fingers?", "Your legs are strong on both sides. That is good news.", "What do you see happening if you bend?", "You say how far and you say stop.", "Nope is fine. Take your time.", "You went straight down for it, and it held.", "What would you most like to do again?", "Which bed tomorrow would be the one to try it on?"])
    for d in talk.locator("details.al-beside > summary, details.al-transcript > summary").all():
        d.click(); page.wait_for_timeout(200)
    for n in talk.locator('fieldset.al-rating').all():
        pass
    for k in ("taken-seriously","could-say","what-matters","knew-why"):
        talk.locator(f'input[data-alliance-id$="rating-{k}-3"]').check(); page.wait_for_timeout(400)
    page.set_viewport_size({"width": 900, "height": 9000})
    page.wait_for_timeout(800)
    talk.scroll_into_view_if_needed()
    page.screenshot(path=OUT / "debrief2_dark.png")
    page.set_viewport_size({"width": 600, "height": 900})
    page.evaluate("document.body.dataset.jpThemeLight='true'")
    talk.get_by_role("button", name=re.compile("again")).click()
    page.wait_for_timeout(900)
    page.screenshot(path=OUT / "narrow.png")
    print(console_errors)
