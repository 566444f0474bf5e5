"""The order of things: modules, their units, their exercises."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sitting of 5 to 12 minutes with an end of its own."""

    id: str
    title: str
    minutes: int
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One notebook of the course."""

    id: str
    title: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The order of things: modules, their units, their exercises."""

    schema_version: int
    id: str
    version: str
    title: str
    modules: tuple[Module, ...]
