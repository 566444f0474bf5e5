"""The project's benchmarks: each figure beside its peer, measured in the same run.

    python benchmarks/run.py              all of them
    python benchmarks/run.py core         import, opening an exercise, grading (no browser needed)
    python benchmarks/run.py lab          the first exercise in JupyterLab against a bare ipywidgets notebook
    python benchmarks/run.py class        the reports of a class against a plain papermill loop (see class_run.py)

Times are medians; the spread (fastest to slowest) stands beside them.
"""

from __future__ import annotations

import argparse
import csv
import functools
import itertools
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
BROWSER_ARGS = ["--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run"]
# What a bare notebook's automation waits for before it may run cells: without it a "Select Kernel" dialog opens.
READY = """() => { const w = window.jupyterapp?.shell.currentWidget, k = w?.sessionContext?.session?.kernel;
    return !!k && k.status === 'idle' && k.connectionStatus === 'connected'; }"""
BARE_CELL = """import ipywidgets as W
choice = W.Select(options=["One reply", "Another reply"], value=None, description="Reply")
said = W.HTML()
button = W.Button(description="Say it")
button.on_click(lambda _: setattr(said, "value", str(choice.value)))
W.VBox([choice, button, said])"""


def spread(times: list[float], unit: float = 1.0) -> str:
    """Return median and range as text, in `unit` seconds."""
    values = [t / unit for t in times]
    return f"{statistics.median(values):8.3f}  ({min(values):.3f} to {max(values):.3f}, n={len(values)})"


def timed(act: Callable[[], object], repeats: int) -> list[float]:
    """Return the seconds that each of `repeats` calls took."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return times


# --- without a browser ------------------------------------------------------------------------------------------


def imports(repeats: int = 15) -> None:
    """Import the package in a new process, against a bare Python."""
    codes = ("pass", "import alliance_kit", "import alliance_kit.workbook")
    times: dict[str, list[float]] = {code: [] for code in codes}
    for _ in range(repeats):
        for code in codes:  # in turns, so that a busy moment meets all of them
            run = [sys.executable, "-c", code]
            times[code] += timed(functools.partial(subprocess.run, run, cwd=ROOT, check=True), 1)
    bare = statistics.median(times["pass"])
    for code in codes[1:]:
        print(f"{code:34s} {statistics.median(times[code]) - bare:8.3f} s beyond a bare Python ({bare:.3f} s)")


def opening(repeats: int = 30) -> None:
    """Open one exercise warm: from its id to what there is to see."""
    from alliance_kit.journal import Journal
    from alliance_kit.workbook import SESSIONS, load_exercise

    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal")
        for exercise_id in ("low-back-first-visit", "trust-drills", "goal-kathleen"):

            def open_(exercise_id: str = exercise_id) -> object:
                exercise = load_exercise(exercise_id)
                return SESSIONS[type(exercise)](exercise, journal).view()

            open_()
            print(f"open {exercise_id:29s} {spread(timed(open_, repeats))} s")


def grading(seconds: float = 2.0) -> None:
    """Grade choices and goals on one core, replies a second."""
    from alliance_kit.grading import grade
    from alliance_kit.model import DrillSet, GoalCase, Response
    from alliance_kit.workbook import load_exercise

    drill, case = load_exercise("trust-drills"), load_exercise("goal-kathleen")
    assert isinstance(drill, DrillSet)
    assert isinstance(case, GoalCase)
    choices = [
        Response(drill.id, "", 1, {"item": item.id, "choice": choice.id})
        for item in drill.items
        for choice in item.choices
    ]
    rewrites = [
        Response(drill.id, "", 1, {"item": item.id, "text": f"{sample} I would say."})
        for item in drill.items
        for sample in item.samples
    ]
    rows = (ROOT / "tests" / "data" / "smart_goal_examples.csv").read_text(encoding="utf-8").splitlines()
    texts = [row["goal_text"] for row in csv.DictReader(rows)]
    goals = [Response(case.id, "", 1, {"text": text}) for text in texts]
    mixed = [r for pair in zip(itertools.cycle(choices), goals, strict=False) for r in pair]
    kinds = (("choices", choices), ("rewritten lines", rewrites), ("goals", goals), ("choices and goals", mixed))
    for name, responses in kinds:
        exercises = [case if r.exercise == case.id else drill for r in responses]
        done, start = 0, time.perf_counter()
        while (took := time.perf_counter() - start) < seconds:
            for exercise, response in zip(exercises, responses, strict=True):
                grade(exercise, response)
            done += len(responses)
        print(f"grade {name:28s} {done / took:10,.0f} a second")


# --- in JupyterLab ----------------------------------------------------------------------------------------------


def free_port() -> int:
    """Return a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def bare_lab(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    """Start a plain JupyterLab on a notebook with stock widgets, and return it with its address."""
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "source": BARE_CELL, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    book = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "bare.ipynb").write_text(json.dumps(book))
    config = folder / "config" / "labconfig"
    config.mkdir(parents=True)
    off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}, "exposeAppInBrowser": True}
    (config / "page_config.json").write_text(json.dumps(off))
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    env = os.environ | {f"JUPYTER_{name}": str(folder / name.split("_")[0].lower()) for name in names}
    env |= {f"JUPYTERLAB_{name}_DIR": str(folder / name.lower()) for name in ("SETTINGS", "WORKSPACES")}
    port = free_port()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=t", timeout=1).close()
            break
        except OSError:
            time.sleep(0.1)
    return server, f"http://127.0.0.1:{port}/lab/tree/bare.ipynb?token=t&reset"


