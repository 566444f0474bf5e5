"""The notebooks: whole, quiet, and right from top to bottom, empty-handed and with answers."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from answers import recorded

from alliance_kit.journal import Journal
from alliance_kit.model import DrillSet, GoalCase, Scenario
from alliance_kit.workbook import load_course, load_exercise

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
TEMPLATES = sorted((ROOT / "notebooks" / "reports").glob("*.ipynb"))
CALLS = {"welcome", "watch", "play", "drill", "write_goal", "reflect", "role_play", "rate", "progress", "hand_in"}

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def cells(path: Path, kind: str) -> list[Any]:
    """Return the cells of one kind."""
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def tags(cell: Any) -> list[str]:
    """Return a cell's tags."""
    return list(cell.metadata.get("tags", ()))


def called(path: Path) -> list[tuple[str, str]]:
    """Return what the notebook's cells ask of the workbook: (method, exercise id or empty)."""
    found = []
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                found += [(node.func.attr, str(ast.literal_eval(node.args[0])) if node.args else "")]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
class TestForm:
    """What every notebook of the course looks like."""

    def test_first_cell_says_how_to_start_and_the_second_is_the_title(self, path: Path) -> None:
        """Where nothing runs by itself, the first line on the page says what to do."""
        first, second, *_ = cells(path, "markdown")
        assert "alliance-manual" in tags(first)
        assert "Run All Cells" in first.source
        assert "\n" not in first.source
        assert second.source.startswith("# ")
        assert second.source.count("\n# ") == 0

    def test_cells_cannot_be_changed_by_accident(self, path: Path) -> None:
        """A double click edits no text, and no key deletes a cell."""
        for kind in ("markdown", "code"):
            assert all(c.metadata.editable is False and c.metadata.deletable is False for c in cells(path, kind))

    def test_code_is_one_call_and_hidden(self, path: Path) -> None:
        """No learner sees or needs code; a cell is one line, the opening apart."""
        code = cells(path, "code")
        assert [tags(c).count("parameters") for c in code].count(1) == 1
        assert all(c.metadata.jupyter.source_hidden and "hide-input" in tags(c) for c in code)
        assert all(len(c.source.splitlines()) == 1 for c in code[2:])
        assert {method for method, _ in called(path)} <= CALLS

    def test_nothing_of_a_run_is_kept(self, path: Path) -> None:
        """No outputs, no counts, no widget state."""
        book = nbformat.read(path, as_version=4)
        assert "widgets" not in book.metadata
        assert all(not c.outputs and c.execution_count is None for c in cells(path, "code"))

    def test_every_exercise_of_the_module_is_on_its_page_once(self, path: Path) -> None:
        """The course map and the page agree, in order."""
        module = next(m for m in load_course().modules if m.id == path.stem)
        wanted = [exercise_id for unit in module.units for exercise_id in unit.exercises]
        assert [exercise_id for _, exercise_id in called(path) if exercise_id] == wanted

    def test_units_are_short_and_state_the_minutes_of_the_course_map(self, path: Path) -> None:
        """Each unit takes 5 to 12 minutes, says so, and is as long as the course map says."""
        text = "\n\n".join(c.source for c in cells(path, "markdown"))
        stated = re.findall(r"^## \d+ · (.+?)$\n\n\*about (\d+) minutes", text, re.MULTILINE)
        module = next(m for m in load_course().modules if m.id == path.stem)
        wanted = [(unit.title, str(unit.minutes)) for unit in module.units]
        assert [pair for pair in stated if pair in wanted] == wanted
        assert all(5 <= unit.minutes <= 12 for unit in module.units)

    def test_links_lead_to_notebooks_that_are_there(self, path: Path) -> None:
        """A link to another page of the course does not lead nowhere."""
        text = "\n".join(c.source for c in cells(path, "markdown"))
        assert all((path.parent / name).is_file() for name in re.findall(r"\]\(([\w.]+\.ipynb)\)", text))


