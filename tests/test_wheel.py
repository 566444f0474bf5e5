"""The wheel works alone: built from this folder, installed elsewhere, used with no clone in sight."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
import sys
import sysconfig
import textwrap
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel: its Python, its `alliance` command, and an empty folder to work from."""

    python: Path
    command: Path
    packages: Path
    elsewhere: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command from the empty folder with a home of its own; Python's variables do not reach it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        kept |= {"ALLIANCE_HOME": str(self.elsewhere / "home")}
        done = subprocess.run(
            command, cwd=self.elsewhere, env=kept, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done

    def ask(self, code: str) -> Any:
        """Run Python code that prints one line of JSON last; return what it says."""
        done = self.run(self.python, "-I", "-c", textwrap.dedent(code))
        return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built with the tools that are here: nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return a fresh environment with the wheel in it; what the wheel needs is lent by the environment of the tests.

    A `.pth` line lends the packages. A folder that comes in that way has its own `.pth` files ignored, so the editable
    install, which would lead back to this clone, stays out.
    """
    folder = tmp_path_factory.mktemp("installed")
    environment = folder / "env"
    venv.create(environment, symlinks=os.name != "nt")
    names = {"base": str(environment), "platbase": str(environment)}
    python = Path(sysconfig.get_path("scripts", "venv", names)) / ("python.exe" if os.name == "nt" else "python")
    packages = Path(sysconfig.get_path("purelib", "venv", names))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, timeout=120)
    (packages / "lent.pth").write_text(f"{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    return Installed(python, python.with_name("alliance" + python.suffix), packages, elsewhere)


# --- what is in it ----------------------------------------------------------------------------------------------


def test_wheel_holds_the_package_the_exercises_and_the_notebooks(wheel):
    """Every file of the three folders that Git would keep is in the wheel, where the package looks for it."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "alliance_kit", "exercises", "notebooks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this folder is no Git clone, so nothing says which files belong")
    kept = [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    wanted = {name if name.startswith("alliance_kit/") else f"alliance_kit/data/{name}" for name in kept}
    held = set(zipfile.ZipFile(wheel).namelist())

    assert kept
    assert wanted - held == set()
    assert {name for name in held - wanted if ".dist-info/" not in name} == set()


def test_wheel_carries_both_licences_and_no_tests(wheel):
    """Code and content have their licence texts inside, and the tests stay at home."""
    held = zipfile.ZipFile(wheel).namelist()

    assert {Path(name).name for name in held if "/licenses/" in name} == {"LICENSE", "LICENSE-CONTENT"}
    assert not any(name.startswith(("tests/", "benchmarks/", "start.py")) for name in held)


def test_wheel_says_what_it_needs(wheel):
    """Its metadata name the Python and the parts of pyproject.toml."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = importlib.metadata.PathDistribution(zipfile.Path(archive, name).parent).metadata

    assert about["Name"] == "alliance-kit"
    assert about["Requires-Python"] == ">=3.11"
    assert about["License-Expression"] == "MIT AND CC-BY-4.0"
    assert any(line.startswith("jupyterlab") for line in about.get_all("Requires-Dist"))


# --- that it works away from the clone --------------------------------------------------------------------------


def test_installed_package_is_the_wheel_and_no_clone_is_in_sight(installed):
    """What is imported lies in the fresh environment, and no path leads back to this folder."""
    said = installed.ask(
        """
        import json, sys, alliance_kit
        print(json.dumps({"file": alliance_kit.__file__, "path": sys.path}))
        """
    )

    assert Path(said["file"]).is_relative_to(installed.packages)
    assert str(ROOT) not in said["path"]


def test_installed_package_finds_the_same_exercises(installed):
    """The exercises and notebooks come from the wheel's own data, all of them."""
    code = """
        import json
        from alliance_kit import library
        folder = library.data_folder()
        notebooks = sorted(path.relative_to(folder).as_posix() for path in (folder / "notebooks").rglob("*.ipynb"))
        print(json.dumps({"folder": str(folder), "ids": library.exercise_ids(), "notebooks": notebooks}))
        """
    said = installed.ask(code)
    there = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, capture_output=True, check=True)
    here = json.loads(there.stdout)

    assert Path(said["folder"]) == installed.packages / "alliance_kit" / "data"
    assert said["ids"]
    assert (said["ids"], said["notebooks"]) == (here["ids"], here["notebooks"])


def test_installed_command_says_ready_for_class(installed):
    """The command `alliance` is there and finds nothing missing."""
    done = installed.run(installed.command, "check")

    assert done.stdout == "ready for class\n"


def test_a_talk_is_played_and_handed_in_from_the_wheel(installed):
    """With nothing but the wheel, a learner plays a talk to its end, ticks it, and gets a file that reads back."""
    said = installed.ask(
        """
        import json
        from alliance_kit import handin, workbook

        book = workbook.open_workbook("02_trust")
        talk = book.session("low-back-first-visit")
        (walk, *_) = (walk for walk in talk.scenario.tests if walk.ending == "open")
        talk.handle({"do": "begin"})
        for turn, reply in enumerate(walk.replies):
            view = talk.handle({"do": "say", "turn": turn, "reply": reply})["view"]
        ending = book.journal.runs("low-back-first-visit")[-1].ended

        desk = book.hand_in().session
        for offer in desk.view()["offers"]:
            desk.handle({"do": "tick", "id": offer["id"], "on": True})
        desk.handle({"do": "check", "name": "A. Learner"})
        made = desk.handle({"do": "make"})["view"]
        back = handin.read(desk.file)
        print(json.dumps({
            "phase": view["phase"], "turns": view["turn"], "asked": len(walk.replies), "ended": ending,
            "made": made["phase"], "folder": str(desk.file.parent), "name": back.name, "lines": len(back.lines),
        }))
        """
    )

    assert (said["phase"], said["ended"], said["turns"]) == ("over", "open", said["asked"])
    assert said["made"] == "made"
    assert Path(said["folder"]) == installed.elsewhere / "home" / "hand-in"
    assert said["name"] == "A. Learner"
    assert said["lines"] > said["turns"]  # the turns, and the exercise that they belong to


def test_a_class_is_collected_and_reported_from_the_wheel(installed):
    """With nothing but the wheel, an instructor gets pages: templates, style and wording come along."""
    installed.run(installed.command, "sample", "class", "--learners", "2", "--seed", "3")
    installed.run(installed.command, "collect", "class")
    done = installed.run(installed.command, "report")
    out = installed.elsewhere / "home" / "class" / "reports"

    assert "2 reports on learners, and one on the class." in done.stdout
    assert len(list((out / "learners").glob("*.html"))) == 2
    assert "--" in (out / "index.html").read_text(encoding="utf-8").partition("</style>")[0], (
        "the style sheet is inside"
    )
