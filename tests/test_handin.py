"""A hand-in holds what was ticked and nothing else, is shown as it will be seen, and is read with care."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import re
import stat
from pathlib import Path

import pytest
from fixtures.make import DRILL, EXAMPLE, GOAL, REFLECTION, SCALE, SCENARIO, Counted, answer, fill, play
from hypothesis import given, settings
from hypothesis import strategies as st

from alliance_kit import handin
from alliance_kit.errors import HandInError
from alliance_kit.handin import HandIn, Written, _fields, _texts
from alliance_kit.journal import AnswerGiven, ExerciseKept, Journal, Line, RunStart, Turn
from alliance_kit.model import Feedback, Finding, Response, Span

FIXTURES = sorted((Path(__file__).parent / "fixtures").glob("v*/hand-in-*.jsonl"))
ALL = [
    "example/synthetic-example",
    "talks/synthetic-knee",
    "unfinished/synthetic-knee",
    "drill/synthetic-drill",
    "goal/synthetic-goal",
    "reflection/synthetic-reflection",
    "written/synthetic-reflection",
    "rating/synthetic-scale",
    "confidence",
    "contact",
]


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Counted().journal(tmp_path / "journal")
    fill(journal)
    return journal


def build(journal: Journal, *chosen: str, name: str = "") -> HandIn:
    counted = Counted()
    return handin.build(journal, chosen, name=name, clock=counted.clock, new_id=counted.new_id)


def shown(hand_in: HandIn) -> list[str]:
    return [line["text"] for section in hand_in.page() for part in section["parts"] for line in part["lines"]]


# --- what is offered --------------------------------------------------------------------------------------------


def test_private_things_are_off_at_first(journal: Journal) -> None:
    """Finished talks, drills, goals and examples are ticked; nothing about the learner's own person is."""
    offers = {offer.id: offer for offer in handin.offer(journal)}

    assert list(offers) == ALL
    assert [name for name, offer in offers.items() if offer.ticked] == [ALL[0], ALL[1], ALL[3], ALL[4]]
    assert [name for name, offer in offers.items() if offer.sensitive] == [ALL[5], ALL[7], ALL[8]]
    assert [name for name, offer in offers.items() if offer.has_text] == [ALL[3], ALL[4], ALL[5]]


def test_details_say_what_goes_along(journal: Journal) -> None:
    """In a few words: how many, and how the last one ended."""
    details = {offer.id: offer.detail for offer in handin.offer(journal)}

    assert details["talks/synthetic-knee"] == "2 talks, the last ended half-way"
    assert details["unfinished/synthetic-knee"] == "1 talk without an end"
    assert details["drill/synthetic-drill"] == "2 answers to 2 items"
    assert details["goal/synthetic-goal"] == "2 versions"
    assert details["written/synthetic-reflection"] == "only that it is written, not its text; counts the same"
    assert details["contact"] == "only the request, not the reason"
    assert details["confidence"] == "given 2 times, before the feedback"


def test_details_are_right_for_learner_and_instructor(journal: Journal) -> None:
    """The same words stand beside the tick and on the instructor's page, so they call nobody "you"."""
    details = [offer.detail for offer in handin.offer(journal)]

    assert len(details) == len(ALL)
    assert not [detail for detail in details if re.search(r"\byou", detail)]


def test_only_what_there_is_is_offered(tmp_path: Path) -> None:
    """An empty journal offers nothing; a run without a turn is nothing to show."""
    journal = Journal(tmp_path / "journal")
    assert handin.offer(journal) == ()
    journal.start_run(SCENARIO)
    assert handin.offer(journal) == ()


def test_nothing_ticked_is_said(journal: Journal) -> None:
    """Confidence alone is nothing, and what is no longer in the journal is named."""
    for chosen in ((), ("confidence",)):
        with pytest.raises(HandInError, match="Nothing is ticked"):
            build(journal, *chosen)
    with pytest.raises(HandInError, match="no longer holds 'goal/other'"):
        build(journal, "goal/other")


