"""The class run: what papermill makes of each learner, whatever one of them does to it, and what is left over."""

from __future__ import annotations

import dataclasses
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from alliance_kit import handin
from alliance_kit.batch import class_run
from alliance_kit.batch.class_run import CLASS, Outcome, make_reports
from alliance_kit.batch.folder import file_stems, prepare
from alliance_kit.batch.pool import Pool
from alliance_kit.batch.processes import default_jobs
from alliance_kit.batch.progress import Bar
from alliance_kit.batch.sentences import one_line
from alliance_kit.batch.tasks import Task
from alliance_kit.batch.templates import load_template
from alliance_kit.cohort import sample
from alliance_kit.cohort.completion import finished
from alliance_kit.cohort.lms import Submission, submission_of
from alliance_kit.cohort.record import LearnerEntry, Record
from alliance_kit.errors import ClassRecordError, ReportError
from alliance_kit.handin import HandIn
from alliance_kit.home import write_atomically
from alliance_kit.reports.pages import too_heavy

ROOT = Path(__file__).resolve().parents[1]
HAND_IN = next((ROOT / "tests" / "fixtures" / "v0.1.0-course").glob("hand-in-*.jsonl"))
CLASS_DATA = class_run.class_data
FINISHED = len(finished(handin.understand(handin.read(HAND_IN).lines)))
CANARY = "canarybird"
posix = pytest.mark.skipif(os.name != "posix", reason="signals and groups of processes as POSIX has them")

# What the stand-in template does with a learner depends on the code, so that one run meets every kind of trouble.
MOODS = """
import os, pathlib, signal, time
from alliance_kit import handin
from alliance_kit.reports.html import tag
code = handin.read(pathlib.Path(hand_in)).code
with open(f"../data/{code[:8]}.tries", "a") as tries:
    tries.write("x")
if code == "cell-stops":
    raise ValueError(f"two lines\\nin {os.getcwd()}")
if code == "never-ends":
    while True: time.sleep(0.1)
if code == "crashes":
    os.kill(os.getpid(), signal.SIGSEGV)
if code == "kills-worker":
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
print(os.environ["OMP_NUM_THREADS"])
tag("p", f"Report for {code}.")
"""
GOOD = ("00000001", "00000002", "00000003")
DISPUTED = GOOD[1]  # two people of the LMS handed it in
HOSTILE = ("../../etc/passwd", "CON", "a b\n<i>", "x" * 300, "\u202e00000001", '"; import os; "')
TROUBLE = ("cell-stops", "never-ends", "crashes", "kills-worker", "no-data")


