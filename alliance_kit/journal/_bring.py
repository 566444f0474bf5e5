"""Reading another copy of the journal: a second machine's file, or what a sync program made of a conflict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from alliance_kit.errors import JournalError
from alliance_kit.journal._codec import Codec, Line
from alliance_kit.journal._disk import told
from alliance_kit.journal._file import Piece, pieces
from alliance_kit.journal._lines import understand


@dataclass(frozen=True, slots=True)
class ImportResult:
    """How many entries of a copy were added, were here already, are of a newer version (added too) or are damaged."""

    added: int
    known: int
    newer: int
    damaged: int

    @property
    def sentence(self) -> str:
        """The same in one sentence."""
        parts = [f"Entries brought in: {self.added}", f"already here: {self.known}"]
        if self.newer:
            parts.append(f"from a newer version, kept as they are: {self.newer}")
        if self.damaged:
            parts.append(f"damaged, not brought in: {self.damaged}")
        return ", ".join(parts) + "."


@dataclass(frozen=True, slots=True)
class Copy:
    """The readable lines of a copy with their bytes, how many pieces were damaged, and the file's size in bytes."""

    lines: Sequence[tuple[Line, bytes]]
    damaged: int
    size: int

    def result(self, added: Sequence[Line]) -> ImportResult:
        """Return the account, given the lines that were new here."""
        return ImportResult(
            added=len(added),
            known=len(self.lines) - len(added),
            newer=sum(line.newer for line in added),
            damaged=self.damaged,
        )


def read_copy(codec: Codec, path: Path) -> Copy:
    """Return what `path` holds.

    Raises
    ------
    JournalError: it cannot be read, is a hand-in, or holds no journal line at all.
    """
    try:
        with path.open("rb") as handle:
            every = list(pieces(handle))
    except OSError as error:
        raise told(error, path) from error
    found = [piece for piece in every if piece.raw.strip() or piece.too_long]
    if found and _is_hand_in(codec, found[0]):
        raise JournalError(f"{path.name!r} is a hand-in, not a journal; choose the file 'journal.jsonl'.")
    understood = [(understand(codec, piece), piece.raw) for piece in found]
    lines = [(thing, raw.strip(b"\0 \t\r\n")) for thing, raw in understood if isinstance(thing, Line)]
    if not lines:
        raise JournalError(f"{path.name!r} holds no journal entries; choose a file 'journal.jsonl'.")
    return Copy(lines, len(understood) - len(lines), sum(piece.size for piece in every))


def _is_hand_in(codec: Codec, piece: Piece) -> bool:
    try:
        return codec.decode(piece.raw).get("type") == "hand_in"
    except (ValueError, RecursionError):
        return False
