"""How the workbook is opened: the plan, the notebooks that may run, what is saved, and what is said."""

from __future__ import annotations

import hashlib
import http.server
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import alliance_kit
from alliance_kit import cli, launch, launch_plan, library, workbook
from alliance_kit.errors import ExerciseFileError, HomeError
from alliance_kit.home import Home, open_home
from alliance_kit.launch import Server, running_server
from alliance_kit.launch_plan import FIRST_PORT, PORTS, LaunchPlan, code_digest, drop_private, prepare
from alliance_kit.model import Course, Module, Unit

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def opened(alliance_home: Path) -> Home:
    return open_home()


@pytest.fixture
def source(tmp_path: Path, write_notebook: Callable[..., Path]) -> Path:
    folder = tmp_path / "source"
    write_notebook(folder / "00_start_here.ipynb", "# Start", ("code", "one()"), ("code", "two()"))
    write_notebook(folder / "clinician" / "01_day.ipynb", "# Day", ("code", "day()"))
    write_notebook(folder / "plain.ipynb", "# No mark", ("code", "x"), autorun=False)
    return folder


def setting(plan: LaunchPlan, name: str) -> Any:
    return next(json.loads(content) for path, content in plan.files.items() if path.name == name)


# --- the plan


def test_the_plan_writes_nothing_and_stays_in_the_cache(opened: Home, source: Path) -> None:
    """Preparing is pure, and everything that will be written lies in the home's cache."""
    before = sorted(opened.folder.rglob("*"))

    plan = prepare(opened, source)

    assert sorted(opened.folder.rglob("*")) == before
    assert all(path.is_relative_to(opened.cache) for path in (*plan.files, plan.log))
    assert plan.command[:4] == (sys.executable, "-m", "jupyterlab", "--no-browser")


def test_the_book_lists_marked_notebooks_with_the_digest_of_their_code(opened: Home, source: Path) -> None:
    """Only the mark opens the list, and the digest is over the code cells alone, joined as the page joins them."""
    (source / "torn.ipynb").write_text("{")
    (source / "list.ipynb").write_text("[]")

    book = setting(prepare(opened, source), "page_config.json")["allianceWorkbook"]

    assert isinstance(book, str), "JupyterLab turns a dict into the list of its keys"
    assert json.loads(book) == {
        "00_start_here.ipynb": hashlib.sha256(b"one()\n\0two()").hexdigest(),
        "clinician/01_day.ipynb": hashlib.sha256(b"day()").hexdigest(),
    }


def test_the_digest_does_not_depend_on_how_lines_are_stored() -> None:
    whole = {"cells": [{"cell_type": "code", "source": "a\nb"}, {"cell_type": "markdown", "source": "text"}]}
    lines = {"cells": [{"cell_type": "code", "source": ["a\n", "b"]}]}

    assert code_digest(whole) == code_digest(lines)
    assert code_digest(whole) != code_digest({"cells": [{"cell_type": "code", "source": "a\nb "}]})


def test_the_server_is_for_this_computer_and_this_home(opened: Home, source: Path) -> None:
    server = setting(prepare(opened, source), "jupyter_server_config.json")

    assert server["ServerApp"]["ip"] == "127.0.0.1"
    assert server["ServerApp"]["root_dir"] == str(opened.notebooks)
    assert server["ServerApp"]["open_browser"] is False
    assert server["LabApp"]["news_url"] is None
    assert "token" not in json.dumps(server), "the server makes its own token, a new one each time"


@pytest.mark.parametrize(("port", "retries"), [(None, 5), (9999, 0)], ids=["first free", "the one named"])
def test_a_named_port_is_the_only_one_tried(opened: Home, source: Path, port: int | None, retries: int) -> None:
    server = setting(prepare(opened, source, port), "jupyter_server_config.json")["ServerApp"]

    assert server["port"] == port if port else FIRST_PORT <= server["port"] < FIRST_PORT + PORTS
    assert server["port_retries"] == retries


def test_the_kernel_is_this_python_and_writes_no_history(opened: Home, source: Path) -> None:
    """A person's own kernel of the same name may be another Python without the workbook."""
    kernel = setting(prepare(opened, source), "kernel.json")

    assert kernel["argv"][0] == sys.executable
    assert "--HistoryManager.enabled=False" in kernel["argv"]


