"""Exercise files, sound and hostile: every fault with its line and column, all of them at once, never a traceback."""

from __future__ import annotations

import copy
import functools
import itertools
import json
import operator
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from alliance_kit import library
from alliance_kit.content import (
    CODES,
    Fault,
    FaultyExerciseFileError,
    compile_all,
    compile_exercise,
    inspect_file,
    load_course_file,
    load_exercise_file,
    read_yaml,
    write_schemas,
)
from alliance_kit.content.__main__ import main
from alliance_kit.content.composing import MAX_DEPTH, MAX_NODES
from alliance_kit.content.reading import MAX_BYTES
from alliance_kit.content.scalars import doubt_about, plain_value
from alliance_kit.content.shapes import schema_of, shape_faults
from alliance_kit.content.surroundings import surroundings
from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.model import KINDS, Reflection, digest_of, exercise_from_json
from alliance_kit.plain import Json, to_json

SOUND = """\
schema_version: 1
id: looking-back
version: 1.0.0
kind: reflection
title: Looking back
minutes: 5
strategies: [trust]
objectives: [Say what you would do again.]
source: []
prompts:
  - id: went-well
    ask: "What went well: and why?"
  - id: next-time
    ask: >-
      What will you try
      next time?
required: false
"""
TALK = """\
schema_version: 1
id: talk
version: 1.0.0
kind: scenario
title: Talk
minutes: 5
level: 1
strategies: [trust]
objectives: [Listen., Ask.]
source: []
setting: A clinic.
patient: {name: Ada, called: Ada, pronoun: she, age: 40, in_short: Back., chart: [Back.], story: Works.}
start: one
scenes:
  one:
    patient: Hello.
    inner: Hm.
    replies:
      - {id: a, say: Tell me., words: Tell, quality: strong, hears: Yes., why: Good., next: end}
endings: {open: {what: A., says: B.}, mid: {what: A., says: B.},
  closed: {what: A., says: B.}, unsafe: {what: A., says: B.}}
debrief: [How was it?]
tests: []
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes], Path]:
    """Return a function that writes an exercise file and returns its path."""

    def write_(content: str | bytes) -> Path:
        path = tmp_path / "looking-back.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write_


def faults_of(path: Path) -> tuple[Fault, ...]:
    """Return the faults with which a file is refused."""
    with pytest.raises(FaultyExerciseFileError) as caught:
        load_exercise_file(path)
    return caught.value.faults


# --- what is read ----------------------------------------------------------------------------------------------------


def test_sound_file_becomes_the_exercise(write: Callable[[str], Path]) -> None:
    """A file as the docs show it gives the exercise, folded text on one line."""
    exercise = load_exercise_file(write(SOUND))

    assert isinstance(exercise, Reflection)
    assert exercise.prompts[1].ask == "What will you try next time?"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: text.replace("\n", "\r").encode(),
        lambda text: ("---\n" + text).encode(),
        lambda text: (text + "\n\n# a remark\n").encode(),
    ],
    ids=["byte-order-mark", "windows-lines", "old-mac-lines", "document-start", "remark"],
)
def test_systems_and_editors_make_no_difference(
    write: Callable[[str | bytes], Path], change: Callable[[str], bytes]
) -> None:
    """Byte order marks and line ends differ between systems; the exercise and its digest do not."""
    plain = digest_of(load_exercise_file(write(SOUND)))

    assert digest_of(load_exercise_file(write(change(SOUND)))) == plain


def test_read_yaml_gives_data_and_positions(write: Callable[[str], Path]) -> None:
    """Every name and value has its line and column, both from 1."""
    data, positions = read_yaml(write(SOUND))

    assert data["prompts"][0]["id"] == "went-well"
    assert positions.of(("prompts", 0, "ask")) == (12, 5)
    assert positions.of(("prompts", 1)) == (13, 5)
    assert positions.of(("prompts", 1, "not-there")) == (13, 5)
    assert positions.of(()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("true", True), ("False", False), ("7", 7), ("+1", 1), ("-2", -2),
        ("0.3", 0.3), (".45", 0.45), ("1.0.0", "1.0.0"), ("not yet", "not yet"), ("No.", "No."), ("10-12", "10-12"),
    ],
)  # fmt: skip
def test_unquoted_words_mean_what_yaml_1_2_says(text: str, value: object) -> None:
    """Words on whose meaning programs agree are taken at that meaning."""
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)
    assert doubt_about(text) == ""


# --- what is refused, with its place -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "word", ["no", "Yes", "ON", "off", "y", "1:30", "007", "0x1F", "1_000", "2026-11-24", "1e3", ".inf"]
)
def test_words_that_programs_read_differently_are_refused(write: Callable[[str], Path], word: str) -> None:
    """Such a word is refused where it stands, and quoting it mends the file."""
    (fault,) = faults_of(write(SOUND.replace("Looking back", word)))

    assert (fault.code, fault.line, fault.column) == ("Y07", 5, 8)
    assert f"'{word}'" in fault.fix
    assert load_exercise_file(write(SOUND.replace("Looking back", f"'{word}'"))).title == word


HOSTILE: list[tuple[str, str | bytes, int, int, str]] = [
    ("Y02", SOUND + "#" * MAX_BYTES, 1, 1, "bytes"),
    ("Y03", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 1, 1, "no text file"),
    ("Y04", SOUND.replace("Looking", "Lök").encode("latin-1"), 5, 9, "0xf6"),
    ("Y04", SOUND.encode("utf-16"), 1, 1, "not UTF-8"),
    ("Y05", SOUND.replace("Looking", "Look\x07ing"), 5, 12, "U+0007"),
    ("Y05", SOUND.replace("Looking", "Look\u202eing"), 5, 12, "U+202E"),
    ("Y05", SOUND.replace("Looking back", '"Look\\0ing"'), 5, 8, "U+0000"),
    ("Y05", SOUND.replace("Looking back", '"Look\\ud800ing"'), 5, 8, "U+D800"),
    ("Y06", SOUND.replace("Looking back", "Back: and forth"), 5, 12, "quotes, or '>-'"),
    ("Y06", SOUND.replace("Looking back", "'Looking back"), 5, 8, "Close it."),
    ("Y06", SOUND.replace("[trust]", "[trust"), 8, 11, "Close the bracket"),
    ("Y06", SOUND.replace("Looking back", "@home"), 5, 8, "needs quotes"),
    ("Y06", SOUND.replace("Looking back", '"\\q"'), 5, 10, "single quotes"),
    ("Y06", SOUND.replace("Looking back", '"\\U99999999"'), 4, 7, "not YAML"),
    ("Y08", SOUND.replace("Looking back", "&title Looking back"), 5, 8, "&title"),
    ("Y08", SOUND.replace("Looking back", "*title"), 5, 8, "*title"),
    ("Y09", SOUND + "<<: {title: x}\n", 18, 1, "merge sign"),
    ("Y10", SOUND + "3: x\n", 18, 1, "'3'"),
    ("Y10", SOUND + "? [a, b]\n: x\n", 18, 3, "list"),
    ("Y11", SOUND + "title: Again\n", 18, 1, "in line 5 and here"),
    ("Y12", SOUND.replace("Looking back", "!!python/object:os.system x"), 5, 8, "python/object"),
    ("Y12", SOUND.replace("Looking back", "!secret x"), 5, 8, "!secret"),
    ("Y12", "%YAML 1.1\n---\n" + SOUND, 1, 1, "'%' line"),
    ("Y13", SOUND + "---\n" + SOUND, 18, 1, "second document"),
    ("Y14", "", 1, 1, "nothing in this file"),
    ("Y14", "# only a remark\n", 1, 1, "skeleton"),
    ("Y15", "- a\n- b\n", 1, 1, "no fields"),
    ("Y15", "just words\n", 1, 1, "no fields"),
    ("Y16", SOUND + "x: " + "[" * 200, 18, 23, f"more than {MAX_DEPTH} levels"),
    ("Y16", SOUND + "x: [" + "1," * (MAX_NODES + 10) + "1]", 18, 99_963, "values in one file"),
    ("Y17", SOUND.replace("  - id: next", "\t- id: next"), 13, 1, "spaces"),
]


@pytest.mark.parametrize(
    ("code", "content", "line", "column", "words"), HOSTILE, ids=[f"{row[0]}-{n}" for n, row in enumerate(HOSTILE)]
)
def test_hostile_file_is_refused_with_its_place(
    write: Callable[[str | bytes], Path], code: str, content: str | bytes, line: int, column: int, words: str
) -> None:
    """Whatever gets into the folder is refused in a sentence that says where, what, and what to do."""
    start = time.process_time()
    path = write(content)
    fault = next(fault for fault in faults_of(path) if fault.code == code)

    assert (fault.line, fault.column) == (line, column)
    assert str(fault).startswith(f"{path.as_posix()}:{line}:{column}: {code}")
    assert words in str(fault)
    assert time.process_time() - start < 5


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there is a sentence, too."""
    (fault,) = faults_of(tmp_path / "nobody.yaml")

    assert fault.code == "Y01"


