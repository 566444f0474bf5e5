"""Several goals in one sentence (house rules for goals, section 5): strength, ROM, balance and golf.

One activity with several conditions, or the steps of one deed (squat and lift, walk there and fetch the post), is one
goal.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene
from alliance_kit.grading.goals.targets import Targets

__all__ = ["several_goals"]

_HEADS = (
    "act",
    "return",
    "backto",
    "exverb",
    "exercise",
    "class",
    "unnamed",
    "domain",
    "joint",
    "muscle",
    "movement",
    "symptom",
    "vaguefree",
    "vague",
)
_OTHERS = frozenset({"kin", "caregiver", "staff", "staffweak", "ourwish"})
_LIMITS = frozenset({"nprs", "rpe", "borg_cr10", "vas"})


_MANY = 40
"""Heads that are compared with each other: more than any goal has, few enough for any text."""


class _Head(NamedTuple):
    """What a goal is about: a name to tell goals apart, and the words."""

    name: str
    first: int
    last: int
    act: bool


def several_goals(facts: Facts, targets: Targets) -> list[Place]:
    """Return the heads of different goals, or an empty list for one goal."""
    heads = _heads(facts.scene)[:_MANY]
    if facts.own_practice:
        return _beside_practice(facts, heads)
    ways: tuple[Callable[[], list[Place]], ...] = (
        lambda: _in_two_clauses(facts.scene, heads),
        lambda: _in_a_list(facts.scene, heads),
        lambda: _two_measures(facts, targets),
        lambda: _side_by_side(facts, heads),
    )
    return next((found for way in ways if (found := way())), [])


def _beside_practice(facts: Facts, heads: list[_Head]) -> list[Place]:
    """Return a clinician's act and a patient's activity joined to it: two goals of two people."""
    scene = facts.scene
    mine = facts.activities
    for head in heads:
        if mine and head.act and _is_joined(scene, head.first) and "practice" not in scene.roles_at(head.first):
            return [(mine[0].first, mine[0].last), (head.first, head.last)]
    return []


def _heads(scene: Scene) -> list[_Head]:
    heads = [
        _Head(_name(scene, m), m.first, m.last, bool(m.tags & {"act", "backto", "return"}))
        for m in scene.find(*_HEADS)
        if _is_head(scene, m)
    ]
    heads += [
        _Head(m.entry.family, m.first - 1, m.last, act=True)
        for m in scene.find("actnoun", zones="m")
        if m.first and scene.reading.words[m.first - 1].value is not None
    ]
    heads += [
        _Head("free", m.first, m.last, act=False)
        for m in scene.find("free")
        if scene.words[m.first - 1] in {"be", "report", "have", "stay"}
    ]
    heads += [_Head(m.measure.key, m.first, m.last, act=False) for m in scene.mentions if scene.zone[m.first] != "t"]
    return sorted(heads, key=lambda h: h.first)


def _is_head(scene: Scene, mark: Mark) -> bool:
    return scene.zone[mark.first] != "t" and not (mark.first and scene.words[mark.first - 1] == "while")


def _name(scene: Scene, mark: Mark) -> str:
    if mark.tags & {"joint", "movement", "muscle"}:
        return "body"
    return mark.entry.family or scene.words[mark.first]


def _in_two_clauses(scene: Scene, heads: list[_Head]) -> list[Place]:
    """Return the heads of two clauses that each say what the patient will do, *… and patient will …*."""
    wills = [
        i
        for i, w in enumerate(scene.words)
        if w in grammar("will") and scene.zone[i] in "mw" and not _is_anothers(scene, i)
    ]
    if len(wills) < 2:
        return []
    firsts: dict[str, Place] = {}
    for start, end in zip(wills, [*wills[1:], len(scene.words)], strict=True):
        inside = [h for h in heads if start < h.first < end and scene.zone[h.first] in "mw"]
        said = start + 1
        while said < end - 1 and scene.words[said] in grammar("between_joined"):
            said += 1
        inside = inside or [_Head(scene.words[said], said, said + 1, act=False)] if said < end else inside
        best = next((h for h in inside if h.act), None) or (inside[0] if inside else None)
        if best:
            firsts.setdefault(best.name, (best.first, best.last))
    return list(firsts.values()) if len(firsts) > 1 else []


def _is_anothers(scene: Scene, will: int) -> bool:
    """Return whether it is a helper who will do it: *my daughter will drive me*."""
    return scene.near(will, _OTHERS, 3)


def _in_a_list(scene: Scene, heads: list[_Head]) -> list[Place]:
    """Return body functions in a row: strength, ROM and balance; two of them with an activity beside them."""
    rows = scene.find("domain", "movement", zones="m")
    joined = [m for m in rows if _is_joined(scene, m.first) or scene.words[m.last : m.last + 1] in ([","], ["and"])]
    names = {" ".join(scene.words[m.first : m.last]) for m in joined}
    beside = [
        h
        for i, h in enumerate(heads)
        if h.act and scene.zone[h.first] == "m" and _is_joined(scene, h.first) and not _is_manner(scene, heads, i)
    ]
    if run := _run(scene):
        return run
    linked = any(_is_joined(scene, m.first) for m in joined)
    if len(names) >= 3 or (len(names) == 2 and linked) or (names and beside):
        return sorted([*((m.first, m.last) for m in joined), *((h.first, h.last) for h in beside)])
    return []


def _run(scene: Scene) -> list[Place]:
    """Return activities and functions named in a row with nothing between: transfers, gait and stairs."""
    marks = [m for m in scene.find("act", "actnoun", "domain", "backto", zones="m") if _is_head(scene, m)]
    row = marks[:1]
    for mark in marks[1:]:
        if set(scene.words[row[-1].last : mark.first]) <= {",", "and"} and row[-1].last < mark.first:
            row.append(mark)
        elif len(row) < 2:
            row = [mark]
    names = [_Head(_name(scene, m), m.first, m.last, "act" in m.tags) for m in row]
    pairs = [(a, b) for a in names for b in names if a.first < b.first and a.name != b.name]
    if not any(not (a.act and b.act and _is_one_deed(a, b)) for a, b in pairs):
        return []
    return [(m.first, m.last) for m in row]


def _two_measures(facts: Facts, targets: Targets) -> list[Place]:
    """Return two measures with targets of their own; a limit on pain or effort is a condition."""
    claims = [c for c in targets.claims if c.target and c.measure.better != "context"]
    keys = {c.measure.key for c in claims}
    if len(keys - _LIMITS if facts.activities else keys) < 2:
        return []
    return sorted((c.target.first, c.target.last) for c in claims if c.target)


def _side_by_side(facts: Facts, heads: list[_Head]) -> list[Place]:
    """Return a goal's head and an activity or aim of another kind that *and* or a comma joins to it."""
    scene = facts.scene
    zones = "m" if any(h.act and scene.zone[h.first] == "m" for h in heads) else "mw"
    for i, second in enumerate(heads):
        if not _is_joined(scene, second.first) or not _opens_goal(scene, heads, second) or _is_manner(scene, heads, i):
            continue
        for first in heads[:i]:
            if first.name != second.name and scene.zone[first.first] in zones and _are_two(scene, heads, first, second):
                return [(first.first, first.last), (second.first, second.last)]
    return []


