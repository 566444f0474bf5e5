"""From typed words to the patient's answer: the scenario's rules on what was read, one decision after the other."""

from __future__ import annotations

import functools
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from alliance_kit.errors import ExerciseFileError
from alliance_kit.grading.talk import Seen, read_reply
from alliance_kit.grading.words import plain_words
from alliance_kit.hearing._findings import finding_of, note_finding, wording
from alliance_kit.hearing._formula import share_of
from alliance_kit.hearing._stems import has_stem
from alliance_kit.hearing._vocabulary import Vocabulary, overlap
from alliance_kit.hearing._words import is_unkind, kind_of, word_list
from alliance_kit.library import csv_rows
from alliance_kit.model import (
    Effects,
    Finding,
    Hearing,
    HearingRule,
    How,
    Reply,
    SafetyItem,
    Scenario,
    Scene,
    TypedReply,
    TypedTurn,
)
from alliance_kit.simulation import DIMENSIONS, Move, Position, holds, stay, take

NEAR, NEAR_POOR = 0.6, 0.85
"""Share of all content words in common, from which typed words count as an offered reply; a poor one must be nearly
the same, since it lowers the alliance."""
TRUSTED_PRECISION = 0.85
"""A reading may lower the alliance only if its label was right this often on replies that its rules never saw."""
LEFT_OUT = "[left out]"
"""Stands in place of an unkind line, which is kept nowhere."""
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
    return frozenset(row["label"] for row in csv_rows("talk_trust") if float(row["precision"]) >= TRUSTED_PRECISION)


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
    )


class Listener:
    """The patient of one scenario, listening to typed words.

    Parameters
    ----------
    scenario : Scenario with `hearing`

    Raises
    ------
    ExerciseFileError: the scenario has no rules for typed words.
    """

    def __init__(self, scenario: Scenario) -> None:
        if scenario.hearing is None:
            raise ExerciseFileError(f"{scenario.id}: there are no rules for typed words. Add 'hearing'.")
        self.scenario = scenario
        self.hearing: Hearing = scenario.hearing
        self.vocabulary = Vocabulary(scenario)

    def hear(self, moves: Sequence[Move], position: Position, text: str, *, starter: bool = False) -> Heard:
        """Return what the patient makes of `text` at `position`, after `moves` of the same run.

        Parameters
        ----------
        starter : whether the words were begun with an offered beginning; only noted

        Raises
        ------
        ExerciseFileError: the visit is over, or the scene takes no typed words.
        """
        scene = self.scenario.scenes.get(position.scene)
        if scene is None or scene.typed is None:
            raise ExerciseFileError(f"{self.scenario.id}, scene {position.scene!r}: typed words cannot be heard here.")
        return _Turn(self, tuple(moves), position, text.strip(), starter=starter).heard()


