"""How Canvas and Moodle name files, and which names they find a person by; no name of a person in ours."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_kit.cohort.lms import Submission, feedback_name, own_name, submission_of

steady = settings(deadline=None)  # two tests at a time on a small machine
OWN = "hand-in-3f9a1c20-2026-01-05.jsonl"


def canvas(person: str, number: str, name: str, *, late: bool = False, prefix: str = "") -> Submission:
    return Submission("canvas", person, number, name, late, prefix or f"{person}_{number}_")


def moodle(person: str, name: str, plugin: str = "assignsubmission_file") -> Submission:
    return Submission("moodle", person, "", name, prefix=f"Participant_{person}_{plugin}_")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"diazana_501_9001_{OWN}", canvas("501", "9001", "diazana")),
        (f"diazana_LATE_501_9001_{OWN}", canvas("501", "9001", "diazana", late=True)),
        ("diazana_late_501_9001_answers.txt", canvas("501", "9001", "diazana", late=True)),
        ("diazana_501_9001_hand-in-1.jsonl", canvas("501", "9001", "diazana")),
        ("diazana_501_9001_my_3_notes_2026_01.jsonl", canvas("501", "9001", "diazana")),
        ("van_der_bergjan_501_9001_x.jsonl", canvas("501", "9001", "van_der_bergjan")),
        ("ñandúøystein_501_9001_x.jsonl", canvas("501", "9001", "ñandúøystein")),
        ("latelisa_501_9001_x.jsonl", canvas("501", "9001", "latelisa")),
        ("anon_Ab1xQ_9001_x.jsonl", canvas("Ab1xQ", "9001", "", prefix="anon_Ab1xQ_9001_")),
        ("LATE_anon_Ab1xQ_9001_x.jsonl", canvas("Ab1xQ", "9001", "", late=True, prefix="anon_Ab1xQ_9001_")),
        ("submissions/diazana_501_9001_x.jsonl", canvas("501", "9001", "diazana")),
        ("diazana_501_9001_mine.zip/hand-in.jsonl", canvas("501", "9001", "diazana")),
        ("diazana_501_9001_mine.zip/poejane_502_9002_x.jsonl", canvas("501", "9001", "diazana")),
        (f"Ana Diaz_123_assignsubmission_file_/{OWN}", moodle("123", "Ana Diaz")),
        (f"Ana Diaz_123_assignsubmission_file/{OWN}", moodle("123", "Ana Diaz")),
        (f"Ana Diaz_123_assignsubmission_file/deep/er/{OWN}", moodle("123", "Ana Diaz")),
        (f"Ana Diaz_123_assignsubmission_file_{OWN}", moodle("123", "Ana Diaz")),
        (f"Participant_123_assignsubmission_file_{OWN}", moodle("123", "Participant")),
        (f"Mary-Jane O'Neil Díaz_0123_assignsubmission_file_/{OWN}", moodle("123", "Mary-Jane O'Neil Díaz")),
        (
            "Ana Diaz_123_assignsubmission_onlinetext_onlinetext.html",
            moodle("123", "Ana Diaz", "assignsubmission_onlinetext"),
        ),
        (f"Ana Diaz_123_assignsubmission_file_/poejane_502_9002_{OWN}", moodle("123", "Ana Diaz")),
        (f"Default group_assignsubmission_file_/{OWN}", Submission()),
        (OWN, Submission()),
        ("Notes_3_12_Ana.txt", Submission()),
        ("unit_01_02_x.jsonl", Submission()),
        ("unit_1_2_week/hand-in.jsonl", Submission()),
        ("diazana_501_9001_", Submission()),
        ("diazana_501_x.jsonl", Submission()),
        ("", Submission()),
        ("///", Submission()),
    ],
)
def test_names_are_read_as_the_lms_writes_them(name: str, expected: Submission) -> None:
    """Late marks, second tries, blind marking, underscores in names, folders and ZIPs: each says whose the file is."""
    assert submission_of(name) == expected


@pytest.mark.parametrize(
    ("name", "own"),
    [
        (f"diazana_LATE_501_9001_{OWN}", OWN),
        (f"Ana Diaz_123_assignsubmission_file_/{OWN}", OWN),
        (f"Ana Diaz_123_assignsubmission_file_{OWN}", OWN),
        (f"diazana_501_9001_mine.zip/{OWN}", OWN),
        (f"a/b/{OWN}", OWN),
        ("", ""),
    ],
)
def test_the_files_own_name_is_what_the_learner_sent(name: str, own: str) -> None:
    """What the LMS put before it, a person's name most of all, is left out."""
    assert own_name(name) == own


