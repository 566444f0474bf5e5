"""From typed words to the patient's answer: the scenario's rules on what was read, one decision after the other."""

from __future__ import annotations

import functools
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alliance_kit.grading.talk import Seen, read_reply
from alliance_kit.grading.words import plain_words
from alliance_kit.hearing._findings import finding_of, note_finding, wording
from alliance_kit.hearing._formula import share_of
from alliance_kit.hearing._rules import due_steps, fits, is_taken, joined, lowers, raises, strong_lines
from alliance_kit.hearing._stems import has_stem
from alliance_kit.hearing._thread import context_at, since_arrival, spoken_in
from alliance_kit.hearing._vocabulary import Vocabulary, common, denies, names_in, overlap
from alliance_kit.hearing._words import is_act, is_own_crisis, is_unkind, kind_of, word_list
from alliance_kit.library import csv_rows
from alliance_kit.model import (
    Finding,
    Hearing,
    HearingRule,
    How,
    Reply,
    TypedReply,
    TypedTurn,
)
from alliance_kit.simulation import Move, Position, holds, stay, take

NEAR, NEAR_POOR = 0.6, 0.85
"""Share of all content words in common, from which typed words count as an offered reply; a poor one must be nearly
the same, since it lowers the alliance."""
TRUSTED_PRECISION = 0.85
"""A clear reading may lower the alliance only if clear readings of its label were right this often, on replies that
its rules never saw; fewer than `ENOUGH_READINGS` of them prove nothing."""
ENOUGH_READINGS = 5
LEFT_OUT = "[left out]"
"""Stands in place of an unkind line, which is kept nowhere."""
_OPEN = frozenset({"open_question", "elicit"})
_QUESTIONS = _OPEN | {"closed_question", "leading_question", "stacked_questions", "why_question"}
_ASKED_BACK = frozenset({"aside", "cue"})


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of typed words: a move with its findings, or no move and a sentence that says what to do."""

    move: Move | None
    findings: tuple[Finding, ...] = ()
    note: str = ""


@functools.cache
def trusted_labels() -> frozenset[str]:
    """Return the labels whose measured precision allows them to lower the alliance."""
    measured = (row for row in csv_rows("talk_trust") if int(row["replies"]) >= ENOUGH_READINGS)
    return frozenset(row["label"] for row in measured if float(row["precision"]) >= TRUSTED_PRECISION)


def reply_from(said: str, typed: TypedReply) -> Reply:
    """Return the reply that typed words were taken for; its effects are in the states around it."""
    return Reply(
        id=typed.by if typed.how in ("near", "care") else "typed",
        say=said,
        quality=typed.quality,
        hears=typed.hears,
        why="",
        next=(),
        answers=typed.answers,
        skills=typed.skills,
        rupture=typed.rupture,
        repairs=typed.repairs,
        meets=typed.meets,
        breaches=typed.breaches,
    )


class Hearer:
    """One decision: everything that it looks at."""

    def __init__(self, vocabulary: Vocabulary, moves: tuple[Move, ...], position: Position, text: str) -> None:
        self.vocabulary, self.scenario = vocabulary, vocabulary.scenario
        self.hearing = typing.cast("Hearing", self.scenario.hearing)
        self.moves, self.position, self.text = moves, position, text
        self.scene = self.scenario.scenes[position.scene]
        self.typed = typing.cast("TypedTurn", self.scene.typed)
        here = since_arrival(moves, position)
        self.context = "\n".join((*(move.before.line for move in here), position.line))
        self.asked_back = sum(move.typed is not None and move.typed.how in _ASKED_BACK for move in here)
        self.typed_here = [move.reply.say for move in here if move.typed is not None]
        self.spoken = spoken_in(moves, position)
        self.due = due_steps(self.scenario, self.scene, position)

    def heard(self) -> Heard:
        """Return what came of it; the order of the questions is the order of precedence."""
        if is_unkind(self.text):
            return self._limit()
        if is_own_crisis(self.text):
            return Heard(None, note=wording()["own_crisis"])
        kind = kind_of(self.text, self.context)
        if is_act(self.text):
            act = self._as_act()
            if act is not None:
                return self._as_reply(act, "near")
            kind = "silent"  # something was done that is not offered here: she waits for words
        if kind and not (kind == "short" and self.due):
            return self._not_understood(kind)
        return self._as_words()

    def _as_words(self) -> Heard:
        if near := self._nearest():
            return self._as_reply(near, "near")
        seen = read_reply(self.text, self.context)
        if self.due:
            return self._care(seen)
        if early := self._care_elsewhere():
            return self._as_reply(replace(early, next=self.typed.next), "care", seen)
        return self._by_rules(seen)

    # --- words that are no reply ------------------------------------------------------------------------------------

    def _limit(self) -> Heard:
        """Meet abuse: she sets one limit, and after that the scene pauses. The words themselves are kept nowhere."""
        warned = any(move.typed is not None and move.typed.how in ("limit", "paused") for move in self.moves)
        how: How = "paused" if warned else "limit"  # after a limit there is nothing more for her to say
        answers = "" if warned else self._unsaid(self.hearing.asides.limit)
        typed = TypedReply(how=how, by=how, answers=answers, quality="poor")
        move = stay(self.scenario, self.position, reply_from(LEFT_OUT, typed))
        return Heard(replace(move, typed=typed), (Finding("turn", "unsure", f"hearing/{how}", wording()[how]),))

    def _not_understood(self, pool: str, found: Iterable[Seen] = (), term: str = "") -> Heard:
        """Ask back, once a scene; where care is due give the sign again; after that go on, or leave it to a choice."""
        if self.due:
            return self._cue(tuple(found))
        if self.asked_back:
            return self._go_on(found)
        pools: Mapping[str, tuple[str, ...]] = {
            name: getattr(self.hearing.asides, name)
            for name in ("unclear", "short", "silent", "off_topic", "pasted", "foreign", "term")
        }
        answer = self._unsaid(pools.get(pool, ()), term) or self._unsaid(pools["unclear"])
        if not answer:  # she has asked back in every way that she knows
            return self._go_on(found)
        return self._stayed("aside", pool, answer, found)

    def _go_on(self, found: Iterable[Seen]) -> Heard:
        typed = self._typed("goes_on", "goes_on", answers=self._unsaid(self.hearing.asides.goes_on))
        reply = replace(reply_from(self.text, typed), next=self.typed.next)
        move = take(self.scenario, self.position, reply)
        return self._done(move, typed, (note_finding("goes_on", self.scene), *self._findings(found)))

    def _stayed(self, how: How, by: str, answer: str, found: Iterable[Seen], *, repairs: bool = False) -> Heard:
        typed = self._typed(how, by, answers=answer, repairs=repairs)
        move = stay(self.scenario, self.position, reply_from(self.text, typed))
        return self._done(move, typed, (note_finding(by, self.scene), *self._findings(found)))

    # --- a step of care is due ---------------------------------------------------------------------------------------

    def _care(self, seen: Sequence[Seen]) -> Heard:
        """Look only for whether the step is taken: direct and closed wording is right here, and nothing is lost.

        A step may be taken one question at a time, so what was typed in this scene before counts along.
        """
        said = "\n".join((*self.typed_here, self.text))
        taken = {item.id for item in self.due if is_taken(item, said)}
        if taken == {item.id for item in self.due}:
            meeting = [reply for reply in strong_lines(self.scene) if taken <= set(reply.meets)]
            if meeting:
                return self._as_care(meeting, said, seen)
        return self._cue(seen)

    def _as_care(self, meeting: Sequence[Reply], said: str, seen: Sequence[Seen]) -> Heard:
        """Take the words as the offered reply that they are closest to; one that fetches somebody must name them.

        To a leave asked she gives the scene's own answer, which fits whatever was asked for.
        """
        named = [reply for reply in meeting if not names_in(reply.say) - set(plain_words(said))] or list(meeting)
        reply = max(named, key=lambda each: common(said, each.say))
        if any(item.kind == "consent" for item in self.due):
            reply = replace(reply, answers=self.typed.offered)
        return self._as_reply(reply, "care", seen)

    def _care_elsewhere(self) -> Reply | None:
        """Return the reply that takes a step of care which the words take at another point of the visit.

        A warning sign may be asked about at any time. Consent is for the touch at hand, so it counts only there.
        """
        state = self.position.state
        for item in self.scenario.safety:
            raised = item.always or item.id in state.raised or item.kind == "red_flag"
            if raised and item.kind != "consent" and item.id not in state.met and is_taken(item, self.text):
                replies = (reply for scene in self.scenario.scenes.values() for reply in strong_lines(scene))
                return next((reply for reply in replies if reply.meets == (item.id,)), None)
        return None

    def _cue(self, found: Sequence[Seen]) -> Heard:
        if self.asked_back or not self.typed.cue or self.typed.cue in self.spoken:
            return Heard(None, note=wording()["care_open"])
        labels = {each.label for each in found}
        mended = any(rule.repairs and fits(rule, labels) for rule in self.hearing.rules)
        return self._stayed("cue", "cue", self.typed.cue, found, repairs=mended)

    # --- words that are a reply --------------------------------------------------------------------------------------

    def _as_act(self) -> Reply | None:
        """Return the offered act that is described in brackets or between asterisks, as in ``[I sit down]``."""
        words = set(plain_words(self.text))
        acts = (reply for reply in self.scene.replies if reply.act is not None)
        return next((reply for reply in acts if words & word_list(f"act {reply.act}")), None)

    def _nearest(self) -> Reply | None:
        offered = strong_lines(self.scene) if self.due else [r for r in self.scene.replies if r.act is None]
        same = [reply for reply in offered if denies(reply.say) == denies(self.text)]
        best = max(same, key=lambda reply: overlap(self.text, reply.say), default=None)
        if best is None:
            return None
        return best if overlap(self.text, best.say) >= (NEAR_POOR if best.quality == "poor" else NEAR) else None

    def _as_reply(self, reply: Reply, how: How, seen: Sequence[Seen] | None = None) -> Heard:
        """Take the words as an offered reply: its effects, its answer, the way on from it."""
        answers = reply.answers if reply.answers not in self.spoken else ""
        typed = self._typed(
            how,
            reply.id,
            answers=answers,
            hears=reply.hears,
            quality=reply.quality,
            skills=reply.skills,
            rupture=reply.rupture,
            repairs=reply.repairs,
            meets=reply.meets,
            breaches=reply.breaches,
        )
        move = take(self.scenario, self.position, replace(reply, say=self.text, answers=answers, act=None))
        read = read_reply(self.text, self.context) if seen is None else seen
        own = Finding(
            criterion=reply.skills[0] if reply.skills else "turn",
            level="clear",
            rule=f"reply/{self.scenario.id}/{reply.id}",
            why=reply.why,
            try_instead=reply.try_instead,
            source=", ".join(reply.source),
        )
        return self._done(move, typed, (own, *self._findings(read)))

    def _by_rules(self, seen: Sequence[Seen]) -> Heard:
        clear = {each.label for each in seen if each.sure == "clear"}
        sure, every = clear & trusted_labels(), {each.label for each in seen}
        fitting = [rule for rule in self.hearing.rules if fits(rule, every)]
        hurting = [rule for rule in fitting if lowers(rule)]
        if surely := next((rule for rule in hurting if fits(rule, every, among=sure)), None):
            return self._moved((surely,), seen)
        helping = [rule for rule in fitting if not lowers(rule)]
        building = [rule for rule in helping if raises(rule)]
        if hurting and not any(clear & set(rule.any) for rule in building):
            return self._not_understood("unsure", seen)
        only_asked = every <= _QUESTIONS
        if not helping or (self._is_off_topic() and (only_asked or not building)):
            return self._without_rule(seen)
        return self._moved(tuple(helping), seen)

    def _without_rule(self, seen: Sequence[Seen]) -> Heard:
        term = next((each for each in seen if each.label == "jargon"), None)
        if term is not None and term.spans:
            words = self.text[term.spans[0].start : term.spans[0].end]
            return self._not_understood("term", seen, words)
        return self._not_understood("off_topic" if self._is_off_topic() else "unclear", seen)

    def _is_off_topic(self) -> bool:
        return self.vocabulary.is_strange(self.text)

    def _moved(self, rules: tuple[HearingRule, ...], seen: Sequence[Seen]) -> Heard:
        lead = rules[0]
        hurts = lowers(lead)
        share = 1.0 if hurts else share_of(self.text, self.context, self._earlier())
        steps = lead.effects if hurts else joined(rules)
        again = self._unsaid(self.hearing.asides.again) if share == 0 else ""
        typed = self._typed(
            "rule",
            lead.id,
            answers=again or self._answer(self._answered(rules, seen), seen),
            hears=self._hears(lead),
            share=share,
            quality="poor" if hurts else "strong" if share and any(map(raises, rules)) else "workable",
            skills=tuple(dict.fromkeys(each.label for each in seen)),
            rupture=lead.rupture if hurts else None,
            repairs=share > 0 and any(rule.repairs for rule in rules),
        )
        reply = replace(reply_from(self.text, typed), effects=steps, next=self.typed.next)
        move = take(self.scenario, self.position, reply, share=share)
        if self.typed.reveals and move.opened_up and not move.after.over and (more := self._reveal(move)):
            typed = replace(typed, answers=f"{typed.answers}\n{more}")
            move = take(self.scenario, self.position, replace(reply, answers=typed.answers), share=share)
        own = () if share == 1 else (note_finding("again_half" if share else "again", self.scene),)
        return self._done(move, typed, (*own, *self._findings(seen, first=lead)))

    def _answered(self, rules: Sequence[HearingRule], seen: Sequence[Seen]) -> HearingRule:
        """Return the rule that she answers to: that of an open question which comes last, else the first."""
        last = max(seen, key=lambda each: max((span.end for span in each.spans), default=0))
        asked = last.label in _OPEN and next((rule for rule in rules if last.label in rule.any), None)
        return asked or rules[0]

    # --- what she says -----------------------------------------------------------------------------------------------

    def _answer(self, rule: HearingRule, seen: Sequence[Seen]) -> str:
        if rule.answer in ("asked", "checked") or any(s.label in ("open_question", "closed_question") for s in seen):
            for fact in self.hearing.facts:
                asked = rule.answer in ("asked", "checked") and fact.says not in self.spoken
                if asked and has_stem(self.text, fact.words):
                    return fact.says
        line: str = getattr(self.typed, rule.answer)
        return "" if line in self.spoken else line

    def _reveal(self, move: Move) -> str:
        """Return something deeper that trust has opened; never two turns running, since nobody tells all at once."""
        told = self.moves[-1].reply.answers if self.moves else ""
        if any(more.says in told for more in self.hearing.reveals):
            return ""
        state = move.after.state
        open_now = (more.says for more in self.hearing.reveals if holds(more.when, state))
        return next((says for says in open_now if says not in self.spoken), "")

    def _unsaid(self, pool: Sequence[str], term: str = "") -> str:
        lines = (line.replace("{term}", term) for line in pool)
        return next((line for line in lines if line not in self.spoken), "")

    def _hears(self, rule: HearingRule) -> str:
        times = sum(move.typed is not None and move.typed.by == rule.id for move in self.moves)
        return rule.hears[times % len(rule.hears)] if rule.hears else ""

    def _earlier(self) -> list[tuple[str, str]]:
        heard = [
            (at, move) for at, move in enumerate(self.moves) if move.typed is not None and move.typed.how == "rule"
        ]
        return [(move.reply.say, context_at(self.moves, at)) for at, move in heard]

    # --- putting it together -----------------------------------------------------------------------------------------

    def _typed(self, how: How, by: str, **more: object) -> TypedReply:
        return TypedReply(how=how, by=by, **more)  # type: ignore[arg-type]  # fields by name

    def _findings(self, seen: Iterable[Seen], first: HearingRule | None = None) -> tuple[Finding, ...]:
        def behind(each: Seen) -> bool:
            return first is not None and each.label not in first.any

        return tuple(finding_of(each, self.scene) for each in sorted(seen, key=behind))

    def _done(self, move: Move, typed: TypedReply, findings: tuple[Finding, ...]) -> Heard:
        return Heard(replace(move, reply=replace(move.reply, say=self.text), typed=typed), findings)
