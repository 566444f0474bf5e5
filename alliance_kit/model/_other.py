"""The other kinds of exercise: worked examples, drills, goals, reflections, role plays, self-ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alliance_kit.model._exercise import Exercise
from alliance_kit.model._talk import Patient

DrillKind = Literal["spot", "choose", "rewrite"]
Speaker = Literal["patient", "clinician"]


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
class Agreement:
    """One thing that has to be so, and that the learner says is so."""

    id: str
    text: str


@dataclass(frozen=True, kw_only=True)
class RolePlay(Exercise):
    """A talk that two colleagues or students acted and wrote down, to be looked at. Never graded.

    `how` are the steps; `purpose`, `never` and `stays` stand before the box: what it is for, what must not be typed,
    what happens to it. `agree` opens the box, `share` the way into a hand-in; all of each are needed.
    """

    kind: Literal["role_play"]
    how: tuple[str, ...]
    purpose: str
    never: str
    stays: str
    agree: tuple[Agreement, ...]
    share: tuple[Agreement, ...]
    form: tuple[str, ...]
    questions: tuple[str, ...]


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
