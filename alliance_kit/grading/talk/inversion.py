"""Where a question or a main clause begins, from the order of words alone: the mark is neither needed nor enough."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.lexicon import classes

__all__ = ["begins_main_clause", "begins_question", "inverted", "is_tag", "request_length"]

_ALWAYS = frozenset({"does", "did", "is", "are", "was", "were", "has"})
"""At the head of a clause these can only be asking, whatever follows."""
_SINGULAR = frozenset({"is", "was", "has", "does"})
_NOT_BEFORE = frozenset(
    "what how why when where who which whose whom so nor neither than as if whether that and or not i you we they he"
    " she it only there then".split()
)
"""After one of these, auxiliary + you is not the start of a new question, or the start was there already."""


def _is(norms: Sequence[str], at: int, *groups: str) -> bool:
    return at < len(norms) and any(norms[at] in classes(group) for group in groups)


def _word(norms: Sequence[str], at: int) -> str:
    return norms[at] if at < len(norms) else ""


def inverted(norms: Sequence[str], at: int, *, head: bool) -> bool:
    """Return whether auxiliary + subject stands at `at`; at the head of a clause more auxiliaries are sure."""
    if not _is(norms, at, "aux"):
        return False
    word, after = norms[at], at + 1
    if _word(norms, after) == "not":
        after += 1
    following = _word(norms, after)
    if word in _SINGULAR and following in {"you", "we", "they", "i"} and (word != "was" or following != "i"):
        return False  # "the point is you are tired"
    if word == "do" and after > at + 1 and _word(norms, after + 1) in {"worry", "fret", "fear", "dare", "forget"}:
        return False  # "don't you worry"
    if following in classes("subj"):
        return word != "do" or following not in {"it", "he", "she"}  # "do it twice a day"
    if word in {"have", "do", "had", "am"}:
        return (
            word == "have" and following in {"the", "your", "those", "these", "any"} and _participle(norms, after + 1)
        )
    if head and word in _ALWAYS:
        return bool(following)
    return head and following in classes("subjx")


def _participle(norms: Sequence[str], at: int) -> bool:
    return any(w in {"been", "had", "got", "gotten", "gone"} or w.endswith("ed") for w in norms[at : at + 4])


def request_length(norms: Sequence[str], at: int) -> int:
    """Return how many words from `at` ask to be told: *tell me, walk me through, could you describe*; 0 for none."""
    first = at
    if _word(norms, at) in {"can", "could", "would", "will", "do"} and _word(norms, at + 1) == "you":
        at += 2
        while _word(norms, at) in {
            "please",
            "maybe",
            "just",
            "perhaps",
            "possibly",
            "mind",
            "want",
            "to",
            "like",
            "first",
            "also",
        }:
            at += 1
    elif _word(norms, at) in {"you", "if"} and (able := [i for i in range(at, min(at + 4, len(norms))) if norms[i] in {"could", "can"}]):
        at = able[0] + 1
        while _word(norms, at) in {"just", "kind", "of", "maybe", "please"}:
            at += 1
    word, after = _word(norms, at), _word(norms, at + 1)
    further = _word(norms, at + 2)
    length = 0
    if word in {"tell", "telling"} and after in {"me", "us"}:
        length = 2
    elif word in {"describe", "describing"} and after:
        length = 1
    elif (
        word in {"walk", "talk", "take", "walking", "talking", "taking", "run"}
        and after in {"me", "us"}
        and further in {"through", "to"}
    ):
        length = 3
    elif word in {"talk", "talking"} and after in {"to"} and further in {"me", "us"}:
        length = 3
    elif word == "help" and after in {"me", "us"} and further in {"understand", "see", "get", "picture"}:
        length = 3
    elif word in {"say", "saying"} and after in {"more", "a"}:
        length = 2
    elif word in {"show", "paint", "give"} and after in {"me", "us"}:
        length = 2 if word == "show" or set(norms[at : at + 7]) & {"picture", "idea", "example", "sense"} else 0
    elif word in {"share", "sharing"} and (
        after in {"with", "a", "some", "what", "your", "how"} or further in {"about"}
    ):
        length = 1
    elif word == "explain" and after in {"to", "how", "what", "why"} and at > first:
        length = 1
    return at - first + length if length else 0


def begins_question(norms: Sequence[str], at: int, *, loose: bool, anywhere: bool = False) -> bool:
    """Return whether a question begins at `at`.

    Parameters
    ----------
    loose : a comma or a joining word stands before: weaker signs are enough
    anywhere : the sentence asks, or nothing says where its clauses end
    """
    word, before = norms[at], norms[at - 1] if at else ""
    if word in classes("wh"):
        if inverted(norms, at + 1, head=False):
            return before not in {"than", "of", "about", "in", "at", "to", "for", "with", "on", "from", "by"}
        return loose and (
            inverted(norms, at + 1, head=True) or _word(norms, at + 1) in {"about", "else", "kind", "sort", "kinds"}
        )
    if word in {"when", "where", "who", "which"}:
        return loose and inverted(norms, at + 1, head=False)
    if loose and request_length(norms, at):
        return True
    if word in classes("aux") and inverted(norms, at, head=False):
        if _asked_before(norms, at) or is_tag(norms, at):
            return False
        if loose:
            return True
        return anywhere and before not in _NOT_BEFORE and _word(norms, at + 1) == "you" and before not in classes("aux")
    return False


def is_tag(norms: Sequence[str], at: int) -> bool:
    """Return whether the words from `at` to the end are a closing tag: *isn't it* · *have you* · *is that right*."""
    n = len(norms) - at
    if n < 2 or n > 3 or not at or norms[at] not in classes("aux"):
        return False
    if norms[-1] in {"right", "correct", "true", "fair"}:
        return norms[-2] in {"that", "it", "this"}
    return norms[-1] in {"i", "you", "we", "they", "he", "she", "it", "that"} and (n == 2 or norms[at + 1] == "not")


def _asked_before(norms: Sequence[str], at: int) -> bool:
    """Return whether a question word stands just before, whose question this is: *what number would you pick*."""
    return any(w in classes("wh") or w in classes("whx") for w in norms[max(0, at - 4) : at])


def begins_main_clause(norms: Sequence[str], at: int) -> bool:
    """Return whether a new main clause begins at `at`: subject and a word more, *let us*, or an order."""
    while _word(norms, at) in {"also", "then", "maybe", "just", "now", "so", "please", "actually", "still", "yet"}:
        at += 1
    word = _word(norms, at)
    if at + 1 >= len(norms):
        return False
    if word in classes("subjx") or word == "let" or word in classes("imperative"):
        return True
    return word in classes("person3")