def test_alias_bomb_costs_nothing(write: Callable[[str], Path]) -> None:
    """Aliases are never followed, so a bomb of them is as cheap as its text."""
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    faults = faults_of(write(SOUND + "l0: &l0 x\n" + "\n".join(levels) + "\n"))

    assert {fault.code for fault in faults} == {"Y08"}


SHAPES: list[tuple[str, str, str, int, int, str]] = [
    ("F01", "required:", "requird:", 17, 1, "Did you mean 'required'?"),
    ("F01", "    ask: >-", "    starters: x\n    ask: >-", 14, 5, "Did you mean 'starter'?"),
    ("F02", "title: Looking back\n", "", 1, 1, "the field 'title' is missing"),
    ("F02", "  - id: went-well\n    ask", "  - ask", 11, 5, "the field 'id' is missing"),
    ("F03", "minutes: 5", "minutes: five", 6, 1, "expected a whole number, found the text 'five'"),
    ("F03", "minutes: 5", "minutes: 5.5", 6, 1, "a whole number, found the number 5.5"),
    ("F03", "minutes: 5", "minutes: true", 6, 1, "found true"),
    ("F03", "version: 1.0.0", "version: 1.0", 3, 1, "Put it in quotes: '1.0'"),
    ("F03", "Looking back", "", 5, 1, "found nothing"),
    ("F03", "Looking back", "[a, b]", 5, 1, "expected text, found a list"),
    ("F03", "[trust]", "trust", 7, 1, "Write it as a list"),
    ("F03", "required: false", "required: no", 17, 1, "Write false."),
    ("F03", "required: false", "required: 'yes'", 17, 1, "Write true."),
    ("F03", "  - id: went-well\n", "  - went-well\n  - id: went-well\n", 11, 5, "expected fields"),
    ("F04", "required: false", "required: false\nsynthetic: false", 18, 1, "is not true"),
    ("F05", "kind: reflection", "kind: reflexion", 4, 1, "Did you mean 'reflection'?"),
    ("F05", "kind: reflection\n", "", 1, 1, "no kind is set"),
]