def test_asking_for_contact_is_a_tick_without_words(journal: Journal) -> None:
    """The hand-in says that the learner asks, on the page and to the program; alone it is no hand-in."""
    asking = build(journal, "goal/synthetic-goal", "contact")
    silent = build(journal, "goal/synthetic-goal")

    assert handin.read(asking.text().encode()).wants_contact
    assert not silent.wants_contact
    assert "asks you to get in touch" in handin.to_html(asking)
    assert asking.lines == silent.lines
    with pytest.raises(HandInError, match="Nothing is ticked"):
        build(journal, "contact")


def test_a_synthetic_hand_in_says_so(journal: Journal) -> None:
    """What no person made is marked in the file itself, and only that is."""
    real = build(journal, "goal/synthetic-goal")
    sample = dataclasses.replace(real, synthetic=True)

    assert handin.read(sample.text().encode()).synthetic
    assert "synthetic" not in real.header()
    assert not handin.read(real.text().encode()).synthetic


# --- what leaves ------------------------------------------------------------------------------------------------


def test_only_ticked_things_leave(journal: Journal) -> None:
    """Every word that was not ticked stays: names, drafts, notes, reflections, ratings, other exercises."""
    journal.set_name("Canary Name")
    journal.record("note", text="canary note")
    journal.record("disagreed", of="x", text="canary disagreed")
    journal.save_draft("synthetic-goal/text", "canary draft")
    answer(journal, REFLECTION, {"well": "canary reflection"})
    answer(journal, DRILL, {"item": "rewrite-1", "text": "canary drill"}, item="rewrite-1")
    hand_in = build(journal, "goal/synthetic-goal", name="Ada")

    text = hand_in.text() + handin.to_html(hand_in) + json.dumps(hand_in.page())
    assert "anary" not in text
    assert "Synthetic Learner" not in text
    assert {line["type"] for line in hand_in.lines} == {"exercise", "answer"}
    assert [line["exercise"]["id"] for line in hand_in.lines if line["type"] == "exercise"] == ["synthetic-goal"]


def test_name_stands_in_the_header_only(journal: Journal) -> None:
    """One place, so that one place needs to be removed; the code is random."""
    text = build(journal, *ALL, name="  Ada Example ").text()

    assert text.count("Ada Example") == 1
    header = json.loads(text.split("\n")[0])
    assert header["name"] == "Ada Example"
    assert header["code"] == journal.learner.code


def test_confidence_leaves_only_when_ticked(journal: Journal) -> None:
    """Not as a number, and not on the page."""
    without, with_it = build(journal, "talks/synthetic-knee", "drill/synthetic-drill"), build(journal, *ALL)

    assert '"confidence":' not in "".join(json.dumps(line) for line in without.lines if line["type"] != "exercise")
    assert not [text for text in shown(without) if "%" in text]
    assert [text for text in shown(with_it) if "%" in text] == ["70 %", "70 %", "60 %"]


def test_required_reflection_counts_as_written_without_its_text(journal: Journal) -> None:
    """No word of it, nor the id of the line that holds it; the same id each time it is handed in."""
    first, second = build(journal, "written/synthetic-reflection"), build(journal, "written/synthetic-reflection")

    assert "I listened" not in first.text()
    (row,) = [line for line in first.lines if line["type"] == "written"]
    assert row["id"] not in {line.id for line in journal.lines()}
    assert row["id"] == second.lines[-1]["id"]
    assert shown(first) == ["Written on 5 January 2026; the learner keeps the text."]


def test_only_the_latest_of_a_reflection_or_rating_leaves(journal: Journal) -> None:
    """What the learner wrote before and changed is not what she ticks."""
    answer(journal, REFLECTION, {"well": "now"})
    answer(journal, SCALE, {"listen": 2})
    hand_in = build(journal, "reflection/synthetic-reflection", "rating/synthetic-scale")

    assert [line["answer"] for line in hand_in.lines if line["type"] == "answer"] == [{"well": "now"}, {"listen": 2}]


