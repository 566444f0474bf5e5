"""Short items: a choice by its key, a rewriting by its cues, and no credit for words without a line."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support import odd_text, plain_json, run_python, small_drills

from alliance_kit import library
from alliance_kit.grading import GRADER, grade
from alliance_kit.grading.drills import MAX_READ
from alliance_kit.model import Context, Cue, DrillItem, DrillSet, Feedback, Response
from alliance_kit.plain import canonical_json, to_json
from alliance_kit.workbook import load_exercise

DRILLS = small_drills()
ITEM = {item.id: item for item in DRILLS.items}
OWN = "You saw your brother lie there all that time. No wonder you think of it. What comes to your mind?"


def answered(answer: Any, drills: DrillSet = DRILLS, context: Context | None = None) -> Feedback:
    return grade(drills, Response(drills.id, "d", 1, answer), context or Context())


def written(text: Any, item: str = "write", **context: Any) -> Feedback:
    return answered({"item": item, "text": text}, context=Context(**context))


def levels(feedback: Feedback) -> dict[str, str]:
    return {f.criterion: f.level for f in feedback.findings}


def is_unsure(feedback: Feedback) -> bool:
    """Return whether nothing was earned, and the learner is told that her line was not understood."""
    return feedback.points == 0 and any(f.level == "unsure" for f in feedback.findings)


def rule(feedback: Feedback) -> str:
    return feedback.findings[0].rule.rpartition("/")[2]


# --- choices ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ["wide", "narrow"])
def test_every_option_has_its_own_feedback_and_one_earns_the_point(item: str) -> None:
    """What each option does is said, the tempting ones too; its words are marked in it."""
    for choice in ITEM[item].choices:
        feedback = answered({"item": item, "choice": choice.id})
        (finding,) = feedback.findings
        assert finding.why == choice.feedback
        assert (feedback.points, feedback.max_points) == (float(choice.best), 1)
        assert finding.level == ("met" if choice.best else "not_seen")
        assert finding.criterion == ITEM[item].part
        assert [choice.text[s.start : s.end] for s in finding.spans] == [choice.words] * bool(choice.words)


@pytest.mark.parametrize("choice", ["w9", "", "W2", "yes", None, 2, ["w2"], {"id": "w2"}])
def test_a_choice_that_is_not_there_is_not_answered_yet(choice: Any) -> None:
    """Nothing earned, nothing blamed."""
    feedback = answered({"item": "wide", "choice": choice})

    assert (feedback.points, feedback.max_points) == (0, 1)
    assert feedback.findings[0].why == "Not answered yet."


@pytest.mark.parametrize(
    "answer", [None, 3, "wide", ["wide"], {}, {"item": None}, {"item": ["wide"]}, {"item": "gone"}]
)
def test_an_item_that_is_not_there_is_said_to_be_gone(answer: Any) -> None:
    """An answer to an item of an earlier version."""
    feedback = answered(answer)

    assert is_unsure(feedback)
    assert "not part of the set any more" in feedback.findings[0].why


# --- rewritings: what is read ---------------------------------------------------------------------------------------


def test_a_line_of_ones_own_earns_each_cue() -> None:
    """Its words are marked where they stand; what was avoided has no words to mark."""
    feedback = written(OWN)

    assert levels(feedback) == {"takes-up": "met", "makes-sense": "met", "no-promise": "met"}
    assert (feedback.points, feedback.max_points, feedback.next_step) == (3, 3, "")
    assert [[OWN[s.start : s.end] for s in f.spans] for f in feedback.findings] == [["brother"], ["No wonder"], []]


def test_a_cue_that_is_missing_asks_for_it() -> None:
    """One thing to try, the first one."""
    feedback = written("That is a lot to carry, and no wonder you think of it at night.")

    assert levels(feedback)["takes-up"] == "not_seen"
    assert feedback.next_step == "Not taken up."
    assert feedback.points == 2


def test_what_should_be_avoided_is_marked_where_it_stands() -> None:
    """The learner sees which words promise too much."""
    text = "Your brother had it badly, so of course you lie awake, but I promise it will not happen."
    finding = written(text).findings[2]

    assert finding.level == "not_seen"
    assert [text[s.start : s.end] for s in finding.spans] == ["promise"]


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ("brothers", True), ("Brother", True), ("BROTHERLY", True), ("stepbrother", False), ("broth", False),
        ("eight months", True), ("eight  months", True), ("Eight\nMonths", True), ("eight\u00a0months", True),
        ("eight monthsies", False), ("eightmonths", False), ("weight months", False),
    ],
)  # fmt: skip
def test_cues_are_whole_words_or_stems_in_any_case_and_spacing(said: str, counts: bool) -> None:
    """`brother*` is a stem, `eight months` a phrase; neither starts in the middle of a word."""
    feedback = written(f"So for you it was {said} and that stays with you for long.", "again")

    assert levels(feedback)["takes-up"] == ("met" if counts else "not_seen")


def test_three_places_at_most_are_marked() -> None:
    """Marks everywhere would show nothing."""
    text = "Your brother, then the brother of your father, and no wonder his brothers ask how your brother is."
    promised = "Your brother had it, of course you fear it: promise, promise, I promise, we promise you all of it."

    assert len(written(text).findings[0].spans) == 3
    assert len(written(promised).findings[2].spans) == 3


@pytest.mark.parametrize("mark", ["'", "\u2019", "\u2018"])
def test_curly_apostrophes_are_apostrophes(mark: str) -> None:
    """A phone writes them by itself."""
    text = f"Your brother had it hard, of course you fear it. Don{mark}t worry about that now."

    assert levels(written(text))["no-promise"] == "not_seen"


# --- rewritings: what is not taken for a line -------------------------------------------------------------------------

SAMPLE, OTHER = ITEM["write"].samples
STUFFED = [
    "brother eight months no wonder",
    "Brother, eight months, of course, no wonder, brother's, brothers!",
    "brother brothers brotherly brotherhood brotherless of course no wonder",
    "no wonder of course no wonder of course brother eight months eight months eight months eight months",
    "brother no wonder the the the the",
    "brother of course and and",
    "brother brother's brothers, brotherly; brotherhood … no wonder. no wonder? no wonder!",
    "brother infected infection infections infectious no wonder",
]


@pytest.mark.parametrize("text", STUFFED[:7])
def test_cue_words_without_a_line_earn_nothing(text: str) -> None:
    """However many there are, in however many forms: it is not what anybody would say."""
    assert is_unsure(written(text)), levels(written(text))


@pytest.mark.parametrize("sample", [SAMPLE, OTHER])
@pytest.mark.parametrize(
    "change",
    [
        str,
        str.upper,
        lambda s: s.replace(".", " !"),
        lambda s: f"Well. {s}",
        lambda s: f"{s} Okay?",
        lambda s: s.replace(" you ", " you really ", 1),
        lambda s: s.rpartition(".")[0] or s,
        lambda s: "\n".join(s.split()),
    ],
    ids=["as it is", "capitals", "other signs", "a word before", "a word behind", "a word within", "a part", "lines"],
)
def test_a_sample_is_not_a_line_of_ones_own(sample: str, change: Any) -> None:
    """Nor is a sample with a word more, or the greater part of one."""
    assert rule(written(change(sample))) == "copied"
    assert written(change(sample)).points == 0


def test_samples_put_together_are_not_a_line_of_ones_own() -> None:
    """Two copied lines are two copied lines."""
    assert rule(written(f"{SAMPLE} {OTHER}")) == "copied"


def test_a_sample_of_another_kind_that_was_shown_counts_as_copied() -> None:
    """What the learner has seen, wherever she has seen it."""
    assert rule(written(OWN, shown=(OWN,))) == "copied"
    assert rule(written(OWN)) != "copied"


def test_a_line_that_only_sounds_like_a_sample_is_ones_own() -> None:
    """Meeting the same thought in other words is what the exercise is for."""
    text = "Your brother went through hell for months. No wonder it keeps coming back. What goes round in your head?"

    assert written(text).points == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"), ("  \n\t ", "empty"), (None, "empty"), (7, "empty"), (["You"], "empty"), ({}, "empty"),
        ("Don't worry, you'll be fine.", "unchanged"), ("DON\u2019T WORRY you'll be fine", "unchanged"),
        ("No wonder.", "short"), ("ok ok ok", "short"), ("brother", "short"),
        ("Твой брат болел восемь месяцев, понятно, что страшно.", "alphabet"),
        ("你的兄弟病了八个月, 难怪你害怕。", "alphabet"), ("\0\0\0", "alphabet"), ("12 34 56 78 90", "alphabet"),
        ("\ud83d\ud83d", "alphabet"), ("🙂 🙂 🙂 🙂 🙂", "alphabet"),
        ("no wonder brother " * 30, "repeated"), ("of course your brother of course your brother " * 3, "repeated"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_to_be_so(text: Any, why: str) -> None:
    """One sentence that says why, no points, and no blame for single cues."""
    feedback = written(text)

    assert rule(feedback) == why
    assert is_unsure(feedback)
    assert feedback.max_points == 3
    assert len(feedback.findings) == 1


@pytest.mark.parametrize(
    "text",
    [
        "The weather has been rather nice all week long.",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
        "Creo que es normal que tenga miedo después de todo eso.",
        "asdf qwer zxcv uiop hjkl vbnm",
    ],
)
def test_avoiding_something_is_no_credit_on_its_own(text: str) -> None:
    """Any sentence about the weather avoids a promise."""
    feedback = written(text)

    assert feedback.points == 0
    assert levels(feedback)["no-promise"] == "unsure"


@given(
    st.permutations(["brother", "eight months", "no wonder", "of course", "brothers"]),
    st.sampled_from([" ", ", ", ". ", "\n"]),
)
def test_no_order_of_cue_words_makes_a_line(words: list[str], between: str) -> None:
    """Stuffing does not get better by shuffling."""
    assert written(between.join(words)).points == 0


# --- what holds for any text ------------------------------------------------------------------------------------------


@given(plain_json | st.fixed_dictionaries({"item": st.sampled_from(list(ITEM)), "text": odd_text, "choice": odd_text}))
@settings(max_examples=200)
@example({"item": "write", "text": "\0 brother\ud83d no wonder that stays with you"})
def test_any_answer_is_graded_twice_the_same_and_within_bounds(answer: Any) -> None:
    """Never an error; points from 0 to the maximum; spans lie in the text; the answer is left as it was."""
    before = repr(answer)
    feedback = answered(answer)

    assert to_json(feedback) == to_json(answered(answer))
    assert repr(answer) == before
    assert 0 <= feedback.points <= feedback.max_points
    assert feedback.points == sum(f.points for f in feedback.findings)
    text = answer.get("text", "") if isinstance(answer, dict) else ""
    for finding in feedback.findings:
        assert 0 <= finding.points <= finding.max_points
        assert all(0 <= s.start < s.end <= len(text) for s in finding.spans if finding.rule.count("/") == 2)


@given(st.text(min_size=1, max_size=80))
def test_an_honest_line_is_read_the_same_whatever_stands_behind_it(tail: str) -> None:
    """More words of one's own never take away what was taken up."""
    assert levels(written(f"{OWN} {tail}"))["takes-up"] in ("met", "unsure")


