"""The class run against a plain serial papermill loop over the same notebooks, with the same HTML written.

    python benchmarks/class_run.py                        all of it
    python benchmarks/class_run.py --learners 24 --repeats 3 --jobs 2 3 4

Both sides are whole processes, their imports included; ours also reads the record, writes the data files, computes the
class view and makes the index and the feedback files. The loop finds the data files ready. Kernels are plain.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}  # the kernels of the loop find the package as ours do
OURS = """
import sys
from pathlib import Path
from alliance_kit.batch.class_run import make_reports
from alliance_kit.cohort.record import Record
if __name__ == "__main__":
    record, out, jobs = sys.argv[1:]
    with Record.open(Path(record)) as opened:
        outcome = make_reports(opened, Path(out), jobs=int(jobs))
    assert not outcome.failed, outcome.failed
"""
LOOP = """
import sys
from pathlib import Path
import nbformat, papermill
from alliance_kit.batch.class_run import class_report, learner_report
from alliance_kit.reports.pages import to_page
out = Path(sys.argv[1])
(out / "learners").mkdir()
jobs = [(learner_report(), out / "learners" / data.stem, {"learner": data.stem, "hand_in": f"../data/{data.name}"})
        for data in sorted((out / "data").glob("*.jsonl"))]
jobs.append((class_report(), out / "class_report", {"class_data": "data/class.json"}))
for template, stem, parameters in jobs:
    book = papermill.execute_notebook(template, f"{stem}.ipynb", parameters, cwd=stem.parent, progress_bar=False)
    Path(f"{stem}.html").write_text(to_page(book, f"Report for {stem.name}"), encoding="utf-8")
"""


def run(code: str, *arguments: object) -> float:
    """Return the seconds that a Python process takes for some code."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    started = time.perf_counter()
    ended = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True, check=False)
    took = time.perf_counter() - started
    if ended.returncode:
        raise SystemExit(ended.stderr)
    return took


def collected(folder: Path, learners: int) -> Path:
    """Return the record of a synthetic class."""
    from alliance_kit.cohort.collect import collect
    from alliance_kit.cohort.record import Record
    from alliance_kit.cohort.sample import write_class

    for _ in write_class(folder / "hand-ins", learners, 1):
        pass
    with Record.open(folder / "class.db") as record:
        for _ in collect(folder / "hand-ins", record, now=datetime(2026, 4, 1, tzinfo=UTC)):
            pass
    return folder / "class.db"


def against_loop(learners: int, repeats: int, jobs: list[int]) -> None:
    """Time both sides in turns, so that a busy moment meets both."""
    times: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        record = collected(folder, learners)
        run(OURS, record, folder / "warm", 2)  # bytecode and data files
        for turn in range(repeats):
            for number in jobs:
                took = run(OURS, record, folder / f"ours-{turn}-{number}", number)
                times.setdefault(f"class run, {number} workers", []).append(took / learners)
            out = folder / f"loop-{turn}"
            shutil.copytree(folder / "warm" / "data", out / "data")
            times.setdefault("plain papermill loop", []).append(run(LOOP, out) / learners)
    loop = statistics.median(times["plain papermill loop"])
    for kind, seconds in times.items():
        median, few, many = statistics.median(seconds), min(seconds), max(seconds)
        ratio = f"{loop / median:5.2f}x" if kind.startswith("class") else ""
        print(
            f"{kind:24s} {median:7.3f} s a learner ({few:.3f} to {many:.3f}, n={repeats}, {learners} learners) {ratio}"
        )
    print("                         (aim with 2 workers: at least 1.7x on two cores)")


# --- memory -----------------------------------------------------------------------------------------------------


def pss_of_tree(root: int) -> float:
    """Return the proportional set size (MB) of a process and all that descend from it."""
    import psutil

    total, found = 0, [root]
    try:
        found += [child.pid for child in psutil.Process(root).children(recursive=True)]
    except psutil.Error:
        return 0
    for process in found:
        try:
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has just ended
            continue
        total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
    return total / 1024


def peak_memory(record: Path, out: Path, jobs: int) -> float:
    """Return the most memory (MB, PSS over the whole tree) that a class run held, looked at five times a second."""
    command = [sys.executable, "-c", OURS, str(record), str(out), str(jobs)]
    process = subprocess.Popen(command, cwd=ROOT, env=ENVIRONMENT)
    peak = 0.0
    ended = threading.Event()
    threading.Thread(target=lambda: (process.wait(), ended.set()), daemon=True).start()
    while not ended.wait(0.2):
        peak = max(peak, pss_of_tree(process.pid))
    if process.returncode:
        raise SystemExit("the class run ended early")
    return peak


def memory(learners: int, jobs: list[int]) -> None:
    """Show the peak for a class and for one four times as large."""
    if not Path("/proc/self/smaps_rollup").exists():
        print("peak memory: this system does not tell it")
        return
    with tempfile.TemporaryDirectory() as name:
        for size in (learners, 4 * learners):
            record = collected(Path(name) / str(size), size)
            for number in jobs:
                peak = peak_memory(record, Path(name) / f"out-{size}-{number}", number)
                print(
                    f"peak memory, {number} workers, {size:4d} learners {peak:6.0f} MB (aim with 2 workers: under 700)"
                )


# --- without kernels --------------------------------------------------------------------------------------------


def without_kernels(learners: int) -> None:
    """Read a class and grade its drill answers and goals, on one core, without any notebook."""
    from alliance_kit import handin
    from alliance_kit.cohort.sample import write_class
    from alliance_kit.grading import grade
    from alliance_kit.model import DrillSet, GoalCase
    from alliance_kit.reports.learner import look_at

    reading, grading, looking, graded = [], [], [], 0
    with tempfile.TemporaryDirectory() as name:
        for path in write_class(Path(name) / "class", learners, 1):
            start = time.perf_counter()
            hand_in = handin.read(path)
            reading.append(time.perf_counter() - start)
            work = handin.understand(hand_in.lines)
            start = time.perf_counter()
            for answer in work.answers:
                exercise = work.exercises.get(answer.response.digest)
                if isinstance(exercise, DrillSet | GoalCase):
                    grade(exercise, answer.response)
                    graded += 1
            grading.append(time.perf_counter() - start)
            start = time.perf_counter()
            look_at(hand_in)
            looking.append(time.perf_counter() - start)
    for what, seconds in (
        ("read a hand-in", reading),
        ("grade its answers", grading),
        ("facts for its report", looking),
    ):
        median = statistics.median(seconds) * 1000
        print(
            f"{what:24s} {median:7.1f} ms ({min(seconds) * 1000:.1f} to {max(seconds) * 1000:.1f}, {learners} learners)"
        )
    print(f"                         ({graded / learners:.0f} answers graded a learner)")


def everything(learners: int = 24, repeats: int = 5, jobs: list[int] | None = None) -> None:
    """Run all three parts; by default with two workers, and with as many as a class run takes by itself."""
    from alliance_kit.batch.processes import default_jobs

    jobs = jobs or sorted({2, default_jobs()})
    print(f"{os.cpu_count()} processors")
    without_kernels(4 * learners)
    against_loop(learners, repeats, jobs)
    memory(learners // 2, jobs)


def main() -> None:
    """Run with the numbers given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--learners", type=int, default=24)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--jobs", type=int, nargs="+", default=[2, 3, 4])
    chosen = parser.parse_args()
    everything(chosen.learners, chosen.repeats, chosen.jobs)


if __name__ == "__main__":
    main()
