"""Reading a clinician's reply: what is seen, in which words, and what is not taken for a skill."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_kit.grading.talk import labels, plain_words_for, read_reply, segments

ROOT = Path(__file__).resolve().parents[1]
LEXICONS = ROOT / "exercises" / "lexicons"
DATA = ROOT / "tests" / "data" / "talk"
CREDIT = {"open_question", "simple_reflection", "complex_reflection", "reflection", "empathy", "affirmation"} | {
    "autonomy_support"
}
BITS = """it sounds like you feel what how tell me ? . , ; - " ' ( ) up to you scared I can't don't should knee ROM 10
because but and so great job you kept walking 0 to 10 L5 you should've"""
TEXTS = st.text(max_size=300) | st.lists(
    st.sampled_from([*BITS.split(" "), "\U0001f600", "\u202e", "\ud800", "\n"]), max_size=60
).map(" ".join)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def seen_in(text: str, context: str = "") -> set[str]:
    """Return the labels seen in a reply."""
    return {seen.label for seen in read_reply(text, context)}


# ---- what holds for every text


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, context=TEXTS)
def test_any_text_is_read_without_an_error(text, context):
    """Whatever is typed, the answer is a list of findings whose words are in the text and not empty."""
    known = {row["id"] for row in rows_of(LEXICONS / "microskills.csv")}
    rules = {row["rule"] for row in rows_of(LEXICONS / "talk_rules.csv")}
    found = read_reply(text, context)

    for seen in found:
        assert seen.label in known
        assert seen.rule in rules
        assert seen.sure in {"clear", "possible"}
        assert seen.spans
        for span in seen.spans:
            assert 0 <= span.start < span.end <= len(text)
            assert text[span.start : span.end].strip()
    assert list(found) == sorted(found, key=lambda seen: (seen.spans[0].start, seen.label))


@pytest.mark.parametrize(
    "piece",
    ["what how ", "you feel ", '"', "'", "\U0001f600", "\ud800", "\u202eabc ", "? ", "is it or ", "- a ", "it's ", "a"],
    ids=ascii,
)
def test_a_very_long_text_is_read_quickly(piece):
    """A hundred thousand characters of anything take less than three seconds."""
    begun = time.process_time()
    read_reply(piece * (100_000 // len(piece)), piece * 2_000)

    assert time.process_time() - begun < 3


def test_hash_seeds_change_nothing():
    """The same replies are read the same under two hash seeds."""
    code = (
        "import csv\nfrom alliance_kit.grading.talk import labels, read_reply\n"
        "rows = list(csv.DictReader(open('tests/data/talk/attacks_own.csv', encoding='utf-8')))\n"
        "print([read_reply(r['text'], r['context']) for r in rows])\n"
        "print([sorted(s) for s in labels([r['text'] for r in rows], [r['context'] for r in rows])])\n"
    )

    def under(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout

    assert under("1") == under("4242") != ""


@pytest.mark.parametrize("name", ["pt_replies_tuning_a.csv", "pt_replies_tuning_b.csv"])
def test_case_curly_quotes_and_spaces_change_nothing(name):
    """Lower case (where no capitals carry meaning), curly quotes and double spaces leave the labels as they are."""
    rows = rows_of(DATA / name)
    texts, contexts = [row["text"] for row in rows], [row["context"] for row in rows]
    quiet = [i for i, text in enumerate(texts) if not any(word.isupper() and len(word) > 1 for word in text.split())]
    as_typed = labels(texts, contexts)
    curly = labels([text.replace("'", "\u2019") for text in texts], contexts)
    spaced = labels([text.replace(" ", "  ") for text in texts], contexts)
    lower = labels([text.lower() for text in texts], contexts)

    assert curly == as_typed
    assert sum(a == b for a, b in zip(spaced, as_typed, strict=True)) >= 0.99 * len(texts)
    assert sum(lower[i] == as_typed[i] for i in quiet) >= 0.98 * len(quiet)


def test_every_rule_is_explained_for_the_learner():
    """Each rule says what it sees and where it comes from; its label has a sentence and a question to check."""
    rows = rows_of(LEXICONS / "talk_rules.csv")
    skills = {row["id"] for row in rows_of(LEXICONS / "microskills.csv")}
    told = {row["label"]: row for row in rows_of(LEXICONS / "talk_labels.csv")}

    assert len({row["rule"] for row in rows}) == len(rows)
    for row in rows:
        assert row["label"] in skills
        assert row["rule"].startswith(f"talk/{row['label']}/")
        assert told[row["label"]]["why"]
        assert told[row["label"]]["check"]
        assert row["sees"]
        assert row["source"]


@pytest.mark.parametrize("path", sorted(LEXICONS.glob("talk_*.csv")), ids=lambda path: path.stem)
def test_every_list_names_its_source(path):
    """Each row of each list says where it comes from."""
    assert all(row["source"] for row in rows_of(path))


# ---- questions


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("How were the steps at your sister's place", "open_question"),
        ("take me through a night with the sling", "open_question"),
        ("Would you describe the first hour after you wake?", "open_question"),
        ("I'm curious how the bus ride went.", "open_question"),
        ("and what was that like", "open_question"),
        ("Did the tingling reach your hand", "closed_question"),
        ("How many blocks can you go?", "closed_question"),
        ("Where does it sting?", "closed_question"),
        ("On which days did you swim?", "closed_question"),
        ("Is it all right if I move the sheet?", "closed_question"),
    ],
)
def test_questions_are_told_by_form(text, label):
    """Open and closed questions are told apart by their words, with or without a mark."""
    assert seen_in(text) & {"open_question", "closed_question"} == {label}


@pytest.mark.parametrize(
    "text",
    [
        "What a morning!",
        "How kind.",
        "Tell me if it pinches.",
        "What I heard is that the nights are long.",
        "Could you roll onto your side?",
        "Any questions? No? Fine, then.",
        "Have a good weekend.",
        "Don't you worry.",
        "Who wouldn't be sore after that?",
    ],
)
def test_what_only_looks_like_a_question_is_none(text):
    """Cries, instructions, clefts, wishes and rhetorical questions are not counted as questions."""
    assert not seen_in(text) & {"open_question", "closed_question"}


def test_ways_of_asking_are_seen_beside_the_form():
    """Leading, stacked and accusing questions, and asking for hopes and fears, are seen as well."""
    assert "leading_question" in seen_in("You've been wearing the splint, haven't you?")
    assert "stacked_questions" in seen_in("Does your neck hurt? Who lives with you?")
    assert "stacked_questions" not in seen_in("What helps: warmth, rest?")
    assert "why_question" in seen_in("Why didn't you ring us?")
    assert "elicit" in seen_in("What worries you most about going home?")


# ---- listening, strengths, ownership


def test_a_reflection_takes_up_the_line():
    """A statement that says the patient's words back is a reflection near the surface."""
    line = "I stopped going to choir because I can't sit that long."
    back = read_reply("You've stopped going to choir, sitting that long is too much.", line)

    assert any(seen.label == "simple_reflection" for seen in back)


def test_without_a_line_no_reflection_is_clear():
    """No context given: at most possible."""
    for text in ("So you've stopped going to choir.", "It sounds like you miss your friends at the pool."):
        assert all(s.sure == "possible" for s in read_reply(text) if "reflection" in s.label)


@pytest.mark.parametrize(
    "text",
    [
        "Great job!",
        "Good work today.",
        "You're awesome!",
        "Well done, so proud of you!",
        "Perfect, love it.",
        "Amazing!",
        "You're my best patient.",
    ],
)
def test_bare_praise_is_never_affirmation(text):
    """A verdict that names nothing is praise at most, whatever the patient said."""
    for context in ("", "I did all my sets, even on the bus.", "I walked to the shop."):
        assert "affirmation" not in seen_in(text, context)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from(["great", "good", "nice", "perfect", "awesome", "well done", "way to go", "good job", "super"]),
        min_size=1,
        max_size=6,
    )
)
def test_piled_up_praise_is_never_affirmation(words):
    """However much praise is piled up, it stays praise."""
    assert "affirmation" not in seen_in(", ".join(words) + "!", "I walked to the shop.")


