"""Whether a goal is what this patient said she wants, and what is put into her mouth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_kit.grading.wishes import find_wish, match_wishes
from alliance_kit.library import csv_rows
from alliance_kit.model import Patient, Wish

KATE = Patient(
    name="Kate Doyle",
    called="Kate",
    pronoun="she",
    age=44,
    in_short="Low back pain for nine weeks; she no longer bends.",
    chart=("Hotel housekeeper, 14 rooms a shift.", "Lives with her two teenagers, Dani and Luke."),
    story="Kate bowls. Her back went over the corner of a king bed.",
    wishes=(
        Wish("beds", "I want to make a bed without holding my breath.", ("bed", "sheet", "breath", "mattress")),
        Wish("bowling", "I want to bowl with my kids on Fridays.", ("bowl", "frames", "kids", "friday")),
        Wish("sock", "pick up a sock like a normal person", ("sock", "pick up", "pick something up")),
    ),
)
SAID = ("Fourteen rooms. I want to make a bed without holding my breath, that's all.", "It went over a king bed.")


def quoted(text: str, spans: tuple) -> list[str]:
    return [text[s.start : s.end] for s in spans]


def test_a_goal_about_what_she_said_is_hers() -> None:
    """A wish that she spoke of and that the goal takes up is met, with the words marked on both sides."""
    goal = "In 6 weeks Kate will make 14 beds without holding her breath."

    match = find_wish(goal, SAID, KATE)

    assert match.level == "met"
    assert quoted(goal, match.goal_spans) == ["beds", "breath"]
    assert match.said == SAID[0]
    assert quoted(match.said, match.said_spans) == ["bed", "breath"]
    assert "I want to make a bed without holding my breath." not in match.try_instead


def test_without_a_talk_her_wishes_count_as_said() -> None:
    """Where there was no talk, the wishes of the case stand in for it."""
    assert find_wish("Kate will bowl three frames with her kids by May.", [], KATE).level == "met"


def test_a_wish_that_was_not_spoken_is_not_met() -> None:
    """A wish she has, but has not told in this talk, is named as not spoken of."""
    match = find_wish("Kate will pick up a sock from the floor.", SAID, KATE)

    assert match.level == "not_seen"
    assert "did not speak of this wish in your talk" in match.why
    assert "make a bed" in match.try_instead


@pytest.mark.parametrize(
    "goal",
    [
        "She wants to play golf by June.",
        "Patient will lift 20 lb to return to golf in 6 weeks.",
        "Kate will golf nine holes.",
        "I want to get back to golfing.",
    ],
)
def test_an_invented_activity_is_named(goal: str) -> None:
    """An activity ascribed to her that she never spoke of is named, with her own words as the way out."""
    match = find_wish(goal, SAID, KATE)

    assert match.level == "not_seen"
    assert match.why.startswith("Golf")
    assert "she did not mention this in your talk" in match.why
    assert "make a bed without holding my breath" in match.try_instead


def test_an_invented_quotation_is_named() -> None:
    """Words in quotation marks that she did not say are named as such."""
    match = find_wish('Kate says "I just want my life back" and will walk 150 ft.', SAID, KATE)

    assert match.level == "not_seen"
    assert "she did not say these words" in match.why


@pytest.mark.parametrize("quote", ["make a bed without holding my breath", "MAKE A BED without holding my breath!"])
def test_her_own_words_may_be_quoted(quote: str) -> None:
    """A quotation that she said, in whatever capitals, is hers."""
    assert find_wish(f"In her words, \u201c{quote}\u201d: 4 beds by 1 June.", SAID, KATE).level == "met"


def test_a_match_beside_an_invention_is_partly() -> None:
    """A goal that takes up her wish and adds something she never said is partly hers."""
    match = find_wish("To return to gardening, Kate will make 4 beds without holding her breath.", SAID, KATE)

    assert match.level == "partly"
    assert "gardening" in match.why


@pytest.mark.parametrize(
    "goal",
    [
        "Patient will walk 200 ft with RW in 2 weeks.",
        "Patient will climb 12 stairs with a rail; now 4 stairs.",
        "Patient will lift 20 lb, sit 30 minutes and stand from a chair.",
        "Increase lumbar flexion to 60 degrees.",
        "Patient will do 10 squats and her exercises.",
        "Patient will transfer bed to chair with min A.",
        "Pt will reach her top shelf at home.",
        "Patient will play with her kids.",
    ],
)
def test_ordinary_words_are_never_called_invented(goal: str) -> None:
    """Walking, stairs, lifting, exercises and the like are unsure at worst, never an accusation."""
    match = find_wish(goal, SAID, KATE)

    assert match.level == "unsure"
    assert "did not" not in match.why


@pytest.mark.parametrize(
    "goal",
    [
        "In 6 weeks Kate will never bowl again.",
        "Kate won't make beds for 4 weeks.",
        "On Fridays Kate will not bowl with her kids.",
        "Kate will stop bowling in 2 weeks.",
        "By May Kate will give up bowling.",
        "Kate will no longer make beds.",
        "Kate won't make a bed without holding her breath.",
    ],
)
def test_a_denied_wish_is_not_taken_up(goal: str) -> None:
    """What the goal says she will not do is no wish of hers taken up, with a sentence that says so."""
    match = find_wish(goal, [], KATE)

    assert (match.level, match.rule) == ("unsure", "denied")
    assert "something she will not do" in match.why


@pytest.mark.parametrize(
    "goal",
    [
        "Kate will make 14 beds without holding her breath in 6 weeks.",
        "Kate will not hold her breath while making beds.",
        "Kate will not bowl fewer than 3 frames with her kids.",
        "I won't hold my breath on any of the 14 beds in 4 weeks.",
        "Kate will make 14 beds and hold her breath on no more than 3.",
        "Kate will not miss bowling with her kids on Fridays.",
        "Kate will bowl with her kids without stopping.",
        "She cannot bowl now. In 6 weeks she will bowl three frames.",
        "Kate won't bowl for 2 weeks, but will make 14 beds without holding her breath.",
        "Kate will not only bowl three frames but also make 14 beds.",
        "Kate will never give up bowling with her kids.",
    ],
)
def test_what_is_not_denied_is_still_hers(goal: str) -> None:
    """Two denials, a denial inside her own wish, today's *cannot* and a limit leave the wish taken up."""
    assert find_wish(goal, [], KATE).level == "met"


