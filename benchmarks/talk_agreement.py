"""How well the reader of replies agrees with people: prints tables in Markdown.

python benchmarks/talk_agreement.py                    # this project's own physical-therapy replies and attacks
python benchmarks/talk_agreement.py --annomi FOLDER    # and AnnoMI transcripts: FOLDER holds dev.csv

AnnoMI is not part of this project; see its README for where it comes from. Its groups are split by a hash into a part
whose errors were read first, and one that was only scored until the rules stood; after that, both were looked at.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import random
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import mean, pstdev
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
DATA = ROOT / "tests" / "data" / "talk"
TWELVE = (
    "open_question", "closed_question", "reflection", "information", "advice_with_permission",
    "advice_without_permission", "affirmation", "autonomy_support", "empathy", "jargon", "confrontation",
    "false_reassurance",
)  # fmt: skip
CREDIT = {"open_question", "reflection", "empathy", "affirmation", "autonomy_support"}
MAIN = ("question", "reflection", "therapist_input", "other")
PARENTS = {
    "open_question": "question",
    "closed_question": "question",
    "simple_reflection": "reflection",
    "complex_reflection": "reflection",
    "information": "input",
    "advice_with_permission": "input",
    "advice_without_permission": "input",
}
PEOPLE = (
    ("question", "kappa .87, F1 .92"),
    ("reflection", "kappa .66, F1 .75"),
    ("input", "kappa .64, F1 .73"),
    ("main behavior", "kappa .74, macro-F1 .80"),
)
LOOKED_AT = 60
"""Percent of AnnoMI's groups whose errors were read."""


class Row(NamedTuple):
    """One reply with what people saw in it."""

    text: str
    context: str
    gold: frozenset[str]
    group: str
    kind: str = ""


def closed(labels: Iterable[str]) -> frozenset[str]:
    """Return labels with what they imply."""
    found = set(labels)
    return frozenset(found | {PARENTS[label] for label in found if label in PARENTS})


def read(texts: Sequence[str], contexts: Sequence[str]) -> list[frozenset[str]]:
    """Return what the reader sees, closed."""
    from alliance_kit.grading.talk import labels

    return [closed(found) for found in labels(texts, contexts)]


# ---- scores


