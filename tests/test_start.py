"""`start.py`: what it decides, as pure functions, and what it does, on a small project with real pip and no index."""

from __future__ import annotations

import ast
import base64
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
START = ROOT / "start.py"


def _load() -> Any:
    spec = importlib.util.spec_from_file_location("start_under_test", START)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


start = _load()


# --- an old Python must be able to read it ----------------------------------------------------------------------


def test_python_3_6_can_read_the_file():
    """The syntax is that of Python 3.6 and every annotation is in quotes, so that nothing evaluates it."""
    tree = ast.parse(START.read_text(encoding="utf-8"), feature_version=(3, 6))

    written = [note for node in ast.walk(tree) for note in (getattr(node, "annotation", None), _returns(node)) if note]
    assert all(isinstance(note, ast.Constant) and isinstance(note.value, str) for note in written)
    assert not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in ast.walk(tree))


def _returns(node: ast.AST) -> ast.expr | None:
    return node.returns if isinstance(node, ast.FunctionDef) else None


def test_only_the_standard_library_is_imported():
    """start.py runs before anything is installed."""
    tree = ast.parse(START.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_old_python_gets_a_sentence_and_no_traceback():
    """Run as Python 3.9, the program says what to install and stops."""
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 6, 'final', 0); runpy.run_path(sys.argv[1], run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", code, START], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("This is Python 3.9, which is too old. Install Python 3.11")
    assert done.stderr.count("\n") == 1


def _old_pythons() -> list[str]:
    """Return the Pythons before 3.11 on this computer that start."""
    kept_by_pyenv = (Path.home() / ".pyenv" / "versions").glob("3.*/bin/python")
    named = filter(None, (shutil.which(f"python3.{minor}") for minor in range(6, 11)))
    code = "import sys; sys.exit(sys.version_info >= (3, 11))"
    return [
        str(python)
        for python in (*named, *kept_by_pyenv)
        if subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    ]


def test_real_old_pythons_give_the_same_sentence():
    """Where older Pythons are at hand, they are asked themselves."""
    said = [
        subprocess.run([python, START], capture_output=True, text=True, check=False).stderr for python in _old_pythons()
    ]
    if not said:
        pytest.skip("no Python older than 3.11 on this computer")

    assert all(re.match(r"This is Python 3\.\d+, which is too old\. Install .*\n\Z", text) for text in said)


@pytest.mark.parametrize(
    ("version", "bits", "sentence"),
    [
        ((3, 10, 14), 64, "This is Python 3.10, which is too old."),
        ((2, 7, 18), 64, "This is Python 2.7, which is too old."),
        ((3, 12, 1), 32, "This is a 32-bit Python."),
        ((3, 11, 0), 64, ""),
        ((3, 14, 0), 64, ""),
        ((4, 0, 0), 64, ""),
    ],
)
def test_python_is_judged_by_version_and_bits(version, bits, sentence):
    """Python 3.11 and newer, 64-bit, will do."""
    said = start.python_fault(version, bits)

    assert said.startswith(sentence)
    assert bool(said) == bool(sentence)


# --- words, paths and commands ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ([], {"command": "open", "rest": ()}),
        (["--no-browser"], {"command": "open", "rest": ("--no-browser",)}),
        (["--port", "8899"], {"command": "open", "rest": ("--port", "8899")}),
        (["check"], {"command": "check", "extras": ()}),
        (["test", "-k", "a or b", "-x"], {"command": "test", "extras": ("test",), "rest": ("-k", "a or b", "-x")}),
        (["test", "tests/test_model.py"], {"command": "test", "rest": ("tests/test_model.py",)}),
        (["pack", "My Wheels"], {"command": "pack", "folder": "My Wheels", "extras": ()}),
        (["pack", "W", "--with-tests"], {"command": "pack", "folder": "W", "extras": ("test",), "rest": ()}),
        (["--wheels", "W", "--no-browser"], {"command": "open", "wheels": "W", "rest": ("--no-browser",)}),
        (["test", "--wheels=W X"], {"command": "test", "wheels": "W X", "rest": ()}),
        (["--anyway"], {"command": "open", "anyway": True, "rest": ()}),
        (["test", "--junit-xml=out.xml"], {"command": "test", "rest": ("--junit-xml=out.xml",)}),
    ],
)  # fmt: skip
def test_command_line_is_understood(words, asked):
    """Our own words are taken out; all others are passed on in order."""
    request = start.parse(words)._asdict()

    assert {name: request[name] for name in asked} == asked


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["tset"], "no command 'tset'. It knows: check, demo, test, pack, collect"),
        (["pack"], "which folder to fill"),
        (["pack", "--with-tests"], "which folder to fill"),
        (["--wheels"], "where the wheels are"),
    ],
)
def test_words_that_make_no_request_get_a_sentence(words, sentence):
    """A slip of the keyboard is told, with what is possible."""
    with pytest.raises(start.Stop, match=sentence):
        start.parse(words)