@given(
    st.sampled_from([OWN, SAMPLE, *STUFFED]), st.sampled_from([str.upper, str.lower, lambda s: s.replace(" ", "  ")])
)
def test_case_and_spaces_change_nothing(text: str, change: Any) -> None:
    """How it is typed is not what it says."""
    assert levels(written(change(text))) == levels(written(text))


def test_a_very_long_text_is_read_as_far_as_anybody_would_say_it() -> None:
    """A line to say is never that long, and reading stays quick."""
    more = " ".join(f"{a}{b}{c}" for a, b, c in itertools.product("abcdefghij", repeat=3))

    assert len(more) > MAX_READ
    assert written(f"{OWN} {more}").points == 3
    assert written(f"{more} {OWN}").points == 0


@pytest.mark.parametrize(
    "text", ["a" * 2_000_000, "brother " * 200_000, "eight " * 300_000, "'" * 1_000_000, "a'" * 500_000]
)
def test_hostile_lengths_cost_no_time(text: str) -> None:
    """Only the first characters are looked at, and those in linear time."""
    assert written(text).points == 0


def test_findings_are_the_same_under_every_hash_seed() -> None:
    """Feedback shown on one machine is the feedback shown on another."""
    answers = [{"item": "write", "text": t} for t in [OWN, *STUFFED]] + [{"item": "wide", "choice": "w2"}]
    code = """if True:
        import json, os
        from support import small_drills
        from alliance_kit.grading import grade
        from alliance_kit.model import Response, canonical_json, to_json
        drills = small_drills()
        answers = (Response(drills.id, "d", 1, answer) for answer in json.loads(os.environ["ANSWERS"]))
        print(canonical_json([to_json(grade(drills, answer)) for answer in answers]))"""
    here = canonical_json([to_json(answered(a)) for a in answers]) + "\n"

    for seed in ("1", "2"):
        assert run_python(code, PYTHONHASHSEED=seed, ANSWERS=json.dumps(answers)) == here


