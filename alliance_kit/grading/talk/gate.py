"""Which segments say something of their own: bags of cue words, bare stems and copied lines earn no credit.

Dense replies are sound replies; what gives stuffing away is that nothing is left once the cue words are taken out, that
clauses begin again and again without joining words, or that the patient's "I" and "my" are pasted behind a stem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.meaning import Line, feeling_places, is_content
from alliance_kit.grading.talk.patterns import match_at
from alliance_kit.grading.talk.reading import Piece, Reply

__all__ = ["own_content", "sift"]

_FAMILIES = frozenset({
    "stem", "inner", "autonomy", "permission_ask", "permission_room", "affirm", "praise", "validation", "empathy_frame",
    "normalising",
})  # fmt: skip
_RUN = 5
"""Content words with nothing between them: no sentence has five."""
_REPEATS = 3
_PHRASE = 4
"""Words: no set phrase of the lists that attackers paste is longer."""
_FELT_ENDINGS = ("ed", "ing", "ful", "less", "ish", "y", "er", "ous", "en", "ive", "ic", "al", "ent", "ant", "self")
_DENSE = 5
"""A set phrase for every five words is dense; in long speech a few abrupt restarts are how people talk."""


def own_content(piece: Piece) -> list[int]:
    """Return the places of words that are neither function words nor the vocabulary of talking about talk."""
    talk = classes("talkword")
    return [i for i in piece.content if piece.norms[i] not in talk]


def sift(reply: Reply) -> None:
    """Mark the segments that earn no credit."""
    for piece in reply.pieces:
        piece.coherent = _is_coherent(piece, reply.line)
    _drop_repeats(reply.pieces)
    families = {hit.tag for piece in reply.pieces for hit in piece.hits} & _FAMILIES
    if len(families) >= 3 and not any(own_content(piece) or piece.feels for piece in reply.pieces):
        for piece in reply.pieces:
            piece.coherent = False
    listed = [(piece, _set_phrases(piece)) for piece in reply.pieces if piece.segment.commas]
    if sum(count for _, count in listed) > _REPEATS:
        for piece, count in listed:
            piece.coherent = piece.coherent and not count
    empty = [piece for piece in reply.pieces if _is_formula(piece)]
    if len(empty) >= 3 or (len(empty) == 2 and len(empty) == len(reply.pieces)):
        for piece in empty:
            piece.coherent = False


def _is_formula(piece: Piece) -> bool:
    """Return whether a segment is a set phrase with nothing of this patient in it."""
    if own_content(piece) or piece.feels:
        return False
    return bool({hit.tag for hit in piece.hits} & (_FAMILIES | {"receipt_ack"})) or (
        piece.ask is not None and len(piece.body) < 4
    )


def _is_coherent(piece: Piece, line: Line) -> bool:
    norms = piece.norms
    families = {hit.tag for hit in piece.hits} & _FAMILIES
    own = own_content(piece)
    if not own and not piece.feels and not piece.asks and len(families) > 2 and len(norms) > 7:
        return False
    if len(piece.segment.quoted) * 5 >= len(norms) * 2:
        return False
    return not (
        _restarts(norms)
        or _feels_a_thing(norms)
        or _list_of_feelings(piece)
        or _word_run(piece)
        or _copied(piece, line)
        or _foreign(piece)
        or _only_stem(piece)
        or _says_again(piece)
    )


def _only_stem(piece: Piece) -> bool:
    """Return whether nothing is said of anybody behind a stem: *it sounds like a knee*."""
    stems = piece.found("stem")
    if not stems or piece.feels or not classes("hardship").isdisjoint(piece.norms):
        return False
    rest = set(piece.norms[max(hit.last for hit in stems) :])
    somebody = rest & (classes("subj") | classes("det") | classes("person3"))
    finite = rest & classes("aux") or any(word.endswith(("ed", "ing")) for word in rest)
    return not (finite or classes("person2") & set(piece.norms) or (somebody and rest & classes("verbish")))


def _set_phrases(piece: Piece) -> int:
    """Return how many parts between commas are set phrases: *sounds like, your choice, tell me more, great job*."""
    talk, places = classes("talkword"), set(piece.content)
    edges = [0, *sorted(piece.segment.commas), len(piece.norms)]
    parts = [range(a, b) for a, b in pairwise(edges) if b > a]
    empty = [p for p in parts if len(p) <= _PHRASE and not any(i in places and piece.norms[i] not in talk for i in p)]
    return sum(1 for part in empty if not all(piece.norms[i] in classes("lead") for i in part))


def _says_again(piece: Piece) -> bool:
    """Return whether one word makes up a quarter of a segment, or four words in a row come twice."""
    norms = piece.norms
    most = max(Counter(norms[i] for i in piece.content).values(), default=0)
    if most >= _REPEATS and most * 4 >= len(norms):
        return True
    fours = Counter(norms[i : i + _PHRASE] for i in range(len(norms) - _PHRASE + 1))
    again = sum(count for count in fours.values() if count > 1)
    return again * 2 * _PHRASE > len(norms) and len(norms) > 2 * _PHRASE


def _starters(norms: Sequence[str]) -> list[int]:
    """Return where set phrases begin: *sounds like, tell me, up to, great job*."""
    return [i for i in range(len(norms)) if match_at("starter", norms, i)]


def _restarts(norms: Sequence[str]) -> bool:
    """Return whether set phrases follow each other without anything that joins them."""
    places = _starters(norms)
    joining = classes("joiner") | classes("lead")
    abrupt = sum(1 for i in places if i and norms[i - 1] not in joining)
    wh = classes("wh") | {"tell"}
    abrupt += sum(1 for one, two in pairwise(norms) if one in wh and two in wh and (one, two) != ("tell", "how"))
    return (abrupt >= 2 or (abrupt >= 1 and len(places) >= 4)) and (abrupt + len(places)) * _DENSE > len(norms)


def _feels_a_thing(norms: Sequence[str]) -> bool:
    """Return whether "you feel" is followed by what nobody can feel, a bare noun: *you feel table*."""
    for at in range(len(norms) - 2):
        if norms[at] == "you" and norms[at + 1] in {"feel", "felt"}:
            word = norms[at + 2]
            if is_content(word) and not feeling_places((norms[at + 1], word)) and not _can_be_felt(word):
                return True
    return False


def _can_be_felt(word: str) -> bool:
    if word in classes("hardship") | classes("praiseword") | classes("bodyfeel") | classes("number"):
        return True
    return word in classes("feelable") or word.endswith(_FELT_ENDINGS)


def _list_of_feelings(piece: Piece) -> bool:
    named = sum(last - first for first, last in piece.feels)
    others = sum(1 for word in piece.norms if word not in {"and", "or", "very", "so", "also"}) - named
    return len(piece.feels) >= 4 and others < len(piece.feels)


def _word_run(piece: Piece) -> bool:
    """Return whether content words follow each other with nothing between: no sentence does that for long."""
    run = 0
    places = set(piece.content)
    for i in range(len(piece.norms)):
        run = run + 1 if i in places and i not in piece.segment.commas else int(i in places)
        if run >= _RUN:
            return True
    return False


def _copied(piece: Piece, line: Line) -> bool:
    """Return whether the patient's own first-person words are pasted in: *it sounds like I can't bend my knee*."""
    norms = piece.norms
    if len(line.norms) < 3 or not classes("first") & set(norms):
        return False
    own = {line.norms[i : i + 3] for i in range(len(line.norms) - 2)}
    for i in range(len(norms) - 2):
        three = tuple(norms[i : i + 3])
        if three in own and classes("first") & set(three) and i not in piece.segment.quoted:
            return True
    return False


def _foreign(piece: Piece) -> bool:
    words = piece.norms
    if len(words) < 7:
        return False
    known = sum(1 for i in range(len(words)) if i not in set(piece.content))
    return known * 6 < len(words)


def _drop_repeats(pieces: Sequence[Piece]) -> None:
    """Withhold credit where the same phrase comes again and again and there is little else."""
    phrases = [_phrases(piece.norms) for piece in pieces]
    counts = Counter(phrase for own in phrases for phrase in own)
    often = {phrase: count for phrase, count in counts.items() if count >= _REPEATS}
    repeated = sum(len(phrase) * count for phrase, count in often.items())
    if not often or repeated * 3 < sum(len(piece.norms) for piece in pieces):
        return
    for piece, own in zip(pieces, phrases, strict=True):
        if not often.keys().isdisjoint(own):
            piece.coherent = False


def _phrases(norms: Sequence[str]) -> list[tuple[str, ...]]:
    """Return every three words in a row, and the set phrases of two."""
    threes = [tuple(norms[i : i + 3]) for i in range(len(norms) - 2)]
    return [*threes, *(tuple(norms[i : i + 2]) for i in _starters(norms))]