class _Turn:
    """One decision: everything that it looks at."""

    def __init__(
        self, listener: Listener, moves: tuple[Move, ...], position: Position, text: str, *, starter: bool
    ) -> None:
        self.scenario, self.hearing, self.vocabulary = listener.scenario, listener.hearing, listener.vocabulary
        self.moves, self.position, self.text, self.starter = moves, position, text, starter
        self.scene = listener.scenario.scenes[position.scene]
        self.typed = typing.cast("TypedTurn", self.scene.typed)
        here = _since_arrival(moves, position)
        self.context = "\n".join((*(move.before.line for move in here), position.line))
        self.asked_back = sum(move.typed is not None and move.typed.how in _ASKED_BACK for move in here)
        self.spoken = _spoken(moves, position)
        self.due = _due(listener.scenario, self.scene, position)

    def heard(self) -> Heard:
        """Return what came of it; the order of the questions is the order of precedence."""
        if is_unkind(self.text):
            return self._limit()
        kind = kind_of(self.text, self.context)
        act = self._as_act() if kind != "pasted" else None
        if act is not None:
            return self._as_reply(act, "near")
        if kind and not (kind == "short" and self.due):
            return self._not_understood(kind)
        if near := self._nearest():
            return self._as_reply(near, "near")
        seen = read_reply(self.text, self.context)
        if self.due:
            return self._care(seen)
        return self._by_rules(seen)

    # --- words that are no reply ------------------------------------------------------------------------------------

    def _limit(self) -> Heard:
        """Meet abuse: she sets one limit, and after that the scene pauses. The words themselves are kept nowhere."""
        warned = any(move.typed is not None and move.typed.how in ("limit", "paused") for move in self.moves)
        how: How = "paused" if warned else "limit"
        answers = "" if warned else self._unsaid(self.hearing.asides.limit)
        typed = TypedReply(how=how, by=how, answers=answers, quality="poor")
        move = stay(self.scenario, self.position, reply_from(LEFT_OUT, typed))
        return Heard(replace(move, typed=typed), (Finding("turn", "unsure", f"hearing/{how}", wording()[how]),))

    def _not_understood(self, pool: str, found: Iterable[Seen] = (), term: str = "") -> Heard:
        """Ask back, once a scene; where care is due give the sign again; after that go on, or leave it to a choice."""
        if self.due:
            return self._cue(found)
        if self.asked_back:
            return self._go_on(found)
        pools: Mapping[str, tuple[str, ...]] = {
            name: getattr(self.hearing.asides, name)
            for name in ("unclear", "short", "silent", "off_topic", "pasted", "foreign", "term")
        }
        answer = self._unsaid(pools[pool], term) or self._unsaid(pools["unclear"])
        if not answer:  # she has asked back in every way that she knows
            return self._go_on(found)
        return self._stayed("aside", pool, answer, found)

    def _go_on(self, found: Iterable[Seen]) -> Heard:
        typed = self._typed("goes_on", "goes_on", answers=self._unsaid(self.hearing.asides.goes_on))
        reply = replace(reply_from(self.text, typed), next=self.typed.next)
        move = take(self.scenario, self.position, reply)
        return self._done(move, typed, (note_finding("goes_on", self.scene), *self._findings(found)))

    def _stayed(self, how: How, by: str, answer: str, found: Iterable[Seen]) -> Heard:
        typed = self._typed(how, by, answers=answer)
        move = stay(self.scenario, self.position, reply_from(self.text, typed))
        return self._done(move, typed, (note_finding(by, self.scene), *self._findings(found)))

    # --- a step of care is due ---------------------------------------------------------------------------------------

    def _care(self, seen: Sequence[Seen]) -> Heard:
        """Look only for whether the step is taken: direct and closed wording is right here, and nothing is lost."""
        taken = {item.id for item in self.due if _is_taken(item, self.text)}
        if taken == {item.id for item in self.due}:
            reply = next((r for r in _strong(self.scene) if taken <= set(r.meets)), None)
            if reply is not None:
                return self._as_reply(reply, "care", seen)
        return self._cue(seen)

    def _cue(self, found: Iterable[Seen]) -> Heard:
        if self.asked_back or not self.typed.cue or self.typed.cue in self.spoken:
            return Heard(None, note=wording()["care_open"])
        return self._stayed("cue", "cue", self.typed.cue, found)

    # --- words that are a reply --------------------------------------------------------------------------------------

    def _as_act(self) -> Reply | None:
        """Return the offered act that is described in brackets or between asterisks, as in ``[I sit down]``."""
        text = self.text
        if not (text[:1] + text[-1:] in ("[]", "()", "**") and len(text) > 2):
            return None
        words = set(plain_words(text))
        acts = (reply for reply in self.scene.replies if reply.act is not None)
        return next((reply for reply in acts if words & word_list(f"act {reply.act}")), None)

    def _nearest(self) -> Reply | None:
        offered = _strong(self.scene) if self.due else [r for r in self.scene.replies if r.act is None]
        best = max(offered, key=lambda reply: overlap(self.text, reply.say), default=None)
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
        )
        move = take(self.scenario, self.position, replace(reply, say=self.text, answers=answers))
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
        fitting = [rule for rule in self.hearing.rules if _fits(rule, every)]
        hurting = [rule for rule in fitting if _lowers(rule)]
        if surely := next((rule for rule in hurting if _fits(rule, every, among=sure)), None):
            return self._moved((surely,), seen)
        helping = [rule for rule in fitting if not _lowers(rule)]
        building = [rule for rule in helping if _raises(rule)]
        if hurting and not any(clear & set(rule.any) for rule in building):
            return self._not_understood("unsure", seen)
        if not helping or (self._is_off_topic() and not building):
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
        lowers = _lowers(lead)
        share = 1.0 if lowers else share_of(self.text, self.context, self._earlier())
        steps = lead.effects if lowers else _joined(rules)
        again = self._unsaid(self.hearing.asides.again) if share == 0 else ""
        typed = self._typed(
            "rule",
            lead.id,
            answers=again or self._answer(lead, seen),
            hears=self._hears(lead),
            share=share,
            quality="poor" if lowers else "strong" if share and any(map(_raises, rules)) else "workable",
            skills=tuple(dict.fromkeys(each.label for each in seen)),
            rupture=lead.rupture if lowers else None,
            repairs=share > 0 and any(rule.repairs for rule in rules),
        )
        reply = replace(reply_from(self.text, typed), effects=steps, next=self.typed.next)
        move = take(self.scenario, self.position, reply, share=share)
        if move.opened_up and not move.after.over and (more := self._reveal(move)):
            typed = replace(typed, answers=f"{typed.answers}\n{more}")
            move = take(self.scenario, self.position, replace(reply, answers=typed.answers), share=share)
        own = () if share == 1 else (note_finding("again_half" if share else "again", self.scene),)
        return self._done(move, typed, (*own, *self._findings(seen, first=lead)))

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
        return [(move.reply.say, _context_at(self.moves, at)) for at, move in heard]

    # --- putting it together -----------------------------------------------------------------------------------------

    def _typed(self, how: How, by: str, **more: object) -> TypedReply:
        return TypedReply(how=how, by=by, starter=self.starter, **more)  # type: ignore[arg-type]  # fields by name

    def _findings(self, seen: Iterable[Seen], first: HearingRule | None = None) -> tuple[Finding, ...]:
        def behind(each: Seen) -> bool:
            return first is not None and each.label not in first.any

        return tuple(finding_of(each, self.scene) for each in sorted(seen, key=behind))

    def _done(self, move: Move, typed: TypedReply, findings: tuple[Finding, ...]) -> Heard:
        return Heard(replace(move, reply=replace(move.reply, say=self.text), typed=typed), findings)


