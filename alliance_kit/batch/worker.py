"""A worker: a process of its own that makes one report after another, as its input tells it, until that ends.

Lines of JSON: a task comes in; ``{"kernel": pid}`` and ``{"done": …}`` go out. When the input ends, whoever gave the
work is gone or has no more: the worker ends its kernel and itself at once, in the middle of a report if need be.
"""

from __future__ import annotations

import json
import os
import queue
import shutil
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from alliance_kit.batch.processes import end_group
from alliance_kit.batch.tasks import Task


def main() -> None:
    """Work until the input ends. The one argument is a folder for passing files; it goes when the worker goes."""
    passing = Path(sys.argv[1])
    talk = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints in this process must not be taken for an answer
    tasks: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    kernels: list[int] = []
    threading.Thread(target=_listen, args=(sys.stdin.buffer, tasks, kernels, passing), daemon=True).start()

    def say(**what: Any) -> None:
        talk.write(json.dumps(what).encode("ascii") + b"\n")
        talk.flush()

    def started(process: int) -> None:
        kernels.append(process)
        say(kernel=process)

    from alliance_kit.batch.job import run  # noqa: PLC0415 — takes a second; by now a task can be waiting already

    while True:
        done = run(Task.from_line(tasks.get()), started, passing)
        kernels.clear()
        say(done=asdict(done))


def _listen(source: BinaryIO, tasks: queue.SimpleQueue[bytes], kernels: list[int], passing: Path) -> None:
    for line in source:
        tasks.put(line)
    for process in list(kernels):
        end_group(process)
    shutil.rmtree(passing, ignore_errors=True)
    os._exit(0)


if __name__ == "__main__":
    main()
