"""What a terminal shows of a talk: paragraphs that wrap, and the look back as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from alliance_kit.plain import Json

HELP = (
    ("1 to 5", "say or do the line with that number, where lines are offered"),
    ("any words", "say it in your own words"),
    ("/lines", "show the lines that you can choose from"),
    ("/why", "what was read in your last words, and why it matters"),
    ("/back", "not what I meant: take the last turn back"),
    ("/sure 70", "say beforehand how likely it is, in percent, that your next words open the patient up"),
    ("/again", "after the end: talk once more; '/again 3' tries another way from turn 3 on"),
    ("/level 1|2|3", "for the next talk: how hard it is"),
    ("/support choice|starter|free|auto", "for the next talk: lines, beginnings, an empty line, or what fits"),
    ("/feedback turn|end|probe", "for the next talk: feedback after each turn, at the end, or a run to test yourself"),
    ("/quit", "leave; everything is kept, and the talk goes on from here next time"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """One paragraph: `lead` stands before its first line, and the others are indented as far; `quiet` may be dimmed."""

    text: str = ""
    lead: str = ""
    quiet: bool = False

    def lines(self, width: int) -> list[str]:
        """Return it wrapped; characters that would steer a terminal are left out."""
        lead, indent, lines = self.lead, " " * min(len(self.lead), 6), []
        for part in _printable(self.text).split("\n"):
            lines += textwrap.wrap(part, width, initial_indent=lead, subsequent_indent=indent) or [lead.rstrip()]
            lead = indent
        return lines


def _printable(text: str) -> str:
    return "".join(letter if letter == "\n" or letter.isprintable() else " " for letter in text)


def debrief_text(view: Json) -> Iterator[Shown]:
    """Yield the debrief of a finished talk: how it ended, three moments, counts, the next practice."""
    debrief, called = view["debrief"], view["patient"]["called"]
    yield Shown("How it ended")
    yield Shown(debrief["what"], "  ")
    yield from (Shown(f"Safety first. {missed}", "  ") for missed in debrief["missed"])
    if debrief["rupture_open"]:
        yield Shown(f"Something came between you and {called} and was not mended.", "  ")
    yield Shown("Moments to look at again")
    for moment in debrief["moments"]:
        yield Shown(moment["line"].split("\n")[-1], f"  turn {moment['turn'] + 1}, {called}: ")
        yield Shown(moment["say"], "    You did: " if moment["act"] else "    You: ")
        yield Shown(f"What happened: {_moved(moment['moved'])}", "    ")
        yield Shown(f"What {view['patient']['pronoun']} did not say: {moment['inner']}", "    ")
        if moment["else"]:
            yield Shown(
                f"What else could have been {'done' if moment['else_act'] else 'said'}: {moment['else']}", "    "
            )
    yield Shown("Counts")
    yield from (Shown(line, "  ") for line in _counts(debrief["counts"]))
    yield Shown(f"{called} is now {', '.join(each['words'] for each in debrief['words'])}.")
    yield from (Shown(question, "  ? ") for question in debrief["questions"])
    if debrief["practice"]:
        yield Shown(f"Next practice: {debrief['practice']}.")
    yield Shown("/again talks once more, '/again 3' tries another way from turn 3 on, /quit leaves.", quiet=True)


def _moved(moved: list[Json]) -> str:
    parts = [f"{each['dimension']} {'rose' if each['units'] > 0 else 'fell'}" for each in moved]
    return f"{', '.join(parts) or 'nothing moved'}."


def _counts(counts: Json) -> Iterator[str]:
    if any(counts["chosen"].values()):
        yield "Lines chosen: " + ", ".join(f"{number} {name}" for name, number in counts["chosen"].items()) + "."
    if typed := counts["typed"]["turns"]:
        asked = counts["typed"]["asked_back"]
        yield f"Own words: {typed}; {counts['typed']['rose']} of them moved something, {asked} were not understood."
    for row in counts["seen"]:
        yield f"{row['name']}: {row['clear']} clear, {row['possible']} possible."
