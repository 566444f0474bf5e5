"""Families of replies to be told apart: warnings, what only looks like one, and the skills beside them."""

from __future__ import annotations

import pytest

from alliance_kit.grading.talk import read_reply

WARNINGS = {"confrontation", "blame", "shaming", "false_reassurance", "advice_without_permission", "commanding"}


def seen_in(text: str, context: str = "") -> dict[str, str]:
    """Return the labels seen in a reply, each with how surely."""
    return {seen.label: seen.sure for seen in read_reply(text, context)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Would it be all right if I told you what I think, and you tell me where it does not fit?", "I'm lost."),
        ("I told you to relax when you had just handed me the hardest thing. I'm sorry, that was my mistake.", "Hm."),
        ("I told your surgeon about the swelling this morning.", "Did you call?"),
        ("I asked, like I said I would. Dr. Lind reads my notes, and so does Ms. Crane at the insurance.", "Who?"),
        ("You were told to rest, and resting made it worse.", "They told me to rest and it got worse."),
        ("You could not have known that the step was wet.", "I should have looked."),
        ("You should not have had to fight for this visit.", "It took four calls."),
        ("There is nothing lazy about resting a sore knee.", "I felt lazy."),
        ("It is hard to believe it has only been a week.", "It feels like a year."),
        ("You have to be two people at once, the boss and the patient.", "I run the shop too."),
        ("You are lying awake with it.", "I don't sleep."),
        ("You had to choose between the shift and the visit.", "I picked the shift."),
        ("We agreed on three a day; how has that been to live with?", "Hard week."),
        ("I said eight weeks, and I was wrong.", "You said eight weeks."),
        ("If there is a risk, you should know it.", "Is it dangerous?"),
        ("Do you want to stop here, or go once more?", "I am tired."),
        ("Stop there, please, and stay with me.", "It gives way."),
        ("That's fine.", "I couldn't do it."),
        ("That's not nothing.", "I did two."),
        ("There is no wrong answer.", "I do not know what to say."),
        ("Sorry, I cut you off. Go on.", "And then I..."),
        ("I'm not surprised it is sore after nine hours on your feet.", "It is sore."),
        ("What makes you sure it is the disc?", "It is the disc."),
        ("I want you to know how I got to this.", "Why that one?"),
        ("Why don't you fill me in on the week?", "Hi."),
    ],
)
def test_what_only_looks_like_a_warning_is_none(text, line):
    """A possible warning where a good clinician said a good thing is the worst error."""
    assert not seen_in(text, line).keys() & WARNINGS


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("You are lying about the pain.", "It hurts."),
        ("We both know you didn't do them.", "I did them all."),
        ("I find it hard to believe you did the whole sheet.", "I did the sheet."),
        ("Everyone else in your group manages ten.", "I got to six."),
        ("Oh please, it is a stretch, not surgery.", "It is agony."),
        ("It can't really sting, that nerve is asleep.", "It stings."),
        ("Only two?", "I did two."),
        ("If you keep this up you will lose the foot.", "I still smoke."),
        ("Pain is no excuse to lie in bed all week.", "It hurts to get up."),
        ("Do you even care about this leg?", "I forgot again."),
        ("Nobody said it would be easy.", "It is so slow."),
        ("I'm a bit disappointed, we had a deal.", "I skipped it."),
    ],
)
def test_arguing_doubting_and_scorn_are_warned_of(text, line):
    """Doubt, comparison, scorn, threat and a broken deal held against the patient are confrontation."""
    assert "confrontation" in seen_in(text, line)


def test_an_attack_is_clear():
    """What calls the patient a liar leaves no doubt."""
    assert seen_in("You are lying about the pain.", "It hurts.")["confrontation"] == "clear"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("You just need to bend. Come on.", "It's too stiff to bend."),
        ("You should just sit down and relax.", "I can't relax, I keep pacing."),
    ],
)
def test_a_push_with_the_patients_word_is_advice_not_reflection(text, line):
    """A word of the line does not turn an order into a reflection."""
    seen = seen_in(text, line)

    assert "advice_without_permission" in seen
    assert not any("reflection" in label for label in seen)


@pytest.mark.parametrize(
    "text",
    [
        "I rushed past what you told me. I'm sorry.",
        "You said nope and I kept going. That was my mistake.",
        "sorry i was out of line there",
        "I went too fast",
        "I should have asked first.",
    ],
)
def test_owning_a_slip_is_repair(text):
    """The clinician's own part, said without a *but*."""
    assert "repair" in seen_in(text, "Slow down.")


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
    ],
)
def test_asking_for_a_valued_life_is_eliciting(text):
    """What the patient wants back is asked for in many ways; by form all are open questions."""
    assert {"elicit", "open_question"} <= seen_in(text).keys()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("You rang the clinic the same morning it swelled. Good call.", "My calf swelled so I rang."),
        ("You still came in, on two hours of sleep.", "I'm a wreck."),
        ("Nobody had to push you to the window.", "I got to the window."),
        ("You stayed calm when the leg gave way.", "It gave way."),
        ("You could have kept it quiet, and you told me.", "I skipped a week."),
    ],
)
def test_what_the_patient_did_is_affirmation(text, line):
    """An act against the odds, unasked, or followed by a verdict that names it."""
    assert "affirmation" in seen_in(text, line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("I have a thought about the bike. Is now a good time?", "I miss my bike."),
        ("There are a few ways people make stairs easier. Would you want to go through them?", "Stairs are bad."),
        ("You asked about shoes: a wider toe box can take the sting out.", "What about shoes?"),
        ("Some nurses I see switch sides every hour. Would that work on your ward?", "I lift on the left."),
    ],
)
def test_advice_that_was_asked_for_or_can_be_refused(text, line):
    """What is offered may stand before the question; the patient may have asked; what others do is left open."""
    seen = seen_in(text, line)

    assert "advice_with_permission" in seen
    assert "advice_without_permission" not in seen
