"""The nouns of the workbook: frozen dataclasses, plain JSON in and out, standard library only.

One definition serves three readers: the runtime builds these objects from compiled JSON (`from_json`),
`alliance_kit.content` validates authors' YAML against the same classes through pydantic, and the JSON Schema in
`exercises/schema/` is generated from them.
"""

from __future__ import annotations

import hashlib
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alliance_kit.errors import ExerciseFileError
from alliance_kit.plain import Json, canonical_json, from_json, to_json

SCHEMA_VERSION = 1

Level = Literal["met", "partly", "not_seen", "unsure"]
Quality = Literal["strong", "workable", "poor"]
Act = Literal["pause", "sit_down", "turn_from_screen", "slow_down", "ask_before_touch", "cover", "hand_over_choice"]
Rupture = Literal["withdrawal", "confrontation"]
SafetyKind = Literal["red_flag", "consent", "hand_over"]
EndingName = Literal["open", "mid", "closed", "unsafe"]
DrillKind = Literal["spot", "choose", "rewrite"]
Speaker = Literal["patient", "clinician"]


# --- what grading says ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of the text that was judged."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One observation on one criterion: what was seen, which words earned it, and one thing to try."""

    criterion: str
    level: Level
    rule: str
    why: str
    points: float = 0
    max_points: float = 0
    spans: tuple[Span, ...] = ()
    try_instead: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """All findings on one response, with the grader's version; points are formative, never a mark."""

    exercise: str
    grader: str
    findings: tuple[Finding, ...] = ()
    points: float = 0
    max_points: float = 0
    next_step: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What a learner did: plain JSON in `answer`, its shape set by the exercise's kind.

    `confidence` is a probability from 0 to 1, given before feedback; `started` and `answered` are UTC, RFC 3339.
    """

    exercise: str
    digest: str
    attempt: int
    answer: Json
    confidence: float | None = None
    started: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Context:
    """What a grader may look at besides the response: the patient's lines so far, and model answers already shown."""

    said: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()


# --- what every exercise file carries ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Review:
    """Who has looked at the content; said truthfully on screen."""

    clinician: str = "not yet"
    lived_experience: str = "not yet"


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """The head that all exercise kinds share."""

    schema_version: int
    id: str
    version: str
    kind: str
    title: str
    minutes: int
    strategies: tuple[str, ...]
    objectives: tuple[str, ...]
    source: tuple[str, ...]
    audience: str = "DPT students and clinicians"
    licence: str = "CC BY 4.0"
    reviewed_by: Review = Review()
    synthetic: Literal[True] = True


# --- conversations ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wish:
    """Something the patient wants, as the patient says it; `words` are the stems that show a goal is about it."""

    id: str
    says: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """The simulated person. `called` is the name on screen; `in_short` says in one line what brought them."""

    name: str
    called: str
    pronoun: Literal["she", "he", "they"]
    age: int
    in_short: str
    chart: tuple[str, ...]
    story: str
    wishes: tuple[Wish, ...] = ()
    barriers: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """How a reply moves the alliance, in whole steps; the scenario's `Pace` turns steps into units."""

    bond: int = 0
    goals: int = 0
    tasks: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """The three states at the door, in units of the common scale from -3 to +3."""

    bond: float = 0.0
    goals: float = 0.0
    tasks: float = 0.0


@dataclass(frozen=True, slots=True)
class Pace:
    """Units per step up and per step down: trust falls faster than it grows, so `loss` > `gain`."""

    gain: float = 0.3
    loss: float = 0.45


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """A step of care that no bond makes up for. `always`: due in every run, else once a scene raises it."""

    id: str
    kind: SafetyKind
    missed: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A patient's line that is spoken when `when` holds; an empty condition always holds."""

    says: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """Where the talk goes when `when` holds; `to` is a scene id or `end`."""

    to: str
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One thing the learner can say or do. Exactly one strong lesson in `why`, on the phrase `words` of `say`."""

    id: str
    say: str
    quality: Quality
    hears: str
    why: str
    next: str | tuple[Branch, ...]
    words: str = ""
    try_instead: str = ""
    act: Act | None = None
    answers: str = ""
    effects: Effects = Effects()
    skills: tuple[str, ...] = ()
    rupture: Rupture | None = None
    repairs: bool = False
    meets: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One turn: what the patient says, what stays unsaid (`inner`, debrief only), and the ways to answer.

    `plain` marks turns best met by something plain; `confidence` marks turns where confidence may be asked.
    """

    patient: str | tuple[Line, ...]
    inner: str
    replies: tuple[Reply, ...]
    plain: bool = False
    confidence: bool = False
    raises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How the visit closes: one sentence on what happened, and the patient's last words."""

    what: str
    says: str


