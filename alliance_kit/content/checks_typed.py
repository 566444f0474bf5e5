"""How a scenario takes typed words: rules, answers, asides and levels, checked without a walk."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_kit.content.checks_scenario import ENDINGS, MAX_STEPS, replies_of
from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.surroundings import Check, Surroundings, repeated, unknown
from alliance_kit.errors import ExerciseFileError
from alliance_kit.model import Branch, Scenario
from alliance_kit.simulation import BOUND, DIMENSIONS, END, State, holds, lines_of

ANSWERS = ("asked", "heard", "checked", "told", "offered", "hurt")
MIN_ASIDES = {
    "unclear": 8,
    "short": 3,
    "silent": 3,
    "off_topic": 5,
    "pasted": 2,
    "foreign": 2,
    "again": 4,
    "goes_on": 4,
    "term": 3,
    "limit": 1,
}
"""So many lines of each kind, so that nobody hears the patient repeat herself before the visit goes on."""
MAX_ANSWER_WORDS, MAX_HEARS_WORDS = 45, 15
STARTERS = 2


def typed_lines(scenario: Scenario) -> Iterator[tuple[str, Place]]:
    """Yield everything that the patient says to typed words, with its place."""
    for name, scene in scenario.scenes.items():
        if scene.typed is not None:
            for answer in (*ANSWERS, "cue"):
                yield getattr(scene.typed, answer), ("scenes", name, "typed", answer)
    if scenario.hearing is None:
        return
    for pool in MIN_ASIDES:
        for index, line in enumerate(getattr(scenario.hearing.asides, pool)):
            yield line, ("hearing", "asides", pool, index)
    for index, fact in enumerate(scenario.hearing.facts):
        yield fact.says, ("hearing", "facts", index, "says")
    for index, reveal in enumerate(scenario.hearing.reveals):
        yield reveal.says, ("hearing", "reveals", index, "says")


def typed_words_lead_on(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S01, S04, S07: where typed words lead exists, and the last way on has no condition."""
    for name, scene in scenario.scenes.items():
        if scene.typed is None:
            continue
        place: Place = ("scenes", name, "typed", "next")
        way = scene.typed.next
        branches = (Branch(to=way),) if isinstance(way, str) else way
        for branch in branches:
            yield from unknown("S01", "the scene", [branch.to], {*scenario.scenes, END}, place, indexed=False)
            yield from _unreadable(branch.when, place)
        if not branches or branches[-1].when.strip():
            yield Fault(code="S07", message="the last branch is taken only under a condition.", place=place)
    if scenario.hearing is not None:
        for index, reveal in enumerate(scenario.hearing.reveals):
            yield from _unreadable(reveal.when, ("hearing", "reveals", index, "when"))


def _unreadable(condition: str, place: Place) -> Iterator[Fault]:
    try:
        holds(condition, State())
    except ExerciseFileError:
        yield Fault(code="S04", message=f"the condition {condition!r} cannot be read.", place=place)


def rules_are_sound(scenario: Scenario, near: Surroundings) -> Iterator[Fault]:
    """F10, F11, F13, W03: rules have known microskills, ids of their own, small steps, and short thoughts."""
    if scenario.hearing is None:
        return
    heard = scenario.hearing
    for what, names in (
        ("rule", [rule.id for rule in heard.rules]),
        ("fact", [fact.id for fact in heard.facts]),
        ("reveal", [reveal.id for reveal in heard.reveals]),
    ):
        yield from repeated("F13", what, ((n, ("hearing", f"{what}s", i, "id")) for i, n in enumerate(names)))
    for index, rule in enumerate(heard.rules):
        place: Place = ("hearing", "rules", index)
        yield from unknown("F11", "the microskill", rule.any, near.microskills, (*place, "any"))
        yield from unknown("F11", "the microskill", rule.unless, near.microskills, (*place, "unless"))
        for dimension in DIMENSIONS:
            steps = getattr(rule.effects, dimension)
            if abs(steps) > MAX_STEPS:
                found = f"{steps:+d} steps; typed words move {dimension} by at most {MAX_STEPS}."
                yield Fault(code="F10", message=found, place=(*place, "effects", dimension))
        for each, thought in enumerate(rule.hears):
            if (count := len(thought.split())) > MAX_HEARS_WORDS:
                found = f"'hears' has {count} words, at most {MAX_HEARS_WORDS}."
                yield Fault(code="W03", message=found, place=(*place, "hears", each))


