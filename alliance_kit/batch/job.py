"""One report: a template run by papermill with a learner's data, saved as a notebook and as a page beside it."""

from __future__ import annotations

import contextlib
import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import papermill  # type: ignore[import-untyped]  # not typed
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError  # type: ignore[import-untyped]  # not typed

from alliance_kit.batch.kernels import ReportKernel, kernels
from alliance_kit.batch.sentences import one_line, private_names
from alliance_kit.batch.tasks import Done, Task
from alliance_kit.batch.templates import load_template, scrub
from alliance_kit.errors import ReportError
from alliance_kit.home import write_atomically
from alliance_kit.reports import pages

if TYPE_CHECKING:
    from nbformat import NotebookNode

START_LIMIT = 60  # seconds until a kernel must have answered; a laptop that has just woken up needs ten
ANSWER_LIMIT = 30  # seconds between a cell's end and its last output; the 4 of nbclient are too few on a busy machine

logging.getLogger("papermill").setLevel(logging.CRITICAL)  # its log names files and parameters
logging.getLogger("traitlets").setLevel(logging.CRITICAL)


@dataclass
class _Run:
    """What is known of a notebook while it runs, also when papermill raises and returns nothing."""

    notebook: NotebookNode | None = None
    cell: int = 0  # the number that JupyterLab shows beside the cell last begun; 0: none yet
    hooks: dict[str, Callable[..., None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.hooks = {"on_notebook_start": self._begin, "on_cell_execute": self._cell}

    def _begin(self, notebook: NotebookNode) -> None:
        self.notebook = notebook

    def _cell(self, cell: Any, cell_index: int) -> None:  # noqa: ARG002 — nbclient names the arguments
        self.cell += 1


def run(task: Task, started: Callable[[int], None] = lambda _: None, within: Path | None = None) -> Done:
    """Make one report and say how it went; a fault of the template or of the data never raises.

    Parameters
    ----------
    task : what to make
    started : called with the process id of the kernel
    within : the folder for passing files; the system's by default

    Notes
    -----
    When a cell fails, the notebook is saved with what it got to, for the instructor to look at, and the page of an
    earlier run is taken away: an old report must not pass for a new one.
    """
    going = _Run()
    try:
        template = _template(task.template)
        notebook = _execute(task, template, going, kernels(started, within=within, sockets=not task.again))
        note = _save(task, template, notebook)
    except Exception as fault:  # noqa: BLE001 — whatever it is, the class goes on without this report
        fault_of_computer = going.cell == 0 and not isinstance(fault, ReportError)
        reason = _reason(fault, going.cell, task)
        with contextlib.suppress(Exception):  # the reason matters more than a second fault on the way
            task.withdraw()
            if going.notebook is not None and going.cell:
                _write_notebook(task, template, going.notebook)
        return Done(task.key, ok=False, reason=reason, again=fault_of_computer)
    return Done(task.key, ok=True, reason=note)


@functools.lru_cache(maxsize=4)
def _template(path: Path) -> NotebookNode:
    return load_template(path)


def _execute(
    task: Task, template: NotebookNode, going: _Run, kernel: AbstractContextManager[type[ReportKernel]]
) -> NotebookNode:
    folder = task.notebook.parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with kernel as manager:
        notebook: NotebookNode = papermill.execute_notebook(
            template,
            None,  # saved here, once, without paths and times
            dict(task.parameters),
            kernel_name="python3",
            language="python",
            cwd=str(folder),
            progress_bar=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            start_timeout=START_LIMIT,
            execution_timeout=task.cell_limit,
            iopub_timeout=ANSWER_LIMIT,
            record_timing=False,
            kernel_manager_class=manager,
            shutdown_kernel="immediate",  # a report's kernel has nothing to put away; the polite way takes 0.3 s
            **going.hooks,
        )
    return notebook


def _save(task: Task, template: NotebookNode, notebook: NotebookNode) -> str:
    _write_notebook(task, template, notebook)
    page = pages.to_page(notebook, task.title)
    write_atomically(task.page, page.encode("utf-8", "replace"))
    return pages.too_heavy(page)


def _write_notebook(task: Task, template: NotebookNode, notebook: NotebookNode) -> None:
    scrub(notebook, template, private_names(task.notebook.parent))
    text = nbformat.writes(notebook, version=4) + "\n"  # type: ignore[no-untyped-call]  # nbformat is not typed
    write_atomically(task.notebook, text.encode("utf-8", "replace"))


def _reason(fault: Exception, cell: int, task: Task) -> str:
    """Return one sentence for the instructor: which cell, and what it said last."""
    return one_line("".join(_sentence(fault, cell, task.cell_limit)), private_names(task.notebook.parent))


def _sentence(fault: Exception, cell: int, limit: float) -> Iterator[str]:
    if isinstance(fault, PapermillExecutionError):
        said = [line for line in str(fault.evalue).splitlines() if line.strip()]
        yield f"Cell [{cell}] of the notebook stopped: {': '.join([str(fault.ename), *said[-1:]])}"
    elif isinstance(fault, CellTimeoutError):
        yield f"Cell [{cell}] of the notebook took longer than {limit:g} seconds and was stopped."
    elif isinstance(fault, DeadKernelError) and cell:
        yield f"Python itself ended while cell [{cell}] of the notebook ran."
    elif isinstance(fault, ReportError):
        yield str(fault)
    elif cell:
        yield f"After cell [{cell}] of the notebook something went wrong: {type(fault).__name__}: {fault}"
    else:
        yield f"Python could not be started for this report ({type(fault).__name__}: {fault})."
