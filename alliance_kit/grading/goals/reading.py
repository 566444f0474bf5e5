"""From the text as typed to words that rules can read: abbreviations written out, numbers as digits, slips mended.

Every word keeps the place of the characters it came from, so a rule about *rolling walker* points at "RW".
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from alliance_kit.grading.goals.letters import CLAUSE_ENDS, letter_means, pt_means
from alliance_kit.grading.goals.lexicon import abbreviations, grammar, mended, number_words, units
from alliance_kit.grading.words import Token, fold, tokens

__all__ = ["MAX_READ", "Reading", "Word", "read"]

MAX_READ = 4_000
"""Characters of a goal that are read; a longer text is told so, and the rest is not read."""
_NOT_A_COUNT = frozenset({"he", "she", "they", "i", "we", "the", "patient", "pt", "safe", "cleared", "able", "she's"})


class Word(NamedTuple):
    """A word as rules read it, with the characters it came from and its value if it is a number."""

    word: str
    start: int
    end: int
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A goal as words. `plain` is the words with one space between; `at` says where each begins in `plain`."""

    text: str
    words: tuple[Word, ...]
    plain: str
    at: tuple[int, ...]
    therapist_unsure: bool = False

    def index(self, offset: int) -> int:
        """Return the number of the word that stands at an offset of `plain`."""
        return bisect.bisect_right(self.at, offset) - 1

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Return start and end, in the text, of the words from `first` to before `last`."""
        return self.words[first].start, self.words[last - 1].end


def read(text: str) -> Reading:
    """Return the first `MAX_READ` characters of a goal as words."""
    text = fold(text[:MAX_READ])
    words, unsure = _written_out(_without_hyphens(tokens(text), text), text)
    words = _once(_numbers(words))
    at, offset = [], 0
    for word in words:
        at.append(offset)
        offset += len(word.word) + 1
    return Reading(text, tuple(words), " ".join([w.word for w in words]), tuple(at), unsure)


def _without_hyphens(raw: tuple[Token, ...], text: str) -> Sequence[Token]:
    """Drop hyphens inside words (sit-to-stand, 35-lb); between digits a hyphen is a range and reads *to*."""
    if "-" not in text:
        return raw
    kept: list[Token] = []
    for i, token in enumerate(raw):
        if token.word == ">" and i and raw[i - 1].word == "-":
            continue  # the point of an arrow: supine -> sit
        if token.word != "-" or not 0 < i < len(raw) - 1:
            kept.append(token)
            continue
        space_before, space_after = text[token.start - 1].isspace(), text[token.end].isspace()
        digit_before, after = raw[i - 1].word[-1:].isdigit(), raw[i + 1].word
        if (digit_before and after[0].isdigit() and space_before == space_after) or after == ">":
            kept.append(Token("to", token.start, token.end))
        elif space_before or space_after or (digit_before and after == "/"):
            kept.append(token)
    return kept


def _written_out(raw: Sequence[Token], text: str) -> tuple[list[Word], bool]:
    """Write abbreviations out and settle the letters that mean several things; also whether *PT* stays unclear."""
    plain = [token.word for token in raw]
    short, unit_words = abbreviations(), units()
    shouted, unsure = text.isupper(), False
    words: list[Word] = []
    i = 0
    while i < len(raw):
        word, start, end = raw[i]
        after_number = i > 0 and plain[i - 1][-1].isdigit()
        hit = None if after_number and unit_words.longest(plain, i) else short.longest(plain, i)
        if hit:
            i += hit[0]
            words.extend(Word(part, start, raw[i - 1].end) for part in hit[1])
            continue
        if word == "pt":
            meant = pt_means(plain, i, text[start:end], shouted)
            unsure = unsure or not meant
            words.extend(Word(part, start, end) for part in (meant or "patient").split())
        elif len(word) == 1:
            words.append(Word(letter_means(plain, i) or word, start, end))
        else:
            words.append(Word(mended(word), start, end))
        i += 1
    return words, unsure


def _numbers(words: list[Word]) -> list[Word]:
    """Write numbers as digits: thirty-two, a dozen, half a mile, 1,000, 10k steps; *twice* becomes *2 times*."""
    kinds = number_words()
    found: list[Word] = []
    i = 0
    while i < len(words):
        word = words[i]
        first = word.word[0]
        if not (first.isdecimal() or first == "." or word.word in kinds or word.word in {"a", "an"}):
            found.append(word)
            i += 1
            continue
        value, used = _number_at(words, i)
        if not used:
            found.append(word)
            i += 1
            continue
        found.append(Word(f"{value:.10g}", word.start, words[i + used - 1].end, value))
        if kinds.get(word.word, (0, ""))[1] == "adverb":
            found.append(Word("times", word.start, word.end))
        i += used
    return found


def _number_at(words: list[Word], at: int) -> tuple[float, int]:
    """Return the value of the number that begins at `at` and how many words it takes; 0 words where none begins."""
    word = words[at].word
    after = words[at + 1].word if at + 1 < len(words) else ""
    if word[0].isdecimal() or (word[0] == "." and len(word) > 1):
        return _digits_at(words, at)
    value, kind = number_words().get(word, (0.0, ""))
    if word in {"a", "an"}:
        if at and words[at - 1].word in grammar("before_measure") and _is_measure(words, at + 1):
            return 1.0, 1  # for a minute, about a mile
        value, kind = number_words().get(after, (0.0, ""))
        return (value, 2) if kind == "times" or (kind == "part" and _is_measure(words, at + 2)) else (0.0, 0)
    if kind == "adverb":
        return (value, 0 if after in _NOT_A_COUNT else 1)
    if kind in {"part", "quarter"}:
        skip = 2 if after in {"a", "an"} else 1
        return (value, skip) if _is_measure(words, at + skip) or word in "½¼¾" else (0.0, 0)
    return _spelled_at(words, at)


def _digits_at(words: list[Word], at: int) -> tuple[float, int]:
    word = words[at].word
    value = float(word.replace(",", ""))
    after = words[at + 1].word if at + 1 < len(words) else ""
    if after == "k" and words[at + 1].start == words[at].end and _is_count(words, at + 2):
        return value * 1000, 2
    part, kind = number_words().get(after, (0.0, ""))
    if kind == "part" and after in "½¼¾":
        return value + part, 2
    if [w.word for w in words[at + 1 : at + 4]] == ["and", "a", "half"]:
        return value + 0.5, 4
    return value, 1


def _spelled_at(words: list[Word], at: int) -> tuple[float, int]:
    """Return value and length of *one hundred and fifty*, *thirty two*, *two dozen*."""
    total, current, used = 0.0, 0.0, 0
    tens_open = hundred = False
    for i in range(at, min(at + 8, len(words))):
        value, kind = number_words().get(words[i].word, (0.0, ""))
        if kind == "small" and (not used or (tens_open and value < 10) or hundred):
            current, tens_open, hundred = current + value, False, False
        elif kind == "tens" and (not used or hundred):
            current, tens_open, hundred = current + value, True, False
        elif kind == "times" and current:
            current, tens_open, hundred = current * value, False, value == 100
            if value == 1000:
                total, current, hundred = total + current, 0.0, True
        elif words[i].word == "and" and hundred and i + 1 < len(words) and _is_spelled(words[i + 1].word):
            continue
        else:
            break
        used = i - at + 1
    return total + current, used


def _is_spelled(word: str) -> bool:
    return number_words().get(word, (0.0, ""))[1] in {"small", "tens"}


def _is_measure(words: list[Word], at: int) -> bool:
    hit = units().longest([w.word for w in words[at : at + 3]], 0) if at < len(words) else None
    return hit is not None and hit[1].kind in {"distance", "time", "block"}


def _is_count(words: list[Word], at: int) -> bool:
    hit = units().longest([w.word for w in words[at : at + 3]], 0) if at < len(words) else None
    return hit is not None and hit[1].kind == "count"


def _once(words: list[Word]) -> list[Word]:
    """Return the words without a repetition of the whole: saying the same goal twice changes nothing."""
    bare = [i for i, w in enumerate(words) if w.word not in CLAUSE_ENDS]
    names = [words[i].word for i in bare]
    joint = 1 if len(names) % 2 else 0
    half = len(names) // 2
    if half < 3 or names[:half] != names[half + joint :] or (joint and names[half] != "and"):
        return words
    return words[: bare[half - 1] + 1]
