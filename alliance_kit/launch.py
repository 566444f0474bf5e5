"""Open the workbook: JupyterLab on this computer only, with settings of its own and one page to start from.

The person's other Jupyter settings are neither read nor changed: configuration, kernels, layouts and server records of
the workbook lie in `cache/` of her home. Nothing here imports Jupyter; it is started as a program of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import http.client
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import webbrowser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from alliance_kit.errors import HomeError
from alliance_kit.home import Home, open_home, refresh_notebooks, write_atomically

__all__ = ["LaunchPlan", "Server", "code_digest", "drop_private", "open_workbook", "prepare", "running_server"]

START_PAGE = "00_start_here.ipynb"
FIRST_PORT = 8890  # above 8888, where a person's other Jupyter is; the first free one from here on is taken
PORTS = 1000
START_SECONDS = 60.0  # a cold disk under a virus scanner can take half a minute
STOP_SECONDS = 10.0
IDLE_SECONDS = 3600  # a kernel without an open page ends after an hour, and the server an hour after its last kernel
PACKAGE = Path(__file__).resolve().parent
JUPYTER_FILES = PACKAGE / "widgets" / "jupyter"
EXTENSION = JUPYTER_FILES / "labextensions" / "alliance-workbook"


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """What starting takes: the command, its whole environment, and the files that must be written before."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    files: Mapping[Path, bytes]
    log: Path


@dataclass(frozen=True, slots=True)
class Server:
    """A workbook server that answers: its address (with a slash at the end) and its token."""

    url: str
    token: str

    @property
    def start_address(self) -> str:
        """The full address of the first page."""
        return f"{self.url}lab/tree/{START_PAGE}?token={urllib.parse.quote(self.token)}&reset"


# --- the plan ---------------------------------------------------------------------------------------------------


def prepare(home: Home, notebooks: Path | None = None, port: int | None = None) -> LaunchPlan:
    """Return how JupyterLab is started for this home; nothing is written or started.

    Parameters
    ----------
    home : an opened home
    notebooks : the notebooks as they came with this version, the only ones that run by themselves; the library's
    port : the port to use; the first free one from 8890 on when None
    """
    own = home.cache / "jupyter"
    config, data = own / "config", own / "data"
    settings = {
        config / "jupyter_server_config.json": _server_config(home, port),
        config / "labconfig" / "page_config.json": {"allianceWorkbook": json.dumps(_book(notebooks or _notebooks()))},
        data / "kernels" / "python3" / "kernel.json": _kernel(),
    }
    as_root = ("--allow-root",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()  # containers; loopback all the same
    return LaunchPlan(
        command=(sys.executable, "-m", "jupyterlab", "--no-browser", *as_root),
        env=_environment(home, own),
        files={path: json.dumps(content, indent=1).encode() for path, content in settings.items()},
        log=home.cache / "jupyterlab.log",
    )


def code_digest(notebook: Any) -> str:
    """Return the SHA-256 (hex) of a notebook's code cells, as the page computes it again before it runs them."""
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    return hashlib.sha256("\n\0".join("".join(cell["source"]) for cell in cells).encode()).hexdigest()


def drop_private(model: dict[str, Any], **_: object) -> None:
    """Take out of a notebook that is about to be saved what a learner may have typed: outputs and widget state.

    Called by Jupyter's server for every save. A notebook that is not the workbook's keeps its outputs.
    """
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict):
        return
    metadata = notebook.get("metadata", {})
    metadata.pop("widgets", None)
    if "alliance" not in metadata:
        return
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") == "code":
            cell.update(outputs=[], execution_count=None)


def _notebooks() -> Path:
    from alliance_kit import library  # noqa: PLC0415  # only needed where no folder is named

    return library.data_folder() / "notebooks"