@pytest.mark.parametrize(
    ("code", "old", "new", "line", "column", "words"), SHAPES, ids=[f"{row[0]}-{n}" for n, row in enumerate(SHAPES)]
)
def test_field_that_does_not_fit_is_told_with_its_place(
    write: Callable[[str], Path], code: str, old: str, new: str, line: int, column: int, words: str
) -> None:
    """Names and types are checked against the model; the closest name, or what to write, is offered."""
    (fault,) = faults_of(write(SOUND.replace(old, new, 1)))

    assert (fault.code, fault.line, fault.column) == (code, line, column)
    assert words in str(fault)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("patient: Hello.", "patient: 7", "expected text or a list, found the number 7"),
        ("patient: Hello.", "patient: {says: Hello.}", "expected text or a list, found fields"),
        ("patient: Hello.", "patient: [{say: Hello.}]", "Did you mean 'says'?"),
        ("next: end", "next: [{to: end, wenn: ruptured}]", "Did you mean 'when'?"),
        ("next: end", "next: [{to: 3}]", "expected text, found the number 3"),
        ("quality: strong", "quality: stong", "Did you mean 'strong'?"),
        ("quality: strong", "quality: strong, act: sitdown", "Did you mean 'sit_down'?"),
        ("pronoun: she", "pronoun: she, and so on", "it holds a comma"),
        ("endings: {open", "endings: {opne", "Did you mean 'open'?"),
        ("level: 1", "level: 4", "the number 4 is not one of 1, 2 or 3"),
        ("level: 1", "level: true", "level: True is not one of 1, 2, 3"),
        ("start: one", "start: one\nstate: {bond: high}", "expected a number, found the text 'high'"),
    ],
)
def test_choices_of_form_are_told_in_the_form_that_was_taken(
    write: Callable[[str], Path], old: str, new: str, expected: str
) -> None:
    """Where text or a list may stand, the author hears about the one that was written, once."""
    faults = faults_of(write(TALK.replace(old, new, 1)))

    assert [expected in str(fault) for fault in faults].count(True) == 1


