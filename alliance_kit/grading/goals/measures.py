"""Outcome measures named in a goal: their scales, their good direction, and the change that is more than error.

Figures and populations come from `exercises/lexicons/outcome_measures.csv`, each with its source; a measure has one
row for each group it was studied in.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from alliance_kit.grading.goals.lexicon import Phrases, entries
from alliance_kit.grading.goals.quantities import Quantity
from alliance_kit.grading.goals.reading import Reading, read
from alliance_kit.library import csv_rows

__all__ = [
    "SEVERAL_TOPS",
    "Error",
    "Measure",
    "Mention",
    "find_mentions",
    "fits",
    "joint_range",
    "measure_of_fraction",
    "measures",
    "value_on",
]

_FRACTION_OF = {7: "fim_item", 56: "bbs", 30: "fga", 24: "dgi", 28: "poma", 80: "lefs", 126: "fim_total"}
SEVERAL_TOPS = frozenset({"ndi", "odi", "fim_total", "fim_item", "vas", "womac", "barthel"})
"""Measures that are written on more than one scale, such as points and percent."""
_UNIT_KINDS = {
    "s": "time",
    "m": "distance",
    "cm": "distance",
    "mm": "distance",
    "m/s": "speed",
    "kg": "weight",
    "degrees": "angle",
    "repetitions": "count",
    "%": "percent",
    "% leg length": "percent",
}
_BASE = {"cm": 0.01, "mm": 0.001}
_LOOKS_LIKE_A_WORD = frozenset({"pass", "dash", "grip", "confidence", "fac", "bi", "gg"})
_GENERIC = frozenset({"quick_conf"})
_NOT_A_TEST = frozenset({"functional reach", "stair climb", "chair stand", "forward reach", "grip"})


@dataclass(frozen=True, slots=True)
class Error:
    """A change no larger than `size` may be measurement error in this population."""

    size: float
    population: str
    source: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One outcome measure; `low` and `high` bound its scale (None: open), `better` is lower, higher or context."""

    key: str
    name: str
    unit: str
    low: float | None
    high: float | None
    better: str
    errors: tuple[Error, ...]

    def error_for(self, plain: str) -> Error | None:
        """Return the error that applies: that of the group the text names, else the smallest listed."""
        told = [e for e in self.errors if any(_names_group(word, plain) for word in _group_words(e.population))]
        return min(told or self.errors, key=lambda e: e.size, default=None)


@dataclass(frozen=True, slots=True)
class Mention:
    """A measure named by the words `first` to before `last`."""

    measure: Measure
    first: int
    last: int


@functools.cache
def measures() -> Mapping[str, Measure]:
    """Return all measures by key."""
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv_rows("outcome_measures"):
        rows.setdefault(row["key"], []).append(row)
    return {key: _measure(key, some) for key, some in rows.items()}


def _measure(key: str, rows: list[dict[str, str]]) -> Measure:
    head = rows[0]
    errors = tuple(Error(float(r["mdc"]), r["mdc_population"], r["source"]) for r in rows if r["mdc"])
    low, high = (float(head[c]) if head[c] else None for c in ("min", "max"))
    return Measure(key, head["name"], head["unit"], low, high, head["better"], errors)


@functools.cache
def _names() -> Phrases[Measure]:
    found: Phrases[Measure] = Phrases()
    for row in csv_rows("outcome_measures"):
        if row["key"] in _GENERIC or row["key"].startswith("rom_"):
            continue
        for name in (row["name"], *row["abbreviations"].split(";")):
            if "x/" not in name and name not in _NOT_A_TEST:
                found.add([w.word for w in read(name).words], measures()[row["key"]])
    found.close()
    return found


@functools.cache
def _ranges() -> Mapping[tuple[str, str], Measure]:
    """Return (joint, movement) → range of motion; joint "" where the movement alone names it."""
    found: dict[tuple[str, str], Measure] = {}
    for row in csv_rows("outcome_measures"):
        if not row["key"].startswith("rom_"):
            continue
        for name in row["abbreviations"].split(";"):
            words = [w.word for w in read(name).words]
            entry = entries().get(words[:1])
            has_joint = entry is not None and "joint" in entry.tags
            found[words[0] if has_joint else "", " ".join(words[has_joint:])] = measures()[row["key"]]
    return found


def joint_range(joint: str, movement: str) -> Measure | None:
    """Return the range of motion for a joint and a movement, such as knee and flexion."""
    return _ranges().get((joint, movement)) or _ranges().get(("", movement))


def find_mentions(reading: Reading) -> tuple[Mention, ...]:
    """Return the measures that a goal names, in order."""
    plain = [w.word for w in reading.words]
    names = _names()
    found: list[Mention] = []
    i = 0
    while i < len(plain):
        hit = names.longest(plain, i)
        if hit is None or (hit[0] == 1 and plain[i] in _LOOKS_LIKE_A_WORD and not _is_name(reading, i)):
            i += 1
            continue
        found.append(Mention(hit[1], i, i + hit[0]))
        i += hit[0]
    return tuple(found)


def _is_name(reading: Reading, at: int) -> bool:
    """Return whether a word such as *pass* or *dash* is the test: in capitals, or with a number soon after."""
    word = reading.words[at]
    written = reading.text[word.start : word.end]
    near = reading.words[at + 1 : at + 4]
    return (written.isupper() and not reading.text.isupper()) or any(w.value is not None for w in near)


def measure_of_fraction(quantity: Quantity, plain: str) -> Measure | None:
    """Return the scale that a fraction such as 4/5 or 15/10 is written on, judged by its lower number."""
    whole = int(quantity.of)
    if whole == 5 and re.search(r"strength|mmt|manual muscle|quad|glute|hip|muscle|grade", plain):
        return measures().get("mmt")
    if whole == 10:
        return measures().get("nprs")
    key = _FRACTION_OF.get(whole)
    return measures().get(key) if key else None


def fits(quantity: Quantity, measure: Measure) -> bool:
    """Return whether a quantity can be a value on this measure."""
    kind = _UNIT_KINDS.get(measure.unit, "score")
    if quantity.kind == kind:
        return True
    if quantity.kind in {"bare", "score"}:
        return True
    if quantity.kind in {"fraction", "share"}:
        return quantity.of in {measure.high, 100} or measure.key in SEVERAL_TOPS
    return quantity.kind == "percent" and kind == "score"


def value_on(quantity: Quantity, measure: Measure, end: str = "high") -> float:
    """Return the quantity's value in the measure's own unit."""
    value = quantity.low if end == "low" else quantity.high
    if quantity.kind in {"distance", "time", "speed", "weight"} and _UNIT_KINDS.get(measure.unit) == quantity.kind:
        return value * quantity.factor / _BASE.get(measure.unit, 1)
    return value


@functools.cache
def _group_words(population: str) -> tuple[str, ...]:
    known = (
        "stroke",
        "parkinson",
        "knee",
        "hip",
        "sclerosis",
        "vestibular",
        "shoulder",
        "low back",
        "neck",
        "alzheimer",
    )
    return tuple(word for word in known if word in population.lower().replace("cervical", "neck"))


def _names_group(word: str, plain: str) -> bool:
    return word in plain