def write_template(path: Path, *code: str, parameter: str = "hand_in") -> Path:
    """Write a template with a heading, its parameter and these code cells."""
    cells = [new_markdown_cell("# A report"), new_code_cell(f'{parameter} = ""'), *map(new_code_cell, code)]
    cells[1].metadata.tags = ["parameters"]
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    kernel = {"name": "of-another-computer", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


class StandInRecord:
    """A class record without a database: the same hand-in for each code."""

    def __init__(self, *codes: str) -> None:
        self._codes = codes
        self._hand_in = handin.read(HAND_IN)

    def learners(self) -> tuple[LearnerEntry, ...]:
        """Return one entry for each code."""
        submission = submission_of(f"{CANARY}_4711_99_hand-in.jsonl")
        return tuple(
            LearnerEntry(
                code=code,
                synthetic=True,
                wants_contact=False,
                late=False,
                last_day="2026-01-05",
                hand_ins=1,
                submission=submission if code in (GOOD[0], DISPUTED) else Submission(),
                names=(CANARY,),
                others=(submission_of(f"{CANARY}_4712_98_hand-in.jsonl"),) if code == DISPUTED else (),
            )
            for code in sorted(self._codes)
        )

    def hand_in(self, code: str) -> HandIn:
        """Return the one hand-in, as this learner's."""
        if code == "no-data":
            raise ClassRecordError("The record lost this hand-in; collect it again.")
        return dataclasses.replace(self._hand_in, code=code, name="")


@dataclass
class Class:
    """A class run with its surroundings."""

    out: Path
    outcome: Outcome
    told: list[tuple[int, int, str, bool]]
    pages_at: dict[int, int]  # reports done -> pages on the disk then
    templates: dict[str, Path]

    def file(self, name: str) -> Path:
        """Return the path of a file among the learners' reports."""
        return self.out / "learners" / name

    def reason(self, code: str) -> str:
        """Return why this learner's report could not be made."""
        return next(failure.reason for failure in self.outcome.failed if failure.code == code)


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("templates")
    return {
        "template": write_template(folder / "learner {x}.ipynb", MOODS),
        "class_template": write_template(
            folder / "class.ipynb", "import json\nlen(json.load(open(class_data)))", parameter="class_data"
        ),
    }


@pytest.fixture(scope="module", autouse=True)
def class_data() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(class_run, "class_data", lambda *_: b"[1, 2, 3]")
        yield


@pytest.fixture(scope="module")
def run(templates: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Class]:
    """Return a class that meets every trouble, run on a computer whose own settings would spoil all reports."""
    spoilt = tmp_path_factory.mktemp("spoilt")
    spec = spoilt / "kernels" / "python3" / "kernel.json"
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({"argv": ["false"], "display_name": "Broken", "language": "python"}))
    startup = spoilt / "profile_default" / "startup" / "spoil.py"
    startup.parent.mkdir(parents=True)
    startup.write_text("raise SystemExit('spoilt')")
    out = tmp_path_factory.mktemp(CANARY) / "out {y}"
    told: list[tuple[int, int, str, bool]] = []
    pages_at: dict[int, int] = {}

    def note(done: int, total: int, code: str, ok: bool) -> None:
        told.append((done, total, code, ok))
        pages_at[done] = len(list(out.glob("learners/*.html")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(spoilt))
        patch.setenv("IPYTHONDIR", str(spoilt))
        patch.setenv("MPLBACKEND", "no_such_backend")
        record = StandInRecord(*GOOD, *HOSTILE, *TROUBLE)
        outcome = make_reports(record, out, jobs=2, progress=note, cell_limit=4, **templates)
    yield Class(out, outcome, told, pages_at, templates)
    assert list(Path(tempfile.gettempdir()).glob("aw-*/aw-*")) == [], "passing files of a kernel are left"


# --- a class with every trouble in it ---------------------------------------------------------------------------


def test_every_learner_is_made_or_named(run: Class) -> None:
    """Each learner has a report or a reason, and one learner's trouble is nobody else's."""
    assert set(run.outcome.made) == {*GOOD, *HOSTILE}
    assert {failure.code for failure in run.outcome.failed} == set(TROUBLE)
    for code in GOOD:
        assert f"<p>Report for {code}.</p>" in run.file(f"{code}.html").read_text()
    assert "<pre>3</pre>" in (run.out / "class_report.html").read_text()


def test_reasons_are_sentences_that_name_the_cell_and_what_it_said(run: Class) -> None:
    """A reason says which cell, and the last line of what it said, without this computer's folders."""
    assert run.reason("cell-stops") == "Cell [3] of the notebook stopped: ValueError: in REPORTS"
    assert run.reason("never-ends") == "Cell [3] of the notebook took longer than 4 seconds and was stopped."
    assert run.reason("crashes") == "Python itself ended while cell [3] of the notebook ran."
    assert run.reason("kills-worker") == "The Python that made this report ended."
    assert run.reason("no-data") == "The record lost this hand-in; collect it again."


def test_only_the_computers_faults_are_tried_again(run: Class) -> None:
    """A worker that dies is replaced and its report tried once more; a cell that stops would stop again."""
    tries = {code: len((run.out / "data" / f"{code[:8]}.tries").read_text()) for code in TROUBLE if code != "no-data"}

    assert tries == {"cell-stops": 1, "never-ends": 1, "crashes": 1, "kills-worker": 2}


def test_a_failed_notebook_stays_for_the_instructor_and_has_no_page(run: Class) -> None:
    """What a failed report got to can be opened; a page of it exists neither now nor from an earlier run."""
    book = nbformat.read(run.file("cell-stops.ipynb"), as_version=4)

    assert any(output.output_type == "error" for cell in book.cells for output in cell.get("outputs", ()))
    assert nbformat.read(run.file("never-ends.ipynb"), as_version=4).cells
    for code in TROUBLE:
        assert not run.file(f"{code}.html").exists()


def test_codes_are_safe_as_file_names_and_as_parameters(run: Class) -> None:
    """A code that is a path, a device or a piece of program ends up as one file in one folder, and as a plain text."""
    names = {path.name for path in run.out.glob("learners/*")}

    assert all(re.fullmatch(r"[a-z0-9-]+\.(ipynb|html)", name) for name in names)
    assert len(names) == 2 * len(GOOD + HOSTILE) + 3  # three of the troubled left a notebook
    assert not (run.out.parent.parent / "etc").exists()


def test_nothing_in_the_folder_tells_names_or_this_computers_folders(run: Class) -> None:
    """No file, whatever it is for, holds a person's name, what the LMS knows of her, or a folder of this computer."""
    secrets = [CANARY, str(ROOT), sys.prefix, sys.base_prefix, tempfile.gettempdir(), "papermill_"]
    for path in run.out.rglob("*"):
        text = path.read_bytes() if path.is_file() else b""
        found = [secret for secret in secrets if secret.encode() in text or secret in str(path.relative_to(run.out))]
        assert found == [], path


def test_saved_notebooks_have_no_trace_of_the_run(run: Class) -> None:
    """A notebook has its template's kernel, fixed ids, its parameters, and neither times nor papermill's notes."""
    book = nbformat.read(run.file("00000001.ipynb"), as_version=4)

    assert [cell.id for cell in book.cells] == ["c0", "c1", "injected-parameters", "c2"]
    assert book.cells[2].source == '# Parameters\nlearner = "00000001"\nhand_in = "../data/00000001.jsonl"\n'
    assert "papermill" not in book.metadata
    assert all(set(cell.metadata) <= {"tags"} for cell in book.cells)
    assert book.metadata.kernelspec.name == "of-another-computer"


def test_parallel_and_serial_runs_give_the_same_bytes(run: Class, tmp_path: Path) -> None:
    """A report depends on its learner and its template: not on the folder, the order, the neighbours or the day."""
    make_reports(StandInRecord(*GOOD), tmp_path / "serial", jobs=1, **run.templates)

    names = [f"learners/{code}{suffix}" for code in GOOD for suffix in (".ipynb", ".html")]
    names += ["class_report.ipynb", "class_report.html", "feedback/feedback-canvas.zip", "data/00000001.jsonl"]
    for name in names:
        assert (run.out / name).read_bytes() == (tmp_path / "serial" / name).read_bytes(), name


def test_pages_appear_while_the_class_is_still_being_made(run: Class) -> None:
    """An instructor can open a page as soon as its learner is done."""
    made = [done for done, _, code, ok in run.told if ok and code in GOOD]

    assert all(run.pages_at[done] >= 1 for done in made)
    assert min(made) < len(GOOD + HOSTILE + TROUBLE)


def test_progress_is_told_before_the_first_and_after_each_report(run: Class) -> None:
    """The counts go up one by one to the total, and each report is told once."""
    total = len(GOOD + HOSTILE + TROUBLE) + 1

    assert [done for done, *_ in run.told] == list(range(total + 1))
    assert {code for _, _, code, _ in run.told[1:]} == {*GOOD, *HOSTILE, *TROUBLE, CLASS}
    assert all(of == total for _, of, _, _ in run.told)


def test_the_index_links_what_there_is(run: Class) -> None:
    """Each link of the index leads to a file, and each learner whose report is missing stands there with the reason."""
    page = run.outcome.index.read_text()

    links = re.findall(r'href="([^"]+)"', page)
    assert len(links) == len(GOOD + HOSTILE) + 1
    assert all((run.out / link).is_file() for link in links)
    assert page.count("could not be made: ") == len(TROUBLE)
    assert "All of these hand-ins are synthetic" in page
    assert page.count(f"<td>{FINISHED}</td>") == len(GOOD + HOSTILE + TROUBLE) - 1  # all but who has no data


def test_feedback_holds_each_report_that_was_made(run: Class) -> None:
    """Whoever handed in through an LMS is found by it; the others' reports have the code as name."""
    names = {path.name for path in (run.out / "feedback").iterdir()}

    assert {"4711_99_00000001.html", "00000002.html", "feedback-canvas.zip"} <= names
    assert len(names) == len(GOOD + HOSTILE) + 1


def test_work_of_two_people_is_handed_back_to_neither(run: Class) -> None:
    """Its report is there for the instructor, not in the files for the upload, and that is told."""
    with zipfile.ZipFile(run.out / "feedback" / "feedback-canvas.zip") as uploaded:
        assert uploaded.namelist() == ["4711_99_00000001.html"]
    assert any(DISPUTED in note and "more than one person" in note for note in run.outcome.notes)


def test_reports_of_people_who_left_are_neither_linked_nor_handed_back(
    templates: dict[str, Path], tmp_path: Path
) -> None:
    """A second run on a smaller class says whose old reports lie there, and keeps them out of all that goes out."""
    make_reports(StandInRecord("00000001", "00000002"), tmp_path, jobs=2, **templates)

    outcome = make_reports(StandInRecord("00000001"), tmp_path, jobs=2, **templates)

    assert "00000002" in outcome.notes[0]
    assert "learners/00000002.html" not in outcome.index.read_text()
    assert not (tmp_path / "feedback" / "00000002.html").exists()
    assert not (tmp_path / "data" / "00000002.jsonl").exists()


def test_reports_in_a_synced_folder_are_told(templates: dict[str, Path], tmp_path: Path) -> None:
    """Where a sync program would copy the reports to a cloud, the run says so, and how the folder is called."""
    outcome = make_reports(StandInRecord("00000001"), tmp_path / "Dropbox (School)" / "out", jobs=1, **templates)

    assert "synced folder (Dropbox (School))" in outcome.notes[0]


# --- before anything is started ---------------------------------------------------------------------------------


def test_an_empty_record_says_so(templates: dict[str, Path], tmp_path: Path) -> None:
    """Without hand-ins there is nothing to report on, and no folder is made."""
    with pytest.raises(ReportError, match="no hand-ins yet"):
        make_reports(StandInRecord(), tmp_path / "out", **templates)

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be opened"),
        (b"", "no notebook"),
        (b"\xff\xfe\x00", "no notebook"),
        (b"[" * 100_000, "no notebook"),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}', "tag 'parameters'"),
    ],
    ids=["missing", "empty", "binary", "deep", "no parameters"],
)
def test_a_template_that_cannot_be_used_says_why(tmp_path: Path, content: bytes | None, says: str) -> None:
    """A wrong file as template is told in a sentence, before a class waits for it."""
    path = tmp_path / "template.ipynb"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ReportError, match=says):
        load_template(path)


