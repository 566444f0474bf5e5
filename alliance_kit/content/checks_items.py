"""Checks of drill sets, goal cases, worked examples, reflections, role plays and scales."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from alliance_kit.content.checks_scenario import patient_lines
from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.surroundings import Check, Surroundings, repeated, unknown
from alliance_kit.grading.drills import grade_drill
from alliance_kit.model import (
    Context,
    Cue,
    DrillItem,
    DrillSet,
    Example,
    GoalCase,
    Reflection,
    Response,
    RolePlay,
    Scale,
)

MIN_CHOICES = 2
MIN_SAMPLES = 2
MIN_BASELINE = 3
MIN_EXAMPLE_LINES = 8
STEPS = (3, 11)
"""A scale with two steps is a yes or no, one beyond eleven cannot be told apart."""


def _empty(texts: list[tuple[str, Place]]) -> Iterator[Fault]:
    for text, place in texts:
        if not text.strip():
            yield Fault(code="F09", message=f"'{place[-1]}' is empty.", place=place)


def _no_entries(name: str, entries: tuple[object, ...]) -> Iterator[Fault]:
    if not entries:
        yield Fault(code="K07", message=f"'{name}' is empty.", place=(name,))


# --- drill sets ---------------------------------------------------------------------------------------------------


def items_are_sound(drill: DrillSet, near: Surroundings) -> Iterator[Fault]:
    """F09, F11, F12, F13, K07: ids, parts, sources and stems of the items."""
    yield from _no_entries("items", drill.items)
    yield from repeated("F13", "item", ((item.id, ("items", i, "id")) for i, item in enumerate(drill.items)))
    for index, item in enumerate(drill.items):
        at: Place = ("items", index)
        yield from _empty([(item.stem, (*at, "stem"))])
        yield from unknown("F11", "the part", [item.part], near.parts, (*at, "part"), indexed=False)
        yield from unknown("F12", "the source", item.source, near.sources, (*at, "source"))
        choices = ((choice.id, (*at, "choices", i, "id")) for i, choice in enumerate(item.choices))
        yield from repeated("F13", "choice", choices)


def choices_are_sound(drill: DrillSet, _: Surroundings) -> Iterator[Fault]:
    """D01, D02, D03, D07, F09, W01: each choice item has one best choice, and says something about every one."""
    for index, item in enumerate(drill.items):
        at: Place = ("items", index)
        if item.kind == "rewrite":
            continue
        if item.cues or item.samples:
            yield Fault(code="D07", message=f"cues or samples in a {item.kind!r} item.", place=at)
        if len(item.choices) < MIN_CHOICES:
            yield Fault(code="D02", message=f"{len(item.choices)} choices.", place=at)
        elif (best := sum(choice.best for choice in item.choices)) != 1:
            yield Fault(code="D01", message=f"{best} choices are 'best'.", place=(*at, "choices"))
        for number, choice in enumerate(item.choices):
            place = (*at, "choices", number)
            yield from _empty([(choice.text, (*place, "text"))])
            if not choice.feedback.strip():
                yield Fault(code="D03", message=f"no feedback on {choice.id!r}.", place=(*place, "feedback"))
            if choice.words not in choice.text:
                found = f"{choice.words!r} does not stand in 'text'."
                yield Fault(code="W01", message=found, place=(*place, "words"))


def rewritings_are_sound(drill: DrillSet, _: Surroundings) -> Iterator[Fault]:
    """D04 to D09: each rewriting says what it looks for, and its own samples have it."""
    for index, item in enumerate(drill.items):
        at: Place = ("items", index)
        if item.kind != "rewrite":
            continue
        if item.choices:
            yield Fault(code="D07", message="choices in a 'rewrite' item.", place=(*at, "choices"))
        if not item.line.strip():
            yield Fault(code="D08", message="there is no line to rewrite.", place=at)
        if not item.cues:
            yield Fault(code="D04", message="there are no cues.", place=at)
        if len(item.samples) < MIN_SAMPLES:
            yield Fault(code="D05", message=f"{len(item.samples)} samples.", place=at)
        for number, cue in enumerate(item.cues):
            yield from _cue_faults(cue, (*at, "cues", number))
        yield from _sample_faults(item, at)


def _cue_faults(cue: Cue, at: Place) -> Iterator[Fault]:
    yield from _empty([(cue.note, (*at, "note")), (cue.missing, (*at, "missing"))])
    if not cue.any:
        yield Fault(code="D09", message=f"the cue {cue.criterion!r} lists no phrases.", place=(*at, "any"))
    for index, phrase in enumerate(cue.any):
        stem = phrase.removesuffix("*")
        if not stem.strip() or "*" in stem:
            yield Fault(code="D09", message=f"the phrase {phrase!r} finds nothing.", place=(*at, "any", index))


def _sample_faults(item: DrillItem, at: Place) -> Iterator[Fault]:
    """Yield D06 where the grader would not give a sample, were it a learner's own, every cue."""
    # A sample is graded as if it were the learner's own line: without the samples, which it would be a copy of.
    bare = DrillSet(
        schema_version=1,
        id="samples",
        version="1.0.0",
        kind="drill",
        title="",
        minutes=1,
        strategies=(),
        objectives=(),
        source=(),
        items=(replace(item, samples=()),),
    )
    for number, sample in enumerate(item.samples):
        response = Response("samples", "", 1, {"item": item.id, "text": sample})
        unmet = [finding for finding in grade_drill(bare, response, Context()).findings if finding.level != "met"]
        if unmet:
            criteria = ", ".join(repr(finding.criterion) for finding in unmet)
            found = f"the sample does not meet {criteria}: {unmet[0].why}"
            yield Fault(code="D06", message=found, place=(*at, "samples", number))