def test_a_strength_with_its_act_is_affirmation():
    """Naming what the patient did is affirmation; a strength used to push is not."""
    line = "I still walk the dog, bad hip or not."

    assert "affirmation" in seen_in("You kept walking the dog through all of this.", line)
    assert "affirmation" not in seen_in("You kept walking, so you must do the stairs today, no excuses.", line)


# ---- advice and warnings


def test_leave_makes_the_difference_in_advice():
    """The same advice counts as given with leave when it was asked for or can be refused."""
    assert "advice_without_permission" in seen_in("You should swim twice a week.", "My hip aches at night.")
    assert "advice_with_permission" in seen_in("You could swim twice a week.", "What can I do about my hip?")
    assert "advice_with_permission" in seen_in("Would it help if I shared what works for other runners?")
    assert "advice_with_permission" not in seen_in("Is it okay if I move your arm?")


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("You'll be running again in no time, I promise.", "false_reassurance"),
        ("You always have an excuse.", "confrontation"),
        ("It flared because you overdid it.", "blame"),
        ("Your knee is bone on bone.", "nocebic"),
        ("You have to push through, no excuses.", "commanding"),
        ("At least it isn't the other leg too.", "minimising"),
    ],
)
def test_hindering_words_are_seen(text, label):
    """Promises, arguing, blame, threats, pressure and belittling are seen in plain cases."""
    assert label in seen_in(text)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I won't tell you that you'll be fine.", "false_reassurance"),
        ("I can't promise that it will be gone by spring.", "false_reassurance"),
        ("You hope it will be fine by spring.", "false_reassurance"),
        ("It's not your fault.", "blame"),
        ("Your back isn't crumbling.", "nocebic"),
        ('Somebody said "bone on bone" to you.', "nocebic"),
        ('They called you "noncompliant".', "stigmatising"),
        ("Your surgeon told you never to bend.", "advice_without_permission"),
        ("You wish you could swim more.", "advice_without_permission"),
        ("You should be sore for a day.", "advice_without_permission"),
        ('"It is up to you" is a thing people say.', "autonomy_support"),
    ],
)
def test_quoted_denied_and_reported_words_do_not_count(text, label):
    """What is quoted, denied, hoped by the patient or told by somebody else is not what the clinician does."""
    assert label not in seen_in(text, "I don't know what to think about my back.")


