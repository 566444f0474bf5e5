"""Where a question or a main clause begins, from the order of words alone: the mark is neither needed nor enough."""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.patterns import match_at

__all__ = ["begins_main_clause", "begins_question", "inverted", "is_tag", "request_length", "what_goes_on"]

_ALWAYS = frozenset({"does", "did", "is", "are", "was", "were", "has"})
"""At the head of a clause these can only be asking, whatever follows."""
_SINGULAR = frozenset({"is", "was", "has", "does"})
_MANY = frozenset({"you", "we", "they", "i"})
_COMFORTS = frozenset({"worry", "fret", "fear", "dare", "forget"})
_AFTER_PREPOSITION = frozenset({"than", "of", "about", "in", "at", "to", "for", "with", "on", "from", "by"})
_POLITE = frozenset({
    "able", "also", "be", "care", "comfortable", "fancy", "feel", "first", "for", "game", "happy", "just", "like",
    "maybe", "mind", "okay", "open", "perhaps", "please", "possibly", "to", "up", "want", "willing",
})  # fmt: skip
_INVITING = frozenset({"mind", "fancy", "care"})
_ASIDES = frozenset({
    ("do", "you", "think"), ("do", "you", "reckon"), ("do", "you", "suppose"), ("do", "you", "feel"),
    ("would", "you", "say"), ("would", "you", "think"), ("do", "you", "know"), ("can", "you", "tell"),
    ("do", "you", "guess"), ("would", "you", "reckon"),
})  # fmt: skip
"""*What would she say, do you think?* asks once."""
_GUIDES = frozenset({"walk", "take", "talk", "bring", "lead", "run", "guide", "carry"})
_ALONG = frozenset({"through", "from", "back", "along", "inside", "into", "around", "round"})
"""*Walk me from the fridge to the stove* asks to be told, whatever lies between."""
_SOFTENING = frozenset({"just", "kind", "sort", "of", "maybe", "please"})
_ASKED_WITHIN = 7
"""*What part of the day do you like* is one question: the words between are what is asked about."""
_GOES_ON = frozenset({
    "brings", "brought", "could", "gets", "got", "happened", "happens", "helped", "keeps", "made", "makes", "might",
    "stops", "would",
})  # fmt: skip
_TELLS = frozenset({"is", "was", "tells", "shows", "decides", "matters", "depends", "counts", "affects", "changes"})
"""*What happens there tells us where to start* tells."""
_SKIPPED = frozenset({"also", "then", "maybe", "just", "now", "so", "please", "actually", "still", "yet"})
_PRONOUNS = frozenset({"i", "you", "we", "they", "he", "she", "it", "that"})


def _word(norms: Sequence[str], at: int) -> str:
    return norms[at] if at < len(norms) else ""


def inverted(norms: Sequence[str], at: int, *, head: bool) -> bool:
    """Return whether auxiliary + subject stands at `at`; at the head of a clause more auxiliaries are sure."""
    word, after = _word(norms, at), at + 1
    if word not in classes("aux"):
        return False
    if _word(norms, after) == "not":
        after += 1
    following = _word(norms, after)
    if following in classes("subj"):
        return _agrees(word, norms, after, denied=after > at + 1)
    if following == "there" or (word == "do" and following in {"any", "those", "these"}):
        return True
    if word in {"have", "do", "had", "am"}:
        return (
            word == "have" and following in {"the", "your", "those", "these", "any"} and _participle(norms, after + 1)
        )
    return head and (bool(following) if word in _ALWAYS else following in classes("subjx"))


def _agrees(word: str, norms: Sequence[str], subject: int, *, denied: bool) -> bool:
    """Return whether verb and subject belong together: not in "the point is you are tired" or "do it twice a day"."""
    who = norms[subject]
    if word in _SINGULAR and who in _MANY and (word, who) != ("was", "i"):
        return False
    if word == "do" and denied and _word(norms, subject + 1) in _COMFORTS:
        return False  # "don't you worry"
    return word != "do" or who not in {"it", "he", "she"}


def _participle(norms: Sequence[str], at: int) -> bool:
    return any(w in {"been", "had", "got", "gotten", "gone"} or w.endswith("ed") for w in norms[at : at + 4])


