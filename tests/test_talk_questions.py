"""Questions by families: announced, rhetorical, without a mark, with an aside, and asking for what matters."""

from __future__ import annotations

import pytest

from alliance_kit.grading.talk import read_reply

LINE = "My back hurts and I lost my job."
ASKS = {"open_question", "closed_question"}


def seen_in(text: str) -> set[str]:
    """Return the labels seen in a reply to the line."""
    return {seen.label for seen in read_reply(text, LINE)}


@pytest.mark.parametrize(
    "text",
    [
        "What would you want to do again, if your back let you?",
        "What do you want to be able to do again?",
        "What would you most like to get back to?",
        "What would you want your life to look like again?",
        "What has your back taken from you that you want back most?",
        "What have you stopped doing because of it?",
        "What would make today worth it?",
        "What part of your old week do you miss?",
    ],
)
def test_asking_for_what_matters_elicits(text):
    """An open question for wishes, losses or meaning is seen as eliciting, beside its form."""
    assert {"elicit", "open_question"} <= seen_in(text)


@pytest.mark.parametrize("text", ["What would you like me to look at?", "How did it happen?", "What did you expect?"])
def test_other_open_questions_do_not_elicit(text):
    """Asking for a task, for facts, or with reproach asks for nobody's hopes."""
    assert "elicit" not in seen_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "Who could sleep, with all that coming?",
        "Who doesn't get scared after that?",
        "How could anyone rest like that?",
        "How could it not get to you?",
        "What's the point of another scan?",
        "Are you serious right now?",
        "Is the tendon torn? No.",
    ],
)
def test_rhetorical_questions_ask_nothing(text):
    """A question that answers itself, or is answered at once, is not counted as one."""
    assert not seen_in(text) & ASKS


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("What I'd like to know is how the nights are.", "open_question"),
        ("Can I ask what the garden gives you?", "open_question"),
        ("Can I ask how long you can sit?", "closed_question"),
        ("It would help me to know how the mornings go.", "open_question"),
        ("I'd be glad to hear how the week went", "open_question"),
        ("walk me from the bed to the bathroom", "open_question"),
        ("Fancy telling me how it started?", "open_question"),
        ("Talk me through a bad night, would you?", "open_question"),
        ("remind me what you take at night", "open_question"),
        ("why on earth would you lift that", "open_question"),
        ("In the evening what goes through your head?", "open_question"),
        ("on a scale of zero to ten where is it now", "closed_question"),
        ("who is at home with you", "closed_question"),
        ("you do this how often", "closed_question"),
        ("whit would ye like tae get back tae", "open_question"),
    ],
)
def test_questions_are_found_however_they_are_put(text, label):
    """Announced, softened, unmarked and fronted questions keep their form."""
    assert seen_in(text) & ASKS == {label}


@pytest.mark.parametrize(
    "text",
    [
        "I need you to know what comes next.",
        "I'm glad to see how you walked in today.",
        "I ask because what happens there tells us where to start.",
        "It depends on how long you sat.",
        "The man who is coming on Tuesday will fit it.",
        "Take me, for example.",
    ],
)
def test_clauses_with_question_words_that_tell_are_no_questions(text):
    """A question word inside a statement asks nothing."""
    assert not seen_in(text) & ASKS


@pytest.mark.parametrize(
    "text",
    [
        "Shall I stop for now, or would you rather go on slower?",
        "What would your daughter say about it, do you think?",
        "Would it be all right if I told you what I think, and you tell me where it does not fit?",
    ],
)
def test_one_question_in_two_parts_is_not_stacked(text):
    """A choice, an aside and an added clause leave it one question."""
    assert "stacked_questions" not in seen_in(text)
