"""The gradebook file is the instructor's own: one column is filled, and every other byte is as it was."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance_kit.cohort.completion import Result, Results
from alliance_kit.cohort.lms import Submission
from alliance_kit.errors import GradebookError
from alliance_kit.reports.gradebook import Filled, _csv_text, fill, minimum, people, read_codes, read_export, told
from alliance_kit.reports.gradebook._csv_text import CsvText, read_csv, starts_formula
from alliance_kit.reports.gradebook._roster import Lms

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Notes,Other work (48210),Alliance unit 1 (48211),"
    "Alliance Current Score,Final Score\r\n"
    ",,,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,,10.00,22.00,(read only),(read only)\r\n"
    '"Diaz, Ana",10231,a0071,adiaz,DPT7201-01,"asks ""why"", often",8.50,,91.2,88.0\r\n'
    '"Núñez-O\'Brien, Zoë",10232,a0072,zoe@example.edu,"DPT7201-01, DPT7201-02",,,17.00,,\r\n'
    '"李, 小龍",10233,007,xli,DPT7201-01,"two\nlines",EX,EX,,\r\n'
    "Plain,10234,a0074,plain,DPT7201-01,,N/A,N/A,,\r\n"
    '"Okafor, Ade",10235,a0075,aokafor,DPT7201-01,,,,,\r\n'
    '"Student, Test",10299,,f00f,DPT7201-01,,,,,\r\n'
)
MOODLE = (
    "\ufeffIdentifier,Full name,ID number,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 301,"Ana Diaz",a0071,Ana.Diaz@example.edu,"Submitted for grading",-,"22,00",Yes,'
    '"Tuesday, 3 March 2026, 2:10 PM",-,\n'
    'Participant 302,"Zoë Núñez",,zoe@example.edu,"Submitted for grading","17,50","22,00",Yes,-,-,"Well, done"\n'
    'Participant 303,"Lee Locked",,lee@example.edu,"Submitted for grading","3,00","22,00",No,-,-,\n'
)


def result(code: str, points: float | None = 5.0, person: str = "", lms: Lms = "canvas", **known: str) -> Result:
    """Return a result whose person is known by the LMS's id, or by what is named."""
    names = (known.pop("name"),) if "name" in known else ()
    return Result(code=code, points=points, submission=Submission(lms, person), names=names, **known)


def class_of(*rows: Result, maximum: float = 22.0) -> Results:
    return Results(rows=rows, maximum=maximum)


def canvas(*rows: Result, text: str = CANVAS, column: str | None = None, maximum: float = 22.0) -> Filled:
    return fill(read_export(text.encode(), "canvas"), class_of(*rows, maximum=maximum), column)


def moodle(*rows: Result, text: str = MOODLE, column: str | None = None) -> Filled:
    return fill(read_export(text.encode(), "moodle"), class_of(*rows), column)


def cells(data: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    """Return what Python's own reader makes of a file."""
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))


# --- real-looking exports ---------------------------------------------------------------------------------------


def test_canvas_comes_back_equal_but_for_the_grades() -> None:
    """Commas, quotes, accents, posting row, points row, excused, not assigned, test student: all as they were."""
    rows = [result(f"c{n}", float(n), str(10231 + n)) for n in range(5)]
    filled = canvas(*rows, result("c9", 9.0, "10299"))
    expected = CANVAS.replace('often",8.50,,91.2', 'often",8.50,0,91.2').replace(",,17.00,,", ",,1,,")
    expected = expected.replace("aokafor,DPT7201-01,,,,,", "aokafor,DPT7201-01,,,4,,")

    assert filled.content.decode() == expected
    assert filled.column == "Alliance unit 1 (48211)"
    assert filled.written == 3
    assert [left.code for left in filled.results_without_row] == ["c9"]