def test_an_old_template_gets_the_same_ids_each_time(tmp_path: Path) -> None:
    """A notebook from before cells had ids gives the same report each time it is read."""
    cell = {"cell_type": "code", "metadata": {"tags": ["parameters"]}, "source": "a=1", "outputs": []}
    old = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell | {"execution_count": None}] * 2}
    (tmp_path / "old.ipynb").write_text(json.dumps(old))

    first, second = (load_template(tmp_path / "old.ipynb") for _ in range(2))

    assert first == second
    assert first.cells[0].id != first.cells[1].id


def test_the_folder_of_the_record_is_refused(tmp_path: Path) -> None:
    """Reports are written anew at each run, so they never go where the class record is."""
    (tmp_path / "any.db").write_bytes(b"SQLite format 3\0....")

    with pytest.raises(ReportError, match="holds a class record"):
        prepare(tmp_path)


def test_a_folder_with_other_things_of_that_name_is_refused(tmp_path: Path) -> None:
    """Somebody's own folder “learners” is never written into; a folder that a run made is, again and again."""
    (tmp_path / "learners").mkdir()
    with pytest.raises(ReportError, match="already holds 'learners'"):
        prepare(tmp_path)

    prepare(tmp_path / "new")
    assert prepare(tmp_path / "new").path == tmp_path / "new"
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700 or os.name != "posix"


