"""`alliance play`: a talk in a terminal, kept in the same journal; page, terminal and file lead to the same talk."""

from __future__ import annotations

import builtins
import io
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import CLOCK, ROOT, journal_in, odd_text
from typed_lines import CALM_LINES, LINES, TALKS, any_line

from alliance_kit import cli
from alliance_kit.journal import Journal
from alliance_kit.play import HELP, Shown, Terminal, print_all
from alliance_kit.sessions.talk import TalkSession
from alliance_kit.widgets import Stage

BACK = TALKS["low-back-first-visit"]
SETTINGS = {"level": None, "support": "choice", "feedback": "turn"}
GOOD = LINES["good"]
ABUSE = LINES["abusive"][0]


@pytest.fixture
def terminal(tmp_path: Path) -> Callable[..., Terminal]:
    """Return a function that opens a talk in a terminal: `terminal(support="free", scripted=True)`."""

    def open_(*, scripted: bool = False, talk: Any = BACK, **changed: Any) -> Terminal:
        session = TalkSession(talk, journal_in(tmp_path), clock=CLOCK)
        return Terminal(session, {**SETTINGS, **changed}, scripted=scripted)

    return open_


def text(shown: Iterator[Shown]) -> str:
    return "\n".join(line for each in shown for line in each.lines(10_000))


def enter(terminal: Terminal, *lines: str) -> str:
    """Enter lines and return what the last one showed."""
    shown = ""
    for line in lines:
        shown = text(terminal.enter(line))
    return shown


def to_the_end(terminal: Terminal, line: str = "1") -> str:
    """Choose the first line, or ask for it, until the talk is over; return what the last one showed."""
    shown = enter(terminal, "") if terminal.view["phase"] == "intro" else ""
    while terminal.view["phase"] == "talk":
        if not terminal.view["replies"]:
            enter(terminal, "/lines")
        shown = enter(terminal, line if terminal.view["replies"] else "...")
        if terminal.prompt.startswith("How likely"):
            shown = enter(terminal, "")
    return shown


# --- page, terminal and file agree ----------------------------------------------------------------------------------


def by_file(folder: Path, name: str, inputs: list[str], support: str, feedback: str) -> TalkSession:
    session = TalkSession(TALKS[name], journal_in(folder), clock=CLOCK)
    terminal = Terminal(session, {"level": None, "support": support, "feedback": feedback}, scripted=True)
    for line in inputs:
        list(terminal.enter(line))
    return session


def by_terminal(folder: Path, name: str, inputs: list[str], support: str, feedback: str) -> TalkSession:
    session = TalkSession(TALKS[name], journal_in(folder), clock=CLOCK)
    terminal = Terminal(session, {"level": None, "support": support, "feedback": feedback})
    list(terminal.enter(""))
    for line in inputs:
        list(terminal.enter(line))
        if terminal.prompt.startswith("How likely"):
            list(terminal.enter(""))
    return session


def by_messages(session: TalkSession, send: Callable[[dict[str, Any]], Any], inputs: list[str]) -> TalkSession:
    """Send what a page sends: a number where lines are on screen, else own words, cleaned of spaces around."""
    for raw in inputs:
        view, line = session.view(), raw.encode("utf-8", "replace").decode().strip()
        if view["phase"] != "talk" or not line:
            continue
        if len(line) == 1 and line in "123456789":
            if int(line) <= len(view["replies"]):
                send({"do": "say", "turn": view["turn"], "reply": view["replies"][int(line) - 1]["id"]})
        else:
            send({"do": "type", "turn": view["turn"], "text": line})
    return session


def by_page(folder: Path, name: str, inputs: list[str], support: str, feedback: str) -> TalkSession:
    session = TalkSession(TALKS[name], journal_in(folder), clock=CLOCK)
    stage = Stage(session)

    def send(message: dict[str, Any]) -> None:
        stage._handle_custom_msg({"client": "w", "ask": 1, **message}, [])

    send({"do": "begin", "support": support, "feedback": feedback})
    return by_messages(session, send, inputs)


def by_session(folder: Path, name: str, inputs: list[str], support: str, feedback: str) -> TalkSession:
    session = TalkSession(TALKS[name], journal_in(folder), clock=CLOCK)
    session.handle({"do": "begin", "support": support, "feedback": feedback})
    return by_messages(session, session.handle, inputs)


