"""Small things to play with: scenarios, a drill set, journals in folders of their own, and a hand that clicks."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from alliance_kit import simulation
from alliance_kit.journal import Journal
from alliance_kit.model import (
    Agreement,
    Branch,
    Choice,
    Cue,
    DrillItem,
    DrillSet,
    Effects,
    Ending,
    Example,
    ExampleLine,
    GoalCase,
    Pace,
    Patient,
    Prompt,
    Reflection,
    Reply,
    RolePlay,
    SafetyItem,
    Scale,
    ScaleItem,
    Scenario,
    Scene,
    Walk,
    Wish,
)
from alliance_kit.sessions.base import Session
from alliance_kit.sessions.talk import TalkSession

ROOT = Path(__file__).resolve().parents[1]
# Two tests at a time on a small machine: how long one example takes says nothing.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

BEGAN = datetime(2026, 1, 5, 14, 2, 11, tzinfo=UTC)


class Clock:
    """A clock that starts at `BEGAN` and moves on by one second each time it is looked at."""

    def __init__(self, moment: datetime = BEGAN) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """Return the present moment."""
        self.moment += timedelta(seconds=1)
        return self.moment


CLOCK = Clock()
"""One time for all windows, as on one computer."""


def journal_in(folder: Path, clock: Callable[[], datetime] = CLOCK) -> Journal:
    """Return a journal in `folder`, as one more window would open it."""
    return Journal(folder / "journal", clock=clock, lock_timeout=2.0)


# --- exercises --------------------------------------------------------------------------------------------------


def head(kind: str, exercise_id: str, **fields: Any) -> dict[str, Any]:
    """Return the fields that all exercises share, `fields` in place of the usual ones."""
    return {
        "schema_version": 1,
        "id": exercise_id,
        "version": "1.0.0",
        "kind": kind,
        "title": f"About {exercise_id}",
        "minutes": 5,
        "strategies": ("trust",),
        "objectives": ("Notice something.",),
        "source": ("miciak2018",),
        **fields,
    }


PATIENT = Patient(
    name="Ana Invented",
    called="Ana",
    pronoun="she",
    age=50,
    in_short="A sore knee.",
    chart=("Left knee, six weeks.",),
    story="STORY-THAT-STAYS-UNTOLD",
    wishes=(Wish("garden", "I want my garden back.", ("garden",)), Wish("stairs", "I want the stairs.", ("stairs",))),
)


def reply(reply_id: str, next_: Any = "end", *, bond: int = 0, goals: int = 0, tasks: int = 0, **fields: Any) -> Reply:
    """Return a reply that moves the three states by so many steps."""
    return Reply(
        **{
            "id": reply_id,
            "say": f"Clinician says {reply_id} here.",
            "quality": "strong",
            "hears": f"Heard {reply_id}.",
            "why": f"Because of {reply_id}.",
            "words": reply_id,
            "effects": Effects(bond, goals, tasks),
            "next": next_,
            **fields,
        }
    )


def scene(*replies: Reply, patient: Any = "", **fields: Any) -> Scene:
    """Return a scene; what stays unsaid in it is easy to find again."""
    return Scene(
        patient=patient or f"Patient before {replies[0].id}.",
        inner=f"INNER-{replies[0].id}",
        replies=replies,
        **fields,
    )


ENDINGS = {name: Ending(f"It ended {name}.", f"Bye, {name}.") for name in ("open", "mid", "closed", "unsafe")}


def scenario(scenes: Mapping[str, Scene], exercise_id: str = "talk-test", **fields: Any) -> Scenario:
    """Return a scenario that starts in the first of `scenes`."""
    given: dict[str, Any] = {
        "level": 1,
        "setting": "Clinic, late morning.",
        "patient": PATIENT,
        "start": next(iter(scenes)),
        "scenes": dict(scenes),
        "endings": ENDINGS,
        "debrief": ("What would you do again?",),
        "tests": (),
        **fields,
    }
    shared = {name: given.pop(name) for name in tuple(given) if name in head("", "")}
    return Scenario(**head("scenario", exercise_id, **shared), **given)


def small_talk(exercise_id: str = "talk-test", **fields: Any) -> Scenario:
    """Return a talk of five turns with a rupture, a repair, a touch, a red flag and all four endings in reach."""
    scenes = {
        "hello": scene(
            reply("listen", "story", bond=2, goals=1, skills=("open_question",), source=("miciak2018",)),
            reply("form", "story", tasks=1, quality="workable", try_instead="How has it been?"),
            reply("hush", "story", bond=-2, quality="poor", try_instead="I am listening.", rupture="withdrawal"),
            confidence=True,
        ),
        "story": scene(
            reply("own-it", "flag", bond=2, repairs=True),
            reply("sit", "flag", bond=1, goals=1, act="sit_down"),
            reply("push", "flag", bond=-1, tasks=-1, quality="poor", try_instead="Whatever you choose."),
            patient="I want my garden back.",
            confidence=True,
        ),
        "flag": scene(
            reply("ask-calf", "touch", bond=1, tasks=1, meets=("calf",)),
            reply("pass-over", "touch", quality="workable", try_instead="Since when is it sore?"),
            raises=("calf",),
            confidence=True,
        ),
        "touch": scene(
            reply("ask-first", "plan", bond=1, tasks=1, meets=("consent",), act="ask_before_touch"),
            reply("just-touch", "plan", bond=-1, quality="poor", breaches=("consent",), try_instead="May I?"),
            reply("no-touch", "plan", tasks=1, meets=("consent",)),
            confidence=True,
        ),
        "plan": scene(
            reply("together", bond=2, goals=2, tasks=2, answers="Yes, like that.", meets=("handed",)),
            reply("half", bond=0, tasks=1, quality="workable", meets=("handed",), try_instead="What do you say to it?"),
            reply("tell", bond=-3, tasks=-2, quality="poor", try_instead="What would you like?"),
            confidence=True,
        ),
    }
    given: dict[str, Any] = {
        "goal_visit": True,
        "pace": Pace(0.4, 0.5),
        "safety": (
            SafetyItem("calf", "red_flag", "Nobody asked about the calf."),
            SafetyItem("consent", "consent", "A hand came before the yes.", always=True),
            SafetyItem("handed", "hand_over", "Nobody was told.", always=True),
        ),
        "tests": (Walk(("listen", "own-it", "ask-calf", "ask-first", "together"), "open"),),
        **fields,
    }
    return scenario(scenes, exercise_id, **given)


def small_drills(exercise_id: str = "drills-test") -> DrillSet:
    """Return a drill set: two choices of different width, two rewritings."""
    wide = tuple(
        Choice(f"w{i}", f"Option {i} of four.", best=i == 2, feedback=f"Feedback {i}.", words=f"Option {i}")
        for i in range(4)
    )
    narrow = (
        Choice("yes", "This one.", best=True, feedback="It lands.", words="This"),
        Choice("no", "That one.", best=False, feedback="It closes."),
    )
    cues = (
        Cue(criterion="takes-up", any=("brother*", "eight months"), note="Taken up.", missing="Not taken up."),
        Cue(criterion="makes-sense", any=("no wonder", "of course"), note="It makes sense.", missing="Why the fear?"),
        Cue(criterion="no-promise", any=("don't worry", "promise"), note="Open.", missing="A promise.", avoid=True),
    )
    samples = (
        "You watched your brother go through that for eight months. No wonder it keeps you up.",
        "After what your brother had, of course you lie awake. What goes through your head?",
    )
    return DrillSet(
        **head("drill", exercise_id),
        items=(
            DrillItem(id="wide", kind="spot", part="empathy", stem="Which?", choices=wide, confidence=True),
            DrillItem(
                id="narrow", kind="choose", part="competence", stem="Which now?", choices=narrow, confidence=True
            ),
            DrillItem(
                id="write",
                kind="rewrite",
                part="validating",
                stem="Rewrite it.",
                patient="My brother's knee got infected.",
                line="Don't worry, you'll be fine.",
                cues=cues,
                samples=samples,
                confidence=True,
            ),
            DrillItem(id="again", kind="rewrite", part="validating", stem="Once more.", cues=cues[:1], confidence=True),
        ),
    )


def small_goal(exercise_id: str = "goal-test", talk: str = "talk-test") -> GoalCase:
    """Return a goal case on the patient of `small_talk`."""
    return GoalCase(
        **head("goal", exercise_id),
        scenario=talk,
        patient=PATIENT,
        task="Write one goal with Ana.",
        baseline=("Stairs: one flight, with the rail.",),
        samples=("In 4 weeks Ana will walk up two flights of stairs, without the rail, 3 days a week.", "In 6 weeks …"),
    )


def small_reflection(exercise_id: str = "reflection-test") -> Reflection:
    """Return a reflection with two prompts."""
    prompts = (Prompt("noticed", "What did you notice?", "It was …"), Prompt("next", "What next?"))
    return Reflection(**head("reflection", exercise_id), prompts=prompts, required=True, before="A few sentences.")


def small_role_play(exercise_id: str = "role-play-test") -> RolePlay:
    """Return a role play with three agreements before the box and two before a hand-in."""
    agree = tuple(Agreement(name, f"{name}.") for name in ("nobody-real", "colleagues", "both"))
    share = (Agreement("share-me", "I agree."), Agreement("share-partner", "My partner agrees."))
    return RolePlay(
        **head("role_play", exercise_id),
        how=("Talk.", "Write."),
        purpose="To look at.",
        never="Never a real patient.",
        stays="It stays here.",
        agree=agree,
        share=share,
        form=("PT: Hi.",),
        questions=("What opened it?",),
    )


def small_scale(exercise_id: str = "scale-test") -> Scale:
    """Return a self-rating with two statements."""
    items = (ScaleItem("listen", "I can listen."), ScaleItem("repair", "I can repair."))
    return Scale(**head("scale", exercise_id), items=items, low="not sure", high="very sure")


def small_example(exercise_id: str = "example-test") -> Example:
    """Return a worked example of five lines with two notes."""
    lines = (
        ExampleLine("clinician", "How has it been?"),
        ExampleLine("patient", "Long.", note="An open question."),
        ExampleLine("clinician", "Long."),
        ExampleLine("patient", "Since March.", note="Her own word."),
        ExampleLine("patient", "Anyway."),
    )
    return Example(**head("example", exercise_id), setting="Clinic.", lines=lines, notice=("It was short.",))


# --- a hand that clicks -------------------------------------------------------------------------------------------

Pick = Callable[[TalkSession, list[dict[str, Any]]], str]


def first(_: TalkSession, offered: list[dict[str, Any]]) -> str:
    """Pick the reply that stands first on screen."""
    return offered[0]["id"]


def longest(_: TalkSession, offered: list[dict[str, Any]]) -> str:
    """Pick the reply with most words, as somebody does who does not read."""
    return max(offered, key=lambda shown: (len(shown["say"].split()), shown["id"]))["id"]


def _ranked(*order: str) -> Pick:
    def pick(session: TalkSession, offered: list[dict[str, Any]]) -> str:
        replies = session.scenario.scenes[session.position.scene].replies
        return min(replies, key=lambda r: (order.index(r.quality), -sum((r.effects.bond, r.effects.tasks)), r.id)).id

    return pick


best = _ranked("strong", "workable", "poor")
worst = _ranked("poor", "workable", "strong")
POLICIES: dict[str, Pick] = {"best": best, "worst": worst, "first": first, "longest": longest}


def taking(*reply_ids: str) -> Pick:
    """Return a way of picking that takes these replies, wherever they are offered."""

    def pick(_: TalkSession, offered: list[dict[str, Any]]) -> str:
        return next(shown["id"] for shown in offered if shown["id"] in reply_ids)

    return pick


WARM = ("listen", "own-it", "ask-calf", "ask-first", "together")
COLD = ("hush", "push", "pass-over", "just-touch", "tell")
BEST_WAY = taking(*WARM)


def say(session: TalkSession, reply_id: str, **fields: Any) -> dict[str, Any]:
    """Click on a reply, as a page does that shows the present turn."""
    return session.handle({"do": "say", "turn": session.view()["turn"], "reply": reply_id, **fields})


def play(
    session: TalkSession, pick: Pick = BEST_WAY, *, turns: int | None = None, sure: float | None = None
) -> dict[str, Any]:
    """Begin where that is needed, go on for so many turns or to the end, and return what there is to see.

    Parameters
    ----------
    sure : the confidence to give wherever it is asked; None passes
    """
    if session.view()["phase"] == "intro":
        session.handle({"do": "begin"})
    said = 0
    while (view := session.view())["phase"] == "talk" and (turns is None or said < turns):
        given = {"confidence": sure} if "confidence" in view and sure is not None else {}
        if not view["replies"]:  # own words come first here; after a sound that says nothing the lines are offered
            view = session.handle({"do": "type", "turn": view["turn"], "text": "Hm", **given})["view"]
        answer = say(session, pick(session, view["replies"]), **given)
        assert "trouble" not in answer, answer["trouble"]
        said += 1
    return session.view()


def steady(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return a view without what says when something was saved, for comparing windows."""
    return {name: value for name, value in view.items() if name != "saved"}


