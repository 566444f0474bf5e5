"""The first answers of a class as one compact table: a few numbers per answer, and no word that a learner typed.

Drill items: the first answer to each. Talks: every scene of the first finished run. Hand-ins come as a stream and are
let go one by one; what stays is a row of numbers per answer, and each exercise once per version.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from alliance_kit.cohort.small_groups import K
from alliance_kit.errors import ExerciseFileError, UnknownSkillError
from alliance_kit.handin import HandIn, Understood, understand
from alliance_kit.journal import Run
from alliance_kit.model import AnyExercise, DrillItem, DrillSet, Reply, Scenario, Scene
from alliance_kit.simulation import branches_of
from alliance_kit.skills import parts_shown_by

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]  # it brings no types, and its stubs are no dependency

LeftOut = Callable[[HandIn, ExerciseFileError], None]
COLUMNS = ("learner", "version", "place", "answer", "best")
WRITTEN = -1
"""Stands for the answer to an item in which a line is written: whatever was written, it is not kept."""


@dataclass(slots=True)
class FirstAnswers:
    """What a class answered first.

    Attributes
    ----------
    learners : how many handed in
    synthetic : whether any of them is invented
    days : the days on which they handed in, ISO, one each
    numbers : digest -> number of the version, in the order in which they were met
    versions : the exercises by that number, drills and talks only
    rows : five columns of whole numbers, see `frame`
    """

    learners: int = 0
    synthetic: bool = False
    days: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    versions: list[AnyExercise] = field(default_factory=list)
    rows: dict[str, array[int]] = field(default_factory=lambda: {name: array("i") for name in COLUMNS})

    def frame(self) -> pd.DataFrame:
        """Return one row per learner and first answer, in the order met.

        Returns
        -------
        DataFrame, all int: learner (from 0), version (its number), place (of the item or scene in its
        exercise), answer (place of the choice or reply; -1: written), best (1: a best answer, 0: another)
        """
        import pandas as pd  # noqa: PLC0415 — only a class report needs it

        return pd.DataFrame({name: pd.Series(column, dtype="int32") for name, column in self.rows.items()})


def first_answers(hand_ins: Iterable[HandIn], left_out: LeftOut | None = None) -> FirstAnswers:
    """Return the first answers of a class, one merged hand-in per learner.

    Parameters
    ----------
    left_out : told of a hand-in that cannot be understood, which is then not counted

    Raises
    ------
    ExerciseFileError: a hand-in cannot be understood, and nobody is there to be told.
    """
    found = FirstAnswers()
    for hand_in in hand_ins:
        try:
            work = understand(hand_in.lines)
        except ExerciseFileError as error:
            if left_out is None:
                raise
            left_out(hand_in, error)
            continue
        _add(found, hand_in, work)
    return found


def _add(found: FirstAnswers, hand_in: HandIn, work: Understood) -> None:
    for digest, place, answer, best in (*_drills(work), *_talks(work)):
        version = found.numbers.setdefault(digest, len(found.numbers))
        if version == len(found.versions):
            found.versions.append(work.exercises[digest])
        for name, value in zip(COLUMNS, (found.learners, version, place, answer, int(best)), strict=True):
            found.rows[name].append(value)
    found.learners += 1
    found.synthetic |= hand_in.synthetic
    found.days.append(hand_in.made[:10])


def _drills(work: Understood) -> Iterator[tuple[str, int, int, bool]]:
    """Yield (digest, place, answer, best) of each item's first answer; a written one is best if all cues are met."""
    seen: set[tuple[str, int]] = set()
    for answer in sorted(work.answers, key=lambda a: (a.response.attempt, a.at)):
        digest, exercise = answer.response.digest, work.exercises.get(answer.response.digest)
        if not isinstance(exercise, DrillSet):
            continue
        place = next((i for i, item in enumerate(exercise.items) if item.id == answer.item), None)
        if place is None or (digest, place) in seen:
            continue
        item = exercise.items[place]
        if item.kind == "rewrite":
            levels = [finding.level for finding in answer.feedback.findings] if answer.feedback else []
            seen.add((digest, place))
            yield digest, place, WRITTEN, len(levels) == len(item.cues) and set(levels) == {"met"}
        elif (chosen := _chosen(item, answer.response.answer)) is not None:
            seen.add((digest, place))
            yield digest, place, chosen, item.choices[chosen].best


def _chosen(item: DrillItem, answer: object) -> int | None:
    choice = answer.get("choice") if isinstance(answer, dict) else None
    return next((i for i, offered in enumerate(item.choices) if offered.id == choice), None)


