"""How a patient takes words that the learner typed herself: the rules of a scenario file, and what she then says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alliance_kit.model._talk_parts import Branch, Effects, Rupture, Start

Answer = Literal["asked", "heard", "checked", "told", "offered", "hurt"]
"""What a scene's answers are to: an open question · a reflection or empathy · a closed question · information or advice
· a choice, a leave asked, a bid to decide together · words that hurt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingRule:
    """What typed words do if one of the microskills in `any` is read in them and none of those in `unless`.

    `effects` are steps as in a reply; `answer` picks the scene's answer; `hears` are ways she may have heard it, used
    in turn. A rule that lowers a state or opens a rupture holds only for a reading that is clear and well measured.
    """

    id: str
    any: tuple[str, ...]
    answer: Answer
    hears: tuple[str, ...]
    unless: tuple[str, ...] = ()
    effects: Effects = Effects()
    rupture: Rupture | None = None
    repairs: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Something about the patient that she tells when she is asked about it, once; `words` are the stems asked for."""

    id: str
    words: tuple[str, ...]
    says: str


@dataclass(frozen=True, slots=True)
class Reveal:
    """Something that she adds, once, when trust has grown so far that `when` holds."""

    id: str
    says: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asides:
    """What she says to what is not a reply: pools of lines, each line said at most once a run.

    `unclear`: the words could mean several things · `short`: one word · `silent`: nothing · `off_topic` · `pasted`:
    very long, or her own words back · `foreign`: another language · `again`: the same move again · `goes_on`: she goes
    on by herself · `term`: an unexplained technical word, where `{term}` stands for it · `limit`: abuse, once.
    """

    unclear: tuple[str, ...]
    short: tuple[str, ...]
    silent: tuple[str, ...]
    off_topic: tuple[str, ...]
    pasted: tuple[str, ...]
    foreign: tuple[str, ...]
    again: tuple[str, ...]
    goes_on: tuple[str, ...]
    term: tuple[str, ...]
    limit: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """How typed words are taken in the whole scenario: all rules that fit count, warnings before skills."""

    rules: tuple[HearingRule, ...]
    facts: tuple[Fact, ...]
    reveals: tuple[Reveal, ...]
    asides: Asides


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedTurn:
    """One scene for typed words: where it goes on, what she answers to which kind of words, two ways to begin.

    `cue` is for scenes where a step of care is due: the sign once more, if nobody took it up. `reveals` is false where
    the moment is too tense for her to tell more.
    """

    next: str | tuple[Branch, ...]
    asked: str
    heard: str
    checked: str
    told: str
    offered: str
    hurt: str
    starters: tuple[str, ...]
    cue: str = ""
    reveals: bool = True


@dataclass(frozen=True, slots=True)
class LevelStart:
    """One level of a scenario: what differs, in a sentence for the learner, and where the alliance starts."""

    level: Literal[1, 2, 3]
    differs: str
    state: Start


How = Literal["rule", "near", "care", "cue", "aside", "goes_on", "limit", "paused"]
"""How typed words were taken: by a hearing rule · as an offered reply that they are nearly the same as · as a step of
care · care is still open and she gave the sign again · she asked back · not understood twice, she went on by herself
· abuse, she set a limit · abuse again, the scene paused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedReply:
    """What the patient took typed words for, as it is recorded with the turn.

    `by` is the id of the rule, reply, step of care or pool; `share` of the effects counted (a move said again: 0.5,
    then 0). The rest is as in a `Reply`.
    """

    how: How
    by: str
    hears: str = ""
    answers: str = ""
    starter: bool = False
    share: float = 1.0
    quality: Literal["strong", "workable", "poor"] = "workable"
    skills: tuple[str, ...] = ()
    rupture: Rupture | None = None
    repairs: bool = False
    meets: tuple[str, ...] = ()
    breaches: tuple[str, ...] = ()
