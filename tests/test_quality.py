"""The code is kept to its own rules: ruff finds nothing, its layout is ruff's, and mypy's strict reading holds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["ruff", "check", "--no-cache"], id="rules"),
        pytest.param(["ruff", "format", "--check", "--no-cache"], id="layout"),
        pytest.param(["mypy", "--no-incremental"], id="types"),
        pytest.param(["mypy", "--no-incremental", "--platform", "win32"], id="types-windows"),
        pytest.param(["mypy", "--no-incremental", "--platform", "darwin"], id="types-macos"),
    ],
)
def test_tools_find_nothing(words):
    """Each tool is asked as in `pyproject.toml`; what it says is shown when it finds something."""
    done = subprocess.run([sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_notebooks_hold_no_outputs():
    """Notebooks are kept without outputs, as the hook leaves them, so that no learner's words can be in one."""
    notebooks = sorted((ROOT / "notebooks").rglob("*.ipynb"))
    command = [sys.executable, "-m", "nbstripout", "--verify", "--keep-count", "--keep-id", *notebooks]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert notebooks
    assert done.returncode == 0, done.stdout + done.stderr


def test_links_of_the_documents_lead_somewhere():
    """Every link to a file of this project, in the README and the other pages, has that file at its end."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))]
    broken = [f"{page.name}: {link}" for page, link in links if "://" not in link and not (page.parent / link).exists()]

    assert links
    assert broken == []
