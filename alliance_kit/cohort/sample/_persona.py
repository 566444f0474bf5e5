"""The people of a synthetic class: how able each is in each strategy, what habits they have, what they would choose.

All chance comes from `random.Random` seeded with text, and weights are sums and products only, so the same seed gives
the same class on every machine and under every Python. The numbers are made up to give a class worth looking at; they
say nothing about real students.
"""

from __future__ import annotations

import functools
import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from alliance_kit.model import Choice, DrillItem, DrillSet, Reply, Scenario
from alliance_kit.sessions.base import confidence_levels

T = TypeVar("T")
Written = Literal["vague", "partly", "good"]
WRITTEN: tuple[Written, ...] = ("vague", "partly", "good")
MOST_ABLE = 0.97
MISLEADING_FROM = 6
"""Items a set must have before one of them misleads the able: in a shorter one it would be most of the set."""


@dataclass(frozen=True, slots=True)
class Habit:
    """A way of talking: microskills reached for and left out, and factors on replies that take a safety step or act.

    `share` is how often the habit occurs, `swing` how much one day differs from the next, `sure` what is added to the
    confidence that would be right, `pace` a factor on the time taken.
    """

    name: str
    share: float
    likes: frozenset[str] = frozenset()
    shuns: frozenset[str] = frozenset()
    safety: float = 1.3
    acts: float = 1.0
    swing: float = 0.05
    sure: float = 0.0
    pace: float = 1.0


HABITS = (
    Habit(
        "careful", 0.22, frozenset({"open_question", "explaining_why", "validation"}), safety=3.0, sure=-0.1, pace=1.4
    ),
    Habit(
        "warm but vague",
        0.2,
        frozenset({"empathy", "complex_reflection", "normalising", "praise"}),
        frozenset({"closed_question", "information", "confidentiality"}),
        safety=0.8,
        acts=1.6,
    ),
    Habit(
        "hurried",
        0.18,
        frozenset({"closed_question", "premature_problem_solving", "topic_change", "information", "commanding"}),
        frozenset({"repair", "elicit"}),
        acts=0.4,
        sure=0.1,
        pace=0.5,
    ),
    Habit(
        "reassuring",
        0.16,
        frozenset({"false_reassurance", "minimising", "praise", "hope"}),
        frozenset({"elicit"}),
        safety=0.9,
        sure=0.2,
    ),
    Habit("inconsistent", 0.14, swing=0.45),
    Habit("listening", 0.1, frozenset({"repair", "elicit", "collaboration_bid"}), safety=2.0, acts=1.3, sure=-0.2),
)


@dataclass(frozen=True, slots=True)
class Persona:
    """One synthetic learner; `ability` is from 0 to 1, before strategy, day and practice are taken into account."""

    number: int
    seed: int
    habit: Habit
    ability: float
    learns: float
    diligence: float
    gives_confidence: bool

    def chance(self, what: str) -> random.Random:
        """Return the chance that decides one matter, so that more exercises do not change what was decided before."""
        return random.Random(f"{self.seed}/{self.number}/{what}")  # noqa: S311 — a class to look at, nothing to guard

    def able(self, strategies: Sequence[str], what: str) -> float:
        """Return the ability in strategies on a day, from 0.03 to 0.97."""
        first = strategies[0] if strategies else ""
        by_strategy = self.chance(f"strategy/{first}").random() - 0.5
        by_day = self.chance(f"day/{what}").random() - 0.5
        return bounded(self.ability + 0.3 * by_strategy + 2 * self.habit.swing * by_day)


def persona(number: int, seed: int) -> Persona:
    """Return the learner with this number, the same whatever the size of the class."""
    chance = random.Random(f"{seed}/{number}")  # noqa: S311 — as above
    return Persona(
        number=number,
        seed=seed,
        habit=chance.choices(HABITS, [habit.share for habit in HABITS])[0],
        ability=0.15 + 0.75 * (chance.random() + chance.random()) / 2,
        learns=0.04 + 0.14 * chance.random(),
        diligence=chance.random(),
        gives_confidence=chance.random() < 0.85,
    )


def bounded(ability: float) -> float:
    """Return an ability within what anybody has: nobody always fails, and nobody always does well."""
    return min(MOST_ABLE, max(1 - MOST_ABLE, ability))


