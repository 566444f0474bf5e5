"""Who is who in a script: by the word before a line, by the form of *PT*, or because the script says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from alliance_kit.model import Speaker

Who = Literal["patient", "clinician", "unclear", "unknown"]
_WORDS: dict[str, Speaker] = {
    **dict.fromkeys(("therapist", "clinician", "student", "t", "th", "physical therapist", "physio"), "clinician"),
    **dict.fromkeys(("physiotherapist", "spt", "dpt", "student therapist"), "clinician"),
    **dict.fromkeys(("patient", "client", "p", "pat", "simulated patient", "sp"), "patient"),
}  # fmt: skip
_IN_BRACKETS = re.compile(r"(.*?)\s*[(\[]([^()\[\]]*)[)\]]\s*")
_NUMBERED = re.compile(r"\s*\d{1,2}$")


def plain_label(label: str) -> str:
    return _NUMBERED.sub("", " ".join(label.replace(".", "").replace("*", "").split()))


@dataclass(slots=True)
class Cast:
    """Whom a label stands for: by its word, by the form of *PT*, or because the script says so at its top."""

    names: dict[str, Speaker] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)

    def who(self, label: str) -> Who:
        plain = plain_label(label)
        if plain in self.unclear:
            return "unclear"
        if speaker := self.names.get(plain) or self.names.get(plain.casefold()) or _by_word(plain):
            return speaker
        parts = _IN_BRACKETS.fullmatch(plain)
        for part in (parts[2], parts[1]) if parts else ():
            if part and (speaker := self.names.get(part.casefold()) or _by_word(part)):
                return speaker
        return "unknown"

    def declare(self, one: str, other: str) -> bool:
        """Take in a line such as ``PT = Sam``; return whether it says who is who."""
        one, other = plain_label(one), plain_label(other)
        if role := _by_word(other):
            self.names[one if one.casefold() == "pt" else one.casefold()] = role
        elif role := _by_word(one):
            self.names[other.casefold()] = role
        return bool(role)

    def doubt(self, labels: Iterable[str]) -> None:
        """Note which forms of *PT* cannot be told apart in a script with these labels."""
        plain = {plain_label(label) for label in labels}
        forms = {label for label in plain if label.casefold() == "pt"} - self.names.keys()
        words = {_WORDS.get(label.casefold()) for label in plain} | {
            self.names.get(label.casefold()) for label in plain
        }
        self.unclear = {"pT"} & forms
        if "clinician" in words:  # Therapist and PT: two therapists, or is PT the patient?
            self.unclear |= {"PT"} & forms
        if "patient" in words or (len(forms) > 1 and "PT" not in forms and "clinician" not in words):
            self.unclear |= {"Pt", "pt"} & forms


def _by_word(label: str) -> Speaker | None:
    """Return whom a word stands for: `PT` in capitals is the therapist, `Pt` the patient."""
    if label.casefold() == "pt":
        return "clinician" if label == "PT" else "patient"
    return _WORDS.get(label.casefold())
