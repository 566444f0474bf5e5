"""What the learner's report says first: her own words that worked, at most two, and exactly one thing to try next.

The rules stand here once. What went well: words she typed come before replies she chose, a goal only where at least
half of its parts are seen; then the reply that moved the
patient most. What to try next, the first that applies: a step of care missed in the latest talk of a scene; the turn
that moved most the wrong way; the next step of the latest goal; a turn that another line could have opened; a short
exercise with something left to find; else to keep, or to begin.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from alliance_kit.model import Finding, Span
from alliance_kit.reports.learner._facts import Goal, LearnerFacts, Moment, Short, Talk

MAX_QUOTES = 2
_TIE_ROOM = 110
"""A longer quote of the patient would be cut here, mostly before the words that the goal takes up."""
_CRITERIA = ("hers", "relevant", "patient_centred", "measurable", "time_bound", "specific", "achievable_context")
"""Which part of a goal to praise first: that it is the patient's own, then the rest as a reader would miss it."""

Kind = Literal["goal", "short", "said", "typed", "did"]
Rule = Literal["safety", "turn", "goal", "open", "short", "keep", "begin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Praise:
    """Words of the learner's that worked: `spans` lie in `text`; `why` says why, `heard` what may have been heard.

    `part` is the part of a goal that the words are quoted for.
    """

    kind: Kind
    text: str
    why: str
    part: str = ""
    spans: tuple[Span, ...] = ()
    heard: str = ""
    title: str = ""
    patient: str = ""
    pronoun: str = "they"
    turn: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """One thing to try next; `rule` says why this one.

    `what` is the sentence about it, `said` what the learner had said or, where `act`, done, `line` a line to try.
    """

    rule: Rule
    what: str = ""
    line: str = ""
    said: str = ""
    act: bool = False
    heard: str = ""
    patient: str = ""
    pronoun: str = "they"
    turn: int = 0


def went_well(facts: LearnerFacts) -> tuple[Praise, ...]:
    """Return at most two quotes, words that the learner typed herself first; none where nothing was seen as met."""
    replies = [praise for praise in (_best_reply(facts),) if praise]
    typed = [*_goal_praises(facts), *_short_praises(facts)][: MAX_QUOTES - len(replies)]
    return (*typed, *replies)


def _goal_praises(facts: LearnerFacts) -> list[Praise]:
    """Return one praise a goal, those first whose best part ranks highest, later ones before earlier ones."""
    found: list[tuple[tuple[bool, int], Praise]] = []
    for goal in sorted(filter(_earned, facts.goals), key=lambda goal: goal.at, reverse=True):
        said = {praise.why for _, praise in found}
        # Two quotes that worked for the same reason would read like a form letter.
        ranked = sorted(_met_parts(goal), key=lambda part: (part[1].why in said, part[0]))
        found += ranked[:1]
    return [praise for _, praise in sorted(found, key=lambda part: part[0])]


def _earned(goal: Goal) -> bool:
    """Return whether a goal may stand as an example: at least half of its parts are seen. One word is no good goal."""
    findings = goal.latest.findings
    return 2 * sum(finding.level == "met" for finding in findings) >= len(findings)


def _tied_loosely(finding: Finding, text: str) -> bool:
    """Return whether the tie to the patient's words is too thin to praise: one word, or a quote that has to be cut."""
    marked = {word for span in finding.spans for word in text[span.start : span.end].lower().split()}
    return finding.criterion == "hers" and (len(marked) < 2 or len(finding.why) > _TIE_ROOM)


def _met_parts(goal: Goal) -> Iterator[tuple[tuple[bool, int], Praise]]:
    for finding in goal.latest.findings:
        if finding.level != "met" or not finding.spans or finding.criterion not in _CRITERIA:
            continue
        if not _tied_loosely(finding, goal.latest.text):
            old = goal.versions > 1 and goal.first.level(finding.criterion) == "met"
            yield (
                (old, _CRITERIA.index(finding.criterion)),
                Praise(
                    kind="goal",
                    text=goal.latest.text,
                    why=finding.why,
                    part=finding.criterion,
                    spans=finding.spans,
                    title=goal.title,
                    patient=goal.patient,
                ),
            )


def _short_praises(facts: LearnerFacts) -> Iterator[Praise]:
    for short in sorted(facts.shorts, key=lambda short: short.at, reverse=True):
        if short.written and short.met and short.text.strip():
            best = next((finding for finding in short.findings if finding.spans), short.findings[0])
            yield Praise(kind="short", text=short.text, why=best.why, spans=best.spans, title=short.title)


def _best_reply(facts: LearnerFacts) -> Praise | None:
    """Return the strong reply of a latest talk that moved the patient most; of equal ones the latest."""
    strong = [
        (moment.change, place, talk, moment)
        for place, talk in enumerate(facts.latest_talks)
        for moment in talk.moments
        if moment.level == "met" and moment.change > 0
    ]
    if not strong:
        return None
    *_, talk, moment = max(strong, key=lambda entry: entry[:2])
    return Praise(
        kind="did" if moment.act else "typed" if moment.typed else "said",
        text=moment.said,
        why=moment.why,
        heard=moment.heard,
        title=talk.title,
        patient=talk.patient,
        pronoun=talk.pronoun,
        turn=moment.turn,
    )


def next_step(facts: LearnerFacts) -> NextStep:
    """Return the one thing to try next, chosen by the rules at the head of this module."""
    rules = (_safety, _wrong_way, _goal, _open_turn, _short)
    found = next((step for rule in rules if (step := rule(facts))), None)
    if found:
        return found
    return NextStep(rule="keep" if went_well(facts) else "begin")


def _safety(facts: LearnerFacts) -> NextStep | None:
    for talk in reversed(facts.latest_talks):
        for missed, line in talk.missed:
            return NextStep(rule="safety", what=missed, line=line, patient=talk.patient, pronoun=talk.pronoun)
    return None


def _wrong_way(facts: LearnerFacts) -> NextStep | None:
    down = [entry for entry in _mendable(facts) if entry[1].change < 0]
    return _at_turn("turn", *min(down, key=lambda entry: entry[1].change)) if down else None


def _open_turn(facts: LearnerFacts) -> NextStep | None:
    rest = list(_mendable(facts))
    return _at_turn("open", *min(rest, key=lambda entry: entry[1].change)) if rest else None


def _mendable(facts: LearnerFacts) -> Iterator[tuple[Talk, Moment]]:
    """Yield the turns that have a line to try, later talks first."""
    for talk in reversed(facts.latest_talks):
        for moment in talk.moments:
            if moment.level != "met" and moment.suggestion.strip():
                yield talk, moment


def _at_turn(rule: Rule, talk: Talk, moment: Moment) -> NextStep:
    return NextStep(
        rule=rule,
        line=moment.suggestion,
        said=moment.said,
        act=moment.act,
        heard=moment.heard,
        patient=talk.patient,
        pronoun=talk.pronoun,
        turn=moment.turn,
    )


def _goal(facts: LearnerFacts) -> NextStep | None:
    for goal in sorted(facts.goals, key=lambda goal: goal.at, reverse=True):
        unmet = any(finding.level != "met" for finding in goal.latest.findings)
        if unmet and goal.latest.next_step.strip():
            return NextStep(rule="goal", what=goal.latest.next_step, patient=goal.patient)
    return None


def _short(facts: LearnerFacts) -> NextStep | None:
    for short in sorted(facts.shorts, key=lambda short: short.at, reverse=True):
        if short.findings and not short.met:
            return NextStep(rule="short", what=short.item.stem, line=_line_of(short))
    return None


def _line_of(short: Short) -> str:
    best = (choice.text for choice in short.item.choices if choice.best)
    return next(best, "") or next(iter(short.item.samples), "")