@pytest.mark.parametrize(
    ("goal", "named"),
    [
        ("Kate will mow her lawn in 4 weeks.", "Mow"),
        ("Kate will lift her grandson 5 times by June.", "Grandson"),
        ("Kate will hold her grandson for 5 minutes by June.", "Grandson"),
        ("Kate will swim 10 laps in 6 weeks.", "Swim"),
        ("Kate will fly to Paris in June.", "Fly"),
        ("Kate will sit through dinner with her husband for 30 minutes.", "Husband"),
    ],
)
def test_leisure_kin_and_trips_that_she_never_told_are_named(goal: str, named: str) -> None:
    """A leisure activity, a trip, a grandchild or a partner found nowhere in her words or chart is named."""
    match = find_wish(goal, SAID, KATE)

    assert match.level == "not_seen"
    assert match.why.startswith(f"{named}: she did not mention this")


@pytest.mark.parametrize(
    "goal",
    [
        "Kate will lift a box of 20 lb in 4 weeks.",
        "Kate will ride the bus to the clinic by May.",
        "Kate will walk on a treadmill at the gym for 10 minutes.",
        "Kate will walk 200 ft with her husband helping.",
        "Kate will jog for 5 minutes and cycle for 10 minutes.",
        "Her daughter will watch her lift 10 lb.",
    ],
)
def test_everyday_words_and_helpers_are_never_named(goal: str) -> None:
    """Lifting, buses, the gym, helpers and children whose names the chart may tell stay unsure."""
    assert find_wish(goal, SAID, KATE).level == "unsure"


def test_what_her_story_tells_is_not_named() -> None:
    """Leisure and kin that stand in the chart or the story are no invention, though she did not speak of them."""
    told = replace(KATE, story="Kate swims on Sundays and sees her granddaughter.")

    assert find_wish("Kate will swim 10 laps in 6 weeks.", SAID, told).level == "unsure"
    assert find_wish("Kate will lift her grandson in 6 weeks.", SAID, told).level == "unsure"


@pytest.mark.parametrize(
    ("goal", "level"),
    [
        ("Kate will make 14 beds without holding her breath.", "met"),
        ("To return to gardening, Kate will make 4 beds with fitted sheets.", "partly"),
        ("To return to gardening, Kate will turn a mattress and fit a sheet.", "partly"),
    ],
)
def test_her_line_comes_back_with_the_words_taken_up(goal: str, level: str) -> None:
    """At met and partly her line stands as she said it, with words marked in it."""
    match = find_wish(goal, SAID, KATE)

    assert match.level == level
    assert match.said in SAID
    assert "bed" in quoted(match.said, match.said_spans)


def test_the_chart_is_no_invention() -> None:
    """What stands in the chart may be in a goal though she did not say it."""
    assert "did not mention" not in find_wish("To return to her hotel shift, Kate will make 4 beds.", SAID, KATE).why


@pytest.mark.parametrize(("pronoun", "word"), [("she", "she did not"), ("he", "he did not"), ("they", "they did not")])
def test_the_patient_is_spoken_of_as_the_case_says(pronoun: str, word: str) -> None:
    """The sentence uses the patient's pronoun."""
    patient = replace(KATE, pronoun=pronoun)  # type: ignore[arg-type]  # one of the three

    assert word in find_wish("The patient wants to play golf.", SAID, patient).why


def test_nothing_written_and_nothing_said() -> None:
    """An empty goal says so; with no wish spoken the learner is sent to ask."""
    assert find_wish("", SAID, KATE).why == "Nothing written yet."
    assert "Ask her" in find_wish("She wants to golf.", ("Fine, thanks.",), KATE).try_instead


def test_the_finding_carries_no_points() -> None:
    """Whether it is hers is never a mark."""
    (finding,) = match_wishes("Kate will make beds without holding her breath.", SAID, KATE)

    assert (finding.criterion, finding.points, finding.max_points) == ("hers", 0, 0)
    assert finding.rule == "goal/hers-met"


def test_the_wording_uses_known_levels() -> None:
    """Every row of the wording has a level of the model."""
    assert {row["level"] for row in csv_rows("goal_wish_wording")} <= {"met", "partly", "not_seen", "unsure"}


@given(st.text(max_size=200), st.lists(st.text(max_size=80), max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_text_and_any_talk_are_read_without_raising(goal: str, said: list[str]) -> None:
    """Spans lie inside both texts whatever was typed or said."""
    match = find_wish(goal, said, KATE)

    assert all(0 <= s.start < s.end <= len(goal) for s in match.goal_spans)
    assert all(0 <= s.start < s.end <= len(match.said) for s in match.said_spans)