def test_moodle_comes_back_equal_but_for_the_grades() -> None:
    """The byte order mark, decimal commas and unlike quoting stay; a row that Moodle locked is not touched."""
    filled = moodle(*(result(f"m{n}", n + 0.5, str(301 + n), "moodle") for n in range(3)))

    expected = MOODLE.replace('"Submitted for grading",-,', '"Submitted for grading","0,5",')
    assert filled.content.decode() == expected.replace('"17,50"', '"1,5"')
    assert "Row 4: locked in Moodle, and the cell holds what it held." in filled.warnings


def test_a_zero_is_written_and_an_empty_is_not() -> None:
    """Nothing finished is a true 0; no hand-in, and nothing to count, leave the cell as it was."""
    filled = canvas(result("c0", 0.0, "10231"), result("c1", None, "10232"))

    assert [row[7] for row in cells(filled.content)[3:5]] == ["0", "17.00"]
    assert [(left.row, left.name) for left in filled.rows_without_result] == [
        (6, "李, 小龍"),
        (7, "Plain"),
        (8, "Okafor, Ade"),
    ]
    assert "Row 5: had nothing to count, and the cell holds what it held." in filled.warnings


def test_nothing_matched_leaves_every_byte() -> None:
    """A file for which there is nothing to write comes back as it is, also when a new column was asked for."""
    assert canvas(result("c0", 1.0, "999")).content == CANVAS.encode()
    assert canvas(result("c0", 1.0, "999"), column="New").content == CANVAS.encode()
    assert not canvas(result("c0", 1.0, "999"), column="New").added


def test_filling_twice_is_filling_once() -> None:
    """The second time there is nothing left to write; also with a new column and with formulas."""
    text = CANVAS.replace("Plain,", "=1+1,")
    for column in (None, "New one", "=new"):
        once = canvas(result("c0", 7.5, "10231"), text=text, column=column)
        twice = canvas(result("c0", 7.5, "10231"), text=once.content.decode(), column=column)

        assert once.content != text.encode()
        assert twice.content == once.content
        assert twice.written == 0


def test_the_class_list_has_the_learners_only() -> None:
    """No points row, no posting row, no test student; what the LMS knows of each."""
    listed = people(read_export(CANVAS.encode(), "canvas"))

    assert [(p.person, p.sis, p.login, p.name) for p in listed][:2] == [
        ("10231", "a0071", "adiaz", "Diaz, Ana"),
        ("10232", "a0072", "zoe@example.edu", "Núñez-O'Brien, Zoë"),
    ]
    assert len(listed) == 5
    first = people(read_export(MOODLE.encode(), "moodle"))[0]
    assert (first.person, first.email, first.lms) == ("301", "Ana.Diaz@example.edu", "moodle")


def test_canvas_with_names_in_two_columns() -> None:
    """Canvas also exports family and first name apart."""
    text = CANVAS.replace("Student,", "LastName,FirstName,", 1).replace("\r\n,,", "\r\n,,,")
    text = text.replace("Possible,", "Possible,,").replace('"Diaz, Ana"', "Diaz,Ana").replace("Plain,", "Plain,,")
    text = "\r\n".join(line for line in text.split("\r\n") if not line.startswith('"') and "lines" not in line)

    assert [p.name for p in people(read_export(text.encode(), "canvas"))] == ["Diaz, Ana", "Plain"]


def test_a_worksheet_in_another_language() -> None:
    """Moodle's own words are translated; participants and addresses show what they are, the column is named."""
    text = "Identifikator;Vollständiger Name;E-Mail-Adresse;Bewertung\nTeilnehmer/in 301;Ana;ana@example.edu;\n"
    filled = moodle(result("m0", 2.5, "301", "moodle"), text=text, column="Bewertung")

    assert filled.content.decode() == text.replace("edu;", "edu;2.5")
    with pytest.raises(GradebookError, match="'Vollständiger Name', 'Bewertung'"):
        moodle(text=text)


