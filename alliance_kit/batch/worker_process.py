"""A worker as the pool sees it: a process to which a task is written and from which an answer is read."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from alliance_kit.batch.processes import end_group
from alliance_kit.batch.tasks import Done, Task

_PACKAGE_HOME = Path(__file__).resolve().parents[2]


class WorkerProcess:
    """One life of a worker, from its start to its end. `end` may be called from any thread, at any time, repeatedly.

    Raises
    ------
    OSError: the process could not be started.

    Notes
    -----
    The process is a program of its own and no fork: the same on every system, and nothing of the caller's program runs
    a second time in it. It sees the end of its input when this process ends, however that comes about, and then ends
    itself and its kernel.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="aw-", ignore_cleanup_errors=True)
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 — open as long as the process
        self._kernel = 0
        self._spoke = False
        self._lock = threading.Lock()
        self._ended = False
        path = os.pathsep.join(filter(None, (str(_PACKAGE_HOME), os.environ.get("PYTHONPATH", ""))))
        self._process = subprocess.Popen(  # noqa: S603 — this Python, with a module of ours
            [sys.executable, "-m", "alliance_kit.batch.worker", self._folder.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._noise,
            env=os.environ | {"PYTHONPATH": path},  # a bare clone is not installed
            start_new_session=True,  # Ctrl-C is for the caller alone; on Windows this changes nothing, and `end` is all
        )
        self._input: IO[bytes] = self._process.stdin or self._noise  # both are pipes: asked for just above
        self._output: IO[bytes] = self._process.stdout or self._noise

    @property
    def is_alive(self) -> bool:
        """Whether a task may be given to it."""
        return not self._ended and self._process.poll() is None

    def make(self, task: Task) -> Done | None:
        """Have one report made; None when the process ended without an answer.

        Raises
        ------
        OSError: the process ended before it could take the task.
        """
        self._input.write(task.line())
        self._input.flush()
        for line in self._output:
            said, self._spoke = json.loads(line), True
            if "done" in said:
                self._kernel = 0
                return Done(**said["done"])
            self._kernel = said["kernel"]
        return None

    def last_words(self) -> str:
        """Return why it could not start, as it said itself; later, what stands there is the chatter of its kernels."""
        with contextlib.suppress(OSError, ValueError):  # ValueError: ended, and the file is closed
            if not self._spoke:
                self._noise.seek(0)
                lines = self._noise.read()[-2000:].decode("utf-8", "replace").split("\n")
                return next((line.strip() for line in reversed(lines) if line.strip()), "")
        return ""

    def end(self) -> None:
        """End the process, its kernel, and whatever that started; take away its passing files."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._process.kill()
            end_group(self._kernel)
            self._process.wait()
            for pipe in (self._input, self._output, self._noise):
                with contextlib.suppress(OSError):  # the rest of a task that the dead process did not read
                    pipe.close()
            self._folder.cleanup()
