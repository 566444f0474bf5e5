"""Words that patients may not know, said without an explanation: the terms of `talk_plain_words.csv`.

A term is left alone when the patient used it, when it is quoted, or when it is explained at once: in brackets, after a
comma, by *that is, which means, called*, or because the plain words stand next to it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from alliance_kit.grading.talk.meaning import content, meanings
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen
from alliance_kit.grading.talk.wording import split_plain
from alliance_kit.library import csv_rows

__all__ = ["plain_words_for", "read_jargon"]

_AFTER_COMMA = frozenset("a an the which that or meaning your so basically just it called this kind like where when".split())
_GLOSSES = frozenset({"gloss"})
_MOST = 0.5


class Term(NamedTuple):
    """One row of the list, ready to be found."""

    words: tuple[str, ...]
    plain: str
    kind: str
    capitals: bool
    clinic: tuple[tuple[str, ...], ...]
    ordinary: tuple[tuple[str, ...], ...]


@functools.cache
def _terms() -> Mapping[str, tuple[Term, ...]]:
    """Return first word → the terms that begin with it, longest first."""
    found: dict[str, list[Term]] = {}
    for row in csv_rows("talk_plain_words"):
        words = split_plain(row["term"])
        note = row["note"]
        term = Term(words, row["plain"], row["kind"], row["kind"] == "abbreviation" and "any case" not in note, _listed(note, "with:"), _listed(note, "not:"))
        for form in _forms(words):
            found.setdefault(form[0], []).append(term._replace(words=form))
    return {first: tuple(sorted(terms, key=lambda term: -len(term.words))) for first, terms in found.items()}


def _forms(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    last = words[-1]
    yield words
    if not last.endswith("s"):
        yield (*words[:-1], last + "s")
        if last.endswith("y"):
            yield (*words[:-1], last[:-1] + "ies")
    elif len(last) > 4 and not last.endswith(("is", "ss", "us")):
        yield (*words[:-1], last[:-1])


def _listed(note: str, key: str) -> tuple[tuple[str, ...], ...]:
    _, found, rest = note.partition(key)
    if not found:
        return ()
    rest = re.split(r"\b(?:with|not):", rest)[0]
    return tuple(words for part in rest.split(";") if (words := split_plain(part)))


def read_jargon(reply: Reply, text: str) -> Iterator[Seen]:
    """Yield each unexplained term once, with the plain words to offer."""
    told: set[str] = set()
    for at, piece in enumerate(reply.pieces):
        after = reply.pieces[at + 1] if at + 1 < len(reply.pieces) else None
        before = reply.pieces[at - 1] if at else None
        for first, term in _found(piece, text):
            name = " ".join(term.words)
            if name in told or _patients_own(term, reply) or _explained(piece, first, term, before, after):
                told.add(name)
                continue
            told.add(name)
            sure = "possible" if term.kind == "everyday" else "clear"
            yield Seen("jargon", sure, f"talk/jargon/{term.kind}", (piece.segment.span(first, first + len(term.words)),), term.plain)


def plain_words_for(text: str) -> dict[str, str]:
    """Return every listed term in a text, as it is listed, with the plain words for it; explained or not."""
    from alliance_kit.grading.talk.reading import take_apart  # noqa: PLC0415 — asked for rarely, by authors' checks

    return {" ".join(term.words): term.plain for piece in take_apart(text, "").pieces for _, term in _found(piece, text)}


def _found(piece: Piece, text: str) -> Iterator[tuple[int, Term]]:
    norms, terms = piece.norms, _terms()
    at = 0
    while at < len(norms):
        hit = next((t for t in terms.get(norms[at], ()) if _stands(piece, text, at, t)), None)
        if hit is None:
            at += 1
            continue
        yield at, hit
        at += len(hit.words)


def _stands(piece: Piece, text: str, at: int, term: Term) -> bool:
    last = at + len(term.words)
    if piece.norms[at:last] != term.words or at in piece.segment.quoted or at in piece.told:
        return False
    if term.capitals:
        span = piece.segment.span(at, last)
        typed = text[span.start : span.end]
        if not any(c.isupper() for c in typed[1:] or typed):
            return False
    if term.kind != "everyday":
        return True
    around = piece.norms[max(0, at - 4) : last + 4]
    if any(_within(around, words) for words in term.ordinary):
        return False
    return any(_within(around, words) for words in term.clinic)


def _within(norms: Sequence[str], words: tuple[str, ...]) -> bool:
    n = len(words)
    return any(tuple(norms[i : i + n]) == words for i in range(len(norms) - n + 1))


def _patients_own(term: Term, reply: Reply) -> bool:
    return all(not reply.line.means.isdisjoint(meanings(word)) or word in reply.line.norms for word in term.words)


def _explained(piece: Piece, first: int, term: Term, before: Piece | None, after: Piece | None) -> bool:
    last = first + len(term.words)
    norms = piece.norms
    if last in piece.segment.commas and last < len(norms) and norms[last] in _AFTER_COMMA:
        return True
    if any(hit.first >= last - 1 or hit.last >= first - 2 for hit in piece.hits if hit.tag in _GLOSSES and abs(hit.first - first) < 8):
        return True
    if after is not None and any(hit.first <= after.segment.head + 2 for hit in after.hits if hit.tag in _GLOSSES):
        return True
    plain = [word for word in split_plain(term.plain) if content([word])]
    near = {m for p in (before, piece, after) if p is not None for i in content(p.norms) for m in meanings(p.norms[i])}
    own = {m for word in term.words for m in meanings(word)}
    told = [word for word in plain if not (set(meanings(word)) - own).isdisjoint(near - own)]
    return bool(plain) and len(told) >= max(1, len(plain) * _MOST) and (len(told) > 1 or len(plain) == 1)
