"""A role play that was written down: who said what, and what can be seen in the clinician's lines.

`parse` reads the forms in which people write such talks, says in a sentence what it could not read, and reads the rest
all the same. It never raises. Every line knows where its words stand in the text, so that findings can point there.
"""

from __future__ import annotations

from alliance_kit.roleplay._annotating import Annotated, annotate, counts
from alliance_kit.roleplay._kept import agreed_to, as_handed_in, as_shown, fields_of, in_text, is_shared, latest_talks
from alliance_kit.roleplay._parsing import MAX_CHARACTERS, MAX_LINES, parse, unreadable
from alliance_kit.roleplay._script import Script, Spoken

__all__ = [
    "MAX_CHARACTERS",
    "MAX_LINES",
    "Annotated",
    "Script",
    "Spoken",
    "agreed_to",
    "annotate",
    "as_handed_in",
    "as_shown",
    "counts",
    "fields_of",
    "in_text",
    "is_shared",
    "latest_talks",
    "parse",
    "unreadable",
]
