"""The six criteria, 2 met, 1 partly, 0 not seen, each with the rule that decided and the words it used.

House rules for goals, sections 3, 5 and 8. The first rule that speaks counts; caps come last and only lower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from alliance_kit.grading.goals.deadlines import Deadline
from alliance_kit.grading.goals.gate import no_goal
from alliance_kit.grading.goals.lexicon import grammar
from alliance_kit.grading.goals.measurable import judge_measurable
from alliance_kit.grading.goals.reader import Reader, Verdict, capped, places
from alliance_kit.grading.goals.specific import judge_specific

__all__ = ["CRITERIA", "verdicts"]


def verdicts(reader: Reader) -> dict[str, Verdict]:
    """Return the verdict on each criterion for a goal, in the order of `CRITERIA`; all 0 for a text that is no goal."""
    if gate := no_goal(reader.facts):
        return dict.fromkeys(CRITERIA, Verdict(0, gate))
    return {name: judge(reader) for name, judge in _JUDGES.items()}


def judge_achievable(r: Reader) -> Verdict:
    """Return 2 for two kinds of evidence to judge by, 1 for one kind, 0 for none; never whether it can be reached."""
    cap = capped(
        (
            ("a0-impossible", r.traps.impossible),
            ("a0-contradiction", r.traps.contradiction),
            ("a0-worse", r.traps.worse),
        ),
        points=0,
    )
    if cap or r.traps.others_act:
        return cap or Verdict(0, "a0-treatment")
    kinds = {"baseline": r.facts.baseline, "support": r.facts.supports, "confidence": r.facts.confidence}
    there = [kind for kind, found in kinds.items() if found]
    if not there:
        return Verdict(0, "a0-no-evidence")
    rule = "a2-two-kinds" if len(there) > 1 else f"a1-{there[0]}-only"
    return Verdict(min(len(there), 2), rule, tuple(place for kind in there for place in kinds[kind]))


def judge_relevant(r: Reader) -> Verdict:
    """Return 2 for an anchor in this person's own life, 1 for daily life or a general purpose, 0 for the body alone."""
    found = next(_relevant_practice(r) if r.facts.own_practice else _relevant(r))
    if r.facts.own_practice:
        return found
    traps = (
        ("passive", r.traps.others_act, r.traps.passive),
        ("exercise", bool(r.traps.exercise), r.traps.exercise),
        ("knowing", bool(r.traps.knowing), r.traps.knowing),
    )
    for name, holds, words in traps:
        if holds and any(r.scene.zone[first] in "pwq" for first, _ in (*r.facts.anchors, *r.facts.daily)):
            return Verdict(1, f"r1-{name}-with-purpose", found.places)
        if holds:
            return Verdict(0, f"r0-{name}", tuple(words))
    return found


def _relevant(r: Reader) -> Iterator[Verdict]:
    if r.facts.anchors:
        yield Verdict(2, "r2-own-life", tuple(r.facts.anchors))
    behaves = r.scene.find("exverb", zones="m") and (r.facts.specifiers or r.targets.good)
    if r.facts.daily or behaves:
        yield Verdict(1, "r1-daily-life", tuple(r.facts.daily))
    if unnamed := r.scene.find("unnamed", zones="mp"):
        yield Verdict(1, "r1-unnamed", places(unnamed))
    yield Verdict(0, "r0-body-only", r.body)


def _relevant_practice(r: Reader) -> Iterator[Verdict]:
    scene = r.scene
    if gain := scene.find("gainclin"):
        yield Verdict(2, "r2-patients-gain", places(gain))
    skill = scene.find("practice", "practiceweak", zones="m")
    paper = scene.find("paperclin")
    if skill and not (paper and all(scene.words[m.first] in grammar("paper") for m in skill)):
        yield Verdict(1, "r1-names-skill", places(skill))
    yield Verdict(0, "r0-paperwork", places(paper))


