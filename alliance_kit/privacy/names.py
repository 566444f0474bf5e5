"""People's names without a language model: signals around a word are added up, and two points make a warning.

A capital letter alone says little, and so does a list: *Hope*, *Will* and *Mark* are names and words. A title, a word
for a person (*daughter*, *my patient*), a verb that only a person can do, or a list and a capital together say enough.
Tests, signs and authors (*Thomas test*, *Berg balance*, *Bordin*) take points away, unless a title or a verb speaks for
a person. Lower-case names, common in notes typed on a telephone, need a listed name and one more cue.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from alliance_kit.privacy.forms import Hit
from alliance_kit.privacy.tokens import Token
from alliance_kit.privacy.words import fold, names, words

ENOUGH = 2
AGAINST = -3
_INITIALS = re.compile(r"(?<![\w.])(?:[A-Z]\.\s?){1,2}[A-Z]\.(?!\w)|(?<![\w.])[A-Z]\.[A-Z]\b(?!\.)")
_INITIAL_BEFORE = re.compile(r"(?<![\w.])[^\W\d_]\.\s?$")
_INITIAL_AFTER = re.compile(r"\s([^\W\d_])(?:\.(?=\s?[\w,;:!?]|$)|(?![\w'’.-]))")
_AGED = re.compile(r",\s\d{1,3}(?:,|\s?(?:y/?o\b|years\b))")
_CITED = re.compile(r"(?:['’]s)?,?\s(?:et\sal\b|and\scolleagues|\(?(?:19|20)\d\d\b)")
_PARTICLES = frozenset(
    "de|da|di|du|del|della|dos|van|von|der|den|la|le|los|las|el|al|bin|ibn|ben|ter|ten|y".split("|")  # noqa: SIM905 — shorter to read
)
_PARTICLE_RUN = 3
_NEVER_PART = ("thing", "after", "weekday", "month", "title", "title_sure", "relation")


def find_names(text: str, tokens: list[Token], cast: Collection[str] = ()) -> Iterator[Hit]:
    """Yield the names of people in order; names of `cast` (the simulated patient's own) are passed over."""
    known = frozenset(fold(part) for name in cast for part in re.split(r"[^\w'’-]+", name) if part)
    yield from _initials(text)
    end = 0
    for index, token in enumerate(tokens):
        if token.start < end or token.folded in known:
            continue
        if rule := _rule_for(text, tokens, index):
            start, end = _whole_name(text, tokens, index, known)
            yield Hit(start, end, rule)


def _initials(text: str) -> Iterator[Hit]:
    for match in _INITIALS.finditer(text):
        initials = match.group().rstrip()
        if initials.replace(".", "").replace(" ", "").lower() not in words("abbreviation"):
            yield Hit(match.start(), match.start() + len(initials), "name-initials")


def _rule_for(text: str, tokens: list[Token], index: int) -> str:
    """Return the id of the rule that makes the word at `index` a name, or nothing."""
    token = tokens[index]
    sure = token.folded in names().sure or _has_sure_part(token) or _is_family(tokens, index)
    titled = index > 0 and tokens[index - 1].folded in words("title_sure")
    if not (token.capital or sure or titled):
        return ""
    cue = _cue(tokens, index)
    if token.acronym and not (cue == "name-title" or (sure and cue)):
        return ""
    signals = _signals(text, tokens, index, sure, cue)
    if sum(signals.values()) < ENOUGH:
        return ""
    return next(rule for rule, points in signals.items() if points > 0)


def _signals(text: str, tokens: list[Token], index: int, sure: bool, cue: str) -> dict[str, int]:
    """Return the points of each signal, the strongest first; the first one above zero names the rule."""
    token = tokens[index]
    listed = sure or token.folded in names().given or token.folded in names().family
    verb = _does_what_people_do(tokens, index, sure)
    return {
        cue or "name-title": 2 if cue else 0,
        "name-initials": 2 if listed and _has_initial(text, token) else 0,
        "name-verb": _verb_points(token, listed, sure) if verb else 0,
        "name-list": (1 + bool(_AGED.match(text, token.end)) if listed else 0) + _owner_points(tokens, index, listed),
        "name-capital": _capital_points(tokens, index, sure),
        "against": _against(text, tokens, index, for_a_person=bool(cue) or verb),
    }


def _cue(tokens: list[Token], index: int) -> str:
    """Return the rule of the title, person word or 'named' right before the word, or nothing."""
    token = tokens[index]
    if not index or token.gap not in {" ", ", ", ". "}:
        return ""
    holds = {
        "name-title": token.gap != ", " and _follows_title(tokens[index - 1], token),
        "name-role": _follows_role(tokens[index - 1], token),
        "name-called": token.gap != ". " and _is_called(tokens, index),
    }
    return next((rule for rule, held in holds.items() if held), "")


def _may_be_name(token: Token) -> bool:
    return (token.capital or token.folded in names().sure) and len(token.folded) > 1 and not _is_plain(token)


def _follows_title(before: Token, token: Token) -> bool:
    """Return whether a title stands before; after Mr, Mrs and Ms any word is a name, but not so in `coach told`."""
    if before.folded in words("title_sure"):
        return (token.capital or not _is_plain(token)) and not before.possessive
    known = before.capital or token.folded in names().sure
    return before.folded in words("title") and not before.possessive and known and _may_be_name(token)


def _follows_role(before: Token, token: Token) -> bool:
    """Return whether a word for a person stands before; two capitals without a listed name are a heading."""
    if before.possessive or before.folded not in words("relation") or not _may_be_name(token):
        return False
    heading = before.capital and token.folded not in names().sure and before.folded not in {"pt", "ci"}
    return not heading and (token.gap != ". " or before.folded == "pt")


def _is_called(tokens: list[Token], index: int) -> bool:
    """Return whether the word is given as a name: `named Ann`, `her name is Ann`, `my name's Ann`, `I'm Ann`."""
    token, before = tokens[index], tokens[index - 1]
    if not _may_be_name(token):
        return False
    name_is = before.folded == "is" and index > 1 and tokens[index - 2].folded == "name"
    introduced = token.capital and (before.folded == "i'm" or (before.possessive and before.folded == "name"))
    return name_is or introduced or (before.folded in words("naming") and not before.possessive)


def _has_sure_part(token: Token) -> bool:
    """Return whether a part of a hyphenated capital word is a listed name (`Delacroix-Wynn`)."""
    return token.capital and "-" in token.folded and any(part in names().sure for part in token.folded.split("-"))


def _is_family(tokens: list[Token], index: int) -> bool:
    """Return whether the word is a family as a whole: `the Hendersons`."""
    token = tokens[index]
    the = index > 0 and token.gap == " " and tokens[index - 1].folded == "the"
    return the and token.capital and token.folded.endswith("s") and token.folded[:-1] in names().sure


def _is_plain(token: Token) -> bool:
    """Return whether a word is never a name by itself, as `Then`, `Medicare`, `I've` and the stutter `The-the`."""
    if token.folded in words("thing"):
        return True
    parts = re.split(r"['‑-]", token.folded)
    return len(parts) > 1 and all(part in words("thing") or len(part) < 2 for part in parts)


def _does_what_people_do(tokens: list[Token], index: int, sure: bool) -> bool:
    """Return whether the word after is something only a person does: `May laughed`, `Will didn't`, but not `May I`."""
    if index + 1 >= len(tokens) or tokens[index].possessive or tokens[index + 1].gap != " ":
        return False
    word, after = tokens[index].folded, tokens[index + 1].folded
    if after in words("verb"):
        return True
    if after in words("come"):
        person = sure or word in names().given
        towards = index + 2 < len(tokens) and tokens[index + 2].folded in {"in", "to"}
        return person and (word not in words("abstract") or towards)
    return after in words("aux") and word in words("modal_name") and word not in words("month")


def _verb_points(token: Token, listed: bool, sure: bool) -> int:
    if not token.capital:
        return 2 if sure else 0
    if listed:
        return 2
    return 0 if token.first else 1


def _owner_points(tokens: list[Token], index: int, listed: bool) -> int:
    """Return a point for `Linda's knee` and one for `told Linda`: somebody has, or hears, what a person does.

    In lower case a listed name also earns the second after words such as *with* and *and*.
    """
    token = tokens[index]
    after = tokens[index + 1].folded if index + 1 < len(tokens) else ""
    owns = token.possessive and (after in words("possessed") or after in words("relation"))
    before = tokens[index - 1].folded if index and not token.first and token.gap == " " else ""
    hears = before in words("object") or (not token.capital and before in words("beside"))
    return int(owns and (listed or not token.first)) + int(hears)


def _capital_points(tokens: list[Token], index: int, sure: bool) -> int:
    """Return a point for a capital that the sentence does not ask for; headings in Title Case do not count."""
    token = tokens[index]
    if sure or not token.capital:
        return int(token.capital)
    if token.first or len(token.folded) < 3:
        return 0
    near = (*tokens[max(0, index - 1) : index], *tokens[index + 1 : index + 2])
    return int(not any(t.capital and not t.first and t.folded not in names().sure and len(t.folded) > 1 for t in near))


def _has_initial(text: str, token: Token) -> bool:
    """Return whether an initial stands beside the word: `J. Alvarez`, `maria g.`."""
    ahead = token.capital and _INITIAL_BEFORE.search(text, max(0, token.start - 4), token.start)
    return bool(ahead) or _initial_end(text, token.end) > token.end


def _initial_end(text: str, end: int) -> int:
    """Return where an initial after a name ends, or `end` where there is none."""
    match = _INITIAL_AFTER.match(text, end)
    if not match or match.group(1) in "aAIi":
        return end
    return match.end() if match.group().endswith(".") or match.group(1).isupper() else end


def _against(text: str, tokens: list[Token], index: int, *, for_a_person: bool) -> int:
    """Return the points that speak against a person: tests and signs, authors, states, weekdays, plain words."""
    token = tokens[index]
    titled = index > 0 and tokens[index - 1].folded in words("title_sure")
    if (
        _is_plain(token) or any(token.folded in words(role) for role in ("relation", "title", "title_sure"))
    ) and not titled:
        return AGAINST
    if token.folded in words("weekday") or _CITED.match(text, token.end):
        return AGAINST
    if index and token.gap == " " and tokens[index - 1].folded in words("wide_place") and not for_a_person:
        return AGAINST  # a German Shepherd, the French Open
    hears = index > 0 and tokens[index - 1].folded in words("object")
    elsewhere = _is_wide_place(tokens, index) or token.folded in words("author")
    bare = not (token.capital and _INITIAL_BEFORE.search(text, max(0, token.start - 4), token.start))  # not J. Smith
    thing = bare and (_is_eponym(tokens, index) or (token.folded in words("brand") and not token.possessive))
    if (elsewhere or thing) and not (for_a_person or hears):
        return AGAINST
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if after and after.gap == " " and not for_a_person:
        named_for = after.folded in words("after") or (after.capital and after.folded in words("author"))
        return AGAINST if named_for else 0
    return 0


def _is_eponym(tokens: list[Token], index: int) -> bool:
    """Return whether a word stands for a test or a disease; a first name does so only with a test close by."""
    token = tokens[index]
    if not {token.folded, *token.folded.split("-")} & words("eponym"):
        return False
    near = (*tokens[max(0, index - 2) : index], *tokens[index + 1 : index + 5])
    clinical = any(t.folded in words("near_test") or (t.capital and t.folded in words("eponym")) for t in near)
    return clinical or token.folded not in names().given


def _is_wide_place(tokens: list[Token], index: int) -> bool:
    """Return whether a word is a state or a country, or a part of one (`New York`)."""
    word = tokens[index].folded
    pairs = []
    if index:
        pairs.append(f"{tokens[index - 1].folded} {word}")
    if index + 1 < len(tokens):
        pairs.append(f"{word} {tokens[index + 1].folded}")
    return any(name in words("wide_place") for name in (word, *pairs))


def _whole_name(text: str, tokens: list[Token], index: int, known: frozenset[str]) -> tuple[int, int]:
    """Return start and end of the whole name around a word that is one: first names, family names, initials."""
    first = last = index
    while (
        first
        and tokens[first].gap == " "
        and (_goes_before(tokens[first - 1], known) or _goes_beside(tokens[first - 1], tokens[first], known))
    ):
        first -= 1
    start = tokens[first].start
    if initial := _INITIAL_BEFORE.search(text, max(0, start - 4), start):
        start = initial.start()
    while (following := _next_part(tokens, last, known)) is not None:
        last = following
    return start, _initial_end(text, tokens[last].end)


def _next_part(tokens: list[Token], last: int, known: frozenset[str]) -> int | None:
    """Return the index of the capital word that goes on with the name, over `de la` and over a middle initial."""
    if tokens[last].possessive:
        return None
    for ahead in range(last + 1, min(len(tokens), last + 2 + _PARTICLE_RUN)):
        token = tokens[ahead]
        after_initial = ahead > last + 1 and len(tokens[ahead - 1].folded) == 1
        if token.gap != " " and not (after_initial and token.gap == ". "):
            return None
        if ahead == last + 1 and _goes_beside(token, tokens[last], known):
            return ahead
        if token.capital and len(token.folded) > 1:
            return ahead if _goes_after(token, known) else None
        if token.folded not in _PARTICLES and not (token.capital and token.folded not in {"a", "i"}):
            return None
    return None


def _goes_beside(token: Token, beside: Token, known: frozenset[str]) -> bool:
    """Return whether a word in lower case is part of the name in lower case beside it: `xiaoming wang`."""
    return not (token.capital or beside.capital or token.folded in known) and token.folded in names().sure


def _goes_before(token: Token, known: frozenset[str]) -> bool:
    """Return whether the word before a name is part of it: a listed name."""
    listed = token.folded in names().sure or (token.folded in names().given and not token.first)
    return listed and _may_join(token, known)


def _goes_after(token: Token, known: frozenset[str]) -> bool:
    """Return whether the word after a name is part of it: any capital word that is nothing else."""
    listed = token.folded in names().sure or token.folded in names().family or token.folded in names().given
    return (listed or token.folded not in words("wide_place")) and _may_join(token, known)


def _may_join(token: Token, known: frozenset[str]) -> bool:
    if not token.capital or token.acronym or token.folded in known:
        return False
    return not any(token.folded in words(role) for role in _NEVER_PART)