def test_a_folder_that_could_not_be_begun_can_be_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that ends at its first file, as on a full disk, does not spoil its folder for the next."""

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("alliance_kit.batch.folder.write_atomically", full)
        with pytest.raises(ReportError, match="cannot be written here"):
            prepare(tmp_path / "out")

    assert prepare(tmp_path / "out").data.is_dir()


def test_a_disk_that_fills_up_is_told_with_what_to_do(
    templates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When even the index cannot be written, the sentence says how many reports there are, and what comes next."""

    def full(path: Path, content: bytes) -> None:
        if path.name == "index.html":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write_atomically(path, content)

    monkeypatch.setattr("alliance_kit.batch.class_run.write_atomically", full)

    with pytest.raises(ReportError, match=r"only 2 of 2 reports .* Free some space"):
        make_reports(StandInRecord(GOOD[1]), tmp_path / "out", jobs=1, **templates)


def test_no_reason_tells_this_computers_folders(
    templates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Python that cannot be started is named without its place, on the index and at the end."""

    def refused() -> None:
        raise PermissionError(errno.EACCES, "Permission denied", sys.executable)

    monkeypatch.setattr("alliance_kit.batch.pool.WorkerProcess", refused)
    outcome = make_reports(StandInRecord(GOOD[1]), tmp_path / "out", jobs=1, **templates)

    assert len(outcome.failed) == 2
    assert all("No Python could be started" in failure.reason for failure in outcome.failed)
    assert sys.prefix not in outcome.index.read_text() + str(outcome.failed)


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    """A file where the folder should be is named."""
    (tmp_path / "out").write_text("")

    with pytest.raises(ReportError, match="a file is in the way"):
        prepare(tmp_path / "out")


@given(st.sets(st.text() | st.sampled_from(["con", "COM1", "a", "A", "a.", "a-", "-", "", "ä", "a" * 33])))
def test_file_names_are_safe_and_no_two_the_same(codes: set[str]) -> None:
    """Any codes give file names that every system takes, and that differ also where capitals do not count."""
    stems = file_stems(codes)

    assert set(stems) == codes
    assert len({stem.casefold() for stem in stems.values()}) == len(codes)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", stem) and len(stem) < 100 for stem in stems.values())
    assert not {"con", "com1"} & set(stems.values())


@given(st.text(alphabet="0123456789abcdef", min_size=8, max_size=8))
def test_a_code_of_the_workbook_is_its_own_file_name(code: str) -> None:
    """What the workbook gives as code is found again as it is."""
    assert file_stems([code]) == {code: code}


@given(st.text())
def test_a_sentence_is_one_short_line(text: str) -> None:
    """Whatever a cell said, it fits on a line and moves no cursor."""
    line = one_line(text, {})

    assert line.isprintable()
    assert len(line) <= 240


def test_there_is_always_company_and_never_more_than_memory_allows() -> None:
    """By default two to four reports are made at a time."""
    assert 2 <= default_jobs() <= 4


# --- workers ----------------------------------------------------------------------------------------------------


def task(folder: Path, template: Path, key: str = "a", **limits: float) -> Task:
    """Return the task of one report in `folder`."""
    return Task(
        key=key, template=template, notebook=folder / f"{key}.ipynb", page=folder / f"{key}.html", title=key, **limits
    )


def test_a_task_comes_through_as_it_was() -> None:
    """A task is the same after its way to the worker, whatever its texts are."""
    one = Task(
        key="\u202eä\n",
        template=Path("t"),
        notebook=Path("n"),
        page=Path("p"),
        title="“x”",
        parameters={"hand_in": "\\"},
    )

    assert Task.from_line(one.line()) == one
    assert one.line().count(b"\n") == 1


def test_a_report_that_takes_too_long_as_a_whole_is_stopped(tmp_path: Path) -> None:
    """Many cells of the allowed length still end, the next report is made, and an old page is taken away."""
    slow = write_template(tmp_path / "slow.ipynb", "import time; time.sleep(60)")
    quick = write_template(tmp_path / "quick.ipynb", "1")
    (tmp_path / "a.html").write_text("of an earlier run")

    with Pool(1) as pool:
        pool.add(task(tmp_path, slow, "a", limit=4))
        pool.add(task(tmp_path, quick, "b"))
        first, second = pool.finished()

    assert first.reason == "This report took longer than 4 seconds."
    assert not (tmp_path / "a.html").exists()
    assert second.ok


def test_a_worker_killed_from_outside_is_replaced(tmp_path: Path) -> None:
    """When the system kills a worker in the middle of a report, another one makes that report."""
    mark = tmp_path / "pid"
    code = f"import os, pathlib, time\np = pathlib.Path({str(mark)!r})\nif not p.exists():\n"
    code += "    p.with_suffix('.new').write_text(str(os.getppid())); p.with_suffix('.new').rename(p); time.sleep(60)"
    template = write_template(tmp_path / "t.ipynb", code)

    def kill() -> None:
        while not mark.exists():
            time.sleep(0.05)
        psutil.Process(int(mark.read_text())).kill()

    threading.Thread(target=kill, daemon=True).start()
    with Pool(1) as pool:
        pool.add(task(tmp_path, template))
        (done,) = pool.finished()

    assert done.ok
    assert (tmp_path / "a.html").is_file()


def test_a_kernel_that_cannot_start_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Python itself is broken, each report fails with a sentence and the run ends."""
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "ipykernel_launcher.py").write_text("raise SystemExit('no kernel today')")
    monkeypatch.setenv("PYTHONPATH", str(broken))

    with Pool(1) as pool:
        pool.add(task(tmp_path, write_template(tmp_path / "t.ipynb", "1")))
        (done,) = pool.finished()

    assert not done.ok
    assert done.reason.startswith("Python could not be started for this report")


