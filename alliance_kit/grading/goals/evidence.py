"""What one needs to judge whether a goal can be reached: today's level, support or a step, confidence.

House rules for goals, section 3, A: E1, E2, E3. Treatment, *without device*, the level before the illness, time since
surgery and *motivated* are no evidence.
"""

from __future__ import annotations

from itertools import pairwise

from alliance_kit.grading.goals.circumstances import is_denied, is_put_on
from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.scene import Mark, Scene

__all__ = ["baseline", "changes", "confidence", "kept_level", "supports"]

_HELPERS = frozenset({"kin", "caregiver", "staff", "staffweak", "helper", "adultperson"})
_UNABLE = frozenset({"unable", "cannot", "can't", "can", "could", "not", "still", "only"})
_WATCHING = frozenset({"staff", "staffweak", "caregiver", "adultperson", "helper"})
_ASIDE = frozenset({"(", ")", "baseline", "now", "about", "at", "x", "currently"})
_HELD = frozenset({"posture", "domain"})
_FAR = 5
"""Words between two values of one change."""


def baseline(scene: Scene, own_practice: bool) -> list[Place]:
    """Return what the text says about today: numbers, help, places, *unable*."""
    found = [(q.first, q.last) for q in scene.quantities if scene.zone[q.first] == "b"]
    marks = [m for m in scene.find("help", "device", "cue", "helper", zones="b") if scene.words[m.first] != "alone"]
    marks += scene.find("place", "ownable", "surface", zones="b")
    marks += [m for m in scene.find("now", zones="b") if scene.words[m.first] in _UNABLE]
    marks += scene.find("act", zones="b")
    found += [(i, i + 1) for i, w in enumerate(scene.words) if scene.zone[i] == "b" and w in grammar("today_verb")]
    if own_practice:
        marks += scene.find("practice", zones="b")
    return found + [(m.first, m.last) for m in marks] + _told(scene) + _none_yet(scene)


def _none_yet(scene: Scene) -> list[Place]:
    """Return a start from nothing: *up from none*, *none so far*, *none yet*."""
    places = (i for i, word in enumerate(scene.words) if word in grammar("nothing_yet"))
    return [(i, i + 1) for i in places if _is_start(scene, i)]


def _is_start(scene: Scene, at: int) -> bool:
    return scene.zone[at] == "b" or scene.words[max(at - 1, 0)] == "from" or scene.words[at + 1 : at + 2] == ["yet"]


def _told(scene: Scene) -> list[Place]:
    """Return statements about today with a subject and more: *his daughter does it*; a symptom alone is no level."""
    named = scene.find("pronoun", "me", "kin", "staff", "caregiver", "patient", zones="b")
    subjects = [m.first for m in named] + [i for i, w in enumerate(scene.words) if w == "it" and scene.zone[i] == "b"]
    if not subjects or any(scene.zone[m.first] == "b" for m in scene.find("symptom")):
        return []
    first = min(subjects)
    last = next((i for i in range(first, len(scene.words)) if scene.zone[i] != "b"), len(scene.words))
    return [(first, last)] if last - first > 2 else []


def changes(scene: Scene) -> list[tuple[Place, Place]]:
    """Return changes told with their start: from 95 to 120, from mod A to SBA, 3 miles, up from 1 mile."""
    values = [(q.first, q.last) for q in scene.quantities if scene.zone[q.first] != "t"]
    values = sorted(values + [(m.first, m.last) for m in scene.find("help")])
    words = scene.words
    found: list[tuple[Place, Place]] = []
    for one, other in pairwise(values):
        between = [w for w in words[one[1] : other[0]] if w not in _ASIDE]
        if "from" in words[max(one[0] - 3, 0) : one[0]] and "to" in between and len(between) <= _FAR:
            found.append((one, other))
        elif "from" in words[max(other[0] - 2, one[1]) : other[0]] and "to" not in words[other[1] : other[1] + 3]:
            found.append((other, one))
    return found


def kept_level(scene: Scene) -> list[Place]:
    """Return *keep* or *maintain* where a present level is kept; to maintain a posture is to hold it."""
    keeps = scene.find("keep", zones="m")
    if not keeps or scene.near(keeps[0].last, _HELD, 0, 2):
        return []
    at = keeps[0].last
    numbered = any(q.first >= at and scene.zone[q.first] == "m" for q in scene.quantities)
    return [(keeps[0].first, at)] if numbered else []


def supports(scene: Scene, families: frozenset[str]) -> list[Place]:
    """Return named devices, helpers, rails, cues, levels of help, interim steps and plans for a barrier."""
    named = scene.find("device", "support", "cue", "helper", zones="mpw")
    marks = [m for m in named if "nocue" not in m.tags and not m.entry.own & families and not is_put_on(scene, m)]
    marks += scene.find("holdsupport", "step", zones="mp")
    marks += [m for m in scene.find("helping", zones="mpw") if _is_helped(scene, m)]
    ways = [(i, i + 2) for i, w in enumerate(scene.words[:-1]) if w == "by" and _is_way(scene, i + 1)]
    marks += [m for m in scene.find("staff", zones="m") if m.first and _counts(scene, m.first - 1)]
    marks += [m for m in scene.find("besides", zones="m") if scene.near(m.first, _WATCHING, 4, 4)]
    return ways + [(m.first, m.last) for m in marks if not is_denied(scene, m.first)]


def _is_way(scene: Scene, at: int) -> bool:
    """Return whether an -ing form after *by* tells how she will do it: by *parking* at the far end."""
    return scene.words[at].endswith("ing") and len(scene.words[at]) > 5 and scene.zone[at] == "m" and at > 3


def _counts(scene: Scene, at: int) -> bool:
    """Return whether a number stands at `at`: *two aides*, *one nurse*."""
    return scene.reading.words[at].value is not None


def _is_helped(scene: Scene, mark: Mark) -> bool:
    """Return whether *helping* is done by someone for the patient."""
    if mark.first and scene.words[mark.first - 1] in {"to", "without", "no"}:
        return False
    return scene.near(mark.first, _HELPERS, 4, 4)


def confidence(scene: Scene) -> list[Place]:
    """Return ratings of confidence: confidence 8/10, 80% sure."""
    found: list[Place] = []
    for mark in scene.find("confident"):
        for q in scene.quantities:
            gap = q.first - mark.last if q.first >= mark.last else mark.first - q.last
            if gap <= 3 and (q.kind in {"fraction", "percent", "bare"} or (q.kind == "share" and q.of == 10)):
                found.append((min(mark.first, q.first), max(mark.last, q.last)))
                break
    return found
