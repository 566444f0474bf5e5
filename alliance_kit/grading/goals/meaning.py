"""Why it matters: anchors in the person's own life, or daily life without one (house rules for goals, 3, R)."""

from __future__ import annotations

from alliance_kit.grading.goals.doer import Doer, Place
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene

__all__ = ["anchors", "daily"]

_ROLES = ("anchor", "role", "event", "pet", "valued", "school")
_EVERYWHERE = "mpwqt"
_HELPS = frozenset({"helping", "helper", "help", "cue"})
_TAKES_UP = frozenset({"return", "occasion"})
_ONE_LEG = frozenset({"motorpose"})
_ENDS_OWNER = frozenset({"to", "in", "on", "with", "from", "at", ",", "and", "the", "of"})
_LISTED = frozenset({",", "and", "his", "her", "their", "overall", "in"})
_BEFORE_PURPOSE = frozenset({"for", "during", "with", "to", "return", "independent", "independence"})
_DAILY_LIVING = frozenset({"activities", "adls", "adl", "daily", "instrumental"})
_A_FEW = 4


def anchors(scene: Scene, doer: Doer, places: list[Place], companions: list[Place]) -> list[Place]:
    """Return role, valued activity, named other or pet, event, own place, the reason in own words."""
    found = [(m.first, m.last) for m in scene.find(*_ROLES, zones=_EVERYWHERE + "bo")]
    found += [(m.first, m.last) for m in scene.find("kin", zones=_EVERYWHERE) if not _is_helper(scene, doer, m)]
    found += [(m.first, m.last) for m in scene.find("ownable", zones=_EVERYWHERE) if _is_own(scene, m)]
    found += [(m.first, m.last) for m in scene.find("leisure", zones="mpwq") if _is_taken_up_again(scene, m)]
    found += [(m.first, m.last) for m in scene.find("patient", "kinweak", zones="mpwq") if _is_someones(scene, m)]
    found += _someones_child(scene)
    found += [p for p in places if grammar("owner") & set(scene.words[p[0] : p[1]])]
    found += [c for c in companions if not scene.near(c[0], frozenset({"helping"}), 3, 3)]
    found += [(first, last) for first, last in scene.quotes if last - first >= _A_FEW]
    return sorted({*found, *_reasons(scene)})


def _is_helper(scene: Scene, doer: Doer, mark: Mark) -> bool:
    """Return whether a relative only helps, or is the one who acts."""
    acts = doer.kind == "caregiver" and doer.first <= mark.first < doer.last
    return acts or scene.near(mark.first, _HELPS, 3, 3)


def _is_own(scene: Scene, mark: Mark) -> bool:
    """Return whether a place belongs to the patient: *my stairs*, *her top kitchen shelf*, *his own bed*."""
    before = scene.words[max(mark.first - 3, 0) : mark.first]
    owners = [i for i, w in enumerate(before) if w in grammar("owner")]
    return bool(owners) and not _ENDS_OWNER & set(before[owners[-1] + 1 :])


def _is_taken_up_again(scene: Scene, mark: Mark) -> bool:
    """Return whether running, swimming and the like are the patient's own: *return to running*, *my Saturday run*."""
    before = scene.words[max(mark.first - 2, 0) : mark.first]
    return scene.near(mark.first, _TAKES_UP, 4) or bool(grammar("owner") & set(before))


def _is_someones(scene: Scene, mark: Mark) -> bool:
    """Return whether a word such as *toddler* names the patient's own: *her toddler*."""
    if not mark.first or scene.words[mark.first] in {"patient", "client"}:
        return False
    return scene.words[mark.first - 1] in grammar("owner")


def _someones_child(scene: Scene) -> list[Place]:
    """Return a child named by age: *her 2-year-old*."""
    old = ["year", "old"]
    return [
        (i, i + 4)
        for i, word in enumerate(scene.words)
        if word in grammar("owner") and scene.words[i + 2 : i + 4] == old
    ]


def _reasons(scene: Scene) -> list[Place]:
    """Return reasons in words: *because she misses …*."""
    found: list[Place] = []
    for i, word in enumerate(scene.words):
        if word == "because" and scene.roles_at(i + 1) & {"pronoun", "me", "patient"}:
            end = next((b for a, b in scene.segments if a <= i < b), i)
            if end - i > _A_FEW + 1:
                found.append((i, end))
    return found


def daily(scene: Scene) -> list[Place]:
    """Return daily-life activities, behaviours and general purposes."""
    acts = scene.find("daily", "leisure", "behave", "class", "actnoun", zones="mpwq")
    found = [m for m in acts if not (m.entry.family in {"stand", "walk"} and scene.near(m.first, _ONE_LEG, 2, 5))]
    found += [m for m in scene.find("general", zones="mpwq") if _is_purpose(scene, m)]
    return [(m.first, m.last) for m in found]


def _is_purpose(scene: Scene, mark: Mark) -> bool:
    """Return whether a general word is a purpose, not the thing to be improved itself (*improve function*)."""
    if scene.zone[mark.first] != "m" or "domain" not in mark.tags:
        return True
    daily_living = scene.words[mark.first] in _DAILY_LIVING
    for i in range(mark.first - 1, -1, -1):
        roles = scene.roles_at(i)
        if "vague" in roles:
            return False
        if "domain" not in roles and scene.words[i] not in _LISTED:
            return daily_living or scene.words[i] in _BEFORE_PURPOSE
    return False
