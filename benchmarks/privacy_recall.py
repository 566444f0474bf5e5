"""How much the identifier check finds, and how often it warns for nothing.

    python -m benchmarks.privacy_recall                 the labelled sets of tests/data, and the speed
    python -m benchmarks.privacy_recall FILE COLUMN     false alarms on your own text without identifiers (CSV)

An identifier counts as found when any hit overlaps it, of whatever kind; `same kind` counts those whose kind agrees.
False alarms are hits in sentences that hold no identifier, per 1,000 words of those sentences.
"""

from __future__ import annotations

import csv
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from alliance_kit.privacy import Identifier, find_identifiers

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
SETS = (
    ("companion", "identifier_examples.csv", ""),
    ("own, part a", "identifiers_own.csv", "a"),
    ("own, part b", "identifiers_own.csv", "b"),
    ("own, part c", "identifiers_own.csv", "c"),
    ("own, part d", "identifiers_own.csv", "d"),
)
UNSTRUCTURED = frozenset({"name", "place", "org", "other", "photo", "biometric"})
SPEED_TEXT_CHARS = 1_000_000


@dataclass
class Tally:
    """What was marked, found and missed in one labelled set."""

    marked: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    same_kind: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    words: int = 0

    def recall(self, kinds: Iterable[str]) -> float:
        """Return the share of marked identifiers of `kinds` that some hit overlaps; 1.0 where none is marked."""
        chosen = set(kinds)
        marked = sum(n for kind, n in self.marked.items() if kind in chosen)
        return sum(n for kind, n in self.found.items() if kind in chosen) / marked if marked else 1.0

    @property
    def alarms_per_1000(self) -> float:
        """False alarms per 1,000 words of sentences without identifiers."""
        return 1000 * len(self.alarms) / self.words if self.words else 0.0


def labelled(file: str, part: str = "") -> dict[str, list[tuple[str, str]]]:
    """Return the sentences of a file of `tests/data` (or of one part of it) with their (kind, words) marks."""
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if not part or row["part"] == part]
    sentences: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in rows:
        sentences[row["text"]] += [(row["kind"], row["span_text"])] if row["kind"] else []
    return sentences


def measure(file: str, part: str = "") -> Tally:
    """Return the tally of one labelled file, or of one part of it."""
    tally = Tally()
    for text, marks in labelled(file, part).items():
        _add(tally, text, [(kind, text.index(words), words) for kind, words in marks])
    return tally


def _add(tally: Tally, text: str, marks: list[tuple[str, int, str]]) -> None:
    hits = find_identifiers(text)
    if not marks:
        tally.words += len(text.split())
        tally.alarms += [f"{hit.rule}: {text[hit.start : hit.end]!r} in {text!r}" for hit in hits]
        return
    used: set[Identifier] = set()
    for kind, start, span in marks:
        over = [hit for hit in hits if hit.start < start + len(span) and start < hit.end]
        used.update(over)
        tally.marked[kind] += 1
        tally.found[kind] += bool(over)
        tally.same_kind[kind] += any(hit.kind == kind for hit in over)
        if not over:
            tally.missed.append(f"{kind}: {span!r} in {text!r}")
    tally.extra += [f"{hit.rule}: {text[hit.start : hit.end]!r} in {text!r}" for hit in hits if hit not in used]


def report(name: str, tally: Tally) -> None:
    """Print one set: recall per kind, what was missed, what was warned about for nothing."""
    structured = set(tally.marked) - UNSTRUCTURED
    print(f"\n{name}: {sum(tally.marked.values())} identifiers")
    groups = {"names": ["name"], "structured": structured, "all": tally.marked}
    print("  recall: " + " · ".join(f"{group} {tally.recall(kinds):.2f}" for group, kinds in groups.items()))
    print(f"  false alarms {len(tally.alarms)} in {tally.words} words = {tally.alarms_per_1000:.1f} per 1,000")
    print(
        "  "
        + "  ".join(
            f"{k} {tally.found[k]}/{n} ({tally.same_kind[k]} same kind)" for k, n in sorted(tally.marked.items())
        )
    )
    for title, lines in (("missed", tally.missed), ("false alarm", tally.alarms), ("besides", tally.extra)):
        for line in lines:
            print(f"    {title}: {line}")


def speed() -> tuple[float, float]:
    """Return seconds for the first check (reads the lists) and characters per second afterwards."""
    started = time.perf_counter()
    find_identifiers("first use")
    first = time.perf_counter() - started
    with (DATA / "identifier_examples.csv").open(encoding="utf-8", newline="") as lines:
        page = " ".join(row["text"] for row in csv.DictReader(lines)) + "\n"
    text = page * (SPEED_TEXT_CHARS // len(page))
    started = time.perf_counter()
    find_identifiers(text)
    return first, len(text) / (time.perf_counter() - started)


def own_text(path: str, column: str) -> None:
    """Print every hit in a column of a CSV file that is known to hold no identifiers."""
    with Path(path).open(encoding="utf-8", newline="") as lines:
        texts = [row[column] for row in csv.DictReader(lines)]
    tally = Tally()
    for text in texts:
        _add(tally, text, [])
    for line in tally.alarms:
        print(line)
    print(f"{len(tally.alarms)} hits in {tally.words} words = {tally.alarms_per_1000:.2f} per 1,000")


def main() -> None:
    """Print all figures, or those of one file."""
    if len(sys.argv) == 3:
        own_text(sys.argv[1], sys.argv[2])
        return
    first, per_second = speed()
    for name, file, part in SETS:
        report(name, measure(file, part))
    print(f"\nfirst check {first * 1000:.0f} ms (reads the lists), then {per_second / 1e6:.2f} million characters/s")


if __name__ == "__main__":
    main()
