"""Plain JSON in and out of frozen dataclasses, checked on the way in: one builder for exercises, journals and hand-ins.

Standard library only. The forms of type hint that it reads are those of `alliance_kit.model` and the journal's records.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from alliance_kit.errors import ExerciseFileError

Json = Any
T = TypeVar("T")
_LARGEST = 2**53
"""Whole numbers above it are no longer exact as floats, and from some size on no floats at all."""


def to_json(thing: object) -> Json:
    """Return a dataclass as plain JSON values (dicts, lists, strings, numbers, booleans, None)."""
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: to_json(getattr(thing, f.name)) for f in dataclasses.fields(thing)}
    if isinstance(thing, Mapping):
        return {str(key): to_json(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [to_json(value) for value in thing]
    return thing


def from_json(cls: type[T], data: Json, where: str = "") -> T:
    """Build `cls` from plain JSON, checking shapes and types on the way.

    Raises
    ------
    ExerciseFileError: a field is missing, unknown or of the wrong type; the message names its path.
    """
    return typing.cast("T", _build(cls, data, where or cls.__name__))


def canonical_json(data: Json) -> str:
    """Return `data` as JSON text in one form only: sorted keys, no spaces, no escapes for letters."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@functools.cache
def _fields(cls: type) -> dict[str, tuple[Any, bool]]:
    hints = typing.get_type_hints(cls)
    needed = (dataclasses.MISSING, dataclasses.MISSING)
    return {f.name: (hints[f.name], (f.default, f.default_factory) == needed) for f in dataclasses.fields(cls)}


def _build(hint: Any, data: Json, where: str) -> Any:
    """Turn JSON into what the type hint asks for; covers the forms of hint used in this module, and no others."""
    if dataclasses.is_dataclass(hint):
        return _build_dataclass(typing.cast("type", hint), data, where)
    origin = typing.get_origin(hint)
    if origin is None:
        return _build_plain(hint, data, where)
    if origin in (typing.Union, types.UnionType):
        return _build_union(typing.get_args(hint), data, where)
    return _build_generic(origin, typing.get_args(hint), data, where)


def _build_plain(hint: Any, data: Json, where: str) -> Any:
    if hint is Any:
        return data
    if hint is float and type(data) is int and abs(data) <= _LARGEST:
        return float(data)
    if isinstance(data, hint) and (type(data) is not bool or hint is bool):
        return data
    raise ExerciseFileError(f"{where}: expected {_NAMES.get(hint, hint.__name__)}, found {_name(data)}.")


def _build_generic(origin: Any, args: tuple[Any, ...], data: Json, where: str) -> Any:
    if origin is Literal:
        if any(data == arg and type(data) is type(arg) for arg in args):
            return data
        raise ExerciseFileError(f"{where}: {data!r} is not one of {', '.join(map(repr, args))}.")
    if origin is tuple and isinstance(data, list | tuple):
        return tuple(_build(args[0], value, f"{where}[{i}]") for i, value in enumerate(data))
    if origin is Mapping and isinstance(data, Mapping):
        return {_build(args[0], key, where): _build(args[1], value, f"{where}.{key}") for key, value in data.items()}
    raise ExerciseFileError(f"{where}: expected {'a list' if origin is tuple else 'a mapping'}, found {_name(data)}.")


def _build_union(args: tuple[Any, ...], data: Json, where: str) -> Any:
    if data is None and type(None) in args:
        return None
    faults = []
    for option in (a for a in args if a is not type(None)):
        try:
            return _build(option, data, where)
        except ExerciseFileError as fault:
            faults.append(fault)
    raise faults[-1]


def _build_dataclass(cls: type, data: Json, where: str) -> Any:
    if not isinstance(data, Mapping):
        raise ExerciseFileError(f"{where}: expected {cls.__name__} fields, found {_name(data)}.")
    fields = _fields(cls)
    if unknown := [str(key) for key in data if key not in fields]:
        raise ExerciseFileError(f"{where}: unknown field {unknown[0]!r}. Known: {', '.join(fields)}.")
    if missing := [name for name, (_, needed) in fields.items() if needed and name not in data]:
        raise ExerciseFileError(f"{where}: field {missing[0]!r} is missing.")
    return cls(**{name: _build(fields[name][0], value, f"{where}.{name}") for name, value in data.items()})


_NAMES = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
}


def _name(data: Json) -> str:
    if data is None:
        return "nothing"
    name = _NAMES.get(type(data), type(data).__name__)
    return f"{name} ({data!r})" if isinstance(data, bool | int | float) else name
