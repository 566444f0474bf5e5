"""Do the fields fit the model? Pydantic asks the dataclasses of `alliance_kit.model`; here its answers get plain words.

One definition: types come from the model, the JSON Schema in `exercises/schema/` is made from the same adapters.
"""

from __future__ import annotations

import difflib
import functools
import json
import operator
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from pydantic import ConfigDict, TypeAdapter, ValidationError

from alliance_kit.content.composing import cut
from alliance_kit.content.faults import NAMES, Fault, Place
from alliance_kit.errors import ExerciseFileError
from alliance_kit.model import KINDS
from alliance_kit.plain import Json, from_json

UNKNOWN_FIELD, MISSING_FIELD = "F01", "F02"
_EXPECTED: Mapping[str, str] = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "fields",
    "mapping_type": "fields",
    "dataclass_type": "fields",
}
_NOTHING = object()
_WORDS_FOR_BOOL = frozenset({"yes", "no", "on", "off", "y", "n"})


@functools.cache
def adapter(cls: type) -> TypeAdapter[Any]:
    """Return the strict validator of one of the model's classes.

    The class stands inside a tuple because pydantic takes a configuration for anything but a class of its own; the
    dataclasses inside inherit it.
    """
    return TypeAdapter(tuple[cls], config=ConfigDict(extra="forbid", strict=True))  # type: ignore[valid-type]  # a type made at run time


def schema_of(cls: type) -> dict[str, Any]:
    """Return the JSON Schema of one of the model's classes: what editors use to help authors."""
    whole = adapter(cls).json_schema()
    parts = whole["$defs"]
    head = parts.pop(cls.__name__)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **head, "$defs": parts}


def class_for(data: Json) -> type | None:
    """Return the model's class for data that names its kind, or None for an unknown kind."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    return KINDS.get(kind) if isinstance(kind, str) else None


def kind_faults(data: Json) -> Iterator[Fault]:
    """Yield the fault of data whose kind is missing or unknown."""
    kind = data.get("kind") if isinstance(data, Mapping) else None
    found = "no kind is set." if kind is None else f"the kind {cut(str(kind))} is unknown."
    close = difflib.get_close_matches(str(kind), KINDS, n=1)
    hint = f"Did you mean '{close[0]}'?" if close else f"Set 'kind' to one of {', '.join(KINDS)}."
    yield Fault(code="F05", message=found, place=("kind",) if kind is not None else (), fix=hint)


def shape_faults(cls: type, data: Json) -> tuple[Fault, ...]:
    """Return every way in which data does not fit one of the model's classes, in the order of its fields."""
    try:
        adapter(cls).validate_json(json.dumps([data]))
    except ValidationError as failure:
        told: dict[tuple[str, Place, str], Fault] = {}
        for error in failure.errors(include_url=False, include_context=True):
            if fault := _fault(cls, data, typing.cast("dict[str, Any]", error)):
                told.setdefault((fault.code, fault.place, fault.message), fault)
        return _without_echoes(cls, data, tuple(told.values()))
    return ()


def meant_fields(cls: type, data: Json, faults: Iterable[Fault]) -> frozenset[Place]:
    """Return the places of the fields that unknown ones were probably meant to be."""
    unknown = (fault.place for fault in faults if fault.code == UNKNOWN_FIELD)
    return frozenset((*place[:-1], name) for place in unknown if (name := _close_field(cls, data, place)))


def overlooked(cls: type, data: Json, holes: Iterable[Place], told: Iterable[Fault]) -> Iterator[Fault]:
    """Yield, for each hole in data that no fault tells about, the words of the model's own reader."""
    places = [fault.place for fault in told]
    for hole in holes:
        if hole[-1] == NAMES or any(hole[: len(place)] == place[: len(hole)] for place in places):
            continue
        value = functools.reduce(operator.getitem, hole, data)
        try:
            from_json(_hint_at(cls, hole), value)
        except ExerciseFileError as fault:
            yield Fault(code="F04", message=str(fault).partition(": ")[2], place=hole)


def _without_echoes(cls: type, data: Json, faults: tuple[Fault, ...]) -> tuple[Fault, ...]:
    """Leave out that a field is missing where its misspelt name is told."""
    meant = meant_fields(cls, data, faults)
    return tuple(fault for fault in faults if fault.code != MISSING_FIELD or fault.place not in meant)


def _close_field(cls: type, data: Json, place: Place) -> str:
    """Return the field that an unknown one was probably meant to be: one that is missing, if it comes close."""
    known = _known_fields(cls, place)
    close = difflib.get_close_matches(str(place[-1]), known, n=3, cutoff=0.6)
    there = functools.reduce(operator.getitem, place[:-1], data)
    return next((name for name in close if known[name] and name not in there), close[0] if close else "")


def _known_fields(cls: type, place: Place) -> dict[str, bool]:
    """Return the fields that the model knows beside a place, and whether each has to be there."""
    parent = _hint_at(cls, place[:-1])
    return {field.name: field.default is MISSING for field in fields(parent)} if is_dataclass(parent) else {}


