"""What opening the workbook takes: JupyterLab on this computer only, with settings of its own and one page first.

The person's other Jupyter settings are neither read nor changed: configuration, kernels, layouts and server records of
the workbook lie in `cache/` of her home. Nothing here imports Jupyter, writes or starts anything.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alliance_kit.home import Home

START_PAGE = "00_start_here.ipynb"
FIRST_PORT = 8890  # above 8888, where a person's other Jupyter is; the first free one from here on is taken
PORTS = 1000
IDLE_SECONDS = 3600  # a kernel without an open page ends after an hour, and the server an hour after its last kernel
PACKAGE = Path(__file__).resolve().parent
JUPYTER_FILES = PACKAGE / "widgets" / "jupyter"
EXTENSION = JUPYTER_FILES / "labextensions" / "alliance-workbook"


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """What starting takes: the command, its whole environment, and the files that must be written before."""

    command: tuple[str, ...]
    env: Mapping[str, str]
    files: Mapping[Path, bytes]
    log: Path


def prepare(home: Home, notebooks: Path | None = None, port: int | None = None) -> LaunchPlan:
    """Return how JupyterLab is started for this home; nothing is written or started.

    Parameters
    ----------
    home : an opened home
    notebooks : the notebooks as they came with this version, the only ones that run by themselves; the library's
    port : the port to use; the first free one from 8890 on when None
    """
    own = home.cache / "jupyter"
    config, data = own / "config", own / "data"
    book = _book(notebooks or notebooks_folder())
    settings = {
        config / "jupyter_server_config.json": _server_config(home, port),
        config / "labconfig" / "page_config.json": {"allianceWorkbook": json.dumps(book)},
        data / "kernels" / "python3" / "kernel.json": _kernel(),
    }
    as_root = ("--allow-root",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()  # containers; loopback all the same
    return LaunchPlan(
        command=(sys.executable, "-m", "jupyterlab", "--no-browser", *as_root),
        env=_environment(home, own),
        files={path: json.dumps(content, indent=1).encode() for path, content in settings.items()},
        log=home.cache / "jupyterlab.log",
    )


def code_digest(notebook: Any) -> str:
    """Return the SHA-256 (hex) of a notebook's code cells, as the page computes it again before it runs them."""
    cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    return hashlib.sha256("\n\0".join("".join(cell["source"]) for cell in cells).encode()).hexdigest()


def drop_private(model: dict[str, Any], **_: object) -> None:
    """Take out of a notebook that is about to be saved what a learner may have typed: outputs and widget state.

    Called by Jupyter's server for every save. A notebook that is not the workbook's keeps its outputs.
    """
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict):
        return
    metadata = notebook.get("metadata", {})
    metadata.pop("widgets", None)
    if "alliance" not in metadata:
        return
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") == "code":
            cell.update(outputs=[], execution_count=None)


def notebooks_folder() -> Path:
    """Return the folder of the notebooks as they came with this version."""
    from alliance_kit import library  # noqa: PLC0415  # only needed where no folder is named

    return library.data_folder() / "notebooks"


def _book(notebooks: Path) -> dict[str, str]:
    """Return path -> digest of the notebooks that may run by themselves, read from the package, not from the home."""
    book = {}
    for path in sorted(notebooks.rglob("*.ipynb")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
            notebook = json.loads(path.read_bytes())
            if notebook["metadata"].get("alliance", {}).get("autorun") is True:
                book[path.relative_to(notebooks).as_posix()] = code_digest(notebook)
    return book


def _server_config(home: Home, port: int | None) -> dict[str, Any]:
    return {
        "ServerApp": {
            "answer_yes": True,
            "contents_manager_class": "jupyter_server.services.contents.largefilemanager.AsyncLargeFileManager",
            "default_url": f"/lab/tree/{START_PAGE}",
            "ip": "127.0.0.1",
            "jpserver_extensions": {"jupyter_collaboration": False, "jupyter_server_ydoc": False},
            "log_level": 40,
            "open_browser": False,
            "port": port or _free_port(),
            "port_retries": 0 if port else 5,  # should somebody take it before Jupyter does
            "root_dir": str(home.notebooks),
            "shutdown_no_activity_timeout": IDLE_SECONDS,
            "terminals_enabled": False,
        },
        "FileContentsManager": {"pre_save_hook": f"{__name__}.{drop_private.__name__}"},
        "LabApp": {
            "check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "extension_manager": "readonly",
            "log_level": 40,
            "news_url": None,
        },
        "KernelManager": {"transport_encryption": "auto"} if _encryption() else {},
        "KernelSpecManager": {"allowed_kernelspecs": ["python3"]},
        "MappingKernelManager": {"cull_idle_timeout": IDLE_SECONDS, "cull_interval": 300},
    }


def _free_port() -> int:
    """Return the first free port; Jupyter itself would guess after a few tries, and could take a person's own 8888."""
    for port in range(FIRST_PORT, FIRST_PORT + PORTS):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    return 0  # the system chooses


def _kernel() -> dict[str, Any]:
    """Return the kernel of this very Python, so that `import alliance_kit` finds what is started here."""
    return {
        "argv": [
            sys.executable,
            "-m",
            "ipykernel_launcher",
            "-f",
            "{connection_file}",
            "--HistoryManager.enabled=False",  # what is run is not written down
        ],
        "display_name": "Alliance Workbook",
        "language": "python",
        "metadata": {"debugger": False, "supported_encryption": _encryption()},
    }


def _encryption() -> list[str]:
    """Return the encryption that server and kernel both know: on a shared computer others could else listen in.

    The installed kernel's own description says what it knows; the library between the two may lack it all the same.
    """
    described = Path(sys.prefix) / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    try:
        known = json.loads(described.read_bytes())["metadata"]["supported_encryption"]
        import zmq  # noqa: PLC0415  # not for a mere look at the home
    except (ImportError, OSError, ValueError, KeyError, TypeError):
        return []
    return ["curve"] if "curve" in known and zmq.has("curve") else []


def _environment(home: Home, own: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER_", "JUPYTERLAB_"))}
    data = (str(own / "data"), str(JUPYTER_FILES), os.environ.get("JUPYTER_PATH", ""))
    return kept | {
        "ALLIANCE_HOME": str(home.folder),
        "IPYTHONDIR": str(home.cache / "ipython"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_CONFIG_PATH": os.pathsep.join((str(own / "config"), str(JUPYTER_FILES))),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_PATH": os.pathsep.join(filter(None, data)),
        "JUPYTER_RUNTIME_DIR": str(runtime_folder(home)),
        "PYTHONPATH": os.pathsep.join(filter(None, (_clone(), os.environ.get("PYTHONPATH", "")))),
    }


def _clone() -> str:
    """Return the folder to import from when this runs from a clone; an installed package is found without."""
    return "" if PACKAGE.parent.name in {"site-packages", "dist-packages"} else str(PACKAGE.parent)


def runtime_folder(home: Home) -> Path:
    """Return the folder in which Jupyter says where its servers are."""
    return home.cache / "jupyter" / "runtime"