def test_environment_python_is_found_on_each_system():
    """Windows keeps the environment's Python in Scripts, the others in bin."""
    windows = start.venv_python(PureWindowsPath("C:\\Users\\Jane Doe\\alliance\\.venv"), windows=True)
    others = start.venv_python(PurePosixPath("/Users/jane/alliance/.venv"), windows=False)

    assert str(windows) == "C:\\Users\\Jane Doe\\alliance\\.venv\\Scripts\\python.exe"
    assert str(others) == "/Users/jane/alliance/.venv/bin/python"


def test_pip_is_told_the_pins_and_never_a_full_path():
    """The command holds the pins and this folder as '.', so no bracket or space in a path can confuse pip."""
    command = start.pip_command(PureWindowsPath("C:\\a b\\python.exe"), "install", "-e", start.target(("test",)))

    assert command[:4] == ["C:\\a b\\python.exe", "-m", "pip", "install"]
    assert command[-4:] == ["-c", "constraints.txt", "-e", ".[test]"]
    assert start.target(()) == "."


def test_children_do_not_see_foreign_packages():
    """PYTHONPATH and pip's own targets are dropped; the rest of the environment stays."""
    before = {"PYTHONPATH": "/elsewhere", "PIP_TARGET": "/x", "PIP_INDEX_URL": "mirror", "ALLIANCE_HOME": "/h"}

    assert start.child_environment(before) == {"PIP_RETRIES": "2", "PIP_INDEX_URL": "mirror", "ALLIANCE_HOME": "/h"}


def test_wheels_folder_leaves_no_index_to_ask(tmp_path):
    """With --wheels, no setting of pip survives, and a folder with a space stays one address."""
    before = {"PIP_INDEX_URL": "mirror", "PIP_EXTRA_INDEX_URL": "other", "PIP_FIND_LINKS": "/y", "PATH": "/bin"}
    environment = start.child_environment(before, str(tmp_path / "my wheels"))

    assert environment["PIP_FIND_LINKS"].startswith("file://")
    assert environment["PIP_FIND_LINKS"].endswith("/my%20wheels")
    assert environment["PIP_NO_INDEX"] == "1"
    assert environment["PIP_CONFIG_FILE"] == os.devnull
    assert not {"PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"} & set(environment)


# --- what is said when pip or venv stops ------------------------------------------------------------------------

NOISE = "WARNING: Location 'file:///srv/wheels/simple/' is ignored: it is neither a file nor a directory.\n"
NOTHING_FOUND = (
    "ERROR: Could not find a version that satisfies the requirement jupyterlab<5,>=4.2 (from alliance-kit) "
    "(from versions: none)\nERROR: No matching distribution found for jupyterlab<5,>=4.2\n"
)
CONFLICT = (
    "ERROR: Cannot install alliance-kit==0.1.0 because these package versions have conflicting dependencies.\n"
    "    The user requested (constraint) anywidget==0.11.0\nERROR: ResolutionImpossible: for help visit the docs\n"
)


def unreachable(reason: str) -> str:
    """Return what pip prints when each try to reach an index broke off for `reason`."""
    retry = "Retrying (Retry(total=1, connect=None, read=None, redirect=None, status=None)) after connection broken by"
    return f"WARNING: {retry} '{reason}': /simple/hatchling/\n{NOTHING_FOUND}"


