"""The reports as people meet them: in a browser without JavaScript, on paper, with a screen reader, in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

import alliance_kit

PAGES = Path(__file__).parents[1] / "fixtures" / f"class-v{alliance_kit.__version__}" / "reports"
NAMES = sorted(page.relative_to(PAGES).as_posix() for page in PAGES.rglob("*.html"))
LEARNERS = [name for name in NAMES if name.startswith("learners/")]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture
def paper(browser: Any) -> Iterator[Any]:
    """Return a page with JavaScript off, as a cautious mail program shows it; nothing may be asked of a network."""
    context = browser.new_context(viewport={"width": 1000, "height": 900}, java_script_enabled=False)
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    yield context.new_page()
    context.close()
    assert [address for address in asked if not address.startswith(("file:", "data:"))] == []


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("name", NAMES)
def test_page_is_whole_without_javascript(name: str, paper: Any) -> None:
    """Title, one main heading, every picture drawn, nothing wider than the window."""
    paper.goto((PAGES / name).as_uri())
    images = paper.locator("img")

    assert paper.title()
    assert paper.locator("h1").count() == 1
    assert paper.locator("h1").is_visible()
    assert all(images.nth(i).get_attribute("alt") for i in range(images.count()))
    assert all(images.nth(i).bounding_box()["width"] > 100 for i in range(images.count()))
    assert paper.locator("body").bounding_box()["width"] <= 1000


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("form", ["A4", "Letter"])
def test_learner_report_is_at_most_two_printed_pages(form: str, name: str, paper: Any) -> None:
    """On either paper, whatever was handed in."""
    paper.goto((PAGES / name).as_uri())

    assert 1 <= pages_of(paper.pdf(format=form)) <= 2


@pytest.mark.parametrize("name", [LEARNERS[0], "class_report.html", "index.html"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, name: str, page: Any) -> None:
    """Contrast, names, order, landmarks, by day and by night."""
    page.emulate_media(color_scheme=scheme)
    page.goto((PAGES / name).as_uri())
    found = Axe().run(page, options=RULES).response["violations"]

    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("name", [LEARNERS[0], "class_report.html", "index.html"])
def test_page_fits_a_narrow_window(name: str, page: Any) -> None:
    """600 px wide, or a larger one at 200 %: nothing is cut off at the side."""
    page.set_viewport_size({"width": 600, "height": 900})
    page.goto((PAGES / name).as_uri())

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
