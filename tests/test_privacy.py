"""The identifier check: what it finds, what it leaves alone, and that no text upsets it."""

from __future__ import annotations

import gc
import importlib.util
import itertools
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_kit.privacy import (
    QUESTIONS,
    Identifier,
    count_by_kind,
    find_identifiers,
    names_in,
    replace_identifiers,
)
from alliance_kit.privacy.check import _FORMS
from alliance_kit.privacy.words import fold, names, places, rules, words

ROOT = Path(__file__).resolve().parents[1]
KINDS = {
    "name", "address", "place", "zip", "org", "date", "age", "phone", "fax", "email", "ssn", "mrn", "plan", "account",
    "license", "vehicle", "device", "url", "ip", "biometric", "photo", "other",
}  # fmt: skip
LABELLED = {
    "companion": ("identifier_examples.csv", ""),
    "own-a": ("identifiers_own.csv", "a"),
    "own-b": ("identifiers_own.csv", "b"),
    "own-c": ("identifiers_own.csv", "c"),
    "own-d": ("identifiers_own.csv", "d"),
}
PIECES = [
    "Dr. ", "Mrs. ", "my patient ", "Maria ", "josé ", "Hope ", "Will ", "may ", "May ", "12", "/", "3/10", "1961", "-",
    ".", ",", " ", "\n", "'s", "’s", "@", "www.", "http://", "MRN ", "serial ", "plate ", "the only ", "in the county",
    "lives in ", "Dayton", ", OH ", "45402", "Elm ", "School", "St. ", "the 3rd", "ninety-two", " years old", "é",
    "e\u0301", "😀", "\ud800", "İ", "ß", "::", "555-0142", "(614) ", "fax ", "photo of her ", "Room 214", "T.W. ",
    "said ", "&", "de la ",
]  # fmt: skip
texts = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


def found(text: str, cast: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return kind and words of what was found."""
    return [(it.kind, text[it.start : it.end]) for it in find_identifiers(text, cast)]


@pytest.fixture(scope="module")
def recall() -> ModuleType:
    """Return the benchmark as a module: tests and documents count in one way."""
    spec = importlib.util.spec_from_file_location("privacy_recall", ROOT / "benchmarks" / "privacy_recall.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def no_collecting() -> Iterator[None]:
    """Switch garbage collection off: what other tests left behind is not what is timed."""
    gc.disable()
    yield
    gc.enable()


# --- labelled sentences -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LABELLED)
def test_labelled_sentences_reach_the_targets(recall: ModuleType, name: str) -> None:
    """Names reach 0.85, numbers and dates 0.9, and people are warned for nothing at most once in 200 words."""
    tally = recall.measure(*LABELLED[name])
    structured = set(tally.marked) - recall.UNSTRUCTURED

    assert tally.recall(["name"]) >= 0.85, tally.missed
    assert tally.recall(structured) >= 0.9, tally.missed
    assert tally.alarms_per_1000 <= 5, tally.alarms


@pytest.mark.parametrize("name", LABELLED)
def test_findings_carry_the_kind_that_people_gave(recall: ModuleType, name: str) -> None:
    """Nine of ten found identifiers have the same kind as the label."""
    tally = recall.measure(*LABELLED[name])

    assert sum(tally.same_kind.values()) >= 0.9 * sum(tally.found.values())


@pytest.mark.parametrize("name", LABELLED)
def test_a_replaced_sentence_has_nothing_left_to_find(recall: ModuleType, name: str) -> None:
    """The words put in place are no identifiers themselves."""
    for text in recall.labelled(*LABELLED[name]):
        assert found(replace_identifiers(text, find_identifiers(text))) == []


# --- traps ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Pain was 8/10 before and 3/10 after, from 7/10 to 4/10, down by 2/3.",
        "3x10 heel raises, 3 x 12 squats, 4+/5 and 4-/5, from 3/5 to 4/5.",
        "BP 128/76, pulse 72, SpO2 93%, flexion 0-115, at 95 degrees, he was 98 kg.",
        "Berg from 12/28 to 20/28; Tinetti 19/28; TUG 14.2 s; section 1.4.11.",
        "L4-L5, T12, C5-C6, M54.50, R26.89, CPT 97110, TX 97110 x 2.",
        "We did 10,000 steps, 5 days a week, 90 seconds, 3 @ 10 lb, ratio 1:2:3, at 10:30:45.",
        "The growth plate and 6 screws, serial casting for 3 weeks, licensed for 9 years, plan of care.",
        "Symptoms began in 2019; she turned 89 on a Monday at 14:30 and lives in Ohio.",
        "Build 3.11.0.2 asked for reps/set and/or rest.",
    ],
)
def test_clinical_numbers_are_left_alone(text: str) -> None:
    """Scores, sets, levels, codes, years and ages up to 89 are no identifiers."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("May laughed when I mixed up left and right.", "May"),
        ("May I sit down?", ""),
        ("She may need six more visits, and this may hurt.", ""),
        ("I told Will that soreness was normal.", "Will"),
        ("Will didn't buy it.", "Will"),
        ("Will the pain come back?", ""),
        ("Hope said the stairs are her world.", "Hope"),
        ("Hope is a word I used four times.", ""),
        ("Grace wants to kneel again.", "Grace"),
        ("She took it with more grace than I did.", ""),
        ("Mark came in angry.", "Mark"),
        ("He wants to mark his progress.", ""),
        ("Joy came back into her voice.", ""),
        ("The bill came as a shock.", ""),
        ("We spoke on May 12.", "May 12"),
    ],
)
def test_names_that_are_words_need_a_sign(text: str, name: str) -> None:
    """May, Will, Hope, Grace and Mark are people only where something says so."""
    assert [words for _, words in found(text)] == ([name] if name else [])


