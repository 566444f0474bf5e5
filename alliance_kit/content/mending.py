"""The rest of a file that has faults: what fits the model stays, what does not becomes a hole with a stand-in.

So the checks can look at everything that is whole in the same reading. What they say about a hole, or because of one,
is left out by `alliance_kit.content.follow_ons`: stand-ins are never told about.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal

from alliance_kit.content.faults import NAMES, Place
from alliance_kit.errors import ExerciseFileError
from alliance_kit.plain import Json, from_json
from alliance_kit.simulation import END

_ENDS = frozenset({"next", "to"})
"""Fields whose stand-in leads to the end: it closes no loop and names no scene that is not there."""
_EMPTY: Mapping[Any, Callable[[], Json]] = {tuple: list, Mapping: dict, int: int, float: float, bool: bool}


def mended(cls: type, data: Json) -> tuple[Json, frozenset[Place]]:
    """Return data that fit one of the model's classes, and the places of the holes that were filled for it."""
    holes: set[Place] = set()
    whole = _fit(cls, data, (), holes)
    if isinstance(scenes := whole.get("scenes"), dict) and scenes and ("start",) in holes:
        whole["start"] = next(iter(scenes))
    return whole, frozenset(holes)


def _fit(hint: Any, value: Json, place: Place, holes: set[Place]) -> Json:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        hint = next((option for option in args if _is_of_form(option, value)), args[0])
        return _fit(hint, value, place, holes)
    if not _is_of_form(hint, value):
        holes.add(place)
        return _stand_in(hint, place)
    if is_dataclass(hint):
        return _fit_fields(typing.cast("type", hint), value, place, holes)
    if origin is tuple:
        return [_fit(args[0], entry, (*place, index), holes) for index, entry in enumerate(value)]
    if origin is Mapping:
        kept = {name: entry for name, entry in value.items() if _is_of_form(args[0], name)}
        if len(kept) < len(value):
            holes.add((*place, NAMES))
        return {name: _fit(args[1], entry, (*place, name), holes) for name, entry in kept.items()}
    return value


def _fit_fields(cls: type, value: Json, place: Place, holes: set[Place]) -> Json:
    hints = typing.get_type_hints(cls)
    whole = {}
    for field in fields(cls):
        if field.name in value:
            whole[field.name] = _fit(hints[field.name], value[field.name], (*place, field.name), holes)
        elif field.default is MISSING:
            holes.add((*place, field.name))
            whole[field.name] = _stand_in(hints[field.name], (*place, field.name))
    return whole


def _is_of_form(hint: Any, value: Json) -> bool:
    """Return whether a value is, at its outside, what the hint asks for."""
    origin = typing.get_origin(hint)
    if origin is tuple:
        return isinstance(value, list)
    if origin is Mapping or is_dataclass(hint):
        return isinstance(value, dict)
    try:
        from_json(hint, value)
    except ExerciseFileError:
        return False
    return True


def _stand_in(hint: Any, place: Place) -> Json:
    """Return something that fits a hint; which, is never seen."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _stand_in(args[0], place)
    if origin is Literal:
        return args[0]
    if is_dataclass(hint):
        return _fit_fields(typing.cast("type", hint), {}, place, set())
    if hint is str:
        return END if place[-1] in _ENDS else ""
    return _EMPTY[origin or hint]()
