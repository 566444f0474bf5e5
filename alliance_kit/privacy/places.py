"""Towns, homes, schools and employers: capital words after a cue, before a state, or ending in a word such as *School*.

States and countries may stay (45 CFR 164.514(b)(2)(i)(B) removes what is smaller than a state); employers go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from alliance_kit.privacy.forms import Hit
from alliance_kit.privacy.numbers import STATE
from alliance_kit.privacy.tokens import Token
from alliance_kit.privacy.words import names, places, words

LONGEST_RUN = 5
_LOOK_BACK = 70
_JOINERS = frozenset(("of", "the", "and", "for", "at", "de", "la"))
_AFTER_A_PERSON = frozenset(("at", "of", "for"))
_ABBREVIATED = frozenset(("st", "mt", "ft"))
_GENERAL = ("thing", "wide_place", "weekday", "month", "firm", "home", "county", "general", "title", "relation")
_STATE_AFTER = re.compile(rf",?\s{STATE}\b")
_LIVES = re.compile(
    r"\b(?:liv(?:es?|ed|ing)|grew\sup|born|raised|resid(?:es?|ed|ing)|mov(?:es?|ed|ing)|commut(?:es?|ed|ing)|drives?|drove"
    r"|flew|flies|travell?(?:s|ed|ing)|relocated|retired|settled|hometown|home|native|based|stay(?:s|ed|ing)|town|city|village)\b"
    r"(?:\s\w{1,12}){0,2}?\s(?:in|from|to|near|outside|of|is|at)\s(?:the\s)?$",
    re.IGNORECASE,
)
_NEAR = re.compile(r"\b(?:in|from|near|outside|around|to|at|through|via)\s$", re.IGNORECASE)
_WORKS = re.compile(
    r"\b(?:work(?:s|ed|ing)?|employed|job|shifts?|teach(?:es|ing)?|taught|volunteer(?:s|ed|ing)?|drives?|student|studies|studied"
    r"|enrolled|interned|hired|stock(?:s|ed|ing)|nurse|cook|janitor|manager|cashier|custodian|secretary|clerk|mechanic|guard)\b"
    r"(?:\s[\w-]{1,14}){0,4}?\s(?:at|for|by)\s(?:the\s)?$",
    re.IGNORECASE,
)
_LEFT = re.compile(r"\b(?:retired|laid\soff|fired)\sfrom\s(?:the\s)?$", re.IGNORECASE)
# In such a place even a listed name is a town: `she lives in Lagos`, `he is from Lagos`.
_ORIGIN = re.compile(
    r"\b(?:(?:liv(?:es?|ed|ing)|grew\sup|born|raised|resid(?:es?|ed|ing)|settled)(?:\s\w{1,12})?\sin"
    r"|(?:s?he|they|i|we|who|patient|pt|family|parents)(?:['’](?:s|m|re)|\s(?:is|am|was|are|were|comes?|came))"
    r"(?:\soriginally|\sboth|\sall)?\sfrom"
    r"|(?:mov|immigrat|emigrat|relocat)(?:es?|ed|ing)\s(?:here\s)?from)\s$",
    re.IGNORECASE,
)
_AT = re.compile(r"\bat\s(?:the\s)?$", re.IGNORECASE)


def find_places(text: str, tokens: list[Token]) -> Iterator[Hit]:
    """Yield towns, residences, employers and schools in order of their start; they never overlap each other."""
    index = 0
    while index < len(tokens):
        if not tokens[index].capital or tokens[index].folded in {"i", "the"}:
            index += 1
            continue
        last = _run_end(text, tokens, index)
        run = tokens[index : last + 1]
        following = tokens[last + 1] if last + 1 < len(tokens) else None
        if hit := _by_its_words(text, run, following) or _by_what_stands_before(text, run):
            yield hit
        index = last + 1


def _run_end(text: str, tokens: list[Token], first: int) -> int:
    """Return the index of the last word of a run of capital words (`St. Brendan's Church`, `Tool & Die`)."""
    last = first
    for ahead in range(first + 1, min(len(tokens), first + LONGEST_RUN + 1)):
        token, previous = tokens[ahead], tokens[ahead - 1]
        between = text[previous.end : token.start]
        if between not in {" ", " & ", "'s ", "’s ", "-"} and not (between == ". " and previous.folded in _ABBREVIATED):
            break
        if token.capital:
            last = ahead
        elif token.folded not in _JOINERS or ahead == last + 3 or _ends_a_person(tokens, first, ahead):
            break
    return last


def _ends_a_person(tokens: list[Token], first: int, end: int) -> bool:
    """Return whether the words before `end` are a person at or of a place: `Dr. Lee of`, `Henderson at` a clinic."""
    if tokens[end].folded not in _AFTER_A_PERSON:
        return False
    near = tokens[first - 1 : first + 1] if first and tokens[first].gap in {" ", ". "} else tokens[first : first + 1]
    cued = any(t.folded in words(role) for t in near for role in ("title", "title_sure", "relation"))
    return cued or _is_person([t for t in tokens[first:end] if t.capital])


def _by_its_words(text: str, run: list[Token], following: Token | None) -> Hit | None:
    """Return what a run of capital words is by its last word (School, Manor, County) or by the state that follows."""
    numbered = len(run) > 2 and run[0].folded in words("ordinal")  # First Baptist Church
    if not (_is_named(run) or (numbered and run[1].folded in words("wide_place"))):
        return None
    start = run[1].start if run[0].folded in words("thing") and len(run) > 1 and not numbered else run[0].start
    for length in range(len(run), 1, -1):
        if rule := _rule_of_head(run[:length]):
            return Hit(start, run[length - 1].end, rule)
    last = run[-1]
    in_state = following and following.gap == ", " and following.folded in words("state")
    if not (last.acronym or last.possessive) and (in_state or _STATE_AFTER.match(text, last.end)):
        return Hit(start, last.end, "place-state")
    return None


def _rule_of_head(run: list[Token]) -> str:
    """Return the rule that the last one or two words of a run speak for: a residence, a school or firm, a county."""
    heads = (run[-1].folded, f"{run[-2].folded} {run[-1].folded}")
    by_role = {"home": "place-facility", "firm": "org-name", "county": "place-listed"}
    return next((rule for role, rule in by_role.items() if any(head in words(role) for head in heads)), "")


def _by_what_stands_before(text: str, run: list[Token]) -> Hit | None:
    """Return what a run of capital words is by the words before it (works at, lives in) and by the list of places."""
    before = text[max(0, run[0].start - _LOOK_BACK) : run[0].start]
    if run[0].folded in words("brand") and (_WORKS.search(before) or _LEFT.search(before)):
        return Hit(run[0].start, run[-1].end, "org-works-at")
    if not _is_named(run) or all(t.acronym or t.folded in _JOINERS for t in run):
        return None
    if len(run) == 1 and run[0].folded in words("eponym"):
        return None
    listed = next((n for n in range(len(run), 0, -1) if " ".join(t.folded for t in run[:n]) in places()), 0)
    rule = _rule_of_listed(before, run[:listed]) if listed else _rule_of_unlisted(before, run)
    return Hit(run[0].start, run[(listed or len(run)) - 1].end, rule) if rule else None


def _rule_of_listed(before: str, run: list[Token]) -> str:
    """Return the rule for a listed place after `lives near`, `in`, `from`; in `to Florence` she may be a person."""
    near = _LIVES.search(before) or before.lower().endswith("in ") or (_NEAR.search(before) and not _is_person(run))
    return "place-listed" if near else ""


def _rule_of_unlisted(before: str, run: list[Token]) -> str:
    if _ORIGIN.search(before) and not run[-1].possessive:
        return "place-lived"
    if _is_person(run):
        return ""
    if _WORKS.search(before) or _LEFT.search(before) or (len(run) > 1 and _AT.search(before)):
        return "org-works-at"
    return "place-lived" if _LIVES.search(before) else ""


def _is_named(run: list[Token]) -> bool:
    """Return whether a run holds a word of its own, and not only general words, states, months and the like."""
    return any(len(t.folded) > 1 and not any(t.folded in words(role) for role in _GENERAL) for t in run)


def _is_person(run: list[Token]) -> bool:
    return all(t.folded in names().sure or t.folded in names().given or t.folded in names().family for t in run)