def test_other_jupyter_settings_are_neither_read_nor_changed(
    opened: Home, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Variables of another Jupyter do not reach ours; where its extensions lie is kept, after our own."""
    for name in ("JUPYTER_NO_CONFIG", "JUPYTER_TOKEN", "JUPYTER_CONFIG_DIR", "JUPYTERLAB_DIR"):
        monkeypatch.setenv(name, "stray")
    monkeypatch.setenv("JUPYTER_PATH", "elsewhere")

    env = prepare(opened, source).env

    own = {name: value for name, value in env.items() if name.startswith(("JUPYTER", "IPYTHON"))}
    assert "stray" not in own.values()
    folders = {part for value in own.values() for part in value.split(os.pathsep)} - {"elsewhere"}
    assert all(Path(part).is_relative_to(opened.cache) or Path(part) == launch_plan.JUPYTER_FILES for part in folders)
    assert env["JUPYTER_PATH"].endswith(os.pathsep + "elsewhere")
    assert env["ALLIANCE_HOME"] == str(opened.folder)


def test_the_kernel_finds_the_package_from_a_clone(opened: Home, source: Path, tmp_path: Path) -> None:
    """From any folder, with nothing installed but what Jupyter needs."""
    env = prepare(opened, source).env

    code = "import alliance_kit; print(alliance_kit.__file__)"
    said = subprocess.check_output([sys.executable, "-c", code], cwd=tmp_path, env=dict(env), text=True)
    assert said.strip() == str(launch_plan.PACKAGE / "__init__.py")


def test_an_installed_package_adds_no_path(
    opened: Home, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Site-packages in front of the standard library could hide modules of it."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    monkeypatch.setattr(launch_plan, "PACKAGE", tmp_path / "site-packages" / "alliance_kit")

    assert prepare(opened, source).env["PYTHONPATH"] == ""


def test_every_override_is_a_setting_that_jupyterlab_knows() -> None:
    """A value outside the schema leaves the page without a kernel."""
    share = Path(sys.prefix) / "share" / "jupyter"
    overrides = json.loads((launch_plan.JUPYTER_FILES / "labconfig" / "default_setting_overrides.json").read_text())
    for plugin, values in overrides.items():
        package, name = plugin.split(":")
        places = (share / "lab/schemas", share / "labextensions/@jupyter-widgets/jupyterlab-manager/schemas")
        schema = next(
            json.loads(file.read_text()) for place in places if (file := place / package / f"{name}.json").exists()
        )
        for key, value in values.items():
            told = schema["properties"][key]
            allowed = [one["const"] for one in told.get("oneOf", ())] or told.get("enum")
            assert type(value) is {"boolean": bool, "string": str}[told["type"]], (plugin, key)
            assert not allowed or value in allowed, (plugin, key)


def test_the_extension_is_complete_and_asks_nobody() -> None:
    """What the page loads is there, in plain files, and names no address."""
    about = json.loads((launch_plan.EXTENSION / "package.json").read_text())
    assert about["name"] == launch_plan.EXTENSION.name
    assert about["version"] == alliance_kit.__version__
    assert (launch_plan.EXTENSION / about["jupyterlab"]["_build"]["load"]).is_file()
    for file in cli.EXTENSION_FILES:
        assert "http" not in (launch_plan.EXTENSION / file).read_text()


# --- what is saved


def a_saved(metadata: dict[str, Any]) -> dict[str, Any]:
    cells = [
        {"cell_type": "code", "source": "x", "outputs": [{"text": "private"}], "execution_count": 4, "metadata": {}},
        {"cell_type": "markdown", "source": "text", "metadata": {}},
    ]
    return {"type": "notebook", "content": {"metadata": metadata, "cells": cells}}


def test_a_page_of_the_workbook_is_saved_without_outputs() -> None:
    """Neither widget state nor outputs reach the file; the cells do."""
    model = a_saved({"alliance": {"autorun": True}, "widgets": {"state": "private"}})

    drop_private(model, path="01.ipynb", contents_manager=None)

    assert "private" not in json.dumps(model)
    assert [cell["source"] for cell in model["content"]["cells"]] == ["x", "text"]


def test_a_notebook_of_her_own_keeps_its_outputs() -> None:
    """Only widget state goes: it may hold words that were typed into an exercise."""
    model = a_saved({"widgets": {"state": "words"}})

    drop_private(model)

    assert model["content"]["cells"][0]["outputs"] == [{"text": "private"}]
    assert "widgets" not in model["content"]["metadata"]


@pytest.mark.parametrize(
    "model", [{}, {"type": "file", "content": "text"}, {"type": "notebook"}, {"type": "notebook", "content": {}}]
)
def test_other_files_pass_untouched(model: dict[str, Any]) -> None:
    before = json.loads(json.dumps(model))

    drop_private(model)

    assert model == before


# --- a server that answers


@pytest.fixture
def answering(opened: Home) -> Iterator[list[str]]:
    """Return the list of what a small server was asked; it stands for JupyterLab and knows the token `secret`."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200 if self.headers["Authorization"] == "token secret" else 403)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    write_record(opened, "jpserver-1.json", url=f"http://127.0.0.1:{server.server_port}/", token="secret")
    yield asked
    server.shutdown()
    server.server_close()


def write_record(home: Home, name: str, **record: str) -> None:
    folder = home.cache / "jupyter" / "runtime"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(record))


