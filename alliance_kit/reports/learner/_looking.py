"""Reading a hand-in for the learner's report.

Only what was recorded is used (turns, states, findings and feedback as shown) and the exercises as the hand-in carries
them, so that a later edit of an exercise changes no report. Confidence and self-ratings are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alliance_kit import simulation
from alliance_kit.grading.conversation import LEVEL_OF
from alliance_kit.handin import HandIn, Understood, day_of, understand
from alliance_kit.hearing import reply_from
from alliance_kit.journal import Answer, Run, Turn
from alliance_kit.model import (
    AnyExercise,
    DrillSet,
    GoalCase,
    Reflection,
    Reply,
    SafetyItem,
    Scale,
    Scenario,
)
from alliance_kit.reports.learner._facts import Goal, LearnerFacts, Moment, Reflected, Short, Talk, Version
from alliance_kit.sessions.debrief import is_taken_up
from alliance_kit.simulation import Move, Position


def look_at(hand_in: HandIn) -> LearnerFacts:
    """Return what a hand-in says for the report. It never raises on a hand-in that `handin.read` accepts."""
    work = understand(hand_in.lines)
    answers = sorted(work.answers, key=lambda answer: (answer.at, answer.response.attempt))
    done = [*(run.exercise for run in work.runs.values()), *(written.exercise for written in work.written)]
    done += [a.response.exercise for a in answers if not isinstance(work.exercises.get(a.response.digest), Scale)]
    return LearnerFacts(
        code=hand_in.code,
        day=day_of(hand_in.made),
        synthetic=hand_in.synthetic,
        exercises=len(set(done)),
        talks=tuple(_talks(work, _shown(hand_in, work))),
        goals=tuple(_goals(work, answers)),
        shorts=tuple(_shorts(work, answers)),
        reflections=tuple(_reflections(work, answers)),
        unreviewed=any(exercise.reviewed_by.clinician == "not yet" for exercise in work.exercises.values()),
    )


# --- talks ------------------------------------------------------------------------------------------------------


def _shown(hand_in: HandIn, work: Understood) -> list[Run]:
    """Return the finished talks that the learner ticked, in order of time; others are in it for their branches only."""
    ticked = {run for content in hand_in.contents for run in content.runs} or set(work.runs)
    finished = (run for run in work.runs.values() if run.id in ticked and run.ended)
    return sorted(finished, key=lambda run: (run.at, run.attempt, run.id))


def _talks(work: Understood, runs: Iterable[Run]) -> Iterator[Talk]:
    played: dict[str, int] = {}
    for run in runs:
        played[run.exercise] = played.get(run.exercise, 0) + 1
        exercise = work.exercises.get(run.digest)
        yield _talk(run, work.turns(run), exercise if isinstance(exercise, Scenario) else None, played[run.exercise])


def _talk(run: Run, turns: Sequence[Turn], scenario: Scenario | None, number: int) -> Talk:
    moves = tuple(_move(scenario, turn) for turn in turns)
    return Talk(
        exercise=run.exercise,
        title=scenario.title if scenario else run.exercise,
        patient=scenario.patient.called if scenario else "",
        pronoun=scenario.patient.pronoun if scenario else "they",
        day=day_of(run.at),
        at=run.at,
        number=number,
        branched_at=run.branched_from.turn + 1 if run.branched_from else 0,
        moments=tuple(
            _moment(scenario, turn, move, place)
            for place, (turn, move) in enumerate(zip(turns, moves, strict=True), start=1)
        ),
        points=simulation.turning_points(moves),
        missed=tuple(_missed(scenario, turns)) if scenario and turns else (),
    )


def _move(scenario: Scenario | None, turn: Turn) -> Move:
    """Return the move as it was recorded; nothing is played again, so it also stands where the scene is not at hand."""
    return Move(
        Position(turn.scene, turn.line, turn.before),
        _reply(scenario, turn),
        Position(turn.reached, turn.answer_line, turn.after),
    )


def _reply(scenario: Scenario | None, turn: Turn) -> Reply:
    if turn.typed is not None:
        return reply_from(turn.said, turn.typed)
    unknown = Reply(id=turn.reply, say=turn.said, quality="workable", hears="", why="", next=simulation.END)
    return next((reply for reply in _offered(scenario, turn) if reply.id == turn.reply), unknown)


def _offered(scenario: Scenario | None, turn: Turn) -> tuple[Reply, ...]:
    scene = scenario.scenes.get(turn.scene) if scenario else None
    return scene.replies if scene else ()


def _moment(scenario: Scenario | None, turn: Turn, move: Move, place: int) -> Moment:
    finding = next(iter(turn.findings), None)
    level = LEVEL_OF[move.reply.quality] if turn.typed else finding.level if finding else "unsure"
    understood = is_taken_up(turn.typed)
    if not understood:
        level = "unsure"
    others = (r.say for r in _offered(scenario, turn) if r.quality == "strong" and r.id != turn.reply and not r.act)
    suggestion = (finding.try_instead if finding else "") or next(others, "")
    return Moment(
        turn=place,
        line=turn.line,
        said=turn.said,
        act=turn.act is not None,
        level=level,
        change=round(move.change, 2),
        why=finding.why if finding else "",
        heard=move.reply.hears,
        suggestion="" if level == "met" or not understood else suggestion,
        typed=turn.typed is not None,
    )


def _missed(scenario: Scenario, turns: Sequence[Turn]) -> Iterator[tuple[str, str]]:
    for item in simulation.safety_gaps(scenario, turns[-1].after):
        yield item.missed, _safe_line(scenario, turns, item)


def _safe_line(scenario: Scenario, turns: Sequence[Turn], item: SafetyItem) -> str:
    """Return a line that takes the step: where it was breached one for that very turn, else one offered, else any."""
    breaching = (turn for turn in turns if item.id in _reply(scenario, turn).breaches)
    if shown := next((f.try_instead for turn in breaching for f in turn.findings if f.try_instead), ""):
        return shown
    here = [reply for turn in turns for reply in _offered(scenario, turn)]
    anywhere = [reply for scene in scenario.scenes.values() for reply in scene.replies]
    # Where harm was done by touching unasked, no reply "meets" the item: what was offered in its place has to do.
    instead = [
        reply
        for turn in turns
        if item.id in _reply(scenario, turn).breaches
        for reply in _offered(scenario, turn)
        if item.id not in reply.breaches
    ]
    taking = [reply for reply in (*here, *anywhere) if item.id in reply.meets and not reply.breaches]
    ranked = sorted([*taking, *instead], key=lambda reply: (reply.act is not None, reply.quality != "strong"))
    return ranked[0].say if ranked else ""


# --- answers ----------------------------------------------------------------------------------------------------


def _by_exercise(answers: Iterable[Answer], kind: type[AnyExercise], work: Understood) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if isinstance(work.exercises.get(answer.response.digest), kind):
            found.setdefault(answer.response.exercise, []).append(answer)
    return found


def _given(answer: Answer, key: str) -> str:
    said = answer.response.answer
    value = said.get(key) if isinstance(said, dict) else None
    return value if isinstance(value, str) else ""


def _goals(work: Understood, answers: Iterable[Answer]) -> Iterator[Goal]:
    for name, given in _by_exercise(answers, GoalCase, work).items():
        versions = [answer for answer in given if _given(answer, "text").strip()]
        case = work.exercises[given[-1].response.digest]
        if versions and isinstance(case, GoalCase):
            yield Goal(
                exercise=name,
                title=case.title,
                patient=case.patient.called,
                at=versions[-1].at,
                versions=len(versions),
                first=_version(versions[0]),
                latest=_version(versions[-1]),
            )


def _version(answer: Answer) -> Version:
    feedback = answer.feedback
    return Version(
        text=_given(answer, "text"),
        findings=feedback.findings if feedback else (),
        next_step=feedback.next_step if feedback else "",
    )


def _shorts(work: Understood, answers: Iterable[Answer]) -> Iterator[Short]:
    for name, given in _by_exercise(answers, DrillSet, work).items():
        for answer in {answer.item: answer for answer in given}.values():
            drill = work.exercises[answer.response.digest]
            items = drill.items if isinstance(drill, DrillSet) else ()
            if item := next((item for item in items if item.id == answer.item), None):
                chosen = (choice.text for choice in item.choices if choice.id == _given(answer, "choice"))
                yield Short(
                    exercise=name,
                    title=drill.title,
                    item=item,
                    at=answer.at,
                    text=_given(answer, "text") if item.kind == "rewrite" else next(chosen, ""),
                    findings=answer.feedback.findings if answer.feedback else (),
                )


def _reflections(work: Understood, answers: Iterable[Answer]) -> Iterator[Reflected]:
    sent = _by_exercise(answers, Reflection, work)
    for given in sorted(sent.values(), key=lambda given: given[-1].at):
        reflection = work.exercises[given[-1].response.digest]
        prompts = reflection.prompts if isinstance(reflection, Reflection) else ()
        said = tuple((prompt.ask, _given(given[-1], prompt.id)) for prompt in prompts)
        if said := tuple((ask, text) for ask, text in said if text.strip()):
            yield Reflected(title=reflection.title, answers=said)
    kept = {written.exercise: written.digest for written in work.written if written.exercise not in sent}
    for name, digest in kept.items():
        reflection_or_none = work.exercises.get(digest)
        yield Reflected(title=reflection_or_none.title if reflection_or_none else name, answers=())
