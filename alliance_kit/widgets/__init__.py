"""The face: one widget draws every session. No scoring here, and no words of the learner in what a notebook saves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget

from alliance_kit.sessions.base import Session

_STATIC = Path(__file__).parent / "static"

__all__ = ["Stage"]


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
        message = content if isinstance(content, dict) else {}
        reply = self.session.handle(message)
        echo = {name: message.get(name) for name in ("client", "id", "do")}
        self.send({**echo, **reply})

    def __repr__(self) -> str:
        return self.session.headline

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        if isinstance(data, dict):
            data["text/plain"] = self.session.headline
        return bundle
