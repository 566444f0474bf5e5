"""From a mapping to the bytes of one line and back: the one seam through which everything kept passes.

A codec that encrypts takes the place of `PlainCodec`; nothing else in the journal knows what the bytes look like.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

from alliance_kit.plain import Json

SCHEMA = 1
MAX_LINE_BYTES = 8 * 1024 * 1024
MAX_DEPTH = 60
ENVELOPE = ("schema", "id", "machine", "seq", "at", "type")
_NOTHING: tuple[Json, ...] = (None,) * len(ENVELOPE)
_TOKENS = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


class Codec(Protocol):
    """Turns one mapping into one line of bytes without a newline, and back."""

    def encode(self, data: Mapping[str, Json]) -> bytes:
        """Return the line, without its newline. Raises ValueError for what cannot be kept."""

    def decode(self, raw: bytes) -> dict[str, Json]:
        """Return the mapping. Raises ValueError for bytes that are no line of this codec."""


class PlainCodec:
    """JSON in UTF-8, as a person can read it in any editor."""

    def encode(self, data: Mapping[str, Json]) -> bytes:
        """Return `data` as JSON.

        Raises
        ------
        ValueError: not JSON, longer than `MAX_LINE_BYTES`, or nested deeper than `MAX_DEPTH`: unreadable later.
        """
        try:
            raw = json.dumps(data, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except UnicodeEncodeError:  # half an emoji, as a browser may send it: kept as an escape
            raw = json.dumps(data, allow_nan=False).encode("ascii")
        except (TypeError, RecursionError) as error:
            raise ValueError(str(error)) from error
        check_bounds(raw)
        return raw

    def decode(self, raw: bytes) -> dict[str, Json]:
        """Return the JSON object in `raw`; leading and trailing NULs, as a half-copied file has them, are passed over.

        Raises
        ------
        ValueError: not UTF-8, no JSON object, or out of bounds.
        """
        return read_json(raw.strip(b"\0 \t\r\n"))


def check_bounds(raw: bytes) -> None:
    """Refuse what is too long or too deeply nested to be safe to read.

    Raises
    ------
    ValueError: longer than `MAX_LINE_BYTES` or nested deeper than `MAX_DEPTH`.
    """
    if len(raw) > MAX_LINE_BYTES:
        raise ValueError(f"longer than {MAX_LINE_BYTES // (1024 * 1024)} MB")
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")


def _depth(raw: bytes) -> int:
    """Return how deep brackets are nested, those inside strings not counted. Linear in the length."""
    depth = deepest = 0
    for match in _TOKENS.finditer(raw):
        first = raw[match.start()]
        if first in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif first in b"]}":
            depth -= 1
    return deepest


def read_json(raw: bytes) -> dict[str, Json]:
    """Return the JSON object in `raw`, within bounds; a byte order mark in front is passed over.

    Raises
    ------
    ValueError: not UTF-8, no JSON object, NaN or Infinity in it, or out of bounds.
    """
    check_bounds(raw)
    data: Any = _DECODER.decode(raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    if not isinstance(data, dict):
        raise ValueError("no JSON object")  # noqa: TRY004  (the bytes are at fault, not the caller)
    return data


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the journal. `at` is UTC, RFC 3339; `seq` counts up per machine; `data` is the rest of the line."""

    id: str
    machine: str
    seq: int
    at: str
    type: str
    data: Mapping[str, Json]
    schema: int = SCHEMA

    @property
    def newer(self) -> bool:
        """Whether a later version of the workbook wrote it; such lines are kept as they are and not interpreted."""
        return self.schema > SCHEMA

    def to_json(self) -> dict[str, Json]:
        """Return the whole line as plain JSON, envelope first."""
        return {
            "schema": self.schema,
            "id": self.id,
            "machine": self.machine,
            "seq": self.seq,
            "at": self.at,
            "type": self.type,
            **self.data,
        }


def line_from_json(data: Mapping[str, Json]) -> Line:
    """Return the line that `data` holds.

    Raises
    ------
    ValueError: the envelope is incomplete. Of a newer line only the schema number and the id are looked at.
    """
    rest = dict(data)
    schema, line_id, machine, seq, at, name = map(rest.pop, ENVELOPE, _NOTHING)
    if type(schema) is not int or schema < 1 or not isinstance(line_id, str) or not line_id:
        raise ValueError("no schema number or id")
    if isinstance(machine, str) and type(seq) is int and isinstance(at, str) and isinstance(name, str):
        return Line(line_id, machine, seq, at, name, rest, schema)
    if schema > SCHEMA:
        return Line(line_id, "", 0, "", "", dict(data), schema)
    raise ValueError("incomplete envelope")
