"""Which words of a goal are denied: *she will never bowl again*, *won't make beds for 4 weeks*.

Two denials make one claim: *will not miss a game*, *without stopping*. *Not only* and *not more than* deny nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from alliance_kit.grading.goals.lexicon import grammar

__all__ = ["denied_words", "follows_denial"]

_NO_REACH = 2
"""Words that a plain *no* reaches: *no bowling*, *no more games*."""
_UP = frozenset({"give", "gives", "giving", "gave"})
_JOINS = frozenset({"and", "or"})


def denied_words(words: Sequence[str]) -> frozenset[int]:
    """Return the places of words that stand in a denied clause; `words` are lower case, signs included."""
    if not (grammar("negation") | grammar("undoing") | {"no", "give", "gives", "giving"}) & set(words):
        return frozenset()
    denials: list[int] = [0] * len(words)
    for at in range(len(words)):
        for i in _reach(words, at):
            denials[i] += 1
    return frozenset(i for i, count in enumerate(denials) if count % 2)


def follows_denial(words: Sequence[str], at: int) -> bool:
    """Return whether something is denied, or done without, anywhere before the word at `at`."""
    return bool((grammar("negation") | {"without", "no"}) & set(words[:at]))


def _reach(words: Sequence[str], at: int) -> range | list[int]:
    """Return the places that a denial at `at` reaches: *not* the whole clause, *stop* and *give up* what follows."""
    word, after = words[at], words[at + 1 : at + 2]
    ends = grammar("clause_ends")
    end = next((i for i in range(at + 1, len(words)) if words[i] in ends), len(words))
    if word in grammar("undoing") or (word in _UP and after == ["up"]):
        return [] if words[max(at - 1, 0)] == "without" else range(at + 1, end)
    longer = word == "no" and after == ["longer"]
    if not longer and _is_limit(words[at + 1 : end]):
        return []
    if word == "no" and not longer:
        return range(at + 1, min(at + 1 + _NO_REACH, end))
    if not longer and word not in grammar("negation"):
        return []
    start = next((i + 1 for i in range(at - 1, -1, -1) if words[i] in ends or words[i] in _JOINS), 0)
    undone = any(words[i] in grammar("undoing") for i in range(at + 1, end))
    return range(at + 1 if undone else start, end)


def _is_limit(after: Sequence[str]) -> bool:
    """Return whether a limit follows, so that nothing is denied: *not only*, *no more than*, *not … fewer than 2*."""
    than = any(after[i] in {"fewer", "less"} and after[i + 1] == "than" for i in range(len(after) - 1))
    return than or (bool(after) and after[0] in grammar("limit"))
