"""The face: one widget draws every session. No scoring here, and no words of the learner in what a notebook saves."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import anywidget

from alliance_kit.errors import AllianceKitError
from alliance_kit.sessions.base import Session

_STATIC = Path(__file__).parent / "static"
UNFORESEEN = "This did not go through; what you wrote is kept, so please try once more."
"""What a learner reads instead of a traceback."""

__all__ = ["UNFORESEEN", "Stage"]


class Stage(anywidget.AnyWidget):
    """Show a session in a notebook.

    What is seen travels by messages only, never as a synced trait: JupyterLab can save traits into the notebook, and
    the learner's words belong in her journal alone. So the saved form holds the exercise's title and how far it got.
    """

    # Plain files joined in order: one module, no build step.
    _esm = "\n".join(path.read_text(encoding="utf-8") for path in sorted(_STATIC.glob("*.js")))
    _css = (_STATIC / "style.css").read_text(encoding="utf-8")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.on_msg(self._receive)

    def _receive(self, _widget: object, content: Any, _buffers: object) -> None:
        message = _sendable(content) if isinstance(content, dict) else {}
        try:
            reply = self.session.handle(message)
        except Exception as fault:  # noqa: BLE001 — the boundary: a fault of ours becomes a sentence, never a traceback
            self.log.error("A message met %s", _place(fault))  # noqa: TRY400 — without the text: see _place
            reply = {"trouble": UNFORESEEN}
        echo = {name: message.get(name) for name in ("client", "ask", "do")}
        self.send(_sendable({**echo, **reply}))

    @property
    def headline(self) -> str:
        """Title and how far it got; the title alone where the journal cannot be read just now."""
        try:
            return self.session.headline
        except AllianceKitError:
            return self.session.title

    def __repr__(self) -> str:
        return self.headline

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            data["text/plain"] = self.headline
        return bundle


def _sendable(data: Any) -> Any:
    """Return plain JSON data with half characters replaced: a field that cuts an emoji in two must not stop a page."""
    return json.loads(json.dumps(data, ensure_ascii=False).encode("utf-8", "replace"))


def _place(fault: Exception) -> str:
    """Return kind and place of a fault, without its text: that could hold words of the learner."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {Path(last.filename).name}, line {last.lineno}"
