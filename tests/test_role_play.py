"""A role play that was written down: read in the forms people use, kept as typed, looked at, handed in by both."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import (
    CLOCK,
    Disk,
    is_plain_json,
    journal_in,
    messages,
    odd_text,
    plain_json,
    send_all,
    small_role_play,
    steady,
)

from alliance_kit import handin
from alliance_kit.errors import ExerciseFileError
from alliance_kit.handin import read as read_hand_in
from alliance_kit.model import RolePlay, Span, exercise_from_json
from alliance_kit.plain import to_json
from alliance_kit.roleplay import MAX_CHARACTERS, MAX_LINES, annotate, counts, parse, unreadable
from alliance_kit.sessions.hand_in import HandInSession
from alliance_kit.sessions.role_play import RolePlaySession
from alliance_kit.sessions.text import TextFace
from alliance_kit.workbook import load_exercise

TALK = """\
PT: What is a bad morning like?
Patient: I lie there and count the steps to the kettle. I am scared that it gives way.
PT: You are scared that it gives way. No wonder you count.
Patient: Yes. Nobody asked before.
PT: Don't worry, you'll be fine.
"""
NAMED = (
    "PT: Good morning, Ms. Delgado.\nPatient: I fell on March 3. My number is 555-123-4567.\nPT: What was that like?\n"
)


def said(text: str, name: str = "") -> list[tuple[str, str]]:
    """Return who says what in a script, P for the patient and T for the therapist."""
    return [("P" if line.speaker == "patient" else "T", line.says) for line in parse(text, name).lines]


# --- the forms in which people write ----------------------------------------------------------------------------------


FORMS: dict[str, tuple[str, str]] = {
    "usual": ("PT: Hi.\nPatient: Ho.", ""),
    "Pt is the patient": ("PT: Hi.\nPt: Ho.", ""),
    "small letters": ("therapist: Hi.\npt: Ho.", ""),
    "capitals": ("THERAPIST: Hi.\nPATIENT: Ho.", ""),
    "clinician and client": ("Clinician: Hi.\nClient: Ho.", ""),
    "student": ("Student: Hi.\nPatient: Ho.", ""),
    "single letters": ("T: Hi.\nP: Ho.", ""),
    "with stops": ("P.T.: Hi.\nPt.: Ho.", ""),
    "dashes": ("T - Hi.\nP – Ho.", ""),
    "tabs": ("PT\tHi.\nPatient\tHo.", ""),
    "wide colon": ("PT：Hi.\nPatient：Ho.", ""),
    "bold": ("**PT:** Hi.\n**Patient**: Ho.", ""),
    "bold all through": ("**PT: Hi.**\n__Patient: Ho.__", ""),
    "time stamps": ("[00:12] PT: Hi.\n(00:01:15) Patient: Ho.", ""),
    "bare time stamps": ("00:12 PT: Hi.\n00:01:15.250 - Patient: Ho.", ""),
    "time stamps on lines of their own": ("00:12\nPT: Hi.\n\n[00:15]\nPatient: Ho.", ""),
    "numbers": ("1. PT: Hi.\n2) Patient: Ho.", ""),
    "bullets": ("- PT: Hi.\n* Patient: Ho.", ""),
    "quoted mail": ("> PT: Hi.\n> > Patient: Ho.", ""),
    "names at the top": ("PT = Sam\nPatient = Ana\n\nSam: Hi.\nAna: Ho.", ""),
    "names the other way round": ("Sam = PT\nAna = patient\nSAM: Hi.\nana: Ho.", ""),
    "names with roles": ("Sam (PT): Hi.\nAna (patient): Ho.", ""),
    "said who PT is": ("PT = patient\nTherapist: Hi.\nPT: Ho.", ""),
    "numbered people": ("Therapist 1: Hi.\nPatient 1: Ho.", ""),
    "words go on below": ("PT:\nHi.\nPatient:\nHo.", ""),
    "blank lines": ("\n\nPT: Hi.\n\n\nPatient: Ho.\n\n", ""),
    "Windows": ("\ufeffPT: Hi.\r\nPatient: Ho.\r\n", ""),
    "old Mac": ("PT: Hi.\rPatient: Ho.\r", ""),
    "table": ("speaker,text\nPT,Hi.\nPatient,Ho.\n", "talk.csv"),
    "table pasted": ("who,says\nPT,Hi.\nPatient,Ho.\n", ""),
    "table with semicolons": ("\ufeffRole;Utterance\r\nT;Hi.\r\nP;Ho.\r\n", "talk.csv"),
    "table with tabs": ("speaker\ttext\nPT\tHi.\nPatient\tHo.\n", "talk.tsv"),
    "table in another order": ("nr,text,time,speaker\n1,Hi.,00:12,PT\n2,Ho.,00:15,Patient\n", "talk.csv"),
    "table in quotes": ('"speaker","text"\n"PT","Hi."\n"Patient","Ho."\n', "talk.csv"),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_forms_in_which_people_write_are_read(form: str) -> None:
    """Two lines, whichever way they are written down; nothing is amiss."""
    text, name = FORMS[form]

    assert said(text, name) == [("T", "Hi."), ("P", "Ho.")]
    assert parse(text, name).faults == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT: One.\nTwo.\n\n  Three.\nPatient: Ho.", "One. Two. Three."),
        ("PT: I told him: no way.\nPatient: Ho.", "I told him: no way."),
        ("PT: Well - yes.\nPatient: Ho.", "Well - yes."),
        ("PT: I waited\nand then: nothing.\nPatient: Ho.", "I waited and then: nothing."),
        ("PT: It is 12:30 now.\nPatient: Ho.", "It is 12:30 now."),
        ("PT: Look at the\nT-shirt.\nPatient: Ho.", "Look at the T-shirt."),
        ('speaker,text\nPT,"Well, he said ""no"""\nPatient,Ho.', 'Well, he said "no"'),
        ('speaker,text\nPT,"One\ntwo"\nPatient,Ho.', "One\ntwo"),
        ("speaker,text\nPT,One.\n,Two.\nPatient,Ho.", "One. Two."),
    ],
)
def test_what_belongs_to_one_line_stays_in_it(text: str, expected: str) -> None:
    """Colons, dashes, quotation marks and line breaks inside somebody's words are words."""
    assert said(text) == [("T", expected), ("P", "Ho.")]


