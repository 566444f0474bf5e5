"""The simulated patient: what moves the alliance, what is said next, how the visit ends.

Pure functions over frozen values: no I/O, no widget, no clock. A run is a `Position` and a reply at a time.

Rules, all read from the scenario file or stated here once:

- Bond, goals and tasks (Bordin 1979) live on one scale from -3 to +3. A reply moves them in whole steps; the scenario's
  `pace` turns a step up into `gain` units and a step down into `loss` units, and `loss` is the larger.
- While a rupture is open, steps up in bond count half: what is said well is heard with one ear. A reply that repairs
  closes it. A visit that ends with a rupture open never ends *open* (after Safran & Muran: repair comes first).
- *open*: bond >= 2 and tasks >= 1, and goals >= 1 where the visit has a goal to agree on. *closed*: bond <= -1.
  *unsafe*: a step of care that was due was not taken, whatever the bond. *mid*: the rest.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from alliance_kit.errors import ExerciseFileError
from alliance_kit.model import Branch, EndingName, Line, Reply, Rupture, SafetyItem, Scenario, Scene, TypedReply

END = "end"
BOUND = 3.0
DIMENSIONS = ("bond", "goals", "tasks")
OPEN_BOND, OPEN_TASKS, OPEN_GOALS, CLOSED_BOND = 2.0, 1.0, 1.0, -1.0
MAX_CONFIDENCE_TURNS = 3
MAX_TURNING_POINTS = 3
_TOLERANCE = 1e-9
_PLACES = 6
_COMPARISON = re.compile(r"(bond|goals|tasks|level)\s*(>=|<=|>|<)\s*(-?\d+(?:\.\d+)?)")
_FACT = re.compile(r"(not\s+)?(?:(ruptured)|(met|said)\s+([a-z][a-z0-9-]*))")


@dataclass(frozen=True, slots=True)
class State:
    """Where the alliance stands: three units on the common scale, the open rupture if any, and what was done.

    `level` is that of the run, 1 to 3: the patient of a higher one says less by herself and is sooner hurt.
    """

    bond: float = 0.0
    goals: float = 0.0
    tasks: float = 0.0
    rupture: Rupture | None = None
    raised: frozenset[str] = frozenset()
    met: frozenset[str] = frozenset()
    breached: frozenset[str] = frozenset()
    said: frozenset[str] = frozenset()
    level: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """The patient has just spoken: the scene (or `end`), her words, and the state of the alliance."""

    scene: str
    line: str
    state: State

    @property
    def over(self) -> bool:
        """Whether the visit has ended."""
        return self.scene == END


@dataclass(frozen=True, slots=True)
class Move:
    """One reply and what it did: the position before and after.

    For words that the learner typed, `reply` is what the patient took them for, and `typed` says how.
    """

    before: Position
    reply: Reply
    after: Position
    typed: TypedReply | None = None

    @property
    def change(self) -> float:
        """Units moved, all three states together; negative when the patient closed up."""
        before, after = self.before.state, self.after.state
        change = after.bond + after.goals + after.tasks - before.bond - before.goals - before.tasks
        return round(change, _PLACES)

    @property
    def opened_up(self) -> bool:
        """Whether the patient opened up: the bond rose. This is what confidence is compared with."""
        return self.after.state.bond > self.before.state.bond + _TOLERANCE


def holds(condition: str, state: State) -> bool:
    """Return whether a condition of a scenario file holds, e.g. ``bond >= 1 and not ruptured and met calf-check``.

    Raises
    ------
    ExerciseFileError: a part is no comparison, `ruptured`, `met ID` or `said ID`.
    """
    return not condition or all(part(state) for part in _parts(condition))


@functools.lru_cache(maxsize=4_096)
def _parts(condition: str) -> tuple[Callable[[State], bool], ...]:
    """Return the parts of a condition, each as a question about the state; a condition is read once, asked often."""
    return tuple(_part(part.strip()) for part in condition.split(" and ")) if condition.strip() else ()


def _part(part: str) -> Callable[[State], bool]:
    if match := _COMPARISON.fullmatch(part):
        name, compare, want = match[1], _COMPARE[match[2]], float(match[3])
        return lambda state: compare(getattr(state, name), want)
    if match := _FACT.fullmatch(part):
        wanted, facts, fact = not match[1], match[3], match[4]
        if match[2]:
            return lambda state: (state.rupture is not None) == wanted
        return lambda state: (fact in getattr(state, facts)) == wanted
    raise ExerciseFileError(
        f"condition {part!r} cannot be read. Write 'bond >= 1', 'ruptured', 'met ID' or 'said ID', joined by 'and'."
    )


_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">=": lambda have, want: have >= want - _TOLERANCE,
    "<=": lambda have, want: have <= want + _TOLERANCE,
    ">": lambda have, want: have > want + _TOLERANCE,
    "<": lambda have, want: have < want - _TOLERANCE,
}


def lines_of(scene: Scene) -> tuple[Line, ...]:
    """Return the scene's patient lines, the plain form included, in the order in which they are tried."""
    return (Line(says=scene.patient),) if isinstance(scene.patient, str) else scene.patient


