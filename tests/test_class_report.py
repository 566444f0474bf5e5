"""The class report: what it says, what it hides, and that people can read it."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe
from support import ROOT

from alliance_kit.cohort import sample
from alliance_kit.cohort.analysis import ClassView, ItemView, OtherVersions, PartView, class_view
from alliance_kit.cohort.analysis._moments import Moment, Question
from alliance_kit.cohort.small_groups import Count
from alliance_kit.errors import ReportError
from alliance_kit.reports.class_report import (
    ClassData,
    ClassReport,
    TalkTo,
    _figures,
    class_report,
    read_class_data,
    to_bytes,
)
from alliance_kit.reports.html import together
from alliance_kit.reports.pages import standalone, too_heavy

TEMPLATE = ROOT / "notebooks" / "reports" / "class_report.ipynb"
SECTIONS = ("heading", "strengths", "moments", "items", "figure", "foot", "talk_to")
EVIL = "<script>alert(1)</script> & “quoted”"
FEW, ALL_BUT = Count(0, 4, 24, 24), Count(20, 24, 24, 24)


def of_24(count: int) -> Count:
    """Return an exact count of a class of 24."""
    return Count(count, count, 24, 24)


def item(**fields: Any) -> ItemView:
    """Return an item of which everything can be shown."""
    given = {"exercise": "x", "title": "Short ones", "place": "listen", "where": "short", "line": "It hurts."}
    return ItemView(**{**given, "best": of_24(9), "tempting": "Push on.", "tempted": of_24(15), "apart": 0.3, **fields})


def moment(**fields: Any) -> Moment:
    """Return a moment to talk about."""
    question = Question("q", "I noticed that.", "I was thinking this.", "What was going on for you?")
    given = {
        "exercise": "x",
        "title": "A visit",
        "place": "door",
        "where": "talk",
        "patient": "Ana",
        "line": "It hurts.",
    }
    said = {"said": "Push on.", "count": of_24(15), "heard": "Nobody listens.", "better": "That sounds hard."}
    return Moment(**{**given, **said, "question": question, **fields})


def view(**fields: Any) -> ClassView:
    """Return a small view of a class of 24."""
    parts = (
        PartView(part="empathy", short=of_24(18), talk=FEW),
        PartView(part="validating", short=ALL_BUT),
        PartView(part="milestones", talk=of_24(13)),
    )
    given: dict[str, Any] = {"k": 5, "learners": 24, "synthetic": False, "parts": parts}
    return ClassView(**{**given, "items": (item(),), "moments": (moment(),), **fields})


def page_of(report: ClassReport) -> str:
    """Return the whole page."""
    return standalone("Report on the class", together(getattr(report, name)() for name in SECTIONS))


@cache
def sample_view(size: int = 24) -> ClassView:
    """Return what may be said of a synthetic class."""
    return class_view(sample.learner(number, 1) for number in range(1, size + 1))


TALKING = TalkTo(("Diaz, Ana",), ("Okafor, Ngozi: cut short",), ("1a2b3c4d",))


# --- what it says -----------------------------------------------------------------------------------------------


def test_the_heading_says_who_and_when() -> None:
    """How many, the days between which most handed in, and the clearest strength and weakness."""
    text = class_report(view(first_day="2026-03-05", last_day="2026-03-20")).heading().text

    assert "24 learners, most of them handed in from 5 March 2026 to 20 March 2026" in text
    assert "Strongest in validating (short exercises), weakest in empathy (talks)." in text
    assert "banner" not in text


def test_a_synthetic_class_says_so_first() -> None:
    """Before the title stands that nobody here is real."""
    text = class_report(view(synthetic=True)).heading().text

    assert text.index("Synthetic sample: no real learner, no real patient.") < text.index("<h1>")


def test_strong_and_weak_stand_with_their_counts() -> None:
    """Each part with where it was seen and how many; what is found on paper but not said in talks gets a sentence."""
    text = class_report(view()).strengths().text

    assert "Validating, short exercises: 20 or more of 24" in text
    assert "Empathy, talks: fewer than 5 of 24" in text
    assert "not yet said in talks: empathy." in text
    assert "at least two thirds" in text


def test_a_misleading_item_comes_with_its_reply_and_what_to_do() -> None:
    """The tempting reply, its count, and a plain sentence; one that is sound is only in the table."""
    sound = item(place="sound", best=of_24(15), tempted=of_24(9))
    assert not item(tempted=of_24(9), best=of_24(15), apart=-0.4).misleads, "chance alone does that in a class of 24"
    backwards = item(place="odd", best=of_24(15), tempted=of_24(9), apart=-0.5)
    text = class_report(view(items=(item(), sound, backwards))).items().text
    cards, table = text.split("<details>")

    assert "Most chosen instead: “Push on.” (15 of 24)." in cards
    assert "if their reasons are good, tell the authors" in text
    assert "tells apart: −0.5" in cards
    assert "sound" not in cards
    assert "sound" in table
    assert table.count("<tr>") == 4


def test_nothing_misleads_is_said() -> None:
    """Where all is well there is a sentence, not an empty section."""
    sound = item(best=of_24(15), tempted=of_24(9))

    assert "None: nowhere did a tempting reply win" in class_report(view(items=(sound,))).items().text


def test_a_moment_has_its_five_lines() -> None:
    """The line, what was said, what may be heard, another way, and the question in its three sentences."""
    text = " ".join(re.sub(r"<[^>]+>", "", class_report(view()).moments().text).split())

    for line in ("Ana says: It hurts.", "Chosen first by 15 of 24: Push on.", "A strong way: That sounds hard."):
        assert line in text
    assert "What may be heard: “Nobody listens.”" in text
    assert "I noticed that. I was thinking this. What was going on for you?" in text


def test_other_versions_are_named_as_not_counted() -> None:
    """An exercise of which another version was used says so at the foot."""
    others = (OtherVersions(title="Short ones", version="1.0.0", learners=FEW),)

    text = class_report(view(others=others)).foot().text

    assert "Short ones: only version 1.0.0" in text
    assert "fewer than 5 of 24" in text


# --- who to talk to ---------------------------------------------------------------------------------------------


def test_who_to_talk_to_stands_alone_and_last() -> None:
    """Three lists, on a page of their own, for the instructor; no other section names anybody."""
    report = class_report(view(), TALKING)
    text = report.talk_to().text
    rest = together(getattr(report, name)() for name in SECTIONS[:-1]).text

    assert "For the instructor only" in text
    assert "break-before: page" in text
    for each in ("Diaz, Ana", "Okafor, Ngozi: cut short", "1a2b3c4d"):
        assert each in text
        assert each not in rest


def test_empty_lists_say_so() -> None:
    """Nobody to talk to is said, and that missing people are only known with a class list."""
    text = class_report(view()).talk_to().text

    assert "It takes a class list to know." in text
    assert "<li" not in text


def test_names_cannot_turn_the_page_around() -> None:
    """Marks of direction and markup in a name are made visible."""
    text = class_report(view(), TalkTo(not_handed_in=(f"\u202eevil {EVIL}",))).talk_to().text

    assert "\u202e" not in text
    assert "&lt;202E&gt;evil &lt;script&gt;" in text


# --- few, hostile, heavy ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 3, 4])
def test_few_learners_get_a_kind_page_without_counts(size: int) -> None:
    """Under five learners the page says that it waits, and shows no number but the five."""
    report = class_report(sample_view(size))
    text = together(getattr(report, name)() for name in SECTIONS).text

    assert "So far fewer than 5 learners have handed in" in text
    assert set(re.findall(r"\d+", re.sub(r"<[^>]+>", "", report.heading().text))) == {"5"}
    assert "<table" not in text
    assert "<img" not in text


def test_all_words_are_escaped() -> None:
    """Whatever an exercise, a question or a list holds, it stays text."""
    question = Question("q", EVIL, EVIL, EVIL)
    hostile = view(
        items=(item(title=EVIL, place=EVIL, line=EVIL, tempting=EVIL),),
        moments=(
            moment(
                title=EVIL, place=EVIL, patient=EVIL, line=EVIL, said=EVIL, heard=EVIL, better=EVIL, question=question
            ),
        ),
        others=(OtherVersions(title=EVIL, version=EVIL, learners=FEW),),
        first_day=EVIL,
    )

    page = page_of(class_report(hostile, TalkTo((EVIL,), (EVIL,), (EVIL,))))

    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 15


def test_the_page_is_light_and_fetches_nothing() -> None:
    """Under 300 kB, no script, no address but its own images."""
    page = page_of(class_report(sample_view(), TALKING))

    assert too_heavy(page) == ""
    assert "<script" not in page
    assert set(re.findall(r'(?:src|href)="([a-z]+):', page)) == {"data"}


# --- figures ----------------------------------------------------------------------------------------------------


def drawings(html: str) -> list[str]:
    """Return the drawings in a page as SVG text."""
    return [base64.b64decode(data).decode() for data in re.findall(r"data:image/svg\+xml;base64,([^\"]+)", html)]


def test_a_panel_per_strategy_with_alt_text_from_the_data() -> None:
    """Each strategy with its finding as title; the alternative text gives each part with its counts."""
    text = class_report(view()).figure().text

    assert len(drawings(text)) == 2
    assert "Building trust: short exercises 2 of 2 strong, talks 1 of 1 weak" in text
    assert "Empathy: short 18 of 24, talks fewer than 5 of 24; Validating: short 20 or more of 24." in text
    assert "Milestones: talks 13 of 24." in text


def test_a_hidden_count_is_not_drawn_as_a_point() -> None:
    """A range is a bar from its lowest to its highest value; the drawing's text says no more than the page."""
    exact = _figures.strategy_figure("trust", [PartView(part="empathy", talk=of_24(13))])
    ranged = _figures.strategy_figure("trust", [PartView(part="empathy", talk=FEW)])
    wider = _figures.strategy_figure("trust", [PartView(part="empathy", talk=Count(0, 8, 24, 24))])

    assert "talks: 13 of 24" in drawings(exact.text)[0]
    assert "talks: under 5 of 24" in drawings(ranged.text)[0]
    assert len({drawings(each.text)[0] for each in (exact, ranged, wider)}) == 3