# --- small questions --------------------------------------------------------------------------------------------------


def _since_arrival(moves: Sequence[Move], position: Position) -> tuple[Move, ...]:
    """Return the moves at the end of a run after which the patient still waited in this scene."""
    count = 0
    for move in reversed(moves):
        if move.before.scene != position.scene:
            break
        count += 1
    return tuple(moves[len(moves) - count :])


def _context_at(moves: Sequence[Move], at: int) -> str:
    here = _since_arrival(moves[:at], moves[at].before)
    return "\n".join((*(move.before.line for move in here), moves[at].before.line))


def _spoken(moves: Sequence[Move], position: Position) -> str:
    """Return all that the patient has said in this run, as one text in which a line can be looked for."""
    return "\n".join((*(move.before.line for move in moves), position.line))


def _strong(scene: Scene) -> list[Reply]:
    """Return the strong replies that are said, not done."""
    return [reply for reply in scene.replies if reply.quality == "strong" and reply.act is None]


def _due(scenario: Scenario, scene: Scene, position: Position) -> tuple[SafetyItem, ...]:
    """Return the steps of care that are due in this scene and not taken yet."""
    here = {item_id for reply in scene.replies if reply.quality == "strong" for item_id in reply.meets}
    state = position.state
    open_now = (i for i in scenario.safety if (i.always or i.id in state.raised) and i.id not in state.met)
    return tuple(item for item in open_now if item.id in here)


def _is_taken(item: SafetyItem, text: str) -> bool:
    return bool(item.words) and all(has_stem(text, group) for group in item.words)


def _fits(rule: HearingRule, labels: set[str], among: set[str] | None = None) -> bool:
    """Return whether a rule holds for the labels that were read; with `among`, by one of those."""
    return bool(set(rule.any) & (labels if among is None else among)) and not set(rule.unless) & labels


def _steps(effects: Effects) -> tuple[int, ...]:
    return tuple(getattr(effects, dimension) for dimension in DIMENSIONS)


def _lowers(rule: HearingRule) -> bool:
    return rule.rupture is not None or min(_steps(rule.effects)) < 0


def _raises(rule: HearingRule) -> bool:
    return rule.repairs or max(_steps(rule.effects)) > 0


def _joined(rules: Sequence[HearingRule]) -> Effects:
    """Return the steps of several rules together: of each state the largest, so that piling up earns nothing."""
    return Effects(*(max(0, *(getattr(rule.effects, d) for rule in rules)) for d in DIMENSIONS))