def branches_of(reply: Reply) -> tuple[Branch, ...]:
    """Return where a reply can lead, in the order in which it is tried."""
    return (Branch(to=reply.next),) if isinstance(reply.next, str) else reply.next


def levels_of(scenario: Scenario) -> tuple[int, ...]:
    """Return the levels at which a scenario can be played; the one that it is written for is always among them."""
    return tuple(sorted({scenario.level, *(each.level for each in scenario.levels)}))


def begin(scenario: Scenario, level: int | None = None) -> Position:
    """Return the first position: the patient's opening line, at the scenario's own level unless another is asked for.

    Raises
    ------
    ExerciseFileError: the scenario has no such level.
    """
    level = scenario.level if level is None else level
    if level not in levels_of(scenario):
        known = ", ".join(map(str, levels_of(scenario)))
        raise ExerciseFileError(f"{scenario.id}: there is no level {level}. Levels here: {known}.")
    start = next((each.state for each in scenario.levels if each.level == level), scenario.state)
    return arrive(scenario, scenario.start, State(start.bond, start.goals, start.tasks, level=level), "")


def reply_of(scenario: Scenario, position: Position, reply_id: str) -> Reply:
    """Return the reply with this id at this position.

    Raises
    ------
    ExerciseFileError: the visit is over, or the scene has no such reply.
    """
    scene = scenario.scenes.get(position.scene)
    replies = () if position.over or scene is None else scene.replies
    for reply in replies:
        if reply.id == reply_id:
            return reply
    known = ", ".join(r.id for r in replies) or ("none, the visit is over" if position.over else "none, no such scene")
    raise ExerciseFileError(f"{scenario.id}, scene {position.scene!r}: no reply {reply_id!r}. Replies here: {known}.")


def step(scenario: Scenario, position: Position, reply_id: str) -> Move:
    """Say or do `reply_id` and return what it moved.

    Raises
    ------
    ExerciseFileError: as `reply_of`, or the scenario leads nowhere.
    """
    return take(scenario, position, reply_of(scenario, position, reply_id))


def take(scenario: Scenario, position: Position, reply: Reply, *, share: float = 1.0) -> Move:
    """Return the move that `reply` makes, whether it was offered or made from typed words; `share` of its steps count.

    Raises
    ------
    ExerciseFileError: the scenario leads nowhere.
    """
    state = _moved(scenario, position.state, reply, share)
    for branch in branches_of(reply):
        if holds(branch.when, state):
            return Move(position, reply, arrive(scenario, branch.to, state, reply.answers))
    raise ExerciseFileError(f"{scenario.id}, reply {reply.id!r}: no branch holds. Add one without 'when' at the end.")