def refused(reason: str) -> str:
    """Return what pip prints when the system refuses to write."""
    return f"Installing collected packages: six\nERROR: Could not install packages due to an OSError: {reason}\n"


NO_CONNECTION = "NewConnectionError('<HTTPSConnection object>: Failed to establish a new connection: "
CERTIFICATE = "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self signed certificate in certificate chain"
ENSUREPIP = (
    "The virtual environment was not created successfully because ensurepip is not available.  On Debian/Ubuntu "
    "systems, you need to install the python3-venv package using the following command.\n"
)
PROXY = "ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 407 Proxy Authentication Required'))"
OUTPUTS = {
    "disk": (refused("[Errno 28] No space left on device"), "The disk is full"),
    "disk-windows": (refused("[WinError 112] There is not enough space on the disk"), "The disk is full"),
    "offline-linux": (unreachable(f"{NO_CONNECTION}[Errno -3] Temporary failure in name resolution')"), "The internet"),
    "offline-windows": (unreachable(f"{NO_CONNECTION}[Errno 11001] getaddrinfo failed')"), "The internet"),
    "offline-macos": (unreachable(f"{NO_CONNECTION}[Errno 8] nodename nor servname provided')"), "The internet"),
    "offline-no-route": (unreachable(f"{NO_CONNECTION}[Errno 101] Network is unreachable')"), "The internet"),
    "offline-new-pip": (unreachable('NameResolutionError("[Errno -2] Name or service not known")'), "The internet"),
    "offline-pinned": (unreachable(f"{NO_CONNECTION}[Errno 111] Connection refused')") + CONFLICT, "The internet"),
    "slow": ("urllib3.exceptions.ReadTimeoutError: HTTPSConnectionPool(port=443): Read timed out.\n", "The internet"),
    "blocked": (unreachable("ConnectTimeoutError(<HTTPSConnection>, 'Connection to x timed out.')"), "The internet"),
    "proxy": (unreachable(PROXY), "This network wants a proxy"),
    "certificate": (unreachable(f"SSLError(SSLCertVerificationError(1, '{CERTIFICATE}'))"), "certificate is not known"),
    "debian-venv": (ENSUREPIP, "without 'venv' or 'ensurepip'"),
    "no-venv": ("/usr/bin/python3: No module named venv\n", "without 'venv' or 'ensurepip'"),
    "no-pip": ("/w/.venv/bin/python: No module named pip\n", "without 'venv' or 'ensurepip'"),
    "read-only": ("Error: [Errno 30] Read-only file system: '/media/usb/alliance/.venv'\n", "cannot be written to"),
    "protected": (refused("[Errno 13] Permission denied: '/opt/a/.venv/lib'"), "A file could not be written"),
    "in-use": (refused("[WinError 32] The process cannot access the file because it is in use"), "A file could not be"),
    "denied": (refused("[WinError 5] Access is denied: 'C:\\\\a\\\\.venv'"), "A file could not be written"),
    "long-windows": (
        refused("[WinError 206] The filename or extension is too long"),
        "path of this folder is too long",
    ),
    "long": ("OSError: [Errno 36] File name too long: '/home/x'\n", "The path of this folder is too long"),
    "no-part": (f"ERROR: Ignored the following versions\n{NOTHING_FOUND}", "A part was not found for this Python"),
    "no-pinned-part": (CONFLICT, "A part was not found for this Python"),
    "compiler": ("error: Microsoft Visual C++ 14.0 or greater is required.\n", "no ready-made version for this Python"),
    "no-wheel": ("ERROR: Failed building wheel for pyzmq\n", "no ready-made version for this Python"),
    "metadata": ("error: metadata-generation-failed\n", "no ready-made version for this Python"),
    "new": ("ERROR: Something new happened\n", "The installation stopped (ERROR: Something new happened)"),
    "silence": ("", "The installation stopped. Start again"),
}


@pytest.mark.parametrize(("output", "sentence"), OUTPUTS.values(), ids=OUTPUTS)
def test_each_fault_gets_its_sentence(output, sentence):
    """One sentence names what stopped the installation and says what to do, whatever warnings pip printed around it."""
    said = start.diagnose(NOISE + output)

    assert sentence in said
    assert said.endswith(".")