@pytest.mark.parametrize(
    "text",
    [
        "The Thomas test was positive, and so were Lachman and McMurray.",
        "Parkinson's makes him slow; his Parkinson disease hides in the first step.",
        "Her Berg balance score went from 38 to 44.",
        "I read Carl Rogers, Bordin and Miciak on empathy.",
        "Baker's cyst, he repeated. Colles fracture. The Epley maneuver worked.",
        "Student Code of Ethics, Timed Up and Go, Code of Conduct.",
        "Mr. and Mrs. were both there. She told the Dr. Then she left.",
        "A German Shepherd, two cats, and I've told God and Medicare.",
    ],
)
def test_eponyms_authors_and_headings_are_left_alone(text: str) -> None:
    """A test, a disease, a published author and a heading are no people."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my patient deshawn said the bands are boring", "deshawn"),
        ("my ci priya said i talk over people", "priya"),
        ("went over it with shanice, she rolled her eyes", "shanice"),
        ("dr patel told me to wait", "patel"),
        ("mrs okafor cried", "okafor"),
        ("maria g. told me she is scared", "maria g."),
        ("Mr. Thomas smiled.", "Thomas"),
        ("Ms. Q asked me to slow down.", "Q"),
        ("I saw Maria de la Cruz today.", "Maria de la Cruz"),
        ("Then John D. Cook arrived.", "John D. Cook"),
        ("Pt T.W. rated his pain 7/10.", "T.W."),
        ("Talked to the Hendersons about driving.", "Hendersons"),
        ("Abdul-Rahman's cousin waited.", "Abdul-Rahman"),
        ("I'm Zyqa, the student.", "Zyqa"),
    ],
)
def test_names_are_found_whole(text: str, name: str) -> None:
    """Lower case, initials, particles, plurals and unlisted names after a cue are found, titles stay outside."""
    assert found(text) == [("name", name)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Mr. Okafor at Lakeside Clinic was late.", [("name", "Okafor"), ("org", "Lakeside Clinic")]),
        ("Mrs. Patel at Lakeside Clinic cried.", [("name", "Patel"), ("org", "Lakeside Clinic")]),
        ("I told Dr Zyqa of Lakeside Clinic.", [("name", "Zyqa"), ("org", "Lakeside Clinic")]),
        ("my patient Zyqa at Lakeside Clinic hums", [("name", "Zyqa"), ("org", "Lakeside Clinic")]),
        ("We saw Henderson at St. Mary's Hospital.", [("name", "Henderson"), ("org", "St. Mary's Hospital")]),
        ("The University of Dayton Hospital called.", [("org", "University of Dayton Hospital")]),
        ("It was at St. Francis of Assisi School.", [("org", "St. Francis of Assisi School")]),
    ],
)
def test_a_person_is_not_swallowed_by_the_place(text: str, spans: list[tuple[str, str]]) -> None:
    """A name before *at* or *of* stays a name; an organization with *of* in its own name stays whole."""
    assert found(text) == spans


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("Her account 4539 1488 0343 6467 was open.", "account", "4539 1488 0343 6467"),
        ("Account number 12 3456 7890 was closed.", "account", "12 3456 7890"),
        ("her card 4111 1111 1111 1111 was declined", "account", "4111 1111 1111 1111"),
        ("She read out 3782-822463-10005 at the desk.", "account", "3782-822463-10005"),
        ("acct. 12-3456-7890 and no more", "account", "12-3456-7890"),
        ("the card ending in 4242", "account", "4242"),
        ("claim no. 778 22 1919 55 is pending", "account", "778 22 1919 55"),
        ("policy 88 1234 567 lapsed", "plan", "88 1234 567"),
        ("Policy 7731 0042 9 had run out", "plan", "7731 0042 9"),
        ("member ID: ABC 123 456 789", "plan", "ABC 123 456 789"),
        ("Medicare number 1EG4 TE5 MK73", "plan", "1EG4 TE5 MK73"),
        ("MRN 00 48 29 13 was his.", "mrn", "00 48 29 13"),
        ("MRN 48291 10 reps of each", "mrn", "48291"),
        ("serial 4539 1488 0343 22", "device", "4539 1488 0343 22"),
    ],
)
def test_grouped_numbers_are_taken_whole(text: str, kind: str, span: str) -> None:
    """A number in groups loses all of its digits, not the first four."""
    assert found(text) == [(kind, span)]


@pytest.mark.parametrize(
    "text",
    [
        "On the card 10 12 15 20 reps were written, and group 10 12 14 15.",
        "The record 120 80 72 and chart 100 90 80; card 100 110 120 meters.",
        "The policy of 2019 and 2020; seasons 2019 2020 2021 2022.",
    ],
)
def test_a_row_of_small_numbers_is_no_account(text: str) -> None:
    """Sets, readings and years in a row stay."""
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("She goes to First Baptist Church.", [("org", "First Baptist Church")]),
        ("Second Methodist Church drives her.", [("org", "Second Methodist Church")]),
        ("He works at Walmart and hates it.", [("org", "Walmart")]),
        ("She missed her shift at Target.", [("org", "Target")]),
        ("He works at Ford on the line.", [("org", "Ford")]),
        ("Retired from Boeing, bored at home.", [("org", "Boeing")]),
        ("J. Smith was here.", [("name", "J. Smith")]),
        ("Seen with T. Cooper today.", [("name", "T. Cooper")]),
        ("my patient xiaoming wang was late", [("name", "xiaoming wang")]),
        ("my pt maria lopez cried", [("name", "maria lopez")]),
        ("He is from Lagos and proud.", [("place", "Lagos")]),
        ("She lives in Lagos with her son.", [("place", "Lagos")]),
        ("I learned it from Priya.", [("name", "Priya")]),
        ("She sat in Maria's kitchen and lives in Maria's house.", [("name", "Maria"), ("name", "Maria")]),
        ("Mrs. Ford cried, and Henry Ford said so.", [("name", "Ford"), ("name", "Henry Ford")]),
        ("We iced Ford's knee.", [("name", "Ford")]),
    ],
)
def test_words_around_a_name_say_what_it_is(text: str, spans: list[tuple[str, str]]) -> None:
    """The same word is a person, a town or an employer by what stands beside it."""
    assert found(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "He drives a red Ford, she a Honda Civic, and her Toyota is too low.",
        "She walks around Walmart twice and orders from Amazon.",
        "The Baptist church helps. First American students came.",
        "The Smith test was negative.",
        "First Physical Therapy visit, first hospital stay.",
    ],
)
def test_brands_and_general_words_are_left_alone(text: str) -> None:
    """A car, a shop and a church without a name point to nobody."""
    assert found(text) == []


def test_accents_are_looked_up_without_and_reported_with() -> None:
    """Composed and decomposed letters give the same words, at the offsets of the text as typed."""
    composed = "I told José Ramírez about the brace."
    decomposed = unicodedata.normalize("NFD", composed)

    assert found(composed) == [("name", "José Ramírez")]
    assert found(decomposed) == [("name", unicodedata.normalize("NFD", "José Ramírez"))]


@pytest.mark.parametrize(
    "mention", ["Kathleen said no.", "I told kathleen that.", "Mrs. Doyle's knee.", "Kathleen Doyle came."]
)
def test_the_simulated_patient_is_no_identifier(mention: str) -> None:
    """Names of the cast pass, in any case and with a possessive; everybody else is still reported."""
    cast = ("Kathleen Doyle", "Kathleen")

    assert found(mention, cast) == []
    assert found(f"{mention} Then Harold Jennings laughed.", cast) == [("name", "Harold Jennings")]


def test_names_in_a_scenario_make_its_cast() -> None:
    """What the check would report in the scenario's own words can be handed back as its cast."""
    story = "Sam nodded. Dr. Osei read the scan, and Rosa asked why."

    cast = names_in(story)

    assert cast == {"Sam", "Osei", "Rosa"}
    assert found(story, tuple(cast)) == []


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("Fax it to 614-555-0133.", "fax", "614-555-0133"),
        ("Call (614) 555-0142 ext. 9 today.", "phone", "(614) 555-0142 ext. 9"),
        ("Call 555-0142.", "phone", "555-0142"),
        ("the last four of his social, 6789, on a note", "ssn", "6789"),
        ("See https://example.com/my-knee, then rest.", "url", "https://example.com/my-knee"),
        ("mail d.p+pt@example.net.", "email", "d.p+pt@example.net"),
        ("At ninety-two she still mows.", "age", "ninety-two"),
        ("He is 101 years old.", "age", "101 years old"),
        ("by the 15th, he said", "date", "the 15th"),
        ("He fell in february.", "date", "february"),
        ("seen on 10/4, sore", "date", "10/4"),
        ("He moved from Madison, Wisconsin.", "place", "Madison"),
        ("She moved here from Zyqaville.", "place", "Zyqaville"),
        ("He works nights at Kessler Tool & Die.", "org", "Kessler Tool & Die"),
        ("912 W Fourth St was locked.", "address", "912 W Fourth St"),
        ("the only blacksmith in the county", "other", "the only blacksmith in the county"),
    ],
)
def test_one_sentence_of_each_kind(text: str, kind: str, span: str) -> None:
    """Each kind is found with its exact words."""
    assert (kind, span) in found(text)


