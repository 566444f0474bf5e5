"""The kernel that runs a report: always this Python, with nothing of the person's own settings in it."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

import alliance_kit
from alliance_kit.batch.processes import end_group

PACKAGE_HOME = Path(alliance_kit.__file__).resolve().parents[1]
_MAX_SOCKET_PATH = 90
"""Characters. The system's limit is 104 on macOS, 108 on Linux; the kernel adds up to eight to the folder's name."""


def kernel_environment(given: Mapping[str, str], ipython: Path) -> dict[str, str]:
    """Return the environment of a kernel: one thread for arithmetic, no start-up files, the package importable.

    Parameters
    ----------
    given : the environment of this process
    ipython : an empty folder: there a person's profile, start-up files and history would be looked for
    """
    path = os.pathsep.join(filter(None, (str(PACKAGE_HOME), given.get("PYTHONPATH", ""))))
    return dict(given) | {
        "PYTHONPATH": path,  # a bare clone is not installed
        "IPYTHONDIR": str(ipython),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # as in JupyterLab, whatever the person has set
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }


class ReportKernel(AsyncKernelManager):
    """Starts `sys.executable` as the kernel, whatever the notebook or this computer calls "python3".

    Made by `kernels`, which gives it a folder of its own: sockets lie there, so that no port can be taken by another.
    """

    folder: Path
    started: Callable[[int], None]
    sockets: bool

    def __init__(self, **options: Any) -> None:
        where = str(self.folder / "k")
        place = {"transport": "ipc", "ip": where} if self.sockets else {}
        super().__init__(connection_file=f"{where}.json", **place, **options)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The one kernel there is."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def _async_launch_kernel(self, kernel_cmd: list[str], **options: Any) -> None:
        options["env"] = kernel_environment(options.get("env") or os.environ, self.folder / "ipython")
        await super()._async_launch_kernel(kernel_cmd, **options)
        self.started(getattr(self.provisioner, "pid", None) or 0)

    async def _async_wait(self, pollinterval: float = 0.01) -> None:
        """Look more often whether a killed kernel has ended: that takes milliseconds, a pause between looks 0.1 s."""
        await super()._async_wait(min(pollinterval, 0.01))


@contextlib.contextmanager
def kernels(
    started: Callable[[int], None], *, within: Path | None = None, sockets: bool = True
) -> Iterator[type[ReportKernel]]:
    """Give the class of kernels for one report; whatever it started has ended when the block ends.

    Parameters
    ----------
    started : called with the kernel's process id as soon as there is one
    within : the folder for its passing files; the system's by default
    sockets : whether to speak through files instead of ports, where the system has them and the folder's name is short
    """
    running: list[int] = []

    def note(process: int) -> None:
        running.append(process)
        started(process)

    with tempfile.TemporaryDirectory(prefix="aw-", dir=within, ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        (folder / "ipython").mkdir()
        short = os.name == "posix" and len(os.fsencode(folder)) <= _MAX_SOCKET_PATH
        own = {"folder": folder, "started": staticmethod(note), "sockets": sockets and short}
        try:
            yield type("ReportKernel", (ReportKernel,), own)
        finally:
            for process in running:
                end_group(process)
