"""What several tests share: a home of their own, the real launcher, a real browser that never leaves this computer."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

import alliance_kit

ROOT = Path(__file__).resolve().parents[1]
CLASS_RECORD = ROOT / "tests" / "fixtures" / f"class-v{alliance_kit.__version__}" / "class.db"
BROWSER_ARGS = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
STAYS_IN_THE_PAGE = {"data", "blob", "about", "file"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that opens a browser, so that `-m 'not browser'` leaves them out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture
def alliance_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the path of a home that does not exist yet; `ALLIANCE_HOME` names it."""
    home = tmp_path / "home"
    monkeypatch.setenv("ALLIANCE_HOME", str(home))
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    return home


@pytest.fixture(scope="session")
def write_notebook() -> Callable[..., Path]:
    """Return a function that writes a small notebook: `write_notebook(path, "# Text", ("code", "1 + 1"), ...)`."""

    def write(path: Path, *cells: str | tuple[str, str], autorun: bool = True, **metadata: Any) -> Path:
        made = []
        for number, cell in enumerate(cells):
            kind, source = cell if isinstance(cell, tuple) else ("markdown", cell)
            one: dict[str, Any] = {"cell_type": kind, "id": f"c{number}", "source": source}
            one["metadata"] = {"editable": False, "deletable": False}
            if kind == "code":
                one |= {"outputs": [], "execution_count": None}
            made.append(one)
        about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}} | metadata
        if autorun:
            about["alliance"] = {"autorun": True}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"cells": made, "metadata": about, "nbformat": 4, "nbformat_minor": 5}))
        return path

    return write


# --- the workbook, opened as a person opens it ------------------------------------------------------------------


@dataclass
class Lab:
    """The workbook as `python -m alliance_kit open` opened it."""

    address: str  # what the launcher printed
    home: Path
    seconds: float  # from the start of the command to the printed address
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """The server's address with a slash at the end."""
        return self.address.split("lab/tree/")[0]

    @property
    def token(self) -> str:
        """The token that opens the server."""
        return re.search(r"token=(\w+)", self.address)[1]

    def address_of(self, notebook: str) -> str:
        """Return the address of one notebook, in a window without memory of other pages."""
        return f"{self.url}lab/tree/{quote(notebook)}?token={self.token}&reset"

    def interrupt(self) -> None:
        """Press Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def wait(self) -> str:
        """Wait until the launcher has ended; return what it still said."""
        try:
            return self.process.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def close(self) -> str:
        """Press Ctrl-C and wait; return what the launcher still said."""
        self.interrupt()
        return self.wait()


@pytest.fixture(scope="session")
def open_lab() -> Iterator[Callable[..., Lab]]:
    """Return a function that runs the real launcher: `open_lab(home, notebooks=None, port=None)`; all are closed."""
    opened: list[Lab] = []

    def open_(home: Path, notebooks: Path | None = None, port: int | None = None) -> Lab:
        # Only for tests: lets a page reach Lab's commands, as its menu would.
        page_config = home / "cache" / "jupyter" / "config" / "labconfig" / "page_config.d" / "tests.json"
        home.mkdir(mode=0o700, exist_ok=True)
        (home / "cache").mkdir(mode=0o700, exist_ok=True)
        page_config.parent.mkdir(parents=True, exist_ok=True)
        page_config.write_text('{"exposeAppInBrowser": true}')
        command = [sys.executable, "-m", "alliance_kit", "open", "--no-browser"]
        command += ["--notebooks", str(notebooks)] if notebooks else []
        command += ["--port", str(port)] if port else []
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"ALLIANCE_HOME": str(home)}, stdout=subprocess.PIPE, text=True
        )
        said = []
        for line in process.stdout:
            said.append(line)
            if address := re.search(r"http://\S+", line):
                lab = Lab(address[0], home, time.monotonic() - started, process)
                opened.append(lab)
                return lab
        raise AssertionError(f"the launcher ended with {process.wait()} and said: {''.join(said)}")

    yield open_
    still_open = [lab for lab in opened if lab.process.poll() is None]
    for lab in still_open:
        lab.interrupt()  # all at once: each takes a few seconds to end its kernels
    for lab in still_open:
        lab.wait()


@pytest.fixture(scope="session")
def lab(open_lab: Callable[..., Lab], tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Return the workbook with its real notebooks, opened in a new home; shared by all tests of the session."""
    return open_lab(tmp_path_factory.mktemp("lab") / "home")


# --- a class ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def class_reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """Return the folder of reports that papermill made from a copy of the newest kept class record, and the outcome."""
    from alliance_kit.batch.class_run import make_reports  # noqa: PLC0415 — most tests need no class
    from alliance_kit.cohort.record import Record  # noqa: PLC0415 — as above

    folder = tmp_path_factory.mktemp("class")
    with Record.open(Path(shutil.copy(CLASS_RECORD, folder))) as record:
        outcome = make_reports(record, folder / "reports", jobs=2)
    return folder / "reports", outcome


# --- the browser ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return Chromium, driven by Playwright; skipped with a sentence where there is none."""

    def lacking(sentence: str) -> None:
        if os.environ.get("ALLIANCE_REQUIRE_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)

    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not path:
        lacking("no Chromium on this computer: set CHROMIUM to one to run the browser tests")
    try:
        from playwright.sync_api import sync_playwright  # noqa: PLC0415  # may be absent
    except ImportError:
        lacking("Playwright is not installed: pip install playwright to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_ARGS)
        yield browser
        browser.close()


@pytest.fixture
def console_errors() -> list[str]:
    """Return what the page of this test complained about on its console, filled while the test runs."""
    return []


@pytest.fixture
def page(browser: Any, console_errors: list[str]) -> Iterator[Any]:
    """Return a page in a fresh browser profile; no request of it may leave this computer."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    outside: list[str] = []

    def note(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in STAYS_IN_THE_PAGE and parts.hostname not in LOOPBACK:
            outside.append(address)

    context.on("request", lambda request: note(request.url))
    page = context.new_page()
    page.on("websocket", lambda socket: note(socket.url))
    page.on("console", lambda message: console_errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda fault: console_errors.append(str(fault)))
    yield page
    context.close()
    assert outside == [], f"the page asked for {outside}: nothing may leave this computer"


@pytest.fixture
def open_notebook(page: Any) -> Callable[..., Any]:
    """Return a function that opens a notebook as a person does and waits until its exercises are up, untouched."""

    def open_(lab: Lab, notebook: str) -> Any:
        page.goto(lab.address_of(notebook), wait_until="domcontentloaded")
        page.locator(".jp-NotebookPanel[data-alliance=ready]:visible").wait_for(timeout=60_000)
        return page.locator(".jp-NotebookPanel:visible")

    return open_
