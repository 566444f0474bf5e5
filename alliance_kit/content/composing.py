"""ruamel.yaml's events, put together as plain data under bounds, with the place of every value.

Its own constructor is not used: here nothing is ever executed, no tag or anchor is followed, size and depth are
bounded, and a fault is noted and read past wherever that is possible, so that an author hears of all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.scalars import INVISIBLE, doubt_about, plain_value

MAX_DEPTH = 20
"""The model nests eight deep; deeper is a slip of indentation or an attack."""
MAX_NODES = 50_000
"""Values in one file; a long scenario has about 3,000."""
MAX_SHOWN = 40
"""Characters of a value that a message repeats."""

LineColumn = tuple[int, int]
_TAB_INDENT = re.compile(r"^ *\t[ \t]*(?=\S)", re.MULTILINE)
_SYNTAX_FIXES: tuple[tuple[str, str], ...] = (
    (
        "mapping values are not allowed",
        "Text that holds a colon and a space needs quotes, or '>-' and a line of its own.",
    ),
    (
        "could not find expected ':'",
        "Write 'field: value'; text that goes on over lines needs '>-' or deeper indentation.",
    ),
    ("found unexpected end of stream", "A quote was opened and never closed. Close it."),
    ("unknown escape character", "Use single quotes, or double the backslash."),
    ("that cannot start any token", "Text that begins with this character needs quotes."),
    ("sequence entries are not allowed here", "Put each '-' on a line of its own, below the field."),
    ("expected <block end>", "Check the indentation, and that nothing follows a closing quote."),
    ("expected ','", "Close the bracket, or put a comma between the entries."),
)


@dataclass(slots=True)
class Positions:
    """Line and column (both from 1) of every field name and every value, by their place."""

    names: dict[Place, LineColumn] = field(default_factory=dict)
    values: dict[Place, LineColumn] = field(default_factory=dict)

    def of(self, place: Place) -> LineColumn:
        """Return where `place` stands: its name, else its value, else the nearest place around it."""
        for end in range(len(place), -1, -1):
            if found := self.names.get(place[:end]) or self.values.get(place[:end]):
                return found
        return (1, 1)


@dataclass(slots=True)
class Reading:
    """What came out of a file: the data as far as it could be read, the positions, the faults.

    `whole` tells whether the reading came to the end of the file.
    """

    path: str
    data: Any = None
    positions: Positions = field(default_factory=Positions)
    faults: list[Fault] = field(default_factory=list)
    whole: bool = False

    def located(self, fault: Fault) -> Fault:
        """Return the fault with file, line and column."""
        line, column = self.positions.of(fault.place)
        return replace(fault, path=self.path, line=line, column=column)

    def tell(self, code: str, message: str, where: LineColumn, place: Place = (), fix: str = "") -> None:
        """Note a fault and go on."""
        line, column = where
        self.faults.append(
            Fault(code=code, message=message, place=place, fix=fix, path=self.path, line=line, column=column)
        )

    def stop(self, code: str, message: str, where: LineColumn = (1, 1), fix: str = "") -> NoReturn:
        """Note a fault behind which nothing can be read."""
        self.tell(code, message, where, fix=fix)
        raise StopReadingError


class StopReadingError(Exception):
    """Nothing after this point can be read; the fault is noted already."""


def compose(text: str, reading: Reading) -> None:
    """Read YAML text into `reading`.

    Raises
    ------
    StopReadingError: something cannot be read past.
    """
    composer = _Composer(reading)
    try:
        composer.read(text)
    except MarkedYAMLError as fault:
        _syntax(text, fault, reading)
    except (YAMLError, ValueError, OverflowError, IndexError, AttributeError, AssertionError) as fault:
        # The parser's own slips on hostile text, e.g. an escape beyond Unicode, come without a mark.
        reading.stop("Y06", f"this is not YAML ({type(fault).__name__}).", composer.last)


def cut(text: str) -> str:
    """Return a value as a message repeats it: on one line, at most `MAX_SHOWN` characters, in quotes."""
    text = " ".join(text.split())
    return repr(text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…")


class _Composer:
    """Puts one file's events together."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._positions = reading.positions
        self._events: Iterator[Event] = iter(())
        self._nodes = 0
        self.last: LineColumn = (1, 1)

    def read(self, text: str) -> None:
        self._events = iter(YAML(typ="safe", pure=True).parse(text))
        documents = 0
        for event in self._events:
            if not isinstance(event, DocumentStartEvent):
                continue
            documents += 1
            if documents > 1:
                self._reading.stop("Y13", "a second document begins here.", _mark(event))
            if event.version or event.tags:
                self._reading.tell("Y12", "a '%' line stands before the content.", (1, 1))
            self._reading.data = self._node(next(self._events), (), 1)
        if self._reading.data is None:
            self._reading.stop("Y14", "there is nothing in this file.")
        if not isinstance(self._reading.data, dict):
            self._reading.stop("Y15", "the file holds no fields.")

    def _node(self, event: Event, place: Place, depth: int) -> Any:
        mark = self.last = _mark(event)
        self._positions.values[place] = mark
        self._nodes += 1
        if depth > MAX_DEPTH:
            self._reading.stop("Y16", f"more than {MAX_DEPTH} levels, one inside the other.", mark)
        if self._nodes > MAX_NODES:
            self._reading.stop("Y16", f"more than {MAX_NODES:,} values in one file.", mark)
        self._refuse_machinery(event, mark, place)
        if isinstance(event, MappingStartEvent):
            return self._mapping(place, depth)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(place, depth)
        return self._scalar(event, mark, place) if isinstance(event, ScalarEvent) else None

    def _refuse_machinery(self, event: Event, mark: LineColumn, place: Place) -> None:
        if isinstance(event, AliasEvent):
            self._reading.tell("Y08", f"the alias {cut('*' + str(event.anchor))} stands here.", mark, place)
        elif isinstance(event, NodeEvent) and event.anchor:
            self._reading.tell("Y08", f"the anchor {cut('&' + str(event.anchor))} stands here.", mark, place)
        if tag := getattr(event, "tag", None):
            self._reading.tell("Y12", f"the tag {cut(str(tag))} stands here.", mark, place)

    def _sequence(self, place: Place, depth: int) -> list[Any]:
        values: list[Any] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            values.append(self._node(event, (*place, len(values)), depth + 1))
        return values

    def _mapping(self, place: Place, depth: int) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            name = self._name(event, place, depth)
            if name in values:
                first = self._positions.names[(*place, name)][0]
                message = f"the field {cut(name)} stands twice: in line {first} and here."
                self._reading.tell("Y11", message, _mark(event), (*place, name))
            if name is None or name in values:
                # Read past the value: what is wrong in it is told, what it holds is not kept.
                self._node(next(self._events), (*place, name or "", "(again)"), depth + 1)
                continue
            self._positions.names[(*place, name)] = _mark(event)
            values[name] = self._node(next(self._events), (*place, name), depth + 1)
        return values

    def _name(self, event: Event, place: Place, depth: int) -> str | None:
        """Return a field's name, or None where it has none that can be kept."""
        mark = _mark(event)
        if not isinstance(event, ScalarEvent):
            self._reading.tell("Y10", "a field's name is a list or a group of fields.", mark, place)
            self._node(event, (*place, ""), depth + 1)
            return None
        if event.value == "<<" and not event.style:
            self._reading.tell("Y09", "the merge sign '<<' stands here.", mark, place)
            return None
        self._refuse_machinery(event, mark, place)
        value = self._scalar(event, mark, (*place, event.value))
        if isinstance(value, str):
            return value
        self._reading.tell("Y10", f"the field's name {cut(event.value)} is no text.", mark, place)
        return event.value or None

    def _scalar(self, event: ScalarEvent, mark: LineColumn, place: Place) -> Any:
        text = str(event.value)
        if match := INVISIBLE.search(text):  # written as an escape, e.g. "\\0"
            found = f"the invisible character U+{ord(match[0]):04X} stands here as an escape."
            self._reading.tell("Y05", found, mark, place, "Take the escape out.")
            return INVISIBLE.sub("", text)
        if event.style or getattr(event, "tag", None):
            return text
        if why := doubt_about(text):
            fix = f"Write it in quotes: '{text}'." if len(text) <= MAX_SHOWN else "Write it in quotes."
            self._reading.tell("Y07", f"unquoted {cut(text)} is {why}.", mark, place, fix)
            return text
        return plain_value(text)


def _mark(event: Event) -> LineColumn:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _syntax(text: str, fault: MarkedYAMLError, reading: Reading) -> NoReturn:
    """Note what the parser stumbled over, in an author's words."""
    problem = str(fault.problem or fault.context or "unreadable")
    never_closed = "end of stream" in problem and fault.context_mark is not None
    mark = fault.context_mark if never_closed or fault.problem_mark is None else fault.problem_mark
    where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    tabs = list(_TAB_INDENT.finditer(text)) if r"'\t'" in problem else []
    for match in tabs:
        reading.tell("Y17", "a tab indents this line.", (text.count("\n", 0, match.start()) + 1, 1))
    if tabs:
        raise StopReadingError
    begun = fault.context_mark
    since = f", begun in line {begun.line + 1}" if begun and begun.line + 1 != where[0] else ""
    fix = next((fix for words, fix in _SYNTAX_FIXES if words in problem), "")
    reading.stop("Y06", f"{problem}{since}.", where, fix)
