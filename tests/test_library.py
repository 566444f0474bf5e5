"""Where the course's files are, and reading them without a YAML library."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance_kit import library
from alliance_kit.errors import ExerciseFileError, UnknownExerciseError
from alliance_kit.model import Course, Reflection
from alliance_kit.plain import to_json

ROOT = Path(__file__).resolve().parents[1]
SOURCE = "kind: reflection\n"


def reflection(exercise_id: str = "looking-back") -> Reflection:
    """Return a small exercise."""
    return Reflection(
        schema_version=1,
        id=exercise_id,
        version="1.0.0",
        kind="reflection",
        title="Looking back",
        minutes=5,
        strategies=("trust",),
        objectives=(),
        source=(),
        prompts=(),
    )


@pytest.fixture
def own_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the exercises folder of a library of its own: one reflection, its source and its compiled copy."""
    root = tmp_path / "exercises"
    (root / "lexicons").mkdir(parents=True)
    (root / "compiled").mkdir()
    (root / "reflections").mkdir()
    (root / "reflections" / "looking-back.yaml").write_text(SOURCE, encoding="utf-8")
    keep(root, "looking-back", to_json(reflection()))
    monkeypatch.setattr(library, "data_folder", lambda: tmp_path)
    library.csv_rows.cache_clear()
    yield root
    library.csv_rows.cache_clear()


def keep(root: Path, name: str, exercise: object, source: str = SOURCE) -> None:
    """Write a compiled copy."""
    digest = library.source_digest(source.encode())
    copy = {"format": library.COMPILED_FORMAT, "source": "", "source_sha256": digest, "exercise": exercise}
    (root / "compiled" / f"{name}.json").write_text(json.dumps(copy), encoding="utf-8")


# --- places ----------------------------------------------------------------------------------------------------------


def test_data_folder_is_the_root_of_a_clone() -> None:
    """In a clone, exercises and package stand side by side."""
    assert library.data_folder() == ROOT
    assert library.exercises_folder() == ROOT / "exercises"


@pytest.mark.parametrize("inside", [True, False], ids=["wheel", "clone"])
def test_data_folder_is_found_without_package_metadata(tmp_path: Path, inside: bool) -> None:
    """In a wheel the data lie inside the package; neither place needs the package to be installed."""
    package = tmp_path / "alliance_kit"
    package.mkdir()
    for name in ("__init__.py", "errors.py", "plain.py", "library.py"):
        shutil.copy(ROOT / "alliance_kit" / name, package)
    expected = package / "data" if inside else tmp_path
    (expected / "exercises").mkdir(parents=True)
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
    code += "from alliance_kit import library; print(library.data_folder())"

    done = subprocess.run([sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, check=True)

    assert Path(done.stdout.strip()) == expected.resolve()


def test_missing_data_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package without its exercises says so."""
    monkeypatch.setattr(library, "__file__", str(tmp_path / "alliance_kit" / "library.py"))

    with pytest.raises(ExerciseFileError, match="no 'exercises' folder"):
        library.data_folder()


# --- ids -------------------------------------------------------------------------------------------------------------


def test_ids_are_sorted_and_each_has_a_file() -> None:
    """Every id of the library leads to its file."""
    ids = library.exercise_ids()

    assert ids
    assert list(ids) == sorted(set(ids))
    assert [library.exercise_file(name).stem for name in ids] == list(ids)


def test_drafts_schemas_and_the_course_are_no_exercises(own_library: Path) -> None:
    """A file whose name begins with `_` is a draft; the compiled course is no exercise."""
    (own_library / "reflections" / "_draft.yaml").write_text(SOURCE)
    keep(own_library, "course", {})

    assert library.exercise_ids() == ("looking-back",)


@pytest.mark.parametrize(
    "name",
    ["", "course", "Looking-Back", "../looking-back", "looking-back.yaml", "/etc/passwd", "a\0b", "looking--back"],
)
def test_what_is_no_id_names_no_exercise(own_library: Path, name: str) -> None:
    """An id is never a path: what is not kebab-case is unknown, whatever lies there."""
    with pytest.raises(UnknownExerciseError):
        library.exercise_file(name)
    with pytest.raises(UnknownExerciseError):
        library.load_compiled(name)


def test_unknown_id_offers_close_matches(own_library: Path) -> None:
    """A slip of the finger is answered with what was meant."""
    with pytest.raises(UnknownExerciseError, match=r"'lookingback'\. Did you mean 'looking-back'"):
        library.load_compiled("lookingback")
    with pytest.raises(UnknownExerciseError, match="Known: looking-back"):
        library.exercise_file("zzz")


# --- compiled copies -----------------------------------------------------------------------------------------------


def test_fresh_copy_is_the_exercise(own_library: Path) -> None:
    """The compiled copy gives back what was compiled."""
    assert library.load_compiled("looking-back") == reflection()


def test_changed_source_makes_a_copy_stale(own_library: Path) -> None:
    """A copy is never served for a source that has changed since."""
    (own_library / "reflections" / "looking-back.yaml").write_text(SOURCE + "# changed\n")

    assert library.load_compiled("looking-back") is None


@pytest.mark.parametrize(
    "change", [lambda b: b.replace(b"\n", b"\r\n"), lambda b: b"\xef\xbb\xbf" + b], ids=["crlf", "bom"]
)
def test_line_ends_and_byte_order_marks_are_no_change(own_library: Path, change: object) -> None:
    """Git and editors on Windows change these by themselves."""
    path = own_library / "reflections" / "looking-back.yaml"
    path.write_bytes(change(path.read_bytes()))

    assert library.load_compiled("looking-back") is not None


def test_copy_without_a_source_is_trusted(own_library: Path) -> None:
    """Where only compiled copies are shipped, they are the library."""
    (own_library / "reflections" / "looking-back.yaml").unlink()

    assert library.load_compiled("looking-back") == reflection()
    assert library.exercise_ids() == ("looking-back",)


def test_source_without_a_copy_gives_nothing(own_library: Path) -> None:
    """Then the YAML has to be read, which is not the core's."""
    (own_library / "compiled" / "looking-back.json").unlink()

    assert library.load_compiled("looking-back") is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        "null",
        '{"format": 99}',
        '{"format": 1, "exercise": {}}',
        "[" * 100_000,
        "\0",
        '{"format": 1, "source_sha256": "x", "exercise": {}}',
    ],
)
def test_damaged_copy_counts_as_missing(own_library: Path, content: str) -> None:
    """Whatever happened to a copy, the source is asked again."""
    (own_library / "compiled" / "looking-back.json").write_text(content)

    assert library.load_compiled("looking-back") is None


