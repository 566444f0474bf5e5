"""Words being typed: kept per place and window, restored after a crash, never silently replaced by another window's."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from alliance_kit.errors import JournalError
from alliance_kit.journal._codec import Line
from alliance_kit.journal._file import AppendOnlyFile, Piece
from alliance_kit.journal._lines import Damage, LineFile, Sources, understand
from alliance_kit.journal._lock import FolderLock

COMPACT_BYTES = 256 * 1024
DRAFT = "draft"
_Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Head:
    """The newest words of one window at one place; `after` are the drafts that they continue."""

    line: Line
    text: str
    after: frozenset[str]


class Drafts:
    """The drafts of one journal.

    Each line names its place (`key`), its window (`session`) and the drafts of other windows whose words it took over
    (`after`). The newest line of each window counts, unless another took its words over.

    Parameters
    ----------
    file : AppendOnlyFile
    lock : FolderLock
    sources : Sources
    machine : function that returns this machine's id
    session : str, this process
    """

    def __init__(
        self, file: AppendOnlyFile, lock: FolderLock, sources: Sources, machine: Callable[[], str], session: str
    ) -> None:
        self._lock = lock
        self._sources = sources
        self._session = session
        self._lines = LineFile(file, sources, machine, self._absorb, self._reset)
        self._heads: dict[_Place, _Head] = {}
        self._taken_over: set[str] = set()
        self._own: dict[_Place, str] = {}
        self._continued: dict[_Place, set[str]] = {}
        self._compact_above = COMPACT_BYTES
        self.damaged = 0

    def _reset(self) -> None:
        self._heads.clear()
        self._taken_over.clear()

    def _absorb(self, line: Line) -> None:
        key, session, text, after = (line.data.get(name) for name in ("key", "session", "text", "after"))
        if line.type != DRAFT or not (isinstance(key, str) and isinstance(session, str) and isinstance(text, str)):
            return
        continued = frozenset(entry for entry in after if isinstance(entry, str)) if isinstance(after, list) else ()
        self._heads.pop((key, session), None)  # so that the order of the mapping is the order of the last words
        self._heads[key, session] = _Head(line, text, frozenset(continued))
        self._taken_over.update(continued)

    def refresh(self) -> None:
        """Read what other windows wrote.

        Raises
        ------
        JournalError: the file cannot be read.
        """
        if not self._lines.file.changed():
            return
        try:
            with self._lock:
                self._lines.refresh(settled=True)
                self.damaged += self._lines.take_damage(note=True)
        except JournalError:
            self._lines.refresh(settled=False)
            self.damaged += self._lines.take_damage(note=False)

    def save(self, key: str, text: str, window: str) -> Line:
        """Keep the words; return the line once the disk confirmed it.

        Raises
        ------
        JournalError: the words are not kept.
        """
        place = self._place(key, window)
        with self._lock:
            self.refresh()
            head = self._heads.get(place)
            after = self._continued.get(place, set())
            if head is not None and head.text == text and after <= head.after:
                return head.line
            payload = {"key": key, "session": place[1], "text": text, "after": sorted(after)}
            line = self._lines.add([(DRAFT, payload)])[0]
            self._own[place] = text
            self._compact()
        return line

    def clear(self, key: str, window: str) -> None:
        """Note that this window's words are no longer needed here.

        Raises
        ------
        JournalError: the note is not kept.
        """
        place = self._place(key, window)
        if self._own.get(place) or self._continued.get(place):
            self.save(key, "", window)

    def restore(self, key: str, window: str) -> str:
        """Return the words to go on with: this window's, else the newest of a window that is gone or elsewhere.

        Asked again, it says the same until this window saves: what others type meanwhile is for `others`.
        """
        place = self._place(key, window)
        if place not in self._own:
            self.refresh()
            heads = self._others(place)
            self._continued[place] = {head.line.id for head in heads[-1:]}
            self._own[place] = heads[-1].text if heads else ""
        return self._own[place]

    def others(self, key: str, window: str) -> tuple[str, ...]:
        """Return texts of other windows, oldest first, that nobody took over and that differ from this window's."""
        self.refresh()
        mine = self.restore(key, window)
        place = self._place(key, window)
        seen = self._continued.get(place, set())
        texts = [head.text for head in self._others(place) if head.line.id not in seen]
        return tuple(dict.fromkeys(text for text in texts if text.strip() and text != mine))

    def settle(self, key: str, window: str) -> None:
        """Note that the learner has seen the texts of the other windows and needs them no longer.

        Raises
        ------
        JournalError: the note is not kept.
        """
        with self._lock:
            self.refresh()
            mine = self.restore(key, window)
            place = self._place(key, window)
            self._continued.setdefault(place, set()).update(head.line.id for head in self._others(place))
            self.save(key, mine, window)

    def _place(self, key: str, window: str) -> _Place:
        return key, f"{self._session}.{window}" if window else self._session

    def _others(self, place: _Place) -> list[_Head]:
        return [
            head
            for (key, session), head in self._heads.items()
            if key == place[0] and session != place[1] and head.line.id not in self._taken_over
        ]

    def _compact(self) -> None:
        """Write the file anew with the newest lines only once it has grown; the words are safe already, so try only."""
        if self._lines.file.size <= self._compact_above:
            return
        keys = [key for key, _ in self._heads]
        live = {
            head.line.id
            for (key, _), head in self._heads.items()
            if head.line.id not in self._taken_over and (head.text or keys.count(key) > 1)
        }
        with contextlib.suppress(JournalError):
            self._rewrite(lambda line: line.newer or line.id in live, lambda _: True)
        self._compact_above = max(COMPACT_BYTES, 2 * self._lines.file.size)

    def _rewrite(self, keep: Callable[[Line], bool], keep_damaged: Callable[[Piece], bool]) -> None:
        def keep_piece(piece: Piece) -> bool:
            if not piece.raw and not piece.too_long:
                return False
            thing = understand(self._sources.codec, piece)
            if isinstance(thing, Damage):
                return keep_damaged(piece)
            return (not thing.newer and thing.type != DRAFT) or keep(thing)

        self._lines.file.rewrite(keep_piece)
        self._lines.forget_all()
        self._lines.refresh(settled=True)

    def erase(self, key: str, window: str) -> None:
        """Remove what this window typed at a place, every version of it; what others typed stays.

        Raises
        ------
        JournalError: nothing was removed.
        """
        place = self._place(key, window)
        with self._lock:
            self.refresh()
            if self._lines.file.path.exists():
                self._rewrite(lambda line: (line.data.get("key"), line.data.get("session")) != place, lambda _: True)
            self._heads.pop(place, None)
            self._own[place] = ""

    def forget(self, exercise_id: str | None) -> None:
        """Remove all drafts, or those of one exercise: their keys begin with its id. Fragments go in both cases.

        Raises
        ------
        JournalError: nothing was removed.
        """
        with self._lock:
            self.refresh()
            belongs = re.compile(re.escape(exercise_id or "") + r"(?![a-z0-9-])")
            if self._lines.file.path.exists():
                self._rewrite(
                    lambda line: exercise_id is not None and not belongs.match(str(line.data.get("key", exercise_id))),
                    lambda _: False,
                )
            for place in [place for place in self._own | self._continued if not exercise_id or belongs.match(place[0])]:
                self._own.pop(place, None)
                self._continued.pop(place, None)
