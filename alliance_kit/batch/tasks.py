"""What goes to a worker and what comes back, as lines of plain JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One report to make.

    `parameters` go into the notebook and stay there: codes and names of files beside it, never a person's name and
    never a full path. Limits in seconds: `cell_limit` for each cell, `limit` for the whole report.
    """

    key: str
    template: Path
    notebook: Path
    page: Path
    title: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    cell_limit: float = 120
    limit: float = 600
    again: bool = False  # a second try, after the computer failed the first

    def line(self) -> bytes:
        """Return the task as one line of JSON."""
        plain = asdict(self) | {name: str(getattr(self, name)) for name in ("template", "notebook", "page")}
        return json.dumps(plain).encode("ascii") + b"\n"

    def withdraw(self) -> None:
        """Take away what an earlier run left: an old report must not pass for a new one."""
        for path in (self.page, self.notebook):
            path.unlink(missing_ok=True)

    @classmethod
    def from_line(cls, line: bytes) -> Task:
        """Return the task of a line that `line` made."""
        plain: dict[str, Any] = json.loads(line)
        return cls(**plain | {name: Path(plain[name]) for name in ("template", "notebook", "page")})


@dataclass(frozen=True, slots=True)
class Done:
    """How a report went: made, with perhaps a remark on it, or not, and why; `again`: a second try may do better."""

    key: str
    ok: bool
    reason: str = ""
    again: bool = False
