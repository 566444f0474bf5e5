"""The commands for a class, as an instructor types them: from the LMS's ZIP to pages and a gradebook."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import hostile
import pytest

from alliance_kit.batch.folder import prepare
from alliance_kit.cli import main
from alliance_kit.cohort import sample
from alliance_kit.cohort.record import Record

ROOT = Path(__file__).resolve().parents[1]
BAD = 8
LEARNERS = 40

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def alliance(*words: object, home: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    """Run `alliance …` as a program of its own, from a bare clone, and look at its exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")}
    done = subprocess.run(
        [sys.executable, "-m", "alliance_kit", *map(str, words)],
        cwd=home.parent,
        env=environment | {"ALLIANCE_HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done


# --- the demo ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Return the folder that `alliance demo` filled, in a place with a space in its name, and what it said."""
    folder = tmp_path_factory.mktemp("demo") / "my demo"
    done = alliance("demo", folder, home=folder.parent / "home")
    return folder, done.stdout


def test_demo_does_the_whole_of_it_and_says_where_to_look(demo: tuple[Path, str]) -> None:
    """A class of 24 is collected, reported and graded; each place that is named is there."""
    folder, said = demo

    assert "24 taken, 0 already there, 0 refused." in said
    assert "24 reports on learners, and one on the class." in said
    assert "24 grades written" in said
    named = re.findall(rf"^  ({re.escape(str(folder))}\S*)", said, re.MULTILINE)
    assert len(named) == 4
    assert all(Path(place).exists() for place in named)
    assert len(list((folder / "reports" / "learners").glob("*.html"))) == 24


def test_demo_leaves_the_home_alone(demo: tuple[Path, str]) -> None:
    """An invented class is kept apart from the instructor's own things."""
    folder, _ = demo

    assert not (folder.parent / "home").exists()


def test_demo_can_be_run_again(demo: tuple[Path, str]) -> None:
    """The second time the hand-ins are there already, and the reports are made anew, byte for byte."""
    folder, _ = demo
    pages = sorted((folder / "reports").rglob("*.html"))
    before = {page: page.read_bytes() for page in pages}
    done = alliance("demo", folder, home=folder.parent / "home")

    assert "0 taken, 24 already there, 0 refused." in done.stdout
    assert {page: page.read_bytes() for page in sorted((folder / "reports").rglob("*.html"))} == before


def test_no_report_holds_a_name_or_a_place_of_this_computer(demo: tuple[Path, str]) -> None:
    """Notebooks, pages and data carry codes; what the LMS wrote into file names stands in `feedback` only."""
    folder, _ = demo
    for path in (folder / "reports").rglob("*"):
        if path.is_file() and "feedback" not in path.relative_to(folder / "reports").as_posix():
            content = path.read_bytes()
            assert b"Synthetic Learner" not in content, path
            assert b"learner007synthetic" not in content, path
            assert str(folder).encode() not in content, path
            assert os.fsencode(Path.home()) + b"/" not in content, path


def test_every_page_stands_alone_and_is_small(demo: tuple[Path, str]) -> None:
    """No script, nothing from elsewhere, under 300 kB, and the synthetic class says so on each page."""
    folder, _ = demo
    pages = sorted((folder / "reports").rglob("*.html"))
    assert len(pages) >= 26
    for page in pages:
        text = page.read_text(encoding="utf-8")
        assert page.stat().st_size < 300_000, page
        assert "<script" not in text.lower(), page
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text), page
        assert "ynthetic" in text, page


# --- a messy download -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return a Canvas ZIP of 40 hand-ins with 8 bad files more, and the gradebook export that goes with it."""
    folder = tmp_path_factory.mktemp("messy")
    archive, export = sample.write_download(folder / "download", LEARNERS, 11, "canvas")
    with zipfile.ZipFile(archive) as good:
        files = {name: good.read(name) for name in good.namelist()}
    one = next(iter(files.values()))
    stranger = hostile.another(one, 900)
    bad = {
        "torn_20001_1_hand-in.jsonl": one[: len(one) // 2],
        "empty_20002_2_hand-in.jsonl": b"",
        "essay_20003_3_essay.docx": b"PK\x03\x04" + os.urandom(64),
        "wide_20004_4_hand-in.jsonl": stranger.decode().encode("utf-16"),
        "deep_20005_5_hand-in.jsonl": b'{"a":' * 5000 + b"1" + b"}" * 5000,
        "../../outside_20006_6_x.html": b"<script>alert(1)</script>",
        "__MACOSX/._learner001synthetic_10001_990001_hand-in.jsonl": b"\0\5\x16\7",
        "twin_20007_7_hand-in.jsonl": hostile.lines_of(
            [{**row, "made": "2026-03-01T00:00:00Z"} if n == 0 else row for n, row in enumerate(hostile.rows_of(one))]
        ),
    }
    assert len(bad) == BAD
    messy = folder / "download" / "messy.zip"
    messy.write_bytes(hostile.zipped(files | bad))
    return messy, export


def test_as_an_instructor_would(messy: tuple[Path, Path], tmp_path: Path) -> None:
    """Collected with the default record, reported, exported: 40 in, 8 refused by name, nobody else harmed."""
    archive, export = messy
    home = tmp_path / "home"
    first = alliance("collect", archive, "--roster", export, home=home)
    again = alliance("collect", archive, home=home)
    made = alliance("report", "--jobs", 2, home=home)
    graded = alliance("gradebook", "--format", "canvas", "--roster", export, "--out", tmp_path / "out.csv", home=home)

    assert "40 taken, 0 already there, 8 refused." in first.stdout
    assert "0 taken, 40 already there, 8 refused." in again.stdout
    refused = [line for line in first.stdout.splitlines() if ": refused" in line]
    assert len(refused) == BAD
    assert all(re.search(r": refused; \w.{20,}", line) for line in refused)
    assert "40 reports on learners" in made.stdout
    assert (home / "class" / "reports" / "index.html").is_file()
    assert "40 grades written" in graded.stdout
    before, after = (list(csv.reader(io.StringIO(p.read_text("utf-8-sig")))) for p in (export, tmp_path / "out.csv"))
    column = next(n for n, title in enumerate(before[0]) if title.startswith("Alliance"))
    assert [row[:column] + row[column + 1 :] for row in before] == [row[:column] + row[column + 1 :] for row in after]
    assert sum(a[column] != b[column] for a, b in zip(before, after, strict=True)) == LEARNERS
    assert "0" not in {row[column] for row in after[-3:]}


def test_who_to_talk_to_is_on_the_class_report(messy: tuple[Path, Path], tmp_path: Path) -> None:
    """Who has not handed in, whose file could not be read, who asked for contact; and nobody else."""
    archive, export = messy
    home = tmp_path / "home"
    alliance("collect", archive, "--roster", export, home=home)
    alliance("report", home=home)
    page = (home / "class" / "reports" / "class_report.html").read_text(encoding="utf-8")
    with Record.open(home / "class" / "class.db") as record:
        contact = [entry.code for entry in record.learners() if entry.wants_contact]
        codes = set(record.codes())

    assert "Learner 041, Synthetic" in page
    assert "torn" in page
    assert contact
    assert {code for code in codes if code in page} == set(contact)


def test_one_learner_that_cannot_be_reported_stops_nobody(messy: tuple[Path, Path], tmp_path: Path) -> None:
    """Exit code 1, the learner named by code, all others there, and the notebook shows where it stopped."""
    archive, _ = messy
    home = tmp_path / "home"
    few = tmp_path / "few.zip"
    with zipfile.ZipFile(archive) as whole:
        some = [name for name in whole.namelist() if name.startswith("learner00")][:4]
        few.write_bytes(hostile.zipped({name: whole.read(name) for name in some}))
    alliance("collect", few, home=home)
    with Record.open(home / "class" / "class.db") as record:
        unlucky = record.codes()[0]
    book = json.loads((ROOT / "notebooks" / "reports" / "learner_report.ipynb").read_text(encoding="utf-8"))
    setup = next(n for n, cell in enumerate(book["cells"]) if "parameters" in cell["metadata"].get("tags", ())) + 1
    trap = {"cell_type": "code", "id": "trap", "metadata": {}, "outputs": [], "execution_count": None}
    book["cells"].insert(setup, trap | {"source": f"assert learner != {unlucky!r}, 'made to stop'"})
    (tmp_path / "mine.ipynb").write_text(json.dumps(book), encoding="utf-8")
    done = alliance("report", "--template", tmp_path / "mine.ipynb", home=home, code=1)

    learners = home / "class" / "reports" / "learners"
    assert unlucky in done.stderr
    assert "made to stop" in done.stderr
    assert len(list(learners.glob("*.html"))) == len(some) - 1
    assert not (learners / f"{unlucky}.html").exists()
    assert "made to stop" in (learners / f"{unlucky}.ipynb").read_text(encoding="utf-8")


# --- single commands --------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return a folder with three synthetic hand-ins in it, nothing else."""
    folder = tmp_path / "hand-ins"
    assert len(list(sample.write_class(folder, 3, 5))) == 3
    return folder


def test_sample_makes_folders_and_says_what_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A folder that is not there is made; what comes next is told, ready to be copied."""
    assert main(["sample", str(tmp_path / "a b" / "c"), "--learners", "3", "--seed", "4"]) == 0
    said = capsys.readouterr().out

    assert "3 synthetic hand-ins" in said
    assert f'alliance collect "{tmp_path / "a b" / "c"}"' in said
    assert len(list((tmp_path / "a b" / "c").iterdir())) == 3


def test_the_same_seed_makes_the_same_bytes(tmp_path: Path) -> None:
    """And another seed another class."""
    for name, seed in (("one", "4"), ("two", "4"), ("other", "5")):
        main(["sample", str(tmp_path / name), "--learners", "3", "--seed", seed])
    made = {name: {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two", "other")}

    assert made["one"] == made["two"]
    assert not made["one"].keys() & made["other"].keys()


def test_collect_counts_late_ones_by_the_day_that_is_given(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A hand-in made after the day is marked, and still taken."""
    assert main(["collect", str(small), "--record", str(tmp_path / "class.db"), "--due", "2026-01-01"]) == 0

    assert capsys.readouterr().out.count("; late\n") == 3


def test_a_stricter_group_hides_a_small_class(tmp_path: Path) -> None:
    """Six learners are shown under the rule of five, and not under that of ten; less than five is not understood."""
    record = str(tmp_path / "class.db")
    assert len(list(sample.write_class(tmp_path / "class", 6, 5))) == 6
    main(["collect", str(tmp_path / "class"), "--record", record])
    page, pages = tmp_path / "reports" / "class_report.html", []
    for size in ("5", "10"):
        assert main(["report", "--record", record, "--smallest-group", size]) == 0
        pages.append(page.read_text(encoding="utf-8"))
    with pytest.raises(SystemExit):
        main(["report", "--record", record, "--smallest-group", "4"])

    assert "6 learners" in pages[0]
    assert "fewer than 10 learners" in pages[1]
    assert "6 learners" not in pages[1]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["collect", "nowhere"], "nowhere"),
        (["report"], "Collect hand-ins first"),
        (["gradebook", "--format", "canvas", "--out", "x.csv"], "Collect hand-ins first"),
        (["collect", ".", "--roster", "nowhere.csv"], "nowhere.csv cannot be read"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_what_is_missing_is_told_in_a_sentence(
    words: list[str],
    sentence: str,
    alliance_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Never a traceback; exit code 1."""
    monkeypatch.chdir(tmp_path)

    assert main(words) == 1
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--learners", "0"], ["--learners", "many"], ["--learners", "9" * 20]], ids=str)
def test_numbers_that_make_no_class_are_not_understood(words: list[str], tmp_path: Path) -> None:
    """The command says so and makes nothing."""
    with pytest.raises(SystemExit) as stop:
        main(["sample", str(tmp_path / "class"), *words])

    assert stop.value.code == 2
    assert not (tmp_path / "class").exists()


def test_an_earlier_gradebook_file_is_kept(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What stood under the name is not lost, and the export itself is never written over."""
    record, out = tmp_path / "class.db", tmp_path / "out.csv"
    main(["collect", str(small), "--record", str(record)])
    out.write_text("her own list\n")
    common = ["gradebook", "--format", "canvas", "--record", str(record)]
    assert main([*common, "--out", str(out)]) == 0
    assert main([*common, "--out", str(out)]) == 0
    export = tmp_path / "export.csv"
    export.write_text("Student,ID,Section,Alliance (1)\nDiaz,10001,1,\n")
    assert main([*common, "--roster", str(export), "--out", str(export)]) == 1

    kept = [path for path in tmp_path.glob("out (*") if path.read_text() == "her own list\n"]
    assert len(kept) == 1
    assert len(list(tmp_path.glob("out*"))) == 2
    assert export.read_text().endswith("Diaz,10001,1,\n")
    assert "No export was given" in capsys.readouterr().out


def test_a_gradebook_file_never_takes_the_place_of_the_record(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A class record, a folder, a place without room: each is told in a sentence that says what to do."""
    record = tmp_path / "class.db"
    main(["collect", str(small), "--record", str(record)])
    before = record.read_bytes()
    common = ["gradebook", "--format", "canvas", "--record", str(record), "--out"]
    for out in (record, tmp_path, small / next(small.iterdir()).name / "grades.csv"):
        capsys.readouterr()
        assert main([*common, str(out)]) == 1
        said = capsys.readouterr().err
        assert said.startswith(str(out))
        assert "with --out" in said

    assert record.read_bytes() == before
    assert [path.name for path in tmp_path.glob("class (*")] == []


def test_reports_among_the_hand_ins_are_not_collected(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that holds the hand-ins, the record and the reports is collected again and again without change."""
    monkeypatch.chdir(small)
    main(["collect", ".", "--record", "class.db"])
    data = prepare(small / "reports").data
    with Record.open(small / "class.db") as record:
        again = dataclasses.replace(record.hand_in(record.codes()[0]), id="7a4d0f0e-53a7-4f0e-9a59-0b8d1c1d7a52")
        (data / "x.jsonl").write_text(again.text(), encoding="utf-8")
    capsys.readouterr()
    assert main(["collect", ".", "--record", "class.db"]) == 0
    said = capsys.readouterr().out

    assert "0 taken, 3 already there" in said
    assert "reports: refused; These are reports" in said
    assert main(["collect", "reports", "--record", "new.db"]) == 1


def test_an_empty_record_has_something_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`who` without anybody says what comes first."""
    Record.open(tmp_path / "class.db").close()

    assert main(["who", "--record", str(tmp_path / "class.db")]) == 0
    assert "Collect some first" in capsys.readouterr().out


def test_points_come_after_a_sentence_on_why_not(
    small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Completion needs no excuse; points for drills or goals are written after the reasons against them."""
    record = tmp_path / "class.db"
    main(["collect", str(small), "--record", str(record)])
    common = ["gradebook", "--format", "moodle", "--record", str(record), "--out", str(tmp_path / "out.csv")]
    capsys.readouterr()
    main(common)
    plain = capsys.readouterr().out
    main([*common, "--points", "drills"])
    drills = capsys.readouterr().out

    assert "measure" not in plain
    assert drills.index("measure") < drills.index("Written:")


def test_who_says_whose_a_code_is(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All of them, or those that are asked for; a code that nobody has is told."""
    record = str(tmp_path / "class.db")
    main(["collect", str(small), "--record", record])
    with Record.open(Path(record)) as opened:
        one, *others = opened.codes()
    capsys.readouterr()
    main(["who", "--record", record])
    everybody = capsys.readouterr().out
    main(["who", one, "ffff0000", "--record", record])
    asked = capsys.readouterr().out

    assert all(f"{code}  Synthetic Learner 00" in everybody for code in (one, *others))
    assert one in asked
    assert "ffff0000  is not in this record" in asked
    assert not any(code in asked for code in others)


@pytest.mark.parametrize("command", ["sample", "collect", "report", "gradebook", "who", "demo"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` in whole words, and a line for each option."""
    with pytest.raises(SystemExit) as stop:
        main([command, "--help"])
    said = capsys.readouterr().out

    assert stop.value.code == 0
    assert len(said.split("\n\n")[1].split()) > 8


def test_every_command_is_in_the_docs() -> None:
    """What can be typed is told on the instructor's page."""
    told = (ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
    for command in ("collect", "report", "gradebook", "who"):
        assert f"alliance {command}" in told
    for option in (
        "--roster",
        "--due",
        "--record",
        "--template",
        "--class-template",
        "--smallest-group",
        "--column",
        "--points",
        "--codes",
    ):
        assert f"`{option}" in told or f" {option} " in told, option


def test_commands_load_what_they_need_and_no_more() -> None:
    """Asking for help is quick: no database, no data frames, no plots, no notebooks are loaded."""
    code = (
        "import sys, alliance_kit.cli as cli\n"
        "try: cli.main(['report', '--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'sqlalchemy', 'pandas', 'matplotlib', 'papermill', 'nbformat', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert done.stdout.splitlines()[-1] == "[]"