def test_missing_wheel_is_told_with_what_the_folder_is_for():
    """A folder packed on another kind of computer is named as the reason."""
    said = {start.diagnose(output, packed_for="Python 3.11, Linux x86_64") for output in (NOTHING_FOUND, CONFLICT)}

    assert len(said) == 1
    assert said.pop().startswith("The folder of wheels lacks a part. It is for Python 3.11, Linux x86_64;")


def test_sentences_hold_only_plain_letters():
    """Any console can print them, also one that knows no typographic quotes."""
    assert all(sentence.isascii() for sentence in start.DIAGNOSES.values())


# --- bad places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        (PureWindowsPath("C:\\Users\\jane\\OneDrive\\Desktop\\alliance"), "OneDrive"),
        (PureWindowsPath("C:\\Users\\jane\\OneDrive - State University\\alliance"), "OneDrive"),
        (PurePosixPath("/Users/jane/Library/CloudStorage/OneDrive-StateUniversity/alliance"), "a cloud drive"),
        (PurePosixPath("/Users/jane/Library/Mobile Documents/com~apple~CloudDocs/alliance"), "iCloud"),
        (PureWindowsPath("C:\\Users\\jane\\iCloudDrive\\alliance"), "iCloud"),
        (PurePosixPath("/home/jane/Dropbox (Work)/alliance"), "Dropbox"),
        (PureWindowsPath("G:\\Google Drive\\alliance"), "Google Drive"),
        (PurePosixPath("/home/jane/alliance"), ""),
        (PurePosixPath("/home/onedriver/dropbox-notes/alliance"), ""),
        (PureWindowsPath("C:\\Users\\jane\\Downloads\\alliance"), ""),
    ],
)
def test_synced_folder_is_recognised_by_its_path(folder, service):
    """OneDrive, iCloud and the like show in the path; names that merely look similar do not count."""
    assert start.synced_by(folder, folder.parents[1]) == service


def test_desktop_is_synced_when_macos_says_so():
    """On macOS, iCloud syncs Desktop and Documents without a trace in their paths."""
    home = PurePosixPath("/Users/jane")

    assert start.synced_by(home / "Desktop" / "alliance", home, icloud_desktop=True) == "iCloud"
    assert start.synced_by(home / "Desktop" / "alliance", home, icloud_desktop=False) == ""
    assert start.synced_by(home / "alliance", home, icloud_desktop=True) == ""


@pytest.mark.parametrize(
    ("folder", "service", "free_mb", "windows", "sentence"),
    [
        (PureWindowsPath("C:\\OneDrive\\a"), "OneDrive", 9000, True, "OneDrive copies this folder to the cloud"),
        (PureWindowsPath("C:\\" + "a" * 88), "", 9000, True, "too long: 91 characters, and Windows allows 90"),
        (PureWindowsPath("C:\\" + "a" * 87), "", 9000, True, ""),
        (PurePosixPath("/" + "a" * 200), "", 9000, False, ""),
        (PurePosixPath("/a"), "", 1499, False, "nearly full: 1499 MB are free, 1500 are needed"),
        (PurePosixPath("/a"), "", 1500, False, ""),
    ],
)
def test_bad_place_is_told_with_a_way_out(folder, service, free_mb, windows, sentence):
    """A synced folder, a long path on Windows and a full disk are told before anything is written."""
    said = start.folder_fault(folder, service, free_mb, windows)

    assert sentence in said
    assert said.endswith("(or add --anyway).") == bool(sentence)


def test_folder_that_cannot_be_written_is_told(tmp_path):
    """Where no file can be made, the person is told to copy the folder."""
    with pytest.raises(start.Stop, match=r"Nothing can be written into .*gone .*Copy the whole workbook folder"):
        start.check_place(tmp_path / "gone", anyway=True)