def test_drawing_warns_of_nothing_and_repeats_itself(recwarn: pytest.WarningsRecorder) -> None:
    """The same data make the same bytes, without a warning on the instructor's screen."""
    first = class_report(sample_view()).figure().text

    assert class_report(sample_view()).figure().text == first
    assert [str(each.message) for each in recwarn] == []


def test_the_page_is_the_same_under_any_hash_seed() -> None:
    """No order of a set leaks into the report."""
    code = (
        "from alliance_kit.cohort import sample\n"
        "from alliance_kit.cohort.analysis import class_view\n"
        "from alliance_kit.reports.class_report import ClassData, to_bytes\n"
        "import sys; view = class_view(sample.learner(n, 1) for n in range(1, 13))\n"
        "sys.stdout.buffer.write(to_bytes(ClassData(view)))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert runs[0] == runs[1]
    assert len(runs[0]) > 1000


# --- the data file ----------------------------------------------------------------------------------------------


def test_the_data_file_comes_back_the_same(tmp_path: Path) -> None:
    """What the batch writes the template reads."""
    data = ClassData(view(), TALKING)
    file = tmp_path / "class.json"
    file.write_bytes(to_bytes(data))

    assert read_class_data(file) == data
    assert read_class_data(str(file)) == data
    assert set(json.loads(file.read_bytes())) == {"view", "talk_to"}


def _changed(**fields: Any) -> bytes:
    data = json.loads(to_bytes(ClassData(view())))
    data["view"]["parts"][0] |= fields
    return json.dumps(data).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"view": 7}',
        _changed(part="no-such-part"),
        _changed(short={"low": 9, "high": 3, "of_low": 24, "of_high": 24}),
        _changed(short={"low": 0, "high": 0, "of_low": 0, "of_high": 0}),
        _changed(extra=1),
    ],
)
def test_another_file_is_refused_with_a_sentence(content: bytes, tmp_path: Path) -> None:
    """Anything but the data of a class report is named, with what to do."""
    file = tmp_path / "class.json"
    file.write_bytes(content)

    with pytest.raises(ReportError, match=r"^class\.json: this is not the data of a class report"):
        read_class_data(file)


