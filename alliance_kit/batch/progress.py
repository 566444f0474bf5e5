"""How far a long command is: a bar with the remaining time on a terminal, a line at each tenth elsewhere."""

from __future__ import annotations

import contextlib
import sys
from types import TracebackType
from typing import Any, Protocol, Self, TextIO

_FORM = "{desc} {n_fmt} of {total_fmt} |{bar}| about {remaining} to go"


class Progress(Protocol):
    """Called once before the first report, with `done` 0, and then after each one; `code` says whose it was."""

    def __call__(self, done: int, total: int, code: str, ok: bool) -> None:
        """Take note of one report more."""


class Bar:
    """Shows on the standard error output how many of `total` things are done; a context manager.

    Parameters
    ----------
    what : the things, in the plural: "reports"
    total : how many there will be
    stream : where to write instead
    """

    def __init__(self, what: str, total: int, stream: TextIO | None = None) -> None:
        self._what, self._total = what, total
        self._stream = stream or sys.stderr
        self._done, self._tenth = 0, -1
        self._bar = self._on_terminal() if self._stream.isatty() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.close()

    def step(self, done: int | None = None, total: int | None = None, code: str = "", ok: bool = True) -> None:
        """Go on by one, or to `done`; what could not be made is named at once. Can be a `Progress`."""
        self._total = self._total if total is None else total
        self._done = self._done + 1 if done is None else done
        if self._bar is None:
            self._line()
            return
        if not ok:
            self._bar.write(f"{ascii(code)[1:-1]}: could not be made", file=self._stream)
        self._bar.total = self._total
        self._bar.update(self._done - self._bar.n)

    def _on_terminal(self) -> Any:
        from tqdm import tqdm  # type: ignore[import-untyped]  # noqa: PLC0415 — not typed; only a terminal shows it

        tqdm.monitor_interval = 0  # no thread that watches the bar
        return tqdm(total=self._total, desc=self._what, file=self._stream, bar_format=_FORM, dynamic_ncols=True)

    def _line(self) -> None:
        tenth = self._done * 10 // max(self._total, 1)
        if tenth > self._tenth:
            self._tenth = tenth
            with contextlib.suppress(OSError, ValueError):  # nobody reads on: no reason to stop
                self._stream.write(f"{self._done} of {self._total} {self._what}\n")
                self._stream.flush()