def test_lines_know_their_number_and_their_place() -> None:
    """The number that a fault names and the words that a finding marks are those of the text as it was typed."""
    text = "\nPT: Well,\n   well.\n\nPatient: Ho."
    first, second = parse(text).lines
    whole = first.in_text(Span(0, len("Well, well.")))

    assert (first.line_number, second.line_number) == (2, 5)
    assert whole is not None
    assert text[whole.start : whole.end] == "Well,\n   well."
    assert first.in_line(whole) == Span(0, len("Well, well."))
    assert second.in_line(whole) is None


# --- what cannot be read ------------------------------------------------------------------------------------------


FAULTS: dict[str, tuple[str, str, list[str], int]] = {
    "nothing": ("", "", ["Nobody speaks"], 0),
    "no speakers": ("I went there.\nShe was sad.", "", ["Nobody speaks"], 0),
    "one side": ("PT: Hi.\nPT: So.", "", ["Only the therapist"], 2),
    "the other side": ("Pt: Hi.", "", ["Only the patient"], 1),
    "a third person": ("PT: Hi.\nNurse: Tea?\nPatient: Ho.", "", ["Line 2: it does not show who 'Nurse' is"], 2),
    "a third person often": (
        "PT: Hi.\nNurse: Tea?\nPatient: Ho.\nNurse: Milk?", "", ["Line 2 and 1 more: it does not show"], 2,
    ),
    "names alone": ("Sam: Hi.\nAna: Ho.", "", ["write 'Sam = therapist' or 'Sam = patient'", "'Ana'"], 0),
    "before the talk": ("Our talk\nof today\nPT: Hi.\nPatient: Ho.", "", ["Lines 1 to 2 come before anybody"], 2),
    "no words": ("PT: Hi.\nPatient:\nPT: So.\nPatient: Ho.", "", ["Line 2: nobody says anything"], 3),
    "PT beside therapist": ("Therapist: Hi.\nPT: Ho.\nPatient: Hm.", "", ["Line 2: 'PT' could be either"], 2),
    "Pt beside patient": ("PT: Hi.\nPt: Ho.\nPatient: Hm.", "", ["Line 2: 'Pt' could be either"], 2),
    "Pt and pt": ("Pt: Hi.\npt: Ho.", "", ["Line 1: 'Pt' could be either", "Line 2: 'pt'"], 0),
    "pT": ("PT: Hi.\npT: Hm.\nPatient: Ho.", "", ["'pT' could be either"], 2),
    "a row without words": ("speaker,text\nPT,Hi.\nPatient\nPatient,Ho.", "", ["Line 3: nobody says anything"], 2),
    "a stranger in a table": ("speaker,text\nPT,Hi.\nNurse,Tea?\nPatient,Ho.", "", ["write therapist or patient"], 2),
    "an open quotation": ('speaker,text\nPT,"Hi.\nPatient,Ho.\nPT,"So, so."', "", ["Line 2: a quotation mark"], 3),
    "no heading": ("PT,Hi.\nPatient,Ho.", "a.csv", ["does not name the columns and was read as a row"], 2),
    "no table": ("PT: Hi.\nPatient: Ho.", "a.csv", ["does not name the columns"], 2),
    "Word": ("PK\x03\x04\0\0", "talk.docx", ["This is a Word file"], 0),
    "Word by its first bytes": ("PK\x03\x04 word/", "talk", ["This is a Word, Excel or zip file"], 0),
    "PDF": ("%PDF-1.7", "talk.txt", ["This is a PDF file"], 0),
    "no text": ("PT: Hi.\0\0", "talk.dat", ["no plain text"], 0),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_read_is_told_and_the_rest_is_read(name: str) -> None:
    """One sentence: where, what, what to do. The other lines are there."""
    text, file, expected, lines = FAULTS[name]
    script = parse(text, file)

    assert len(script.lines) == lines
    assert len(script.faults) == len(expected), script.faults
    assert all(words in fault for words, fault in zip(expected, script.faults, strict=True)), script.faults
    assert all(fault.endswith(".") for fault in script.faults)


def test_long_talks_are_cut_and_it_is_told() -> None:
    """400 lines, 60,000 characters; and a dozen sentences at most."""
    many = parse("PT: Hi.\nPatient: Ho.\n" * MAX_LINES)
    long = parse("PT: Hi.\nPatient: " + "word " * MAX_CHARACTERS + "\nPT: So.")
    odd = parse("PT: Hi.\nPatient: Ho.\n" + "".join(f"Nurse{chr(97 + i)}: Tea?\n" for i in range(26)))

    assert len(many.lines) == MAX_LINES
    assert many.faults == (f"Only the first {MAX_LINES} lines were read; hand over a shorter part.",)
    assert sum(len(line.says) for line in long.lines) <= MAX_CHARACTERS
    assert "60,000 characters" in long.faults[-1]
    assert len(odd.faults) == 13
    assert odd.faults[-1].startswith("14 more")


@pytest.mark.parametrize("name", ["a.docx", "a.DOC", "x.odt", "b.rtf", "c.pdf", "d.xlsx"])
def test_files_of_other_programs_are_named_with_what_to_do(name: str) -> None:
    """No attempt is made to guess the words inside."""
    assert "save it as plain text (.txt)" in unreadable(name, "whatever")
    assert unreadable("a.txt", "PT: Hi.") == ""


SPEAKERS = ["PT:", "Pt:", "Patient: ", "T - ", "Sam: ", "PT = Sam\n", "x = y\n", "speaker,text\n", "who;says\n"]
SIGNS = ["\n", "\r\n", "\r", '"', '""', ",", ";", "\t", "**", "[00:12] ", "1. ", "\ufeff", "\0", "\ud83d", "🙂", "="]
PARTS = st.sampled_from(SPEAKERS + SIGNS)


@settings(max_examples=400)
@given(
    text=st.lists(PARTS | odd_text, max_size=30).map("".join), name=st.sampled_from(["", "a.csv", "b.tsv", "c.docx"])
)
def test_no_text_is_too_odd(text: str, name: str) -> None:
    """Whatever it is: never an exception, the same answer again, and every line's words stand in the text."""
    script = parse(text, name)

    assert parse(text, name) == script
    assert script.lines or script.faults
    for line in script.lines:
        assert all(text[p.start : p.start + p.length] == line.says[p.at : p.at + p.length] for p in line.pieces)
        whole = line.in_text(Span(0, len(line.says)))
        assert whole is not None
        assert line.in_line(whole) == Span(0, len(line.says))


@pytest.mark.parametrize(
    "text",
    [
        '"' * 60_000,
        'speaker,text\n"",' + '"a""' * 15_000,
        "1. " * 20_000,
        "PT:\n" * 15_000,
        "Aa " * 20_000,
        ("A" * 39 + " - ") * 1400,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    """A second is for slow machines; most take a tenth of that."""
    began = time.perf_counter()
    annotate(parse(text))

    assert time.perf_counter() - began < 5


# --- what is seen -------------------------------------------------------------------------------------------------


def test_each_line_of_the_therapist_is_read_as_an_answer() -> None:
    """The patient's lines before it are its context; the patient's lines have no findings."""
    lines = annotate(parse(TALK))
    seen = [{finding.criterion for finding in each.findings} for each in lines]

    assert "open_question" in seen[0]
    assert seen[1] == seen[3] == set()
    assert seen[2] & {"simple_reflection", "complex_reflection", "validation"}
    assert "false_reassurance" in seen[4]
    alone = annotate(parse("PT: You are scared that it gives way."))[0]
    assert all(f.level == "possible" for f in alone.findings if f.criterion.endswith("reflection"))


def test_findings_point_at_words_and_say_why() -> None:
    """Each with the words it is about, a sentence, a rule; without points."""
    for each in annotate(parse(TALK)):
        for finding in each.findings:
            assert all(0 <= span.start < span.end <= len(each.line.says) for span in finding.spans)
            assert finding.spans
            assert finding.why
            assert finding.rule.startswith("talk/")
            assert (finding.points, finding.max_points) == (0, 0)


def test_counts_are_counts() -> None:
    """How often, how many words on each side; nothing says how good."""
    found = counts(annotate(parse(TALK)))

    assert found["lines"] == {"clinician": 3, "patient": 2}
    assert found["words"] == {"clinician": 22, "patient": 21}
    assert found["questions"]["open"] == 1
    assert sum(found["reflections"].values()) == 1
    assert {"name": "False reassurance", "clear": 1, "possible": 0} in found["seen"]
    assert counts(()) == {
        "seen": [],
        "questions": {"open": 0, "closed": 0},
        "reflections": {"clear": 0, "possible": 0},
        "lines": {"clinician": 0, "patient": 0},
        "words": {"clinician": 0, "patient": 0},
    }


# --- the session ------------------------------------------------------------------------------------------------------


def opened(folder: Path, *, agreed: bool = False) -> RolePlaySession:
    """Return the session in one more window, with everything agreed to or nothing."""
    session = RolePlaySession(small_role_play(), journal_in(folder), clock=CLOCK)
    for each in session.role_play.agree if agreed else ():
        session.handle({"do": "tick", "id": each.id, "on": True})
    return session


def kept(folder: Path, text: str = TALK) -> RolePlaySession:
    """Return the session with a talk that was read and kept."""
    session = opened(folder, agreed=True)
    session.handle({"do": "new"})
    for each in session.role_play.agree:
        session.handle({"do": "tick", "id": each.id, "on": True})
    session.handle({"do": "read", "text": text})
    session.handle({"do": "keep", "invented": True})
    assert session.phase == "look"
    return session


def answers(folder: Path) -> list[Any]:
    return [a.response.answer for a in journal_in(folder).answers("role-play-test")]


def test_the_box_opens_when_all_is_agreed(tmp_path: Path) -> None:
    """Before the three ticks nothing can be read, and the sentences that say what it must not be are on the page."""
    session = opened(tmp_path)
    view = session.view()
    assert (view["phase"], view["never"]) == ("agree", "Never a real patient.")
    assert session.headline == "About role-play-test: not begun"

    for each in session.role_play.agree[:2]:
        session.handle({"do": "tick", "id": each.id, "on": True})
    assert "Tick all of these first" in session.handle({"do": "read", "text": TALK})["trouble"]
    assert session.handle({"do": "tick", "id": "both", "on": True})["view"]["phase"] == "write"
    assert session.handle({"do": "tick", "id": "both", "on": False})["view"]["phase"] == "agree"
    assert session.handle({"do": "tick", "id": "nothing", "on": True})["view"]["phase"] == "agree"
    assert answers(tmp_path) == []


def test_a_talk_is_kept_as_it_was_typed_with_what_was_seen(tmp_path: Path) -> None:
    """The text to the letter, what was agreed to, the findings as shown; no points; the draft is done with."""
    session = opened(tmp_path, agreed=True)
    session.handle({"do": "draft", "field": "script", "text": TALK})
    reply = session.handle({"do": "read", "text": TALK})

    assert reply["saved"]
    assert reply["view"]["phase"] == "look"
    (answer,) = journal_in(tmp_path).answers("role-play-test")
    assert answer.response.answer == {"text": TALK, "name": "", "agreed": ["nobody-real", "colleagues", "both"]}
    assert answer.feedback is not None
    assert (answer.feedback.points, answer.feedback.max_points) == (0, 0)
    marked = {TALK[s.start : s.end] for f in answer.feedback.findings for s in f.spans}
    assert any("you'll be fine" in words for words in marked)
    assert session.draft("script") == ""
    assert session.headline == "About role-play-test: 1 talk looked at"


def test_another_window_shows_the_same_talk(tmp_path: Path) -> None:
    """With the findings as they were shown, at the words they are about."""
    view = kept(tmp_path).view()
    again = opened(tmp_path).view()

    assert steady(again) == steady(view)
    assert is_plain_json(view)
    lines = view["look"]["lines"]
    assert [line["who"] for line in lines] == ["clinician", "patient"] * 2 + ["clinician"]
    for line in lines:
        for finding in line["findings"]:
            assert finding["name"]
            assert all(line["says"][s["start"] : s["end"]].strip() for s in finding["spans"])


def test_what_is_shown_is_what_was_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A later reader changes nothing about a talk that was read before."""
    view = kept(tmp_path).view()
    monkeypatch.setattr("alliance_kit.grading.talk.read_reply", lambda *_: ())

    assert opened(tmp_path).view()["look"] == view["look"]


def test_a_second_talk_is_a_new_attempt_and_the_first_can_be_shown(tmp_path: Path) -> None:
    """Everything is agreed to anew; the newest is shown on opening."""
    session = kept(tmp_path)
    assert session.handle({"do": "new"})["view"]["phase"] == "agree"
    kept(tmp_path, TALK.replace("kettle", "garden"))

    look = opened(tmp_path).view()["look"]
    assert look["attempt"] == 2
    assert [each["attempt"] for each in look["attempts"]] == [1, 2]
    assert "garden" in look["lines"][1]["says"]
    shown = session.handle({"do": "show", "attempt": 1})["view"]
    assert (shown["phase"], shown["look"]["attempt"]) == ("look", 1)
    assert opened(tmp_path).headline.endswith("2 talks looked at")


def test_a_talk_with_gaps_is_read_only_after_they_were_shown(tmp_path: Path) -> None:
    """What could not be read stands there first, with a way back; the words are a draft meanwhile."""
    session = opened(tmp_path, agreed=True)
    view = session.handle({"do": "read", "text": TALK + "Nurse: Tea?\n"})["view"]

    assert view["phase"] == "check"
    assert ["Nurse" in fault for fault in view["check"]["faults"]] == [True]
    assert view["check"]["lines"] == {"clinician": 3, "patient": 2}
    assert answers(tmp_path) == []
    assert session.handle({"do": "back"})["view"]["draft"] == TALK + "Nurse: Tea?\n"
    session.handle({"do": "read", "text": TALK + "Nurse: Tea?\n"})
    assert session.handle({"do": "keep"})["view"]["look"]["faults"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Nothing is typed yet."),
        (" \n", "Nothing is typed yet."),
        ("just words", "Nobody speaks in this text"),
        ("Patient: Ho.", "No line of the therapist"),
    ],
)
def test_what_gives_nothing_to_look_at_is_said_so(tmp_path: Path, text: str, sentence: str) -> None:
    """One clear answer, and the words stay in the box."""
    session = opened(tmp_path, agreed=True)

    assert sentence in session.handle({"do": "read", "text": text})["trouble"]
    assert session.phase == "write"
    assert answers(tmp_path) == []


def test_a_file_that_is_no_text_is_answered(tmp_path: Path) -> None:
    """By its name or its first bytes."""
    session = opened(tmp_path, agreed=True)

    assert "a Word file" in session.handle({"do": "file", "name": "talk.docx", "head": "PK\x03\x04"})["trouble"]
    assert "trouble" not in session.handle({"do": "file", "name": "talk.txt", "head": "PT: Hi."})


def test_a_table_from_a_file_is_read_by_its_name(tmp_path: Path) -> None:
    """And comes back the same in another window."""
    session = opened(tmp_path, agreed=True)
    session.handle({"do": "read", "text": "PT,How are you?\nPatient,Sore.\n", "file": "talk.csv"})
    view = session.handle({"do": "keep"})["view"]

    assert [line["says"] for line in view["look"]["lines"]] == ["How are you?", "Sore."]
    assert opened(tmp_path).view()["look"] == view["look"]


# --- names, dates and numbers -----------------------------------------------------------------------------------------


def test_what_looks_like_a_person_is_shown_before_anything_is_kept(tmp_path: Path) -> None:
    """Word, line and reason; going on needs *these are invented*, and that is kept beside the talk."""
    session = opened(tmp_path, agreed=True)
    check = session.handle({"do": "read", "text": NAMED})["view"]["check"]

    assert [(each["text"], each["line"]) for each in check["found"]] == [
        ("Delgado", 1),
        ("March 3", 2),
        ("555-123-4567", 2),
    ]
    assert all(each["why"] for each in check["found"])
    assert "Say that these are invented" in session.handle({"do": "keep"})["trouble"]
    assert answers(tmp_path) == []
    session.handle({"do": "keep", "invented": True})
    assert answers(tmp_path)[0]["agreed"][-1] == "invented"


def test_going_back_keeps_the_words_and_nothing_else(tmp_path: Path) -> None:
    """Changed words are checked again."""
    session = opened(tmp_path, agreed=True)
    session.handle({"do": "read", "text": NAMED})
    assert session.handle({"do": "back"})["view"]["draft"] == NAMED

    view = session.handle({"do": "read", "text": "PT: Good morning.\nPatient: I fell.\nPT: What was that like?\n"})[
        "view"
    ]
    assert view["phase"] == "look"
    assert answers(tmp_path)[0]["agreed"] == ["nobody-real", "colleagues", "both"]


def test_no_word_of_it_is_in_what_a_notebook_saves(tmp_path: Path) -> None:
    """Title and how many."""
    session = kept(tmp_path, TALK)

    assert session.headline == "About role-play-test: 1 talk looked at"
    assert repr(TextFace(session)) == session.headline


# --- handing in -------------------------------------------------------------------------------------------------------


def offers(folder: Path) -> dict[str, handin.Offer]:
    return {offer.id: offer for offer in handin.offer(journal_in(folder))}


def share(session: RolePlaySession, *names: str, on: bool = True) -> None:
    for name in names:
        assert session.handle({"do": "share", "id": name, "on": on})["saved"]


def test_it_is_offered_only_when_both_have_agreed(tmp_path: Path) -> None:
    """One tick is not enough; the offer comes unticked, and goes when one of the two changes their mind."""
    session = kept(tmp_path)
    assert offers(tmp_path) == {}
    share(session, "share-me")
    assert offers(tmp_path) == {}
    share(session, "share-partner")

    offer = offers(tmp_path)["role_play/role-play-test"]
    assert (offer.ticked, offer.sensitive, offer.has_text) == (False, True, True)
    assert offer.detail == "1 talk, only if both speakers agreed"
    assert [each["on"] for each in opened(tmp_path).view()["look"]["share"]] == [True, True]
    share(session, "share-partner", on=False)
    assert offers(tmp_path) == {}
    assert opened(tmp_path).headline.endswith("1 talk looked at")


def test_agreeing_is_for_the_talk_on_screen(tmp_path: Path) -> None:
    """Of two talks, the one that both agreed to goes in."""
    kept(tmp_path)
    session = kept(tmp_path, TALK.replace("kettle", "garden"))
    session.handle({"do": "show", "attempt": 1})
    share(session, "share-me", "share-partner")

    made = handin.build(journal_in(tmp_path), ["role_play/role-play-test"], clock=CLOCK)
    text = json.dumps([dict(line) for line in made.lines])
    assert "kettle" in text
    assert "garden" not in text


def test_only_the_words_leave_and_after_the_check(tmp_path: Path) -> None:
    """The text goes through the same check as other own words; agreements and file name stay at home."""
    session = kept(tmp_path, NAMED)
    share(session, "share-me", "share-partner")
    (tmp_path / "hand-in").mkdir()
    page = HandInSession(journal_in(tmp_path), tmp_path / "hand-in", clock=CLOCK)
    page.handle({"do": "tick", "id": "role_play/role-play-test", "on": True})
    view = page.handle({"do": "check", "name": "Sam Student"})["view"]
    assert {each["text"] for each in view["identifiers"]} >= {"Delgado", "March 3", "555-123-4567"}
    page.handle({"do": "make"})

    (file,) = (tmp_path / "hand-in").iterdir()
    made = read_hand_in(file)
    (line,) = [row for row in made.lines if row["type"] == "answer"]
    assert set(line["answer"]) == {"text"}
    assert "What was that like?" in line["answer"]["text"]
    assert not {"Delgado", "March 3", "555-123-4567"} & set(line["answer"]["text"].split())
    assert "Delgado" not in file.read_text(encoding="utf-8")
    said = line["answer"]["text"]
    parts = [part["lines"] for section in made.page() for part in section["parts"]]
    assert [row["who"] for row in parts[0] if row["who"] != "finding"] == ["learner", "patient", "learner"]
    assert parts[0][-1]["who"] == "finding"
    assert {said[s["start"] : s["end"]] for f in line["feedback"]["findings"] for s in f["spans"]} == {
        "What was that like"
    }
    assert "Delgado" in answers(tmp_path)[0]["text"]


def test_names_of_speakers_stay_at_home(tmp_path: Path) -> None:
    """Who speaks is PT or Patient in a hand-in; findings stay at their words; what could not be read is left out."""
    named = TALK.replace("Patient:", "Ana:").replace("PT:", "Sam:").replace("steps to", "steps\n   to")
    session = kept(tmp_path, f"PT = Sam\nPatient = Ana\n{named}Nurse: Tea?\n")
    share(session, "share-me", "share-partner")
    (line,) = [
        row
        for row in handin.build(journal_in(tmp_path), ["role_play/role-play-test"], clock=CLOCK).lines
        if row["type"] == "answer"
    ]

    assert line["answer"] == {"text": TALK.rstrip("\n")}
    at_home = kept(tmp_path, TALK).journal.answers("role-play-test")[-1].feedback
    assert at_home is not None
    assert line["feedback"]["findings"] == to_json(at_home.findings)


# --- hands and disks ------------------------------------------------------------------------------------------------


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    sent=st.lists(
        messages(
            "tick", "read", "keep", "back", "new", "show", "share", "file", "draft",
            id=st.sampled_from(["nobody-real", "colleagues", "both", "share-me", "x"]) | plain_json,
            on=st.booleans() | plain_json,
            text=st.sampled_from([TALK, NAMED]) | odd_text | plain_json,
            attempt=st.integers(-1, 3) | plain_json,
            invented=st.booleans() | plain_json,
            name=odd_text,
            head=odd_text,
            field=st.just("script"),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_no_message_is_too_odd(sent: list[Any], tmp_path: Path) -> None:
    """There is always a view, and nothing is kept that was not agreed to."""
    session = opened(tmp_path)
    send_all(session, sent)

    assert session.view()["phase"] in {"agree", "write", "check", "look"}
    assert all({"nobody-real", "colleagues", "both"} <= set(answer["agreed"]) for answer in answers(tmp_path))


def test_a_full_disk_costs_no_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said, nothing counts as kept, and once there is room it is."""
    session = opened(tmp_path, agreed=True)
    session.handle({"do": "draft", "field": "script", "text": TALK})
    disk = Disk(monkeypatch)
    disk.full = True
    assert session.handle({"do": "read", "text": TALK})["trouble"]
    assert session.phase == "write"
    disk.full = False

    assert session.handle({"do": "read", "text": TALK})["view"]["phase"] == "look"
    assert len(answers(tmp_path)) == 1


def test_the_text_face_leads_through(tmp_path: Path) -> None:
    """Where there are no widgets: what must not be typed, the ticks, the lines with notes."""
    face = TextFace(opened(tmp_path))
    assert "Never a real patient." in face.text()
    for each in small_role_play().agree:
        face.do("tick", id=each.id, on=True)
    assert "do('read', text=…)" in face.text()
    assert "Delgado" in face.do("read", text=NAMED)

    assert "Therapist: Good morning, Ms. Delgado." in face.do("keep", invented=True)


# --- the exercise -----------------------------------------------------------------------------------------------------


def test_the_exercise_says_what_it_must_not_be() -> None:
    """Before the box: no real patient, with no excuse; and three ticks, two for handing in."""
    exercise = load_exercise("role-play")
    assert isinstance(exercise, RolePlay)

    for words in ("real patient", "consent", "scribed", "de-identified"):
        assert words in exercise.never
    assert [each.id for each in exercise.agree] == ["nobody-real", "colleagues", "both-know"]
    assert [each.id for each in exercise.share] == ["share-me", "share-partner"]
    assert parse("\n".join(exercise.form)).faults == ()
    assert exercise_from_json(to_json(exercise)) == exercise


def test_a_role_play_without_agreements_is_no_exercise() -> None:
    """The model asks for every field."""
    data = {name: value for name, value in to_json(small_role_play()).items() if name != "agree"}

    with pytest.raises(ExerciseFileError, match="agree"):
        exercise_from_json(data)
