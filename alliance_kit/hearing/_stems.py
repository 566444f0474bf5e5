"""Finding words and stems in what was typed: ``sleep*`` stands for sleep, sleeping, slept is another word."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from alliance_kit.grading.words import fold


@functools.lru_cache(maxsize=512)
def pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of the phrases as whole words in a folded, lower-cased text; `*` ends a stem."""
    parts = [re.escape(phrase.strip().lower()) for phrase in phrases if phrase.strip(" *")]
    parts = [part.replace(r"\ ", r"\s+").replace(r"\*", r"\w*") for part in parts]
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(parts, key=len, reverse=True)) or '(?!)'})(?!\w)")


def has_stem(text: str, phrases: Iterable[str]) -> bool:
    """Return whether one of the phrases stands in `text`."""
    return pattern(tuple(phrases)).search(fold(text).lower()) is not None