# --- replacing, counting, asking --------------------------------------------------------------------------------


def test_replacing_keeps_the_rest_and_only_what_was_accepted() -> None:
    """The owner may accept one finding and keep another; all other words stay."""
    text = "Linda told me her husband Ray drives since March 3, 2024."
    linda, ray, day = find_identifiers(text)

    assert replace_identifiers(text, (linda, ray, day)) == "[patient] told me her husband [name] drives since [date]."
    assert replace_identifiers(text, (ray,)) == "Linda told me her husband [name] drives since March 3, 2024."
    assert replace_identifiers(text, ()) == text


def test_counts_hold_no_words() -> None:
    """What may be stored is a number for each kind, kinds in alphabetical order."""
    counts = count_by_kind(find_identifiers("Linda told Ray on 10/4 that Hope said no."))

    assert counts == {"date": 1, "name": 3}
    assert list(counts) == sorted(counts)


def test_questions_say_which_answer_lets_the_text_go() -> None:
    """Three questions, wanted no, no, yes, each with something to do otherwise."""
    assert [question.wanted for question in QUESTIONS] == [False, False, True]
    assert all(question.ask.endswith("?") and question.otherwise.endswith(".") for question in QUESTIONS)


# --- any text ---------------------------------------------------------------------------------------------------