def _is_manner(scene: Scene, heads: list[_Head], at: int) -> bool:
    """Return whether a head tells how: an -ing form after a comma, or joined to one (kneeling on a pad and rising)."""
    if not scene.words[heads[at].first].endswith("ing"):
        return False
    earlier = [h for h in heads[:at] if h.act and scene.words[h.first].endswith("ing")]
    after_commas = all(scene.words[h.first - 1] == "," for h in earlier)
    return after_commas and (scene.words[heads[at].first - 1] == "," or bool(earlier))


def _opens_goal(scene: Scene, heads: list[_Head], head: _Head) -> bool:
    """Return whether a joined head can open a goal of its own: an activity, or *improve* with its object."""
    if head.act and scene.zone[head.first] in "mw":
        return True
    if head.act:  # after a purpose or today's level, only *and* with a number of its own opens a goal
        return _joint(scene, head.first) == "and" and _has_number(scene, heads, head)
    vague = "vague" in scene.roles_at(head.first)
    return (
        vague and scene.zone[head.first] == "m" and any(h.first == head.last or h.first == head.last + 1 for h in heads)
    )


def _are_two(scene: Scene, heads: list[_Head], first: _Head, second: _Head) -> bool:
    if not first.act or not second.act:
        return not (first.name == "body" and second.act and not _has_number(scene, heads, second))
    if _has_number(scene, heads, first) and _has_number(scene, heads, second):
        return True
    return scene.zone[second.first] in "mw" and not _is_one_deed(first, second)


def _is_one_deed(first: _Head, second: _Head) -> bool:
    """Return whether two activities are steps of one deed: squat and lift, get up and walk, walk and fetch."""
    steps = grammar("deed_steps")
    if second.name == "walk" and first.name in {"dress", "don"}:
        return True  # puts on his pack and walks
    return second.name in grammar("deed_ends") or (first.name in steps and second.name in steps)


def _has_number(scene: Scene, heads: list[_Head], head: _Head) -> bool:
    """Return whether an activity has a number or level of its own, before the next activity."""
    stop = min((h.first for h in heads if h.act and h.first > head.first), default=len(scene.words))
    zones = {"m", "p", scene.zone[head.first]}
    inside = any(
        head.first <= q.first < stop and q.kind != "span" and scene.zone[q.first] in zones for q in scene.quantities
    )
    return inside or any(head.last <= m.first < stop and scene.zone[m.first] in zones for m in scene.find("help"))


def _is_joined(scene: Scene, at: int) -> bool:
    """Return whether *and*, a comma or the like stands before a phrase, with only small words between."""
    return bool(_joint(scene, at))


def _joint(scene: Scene, at: int) -> str:
    """Return the word that joins a phrase to what stands before it, or "" if none does."""
    skip, words = grammar("between_joined"), scene.words
    i = at - 1
    while i >= 0 and words[i] in skip:
        i -= 1
    return words[i] if i > 0 and words[i] in {",", "and", ";", "+", "or"} else ""