def test_copy_for_another_model_counts_as_missing(own_library: Path) -> None:
    """A copy that this version's model does not know is compiled again."""
    keep(own_library, "looking-back", {"kind": "reflection", "unheard": "of"})

    assert library.load_compiled("looking-back") is None


def test_copies_may_lie_elsewhere(own_library: Path, tmp_path: Path) -> None:
    """A learner's cache holds copies as the library does."""
    cache = tmp_path / "cache"
    (own_library / "compiled").rename(cache)

    assert library.load_compiled("looking-back") is None
    assert library.load_compiled("looking-back", cache) == reflection()


@pytest.mark.parametrize("exercise_id", library.exercise_ids())
def test_opening_a_warm_exercise_is_quick(exercise_id: str) -> None:
    """One exercise is read and checked for freshness, not all of them."""
    library.load_compiled(exercise_id)
    seconds = []
    for _ in range(5):  # the best of five: a pass of the garbage collector is not the library's
        start = time.process_time()
        library.load_compiled(exercise_id)
        seconds.append(time.process_time() - start)

    assert min(seconds) < 0.05


# --- the course ------------------------------------------------------------------------------------------------------


def test_course_comes_from_its_compiled_copy(own_library: Path) -> None:
    """The course is compiled like an exercise."""
    (own_library / "course.yaml").write_text(SOURCE)
    course = Course(schema_version=1, id="c", version="1.0.0", title="C", modules=())
    keep(own_library, "course", to_json(course))

    assert library.load_course() == course


def test_stale_course_says_what_to_run(own_library: Path) -> None:
    """An edited course has to be compiled; the message names the command."""
    keep(own_library, "course", {})
    (own_library / "course.yaml").write_text(SOURCE + "# changed\n")

    with pytest.raises(ExerciseFileError, match=r"python -m alliance_kit\.content compile"):
        library.load_course()


def test_real_course_names_exercises_that_exist() -> None:
    """Every exercise of the course can be opened."""
    named = {name for module in library.load_course().modules for unit in module.units for name in unit.exercises}

    assert named
    assert named <= set(library.exercise_ids())


# --- lists -----------------------------------------------------------------------------------------------------------


def test_rows_are_read_once(own_library: Path) -> None:
    """A list is read from the lexicons first, with empty text where cells are missing, and only once."""
    (own_library / "lexicons" / "words.csv").write_bytes("\ufeffword,level\r\nbäck,1\r\nknee\r\n".encode())
    (own_library / "words.csv").write_text("word\nelsewhere\n")

    assert library.csv_rows("words") == ({"word": "bäck", "level": "1"}, {"word": "knee", "level": ""})
    assert library.csv_rows("words") is library.csv_rows("words")


def test_rows_beside_the_lexicons_are_found(own_library: Path) -> None:
    """Lists that are no lexicons lie in `exercises/` itself."""
    (own_library / "sources.csv").write_text("key\nmiciak2018\n")

    assert library.csv_rows("sources") == ({"key": "miciak2018"},)


@pytest.mark.parametrize("name", ["nothing", "../secrets", "", "a/b", "words.csv"])
def test_unknown_list_is_told(own_library: Path, name: str) -> None:
    """A list's name is never a path."""
    with pytest.raises(ExerciseFileError, match="no such list"):
        library.csv_rows(name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"word\nknee, hip\n", r"words\.csv:2: more cells"),
        (b"word\nkn\xe9e\n", "UTF-8"),
        (b'word\n"' + b"x" * 200_000 + b'"\n', "not readable as CSV"),
    ],
    ids=["too-many-cells", "latin-1", "endless-cell"],
)
def test_damaged_list_is_told(own_library: Path, content: bytes, words: str) -> None:
    """A list that cannot be read names its file and what to do."""
    (own_library / "lexicons" / "words.csv").write_bytes(content)

    with pytest.raises(ExerciseFileError, match=words):
        library.csv_rows("words")


@pytest.mark.parametrize("path", sorted((ROOT / "exercises").rglob("*.csv")), ids=lambda path: path.stem)
def test_every_list_of_the_library_can_be_read(path: Path) -> None:
    """No list that comes with the workbook is damaged or empty."""
    assert library.csv_rows(path.stem)
