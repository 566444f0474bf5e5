"""Conversations with a simulated patient: the scenario file's nouns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alliance_kit.model._exercise import Exercise
from alliance_kit.model._talk_parts import Branch, Effects, Rupture, Start
from alliance_kit.model._typed import Hearing, LevelStart, TypedTurn

Quality = Literal["strong", "workable", "poor"]
Act = Literal["pause", "sit_down", "turn_from_screen", "slow_down", "ask_before_touch", "cover", "hand_over_choice"]
SafetyKind = Literal["red_flag", "consent", "hand_over"]
EndingName = Literal["open", "mid", "closed", "unsafe"]


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
class Pace:
    """Units per step up and per step down: trust falls faster than it grows, so `loss` > `gain`."""

    gain: float = 0.3
    loss: float = 0.45


@dataclass(frozen=True, slots=True)
class SafetyItem:
    """A step of care that no bond makes up for. `always`: due in every run, else once a scene raises it.

    `words` show that it was done by typed words: of each group one stem must stand there.
    """

    id: str
    kind: SafetyKind
    missed: str
    always: bool = False
    words: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A patient's line that is spoken when `when` holds; an empty condition always holds."""

    says: str
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
    typed: TypedTurn | None = None


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
    """A conversation with a simulated patient; `level` is the one that it is written for, `levels` all there are.

    `watch` is the worked example that comes before it. Without `hearing` only the offered replies can be chosen.
    """

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
    hearing: Hearing | None = None
    levels: tuple[LevelStart, ...] = ()
    watch: str = ""
