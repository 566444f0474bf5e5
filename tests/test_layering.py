"""The three floors of the package, read from its imports: the core needs nothing, and nobody reaches up.

core (standard library only)  <-  face (widgets)  and  <-  back office (content, launch, class run, cli)
class run: cohort  <-  reports  <-  batch  <-  class_commands
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PACKAGE = "alliance_kit"
ROOT = Path(__file__).resolve().parents[1] / PACKAGE
CORE = {
    "__init__", "errors", "plain", "skills", "model", "simulation", "grading", "sessions", "privacy", "journal",
    "handin", "home", "library", "workbook", "roleplay", "hearing", "spans",
}  # fmt: skip
FACE = {"widgets"}
BACK_OFFICE = {
    "content", "launch_plan", "launch", "cohort", "reports", "batch", "class_commands", "cli", "play", "__main__",
}  # fmt: skip
FACE_PACKAGES = {"anywidget", "ipywidgets", "traitlets"}
SEAMS = {("workbook", "widgets"), ("workbook", "content")}
"""The front end is chosen, and the YAML reader called, inside functions of workbook.py; nowhere else."""
NOT_EVERYWHERE = {
    "fcntl", "msvcrt", "multiprocessing", "subprocess", "sqlite3", "ssl", "tkinter", "curses", "resource", "pwd", "grp",
    "termios", "winreg", "socket", "concurrent", "venv", "ensurepip",
}  # fmt: skip
"""Parts of the standard library that Windows or a browser lacks: the core may try them, never lean on them."""
TRIED = {("journal/_lock.py", "import_module")}
"""Where the core imports by name: the lock tries fcntl and msvcrt, and does without both."""


@dataclass(frozen=True)
class Import:
    """One import: where it stands, what it names, and whether it stands inside a function."""

    file: str
    line: int
    target: str
    inside: bool

    def __str__(self) -> str:
        return f"{PACKAGE}/{self.file}:{self.line} imports {self.target}"

    @property
    def part(self) -> str:
        """The part of the package that imports: the name of its module or folder."""
        return self.file.split("/")[0].removesuffix(".py")

    @property
    def own_part(self) -> str:
        """The part of the package that is imported, or nothing for another package."""
        first, *rest = self.target.split(".")
        return (rest[0] if rest else "__init__") if first == PACKAGE else ""

    @property
    def other(self) -> str:
        """The other package that is imported, or nothing."""
        first = self.target.split(".")[0]
        return "" if first == PACKAGE else first


def imports_of(path: Path, root: Path = ROOT) -> Iterator[Import]:
    """Yield every import of a file, those inside functions and behind conditions included."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    file = path.relative_to(root).as_posix()
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield Import(file, node.lineno, name.name, id(node) in inner)
        elif isinstance(node, ast.ImportFrom):
            module = _absolute(node, file)
            for name in node.names:
                # `from alliance_kit import library` names a module, too; the longer form decides the part.
                target = f"{module}.{name.name}" if module == PACKAGE and _is_part(name.name, root) else module
                yield Import(file, node.lineno, target, id(node) in inner)


def _absolute(node: ast.ImportFrom, file: str) -> str:
    if not node.level:
        return node.module or ""
    package = [PACKAGE, *file.split("/")[:-1]]
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _is_part(name: str, root: Path) -> bool:
    return (root / name).is_dir() or (root / f"{name}.py").is_file()


def all_imports() -> tuple[Import, ...]:
    """Return every import of the package."""
    files = sorted(path for path in ROOT.rglob("*.py") if "data" not in path.relative_to(ROOT).parts)
    return tuple(found for path in files for found in imports_of(path))


def told(imports: Iterator[Import] | list[Import]) -> list[str]:
    """Return offending imports as lines that an editor can jump to."""
    return [str(found) for found in imports]


def core_offences(imports: tuple[Import, ...]) -> list[Import]:
    """Return the imports of the core that are neither standard library nor core nor one of the two seams."""
    standard = sys.stdlib_module_names | {""}

    def allowed(found: Import) -> bool:
        ours = not found.own_part or found.own_part in CORE or (found.part, found.own_part) in SEAMS
        return ours and found.other in standard

    return [found for found in imports if found.part in CORE and not allowed(found)]


IMPORTS = all_imports()


def test_every_part_of_the_package_stands_on_a_floor() -> None:
    """A new module is put on a floor here before it is used."""
    parts = {path.name.removesuffix(".py") for path in ROOT.iterdir() if path.suffix == ".py" or _is_package(path)}

    assert parts - CORE - FACE - BACK_OFFICE == set()


