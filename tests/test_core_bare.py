"""The core on a bare Python and in the browser's Python: no packages, no site, the same answers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYODIDE_VERSION = "314.0.7"
NPM_SECONDS, PYODIDE_SECONDS = 120, 240
CORE = (
    "errors", "skills", "model", "simulation", "grading", "sessions", "privacy", "journal", "handin", "home", "library",
    "workbook",
)  # fmt: skip

# What any Python must be able to do with nothing but a clone. `result` is plain JSON.
SCRIPT = """
import importlib, json, os, pkgutil, sys
from dataclasses import replace

before = set(sys.modules)
sys.dont_write_bytecode = True
sys.path.insert(0, ROOT)
os.environ["ALLIANCE_HOME"] = HOME

def import_all(name):
    module = importlib.import_module(name)
    for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
        import_all(f"{name}.{inner.name}")

for part in CORE:
    import_all(f"alliance_kit.{part}")
ours = {name.split(".")[0] for name in set(sys.modules) - before}

from alliance_kit import grading, library, simulation, workbook
from alliance_kit.model import DrillSet, GoalCase, Response, Scenario, digest_of

def graded(exercise, answer):
    response = Response(exercise.id, digest_of(exercise), 1, answer)
    feedback = grading.grade(exercise, response)
    return [[f.criterion, f.level, f.points] for f in feedback.findings]

exercises = {name: library.load_compiled(name) for name in library.exercise_ids()}
walks, grades = {}, {}
for name, exercise in exercises.items():
    if isinstance(exercise, Scenario):
        for number, walk in enumerate(exercise.tests):
            moves = simulation.play(exercise, walk.replies)
            walks[f"{name}/{number}"] = simulation.ending_of(exercise, moves[-1].after.state)
            grades[f"{name}/{number}"] = graded(exercise, {"replies": list(walk.replies)})
    if isinstance(exercise, DrillSet):
        for item in exercise.items:
            for choice in item.choices:
                grades[f"{name}/{item.id}/{choice.id}"] = graded(exercise, {"item": item.id, "choice": choice.id})
            for number, sample in enumerate(item.samples):
                own = replace(exercise, items=(replace(item, samples=()),))
                grades[f"{name}/{item.id}/{number}"] = graded(own, {"item": item.id, "text": sample})
    if isinstance(exercise, GoalCase):
        grades[name] = graded(exercise, {"text": "In 6 weeks I walk to the shop, 10 minutes, 3 days a week."})

book = workbook.open_workbook("02_trust")
face = book.play("low-back-first-visit")
try:
    importlib.import_module("pydantic")
    bare = False
except ImportError:
    bare = True
