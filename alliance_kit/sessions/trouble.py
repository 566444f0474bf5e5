"""What stands in place of an exercise that cannot be shown: one sentence, never a traceback."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from alliance_kit.plain import Json
from alliance_kit.sessions.base import Session


class TroubleSession(Session):
    """Say what stands in the way; there may be no journal to work on."""

    kind: ClassVar[str] = "trouble"

    def __init__(self, text: str) -> None:
        self.text = text
        self.saved = ""
        self.notices = ()

    @property
    def title(self) -> str:  # noqa: D102 — see Session
        return "This cannot be shown just now"

    def view(self) -> Json:  # noqa: D102 — see Session
        return {"kind": self.kind, "id": "", "title": self.title, "headline": self.headline, "text": self.text}

    def handle(self, message: Mapping[str, Any]) -> Json:  # noqa: ARG002, D102 — whatever is asked, the answer is the same
        return {"view": self.view()}
