"""The reports as people meet them: in a browser without JavaScript, on paper, with a screen reader, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

LEARNERS = range(6)
PAGES = ["index.html", "class_report.html", *LEARNERS]
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


@pytest.fixture
def address_of(class_reports: tuple[Path, Any]) -> Callable[[str | int], str]:
    """Return a function that gives the address of a page of the class: by its name, or a learner's by its number."""
    folder, _ = class_reports
    learners = sorted((folder / "learners").glob("*.html"))
    return lambda page: (learners[page] if isinstance(page, int) else folder / page).as_uri()


def pages_of(pdf: bytes) -> int:
    """Return how many pages a PDF has."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_without_javascript(name: str | int, paper: Any, address_of: Callable[[str | int], str]) -> None:
    """Title, one main heading, every picture drawn, nothing wider than the window."""
    paper.goto(address_of(name))
    images = paper.locator("img")

    assert paper.title()
    assert paper.locator("h1").count() == 1
    assert paper.locator("h1").is_visible()
    assert all(images.nth(i).get_attribute("alt") for i in range(images.count()))
    assert all(images.nth(i).bounding_box()["width"] > 100 for i in range(images.count()))
    assert paper.locator("body").bounding_box()["width"] <= 1000


@pytest.mark.parametrize("name", LEARNERS)
@pytest.mark.parametrize("form", ["A4", "Letter"])
def test_learner_report_is_at_most_two_printed_pages(
    form: str, name: int, paper: Any, address_of: Callable[[str | int], str]
) -> None:
    """On either paper, whatever was handed in."""
    paper.goto(address_of(name))

    assert 1 <= pages_of(paper.pdf(format=form)) <= 2


@pytest.mark.parametrize("name", PAGES[:3])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(scheme: str, name: str | int, page: Any, address_of: Callable[[str | int], str]) -> None:
    """Contrast, names, order, landmarks, by day and by night."""
    page.emulate_media(color_scheme=scheme)
    page.goto(address_of(name))
    found = Axe().run(page, options=RULES).response["violations"]

    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []


@pytest.mark.parametrize("name", PAGES[:3])
def test_page_fits_a_narrow_window(name: str | int, page: Any, address_of: Callable[[str | int], str]) -> None:
    """600 px wide, or a larger one at 200 %: nothing is cut off at the side."""
    page.set_viewport_size({"width": 600, "height": 900})
    page.goto(address_of(name))

    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