# --- the library ------------------------------------------------------------------------------------------------------

LIBRARY = [e for name in library.exercise_ids() if isinstance(e := load_exercise(name), DrillSet)]
REAL_ITEMS = [pytest.param(d, i, id=f"{d.id}/{i.id}") for d in LIBRARY for i in d.items]


@pytest.mark.parametrize(("drills", "item"), REAL_ITEMS)
def test_every_option_of_the_library_has_feedback_on_words_of_its_own(drills: DrillSet, item: DrillItem) -> None:
    """Exactly one is best, each says what it does, and the phrase it is about is there to be marked."""
    assert sum(choice.best for choice in item.choices) == (0 if item.kind == "rewrite" else 1)
    for choice in item.choices:
        feedback = answered({"item": item.id, "choice": choice.id}, drills)
        assert feedback.findings[0].why == choice.feedback
        assert choice.feedback.strip()
        assert not choice.words or feedback.findings[0].spans


@pytest.mark.parametrize(("drills", "item"), [p for p in REAL_ITEMS if p.values[1].kind == "rewrite"])
def test_samples_of_the_library_meet_every_cue_and_the_first_line_does_not(drills: DrillSet, item: DrillItem) -> None:
    """What is held up as good must pass where nobody calls it a copy; what is to be rewritten must not."""
    alone = dataclasses.replace(drills, items=(dataclasses.replace(item, samples=(), line=""),))

    for sample in item.samples:
        assert levels(answered({"item": item.id, "text": sample}, alone)) == dict.fromkeys(
            (cue.criterion for cue in item.cues), "met"
        )
        assert is_unsure(answered({"item": item.id, "text": sample}, drills))
    first = answered({"item": item.id, "text": item.line}, alone)
    assert first.points < first.max_points


@pytest.mark.parametrize(("drills", "item"), [p for p in REAL_ITEMS if p.values[1].kind == "rewrite"])
def test_lists_of_the_librarys_cue_words_earn_nothing(drills: DrillSet, item: DrillItem) -> None:
    """All cue words of an item one after the other, in three ways, are no line."""

    def phrases(cues: tuple[Cue, ...], many: int) -> list[str]:
        return [phrase.rstrip("*") for cue in cues if not cue.avoid for phrase in cue.any[:many]]

    for text in (
        " ".join(phrases(item.cues, 1) * 2),
        ", ".join(phrases(item.cues, 2)),
        ". ".join(reversed(phrases(item.cues, 3))),
    ):
        assert answered({"item": item.id, "text": text}, drills).points == 0, text


def test_the_grader_signs_its_feedback() -> None:
    """Later feedback can be told from what was shown at the time."""
    assert written(OWN).grader == answered({"item": "wide", "choice": "w2"}).grader == GRADER