def choices_are_not_guessable(drill: DrillSet, _: Surroundings) -> Iterator[Fault]:
    """G08, G09: neither length nor place gives the best choice away."""
    items = [item for item in drill.items if sum(choice.best for choice in item.choices) == 1]
    if len(items) < 4:  # in fewer items half is chance
        return
    places = Counter(next(i for i, choice in enumerate(item.choices) if choice.best) for item in items)
    longest = sum(max(item.choices, key=lambda choice: len(choice.text)).best for item in items)
    place, count = places.most_common(1)[0]
    if longest * 2 > len(items):
        yield Fault(
            code="G08", message=f"the best is the longest in {longest} of {len(items)} items.", place=("items",)
        )
    if count * 2 > len(items):
        found = f"the best stands at place {place + 1} in {count} of {len(items)} items."
        yield Fault(code="G09", message=found, place=("items",))


# --- the other kinds ----------------------------------------------------------------------------------------------


def goal_case_is_sound(case: GoalCase, _: Surroundings) -> Iterator[Fault]:
    """F09, F13: what the learner reads is there."""
    yield from _empty([(case.task, ("task",))])
    yield from _empty([(text, ("baseline", i)) for i, text in enumerate(case.baseline)])
    yield from _empty([(text, ("samples", i)) for i, text in enumerate(case.samples)])
    wishes = enumerate(case.patient.wishes)
    yield from repeated("F13", "wish", ((wish.id, ("patient", "wishes", i, "id")) for i, wish in wishes))


def goal_case_fits_its_scenario(case: GoalCase, near: Surroundings) -> Iterator[Fault]:
    """K01, K02, W02: the patient is the one the learner has met."""
    scenario = near.scenario(case.scenario)
    if scenario is None:
        yield Fault(code="K01", message=f"there is no scenario {case.scenario!r}.", place=("scenario",))
        return
    if case.patient != scenario.patient:
        yield Fault(code="K02", message=f"not the same as in {case.scenario!r}.", place=("patient",))
    lines = [" ".join(line.split()) for line in patient_lines(scenario)]
    for index, wish in enumerate(case.patient.wishes):
        if not any(" ".join(wish.says.split()) in line for line in lines):
            place: Place = ("patient", "wishes", index, "says")
            yield Fault(code="W02", message=f"the patient never says {wish.says!r}.", place=place)