# --- what the two do with a file name when feedback comes back, told after their source ------------------------


def canvas_finds(name: str) -> tuple[str, str] | None:
    """`infer_comment_context_from_filename`: the person and the file handed in."""
    parts = [part for part in name.split("_") if part != "LATE"]
    numbers = [part for part in parts if re.fullmatch(r"[0-9]+", part)]
    found = tuple(parts[1:3]) if parts[0] == "anon" else tuple(numbers[:2])
    return None if len(found) < 2 or parts[-1].startswith("link") else found


def moodle_finds(path: str) -> tuple[str, str] | None:
    """`is_valid_filename_for_import`: the participant and the name of the feedback file, from 2.3 to now."""
    info = path.split("/", maxsplit=1)[0].split("_", 4)
    return (str(int(info[1])), info[4]) if len(info) == 5 and info[1].isdecimal() and info[2:4] else None


CODES = st.from_regex(r"[0-9a-f]{8}", fullmatch=True)
NUMBERS = st.integers(1, 10**9).map(str)
NAMES = st.text(st.characters(categories=("Ll", "Lo", "Nd"), exclude_characters="_"), min_size=1, max_size=20).filter(
    lambda name: not name.isdecimal() and name == name.lower()
)


@steady
@given(NAMES, NUMBERS, NUMBERS, CODES, st.booleans())
def test_canvas_finds_the_person_by_our_name(name: str, person: str, number: str, code: str, late: bool) -> None:
    """User and file as Canvas wrote them come back out of the feedback's name, and the learner's name does not."""
    submission = submission_of(f"{name}{'_LATE' if late else ''}_{person}_{number}_hand-in.jsonl")
    feedback = feedback_name(submission, code)

    assert canvas_finds(feedback) == (person, number)
    assert feedback == f"{person}_{number}_{code}.html"


@steady
@given(NUMBERS, CODES)
def test_canvas_finds_the_anonymous_by_our_name(number: str, code: str) -> None:
    """Where grading is anonymous, Canvas's own sign for the person comes back."""
    assert canvas_finds(feedback_name(submission_of(f"anon_x9Yz1_{number}_a.jsonl"), code)) == ("x9Yz1", number)


@steady
@given(st.from_regex(r"[A-Z][a-zé]{1,9} [A-Z][a-z'-]{1,9}", fullmatch=True), NUMBERS, CODES, st.booleans())
def test_moodle_finds_the_person_by_our_name(name: str, person: str, code: str, flat: bool) -> None:
    """The participant's number comes back out of the feedback's name, and the learner's name does not."""
    submission = submission_of(f"{name}_{person}_assignsubmission_file{'_' if flat else '/'}hand-in.jsonl")
    feedback = feedback_name(submission, code)

    assert moodle_finds(feedback) == (person, f"{code}.html")
    assert submission.name == name
    assert name not in feedback


def test_feedback_without_an_lms_is_named_by_the_code() -> None:
    """A learner who sent her file by mail gets a file that only her code names."""
    assert feedback_name(Submission(), "3f9a1c20") == "3f9a1c20.html"


@steady
@given(st.text(max_size=300))
def test_no_name_is_too_odd_to_be_read(name: str) -> None:
    """Whatever a file is called, its name is read, and feedback gets a name without folders."""
    assert "/" not in feedback_name(submission_of(name), "3f9a1c20")
    assert isinstance(own_name(name), str)