@given(texts)
@settings(max_examples=200, deadline=None)
def test_any_text_gives_sorted_separate_spans(text: str) -> None:
    """Nothing typed raises; spans lie in the text, in order, without overlap; kinds are known; twice is the same."""
    identifiers = find_identifiers(text)

    assert all(0 <= it.start < it.end <= len(text) and it.kind in KINDS for it in identifiers)
    assert all(one.end <= two.start for one, two in itertools.pairwise(identifiers))
    assert identifiers == find_identifiers(text)


@given(texts)
@settings(max_examples=100, deadline=None)
def test_replacing_all_leaves_what_stands_between(text: str) -> None:
    """The length changes by the replacements and by nothing else."""
    identifiers = find_identifiers(text)
    change = sum(len(it.replacement) - (it.end - it.start) for it in identifiers)

    assert len(replace_identifiers(text, identifiers)) == len(text) + change


@given(st.text(max_size=40), st.lists(st.text(max_size=8), max_size=3))
@settings(max_examples=100, deadline=None)
def test_a_cast_only_ever_removes(text: str, cast: list[str]) -> None:
    """Any words may be handed in as cast; no kind but names is touched by it."""
    without, within = find_identifiers(text), find_identifiers(text, cast)

    assert {it for it in without if it.kind != "name"} == {it for it in within if it.kind != "name"}


