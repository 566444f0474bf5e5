"""The pieces of the class report: cards, panels, tables; every word escaped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from alliance_kit import skills
from alliance_kit.cohort.analysis import ClassView, ItemView, Moment, OtherVersions, PartView, verdict
from alliance_kit.cohort.shown import shown
from alliance_kit.cohort.small_groups import Count
from alliance_kit.reports.class_report import _figures
from alliance_kit.reports.html import Html, tag, together

MAX_NAMED = 4
_FLUSH = "margin-top: 0"
_READABLE = "min-width: 34em; overflow-wrap: normal"
"""No word is broken in a table; on a narrow screen it scrolls on its own."""
_SOURCES = (("short", "short exercises"), ("talk", "talks"))

RULE = (
    "Strong: at least two thirds of the learners did it in at least half of their chances. Weak: fewer than half of "
    "them did. Only first tries count: the first answer to a short exercise, the first finished run of a talk."
)
MISLEADS = (
    "Where more learners first took a tempting reply than the best one, or where those who found the best one did "
    "worse on the rest, look at the exercise before you look at the class. Talk it over; if their reasons are good, "
    "tell the authors."
)
APART = (
    "“Tells apart” compares: did those who found the best reply here also find more of the others? 1 would be always, "
    "0 is not at all, below 0 the other way round; 0.2 and more is usual. It is shown from 20 learners on."
)
HOW_TO_ASK = (
    "Read the line aloud, let two people answer it, then ask. The questions say what was noticed and an honest "
    "thought, and leave the answer open: there was a reason for each choice."
)
INSTRUCTOR = (
    "Take this page out before you show or print the report for the class. It says nothing about how anybody did."
)
PRACTICE = "These are counts from practice. They are no grades, and they measure no single learner's skill."


def small_groups(k: int) -> str:
    """Return how numbers are kept from showing single learners."""
    return (
        f"Groups of fewer than {k} are never shown, and no number that would give one away by subtraction: a range "
        "stands in its place. “Of 20 to 23”, for example, says that a few learners did not come to that point."
    )


def other_version(other: OtherVersions) -> str:
    """Return a sentence on an exercise of which other versions were used."""
    return (
        f"{other.title}: only version {other.version}, the one most used, is counted. "
        f"Learners with other versions only: {other.learners.text}."
    )


# --- heading and strengths --------------------------------------------------------------------------------------


def span(view: ClassView) -> str:
    """Return when most handed in, as the rest of a sentence."""
    if not view.first_day:
        return ""
    first, last = _day(view.first_day), _day(view.last_day)
    return (
        f", most of them handed in on {first}" if first == last else f", most of them handed in from {first} to {last}"
    )


def _day(iso: str) -> str:
    try:
        day = dt.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def lead(view: ClassView) -> str:
    """Return the finding in one sentence."""
    strong, weak = (judged(view.parts, word) for word in ("strong", "weak"))
    said = [f"{word} in {_place(found[0])}" for word, found in (("Strongest", strong), ("weakest", weak)) if found]
    return f"{', '.join(said)}." if said else "No part stands out as strong or as weak."


def judged(parts: Iterable[PartView], wanted: str) -> list[tuple[PartView, str, Count]]:
    """Return (part, source, count) of what is strong, or weak, the clearest first."""
    found = [
        (part, source, counted)
        for part in parts
        for source, _ in _SOURCES
        if (counted := getattr(part, source)) is not None and verdict(counted) == wanted
    ]
    return sorted(found, key=lambda each: _share(each[2]), reverse=wanted == "strong")


def _share(counted: Count) -> float:
    return (counted.low + counted.high) / (counted.of_low + counted.of_high)


def _place(found: tuple[PartView, str, Count]) -> str:
    part, source, _ = found
    return f"{skills.part(part.part).name.lower()} ({dict(_SOURCES)[source]})"


def card(title: str, found: Sequence[tuple[PartView, str, Count]]) -> Html:
    """Return what is strong, or weak, the clearest few by name."""
    lines = [
        tag("li", f"{skills.part(part.part).name}, {dict(_SOURCES)[source]}: {_figures.said(counted)}")
        for part, source, counted in found[:MAX_NAMED]
    ]
    if more := len(found) - MAX_NAMED:
        lines += [tag("li", f"and {more} more, see part by part")] if more > 0 else []
    body = tag("ul", together(lines)) if lines else tag("p", "Nothing yet.")
    return tag("div", tag("h3", title, style=_FLUSH) + body, class_="card")


def gap(parts: Iterable[PartView]) -> list[Html]:
    """Return a sentence on what most find in short exercises and few say in talks, if there is such a part."""
    found = [part.part for part in parts if verdict(part.short) == "strong" and verdict(part.talk) == "weak"]
    names = listed([skills.part(part).name.lower() for part in found])
    text = f"Found in short exercises, but not yet said in talks: {names}. Speaking it aloud with a partner may help."
    return [tag("p", text)] if found else []


# --- part by part -----------------------------------------------------------------------------------------------


def by_strategy(parts: Sequence[PartView]) -> list[tuple[str, list[PartView]]]:
    """Return the parts that can be told about, by strategy, in the order in which they are taught."""
    grouped = [(each.id, [p for p in parts if skills.part(p.part).strategy == each.id]) for each in skills.strategies()]
    return [(name, found) for name, found in grouped if found]


def panel(strategy_id: str, parts: Sequence[PartView]) -> Html:
    """Return the figure of one strategy under its finding."""
    return tag("h3", _figures.finding(strategy_id, parts)) + _figures.strategy_figure(strategy_id, parts)


def parts_table(view: ClassView) -> Html:
    """Return all parts with their counts and the words for them."""
    rows = [
        [skills.part(part.part).name, *(cell for source, _ in _SOURCES for cell in _cells(getattr(part, source)))]
        for part in view.parts
    ]
    return _table("Counts part by part", ["Part", "Short exercises", "", "Talks", ""], rows)


def _cells(counted: Count | None) -> tuple[str, str]:
    return (
        ("no exercise yet", "")
        if counted is None
        else (_figures.said(counted), verdict(counted) if counted.told else "")
    )


# --- items ------------------------------------------------------------------------------------------------------


def misleading(item: ItemView) -> Html:
    """Return an item that misleads: what stood there, what was chosen, what to do."""
    pieces = [
        tag("h3", _where(item), style=_FLUSH),
        tag("p", item.line, class_="said", dir="auto"),
        tag("p", f"Found the best reply first: {_figures.said(item.best)}."),
    ]
    if item.tempting and item.tempted:
        pieces.append(tag("p", f"Most chosen instead: “{item.tempting}” ({_figures.said(item.tempted)}).", dir="auto"))
    return tag("div", together([*pieces, *(tag("p", text) for text in _what_to_do(item))]), class_="card")


def _what_to_do(item: ItemView) -> Iterable[str]:
    if item.reversed:
        yield (
            f"Those who found the best reply did worse on the rest (tells apart: {_number(item.apart)}). In one class "
            "that can be chance; read the item once more, and give no points for it."
        )


def items_table(items: Sequence[ItemView]) -> Html:
    """Return all items with their counts, a table an exercise."""
    heads = ["Item or scene", "Best reply first", "Most chosen instead", "Tells apart"]
    tables = [
        _table(title, heads, [_item_row(item) for item in items if item.title == title])
        for title in dict.fromkeys(item.title for item in items)
    ]
    return together([tag("p", APART, class_="muted small"), *tables])


def _item_row(item: ItemView) -> list[str]:
    tempted = f"“{item.tempting}” {_figures.said(item.tempted)}" if item.tempting and item.tempted else ""
    return [item.place, _figures.said(item.best), tempted, _number(item.apart)]


def _number(apart: float | None) -> str:
    return "" if apart is None else f"{apart:.1f}".replace("-", "−")


# --- moments and people -----------------------------------------------------------------------------------------


def moment(number: int, moment: Moment) -> Html:
    """Return a moment: what was said, what many chose first, what may be heard, another way, and what to ask."""
    question = moment.question
    lines = [
        (f"{moment.patient or 'The patient'} says", moment.line),
        (f"Chosen first by {_figures.said(moment.count)}", moment.said),
        ("What may be heard", f"“{moment.heard}”")
        if moment.where == "talk"
        else ("What the feedback says", moment.heard),
        ("A strong way", moment.better),
    ]
    asked = tag("p", f"{question.noticed} {question.thinking} {question.asking}", class_="said", dir="auto")
    pieces = [
        tag("h3", f"{number}. {_where(moment)}"),
        *(
            tag("p", tag("span", f"{name}: ", class_="muted") + tag("span", text, class_="said", dir="auto"))
            for name, text in lines
        ),
        tag("div", tag("p", "To ask the group", class_="muted small") + asked, class_="card try"),
    ]
    return tag("article", together(pieces), style="break-inside: avoid")


def people(title: str, people: Sequence[str], nobody: str) -> Html:
    """Return a list of people, their names safe to show."""
    entries = together(tag("li", shown(person), dir="auto") for person in people)
    return tag("h3", title) + (tag("ul", entries, class_="talk-to") if people else tag("p", nobody, class_="muted"))


def _where(found: ItemView | Moment) -> str:
    """Return where it is in the course; the ids are the authors' own words for it."""
    return f"{found.title}, {'item' if found.where == 'short' else 'scene'} “{found.place}”"


# --- pieces -----------------------------------------------------------------------------------------------------


def section(pieces: Iterable[Html], **attributes: str) -> Html:
    """Return a section."""
    return tag("section", together(pieces), **attributes)


def box(cards: Iterable[Html]) -> Html:
    """Return cards beside each other where there is room."""
    return tag("div", together(cards), class_="cards", style="margin-bottom: 16px")


def folded(title: str, body: Html) -> Html:
    """Return a detail that opens on demand."""
    return tag("details", tag("summary", f"{title} (open it to print it)") + body)


def _table(name: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    head = tag("tr", together(tag("th", name, scope="col") if name else tag("td") for name in heads))
    body = [
        tag("tr", tag("th", first, scope="row") + together(tag("td", cell, dir="auto") for cell in rest))
        for first, *rest in rows
    ]
    caption = tag("caption", name)
    table = tag("table", together([caption, tag("thead", head), tag("tbody", together(body))]), style=_READABLE)
    return tag("div", table, class_="wide", tabindex="0", role="region", aria_label=name)


def listed(names: Sequence[str]) -> str:
    """Return names as a list in a sentence."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
