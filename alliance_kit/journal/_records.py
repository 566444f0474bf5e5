"""What the lines of each type hold, as typed values: runs, turns, answers and what was shown with them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from alliance_kit.journal._codec import Line
from alliance_kit.model import Act, EndingName, Feedback, Finding, Response, Rupture, TypedReply
from alliance_kit.plain import Json, canonical_json, from_json
from alliance_kit.simulation import State

R = TypeVar("R")

Timing = Literal["turn", "end", "probe"]
"""When a talk shows what was heard: at each turn, at the end, or in a probe, which shows nothing before the end."""


@dataclass(frozen=True, slots=True)
class Learner:
    """Who practises here: a random code for every file that leaves, and a name that is only ever put in a header."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Branching:
    """A run that goes back to turn `turn` of `run` and says something else there."""

    run: str
    turn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStart:
    """Line type `run`: a conversation begins, at a level (0: the scenario's own), with a support and a timing."""

    run: str
    exercise: str
    digest: str
    attempt: int
    branched_from: Branching | None = None
    level: int = 0
    support: str = "choice"
    timing: Timing = "turn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Line type `turn`: one reply, what it answered and did, and the findings, all as shown at the time.

    `line` is what the patient had said, `answer_line` what she says next, `reached` the scene she then is in.
    `state_before` and `state_after` are the alliance in plain JSON; `before` and `after` give them as `State`.
    Where the learner typed, `reply` is empty and `typed` says what her words were taken for.
    """

    run: str
    index: int
    scene: str
    reply: str
    said: str
    line: str
    answer_line: str
    state_before: Json
    state_after: Json
    act: Act | None = None
    ended: EndingName | None = None
    reached: str = ""
    confidence: float | None = None
    findings: tuple[Finding, ...] = ()
    grader: str = ""
    typed: TypedReply | None = None

    @property
    def before(self) -> State:
        """The alliance before the reply."""
        return state_from_json(self.state_before)

    @property
    def after(self) -> State:
        """The alliance after the reply."""
        return state_from_json(self.state_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven:
    """Line type `answer`: a response to an exercise or one item of it, with the feedback as shown (None: ungraded)."""

    exercise: str
    digest: str
    attempt: int
    answer: Json
    item: str | None = None
    confidence: float | None = None
    started: str = ""
    answered: str = ""
    feedback: Feedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Regraded:
    """Line type `regraded`: later feedback on line `of`; what was shown at first stays beside it."""

    of: str
    feedback: Feedback
    grader: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Line type `disagreement`: the learner does not agree with what a rule said of turn `index`, and why not."""

    run: str
    index: int
    rule: str
    criterion: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedBack:
    """Line type `looked_back`: what the learner wrote about a finished run, and how she thinks the patient rates it.

    `ratings` are 1 to 5 by the id of the statement; `notes` are texts by the id of the question. The newest counts.
    """

    run: str
    ratings: Mapping[str, int] = dataclasses.field(default_factory=dict)
    notes: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseKept:
    """Line type `exercise`: the canonical JSON of an exercise, once per digest."""

    digest: str
    exercise: Json