def test_all_faults_are_told_at_once(write: Callable[[str], Path]) -> None:
    """Doubtful words, doubles, unknown fields, wrong types and unknown ids come together, in the order of lines."""
    text = SOUND.replace("Looking back", "no").replace("minutes: 5", "minutes: five").replace("required", "requird")
    faults = faults_of(write(text + "title: x\n" + "on: 3\n"))

    assert [(fault.line, fault.code) for fault in faults] == [
        (5, "Y07"),
        (6, "F03"),
        (17, "F01"),
        (18, "Y11"),
        (19, "F01"),
    ]


def test_unknown_field_does_not_hide_what_else_is_wrong(write: Callable[[str], Path]) -> None:
    """A misspelt name and an unknown scene are both told in the first reading."""
    faults = faults_of(write(TALK.replace("start: one", "start: two\nfoo: bar")))

    assert {"F01", "S01"} <= {fault.code for fault in faults}


SIX = (
    TALK.replace("minutes: 5", "minutes: five")
    .replace("[trust]", "[trsut]")
    .replace("setting: A clinic.", "setting: A clinic.\nfoo: bar\nlevel: 2")
    .replace("start: one", "start: two")
    .replace("next: end", "next: ending")
)


def test_six_faults_of_six_sorts_are_told_in_one_reading(tmp_path: Path) -> None:
    """Type, field, double, start, next and strategy come together, once each, in the order of lines."""
    (path := tmp_path / "talk.yaml").write_text(SIX, encoding="utf-8")

    assert [(fault.line, fault.code) for fault in faults_of(path)] == [
        (6, "F03"),
        (8, "F11"),
        (12, "F01"),
        (13, "Y11"),
        (15, "S01"),
        (21, "S01"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "codes"),
    [
        ("start: one", "strat: one", {"F01"}),  # not: 'start' is missing, no way leads to the scene
        ("start: one", "start: two", {"S01"}),  # not: no way leads to the scene
        ("id: a, ", "id: 7, ", {"F03"}),
        ("say: Tell me.", "say: 7", {"F03"}),  # not: 'words' does not stand in 'say'
        ("words: Tell, ", "wrods: Tell, ", {"F01"}),  # not: the feedback points at no words
        ("next: end", "next: [{to: end, when: 7}]", {"F03"}),
        ("next: end", "next: end, meets: [asked]", {"S10"}),
        ("tests: []", "tests: []\nsafety: [{id: x, kind: red_flag, missed: A., alwys: true}]", {"F01"}),
        (
            "next: end}",
            "next: end, meets: [y]}\ntests: []\nsafety: [{id: x, kind: red_flag, missed: A., always: true}]",
            {"S10", "Y11"},
        ),
        ("{open: {", "{opne: {", {"F02", "F04"}),
        ("  one:", "  one: 3\n  one:", {"F03", "Y11"}),
        ("kind: scenario", "kind: 7", {"F05"}),
        ("minutes: 5", "minutes: 9_9", {"F03"}),
    ],
)
def test_no_fault_is_told_twice_over(tmp_path: Path, old: str, new: str, codes: set[str]) -> None:
    """What would go away by itself once the fault is mended is not told."""
    (path := tmp_path / "talk.yaml").write_text(TALK.replace(old, new, 1), encoding="utf-8")
    told = {fault.code for fault in faults_of(path)}

    assert told <= codes
    assert told


@pytest.mark.parametrize(
    ("damage", "codes"),
    [
        ("kind: scenari", ["F05", "F03", "F11", "F01", "Y11", "S01", "S01"]),
        ("kind: 7", ["F05", "F03", "F11", "F01", "Y11", "S01", "S01"]),
        ("knd: scenario", ["F01", "F03", "F11", "F01", "Y11", "S01", "S01"]),
    ],
)
def test_unknown_kind_hides_nothing_in_its_folder(tmp_path: Path, damage: str, codes: list[str]) -> None:
    """In `exercises/scenarios/` a file is a scenario, whatever it says; the rest is looked at in the same reading."""
    (tmp_path / "scenarios").mkdir()
    path = tmp_path / "scenarios" / "talk.yaml"
    path.write_text(SIX.replace("kind: scenario", damage), encoding="utf-8")

    assert [fault.code for fault in faults_of(path)] == codes


