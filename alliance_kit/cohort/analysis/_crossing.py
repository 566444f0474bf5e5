"""What the scenes of a talk would give away together.

Who comes to a scene may hang on one earlier reply, so the number of learners there counts those who chose it. Set
against the best answers of the earlier scene, it can leave a handful of learners over. Such a scene is left out here.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from alliance_kit.cohort.analysis._frames import scenes_of
from alliance_kit.cohort.analysis._items import Studied, answers_of, keyed
from alliance_kit.cohort.small_groups import K
from alliance_kit.model import Reply, Scenario
from alliance_kit.simulation import END, branches_of

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # it brings no types, and its stubs are no dependency

Which = tuple[int, ...]
"""Some of the answers to an item: 1 at the place of each of them, 0 at the others."""


def gives_away(shown: Iterable[Which], chosen: Sequence[int], k: int = K) -> bool:
    """Return whether adding and subtracting shown numbers counts learners of whom there are fewer than `k`.

    Parameters
    ----------
    shown : the sets of answers, (answers,) each, of which it is known how many first chose one of them
    chosen : (answers,) learners, how many first chose each answer
    """
    rows = _reduced(shown)
    return any(
        sum(itertools.compress(chosen, some)) < k and not any(_rest(some, rows))
        for some in itertools.product((0, 1), repeat=len(chosen))
        if any(some)
    )


def _reduced(shown: Iterable[Which]) -> list[list[Fraction]]:
    """Return rows that span the same, each with its first number 1 where all others before and after it have 0."""
    rows: list[list[Fraction]] = []
    for each in shown:
        rest = _rest(each, rows)
        if (lead := next((i for i, number in enumerate(rest) if number), None)) is not None:
            new = [number / rest[lead] for number in rest]
            rows = [[a - row[lead] * b for a, b in zip(row, new, strict=True)] for row in rows] + [new]
    return rows


def _rest(wanted: Sequence[int], rows: Iterable[Sequence[Fraction]]) -> list[Fraction]:
    """Return what no sum of rows makes of it; all 0 where it is such a sum."""
    rest = [Fraction(number) for number in wanted]
    for row in rows:
        lead = next(i for i, number in enumerate(row) if number)
        rest = [a - rest[lead] * b for a, b in zip(rest, row, strict=True)]
    return rest


# --- scenes -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """The items that may be shown, and of each, by version and place, which of its answers are counted by them."""

    items: list[Studied]
    sums: dict[tuple[int, int], list[Which]]
    chosen: dict[tuple[int, int], Which]

    def adds(self, at: tuple[int, int], some: Which, k: int = K) -> bool:
        """Return whether these answers of an item may be counted too; if so they are kept in mind."""
        if at not in self.sums or gives_away([*self.sums[at], some], self.chosen[at], k):
            return False
        self.sums[at].append(some)
        return True


def shown_together(items: Sequence[Studied], frame: pd.DataFrame, k: int = K) -> Shown:
    """Return the items without the scenes whose number of learners would give away how many chose an earlier reply.

    Parameters
    ----------
    items : exercise by exercise, in the order of a visit
    frame : as `frames.FirstAnswers.frame`
    """
    left = {(each.counted.version, each.place): each for each in items}
    first = {
        (int(v), int(p)): Counter(map(int, rows["answer"])) for (v, p), rows in frame.groupby(["version", "place"])
    }
    chosen = {at: tuple(first[at][i] for i in range(len(answers_of(each.counted, at[1])))) for at, each in left.items()}
    sums = {at: list(_own(each)) for at, each in left.items()}
    together = Shown([], sums, chosen)
    for at, each in list(left.items()):
        for later, other in list(left.items()):
            some = _leading(each, other) if later != at and later[0] == at[0] and _sized(other) else None
            if some is not None and not together.adds(at, some, k):
                del left[later]
    return Shown(list(left.values()), {at: sums[at] for at in left}, {at: chosen[at] for at in left})


def _sized(each: Studied) -> bool:
    return each.view.best.of_low == each.view.best.of_high


def _own(each: Studied) -> Iterator[Which]:
    """Yield the answers of an item that its own numbers count."""
    best = keyed(each.counted)[each.place]
    if _sized(each):
        yield (1,) * len(best)
    if each.view.best.exact:
        yield tuple(map(int, best))
    if each.view.tempted and each.view.tempted.exact:
        yield tuple(int(i == each.tempting) for i in range(len(best)))


def _leading(each: Studied, other: Studied) -> Which | None:
    """Return which replies of a scene lead to another scene, if whoever comes there must have chosen one of them."""
    talk = each.counted.exercise
    if not isinstance(talk, Scenario):
        return None
    scenes = scenes_of(talk)
    here, there = scenes[each.place][0], scenes[other.place][0]
    if there == talk.start or (here != talk.start and _comes(talk, [talk.start], there, without=here)):
        return None
    some: list[int] = []
    for reply in scenes[each.place][1].replies:
        starts = [branch.to for branch in branches_of(reply)]
        may = _comes(talk, starts, there)
        if may and _comes(talk, starts, END, without=there):
            return None  # some who chose it come there and some do not, and nothing shown says how many
        some.append(int(may))
    return tuple(some)


def _comes(talk: Scenario, starts: Iterable[str], goal: str, without: str = "") -> bool:
    """Return whether a way leads from one of these scenes to another, or to the end, `without` passing a third."""
    waiting, seen = [start for start in starts if start != without], set[str]()
    while waiting:
        if (name := waiting.pop()) == goal:
            return True
        if name not in seen and name in talk.scenes:
            seen.add(name)
            replies: Iterable[Reply] = talk.scenes[name].replies
            waiting += [branch.to for reply in replies for branch in branches_of(reply) if branch.to != without]
    return False