def stay(scenario: Scenario, position: Position, reply: Reply, *, share: float = 1.0) -> Move:
    """Return the move of a reply after which the patient still waits in the same scene."""
    state = _moved(scenario, position.state, reply, share)
    return Move(position, reply, Position(position.scene, reply.answers, state))


def _moved(scenario: Scenario, state: State, reply: Reply, share: float) -> State:
    units = {}
    for dimension in DIMENSIONS:
        units[dimension] = getattr(state, dimension)
        if getattr(reply.effects, dimension):
            unit = share * _unit(scenario, reply, dimension, ruptured=state.rupture is not None)
            units[dimension] = max(-BOUND, min(BOUND, round(units[dimension] + unit, _PLACES)))
    return State(
        **units,
        rupture=reply.rupture or (None if reply.repairs else state.rupture),
        raised=state.raised,
        met=state.met | frozenset(reply.meets) if reply.meets else state.met,
        breached=state.breached | frozenset(reply.breaches) if reply.breaches else state.breached,
        said=state.said | {reply.id},
        level=state.level,
    )


def _unit(scenario: Scenario, reply: Reply, dimension: str, *, ruptured: bool) -> float:
    """Return the units by which a reply moves one state; an open rupture that it does not repair halves the bond's."""
    steps = getattr(reply.effects, dimension)
    unit: float = steps * (scenario.pace.gain if steps > 0 else scenario.pace.loss)
    half = dimension == "bond" and steps > 0 and ruptured and not reply.repairs
    return unit / 2 if half else unit


def arrive(scenario: Scenario, scene_id: str, state: State, answer: str) -> Position:
    """Return the position in a scene that is come to: her answer to what was said, then the scene's own line."""
    if scene_id == END:
        says = scenario.endings[ending_of(scenario, state)].says
        return Position(END, _joined(answer, says), state)
    scene = scenario.scenes[scene_id]
    if scene.raises:
        state = replace(state, raised=state.raised | set(scene.raises))
    if isinstance(scene.patient, str):
        return Position(scene_id, _joined(answer, scene.patient), state)
    says = next((line.says for line in scene.patient if holds(line.when, state)), "")
    return Position(scene_id, _joined(answer, says), state)


def _joined(answer: str, says: str) -> str:
    return "\n".join(part.strip() for part in (answer, says) if part.strip())


def safety_gaps(scenario: Scenario, state: State) -> tuple[SafetyItem, ...]:
    """Return the steps of care that were due and not taken, or breached, in the file's order."""
    return tuple(
        item
        for item in scenario.safety
        if item.id in state.breached or ((item.always or item.id in state.raised) and item.id not in state.met)
    )


def ending_of(scenario: Scenario, state: State) -> EndingName:
    """Return how a visit that stops in this state ends."""
    if safety_gaps(scenario, state):
        return "unsafe"
    agreed = not scenario.goal_visit or state.goals >= OPEN_GOALS - _TOLERANCE
    warm = state.bond >= OPEN_BOND - _TOLERANCE and state.tasks >= OPEN_TASKS - _TOLERANCE
    if warm and agreed and state.rupture is None:
        return "open"
    return "closed" if state.bond <= CLOSED_BOND + _TOLERANCE else "mid"


def play(scenario: Scenario, replies: tuple[str, ...] | list[str]) -> tuple[Move, ...]:
    """Walk through a scenario by reply ids and return the moves."""
    position, moves = begin(scenario), []
    for reply_id in replies:
        move = step(scenario, position, reply_id)
        moves.append(move)
        position = move.after
    return tuple(moves)


def confidence_scenes(scenario: Scenario, attempt: int) -> frozenset[str]:
    """Return the scenes in which this run asks for confidence: at most three, others in the next run.

    The file marks the candidates; the run's number rotates through them, so that runs differ and replays agree.
    """
    marked = [name for name, scene in scenario.scenes.items() if scene.confidence]
    order = sorted(marked, key=lambda name: hashlib.sha256(f"{scenario.id}/{name}".encode()).hexdigest())
    start = (attempt * MAX_CONFIDENCE_TURNS) % len(order) if order else 0
    return frozenset((order[start:] + order[:start])[:MAX_CONFIDENCE_TURNS])