def test_unknown_kind_elsewhere_leaves_the_head_to_look_at(tmp_path: Path) -> None:
    """In any other folder the fields that all kinds share are looked at, and traps and doubles everywhere."""
    (path := tmp_path / "talk.yaml").write_text(SIX.replace("kind: scenario", "kind: x"), encoding="utf-8")

    assert [fault.code for fault in faults_of(path)] == ["F05", "F03", "F11", "Y11"]


def test_fault_in_the_head_hides_nothing_of_the_teaching(tmp_path: Path) -> None:
    """A wrong type in the head leaves the walks and the teaching to be judged."""
    (path := tmp_path / "talk.yaml").write_text(TALK.replace("minutes: 5", "minutes: x"), encoding="utf-8")

    assert {"F03", "F14", "T04", "T10"} <= {fault.code for fault in inspect_file(path).faults}


def test_message_holds_every_fault_on_a_line_of_its_own(write: Callable[[str], Path]) -> None:
    """The error is an `ExerciseFileError`; its text is what an author sees."""
    with pytest.raises(ExerciseFileError, match="Y07") as caught:
        load_exercise_file(write(SOUND.replace("Looking back", "no").replace("minutes: 5", "minutes: five")))

    assert len(str(caught.value).splitlines()) == 2


def test_long_values_are_cut_in_messages(write: Callable[[str], Path]) -> None:
    """A message repeats the beginning of a long value only."""
    (fault,) = faults_of(write(SOUND.replace("minutes: 5", "minutes: " + "five " * 500)))

    assert len(str(fault)) < 300


PIECES = [
    "\t",
    "&a",
    "*a",
    "!!x ",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "  ",
    "'",
    '"',
    "|",
    ">-",
    "#",
    "%",
    "@",
    "? ",
]
PIECES += [
    "<<: ",
    "\\",
    '"\\U99999999"',
    "---\n",
    "...\n",
    "null",
    "1e999",
    "\u2028",
    "\0",
    "%YAML 9.9\n",
    "|9",
    "é",
    "😀",
]


