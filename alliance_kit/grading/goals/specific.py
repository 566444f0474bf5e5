"""S: whether it is clear what will be done, and in which circumstances.

House rules for goals, sections 3, 5 and 8.
"""

from __future__ import annotations

from collections.abc import Iterator

from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.reader import Reader, Verdict, capped, places

__all__ = ["judge_specific"]


def judge_specific(r: Reader) -> Verdict:
    """Return 2 for a named activity with a specifier, 1 for one of them or a tied body function, 0 for a broad word."""
    found = next(_rules(r))
    if found.points != 2:
        return found
    cap = capped(
        (
            ("s1-several-goals", r.traps.several),
            ("s1-contradiction", r.traps.contradiction),
            ("s1-passive", r.traps.passive),
            ("s1-exercise", r.traps.exercise),
        )
    )
    return cap or (Verdict(1, "s1-others-act", found.places) if r.traps.others_act else found)


def _rules(r: Reader) -> Iterator[Verdict]:
    """Yield verdicts, the one that counts first."""
    facts, acts = r.facts, places(r.facts.activities)
    if r.traps.knowing:
        content = places(r.scene.find("named", zones="m"))
        yield Verdict(1, "s1-knowing", content) if content else Verdict(0, "s0-knowing", tuple(r.traps.knowing))
    if r.traps.comply and not acts:
        yield Verdict(0, "s0-comply", tuple(r.traps.comply))
    if acts and facts.specifiers:
        yield Verdict(2, "s2-activity-and-specifier", (*acts[:2], *facts.specifiers))
    if r.body and facts.purposes:
        yield Verdict(2, "s2-function-and-activity", (*r.body, *places(facts.purposes)[:2]))
    if acts and (r.scene.mentions or any("symptom" in m.tags for m in facts.body)):
        yield Verdict(2, "s2-function-and-activity", (*r.body, *acts[:2]))
    if acts:
        yield Verdict(1, "s1-activity-only", acts)
    if r.body:
        yield Verdict(1, "s1-body-function", r.body)
    yield from _without_activity(r)


def _without_activity(r: Reader) -> Iterator[Verdict]:
    scene, facts = r.scene, r.facts
    behaviour = places(m for m in scene.find("exverb", zones="m") if "exercise" not in m.tags)
    if behaviour and (facts.specifiers or r.targets.good):
        points = 2 if facts.specifiers else 1
        yield Verdict(points, f"s{points}-behaviour", (*behaviour, *facts.specifiers))
    if vague := behaviour or places(scene.find("practiceweak", zones="m")):
        yield Verdict(0, "s0-vague", vague)
    if exercise := scene.find("exercise", zones="m"):
        yield Verdict(1, "s1-exercise", places(exercise))
    if group := scene.find("class", "role", zones="m"):
        yield Verdict(1, "s1-class", places(group))
    content = scene.find("named", zones="m") or (scene.find("show", zones="m") if r.targets.main else [])
    if content:
        yield Verdict(1, "s1-content", places(content))
    if facts.purposes and not r.traps.others_act:
        yield Verdict(1, "s1-activity-in-purpose", places(facts.purposes))
    if r.traps.others_act and (treatment := _named_treatment(r)):
        yield Verdict(1, "s1-others-act", treatment)
    yield Verdict(0, "s0-domain-word", places(scene.find("domain", "vague", "unnamed", "vaguefree", zones="m")))


def _named_treatment(r: Reader) -> tuple[tuple[int, int], ...]:
    """Return the treatments or activities that others carry out, if their content is named."""
    empty = grammar("no_content")
    return places(
        m for m in r.scene.find("treat", "act", zones="m") if not empty.issuperset(r.scene.words[m.first : m.last])
    )
