"""Which segments say something of their own: bags of cue words, bare stems and copied lines earn no credit.

Dense replies are sound replies; what gives stuffing away is that nothing is left once the cue words are taken out, that
clauses begin again and again without joining words, or that the patient's "I" and "my" are pasted behind a stem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.meaning import Line
from alliance_kit.grading.talk.reading import Piece, Reply

__all__ = ["own_content", "sift"]

_FAMILIES = frozenset(
    {
        "stem",
        "inner",
        "autonomy",
        "permission_ask",
        "permission_room",
        "affirm",
        "praise",
        "validation",
        "empathy_frame",
        "normalising",
    }
)
_STARTERS = frozenset(
    {("sounds", "like"), ("sound", "like"), ("seems", "like"), ("tell", "me"), ("you", "feel"), ("i", "understand"), ("i", "hear"), ("up", "to"), ("great", "job"), ("good", "job"),
     ("makes", "sense"), ("no", "wonder"), ("your", "choice"), ("well", "done"), ("part", "of"), ("what", "matters"), ("i", "see"), ("your", "call"), ("you", "decide"),
     ("so", "you"), ("you", "are"), ("i", "appreciate"), ("no", "pressure"), ("must", "be"), ("you", "know"), ("it", "sounds"), ("i", "am"), ("walk", "me"), ("help", "me")}
)  # fmt: skip
_JOINERS = frozenset(
    "and but or so that if because when while what how which who where as than then like since until before after though although whether why to for of about"
    " with not just really also even still must may can could would will should might it is was me i you we they are do does did".split()
)
_RUN = 5
_REPEATS = 3


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
    empty = [piece for piece in reply.pieces if _is_formula(piece)]
    if len(empty) >= 3 or (len(empty) == 2 and len(empty) == len(reply.pieces)):
        for piece in empty:
            piece.coherent = False


def _is_formula(piece: Piece) -> bool:
    """Return whether a segment is a set phrase with nothing of this patient in it."""
    if own_content(piece) or piece.feels:
        return False
    return bool({hit.tag for hit in piece.hits} & _FAMILIES) or (piece.asks and len(piece.body) < 3)


def _is_coherent(piece: Piece, line: Line) -> bool:
    norms = piece.norms
    families = {hit.tag for hit in piece.hits} & _FAMILIES
    own = own_content(piece)
    if not own and not piece.feels and len(families) + piece.asks > 2 and len(norms) > 7:
        return False
    return not (
        _restarts(norms) or _list_of_feelings(piece) or _word_run(piece) or _copied(piece, line) or _foreign(piece)
    )


def _restarts(norms: Sequence[str]) -> bool:
    """Return whether set phrases follow each other without anything that joins them."""
    places = [i for i, pair in enumerate(zip(norms, norms[1:], strict=False)) if pair in _STARTERS]
    abrupt = sum(1 for i in places if i and norms[i - 1] not in _JOINERS and norms[i - 1] not in classes("lead"))
    wh = classes("wh") | {"tell"}
    abrupt += sum(
        1
        for one, two in zip(norms, norms[1:], strict=False)
        if one in wh and two in wh and (one, two) != ("tell", "how")
    )
    return abrupt >= 2 or (abrupt >= 1 and len(places) >= 4)


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
    """Withhold credit where the same phrase comes again and again."""
    counts = Counter(
        three for piece in pieces for three in zip(piece.norms, piece.norms[1:], piece.norms[2:], strict=False)
    )
    often = {three for three, count in counts.items() if count >= _REPEATS}
    pairs = Counter(pair for piece in pieces for pair in zip(piece.norms, piece.norms[1:], strict=False))
    if not often and not any(pair in _STARTERS and count >= _REPEATS for pair, count in pairs.items()):
        return
    for piece in pieces:
        if often & set(zip(piece.norms, piece.norms[1:], piece.norms[2:], strict=False)):
            piece.coherent = False
