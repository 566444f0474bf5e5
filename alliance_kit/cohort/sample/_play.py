"""How synthetic learners work through the exercises: real engine, real graders, and lines as the sessions keep them.

What the sessions record stands in `alliance_kit.sessions`; here only the hand that clicks is invented. Grading and its
JSON are kept per exercise and answer, because a class gives the same few answers many times.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Sequence

from alliance_kit.cohort.sample import _persona as people
from alliance_kit.cohort.sample._journal import SampleJournal, known_exercise
from alliance_kit.cohort.sample._persona import Persona, Written
from alliance_kit.cohort.sample._talk import Talk
from alliance_kit.cohort.sample._texts import reflection_texts, written_text
from alliance_kit.grading import grade
from alliance_kit.library import exercise_ids
from alliance_kit.model import (
    AnyExercise,
    Context,
    DrillItem,
    DrillSet,
    Example,
    Feedback,
    GoalCase,
    Reflection,
    Response,
    Scale,
    Scenario,
)
from alliance_kit.plain import Json, to_json
from alliance_kit.sessions.drill import MAX_CONFIDENCE_ITEMS

_DRAFTS = 5
"""How many texts a revision is picked from, the one nearest to the version before."""
_WORD = re.compile(r"[a-z]{4,}")


def work(persona: Persona, journal: SampleJournal, exercise: AnyExercise) -> None:
    """Work through one exercise as this learner does, into the journal."""
    chance = persona.chance(exercise.id)
    match exercise:
        case Scenario():
            Talk(persona, journal, exercise, chance).play()
        case DrillSet():
            _drill(persona, journal, exercise, chance)
        case GoalCase():
            _goal(persona, journal, exercise, chance)
        case Example():
            _example(persona, journal, exercise, chance)
        case Scale():
            _scale(persona, journal, exercise, chance)
        case Reflection():
            _reflection(persona, journal, exercise, chance)


# --- short items ------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=65_536)
def _item_feedback(drill_id: str, item: str, key: str, value: str) -> tuple[Feedback, Json]:
    """Return the feedback on an item, and the same as plain JSON; where and when it was answered does not matter."""
    feedback = grade(known_exercise(drill_id), Response(drill_id, "", 1, {"item": item, key: value}))
    return feedback, to_json(feedback)


def _drill(persona: Persona, journal: SampleJournal, drill: DrillSet, chance: random.Random) -> None:
    """Answer the items one after the other, all but a few learners to the last, some of them a second time."""
    rounds = 2 if chance.random() < 0.12 else 1
    stop = 1 + int(chance.random() * len(drill.items)) if chance.random() < 0.12 else len(drill.items)
    for attempt in range(1, rounds + 1):
        able = people.bounded(persona.able(drill.strategies, drill.id) + (attempt - 1) * 2 * persona.learns)
        asked = _asked_items(drill, attempt)
        for item in drill.items[: stop if attempt == rounds else len(drill.items)]:
            _answer(persona, journal, drill, item, attempt, able=able, asked=item.id in asked, chance=chance)


def _asked_items(drill: DrillSet, attempt: int) -> list[str]:
    """Return the items that ask for confidence in this round, as `DrillSession` picks them."""
    marked = [item.id for item in drill.items if item.confidence]
    start = ((attempt - 1) * MAX_CONFIDENCE_ITEMS) % len(marked) if marked else 0
    return (marked[start:] + marked[:start])[:MAX_CONFIDENCE_ITEMS]


def _answer(
    persona: Persona,
    journal: SampleJournal,
    drill: DrillSet,
    item: DrillItem,
    attempt: int,
    *,
    able: float,
    asked: bool,
    chance: random.Random,
) -> None:
    if item.kind == "rewrite":
        key, values = "text", _rewritings(persona, drill, item, able, chance)
        right = 0.5
    else:
        choice = people.choose_choice(drill, item, able, chance)
        key, values, right = "choice", [choice.id], float(choice.best)
    for value in values:
        started = journal.stamp()
        journal.wait((8 + 50 * chance.random()) * persona.habit.pace)
        response = Response(
            exercise=drill.id,
            digest=journal.keep(drill.id),
            attempt=attempt,
            answer={"item": item.id, key: value},
            confidence=people.confidence_given(persona, len(item.choices) or None, right, chance) if asked else None,
            started=started,
            answered=journal.stamp(),
        )
        journal.add_answer(response, *_item_feedback(drill.id, item.id, key, value), item=item.id)


def _rewritings(persona: Persona, drill: DrillSet, item: DrillItem, able: float, chance: random.Random) -> list[str]:
    """Return what is written, and written anew where the first line was not what it could be."""
    quality = people.written_quality(able, people.difficulty(drill, item)[0], chance)
    texts = [written_text(drill.id, item.id, item.samples, quality, chance)]
    if quality != "good" and chance.random() < 0.3:
        texts.append(written_text(drill.id, item.id, item.samples, _better(quality), chance))
    return list(dict.fromkeys(_typed(persona, text) for text in texts))


def _better(quality: Written) -> Written:
    return people.WRITTEN[min(len(people.WRITTEN) - 1, people.WRITTEN.index(quality) + 1)]


def _typed(persona: Persona, text: str) -> str:
    """Return a text as this learner types: most as it stands, some without a capital or the last full stop."""
    way = persona.chance("typing").random()
    if way < 0.1:
        return text[:1].lower() + text[1:]
    return text.removesuffix(".") if way < 0.25 else text


# --- goals ------------------------------------------------------------------------------------------------------


def _goal(persona: Persona, journal: SampleJournal, case: GoalCase, chance: random.Random) -> None:
    """Write one to three versions, from the first idea to what this learner can do."""
    heard = [turn for run in journal.runs(case.scenario) for turn in run.turns]
    said = tuple(dict.fromkeys(line for turn in heard for line in (turn.line, turn.answer_line) if line))
    for attempt, text in enumerate(_versions(persona, case, chance), start=1):
        started = journal.stamp()
        journal.wait((60 + 240 * chance.random()) * persona.habit.pace)
        response = Response(
            exercise=case.id,
            digest=journal.keep(case.id),
            attempt=attempt,
            answer={"text": text},
            started=started,
            answered=journal.stamp(),
        )
        feedback = grade(case, response, Context(said=said))
        journal.add_answer(response, feedback, to_json(feedback))


def _versions(persona: Persona, case: GoalCase, chance: random.Random) -> list[str]:
    able = persona.able(case.strategies, case.id)
    quality = people.written_quality(people.bounded(able - 0.2), 0.5, chance)
    texts = [written_text(case.id, "text", case.samples, quality, chance)]
    for _ in range(chance.choices((0, 1, 2), (0.2, 0.45, 0.35))[0]):
        if quality == "good":  # who has written a good one leaves it
            break
        quality = _better(quality) if chance.random() < 0.75 else quality
        drafts = [written_text(case.id, "text", case.samples, quality, chance) for _ in range(_DRAFTS)]
        texts.append(_revised(texts[-1], drafts))
    return list(dict.fromkeys(_typed(persona, text) for text in texts))


def _revised(text: str, drafts: Sequence[str]) -> str:
    """Return the draft that shares most words with the version before: people rarely turn to another goal."""
    before = set(_WORD.findall(text.lower()))
    return max(drafts, key=lambda draft: len(before.intersection(_WORD.findall(draft.lower()))))


# --- quiet pages ------------------------------------------------------------------------------------------------


def _keep_page(journal: SampleJournal, exercise: AnyExercise, answers: Sequence[Json], seconds: float) -> None:
    """Keep a page's answer each time that it changed, as `alliance_kit.sessions.pages` does."""
    started = journal.stamp()
    for attempt, answer in enumerate(answers, start=1):
        journal.wait(seconds)
        response = Response(
            exercise=exercise.id,
            digest=journal.keep(exercise.id),
            attempt=attempt,
            answer=answer,
            started=started,
            answered=journal.stamp(),
        )
        feedback = grade(exercise, response)
        journal.add_answer(response, feedback, to_json(feedback))