def one_of(chance: random.Random, options: Sequence[T]) -> T:
    """Return one of the options, each as likely."""
    return options[int(chance.random() * len(options))]


# --- talks ------------------------------------------------------------------------------------------------------


def choose_reply(habit: Habit, ability: float, scenario: Scenario, scene: str, chance: random.Random) -> Reply:
    """Return what somebody with this habit and ability says in a scene."""
    replies = scenario.scenes[scene].replies
    pull = tempting(scenario.id, scene)
    return chance.choices(replies, [_weight(reply, habit, ability, pull) for reply in replies])[0]


def _weight(reply: Reply, habit: Habit, ability: float, pull: float) -> float:
    unable = 1 - ability
    by_quality = {
        "strong": 0.15 + 3 * ability * ability,
        "workable": 0.7,
        "poor": 0.06 + 1.7 * unable * unable,
    }
    weight = by_quality[reply.quality]
    if not habit.likes.isdisjoint(reply.skills):
        weight *= 1.9
    if not habit.shuns.isdisjoint(reply.skills):
        weight *= 0.5
    if reply.meets:
        weight *= habit.safety
    if reply.act:
        weight *= habit.acts
    # Every scene has its own pull toward what is poor, so that some mislead and others hardly do.
    return weight * (0.5 + 1.5 * pull) if reply.quality == "poor" else weight


@functools.lru_cache(maxsize=4096)
def tempting(*names: str) -> float:
    """Return a number from 0 to 1 that belongs to these names for ever: how hard an item is, how a scene pulls."""
    return int(hashlib.sha256("/".join(names).encode()).hexdigest()[:8], 16) / 0xFFFFFFFF


# --- short items ------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=256)
def difficulties(drill_id: str, items: tuple[str, ...]) -> dict[str, tuple[float, bool]]:
    """Return by item (difficulty from 0 to 1, whether it misleads the able): spread evenly, in an order of its own."""
    order = sorted(items, key=lambda item: tempting(drill_id, item))
    last = max(1, len(order) - 1)
    misleads = order[len(order) * 2 // 3] if len(order) >= MISLEADING_FROM else ""
    return {item: (rank / last, item == misleads) for rank, item in enumerate(order)}


def difficulty(drill: DrillSet, item: DrillItem) -> tuple[float, bool]:
    """Return how hard an item is, from 0 to 1, and whether it misleads the able; lines to rewrite are a group apart."""
    alike = tuple(other.id for other in drill.items if (other.kind == "rewrite") == (item.kind == "rewrite"))
    return difficulties(drill.id, alike)[item.id]


def choose_choice(drill: DrillSet, item: DrillItem, ability: float, chance: random.Random) -> Choice:
    """Return the option taken: the best one by ability and difficulty, else most often the tempting one."""
    hard, misleads = difficulty(drill, item)
    knows = 0.7 - 0.7 * ability if misleads else 0.95 - 0.75 * hard + 0.9 * (ability - 0.5)
    best = [choice for choice in item.choices if choice.best]
    others = [choice for choice in item.choices if not choice.best]
    if chance.random() < min(0.97, max(0.06, knows)) or not others:
        return one_of(chance, best)
    tempts = max(others, key=lambda choice: tempting(drill.id, item.id, choice.id))
    return tempts if chance.random() < 0.6 else one_of(chance, others)


def written_quality(ability: float, hard: float, chance: random.Random) -> Written:
    """Return how good a text comes out, by ability and how hard it is (both from 0 to 1)."""
    able = bounded(ability + 0.25 * (0.5 - hard))
    unable = 1 - able
    return chance.choices(WRITTEN, [0.05 + 1.6 * unable * unable, 0.5, 0.05 + 1.8 * able * able])[0]


def confidence_given(who: Persona, options: int | None, right: float, chance: random.Random) -> float | None:
    """Return the confidence given where it is asked: some never give it, and most now and then pass.

    Parameters
    ----------
    options : how many there were to choose from, None where nothing was to choose
    right : how well it went, from 0 to 1; people have some idea of that, moved by habit and by chance
    """
    felt = bounded(0.25 + 0.45 * right + who.habit.sure + 0.6 * (chance.random() - 0.5))
    level = min(confidence_levels(options), key=lambda level: (abs(level - felt), level))
    return level if who.gives_confidence and chance.random() < 0.9 else None