def test_python_without_ensurepip_is_told_before_anything_is_made(tmp_path, monkeypatch):
    """Some Linux systems split 'ensurepip' off; the sentence names the package to install."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "ensurepip" else True)
    with pytest.raises(start.Stop, match="apt install python3-venv"):
        start.make_venv(tmp_path)

    assert list(tmp_path.iterdir()) == []


# --- the state of .venv -----------------------------------------------------------------------------------------


def test_fingerprint_follows_what_decides_the_installation(tmp_path):
    """Each of the two files and the place count; line ends, which Git changes on Windows, do not."""
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_bytes(b"one\ntwo\n")
    before = start.fingerprint(tmp_path)
    moved = shutil.copytree(tmp_path, tmp_path.parent / f"{tmp_path.name}-moved")
    (tmp_path / "constraints.txt").write_bytes(b"one\r\ntwo\r\n")
    same = start.fingerprint(tmp_path)
    (tmp_path / "pyproject.toml").write_bytes(b"one\nthree\n")

    assert before == same
    assert len({before, start.fingerprint(tmp_path), start.fingerprint(moved)}) == 3


def test_empty_venv_folder_counts_as_absent(tmp_path):
    """A crash right after the folder was made leaves nothing to protect."""
    (tmp_path / ".venv").mkdir()

    assert start.state_of(tmp_path, ()) == "absent"


@pytest.mark.parametrize("stamp", ["", "{", "[]", "null", "\udce4"])
def test_unreadable_stamp_is_no_stamp(tmp_path, stamp):
    """A stamp cut short by a crash or a full disk is read as none."""
    (tmp_path / start.STAMP).write_bytes(stamp.encode("utf-8", "surrogateescape"))

    assert start.read_stamp(tmp_path) == {}


# --- for real, on a small project -------------------------------------------------------------------------------

BACKEND = '''
"""A build backend in twenty lines: an editable install is a .pth file and its metadata."""
import pathlib, zipfile
import tiny_build  # comes from [build-system] requires
META = "Metadata-Version: 2.1\\nName: alliance-kit\\nVersion: 1.0\\nProvides-Extra: test\\n" + "".join(
    f"Requires-Dist: {line}\\n" for line in ("jupyterlab", "ipywidgets", "anywidget", 'pytest; extra == "test"'))
def get_requires_for_build_editable(settings=None):
    return ["editables"]
def _wheel(folder, files):
    name = "alliance_kit-1.0-py3-none-any.whl"
    about = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    info = {"METADATA": META, "WHEEL": about, "RECORD": ""}
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
        for path, text in info.items():
            wheel.writestr("alliance_kit-1.0.dist-info/" + path, text)
    return name
def build_editable(folder, settings=None, metadata=None):
    import editables
    return _wheel(folder, {"_alliance.pth": str(pathlib.Path.cwd())})
def build_wheel(folder, settings=None, metadata=None):
    return _wheel(folder, {"alliance_kit/__init__.py": ""})
'''
PYPROJECT = """
[build-system]
requires = ["tiny-build"]
build-backend = "backend"
backend-path = ["."]
[project]
name = "alliance-kit"
version = "1.0"
"""
PARTS = ("jupyterlab", "ipywidgets", "anywidget", "pytest", "tiny-build", "editables")
ECHO = "import os, sys; print({0!r}, sys.argv[1:], os.getcwd()); sys.exit(3 if '--fail' in sys.argv else 0)\n"


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def write_wheel(folder: Path, name: str, files: Mapping[str, str]) -> None:
    """Write the smallest wheel that pip takes."""
    stem = f"{name.replace('-', '_')}-1.0"
    info = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    content = {**files, **{f"{stem}.dist-info/{key}": value for key, value in info.items()}}
    record = "".join(f"{path},sha256={_digest(text)},{len(text)}\n" for path, text in content.items())
    content[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{stem}-py3-none-any.whl", "w") as wheel:
        for path, text in content.items():
            wheel.writestr(path, text)


@pytest.fixture(scope="module")
def tiny_wheels(tmp_path_factory) -> Path:
    """Return a folder of small wheels that bear the names of the workbook's parts."""
    folder = tmp_path_factory.mktemp("index")
    for name in PARTS:
        module = name.replace("-", "_")
        files = {f"{module}/__init__.py": ""}
        if name == "pytest":
            files["pytest/__main__.py"] = ECHO.format("pytest")
        write_wheel(folder, name, files)
    return folder


