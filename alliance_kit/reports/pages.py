"""Pages that stand alone: a notebook, or any body, as one HTML file without scripts, code or outside addresses."""

from __future__ import annotations

import base64
import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_kit.reports.html import Html, words

if TYPE_CHECKING:
    from jinja2 import Template
    from nbconvert.exporters.templateexporter import TemplateExporter
    from nbformat import NotebookNode

MAX_BYTES = 300_000
"""What a page may weigh: it travels through learning platforms and to old printers."""

_TEMPLATES = Path(__file__).with_name("templates")
_STYLE = Path(__file__).with_name("report.css")
_SHOWN = ("text/html", "image/svg+xml", "image/png", "text/markdown", "text/plain")  # the richest first
_HEADING = re.compile(r"<h1[\s>]", re.IGNORECASE)


def to_page(notebook: NotebookNode, title: str) -> str:
    """Return what a notebook says and shows as one page: texts and results, never code, printed lines or tracebacks.

    Parameters
    ----------
    notebook : an executed notebook of format 4; cells with the tag `not-in-report` are left out
    title : what the browser's tab says; the page's heading as well where the notebook has none of level 1
    """
    body, _ = _exporter().from_notebook_node(notebook)
    return standalone(title, Html(body.strip()))


def standalone(title: str, body: Html) -> str:
    """Return a whole page: landmarks, one heading of level 1, the reports' style, and a policy that fetches nothing."""
    has_heading = _HEADING.search(body.text) is not None
    return _frame().render(title=title, style=_style(), body=body.text, has_heading=has_heading) + "\n"


def too_heavy(page: str) -> str:
    """Return a sentence when a page weighs more than it should, else nothing."""
    weight = len(page.encode("utf-8", "replace"))
    if weight <= MAX_BYTES:
        return ""
    return f"This page has {weight // 1000} kB; up to {MAX_BYTES // 1000} kB travel well."


# --- the tools, made once per process ---------------------------------------------------------------------------


@functools.cache
def _exporter() -> TemplateExporter:
    from nbconvert.exporters.templateexporter import TemplateExporter  # noqa: PLC0415 — loads most of a second

    exporter = TemplateExporter(  # type: ignore[no-untyped-call]  # nbconvert is typed in part
        extra_template_basedirs=[str(_TEMPLATES)],
        template_name="alliance",
        template_file="index.html.j2",
        file_extension=".html",
    )
    for given in (_author_markdown, _shown_markdown, _richest, _alt, _joined, _data_address, words):
        exporter.register_filter(given.__name__.lstrip("_"), given)  # type: ignore[no-untyped-call]  # as above
    return exporter


@functools.cache
def _frame() -> Template:
    from jinja2 import Environment, FileSystemLoader  # noqa: PLC0415 — only pages need it

    return Environment(loader=FileSystemLoader(_TEMPLATES), autoescape=True).get_template("page.html.j2")


@functools.cache
def _style() -> str:
    return _STYLE.read_text(encoding="utf-8").strip()


# --- what the notebook's template calls -------------------------------------------------------------------------


def _author_markdown(source: str) -> str:
    """Return a text cell as HTML; its author is trusted, so her own HTML stays."""
    return _markdown(source, escape=False)


def _shown_markdown(source: str) -> str:
    """Return Markdown that a cell made as HTML; a learner's words may be in it, so HTML within is shown as text."""
    return _markdown(source, escape=True)


def _markdown(source: str, *, escape: bool) -> str:
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath  # noqa: PLC0415 — as above

    renderer = IPythonRenderer(escape=escape, allow_harmful_protocols=not escape, exclude_anchor_links=True)
    return str(MarkdownWithMath(renderer=renderer).render(source))


def _richest(output: Any) -> str:
    return next((kind for kind in _SHOWN if kind in output.data), "")


def _alt(output: Any, kind: str) -> str:
    """Return the figure's description: as the cell gave it along, escaped."""
    about = output.metadata.get(kind, {})
    given = about.get("alt") if isinstance(about, dict) else None
    return words(given or output.metadata.get("alt") or "A figure without a description.")


def _joined(data: Any) -> str:
    return data if isinstance(data, str) else "".join(data)


def _data_address(data: str, kind: str) -> str:
    """Return an image as an address that holds it; a PNG is base64 already, with line breaks."""
    coded = "".join(data.split()) if kind == "image/png" else base64.b64encode(data.encode()).decode("ascii")
    return f"data:{kind};base64,{words(coded)}"