def test_a_worker_that_cannot_start_says_its_last_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a part of the workbook's own Python is missing, that is the reason given."""
    broken = tmp_path / "broken" / "papermill"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise ImportError('papermill is not here')")
    monkeypatch.setenv("PYTHONPATH", str(broken.parent))

    with Pool(1) as pool:
        pool.add(task(tmp_path, write_template(tmp_path / "t.ipynb", "1")))
        (done,) = pool.finished()

    assert done.reason == "The Python that made this report ended (ImportError: papermill is not here)."


ENDLESS = """
import sys, time
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
import test_batch
from alliance_kit.batch import class_run
class_run.class_data = lambda _: b"[]"
record = test_batch.StandInRecord("00000001", "00000002", "00000003")
template = Path({template!r})
class_run.make_reports(record, Path({out!r}), jobs=2, template=template, class_template=template)
"""


@posix
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda sign: sign.name)
def test_no_process_is_left_when_a_run_is_ended(tmp_path: Path, sign: signal.Signals) -> None:
    """Ctrl-C, a polite end and a rude one: in a few seconds no worker, kernel or passing file is left."""
    busy = "import os, subprocess\nsubprocess.Popen(['sleep', '600'])\n"
    busy += "open(f'started-{os.getpid()}', 'w')\nwhile True: pass"
    template = write_template(tmp_path / "t.ipynb", busy)
    passing = Path(tempfile.mkdtemp(prefix="t-"))
    script = ENDLESS.format(
        tests=str(ROOT / "tests"), root=str(ROOT), template=str(template), out=str(tmp_path / "out")
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {"TMPDIR": str(passing)}, stderr=subprocess.DEVNULL
    )
    wait_for(lambda: len(list(tmp_path.glob("out/learners/started-*"))) == 2)
    family = psutil.Process(process.pid).children(recursive=True)

    process.send_signal(sign)
    process.wait(timeout=20)

    assert len(family) >= 6  # two workers, two kernels, and what the notebooks themselves started
    assert psutil.wait_procs(family, timeout=20)[1] == []
    wait_for(lambda: list(passing.iterdir()) == [])
    passing.rmdir()


