"""What can be said about a class without showing anybody: the parts, the items, three moments to talk about.

`class_view` reads a stream of hand-ins and gives plain values that have passed the rule of `small_groups`; what is
written to disk holds no count that the rule hides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from alliance_kit.cohort.analysis._crossing import shown_together
from alliance_kit.cohort.analysis._frames import (
    Counted,
    FirstAnswers,
    LeftOut,
    counted_versions,
    first_answers,
    shows_table,
    span,
)
from alliance_kit.cohort.analysis._items import ItemView, studied_items
from alliance_kit.cohort.analysis._moments import Moment, moments
from alliance_kit.cohort.analysis._parts import Parts
from alliance_kit.cohort.small_groups import Count, K, checked, count, group
from alliance_kit.handin import HandIn
from alliance_kit.skills import parts

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # it brings no types, and its stubs are no dependency

__all__ = ["ClassView", "ItemView", "Moment", "OtherVersions", "PartView", "Verdict", "class_view", "verdict"]

Verdict = Literal["strong", "mixed", "weak", "not clear", "too few to tell"]
STRONG, WEAK = (2, 3), (1, 2)
"""Strong: at least two thirds of the learners did it at least half the time. Weak: fewer than half of them did. House
limits, so that the words on the page mean the same in every class; they are no standard of competence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartView:
    """One part of a strategy: how many did it in at least half of their chances, in short exercises and in talks.

    None where nobody had a chance, or where too few had one.
    """

    part: str
    short: Count | None = None
    talk: Count | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVersions:
    """An exercise of which some learners worked on other versions only; those are not counted."""

    title: str
    version: str
    learners: Count


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassView:
    """What may be said about a class; under `k` learners nothing but that, and `learners` is 0 then.

    `first_day` and `last_day` (ISO, may be empty) are those by which, and from which on, `k` learners had handed in.
    """

    k: int
    learners: int
    synthetic: bool
    first_day: str = ""
    last_day: str = ""
    parts: tuple[PartView, ...] = ()
    items: tuple[ItemView, ...] = ()
    moments: tuple[Moment, ...] = ()
    others: tuple[OtherVersions, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether the class is large enough for anything to be shown."""
        return self.learners >= self.k


def class_view(hand_ins: Iterable[HandIn], *, k: int = K, left_out: LeftOut | None = None) -> ClassView:
    """Return what may be said about a class.

    Parameters
    ----------
    hand_ins : one merged hand-in per learner; read once, let go one by one
    k : learners, the smallest group that is shown; 5 or more
    left_out : told of a hand-in that cannot be understood, which is then not counted

    Raises
    ------
    ReportError: `k` is below 5.
    ExerciseFileError: a hand-in cannot be understood, and nobody is there to be told.
    """
    checked(k)
    found = first_answers(hand_ins, left_out)
    if found.learners < k:
        return ClassView(k=k, learners=0, synthetic=found.synthetic)
    counted = counted_versions(found)
    frame = found.frame()
    frame = frame[frame["version"].isin([each.version for each in counted])]
    together = shown_together(studied_items(frame, counted, found.learners, k), frame, k)
    items = together.items
    first_day, last_day = span(found.days, k)
    return ClassView(
        k=k,
        learners=found.learners,
        synthetic=found.synthetic,
        first_day=first_day,
        last_day=last_day,
        parts=_parts(frame, counted, Parts(shows_table(counted), counted, together, found.learners, k)),
        items=tuple(each.view for each in items),
        moments=moments(items, k),
        others=_others(counted, found, k),
    )


def verdict(counted: Count | None) -> Verdict:
    """Return in words how a class did on a part; a range gets a word that holds for all of it, or is not clear."""
    if counted is None or not counted.told:
        return "too few to tell"
    low, high, fewest, most = counted.low, counted.high, counted.of_low, counted.of_high
    if low * STRONG[1] >= most * STRONG[0]:
        return "strong"
    if high * WEAK[1] < fewest * WEAK[0]:
        return "weak"
    return "mixed" if low * WEAK[1] >= most * WEAK[0] and high * STRONG[1] < fewest * STRONG[0] else "not clear"


def did_parts(frame: pd.DataFrame, shows: pd.DataFrame) -> pd.DataFrame:
    """Return how often each learner took the chances she had, first tries only.

    Parameters
    ----------
    frame : as `frames.FirstAnswers.frame`
    shows : as `frames.shows_table`

    Returns
    -------
    DataFrame, one row per source, part and learner, sorted by them; chances, taken (int), did (bool: at least half)
    """
    import pandas as pd  # noqa: PLC0415 — only a class report needs it

    # Version by version, since each answer becomes a row per part: the whole at once would take ten times the memory.
    taken = [_taken(rows, shows[shows["version"] == version]) for version, rows in frame.groupby("version")]
    summed = pd.concat(taken).groupby(["source", "part", "learner"], as_index=False)[["chances", "taken"]].sum()
    return summed.assign(did=2 * summed["taken"] >= summed["chances"])


def _taken(rows: pd.DataFrame, shows: pd.DataFrame) -> pd.DataFrame:
    """Return the chances and those taken, by source, part and learner, in one version of an exercise."""
    chances = rows.merge(shows[["place", "part", "source"]].drop_duplicates(), on="place")
    taking = shows[["place", "answer", "part"]].drop_duplicates().assign(shown=1)
    both = chances.merge(taking, on=["place", "answer", "part"], how="left")
    # A written line has one place for all answers, so it is the cues that say whether the chance was taken.
    both["taken"] = both["shown"].notna() & ((both["answer"] >= 0) | (both["best"] == 1))
    per = both.groupby(["source", "part", "learner"])["taken"].agg(chances="count", taken="sum")
    return per.reset_index()


def _parts(frame: pd.DataFrame, counted: tuple[Counted, ...], guard: Parts) -> tuple[PartView, ...]:
    if frame.empty:
        return ()
    per = did_parts(frame, shows_table(counted))
    sums = {key: (len(rows), int(rows["did"].sum())) for key, rows in per.groupby(["source", "part"])}
    short = {part: guard.short(part, *sum_) for (source, part), sum_ in sums.items() if source == "short"}
    talk = guard.talks({part: sum_ for (source, part), sum_ in sums.items() if source == "talk"})
    views = (PartView(part=part.id, short=short.get(part.id), talk=talk.get(part.id)) for part in parts())
    return tuple(view for view in views if any(each and each.told for each in (view.short, view.talk)))


def _others(counted: tuple[Counted, ...], found: FirstAnswers, k: int) -> tuple[OtherVersions, ...]:
    return tuple(
        OtherVersions(
            title=each.exercise.title,
            version=each.exercise.version,
            learners=count(each.others, group(each.learners + each.others, found.learners, k=k), k=k),
        )
        for each in counted
        if each.others
    )