def typed_texts_are_there(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """F09, W07: every answer is written, and short enough to be spoken."""
    for line, place in typed_lines(scenario):
        if not line.strip() and place[-1] != "cue":
            yield Fault(code="F09", message=f"'{place[-1]}' is empty.", place=place)
        if (count := len(line.split())) > MAX_ANSWER_WORDS:
            found = f"{count} words, at most {MAX_ANSWER_WORDS}."
            yield Fault(code="W07", message=found, place=place)


def every_scene_hears(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S20, S21: typed words are taken in every scene or in none; where care is due there is a cue, and words for it."""
    with_typed = {name for name, scene in scenario.scenes.items() if scene.typed is not None}
    if not with_typed and scenario.hearing is None:
        return
    if scenario.hearing is None:
        yield Fault(code="S20", message="scenes take typed words, but there are no rules.", place=("scenes",))
    for name, scene in scenario.scenes.items():
        if scene.typed is None:
            yield Fault(code="S20", message=f"the scene {name!r} takes no typed words.", place=("scenes", name))
        elif any(r.meets and r.quality == "strong" for r in scene.replies) and not scene.typed.cue.strip():
            found = f"a step of care is due in {name!r}, and there is no cue."
            yield Fault(code="S21", message=found, place=("scenes", name, "typed"))
    for index, item in enumerate(scenario.safety):
        if not item.words or not all(any(word.strip(" *") for word in group) for group in item.words):
            found = f"no words show that {item.id!r} was done."
            yield Fault(code="S21", message=found, place=("safety", index))


def levels_are_sound(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """F10, F13, S22: each level once, within the scale, and the file's own level as the file's own state."""
    for index, each in enumerate(scenario.levels):
        place: Place = ("levels", index)
        for dimension in DIMENSIONS:
            if not abs(getattr(each.state, dimension)) < BOUND:
                yield Fault(code="F10", message=f"{dimension} starts outside the scale.", place=(*place, "state"))
        if each.level == scenario.level and each.state != scenario.state:
            found = f"level {each.level} is the file's own and starts elsewhere than 'state'."
            yield Fault(code="S22", message=found, place=place)
    ids = ((str(each.level), ("levels", index, "level")) for index, each in enumerate(scenario.levels))
    yield from repeated("F13", "level", ids)


def nothing_is_said_twice(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T18: all that the patient can say is different, so that she never repeats herself in a run."""
    seen: dict[str, Place] = {}
    said: list[tuple[str, Place]] = [
        (line.says, ("scenes", name, "patient")) for name, scene in scenario.scenes.items() for line in lines_of(scene)
    ]
    said += [(reply.answers, (*place, "answers")) for _, reply, place in replies_of(scenario)]
    said += [(ending.says, ("endings", name, "says")) for name, ending in scenario.endings.items() if name in ENDINGS]
    for line, place in (*said, *typed_lines(scenario)):
        flat = " ".join(line.split()).casefold()
        if flat and flat in seen and scenario.hearing is not None:
            yield Fault(code="T18", message=f"the line {line.strip()[:40]!r} stands twice.", place=place)
        seen.setdefault(flat, place)


def there_is_enough_to_say(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T19, T20, T21: enough asides, beginnings to choose from, and lines that differ with the level."""
    if scenario.hearing is None:
        return
    for pool, least in MIN_ASIDES.items():
        lines = getattr(scenario.hearing.asides, pool)
        place: Place = ("hearing", "asides", pool)
        if len(lines) < least:
            yield Fault(code="T19", message=f"{len(lines)} lines for {pool!r}, at least {least}.", place=place)
        if pool == "term" and not all("{term}" in line for line in lines):
            yield Fault(code="T19", message="a line does not hold {term}.", place=place)
    for name, scene in scenario.scenes.items():
        if scene.typed is not None and len(scene.typed.starters) != STARTERS:
            found = f"{len(scene.typed.starters)} beginnings in {name!r}, exactly {STARTERS}."
            yield Fault(code="T20", message=found, place=("scenes", name, "typed", "starters"))
    conditions = [line.when for scene in scenario.scenes.values() for line in lines_of(scene)]
    if len(scenario.levels) > 1 and not any("level" in condition for condition in conditions):
        yield Fault(code="T21", message="the levels differ in nothing that the patient says.", place=("levels",))


SCENARIO_TYPED: tuple[Check, ...] = (
    typed_words_lead_on,
    rules_are_sound,
    typed_texts_are_there,
    every_scene_hears,
    levels_are_sound,
)
SCENARIO_TYPED_TEACHING: tuple[Check, ...] = (nothing_is_said_twice, there_is_enough_to_say)