def _is_package(path: Path) -> bool:
    return path.is_dir() and any(path.rglob("*.py")) and path.name not in {"data", "__pycache__"}


def test_core_imports_the_standard_library_and_itself() -> None:
    """The core works from a bare clone and in the browser: nothing to install, nothing above it."""
    assert told(core_offences(IMPORTS)) == []


def test_core_does_not_lean_on_what_a_browser_lacks() -> None:
    """No locks of one system, no processes, no sockets."""
    assert told([found for found in IMPORTS if found.part in CORE and found.other in NOT_EVERYWHERE]) == []


def test_core_imports_by_name_only_where_it_is_said() -> None:
    """An import in disguise would pass by the other tests."""
    calls = set()
    for path in ROOT.rglob("*.py"):
        file = path.relative_to(ROOT).as_posix()
        if file.split("/")[0].removesuffix(".py") not in CORE:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if name in {"import_module", "__import__", "exec", "eval"}:
                calls.add((file, name))

    assert calls <= TRIED


def test_face_imports_the_core_and_widgets_only() -> None:
    """Widgets show and collect; they need nothing of the back office."""
    allowed = sys.stdlib_module_names | FACE_PACKAGES | {""}
    offences = [
        found
        for found in IMPORTS
        if found.part in FACE and (found.other not in allowed or (found.own_part or "__init__") not in CORE | FACE)
    ]

    assert told(offences) == []


def test_back_office_does_not_reach_into_the_face() -> None:
    """What authors and instructors run needs no widget."""
    assert told([found for found in IMPORTS if found.part in BACK_OFFICE and found.own_part in FACE]) == []


def test_back_office_imports_only_what_the_package_needs() -> None:
    """Every other package that is imported stands among the dependencies of pyproject.toml, or comes with one."""
    declared = {"pydantic", "ruamel", "papermill", "nbformat", "jupyter_server", "jupyterlab", "jupyter_core"}
    declared |= {"jupyter_client", "tornado", "zmq", "pandas", "matplotlib", "traitlets"}
    declared |= {"sqlalchemy", "nbclient", "nbconvert", "jinja2", "tqdm", "numpy"}
    allowed = sys.stdlib_module_names | declared | {""}

    assert told([found for found in IMPORTS if found.part in BACK_OFFICE and found.other not in allowed]) == []


CLASS_RUN = ("cohort", "reports", "batch", "class_commands")


def test_the_class_run_goes_one_way() -> None:
    """The record knows no report, a report no batch, and none of them the commands."""
    backwards = [
        found
        for found in IMPORTS
        if found.part in CLASS_RUN
        and found.own_part in CLASS_RUN
        and CLASS_RUN.index(found.own_part) > CLASS_RUN.index(found.part)
    ]

    assert told(backwards) == []


def test_the_two_seams_are_there_and_open_late() -> None:
    """Both seams stand inside functions of workbook.py: importing it needs neither widgets nor a YAML library."""
    seams = [found for found in IMPORTS if found.part in CORE and found.own_part in FACE | BACK_OFFICE]

    assert {(found.part, found.own_part) for found in seams} == SEAMS
    assert told([found for found in seams if not found.inside]) == []


@pytest.mark.parametrize(
    ("file", "line", "offends"),
    [
        ("model.py", "import pandas", True),
        ("grading/goals.py", "from alliance_kit.content import read_yaml", True),
        ("grading/goals.py", "from alliance_kit import content", True),
        ("grading/goals.py", "from ..widgets import Stage", True),
        ("library.py", "from alliance_kit.widgets import Stage", True),
        ("workbook.py", "from alliance_kit.widgets import Stage", False),
        ("workbook.py", "from alliance_kit.launch import open_workbook", True),
        ("sessions/base.py", "def f():\n    import numpy", True),
        ("sessions/base.py", "if TYPE_CHECKING:\n    import ipywidgets", True),
        ("sessions/base.py", "from . import text", False),
        ("sessions/base.py", "import xml.etree.ElementTree as ET", False),
    ],
)
def test_the_reading_of_imports_bites(tmp_path: Path, file: str, line: str, offends: bool) -> None:
    """Each form of import is seen, whatever stands around it."""
    for part in ("content", "widgets", "grading", "sessions"):
        (tmp_path / part).mkdir()
    (tmp_path / file).write_text(line, encoding="utf-8")

    assert bool(core_offences(tuple(imports_of(tmp_path / file, tmp_path)))) is offends
