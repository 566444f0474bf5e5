"""How single items did: who found the best answer at first, what tempted, and whether the item tells learners apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from alliance_kit.cohort.analysis._frames import Counted, scenes_of
from alliance_kit.cohort.small_groups import Choices, Count, Group, K, first_choices, group
from alliance_kit.model import Choice, DrillItem, DrillSet, Reply, Scene
from alliance_kit.simulation import lines_of

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # it brings no types, and its stubs are no dependency

Where = Literal["short", "talk"]
FROM_LEARNERS = 20
"""Below it a correlation says nothing: even at 20 learners chance alone moves it by about 0.4 either way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One keyed item and what may be said of its first answers.

    `place` is its id in the exercise, `line` what the learner had before her, `tempting` the text of the most chosen
    answer that is not best, empty where it may not be named. `apart` is the corrected item-rest correlation, to one
    decimal: more would only pretend to be exact, and could be calculated back.
    """

    exercise: str
    title: str
    place: str
    where: Where
    line: str
    best: Count
    tempting: str = ""
    tempted: Count | None = None
    apart: float | None = None

    @property
    def tempts(self) -> bool:
        """Whether one tempting answer was surely chosen by more learners than the best ones together."""
        return self.tempted is not None and self.tempted.low > self.best.high

    @property
    def reversed(self) -> bool:
        """Whether those who gave the best answer did worse on everything else, by more than chance explains.

        Chance alone moves a correlation of n learners by about one over the root of n; twice that is asked for.
        """
        return self.apart is not None and self.apart <= -2 / math.sqrt(self.best.of_low)

    @property
    def misleads(self) -> bool:
        """Whether the item needs a look before anything is read into it."""
        return self.tempts or self.reversed


@dataclass(frozen=True, slots=True)
class Studied:
    """An item as seen and as it is in the file: the tempting answer stands by its place among all answers."""

    view: ItemView
    counted: Counted
    place: int
    tempting: int | None


def studied_items(frame: pd.DataFrame, counted: tuple[Counted, ...], class_size: int, k: int = K) -> list[Studied]:
    """Return all keyed items that anything may be said of, exercise by exercise, in the order of a visit.

    Parameters
    ----------
    frame : as `frames.FirstAnswers.frame`, the counted versions only
    """
    apart = discrimination(frame)
    rows = {(int(version), int(place)): part for (version, place), part in frame.groupby(["version", "place"])}
    found = []
    for each in counted:
        for place in range(len(keyed(each))):
            if keyed(each)[place] and (each.version, place) in rows:
                made = _studied(each, place, rows[each.version, place], class_size, k)
                found.append(_with_apart(made, apart.get((each.version, place)), k))
    return [made for made in found if made.view.best.told]


def keyed(each: Counted) -> list[tuple[bool, ...]]:
    """Return for each item or scene which of its answers are best; an empty tuple where it has no key."""
    match each.exercise:
        case DrillSet():
            keys = [tuple(choice.best for choice in item.choices) for item in each.exercise.items]
        case _:
            keys = [tuple(r.quality == "strong" for r in scene.replies) for _, scene in scenes_of(each.exercise)]
    return [key if any(key) and not all(key) else () for key in keys]


def answers_of(each: Counted, place: int) -> tuple[Choice, ...] | tuple[Reply, ...]:
    """Return what could be chosen at an item or scene."""
    found = item_of(each, place)[1]
    return found.choices if isinstance(found, DrillItem) else found.replies


def item_of(each: Counted, place: int) -> tuple[str, DrillItem | Scene]:
    """Return an item or a scene by its place, with its id."""
    if isinstance(each.exercise, DrillSet):
        item = each.exercise.items[place]
        return item.id, item
    return scenes_of(each.exercise)[place]


def line_of(found: DrillItem | Scene) -> str:
    """Return what the learner had before her: the patient's line, or what the item asks about it.

    A scene may open with different lines; the one that needs no condition stands for all.
    """
    if isinstance(found, DrillItem):
        return found.patient or found.stem
    lines = lines_of(found)
    return next((line.says for line in lines if not line.when), lines[-1].says if lines else "")


def _studied(each: Counted, place: int, rows: pd.DataFrame, class_size: int, k: int) -> Studied:
    item_id, found = item_of(each, place)
    answers, learners = answers_of(each, place), group_of(len(rows), each, class_size, k)
    key = keyed(each)[place]
    others = [i for i, best in enumerate(key) if not best]
    chosen = rows["answer"].value_counts()
    choices: Choices = first_choices(int(rows["best"].sum()), [int(chosen.get(i, 0)) for i in others], learners, k=k)
    tempting = None if choices.tempting is None else others[choices.tempting]
    view = ItemView(
        exercise=each.exercise.id,
        title=each.exercise.title,
        place=item_id,
        where="short" if isinstance(found, DrillItem) else "talk",
        line=line_of(found),
        best=choices.best,
        tempting="" if tempting is None else said_by(answers[tempting]),
        tempted=choices.count,
    )
    return Studied(view, each, place, tempting)


def said_by(answer: Choice | Reply) -> str:
    """Return the words of an answer as the learner saw them."""
    return answer.text if isinstance(answer, Choice) else answer.say


def group_of(n: int, each: Counted, class_size: int, k: int = K) -> Group:
    """Return `n` learners of an exercise as a group whose size does not give away the few who are missing."""
    return group(n, class_size, each.learners, k=k)


def _with_apart(made: Studied, number: float | None, k: int) -> Studied:
    """Return the item with its discrimination, if both sides are large enough to be shown."""
    best = made.view.best
    if number is None or not best.exact or best.of_low < max(FROM_LEARNERS, 2 * k):
        return made
    values = {name: getattr(made.view, name) for name in ItemView.__slots__}
    return Studied(ItemView(**values | {"apart": round(number, 1) + 0.0}), made.counted, made.place, made.tempting)


def discrimination(frame: pd.DataFrame) -> dict[tuple[int, int], float]:
    """Return the corrected item-rest correlation of each keyed item (Pearson).

    The rest is the share of best answers among the learner's other keyed first answers: a share, since paths through
    a talk differ in length. Items without spread, and learners without other answers, give no number.

    Parameters
    ----------
    frame : version, place, answer, best, learner; answers that were written are left out here

    Returns
    -------
    (version, place) -> number from -1 to 1
    """
    rows = frame[frame["answer"] >= 0]
    total = rows.groupby("learner")["best"].agg(["sum", "count"])
    rows = rows.join(total, on="learner")
    rows = rows[rows["count"] > 1]
    rows = rows.assign(rest=(rows["sum"] - rows["best"]) / (rows["count"] - 1))
    found = {}
    for (version, place), part in rows.groupby(["version", "place"]):
        if len(part) >= FROM_LEARNERS and part["best"].nunique() > 1 and part["rest"].nunique() > 1:
            found[int(version), int(place)] = float(part["best"].corr(part["rest"]))
    return found