@given(
    cuts=st.lists(st.tuples(st.integers(0, len(TALK)), st.integers(0, 30), st.sampled_from(["", *PIECES])), max_size=6),
    talk=st.booleans(),
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_file_never_ends_in_a_traceback(
    write: Callable[[str], Path], cuts: list[tuple[int, int, str]], talk: bool
) -> None:
    """Whatever is cut from or put into a file, it is read, or refused with places."""
    text = TALK if talk else SOUND
    for start, length, piece in cuts:
        text = text[:start] + piece + text[start + length :]
    inspection = inspect_file(write(text), thorough=False)

    assert inspection.exercise is not None or inspection.errors
    assert all(fault.line >= 1 and fault.column >= 1 for fault in inspection.faults)


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes_are_read_or_refused(write: Callable[[bytes], Path], content: bytes) -> None:
    """No bytes at all make the reader fall over."""
    with pytest.raises(FaultyExerciseFileError):
        load_exercise_file(write(content))


def test_every_reader_code_is_shown_in_a_test() -> None:
    """No code of the reader and of fields is left without a file that gives it."""
    shown = {row[0] for row in HOSTILE} | {row[0] for row in SHAPES} | {"Y01", "Y07"}
    own = {code for code in CODES if code.startswith("Y")} | {"F01", "F02", "F03", "F04", "F05"}

    assert own == shown


# --- one definition ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise_id", library.exercise_ids())
def test_both_readers_of_the_model_agree(exercise_id: str) -> None:
    """What pydantic accepts, the core builds, and what the core writes, pydantic accepts."""
    exercise = load_exercise_file(library.exercise_file(exercise_id))
    data = to_json(exercise)

    assert shape_faults(KINDS[exercise.kind], data) == ()
    assert digest_of(exercise_from_json(json.loads(json.dumps(data)))) == digest_of(exercise)


def test_schema_offers_what_the_model_knows() -> None:
    """Editors get required fields, possible values and help texts from the model's own words."""
    schema = schema_of(KINDS["scenario"])
    reply = schema["$defs"]["Reply"]

    assert schema["additionalProperties"] is False
    assert {"id", "scenes", "endings"} <= set(schema["required"])
    assert reply["properties"]["quality"]["enum"] == ["strong", "workable", "poor"]
    assert "learner can say or do" in reply["description"]


def test_schemas_are_in_step_with_the_model() -> None:
    """`python -m alliance_kit.content schema` has been run since the model changed."""
    assert write_schemas(check=True) == ()


# --- compiled copies -----------------------------------------------------------------------------------------------


def test_compiled_copies_are_in_step_with_their_sources() -> None:
    """`python -m alliance_kit.content compile` has been run since an exercise changed."""
    result = compile_all(check=True)

    assert [str(fault) for fault in result.errors] == []
    assert [path.name for path in result.differing] == []


@pytest.fixture
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the exercises folder of a small library of its own."""
    root = tmp_path / "exercises"
    for folder in library.FOLDER_OF_KIND.values():
        (root / folder).mkdir(parents=True)
    surroundings()  # the curriculum is read once, from the real library
    monkeypatch.setattr(library, "data_folder", lambda: tmp_path)
    (root / "reflections" / "looking-back.yaml").write_text(SOUND, encoding="utf-8")
    (root / "course.yaml").write_text(
        "schema_version: 1\nid: course\nversion: 1.0.0\ntitle: C\nmodules:\n  - id: 01_one\n    title: One\n"
        "    units: [{id: one, title: One, minutes: 5, exercises: [looking-back]}]\n",
        encoding="utf-8",
    )
    return root


def test_compiling_lets_the_core_read_exercise_and_course(own_library: Path) -> None:
    """What is compiled, the core reads without any YAML library, the same exercise."""
    compile_all()
    exercise = library.load_compiled("looking-back")

    assert exercise == load_exercise_file(own_library / "reflections" / "looking-back.yaml")
    assert library.load_course().modules[0].units[0].exercises == ("looking-back",)


def test_compiling_twice_changes_nothing(own_library: Path) -> None:
    """The same sources give the same bytes; the second run finds nothing to do."""
    first = compile_all()
    copies = {path.name: path.read_bytes() for path in (own_library / "compiled").glob("*")}

    assert len(first.differing) == 2
    assert compile_all().differing == ()
    assert {path.name: path.read_bytes() for path in (own_library / "compiled").glob("*")} == copies


def test_changed_source_is_noticed(own_library: Path) -> None:
    """A compiled copy older than its source is not used, until it is compiled again."""
    compile_all()
    source = own_library / "reflections" / "looking-back.yaml"
    source.write_text(SOUND.replace("Looking back", "Looking ahead"), encoding="utf-8")

    assert library.load_compiled("looking-back") is None
    assert compile_exercise("looking-back").title == "Looking ahead"
    assert [path.name for path in compile_all(check=True).differing] == ["looking-back.json"]


def test_windows_line_ends_are_no_change(own_library: Path) -> None:
    """A checkout with other line ends still fits its compiled copies."""
    compile_all()
    for path in [*own_library.rglob("*.yaml"), *own_library.rglob("*.json")]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert library.load_compiled("looking-back") is not None
    assert compile_all(check=True).differing == ()


def test_copy_without_source_is_taken_away(own_library: Path) -> None:
    """An exercise that was taken out leaves no copy behind."""
    compile_all()
    (own_library / "compiled" / "gone.json").write_text("{}", encoding="utf-8")

    assert [path.name for path in compile_all().differing] == ["gone.json"]
    assert not (own_library / "compiled" / "gone.json").exists()


def test_faulty_exercise_is_not_compiled(own_library: Path) -> None:
    """A file with errors keeps its old copy, is told about, and the rest is compiled."""
    (own_library / "reflections" / "broken.yaml").write_text(SOUND.replace("looking-back", "broken").replace("5", "x"))
    result = compile_all()

    assert [fault.code for fault in result.errors] == ["F03"]
    assert not (own_library / "compiled" / "broken.json").exists()
    assert (own_library / "compiled" / "looking-back.json").is_file()


def test_compile_exercise_keeps_a_copy_where_it_is_told(own_library: Path, tmp_path: Path) -> None:
    """The copy in a cache is as good as the library's own; a cache that cannot be written does no harm."""
    exercise = compile_exercise("looking-back", into=tmp_path / "cache")
    (tmp_path / "file").write_text("")

    assert library.load_compiled("looking-back", tmp_path / "cache") == exercise
    assert compile_exercise("looking-back", into=tmp_path / "file" / "cache") == exercise


def test_unknown_id_offers_close_matches(own_library: Path) -> None:
    """A misspelt id is answered with the one that was meant."""
    with pytest.raises(UnknownExerciseError, match="Did you mean 'looking-back'"):
        compile_exercise("loking-back")


def test_course_file_is_read_like_an_exercise(own_library: Path) -> None:
    """Faults of the course have lines and columns, too."""
    path = own_library / "course.yaml"
    path.write_text(path.read_text().replace("title: C", "titel: no"))

    with pytest.raises(FaultyExerciseFileError, match=r"course\.yaml:4:1: F01 titel: .* Did you mean 'title'"):
        load_course_file(path)


# --- the docs --------------------------------------------------------------------------------------------------------

SKELETONS = re.findall(
    r"```yaml\n(.*?)```", (Path(__file__).parent.parent / "docs/authoring.md").read_text("utf-8"), re.S
)


@pytest.mark.parametrize("text", SKELETONS, ids=[re.search(r"^kind: (\w+)", text, re.M)[1] for text in SKELETONS])
def test_skeletons_of_the_docs_can_be_used(tmp_path: Path, text: str) -> None:
    """A colleague who copies a skeleton starts from a file without errors."""
    path = tmp_path / f"{re.search(r'^id: (.+)$', text, re.M)[1]}.yaml"
    path.write_text(text, encoding="utf-8")
    # The patient of the goal's skeleton is the scenario's, which is in the docs only.
    errors = [fault for fault in inspect_file(path).errors if fault.code != "K01"]

    assert [str(fault) for fault in errors] == []


def _places(value: Json, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every value inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, entry in inside:
        yield (*place, part)
        yield from _places(entry, (*place, part))


@pytest.mark.parametrize("text", SKELETONS, ids=[re.search(r"^kind: (\w+)", text, re.M)[1] for text in SKELETONS])
def test_one_fault_anywhere_is_told_once(tmp_path: Path, text: str) -> None:
    """A value of the wrong type, or a misspelt name, at whatever place, has no echo among the checks."""
    path = tmp_path / f"{re.search(r'^id: (.+)$', text, re.M)[1]}.yaml"
    path.write_text(text, encoding="utf-8")
    data, _ = read_yaml(path)
    before = {(fault.code, fault.place) for fault in inspect_file(path, thorough=False).faults}
    for place, misspelt in itertools.product(_places(data), (False, True)):
        damaged = json.loads(json.dumps(data))
        around = functools.reduce(operator.getitem, place[:-1], damaged)
        if not misspelt:
            around[place[-1]] = [[7]]
        elif isinstance(place[-1], int) or place[-2:-1] == ("scenes",):
            continue
        else:
            around[f"{place[-1]}x"] = around.pop(place[-1])
        path.write_text(json.dumps(damaged), encoding="utf-8")
        told = {(fault.code, fault.place) for fault in inspect_file(path, thorough=False).faults} - before

        assert len({code for code, _ in told}) == 1, (place, told)
        assert misspelt or all(at[: len(place)] == place for _, at in told), (place, told)


def test_the_parts_for_typed_words_fit_the_scenario_skeleton(tmp_path: Path) -> None:
    """What the docs show of typed words can be put into the skeleton of a scenario, and then it takes them."""
    yaml = YAML(typ="safe")
    docs = (Path(__file__).parent.parent / "docs/authoring.md").read_text("utf-8")
    whole, typed, step = (yaml.load(part) for part in re.findall(r"```yml\n(.*?)```", docs, re.S))
    scenario = yaml.load(next(text for text in SKELETONS if "kind: scenario" in text)) | whole
    for name, scene in scenario["scenes"].items():
        # A copy each: the same object twice would be written as an anchor.
        scene["typed"] = copy.deepcopy(typed["typed"]) | {"next": "end" if name == "plan" else "plan"}
    scenario["safety"][0] |= step["safety"][0]
    path = tmp_path / f"{scenario['id']}.yaml"
    with path.open("w", encoding="utf-8") as file:
        YAML().dump(scenario, file)

    assert [str(fault) for fault in inspect_file(path).errors] == []


def test_every_kind_has_a_skeleton() -> None:
    """No kind of exercise is left without one."""
    assert sorted(re.search(r"^kind: (\w+)", text, re.M)[1] for text in SKELETONS) == sorted(KINDS)


def test_every_command_and_field_is_in_the_docs() -> None:
    """What the command offers and what a scenario may hold can be learnt from the docs alone."""
    docs = (Path(__file__).parent.parent / "docs" / "authoring.md").read_text(encoding="utf-8")
    schemas = [schema_of(cls) for cls in KINDS.values()]
    parts = [part for schema in schemas for part in (schema, *schema["$defs"].values())]
    fields = {name for part in parts for name in part.get("properties", {})} - {"synthetic"}

    assert sorted(name for name in fields if not re.search(rf"\b{name}\b", docs)) == []
    assert all(f"alliance_kit.content {name}" in docs for name in ("check", "compile", "schema", "ids", "codes"))


# --- the command -----------------------------------------------------------------------------------------------------


def test_check_says_that_there_is_nothing_to_mend(own_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Notices alone do not make the command fail."""
    assert main(["check", "looking-back"]) == 0
    assert "F14" in capsys.readouterr().out


def test_check_of_a_faulty_file_fails_with_places(
    write: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    """Errors and warnings make the command fail, and are printed one a line."""
    assert main(["check", str(write(SOUND.replace("minutes: 5", "minutes: x")))]) == 1
    assert "looking-back.yaml:6:1: F03 minutes:" in capsys.readouterr().out


def test_check_takes_the_course_by_path_and_by_name(own_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The course is checked as a course; all its faults come at once."""
    path = own_library / "course.yaml"
    assert main(["check", str(path)]) == 0
    assert "exercises/course.yaml: nothing to mend." in capsys.readouterr().out
    path.write_text(path.read_text().replace("minutes: 5", "minutes: x").replace("[looking-back]", "[loking-back]"))

    for words in (["check", str(path)], ["check", "course"], ["check"]):
        assert main(words) == 1
        told = [line for line in capsys.readouterr().out.splitlines() if "course.yaml" in line]
        assert [re.search(r"course\.yaml:8:\d+: (\w+)", line)[1] for line in told] == ["F03", "C01"]


def test_course_may_name_an_exercise_with_faults_of_its_own(own_library: Path) -> None:
    """A fault in an exercise is told in its file, and not once more in the course."""
    (own_library / "reflections" / "looking-back.yaml").write_text(SOUND.replace("minutes: 5", "minutes: x"))

    assert [fault.code for fault in compile_all().errors] == ["F03"]


def test_check_of_an_unknown_id_is_a_sentence(own_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No command ends in a traceback."""
    assert main(["check", "loking-back"]) == 1
    assert "Did you mean 'looking-back'" in capsys.readouterr().out


def test_compile_check_fails_until_copies_are_written(own_library: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """CI fails where a copy is out of step, and passes after `compile`."""
    assert main(["compile", "--check"]) == 1
    assert "looking-back.json: out of step." in capsys.readouterr().out
    assert main(["compile"]) == 0
    assert main(["compile", "--check"]) == 0


def test_schema_check_fails_until_schemas_are_written(own_library: Path) -> None:
    """Schemas have the same two forms of the command."""
    assert main(["schema", "--check"]) == 1
    assert main(["schema"]) == 0
    assert main(["schema", "--check"]) == 0


def test_command_runs_as_a_module() -> None:
    """The command is there under the name that the docs give."""
    done = subprocess.run(
        [sys.executable, "-m", "alliance_kit.content", "codes"],
        cwd=Path(__file__).parent.parent,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )

    assert "| Y11 | error |" in done.stdout


def test_inspecting_a_scenario_tells_what_it_lacks_to_teach(write: Callable[[str], Path]) -> None:
    """A scenario of one scene can be read, and is told what it lacks; opening it while drafting still works."""
    path = write(TALK)
    path = path.rename(path.with_name("talk.yaml"))
    inspection = inspect_file(path)

    assert load_exercise_file(path).id == "talk"
    assert inspection.errors == ()
    assert {"T04", "T06", "T10", "S17"} <= {fault.code for fault in inspection.faults}
