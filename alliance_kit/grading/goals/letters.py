"""Abbreviations that mean several things: *pt* and *PT*, *I*, *S*, *c*, *R*, *L*, *B*. Case and position decide.

Rules: house rules for goals, section 9, "Traps".
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from alliance_kit.grading.goals.lexicon import entries

__all__ = ["CLAUSE_ENDS", "letter_means", "pt_means"]

CLAUSE_ENDS = frozenset({".", ",", ";", ":", ")", "(", "!", "?", "\n", "-", "/"})
_SIGNS = {"&": "and", "@": "at", "→": "to"}
_LETTERS = {"i": "independent", "c": "with", "s": "supervision", "r": "right", "l": "left", "b": "bilateral"}
_BEFORE_SUPERVISION = frozenset({"with", "c", "w", "close", "distant", "and"})
_MODALS = frozenset({"will", "to", "shall", "and", "would"})
_BEFORE_THERAPY = frozenset({"in", "by", "with", "from", "skilled", "attend", "of", "outpatient", "for", "after"})
_BEFORE_INDEPENDENT = frozenset({"be", "is", "are", "being", "become", "becomes", "remain", "to", "mod", "at"})
_AFTER_INDEPENDENT = frozenset({"with", "c", "using", "for", "in", "on", "by", "at", "from", "level", "and", "w"})
_AFTER_FIRST_PERSON = frozenset({"will", "can", "want", "would", "do", "could", "now", "am", "have", "like", "need"})
_BEFORE_ROMAN = frozenset({"fes", "phase", "stage", "type", "level", "grade", "part"})
_LINKS = frozenset({"that", "so", "when", "because", "and", "as", "than", "if", "while", "since", "what", "\n"})
_BODY_AFTER_B = frozenset({"le", "les", "ue", "ues", "hip", "hips", "knee", "knees", "shoulder", "shoulders", "hands"})
_SENTENCE_ENDS = frozenset({".", ";", "\n"})
_TREATED = frozenset({"patient", "pt", "joint", "manual", "soft"})
_TAUGHT = frozenset({"parents", "parent", "family", "caregiver", "caregivers", "staff", "wife", "husband"})
_DONE_TO = frozenset({"see", "work", "perform", "use", "apply", "give", "walk", "help", "assist", "ambulate"})
_UNCLEAR = frozenset({"work", "see", "use", "continue", "address", "focus"})
_NEAR = 7


def pt_means(plain: Sequence[str], at: int, written: str, shouted: bool) -> str:
    """Return what *pt* at `at` stands for: patient, physical therapist, physical therapy, points; "" if unclear.

    Parameters
    ----------
    plain : the goal's words in lower case
    written : the word as typed; `shouted`: the whole goal is in capitals, so case says nothing
    """
    before = plain[at - 1] if at else ""
    following = list(itertools.takewhile(lambda w: w not in _SENTENCE_ENDS, plain[at + 1 : at + _NEAR]))
    if before[-1:].isdigit() and following[:1] not in (["will"], ["to"]):
        return "points"
    if before in _BEFORE_THERAPY and written == "PT":
        return "physical therapy"
    if _treats(following, in_capitals=written == "PT"):
        return "physical therapist"
    verb = next((w for w in following if w not in _MODALS), "")
    return "patient" if written != "PT" or (shouted and verb not in _UNCLEAR) else ""


def _treats(following: Sequence[str], in_capitals: bool) -> bool:
    """Return whether the words after *pt* are what a therapist does: instruct, or perform something on someone."""
    verb = next((w for w in following if w not in _MODALS), "")
    if "staffact" in _roles(verb) and _TAUGHT & set(following):
        return True
    on_someone = any("treat" in _roles(w) or w in _TREATED for w in following)
    return ("staffact" in _roles(verb) and (in_capitals or on_someone)) or (on_someone and verb in _DONE_TO)


def letter_means(plain: Sequence[str], at: int) -> str:
    """Return what a single letter stands for here, or "" where it is just that letter."""
    before = plain[at - 1] if at else ""
    after = plain[at + 1] if at + 1 < len(plain) else ""
    letter = plain[at]
    if letter in _SIGNS:
        return _SIGNS[letter]
    free = not before[-1:].isdigit() and after.isalpha()
    holds = {
        "i": _is_independent(before, after),
        "c": free,
        "s": before in _BEFORE_SUPERVISION
        or after in {"level", "assist", "x"}
        or (before == "," and after in CLAUSE_ENDS),
        "r": free,
        "l": free,
        "b": after in _BODY_AFTER_B,
    }
    return _LETTERS[letter] if holds.get(letter) else ""


def _is_independent(before: str, after: str) -> bool:
    """Return whether *I* is the level of help: after be or mod, before with, or where a clause ends."""
    if after in _AFTER_FIRST_PERSON or before in _BEFORE_ROMAN:
        return False
    if before in _BEFORE_INDEPENDENT or before in {"plof", "clof"}:
        return True
    if not before:
        return after in {"with", "c"}
    return before not in _LINKS and (not after or after in _AFTER_INDEPENDENT or after in CLAUSE_ENDS)


def _roles(word: str) -> frozenset[str]:
    entry = entries().get((word,)) if word else None
    return entry.tags if entry else frozenset()