@pytest.mark.parametrize(
    "seed",
    [
        "a",
        "A.",
        "a.",
        "1-",
        "@",
        "Mr ",
        "acct 1 ",
        "Maria de ",
        "10 Elm ",
        "the only ",
        "serial ",
        "'",
        "\n ",
        "a/",
        "::",
    ],
)
@pytest.mark.usefixtures("no_collecting")
def test_time_is_in_proportion_to_the_length(seed: str) -> None:
    """Four times the text takes about four times as long, whatever is repeated."""

    def seconds(length: int) -> float:
        text = (seed * (length // len(seed) + 1))[:length]
        runs = []
        for _ in range(3):  # the fastest of three: other work on the machine only ever adds
            started = time.process_time()
            find_identifiers(text)
            runs.append(time.process_time() - started)
        return min(runs)

    find_identifiers("first use")

    assert seconds(20_000) < 8 * seconds(5_000) + 0.05


# --- the lists --------------------------------------------------------------------------------------------------


def test_every_rule_has_its_words_and_every_wording_its_rule() -> None:
    """`privacy_rules.csv` and the code know the same rules, and together they cover all kinds."""
    code = "".join((ROOT / "alliance_kit" / "privacy" / f"{name}.py").read_text() for name in ("names", "places"))
    used = {form.rule for form in _FORMS} | set(re.findall(r'"((?:name|place|org)-[a-z-]+)"', code))

    assert used == set(rules())
    assert {rule.kind for rule in rules().values()} == KINDS
    assert all(rule.why.endswith(".") and rule.replacement for rule in rules().values())


def test_every_role_that_the_code_asks_for_is_on_the_list() -> None:
    """A misspelt role would silently hold no words."""
    code = "".join(path.read_text() for path in (ROOT / "alliance_kit" / "privacy").glob("*.py"))
    roles = set(re.findall(r'words\("([a-z_]+)"\)', code))

    assert roles
    assert all(words(role) for role in roles)


def test_no_everyday_word_is_a_sure_name() -> None:
    """A name that is a word in one row is never sure in another, with or without its accent."""
    assert not names().sure & (names().given | names().family)
    assert {"will", "may", "hope", "mark", "the", "part"}.isdisjoint(names().sure)
    assert "okafor" in names().sure
    assert "grand rapids" in places()


def test_folding_takes_off_accents_strokes_and_curls() -> None:
    """Look-up forms are plain lower-case letters with straight apostrophes."""
    assert [fold(word) for word in ("Zoë", "Łukasz", "Đức", "O’Shea", "Søren")] == [
        "zoe",
        "lukasz",
        "duc",
        "o'shea",
        "soren",
    ]


def test_importing_reads_no_list_and_order_of_sets_does_not_matter() -> None:
    """The import is cheap, and two hash seeds give the same answer."""
    code = (
        "from alliance_kit.privacy import find_identifiers; from alliance_kit.privacy import words;"
        "assert words.names.cache_info().currsize == 0;"
        "print(find_identifiers('Linda Okafor and Ray from Dayton, on 10/4, MRN 00482913.'))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(answers) == 1
    assert "mrn" in answers.pop()


def test_an_identifier_explains_itself() -> None:
    """Each finding says its rule, why it counts, and what could stand there instead."""
    (it,) = find_identifiers("MRN 00482913 had no falls.")

    assert it == Identifier("mrn", 4, 12, "[record no.]", "mrn-number", rules()["mrn-number"].why)
