"""The learner's report as HTML, section by section: every word of a person escaped, cut where two pages ask for it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence

from alliance_kit.model import Level, Span
from alliance_kit.reports.html import Html, tag, together, words
from alliance_kit.reports.learner._choice import NextStep, Praise
from alliance_kit.reports.learner._facts import Goal, LearnerFacts, Moment, Reflected, Talk
from alliance_kit.reports.learner._room import (
    ELLIPSIS,
    MAX_IN_FULL,
    Limits,
    clip,
    clip_lines,
    clip_start,
    tidy,
    tidy_lines,
)
from alliance_kit.reports.learner._words import (
    LEVEL_KEYS,
    counted,
    criterion_name,
    level_dot,
    level_word,
    listed,
    name_of,
    praise_of,
    say,
    title_of,
)

NOTHING = Html("")
MAX_MARKS = 5
WHAT_ROOM = 320
"""A missed step of care is said in full, however tight the rest: it tells what to do."""
MAX_CRITERIA = 8
MAX_NAMED = 6
MAX_REFLECTIONS, MAX_ANSWERS = 2, 6
_FULLEST: tuple[Level, ...] = ("met", "partly", "not_seen", "unsure")
_WORD = re.compile(r"\S+\s*")
_IN_COMMON = 0.4
"""Below this share of words in common a version is written anew: crossing everything out would say nothing."""


def heading(facts: LearnerFacts) -> Html:
    """Return the title, the quiet first line, and the banner of a synthetic sample."""
    banner = [tag("p", say("synthetic"), class_="banner")] if facts.synthetic else []
    known = {"code": clip(tidy(facts.code), 40), "exercises": counted(facts.exercises, "exercise")}
    line = say("head", day=facts.day, **known) if facts.day else say("head-without-day", **known)
    return together([*banner, tag("h1", say("title")), tag("p", line, class_="muted")])


# --- what went well, and what next ------------------------------------------------------------------------------


def went_well(facts: LearnerFacts, praises: Sequence[Praise], limits: Limits) -> Html:
    """Return the quotes with why they worked, or a sentence that says honestly that there is nothing to quote yet."""
    if praises:
        pieces = [piece for praise in praises for piece in _praise(praise, limits)]
    else:
        begun = facts.talks or facts.goals or facts.shorts
        pieces = [tag("p", say("well-not-yet" if begun else "well-nothing"))]
    return _section("well", [tag("h2", say("well")), *pieces])


def _praise(praise: Praise, limits: Limits) -> list[Html]:
    marked = tag("blockquote", Html(_marked(praise.text, praise.spans, limits.quote)), class_="quote", dir="auto")
    where = say(f"well-{praise.kind}", patient=name_of(praise.patient), title=title_of(praise.title), turn=praise.turn)
    heard = clip(tidy(praise.heard), limits.heard)
    why = praise_of(praise.part) or clip(tidy(praise.why), limits.why)
    parts = [where, f"{say(f'heard-{praise.pronoun}')} “{heard}”" if heard else "", why]
    return [marked, tag("p", " ".join(filter(None, parts)))]


def _marked(text: str, spans: Iterable[Span], room: int) -> str:
    """Return the text as HTML with the words of `spans` marked; spans that do not fit the text are left out."""
    shown = clip(text, room)
    pieces, at = [], 0
    for start, end in _places(text, spans):
        if end <= len(shown.removesuffix(ELLIPSIS)):
            pieces += [_inline(shown[at:start]), f"<mark>{_inline(shown[start:end])}</mark>"]
            at = end
    return "".join([*pieces, _inline(shown[at:])]).strip()


def _places(text: str, spans: Iterable[Span]) -> list[tuple[int, int]]:
    """Return the places to mark, in order, apart from each other: the longest few."""
    sound = [(span.start, span.end) for span in spans if 0 <= span.start < span.end <= len(text)]
    found: list[tuple[int, int]] = []
    for start, end in sorted(sound):
        if found and not text[found[-1][1] : start].strip():
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return sorted(sorted(found, key=lambda place: place[0] - place[1])[:MAX_MARKS])


def _inline(text: str) -> str:
    """Return a piece of a text as HTML on one line; the blanks at its ends stay, for it stands between others."""
    core = tidy(text)
    return f"{' ' if text[:1].isspace() else ''}{words(core)}{' ' if core and text[-1:].isspace() else ''}"


def next_step(step: NextStep, limits: Limits) -> Html:
    """Return the one thing to try next, with a line to try where there is one, and why this one was chosen."""
    known = {
        "patient": name_of(step.patient),
        "turn": step.turn,
        "said": clip(tidy(step.said), limits.said),
        "what": clip(tidy(step.what), WHAT_ROOM),
    }
    key = "next-" + {"open": "turn"}.get(step.rule, step.rule)
    sentence = say("next-act" if step.act else key, **known)
    pieces = [tag("p", sentence, dir="auto")]
    if step.rule == "goal":
        pieces = [tag("p", sentence), tag("p", known["what"], class_="said", dir="auto")]
    if heard := clip(tidy(step.heard), limits.heard):
        pieces.append(tag("p", f"{say(f'heard-{step.pronoun}')} “{heard}”", dir="auto"))
    if line := clip(tidy(step.line), limits.suggestion):
        label = tag("span", f"{say('line')}: ", class_="muted").text
        pieces.append(tag("p", Html(label + tag("span", line, class_="said", dir="auto").text)))
    pieces.append(tag("p", say(f"next-{step.rule}-why"), class_="muted small"))
    card = tag("div", together(pieces), class_="card try")
    return _section("next", [tag("h2", say("next")), card])


# --- moments ----------------------------------------------------------------------------------------------------


def moments(facts: LearnerFacts, limits: Sequence[Limits]) -> Html:
    """Return three moments of the latest talk of each of the scenes played last; the other scenes in a line.

    Parameters
    ----------
    limits : one entry for each talk that is shown in full, in the order of time
    """
    talks = facts.latest_talks
    shown, others = talks[len(talks) - len(limits) :], talks[: len(talks) - len(limits)]
    if not shown:
        return NOTHING
    title = say("moments-one" if len(shown) == 1 else "moments")
    more = [tag("p", say("talk-more", talks=listed(_named([_talk_line(t) for t in others]))))] if others else []
    full = [talk_in_full(talk, room) for talk, room in zip(shown, limits, strict=True)]
    return _section("of-talks", [tag("h2", title), *full, *more])


def _named(lines: list[str]) -> list[str]:
    """Return the last lines, those left out as a number: a list of forty would be a page of its own."""
    out = len(lines) - MAX_NAMED
    return [f"{out} more", *lines[out:]] if out > 0 else lines


def _talk_line(talk: Talk) -> str:
    turns, strong = counted(len(talk.moments), "turn"), f"{talk.count('met')} strong"
    return say("talk-line", title=title_of(talk.title), turns=turns, count=strong)


def talk_in_full(talk: Talk, limits: Limits) -> Html:
    """Return the turning points of one talk as numbered cards."""
    label = f", {say('practice', number=talk.number)}" if talk.number > 1 else ""
    label += say("talk-from", turn=talk.branched_at) if talk.branched_at else ""
    about = say("talk", turns=counted(len(talk.moments), "turn"), day=talk.day).rstrip(", ")
    title = tag("h3", Html(words(title_of(talk.title)) + tag("span", f" {about}{label}", class_="practice").text))
    cards = [_card(number, talk, moment, limits) for number, moment in enumerate(talk.turning_points, start=1)]
    return tag("div", together([title, tag("ol", together(cards), class_="moments")]), class_="talk")


def _card(number: int, talk: Talk, moment: Moment, limits: Limits) -> Html:
    name = clip(name_of(talk.patient), 14) if talk.patient else say("patient")
    rows = [
        ("patient", say("patient-turn", patient=name, turn=moment.turn), clip_start(tidy(moment.line), limits.line)),
        ("learner", _said_or_did(moment), clip(tidy(moment.said), limits.said)),
        ("heard", say(f"may-{talk.pronoun}"), clip(tidy(moment.heard), limits.heard)),
        ("suggest", say("line"), clip(tidy(moment.suggestion), limits.suggestion)),
    ]
    listing = "".join(
        tag("dt", label).text + tag("dd", text, class_=kind, dir="auto").text for kind, label, text in rows if text
    )
    return Html(f'<li class="card moment"><span class="disc">{number}</span><dl class="exchange">{listing}</dl></li>')


def _said_or_did(moment: Moment) -> Html:
    """Return the label of what the learner said, with its level as a dot and a word, as the figure has them."""
    said = words(say("you-did" if moment.act else "you-said"))
    return Html(f"{said} {level_dot(moment.level).text}{words(say(LEVEL_KEYS[moment.level]))}")


# --- goals ------------------------------------------------------------------------------------------------------


def goals(facts: LearnerFacts, limits: Limits, full: int = MAX_IN_FULL) -> Html:
    """Return the `full` goals written last, the first version against the latest; further goals in a line."""
    if not facts.goals:
        return NOTHING
    ordered = sorted(facts.goals, key=lambda goal: goal.at)
    shown, others = ordered[max(len(ordered) - full, 0) :], ordered[: max(len(ordered) - full, 0)]
    compared = any(goal.versions > 1 for goal in shown)
    title = say("goals" if len(ordered) > 1 else "goals-one") + (say("goals-change") if compared else "")
    more = [tag("p", say("goal-more", goals=listed(_named([_goal_line(g) for g in others]))))] if others else []
    return _section("goals", [tag("h2", title), *(_goal(goal, limits) for goal in shown), *more])


def _goal_line(goal: Goal) -> str:
    seen = counted(sum(finding.level == "met" for finding in goal.latest.findings), "part")
    return say("goal-line", title=title_of(goal.title), versions=counted(goal.versions, "version"), count=seen)


def _goal(goal: Goal, limits: Limits) -> Html:
    pieces = [tag("h3", title_of(goal.title)), *_versions(goal, limits)]
    if goal.latest.findings:
        pieces.append(tag("ul", together(_criteria(goal)), class_="criteria"))
    return tag("div", together(pieces), class_="goal")


def _versions(goal: Goal, limits: Limits) -> list[Html]:
    latest = clip(tidy(goal.latest.text), limits.goal)
    if goal.versions == 1:
        return [_version(say("only"), words(latest))]
    first = clip(tidy(goal.first.text), limits.goal)
    before, after = _compared(first, latest)
    anew = before == words(first) and after == words(latest) and first != latest
    label = say("latest-anew" if anew else "latest", number=goal.versions)
    return [_version(say("first"), before), _version(label, after)]


def _version(label: str, text: str) -> Html:
    inner = tag("span", f"{label}: ", class_="label").text + tag("span", Html(text), dir="auto").text
    return tag("p", Html(inner), class_="version")


def _compared(first: str, latest: str) -> tuple[str, str]:
    """Return both texts as HTML, the words that went and came marked; unmarked where hardly any are in common."""
    old, new = _WORD.findall(first), _WORD.findall(latest)
    matcher = difflib.SequenceMatcher(None, [w.strip() for w in old], [w.strip() for w in new], autojunk=False)
    if matcher.ratio() < _IN_COMMON:
        return words(first), words(latest)
    before, after = "", ""
    for what, a, b, c, d in matcher.get_opcodes():
        before += _change("".join(old[a:b]), "del" if what != "equal" else "")
        after += _change("".join(new[c:d]), "ins" if what != "equal" else "")
    return before, after


def _change(text: str, name: str) -> str:
    """Return words as HTML, within the element `name` if there is one; the blank after them stays outside."""
    if not name or not text:
        return words(text)
    return f"<{name}>{words(text.rstrip())}</{name}>{' ' if text[-1].isspace() else ''}"


def _criteria(goal: Goal) -> list[Html]:
    """Return a line for each way in which parts went from the first version to the latest, with the parts' names."""
    groups: dict[tuple[Level | None, Level], list[str]] = {}
    for finding in goal.latest.findings[:MAX_CRITERIA]:
        first = goal.first.level(finding.criterion) if goal.versions > 1 else None
        groups.setdefault((first, finding.level), []).append(criterion_name(finding.criterion))
    ordered = sorted(groups.items(), key=lambda group: _rank(*group[0]))
    return [_change_of_level(first, latest, names) for (first, latest), names in ordered]


