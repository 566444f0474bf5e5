"""How far the goal reader agrees with labelled goals, and how fast it is.

Run from the project's root:

    python benchmarks/goals_agreement.py
    python benchmarks/goals_agreement.py --smartspan FOLDER

Prints Markdown tables: exact agreement and quadratic weighted kappa per criterion on the labelled examples and on the
project's own goals, goals per second on one core, and, if a folder with `dev.csv` of SMARTSpan is given,
how its two labels compare. Nothing of that folder is copied.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from pathlib import Path

from alliance_kit.grading.goals import CRITERIA, judge, read_goal

DATA = Path(__file__).resolve().parent.parent / "tests" / "data"
ROUNDS = 20


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a labelled CSV."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def weighted_kappa(ours: Sequence[int], theirs: Sequence[int]) -> float:
    """Return Cohen's kappa with quadratic weights; 1 where neither rater varies."""
    n = len(ours)
    seen = sum((a - b) ** 2 for a, b in zip(ours, theirs, strict=True)) / n
    by_chance = sum((a - b) ** 2 for a in ours for b in theirs) / n**2
    return 1 - seen / by_chance if by_chance else 1.0


def print_agreement(title: str, rows: Sequence[dict[str, str]]) -> None:
    """Print exact agreement and kappa per criterion; unsure counts as disagreement, and as 1 for kappa."""
    got = judge([row["goal_text"] for row in rows])
    print(f"\n**{title}** ({len(rows)} goals)\n\n| criterion | exact | kappa | unsure |\n|---|---|---|---|")
    for name in CRITERIA:
        theirs = [int(row[name]) for row in rows]
        ours = [points[name] for points in got]
        exact = sum(a == b for a, b in zip(ours, theirs, strict=True)) / len(rows)
        kappa = weighted_kappa([1 if a is None else a for a in ours], theirs)
        print(f"| {name} | {exact:.2f} | {kappa:.2f} | {ours.count(None)} |")


def print_speed(goals: Sequence[str]) -> None:
    """Print goals per second of processor time, for points alone and for findings with their words."""
    judge(goals)
    for name, work in (("points (judge)", judge), ("findings (read_goal)", lambda some: [read_goal(g) for g in some])):
        start = time.process_time()
        for _ in range(ROUNDS):
            work(goals)
        rate = ROUNDS * len(goals) / (time.process_time() - start)
        print(f"- {name}: {rate:,.0f} goals a second on one core (mean length {sum(map(len, goals)) / len(goals):.0f})")


def print_smartspan(folder: Path) -> None:
    """Print F1 and kappa for SMARTSpan's labels; its *specific* is another idea than ours."""
    rows = rows_of(folder / "dev.csv")
    got = judge([row["goal"] for row in rows])
    print(f"\n**SMARTSpan dev** ({len(rows)} goals; our 2 against its 1)\n\n| label | F1 | kappa |\n|---|---|---|")
    for name in ("specific", "measurable"):
        ours, theirs = [int(points[name] == 2) for points in got], [int(row[name]) for row in rows]
        hits = sum(a and b for a, b in zip(ours, theirs, strict=True))
        f1 = 2 * hits / (sum(ours) + sum(theirs))
        print(f"| {name} | {f1:.2f} | {weighted_kappa(ours, theirs):.2f} |")


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--smartspan", type=Path, help="folder with SMARTSpan's dev.csv")
    folder = parser.parse_args().smartspan
    dev = rows_of(DATA / "goals_dev.csv")
    examples = rows_of(DATA / "smart_goal_examples.csv")
    print_agreement("Labelled examples, tuned on", examples)
    print_agreement("Own goals, rounds 1 to 4, tuned on", [row for row in dev if row["split"] == "tune"])
    print_agreement("Own goals, round 5, looked at once", [row for row in dev if row["split"] == "final"])
    print("\n**Speed**\n")
    print_speed([row["goal_text"] for row in (*examples, *dev)])
    if folder and (folder / "dev.csv").is_file():
        print_smartspan(folder)


if __name__ == "__main__":
    main()