def prf(gold: Sequence[bool], seen: Sequence[bool]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of "yes"."""
    both = sum(1 for g, s in zip(gold, seen, strict=True) if g and s)
    precision = both / sum(seen) if any(seen) else 0.0
    recall = both / sum(gold) if any(gold) else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if both else 0.0


def f1_of(label: str, rows: Sequence[frozenset[str]], seen: Sequence[frozenset[str]]) -> float:
    """Return F1 of one label."""
    return prf([label in r for r in rows], [label in s for s in seen])[2]


def kappa(gold: Sequence[str], seen: Sequence[str]) -> float:
    """Return Cohen's kappa."""
    n, one, other = len(gold), Counter(gold), Counter(seen)
    agreed = sum(1 for g, s in zip(gold, seen, strict=True) if g == s) / n
    chance = sum(one[c] * other[c] for c in one) / (n * n)
    return 1.0 if chance == 1 else (agreed - chance) / (1 - chance)


def macro(gold: Sequence[str], seen: Sequence[str], classes: Sequence[str]) -> float:
    """Return the mean F1 over classes."""
    return mean(prf([g == c for g in gold], [s == c for s in seen])[2] for c in classes)


def auc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Return how often a value of the first kind is above one of the second."""
    pairs = [(p > n) + (p == n) / 2 for p in positive for n in negative]
    return mean(pairs) if pairs else 0.5


# ---- what can happen to a text


def typos(text: str, dice: random.Random) -> str:
    """Return a text with two letters swapped in about one long word of seven."""
    words = text.split()
    for i, word in enumerate(words):
        if len(word) > 4 and dice.random() < 0.15:
            at = dice.randrange(1, len(word) - 2)
            words[i] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return " ".join(words)


CHANGES: dict[str, Callable[[str, random.Random], str]] = {
    "as typed": lambda text, _: text,
    "no question marks": lambda text, _: text.replace("?", ""),
    "lower case": lambda text, _: text.lower(),
    "no signs": lambda text, _: re.sub(r"[^\w\s']", " ", text),
    "curly quotes": lambda text, _: text.replace("'", "\u2019"),
    "typing slips": typos,
}


def changed(rows: Sequence[Row], name: str) -> list[frozenset[str]]:
    """Return what is seen in the rows after a change."""
    dice = random.Random(7)
    return read([CHANGES[name](row.text, dice) for row in rows], [row.context for row in rows])


# ---- physical-therapy replies


def pt_rows(name: str) -> list[Row]:
    """Return the rows of one of this project's own sets."""
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return [
            Row(r["text"], r["context"], closed(r["labels"].split(";")), r["group_id"], r["variety"])
            for r in csv.DictReader(lines)
        ]


def part_rows(part: str) -> list[Row]:
    """Return all rows of the tuning part, which the rules were made with, or of the final part, new to them."""
    return [row for path in sorted(DATA.glob(f"pt_replies_{part}_*.csv")) for row in pt_rows(path.name)]


def precision_of(label: str, rows: Sequence[Row]) -> tuple[float, int]:
    """Return how often the *clear* readings of a label were right, and how many there were."""
    from alliance_kit.grading.talk import read_reply

    clear = [row for row in rows if (label, "clear") in {(s.label, s.sure) for s in read_reply(row.text, row.context)}]
    return sum(label in row.gold for row in clear) / len(clear) if clear else 0.0, len(clear)


def twelve(rows: Sequence[Row], seen: Sequence[frozenset[str]]) -> float:
    """Return macro-F1 over the twelve scored labels, both reflections as one."""
    return mean(f1_of(label, [row.gold for row in rows], seen) for label in TWELVE)


def print_pt() -> None:
    """Print the tables on this project's own replies."""
    sets = {part: part_rows(part) for part in ("tuning", "final")}
    print("\n## Physical-therapy replies\n")
    print("| set | replies | macro-F1 of 12 | reflection precision | standard | second language, dialect | gap |")
    print("|---|---|---|---|---|---|---|")
    for name, rows in sets.items():
        seen = read([r.text for r in rows], [r.context for r in rows])
        pairs = list(zip(rows, seen, strict=True))
        plain = [p for p in pairs if p[0].kind == "standard"]
        other = [p for p in pairs if p[0].kind != "standard"]
        one, two = (twelve([r for r, _ in part], [s for _, s in part]) for part in (plain, other))
        precision = prf(["reflection" in r.gold for r in rows], ["reflection" in s for s in seen])[0]
        print(f"| {name} | {len(rows)} | {_cells([twelve(rows, seen), precision, one, two, one - two])} |")
    final = sets["final"]
    print_labels(final)
    print("\n| change (final part) | macro-F1 of 12 |\n|---|---|")
    for name in CHANGES:
        print(f"| {name} | {twelve(final, changed(final, name)):.2f} |")


def print_labels(rows: Sequence[Row]) -> None:
    """Print precision and recall of each label, and how much of it was called clear."""
    from alliance_kit.grading.talk import read_reply

    seen = read([r.text for r in rows], [r.context for r in rows])
    sure = Counter(
        (PARENTS.get(s.label, s.label) if "reflection" in s.label else s.label, s.sure)
        for r in rows
        for s in read_reply(r.text, r.context)
    )
    print("\n| label | people | precision | recall | F1 | clear of seen |\n|---|---|---|---|---|---|")
    for label in TWELVE:
        gold = [label in r.gold for r in rows]
        precision, recall, f1 = prf(gold, [label in s for s in seen])
        clear, possible = sure[label, "clear"], sure[label, "possible"]
        share = f"{clear} of {clear + possible}"
        print(f"| {label} | {sum(gold)} | {precision:.2f} | {recall:.2f} | {f1:.2f} | {share} |")


def print_attacks() -> None:
    """Print how much stuffing earns credit, and whether sound replies like it keep theirs."""
    with (DATA / "attacks_own.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    seen = read([r["text"] for r in rows], [r["context"] for r in rows])
    credited = Counter(r["kind"] for r, s in zip(rows, seen, strict=True) if s & CREDIT)
    of = Counter(r["kind"] for r in rows)
    print("\n## Keyword stuffing\n")
    print(f"- stuffed replies with any credit: {credited['attack']} of {of['attack']}")
    print(f"- sound replies that look alike and keep their credit: {credited['sound']} of {of['sound']}")


# ---- AnnoMI


def annomi_rows(folder: Path) -> tuple[list[Row], list[dict[str, str]]]:
    """Return AnnoMI's utterances as rows, and as they are in the file."""
    with (folder / "dev.csv").open(encoding="utf-8", newline="") as lines:
        raw = list(csv.DictReader(lines))
    return [Row(r["text"], r["client_prev"], _gold(r), r["group_id"]) for r in raw], raw


def _gold(row: dict[str, str]) -> frozenset[str]:
    found = {f"main:{row['main_therapist_behaviour']}"}
    if row["question_exists"] == "True":
        found |= {"question", f"{row['question_subtype']}_question"}
    if row["reflection_exists"] == "True":
        found.add("reflection")
    if row["therapist_input_exists"] == "True":
        found.add("input")
    return frozenset(found)


def _pick(labels: frozenset[str]) -> str:
    return next((form for form in ("open", "closed") if f"{form}_question" in labels), "none")


def _main(labels: frozenset[str]) -> str:
    return next(label[5:] for label in labels if label.startswith("main:"))


def measures(gold: Sequence[frozenset[str]], seen: Sequence[frozenset[str]]) -> list[float]:
    """Return question, reflection and input F1, open/closed/none and main macro-F1, main kappa."""
    forms = macro([_pick(g) for g in gold], [_pick(s) for s in seen], ("open", "closed", "none"))
    mains, read_mains = [_main(g) for g in gold], [_main(s) for s in seen]
    names = [f1_of(label, gold, seen) for label in ("question", "reflection", "input")]
    return [*names, forms, macro(mains, read_mains, MAIN), kappa(mains, read_mains)]


def is_looked_at(group: str) -> bool:
    """Return whether the errors of this group were read."""
    return int(hashlib.sha256(f"talk{group}".encode()).hexdigest(), 16) % 100 < LOOKED_AT


def print_annomi(folder: Path) -> None:
    """Print the tables on AnnoMI."""
    rows, raw = annomi_rows(folder)
    heading = "question F1 | reflection F1 | input F1 | open/closed/none | main macro-F1 | main kappa"
    print(f"\n## AnnoMI\n\n| part | replies | {heading} |\n|---|---|---|---|---|---|---|---|")
    parts = {
        "looked at first": [r for r in rows if is_looked_at(r.group)],
        "looked at last": [r for r in rows if not is_looked_at(r.group)],
        "all": rows,
    }
    for name, part in parts.items():
        seen = changed(part, "as typed")
        print(f"| {name} | {len(part)} | {_cells(measures([r.gold for r in part], seen))} |")
    print(f"\n| change (all) | {heading} |\n|---|---|---|---|---|---|---|")
    for name in CHANGES:
        print(f"| {name} | {_cells(measures([r.gold for r in rows], changed(rows, name)))} |")
    _print_folds(rows, heading)
    _print_sessions(rows, raw)


def _cells(values: Iterable[float]) -> str:
    return " | ".join(f"{value:.2f}" for value in values)


def _print_folds(rows: Sequence[Row], heading: str) -> None:
    folds: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        folds[int(hashlib.sha256(f"fold{row.group}".encode()).hexdigest(), 16) % 5].append(row)
    scores = [measures([r.gold for r in part], changed(part, "as typed")) for part in folds.values()]
    columns = list(zip(*scores, strict=True))
    print(f"\n| five folds by transcript group | {heading} |\n|---|---|---|---|---|---|---|")
    print(f"| mean | {_cells(mean(c) for c in columns)} |\n| spread (SD) | {_cells(pstdev(c) for c in columns)} |")


def _print_sessions(rows: Sequence[Row], raw: Sequence[dict[str, str]]) -> None:
    """Print how well a session's profile of labels tells high from low quality, for sessions of ten replies or more."""
    seen = changed(rows, "as typed")
    sessions: dict[str, list[frozenset[str]]] = defaultdict(list)
    quality: dict[str, str] = {}
    for row, labels in zip(raw, seen, strict=True):
        sessions[row["transcript_id"]].append(labels)
        quality[row["transcript_id"]] = row["mi_quality"]
    full = {name: labels for name, labels in sessions.items() if len(labels) >= 10}

    def share(labels: Sequence[frozenset[str]], *names: str) -> float:
        return sum(1 for s in labels if s & set(names)) / len(labels)

    profiles: dict[str, Callable[[Sequence[frozenset[str]]], float]] = {
        "reflections per question": lambda s: share(s, "reflection") / max(share(s, "question"), 1 / len(s)),
        "share of replies that reflect": lambda s: share(s, "reflection"),
        "share that advises unasked or argues (less is better)": lambda s: (
            -share(s, "advice_without_permission", "confrontation", "false_reassurance")
        ),
    }
    high = [s for name, s in full.items() if quality[name] == "high"]
    low = [s for name, s in full.items() if quality[name] != "high"]
    print(f"\n| profile of a session ({len(high)} high, {len(low)} low) | AUC |\n|---|---|")
    for name, profile in profiles.items():
        print(f"| {name} | {auc([profile(s) for s in high], [profile(s) for s in low]):.2f} |")


# ---- cost


def print_cost() -> None:
    """Print import time against bare Python, and replies per second on one core."""
    from alliance_kit.grading.talk import labels

    def seconds(code: str) -> float:
        took = []
        for _ in range(7):
            begun = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
            took.append(time.perf_counter() - begun)
        return min(took)

    bare = seconds("pass")
    standard = seconds("import csv, dataclasses, json, pathlib, re, typing") - bare
    whole = seconds("import alliance_kit.grading.talk") - bare
    rows = [*part_rows("tuning"), *part_rows("final")]
    labels(["How was it?"], [""])
    begun = time.process_time()
    labels([r.text for r in rows], [r.context for r in rows])
    speed = len(rows) / max(time.process_time() - begun, 1e-9)
    print("\n## Cost\n")
    parts = f"of which {standard * 1000:.0f} ms are the standard library's"
    print(f"- import beyond bare Python: {whole * 1000:.0f} ms, {parts}")
    print(f"- replies per second on one core: {speed:.0f}")


def main() -> None:
    """Print everything that can be measured with what is here."""
    wants = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wants.add_argument("--annomi", type=Path, help="folder with AnnoMI's dev.csv")
    given = wants.parse_args()
    print("# The reader of replies against people\n")
    print("People among themselves (AnnoMI, ten annotators, 216 utterances, pairs):\n")
    print("\n".join(f"- {name}: {figures}" for name, figures in PEOPLE))
    print_pt()
    print_attacks()
    if given.annomi:
        print_annomi(given.annomi)
    print_cost()


if __name__ == "__main__":
    main()