def _rank(first: Level | None, latest: Level) -> tuple[int, int]:
    """Return where a change stands: what was gained, then what stayed, then what went; each the fullest first."""
    was, is_now = (_FULLEST.index(level) for level in (first or latest, latest))
    return (is_now > was) - (is_now < was), is_now


def _now(level: Level, *, begins: bool = False) -> str:
    """Return a level inside a sentence, as HTML: "not seen yet" would be wrong of a part that was there at first."""
    word = say(f"now-{level}")
    return level_dot(level).text + words(word.capitalize() if begins else word)


def _change_of_level(first: Level | None, latest: Level, names: Sequence[str]) -> Html:
    levels = level_word(latest).text
    if first == latest:
        levels += f", {words(say('both'))}"
    elif first is not None:
        levels = f"{_now(first, begins=True)} {words(say('then'))} {_now(latest)}"
    return tag("li", Html(f'<span class="change">{levels}:</span> {words("; ".join(names))}'))


# --- reflection and foot ----------------------------------------------------------------------------------------


def reflection(reflections: Sequence[Reflected], limits: Limits) -> Html:
    """Return what the learner wrote to herself, as it is, if she sent it; one line where she kept the text.

    Of many the latest two stand here; what is left out is named.
    """
    sent = [reflected for reflected in reflections if reflected.answers]
    kept = [reflected for reflected in reflections if not reflected.answers]
    pieces = [piece for reflected in sent[-MAX_REFLECTIONS:] for piece in _reflected(reflected, limits)]
    if more := [f"“{title_of(reflected.title)}”" for reflected in sent[:-MAX_REFLECTIONS]]:
        pieces.append(tag("p", say("reflection-more", titles=listed(_named(more)))))
    if kept:
        titles = listed(_named([f"“{title_of(reflected.title)}”" for reflected in kept]))
        pieces.append(tag("p", say("reflection-kept", titles=titles)))
    return _section("reflection", [tag("h2", say("reflection")), *pieces]) if pieces else NOTHING


def _reflected(reflected: Reflected, limits: Limits) -> list[Html]:
    answers = reflected.answers[:MAX_ANSWERS]
    room = limits.reflection // len(answers)
    pieces = []
    for ask, text in answers:
        pieces.append(tag("p", clip(tidy(ask), limits.why), class_="muted"))
        pieces.append(tag("p", clip_lines(tidy_lines(text), room), class_="said", dir="auto"))
    return pieces


def foot(facts: LearnerFacts, *, cut: bool) -> Html:
    """Return the last lines: what this is made from, whether a clinician has looked at it, whether texts were cut."""
    lines = [say("foot"), say("foot-unreviewed") if facts.unreviewed else "", say("foot-cut") if cut else ""]
    return tag("p", " ".join(filter(None, lines)), class_="foot")


def is_cut(pieces: Iterable[Html]) -> bool:
    """Return whether one of the pieces was cut somewhere."""
    return any(ELLIPSIS in piece.text for piece in pieces)


def _section(name: str, pieces: Iterable[Html]) -> Html:
    return tag("section", together(pieces), class_=name)