def turning_points(moves: tuple[Move, ...]) -> tuple[int, ...]:
    """Return the indices of at most three moves worth a second look, in order of time.

    Ruptures, repairs and missed or taken safety steps first, then the largest moves; earlier before later.
    """

    def weight(index: int) -> tuple[float, int]:
        move = moves[index]
        reply = move.reply
        marked = bool(reply.rupture or reply.meets or reply.breaches) or (
            reply.repairs and move.before.state.rupture is not None
        )
        return (round(abs(move.change), _PLACES) + (2.0 if marked else 0.0), -index)

    return tuple(sorted(sorted(range(len(moves)), key=weight, reverse=True)[:MAX_TURNING_POINTS]))


def longest_from(scenario: Scenario) -> dict[str, int]:
    """Return for each scene the largest number of turns from it to the end.

    Raises
    ------
    ExerciseFileError: the scenes form a loop, so a walk could go on for ever.
    """
    lengths: dict[str, int] = {END: 0}
    visiting: list[str] = []

    def length(name: str) -> int:
        if name in lengths:
            return lengths[name]
        if name in visiting:
            loop = " -> ".join([*visiting[visiting.index(name) :], name])
            raise ExerciseFileError(f"{scenario.id}: the scenes {loop} form a loop. Lead one of them on.")
        visiting.append(name)
        targets = {branch.to for reply in scenario.scenes[name].replies for branch in branches_of(reply)}
        lengths[name] = 1 + max(length(target) for target in targets)
        visiting.pop()
        return lengths[name]

    for name in scenario.scenes:
        length(name)
    return lengths


def early_bounds(scenario: Scenario) -> Iterator[tuple[str, str, int]]:
    """Yield (dimension, scene, turn) wherever some walk could reach a bound before its last third.

    Conditions are ignored, so every real walk is covered: for each scene and turn, with and without an open rupture
    (it halves steps up in bond), the largest and smallest sum is followed; a bound reached at turn k is early when a
    walk of at least 1.5 k turns can pass there.
    """
    lengths = longest_from(scenario)
    for dimension in DIMENSIONS:
        reach = {(scenario.start, False): (getattr(scenario.state, dimension),) * 2}
        for turn in range(1, lengths[scenario.start] + 1):
            later: dict[tuple[str, bool], tuple[float, float]] = {}
            for (name, ruptured), (low, high) in reach.items():
                for reply in scenario.scenes[name].replies:
                    unit = _unit(scenario, reply, dimension, ruptured=ruptured)
                    low_after, high_after = round(low + unit, _PLACES), round(high + unit, _PLACES)
                    reached = max(abs(low_after), abs(high_after)) >= BOUND - _TOLERANCE
                    opened = reply.rupture is not None or (ruptured and not reply.repairs)
                    for branch in branches_of(reply):
                        if reached and turn * 3 <= (turn + lengths[branch.to]) * 2:
                            yield dimension, name, turn
                        if branch.to != END:
                            old = later.get((branch.to, opened), (low_after, high_after))
                            later[branch.to, opened] = (min(old[0], low_after), max(old[1], high_after))
            reach = later


def walks(
    scenario: Scenario, limit: int, among: Callable[[Scene], Sequence[Reply]] = lambda scene: scene.replies
) -> Iterator[tuple[Move, ...]]:
    """Yield walks through the scenario, depth first, at most `limit` of them; `among` narrows the replies taken."""
    stack: list[tuple[Position, tuple[Move, ...]]] = [(begin(scenario), ())]
    found = 0
    while stack and found < limit:
        position, moves = stack.pop()
        if position.over:
            found += 1
            yield moves
            continue
        for reply in reversed(among(scenario.scenes[position.scene])):
            move = step(scenario, position, reply.id)
            stack.append((move.after, (*moves, move)))