def judge_time_bound(r: Reader) -> Verdict:
    """Return 2 for a number of days, weeks, months, visits or a date, 1 for an event or a vague time, 0 for none."""
    deadlines = _of_the_result(r)
    found = tuple((d.first, d.last) for d in deadlines)
    best = max(deadlines, key=lambda d: d.points, default=None)
    if best is None:
        soon = places(r.scene.find("soon"))
        return Verdict(0, "t0-soon" if soon else "t0-none", soon)
    if best.points == 2 and _differ(deadlines):
        return Verdict(1, "t1-two-deadlines", found)
    if best.points == 2 and _covers_some(r):
        return Verdict(1, "t1-some-of-several", found)
    return Verdict(best.points, best.rule, found)


def _of_the_result(r: Reader) -> tuple[Deadline, ...]:
    """Return the deadlines without that of an interim step: in 6 weeks, *starting at 20 feet this week*."""
    deadlines = r.scene.deadlines
    steps = [m.first for m in r.scene.find("step") if deadlines and m.first > deadlines[0].last]
    return tuple(d for d in deadlines if not steps or d.first < steps[0])


def _differ(deadlines: tuple[Deadline, ...]) -> bool:
    """Return whether two deadlines name different times."""
    spans = grammar("span")
    told = {
        " ".join(w.rstrip("s") for w in d.phrase.split() if w[0].isdigit() or w.rstrip("s") in spans)
        for d in deadlines
        if d.rule == "t2-number"
    }
    return len(told - {""}) > 1


def _covers_some(r: Reader) -> bool:
    """Return whether the deadlines stand between several goals, so that none covers them all."""
    starts = sorted(first for first, _ in r.traps.several)
    firm = [d for d in r.scene.deadlines if d.points == 2]
    return bool(starts and firm) and not any(d.last <= starts[0] or d.first >= starts[-1] for d in firm)


def judge_patient_centred(r: Reader) -> Verdict:
    """Return 2 where the patient acts and is heard, 1 where the patient acts, 0 where others act or nobody does."""
    return next(_whose(r))


def _whose(r: Reader) -> Iterator[Verdict]:
    facts, doer = r.facts, r.facts.doer
    who = ((doer.first, doer.last),) if doer.last else ()
    if facts.own_practice:
        named = Verdict(1, "p1-patients-named", places(r.scene.find("clinword")))
        yield Verdict(2, "p2-patients-words", tuple(facts.voice)) if facts.voice else named
    if r.scene.reading.therapist_unsure and doer.kind in {"patient", "staff"}:
        yield Verdict(None, "p-unsure-pt", who)
    if r.traps.comply:
        yield Verdict(0, "p0-comply", tuple(r.traps.comply))
    wish = (*facts.voice, *places(r.scene.find("ourwish")))
    if doer.kind == "caregiver" and wish and not r.traps.passive:
        yield Verdict(1, "p1-caregiver-for-wish", wish)
    if doer.kind in {"caregiver", "staff"}:
        yield Verdict(0, "p0-others-act", who)
    if r.traps.passive:
        yield Verdict(0, "p0-passive", tuple(r.traps.passive))
    if doer.kind in {"thing", "nobody"}:
        yield Verdict(0, "p0-no-person", who)
    if r.traps.exercise:
        yield Verdict(1, "p1-exercise", who)
    heard = doer.kind == "me" or bool(facts.voice)
    yield Verdict(2, "p2-acts-and-heard", (*who, *facts.voice)) if heard else Verdict(1, "p1-acts", who)


_JUDGES: Mapping[str, Callable[[Reader], Verdict]] = {
    "specific": judge_specific,
    "measurable": judge_measurable,
    "achievable_context": judge_achievable,
    "relevant": judge_relevant,
    "time_bound": judge_time_bound,
    "patient_centred": judge_patient_centred,
}
CRITERIA = tuple(_JUDGES)