def _fault(cls: type, data: Json, error: dict[str, Any]) -> Fault | None:
    """Turn one of pydantic's errors into a fault; None for the branch of a choice that the author did not take."""
    kind, location = error["type"], error["loc"][1:]
    if kind == "missing":
        place = _place(data, location[:-1])
        name = location[-1]
        found = f"the field '{name}' is missing."
        return None if place is None else Fault(code=MISSING_FIELD, message=found, place=(*place, name))
    place = _place(data, location)
    if place is None:
        return None
    if kind == "unexpected_keyword_argument":
        return _unknown_field(cls, data, place)
    if kind == "literal_error":
        # Pydantic calls a mapping's key by its value's place; what is not possible then is the key.
        return _not_possible(place, place[-1] if location[-1] == "[key]" else error["input"], error["ctx"]["expected"])
    expected = _expected_at(cls, place) or _EXPECTED.get(kind, "")
    message = f"expected {expected}, found {_named(error['input'])}." if expected else f"{error['msg']}."
    return Fault(code="F03", message=message, place=place, fix=_hint(expected, error["input"]))


def _place(data: Json, location: tuple[str | int, ...]) -> Place | None:
    """Return pydantic's location as a place in the data, or None for a branch that the author did not take.

    Pydantic puts the name of a choice's branch into the location, e.g. ``patient, tuple[Line, ...], 0, says``; such a
    part is in no data. Where the data are text, the list's branch was not taken, and the other way round.
    """
    place: list[str | int] = []
    value = data
    for part in location:
        found = value.get(part, _NOTHING) if isinstance(value, Mapping) else _NOTHING
        if isinstance(value, list) and isinstance(part, int):
            found = value[part]
        if found is not _NOTHING:
            place.append(part)
            value = found
        elif part == "str" and isinstance(value, list):
            return None
    return tuple(place)


def _unknown_field(cls: type, data: Json, place: Place) -> Fault:
    close = _close_field(cls, data, place)
    value = functools.reduce(operator.getitem, place, data)
    fix = f"Did you mean '{close}'?" if close else f"Known here: {', '.join(_known_fields(cls, place))}."
    if value is None and " " in str(place[-1]):  # {what: Yes, and no., says: Bye.}
        fix = "If it belongs to the text before it, put that text in quotes: it holds a comma."
    return Fault(code=UNKNOWN_FIELD, message=f"unknown field {cut(str(place[-1]))}.", place=place, fix=fix)


def _not_possible(place: Place, value: Json, expected: str) -> Fault:
    possible = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
    close = difflib.get_close_matches(str(value), possible, n=1)
    fix = f"Did you mean '{close[0]}'?" if close and isinstance(value, str) else ""
    message = f"{cut(value) if isinstance(value, str) else _named(value)} is not {_choice_words(expected)}."
    return Fault(code="F04", message=message, place=place, fix=fix)


def _choice_words(expected: str) -> str:
    return f"one of {expected}" if " or " in expected else expected.replace("True", "true")


def _expected_at(cls: type, place: Place) -> str:
    """Return what a choice of two forms expects, in words; empty where there is no choice."""
    hint = _hint_at(cls, place)
    if typing.get_origin(hint) not in (typing.Union, types.UnionType):
        return ""
    options = [option for option in typing.get_args(hint) if option is not type(None)]
    return "text or a list" if len(options) > 1 else ""


def _hint_at(hint: Any, place: Place) -> Any:
    """Return the model's type hint at a place; None where the model has nothing there."""
    for part in place:
        options = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
        hint = next((found for option in options if (found := _inside(option, part)) is not None), None)
    return hint


def _inside(hint: Any, part: str | int) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if is_dataclass(hint) and isinstance(hint, type):
        return typing.get_type_hints(hint).get(str(part))
    if origin is tuple and isinstance(part, int):
        return args[0]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return args[1]
    return None


def _named(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"the text {cut(value)}"
    return "nothing" if value is None else "a list" if isinstance(value, list) else "fields"


def _hint(expected: str, value: Json) -> str:
    """Return what to write instead, for the slips that happen most."""
    written = str(value).lower() if isinstance(value, bool) else value
    yes = str(value).lower() in {"yes", "on", "y"}
    hints = (
        (value is None, "Write it after the colon, or take the field out."),
        ("text" in expected and isinstance(value, bool | int | float), f"Put it in quotes: '{written}'."),
        (expected == "true or false" and str(value).lower() in _WORDS_FOR_BOOL, f"Write {'true' if yes else 'false'}."),
        ("number" in expected and isinstance(value, str), "Write the number without quotes and without words."),
        (expected == "a list" and isinstance(value, str), "Write it as a list, each entry on a line after '- '."),
        (
            expected == "text" and isinstance(value, list | dict),
            "Put text that holds a colon, stands in brackets or begins with '-' in quotes, or under '>-'.",
        ),
    )
    return next((hint for holds, hint in hints if holds), f"Write {expected} here.")