def request_length(norms: Sequence[str], at: int) -> int:
    """Return how many words from `at` ask to be told: *tell me, walk me through, could you describe*; 0 for none."""
    first = _after_courtesy(norms, at)
    last = match_at("request", norms, first)
    if not last and first > at:
        last = match_at("polite_request", norms, first)
    if not last and _word(norms, first) in _GUIDES and _word(norms, first + 1) in {"me", "us"}:
        last = first + 3 if _word(norms, first + 2) in _ALONG else 0
    if not last and tuple(norms[first : first + 2]) == ("remind", "me"):
        last = first + 2 if not classes("wh").isdisjoint(norms[first + 2 : first + 5]) else 0
    return last - at if last else 0


def _after_courtesy(norms: Sequence[str], at: int) -> int:
    """Return where a request goes on after *could you please* or *if you can just*."""
    word = _word(norms, at)
    if word in {"can", "could", "would", "will", "do", "are"} and _word(norms, at + 1) == "you":
        at, skipped = at + 2, _POLITE
    elif word in _INVITING:
        at, skipped = at + 1, _POLITE
    elif word in {"you", "if"} and (
        able := [i for i in range(at, min(at + 4, len(norms))) if norms[i] in {"could", "can"}]
    ):
        at, skipped = able[0] + 1, _SOFTENING
    else:
        return at
    while _word(norms, at) in skipped:
        at += 1
    return at


def begins_question(norms: Sequence[str], at: int, *, loose: bool, anywhere: bool = False) -> bool:
    """Return whether a question begins at `at`.

    Parameters
    ----------
    loose : a comma or a joining word stands before: weaker signs are enough
    anywhere : the sentence asks, or nothing says where its clauses end
    """
    word = norms[at]
    if loose and len(norms) == at + 3 and tuple(norms[at:]) in _ASIDES and not classes("wh").isdisjoint(norms[:at]):
        return False
    if word in classes("wh"):
        return _begins_wh(norms, at, loose=loose, anywhere=anywhere)
    if word in {"when", "where", "who", "which"}:
        return loose and inverted(norms, at + 1, head=False)
    if loose and request_length(norms, at):
        return True
    if not inverted(norms, at, head=False) or _asked_before(norms, at) or is_tag(norms, at):
        return False
    before = norms[at - 1] if at else ""
    return loose or (anywhere and _word(norms, at + 1) == "you" and before not in classes("notbefore") | classes("aux"))


def _begins_wh(norms: Sequence[str], at: int, *, loose: bool, anywhere: bool) -> bool:
    before, after = norms[at - 1] if at else "", _word(norms, at + 1)
    if inverted(norms, at + 1, head=False):
        return before not in _AFTER_PREPOSITION
    if anywhere and not loose and after in classes("aux") and _word(norms, at + 2):
        return before not in classes("knowing")
    if loose and what_goes_on(norms, at):
        return True
    return loose and (inverted(norms, at + 1, head=True) or after in {"about", "else", "kind", "sort", "kinds"})


def what_goes_on(norms: Sequence[str], at: int) -> bool:
    """Return whether *what* is asked with a verb right behind it: *what happens then* · *what might work for you*."""
    follows = norms[at] == "what" and _word(norms, at + 1) in _GOES_ON and len(norms) > at + 2
    return follows and _TELLS.isdisjoint(norms[at + 2 : at + 8])


def is_tag(norms: Sequence[str], at: int) -> bool:
    """Return whether the words from `at` to the end are a closing tag: *isn't it* · *have you* · *is that right*."""
    n = len(norms) - at
    if n < 2 or n > 3 or not at or norms[at] not in classes("aux"):
        return False
    if norms[-1] in {"right", "correct", "true", "fair"}:
        return norms[-2] in {"that", "it", "this"}
    return norms[-1] in _PRONOUNS and (n == 2 or norms[at + 1] == "not")


def _asked_before(norms: Sequence[str], at: int) -> bool:
    """Return whether a question word stands just before, whose question this is: *what number would you pick*."""
    words = classes("wh") | classes("whx")
    asked = next((i for i in range(at - 1, max(-1, at - _ASKED_WITHIN), -1) if norms[i] in words), None)
    return asked is not None and not any(inverted(norms, i, head=False) for i in range(asked + 1, at - 1))


def begins_main_clause(norms: Sequence[str], at: int) -> bool:
    """Return whether a new main clause begins at `at`: subject and a word more, *let us*, or an order."""
    while _word(norms, at) in _SKIPPED:
        at += 1
    word = _word(norms, at)
    if at + 1 >= len(norms):
        return False
    return word == "let" or any(word in classes(group) for group in ("subjx", "imperative", "person3"))
