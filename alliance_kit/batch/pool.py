"""A few workers that share the reports of a class, and outlive whatever one report does to one of them."""

from __future__ import annotations

import collections
import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from alliance_kit.batch.tasks import Done, Task
from alliance_kit.batch.worker_process import WorkerProcess


class Pool:
    """Makes the reports that are added, in the order of adding; a context manager that leaves no process behind.

    Parameters
    ----------
    jobs : how many workers at most, 1 or more; each starts with its first task
    """

    def __init__(self, jobs: int) -> None:
        self._waiting: collections.deque[Task] = collections.deque()
        self._more = threading.Condition()
        self._open = True
        self._results: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._due = 0
        self._seats = [_Seat() for _ in range(max(1, jobs))]
        self._threads = [threading.Thread(target=self._serve, args=(seat,), daemon=True) for seat in self._seats]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, task: Task) -> None:
        """Queue one report."""
        self._due += 1
        with self._more:
            self._waiting.append(task)
            self._more.notify()

    def ready(self) -> Iterator[Done]:
        """Yield the reports done by now, without waiting."""
        with contextlib.suppress(queue.Empty):
            while self._due:
                done = self._results.get_nowait()
                self._due -= 1
                yield done

    def finished(self) -> Iterator[Done]:
        """Yield all reports added and not yet yielded, as each is done."""
        while self._due:
            with contextlib.suppress(queue.Empty):
                done = self._results.get(timeout=0.5)  # without a limit, Windows does not hear Ctrl-C
                self._due -= 1
                yield done

    def close(self) -> None:
        """End all workers and their kernels, whatever they are doing."""
        with self._more:
            self._open = False
            self._waiting.clear()
            self._more.notify_all()
        for seat in self._seats:
            seat.shut()
        for thread in self._threads:
            thread.join(timeout=10)

    def _serve(self, seat: _Seat) -> None:
        while (task := self._next()) is not None:
            try:
                done = seat.make(task)
                if done.again and self._open:
                    done = seat.make(replace(task, again=True))
            except Exception as fault:  # noqa: BLE001 — an answer must come, or the class would wait for ever
                done = Done(task.key, ok=False, reason=f"This report could not be made ({type(fault).__name__}).")
            self._results.put(done)

    def _next(self) -> Task | None:
        with self._more:
            self._more.wait_for(lambda: self._waiting or not self._open)
            return self._waiting.popleft() if self._open else None


class _Seat:
    """A place in the pool: it has a worker, and another one when that has died or took too long."""

    def __init__(self) -> None:
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()
        self._shut = False

    def make(self, task: Task) -> Done:
        """Have a worker make the report; wait for the answer, `task.limit` seconds at most."""
        try:
            worker = self._alive()
        except OSError as fault:
            return Done(task.key, ok=False, reason=f"No Python could be started ({fault}).", again=True)
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.end()

        timer = threading.Timer(task.limit, stop)
        timer.daemon = True
        timer.start()
        try:
            with contextlib.suppress(OSError):  # it ended before it took the task
                if (done := worker.make(task)) is not None:
                    return done
        finally:
            timer.cancel()
        task.withdraw()
        words = worker.last_words()
        worker.end()
        if late.is_set():
            return Done(task.key, ok=False, reason=f"This report took longer than {task.limit:g} seconds.")
        because = f" ({words})" if words else ""
        return Done(task.key, ok=False, reason=f"The Python that made this report ended{because}.", again=True)

    def shut(self) -> None:
        """End the worker, and start none any more."""
        with self._lock:
            self._shut = True
            if self._worker:
                self._worker.end()

    def _alive(self) -> WorkerProcess:
        with self._lock:
            if self._shut:
                raise OSError("the run was stopped")
            if self._worker is None or not self._worker.is_alive:
                if self._worker:
                    self._worker.end()
                self._worker = WorkerProcess()
            return self._worker
