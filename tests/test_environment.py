"""The ways to install agree: pyproject.toml, constraints.txt, environment.yml and the hooks name the same parts."""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib.metadata
import json
import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import rattler
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler.exceptions import SolverError
from ruamel.yaml import YAML

import alliance_kit

ROOT = Path(__file__).resolve().parents[1]
CONDA_NAMES = {"matplotlib": "matplotlib-base"}  # the part without a desktop toolkit
SYSTEMS = {
    "linux": {"os_name": "posix", "sys_platform": "linux", "platform_system": "Linux"},
    "windows": {"os_name": "nt", "sys_platform": "win32", "platform_system": "Windows"},
    "macos": {"os_name": "posix", "sys_platform": "darwin", "platform_system": "Darwin"},
}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def _project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _runtime() -> list[Requirement]:
    return [Requirement(line) for line in _project()["project"]["dependencies"]]


def _all() -> list[Requirement]:
    project = _project()
    lines = [*project["project"]["optional-dependencies"]["test"], *project["build-system"]["requires"]]
    return _runtime() + [Requirement(line) for line in lines]


def _pin_lines() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _pins(environment: dict[str, str] | None = None) -> dict[str, Version]:
    """Return name -> pinned version where `environment` (default: this computer) is what markers are asked about."""
    chosen: dict[str, Version] = {}
    for line in _pin_lines():
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate(environment):
            name = canonicalize_name(pin.name)
            assert name not in chosen, f"constraints.txt pins {name} twice for {environment or 'this computer'}"
            chosen[name] = Version(next(iter(pin.specifier)).version)
    return chosen


def _conda() -> dict[str, Any]:
    return YAML(typ="safe").load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def _conda_specs() -> dict[str, str]:
    """Return conda name -> version range, as the file writes them."""
    specs = {}
    for line in _conda()["dependencies"]:
        if isinstance(line, str):
            name, _, bounds = line.partition(" ")
            specs[name] = bounds
    return specs


# --- constraints.txt --------------------------------------------------------------------------------------------


