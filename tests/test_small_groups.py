"""The small-groups rule, attacked: everybody who can add, subtract and read the source tries all rows."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_kit.cohort.small_groups import Choices, Count, Group, K, checked, count, first_choices, group, union
from alliance_kit.errors import ReportError

SIZES = st.integers(1, 200)


def rows_of(n: int, cells: int) -> Iterator[tuple[int, ...]]:
    """Yield all ways in which `n` learners can spread over `cells` answers."""
    for bars in itertools.combinations(range(n + cells - 1), cells - 1):
        edges = (-1, *bars, n + cells - 1)
        yield tuple(right - left - 1 for left, right in itertools.pairwise(edges))


def pinned(truths: Iterable[tuple[Hashable, tuple[int, ...]]], n: int, k: int) -> list[tuple[Hashable, set[int]]]:
    """Return what an attacker can pin: sums of cells with one possible value that is small, or nearly all.

    The attacker knows the rule, so he tries every row and keeps those that would have been shown just so.
    """
    alike = defaultdict(list)
    for seen, row in truths:
        alike[seen].append(row)
    found = []
    for seen, rows in alike.items():
        cells = range(len(rows[0]))
        for some in itertools.chain.from_iterable(itertools.combinations(cells, size) for size in cells[1:]):
            values = {sum(row[cell] for cell in some) for row in rows}
            if len(values) == 1 and not k <= min(values) <= n - k:
                found.append((seen, values))
    return found


def told_truly(shown: Count, truth: int, n: int) -> bool:
    """Return whether what is shown holds."""
    return shown.low <= truth <= shown.high and shown.of_low <= n <= shown.of_high


# --- one count --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("c", "n", "text"),
    [
        (5, 24, "5 of 24"),
        (19, 24, "19 of 24"),
        (4, 24, "fewer than 5 of 24"),
        (0, 24, "fewer than 5 of 24"),
        (20, 24, "all but fewer than 5 of 24"),
        (24, 24, "all but fewer than 5 of 24"),
        (4, 8, "too few to tell"),
        (0, 5, "too few to tell"),
        (5, 10, "5 of 10"),
        (4, 9, "fewer than 5 of 9"),
    ],
)
def test_count_is_exact_only_between_two_groups_of_five(c: int, n: int, text: str) -> None:
    """A count of n is exact only with five on both sides; 0 % and 100 % look like a few and all but a few."""
    assert count(c, group(n)).text == text


@given(SIZES, st.integers(K, 12), st.data())
def test_count_never_lies(n: int, k: int, data: st.DataObject) -> None:
    """Whatever is shown of a count holds for it."""
    c = data.draw(st.integers(0, n))

    assert told_truly(count(c, group(n), k=k), c, n)


@pytest.mark.parametrize("k", [5, 10])
@pytest.mark.parametrize("n", range(1, 60))
def test_no_small_count_can_be_pinned(n: int, k: int) -> None:
    """For every group, each small count shares what is shown with another one."""
    truths = ((count(c, group(n), k=k), (c, n - c)) for c in range(n + 1))

    assert pinned(truths, n, k) == [] or n < k


def test_groups_under_five_are_refused() -> None:
    """No setting shows groups of four."""
    with pytest.raises(ReportError, match="smallest is 5"):
        checked(4)
    with pytest.raises(ReportError):
        count(3, group(20), k=4)


def test_a_count_that_cannot_be_is_refused() -> None:
    """A count read from a file that somebody changed is no count."""
    with pytest.raises(ValueError, match="no count"):
        Count(7, 3, 10, 10)


# --- the size of a group ----------------------------------------------------------------------------------------


@given(SIZES, st.integers(0, 30), st.integers(K, 12))
def test_the_few_who_are_missing_cannot_be_counted(whole: int, missing: int, k: int) -> None:
    """From the sizes of a group and of its whole nobody learns that one to four are missing, or how many."""
    shown = group(whole, whole + missing, k=k)

    assert shown.low <= whole <= shown.high
    if 0 < missing < k:
        assert (shown.low, shown.high) == (max(1, whole + missing - k + 1), whole + missing - 1)
    else:
        assert shown.low == shown.high


def test_a_part_of_a_part_hides_behind_both() -> None:
    """An item that two of the fourteen left out shows neither fourteen minus two nor the class minus it."""
    assert group(12, 24, 14) == Group(12, 10, 13)
    assert group(22, 24, 22) == Group(22, 20, 23)


@given(st.integers(6, 60), st.integers(1, 4), st.data())
def test_no_count_gives_a_hidden_size_away(whole: int, missing: int, data: st.DataObject) -> None:
    """Where the size is a range, what is shown of a count does not depend on where in it the size lies."""
    learners = group(whole - missing, whole)
    c = data.draw(st.integers(0, learners.n))
    shown = count(c, learners)

    assert shown.low <= c <= shown.high
    assert (shown.of_low, shown.of_high) == (whole - 4, whole - 1)
    assert shown.exact or {shown.low, shown.high} <= {0, K - 1, whole - 8, whole - 1}


# --- a row of first answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tempting", "largest", "k"), [(1, 40, 5), (2, 32, 5), (3, 28, 5), (4, 24, 5), (2, 45, 10)])
def test_no_row_gives_a_small_cell_away(tempting: int, largest: int, k: int) -> None:
    """For every row of first answers, no answer and no sum of answers under five can be pinned from what is shown."""
    for n in range(k, largest + 1):
        truths = ((first_choices(r[0], r[1:], group(n), k=k), r) for r in rows_of(n, tempting + 1))
        assert pinned(truths, n, k) == []


@given(st.lists(st.integers(0, 40), min_size=2, max_size=6), st.integers(0, 6), st.integers(K, 10))
def test_rows_never_lie(row: list[int], missing: int, k: int) -> None:
    """What is shown of a row holds, and what is named is the most chosen of the tempting answers."""
    n = sum(row)
    if n == 0:
        return
    shown = first_choices(row[0], row[1:], group(n, n + missing, k=k), k=k)

    assert told_truly(shown.best, row[0], n)
    if shown.tempting is not None and shown.count is not None:
        assert row[1 + shown.tempting] == max(row[1:])
        assert told_truly(shown.count, max(row[1:]), n)
    assert (shown.tempting is None) == (shown.count is None)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((10, 8, 6), ("10 of 24", 0, "8 of 24")),
        ((12, 10, 1, 1), ("12 of 24", 0, "8 to 12 of 24")),
        ((2, 20, 2), ("fewer than 5 of 24", 0, "all but fewer than 5 of 24")),
        ((3, 9, 12), ("fewer than 5 of 24", 1, "5 to 19 of 24")),
        ((16, 6, 2), ("16 of 24", None, "")),
        ((22, 2, 0), ("all but fewer than 5 of 24", None, "")),
        ((12, 4, 4, 4), ("12 of 24", None, "")),
        ((12, 5, 4, 3), ("12 of 24", None, "")),
        ((10, 14), ("10 of 24", 0, "14 of 24")),
    ],
)
def test_what_a_row_shows(row: tuple[int, ...], expected: tuple[str, int | None, str]) -> None:
    """Rows as they come in a class of 24, and what an instructor reads of each."""
    shown = first_choices(row[0], row[1:], group(24))

    assert (shown.best.text, shown.tempting, shown.count.text if shown.count else "") == expected


def test_a_row_without_tempting_answers_shows_the_best_only() -> None:
    """An item where every answer is best tempts nobody."""
    assert first_choices(20, [], group(24)) == Choices(count(20, group(24)))


# --- one thing or the other -------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [9, 12, 15, 20, 24])
def test_a_union_gives_no_group_away(n: int) -> None:
    """From two counts and that of their union, nobody learns how few did only one, both or neither."""

    def shown(only_a: int, only_b: int, both: int) -> tuple[Count, ...]:
        a, b = count(only_a + both, group(n)), count(only_b + both, group(n))
        return a, b, union(only_a + only_b + both, [a, b], group(n))

    truths = ((shown(*row[:3]), row) for row in rows_of(n, 4))

    assert pinned(truths, n, K) == []


@pytest.mark.parametrize("n", [9, 12, 15, 20, 24])
def test_a_union_with_something_not_shown_gives_no_group_away(n: int) -> None:
    """The same where only one of the two counts is shown, as beside a line that is written."""

    def shown(a: int, only_b: int) -> tuple[Count, ...]:
        first = count(a, group(n))
        return first, union(a + only_b, [first], group(n))

    truths = ((shown(*row[:2]), row) for row in rows_of(n, 3))

    assert pinned(truths, n, K) == []


def test_a_union_says_no_more_than_its_parts_where_a_difference_is_small() -> None:
    """Where two learners did only the second thing, the union is as many as did the first, or more."""
    a = count(14, group(24))

    assert union(16, [a], group(24)).text == "14 or more of 24"
    assert union(19, [a], group(24)).text == "19 of 24"