def wait_for(condition: Callable[[], Any], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_no_process_is_left_after_a_run(run: Class) -> None:
    """When a run has come to its end, so have its workers and kernels."""
    left = [
        child
        for child in psutil.Process().children(recursive=True)
        if "alliance_kit.batch" in " ".join(child.cmdline())
    ]

    assert left == []


# --- the real thing ---------------------------------------------------------------------------------------------


def test_a_synthetic_class_gets_the_workbooks_own_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the class record to pages with the templates that come with the workbook: all made, light, and nameless."""
    monkeypatch.setattr(class_run, "class_data", CLASS_DATA)
    hand_ins = [sample.learner(number, 1) for number in range(1, 9)]
    with Record.open(tmp_path / "class.db") as record:
        for hand_in in hand_ins:
            record.take(hand_in, file="x.jsonl", submission=Submission(), at=datetime(2026, 4, 1, tzinfo=UTC))
        outcome = make_reports(record, tmp_path / "out", jobs=2)

    assert outcome.failed == ()
    assert set(outcome.made) == {hand_in.code for hand_in in hand_ins}
    for path in (tmp_path / "out").rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        assert too_heavy(page) == ""
        assert page.count("<h1") == 1
        assert "<script" not in page
    for path in (tmp_path / "out").rglob("*.*"):
        assert path.is_dir() or b"Synthetic Learner 0" not in path.read_bytes(), path


# --- how far it is ----------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A text file that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_elsewhere_than_on_a_terminal_a_tenth_is_a_line() -> None:
    """A log gets eleven lines for a thousand learners, and no bar."""
    log = io.StringIO()
    with Bar("reports", 1000, log) as bar:
        bar.step(0, 1000, "", ok=True)
        for _ in range(1000):
            bar.step()

    assert log.getvalue().splitlines() == [f"{n} of 1000 reports" for n in range(0, 1001, 100)]


def test_a_terminal_gets_a_bar_with_the_remaining_time_and_the_failures() -> None:
    """On a terminal a bar counts the reports, says how long it will take, and names what could not be made."""
    screen = Terminal()
    with Bar("reports", 2, screen) as bar:
        bar.step(0, 2, "", ok=True)
        bar.step(1, 2, "0000\x1b[2J", ok=False)
        time.sleep(0.15)
        bar.step(2, 2, CLASS, ok=True)

    assert "0000\\x1b[2J: could not be made" in screen.getvalue()
    assert "reports 2 of 2" in screen.getvalue()
    assert "to go" in screen.getvalue()