def our_lab(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the workbook as its own command does, and return it with its address."""
    env = os.environ | {"ALLIANCE_HOME": str(folder / "home")}
    command = [sys.executable, "-m", "alliance_kit", "open", "--no-browser"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    for line in server.stdout:
        if "http://" in line:
            return server, line[line.index("http://") :].split()[0]
    raise SystemExit("the workbook did not open")


def first_exercise(repeats: int = 7) -> None:
    """From opening the page to the first exercise usable, against a bare notebook run by hand-written automation."""
    from playwright.sync_api import sync_playwright

    browser_path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as play:
        folder = Path(name)
        (folder / "bare").mkdir()
        bare, bare_url = bare_lab(folder / "bare")
        ours, our_url = our_lab(folder)
        browser = play.chromium.launch(executable_path=browser_path, args=BROWSER_ARGS)

        def open_bare() -> None:
            page = browser.new_context().new_page()
            page.goto(bare_url, wait_until="domcontentloaded")
            page.wait_for_function(READY, timeout=60_000)
            page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')")
            page.get_by_role("button", name="Say it").wait_for(timeout=60_000)
            page.context.close()

        def open_ours() -> None:
            page = browser.new_context().new_page()
            page.goto(our_url, wait_until="domcontentloaded")
            page.get_by_role("button", name="That’s me").wait_for(timeout=60_000)
            page.context.close()

        times: dict[str, list[float]] = {"bare": [], "ours": []}
        try:
            open_bare()
            open_ours()
            for _ in range(repeats):
                times["bare"] += timed(open_bare, 1)
                times["ours"] += timed(open_ours, 1)
        finally:
            bare.terminate()
            ours.terminate()
    print(f"bare notebook, cells run by automation {spread(times['bare'])} s")
    print(f"first exercise of the workbook         {spread(times['ours'])} s")
    ratio = statistics.median(times["ours"]) / statistics.median(times["bare"])
    print(f"ratio                                  {ratio:8.2f}x (aim: at most 1.25x)")


def class_run() -> None:
    """Make the reports of a class, against a plain papermill loop."""
    from class_run import everything  # beside this file

    everything()


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="?", choices=("all", "core", "lab", "class"), default="all")
    part = parser.parse_args().part
    if part in ("all", "core"):
        imports()
        opening()
        grading()
    if part in ("all", "lab"):
        first_exercise()
    if part in ("all", "class"):
        class_run()


if __name__ == "__main__":
    main()
