"""Grading short items: a choice by its key, a rewritten line by the cues its author listed.

A rewriting is read modestly. A cue shows that words are there, not that the line would land; so lines that are only
cue words, copies of a sample, or text this reader cannot read are *unsure* and earn nothing, and the learner compares
her line with the samples herself.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import replace

from alliance_kit.grading.version import GRADER
from alliance_kit.model import Context, Cue, DrillItem, DrillSet, Feedback, Finding, Response, Span

MAX_READ = 2_000
MIN_WORDS = 4
MIN_BEYOND_CUES = 3
"""Words besides the cues that a line needs to mean something: below it, a list of cue words would pass."""
MIN_COPIED, COPIED_FROM = 8, 0.8
"""Word pairs of a line, and the share of them that stands in samples, from which on it counts as copied: one word put
before, behind or in the middle of a sample is no new line. Shorter ones may agree by chance."""
_NOTHING_SAID = "What this looks for is not in the way, but the line itself I could not follow."
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-z]")
_STRAIGHT = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


def grade_drill(exercise: DrillSet, response: Response, context: Context) -> Feedback:
    """Return the feedback on one item.

    `response.answer` is ``{"item": id, "choice": id}`` or ``{"item": id, "text": …}``. An item or choice that is not
    there gives an *unsure* finding that says so; nothing is raised.
    """
    answer = response.answer if isinstance(response.answer, dict) else {}
    item = next((i for i in exercise.items if i.id == answer.get("item")), None)
    if item is None:
        finding = Finding("item", "unsure", "drill/unknown-item", "This item is not part of the set any more.")
        return Feedback(exercise.id, GRADER, (finding,))
    findings = _rewriting(item, answer.get("text"), context) if item.kind == "rewrite" else _choice(item, answer)
    return Feedback(
        exercise.id,
        GRADER,
        findings,
        points=sum(f.points for f in findings),
        max_points=sum(f.max_points for f in findings),
        next_step=next((f.try_instead for f in findings if f.level != "met" and f.try_instead), ""),
    )


def _choice(item: DrillItem, answer: dict[str, object]) -> tuple[Finding, ...]:
    rule = f"drill/{item.id}"
    choice = next((c for c in item.choices if c.id == answer.get("choice")), None)
    if choice is None:
        return (Finding(item.part, "not_seen", f"{rule}/open", "Not answered yet.", max_points=1),)
    start = choice.text.find(choice.words) if choice.words else -1
    spans = (Span(start, start + len(choice.words)),) if start >= 0 else ()
    level, points = ("met", 1) if choice.best else ("not_seen", 0)
    return (Finding(item.part, level, f"{rule}/{choice.id}", choice.feedback, points, 1, spans),)  # type: ignore[arg-type]  # a Level by construction


def _rewriting(item: DrillItem, text: object, context: Context) -> tuple[Finding, ...]:
    words = text[:MAX_READ].translate(_STRAIGHT) if isinstance(text, str) else ""
    if doubt := _doubt(item, words, context):
        rule, why = doubt
        return (Finding(item.part, "unsure", f"drill/{item.id}/{rule}", why, max_points=len(item.cues)),)
    findings = tuple(_cue_finding(item, cue, words) for cue in item.cues)
    if not any(f.points for f, cue in zip(findings, item.cues, strict=True) if not cue.avoid):
        # Avoiding something is no credit on its own: any sentence about the weather avoids it too.
        return tuple(replace(f, level="unsure", points=0, why=_NOTHING_SAID) if f.points else f for f in findings)
    if _mostly_cues(item, words):
        why = "The right words are there, but there is little around them. Write it as you would say it to her."
        return tuple(replace(f, level="unsure", points=0, why=why) if f.points else f for f in findings)
    return findings


def _doubt(item: DrillItem, text: str, context: Context) -> tuple[str, str] | None:
    """Return (rule, sentence) if the text should not be read by cues at all."""
    words = _words(text)
    copies = [_words(sample) for sample in (*item.samples, *context.shown)]
    doubts = (
        (not text.strip(), "empty", "Nothing written yet."),
        (not _LATIN.search(text), "alphabet", "This reader knows English only. Compare your line with the samples."),
        (_copied(words, copies), "copied", "This is one of the samples. Say it in your own words: that is practice."),
        (words == _words(item.line), "unchanged", "This is still the first line. What would you change in it?"),
        (len(words) < MIN_WORDS, "short", "Too short to tell. Write the whole line as you would say it."),
        (
            len(words) >= 3 * MIN_WORDS and len(set(words)) * 2 < len(words),
            "repeated",
            "The same words come again and again. Write the line once, as you would say it.",
        ),
    )
    return next(((rule, why) for holds, rule, why in doubts if holds), None)


def _copied(words: list[str], copies: list[list[str]]) -> bool:
    """Return whether a line is a sample, or hardly more than pieces of samples put together."""
    pairs = set(itertools.pairwise(words))
    theirs = {pair for copy in copies for pair in itertools.pairwise(copy)}
    return words in copies or (len(pairs) >= MIN_COPIED and len(pairs & theirs) >= COPIED_FROM * len(pairs))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.translate(_STRAIGHT).lower())


def _cue_finding(item: DrillItem, cue: Cue, text: str) -> Finding:
    spans = tuple(Span(*m.span()) for m in _pattern(cue.any).finditer(text))
    met = not spans if cue.avoid else bool(spans)
    rule = f"drill/{item.id}/{cue.criterion}"
    if met:
        return Finding(cue.criterion, "met", rule, cue.note, 1, 1, () if cue.avoid else spans[:3])
    return Finding(cue.criterion, "not_seen", rule, cue.missing, 0, 1, spans[:3], try_instead=cue.missing)


def _mostly_cues(item: DrillItem, text: str) -> bool:
    """Return whether there is little besides the words that earn something, however often they stand there."""
    spans = [m.span() for cue in item.cues if not cue.avoid for m in _pattern(cue.any).finditer(text)]
    beyond = [m for m in _WORD.finditer(text) if not any(start <= m.start() < end for start, end in spans)]
    return bool(spans) and len({m[0].lower() for m in beyond}) < MIN_BEYOND_CUES


@functools.lru_cache(maxsize=512)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    def one(phrase: str) -> str:
        stem = re.escape(phrase.rstrip("*").translate(_STRAIGHT)).replace(r"\ ", r"\s+")
        return rf"(?<!\w){stem}" + (r"\w*" if phrase.endswith("*") else r"(?!\w)")

    return re.compile("|".join(map(one, phrases)) or r"(?!)", re.IGNORECASE)
