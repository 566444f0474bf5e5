"""Checks that walk through a conversation: where good, middling, poor and thoughtless ways end.

Good ways (strong replies only) are enumerated up to a bound, the rest is sampled with a seed of its own for each
scenario: the same file gives the same findings on every machine, in well under two seconds.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.surroundings import Check, Surroundings
from alliance_kit.model import EndingName, Quality, Reply, Scenario, Scene
from alliance_kit.simulation import (
    Move,
    Position,
    State,
    begin,
    branches_of,
    early_bounds,
    ending_of,
    holds,
    levels_of,
    lines_of,
    longest_from,
    step,
    take,
    walks,
)

MIN_GOOD_TURNS = 8
MIN_GOOD_WAYS = 2
MAX_GOOD_WALKS = 600
RANDOM_WALKS = 1_500
"""At a true share of 2 %, 1,500 walks show 5 % or more with a chance far below one in a million."""
LEANING_WALKS = 100
LEVEL_WALKS = 24
MAX_USUAL_TURNS = 30
"""Beyond this length fewer walks are taken, so that a check of any file ends in seconds."""
MAX_RANDOM_OPEN = 0.05
_RANK: dict[Quality, int] = {"strong": 0, "workable": 1, "poor": 2}

Pick = Callable[[Scene], Reply]


@dataclass(slots=True)
class Survey:
    """What the walks through a scenario showed."""

    good: list[tuple[Move, ...]] = field(default_factory=list)
    random_walks: int = 0
    random_open: int = 0
    spoken: set[tuple[str, int]] = field(default_factory=set)
    taken: set[tuple[str, int]] = field(default_factory=set)

    def note(self, scenario: Scenario, move: Move) -> None:
        """Remember which branch was taken and which line was spoken."""
        state = move.after.state
        branches = branches_of(move.reply)
        if len(branches) > 1:
            self.taken.add((move.reply.id, next(i for i, b in enumerate(branches) if holds(b.when, state))))
        if not move.after.over:
            self.arrive(scenario, move.after)

    def arrive(self, scenario: Scenario, position: Position) -> None:
        """Remember which line was spoken."""
        lines = lines_of(scenario.scenes[position.scene])
        if len(lines) > 1:
            said = next(i for i, line in enumerate(lines) if holds(line.when, position.state))
            self.spoken.add((position.scene, said))


def survey(scenario: Scenario) -> Survey:
    """Return what many different walks through a sound scenario show."""
    found = Survey()
    first = begin(scenario)
    for level in levels_of(scenario):
        if level != scenario.level:
            _survey_level(scenario, begin(scenario, level), found)
    effort = min(1.0, MAX_USUAL_TURNS / longest_from(scenario)[scenario.start])
    found.good = list(walks(scenario, round(MAX_GOOD_WALKS * effort), _strong))
    for move in dict.fromkeys(move for walk in found.good for move in walk):
        found.note(scenario, move)
    found.random_walks = round(RANDOM_WALKS * effort)
    chance = random.Random(scenario.id)  # noqa: S311 — sampling walks, nothing secret
    for _ in range(found.random_walks):
        last = _walk(scenario, first, lambda scene: chance.choice(scene.replies))
        found.random_open += ending_of(scenario, last.state) == "open"
    for quality in _RANK:
        for wanted in (0.6, 0.9):
            for _ in range(round(LEANING_WALKS * effort)):
                _walk(scenario, first, _leaning(quality, wanted, chance), found)
    return found


def _survey_level(scenario: Scenario, first: Position, found: Survey) -> None:
    """Note which lines are spoken at one level, the first ones included."""
    found.arrive(scenario, first)
    chance = random.Random(f"{scenario.id}/{first.state.level}")  # noqa: S311 — as below
    effort = min(1.0, MAX_USUAL_TURNS / longest_from(scenario)[scenario.start])
    for quality in _RANK:
        for _ in range(round(LEVEL_WALKS * effort)):
            _walk(scenario, first, _leaning(quality, 0.8, chance), found)


def _strong(scene: Scene) -> tuple[Reply, ...]:
    return tuple(reply for reply in scene.replies if reply.quality == "strong")


def _leaning(quality: Quality, wanted: float, chance: random.Random) -> Pick:
    """Return a way of choosing that prefers one quality with probability `wanted`."""

    def pick(scene: Scene) -> Reply:
        preferred = [reply for reply in scene.replies if reply.quality == quality]
        return chance.choice(preferred if preferred and chance.random() < wanted else scene.replies)

    return pick


def _walk(scenario: Scenario, position: Position, pick: Pick, found: Survey | None = None) -> Position:
    """Walk to the end and return the last position."""
    while not position.over:
        scene = scenario.scenes[position.scene]
        move = take(scenario, position, pick(scene))
        if found is not None:
            found.note(scenario, move)
            # A look at the ways not taken: a branch off a rarely reached state would be missed by walking alone.
            for reply in scene.replies:
                if not isinstance(reply.next, str) and reply is not move.reply:
                    found.note(scenario, take(scenario, position, reply))
        position = move.after
    return position


def _said(moves: tuple[Move, ...], most: int = 12) -> str:
    """Return a walk as its reply ids, the first few."""
    ids = [move.reply.id for move in moves]
    return ", ".join(ids[:most]) + (", …" if len(ids) > most else "")


def _how(scenario: Scenario, state: State) -> str:
    """Return how a walk ended, with the numbers an author needs to see why."""
    numbers = ", ".join(f"{name} {getattr(state, name):+.2f}" for name in ("bond", "goals", "tasks"))
    return f"{ending_of(scenario, state)} ({numbers}{', ruptured' if state.rupture else ''})"


# --- test walks: quick, and part of the structure ------------------------------------------------------------------


def recorded_walks_hold(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S15, S16, S17: the recorded walks can be walked, and end as they say."""
    reached: set[EndingName] = set()
    for index, walk in enumerate(scenario.tests):
        place: Place = ("tests", index)
        position = begin(scenario)
        for turn, reply_id in enumerate(walk.replies):
            known = [] if position.over else [reply.id for reply in scenario.scenes[position.scene].replies]
            if reply_id not in known:
                where = f"the scene {position.scene!r} has {', '.join(known)}" if known else "the visit is over by then"
                found = f"turn {turn + 1}, {reply_id!r}: {where}."
                yield Fault(code="S15", message=found, place=(*place, "replies", turn))
                break
            position = step(scenario, position, reply_id).after
        else:
            if not position.over:
                found = f"the walk stops in the scene {position.scene!r}."
                yield Fault(code="S15", message=found, place=(*place, "replies"))
                continue
            reached.add(ending_of(scenario, position.state))
            yield from _walk_faults(scenario, index, position.state)
    for name in ("open", "mid", "closed", "unsafe"):
        if name not in reached:
            yield Fault(code="S17", message=f"no test walk ends {name}.", place=("tests",))