# --- who is who -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ({"person": "10232"}, 5),
        ({"sis": "007"}, 6),
        ({"sis": "A0071"}, None),
        ({"login": "aokafor"}, 8),
        ({"login": "AOkafor"}, 8),
        ({"email": "ZOE@example.edu"}, 5),
        ({"person": "10232", "login": "aokafor"}, 5),
        ({"person": "1", "login": "aokafor"}, 8),
        ({"person": "10231", "lms": "moodle"}, None),
        ({"name": "Ana Diaz"}, None),
        ({}, None),
    ],
)
def test_id_goes_before_login_before_e_mail(known: dict[str, str], row: int | None) -> None:
    """The first that fits decides; an id of another LMS and a name decide nothing."""
    filled = canvas(result("c0", 1.0, **known))  # type: ignore[arg-type]  # an LMS among other words

    assert [match.row for match in filled.matched] == ([row] if row else [])


def test_an_anonymous_number_is_no_id() -> None:
    """Canvas numbers anonymous files anew; such a number may be somebody else's id."""
    hidden = Result(code="c0", points=3.0, submission=Submission("canvas", "10231", prefix="anon_10231_5_"))

    assert canvas(hidden).matched == ()
    assert minimum(class_of(hidden), "canvas").matched == ()


def test_e_mail_is_matched_exactly_first() -> None:
    """Moodle tells capitals apart: two addresses that differ in them are two people."""
    text = "Username,Email address,Alliance\nu1,ana@example.edu,\nu2,Ana@example.edu,\n"

    assert [m.row for m in moodle(result("m0", email="Ana@example.edu"), text=text).matched] == [3]
    assert moodle(result("m0", email="ANA@example.edu"), text=text).matched == ()


def test_a_code_kept_as_id_matches() -> None:
    """An instructor may keep the learners' codes in a column for IDs."""
    text = CANVAS.replace("a0075", "3f00ab12")

    assert [m.row for m in canvas(result("3f00ab12"), text=text).matched] == [8]


def test_what_is_not_clear_is_not_written() -> None:
    """Two rows with one ID, or two results for one row: neither is written, both are told."""
    twice = CANVAS.replace("10235", "10231")
    filled = canvas(result("c0", 3.0, "10231"), text=twice)
    assert filled.content == twice.encode()
    assert "fits rows 4, 8" in filled.results_without_row[0].why

    filled = canvas(result("c0", 3.0, "10231"), result("c1", 4.0, login="adiaz"))
    assert filled.content == CANVAS.encode()
    assert [left.code for left in filled.results_without_row] == ["c0", "c1"]
    assert all("(c0, c1) fit row 4" in left.why for left in filled.results_without_row)


def test_a_file_that_was_passed_on_gives_nobody_a_grade() -> None:
    """Work that came under two people's numbers is written for neither, with an export or without one."""
    passed_on = dataclasses.replace(result("c0", 3.0, "10235"), others=(Submission("canvas", "10231"),))
    filled = canvas(passed_on)
    alone = minimum(class_of(passed_on), "canvas")

    assert filled.content == CANVAS.encode()
    assert "fits rows 4, 8" in filled.results_without_row[0].why
    assert alone.written == 0
    assert [left.code for left in alone.results_without_row] == ["c0"]


@pytest.mark.parametrize("name", ["Ana Diaz", "diazana", "DIAZ Ana", "Ána  Díaz"])
def test_a_name_is_proposed_and_never_used(name: str) -> None:
    """Where a name looks like one row's, the instructor is asked."""
    filled = canvas(result("c0", 3.0, name=name))

    assert filled.content == CANVAS.encode()
    assert "it looks like row 4, 'Diaz, Ana'; if so, give --codes" in filled.results_without_row[0].advice


def test_a_name_that_two_rows_share_is_not_proposed() -> None:
    """A proposal that may be wrong half of the time is none."""
    filled = canvas(result("c0", name="Ana Diaz"), text=CANVAS.replace("Okafor, Ade", "Diaz, Ana"))

    assert "looks like" not in filled.results_without_row[0].advice