def test_all_versions_of_a_goal_leave(journal: Journal) -> None:
    """The way from the first to the last is what is learned from."""
    assert len([line for line in build(journal, "goal/synthetic-goal").lines if line["type"] == "answer"]) == 2


CANARY = {"canary": "canary"}
SPOILT = {
    "exercise": "synthetic-goal",
    "digest": "d",
    "attempt": 1,
    "item": None,
    "answer": {"text": "mine", **CANARY},
    "started": "",
    "answered": "",
    "feedback": {
        "exercise": "e",
        "grader": "1",
        "findings": [{"criterion": "c", "spans": [{"start": 0, "end": 1, **CANARY}], **CANARY}],
        **CANARY,
    },
    **CANARY,
}


def test_unlisted_fields_never_leave() -> None:
    """At any depth: fields that a later version or another program adds stay behind."""
    line = Line("id", "m", 1, "at", "answer", SPOILT)
    out = _fields.leaving(line, GOAL, confidence=True)

    assert "canary" not in json.dumps(out)
    assert out["answer"] == {"text": "mine"}
    assert out["feedback"]["findings"] == [{"criterion": "c", "spans": [{"start": 0, "end": 1}]}]
    turn = Line(
        "id", "m", 1, "at", "turn", {"state_before": CANARY, "findings": [CANARY], "branched_from": 1, **CANARY}
    )
    assert "canary" not in json.dumps(_fields.leaving(turn, SCENARIO, confidence=True))


@pytest.mark.parametrize(
    ("name", "record"),
    [("exercise", ExerciseKept), ("run", RunStart), ("turn", Turn), ("answer", AnswerGiven), ("written", Written)],
)
def test_every_field_of_a_line_is_decided_on(name: str, record: type) -> None:
    """Whoever adds a field to a line decides here whether it may leave."""
    envelope = {"schema", "id", "machine", "seq", "at", "type"}

    assert set(handin.LEAVES[name]) - envelope == set(record.__dataclass_fields__)


def test_findings_and_states_are_decided_on_too() -> None:
    """The same for what lies deeper."""
    assert set(_fields._FINDING) == set(Finding.__dataclass_fields__)
    assert set(_fields._FEEDBACK) == set(Feedback.__dataclass_fields__)
    assert set(_fields._SPAN) == set(Span.__dataclass_fields__)


# --- the page ---------------------------------------------------------------------------------------------------


def test_branched_talk_is_shown_whole_without_the_one_it_came_from(tmp_path: Path) -> None:
    """The turns before the branching go along; the rest of the abandoned talk does not."""
    journal = Counted().journal(tmp_path / "journal")
    abandoned = play(journal, ["sit"])
    play(journal, ["share"], branched_from=(abandoned.id, 1))
    other = play(journal, ["brush"])
    hand_in = build(journal, "talks/synthetic-knee")

    ((part,),) = [section["parts"] for section in hand_in.page()]
    assert part["title"].startswith("Talk 2, 5 January 2026, ended")
    assert [line["text"] for line in part["lines"] if line["who"] == "learner"] == [
        "Synthetic: sit down beside her.",
        "Synthetic: shall we choose together?",
    ]
    assert [line["label"] for line in part["lines"] if line["who"] == "learner"] == ["Learner did", "Learner"]
    assert other.id not in hand_in.text()


def test_unfinished_branch_shows_no_finished_talk(journal: Journal) -> None:
    """A talk that is only there for its first turns is not listed as one without an end."""
    first = next(run for run in journal.runs() if run.ended == "open")
    journal.start_run(SCENARIO, branched_from=(first.id, 1))
    sections = build(journal, "unfinished/synthetic-knee").page()

    assert [part["title"] for part in sections[0]["parts"]] == ["Talk 3, 5 January 2026, without an end"]