def is_plain_json(view: Any) -> bool:
    """Return whether a view can go to a page and come back the same; no NaN, no tuples, no objects."""
    return json.loads(json.dumps(view, allow_nan=False)) == view


# --- what anybody might send ----------------------------------------------------------------------------------------

odd_text = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(), max_size=20),  # surrogates, NUL, private use: whatever there is
    st.sampled_from(
        ["", " ", "\0", "\ud83d", "й" * 30, "نعم", "<script>alert(1)</script>", "a" * 25_000, "\u2066no\u2069"]
    ),
)
plain_json: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | odd_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(odd_text, inner, max_size=4),
    max_leaves=10,
)


CONDITIONS = ("bond >= 0.5", "ruptured", "not met a", "tasks < 0 and goals <= 1", "said s0r0")


def messages(*names: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return messages that are nearly right: a known name, the right fields, but anything in them."""
    whole = st.fixed_dictionaries({"do": st.sampled_from(names)}, optional=dict(fields))
    return st.one_of(
        whole, plain_json, st.builds(lambda m, junk: {**m, **junk}, whole, st.dictionaries(odd_text, plain_json))
    )


# --- other programs -----------------------------------------------------------------------------------------------


def run_python(code: str, **environment: str) -> str:
    """Run code in a Python of its own, with the project and this folder on its path, and return what it printed."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "tests")))
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


# --- a disk that refuses ----------------------------------------------------------------------------------------------


class Disk:
    """The disk as this program sees it: `full` while nothing can be written, `gone` while nothing can be opened."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.full = self.gone = False
        write, opened, stat = os.write, Path.open, Path.stat
        monkeypatch.setattr(os, "write", self._unless("full", errno.ENOSPC, "No space left on device", write))
        monkeypatch.setattr(Path, "open", self._unless("gone", errno.EIO, "Input/output error", opened))
        monkeypatch.setattr(Path, "stat", self._unless("gone", errno.EIO, "Input/output error", stat))

    def _unless(self, state: str, number: int, reason: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def attempt(*args: Any, **kwargs: Any) -> Any:
            if getattr(self, state):
                raise OSError(number, reason)
            return act(*args, **kwargs)

        return attempt


# --- scenarios by chance --------------------------------------------------------------------------------------------


@st.composite
def any_scenarios(draw: st.DrawFn, *, conditions: bool = True) -> Scenario:
    """Return a small scenario without loops: two to five scenes, each leads on to a later one or to the end."""
    count = draw(st.integers(2, 5))
    names = [f"s{i}" for i in range(count)]
    steps = st.integers(-3, 3)
    scenes = {}
    for i, name in enumerate(names):
        onward = st.sampled_from([*names[i + 1 :], simulation.END])
        replies = []
        for j in range(draw(st.integers(1, 3))):
            to: Any = draw(onward)
            if conditions and draw(st.booleans()):
                when = draw(st.sampled_from(CONDITIONS))
                to = (Branch(draw(onward), when), Branch(to))
            rupture = draw(st.sampled_from([None, None, "withdrawal", "confrontation"]))
            replies.append(
                reply(
                    f"{name}r{j}",
                    to,
                    bond=draw(steps),
                    goals=draw(steps),
                    tasks=draw(steps),
                    rupture=rupture,
                    repairs=rupture is None and draw(st.booleans()),
                    meets=draw(st.sampled_from([(), ("a",), ("b",)])),
                    breaches=draw(st.sampled_from([(), (), ("a",)])),
                )
            )
        scenes[name] = scene(*replies, confidence=draw(st.booleans()), raises=draw(st.sampled_from([(), ("a",)])))
    gain = draw(st.sampled_from([0.2, 0.3, 1 / 3, 0.5, 0.75]))
    return scenario(
        scenes,
        pace=Pace(gain, gain * draw(st.sampled_from([1.2, 1.5, 2.0]))),
        goal_visit=draw(st.booleans()),
        safety=(
            SafetyItem("a", "red_flag", "A was missed."),
            SafetyItem("b", "consent", "B was missed.", always=draw(st.booleans())),
        ),
    )


def send_all(session: Session, sent: list[Any]) -> None:
    """Send one message after the other: never an error, and always a view, except for a draft."""
    for message in sent:
        reply = session.handle(message)
        drafted = isinstance(message, dict) and message.get("do") == "draft"
        assert ("view" in reply) != drafted