def test_the_list_of_codes_goes_before_everything() -> None:
    """The instructor says who it is; spreadsheets may have taken zeros, and columns come in any order."""
    codes = read_codes(b"\xef\xbb\xbfLogin;Code;ID\r\nADIAZ;42;\r\n;0000ab;10235\r\n;;\r\n")
    results = class_of(result("00000042", 6.0, "10232"), result("000000AB", 7.0))
    filled = fill(read_export(CANVAS.encode(), "canvas"), results, codes=codes)

    assert [(match.row, match.code) for match in filled.matched] == [(4, "00000042"), (8, "000000AB")]


@pytest.mark.parametrize("identifier", ["Participant 302", " Teilnehmer/in 0302", "302"])
def test_the_list_of_codes_takes_a_worksheets_identifier(identifier: str) -> None:
    """It can be copied from the worksheet as it stands there; with and without an export."""
    codes = read_codes(f"code,Identifier\nc0,{identifier}\n".encode())
    filled = fill(read_export(MOODLE.encode(), "moodle"), class_of(result("c0")), codes=codes)

    assert [(match.row, match.code) for match in filled.matched] == [(3, "c0")]
    assert b"Participant 302," in minimum(class_of(result("c0")), "moodle", codes=codes).content


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("name,id\nAna,1\n", "needs a column 'code'"),
        ("code,name\nab,Ana\n", "needs a column 'code'"),
        ("code,id\nab,1\nab,2\n", "says two things of 'ab'"),
        (",,\n", "needs a column 'code'"),
    ],
)
def test_a_list_of_codes_that_cannot_be_used(text: str, match: str) -> None:
    """It says what is missing."""
    with pytest.raises(GradebookError, match=match):
        read_codes(text.encode())


def test_codes_from_whom_nothing_came_are_told() -> None:
    """A slip of the pen in the list would otherwise be silent."""
    codes = read_codes(b"code,id\nabcd,10231\n")
    filled = fill(read_export(CANVAS.encode(), "canvas"), class_of(result("c0")), codes=codes)

    assert any("names 1 code with no hand-in here (abcd)" in warning for warning in filled.warnings)


# --- which column -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["Other work (48210)", "Other work", "other WORK", "Notes"])
def test_a_column_can_be_named(title: str) -> None:
    """In full, without Canvas's number, or with other capitals."""
    filled = canvas(result("c0", 3.0, "10235"), column=title)

    column = 5 if title == "Notes" else 6
    assert cells(filled.content)[7][column] == "3"


@pytest.mark.parametrize(
    "title", ["Final Score", "Alliance Current Score", "ID", "Student", "Section", "", " ", "Root Account"]
)
def test_what_the_lms_computes_or_knows_is_never_written(title: str) -> None:
    """Computed columns and those that say who somebody is take no grades."""
    with pytest.raises(GradebookError, match=r"takes no grades\. Name with --column .*'Other work"):
        canvas(result("c0", 3.0, "10235"), column=title)


def test_read_only_in_another_language() -> None:
    """Whatever stands in brackets in the row of points, the column is computed."""
    text = CANVAS.replace("(read only)", "(schreibgeschützt)").replace("Final Score", "Gesamt")

    with pytest.raises(GradebookError, match="takes no grades"):
        canvas(result("c0", 3.0, "10235"), text=text, column="Gesamt")


def test_a_column_of_notes_takes_no_grades_unless_it_is_named() -> None:
    """Canvas's own columns for notes have neither a number nor points; "Alliance group" in one is no assignment."""
    text = CANVAS.replace(",Notes,", ",Alliance group,")
    only = text.replace("Alliance unit 1 (48211)", "Unit 1 (48211)")

    assert canvas(result("c0", 3.0, "10235"), text=text).column == "Alliance unit 1 (48211)"
    with pytest.raises(GradebookError, match="No column for grades has 'Alliance' in its title"):
        canvas(result("c0", 3.0, "10235"), text=only)


