"""How hard a patient's lines are to read, as a notice only.

The grade is Flesch-Kincaid's (Kincaid 1975): ``0.39 words/sentence + 11.8 syllables/word - 15.59``. Syllables are
counted by a short rule: groups of vowels, less a silent final e, at least one. It is a coarse measure, made for whole
pages; a whole scenario is about one. It says nothing on whether a line sounds like a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_GRADE = 8.0
MAX_SENTENCE_WORDS = 30

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n+")
_STAGE = re.compile(r"\[[^\]]*\]")
_VOWELS = re.compile(r"[aeiouy]+")
# A final e is silent (late), also before s and d (likes, liked), but not after l following a consonant (table).
_SILENT = re.compile(r"(?<![aeiouy])e[sd]?$")
_VOICED = re.compile(r"[^aeiouy]le[sd]?$|[td]ed$|(?:[sxz]|ch|sh|[cg])es$")


def syllables(word: str) -> int:
    """Return the number of syllables of an English word, by rule; at least 1."""
    word = re.sub(r"[^a-z]", "", word.lower())
    groups = len(_VOWELS.findall(word))
    if groups > 1 and _SILENT.search(word) and not _VOICED.search(word):
        groups -= 1
    return max(1, groups)


def sentences(text: str) -> tuple[str, ...]:
    """Return the sentences of a text, stage directions in brackets left out."""
    parts = (part.strip() for part in _SENTENCE_END.split(_STAGE.sub(" ", text)))
    return tuple(part for part in parts if _WORD.search(part))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a text; a number is a word."""
    return tuple(_WORD.findall(text))


def reading_grade(texts: Iterable[str]) -> float:
    """Return the US school grade at which the texts together read, rounded to one place; 0 for no words."""
    spoken = [sentence for text in texts for sentence in sentences(text)]
    said = [word for sentence in spoken for word in words(sentence)]
    if not said:
        return 0.0
    grade = 0.39 * len(said) / len(spoken) + 11.8 * sum(map(syllables, said)) / len(said) - 15.59
    return round(max(0.0, grade), 1)
