"""Structure of a conversation, checked without a walk: ids, places, conditions, steps of care, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.surroundings import Check, Surroundings, repeated, unknown
from alliance_kit.errors import ExerciseFileError
from alliance_kit.model import Branch, Line, Reply, Scenario
from alliance_kit.simulation import BOUND, END, State, branches_of, holds, lines_of, longest_from

ENDINGS = ("open", "mid", "closed", "unsafe")
MAX_STEPS = 2
"""A reply moves the alliance by at most two steps: three would outweigh any other turn."""
_FACT = re.compile(r"(met|said)\s+([a-z][a-z0-9-]*)")


def replies_of(scenario: Scenario) -> Iterator[tuple[str, Reply, Place]]:
    """Yield every reply with its scene and its place in the file."""
    for name, scene in scenario.scenes.items():
        for index, reply in enumerate(scene.replies):
            yield name, reply, ("scenes", name, "replies", index)


def _guards(scenario: Scenario) -> Iterator[tuple[tuple[Line | Branch, ...], Place]]:
    """Yield every list of lines or branches, in which the first that holds is taken."""
    for name, scene in scenario.scenes.items():
        if not isinstance(scene.patient, str):
            yield scene.patient, ("scenes", name, "patient")
    for _, reply, place in replies_of(scenario):
        if not isinstance(reply.next, str):
            yield reply.next, (*place, "next")


def patient_lines(scenario: Scenario) -> frozenset[str]:
    """Return every different thing that the patient can say."""
    said = [line.says for scene in scenario.scenes.values() for line in lines_of(scene)]
    said += [reply.answers for _, reply, _ in replies_of(scenario)]
    said += [ending.says for ending in scenario.endings.values()]
    return frozenset(line.strip() for line in said if line.strip())


def scenes_exist(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S01: every way leads to a scene or to the end."""
    if scenario.start not in scenario.scenes:
        yield from unknown("S01", "the scene", [scenario.start], scenario.scenes.keys(), ("start",), indexed=False)
    known = {*scenario.scenes, END}
    for _name, reply, place in replies_of(scenario):
        for index, branch in enumerate(branches_of(reply)):
            at = (*place, "next") if isinstance(reply.next, str) else (*place, "next", index, "to")
            yield from unknown("S01", "the scene", [branch.to], known, at, indexed=False)


