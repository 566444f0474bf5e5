"""What may be said of the parts of a strategy beside the items that show them, so that no difference counts a few.

A part that one or two items show is those items' numbers once more, or a piece of them; more items are set against
their sum. Where a difference would count fewer than `k` learners, the part says less, or nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from alliance_kit.cohort.analysis._crossing import Shown, Which
from alliance_kit.cohort.analysis._frames import Counted
from alliance_kit.cohort.analysis._items import keyed
from alliance_kit.cohort.small_groups import Count, Group, K, count, group, union

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # it brings no types, and its stubs are no dependency

Place = tuple[int, int]
Chances = dict[Place, frozenset[int]]
"""The items that show a part, by version and place, and which answers take the chance."""
FEW = 2


class Parts:
    """The parts of a class, guarded against what its items say.

    Parameters
    ----------
    shows : as `frames.shows_table`
    together : the items that are shown
    """

    def __init__(
        self, shows: pd.DataFrame, counted: Sequence[Counted], together: Shown, learners: int, k: int = K
    ) -> None:
        self._k, self._learners, self._together = k, learners, together
        self._counted = {each.version: each for each in counted}
        self._items = {(each.counted.version, each.place): each.view.best for each in together.items}
        self._chances: dict[tuple[str, str], Chances] = {}
        for (source, part, version, place), rows in shows.groupby(["source", "part", "version", "place"]):
            found = self._chances.setdefault((source, part), {})
            found[int(version), int(place)] = frozenset(map(int, rows["answer"]))

    def short(self, part: str, n: int, did: int) -> Count:
        """Return what may be said of a part in short exercises that `n` learners had a chance for and `did` took."""
        chances, k = self._chances["short", part], self._k
        related = [self._items[at] for at in chances if at in self._items]
        whole = self._group(n, chances, related)
        if len(chances) == FEW:  # at least half of two is one or both
            return union(did, related, whole, k=k)
        said = count(did, whole, k=k)
        return said if len(chances) < FEW or len(related) < len(chances) or uneven(related, said, k) else _nothing(said)

    def talks(self, sums: Mapping[str, tuple[int, int]]) -> dict[str, Count]:
        """Return what may be said of each part in talks, of (had a chance, took it); what few scenes show, first."""
        said: dict[str, Count] = {}
        told: dict[frozenset[tuple[Place, frozenset[int]]], Count] = {}
        for part in sorted(sums, key=lambda each: (len(self._chances["talk", each]), each)):
            chances = self._chances["talk", part]
            made = self._talk(chances, told, *sums[part])
            said[part] = told[frozenset(chances.items())] = made
        return said

    def _talk(
        self, chances: Chances, told: Mapping[frozenset[tuple[Place, frozenset[int]]], Count], n: int, did: int
    ) -> Count:
        if same := told.get(frozenset(chances.items())):
            return same
        k, whole = self._k, self._group(n, chances, ())
        said = count(did, whole, k=k)
        if len(chances) == 1:
            return said if self._piece(*next(iter(chances.items())), said) else _nothing(said)
        if any(
            counted.exact and said.exact and abs(counted.low - did) < k and _nested(dict(each), chances)
            for each, counted in told.items()
        ):
            return _nothing(said)
        if len(chances) > FEW:
            return said
        related = [best for at, taking in chances.items() if (best := self._at(at, taking, told)) is not None]
        return union(did, related, whole, k=k)

    def _piece(self, at: Place, taking: frozenset[int], said: Count) -> bool:
        """Return whether the replies that take the only chance may be counted beside the best ones of the scene."""
        if at not in self._items or said.of != self._items[at].of:
            return False
        answers = len(self._together.chosen[at])
        return not said.exact or self._together.adds(at, self._which(taking, answers), self._k)

    def _at(
        self, at: Place, taking: frozenset[int], told: Mapping[frozenset[tuple[Place, frozenset[int]]], Count]
    ) -> Count | None:
        """Return what is said anywhere of those who chose one of these replies of a scene, None if nothing is."""
        found = told.get(frozenset({(at, taking)}))
        if found and found.told:
            return found
        best = frozenset(i for i, strong in enumerate(keyed(self._counted[at[0]])[at[1]]) if strong)
        return self._items.get(at) if best == taking else None

    @staticmethod
    def _which(taking: Collection[int], answers: int) -> Which:
        return tuple(int(i in taking) for i in range(answers))

    def _group(self, n: int, chances: Chances, related: Sequence[Count]) -> Group:
        """Return the learners who had a chance; where only one exercise has any, also as a part of its learners."""
        exercises = {version for version, _ in chances}
        wholes = [self._counted[version].learners for version in exercises] if len(exercises) == 1 else []
        whole = group(n, self._learners, *wholes, k=self._k)
        sizes = [each.of_low for each in related if each.of_low == each.of_high]
        more = next((size for size in sizes if 0 < n - size < self._k), None)
        if more is None or whole.low < whole.high:
            return whole
        return Group(n, more + 1, min(more + self._k - 1, self._learners))


def uneven(items: Sequence[Count], part: Count, k: int = K) -> bool:
    """Return whether the number who did a part gives nothing away beside those of all its items, three or more.

    The items' sum is at least what those who did the part must have, and at most what all can have; what lies between
    counts the learners who had more, or less, than that, so it must not be few.
    """
    if not part.exact or not all(each.exact and each.of == part.of for each in items):
        return True
    half = (len(items) + 1) // 2
    total, did, rest = sum(each.low for each in items), part.low, part.of_low - part.low
    return min(total - half * did, len(items) * did + (half - 1) * rest - total) >= k


def _nested(one: Chances, other: Chances) -> bool:
    """Return whether whoever did one of two parts surely did the other: in the same scenes, by as many ways or more."""
    ways = [(one[at], other[at]) for at in one] if one.keys() == other.keys() else []
    return bool(ways) and (all(a <= b for a, b in ways) or all(b <= a for a, b in ways))


def _nothing(said: Count) -> Count:
    return Count(0, said.of_high, said.of_low, said.of_high)
