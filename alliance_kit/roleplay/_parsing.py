"""From a text to a script: every sentence about what could not be read, and the rest read all the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from alliance_kit.model import Speaker
from alliance_kit.roleplay._cast import Cast, plain_label
from alliance_kit.roleplay._plain import plain_entries
from alliance_kit.roleplay._script import Entry, Piece, Script, Spoken, Told
from alliance_kit.roleplay._table import table_entries

MAX_LINES = 400
"""Half an hour of talk; a practice talk of five minutes has some forty lines."""
MAX_CHARACTERS = 60_000
MAX_FAULTS = 12
"""More sentences than that nobody reads; the rest is counted."""

_AS_TEXT = "Open it in its own program and save it as plain text (.txt), or copy the talk and paste it here."
_NO_TEXT = {
    ".docx": "a Word file",
    ".doc": "a Word file",
    ".odt": "an OpenDocument file",
    ".rtf": "a rich-text file",
    ".pdf": "a PDF file",
    ".pages": "a Pages file",
    ".xlsx": "an Excel file",
    ".xls": "an Excel file",
}
_FIRST_BYTES = {
    "PK\x03\x04": "a Word, Excel or zip file",
    "%PDF": "a PDF file",
    "{\\rtf": "a rich-text file",
    "\xd0\xcf\x11": "an old Word or Excel file",
}


def unreadable(name: str, text: str) -> str:
    """Return the sentence that says why a file cannot be read as text at all; empty where it can.

    Parameters
    ----------
    name : the file's name, empty for words that were typed or pasted
    text : the file's text, or its beginning
    """
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    what = _NO_TEXT.get(ending) or next((w for first, w in _FIRST_BYTES.items() if text.startswith(first)), "")
    if not what and "\0" in text:
        what = "a file that is no plain text"
    return f"This is {what}, which cannot be read here. {_AS_TEXT}" if what else ""


# --- from entries to a script -----------------------------------------------------------------------------------


def parse(text: str, name: str = "") -> Script:
    """Return who said what in a text, with a sentence for each thing that could not be read.

    Parameters
    ----------
    text : lines with a speaker before them (`PT:`, `Patient:`), or a table with columns such as `speaker,text`
    name : the file's name, empty for words that were typed or pasted
    """
    if fault := unreadable(name, text):
        return Script((), (fault,))
    told: Told = []
    if len(text) > MAX_CHARACTERS:
        text = text[: max(text.rfind("\n", 0, MAX_CHARACTERS), 0) or MAX_CHARACTERS]
        told.append((1 << 30, f"Only the first {MAX_CHARACTERS:,} characters were read; hand over a shorter part."))
    cast = Cast()
    entries = table_entries(text, name, told)
    table = entries is not None
    if entries is None:
        entries = list(plain_entries(text, cast, told))
    cast.doubt(entry.label for entry in entries if entry.label)
    lines = _spoken(text, entries, cast, told)
    told += _unknown(entries, cast, table=table)
    if len(lines) > MAX_LINES:
        told.append((1 << 30, f"Only the first {MAX_LINES} lines were read; hand over a shorter part."))
    lines = lines[:MAX_LINES]
    told += _one_sided(lines, told)
    return Script(lines, _sentences(told))


def _spoken(text: str, entries: Sequence[Entry], cast: Cast, told: Told) -> tuple[Spoken, ...]:
    found: list[tuple[Entry, Speaker, list[tuple[int, int, str]]]] = []
    taken = False
    for entry in entries:
        who = cast.who(entry.label) if entry.label else None
        ranges = [(start, end, "") for start, end in entry.ranges if start < end]
        if who in ("patient", "clinician"):
            found.append((entry, who, ranges))
            taken = True
        elif who is not None:
            taken = False
        elif taken and ranges:  # the same person goes on
            found[-1][2].extend([(*ranges[0][:2], " "), *ranges[1:]])
    made = []
    for entry, speaker, ranges in found:
        says, pieces = _joined(text, ranges)
        if any(character.isalnum() for character in says):
            made.append(Spoken(speaker, says, entry.number, pieces))
        else:
            told.append(
                (entry.number, f"Line {entry.number}: nobody says anything after '{entry.title}'; add the words.")
            )
    return tuple(made)


def _joined(text: str, ranges: Iterable[tuple[int, int, str]]) -> tuple[str, tuple[Piece, ...]]:
    says, pieces = "", []
    for start, end, glue in ranges:
        says += glue if says else ""
        pieces.append(Piece(len(says), start, end - start))
        says += text[start:end]
    return says, tuple(pieces)


def _unknown(entries: Iterable[Entry], cast: Cast, *, table: bool) -> Iterator[tuple[int, str]]:
    """Yield a sentence for each label that stands for nobody, or for either of the two."""
    seen: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.label and cast.who(entry.label) in ("unknown", "unclear"):
            seen.setdefault(plain_label(entry.label), []).append(entry)
    for rows in seen.values():
        first, title = rows[0].number, rows[0].title
        where = f"Line {first}" + (f" and {len(rows) - 1} more" if len(rows) > 1 else "")
        write = f"write '{title} = therapist' or '{title} = patient' at the top"
        if table:
            write = f"write therapist or patient in place of '{title}'"
        if cast.who(rows[0].label) == "unclear":
            yield first, f"{where}: '{title}' could be either of the two here, so it was left out; {write}."
        else:
            on = "" if table else ", or take out the colon if it is no name"
            yield first, f"{where}: it does not show who '{title}' is, so it was left out; {write}{on}."


def _one_sided(lines: Sequence[Spoken], told: Told) -> Iterator[tuple[int, str]]:
    speakers = {line.speaker for line in lines}
    if not speakers and not told:
        yield 0, "Nobody speaks in this text: begin each line with who says it, 'PT:' or 'Patient:'."
    elif len(speakers) == 1:
        who, other = ("therapist", "Patient:") if "clinician" in speakers else ("patient", "PT:")
        yield 0, f"Only the {who} speaks in what could be read; begin the other one's lines with '{other}'."


def _sentences(told: Told) -> tuple[str, ...]:
    sentences = [sentence for _, sentence in sorted(told, key=lambda each: each[0])]
    if len(sentences) > MAX_FAULTS:
        rest = len(sentences) - MAX_FAULTS
        sentences = [*sentences[:MAX_FAULTS], f"{rest} more like these; mend the first ones and read it again."]
    return tuple(sentences)
