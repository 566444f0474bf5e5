"""Numbers with what they count: 150 ft, 4 to 6 weeks, 8 of 10 evaluations, 3/10, 3 times a week, 30 %."""

from __future__ import annotations

from dataclasses import dataclass

from alliance_kit.grading.goals.lexicon import Unit, grammar, units
from alliance_kit.grading.goals.reading import Reading, Word

__all__ = ["Quantity", "find_quantities"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something, words `first` to before `last`.

    `kind` is the unit's kind, `fraction` for x/10, `share` for x of y, or `bare` for a number without a unit.
    `low` and `high` are in the unit as written; `base` is `high` in the kind's base unit. `per` marks a frequency.
    """

    first: int
    last: int
    low: float
    high: float
    kind: str
    unit: str = ""
    factor: float = 1
    of: float = 0
    per: bool = False

    @property
    def base(self) -> float:
        """The upper value in the base unit of its kind: metres, seconds, days, kilograms."""
        return self.high * self.factor


def find_quantities(reading: Reading, taken: frozenset[int] = frozenset()) -> tuple[Quantity, ...]:
    """Return the quantities of a goal in order; `taken` are words that belong to something else (names of tests)."""
    words = reading.words
    plain = [w.word for w in words]
    found: list[Quantity] = []
    i = 0
    while i < len(words):
        if words[i].value is None or i in taken:
            i += 1
            continue
        quantity = _quantity_at(words, plain, i)
        found.append(quantity)
        i = quantity.last
    return tuple(found)


def _quantity_at(words: tuple[Word, ...], plain: list[str], at: int) -> Quantity:
    low = words[at].value or 0.0
    part = _fraction_at(words, plain, at)
    if part:
        return part
    high, last = low, at + 1
    if plain[last : last + 1] in (["to"], ["or"]) and last + 1 < len(words) and words[last + 1].value is not None:
        close = "from" not in plain[max(at - 2, 0) : at]  # from -8 to 0 is no range
        if close and not _unit_at(plain, last, words):
            high, last = words[last + 1].value or 0.0, last + 2
    hit = _unit_at(plain, last, words)
    if hit is None:
        return _without_unit(plain, at, last, low, high)
    end, unit = hit
    share = plain[end : end + 2] == ["out", "of"] and end + 2 < len(words) and words[end + 2].value is not None
    if share:  # 4 days out of 5
        return Quantity(at, end + 3, low, high, "share", unit.name, of=words[end + 2].value or 0.0)
    end, per = _per_at(plain, end)
    return Quantity(at, end, min(low, high), max(low, high), unit.kind, unit.name, unit.factor, per=per)


def _fraction_at(words: tuple[Word, ...], plain: list[str], at: int) -> Quantity | None:
    """Return 3/10, 4+/5, 4 of 5, 3 out of 5 (with what is counted), or 1/2 with a unit; None if there is none."""
    value = words[at].value or 0.0
    grade = 1 if plain[at + 1 : at + 2] in (["+"], ["-"]) else 0
    after = at + 1 + grade
    slash = plain[after : after + 1] == ["/"]
    step = (
        1
        if slash or plain[after : after + 1] in (["of"], ["in"])
        else 2
        if plain[after : after + 2] == ["out", "of"]
        else 0
    )
    if step and plain[after + step : after + step + 1] == ["every"]:
        step += 1  # 4 of every 5
    if not step or after + step >= len(words) or words[after + step].value is None:
        return None
    whole, last = words[after + step].value or 0.0, after + step + 1
    hit = _unit_at(plain, last, words)
    if slash and hit and hit[1].kind in {"distance", "time"} and 0 < value < whole <= 8:
        unit = hit[1]
        size = value / whole
        return Quantity(at, hit[0], size, size, unit.kind, unit.name, unit.factor)
    if plain[after : after + 1] == ["in"] and (hit or value > whole):
        return None  # 12 in 4 weeks
    if not slash and hit and hit[1].kind in {"count", "span"}:
        return Quantity(at, hit[0], value, value, "share", hit[1].name, of=whole)
    return Quantity(at, last, value, value, "fraction" if slash or grade else "share", of=whole)


def _unit_at(plain: list[str], at: int, words: tuple[Word, ...]) -> tuple[int, Unit] | None:
    """Return where the unit that begins at `at` ends, and the unit; a word or two may stand before what is counted."""
    if at >= len(plain) or (plain[at] == '"' and plain[:at].count('"') % 2):
        return None  # nothing follows, or the end of a quotation, not inches
    if plain[at] == "in" and at + 1 < len(plain) and plain[at + 1] not in grammar("after_inches"):
        return None  # 45 in 4 weeks
    if hit := units().longest(plain, at):
        return at + hit[0], hit[1]
    return _unit_after_adjective(plain, at, words) or _thing_at(plain, at)


def _unit_after_adjective(plain: list[str], at: int, words: tuple[Word, ...]) -> tuple[int, Unit] | None:
    """Return the unit after one or two words: two *seated* rests, 30 *continuous* minutes."""
    no_adjective = grammar("not_adjective")
    for i in (at + 1, at + 2):
        if i >= len(plain) or plain[i - 1] in no_adjective or words[i - 1].value is not None:
            return None
        hit = units().longest(plain, i)
        if hit and plain[i] not in no_adjective:
            return (i + hit[0], hit[1]) if hit[1].kind == "count" or plain[i - 1] in grammar("steady") else None
    return None


def _thing_at(plain: list[str], at: int) -> tuple[int, Unit] | None:
    """Return a plural that no list knows as a thing that is counted: 3 *penguins*."""
    thing = plain[at]
    if at + 1 < len(plain) and not thing.endswith("s") and thing.isalpha() and thing not in grammar("not_adjective"):
        at, thing = at + 1, plain[at + 1]  # 10 ankle pumps
    is_plural = len(thing) > 3 and thing.endswith("s") and not thing.endswith("ss")
    return (at + 1, Unit("things", "things", 1)) if is_plural and thing not in grammar("not_things") else None


def _without_unit(plain: list[str], at: int, last: int, low: float, high: float) -> Quantity:
    """Return x 10 as repetitions, other numbers as bare."""
    if plain[last : last + 2] == ["of", "each"]:
        return Quantity(at, last + 2, low, high, "count", "repetition")
    if plain[last : last + 1] == ["each"] and plain[last + 1 : last + 2] in (["side"], ["leg"], ["arm"], ["way"]):
        return Quantity(at, last + 2, low, high, "count", "repetition")
    if at and plain[at - 1] == "x":
        return Quantity(at - 1, last, low, high, "count", "repetition")
    end, per = _per_at(plain, last)
    return Quantity(at, end, low, high, "bare", per=per)


def _per_at(plain: list[str], at: int) -> tuple[int, bool]:
    """Return where a frequency ends that may follow: a day, per week, / wk, daily, x weekly."""
    if plain[at : at + 1] and plain[at] in grammar("often"):
        return at + 1, True
    if plain[at : at + 1] and plain[at] in grammar("per") and at + 1 < len(plain) and plain[at + 1] in grammar("span"):
        return at + 2, True
    return at, False