def test_a_missing_or_huge_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there and one that is far too large are told apart."""
    huge = tmp_path / "huge.json"
    with huge.open("wb") as handle:
        handle.truncate(9 * 1024 * 1024)

    with pytest.raises(ReportError, match="cannot be opened"):
        read_class_data(tmp_path / "none.json")
    with pytest.raises(ReportError, match="too large"):
        read_class_data(huge)


# --- the template -----------------------------------------------------------------------------------------------


def test_the_template_calls_each_section_once() -> None:
    """One call a cell, one parameters cell, nothing stored, ids that stay."""
    notebook = nbformat.read(TEMPLATE, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    tags = {cell.id: cell.metadata.get("tags", []) for cell in notebook.cells}

    assert [cell.source for cell in code[2:]] == [f"report.{name}()" for name in SECTIONS]
    assert code[0].source == 'class_data = ""'
    assert [name for name, given in tags.items() if "parameters" in given] == ["parameters"]
    assert [name for name, given in tags.items() if "not-in-report" in given] == ["for-the-instructor"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_template_runs_on_an_example_and_on_a_file(tmp_path: Path) -> None:
    """Without a file it shows a synthetic class of 24, with one that class."""
    (tmp_path / "class.json").write_bytes(to_bytes(ClassData(view(learners=40))))

    assert "24 learners" in _run_template("")
    assert "Synthetic sample" in _run_template("")
    assert "40 learners" in _run_template(str(tmp_path / "class.json"))


def _run_template(class_data: str) -> str:
    cells = [cell for cell in nbformat.read(TEMPLATE, as_version=4).cells if cell.cell_type == "code"]
    names: dict[str, Any] = {}
    exec(cells[0].source, names)
    names["class_data"] = class_data
    exec(cells[1].source, names)
    return "\n".join(eval(cell.source, names).text for cell in cells[2:])


# --- in a browser -----------------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [3, 24])
def test_everybody_can_read_it(page: Any, console_errors: list[str], size: int, scheme: str) -> None:
    """Axe finds nothing, opened tables included; at 600 pixels nothing is wider than the screen."""
    page.emulate_media(color_scheme=scheme)
    page.set_content(page_of(class_report(sample_view(size), TALKING)))
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

    assert Axe().run(page).response["violations"] == []
    page.set_viewport_size({"width": 600, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 600
    assert console_errors == []


def test_a_larger_k_is_said_everywhere() -> None:
    """With groups of ten, the page speaks of ten."""
    few = class_report(replace(view(), k=10, learners=0))

    assert "fewer than 10 learners" in few.heading().text
    assert "Groups of fewer than 10 are never shown" in few.foot().text
