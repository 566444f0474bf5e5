"""A notebook of the workbook is alive when it opens, comes back after every kind of restart, and keeps no words.

Notebooks are opened as a person opens them: by their address or by a link. Nothing is clicked to bring them up.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

NOTICE_SECONDS = 5  # a page whose kernel is gone says so within this time
CANARY = "marmalade-at-dawn"
EXERCISE = '''
import os, anywidget
class Exercise(anywidget.AnyWidget):
    _esm = """
    function render({ model, el }) {
      const drafts = (window.testDrafts ??= {});
      const field = document.createElement('textarea');
      field.dataset.allianceId = 'demo';
      field.setAttribute('aria-label', 'Your words');
      field.value = drafts.demo ?? '';
      field.addEventListener('input', () => { drafts.demo = field.value; });
      const button = document.createElement('button');
      button.textContent = 'Say it';
      const said = document.createElement('output');
      button.addEventListener('click', () => model.send({ text: field.value }));
      model.on('msg:custom', message => { said.textContent = message.heard; });
      el.append(field, button, said);
    }
    export default { render };
    """
    def __init__(self):
        super().__init__()
        self.on_msg(lambda widget, content, buffers: self.send({"heard": f"heard by {os.getpid()}"}))
Exercise()
'''
MANUAL = "If nothing comes up here: choose Run, then Run All Cells."


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory, write_notebook: Callable[..., Path]) -> Path:
    """Return a folder of small notebooks that stand for the workbook's own."""
    folder = tmp_path_factory.mktemp("source")
    far_down = "\n\n".join(["Some words of the lesson."] * 60)
    write_notebook(folder / "00_start_here.ipynb", "# Start\n\nGo on to [trust](02_trust.ipynb).", ("code", "'up'"))
    write_notebook(
        folder / "01_talk.ipynb", "# Talk", MANUAL, ("code", "quiet = 1"), far_down, ("code", EXERCISE), far_down
    )
    manual = json.loads((folder / "01_talk.ipynb").read_text())
    manual["cells"][1]["metadata"]["tags"] = ["alliance-manual"]
    (folder / "01_talk.ipynb").write_text(json.dumps(manual))
    write_notebook(folder / "02_trust.ipynb", "# Trust", ("code", "'trust is up'"))
    write_notebook(folder / "03_broken.ipynb", "# Part", ("code", "1 / 0"), ("code", "'the next part is up'"))
    write_notebook(folder / "04_changed.ipynb", "# Changed", ("code", "'as it came'"))
    return folder


