"""Figures in one style, as SVG inside the page with an alternative text made from the same data."""

from __future__ import annotations

import base64
import contextlib
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from alliance_kit.reports.html import Html, tag, words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("alliance.mplstyle")

# The tokens of the workbook's screens (light), so that a level or a component looks the same everywhere.
INK, MUTED, BORDER, ACCENT = "#1B2530", "#566270", "#7C8794", "#1B6A84"
COMPONENTS = {"bond": "#B5461A", "goals": "#0B63A8", "tasks": "#2A7656"}
LEVELS = {"met": "#1E7A4C", "partly": "#8A5A00", "not_seen": "#5B6673", "unsure": "#6B4FA0"}


@contextlib.contextmanager
def drawing(width: float, height: float) -> Iterator[Figure]:
    """Give a new figure of so many inches in the project's style; it needs no pyplot and no screen."""
    import matplotlib as mpl  # noqa: PLC0415 — drawing takes a third of a second to load, and most commands draw nothing
    from matplotlib.figure import Figure  # noqa: PLC0415 — as above

    with mpl.rc_context(fname=STYLE):
        yield Figure(figsize=(width, height))


def shown(figure: Figure, alt: str, caption: Html | None = None) -> Html:
    """Return the figure as an image within the page. Call it inside `drawing`, or the style is gone.

    Parameters
    ----------
    alt : what a person who cannot see it should know, made from the data: a sentence or two, not the title again
    caption : how to read the figure, shown below it
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    below = tag("figcaption", caption).text if caption else ""
    return Html(f'<figure><img alt="{words(alt)}" src="data:image/svg+xml;base64,{data}">{below}</figure>')
