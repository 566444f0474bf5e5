"""Small parts that replies and typed words share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Rupture = Literal["withdrawal", "confrontation"]


@dataclass(frozen=True, slots=True)
class Effects:
    """How a reply moves the alliance, in whole steps; the scenario's `Pace` turns steps into units."""

    bond: int = 0
    goals: int = 0
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """The three states at the door, in units of the common scale from -3 to +3."""

    bond: float = 0.0
    goals: float = 0.0
    tasks: float = 0.0


@dataclass(frozen=True, slots=True)
class Branch:
    """Where the talk goes when `when` holds; `to` is a scene id or `end`."""

    to: str
    when: str = ""
