"""What kind of input was typed, before anything is read in it: nothing, one word, another language, pasted, unkind."""

from __future__ import annotations

import functools
import re
import unicodedata

from alliance_kit.grading.words import fold, plain_words
from alliance_kit.hearing._stems import pattern
from alliance_kit.library import csv_rows

MAX_SPOKEN_WORDS = 120
"""Nobody says more than this in one breath: about a minute of talk. Longer input is taken for pasted."""
QUOTED_SHARE = 0.8
MIN_QUOTED = 8
"""At least so many words, and this share of all of them in runs of the patient's own: her words back, not a reply."""
_RUN = 5
MIN_FOREIGN = 3
_LATIN_SHARE = 0.5
_SPREAD = re.compile(r"\b(?:\w[\s.\-_*]+){2,}\w\b")
_LEET = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s", "!": "i"})


@functools.cache
def word_list(kind: str) -> frozenset[str]:
    """Return the words of one kind in `hearing_words.csv`."""
    return frozenset(word for row in csv_rows("hearing_words") if row["kind"] == kind for word in row["words"].split())


@functools.cache
def _languages() -> tuple[frozenset[str], ...]:
    return tuple(
        frozenset(row["words"].split()) for row in csv_rows("hearing_words") if row["kind"].startswith("language ")
    )


def content_words(text: str) -> tuple[str, ...]:
    """Return the words of a text that carry its content: without the small words of English."""
    small = word_list("small")
    return tuple(word for word in plain_words(text) if word not in small)


def kind_of(text: str, context: str) -> str:
    """Return what kind of input a text is: `silent`, `foreign`, `pasted`, `short`, or empty for words to be read.

    Parameters
    ----------
    text : what was typed
    context : what the patient has said in this scene
    """
    words = plain_words(text[: MAX_SPOKEN_WORDS * 40])
    if not any(character.isalnum() for character in text):
        return "silent"
    if _is_foreign(text, words):
        return "foreign"
    if len(words) > MAX_SPOKEN_WORDS or len(text) > MAX_SPOKEN_WORDS * 40 or _is_quoted(words, plain_words(context)):
        return "pasted"
    return "short" if len(words) <= 1 else ""


def _is_foreign(text: str, words: tuple[str, ...]) -> bool:
    letters = [character for character in text[:2_000] if character.isalpha()]
    latin = sum("LATIN" in unicodedata.name(character, "") for character in letters)
    if letters and latin < _LATIN_SHARE * len(letters):
        return True
    english = sum(word in word_list("small") for word in words)
    most = max((sum(word in known for word in words) for known in _languages()), default=0)
    return len(words) >= MIN_FOREIGN and most >= 2 and most > english


def _is_quoted(words: tuple[str, ...], hers: tuple[str, ...]) -> bool:
    """Return whether nearly all words stand in runs that the patient has just said."""
    if len(words) < MIN_QUOTED:
        return False
    runs = {hers[i : i + _RUN] for i in range(len(hers) - _RUN + 1)}
    quoted: set[int] = set()
    for i in range(len(words) - _RUN + 1):
        if words[i : i + _RUN] in runs:
            quoted.update(range(i, i + _RUN))
    return len(quoted) >= QUOTED_SHARE * len(words)


def is_act(text: str) -> bool:
    """Return whether something done is described, in brackets or between asterisks: ``[I sit down]``."""
    return len(text) > 2 and text[0] + text[-1] in ("[]", "()", "**")


_CRISIS = re.compile(
    r"\bi(?:'m|m| am| feel| want| think| might| will|'ll| could| would)?\b[^.!?]{0,40}?"
    r"(?:\bkill(?:ing)? myself\b|\bsuicidal\b|\bend(?:ing)? (?:my life|it all)\b|\bwant to die\b|"
    r"\bhurt(?:ing)? myself\b)"
)


def is_own_crisis(text: str) -> bool:
    """Return whether somebody speaks of ending her own life: that is no reply to a patient, and help comes first."""
    return _CRISIS.search(fold(text).lower()) is not None


