"""Faults that go away by themselves once another is mended: they are not told.

A check looks at more than the place it tells about. Where something it looked at has a fault of its own, what it found
may be no more than that fault's echo.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from alliance_kit.content.faults import NAMES, Fault, Place

_REPLY, _ITEM, _SCENES = "scenes.*.replies.*", "items.#", f"scenes.{NAMES}"
_LINES = (_SCENES, "scenes.*.patient", f"{_REPLY}.answers", "endings.*.says")
_GUARDS = ("scenes.#.patient.#.when", "scenes.#.replies.#.next.#.when")
_LOOKS_AT: Mapping[str, tuple[str, ...]] = {
    "F09": ("patient.wishes.#.words",),
    "S01": (_SCENES,),
    "S02": (_SCENES, "start", f"{_REPLY}.next"),
    "S05": (_SCENES, "safety.*.id", f"{_REPLY}.id"),
    "S07": _GUARDS,
    "S08": _GUARDS,
    "S09": (f"endings.{NAMES}",),
    "S10": ("safety.*.id",),
    "S11": (_SCENES, "safety.#.id", "safety.#.always", f"{_REPLY}.meets"),
    "S12": (_SCENES, "safety.#.id", "safety.#.always", "scenes.*.raises", f"{_REPLY}.breaches"),
    "S18": ("pace.gain", "pace.loss"),
    "W01": ("scenes.#.replies.#.say", "items.#.choices.#.text"),
    "W02": _LINES,
    "W06": ("scenes.#.replies.#.words", "scenes.#.replies.#.act"),
    "D01": (f"{_ITEM}.kind", f"{_ITEM}.choices"),
    "D02": (f"{_ITEM}.kind", f"{_ITEM}.choices"),
    "D03": (f"{_ITEM}.kind",),
    "D04": (f"{_ITEM}.kind", f"{_ITEM}.cues"),
    "D05": (f"{_ITEM}.kind", f"{_ITEM}.samples"),
    "D06": (f"{_ITEM}.kind", f"{_ITEM}.cues"),
    "D07": (f"{_ITEM}.kind",),
    "D08": (f"{_ITEM}.kind", f"{_ITEM}.line"),
    "D09": (f"{_ITEM}.kind",),
    "K05": ("lines.*.note",),
    "C04": ("modules.#.units.#.exercises",),
    "C05": ("modules.*.units.*.exercises",),
}
"""What a check looks at beyond its fault's own place: `*` is any part, `#` the part that the place has there."""
_CAUSES: Mapping[str, frozenset[str]] = {
    "S02": frozenset({"S01", "S13"}),
    "S11": frozenset({"S10", "F13"}),
    "S12": frozenset({"S10", "F13"}),
    "D06": frozenset({"D09"}),
    "C05": frozenset({"C01"}),
}
"""Faults of references, as good as holes for whoever follows the reference."""


def without_follow_ons(faults: Iterable[Fault], holes: Iterable[Place] = ()) -> tuple[Fault, ...]:
    """Return the faults that stay when everything else that is faulty is mended.

    Parameters
    ----------
    faults : what the checks found
    holes : the places that did not fit the model and hold a stand-in
    """
    found, holes = tuple(faults), tuple(holes)
    return tuple(fault for fault in found if not any(_echoes(fault, hole) for hole in _grounds(fault, found, holes)))


def _grounds(fault: Fault, found: tuple[Fault, ...], holes: tuple[Place, ...]) -> Iterator[Place]:
    yield from holes
    causes = _CAUSES.get(fault.code, frozenset())
    yield from (other.place for other in found if other.code in causes)


def _echoes(fault: Fault, hole: Place) -> bool:
    """Return whether a fault stands in a hole, or its check looked into one."""
    if fault.place[: len(hole)] == hole:
        return True
    patterns = (pattern.split(".") for pattern in _LOOKS_AT.get(fault.code, ()))
    return any(_meets(pattern, fault.place, hole) for pattern in patterns)


def _meets(pattern: list[str], place: Place, hole: Place) -> bool:
    """Return whether a hole is at, in or around what a pattern names for a fault's place."""
    if "#" in pattern:
        end = len(pattern) - pattern[::-1].index("#")
        if len(place) < end or any(
            wanted not in ("#", str(part)) for wanted, part in zip(pattern[:end], place, strict=False)
        ):
            return False
        pattern = [*map(str, place[:end]), *pattern[end:]]
    return all(wanted in ("*", str(part)) for wanted, part in zip(pattern, hole, strict=False))
