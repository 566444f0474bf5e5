"""One talk, line by line: what is entered becomes the message that the page would send, and the view becomes text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from alliance_kit import simulation
from alliance_kit.hearing import SUPPORTS
from alliance_kit.plain import Json
from alliance_kit.play._text import HELP, Shown, debrief_text
from alliance_kit.sessions.talk import TIMINGS, TalkSession

LEVELS = (1, 2, 3)
CHOICES_OF = {"level": tuple(map(str, LEVELS)), "support": (*SUPPORTS, "auto"), "feedback": TIMINGS}
"""What a talk can be begun with; the support *auto* follows from the talks so far."""
KEPT, GOES_ON = "Everything is kept.", "The same command goes on from here."
_LATER = "In this talk the feedback comes at the end."


class Terminal:
    """A talk, line by line.

    Parameters
    ----------
    session : TalkSession on the learner's journal
    settings : what a new talk is begun with: level (int or None), support, feedback
    scripted : bool; the lines come from a file: what was said is shown again, and nothing is asked in between
    """

    def __init__(self, session: TalkSession, settings: dict[str, Json], *, scripted: bool = False) -> None:
        self.session, self.settings, self.scripted = session, settings, scripted
        self.done = False
        self.view: Json = session.handle({"do": "look"})["view"]
        self._at_door = self.view["phase"] != "talk"
        self._waiting: dict[str, Json] | None = None
        self._sure: float | None = None
        self._hinted = False

    @property
    def prompt(self) -> str:
        """What stands before the line that is to be entered."""
        if self._waiting is not None:
            levels = "  ".join(f"{i}: {round(level * 100)} %" for i, level in enumerate(self.view["confidence"], 1))
            pronoun = self.view["patient"]["pronoun"]
            return (
                f"How likely is it that {pronoun} open{'' if pronoun == 'they' else 's'} up?  {levels}  Enter passes: "
            )
        return "Enter begins: " if self._at_door else "You: "

    @property
    def farewell(self) -> Shown:
        """What is said last."""
        return Shown(f"{KEPT} {GOES_ON}" if self.view["phase"] == "talk" else KEPT)

    def opening(self) -> Iterator[Shown]:
        """Yield what there is to see before anything was entered."""
        view = self.view
        yield Shown(view["title"])
        if self._at_door:
            yield Shown(view["setting"], quiet=True)
            yield Shown(view["patient"]["in_short"])
            yield from (Shown(fact, "  - ") for fact in view["patient"]["chart"])
            if view["warning"]:
                yield Shown(view["warning"])
            reviewed = "" if view["reviewed"] else " This talk has not been reviewed by a clinician yet."
            yield Shown(f"{view['patient']['name']} is invented.{reviewed} /help lists what you can enter.", quiet=True)
            return
        yield Shown(f"This talk goes on at turn {view['turn'] + 1}, with the settings that it was begun with.")
        for turn in view["log"][-1:]:
            yield from (self._patient(turn["line"]), Shown(turn["say"], "You: "))
        yield from self._turn()

    def enter(self, line: str) -> Iterator[Shown]:
        """Yield what there is to see after one entered line."""
        line = line.encode("utf-8", "replace").decode("utf-8").strip()
        if self._waiting is not None and line != "/quit":
            yield from self._confidence(line)
        elif line.startswith("/"):
            yield from self._command(line)
        elif self._at_door:
            yield from self._begin()
            if line and self.scripted:
                yield from self.enter(line)
        elif self.view["phase"] != "talk":
            yield Shown("This talk is over. /again begins a new one, /quit leaves." if self._over else self._paused())
        elif line:
            yield from self._say(line)
        else:
            yield Shown("Say something, or choose a line by its number. /help lists what else you can enter.")

    @property
    def _over(self) -> bool:
        return bool(self.view["phase"] == "over")

    def _paused(self) -> str:
        return f"{self.view.get('note', '')} Enter /back or /again.".strip()

    # --- saying something -------------------------------------------------------------------------------------------

    def _say(self, line: str) -> Iterator[Shown]:
        message = self._message(line)
        if isinstance(message, str):
            yield Shown(message)
        elif "confidence" in self.view and self._sure is None and not self.scripted:
            self._waiting = message  # asked before anything is answered, as on the page
        else:
            yield from self._send({**message, "confidence": self._sure}, line)

    def _message(self, line: str) -> dict[str, Json] | str:
        """Return the message that the page would send, or a sentence when the line cannot be meant."""
        replies, turn = self.view["replies"], self.view["turn"]
        if len(line) == 1 and line in "123456789":
            if int(line) > len(replies):
                many = f"Choose 1 to {len(replies)}" if replies else "No lines are offered here; /lines may show them"
                return f"{many}, or say it in your own words."
            return {"do": "say", "turn": turn, "reply": replies[int(line) - 1]["id"]}
        if "typing" not in self.view:
            return f"Here only the lines can be said: choose 1 to {len(replies)}."
        begun = [starter.rstrip(" …").lower() for starter in self.view["typing"]["starters"]]
        starter = any(line.lower().startswith(each) for each in begun)
        return {"do": "type", "turn": turn, "text": line, "starter": starter}

    def _confidence(self, line: str) -> Iterator[Shown]:
        levels, message = self.view["confidence"], self._waiting or {}
        if line and not (line.isascii() and line.isdecimal() and 1 <= int(line[:3]) <= len(levels)):
            yield Shown(f"Enter a number from 1 to {len(levels)}, or nothing to pass.")
            return
        self._waiting = None
        yield from self._send({**message, "confidence": levels[int(line) - 1] if line else None}, "")

    def _begin(self) -> Iterator[Shown]:
        self._at_door, self._hinted = False, False
        yield from self._send({"do": "begin", **self.settings}, "")

    def _send(self, message: dict[str, Json], line: str) -> Iterator[Shown]:
        """Send one message, and yield what became of it."""
        before = self.view
        answer = self.session.handle(message)
        self.view, self._sure = answer.get("view", before), None
        if "trouble" in answer:
            yield Shown(answer["trouble"])
        yield from (Shown(notice) for notice in answer.get("notices", ()))
        if len(self.view.get("log", ())) > len(before.get("log", ())):
            yield from self._reaction(self.view["log"][-1])
        elif self.scripted and line:
            yield Shown(line, "You: ")
        yield from self._turn()

    # --- commands ---------------------------------------------------------------------------------------------------

    def _command(self, line: str) -> Iterator[Shown]:
        name, _, rest = line[1:].partition(" ")
        if self.scripted:
            yield Shown(line, "> ", quiet=True)
        if name in CHOICES_OF:
            yield self._set(name, rest.strip())
            return
        commands: dict[str, Callable[[str], Iterable[Shown]]] = {
            "lines": self._lines,
            "why": self._why,
            "back": self._back,
            "sure": self._be_sure,
            "again": self._again,
            "quit": self._quit,
            "help": lambda _: (Shown(what, f"  {name:<12} ") for name, what in HELP),
        }
        if name not in commands:
            yield Shown(f"There is no command /{name}. /help lists what you can enter.")
            return
        yield from commands[name](rest.strip())

    def _set(self, name: str, value: str) -> Shown:
        levels = [str(level) for level in simulation.levels_of(self.session.current)]
        known = levels if name == "level" else list(CHOICES_OF[name])
        if value not in known:
            return Shown(f"Enter /{name} and one of: {', '.join(known)}.")
        self.settings = {**self.settings, name: int(value) if name == "level" else value}
        return Shown(f"{name.capitalize()} {value}, from the next talk on.")

    def _lines(self, _: str) -> Iterator[Shown]:
        if self._at_door or self.view["phase"] != "talk":
            yield Shown("There are no lines to choose from now.")
            return
        self.view = self.session.handle({"do": "lines", "turn": self.view["turn"]})["view"]
        first = not self.view["replies"]
        yield from [Shown("Here, say it in your own words first; the lines come after.")] if first else self._offered()

    def _why(self, _: str) -> Iterator[Shown]:
        turn = next(iter(self.view.get("log", ())[-1:]), None)
        if turn is None or "finding" not in turn:
            yield Shown(_LATER if turn else "Nothing was said yet.")
            return
        for finding in turn["findings"] or [turn["finding"]]:
            words = " … ".join(turn["say"][span["start"] : span["end"]] for span in finding["spans"])
            sure = ", possibly: check it yourself" if finding["level"] == "possible" else ""
            name = f"{finding['name']}{sure}. " if finding["name"] else ""
            yield Shown(f"{f'“{words}” ' if words else ''}{name}{finding['why']}", "  - ")
            if finding["try_instead"]:
                yield Shown(finding["try_instead"], "    A line to try: ")
        if self.view["words"]:
            mood = ", ".join(each["words"] for each in self.view["words"])
            yield Shown(f"{self.view['patient']['called']} is {mood}.", quiet=True)

    def _back(self, _: str) -> Iterator[Shown]:
        log = self.view.get("log", ())
        if self._at_door or not log:
            yield Shown("There is no turn to take back.")
            return
        typed = log[-1]["typed"] and not self._over
        yield from self._go_back({"do": "take_back" if typed else "retry", "turn": len(log) - 1})

    def _again(self, turn: str) -> Iterator[Shown]:
        if turn:
            number = int(turn) if turn.isascii() and turn.isdecimal() and len(turn) < 4 else 0
            yield from self._go_back({"do": "retry", "turn": number - 1})
        elif self.view["phase"] == "talk" and not self._at_door:
            yield Shown("This talk is still going on. '/again 3' tries another way from turn 3 on.")
        else:
            yield from self._begin()

    def _go_back(self, message: dict[str, Json]) -> Iterator[Shown]:
        before = self.view["turn"] if "log" in self.view else 0
        answer = self.session.handle(message)
        self.view = answer.get("view", self.view)
        if "trouble" in answer:
            yield Shown(answer["trouble"])
        elif self.view["phase"] != "talk" or not 0 <= message["turn"] < before or self.view["turn"] != message["turn"]:
            probe = self.view["feedback"] == "probe"
            yield Shown("In a run to test yourself there is no way back." if probe else "There is no such turn.")
        else:
            self._at_door = False
            yield Shown(f"Back at turn {message['turn'] + 1}; what was said there is kept.", quiet=True)
            yield from self._turn()
            if draft := self.view.get("typing", {}).get("draft"):
                yield Shown(draft, "Your words were: ", quiet=True)

    def _be_sure(self, percent: str) -> Iterator[Shown]:
        number = percent.rstrip(" %")
        if not (number.isascii() and number.isdecimal() and len(number) < 4 and int(number) <= 100):
            yield Shown("Enter a percentage from 0 to 100, such as '/sure 70'.")
        elif "confidence" not in self.view:
            yield Shown("How sure you are is not asked at this turn.")
        else:
            self._sure = int(number) / 100

    def _quit(self, _: str) -> Iterator[Shown]:
        self.done = True
        yield self.farewell

    # --- what there is to see ---------------------------------------------------------------------------------------

    def _patient(self, line: str) -> Shown:
        return Shown(line, f"{self.view['patient']['called']}: ")

    def _reaction(self, turn: Json) -> Iterator[Shown]:
        """Yield what was said where it is not on screen yet, and one line on how it may have been heard."""
        if self.scripted or not turn["typed"]:
            yield Shown(turn["say"], "You do: " if turn["act"] else "You: ")
        if "heard" not in turn:  # a run to test oneself, or feedback at the end
            return
        if turn["heard"]:
            yield Shown(
                f"One way {self.view['patient']['pronoun']} may have heard it: “{turn['heard']}”", "  ", quiet=True
            )
        else:
            yield Shown(turn["finding"]["why"], "  ", quiet=True)

    def _turn(self) -> Iterator[Shown]:
        view = self.view
        if "line" not in view:
            return
        if note := view.get("typing", {}).get("note"):
            yield Shown(note)
        else:
            yield from (Shown(), self._patient(view["line"]))
        if view["phase"] == "over":
            yield from debrief_text(view)
        elif view["phase"] == "paused":
            yield Shown(self._paused())
        else:
            yield from self._offered()

    def _offered(self) -> Iterator[Shown]:
        replies, typing = self.view["replies"], self.view.get("typing")
        for number, reply in enumerate(replies, 1):
            yield Shown(f"{'[do] ' if reply['act'] else ''}{reply['say']}", f"  {number}  ")
        if typing and typing["starters"] and not replies:
            yield Shown(" · ".join(typing["starters"]), "  You might begin: ", quiet=True)
        if typing and not self._hinted:
            self._hinted = True
            also = " or choose a line by its number" if replies else ""
            yield Shown(f"Say it in your own words{also}. /help lists what else you can enter.", quiet=True)
