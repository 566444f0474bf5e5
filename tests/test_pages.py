"""Pages that stand alone, the index, and the files for the feedback upload."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from alliance_kit.cohort.lms import Submission, feedback_name, submission_of
from alliance_kit.reports.feedback_files import Feedback, write_feedback
from alliance_kit.reports.html import Html, words
from alliance_kit.reports.index import Row, index_page
from alliance_kit.reports.pages import MAX_BYTES, standalone, to_page, too_heavy

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'


def shows(data: dict[str, Any], metadata: dict[str, Any] | None = None) -> nbformat.NotebookNode:
    """Return a cell that gave out one result."""
    return new_code_cell("SECRET_CODE = 1", outputs=[new_output("display_data", data, metadata=metadata or {})])


def page_of(*cells: nbformat.NotebookNode, title: str = "Report for 00000003") -> str:
    """Return the page of a notebook with these cells."""
    return to_page(new_notebook(cells=list(cells)), title)


def body_of(page: str) -> str:
    """Return what stands within the page's one <main>."""
    return page.partition("<main>")[2].partition("</main>")[0]


# --- what a page shows ------------------------------------------------------------------------------------------


def test_code_printed_lines_and_errors_are_never_shown() -> None:
    """A page holds what cells show, and neither their code nor what they printed nor a traceback."""
    outputs = [
        new_output("stream", name="stdout", text="PRINTED"),
        new_output("stream", name="stderr", text="WARNED"),
        new_output("error", ename="ValueError", evalue="BROKEN", traceback=["BROKEN"]),
        new_output("execute_result", {"text/html": "<p>Shown.</p>", "text/plain": "REPR"}, execution_count=1),
    ]
    page = page_of(new_markdown_cell("# Title\n\nA *text*."), new_code_cell("SECRET_CODE = 1", outputs=outputs))

    assert "<p>Shown.</p>" in page
    assert "<em>text</em>" in page
    for hidden in ("SECRET_CODE", "PRINTED", "WARNED", "BROKEN", "REPR", "¶"):
        assert hidden not in page


def test_cells_for_the_instructor_alone_are_left_out() -> None:
    """The tag `not-in-report` keeps a text or a result out of the page."""
    text, result = new_markdown_cell("HOW TO CHANGE THIS"), shows({"text/html": "<p>CHECK</p>"})
    for cell in (text, result):
        cell.metadata.tags = ["not-in-report"]

    page = page_of(text, result, new_markdown_cell("Stays."))

    assert "HOW TO" not in page
    assert "CHECK" not in page
    assert "Stays." in page


def test_a_page_stands_alone_and_can_fetch_and_run_nothing() -> None:
    """A page says its language, shuts out the network and scripts, and carries its style within."""
    page = page_of(new_markdown_cell("# One"))

    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page
    assert "<script" not in page
    assert "http://" not in page.replace("http-equiv", "")
    assert "https://" not in page
    assert "prefers-color-scheme" in page


@pytest.mark.parametrize("cells", [["# One\n\ntext"], ["text"], []], ids=["own heading", "no heading", "empty"])
def test_a_page_has_one_heading_of_level_one(cells: list[str]) -> None:
    """A page has its notebook's heading, else its title as heading: never none, never both."""
    assert page_of(*map(new_markdown_cell, cells)).count("<h1") == 1


def test_figures_carry_their_description_or_say_that_they_have_none() -> None:
    """An image has an alternative text in any case, escaped, and a vector image runs no script."""
    page = page_of(
        shows({"image/png": PNG + "\n"}, {"image/png": {"alt": 'Two "dots" <up>'}}),
        shows({"image/png": PNG}),
        shows({"image/svg+xml": SVG}, {"alt": "A line"}),
    )

    assert f'<img alt="Two &quot;dots&quot; &lt;up&gt;" src="data:image/png;base64,{PNG}">' in page
    assert 'alt="A figure without a description."' in page
    assert '<img alt="A line" src="data:image/svg+xml;base64,' in page
    assert "<script" not in page


@given(st.text())
def test_plain_results_are_escaped(text: str) -> None:
    """Whatever a plain result says stands on the page as text."""
    shown = body_of(page_of(shows({"text/plain": text})))

    assert shown.count("<") == shown.count("</pre>") * 2 + 2 == 4  # the heading and the <pre>, opened and shut
    assert words(text).strip() in shown


def test_markdown_results_show_html_as_text() -> None:
    """Markdown that a cell made may carry a learner's words: HTML in it is text, and no address runs a script."""
    page = page_of(shows({"text/markdown": "**Yes** <img src=x onerror=alert(1)> [go](javascript:alert(1))"}))

    assert "<strong>Yes</strong>" in page
    assert "<img" not in page
    assert 'href="javascript' not in page


@given(st.text())
def test_the_title_is_escaped_and_any_text_gives_a_page(title: str) -> None:
    """A title cannot break out of its place."""
    page = standalone(title, Html("<p>x</p>"))

    assert page.count("<title>") == page.count("</title>") == page.count("</h1>") == 1


def test_the_same_notebook_gives_the_same_page() -> None:
    """Pages are made from their notebook alone."""
    cells = [new_markdown_cell("# A\n\n## B"), shows({"text/html": "<p>x</p>"})]

    assert page_of(*cells) == page_of(*cells)


def test_a_page_that_is_too_heavy_is_told() -> None:
    """Up to 300 kB nothing is said; beyond, one sentence with the weight."""
    assert too_heavy("x" * MAX_BYTES) == ""
    assert too_heavy("ü" * MAX_BYTES) == "This page has 600 kB; up to 300 kB travel well."


# --- the index --------------------------------------------------------------------------------------------------