def test_page_shows_questions_beside_answers(journal: Journal) -> None:
    """Stems, the text of the choice, prompts, statements, levels in words, and the next step."""
    texts = shown(build(journal, *ALL))

    for text in (
        "Synthetic: which line?",
        "Synthetic: that sounds hard.",
        "Synthetic: what went well?",
        "Synthetic: I listened.",
        "4",
        "Read 1 of 1 lines.",
        "Synthetic goal, first version.",
        "Synthetic: next",
    ):
        assert text in texts
    labels = {line["label"] for s in build(journal, *ALL).page() for part in s["parts"] for line in part["lines"]}
    assert {"Seen", "Partly seen", "Next step", "Ms. Synthetic"} <= labels


def test_page_is_what_the_reader_of_the_file_sees(journal: Journal) -> None:
    """The learner's preview and the instructor's page are made of the same bytes."""
    hand_in = build(journal, *ALL, name="Ada")

    again = handin.read(hand_in.text().encode())
    assert again.page() == hand_in.page()
    assert handin.to_html(again) == handin.to_html(hand_in)


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> & \" ' \u202e \ud83d"


def test_html_escapes_every_word(tmp_path: Path) -> None:
    """The learner's words, name and titles are text, whatever they look like; nothing is run or fetched."""
    journal = Counted().journal(tmp_path / "journal")
    answer(journal, GOAL, {"text": HOSTILE})
    page = handin.to_html(build(journal, "goal/synthetic-goal", name=HOSTILE))

    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 2
    assert not re.search(r"https?://|@import|url\(", page)
    assert "default-src 'none'" in page
    assert "prefers-color-scheme:dark" in page
    assert page.encode("utf-8")


# --- the learner's own texts ------------------------------------------------------------------------------------


def test_texts_are_what_was_typed(journal: Journal) -> None:
    """Goals, rewritten lines and reflections, each with its address; picked replies and choices are not hers."""
    own = handin.texts(build(journal, *ALL))

    assert [text.text for text in own] == [
        "Synthetic: we go slowly.",
        "Synthetic goal, first version.",
        "Synthetic goal, second version: 10 steps in 4 weeks.",
        "Synthetic: I listened.",
        "Synthetic: I would ask more.",
    ]
    assert own[0].title == "Synthetic drill"
    assert own[3].address[1] == "/answer/well"


def test_replacement_reaches_every_copy(tmp_path: Path) -> None:
    """The text itself, the quotes in the feedback, and the spans follow; the journal keeps what was written."""
    journal = Counted().journal(tmp_path / "journal")
    text = "Maria Lopez will walk to Rosedale in 4 weeks"
    spans = (Span(0, 5), Span(17, 21), Span(37, 44))
    finding = Finding("who", "met", "r", "You name “Maria Lopez”; Marianne stays.", spans=spans)
    response = Response("synthetic-goal", journal.keep_exercise(GOAL), 1, {"text": text})
    journal.add_answer(response, Feedback("synthetic-goal", "1", (finding,), next_step="Ask Maria Lopez."))
    hand_in = build(journal, "goal/synthetic-goal")
    (own,) = handin.texts(hand_in)

    replaced = handin.with_replacements(hand_in, {own.address: "the patient will walk to town in 4 weeks"})

    assert "Lopez" not in replaced.text()
    assert "Rosedale" not in replaced.text()
    row = replaced.lines[-1]
    (kept,) = row["feedback"]["findings"]
    assert [row["answer"]["text"][span["start"] : span["end"]] for span in kept["spans"]] == ["walk", "4 weeks"]
    assert kept["why"] == "You name “the patient”; Marianne stays."
    assert row["feedback"]["next_step"] == "Ask the patient."
    assert handin.texts(hand_in)[0].text == text
    assert journal.answers()[0].response.answer["text"] == text
    assert handin.read(replaced.text().encode()).lines == replaced.lines


def test_replacement_in_one_of_several_texts_drops_spans(journal: Journal) -> None:
    """Where nobody says which text a span is in, no words are marked rather than other ones."""
    hand_in = build(journal, "reflection/synthetic-reflection")
    first = handin.texts(hand_in)[0]

    replaced = handin.with_replacements(hand_in, {first.address: "else"})
    assert [text.text for text in handin.texts(replaced)] == ["else", "Synthetic: I would ask more."]
    assert handin.with_replacements(hand_in, {first.address: first.text}) == hand_in


