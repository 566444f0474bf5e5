"""Wording of a conversation and what it teaches, as far as both can be seen without a walk."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_kit.content.checks_scenario import patient_lines, replies_of
from alliance_kit.content.ease import MAX_GRADE, MAX_SENTENCE_WORDS, reading_grade, sentences, words
from alliance_kit.content.faults import Fault, Place
from alliance_kit.content.surroundings import Check, Surroundings
from alliance_kit.model import Scenario
from alliance_kit.simulation import branches_of, lines_of

MAX_HEARS_WORDS, MAX_FEEDBACK_WORDS, MAX_SAY_WORDS = 15, 60, 45
"""What is read between two turns is read in a few seconds, or not at all."""
MIN_LINES = 25
MIN_PLAIN_TURNS = 2
MIN_CONFIDENCE_SCENES = 2
MIN_RUPTURES = 2
MIN_DEBRIEF = 3
REPLIES = (3, 5)


# --- wording ------------------------------------------------------------------------------------------------------


def texts_are_there(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """F09: no text that somebody will read is empty."""
    texts: list[tuple[str, Place]] = [(scenario.setting, ("setting",))]
    for name, scene in scenario.scenes.items():
        plain = isinstance(scene.patient, str)
        at: Place = ("scenes", name, "patient")
        texts += [(line.says, at if plain else (*at, i, "says")) for i, line in enumerate(lines_of(scene))]
        texts.append((scene.inner, ("scenes", name, "inner")))
    for _name, reply, place in replies_of(scenario):
        texts += [(getattr(reply, name), (*place, name)) for name in ("say", "hears", "why")]
    for name, ending in scenario.endings.items():
        texts += [(ending.what, ("endings", name, "what")), (ending.says, ("endings", name, "says"))]
    texts += [(item.missed, ("safety", i, "missed")) for i, item in enumerate(scenario.safety)]
    for text, place in texts:
        if not text.strip():
            yield Fault(code="F09", message=f"'{place[-1]}' is empty.", place=place)


def quotations_are_exact(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """W01, W02, W06: feedback points at words of the reply, wishes are the patient's own words."""
    for _name, reply, place in replies_of(scenario):
        if reply.words and reply.words not in reply.say:
            found = f"{reply.words!r} does not stand in 'say'."
            yield Fault(code="W01", message=found, place=(*place, "words"))
        if not reply.words and not reply.act:
            yield Fault(code="W06", message=f"the feedback on {reply.id!r} points at no words.", place=place)
    lines = patient_lines(scenario)
    for index, wish in enumerate(scenario.patient.wishes):
        at: Place = ("patient", "wishes", index)
        if not any(_flat(wish.says) in _flat(line) for line in lines):
            yield Fault(code="W02", message=f"the patient never says {wish.says!r}.", place=(*at, "says"))
        if not any(word.strip() for word in wish.words):
            yield Fault(code="F09", message="'words' is empty.", place=(*at, "words"))


def _flat(text: str) -> str:
    """Return a text with every run of white space as one space: YAML's folding changes nothing that is heard."""
    return " ".join(text.split())