@dataclass(frozen=True, slots=True)
class Walk:
    """A recorded way through, checked whenever the scenario is compiled."""

    replies: tuple[str, ...]
    ending: EndingName
    expect: str = ""


@dataclass(frozen=True, kw_only=True)
class Scenario(Exercise):
    """A conversation with a simulated patient."""

    kind: Literal["scenario"]
    level: Literal[1, 2, 3]
    setting: str
    patient: Patient
    start: str
    scenes: Mapping[str, Scene]
    endings: Mapping[EndingName, Ending]
    debrief: tuple[str, ...]
    tests: tuple[Walk, ...]
    state: Start = Start()
    pace: Pace = Pace()
    goal_visit: bool = False
    safety: tuple[SafetyItem, ...] = ()
    content_warning: str = ""


# --- the other kinds --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """One line of a worked example; `note` says what the clinician did with it, or what it told us."""

    who: Speaker
    says: str
    note: str = ""
    part: str = ""


@dataclass(frozen=True, kw_only=True)
class Example(Exercise):
    """A conversation to watch first, line by line, with notes."""

    kind: Literal["example"]
    setting: str
    lines: tuple[ExampleLine, ...]
    notice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a drill item; `words` is the phrase of `text` that the feedback is about."""

    id: str
    text: str
    best: bool
    feedback: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """What a rewriting is looked through for. `any` holds phrases (`*` ends a stem); `avoid` turns the cue round.

    `note` stands under the finding when it is met, `missing` when it is not.
    """

    criterion: str
    any: tuple[str, ...]
    note: str
    missing: str
    avoid: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillItem:
    """One short exercise on one part of a strategy: spot it, choose the better line, or rewrite a line."""

    id: str
    kind: DrillKind
    part: str
    stem: str
    patient: str = ""
    line: str = ""
    choices: tuple[Choice, ...] = ()
    cues: tuple[Cue, ...] = ()
    samples: tuple[str, ...] = ()
    confidence: bool = False
    source: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DrillSet(Exercise):
    """Short items, one after the other."""

    kind: Literal["drill"]
    items: tuple[DrillItem, ...]


@dataclass(frozen=True, kw_only=True)
class GoalCase(Exercise):
    """Write a goal for a patient the learner has met. `samples` are shown only after the learner's own."""

    kind: Literal["goal"]
    scenario: str
    patient: Patient
    task: str
    baseline: tuple[str, ...]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question of a reflection, with a way to begin."""

    id: str
    ask: str
    starter: str = ""


@dataclass(frozen=True, kw_only=True)
class Reflection(Exercise):
    """Questions to oneself. Never graded, never in a hand-in unless ticked; `required` may count as written."""

    kind: Literal["reflection"]
    prompts: tuple[Prompt, ...]
    required: bool = False
    before: str = ""


@dataclass(frozen=True, slots=True)
class ScaleItem:
    """One statement to rate oneself on."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Scale(Exercise):
    """A self-rating in house words: private, never a mark."""

    kind: Literal["scale"]
    items: tuple[ScaleItem, ...]
    low: str
    high: str
    steps: int = 5


AnyExercise = Scenario | Example | DrillSet | GoalCase | Reflection | Scale

KINDS: Mapping[str, type[Exercise]] = {
    "scenario": Scenario,
    "example": Example,
    "drill": DrillSet,
    "goal": GoalCase,
    "reflection": Reflection,
    "scale": Scale,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A sitting of 5 to 12 minutes with an end of its own."""

    id: str
    title: str
    minutes: int
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One notebook of the course."""

    id: str
    title: str
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The order of things: modules, their units, their exercises."""

    schema_version: int
    id: str
    version: str
    title: str
    modules: tuple[Module, ...]


# --- an exercise as plain JSON ------------------------------------------------------------------------------------


def exercise_from_json(data: Json, where: str = "exercise") -> AnyExercise:
    """Build the exercise that `data` describes, its class chosen by `kind`.

    Raises
    ------
    ExerciseFileError: not an object, an unknown kind, or a fault in a field.
    """
    kind = data.get("kind") if isinstance(data, Mapping) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ExerciseFileError(f"{where}: kind {kind!r} is not one of {', '.join(KINDS)}. Set 'kind'.")
    return typing.cast("AnyExercise", from_json(KINDS[kind], data, where))


def digest_of(exercise: Exercise) -> str:
    """Return the SHA-256 (hex) of the exercise's canonical JSON: what the learner saw and what scores it."""
    return hashlib.sha256(canonical_json(to_json(exercise)).encode("utf-8", "surrogatepass")).hexdigest()
