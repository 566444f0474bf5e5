"""Every code that a check can give: how grave it is, what it means, what to do. `docs/authoring.md` shows this table.

Codes are for ever: one that is no longer given is left out and never used again for something else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "notice"]


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of fault."""

    id: str
    severity: Severity
    what: str
    fix: str


FAMILIES: Mapping[str, str] = {
    "Y": "Reading the file",
    "F": "Fields and their values",
    "S": "Structure: ids, places, conditions, test walks",
    "W": "Wording: lengths and exact quotations",
    "T": "Teaching",
    "G": "Guessability",
    "D": "Drill sets",
    "K": "The other kinds of exercise",
    "C": "The course",
    "R": "Reading ease",
}
"""The first letter of a code, in the order of the documentation."""

_TABLE: tuple[tuple[str, Severity, str, str], ...] = (
    # --- reading the file
    ("Y01", "error", "The file cannot be read.", "Check the name and that you may read it."),
    (
        "Y02",
        "error",
        "The file is larger than a megabyte.",
        "Exercise files are text; take out what is not, or split it.",
    ),
    ("Y03", "error", "The file is no text.", "Save it as plain text, UTF-8."),
    ("Y04", "error", "The file is not in UTF-8.", "Save it as UTF-8; in an old editor, type the character again."),
    (
        "Y05",
        "error",
        "An invisible character: a control, a zero-width space, a switch of direction.",
        "Delete it: put the cursor there and type the text again.",
    ),
    ("Y06", "error", "The text is not YAML.", "Look at this line and the one above: indentation, quotes, colons."),
    ("Y07", "error", "An unquoted word that programs read differently.", "Write it in quotes."),
    ("Y08", "error", "An anchor or alias (`&name`, `*name`).", "Write the text out where it is needed, or quote it."),
    ("Y09", "error", "The merge sign `<<`.", "Write the fields out."),
    (
        "Y10",
        "error",
        "A field's name is no text.",
        "Give the field a name; write a number or true as a name in quotes.",
    ),
    ("Y11", "error", "A field stands twice.", "Keep one of the two, or rename one."),
    (
        "Y12",
        "error",
        "A YAML tag (`!name`) or directive (`%NAME`).",
        "Take it out; quote text that begins with this sign.",
    ),
    ("Y13", "error", "A second document in the same file.", "One exercise a file: take out the line '---' or '...'."),
    ("Y14", "error", "The file is empty.", "Start from a skeleton in docs/authoring.md."),
    (
        "Y15",
        "error",
        "The file holds a list or a text, not fields.",
        "Begin with 'schema_version: 1' at the line's start.",
    ),
    ("Y16", "error", "The file nests too deep or holds too much.", "Check the indentation from here upwards."),
    ("Y17", "error", "A tab in the indentation.", "Indent with spaces."),
    # --- fields
    ("F01", "error", "An unknown field.", "Check its name and its indentation."),
    ("F02", "error", "A field is missing.", "Add it."),
    ("F03", "error", "A value of the wrong type.", "Write a value of the type that is expected."),
    ("F04", "error", "A value that is none of the possible ones.", "Write one of the possible values."),
    ("F05", "error", "The kind of exercise is missing or unknown.", "Set 'kind'."),
    ("F06", "error", "An id that is not kebab-case.", "Use a-z, 0-9 and single hyphens, starting with a letter."),
    (
        "F07",
        "error",
        "The id differs from the file's name, or the file lies in another kind's folder.",
        "Rename or move the file, or set 'id' and 'kind'.",
    ),
    (
        "F08",
        "error",
        "A version of the form or of the content that this program does not know.",
        "Write 'schema_version: 1' and a 'version' such as 1.0.0.",
    ),
    ("F09", "error", "A field that needs text is empty.", "Write the text."),
    ("F10", "error", "A number outside its range.", "Write a number within the range."),
    (
        "F11",
        "error",
        "An unknown strategy, part or microskill.",
        "'python -m alliance_kit.content ids' prints those that exist.",
    ),
    ("F12", "error", "An unknown source.", "Add the source to exercises/sources.csv, or correct the key."),
    ("F13", "error", "An id is used twice.", "Give each its own id."),
    ("F14", "notice", "No clinician has reviewed the content yet.", "Set 'reviewed_by' once somebody has."),
    # --- structure
    ("S01", "error", "A scene that does not exist.", "Correct the id, or add the scene."),
    ("S02", "error", "A scene that no way leads to.", "Lead a reply there, or take the scene out."),
    ("S03", "error", "The scenes form a loop.", "Lead one of them on: a visit moves forward."),
    (
        "S04",
        "error",
        "A condition that cannot be read.",
        "Write 'bond >= 1', 'ruptured', 'met ID' or 'said ID', joined by 'and'.",
    ),
    ("S05", "error", "A condition about an id that does not exist.", "Correct the id."),
    ("S06", "warning", "A condition that never held in any walk.", "Loosen it, or take out what it guards."),
    ("S07", "error", "The last line or branch has a condition.", "Add one without 'when' at the end."),
    (
        "S08",
        "error",
        "A line or branch that stands behind one without a condition.",
        "Move it up, or give the other a 'when'.",
    ),
    ("S09", "error", "An ending is missing.", "Write all four: open, mid, closed, unsafe."),
    ("S10", "error", "An unknown safety id.", "Correct the id, or add the step to 'safety'."),
    ("S11", "error", "A step of care that no reply can meet.", "Add the id to a reply's 'meets'."),
    (
        "S12",
        "error",
        "A step of care that never becomes due.",
        "Add the id to a scene's 'raises', or set 'always: true'.",
    ),
    ("S13", "error", "A scene without replies.", "Write three to five replies."),
    ("S14", "error", "A scene is called 'end'.", "Rename it: 'end' is where a visit stops."),
    ("S15", "error", "A test walk cannot be walked.", "Correct the reply ids, in the order in which they are said."),
    (
        "S16",
        "error",
        "A test walk ends otherwise than it says.",
        "Correct the effects, or the walk's 'ending' or 'expect'.",
    ),
    ("S17", "warning", "An ending that no test walk reaches.", "Add a walk to 'tests'."),
    ("S18", "error", "Trust falls no faster than it grows.", "Set the pace's 'loss' above 'gain', both above 0."),
    (
        "S19",
        "warning",
        "Some walk could reach the end of the scale before its last third.",
        "Use smaller effects, a gentler 'pace', or start nearer to 0.",
    ),
    ("S20", "error", "Some scenes take typed words and some do not.", "Write 'typed' in every scene, and 'hearing'."),
    (
        "S21",
        "error",
        "A step of care that typed words cannot take.",
        "Add 'words' to the step, and a 'cue' to scenes where it is due.",
    ),
    ("S22", "error", "The file's own level starts elsewhere than 'state'.", "Give both the same numbers."),
    # --- wording
    ("W01", "error", "'words' does not stand in the text it is about.", "Copy the phrase exactly."),
    ("W02", "error", "A wish that the patient never says.", "Copy 'says' exactly from one of the patient's lines."),
    ("W03", "error", "'hears' is longer than 15 words.", "Shorten it: one thought, in the patient's voice."),
    (
        "W04",
        "error",
        "The feedback on a reply is longer than 60 words.",
        "Shorten 'words', 'why' and 'try_instead': the one thing that changes the next turn.",
    ),
    ("W05", "error", "A reply is longer than 45 words.", "Shorten it: people do not speak in paragraphs."),
    (
        "W06",
        "error",
        "A spoken reply whose feedback points at no words.",
        "Set 'words' to the phrase of 'say' that did it.",
    ),
    ("W07", "error", "An answer to typed words is longer than 45 words.", "Shorten it, or make two of it."),
    # --- teaching
    ("T01", "warning", "A good way through is shorter than 8 turns.", "Lead strong replies through more scenes."),
    (
        "T02",
        "warning",
        "Fewer than two good ways through.",
        "Write a second strong reply, of another kind, in some scene.",
    ),
    (
        "T03",
        "warning",
        "Strong replies alone do not end open.",
        "Raise their effects, or let a repair or safety step in.",
    ),
    ("T04", "warning", "Fewer than 25 different patient lines.", "Write more 'answers' and line variants."),
    ("T05", "warning", "A scene without a strong reply.", "Write one."),
    ("T06", "warning", "A scene with strong replies only.", "Add what a decent, tired clinician would say."),
    ("T07", "warning", "Fewer than two plain turns.", "Mark scenes where something plain is best: 'plain: true'."),
    (
        "T08",
        "warning",
        "A rupture after which no repair can be reached.",
        "Lead to a scene with a reply that 'repairs'.",
    ),
    ("T09", "warning", "Fewer than two scenes that may ask for confidence.", "Set 'confidence: true' on more scenes."),
    ("T10", "warning", "A scene with fewer than three or more than five replies.", "Write three to five."),
    ("T11", "warning", "A reply that is not strong offers nothing to try instead.", "Write 'try_instead'."),
    ("T12", "warning", "The same feedback stands twice.", "Say it in other words, about this reply."),
    ("T13", "warning", "Fewer than three debrief questions.", "Ask how it was, what happened, what to do next time."),
    (
        "T14",
        "warning",
        "Fewer than two replies that cause a rupture.",
        "Set 'rupture' where the patient pulls back or blames.",
    ),
    ("T15", "warning", "Second-best replies all the way end open.", "Lower the effects of workable replies."),
    ("T16", "warning", "Poor replies all the way do not end closed or unsafe.", "Make poor replies cost more."),
    (
        "T17",
        "warning",
        "Too few objectives: two for a scenario or a drill set, one for the rest.",
        "Write what learners will be able to do, with a verb one can observe.",
    ),
    ("T18", "warning", "The patient can say the same line twice.", "Write it in other words: people do not repeat."),
    ("T19", "warning", "Too few lines for input that is no reply.", "Write more; 'term' lines hold {term}."),
    ("T20", "warning", "Not exactly two beginnings for typed words.", "Write two, unfinished, of different forms."),
    ("T21", "warning", "Levels that differ in nothing that the patient says.", "Write lines with 'when: level >= 3'."),
    # --- guessability
    ("G01", "warning", "Always taking the longest reply ends open.", "Shorten strong replies, lengthen tempting ones."),
    ("G02", "warning", "Always taking the first reply ends open.", "Change the order of the replies."),
    ("G03", "warning", "Always taking the last reply ends open.", "Change the order of the replies."),
    ("G04", "warning", "Always taking the shortest reply ends open.", "Lengthen some strong replies."),
    ("G05", "warning", "Random replies end open in 5 % of walks or more.", "Make poor replies cost more, or add some."),
    ("G06", "warning", "The strong reply is the longest in more than half of the scenes.", "Even out the lengths."),
    ("G07", "warning", "The strong reply is the first in more than half of the scenes.", "Change the order."),
    ("G08", "warning", "The best choice is the longest in more than half of a set's items.", "Even out the lengths."),
    (
        "G09",
        "warning",
        "The best choice stands at the same place in more than half of a set's items.",
        "Change the order.",
    ),
    # --- drill sets
    ("D01", "error", "Not exactly one best choice.", "Set 'best: true' on one choice, and on one only."),
    ("D02", "error", "A choice item with fewer than two choices.", "Write three or four choices."),
    ("D03", "error", "A choice without feedback.", "Say what the patient would hear, for the best choice too."),
    ("D04", "error", "A rewriting without cues.", "List what to look for in 'cues'."),
    ("D05", "error", "A rewriting with fewer than two samples.", "Write two samples that differ."),
    ("D06", "error", "A sample that does not meet the item's own cues.", "Correct the sample, or the cue's 'any'."),
    (
        "D07",
        "error",
        "Fields of the other kind of item.",
        "'choices' belong to spot and choose; cues and samples to rewrite.",
    ),
    ("D08", "error", "A rewriting without a line to rewrite.", "Write 'line'."),
    ("D09", "error", "A cue that looks for nothing.", "List phrases in 'any'; a '*' stands at the end of a stem only."),
    # --- the other kinds
    ("K01", "error", "A goal case about a scenario that does not exist.", "Correct 'scenario'."),
    ("K02", "warning", "The patient differs from the scenario's.", "Copy the patient block from the scenario."),
    ("K03", "warning", "Fewer than two sample goals.", "Write two that differ."),
    ("K04", "warning", "Fewer than three measured facts at the start.", "Write 'baseline' with numbers from today."),
    (
        "K05",
        "warning",
        "A worked example of fewer than eight lines, or without a note.",
        "Show more, and say what to notice.",
    ),
    ("K06", "warning", "An example without points to notice.", "Write two or three in 'notice'."),
    ("K07", "error", "A list that needs at least one entry is empty.", "Write one."),
    # --- the course
    ("C01", "error", "The course names an exercise that does not exist.", "Correct the id, or write the exercise."),
    ("C02", "error", "An exercise stands twice in the course.", "Keep one."),
    ("C03", "warning", "A unit is not between 5 and 12 minutes.", "Split it, or join it with another."),
    (
        "C04",
        "warning",
        "A unit promises other minutes than its exercises need.",
        "Set the unit's 'minutes' to their sum.",
    ),
    ("C05", "notice", "An exercise is in no unit.", "Add it to exercises/course.yaml."),
    ("C06", "error", "A module's id does not name a notebook.", "Use two digits and words: '02_trust'."),
    # --- reading ease
    ("R01", "notice", "The patient speaks above reading grade 8.", "Use shorter sentences and plainer words."),
    ("R02", "notice", "A patient's sentence has more than 30 words.", "Break it up, as people do when they talk."),
)

CODES: Mapping[str, Code] = {row[0]: Code(*row) for row in _TABLE}


def table_lines() -> Iterator[str]:
    """Yield the codes as Markdown, one table for each family: the text that `docs/authoring.md` holds."""
    for letter, family in FAMILIES.items():
        yield f"#### {letter}: {family}"
        yield ""
        yield "| code | | what it means | what to do |"
        yield "| --- | --- | --- | --- |"
        for code in CODES.values():
            if code.id.startswith(letter):
                yield f"| {code.id} | {code.severity} | {code.what} | {code.fix} |"
        yield ""
