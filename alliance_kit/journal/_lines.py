"""Numbered, dated lines over an append-only file: decoding, damage, and what a newer version wrote."""

from __future__ import annotations

import contextlib
import gc
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from alliance_kit.errors import JournalError
from alliance_kit.journal._codec import MAX_LINE_BYTES, SCHEMA, Codec, Line, PlainCodec, line_from_json
from alliance_kit.journal._file import AppendOnlyFile, Piece
from alliance_kit.plain import Json

SET_ASIDE = "set_aside"


def utc_now() -> datetime:
    """Return the present moment, in UTC."""
    return datetime.now(UTC)


def new_uuid() -> str:
    """Return a random UUID."""
    return str(uuid.uuid4())


def rfc3339(moment: datetime) -> str:
    """Return a moment as UTC text, to the millisecond: ``2026-01-05T14:02:11.250Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Sources:
    """Where bytes, time and chance come from; tests put their own in."""

    codec: Codec = field(default_factory=PlainCodec)
    clock: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = new_uuid
    token: Callable[[int], str] = secrets.token_hex

    def now(self) -> str:
        """Return the present moment as RFC 3339 text."""
        return rfc3339(self.clock())

    def encode(self, data: Mapping[str, Json]) -> bytes:
        """Return the line's bytes.

        Raises
        ------
        JournalError: it could not be read back (too long, nested too deeply, no JSON), so it is not written.
        """
        try:
            raw = self.codec.encode(data)
        except ValueError as error:
            raise JournalError(f"This text cannot be kept ({error}); shorten it and try once more.") from error
        if b"\n" in raw or len(raw) > MAX_LINE_BYTES:
            raise JournalError("This text makes a line that could not be read back; shorten it and try once more.")
        return raw


@dataclass(frozen=True, slots=True)
class Damage:
    """A piece that is no readable line."""

    digest: str
    size: int


def understand(codec: Codec, piece: Piece) -> Line | Damage:
    """Return the line in a piece, or what is known of the damage."""
    if piece.too_long:
        return Damage(piece.digest, piece.size)
    try:
        return line_from_json(codec.decode(piece.raw))
    except (ValueError, RecursionError):
        return Damage(piece.digest, piece.size)


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Read without looking for garbage: every line is kept, so searching the growing heap only doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class LineFile:
    """The decoded lines of one file, handed to `absorb` in file order, each id once.

    Parameters
    ----------
    file : AppendOnlyFile
    sources : Sources
    machine : function that returns this machine's id; called under the lock
    absorb : called with every line of a known schema, also with those just written
    reset : called before everything is absorbed afresh
    """

    def __init__(
        self,
        file: AppendOnlyFile,
        sources: Sources,
        machine: Callable[[], str],
        absorb: Callable[[Line], None],
        reset: Callable[[], None],
    ) -> None:
        self.file = file
        self._sources = sources
        self._machine = machine
        self._absorb = absorb
        self._reset = reset
        self.ids: set[str] = set()
        self.newer: dict[str, bytes] = {}
        self._seq: dict[str, int] = {}
        self._damaged: dict[str, Damage] = {}
        self._set_aside: set[str] = set()

    def refresh(self, *, settled: bool) -> bool:
        """Absorb what is new; return whether the file had been replaced and was read from its beginning.

        Raises
        ------
        JournalError: the file cannot be read.
        """
        found, replaced = self.file.read_new(settled=settled)
        if replaced:
            self.forget_all()
        with _collector_paused():
            for piece in found:
                if piece.raw.strip() or piece.too_long:
                    self._take(piece)
        return replaced

    def forget_all(self) -> None:
        """Drop what was read, so that the next reading starts afresh."""
        self.ids.clear()
        self.newer.clear()
        self._seq.clear()
        self._damaged.clear()
        self._set_aside.clear()
        self._reset()

    def _take(self, piece: Piece) -> None:
        thing = understand(self._sources.codec, piece)
        if isinstance(thing, Damage):
            self._damaged[thing.digest] = thing
        elif thing.id not in self.ids:
            self._take_line(thing, piece.raw)

    def _take_line(self, line: Line, raw: bytes) -> None:
        self.ids.add(line.id)
        self._seq[line.machine] = max(self._seq.get(line.machine, 0), line.seq)
        if line.newer:
            self.newer[line.id] = raw
        elif line.type == SET_ASIDE:
            digests = line.data.get("digests")
            self._set_aside.update(d for d in digests if isinstance(d, str)) if isinstance(digests, list) else None
        else:
            self._absorb(line)

    def make(self, entries: Iterable[tuple[str, Mapping[str, Json]]]) -> list[Line]:
        """Return the entries as the next lines of this machine, not written yet."""
        machine = self._machine()
        seq = self._seq.get(machine, 0)
        now = self._sources.now()
        return [
            Line(self._sources.new_id(), machine, seq + i, now, name, dict(data), SCHEMA)
            for i, (name, data) in enumerate(entries, start=1)
        ]

    def add(self, entries: Iterable[tuple[str, Mapping[str, Json]]]) -> list[Line]:
        """Write the entries as lines and return them once the disk confirmed them. The lock is held, all is read.

        Raises
        ------
        JournalError: nothing of it is confirmed.
        """
        lines = self.make(entries)
        raws = [self._sources.encode(line.to_json()) for line in lines]
        self.file.append(raws)
        # What is absorbed is what was encoded, so this window sees what any other will read.
        kept = [line_from_json(self._sources.codec.decode(raw)) for raw in raws]
        for line, raw in zip(kept, raws, strict=True):
            self._take_line(line, raw)
        return kept

    def add_raw(self, raws: Sequence[bytes]) -> None:
        """Write lines of other machines or versions as they are, byte for byte. The lock is held, all is read.

        Raises
        ------
        JournalError: nothing of it is confirmed.
        """
        if raws:
            self.file.append(raws)
            for raw in raws:
                self._take(Piece(raw, 0, len(raw)))

    def take_damage(self, *, note: bool) -> int:
        """Return how many damaged pieces nobody was told about yet.

        Parameters
        ----------
        note : whether the lock is held, so that the file can say that they are set aside: later openings stay silent.
            Where that note cannot be written, they are told again next time.
        """
        untold = [digest for digest in self._damaged if digest not in self._set_aside]
        self._set_aside.update(untold)
        if untold and note:
            with contextlib.suppress(JournalError):
                self.add([(SET_ASIDE, {"digests": untold})])
        return len(untold)