def scenes_are_reached(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S02: every scene can be reached from the start."""
    reached, ahead = {scenario.start}, [scenario.start]
    while ahead:
        scene = scenario.scenes.get(ahead.pop())
        targets = {b.to for reply in scene.replies for b in branches_of(reply)} if scene else set()
        ahead += sorted(targets - reached)
        reached |= targets
    for name in scenario.scenes:
        if name not in reached:
            yield Fault(code="S02", message=f"no way leads to the scene {name!r}.", place=("scenes", name))


def scenes_move_forward(scenario: Scenario, near: Surroundings) -> Iterator[Fault]:
    """S03, S13, S14: no loop, no scene without a reply, none called `end`."""
    for name, scene in scenario.scenes.items():
        if not scene.replies:
            yield Fault(code="S13", message=f"the scene {name!r} has no replies.", place=("scenes", name, "replies"))
        if name == END:
            yield Fault(code="S14", message="a scene is called 'end'.", place=("scenes", name))
    whole = all(scene.replies and all(map(branches_of, scene.replies)) for scene in scenario.scenes.values())
    if whole and END not in scenario.scenes and not any(scenes_exist(scenario, near)):
        try:
            longest_from(scenario)
        except (ExerciseFileError, RecursionError) as fault:
            found = str(fault).removeprefix(f"{scenario.id}: ").partition(". ")[0]
            yield Fault(code="S03", message=f"{found or 'the scenes go on without end'}.", place=("scenes",))


def ids_are_unique(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """F13: replies, steps of care and wishes have ids of their own."""
    yield from repeated("F13", "reply", ((r.id, (*place, "id")) for _, r, place in replies_of(scenario)))
    yield from repeated("F13", "safety", ((s.id, ("safety", i, "id")) for i, s in enumerate(scenario.safety)))
    wishes = enumerate(scenario.patient.wishes)
    yield from repeated("F13", "wish", ((w.id, ("patient", "wishes", i, "id")) for i, w in wishes))


def conditions_are_readable(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S04, S05: conditions can be read and speak about ids that exist."""
    conditions = [
        (guard.when, (*place, index, "when"))
        for guards, place in _guards(scenario)
        for index, guard in enumerate(guards)
    ]
    conditions += [(walk.expect, ("tests", index, "expect")) for index, walk in enumerate(scenario.tests)]
    known = {
        "met": {item.id for item in scenario.safety},
        "said": {reply.id for _, reply, _ in replies_of(scenario)},
    }
    for condition, place in conditions:
        for part in condition.split(" and ") if condition.strip() else ():
            try:
                holds(part, State())
            except ExerciseFileError:
                yield Fault(code="S04", message=f"the condition {part.strip()!r} cannot be read.", place=place)
        for kind, name in _FACT.findall(condition):
            yield from unknown("S05", f"'{kind}' asks for the id", [name], known[kind], place, indexed=False)


def the_last_always_holds(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S07, S08: of lines and branches the last has no condition, and only the last."""
    for guards, place in _guards(scenario):
        what = "line" if place[-1] == "patient" else "branch"
        if not guards or guards[-1].when.strip():
            at = (*place, len(guards) - 1) if guards else place
            found = f"the last {what} is said only when {guards[-1].when!r}." if guards else f"there is no {what}."
            yield Fault(
                code="S07", message=found.replace("is said", "is taken") if what == "branch" else found, place=at
            )
        for index, guard in enumerate(guards[:-1]):
            if not guard.when.strip():
                found = f"nothing behind this {what} is ever reached: it has no 'when'."
                yield Fault(code="S08", message=found, place=(*place, index))


def endings_are_complete(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S09: there are words for every way in which a visit can end."""
    for name in ENDINGS:
        if name not in scenario.endings:
            yield Fault(code="S09", message=f"the ending {name!r} is missing.", place=("endings",))


def care_is_possible(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S10, S11, S12: steps of care exist, become due, and can be taken."""
    known = {item.id for item in scenario.safety}
    raised: set[str] = set()
    met: set[str] = set()
    for name, scene in scenario.scenes.items():
        raised |= set(scene.raises)
        yield from unknown("S10", "the safety id", scene.raises, known, ("scenes", name, "raises"))
    for _name, reply, place in replies_of(scenario):
        met |= set(reply.meets)
        yield from unknown("S10", "the safety id", reply.meets, known, (*place, "meets"))
        yield from unknown("S10", "the safety id", reply.breaches, known, (*place, "breaches"))
    for index, item in enumerate(scenario.safety):
        breached = any(item.id in reply.breaches for _, reply, _ in replies_of(scenario))
        due = item.always or item.id in raised
        if due and item.id not in met:
            yield Fault(code="S11", message=f"no reply meets {item.id!r}, which is due.", place=("safety", index))
        if not due and not breached:
            yield Fault(code="S12", message=f"{item.id!r} never becomes due.", place=("safety", index))


def numbers_are_in_range(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """F10, S18: effects, start and pace fit the scale."""
    for _name, reply, place in replies_of(scenario):
        for dimension in ("bond", "goals", "tasks"):
            steps = getattr(reply.effects, dimension)
            if abs(steps) > MAX_STEPS:
                found = f"{steps:+d} steps; a reply moves {dimension} by at most {MAX_STEPS}."
                yield Fault(code="F10", message=found, place=(*place, "effects", dimension))
    for dimension in ("bond", "goals", "tasks"):
        start = getattr(scenario.state, dimension)
        if not abs(start) < BOUND:
            found = f"{dimension} starts at {start}; the scale goes from -{BOUND:.0f} to +{BOUND:.0f}."
            yield Fault(code="F10", message=found, place=("state", dimension))
    if not 0 < scenario.pace.gain < scenario.pace.loss <= BOUND:
        found = f"gain is {scenario.pace.gain} and loss is {scenario.pace.loss}."
        yield Fault(code="S18", message=found, place=("pace",))


def skills_are_known(scenario: Scenario, near: Surroundings) -> Iterator[Fault]:
    """F11, F12: microskills and sources of replies exist."""
    for _name, reply, place in replies_of(scenario):
        yield from unknown("F11", "the microskill", reply.skills, near.microskills, (*place, "skills"))
        yield from unknown("F12", "the source", reply.source, near.sources, (*place, "source"))


SCENARIO_STRUCTURE: tuple[Check, ...] = (
    scenes_exist,
    scenes_are_reached,
    scenes_move_forward,
    ids_are_unique,
    conditions_are_readable,
    the_last_always_holds,
    endings_are_complete,
    care_is_possible,
    numbers_are_in_range,
    skills_are_known,
)