WAYS = (by_session, by_page, by_terminal, by_file)
not_a_command = any_line.filter(lambda line: not line.strip().startswith("/"))


@given(
    name=st.sampled_from(sorted(TALKS)),
    inputs=st.lists(st.sampled_from("12345") | not_a_command, min_size=1, max_size=25),
    support=st.sampled_from(["choice", "starter", "free", "auto"]),
    feedback=st.sampled_from(["turn", "end", "probe"]),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_every_front_end_leads_to_the_same_talk(
    name: str, inputs: list[str], support: str, feedback: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The same states, lines, findings and offered replies, and the same turns on the disk, for the same inputs."""
    talks = [way(tmp_path_factory.mktemp("way"), name, inputs, support, feedback) for way in WAYS]
    seen = []
    for talk in talks:
        view = talk.view()
        (run,) = talk.journal.runs(name)
        kept = [(t.said, t.answer_line, t.state_after, t.findings, t.typed, t.confidence) for t in run.turns]
        shown = {part: view.get(part) for part in ("phase", "line", "words", "replies", "log", "debrief", "feedback")}
        seen.append((talk.played, talk.position, kept, run.support, run.level, shown))

    assert all(one == other for one, other in itertools.pairwise(seen))


# --- at the keyboard ------------------------------------------------------------------------------------------------


def test_at_the_door_one_reads_the_chart_and_enter_begins(terminal: Callable[..., Terminal]) -> None:
    """Nothing is begun before; then the patient's first line and the lines to choose from."""
    opened = terminal(talk=BACK)
    door = text(opened.opening())
    assert all(fact in door for fact in BACK.patient.chart)
    assert "has not been reviewed by a clinician" in door
    assert opened.prompt == "Enter begins: "

    begun = enter(opened, "")
    view = opened.session.view()
    assert f"{BACK.patient.called}: {view['line']}" in begun
    assert opened.prompt == "You: "


def test_lines_are_numbered_as_they_are_offered_and_a_number_says_one(terminal: Callable[..., Terminal]) -> None:
    """Acts are marked; the number that is entered is the reply that is kept."""
    opened = terminal(talk=TALKS["knee-plateau"])
    begun = enter(opened, "")
    replies = opened.view["replies"] or (enter(opened, "...") and opened.view["replies"])
    shown = begun if opened.view["turn"] == 0 else enter(opened, "/lines")
    for number, reply in enumerate(replies, 1):
        assert f"  {number}  {'[do] ' if reply['act'] else ''}{reply['say']}" in shown
    enter(opened, "2", *([""] if "confidence" in opened.view else []))

    assert opened.session.played[-1].move.reply.id == replies[1]["id"]


def test_own_words_are_typed_and_one_line_says_how_they_may_have_been_heard(terminal: Callable[..., Terminal]) -> None:
    """After each turn: what she may have heard, her answer, nothing else on the turn."""
    opened = terminal(support="free", scripted=True)
    shown = enter(opened, GOOD[0])
    (played,) = opened.session.played

    assert f"You: {GOOD[0]}" in shown
    assert f"One way she may have heard it: “{played.move.reply.hears}”" in shown
    assert played.finding.why not in shown


def test_why_quotes_the_learners_words(terminal: Callable[..., Terminal]) -> None:
    """Each finding with the words that it is about; before anything was said, a sentence."""
    opened = terminal(support="free", scripted=True)
    assert "Nothing was said yet." in enter(opened, "/why")
    enter(opened, GOOD[0])
    why = enter(opened, "/why")

    for finding in opened.session.played[-1].findings:
        assert finding.why in why
        assert all(GOOD[0][span.start : span.end] in why for span in finding.spans)


def test_back_takes_the_words_back_and_shows_them(terminal: Callable[..., Terminal]) -> None:
    """Typed words come back as a draft, with a note of the rule; a chosen line is tried again."""
    opened = terminal(support="free", scripted=True)
    enter(opened, GOOD[0])
    shown = enter(opened, "/back")
    assert f"Your words were: {GOOD[0]}" in shown
    assert opened.view["turn"] == 0
    assert len(opened.session.journal.disagreements()) == 1

    enter(opened, "...", "1", "/back")
    assert opened.view["turn"] == 1
    assert len(opened.session.journal.disagreements()) == 1


@pytest.mark.parametrize("command", ["/back", "/again 1", "/again 0", "/again 99", "/again x", "/again -1"])
def test_there_is_no_way_back_where_there_is_none(terminal: Callable[..., Terminal], command: str) -> None:
    """Before anything was said every way back is a sentence."""
    opened = terminal(support="free")
    enter(opened, "")

    assert "no" in enter(opened, command)
    assert opened.view["turn"] == 0


@pytest.mark.parametrize("feedback", ["probe", "end"])
def test_feedback_for_later_is_not_told_before_the_end(terminal: Callable[..., Terminal], feedback: str) -> None:
    """Neither after a turn nor on `/why`; in a run to test oneself there is no way back either."""
    opened = terminal(support="free", feedback=feedback, scripted=True)
    shown = enter(opened, GOOD[0]) + enter(opened, "/why")
    heard, why = opened.session.played[0].move.reply.hears, opened.session.played[0].finding.why

    assert heard not in shown
    assert why not in shown
    assert "feedback comes at the end" in shown
    assert ("no way back" in enter(opened, "/back")) == (feedback == "probe")
    to_the_end(opened)
    assert "heard it" not in text(opened.opening())


def test_confidence_is_asked_where_the_view_asks(terminal: Callable[..., Terminal]) -> None:
    """After the words and before the answer; Enter passes, another entry is asked again, the number is kept."""
    opened, asked = terminal(), []
    enter(opened, "")
    while opened.view["phase"] == "talk":
        wanted = "confidence" in opened.view
        enter(opened, "/lines")
        enter(opened, "1" if opened.view["replies"] else "Hm, and what then?")
        assert opened.prompt.startswith("How likely is it that she opens up?") == wanted
        if wanted:
            turn = opened.view["turn"]
            assert "number from 1 to 5" in enter(opened, "9")
            assert opened.view["turn"] == turn
            asked.append(["4", ""][len(asked) % 2])
            enter(opened, asked[-1])

    kept = [turn.confidence for turn in opened.session.played if turn.confidence is not None]
    assert len(asked) <= 3
    assert kept == [0.7 for answer in asked if answer]


def test_a_file_says_how_sure_beforehand(terminal: Callable[..., Terminal]) -> None:
    """`/sure 70` belongs to the next words where confidence is asked, and is a sentence where it is not."""
    opened = terminal(support="free", scripted=True)
    enter(opened, "/level 1", "...")
    for line in itertools.cycle(GOOD):
        if opened.view["phase"] != "talk":
            break
        asks = "confidence" in opened.view
        assert ("not asked at this turn" in enter(opened, "/sure 70")) != asks
        enter(opened, "1" if opened.view["replies"] else line)
        assert opened.session.played[-1].confidence == (0.7 if asks else None)
    assert "percentage" in enter(opened, "/sure very")


def test_level_support_and_feedback_hold_from_the_next_talk_on(terminal: Callable[..., Terminal]) -> None:
    """At the door for this talk, later for the next; what does not exist is a sentence with what does."""
    opened = terminal()
    assert "one of: 1, 2, 3" in enter(opened, "/level 7")
    assert "turn, end, probe" in enter(opened, "/feedback never")
    enter(opened, "/level 3", "/support free", "/feedback end", "")
    run = opened.session.run
    assert (run.level, run.support, run.timing) == (3, "free", "end")

    enter(opened, "/level 2")
    assert opened.session.run == run
    to_the_end(opened)
    enter(opened, "/again")
    assert opened.session.run.level == 2


def test_at_the_end_the_look_back_is_text(terminal: Callable[..., Terminal]) -> None:
    """How it ended, three moments, counts, the next practice; then again, or from a turn."""
    opened = terminal()
    shown, debrief = to_the_end(opened), opened.view["debrief"]

    assert debrief["what"] in shown
    assert all(f"Safety first. {missed}" in shown for missed in debrief["missed"])
    assert shown.count("What happened:") == len(debrief["moments"]) == 3
    assert all(moment["inner"] in shown for moment in debrief["moments"])
    assert "Lines chosen: " in shown
    assert f"Next practice: {debrief['practice']}." in shown
    assert "over" in enter(opened, "Hello?")
    enter(opened, "/again 2")
    assert (opened.view["phase"], opened.view["turn"]) == ("talk", 1)


def test_unkind_words_are_not_shown_again(terminal: Callable[..., Terminal]) -> None:
    """She sets a limit, then the talk is paused; the way on is named, and works."""
    opened = terminal(support="free", scripted=True)
    shown = enter(opened, ABUSE) + (paused := enter(opened, ABUSE))

    assert ABUSE not in shown
    assert "/again" in paused
    assert ABUSE not in enter(opened, "Sorry.") + enter(opened, "/why")
    enter(opened, "/back")
    assert opened.view["phase"] == "talk"


def test_a_talk_goes_on_where_it_was_left(terminal: Callable[..., Terminal]) -> None:
    """Another day the last exchange is shown, and its own settings hold."""
    first = terminal(support="free", level=3)
    enter(first, "", GOOD[0], *([""] if "confidence" in first.view else []))
    again = terminal(support="choice", level=1)
    shown = text(again.opening())

    assert f"goes on at turn {first.view['turn'] + 1}" in shown
    assert all(part in shown for part in first.view["line"].split("\n"))
    assert again.session.run.level == 3


@pytest.mark.parametrize("line", ["/", "/nothing", "/LINES", "//", "/quit now please"])
def test_a_command_that_does_not_exist_is_never_said_to_the_patient(
    terminal: Callable[..., Terminal], line: str
) -> None:
    """A slip of the finger must not cost a turn."""
    opened = terminal(support="free")
    enter(opened, "", line)

    assert opened.view["turn"] == 0
    assert opened.done == line.startswith("/quit")


def test_help_lists_every_command_and_the_docs_do_too(terminal: Callable[..., Terminal]) -> None:
    """What can be entered stands on the screen and in docs/learner.md, options included."""
    shown, told = enter(terminal(), "/help"), (ROOT / "docs" / "learner.md").read_text("utf-8")
    commands = {entry.split()[0].rstrip(",") for entry, _ in HELP if entry.startswith("/")}

    assert commands == {"/lines", "/why", "/back", "/sure", "/again", "/level", "/support", "/feedback", "/quit"}
    for command in commands:
        assert command in shown
        assert command in told
    for option in ("--level", "--support", "--feedback", "--answers", "--home", "alliance play"):
        assert option in told


@given(
    lines=st.lists(st.one_of(odd_text, any_line, st.sampled_from([f"/{n}" for n in ["why", "back", "lines", "again"]])))
)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_entered_something_printable_comes_back(
    lines: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Never an error, never a character that steers the terminal, never a line too wide."""
    session = TalkSession(BACK, journal_in(tmp_path_factory.mktemp("odd")), clock=CLOCK)
    terminal = Terminal(session, {**SETTINGS, "support": "free"}, scripted=True)
    for line in lines:
        for shown in terminal.enter(line):
            for printed in shown.lines(60):
                assert printed.isprintable()
                assert len(printed) <= 60
                printed.encode("utf-8")


# --- the command ----------------------------------------------------------------------------------------------------


@pytest.fixture
def run(alliance_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Return a function that runs the command on lines from a pipe, or at a keyboard: `run("id", piped=None)`."""

    def run_(*arguments: str, piped: str | None = "") -> tuple[int, str, str]:
        keyboard = io.StringIO(piped)
        keyboard.isatty = lambda: piped is None  # type: ignore[method-assign]  # a person, or a pipe
        monkeypatch.setattr(sys, "stdin", keyboard)
        code = cli.main(["play", *arguments])
        return (code, *capsys.readouterr())

    return run_


def test_without_a_name_the_talks_are_listed(run: Callable[..., Any]) -> None:
    """Each with its title."""
    code, out, _ = run()

    assert code == 0
    assert all(f"{name} " in out and talk.title in out for name, talk in TALKS.items())


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("low-bak-first-visit", "did you mean 'low-back-first-visit'?"),
        ("goal-kathleen", "There is no talk"),
        ("zzzzzz", "known are knee-plateau, low-back-first-visit, work-injury-trust."),
        ("../errors", "There is no talk"),
    ],
)
def test_an_unknown_talk_is_one_sentence(run: Callable[..., Any], name: str, hint: str, alliance_home: Path) -> None:
    """With close matches, and nothing is made on the disk."""
    code, out, err = run(name)

    assert (code, out) == (1, "")
    assert hint in err
    assert len(err.splitlines()) == 1
    assert not alliance_home.exists()


def test_a_file_of_answers_is_walked_and_printed(run: Callable[..., Any], tmp_path: Path, alliance_home: Path) -> None:
    """One input a line; the transcript goes out, the turns into the journal, and the exit code is 0."""
    answers = tmp_path / "answers.txt"
    answers.write_text("\n\n".join(["\ufeff" + GOOD[0], GOOD[1], "/why", "..."]), encoding="utf-8")
    code, out, err = run(BACK.id, "--level", "2", "--support", "free", "--answers", str(answers))
    (kept,) = Journal(alliance_home / "journal").runs(BACK.id)

    assert (code, err) == (0, "")
    assert [turn.said for turn in kept.turns][:2] == list(GOOD[:2])
    assert kept.level == 2
    assert all(f"You: {line}" in out.replace("\n      ", " ") for line in GOOD[:2])
    assert out.rstrip().endswith("The same command goes on from here.")


def test_a_file_that_is_not_there_is_a_sentence(run: Callable[..., Any], tmp_path: Path) -> None:
    """Named, with the reason."""
    code, _, err = run(BACK.id, "--answers", str(tmp_path / "none.txt"))

    assert code == 1
    assert "none.txt cannot be read" in err


def test_another_home_can_be_named(run: Callable[..., Any], tmp_path: Path, alliance_home: Path) -> None:
    """`--home` stands for `ALLIANCE_HOME`."""
    run(BACK.id, "--home", str(tmp_path / "other"), piped="...\n")

    assert len(Journal(tmp_path / "other" / "journal").runs(BACK.id)) == 1
    assert not alliance_home.exists()


@pytest.mark.parametrize("columns", ["20", "57", "400"])
def test_what_is_piped_has_no_codes_and_fits_the_width(columns: str, tmp_path: Path) -> None:
    """In a process of its own: plain text, wrapped between 30 and 100 columns."""
    done = subprocess.run(
        [sys.executable, "-m", "alliance_kit", "play", "knee-plateau", "--home", str(tmp_path / "home")],
        input="\n".join([*CALM_LINES[:12], "\x1b[31mred", "/quit"]).encode(),
        env={"COLUMNS": columns, "PATH": "", "HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        capture_output=True,
        check=True,
        timeout=60,
    )
    out = done.stdout.decode()

    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= max(30, min(100, int(columns)))
    assert "Everything is kept." in out


@pytest.mark.parametrize(("no_color", "dimmed"), [("", True), ("1", False)])
def test_quiet_lines_are_dimmed_on_a_screen_unless_that_is_not_wanted(
    monkeypatch: pytest.MonkeyPatch, no_color: str, dimmed: bool
) -> None:
    """NO_COLOR is heard, and nothing is told by the dimming alone."""
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("WT_SESSION", "1")
    print_all([Shown("Loud."), Shown("Quiet.", quiet=True)])

    assert ("\033[2mQuiet.\033[0m" in screen.getvalue()) == dimmed
    assert screen.getvalue().startswith("Loud.\n")


@pytest.mark.parametrize("leaving", [EOFError, KeyboardInterrupt])
def test_leaving_by_ctrl_d_or_ctrl_c_is_quiet_and_keeps_everything(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, alliance_home: Path, leaving: type[BaseException]
) -> None:
    """A sentence, exit code 0, and every turn so far in the journal."""
    lines = iter(["", GOOD[0], ""])

    def typed(_prompt: str) -> str:
        try:
            return next(lines)
        except StopIteration:
            raise leaving from None

    monkeypatch.setattr(builtins, "input", typed)
    code, out, err = run(BACK.id, "--support", "free", piped=None)

    assert (code, err) == (0, "")
    assert out.rstrip().endswith("The same command goes on from here.")
    (kept,) = Journal(alliance_home / "journal").runs(BACK.id)
    assert [turn.said for turn in kept.turns] == [GOOD[0]]
