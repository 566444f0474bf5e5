"""The gate: what is no goal at all scores nothing (house rules for goals, section 2, step 2).

Empty text, a question, advice about goals, a list of goal words, or words in which nobody does anything.
"""

from __future__ import annotations

import re

from alliance_kit.grading.goals.facts import Facts
from alliance_kit.grading.goals.lexicon import grammar

__all__ = ["no_goal"]

_ADVICE = re.compile(
    r"\bgoals? (?:should|must|is an? |is something|are |needs? |has to|have to|says? |states? |names? |includes? |"
    r"contains? |describes? |means|can be|ought)"
    r"|\b(?:smart|goals?) (?:stands for|means)"
    r"|\b(?:make sure|remember|always|try) (?:that )?(?:to )?(?:\S+ ){0,4}goals?\b"
    r"|^(?:write|set|use|create|make|choose|add|list|include|define) (?:\S+ ){0,3}goals?\b"
)
_OWN_GOAL = re.compile(r"\bgoals? (?:is|are) (?:to|for|that|:)")
_FRAGMENTS = re.compile(r" [,;:.] ")
_FRAGMENT = 3
"""Words in a fragment up to which a row of fragments is a list of words, not a clause."""
_MANY = 3
"""Goal words (specific, measurable …) from which a text without an activity is stuffing."""
_LONG = 10
"""From this number of words on, one word in ten at most being new is repetition."""
_JOINING = frozenset({"to", "with", "in", "by", "from", "will"})
_PERSONS = frozenset({"patient", "me", "staff", "caregiver"})
_DEEDS = ("act", "exercise", "class", "exverb", "backto")
_STATES = ("receive", "comply", "knowing", "staffact", "unnamed", "vaguefree")
_BODY = ("joint", "muscle", "movement", "symptom")
_AIMS = (*_BODY, "domain", "region", "balancegrade", "treat")
_SAID_OF_PERSON = (
    *_DEEDS,
    *_STATES,
    *_AIMS,
    *("vague", "named", "show", "practice", "practiceweak", "general", "free", "full", "help", "manner"),
    *("role", "event", "anchor"),
)


def no_goal(facts: Facts) -> str:
    """Return the rule by which the text is no goal at all, or "" for a goal."""
    plain = facts.scene.reading.plain
    checks = (
        ("g-empty", not any(w.isalpha() for w in facts.scene.words)),
        ("g-question", _is_question(facts)),
        ("g-advice", bool(_ADVICE.search(plain)) and not _OWN_GOAL.search(plain)),
        ("g-list", _is_repeated(facts) or _is_stuffed(facts) or _is_list(facts)),
    )
    found = next((rule for rule, holds in checks if holds), "")
    return found or ("" if _someone_does_something(facts) else "g-no-clause")


def _is_question(facts: Facts) -> bool:
    scene = facts.scene
    words = [w for i, w in enumerate(scene.words) if not any(a <= i < b for a, b in scene.quotes)]
    if "?" not in words or words[0] not in grammar("question"):
        return False
    return not any(w in grammar("will") for w in words[words.index("?") :])


def _is_repeated(facts: Facts) -> bool:
    """Return whether the text is one word or a few, again and again."""
    words = facts.scene.words
    distinct = len(set(words))
    return (distinct == 1 < len(words)) or (len(words) >= _LONG and distinct <= max(2, len(words) // _LONG))


def _is_stuffed(facts: Facts) -> bool:
    """Return whether goal words stand where an activity should, as in *will be specific, measurable*."""
    scene = facts.scene
    metas = scene.find("meta")
    if len({scene.words[m.first] for m in metas}) < _MANY:
        return False
    after_will = any(scene.words[m.first - 1] in grammar("will") for m in metas if m.first)
    return after_will or not (facts.activities or scene.mentions)


def _is_list(facts: Facts) -> bool:
    """Return whether the text is a row of short fragments without a person: walker, 100 ft, 2 wks, safety."""
    if facts.doer.kind in _PERSONS:
        return False
    if facts.activities and ":" in facts.scene.words[facts.activities[0].last : facts.activities[0].last + 1]:
        return False  # an activity as a heading: "Donning: I, 2/2 trials"
    fragments = [part.split() for part in _FRAGMENTS.split(facts.scene.reading.plain) if part.strip(" ,;:.")]
    short = [f for f in fragments if len(f) <= _FRAGMENT and not _JOINING & set(f)]
    return len(fragments) > _MANY and len(short) >= 0.75 * len(fragments)


def _someone_does_something(facts: Facts) -> bool:
    scene = facts.scene
    if facts.doer.kind in _PERSONS:
        counted = any(q.kind not in {"bare", "percent", "span"} for q in scene.quantities)
        planned = any(w in grammar("will") for w in scene.words[:-2])
        return bool(
            planned
            or (counted and not scene.has("meta"))
            or scene.mentions
            or facts.activities
            or scene.has(*_SAID_OF_PERSON)
        )
    if facts.activities or scene.has(*_DEEDS):
        return True
    return _something_is_aimed_at(facts) or (scene.has(*_STATES) and not scene.has("meta"))


def _something_is_aimed_at(facts: Facts) -> bool:
    """Return whether a body function or a test is to change or to have a value, without a person named."""
    scene = facts.scene
    told = scene.has("vague", "full", "free") or any(w in grammar("will") for w in scene.words)
    if told and (scene.mentions or scene.has(*_AIMS)):
        return True
    return bool(scene.quantities) and (bool(scene.mentions) or scene.has(*_BODY))