# --- unkind words -------------------------------------------------------------------------------------------------


@functools.cache
def _unkind() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Return what unkind lines are seen by, each with whether it must be aimed at the patient."""
    rows = [row for row in csv_rows("talk_unkind_words") if row["phrase"].strip()]
    alone = tuple(row["phrase"] for row in rows if not row["needs"])
    aimed = tuple(row["phrase"] for row in rows if row["needs"])
    return ((pattern(alone), False), (pattern(aimed), True))


_AIMED = re.compile(
    r"(?:^|\W)(?:you|u|ya|ur|you're|youre|you are|you were|you look|you sound|you look like|you sound like|acting)"
    r"(?:\s+(?:are|r|re|were|so|such|a|an|just|really|very|too|like|one|bloody|fucking|old|little|damn|big|total|complete|"
    r"being|dumb|stupid|lazy|fat|crazy|silly|ugly|absolute|absolutely|dirty|filthy|useless|worthless|stinking|pretty|kind|of|the|most|f\w*k\w*))*\s*$"
)
"""What stands before a word that is meant for her: *you*, and nothing but link words in between."""
_LIKE_YOU = re.compile(r"^\s+(?:like\s+(?:you|u)|you\s+are|you're)\b")
_STARRED = re.compile(r"\bf\*+(?:c?k)?(?=ing|er|ed|\W|$)")
_TOLD = re.compile(
    r"(?<!\bi )(?<!\bi've )(?<!\bi'd )\b(?:call(?:ed|s|ing)?|said|says|saying|told|tell|tells|think|thinks|thought|"
    r"label(?:l?ed)?|feel|feeling|felt|made|makes|treated|afraid|worr(?:y|ied)|hear|heard|sounds|want|wants|wanted|wish|"
    r"if|whether|wonder|wondering)\b[^.!?]*$"
    r"|\b(?:not|never|no one|nobody|isn't|aren't|don't)\b(?:\s+(?:a|an|the|being|just|so|that|even|ever|should|tell|"
    r"you|you're|are|to|saying|think|thinking|going|calling))*\s*$"
)
"""A report of what others say, what the patient herself thinks or fears, or a denial. What the *learner* thinks, feels
or told is none."""
_DENIED = re.compile(r"^\s*\?\s*(?:of course|no\b|not\b|absolutely|certainly|far from)|^\s+with\b")
"""What takes it back: *Are you lazy? Of course not.* · *so stupid with pain*."""
_REACH = 48
"""Characters, about eight words, in which a report of somebody else's words may stand before them."""


def is_unkind(text: str) -> bool:
    """Return whether a line is abusive, sexual or demeaning towards the patient. Quoted unkindness is not."""
    plain = _STARRED.sub("fuck", fold(text).lower())
    closed = _SPREAD.sub(lambda match: re.sub(r"[\s.\-_*]+", "", match[0]), plain)
    return any(_finds(form) for form in dict.fromkeys((plain, closed, closed.translate(_LEET))))


def _finds(text: str) -> bool:
    for unkind, aimed in _unkind():
        for match in unkind.finditer(text):
            before, after = text[max(0, match.start() - _REACH) : match.start()], text[match.end() :][:_REACH]
            meant = not aimed or _AIMED.search(before) or _LIKE_YOU.search(after) or _is_called(text)
            if meant and not _TOLD.search(before) and not _DENIED.search(after):
                return True
    return False


_CALLED = frozenset(
    {"you", "u", "old", "dirty", "fat", "dumb", "stupid", "silly", "fucking", "bloody", "damn", "big", "cow", "pig"}
)


def _is_called(text: str) -> bool:
    """Return whether a text is nothing but a name that somebody is called, such as *Idiot* or *Stupid cow*."""
    words = plain_words(text)
    if not words or len(words) > 3 or "?" in text:
        return False
    aimed = _unkind()[1][0]
    return all(word in _CALLED or aimed.fullmatch(word) for word in words)