def run_notebook(name: str, folder: Path, answers: dict[str, Any] | None, monkeypatch: pytest.MonkeyPatch) -> Journal:
    """Run a notebook of the course by papermill, on a journal of its own, which is returned."""
    monkeypatch.setenv("ALLIANCE_HOME", str(folder / "home"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    parameters = {}
    if answers is not None:
        (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        parameters["answers"] = str(folder / "answers.json")
    made = folder / f"{name}.ipynb"
    papermill.execute_notebook(
        ROOT / "notebooks" / f"{name}.ipynb", made, parameters, progress_bar=False, kernel_name="python3"
    )
    outputs = [o for c in cells(made, "code") for o in c.outputs]
    assert all(o.output_type != "error" for o in outputs)
    return Journal(folder / "home" / "journal")


@pytest.mark.parametrize("name", [p.stem for p in NOTEBOOKS])
def test_an_empty_notebook_is_a_valid_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run without answers, every exercise is shown, and nothing counts as answered."""
    journal = run_notebook(name, tmp_path, None, monkeypatch)
    assert journal.answers() == ()
    assert journal.runs() == ()


@pytest.mark.parametrize("how", ["best", "worst"])
def test_recorded_answers_give_the_expected_totals(how: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All-best ends every talk open and earns every point of the choices; all-worst ends none open and earns none."""
    name = "02_trust"
    journal = run_notebook(name, tmp_path, recorded(name, how), monkeypatch)
    module = next(m for m in load_course().modules if m.id == name)
    for exercise in (load_exercise(e) for unit in module.units for e in unit.exercises):
        if isinstance(exercise, Scenario):
            (run,) = journal.runs(exercise.id)
            assert (run.ended == "open") == (how == "best")
        elif isinstance(exercise, DrillSet):
            points = {a.item: a.feedback.points for a in journal.answers(exercise.id) if a.feedback}
            full = {i.id: max(1, len(i.cues)) for i in exercise.items}
            assert points == (full if how == "best" else dict.fromkeys(full, 0))
        elif isinstance(exercise, GoalCase):
            first, latest = journal.answers(exercise.id)
            assert first.feedback
            assert latest.feedback
            met = [f.criterion for f in latest.feedback.findings if f.level == "met" and f.max_points]
            assert (len(met) >= 5) == (how == "best"), (exercise.id, met)
            assert latest.feedback.points >= first.feedback.points
        else:
            assert journal.answers(exercise.id)


def test_nbval_finds_nothing_amiss(tmp_path: Path) -> None:
    """All cells of all learner notebooks run under nbval, and those of the reports, with a synthetic example."""
    assert [path.stem for path in TEMPLATES] == ["class_report", "learner_report"]
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    env = os.environ | {"ALLIANCE_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    books = map(str, NOTEBOOKS + TEMPLATES)
    done = subprocess.run(
        [*command, *books], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert re.search(r"\d+ passed", done.stdout)


@pytest.mark.parametrize("spoiled", [False, True], ids=["as stored", "with one output changed"])
def test_what_an_empty_journal_shows_is_as_stored(spoiled: bool, tmp_path: Path) -> None:
    """The headlines of all exercises are compared with stored output; a changed one makes nbval fail."""
    book = nbformat.read(ROOT / "tests" / "notebooks" / "headlines.ipynb", as_version=4)
    checked = [c for c in book.cells if "nbval-check-output" in c.metadata.get("tags", ())]
    assert checked
    assert all(c.outputs and c.execution_count for c in checked)
    if spoiled:
        checked[-1].outputs[0]["text"] += "and a line that nobody printed\n"
    nbformat.write(book, tmp_path / "headlines.ipynb")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-q", "-p", "no:cacheprovider"]
    env = os.environ | {"ALLIANCE_HOME": str(tmp_path / "home"), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, str(tmp_path / "headlines.ipynb")], env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode == 0) == (not spoiled), done.stdout[-3000:]
