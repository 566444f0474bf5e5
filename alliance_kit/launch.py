"""Open the workbook: start JupyterLab as `launch_plan` says, show its page, and close it again.

JupyterLab is started as a program of its own; nothing here imports it.
"""

from __future__ import annotations

import contextlib
import html
import http.client
import json
import os
import platform
import signal
import subprocess
import sys
import time
import urllib.parse
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from alliance_kit.errors import HomeError
from alliance_kit.home import Home, open_home, refresh_notebooks, write_atomically
from alliance_kit.launch_plan import START_PAGE, LaunchPlan, notebooks_folder, prepare, runtime_folder

__all__ = ["Server", "open_workbook", "running_server"]

START_SECONDS = 60.0  # a cold disk under a virus scanner can take half a minute
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A workbook server that answers: its address (with a slash at the end) and its token."""

    url: str
    token: str

    @property
    def start_address(self) -> str:
        """The full address of the first page."""
        return f"{self.url}lab/tree/{START_PAGE}?token={urllib.parse.quote(self.token)}&reset"


def open_workbook(*, browser: bool = True, port: int | None = None, notebooks: Path | None = None) -> int:
    """Open the workbook and stay until it is closed; return 0, or 1 when JupyterLab did not start.

    Where it is open already (a second double click), its page is shown again and this returns at once.

    Raises
    ------
    HomeError: the home cannot be used, or the notebooks are missing.
    """
    home = open_home()
    _say(*home.warnings, *refresh_notebooks(home, notebooks or notebooks_folder()))
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
    for record in sorted(runtime_folder(home).glob("jpserver-*.json")):
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