def test_constraints_are_pins_without_addresses():
    """Each line is `name==version`, perhaps with a marker; no address, option or digest."""
    odd = [line for line in _pin_lines() if not re.fullmatch(r"[a-z0-9][a-z0-9.-]*==[\w.]+( ; .+)?", line)]

    assert odd == []
    assert not re.search(r"://|--|@", (ROOT / "constraints.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("python", PYTHONS)
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_direct_part_is_pinned_within_its_range(system, python):
    """On each system and Python, what pyproject.toml asks for has one pin, and it lies in the range."""
    about = {"python_version": python, "python_full_version": f"{python}.5", "implementation_name": "cpython"}
    pins = _pins(SYSTEMS[system] | about)
    outside = {
        str(need): str(pins.get(canonicalize_name(need.name)))
        for need in _all()
        if canonicalize_name(need.name) not in pins or pins[canonicalize_name(need.name)] not in need.specifier
    }

    assert outside == {}


def test_every_part_that_comes_along_is_pinned():
    """Following what the installed parts need in turn, each has a pin that the asking part accepts."""
    pins, seen, faults = _pins(), set(), []
    queue = _all()
    while queue:
        need = queue.pop()
        name = canonicalize_name(need.name)
        if name not in pins or pins[name] not in need.specifier:
            faults.append(f"{need}: pinned {pins.get(name)}")
        elif (name, frozenset(need.extras)) not in seen:
            seen.add((name, frozenset(need.extras)))
            queue += _needs_of(name, need.extras)

    assert faults == []


def _needs_of(name: str, extras: Iterable[str]) -> list[Requirement]:
    try:
        lines = importlib.metadata.requires(name) or ()
    except importlib.metadata.PackageNotFoundError:  # 'editables' is used by pip's build steps only
        return []
    needs = [Requirement(line) for line in lines]
    return [need for need in needs if need.marker is None or _applies(need.marker, extras)]


def _applies(marker: Marker, extras: Iterable[str]) -> bool:
    return any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


@pytest.mark.parametrize(
    ("system", "name"),
    [
        ("windows", "pywinpty"),
        ("windows", "colorama"),
        ("macos", "appnope"),
        ("linux", "pexpect"),
        ("macos", "ptyprocess"),
    ],
)
def test_parts_of_other_systems_are_pinned_there_and_only_there(system, name):
    """What only Windows or macOS needs is pinned although the pins were made on Linux."""
    pinned_on = {
        other
        for other, about in SYSTEMS.items()
        if name in _pins(about | {"python_version": "3.12", "python_full_version": "3.12.5"})
    }

    assert system in pinned_on
    assert pinned_on != set(SYSTEMS)


# --- environment.yml --------------------------------------------------------------------------------------------


def test_conda_asks_for_the_same_ranges():
    """environment.yml names each part of pyproject.toml with the same range, and nothing else."""
    specs = _conda_specs()
    wanted = {CONDA_NAMES.get(need.name, need.name): need.specifier for need in _runtime()}
    wanted |= {"python": SpecifierSet(_project()["project"]["requires-python"]), "pip": SpecifierSet()}

    assert {name: SpecifierSet(bounds) for name, bounds in specs.items()} == wanted


def test_conda_installs_the_workbook_itself_from_the_folder():
    """The channels are the free ones, and pip adds this folder and nothing from an index."""
    about = _conda()
    pip_part = [line for line in about["dependencies"] if not isinstance(line, str)]

    assert about["channels"] == ["conda-forge", "nodefaults"]
    assert pip_part == [{"pip": ["-e ."]}]


def test_conda_itself_reads_the_ranges_as_we_do():
    """The real conda reader takes each line, and finds a version range in it, not a build (it reads '>=4.2<5' so)."""
    read = {name: rattler.MatchSpec(f"{name} {bounds}".strip()) for name, bounds in _conda_specs().items()}

    assert all(spec.build is None for spec in read.values())
    assert {name: str(spec.version or "") for name, spec in read.items()} == _conda_specs()


def _channel(folder: Path, versions: dict[str, str]) -> str:
    """Write a conda channel of packages without content; return its address."""
    packages = {
        f"{name}-{version}-0.tar.bz2": {
            "build": "0",
            "build_number": 0,
            "depends": [],
            "md5": "0" * 32,
            "name": name,
            "sha256": "0" * 64,
            "size": 1,
            "subdir": "noarch",
            "timestamp": 1_700_000_000_000,
            "version": version,
        }
        for name, version in versions.items()
    }
    for subdir, content in {"noarch": packages, "linux-64": {}}.items():
        (folder / subdir).mkdir(parents=True)
        about = {"info": {"subdir": subdir}, "packages": content, "packages.conda": {}, "repodata_version": 1}
        (folder / subdir / "repodata.json").write_text(json.dumps(about))
    return folder.as_uri()


async def _records(channel: str, specs: list[str]) -> Any:
    return await rattler.solve([channel], specs, platforms=["linux-64", "noarch"], virtual_packages=[])


def _solve(channel: str) -> dict[str, str]:
    specs = [f"{name} {bounds}".strip() for name, bounds in _conda_specs().items()]
    # In a thread of its own: the browser that other tests share keeps an event loop running in this one.
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        records = pool.submit(lambda: asyncio.run(_records(channel, specs))).result()
    return {record.name.normalized: str(record.version) for record in records}


def _pinned_for_conda() -> dict[str, str]:
    pins = _pins()
    versions = {CONDA_NAMES.get(need.name, need.name): str(pins[canonicalize_name(need.name)]) for need in _runtime()}
    return versions | {"python": "3.12.7", "pip": "25.0"}


def test_conda_solver_finds_the_pinned_versions(tmp_path):
    """Given a channel that holds the pins alone, the real solver makes an environment of them."""
    versions = _pinned_for_conda()

    assert _solve(_channel(tmp_path / "channel", versions)) == versions


def test_conda_solver_refuses_what_is_out_of_range(tmp_path):
    """The same solver fails on a channel with a JupyterLab that is too old, so the test above can fail."""
    channel = _channel(tmp_path / "channel", _pinned_for_conda() | {"jupyterlab": "4.1.8"})

    with pytest.raises(SolverError, match="jupyterlab"):
        _solve(channel)


# --- hooks, version, citation -----------------------------------------------------------------------------------


def test_hooks_use_the_pinned_tools():
    """The hooks are ours alone, and their tools are those of constraints.txt."""
    hooks = YAML(typ="safe").load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    tools = [tool for repo in hooks for hook in repo["hooks"] for tool in hook["additional_dependencies"]]

    assert [repo["repo"] for repo in hooks] == ["local"]
    assert set(tools) <= set(_pin_lines())
    assert {tool.partition("==")[0] for tool in tools} == {"ruff", "nbstripout"}


def test_citation_and_changelog_name_this_version():
    """Whoever cites or reads the changes finds the version that the package reports."""
    citation = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert citation["version"] == alliance_kit.__version__
    assert re.search(rf"^## \[{re.escape(alliance_kit.__version__)}\]", changes, re.MULTILINE)
    assert citation["license"] == ["MIT", "CC-BY-4.0"]