def make_project(folder: Path) -> Path:
    """Make a small project around a copy of start.py: a package that says what it was asked."""
    (folder / "alliance_kit").mkdir(parents=True)
    shutil.copy(START, folder)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "constraints.txt").write_text("".join(f"{name}==1.0\n" for name in PARTS))
    (folder / "alliance_kit" / "__init__.py").write_text("")
    (folder / "alliance_kit" / "__main__.py").write_text(ECHO.format("alliance"))
    return folder


Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tiny_wheels) -> Run:
    """Return a function that runs a project's start.py with nothing but the small wheels to install from."""

    def run_(project: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "ALLIANCE_"))}
        pip = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": tiny_wheels.as_uri(), "PIP_CONFIG_FILE": os.devnull}
        command = [sys.executable, project / "start.py", *words]
        where = {"env": kept | pip | environ, "cwd": project.parent}
        return subprocess.run(command, **where, capture_output=True, text=True, check=False, timeout=120)

    return run_


@pytest.fixture(scope="module")
def first_start(tmp_path_factory, run) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return a project in a folder with a space in its name, and what its first start said."""
    project = make_project(tmp_path_factory.mktemp("first") / "my workbook")
    return project, run(project, "--no-browser", "--anyway")


@pytest.fixture
def project(first_start) -> Path:
    """Return a project that is installed; a test may change its files, for the next one repairs them by starting."""
    return first_start[0]


def test_first_start_installs_checks_and_opens(first_start):
    """One command sets everything up, has the workbook check itself, and opens it with the words passed on."""
    project, done = first_start

    assert done.returncode == 0, done.stderr
    assert "alliance ['check']" in done.stdout
    assert "alliance ['open', '--no-browser']" in done.stdout
    assert (project / ".venv" / start.STAMP).is_file()
    assert not (project / ".venv" / start.UNFINISHED).exists()


def test_second_start_is_quick_and_calls_no_pip(project, run):
    """Nothing is installed again, and JupyterLab's turn comes within three seconds."""
    before = (project / ".venv" / "install.log").stat().st_mtime_ns
    begun = time.monotonic()
    done = run(project, "--no-browser")
    seconds = time.monotonic() - begun

    assert "Setting up" not in done.stdout
    assert "alliance ['open', '--no-browser']" in done.stdout
    assert "['check']" not in done.stdout
    assert (project / ".venv" / "install.log").stat().st_mtime_ns == before
    assert seconds < 3


def test_test_command_adds_the_extra_and_passes_words_and_code_on(project, run):
    """`start.py test` runs pytest from the workbook's folder, and its exit code comes through."""
    done = run(project, "test", "-k", "goal", "--fail")

    assert done.returncode == 3
    assert f"pytest ['-k', 'goal', '--fail'] {project}" in done.stdout
    assert start.read_stamp(project / ".venv")["extras"] == ["test"]


