"""From one version to the next with a talk half-played and a sentence half-typed: nothing is lost."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from alliance_kit.home import open_home, refresh_notebooks
from alliance_kit.journal import Journal
from alliance_kit.model import Scenario
from alliance_kit.sessions.pages import ReflectionSession
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.workbook import load_exercise

ROOT = Path(__file__).resolve().parents[1]


def test_a_new_version_of_a_talk_leaves_the_old_one_to_be_finished(alliance_home: Path) -> None:
    """The half-played talk goes on in its own version, word for word; the next talk is the new version."""
    home = open_home()
    assert refresh_notebooks(home, ROOT / "notebooks") == ()
    old = load_exercise("low-back-first-visit")
    assert isinstance(old, Scenario)
    walk = next(walk for walk in old.tests if walk.ending == "open").replies
    talk = TalkSession(old, Journal(home.journal))
    talk.handle({"do": "begin"})
    for turn, reply in enumerate(walk[:3]):
        before = talk.handle({"do": "say", "turn": turn, "reply": reply})["view"]
    reflection = load_exercise("trust-reflection")
    page = ReflectionSession(reflection, Journal(home.journal))  # type: ignore[arg-type]  # the id says which kind
    page.handle({"do": "draft", "field": "noticed", "text": "I said nothing, and she"})

    new = dataclasses.replace(
        old,
        version="2.0.0",
        scenes={
            name: dataclasses.replace(
                scene, replies=tuple(dataclasses.replace(r, say=f"{r.say} (new)", words="") for r in scene.replies)
            )
            for name, scene in old.scenes.items()
        },
    )
    assert refresh_notebooks(home, ROOT / "notebooks") == ()
    later = TalkSession(new, Journal(home.journal))
    view = later.view()

    assert view["older"]
    assert (view["turn"], view["line"], view["log"]) == (3, before["line"], before["log"])
    for turn, reply in enumerate(walk[3:], start=3):
        view = later.handle({"do": "say", "turn": turn, "reply": reply})["view"]
    assert view["debrief"]["ending"] == "open"
    assert "(new)" not in str(view["log"])
    again = later.handle({"do": "begin"})["view"]
    assert all("(new)" in offered["say"] for offered in again["replies"])
    fresh = ReflectionSession(reflection, Journal(home.journal))  # type: ignore[arg-type]  # as above
    assert fresh.view()["prompts"][0]["text"] == "I said nothing, and she"
