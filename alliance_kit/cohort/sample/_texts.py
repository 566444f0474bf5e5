"""What synthetic learners write: from `exercises/lexicons/sample_texts.csv`, else from the exercise's own samples.

Rows for the exercise ``*`` are for exercises that the list does not know: whole texts where quality is *vague*, else
words to put behind a sample or a part of one, so that it is no copy. Of a goal, a part alone is none.
"""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Mapping, Sequence

from alliance_kit.cohort.sample._persona import Written, one_of
from alliance_kit.library import csv_rows
from alliance_kit.model import Reflection

SYNTHETIC = "(Synthetic) "
"""What every synthetic reflection begins with."""
_LIST = "sample_texts"
_ANY = "*"
_MIN_CUT = 10
"""Words that a shortened sample keeps at least, so that it can still be read as one."""


@functools.cache
def _texts() -> Mapping[tuple[str, str], tuple[tuple[str, str], ...]]:
    """Return (exercise, item) → the (quality, text) pairs in the order of the list."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in csv_rows(_LIST):
        found.setdefault((row["exercise"], row["item"]), []).append((row["quality"], row["text"]))
    return {key: tuple(pairs) for key, pairs in found.items()}


@functools.cache
def _known(exercise_id: str, item: str, quality: str) -> tuple[str, ...]:
    return tuple(text for of, text in _texts().get((exercise_id, item), ()) if of == quality)


def written_text(exercise_id: str, item: str, samples: Sequence[str], quality: Written, chance: random.Random) -> str:
    """Return a text of this quality for a goal (`item` is ``text``) or for an item to rewrite.

    Parameters
    ----------
    samples : the exercise's own samples, for exercises that the list does not know
    """
    if known := _known(exercise_id, item, quality):
        return one_of(chance, known)
    stock = "goal" if item == "text" else "rewrite"
    if quality == "vague" or not samples:
        return one_of(chance, _known(_ANY, stock, "vague"))
    sample = one_of(chance, samples)
    if quality == "good":
        return f"{sample} {one_of(chance, _known(_ANY, stock, quality))}"
    if stock == "goal":
        return _beginning(sample, 3) + "."
    return f"{_beginning(sample, 2)}, {one_of(chance, _known(_ANY, stock, quality))}"


def _beginning(sample: str, part: int) -> str:
    """Return the first half (2) or third (3) of a sample, at least `_MIN_CUT` words, without a comma at its end."""
    words = sample.split()
    return re.sub(r"\W+$", "", " ".join(words[: max(_MIN_CUT, len(words) // part)]))


def reflection_texts(
    reflection: Reflection, number: int, seed: int, unmet: Sequence[str], chance: random.Random
) -> dict[str, str]:
    """Return a reflection by one student: prompt id → text, each beginning with `SYNTHETIC`.

    The n-th texts of all prompts are one student's. Learners of a class take them in turn, in an order drawn from the
    seed, so that a small class holds no reflection twice.

    Parameters
    ----------
    unmet : names of patients whom this learner has not met; a text that names one is passed over
    """
    by_prompt = [_texts().get((reflection.id, prompt.id), ()) for prompt in reflection.prompts]
    students = list(range(min(map(len, by_prompt), default=0)))
    random.Random(f"{seed}/{reflection.id}").shuffle(students)  # noqa: S311 — a class to look at, nothing to guard
    for turn in range(len(students)):
        student = students[(number + turn) % len(students)]
        said = [texts[student][1] for texts in by_prompt]
        if not any(name in text for name in unmet for text in said):
            return {prompt.id: SYNTHETIC + text for prompt, text in zip(reflection.prompts, said, strict=True)}
    stock = _known(_ANY, "reflection", "good")
    picked = chance.sample(stock, min(len(stock), len(reflection.prompts)))
    return {prompt.id: SYNTHETIC + text for prompt, text in zip(reflection.prompts, picked, strict=False)}