def test_changed_pins_are_installed_at_the_next_start(project, run):
    """A newer constraints.txt is noticed by 'check' and followed by the next start, which keeps what was there."""
    run(project, "test")
    with (project / "constraints.txt").open("a") as pins:
        pins.write("# newer\n")
    checked = run(project, "check")
    python = (project / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    done = run(project)

    assert (checked.returncode, checked.stdout) == (
        1, "Not ready: the workbook's files are newer than what is installed. Run: python3 start.py\n"
    )  # fmt: skip
    assert "Bringing the installed parts up to date" in done.stdout
    assert (project / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == python
    assert start.read_stamp(project / ".venv")["extras"] == ["test"]
    assert run(project, "check").stdout.startswith("alliance ['check']")


def test_update_that_cannot_be_fetched_leaves_the_workbook_usable(project, run, tmp_path):
    """Offline with newer files: the fault is told and the workbook opens with the parts that are there."""
    run(project)
    with (project / "constraints.txt").open("a") as pins:
        pins.write("# newer still\n")
    done = run(project, "--no-browser", PIP_FIND_LINKS=tmp_path.as_uri())

    assert "Opening with the parts that are here." in done.stdout
    assert "alliance ['open', '--no-browser']" in done.stdout
    assert "Bringing the installed parts up to date" in run(project).stdout


def test_interrupted_installation_is_made_anew(project, run):
    """A .venv in which pip was stopped is not trusted: it is told, removed and made again."""
    (project / ".venv" / start.UNFINISHED).touch()
    checked = run(project, "check")
    done = run(project)

    assert checked.stdout.startswith("Not ready: the last set-up did not finish")
    assert done.stdout.startswith("The last set-up did not finish")
    assert done.returncode == 0, done.stderr
    assert run(project, "check").returncode == 0


def test_damaged_environment_is_noticed(project, run):
    """An environment that lost a part, or that belongs to another folder, is not taken for ready."""
    run(project)
    part = next((project / ".venv").rglob("anywidget"))
    part.rename(part.with_name("lost"))
    lost = run(project, "check").stdout
    part.with_name("lost").rename(part)
    moved = project.rename(project.with_name("moved"))
    elsewhere = run(moved, "check").stdout
    moved.rename(project)

    assert lost.startswith("Not ready: the last set-up did not finish, or was damaged")
    assert elsewhere.startswith("Not ready: the last set-up did not finish, or was damaged or moved")
    assert run(project, "check").returncode == 0


def test_environment_of_somebody_else_is_left_alone(tmp_path, run):
    """A .venv without our marker is never removed or changed."""
    project = make_project(tmp_path / "project")
    (project / ".venv").mkdir()
    (project / ".venv" / "mine.txt").write_text("keep")
    done = run(project, "--anyway")

    assert done.returncode == 1
    assert "was not made by start.py and is left alone" in done.stderr
    assert [path.name for path in (project / ".venv").iterdir()] == ["mine.txt"]


def test_removal_that_is_stopped_leaves_the_marker(tmp_path, monkeypatch):
    """A crash while an old environment is removed leaves one that is still known as ours."""
    (tmp_path / "bin").mkdir()
    (tmp_path / start.MARKER).touch()
    (tmp_path / start.STAMP).touch()

    def stop(path: str) -> None:
        raise KeyboardInterrupt(path)

    monkeypatch.setattr(shutil, "rmtree", stop)
    with pytest.raises(KeyboardInterrupt):
        start.remove(tmp_path)

    assert (tmp_path / start.MARKER).exists()


def test_check_changes_nothing(tmp_path, run):
    """On a fresh folder, 'check' says what is missing in one line and makes no .venv."""
    project = make_project(tmp_path / "project")
    done = run(project, "check")

    assert (done.returncode, done.stdout) == (1, "Not ready: nothing is installed yet. Run: python3 start.py\n")
    assert not (project / ".venv").exists()


def test_commands_for_a_class_are_handed_on(project, run):
    """What an instructor asks goes to the workbook as it was typed, and the demo into this folder."""
    asked = run(project, "collect", "my class.zip", "--due=2026-11-20")
    told = run(project, "report", "--help")
    demo = run(project, "demo")

    assert "alliance ['collect', 'my class.zip', '--due=2026-11-20']" in asked.stdout
    assert "alliance ['report', '--help']" in told.stdout
    assert f"alliance {['demo', str(project.resolve() / 'demo')]}" in demo.stdout


def test_second_start_waits_for_the_first(project, run):
    """While one start sets up, another waits its turn instead of installing into the same folder."""
    with (project / "constraints.txt").open("a") as pins:
        pins.write("# again\n")
    code = (
        "import importlib.util, sys, time; from pathlib import Path\n"
        "spec = importlib.util.spec_from_file_location('start', sys.argv[1] + '/start.py')\n"
        "start = importlib.util.module_from_spec(spec); spec.loader.exec_module(start)\n"
        "with start.only_one(Path(sys.argv[1])): print('held', flush=True); time.sleep(1.5)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, project], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "held\n"
        done = run(project)

    assert done.stdout.startswith("Another start is setting up this folder; waiting for it.\nBringing")
    assert done.returncode == 0, done.stderr


def test_pack_gathers_what_wheels_installs_from(project, run, tmp_path):
    """A folder filled by 'pack' is enough to install elsewhere, with every index out of reach."""
    folder = tmp_path / "my wheels"
    packed = run(project, "pack", str(folder), "--with-tests")
    other = make_project(tmp_path / "other")
    nowhere = {"PIP_NO_INDEX": "", "PIP_INDEX_URL": "http://127.0.0.1:9/nobody", "PIP_FIND_LINKS": ""}
    done = run(other, "test", "--wheels", str(folder), "--anyway", **nowhere)

    names = {path.name.partition("-")[0] for path in folder.glob("*.whl")}
    assert names == {name.replace("-", "_") for name in PARTS}, packed.stdout + packed.stderr
    assert f"6 parts, 0 MB, for Python {sys.version_info[0]}.{sys.version_info[1]}, " in packed.stdout
    assert done.returncode == 0, done.stderr
    assert "pytest []" in done.stdout
    assert "127.0.0.1" not in (other / ".venv" / "install.log").read_text()


def test_wheels_folder_that_lacks_a_part_is_told(tiny_wheels, tmp_path, run):
    """The sentence says which computers the folder is for, and the report is kept."""
    folder = shutil.copytree(tiny_wheels, tmp_path / "wheels")
    (folder / "anywidget-1.0-py3-none-any.whl").unlink()
    (folder / "packed-for.txt").write_text("Python 3.99, Windows AMD64\n")
    project = make_project(tmp_path / "project")
    done = run(project, "--wheels", str(folder), "--anyway")

    assert done.returncode == 1
    assert done.stderr.startswith("The folder of wheels lacks a part. It is for Python 3.99, Windows AMD64;")
    assert "anywidget" in (project / ".venv" / "install.log").read_text()


def test_wheels_folder_that_does_not_exist_is_told(tmp_path, run):
    """A mistyped folder is told before anything is made."""
    project = make_project(tmp_path / "project")
    done = run(project, "--wheels", "nowhere")

    assert "There is no folder 'nowhere'" in done.stderr
    assert not (project / ".venv").exists()


def test_help_shows_the_commands(run):
    """`--help` prints the commands of the first lines of start.py."""
    done = run(ROOT, "--help")

    assert done.returncode == 0
    assert all(word in done.stdout for word in ("check", "test", "pack FOLDER", "--wheels FOLDER", "--anyway"))


def test_readme_names_every_command():
    """Whoever reads the README meets each command and both files to double-click."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    words = (
        "py start.py",
        "Start.bat",
        "Start.command",
        "start.py check",
        "start.py test",
        "start.py pack",
        "--wheels",
    )

    assert [word for word in words if word not in readme] == []


# --- for people who never open a terminal -----------------------------------------------------------------------


def test_windows_file_has_windows_line_ends():
    """cmd.exe loses its way at labels when lines end as on Linux; the file names a way out for each dead end."""
    lines = (ROOT / "Start.bat").read_bytes().split(b"\r\n")

    assert not any(b"\n" in line for line in lines)
    assert {b":py", b":python", b":end"} <= set(lines)
    assert b"py -3 start.py %*" in lines


@pytest.mark.skipif(os.name == "nt", reason="Start.command is for macOS and Linux")
def test_command_file_starts_with_its_words_from_anywhere(tmp_path):
    """Double-clicked or called from elsewhere, it goes to its own folder and passes words on."""
    folder = tmp_path / "my folder"
    folder.mkdir()
    shutil.copy(ROOT / "Start.command", folder)
    (folder / "start.py").write_text("import os, sys; print(sys.version_info >= (3, 11), sys.argv[1:], os.getcwd())\n")
    done = subprocess.run(
        [folder / "Start.command", "--port", "1"], cwd="/", capture_output=True, text=True, check=False
    )

    assert done.stdout == f"True ['--port', '1'] {folder}\n"


@pytest.mark.skipif(os.name == "nt", reason="Start.command is for macOS and Linux")
def test_command_file_alone_says_so(tmp_path):
    """Run from inside a zip file, it says that the whole must be unpacked."""
    shutil.copy(ROOT / "Start.command", tmp_path)
    done = subprocess.run([tmp_path / "Start.command"], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stdout.startswith("This file is alone. Unpack the whole zip file first")
