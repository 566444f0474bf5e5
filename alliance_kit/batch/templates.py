"""Report templates: notebooks with one cell of parameters, read and checked before a class waits for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_kit.errors import ReportError

if TYPE_CHECKING:
    from nbformat import NotebookNode

PARAMETERS = "parameters"
INJECTED = "injected-parameters"
MAX_BYTES = 16 * 1024 * 1024  # a template is text; something larger is another file chosen by mistake


def load_template(path: Path) -> NotebookNode:
    """Return a template as a notebook of format 4.5 whose cells all have ids, the same each time.

    Raises
    ------
    ReportError: the file is missing, no notebook, or has no cell with the tag `parameters`.
    """
    import nbformat  # noqa: PLC0415 — most of a second, and the command line checks other things first

    try:
        text = _text(path)
        notebook: NotebookNode = nbformat.v4.upgrade(nbformat.reads(text, as_version=4))  # type: ignore[no-untyped-call]  # nbformat is not typed
    except OSError as fault:
        raise ReportError(
            f"{path}: this template cannot be opened ({fault.strerror or fault}); choose a notebook."
        ) from fault
    except Exception as fault:  # nbformat raises many kinds on files that are no notebooks
        raise ReportError(f"{path}: this is no notebook (.ipynb) that can be read; choose another template.") from fault
    _give_ids(notebook, text)
    if not any(PARAMETERS in cell.metadata.get("tags", []) for cell in notebook.cells if cell.cell_type == "code"):
        raise ReportError(
            f"{path}: no code cell of this template has the tag '{PARAMETERS}', so no learner can be put into it. "
            f"In JupyterLab: select the cell with the parameters, open the property inspector, add the tag."
        )
    return notebook


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValueError("too large")
    return data.decode("utf-8-sig")


def _give_ids(notebook: NotebookNode, text: str) -> None:
    """Replace ids that reading an older notebook made up at random."""
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        if f'"{cell.id}"' not in text or cell.id in seen:
            cell.id = hashlib.sha256(f"{number} {cell.source}".encode("utf-8", "replace")).hexdigest()[:8]
        seen.add(cell.id)


def scrub(notebook: NotebookNode, template: NotebookNode, private: Mapping[str, str]) -> NotebookNode:
    """Take out of an executed notebook what changes from run to run or tells about this computer; return it.

    Parameters
    ----------
    notebook : as papermill left it; changed in place
    template : what it was made from
    private : folder names of this computer, the longest first -> what to write instead, in all that the cells gave out
    """
    notebook.metadata.pop("papermill", None)
    if "kernelspec" in template.metadata:
        notebook.metadata["kernelspec"] = template.metadata["kernelspec"]
    ids = {cell.id for cell in template.cells}
    added = 0
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if INJECTED in cell.metadata.get("tags", []):
            cell.id = INJECTED
        elif cell.id not in ids:
            added += 1
            cell.id = f"added-by-papermill-{added}"
        if not cell.metadata.get("tags", True):
            del cell.metadata["tags"]  # papermill gives every cell an empty list
        for output in cell.get("outputs", ()):
            _replace(output, private)
    return notebook


def _replace(node: Any, private: Mapping[str, str]) -> Any:
    """Return the node with private folder names replaced in its texts, lists and mappings changed in place."""
    if isinstance(node, str):
        for name, instead in private.items():
            node = node.replace(name, instead)
    elif isinstance(node, dict):
        for key, value in node.items():
            node[key] = _replace(value, private)
    elif isinstance(node, list):
        node[:] = [_replace(value, private) for value in node]
    return node