def _book(notebooks: Path) -> dict[str, str]:
    """Return path -> digest of the notebooks that may run by themselves, read from the package, not from the home."""
    book = {}
    for path in sorted(notebooks.rglob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            notebook = json.loads(path.read_bytes())
            if notebook["metadata"].get("alliance", {}).get("autorun") is True:
                book[path.relative_to(notebooks).as_posix()] = code_digest(notebook)
    return book


def _server_config(home: Home, port: int | None) -> dict[str, Any]:
    return {
        "ServerApp": {
            "answer_yes": True,
            "contents_manager_class": "jupyter_server.services.contents.largefilemanager.AsyncLargeFileManager",
            "default_url": f"/lab/tree/{START_PAGE}",
            "ip": "127.0.0.1",
            "jpserver_extensions": {"jupyter_collaboration": False, "jupyter_server_ydoc": False},
            "log_level": 40,
            "open_browser": False,
            "port": port or _free_port(),
            "port_retries": 0 if port else 5,  # should somebody take it before Jupyter does
            "root_dir": str(home.notebooks),
            "shutdown_no_activity_timeout": IDLE_SECONDS,
            "terminals_enabled": False,
        },
        "FileContentsManager": {"pre_save_hook": f"{__name__}.{drop_private.__name__}"},
        "LabApp": {
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
            "log_level": 40,
            "news_url": None,
        },
        "KernelManager": {"transport_encryption": "auto"} if _encryption() else {},
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
        "MappingKernelManager": {"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 300},
    }


def _free_port() -> int:
    """Return the first free port; Jupyter itself would guess after a few tries, and could take a person's own 8888."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    return 0  # the system chooses


def _kernel() -> dict[str, Any]:
    """Return the kernel of this very Python, so that `import alliance_kit` finds what is started here."""
    return {
        "argv": [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",  # what is run is not written down
        ],
        "display_name": "Alliance Workbook",
        "language": "python",
        "metadata": {"debugger": False, "supported_encryption": _encryption()},
    }


def _encryption() -> list[str]:
    """Return the encryption that server and kernel both know: on a shared computer others could else listen in.

    The installed kernel's own description says what it knows; the library between the two may lack it all the same.
    """
    described = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    try:
        known = json.loads(described.read_bytes())["metadata"]["supported_encryption"]
        import zmq  # noqa: PLC0415  # not for a mere look at the home
    except (ImportError, OSError, ValueError, KeyError, TypeError):
        return []
    return ["curve"] if "curve" in known and zmq.has("curve") else []


def _environment(home: Home, own: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER_", "JUPYTERLAB_"))}
    data = (str(own / "data"), str(JUPYTER_FILES), os.environ.get("JUPYTER_PATH", ""))
    return kept | {
        "ALLIANCE_HOME": str(home.folder),
        "IPYTHONDIR": str(home.cache / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join((str(own / "config"), str(JUPYTER_FILES))),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_PATH": os.pathsep.join(filter(None, data)),
        "JUPYTER_RUNTIME_DIR": str(_runtime(home)),
        "PYTHONPATH": os.pathsep.join(filter(None, (_clone(), os.environ.get("PYTHONPATH", "")))),
    }


def _clone() -> str:
    """Return the folder to import from when this runs from a clone; an installed package is found without."""
    return "" if PACKAGE.parent.name in {"site-packages", "dist-packages"} else str(PACKAGE.parent)


def _runtime(home: Home) -> Path:
    return home.cache / "jupyter" / "runtime"


# --- starting, finding and stopping -----------------------------------------------------------------------------


def open_workbook(*, browser: bool = True, port: int | None = None, notebooks: Path | None = None) -> int:
    """Open the workbook and stay until it is closed; return 0, or 1 when JupyterLab did not start.

    Where it is open already (a second double click), its page is shown again and this returns at once.

    Raises
    ------
    HomeError: the home cannot be used, or the notebooks are missing.
    """
    home = open_home()
    _say(*home.warnings, *refresh_notebooks(home, notebooks or _notebooks()))
    plan = prepare(home, notebooks, port)
    for path, content in plan.files.items():
        _write(path, content)
    with _closing_quietly(), contextlib.ExitStack() as on_leaving:
        with _one_at_a_time(home):
            if found := running_server(home):
                _show(home, found, browser=browser)
                return 0
            child = _start(plan)
            on_leaving.callback(_stop, home, child)
            server = _wait_for(home, child)
        if server is None:
            _say(f"JupyterLab did not start. What it said stands in {plan.log}. 'check' tells what is missing.")
            return 1
        _show(home, server, browser=browser)
        _say("Leave this window open while you work; Ctrl-C closes the workbook.")
        if child.wait() != 0:
            _say(f"JupyterLab ended by itself ({child.returncode}); what it said stands in {plan.log}. Open it again.")
            return 1
    return 0


def running_server(home: Home) -> Server | None:
    """Return the workbook server of this home that answers now, or None."""
    for record in sorted(_runtime(home).glob("jpserver-*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            data = json.loads(record.read_bytes())
            server = Server(url=str(data["url"]), token=str(data["token"]))
            if _ask(server, "GET", "api/status") == http.HTTPStatus.OK:
                return server
    return None


def _ask(server: Server, method: str, path: str) -> int | None:
    """Return the status that the server answers with, or None; never asked through a proxy."""
    where = urllib.parse.urlsplit(server.url)
    line = http.client.HTTPConnection(where.hostname or "127.0.0.1", where.port, timeout=5)
    try:
        line.request(method, where.path + path, headers={"Authorization": f"token {server.token}"})
        return line.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        line.close()


def _start(plan: LaunchPlan) -> subprocess.Popen[bytes]:
    """Start JupyterLab in a group of its own: Ctrl-C in the window reaches us alone, and we close it in good order."""
    group: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    with plan.log.open("wb") as log:
        return subprocess.Popen(  # noqa: S603  # this Python and fixed words
            plan.command, env=dict(plan.env), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, **group
        )


def _wait_for(home: Home, child: subprocess.Popen[bytes]) -> Server | None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and child.poll() is None:
        if server := running_server(home):
            return server
        time.sleep(0.05)
    return None


def _stop(home: Home, child: subprocess.Popen[bytes]) -> None:
    """Close JupyterLab and its kernels, politely where it answers."""
    if child.poll() is not None:
        return
    try:
        server = running_server(home)
        if server is None or _ask(server, "POST", "api/shutdown") is None:
            child.terminate()
        child.wait(STOP_SECONDS)
    except (subprocess.TimeoutExpired, KeyboardInterrupt):  # it hangs, or a second Ctrl-C
        child.kill()


@contextlib.contextmanager
def _closing_quietly() -> Iterator[None]:
    """Turn Ctrl-C, a closed window and a shutdown into one plain sentence."""

    def leave(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    known = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP", "SIGBREAK"))
    before = {number: signal.signal(number, leave) for number in known if number is not None}
    try:
        yield
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):  # the window may be gone
            _say("The workbook is closed.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    """Let a second start wait until the first has a server to show; a claim that somebody left behind expires."""
    claim, mine = home.cache / "opening", False
    until = time.monotonic() + START_SECONDS
    while not mine and time.monotonic() < until and not running_server(home):
        try:
            claim.touch(exist_ok=False)
            mine = True
        except FileExistsError:
            with contextlib.suppress(OSError):
                if time.time() - claim.stat().st_mtime > START_SECONDS:
                    claim.unlink()
            time.sleep(0.1)
    try:
        yield
    finally:
        if mine:
            claim.unlink(missing_ok=True)


def _show(home: Home, server: Server, *, browser: bool) -> None:
    """Show the first page in the browser, or say where it is in one line."""
    _say(f"The workbook is open at {server.start_address}")
    if browser and _has_screen():
        webbrowser.open(_doorway(home, server))


def _has_screen() -> bool:
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _doorway(home: Home, server: Server) -> str:
    """Return what the browser is given: a private page that leads on, so that no list of programs shows the token."""
    if "microsoft" in platform.release().lower():  # Windows' browser cannot read a file of its Linux
        return server.start_address
    page = home.cache / "open.html"
    address = html.escape(server.start_address)
    write_atomically(
        page,
        f'<!doctype html><meta charset="utf-8"><title>Alliance Workbook</title>'
        f'<meta http-equiv="refresh" content="0;url={address}"><a href="{address}">Open the workbook</a>'.encode(),
    )
    return page.as_uri()


def _write(path: Path, content: bytes) -> None:
    try:
        write_atomically(path, content)
    except OSError as fault:
        raise HomeError(f"{path}: this cannot be written ({fault.strerror}). Free some space there.") from fault


def _say(*sentences: str) -> None:
    for sentence in sentences:
        sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