@pytest.fixture(scope="module")
def workbook(open_lab: Callable[..., Any], source: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Return the workbook, opened by the real launcher with these notebooks."""
    return open_lab(tmp_path_factory.mktemp("autorun") / "home", source)


def ask(lab: Any, method: str, path: str) -> Any:
    """Talk to the server as another program of the same person would."""
    request = urllib.request.Request(
        f"{lab.url}api/{path}", method=method, headers={"Authorization": f"token {lab.token}"}, data=b"{}"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def kernel_of(lab: Any, notebook: str) -> str:
    return next(session["kernel"]["id"] for session in ask(lab, "GET", "sessions") if session["path"] == notebook)


def say_it(panel: Any) -> int:
    """Use the exercise; return the process that answered."""
    panel.get_by_role("button", name="Say it").click()
    answer = panel.locator("output", has_text="heard by")
    answer.wait_for()
    return int(answer.inner_text().split()[-1])


def listen(panel: Any) -> None:
    """Write down what the page tells its exercises from now on."""
    panel.evaluate("node => { window.told = []; node.addEventListener('alliance:kernel', e => told.push(e.detail)); }")


def hear(panel: Any, states: str, seconds: float) -> list[str]:
    """Wait until the page has told one of `states` (words with spaces between); return all that it told."""
    panel.page.wait_for_function(
        "states => told.some(state => states.includes(state))", arg=states.split(), timeout=seconds * 1000
    )
    return panel.page.evaluate("told")


def test_it_is_alive_on_opening(workbook: Any, open_notebook: Callable[..., Any], console_errors: list[str]) -> None:
    """Opening is all it takes, and what shows is a page: no code, no bars, no line on how to start by hand."""
    panel = open_notebook(workbook, "01_talk.ipynb")

    assert say_it(panel) > 0
    assert panel.locator(".jp-CodeCell .jp-InputArea-editor:visible").count() == 0
    assert panel.page.locator(".jp-Toolbar:visible, .lm-MenuBar:visible, .jp-SideBar:visible").count() == 0
    assert panel.locator("p", has_text=MANUAL).is_hidden()
    assert console_errors == []


@pytest.mark.parametrize(
    "notebook", ["my own.ipynb", "deeper/01_talk.ipynb", "04_changed.ipynb"], ids=["foreign", "elsewhere", "changed"]
)
def test_any_other_notebook_is_left_alone(
    workbook: Any, page: Any, write_notebook: Callable[..., Path], notebook: str
) -> None:
    """The mark alone opens nothing: path and code must be those that came with the workbook."""
    write_notebook(workbook.home / "notebooks" / notebook, "# Mine", ("code", "open('was_run', 'w')"))

    page.goto(workbook.address_of(notebook), wait_until="domcontentloaded")
    page.wait_for_function("window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'")
    page.wait_for_timeout(700)

    assert page.locator("[data-alliance]").count() == 0
    assert not list((workbook.home / "notebooks").rglob("was_run"))
    assert page.locator(".lm-MenuBar:visible").count() == 1
    assert page.locator(".jp-InputArea-editor:visible").count() >= 1


def test_a_restart_brings_it_back_with_the_place_kept(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """After a restart from the page the exercise is up again; scroll, field and caret are where they were."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    before = say_it(panel)
    field = panel.get_by_label("Your words")
    field.fill("I hear you")
    field.evaluate("field => field.setSelectionRange(2, 6)")
    top = panel.locator(".jp-WindowedPanel-outer").evaluate("node => node.scrollTop")
    assert top > 300
    listen(panel)

    panel.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    assert hear(panel, "ready", 15) == ["restarting", "running", "ready"]

    kept = field.evaluate("field => [document.activeElement === field, field.selectionStart, field.selectionEnd]")
    assert kept == [True, 2, 6]
    assert abs(panel.locator(".jp-WindowedPanel-outer").evaluate("node => node.scrollTop") - top) < 20
    assert say_it(panel) != before


def test_a_killed_kernel_comes_back_without_a_box(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """A crash is told within 5 s and mended by itself; Lab's own box about it closes."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    before = say_it(panel)
    listen(panel)

    os.kill(before, signal.SIGKILL)
    hear(panel, "restarting", NOTICE_SECONDS)
    hear(panel, "ready", 15)

    assert panel.page.locator(".jp-Dialog").count() == 0
    assert say_it(panel) != before


def test_a_restart_by_another_program_brings_it_back(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """Lab hears little of such a restart; the page comes back all the same."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    before = say_it(panel)
    listen(panel)

    ask(workbook, "POST", f"kernels/{kernel_of(workbook, '01_talk.ipynb')}/restart")
    hear(panel, "restarting lost", NOTICE_SECONDS)
    hear(panel, "ready", 15)

    assert say_it(panel) != before


def test_a_kernel_that_is_shut_down_is_told_and_one_event_starts_again(
    workbook: Any, open_notebook: Callable[..., Any]
) -> None:
    """The state `dead` shows within 5 s; `alliance:restart`, from anywhere in the page, is all it takes."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    before = say_it(panel)
    listen(panel)

    ask(workbook, "DELETE", f"kernels/{kernel_of(workbook, '01_talk.ipynb')}")
    assert hear(panel, "dead", NOTICE_SECONDS) == ["dead"]
    panel.get_by_label("Your words").dispatch_event("alliance:restart", {"bubbles": True})

    assert hear(panel, "ready", 15) == ["dead", "restarting", "running", "ready"]
    assert panel.page.locator(".jp-Dialog").count() == 0
    assert say_it(panel) != before


def test_a_kernel_that_goes_while_the_page_asks_for_it_is_told(
    workbook: Any, open_notebook: Callable[..., Any]
) -> None:
    """Asked at the moment of its end, a kernel seems to be there still; the page says `dead`, not `lost`."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    say_it(panel)
    listen(panel)

    panel.page.evaluate(
        """([address, token]) => {
          fetch(address, { method: 'DELETE', headers: { Authorization: `token ${token}` } });
          setTimeout(() => document.dispatchEvent(new Event('visibilitychange')), 30);
        }""",
        [f"{workbook.url}api/kernels/{kernel_of(workbook, '01_talk.ipynb')}", workbook.token],
    )

    assert hear(panel, "dead", NOTICE_SECONDS + 3) == ["dead"], "it takes 3 s to go, and 5 are promised from then on"


def test_a_dropped_line_runs_nothing_again(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """Where the kernel lived on, the same exercise goes on: nothing is run a second time."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    before = say_it(panel)
    listen(panel)

    panel.page.evaluate("window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()")

    assert hear(panel, "ready", 10) == ["lost", "ready"]
    assert panel.locator("output").inner_text() == f"heard by {before}"


def test_the_saved_notebook_holds_no_words(workbook: Any, open_notebook: Callable[..., Any], source: Path) -> None:
    """Typing, running and saving leave no outputs, no widget state and no history: only the cells as they came."""
    panel = open_notebook(workbook, "01_talk.ipynb")
    untouched = (workbook.home / "notebooks" / "01_talk.ipynb").read_bytes()
    panel.get_by_label("Your words").fill(CANARY)
    say_it(panel)
    assert not panel.page.evaluate("window.jupyterapp.shell.currentWidget.context.model.dirty")
    assert (workbook.home / "notebooks" / "01_talk.ipynb").read_bytes() == untouched

    panel.page.evaluate("window.jupyterapp.shell.currentWidget.context.save()")
    saved = json.loads((workbook.home / "notebooks" / "01_talk.ipynb").read_text())

    assert [cell.get("outputs", []) for cell in saved["cells"]] == [[]] * len(saved["cells"])
    assert "widgets" not in saved["metadata"]
    files = [path for path in workbook.home.rglob("*") if path.is_file()]
    assert not [path.name for path in files if CANARY.encode() in path.read_bytes()]
    assert not [path.name for path in files if path.name.startswith("history.sqlite")]


def test_pages_lead_to_each_other(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """A link in the text opens the next page in the same window, alive; the browser's Back returns."""
    panel = open_notebook(workbook, "00_start_here.ipynb")
    page = panel.page

    page.get_by_role("link", name="trust").click()
    page.locator("[data-alliance=ready]:visible", has_text="trust is up").wait_for()
    assert page.url.endswith("02_trust.ipynb")
    page.go_back()
    page.locator("[data-alliance=ready]:visible", has_text="Go on to").wait_for()

    assert page.url.endswith("00_start_here.ipynb")
    assert page.locator(".lm-MenuBar:visible").count() == 0


def test_a_part_that_does_not_come_up_is_told_in_words(workbook: Any, page: Any) -> None:
    """One broken cell does not stop the next, and the learner reads a sentence, never a traceback."""
    page.goto(workbook.address_of("03_broken.ipynb"), wait_until="domcontentloaded")
    page.locator("[data-alliance=failed]").wait_for()

    assert page.locator("pre", has_text="the next part is up").is_visible()
    assert page.get_by_text("A part of this page did not come up.").is_visible()
    assert page.get_by_role("button", name="Start again").is_visible()
    assert page.locator("pre", has_text="ZeroDivisionError").is_hidden()


def test_letters_are_letters(workbook: Any, open_notebook: Callable[..., Any]) -> None:
    """Lab's one-letter shortcuts change nothing, wherever the focus is, and a double click opens no editor."""
    panel = open_notebook(workbook, "02_trust.ipynb")
    cells = panel.locator(".jp-Cell").count()

    for place in (panel.get_by_role("heading", name="Trust"), panel.locator("pre", has_text="trust is up")):
        place.dblclick()
        for key in ("a", "b", "x", "d", "d", "m", "y", "z", "Enter"):
            panel.page.keyboard.press(key)

    assert panel.locator(".jp-Cell").count() == cells
    assert panel.get_by_role("heading", name="Trust").is_visible()
    assert panel.locator(".jp-InputArea-editor:visible").count() == 0


def test_the_page_is_dark_where_the_system_is(workbook: Any, page: Any, open_notebook: Callable[..., Any]) -> None:
    """Lab's theme follows the system; the ground is the workbook's dark."""
    page.emulate_media(color_scheme="dark")
    panel = open_notebook(workbook, "02_trust.ipynb")

    assert page.locator("body").get_attribute("data-jp-theme-light") == "false"
    ground = panel.locator(".jp-Notebook").evaluate("node => getComputedStyle(node).backgroundColor")
    assert ground == "rgb(20, 25, 31)"


def test_closing_and_opening_the_workbook_again(
    open_lab: Callable[..., Any], source: Path, tmp_path: Path, open_notebook: Callable[..., Any]
) -> None:
    """A second start shows the first's address; Ctrl-C is quiet; a page that stayed open comes back by one event."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]  # the page comes back to its address, so nobody else may take it meanwhile
    first = open_lab(tmp_path / "home", source, port)
    second = open_lab(tmp_path / "home", source)
    assert second.address == first.address
    assert second.process.wait(5) == 0
    panel = open_notebook(first, "02_trust.ipynb")
    listen(panel)

    said = first.close()
    assert said.splitlines()[-1] == "The workbook is closed."
    assert first.process.returncode == 0
    with pytest.raises(OSError, match="refused"):
        ask(first, "GET", "status")
    assert hear(panel, "lost", NOTICE_SECONDS) == ["lost"]

    open_lab(tmp_path / "home", source, port)
    panel.dispatch_event("alliance:restart")
    hear(panel, "ready", 15)
    assert panel.page.locator(".jp-Dialog").count() == 0
