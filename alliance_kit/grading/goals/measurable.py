"""M: whether two people, checking apart, could agree that it was reached.

House rules for goals, sections 3, 5 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from alliance_kit.grading.goals.doer import Place
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.reader import Reader, Verdict, capped, places
from alliance_kit.grading.goals.scene import Mark
from alliance_kit.grading.goals.traps import SmallChange

__all__ = ["judge_measurable"]

_REACH = 8
"""Words within which a place belongs to the activity before it."""


def judge_measurable(r: Reader) -> Verdict:
    """Return 2 for a target with unit or a level of help on a task with an end, 1 for what can be seen, else 0."""
    found = next(_rules(r))
    if found.points != 2:
        return found
    if small := r.traps.small_change:
        return Verdict(1, "m1-inside-error", found.places, _about(small))
    cap = capped(
        (
            ("m1-impossible", r.traps.impossible),
            ("m1-contradiction", r.traps.contradiction),
            ("m1-worse", r.traps.worse),
            ("m1-exercise", r.traps.exercise),
        )
    )
    return cap or (Verdict(1, "m1-some-of-several", found.places) if _misses_a_part(r) else found)


def _about(small: SmallChange) -> dict[str, str]:
    return {
        "measure": small.measure.name,
        "mdc": f"{small.error.size:g} {small.measure.unit}",
        "group": small.error.population,
        "change": f"{small.change:.3g}",
        "source": small.error.source,
    }


def _rules(r: Reader) -> Iterator[Verdict]:
    """Yield verdicts, the one that counts first."""
    facts, targets = r.facts, r.targets
    if r.traps.knowing:
        yield Verdict(0, "m0-knowing", tuple(r.traps.knowing))
    if r.traps.others_act:
        yield Verdict(0, "m0-treatment-counted", tuple(targets.good))
    if targets.good:
        yield Verdict(2, "m2-number-and-unit", tuple(targets.good))
    if targets.changes_only and (r.body or facts.activities or r.scene.has("symptom")):
        told = bool(facts.baseline)
        yield Verdict(
            2 if told else 1, "m2-change-from-start" if told else "m1-change-without-start", tuple(targets.changes_only)
        )
    levels = places(r.scene.find("help", zones="m"))
    if levels and _has_clear_end(r) and not r.traps.exercise:
        yield Verdict(2, "m2-level-of-help", levels)
    if levels and (facts.activities or r.body or r.scene.find("class", "exercise", "domain", "general", zones="m")):
        yield Verdict(1, "m1-level-on-open-activity", levels)
    yield from _partly(r)


def _partly(r: Reader) -> Iterator[Verdict]:
    scene, tied = r.scene, bool(r.facts.activities or r.facts.body)
    if seen := _seen_event(r):
        yield Verdict(1, "m1-can-be-seen", seen)
    if tied and (full := scene.find("full", "free", "nodevice", zones="m")):
        yield Verdict(1, "m1-full-or-free", places(full))
    if named := [(m.first, m.last) for m in scene.mentions if scene.zone[m.first] in "mp"]:
        yield Verdict(1, "m1-test-without-target", tuple(named))
    if r.targets.bare and (r.facts.activities or r.body):
        yield Verdict(1, "m1-number-without-unit", tuple(r.targets.bare))
    yield Verdict(0, "m0-no-measure", places(scene.find("hedge", "safely", "vague", "vaguefree", zones="m")))


def _has_clear_end(r: Reader) -> bool:
    """Return whether the activity has a clear end: a transfer, bed mobility, dressing, donning, the floor."""
    families = r.facts.families
    return bool(families & grammar("clear_end")) and (bool(r.traps.several) or not families & grammar("no_clear_end"))


def _seen_event(r: Reader) -> tuple[Place, ...]:
    """Return an activity whose reaching can be seen: open jars, return to bowling, walk to the mailbox."""
    open_ended = grammar("open_ended")
    if r.facts.own_practice:
        return ()
    found = [act for act in r.facts.activities if _is_plainly_meant(r, act) and _has_an_end(r, act)]
    if not r.facts.activities and r.scene.has("wish") and not r.scene.find("vague", "domain", zones="m"):
        found = [m for m in r.facts.purposes if m.entry.family not in open_ended]
    return places(found)


def _is_plainly_meant(r: Reader, act: Mark) -> bool:
    """Return whether no *more*, *better*, *safely* or *when* takes the place of what would be reached."""
    before, after = r.scene.words[max(act.first - 1, 0) : act.first], r.scene.words[act.last : act.last + 2]
    if grammar("comparative") & {*before, *after} or grammar("along") & set(before):
        return False
    return not _is_only_safe(r, act)


def _has_an_end(r: Reader, act: Mark) -> bool:
    """Return whether an activity has an end of its own, or is told with a place, an event or an object."""
    if act.tags & {"valued", "backto", "return"} or _goes_somewhere(r, act.last):
        return True
    following = r.scene.words[act.last : act.last + 3]
    if "unlisted" in act.tags:
        return bool(grammar("determiner") & set(following[:1]))
    flight = "flight" in {*r.scene.words[act.first : act.last], *following}
    return flight or (act.entry.family not in grammar("open_ended") and "open" not in act.tags)


def _is_only_safe(r: Reader, act: Mark) -> bool:
    """Return whether *safely* stands beside an activity where a number or a level of help should."""
    return r.scene.near(act.first, frozenset({"safely"}), 3, act.last - act.first) and "valued" not in act.tags


def _goes_somewhere(r: Reader, at: int) -> bool:
    near = r.scene.find("place", "anchor", "event", "ownable", "kin", "pet", zones="m")
    return any(0 <= m.first - at <= _REACH for m in near) or any(0 <= p[0] - at < _REACH for p in r.facts.open_places)


def _covers_all(r: Reader, starts: list[int]) -> bool:
    """Return whether one level of help stands for all parts: before the first or after the last."""
    levels = r.scene.find("help", zones="m")
    parts = [m for m in r.scene.marks if m.first in starts]
    if r.targets.good or any(m.entry.family not in grammar("clear_end") for m in parts):
        return False
    return bool(levels) and all(m.first < starts[0] or m.first > starts[-1] for m in levels)


def _misses_a_part(r: Reader) -> bool:
    """Return whether one of several goals has no measure of its own."""
    parts = r.traps.several
    measured = [*r.targets.good, *places(r.scene.find("help", zones="m"))]
    starts = sorted(part[0] for part in parts)
    if not parts or any(part in measured for part in parts) or _covers_all(r, starts):
        return False
    ends = [*starts[1:], len(r.scene.words)]
    return not all(any(start <= m[0] < end for m in measured) for start, end in zip(starts, ends, strict=True))
