"""Moments for a class to talk about: what many first said, with a question that accuses nobody.

The question follows advocacy-inquiry (Rudolph et al. 2006): I noticed, I was thinking, what was going on for you. Its
wording stands in `exercises/lexicons/debrief_questions.csv`; the column `when` names the microskills or effects that it
is for. A question never carries its own answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alliance_kit.cohort.analysis._items import Studied, Where, answers_of, item_of, said_by
from alliance_kit.cohort.small_groups import Count, K
from alliance_kit.library import csv_rows
from alliance_kit.model import Choice, DrillItem, Reply, Scenario, Scene
from alliance_kit.simulation import DIMENSIONS
from alliance_kit.skills import microskills, parts

MANY = 3
EFFECTS = ("care", "rupture", *DIMENSIONS, "any")
"""What a question can be for besides a microskill of a reply, or the strategy that a short item is about: a step of
care passed over, a strain, a state that fell."""


@dataclass(frozen=True, slots=True)
class Question:
    """A debrief question in three sentences: what was noticed, the honest thought about it, and what is asked."""

    id: str
    noticed: str
    thinking: str
    asking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A moment to talk about: the line, what many said first to it, what may have been heard, what else there was."""

    exercise: str
    title: str
    place: str
    where: Where
    patient: str
    line: str
    said: str
    count: Count
    heard: str
    better: str
    question: Question


def moments(items: Iterable[Studied], k: int = K, many: int = MANY) -> tuple[Moment, ...]:
    """Return up to `many` moments, the most frequent first, each from another exercise while there is one.

    Only what may be shown decides: an item is taken where at least `k` learners surely chose the same tempting answer
    first, in the order of what is said of their number.
    """
    tempting = [each for each in items if each.view.tempted is not None and each.view.tempted.low >= k]
    left = sorted(tempting, key=_order)
    picked: list[Studied] = []
    while left and len(picked) < many:
        used = {each.view.exercise for each in picked}
        best = next((each for each in left if each.view.exercise not in used), left[0])
        left.remove(best)
        picked.append(best)
    asked: set[str] = set()
    return tuple(_moment(each, asked) for each in sorted(picked, key=_order))


def _order(each: Studied) -> tuple[int, str, int]:
    tempted = each.view.tempted
    return (-(tempted.low + tempted.high) if tempted else 0, each.view.exercise, each.place)


def _moment(each: Studied, asked: set[str]) -> Moment:
    answers, found = answers_of(each.counted, each.place), item_of(each.counted, each.place)[1]
    answer = answers[each.tempting or 0]
    best = next(a for a in answers if (a.best if isinstance(a, Choice) else a.quality == "strong"))
    exercise = each.counted.exercise
    patient = exercise.patient.called if isinstance(exercise, Scenario) else ""
    question = question_for(answer, found, patient, asked)
    asked.add(question.id)
    return Moment(
        exercise=exercise.id,
        title=exercise.title,
        place=each.view.place,
        where=each.view.where,
        patient=patient if not isinstance(found, DrillItem) else "",
        line=each.view.line,
        said=said_by(answer),
        count=each.view.tempted or each.view.best,
        heard=answer.feedback if isinstance(answer, Choice) else answer.hears,
        better=said_by(best),
        question=question,
    )


def question_for(
    answer: Choice | Reply, found: DrillItem | Scene, patient: str = "", asked: Iterable[str] = ()
) -> Question:
    """Return the debrief question for an answer: the first that fits and has not been asked yet, else the first.

    Parameters
    ----------
    found : the item or scene in which it was chosen
    patient : as the patient is called; empty: "the patient"
    asked : ids of questions that were asked already
    """
    table = csv_rows("debrief_questions")
    rows = {row["id"]: row for kind in _kinds(answer, found) for row in table if kind in row["when"].split()}
    row = next((row for row in rows.values() if row["id"] not in asked), next(iter(rows.values())))
    filled = {"words": answer.words or said_by(answer), "patient": patient or "the patient"}
    texts = {name: _filled(row[name], filled) for name in ("noticed", "thinking", "asking")}
    return Question(row["id"], **texts)


def _filled(pattern: str, words: dict[str, str]) -> str:
    """Return a pattern with its places filled; not by `str.format`, which would read braces in the content as well."""
    first, *pieces = pattern.split("{")
    return first + "".join(words[name] + rest for name, _, rest in (piece.partition("}") for piece in pieces))


def _kinds(answer: Choice | Reply, found: DrillItem | Scene) -> Iterator[str]:
    """Yield what an answer is, most telling first: care passed over, hindering moves, other moves, what fell."""
    if isinstance(answer, Reply) and isinstance(found, Scene):
        yield from ["care"] if answer.breaches or set(found.raises) - set(answer.meets) else []
        yield from sorted(answer.skills, key=lambda skill: not _hinders(skill))
        yield from ["rupture"] if answer.rupture else []
        yield from (name for name in DIMENSIONS if getattr(answer.effects, name) < 0)
    if isinstance(found, DrillItem):
        yield from (known.strategy for known in parts() if known.id == found.part)
    yield "any"


def _hinders(skill: str) -> bool:
    return any(known.id == skill and known.direction == "hinders" for known in microskills())
