"""The small-groups rule, in one place: what may be said of counts of learners so that no learner can be told apart.

A group under `K` shows nothing. A count is exact only when it and its complement are `K` or more; else it becomes a
range, which hides 0 % and 100 % as well, since those tell each one's result. What is shown of one row of counts
(how many first gave the best answer, how many the most chosen tempting one, of how many) is chosen so that adding,
subtracting and knowing this rule leave at least two values for every count that is under `K` (tests try all rows).

FERPA names no smallest number; five is the project's default, ten is offered, and fewer is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alliance_kit.errors import ReportError

K = 5
OFFERED = (K, 10)


@dataclass(frozen=True, slots=True)
class Group:
    """So many learners, and as what their number may be shown. The true number stays in memory and is never kept."""

    n: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Count:
    """What may be said of a count: it lies between `low` and `high`, in a group of `of_low` to `of_high` learners."""

    low: int
    high: int
    of_low: int
    of_high: int

    def __post_init__(self) -> None:
        if not (0 <= self.low <= self.high <= self.of_high and 0 < self.of_low <= self.of_high):
            raise ValueError(f"{self.low} to {self.high} of {self.of_low} to {self.of_high} is no count; read it anew")

    @property
    def exact(self) -> bool:
        """Whether the count itself is shown."""
        return self.low == self.high

    @property
    def told(self) -> bool:
        """Whether anything is said: a range from none to all says nothing."""
        return self.low > 0 or self.high < self.of_low

    @property
    def of(self) -> str:
        """The size of the group in words."""
        return _between(self.of_low, self.of_high)

    @property
    def text(self) -> str:
        """The count in words, its group included."""
        if not self.told:
            return "too few to tell"
        if self.low == 0:
            return f"fewer than {self.high + 1} of {self.of}"
        if self.high == self.of_high > self.low:
            rest = self.of_low - self.low + 1
            return f"all but fewer than {rest} of {self.of}" if rest in OFFERED else f"{self.low} or more of {self.of}"
        return f"{_between(self.low, self.high)} of {self.of}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be said of a row of first answers.

    `tempting` is the place of the most chosen answer among the others, None where it may not be named.
    """

    best: Count
    tempting: int | None = None
    count: Count | None = None


def checked(k: int) -> int:
    """Return `k`.

    Raises
    ------
    ReportError: it is below `K`.
    """
    if k < K:
        raise ReportError(f"Groups of {k} are too small to show; the smallest is {K}. Leave it out, or choose 10.")
    return k


def group(n: int, *wholes: int, k: int = K) -> Group:
    """Return a group whose size can be set against the sizes of the groups it is part of.

    Where a few of a whole are missing, subtraction would count them; then the size is shown as a range.
    """
    for whole in wholes:
        if 0 < whole - n < k:
            return Group(n, max(1, whole - k + 1), whole - 1)
    return Group(n, n, n)


def count(c: int, learners: Group, *, k: int = K) -> Count:
    """Return what may be said of `c` learners of a group.

    Under 2 `k` - 1 learners nothing: one side of any split would be known to hold only a few values, or one.
    """
    n, low, high = learners.n, learners.low, learners.high
    if n < 2 * checked(k) - 1:
        return Count(0, high, low, high)
    if c < k:
        return Count(0, k - 1, low, high)
    return Count(low - k + 1, high, low, high) if n - c < k else Count(c, c, low, high)


def union(c: int, parts: Sequence[Count], learners: Group, *, k: int = K) -> Count:
    """Return what may be said of `c` learners who did at least one of two things, whose counts are shown as `parts`.

    Differences would count those who did only the one, and sums those who did both; where one of these is under `k`,
    or the rest is, or a part is a range itself, no more is said than what the parts say already. A thing whose count
    is not shown anywhere is left out of `parts`.
    """
    exact = all(part.exact for part in parts)
    if not parts or (len(parts) == 1 and not exact):
        return count(c, learners, k=k)
    least, most = max(part.low for part in parts), sum(part.high for part in parts)
    both = most - c if len(parts) > 1 else k
    if exact and min(both, learners.n - c, *(c - part.low for part in parts)) >= k:
        return count(c, learners, k=k)
    high = learners.high if len(parts) == 1 else min(learners.high, most)
    return Count(least, high, learners.low, learners.high)


def first_choices(best: int, others: Sequence[int], learners: Group, *, k: int = K) -> Choices:
    """Return what may be said of a row of first answers: `best` gave the best one, `others` each of the tempting ones.

    The best answer is counted as ever. Of the tempting ones only the most chosen is named, and the rest stay merged:

    - few gave the best: it is named as all but a few of all, or as `k` or more where that many must have chosen it;
    - the best is counted exactly, and 2 `k` - 1 or more chose otherwise: as all but a few of those, or exactly where
      it is more than `k` and the rest are `k` or more. Were `k` itself given, or were nothing said only below it, then
      where many chose otherwise the others would be known to have `k` - 1 each.
    """
    shown, n = count(best, learners, k=k), learners.n
    if n < 2 * k - 1 or not others or n - best < k:
        return Choices(shown)
    place = max(range(len(others)), key=others.__getitem__)
    tempting = _few_best if best < k else _exact_best
    counted = tempting(best, others[place], len(others), learners, k)
    return Choices(shown, place, counted) if counted else Choices(shown)


def _few_best(best: int, most: int, m: int, learners: Group, k: int) -> Count | None:  # noqa: ARG001 — `_exact_best`'s form
    low, high = learners.low, learners.high
    if learners.n - most < k:
        return Count(low - k + 1, high, low, high)
    certain = learners.n - (k - 1) > m * (k - 1)  # the fullest of `m` drawers, whatever the few did
    return Count(k, high - k, low, high) if certain else None


def _exact_best(best: int, most: int, m: int, learners: Group, k: int) -> Count | None:
    low, high, otherwise = learners.low, learners.high, learners.n - best
    if m > 1 and otherwise < 2 * k - 1:
        return None
    if m > 1 and otherwise - most < k:
        return Count(max(0, low - best - k + 1), high - best, low, high)
    # Two drawers only: the one is what the other leaves.
    return Count(most, most, low, high) if m == 1 or most > k else None


def _between(low: int, high: int) -> str:
    return str(low) if low == high else f"{low} to {high}"