def _walk_faults(scenario: Scenario, index: int, state: State) -> Iterator[Fault]:
    walk = scenario.tests[index]
    how = _how(scenario, state)
    if ending_of(scenario, state) != walk.ending:
        found = f"it ends {how}, the file says {walk.ending}."
        yield Fault(code="S16", message=found, place=("tests", index, "ending"))
    for part in walk.expect.split(" and ") if walk.expect.strip() else ():
        if not holds(part, state):
            found = f"{part.strip()!r} does not hold; it ends {how}."
            yield Fault(code="S16", message=found, place=("tests", index, "expect"))


# --- what walks teach ------------------------------------------------------------------------------------------------


def nothing_is_reached_early(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """S19: the scale is long enough for the visit."""
    told: set[str] = set()
    for dimension, scene, turn in early_bounds(scenario):
        if dimension not in told:
            told.add(dimension)
            found = f"{dimension} could reach its bound in the scene {scene!r} at turn {turn}."
            yield Fault(code="S19", message=found, place=("scenes", scene))


def walks_teach(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T01, T02, T03, S06, G05: good ways are good, several and long; chance is none; all that is there is used."""
    found = survey(scenario)
    yield from _good_way_faults(scenario, found)
    yield from _unused(scenario, found)
    if (share := found.random_open / found.random_walks) >= MAX_RANDOM_OPEN:
        message = f"random replies end open in {100 * share:.0f} of 100 walks."
        yield Fault(code="G05", message=message, place=("scenes",))


def _good_way_faults(scenario: Scenario, found: Survey) -> Iterator[Fault]:
    bad = [moves for moves in found.good if ending_of(scenario, moves[-1].after.state) != "open"]
    if bad:
        how = _how(scenario, bad[0][-1].after.state)
        message = (
            f"{len(bad)} of {len(found.good)} walks of strong replies do not end open, e.g. {how}: {_said(bad[0])}."
        )
        yield Fault(code="T03", message=message, place=("scenes",))
    good = [moves for moves in found.good if ending_of(scenario, moves[-1].after.state) == "open"]
    if good and len(shortest := min(good, key=len)) < MIN_GOOD_TURNS:
        message = f"a good way has {len(shortest)} turns: {_said(shortest)}."
        yield Fault(code="T01", message=message, place=("scenes",))
    if len(good) < MIN_GOOD_WAYS:
        yield Fault(code="T02", message=f"good ways found: {len(good)}.", place=("scenes",))


def _unused(scenario: Scenario, found: Survey) -> Iterator[Fault]:
    """Yield S06 for conditional lines and branches that no walk used.

    Authors give all replies of a scene the same branches; such a branch is used as soon as one reply takes it.
    """
    for name, scene in scenario.scenes.items():
        guards: list[tuple[str, Place]] = [
            (line.when, ("scenes", name, "patient", index, "when"))
            for index, line in enumerate(lines_of(scene))
            if (name, index) not in found.spoken
        ]
        branches = [
            (reply, branch, index, ("scenes", name, "replies", number, "next", index, "when"))
            for number, reply in enumerate(scene.replies)
            for index, branch in enumerate(branches_of(reply))
        ]
        used = {branch for reply, branch, index, _ in branches if (reply.id, index) in found.taken}
        guards += [(branch.when, place) for _, branch, _, place in branches if branch not in used]
        for when, place in guards:
            if when.strip():
                yield Fault(code="S06", message=f"{when!r} held in none of the sampled walks.", place=place)


def thoughtless_ways_fail(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """G01, G02, G03, G04, T15, T16: a rule of thumb is no way through, and quality is what counts."""

    def ranked(quality: Quality) -> Pick:
        order = {"workable": ("workable", "strong", "poor"), "poor": ("poor", "workable", "strong")}[quality]
        return lambda scene: min(scene.replies, key=lambda reply: order.index(reply.quality))

    policies: tuple[tuple[str, str, Pick], ...] = (
        ("G01", "the longest reply", lambda scene: max(scene.replies, key=lambda reply: len(reply.say))),
        ("G02", "the first reply", lambda scene: scene.replies[0]),
        ("G03", "the last reply", lambda scene: scene.replies[-1]),
        ("G04", "the shortest reply", lambda scene: min(scene.replies, key=lambda reply: len(reply.say))),
        ("T15", "the second-best reply", ranked("workable")),
    )
    for code, what, pick in policies:
        state = _walk(scenario, begin(scenario), pick).state
        if ending_of(scenario, state) == "open":
            message = f"always taking {what} ends {_how(scenario, state)}."
            yield Fault(code=code, message=message, place=("scenes",))
    state = _walk(scenario, begin(scenario), ranked("poor")).state
    if ending_of(scenario, state) not in {"closed", "unsafe"}:
        message = f"always taking the poor reply ends {_how(scenario, state)}."
        yield Fault(code="T16", message=message, place=("scenes",))


SCENARIO_WALKS: tuple[Check, ...] = (recorded_walks_hold,)
SCENARIO_PLAY: tuple[Check, ...] = (nothing_is_reached_early, walks_teach, thoughtless_ways_fail)