def test_what_moodles_gradebook_computes_takes_no_grades() -> None:
    """Totals of a category, percentages, letters and feedback stand beside the grade; only it is written."""
    titles = "Assignment: Alliance total (Real)|Assignment: Alliance (Percentage)|Quiz: Alliance (Letter)"
    titles += "|Assignment: Alliance (Feedback)|Alliance total (Real)|Alliance total|Course total (Real)"
    text = f"First name,Last name,ID number,{titles.replace('|', ',')}\nAna,Diaz,a1,-,-,-,,7,7,7\n"

    assert moodle(result("a1"), text=text).content.decode() == text.replace("a1,-,", "a1,5,")


def test_a_row_without_a_name_is_told_by_its_identifier() -> None:
    """Where marking is blind, the worksheet has no names."""
    text = "Identifier,Grade\nParticipant 301,-\n"

    assert any("'Participant 301'" in sentence for sentence in told(moodle(result("c0"), text=text)))


def test_a_new_column_is_made_in_canvas_only() -> None:
    """Title and points possible, at the end of every row; Canvas makes an assignment of it, Moodle would not."""
    filled = canvas(result("c0", 3.0, "10231"), column="Unit 1, practice")
    rows = cells(filled.content)

    assert [row[-1] for row in rows] == ["Unit 1, practice", "", "22", "3", "", "", "", "", ""]
    assert {len(row) for row in rows} == {11}
    assert [row[:-1] for row in rows] == cells(CANVAS.encode())
    assert any("new assignment 'Unit 1, practice'" in sentence for sentence in told(filled))
    with pytest.raises(GradebookError, match="no column 'Unit 1'"):
        moodle(result("m0"), column="Unit 1")


def test_several_or_no_column_names_the_candidates() -> None:
    """Nobody guesses where grades belong."""
    with pytest.raises(GradebookError, match=r"More than one .*'Alliance work \(48210\)', 'Alliance unit 1"):
        canvas(text=CANVAS.replace("Other", "Alliance"))
    with pytest.raises(GradebookError, match=r"No column .*'Notes', 'Other work \(48210\)', 'Unit 1"):
        canvas(text=CANVAS.replace("Alliance", "").replace(" unit", "Unit"))
    with pytest.raises(GradebookError, match="fits 2 columns"):
        canvas(text=CANVAS.replace("Alliance unit 1", "Other work"), column="Other work")


def test_points_that_do_not_fit_the_column_are_told() -> None:
    """Too many are extra credit in Canvas and refused by Moodle; too few, and nobody can get full points."""

    def warned(filled: Filled) -> list[str]:
        return [warning for warning in filled.warnings if "the workbook has" in warning]

    low, high = (CANVAS.replace("22.00", other) for other in ("10.00", "30.00"))
    assert warned(canvas(result("c0"))) == []
    assert "gives 10 points and the workbook has 22, so full points are too many" in warned(canvas(text=low))[0]
    assert "gives 30 points and the workbook has 22, so full points are not all" in warned(canvas(text=high))[0]
    assert "gives 20 points" in warned(moodle(text=MOODLE.replace("22,00", "20,00", 1)))[0]


def test_a_grade_that_is_replaced_is_told() -> None:
    """A grade that somebody put by hand does not vanish without a word; the same one is not written again."""
    assert "Row 5: held another grade, which was replaced." in canvas(result("c0", 3.0, "10232")).warnings
    assert canvas(result("c0", 17.0, "10232")).content == CANVAS.encode()


# --- formulas and other hostility -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "+1 614 555", "=5"]
)
def test_formulas_are_found(value: str) -> None:
    """A sign at the start, whatever stands before it."""
    assert starts_formula(value)


@pytest.mark.parametrize(
    "value", ["", "-", " - ", "-5", "+3,5", "-1.234,50", "5 %", "-5%", "a=1", "'=1", "    Points", "--"]
)
def test_numbers_and_dashes_are_no_formulas(value: str) -> None:
    """Grades below zero and Moodle's dash stay as they are."""
    assert not starts_formula(value)