def test_a_running_server_is_found(opened: Home, answering: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside records of servers that are gone or torn, and past any proxy."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    write_record(opened, "jpserver-0.json", url="http://127.0.0.1:9/", token="old")
    (opened.cache / "jupyter" / "runtime" / "jpserver-00.json").write_text("{")

    found = running_server(opened)

    assert found is not None
    assert found.token == "secret"
    assert answering == ["/api/status"]


def test_another_server_on_the_port_is_not_ours(opened: Home, answering: list[str]) -> None:
    """A record outlives its server, and its port is soon taken by somebody else's."""
    record = opened.cache / "jupyter" / "runtime" / "jpserver-1.json"
    record.write_text(record.read_text().replace("secret", "old"))

    assert running_server(opened) is None


def test_a_second_start_shows_the_first(
    opened: Home,
    source: Path,
    answering: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No second server, one line with the address, and the browser gets a private page instead of the token."""
    shown: list[str] = []
    monkeypatch.setattr(launch.webbrowser, "open", shown.append)
    monkeypatch.setattr(launch, "_has_screen", lambda: True)
    monkeypatch.setattr(launch.platform, "release", lambda: "6.1")

    assert launch.open_workbook(notebooks=source) == 0

    (line,) = capsys.readouterr().out.splitlines()
    assert line.startswith("The workbook is open at http://127.0.0.1:")
    assert "lab/tree/00_start_here.ipynb?token=secret" in line
    (address,) = shown
    assert "secret" not in address
    door = opened.cache / "open.html"
    assert address == door.as_uri()
    assert "00_start_here.ipynb?token=secret&amp;reset" in door.read_text()
    assert os.name != "posix" or door.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(("flag", "screen"), [(False, True), (True, False)], ids=["not wanted", "no screen"])
def test_without_a_browser_the_address_is_printed(
    opened: Home,
    source: Path,
    answering: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    flag: bool,
    screen: bool,
) -> None:
    monkeypatch.setattr(launch.webbrowser, "open", lambda _: pytest.fail("a browser was opened"))
    monkeypatch.setattr(launch, "_has_screen", lambda: screen)

    assert launch.open_workbook(browser=flag, notebooks=source) == 0
    assert capsys.readouterr().out.count("http://") == 1


def test_the_start_address_is_safe_in_any_token() -> None:
    assert Server("http://127.0.0.1:1/", "a&b c").start_address.endswith("?token=a%26b%20c&reset")


def test_a_start_that_does_not_come_up_is_told(
    opened: Home, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, exit code 1, no rest: the next start is not kept waiting."""
    broken = (sys.executable, "-c", "raise SystemExit('no room')")
    plan = LaunchPlan(broken, os.environ, {}, opened.cache / "jupyterlab.log")
    monkeypatch.setattr(launch, "prepare", lambda *_: plan)

    assert launch.open_workbook(browser=False, notebooks=source) == 1

    assert f"JupyterLab did not start. What it said stands in {plan.log}" in capsys.readouterr().out
    assert plan.log.read_text().strip() == "no room"
    assert not (opened.cache / "opening").exists()


def test_a_server_that_ends_by_itself_is_told(
    opened: Home, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A crash is not taken for a good end: one sentence with a way on, and exit code 1."""
    brief = (sys.executable, "-c", "import time; time.sleep(0.2); raise SystemExit(3)")
    plan = LaunchPlan(brief, os.environ, {}, opened.cache / "jupyterlab.log")
    answers = iter([None, None, Server("http://127.0.0.1:9/", "secret")])
    monkeypatch.setattr(launch, "prepare", lambda *_: plan)
    monkeypatch.setattr(launch, "running_server", lambda _: next(answers))

    assert launch.open_workbook(browser=False, notebooks=source) == 1

    assert "JupyterLab ended by itself (3)" in capsys.readouterr().out


def test_a_claim_left_by_a_crash_expires(opened: Home) -> None:
    """A start that was killed half-way does not lock the workbook."""
    claim = opened.cache / "opening"
    claim.touch()
    os.utime(claim, (time.time() - 2 * launch.START_SECONDS,) * 2)

    started = time.monotonic()
    with launch._one_at_a_time(opened):
        assert claim.exists()
    assert time.monotonic() - started < 2
    assert not claim.exists()


def test_before_jupyterlab_nothing_takes_long(alliance_home: Path, source: Path) -> None:
    """Home, working copies and plan, in a new process, well under the 3 s that are promised."""
    code = (
        "import pathlib, sys\n"
        "from alliance_kit import cli, launch\n"
        "home = launch.open_home()\n"
        "launch.refresh_notebooks(home, pathlib.Path(sys.argv[1]))\n"
        "launch.prepare(home, pathlib.Path(sys.argv[1]))\n"
        "heavy = {'jupyterlab', 'jupyter_server', 'ipywidgets', 'pydantic'} & set(sys.modules)\n"
        "sys.exit(f'{heavy} imported' if heavy else 0)\n"
    )
    started = time.monotonic()
    subprocess.check_call([sys.executable, "-c", code, str(source)], cwd=ROOT)
    assert time.monotonic() - started < 3


# --- the command line


def course_of(*exercises: str) -> Course:
    """Return a course of one unit with these exercises."""
    unit = Unit(id="one", title="One", minutes=5, exercises=exercises)
    module = Module(id="01_one", title="One", units=(unit,))
    return Course(schema_version=1, id="course", version="1.0.0", title="Course", modules=(module,))


def test_check_is_one_line_when_all_is_well(
    alliance_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(library, "exercise_ids", lambda: ("one",))
    monkeypatch.setattr(workbook, "load_course", lambda: course_of("one"))
    monkeypatch.setattr(workbook, "load_exercise", lambda _: None)

    assert cli.main(["check"]) == 0
    assert capsys.readouterr().out == "ready for class\n"


def test_check_names_exercises_that_only_the_course_knows(
    alliance_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A course that names an exercise nobody has written is not ready for class; one line says which."""
    monkeypatch.setattr(library, "exercise_ids", lambda: ("one",))
    monkeypatch.setattr(workbook, "load_course", lambda: course_of("one", "tow", "three"))
    monkeypatch.setattr(workbook, "load_exercise", lambda _: None)

    assert cli.main(["check"]) == 1
    (line,) = capsys.readouterr().out.splitlines()
    assert "course.yaml" in line
    assert "'tow', 'three'" in line


def test_check_names_each_thing_once_in_one_line(
    alliance_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Package, extension, home, notebooks, course, exercise: a line each, the first where a fault has many lines."""

    def faulty(name: str = "course") -> None:
        raise ExerciseFileError(f"exercises/{name}.yaml:3: a fault\nand another")

    alliance_home.write_text("in the way")
    monkeypatch.setattr(cli, "NEEDED", ("json", "no_such_package"))
    monkeypatch.setattr(launch_plan, "EXTENSION", tmp_path)
    monkeypatch.setattr(library, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(library, "exercise_ids", lambda: ("knee", "knee"))
    monkeypatch.setattr(workbook, "load_course", faulty)
    monkeypatch.setattr(workbook, "load_exercise", faulty)

    assert cli.main(["check"]) == 1

    lines = capsys.readouterr().out.splitlines()
    told = [
        "no_such_package",
        *cli.EXTENSION_FILES,
        "a file is in the way",
        "course.yaml:3",
        "00_start_here.ipynb",
        "knee.yaml:3",
    ]
    assert [words in line for words, line in zip(told, lines, strict=True)] == [True] * len(told)


def test_home_says_where_things_are_and_makes_nothing(alliance_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["home"]) == 0

    assert not alliance_home.exists()
    lines = capsys.readouterr().out.splitlines()
    assert f"home       {alliance_home}  (not made yet)" in lines
    assert f"journal    {alliance_home / 'journal'}  (not made yet)" in lines


def test_a_home_that_cannot_be_used_is_a_sentence(alliance_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Never a traceback, and exit code 1."""
    alliance_home.write_text("in the way")

    assert cli.main(["open", "--no-browser"]) == 1
    told = capsys.readouterr().err
    assert "a file is in the way" in told
    assert "Traceback" not in told


def test_open_hands_on_what_was_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(launch, "open_workbook", lambda **words: asked.update(words) or 0)

    assert cli.main(["open", "--no-browser", "--port", "9000"]) == 0
    assert asked == {"browser": False, "port": 9000, "notebooks": None}


def test_missing_notebooks_are_told(opened: Home, tmp_path: Path) -> None:
    with pytest.raises(HomeError, match="notebooks of the workbook are missing"):
        launch.open_workbook(browser=False, notebooks=tmp_path / "nowhere")


def test_the_package_can_be_run_as_a_module() -> None:
    """`python -m alliance_kit` says its commands."""
    said = subprocess.check_output([sys.executable, "-m", "alliance_kit", "--help"], cwd=ROOT, text=True)

    assert all(name in said for name in ("open", "check", "home"))


def test_a_port_that_is_taken_is_passed_over(opened: Home, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first free port from 8890 on is taken; 8888, a person's own Jupyter, never is."""
    assert FIRST_PORT > 8888
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        busy = taken.getsockname()[1]
        monkeypatch.setattr(launch_plan, "FIRST_PORT", busy)
        server = setting(prepare(opened, source), "jupyter_server_config.json")["ServerApp"]

    assert server["port"] != busy