def _example(persona: Persona, journal: SampleJournal, example: Example, chance: random.Random) -> None:
    """Read an example line by line, or all at once; a few leave before its end."""
    stops = [index + 1 for index, line in enumerate(example.lines) if line.note]
    stops = [*stops, *([] if stops[-1:] == [len(example.lines)] else [len(example.lines)])]
    if chance.random() < 0.4:
        stops = stops[-1:]
    elif chance.random() < 0.1:
        stops = stops[: max(1, len(stops) // 2)]
    _keep_page(journal, example, [{"seen": seen} for seen in stops], 20 * persona.habit.pace)


def _scale(persona: Persona, journal: SampleJournal, scale: Scale, chance: random.Random) -> None:
    """Rate oneself, more by habit than by ability."""
    feels = people.bounded(0.3 + 0.3 * persona.ability + persona.habit.sure)
    answers: list[dict[str, Json]] = []
    for item in scale.items:
        value = 1 + int(scale.steps * people.bounded(feels + 0.4 * (chance.random() - 0.5)))
        answers.append({**(answers[-1] if answers else {}), item.id: value})
    _keep_page(journal, scale, answers, 9 * persona.habit.pace)


def _reflection(persona: Persona, journal: SampleJournal, reflection: Reflection, chance: random.Random) -> None:
    """Write to most prompts, in words that are synthetic and say so."""
    met = {run.exercise for run in journal.runs()}
    texts = reflection_texts(reflection, persona.number, persona.seed, _called(met), chance)
    last = list(texts)[-1]
    if len(texts) > 1 and chance.random() < 0.15:
        del texts[last]
    _keep_page(journal, reflection, [texts], 240 * persona.habit.pace)


def _called(met: set[str]) -> list[str]:
    """Return the names of the patients in talks that were not played."""
    talks = (known_exercise(exercise_id) for exercise_id in exercise_ids())
    unmet = [talk for talk in talks if isinstance(talk, Scenario) and talk.id not in met]
    return [name for talk in unmet for name in (talk.patient.called,) if name]