@pytest.mark.parametrize("name", ['=HYPERLINK("http://example.org";"x")', "+1", "@a, b", "-a", "a\u202eb", "x\ny", '"'])
def test_hostile_names_are_kept_harmless(name: str) -> None:
    """A name that is a formula gets an apostrophe and is told; nothing else in the file changes."""
    raw = '"' + name.replace('"', '""') + '"'
    text = CANVAS.replace('"Okafor, Ade"', raw)
    filled = canvas(result("c0", 3.0, "10231"), text=text)
    rows, before = cells(filled.content), cells(text.encode())

    expected = f"'{name}" if starts_formula(name) else name
    assert rows[7][0] == expected
    assert any("Row 8, column 'Student'" in warning for warning in filled.warnings) == (expected != name)
    assert [row[1:7] + row[8:] for row in rows] == [row[1:7] + row[8:] for row in before]
    assert all("\u202e" not in sentence and "\n" not in sentence for sentence in told(filled))


def test_an_id_behind_an_apostrophe_still_matches() -> None:
    """What was made harmless the first time is still the same person the second time."""
    text = CANVAS.replace("aokafor", "@aokafor")
    once = canvas(result("c0", 3.0, login="@aokafor"), text=text)
    twice = canvas(result("c0", 3.0, login="@aokafor"), text=once.content.decode())

    assert cells(once.content)[7][3] == "'@aokafor"
    assert [match.row for match in twice.matched] == [8]