def goal_case_has_enough(case: GoalCase, _: Surroundings) -> Iterator[Fault]:
    """K03, K04: there is something to measure from and to compare with."""
    if len(case.samples) < MIN_SAMPLES:
        yield Fault(code="K03", message=f"{len(case.samples)} sample goals.", place=("samples",))
    if len(case.baseline) < MIN_BASELINE:
        yield Fault(code="K04", message=f"{len(case.baseline)} measured facts.", place=("baseline",))


def example_is_sound(example: Example, near: Surroundings) -> Iterator[Fault]:
    """F09, F11, K05, K06: a worked example shows enough, and says what to notice."""
    yield from _empty([(line.says, ("lines", i, "says")) for i, line in enumerate(example.lines)])
    for index, line in enumerate(example.lines):
        parts = [line.part] if line.part else []
        yield from unknown("F11", "the part", parts, near.parts, ("lines", index, "part"), indexed=False)
    if len(example.lines) < MIN_EXAMPLE_LINES or not any(line.note for line in example.lines):
        yield Fault(code="K05", message=f"{len(example.lines)} lines.", place=("lines",))
    if not example.notice:
        yield Fault(code="K06", message="'notice' is empty.", place=("notice",))


def reflection_is_sound(reflection: Reflection, _: Surroundings) -> Iterator[Fault]:
    """F09, F13, K07: there is something to ask oneself."""
    yield from _no_entries("prompts", reflection.prompts)
    yield from _empty([(prompt.ask, ("prompts", i, "ask")) for i, prompt in enumerate(reflection.prompts)])
    prompts = enumerate(reflection.prompts)
    yield from repeated("F13", "prompt", ((prompt.id, ("prompts", i, "id")) for i, prompt in prompts))


def role_play_is_sound(role_play: RolePlay, _: Surroundings) -> Iterator[Fault]:
    """F09, F13, K07: what stands before the box is there, and what has to be agreed to."""
    for name in ("how", "agree", "share", "form", "questions"):
        yield from _no_entries(name, getattr(role_play, name))
    yield from _empty([(getattr(role_play, name), (name,)) for name in ("purpose", "never", "stays")])
    for name in ("how", "form", "questions"):
        yield from _empty([(text, (name, i)) for i, text in enumerate(getattr(role_play, name))])
    ticks = [(each, (name, i)) for name in ("agree", "share") for i, each in enumerate(getattr(role_play, name))]
    yield from _empty([(each.text, (*place, "text")) for each, place in ticks])
    yield from repeated("F13", "tick", ((each.id, (*place, "id")) for each, place in ticks))


def scale_is_sound(scale: Scale, _: Surroundings) -> Iterator[Fault]:
    """F09, F10, F13, K07: there is something to rate, between two ends with names."""
    yield from _no_entries("items", scale.items)
    yield from _empty([(scale.low, ("low",)), (scale.high, ("high",))])
    yield from _empty([(item.text, ("items", i, "text")) for i, item in enumerate(scale.items)])
    yield from repeated("F13", "item", ((item.id, ("items", i, "id")) for i, item in enumerate(scale.items)))
    if not STEPS[0] <= scale.steps <= STEPS[1]:
        found = f"{scale.steps} steps; a scale has {STEPS[0]} to {STEPS[1]}."
        yield Fault(code="F10", message=found, place=("steps",))


DRILL_STRUCTURE: tuple[Check, ...] = (items_are_sound, choices_are_sound, rewritings_are_sound)
DRILL_TEACHING: tuple[Check, ...] = (choices_are_not_guessable,)
GOAL_STRUCTURE: tuple[Check, ...] = (goal_case_is_sound,)
GOAL_TEACHING: tuple[Check, ...] = (goal_case_fits_its_scenario, goal_case_has_enough)
EXAMPLE_STRUCTURE: tuple[Check, ...] = (example_is_sound,)
REFLECTION_STRUCTURE: tuple[Check, ...] = (reflection_is_sound,)
ROLE_PLAY_STRUCTURE: tuple[Check, ...] = (role_play_is_sound,)
SCALE_STRUCTURE: tuple[Check, ...] = (scale_is_sound,)