def test_replacement_of_nothing_is_told(journal: Journal) -> None:
    """An address that is not in this hand-in is named."""
    with pytest.raises(HandInError, match="holds no text at"):
        handin.with_replacements(build(journal, "goal/synthetic-goal"), {("x", "/answer/text"): "y"})


@settings(deadline=None)
@given(old=st.text("ab .é☀\n", max_size=60), new=st.text("ab .é☀\n", max_size=60), data=st.data())
def test_edits_turn_one_text_into_the_other_and_spans_keep_their_words(old: str, new: str, data: st.DataObject) -> None:
    """For any two texts; a span that survives marks the same words."""
    edits = _texts.edits(old, new)
    parts, at = [], 0
    for start, end, put in edits:
        parts += [old[at:start], put]
        at = end
    assert "".join([*parts, old[at:]]) == new

    start = data.draw(st.integers(0, len(old)))
    end = data.draw(st.integers(start, len(old)))
    moved = _texts._moved({"start": start, "end": end}, edits)
    if moved and start < end:
        assert new[moved["start"] : moved["end"]] == old[start:end]


def test_edits_of_very_long_texts_are_quick() -> None:
    """Past some thousand words the whole text counts as one change."""
    assert _texts.edits("a " * 5000, "b") == [(0, 10_000, "b")]


# --- the file ---------------------------------------------------------------------------------------------------


def test_file_is_named_by_code_and_day_and_never_overwritten(journal: Journal, tmp_path: Path) -> None:
    """No name in it; a second one of the day gets a number; only the owner may read it."""
    hand_in = build(journal, "goal/synthetic-goal", name="Ada Example")
    first, second = handin.write(hand_in, tmp_path / "out"), handin.write(hand_in, tmp_path / "out")

    assert (first.name, second.name) == (
        f"hand-in-{hand_in.code}-2026-01-05.jsonl",
        f"hand-in-{hand_in.code}-2026-01-05-2.jsonl",
    )
    assert handin.read(first) == handin.read(second) == handin.read(first.read_bytes())
    if os.name == "posix":
        assert stat.S_IMODE(first.stat().st_mode) == 0o600


def test_code_of_a_foreign_journal_cannot_choose_the_path(journal: Journal, tmp_path: Path) -> None:
    """What came in from another file is only ever letters, digits and hyphens of a file name."""
    hand_in = build(journal, "goal/synthetic-goal")
    evil = HandIn(
        **{name: getattr(hand_in, name) for name in HandIn.__slots__} | {"code": "../../Evil", "made": "/etc"}
    )

    assert handin.write(evil, tmp_path).name == "hand-in-evil-etc.jsonl"