def test_the_index_lists_learners_by_code_and_ranks_nobody() -> None:
    """Rows stand in the order of their codes, whatever order they come in and however much was finished."""
    rows = [Row(code=code, finished=n, page=f"learners/{code}.html") for code, n in (("b2", 9), ("c3", 5), ("a1", 0))]

    page = index_page(rows, class_page="class_report.html")

    assert page.index(">a1<") < page.index(">b2<") < page.index(">c3<")
    assert '<a href="class_report.html">' in page
    assert page == index_page(rows[::-1], class_page="class_report.html")


def test_the_index_says_what_could_not_be_made_and_why() -> None:
    """A missing report has no link but its reason, escaped; a late or synthetic hand-in is said in words."""
    rows = [
        Row(code="a1", reason="Cell [3] <stopped>."),
        Row(code="b2", page="learners/b2.html", late=True, synthetic=True),
    ]

    page = index_page(rows, class_page="", class_reason="No learners & so on.", notes=["A <note>."])

    assert "could not be made: Cell [3] &lt;stopped&gt;." in page
    assert 'href="learners/a1.html"' not in page
    assert "The class report could not be made: No learners &amp; so on." in page
    assert "<p>A &lt;note&gt;.</p>" in page
    assert "Handed in late. Synthetic." in page
    assert "1 of these 2 hand-ins are synthetic" in page


def test_a_synthetic_class_is_said_once() -> None:
    """Where no person made any of the hand-ins, one banner says so, and no row repeats it."""
    rows = [Row(code=code, page=f"learners/{code}.html", synthetic=True) for code in ("a1", "b2")]

    page = index_page(rows, class_page="class_report.html")

    assert page.lower().count("synthetic:") == 1
    assert "Synthetic." not in page
    assert 'class="banner">All of these hand-ins are synthetic' in page


# --- feedback upload --------------------------------------------------------------------------------------------


def feedback(tmp_path: Path, stem: str, submission: Submission | None = None) -> Feedback:
    """Return one learner's page to hand back, written to the disk."""
    page = tmp_path / f"{stem}.html"
    page.write_text(f"page of {stem}", encoding="utf-8")
    return Feedback(stem, page, submission or Submission())


def test_feedback_is_named_so_that_the_lms_finds_its_person(tmp_path: Path) -> None:
    """Each page lies in the folder under a name of its own; each LMS has its ZIP, whoever came otherwise has none."""
    canvas = submission_of("diazana_LATE_4711_99_hand-in-aa-2026-01-05.jsonl")
    moodle = submission_of("Ana Diaz_123_assignsubmission_file_/hand-in-bb-2026-01-05.jsonl")
    reports = [feedback(tmp_path, "aa", canvas), feedback(tmp_path, "bb", moodle), feedback(tmp_path, "cc")]

    zips = write_feedback(tmp_path / "feedback", reports)

    assert [path.name for path in zips] == ["feedback-canvas.zip", "feedback-moodle.zip"]
    (in_canvas,), (in_moodle,) = (zipfile.ZipFile(path).namelist() for path in zips)
    assert in_canvas == feedback_name(canvas, "aa")
    assert in_moodle == feedback_name(moodle, "bb")
    assert (tmp_path / "feedback" / in_canvas).read_text() == "page of aa"
    assert (tmp_path / "feedback" / "cc.html").is_file()
    assert not any("diaz" in path.name.lower() for path in (tmp_path / "feedback").iterdir())


def test_feedback_is_made_anew_and_with_the_same_bytes(tmp_path: Path) -> None:
    """A second run takes away what belongs to nobody now, and writes the same ZIP."""
    canvas = submission_of("diazana_4711_99_hand-in.jsonl")
    folder = tmp_path / "feedback"
    first = write_feedback(folder, [feedback(tmp_path, "aa", canvas), feedback(tmp_path, "gone")])[0].read_bytes()

    second = write_feedback(folder, [feedback(tmp_path, "aa", canvas)])[0].read_bytes()

    assert first == second
    assert not (folder / "gone.html").exists()


@pytest.mark.parametrize("prefix", ["../", "a/b_", "C:\\", "x\n", ".", "\u202ex", "n" * 400], ids=ascii)
def test_a_hostile_prefix_becomes_the_code(tmp_path: Path, prefix: str) -> None:
    """What a file's name says cannot lead a feedback file elsewhere: it then has the code as its name, and no LMS."""
    submission = Submission("canvas", "1", "2", "x", prefix=prefix)

    zips = write_feedback(tmp_path / "feedback", [feedback(tmp_path, "aa", submission)])

    assert zips == ()
    assert [path.name for path in (tmp_path / "feedback").iterdir()] == ["aa.html"]


# --- as people meet it ------------------------------------------------------------------------------------------


def test_pages_are_accessible(browser: Any, tmp_path: Path) -> None:
    """axe-core finds nothing amiss in the index and in a report, light and dark, without a line of JavaScript."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 — only where there is a browser

    rows = [Row(code="a1", finished=3, page="learners/a1.html"), Row(code="b2", reason="No.", late=True)]
    made = {
        "index": index_page(rows, class_page="class_report.html"),
        "report": page_of(
            new_markdown_cell("# A\n\n## B\n\ntext"), shows({"image/png": PNG}), shows({"text/plain": "x"})
        ),
    }
    for name, page in made.items():
        path = tmp_path / f"{name}.html"
        path.write_text(page, encoding="utf-8")
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # axe itself is a script
            tab = context.new_page()
            tab.goto(path.as_uri())
            found = Axe().run(tab).response["violations"]
            context.close()

            assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == [], (name, scheme)