def test_jargon_is_left_alone_when_explained_or_the_patients_own():
    """An unexplained term is seen with plain words to offer; not when explained, quoted, or used by the patient."""
    found = [s for s in read_reply("Your gait is antalgic.") if s.label == "jargon"]

    assert found
    assert all(s.note for s in found)
    assert "jargon" not in seen_in("The meniscus, a cushion in the knee, is irritated.")
    assert "jargon" not in seen_in("Stenosis can mean many things.", "They said it's stenosis.")
    assert "jargon" not in seen_in('They wrote "stenosis" on it.')
    assert "jargon" in seen_in("Your LSI was 71.")
    assert plain_words_for("Your gait looks steady.")


def test_warnings_outrank_what_was_said_nicely():
    """A push after "but" takes the empathy back."""
    found = seen_in("I see that you're scared, but you must walk now.", "I'm scared.")

    assert "empathy" not in found
    assert "advice_without_permission" in found


# ---- stuffing, and agreement with people


@pytest.mark.parametrize("row", rows_of(DATA / "attacks_own.csv"), ids=lambda row: f"{row['kind']}: {row['note']}"[:50])
def test_stuffing_earns_nothing_and_dense_replies_keep_their_credit(row):
    """A pile of cues earns no credit at all; a sound reply with as many skills does."""
    credit = labels([row["text"]], [row["context"]])[0] & CREDIT

    assert bool(credit) == (row["kind"] == "sound"), credit


def test_a_bag_of_cues_behind_a_reply_adds_no_credit():
    """Words of skill pasted behind a real reply add nothing."""
    rows = rows_of(DATA / "pt_replies_tuning_b.csv")
    bag = " what how tell me sounds like you feel I understand it is up to you great job"
    texts, contexts = [row["text"] for row in rows], [row["context"] for row in rows]
    gained = [
        (after - before) & CREDIT
        for before, after in zip(labels(texts, contexts), labels([t + bag for t in texts], contexts), strict=True)
    ]

    assert sum(map(len, gained)) <= 0.03 * len(rows)


def test_agreement_on_the_tuning_replies_holds():
    """Macro-F1 over the twelve scored labels on the replies that the rules were tuned on stays above the floor."""
    rows = [*rows_of(DATA / "pt_replies_tuning_a.csv"), *rows_of(DATA / "pt_replies_tuning_b.csv")]
    both = {"simple_reflection": "reflection", "complex_reflection": "reflection"}
    gold = [{both.get(x, x) for x in row["labels"].split(";")} for row in rows]
    found = [{both.get(x, x) for x in s} for s in labels([r["text"] for r in rows], [r["context"] for r in rows])]
    scored = ["open_question", "closed_question", "reflection", "information", "advice_with_permission"]
    scored += ["advice_without_permission", "affirmation", "autonomy_support", "empathy", "jargon", "confrontation"]
    scored += ["false_reassurance"]
    f1 = []
    for label in scored:
        agreed = sum(label in g and label in s for g, s in zip(gold, found, strict=True))
        f1.append(2 * agreed / max(1, sum(label in g for g in gold) + sum(label in s for s in found)))

    assert sum(f1) / len(f1) > 0.84, dict(zip(scored, f1, strict=True))
    assert min(f1) > 0.7, dict(zip(scored, f1, strict=True))


def test_labels_go_with_what_is_seen():
    """`labels` gives scored names and one main behavior, also for an empty reply."""
    found = labels(["", "What was it like?", "You should rest."], ["", "", ""])

    assert found[0] == {"main:other"}
    assert {"open_question", "main:question"} <= found[1]
    assert "advice_without_permission" in found[2]
    with pytest.raises(ValueError, match="shorter"):
        labels(["one"], [])


def test_segments_break_at_sentences_and_new_questions():
    """Sentences, clauses after ", but" and new questions are segments; a subordinate clause is not."""
    cut = [" ".join(s.norms) for s in segments("It is sore, but you kept going. What was it like, do you sleep?")]

    assert cut == ["it is sore", "but you kept going", "what was it like", "do you sleep"]


def test_the_reader_is_imported_quickly_and_loads_no_list():
    """Importing costs at most 2.5 times what its share of the standard library does; word lists wait for a reply.

    On a quiet machine that is well under 50 ms; a ratio holds on a busy one, too.
    """
    code = (
        "import time\nbegun = time.process_time()\nimport csv, dataclasses, json, pathlib, re, typing\n"
        "standard = time.process_time() - begun\nbegun = time.process_time()\nimport alliance_kit.grading.talk\n"
        "print((time.process_time() - begun) / standard)\n"
        "from alliance_kit.library import csv_rows\nassert csv_rows.cache_info().currsize == 0\n"
    )
    command = [sys.executable, "-c", code]
    ratios = [
        float(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout) for _ in range(5)
    ]

    assert min(ratios) < 2.5
