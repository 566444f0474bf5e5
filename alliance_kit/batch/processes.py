"""How many processes to start, and how to end one with all that it started."""

from __future__ import annotations

import contextlib
import os
import signal
import sys

MAX_JOBS = 4
"""Four workers with their kernels hold about 670 MB together, three 530, two 400 (docs/measured.md)."""


def default_jobs() -> int:
    """Return how many reports to make side by side: one more than processors this process may use, four at most.

    A quarter of a report's time is waiting for its kernel to start and to end; one more worker fills that.
    """
    processors = os.cpu_count() or 1
    if sys.platform == "linux":  # a container may be given fewer than there are
        processors = len(os.sched_getaffinity(0))
    return min(processors + 1, MAX_JOBS)


def end_group(process: int) -> None:
    """End the leader of a group of processes and whatever it started, if anything of it is left.

    Elsewhere than on POSIX there are no such groups; a kernel there notices that its parent is gone and ends by itself.
    """
    if sys.platform != "win32" and process > 1:
        with contextlib.suppress(OSError):
            os.killpg(process, signal.SIGKILL)
