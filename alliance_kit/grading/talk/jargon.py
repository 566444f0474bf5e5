"""Words that patients may not know, said without an explanation: the terms of `talk_plain_words.csv`.

A term is left alone when the patient used it, when it is quoted, or when it is explained at once: in brackets, after a
comma, by *that is, which means, called*, or because the plain words stand next to it.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from alliance_kit.grading.talk.lexicon import classes
from alliance_kit.grading.talk.meaning import content, meanings
from alliance_kit.grading.talk.reading import Piece, Reply
from alliance_kit.grading.talk.seen import Seen, Sureness
from alliance_kit.grading.talk.segments import Segment, cut
from alliance_kit.grading.talk.wording import MAX_CHARS, split_plain
from alliance_kit.library import csv_rows

__all__ = ["plain_words_for", "read_jargon"]

_UNSURE = frozenset({"everyday", "ending", "capitals"})
_LONG = 6
_CLOSE = 3
_CAPITALS = re.compile(r"[A-Z]{2,6}s?")
_LEVEL = re.compile(r"(?:[CTLSK][0-9]{1,2}|[A-Z][A-Za-z]{1,3}[0-9]{1,2})\b", re.ASCII)
"""*L5*, *K3*, *FEV1*: letters with a number on them."""


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
        term = Term(
            words,
            row["plain"],
            row["kind"],
            row["kind"] == "abbreviation" and "any case" not in note,
            _listed(note, "with:"),
            _listed(note, "not:"),
        )
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
        near = reply.pieces[max(0, at - 1) : at + 2]
        for first, term in _found(piece, text):
            name = " ".join(term.words)
            if name not in told and not _patients_own(term, reply) and not _explained(piece, first, term, near):
                sure: Sureness = "possible" if term.kind in _UNSURE else "clear"
                span = piece.segment.span(first, first + len(term.words))
                yield Seen("jargon", sure, f"talk/jargon/{term.kind}", (span,), term.plain)
            told.add(name)


def plain_words_for(text: str) -> dict[str, str]:
    """Return every listed term in a text, as it is listed, with the plain words for it; explained or not."""
    found = (term for segment in cut(text) for _, term in _listed_in(segment, text))
    return {" ".join(term.words): term.plain for term in found}


def _found(piece: Piece, text: str) -> Iterator[tuple[int, Term]]:
    """Yield listed terms; where there are none, words that look as if only a clinic knows them."""
    taken: set[int] = set()
    for first, term in _listed_in(piece.segment, text):
        if first not in piece.told:
            taken.update(range(first, first + len(term.words)))
            yield first, term
    for at, word in enumerate(piece.norms):
        if at not in taken and at not in piece.segment.quoted and at not in piece.told:
            kind = _strange(word, piece, at, text)
            if kind:
                yield at, Term((word,), "", kind, capitals=False, clinic=(), ordinary=())


def _listed_in(segment: Segment, text: str) -> Iterator[tuple[int, Term]]:
    norms, terms = segment.norms, _terms()
    at = 0
    while at < len(norms):
        hit = next((term for term in terms.get(norms[at], ()) if _stands(segment, text, at, term)), None)
        if hit is not None:
            yield at, hit
        at += len(hit.words) if hit is not None else 1


def _strange(word: str, piece: Piece, at: int, text: str) -> str:
    """Return the kind of an unlisted word: `ending` (*-osis*), `capitals` (*LSI*), `level` (*L5-S1*), or nothing."""
    if len(word) >= _LONG and word.endswith(_endings()) and word not in _not_medical():
        return "ending"
    span = piece.segment.span(at, at + 1)
    typed = text[span.start : span.end]
    if _LEVEL.match(text, span.start):
        return "level"
    if not _CAPITALS.fullmatch(typed) or word in classes("capitals"):
        return ""
    shouted = sum(1 for w in piece.segment.words if text[w.start : w.end].isupper())
    alone = len(piece.norms) < 2 and not text[:MAX_CHARS].isupper()
    return "capitals" if alone or shouted * 2 < len(piece.norms) else ""


@functools.cache
def _endings() -> tuple[str, ...]:
    return tuple(row["ending"] for row in csv_rows("talk_medical_endings"))


@functools.cache
def _not_medical() -> frozenset[str]:
    return frozenset(word for row in csv_rows("talk_medical_endings") for word in row["not"].split())


def _stands(segment: Segment, text: str, at: int, term: Term) -> bool:
    """Return whether a term stands here, in its clinic meaning if it has another one."""
    last = at + len(term.words)
    if segment.norms[at:last] != term.words or at in segment.quoted:
        return False
    if term.capitals and text[segment.words[at].start : segment.words[last - 1].end].islower():
        return False
    if term.kind != "everyday":
        return True
    around = segment.norms[max(0, at - 4) : last + 4]
    ordinary = any(_within(around, words) for words in term.ordinary)
    return not ordinary and any(_within(around, words) for words in term.clinic)


def _within(norms: Sequence[str], words: tuple[str, ...]) -> bool:
    n = len(words)
    return any(tuple(norms[i : i + n]) == words for i in range(len(norms) - n + 1))


def _patients_own(term: Term, reply: Reply) -> bool:
    return all(not reply.line.means.isdisjoint(meanings(word)) or word in reply.line.norms for word in term.words)


def _explained(piece: Piece, first: int, term: Term, near: Sequence[Piece]) -> bool:
    last = first + len(term.words)
    if last in piece.segment.commas and last < len(piece.norms) and piece.norms[last] in classes("glossword"):
        return True
    if any(hit.first >= last for hit in piece.found("gloss")):
        return True
    if any(first - _CLOSE <= hit.last <= first + 1 for hit in piece.found("gloss_before")):
        return True
    after = near[-1]
    if after is not piece and any(hit.first <= after.segment.head for hit in after.found("gloss")):
        return True
    return _plain_words_near(term, near)


def _plain_words_near(term: Term, near: Sequence[Piece]) -> bool:
    """Return whether half of the plain words for a term stand next to it."""
    plain = [word for word in split_plain(term.plain) if content([word])]
    own = {meaning for word in term.words for meaning in meanings(word)}
    said = {m for piece in near for i in content(piece.norms) for m in meanings(piece.norms[i])} - own
    told = sum(1 for word in plain if not (set(meanings(word)) - own).isdisjoint(said))
    return bool(plain) and told * 2 >= len(plain) and (told > 1 or len(plain) == 1)