result = {
    "bare": bare,
    "foreign": sorted(ours - set(sys.stdlib_module_names) - {"alliance_kit"}),
    "unread": sorted(name for name, exercise in exercises.items() if exercise is None),
    "digests": {name: digest_of(exercise) for name, exercise in exercises.items() if exercise},
    "walks": walks,
    "grades": grades,
    "course": [module.id for module in library.load_course().modules],
    "face": type(face).__name__,
    "talk": face.do("begin"),
    "home": sorted(os.listdir(HOME)),
}
"""


def script(root: str, home: str) -> str:
    """Return the script with the places of the clone and of the learner's home filled in."""
    return f"ROOT, HOME, CORE = {root!r}, {home!r}, {CORE!r}\n{SCRIPT}"


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what the script says on this Python without site packages, environment and user folder."""
    home = tmp_path_factory.mktemp("bare") / "home"
    code = script(str(ROOT), str(home)) + "\nprint(json.dumps(result))"
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-X", "utf8", "-c", code],
        cwd=home.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check(result: dict[str, Any]) -> None:
    """Assert that the core did everything, with nothing but the standard library."""
    assert result["bare"], "this Python has packages: the test would prove nothing"
    assert result["foreign"] == []
    assert result["unread"] == [], "run 'python -m alliance_kit.content compile'"
    assert result["course"]
    assert result["digests"]
    assert set(result["walks"].values()) == {"open", "mid", "closed", "unsafe"}
    assert result["face"] == "TextFace"
    assert "Kathleen: " in result["talk"]
    assert "journal" in result["home"]


def test_core_works_without_any_package(bare: dict[str, Any]) -> None:
    """From a bare clone, a plain Python opens, plays and grades every exercise."""
    check(bare)


def test_rewriting_samples_and_choices_are_graded(bare: dict[str, Any]) -> None:
    """Feedback needs no package either, and every finding has a level."""
    levels = {level for findings in bare["grades"].values() for _, level, _ in findings}

    assert bare["grades"]
    assert levels <= {"met", "partly", "not_seen", "unsure"}


def test_importing_the_core_is_quick() -> None:
    """A first exercise stands within a second, so the import takes a small part of it."""
    code = f"import sys, time; sys.path.insert(0, {str(ROOT)!r}); t = time.process_time()\n"
    code += "import alliance_kit.workbook; print(time.process_time() - t)"
    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, check=True)

    assert float(done.stdout) < 0.6


# --- Pyodide ---------------------------------------------------------------------------------------------------------

RUNNER = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, root, scriptFile] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${folder}/`, stdout: () => {}, stderr: () => {} });
python.FS.mkdirTree("/workbook");
python.FS.mount(python.FS.filesystems.NODEFS, { root }, "/workbook");
python.runPython(readFileSync(scriptFile, "utf-8"));
process.stdout.write(python.runPython("json.dumps(result)"));
"""


def lacking(sentence: str) -> None:
    """Skip with a sentence; fail where Pyodide is required."""
    if os.environ.get("ALLIANCE_REQUIRE_PYODIDE") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="module")
def pyodide(request: pytest.FixtureRequest) -> Path:
    """Return a folder with Pyodide for Node: the one that is named, the one kept from before, or a new one by npm."""
    if not shutil.which("node"):
        lacking("no Node on this computer: install it to try the core in the browser's Python")
    if named := os.environ.get("ALLIANCE_PYODIDE_DIR"):
        if not (Path(named) / "pyodide.mjs").is_file():
            lacking(f"ALLIANCE_PYODIDE_DIR names {named}, where there is no pyodide.mjs")
        return Path(named).resolve()
    kept = request.config.cache.mkdir(f"pyodide-{PYODIDE_VERSION}")
    folder = kept / "node_modules" / "pyodide"
    if not (folder / "python_stdlib.zip").is_file() and not _installed(kept):
        lacking("npm could not install Pyodide: set ALLIANCE_PYODIDE_DIR to a folder with pyodide.mjs")
    return folder.resolve()


def _installed(kept: Path) -> bool:
    npm = shutil.which("npm")
    if not npm:
        return False
    command = [npm, "install", "--prefix", str(kept), "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]
    command += ["--fetch-retries=0", "--fetch-timeout=30000", "--loglevel=error", f"pyodide@{PYODIDE_VERSION}"]
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=NPM_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def test_core_works_in_pyodide_with_the_same_answers(pyodide: Path, bare: dict[str, Any], tmp_path: Path) -> None:
    """The browser's Python opens, plays and grades every exercise, and says what any other Python says."""
    (tmp_path / "run.mjs").write_text(RUNNER, encoding="utf-8")
    (tmp_path / "script.py").write_text(script("/workbook", "/home/pyodide/home"), encoding="utf-8")
    done = subprocess.run(
        ["node", str(tmp_path / "run.mjs"), str(pyodide), str(ROOT), str(tmp_path / "script.py")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        timeout=PYODIDE_SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result = json.loads(done.stdout)

    check(result)
    assert {key: result[key] for key in ("digests", "walks", "grades", "talk")} == {
        key: bare[key] for key in ("digests", "walks", "grades", "talk")
    }