def test_what_was_built_is_what_is_read(journal: Journal) -> None:
    """All of it, half an emoji included, also after a mail program changed line ends or an editor added a mark."""
    answer(journal, GOAL, {"text": HOSTILE})
    hand_in = build(journal, *ALL, name="Ada")
    data = hand_in.text().encode("utf-8")

    assert handin.read(data) == hand_in
    assert handin.read(b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n") + b"\r\n\r\n") == hand_in


def _changed(data: bytes, **fields: object) -> bytes:
    head, rest = data.split(b"\n", 1)
    return json.dumps(json.loads(head) | fields).encode() + b"\n" + rest


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda d: b"", "is empty"),
        (lambda d: b" \n\n", "is empty"),
        (lambda d: b"PK\x03\x04\x00\x00", "something else than text"),
        (lambda d: d.decode().encode("utf-16"), "UTF-16"),
        (lambda d: d + b"\xff\xfe", "not in UTF-8"),
        (lambda d: b"Dear instructor,\nplease find attached", "no hand-in of the Alliance Workbook"),
        (lambda d: b'{"cells": [], "nbformat": 4}', "no hand-in of the Alliance Workbook"),
        (lambda d: _changed(d, schema=None), "no hand-in of the Alliance Workbook"),
        (lambda d: b"[" * 100_000, "no hand-in of the Alliance Workbook"),
        (lambda d: _changed(d, schema=2), "newer version of the workbook"),
        (lambda d: b"\n".join(d.split(b"\n")[:-3]), "should have"),
        (lambda d: d + d.split(b"\n")[-2], "should have"),
        (lambda d: d[:-30], "is damaged"),
        (lambda d: d.replace(b'"attempt": 1', b'"attempt": "x"'), "was changed or is damaged"),
        (lambda d: d.replace(b"Synthetic: write a goal", b"Synthetic: write a joke"), "not the one that was worked on"),
        (lambda d: d.replace(b'"type": "answer"', b'"type": "anything"'), "'anything' is not one of"),
        (lambda d: _changed(d, contents=[{"id": 1}]), "was changed or is damaged"),
        (lambda d: _changed(d, code=["x"]), "was changed or is damaged"),
        (lambda d: d.replace(b'"attempt": 1', b'"attempt": ' + b"9" * 5000), "is damaged"),
        (lambda d: d + b" " * (33 * 1024 * 1024), "larger than 32 MB"),
        (lambda d: d + b"x" * (9 * 1024 * 1024), "more or longer lines"),
    ],
)
def test_file_that_is_no_whole_hand_in_is_told_in_words(journal: Journal, change, why: str) -> None:
    """One sentence that says what it is and what to do; never a traceback, never half a hand-in."""
    data = build(journal, "goal/synthetic-goal").text().encode()

    with pytest.raises(HandInError, match=why) as caught:
        handin.read(change(data))
    assert str(caught.value).endswith(".")


def test_journal_is_told_apart_from_a_hand_in(journal: Journal, tmp_path: Path) -> None:
    """Sending the whole journal by mistake is noticed; so is a file that is not there."""
    with pytest.raises(HandInError, match="This is a journal"):
        handin.read(journal.folder / "journal.jsonl")
    with pytest.raises(HandInError, match="cannot be opened"):
        handin.read(tmp_path / "missing.jsonl")


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_reading_raises_nothing_but_sentences(hand_in_bytes: bytes, data: st.DataObject) -> None:
    """Whatever happens to the bytes, reading gives a hand-in whose page can be shown, or a sentence."""
    raw = bytearray(hand_in_bytes)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    try:
        hand_in = handin.read(bytes(raw))
    except HandInError:
        return
    handin.to_html(hand_in)
    handin.texts(hand_in)


@pytest.fixture(scope="module")
def hand_in_bytes(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    journal = Counted().journal(tmp_path_factory.mktemp("fuzz") / "journal")
    play(journal, ["ask", "share"])
    answer(journal, EXAMPLE, {"seen": 1})
    answer(journal, GOAL, {"text": "Synthetic goal."})
    made = handin.build(
        journal, [offer.id for offer in handin.offer(journal)], clock=lambda: dt.datetime(2026, 1, 5, tzinfo=dt.UTC)
    )
    return made.text().encode()


def test_confidence_out_of_bounds_is_shown_within_them(journal: Journal) -> None:
    """A number that no learner can have given does not break the page."""
    data = build(journal, *ALL).text().encode()
    again = handin.read(data.replace(b'"confidence": 0.7', b'"confidence": 1e308'))

    assert "100 %" in shown(again)


def test_fields_of_another_program_do_not_travel_on(journal: Journal) -> None:
    """What a hand-in should not hold is not taken in with it."""
    data = build(journal, "goal/synthetic-goal").text().encode()
    again = handin.read(data.replace(b'"attempt": 1', b'"attempt": 1, "canary": "canary"'))

    assert "canary" not in again.text()


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.parent.name)
def test_hand_ins_of_every_version_are_read(path: Path) -> None:
    """Each stored hand-in is read, shown, and its texts found."""
    hand_in = handin.read(path)

    assert hand_in.name == "Synthetic Learner"
    assert all(section["parts"] for section in hand_in.page())
    assert "Synthetic" in handin.to_html(hand_in)
    assert handin.texts(hand_in)
