"""The curriculum as one table: three components, five strategies and their parts, and the talk in which they show.

The words stand in `curriculum.csv` and `microskills.csv` in `exercises/lexicons/`, and in `exercises/sources.csv`; each
is read on first use. Evidence is judged from the point of view of patients' outcomes in physical therapy, where
nothing is strong: *moderate* = a trial or consistent cohorts in physical therapy, *weak* = other fields, interviews or
small studies, *none* = nothing found.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Literal, TypeVar

from alliance_kit.errors import UnknownSkillError
from alliance_kit.library import csv_rows
from alliance_kit.plain import from_json

Evidence = Literal["moderate", "weak-moderate", "weak", "none"]
Kind = Literal["P", "K", "H", "W", "R", "N"]
Direction = Literal["builds", "hinders", "neutral", "patient"]
Checked = Literal["read", "known"]
T = TypeVar("T")

KINDS: Mapping[Kind, str] = {
    "P": "points: people agree on it well enough",
    "K": "candidate: a formal rule, points only once two raters agree",
    "H": "hint: something to check yourself",
    "W": "warning",
    "R": "the patient's line",
    "N": "neutral",
}
"""What a label may be used for; agreement between people sets the limit, not the wish to score."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One of the three components of the alliance (Bordin 1979): bond, tasks or goals."""

    id: str
    name: str
    sentence: str
    evidence: Evidence
    finding: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """One of the five strategies, with the components it feeds most."""

    id: str
    name: str
    sentence: str
    components: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A named part of a strategy: what it is, the components it feeds, the microskills that show it, what is known.

    `finding` says in one sentence what the evidence says, and `evidence` how strong it is.
    """

    id: str
    strategy: str
    name: str
    sentence: str
    components: tuple[str, ...]
    microskills: tuple[str, ...]
    evidence: Evidence
    finding: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Microskill:
    """A label for something that can be seen in one reply (or, kind R, in the patient's line)."""

    id: str
    name: str
    kind: Kind
    direction: Direction
    definition: str
    strategies: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that content may cite. `checked`: `read` = seen while writing, `known` = from general knowledge.

    Figures come from sources that were read; a source that is only known never lends a number to a screen.
    """

    key: str
    citation: str
    doi: str
    checked: Checked


Row = TypeVar("Row", Component, Strategy, Part, Microskill, Source)


def components() -> tuple[Component, ...]:
    """Return bond, tasks and goals, in this order."""
    return tuple(_components().values())


def strategies() -> tuple[Strategy, ...]:
    """Return the five strategies in the order they are taught."""
    return tuple(_strategies().values())


def parts() -> tuple[Part, ...]:
    """Return all parts, strategy by strategy."""
    return tuple(_parts().values())


def microskills() -> tuple[Microskill, ...]:
    """Return all microskills: questions, listening, information, support, collaboration, hindering moves, rupture."""
    return tuple(_microskills().values())


@functools.cache
def sources() -> Mapping[str, Source]:
    """Return what may be cited, by key (author and year, lower case, no accents)."""
    return {row["key"]: _built(Source, row, "sources.csv") for row in csv_rows("sources")}


def component(component_id: str) -> Component:
    """Return one component.

    Raises
    ------
    UnknownSkillError: there is none with this id; close matches are offered.
    """
    return _one(_components(), component_id, "component")


def strategy(strategy_id: str) -> Strategy:
    """Return one strategy.

    Raises
    ------
    UnknownSkillError: there is none with this id; close matches are offered.
    """
    return _one(_strategies(), strategy_id, "strategy")


def part(part_id: str) -> Part:
    """Return one part.

    Raises
    ------
    UnknownSkillError: there is none with this id; close matches are offered.
    """
    return _one(_parts(), part_id, "part")


def microskill(microskill_id: str) -> Microskill:
    """Return one microskill.

    Raises
    ------
    UnknownSkillError: there is none with this id; close matches are offered.
    """
    return _one(_microskills(), microskill_id, "microskill")


def source(key: str) -> Source:
    """Return one source.

    Raises
    ------
    UnknownSkillError: there is none with this key; close matches are offered.
    """
    return _one(sources(), key, "source")


def parts_of(strategy_id: str) -> tuple[Part, ...]:
    """Return the parts of a strategy, in the order they are taught.

    Raises
    ------
    UnknownSkillError: there is no such strategy.
    """
    wanted = strategy(strategy_id).id
    return tuple(each for each in parts() if each.strategy == wanted)


def parts_feeding(component_id: str) -> tuple[Part, ...]:
    """Return the parts that feed a component, strategy by strategy.

    Raises
    ------
    UnknownSkillError: there is no such component.
    """
    wanted = component(component_id).id
    return tuple(each for each in parts() if wanted in each.components)


def parts_shown_by(microskill_id: str) -> tuple[Part, ...]:
    """Return the parts that a microskill shows; none for warnings and for the patient's lines.

    Raises
    ------
    UnknownSkillError: there is no such microskill.
    """
    wanted = microskill(microskill_id).id
    return tuple(each for each in parts() if wanted in each.microskills)


@functools.cache
def _components() -> Mapping[str, Component]:
    return {row["id"]: _built(Component, row, "curriculum.csv") for row in _level("component")}


@functools.cache
def _strategies() -> Mapping[str, Strategy]:
    return {row["id"]: _built(Strategy, row, "curriculum.csv") for row in _level("strategy")}


@functools.cache
def _parts() -> Mapping[str, Part]:
    return {row["id"]: _built(Part, row, "curriculum.csv") for row in _level("part")}


@functools.cache
def _microskills() -> Mapping[str, Microskill]:
    return {row["id"]: _built(Microskill, row, "microskills.csv") for row in csv_rows("microskills")}


def _level(level: str) -> Iterable[Mapping[str, str]]:
    return (row for row in csv_rows("curriculum") if row["level"] == level)


def _built(cls: type[Row], row: Mapping[str, str], file: str) -> Row:
    """Return a row as `cls`, checked by the model's own reader; cells of tuple fields hold ids with spaces between."""
    cells = {f.name: row[f.name].split() if str(f.type).startswith("tuple") else row[f.name] for f in fields(cls)}
    return from_json(cls, cells, f"{file}, {next(iter(cells.values()))}")


def _one(table: Mapping[str, T], wanted: str, what: str) -> T:
    if wanted in table:
        return table[wanted]
    close = difflib.get_close_matches(str(wanted), table, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(map(repr, close))}?" if close else f"Known: {', '.join(table)}."
    raise UnknownSkillError(f"there is no {what} {wanted!r}. {hint}")