@pytest.mark.parametrize(
    ("data", "match"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04 and more", "spreadsheet program's own file"),
        (b"\x89PNG\r\n\0\0\0", "something else than text"),
        (b"\xff\xfea", "something else than text"),
        (b"\xef\xbb\xbf\xff\xfe", "something else than text"),
        (b",,,\n", "does not name 'Student' and 'ID'"),
        (b"Name,Grade\nAna,3\n", "does not name 'Student' and 'ID'"),
        (MOODLE.encode(), "looks like a file from Moodle; use --format moodle"),
        (b'Student,ID,Alliance\n"Diaz, Ana,1,\n', "Row 2: its quotes do not match"),
        (b'Student,ID,Alliance\n"Diaz" Ana,1,\n', "Row 2: its quotes do not match"),
        (b"Student,ID,ID,Alliance\n", "'ID' is there twice"),
        (b"Student,ID,Alliance\nDiaz, Ana,1,8\n", "Row 2 has more cells"),
        (b"Student,ID,Alliance\n" + b"x" * 140_000 + b",1,\n", "cannot be read"),
        (b"x" * (_csv_text.MAX_BYTES + 1), "larger than 32 MB"),
        (b"Student,ID\n" + b"," * (_csv_text.MAX_CELLS + 1), "more cells than any class"),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else "",
)
def test_what_is_no_export_is_refused_with_a_sentence(data: bytes, match: str) -> None:
    """Where, what, and what to do."""
    with pytest.raises(GradebookError, match=match):
        read_export(data, "canvas")


@given(st.binary(max_size=200) | st.text(alphabet=',;\t"\r\n ab=\u202e', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Never a traceback; and what is read is written back as it came."""
    for text in (data, b"Student,ID,Alliance\n" + data, b"Identifier;Grade\n" + data):
        try:
            found = read_csv(text, {"id"})
        except GradebookError:
            continue
        assert found.to_bytes() == text
        for lms in ("canvas", "moodle"):
            with contextlib.suppress(GradebookError):
                assert fill(read_export(text, lms), class_of(result("c0", 1.0, "1"))).content


def test_many_quotes_take_no_longer_than_they_are_long() -> None:
    """A file made of quotes cannot hold the program up."""
    began = time.perf_counter()
    for data in (b'"' * 400_001, b'"a' * 200_000, b'",' * 200_000):
        with pytest.raises(GradebookError):
            read_export(b"Student,ID,Alliance\n" + data, "canvas")

    assert time.perf_counter() - began < 5


def test_ten_thousand_rows_are_quick() -> None:
    """Measured at 0.2 s; a machine that is busy may take a while longer."""
    head = CANVAS[: CANVAS.index('"Diaz')]
    text = head + "".join(f'"Diaz{n}, Ana",{n},s{n},l{n},X,,{n % 10}.50,,"9,5",8\r\n' for n in range(10_000))
    began = time.perf_counter()
    filled = canvas(*(result(f"{n:08x}", 3.0, str(n)) for n in range(10_000)), text=text)
    lines = told(filled)

    assert filled.written == 10_000
    assert len(lines) < 20
    assert time.perf_counter() - began < 3


def test_long_lists_are_cut_and_counted() -> None:
    """Thousands of lines are not read; how many there are more is said."""
    filled = canvas(*(result(f"{n:08x}", 3.0, str(n)) for n in range(70)))

    assert any(sentence == "There are 20 more codes without a row." for sentence in told(filled))


def test_a_title_that_the_encoding_lacks_is_refused() -> None:
    """An old export cannot keep every letter; it says which."""
    export = read_export(CANVAS.replace("李, 小龍", "Lee").encode("cp1252"), "canvas")

    with pytest.raises(GradebookError, match="has no '李'"):
        fill(export, class_of(result("c0", 3.0, "10231")), "李")


# --- any export -------------------------------------------------------------------------------------------------

ENCODINGS = {"utf-8": b"", "utf-8 ": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "cp1252": b""}
LETTERS = "abcÄéñß ,;.'\"\n\t-=+@1(5)"


@st.composite
def exports(draw: st.DrawFn) -> tuple[bytes, str, CsvText]:
    """Return a Canvas export in some dialect: bytes, delimiter, and its raw cells."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    comma = draw(st.booleans())
    extra = draw(st.integers(0, 3))
    quoting = draw(st.sampled_from(["some", "all", "as needed"]))
    texts = st.text(alphabet=LETTERS, max_size=8)
    grades = st.sampled_from(["", "8,50" if comma else "8.50", "0", "EX", "-"])

    def raw(value: str) -> str:
        must = any(letter in value for letter in f'{delimiter}"\r\n')
        quote = must or quoting == "all" or (quoting == "some" and draw(st.booleans()))
        return '"' + value.replace('"', '""') + '"' if quote else value

    titles = [f"Work {n} ({n})" for n in range(extra)]
    rows = [["Student", "ID", "SIS Login ID", "Section", *titles, "Alliance (9)", "Final Score"]]
    rows.append(["    Points Possible", "", "", "", *["10"] * extra, "22", "(read only)"])
    for number in range(draw(st.integers(0, 5))):
        who = [draw(texts), str(100 + number), f"login{number}", draw(texts)]
        rows.append([*who, *(draw(grades) for _ in range(extra)), draw(grades), draw(texts)])
    raws = [tuple(raw(value) for value in row) for row in rows]
    while draw(st.booleans()):
        raws.insert(draw(st.integers(1, len(raws))), ("",))
    ends = [draw(st.sampled_from(["\n", "\r\n", "\r"])) for _ in raws]
    if draw(st.booleans()) and raws[-1] != ("",):
        ends[-1] = ""
    # A blank line after a lone carriage return would join it to one line end.
    ends = ["\n" if end == "\r" and row == ("",) else end for row, end in zip([*raws[1:], ("x",)], ends, strict=True)]
    made = CsvText(tuple(raws), tuple(ends), delimiter, encoding.strip(), ENCODINGS[encoding])
    return made.to_bytes(), delimiter, made


@given(exports(), st.sets(st.integers(0, 5)), st.sampled_from([0.0, 3.0, 7.25]))
def test_any_export_comes_back_equal_but_for_the_grades(
    export: tuple[bytes, str, CsvText], handed_in: set[int], points: float
) -> None:
    """Whatever its dialect: only cells of the column change, formulas apart, and all that is not a cell stays."""
    data, delimiter, made = export
    results = class_of(*(result(f"c{n}", points, str(100 + n)) for n in sorted(handed_in)))
    filled = fill(read_export(data, "canvas"), results)
    after = read_csv(filled.content, {"id", "student"})
    column = len(made.rows[0]) - 2

    assert (after.ends, after.delimiter, after.bom) == (made.ends, delimiter, made.bom)
    assert [len(row) for row in after.rows] == [len(row) for row in made.rows]
    for before, now, held in zip(made.rows, after.rows, made.values, strict=True):
        for place, (old, new, value) in enumerate(zip(before, now, held, strict=True)):
            if place == column and held[1].isdigit() and int(held[1]) - 100 in handed_in and value != "EX":
                assert _csv_text.as_number(_csv_text.value_of(new)) == points
                assert old.startswith('"') <= new.startswith('"')
            elif starts_formula(value):
                assert _csv_text.value_of(new) == f"'{value}"
            else:
                assert new == old
    assert fill(read_export(filled.content, "canvas"), results).content == filled.content


# --- without an export ------------------------------------------------------------------------------------------


def test_the_minimum_for_canvas() -> None:
    """Four columns and the points row; only who is known by id has a row, an empty result none."""
    filled = minimum(
        class_of(
            result("c0", 3.0, "10231", name="Diaz, Ana"),
            result("c1", 0.0, "10232", name="=Zoë"),
            result("c2", None, "10233"),
            result("c3", 4.0),
            result("c4", 4.0, "10234"),
            result("c5", 5.0, "10234"),
        ),
        "canvas",
        "Unit 1",
    )

    assert cells(filled.content) == [
        ["Student", "ID", "Section", "Unit 1"],
        ["    Points Possible", "", "", "22"],
        ["Diaz, Ana", "10231", "", "3"],
        ["'=Zoë", "10232", "", "0"],
    ]
    assert [left.code for left in filled.results_without_row] == ["c3", "c4", "c5"]
    assert "No export was given" in told(filled)[0]
    assert "Code c2 had nothing to count, so it has no row." in filled.warnings


def test_the_minimum_for_moodle() -> None:
    """What the offline grading worksheet must have, and no more; the list of codes counts here, too."""
    codes = read_codes(b"code,id\nm1,302\n")
    rows = (result("m0", 3.0, "301", "moodle"), result("m1", 2.5), result("m2", 1.0, "10231", "canvas"))
    filled = minimum(class_of(*rows), "moodle", codes=codes)

    assert cells(filled.content) == [
        ["Identifier", "Grade", "Last modified (grade)"],
        ["Participant 301", "3", "-"],
        ["Participant 302", "2.5", "-"],
    ]
    again = fill(read_export(filled.content, "moodle"), class_of(*rows))
    assert (again.content, len(again.matched)) == (filled.content, 1)


# --- what is told -----------------------------------------------------------------------------------------------


def test_the_summary_in_sentences() -> None:
    """What was written where, by what people were known, and who is left on either side."""
    filled = canvas(result("c0", 3.0, "10231"), result("c1", 17.0, login="zoe@example.edu"), result("c2", 1.0))

    assert told(filled) == [
        "Column 'Alliance unit 1 (48211)': 1 grade written (exercises finished, 22 at most).",
        "1 grade needed no writing: the cell already held it, or must stay as it is.",
        "Matched by ID (1), login (1).",
        "Row 6 ('李, 小龍') has no result and is as it was.",
        "Row 7 ('Plain') has no result and is as it was.",
        "Row 8 ('Okafor, Ade') has no result and is as it was.",
        "Code c2 has no row: no row has this ID, login or e-mail; say with --codes who it is.",
    ]
