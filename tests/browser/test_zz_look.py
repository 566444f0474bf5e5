from __future__ import annotations
import re
from pathlib import Path
from typing import Any
import pytest
OUT = Path("/tmp/shots"); OUT.mkdir(exist_ok=True)

@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"

LINES = [
 "You left two rooms early to get here. What would make that worth it?",
 "asdf",
 "So the kids laugh, but it isn't that funny by room ten.",
 "You should really just relax about that.",
 "Any trouble peeing or numbness down there? Any weakness in the legs?",
 "Would it be okay if I put my hands on your low back?",
 "What worries you most?",
]

def test_look(page: Any, open_lab: Any, open_notebook: Any, home: Path, console_errors: list[str]) -> None:
    lab = open_lab(home)
    page.set_viewport_size({"width": 1280, "height": 900})
    open_notebook(lab, "02_trust.ipynb")
    talk = page.locator('.jp-NotebookPanel:visible section.alliance[aria-label*="Like a robot"]')
    talk.wait_for(); talk.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    talk.screenshot(path=OUT / "1_intro.png")
    talk.get_by_text("How to play it").click()
    talk.screenshot(path=OUT / "2_settings.png")
    talk.get_by_role("button", name=re.compile("Meet")).click()
    page.wait_for_timeout(800)
    page.screenshot(path=OUT / "3_turn1.png")
    n = 3
    for line in LINES:
        box = talk.locator("textarea[data-field=say]")
        box.fill(line)
        n += 1
        page.screenshot(path=OUT / f"{n}_typed.png")
        box.press("Enter")
        page.wait_for_timeout(900)
        n += 1
        page.screenshot(path=OUT / f"{n}_after.png")
    whys = talk.locator("details.al-why")
    whys.last.locator("> summary").click()
    page.wait_for_timeout(300)
    page.screenshot(path=OUT / "30_why.png")
    for _ in range(30):
        if talk.locator(".al-debrief").count(): break
        box = talk.locator("textarea[data-field=say]")
        if talk.locator(".al-reply").count() > 1:
            talk.locator(".al-reply input").first.check()
            talk.get_by_role("button", name=re.compile("Say it|Do it")).click()
        else:
            box.fill("Tell me a bit more about that, what is it like?"); box.press("Enter")
        page.wait_for_timeout(500)
    page.wait_for_timeout(500)
    talk.screenshot(path=OUT / "40_debrief.png")
    for d in talk.locator(".al-debrief > details, .al-debrief details.al-transcript").all():
        try: d.locator("> summary").first.click()
        except Exception: pass
    for i in range(4):
        talk.locator(f'input[name^="rating-"][value="{2+i%3}"]').nth(0 if True else i)
    for name in talk.locator('fieldset.al-rating').all():
        name.locator('input[value="4"]').check()
        page.wait_for_timeout(300)
    page.wait_for_timeout(500)
    talk.screenshot(path=OUT / "41_debrief_open.png")
    print(console_errors)