RECORDS: Mapping[str, type[Any]] = {
    "learner": Learner,
    "exercise": ExerciseKept,
    "run": RunStart,
    "turn": Turn,
    "answer": AnswerGiven,
    "regraded": Regraded,
    "disagreement": Disagreement,
    "looked_back": LookedBack,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A conversation as recorded, with its own turns in order; `at` is when it began, `line_id` the line of that."""

    id: str
    exercise: str
    digest: str
    attempt: int
    branched_from: Branching | None
    turns: tuple[Turn, ...]
    at: str
    line_id: str
    level: int = 0
    support: str = "choice"
    timing: Timing = "turn"

    @property
    def ended(self) -> EndingName | None:
        """How it ended, None while it is unfinished."""
        return self.turns[-1].ended if self.turns else None

    @property
    def next_index(self) -> int:
        """The index that the next turn has, counted from the start of the visit."""
        if self.turns:
            return self.turns[-1].index + 1
        return self.branched_from.turn if self.branched_from else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer as recorded: the response, which item it belongs to, and the feedback as shown."""

    id: str
    at: str
    item: str | None
    response: Response
    feedback: Feedback | None


def read_record(cls: type[R], line: Line) -> R:
    """Return the payload of a line as `cls`.

    Raises
    ------
    ExerciseFileError: a field is missing, unknown or of the wrong type.
    """
    return check_record(cls, line.data, line.type)


def check_record(cls: type[R], data: Mapping[str, Json], where: str) -> R:
    """Return `data` as `cls`, the states of a turn looked at too.

    Raises
    ------
    ExerciseFileError: a field is missing, unknown or of the wrong type.
    """
    record = from_json(cls, data, where)
    if isinstance(record, Turn):
        state_from_json(record.state_before)
        state_from_json(record.state_after)
    return record


def run_of(line: Line, start: RunStart, turns: Sequence[Turn]) -> Run:
    """Return the run that `line` starts, with its turns in order."""
    return Run(
        id=start.run,
        exercise=start.exercise,
        digest=start.digest,
        attempt=start.attempt,
        branched_from=start.branched_from,
        turns=one_thread(turns),
        at=line.at,
        line_id=line.id,
        level=start.level,
        support=start.support,
        timing=start.timing,
    )


def whole_thread(run: Run, find: Callable[[str], Run | None]) -> tuple[Turn, ...]:
    """Return all turns that lead to where `run` stands: those of other runs before a branching, then its own."""
    found, seen, first = run.turns, {run.id}, run.next_index
    at: Run | None = run
    while at is not None and at.branched_from is not None and at.branched_from.run not in seen:
        origin = at.branched_from
        seen.add(origin.run)
        at = find(origin.run)
        first = min(first, origin.turn, *(turn.index for turn in found[:1]))
        found = tuple(turn for turn in (at.turns if at else ()) if turn.index < first) + found
    return found


def answer_of(line: Line, given: AnswerGiven) -> Answer:
    """Return the answer in `line`."""
    names = [f.name for f in dataclasses.fields(Response)]
    response = Response(**{name: getattr(given, name) for name in names})
    return Answer(id=line.id, at=line.at, item=given.item, response=response, feedback=given.feedback)


def digest_of_json(content: Json) -> str:
    """Return the digest of an exercise that is at hand as plain JSON, without building it (see `model.digest_of`)."""
    return digest_of_text(canonical_json(content))


def digest_of_text(content: str) -> str:
    """Return the SHA-256 (hex) of an exercise's canonical JSON (see `model.digest_of`)."""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def holds_exercise(line: Line, digest: str) -> bool:
    """Return whether an `exercise` line holds what the digest says; somebody may have changed it by hand."""
    return line.data.get("digest") == digest and digest_of_json(line.data.get("exercise")) == digest


def one_thread(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Return the turns in order, one per index.

    Two machines may have gone on from a copy of the same run. Then the thread that was recorded first is followed:
    each turn continues the state that the one before it left. The other turns stay in the journal.
    """
    by_index: dict[int, list[Turn]] = {}
    for turn in turns:
        by_index.setdefault(turn.index, []).append(turn)
    if all(len(same) == 1 for same in by_index.values()):
        return tuple(by_index[index][0] for index in sorted(by_index))
    thread: list[Turn] = []
    for index in sorted(by_index):
        fits = [turn for turn in by_index[index] if not thread or turn.before == thread[-1].after]
        if not fits:
            break
        thread.append(fits[0])
    return tuple(thread)


@dataclass(frozen=True, slots=True)
class _StateJson:
    """The form of a `State` in plain JSON: its sets as lists."""

    bond: float = 0.0
    goals: float = 0.0
    tasks: float = 0.0
    rupture: Rupture | None = None
    raised: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    breached: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    level: int = 0


_SETS = ("raised", "met", "breached", "said")


def state_to_json(state: State | Mapping[str, Json]) -> Json:
    """Return the state as plain JSON: its sets as sorted lists, so that equal states give equal text."""
    if not isinstance(state, State):
        state = state_from_json(state)
    plain = {f.name: getattr(state, f.name) for f in dataclasses.fields(state)}
    return {name: sorted(value) if name in _SETS else value for name, value in plain.items()}


def state_from_json(data: Json) -> State:
    """Return the state that `data` describes.

    Raises
    ------
    ExerciseFileError: a field is unknown or of the wrong type.
    """
    form = from_json(_StateJson, data, "state")
    sets = {name: frozenset(getattr(form, name)) for name in _SETS}
    return State(form.bond, form.goals, form.tasks, form.rupture, level=form.level, **sets)