def _talks(work: Understood) -> Iterator[tuple[str, int, int, bool]]:
    """Yield (digest, place, answer, best) of every scene of the first finished run of each talk."""
    first: dict[str, Run] = {}
    for run in sorted(work.runs.values(), key=lambda r: (r.attempt, r.at)):
        if run.ended and isinstance(work.exercises.get(run.digest), Scenario):
            first.setdefault(run.digest, run)
    for digest, run in first.items():
        scenes = scenes_of(work.exercises[digest])
        seen: set[int] = set()
        for turn in work.turns(run):
            place = next((i for i, (name, _) in enumerate(scenes) if name == turn.scene), None)
            if place is None or place in seen:
                continue
            replies = scenes[place][1].replies
            answer = next((i for i, reply in enumerate(replies) if reply.id == turn.reply), None)
            if answer is not None:
                seen.add(place)
                yield digest, place, answer, replies[answer].quality == "strong"


def scenes_of(exercise: object) -> list[tuple[str, Scene]]:
    """Return the scenes of a talk in the order in which a visit may come to them; none for other exercises.

    Hand-ins keep exercises with sorted keys, so the file's own order is lost.
    """
    if not isinstance(exercise, Scenario):
        return []
    waiting, order = [exercise.start], dict[str, Scene]()
    while waiting:
        name = waiting.pop(0)
        if name in exercise.scenes and name not in order:
            order[name] = exercise.scenes[name]
            waiting += [branch.to for reply in order[name].replies for branch in branches_of(reply)]
    return list(order.items())


# --- which versions count, and what shows which part ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Counted:
    """The version of an exercise that most learners worked on first; `others` worked only on other versions."""

    version: int
    exercise: AnyExercise
    learners: int
    others: int


def counted_versions(found: FirstAnswers) -> tuple[Counted, ...]:
    """Return the version of each exercise that counts: the one most used; drills first, then talks, by id."""
    frame = found.frame()
    used = frame.groupby("version")["learner"].unique()
    digests = list(found.numbers)
    by_exercise: dict[tuple[str, str], list[int]] = {}
    for version, exercise in enumerate(found.versions):
        by_exercise.setdefault((exercise.kind, exercise.id), []).append(version)
    counted = []
    for _, versions in sorted(by_exercise.items()):
        most = max(versions, key=lambda v: (len(used[v]), digests[v]))
        everybody = {learner for version in versions for learner in used[version]}
        learners = len(used[most])
        counted.append(Counted(most, found.versions[most], learners, len(everybody) - learners))
    return tuple(counted)


def shows_table(counted: Iterable[Counted]) -> pd.DataFrame:
    """Return which answers show which part of a strategy.

    A drill item is a chance for its part, and a best answer takes it. A scene is a chance for a part that a strong
    reply there shows through its skills; a reply takes it that shows it too and is not a poor one, since a label such
    as *information* also stands on replies that close the patient up.

    Returns
    -------
    DataFrame: version, place, answer (int; an answer that is best, `WRITTEN` too), part (str), source (str, `short` or
    `talk`); one row per way of taking a chance. The chances are its distinct (version, place, part).
    """
    import pandas as pd  # noqa: PLC0415 — as above

    rows = [row for each in counted for row in (_shown_in_drill(each) or _shown_in_talk(each))]
    return pd.DataFrame(rows, columns=["version", "place", "answer", "part", "source"])


def _shown_in_drill(each: Counted) -> list[tuple[int, int, int, str, str]]:
    if not isinstance(each.exercise, DrillSet):
        return []
    rows = []
    for place, item in enumerate(each.exercise.items):
        best = [i for i, choice in enumerate(item.choices) if choice.best] if item.kind != "rewrite" else [WRITTEN]
        rows += [(each.version, place, answer, item.part, "short") for answer in best]
    return rows


def _shown_in_talk(each: Counted) -> list[tuple[int, int, int, str, str]]:
    rows = []
    for place, (_, scene) in enumerate(scenes_of(each.exercise)):
        replies = scene.replies
        chances = {part for reply in replies if reply.quality == "strong" for part in parts_of_reply(reply)}
        rows += [
            (each.version, place, answer, part, "talk")
            for answer, reply in enumerate(replies)
            if reply.quality != "poor"
            for part in parts_of_reply(reply)
            if part in chances
        ]
    return rows


def parts_of_reply(reply: Reply) -> tuple[str, ...]:
    """Return the parts that a reply shows, each once; a label that this version does not know shows none."""
    parts: dict[str, None] = {}
    for skill in reply.skills:
        try:
            parts.update(dict.fromkeys(part.id for part in parts_shown_by(skill)))
        except UnknownSkillError:
            continue
    return tuple(parts)


def span(days: Iterable[str], k: int = K) -> tuple[str, str]:
    """Return the `k`-th and the `k`-th last day of handing in, if most learners lie between; the very ends show one."""
    ordered = sorted(days)
    return (ordered[k - 1], ordered[-k]) if len(ordered) > 4 * (k - 1) else ("", "")
