"""The facts that the learner's report is made of: plain values, nothing worded, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass

from alliance_kit.model import DrillItem, Finding, Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One turn of a talk: what the patient had said, what the learner said or did, and what may have been heard.

    `turn` counts from 1; `said` is something done where `act`; `change` is in units of the simulation's scale, all
    three states together; `suggestion` is a line to try, empty where the reply was strong.
    """

    turn: int
    line: str
    said: str
    act: bool
    level: Level
    change: float
    why: str
    heard: str
    suggestion: str
    typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """A finished talk. `number` counts the talks of the same scene; `points` are indices of at most three `moments`.

    `branched_at` is the turn (from 1) from which an earlier talk was played again, 0 for a talk from the start;
    `missed` are the safety steps that were due and not taken, each with a line to try (may be empty).
    """

    exercise: str
    title: str
    patient: str
    pronoun: str
    day: str
    at: str
    number: int
    branched_at: int
    moments: tuple[Moment, ...]
    points: tuple[int, ...]
    missed: tuple[tuple[str, str], ...]

    @property
    def turning_points(self) -> tuple[Moment, ...]:
        """The moments worth a second look, in order of time."""
        return tuple(self.moments[index] for index in self.points)

    def count(self, level: Level) -> int:
        """Return how many turns have this level."""
        return sum(moment.level == level for moment in self.moments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a goal as it was written, with the findings as shown."""

    text: str
    findings: tuple[Finding, ...]
    next_step: str

    def level(self, criterion: str) -> Level | None:
        """Return the level of one criterion, None where nothing was said about it."""
        return next((finding.level for finding in self.findings if finding.criterion == criterion), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A goal case: the first and the latest version (the same one where there is one only)."""

    exercise: str
    title: str
    patient: str
    at: str
    versions: int
    first: Version
    latest: Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """The latest answer to one item of a drill; `text` is what the learner wrote, or the choice she made."""

    exercise: str
    title: str
    item: DrillItem
    at: str
    text: str
    findings: tuple[Finding, ...]

    @property
    def written(self) -> bool:
        """Whether the learner typed it herself."""
        return self.item.kind == "rewrite"

    @property
    def met(self) -> bool:
        """Whether everything that is looked for was seen."""
        return bool(self.findings) and all(finding.level == "met" for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reflected:
    """A reflection: questions and answers where the learner sent the text; `answers` is empty where she kept it."""

    title: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerFacts:
    """Everything that the learner's report may say.

    `talks` are the finished ones in order of time, `exercises` how many exercises are handed in, self-ratings not
    counted; `unreviewed` says that no clinician has looked at some of them.
    """

    code: str
    day: str
    synthetic: bool
    exercises: int
    talks: tuple[Talk, ...]
    goals: tuple[Goal, ...]
    shorts: tuple[Short, ...]
    reflections: tuple[Reflected, ...]
    unreviewed: bool

    @property
    def latest_talks(self) -> tuple[Talk, ...]:
        """The latest talk of each scene, the scene played last standing last."""
        scenes: dict[str, Talk] = {}
        for talk in reversed(self.talks):
            scenes.setdefault(talk.exercise, talk)
        return tuple(reversed(scenes.values()))
