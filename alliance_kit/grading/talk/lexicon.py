"""The word lists that replies are read with: CSV files in `exercises/lexicons/`, read when first needed."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from alliance_kit.grading.words import fold
from alliance_kit.library import csv_rows

__all__ = ["classes", "contractions", "cue_rows", "feelings", "synonyms", "vocabulary", "weights"]


@functools.cache
def _classes() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for row in csv_rows("talk_words"):
        found.setdefault(row["class"], set()).update(row["words"].split())
    return {name: frozenset(words) for name, words in found.items()}


def classes(name: str) -> frozenset[str]:
    """Return the words of a class, such as `aux` or `hesitation`."""
    return _classes()[name]


@functools.cache
def contractions() -> Mapping[str, tuple[str, ...]]:
    """Return short or slipped form → the words it stands for."""
    return {row["typed"]: tuple(row["words"].split()) for row in csv_rows("talk_contractions")}


def cue_rows() -> tuple[dict[str, str], ...]:
    """Return the rows of the cue list: pattern, tag, source."""
    return csv_rows("talk_cues")


@functools.cache
def feelings() -> Mapping[str, tuple[str, int]]:
    """Return feeling word or phrase → its family and strength, 1 to 3."""
    return {row["word"]: (row["family"], int(row["strength"])) for row in csv_rows("talk_feeling_words")}


@functools.cache
def synonyms() -> Mapping[str, str]:
    """Return word stem → the name of the group of meaning it belongs to."""
    from alliance_kit.grading.talk.wording import stem  # noqa: PLC0415 — wording needs these lists

    found: dict[str, str] = {}
    for row in csv_rows("talk_synonyms"):
        for word in row["words"].split():
            found.setdefault(stem(word), row["group"])
    return found


@functools.cache
def weights() -> Mapping[str, Mapping[str, float]]:
    """Return kind (reflection, input) → cue → weight."""
    found: dict[str, dict[str, float]] = {}
    for row in csv_rows("talk_weights"):
        found.setdefault(row["label"], {})[row["cue"]] = float(row["weight"])
    return found


@functools.cache
def vocabulary() -> frozenset[str]:
    """Return every word that the rules look for: what a slip may be mended to, and what is never mended."""
    found: set[str] = set()
    for words in _classes().values():
        found |= words
    for row in cue_rows():
        for item in row["pattern"].split():
            found.update(w for w in item.strip("?").split("|") if w.isalpha())
    for phrase in feelings():
        found.update(fold(phrase).split())
    for row in csv_rows("talk_synonyms"):
        found.update(row["words"].split())
    return frozenset(w for w in found if w.isalpha())