def texts_are_short(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """W03, W04, W05: what is read between two turns is short."""
    for _name, reply, place in replies_of(scenario):
        feedback = " ".join((reply.words, reply.why, reply.try_instead))
        for code, what, text, most in (
            ("W03", "'hears'", reply.hears, MAX_HEARS_WORDS),
            ("W04", "the feedback", feedback, MAX_FEEDBACK_WORDS),
            ("W05", "'say'", reply.say, MAX_SAY_WORDS),
        ):
            if (count := len(text.split())) > most:
                at = {"W03": (*place, "hears"), "W04": (*place, "why"), "W05": (*place, "say")}[code]
                yield Fault(code=code, message=f"{what} has {count} words, at most {most}.", place=at)


# --- teaching, as far as it can be seen without a walk --------------------------------------------------------------


def scenes_offer_a_choice(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T05, T06, T10: in each scene there is something better and something worse, and not too much of it."""
    for name, scene in scenario.scenes.items():
        qualities = {reply.quality for reply in scene.replies}
        at: Place = ("scenes", name, "replies")
        if scene.replies and "strong" not in qualities:
            yield Fault(code="T05", message=f"the scene {name!r} has no strong reply.", place=at)
        if qualities == {"strong"}:
            yield Fault(code="T06", message=f"the scene {name!r} has strong replies only.", place=at)
        if scene.replies and not REPLIES[0] <= len(scene.replies) <= REPLIES[1]:
            yield Fault(code="T10", message=f"the scene {name!r} has {len(scene.replies)} replies.", place=at)


def there_is_enough(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T04, T07, T09, T13, T14: enough lines, plain turns, questions and ruptures to learn from."""
    scenes = scenario.scenes.values()
    ruptures = sum(reply.rupture is not None for _, reply, _ in replies_of(scenario))
    counts: tuple[tuple[str, str, int, int, Place], ...] = (
        ("T04", "different patient lines", len(patient_lines(scenario)), MIN_LINES, ("scenes",)),
        ("T07", "plain turns", sum(scene.plain for scene in scenes), MIN_PLAIN_TURNS, ("scenes",)),
        ("T09", "confidence scenes", sum(scene.confidence for scene in scenes), MIN_CONFIDENCE_SCENES, ("scenes",)),
        ("T13", "debrief questions", len(scenario.debrief), MIN_DEBRIEF, ("debrief",)),
        ("T14", "replies that cause a rupture", ruptures, MIN_RUPTURES, ("scenes",)),
    )
    for code, what, count, least, place in counts:
        if count < least:
            yield Fault(code=code, message=f"{count} {what}, at least {least}.", place=place)


def feedback_is_specific(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T11, T12: every reply that is not strong has a line to try, and no feedback is a stock sentence."""
    for _name, reply, place in replies_of(scenario):
        if reply.quality != "strong" and not reply.try_instead.strip():
            yield Fault(code="T11", message=f"{reply.id!r} offers nothing to try instead.", place=place)
    for field in ("hears", "why"):
        seen: dict[str, str] = {}
        for _name, reply, place in replies_of(scenario):
            text = _flat(getattr(reply, field)).casefold()
            if text and text in seen:
                found = f"{field!r} is the same as for {seen[text]!r}."
                yield Fault(code="T12", message=found, place=(*place, field))
            seen.setdefault(text, reply.id)


def ruptures_can_be_repaired(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """T08: after each rupture some way leads to a reply that repairs."""

    def repair_ahead(name: str) -> bool:
        ahead, seen = [name], {name}
        while ahead:
            scene = scenario.scenes.get(ahead.pop())
            if scene is None:
                continue
            if any(reply.repairs for reply in scene.replies):
                return True
            new = {b.to for reply in scene.replies for b in branches_of(reply)} - seen
            seen |= new
            ahead += sorted(new)
        return False

    for _name, reply, place in replies_of(scenario):
        if reply.rupture and not any(repair_ahead(branch.to) for branch in branches_of(reply)):
            yield Fault(code="T08", message=f"after {reply.id!r} no repair can be reached.", place=place)


def lengths_and_places_are_even(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """G06, G07: neither the longest nor the first reply is usually the strong one."""
    longest = first = 0
    for scene in scenario.scenes.values():
        spoken = [reply for reply in scene.replies if not reply.act] or list(scene.replies)
        longest += bool(spoken) and max(spoken, key=lambda reply: len(reply.say)).quality == "strong"
        first += bool(scene.replies) and scene.replies[0].quality == "strong"
    for code, what, count in (("G06", "longest", longest), ("G07", "first", first)):
        if count * 2 > len(scenario.scenes) > 1:
            found = f"a strong reply is the {what} in {count} of {len(scenario.scenes)} scenes."
            yield Fault(code=code, message=found, place=("scenes",))


def lines_are_easy(scenario: Scenario, _: Surroundings) -> Iterator[Fault]:
    """R01, R02: the patient speaks as people do."""
    lines = sorted(patient_lines(scenario))
    if (grade := reading_grade(lines)) > MAX_GRADE:
        yield Fault(code="R01", message=f"the patient's lines read at about grade {grade}.", place=("scenes",))
    longest = max((s for line in lines for s in sentences(line)), key=lambda s: len(words(s)), default="")
    if (count := len(words(longest))) > MAX_SENTENCE_WORDS:
        found = f"{count} words in one sentence: {' '.join(longest.split()[:8])} …"
        yield Fault(code="R02", message=found, place=_place_of(scenario, longest))


def _place_of(scenario: Scenario, sentence: str) -> Place:
    for name, scene in scenario.scenes.items():
        if any(sentence in line.says for line in lines_of(scene)):
            return ("scenes", name, "patient")
    return next((place for _, reply, place in replies_of(scenario) if sentence in reply.answers), ("scenes",))


SCENARIO_WORDING: tuple[Check, ...] = (texts_are_there, quotations_are_exact, texts_are_short)
SCENARIO_TEACHING: tuple[Check, ...] = (
    scenes_offer_a_choice,
    there_is_enough,
    feedback_is_specific,
    ruptures_can_be_repaired,
    lengths_and_places_are_even,
    lines_are_easy,
)
