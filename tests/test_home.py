"""One home: private, outside the clone, and whole after every update."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance_kit import home as home_module
from alliance_kit.errors import HomeError
from alliance_kit.home import Home, home_folder, notebook_digest, open_home, refresh_notebooks, write_atomically

DAY = dt.date(2026, 11, 24)
posix_only = pytest.mark.skipif(os.name != "posix", reason="this system knows no modes of folders")


@pytest.fixture
def opened(alliance_home: Path) -> Home:
    return open_home()


@pytest.fixture
def source(tmp_path: Path, write_notebook: Callable[..., Path]) -> Path:
    """Return the notebooks of a first version of the workbook."""
    folder = tmp_path / "source"
    write_notebook(folder / "01_first.ipynb", "# First", ("code", "play('first')"))
    write_notebook(folder / "02_trust.ipynb", "# Trust", ("code", "play('trust')"))
    return folder


def texts(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text())["cells"]]


def change(path: Path, text: str) -> None:
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] = text
    path.write_text(json.dumps(notebook))


# --- the folder


def test_the_home_is_where_the_variable_says(alliance_home: Path) -> None:
    """Asking where it is makes nothing."""
    assert home_folder() == alliance_home
    assert not alliance_home.exists()


def test_without_the_variable_it_lies_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An empty variable counts as none."""
    monkeypatch.setenv("ALLIANCE_HOME", "  ")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    assert home_folder() == tmp_path / "AllianceWorkbook"


def test_a_tilde_and_a_relative_path_become_full(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The kernel works in another folder: the path must mean the same there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "me"))

    monkeypatch.setenv("ALLIANCE_HOME", "demo")
    assert home_folder() == tmp_path / "demo"
    monkeypatch.setenv("ALLIANCE_HOME", "~/demo")
    assert home_folder().name == "demo"
    assert home_folder().is_absolute()


def test_a_system_without_a_home_folder_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError

    monkeypatch.delenv("ALLIANCE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", none)

    with pytest.raises(HomeError, match="Set ALLIANCE_HOME"):
        home_folder()


@posix_only
def test_all_folders_are_made_private_under_any_umask(alliance_home: Path) -> None:
    """0700 from the first moment, not tightened afterwards."""
    before = os.umask(0)
    try:
        made = open_home()
    finally:
        os.umask(before)

    rooms = [made.folder, made.journal, made.notebooks, made.class_, made.backup, made.hand_in, made.cache]
    assert [room.stat().st_mode & 0o777 for room in rooms] == [0o700] * len(rooms)
    assert tuple(room.name for room in rooms[1:]) == home_module.ROOMS
    assert made.warnings == ()


def test_opening_twice_is_opening_once(alliance_home: Path) -> None:
    """A second opening changes nothing and leaves what lies there."""
    first = open_home()
    (first.journal / "journal.jsonl").write_text("a line\n")

    assert open_home() == first
    assert (first.journal / "journal.jsonl").read_text() == "a line\n"
    assert sorted(path.name for path in first.journal.iterdir()) == ["journal.jsonl"]


def test_git_is_fenced_out(opened: Home) -> None:
    """Even inside a work tree `git add .` takes nothing along."""
    assert (opened.folder / ".gitignore").read_text().splitlines()[-1] == "*"


@pytest.mark.parametrize("place", ["home", "home/journal"], ids=["at the home", "at a room"])
def test_a_file_in_the_way_is_named(alliance_home: Path, place: str) -> None:
    blocker = alliance_home.parent / place
    blocker.parent.mkdir(exist_ok=True)
    blocker.write_text("mine")

    with pytest.raises(HomeError, match=rf"{place}: a file is in the way.*Move that file"):
        open_home()
    assert blocker.read_text() == "mine"


def test_a_file_above_the_home_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / "file" / "home"))

    with pytest.raises(HomeError, match="a file is in the way"):
        open_home()


@pytest.mark.parametrize("step", ["mkdir", "open"], ids=["cannot make", "cannot write"])
def test_a_home_that_cannot_be_written_is_told(alliance_home: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """A full disk or a locked folder is a sentence with a way out, and the base class a caller would expect."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, step, refuse)

    with pytest.raises(HomeError, match=r"cannot be written \(Permission denied\).*ALLIANCE_HOME") as told:
        open_home()
    assert isinstance(told.value, OSError)


@pytest.mark.parametrize(
    "folder",
    ["OneDrive - City College", "Dropbox", "Google Drive", "My Drive", "iCloudDrive", "Mobile Documents", "Box"],
)
def test_a_synced_folder_is_warned_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str) -> None:
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / folder / "workbook"))

    (warning,) = open_home().warnings
    assert folder in warning
    assert "may leave this computer" in warning


@pytest.mark.parametrize("folder", ["boxing", "my drivers", "work"])
def test_other_folders_are_not(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str) -> None:
    monkeypatch.setenv("ALLIANCE_HOME", str(tmp_path / folder / "workbook"))

    assert open_home().warnings == ()


def test_a_git_work_tree_is_warned_of(alliance_home: Path) -> None:
    """A linked work tree has a file `.git`, not a folder: both count."""
    (alliance_home.parent / ".git").write_text("gitdir: elsewhere")

    (warning,) = open_home().warnings
    assert "inside a Git work tree" in warning


def test_a_shared_server_is_told(alliance_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTERHUB_USER", "learner")

    assert "administrators" in " ".join(open_home().warnings)


@posix_only
def test_a_room_that_others_may_enter_is_told_and_left(alliance_home: Path) -> None:
    """A folder that was there before keeps its mode: it may be shared on purpose."""
    (alliance_home / "class").mkdir(parents=True, mode=0o755)
    (alliance_home / "class").chmod(0o755)

    (warning,) = open_home().warnings
    assert "look into class" in warning
    assert (alliance_home / "class").stat().st_mode & 0o777 == 0o755


# --- the working copies


def test_first_start_copies_everything_for_learners(opened: Home, source: Path, write_notebook: Any) -> None:
    """Folders and pictures come along; report templates, drafts and checkpoints stay in the workbook."""
    write_notebook(source / "clinician" / "01_day.ipynb", "# Day")
    (source / "clinician" / "scale.svg").write_text("<svg/>")
    for left in ("reports/learner.ipynb", "_draft.ipynb", ".ipynb_checkpoints/01_first-checkpoint.ipynb"):
        write_notebook(source / left, "# Not for learners")

    assert refresh_notebooks(opened, source) == ()
    copied = sorted(path.relative_to(opened.notebooks).as_posix() for path in opened.notebooks.rglob("*.*"))
    assert copied == ["01_first.ipynb", "02_trust.ipynb", "clinician/01_day.ipynb", "clinician/scale.svg"]


def test_an_unchanged_copy_is_refreshed_in_silence(opened: Home, source: Path) -> None:
    refresh_notebooks(opened, source)
    change(source / "02_trust.ipynb", "# Trust, second version")

    assert refresh_notebooks(opened, source) == ()
    assert texts(opened.notebooks / "02_trust.ipynb")[0] == "# Trust, second version"
    assert len(list(opened.notebooks.iterdir())) == 2


def test_what_jupyterlab_rewrites_is_no_change(opened: Home, source: Path) -> None:
    """Outputs, counts, metadata, and text as a list of lines are Lab's own doing."""
    refresh_notebooks(opened, source)
    copy = opened.notebooks / "02_trust.ipynb"
    notebook = json.loads(copy.read_text())
    notebook["metadata"]["language_info"] = {"name": "python"}
    notebook["cells"][1] |= {
        "execution_count": 3,
        "outputs": [{"output_type": "stream"}],
        "source": ["play(", "'trust')"],
    }
    copy.write_text(json.dumps(notebook, indent=2))
    change(source / "02_trust.ipynb", "# Trust, second version")

    assert refresh_notebooks(opened, source) == ()
    assert texts(copy)[0] == "# Trust, second version"


def test_a_changed_copy_is_kept_beside_the_new_one(opened: Home, source: Path) -> None:
    """The sentence names both; the person's own text is whole."""
    refresh_notebooks(opened, source)
    change(opened.notebooks / "02_trust.ipynb", "# My notes on trust")
    change(source / "02_trust.ipynb", "# Trust, second version")

    (sentence,) = refresh_notebooks(opened, source, DAY)

    assert "02_trust.ipynb" in sentence
    assert "“02_trust (your copy 2026-11-24).ipynb”" in sentence
    assert texts(opened.notebooks / "02_trust.ipynb")[0] == "# Trust, second version"
    assert texts(opened.notebooks / "02_trust (your copy 2026-11-24).ipynb")[0] == "# My notes on trust"
    assert refresh_notebooks(opened, source, DAY) == ()


def test_a_changed_copy_without_a_new_version_stays_in_use(opened: Home, source: Path) -> None:
    """Only a new version of that very notebook sets it aside; news in its metadata do not."""
    refresh_notebooks(opened, source)
    change(opened.notebooks / "02_trust.ipynb", "# My notes on trust")
    change(source / "01_first.ipynb", "# First, second version")
    marked = json.loads((source / "02_trust.ipynb").read_text())
    marked["metadata"]["note"] = "new"
    (source / "02_trust.ipynb").write_text(json.dumps(marked))

    assert refresh_notebooks(opened, source) == ()
    assert texts(opened.notebooks / "02_trust.ipynb")[0] == "# My notes on trust"
    assert len(list(opened.notebooks.iterdir())) == 2


def test_new_metadata_reach_an_unchanged_copy(opened: Home, source: Path) -> None:
    """A tag that a version adds to a cell counts on the page, though no word has changed."""
    refresh_notebooks(opened, source)
    marked = json.loads((source / "02_trust.ipynb").read_text())
    marked["cells"][0]["metadata"]["tags"] = ["alliance-manual"]
    (source / "02_trust.ipynb").write_text(json.dumps(marked))

    assert refresh_notebooks(opened, source) == ()
    assert "alliance-manual" in (opened.notebooks / "02_trust.ipynb").read_text()


def test_a_second_copy_of_one_day_gets_its_own_name(opened: Home, source: Path) -> None:
    refresh_notebooks(opened, source)
    for number in (1, 2, 3):
        change(opened.notebooks / "02_trust.ipynb", f"# Mine {number}")
        change(source / "02_trust.ipynb", f"# Version {number}")
        refresh_notebooks(opened, source, DAY)

    kept = sorted(path.name for path in opened.notebooks.glob("*your copy*"))
    assert kept == [
        "02_trust (your copy 2026-11-24).ipynb",
        "02_trust (your copy 2026-11-24, 2).ipynb",
        "02_trust (your copy 2026-11-24, 3).ipynb",
    ]
    assert {texts(opened.notebooks / name)[0] for name in kept} == {"# Mine 1", "# Mine 2", "# Mine 3"}


@pytest.mark.parametrize("record", [None, "", "{", "[]", '{"format": 9, "files": {}}', '{"format": 1, "files": [3]}'])
def test_without_a_record_a_differing_copy_is_kept(opened: Home, source: Path, record: str | None) -> None:
    """What was deployed is not known then, so nothing is thrown away; an equal copy is no matter."""
    refresh_notebooks(opened, source)
    change(opened.notebooks / "02_trust.ipynb", "# My notes on trust")
    if record is None:
        (opened.cache / home_module.RECORD).unlink()
    else:
        (opened.cache / home_module.RECORD).write_text(record)

    assert len(refresh_notebooks(opened, source, DAY)) == 1
    assert texts(opened.notebooks / "02_trust (your copy 2026-11-24).ipynb")[0] == "# My notes on trust"


@pytest.mark.parametrize("content", [b"", b'{"cells": [{"cell_', b"\xff\xfe", b"[]", b'{"cells": 3}'])
@pytest.mark.parametrize("known", [True, False], ids=["with a record", "without"])
def test_a_torn_copy_is_kept_and_replaced(opened: Home, source: Path, content: bytes, known: bool) -> None:
    """A page that cannot open helps nobody, and a torn file may still hold words."""
    refresh_notebooks(opened, source)
    (opened.notebooks / "02_trust.ipynb").write_bytes(content)
    if not known:
        (opened.cache / home_module.RECORD).unlink()

    assert len(refresh_notebooks(opened, source, DAY)) == 1
    assert (opened.notebooks / "02_trust (your copy 2026-11-24).ipynb").read_bytes() == content
    assert texts(opened.notebooks / "02_trust.ipynb")[0] == "# Trust"


def test_a_deleted_copy_comes_back_and_a_retired_one_stays(opened: Home, source: Path) -> None:
    refresh_notebooks(opened, source)
    (opened.notebooks / "01_first.ipynb").unlink()
    (source / "02_trust.ipynb").unlink()

    assert refresh_notebooks(opened, source) == ()
    assert sorted(path.name for path in opened.notebooks.iterdir()) == ["01_first.ipynb", "02_trust.ipynb"]


def test_nothing_is_written_where_nothing_is_new(opened: Home, source: Path) -> None:
    """Opening the workbook each day does not touch a file that is open in a page."""
    refresh_notebooks(opened, source)
    before = (opened.notebooks / "02_trust.ipynb").stat().st_mtime_ns

    refresh_notebooks(opened, source)

    assert (opened.notebooks / "02_trust.ipynb").stat().st_mtime_ns == before


def test_an_update_with_a_half_played_scenario_loses_nothing(opened: Home, source: Path, write_notebook: Any) -> None:
    """From one version to the next: journal, draft, notes and own notebooks are byte for byte what they were."""
    refresh_notebooks(opened, source)
    half_played = opened.journal / "journal.jsonl"
    half_played.write_text('{"type": "turn", "scene": "s1"}\n{"type": "draft", "text": "I hear')
    write_notebook(opened.notebooks / "my own.ipynb", "# My own", autorun=False)
    change(opened.notebooks / "02_trust.ipynb", "# My notes on trust")
    before = {path.relative_to(opened.folder): path.read_bytes() for path in opened.folder.rglob("*") if path.is_file()}

    change(source / "01_first.ipynb", "# First, second version")
    change(source / "02_trust.ipynb", "# Trust, second version")
    write_notebook(source / "03_new.ipynb", "# New")
    sentences = refresh_notebooks(open_home(), source, DAY)

    after = [path.read_bytes() for path in opened.folder.rglob("*") if path.is_file()]
    mine = {name: content for name, content in before.items() if name.name not in {"01_first.ipynb", "deployed.json"}}
    assert [str(name) for name, content in mine.items() if content not in after] == []
    assert half_played.read_bytes() == before[half_played.relative_to(opened.folder)]
    assert len(sentences) == 1
    assert sorted(path.name for path in opened.notebooks.glob("0*.ipynb")) == [
        "01_first.ipynb",
        "02_trust (your copy 2026-11-24).ipynb",
        "02_trust.ipynb",
        "03_new.ipynb",
    ]


def test_a_crash_while_updating_loses_nothing(opened: Home, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's copy is safe before the new one takes its place; the next start finishes the work."""
    refresh_notebooks(opened, source)
    change(opened.notebooks / "02_trust.ipynb", "# My notes on trust")
    change(source / "02_trust.ipynb", "# Trust, second version")

    def fail_at_the_page(path: Path, content: bytes) -> None:
        if path.name == "02_trust.ipynb":
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    with monkeypatch.context() as full_disk:
        full_disk.setattr(home_module, "write_atomically", fail_at_the_page)
        with pytest.raises(HomeError, match=r"02_trust\.ipynb: .*No space left.*Nothing was lost"):
            refresh_notebooks(opened, source, DAY)
    assert texts(opened.notebooks / "02_trust.ipynb")[0] == "# My notes on trust"

    assert len(refresh_notebooks(opened, source, DAY)) == 1
    assert "# My notes on trust" in [texts(path)[0] for path in opened.notebooks.glob("*your copy*")]
    assert texts(opened.notebooks / "02_trust.ipynb")[0] == "# Trust, second version"


def test_missing_or_damaged_sources_are_told(opened: Home, source: Path) -> None:
    with pytest.raises(HomeError, match="notebooks of the workbook are missing"):
        refresh_notebooks(opened, source / "nowhere")
    (source / "02_trust.ipynb").write_text("{")
    with pytest.raises(HomeError, match=r"02_trust\.ipynb: this notebook of the workbook is damaged"):
        refresh_notebooks(opened, source)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.tuples(st.sampled_from(["mine", "new", "refresh", "forget record"]), st.integers(0, 2))))
def test_no_order_of_changes_and_updates_loses_a_text(
    tmp_path_factory: pytest.TempPathFactory, write_notebook: Any, steps: list[tuple[str, int]]
) -> None:
    """Whatever a person and the updates do in turn, each text she wrote is still there, in the page or beside it."""
    place = tmp_path_factory.mktemp("steps")
    rooms = [field.name for field in dataclasses.fields(Home) if field.name not in {"folder", "warnings"}]
    home = Home(folder=place, **{name: place / name for name in rooms})
    page = write_notebook(place / "source" / "02_trust.ipynb", "# Version 0")
    refresh_notebooks(home, page.parent, DAY)
    mine = set()
    for number, (step, which) in enumerate(steps):
        copy = home.notebooks / page.name
        if step == "mine":
            latest = texts(copy)[0]
            mine.discard(latest)  # she overwrote it herself
            mine.add(f"# Mine {number}")
            change(copy, f"# Mine {number}")
        elif step == "new":
            change(page, f"# Version {which}")
        elif step == "refresh":
            refresh_notebooks(home, page.parent, DAY)
        else:
            (home.cache / home_module.RECORD).unlink(missing_ok=True)

    refresh_notebooks(home, page.parent, DAY)

    assert mine <= {texts(path)[0] for path in home.notebooks.glob("*.ipynb")}


# --- the two tools


def test_the_digest_is_of_kind_text_and_order() -> None:
    def one(*cells: tuple[str, Any]) -> str:
        return notebook_digest({"cells": [{"cell_type": kind, "source": text} for kind, text in cells]})

    base = one(("markdown", "a"), ("code", "b\nc"))
    assert one(("markdown", "a"), ("code", ["b\n", "c"])) == base
    others = [(("code", "b\nc"), ("markdown", "a")), (("code", "a"), ("code", "b\nc")), (("markdown", "a\nb\nc"),), ()]
    assert base not in {one(*cells) for cells in others}


@pytest.mark.parametrize("thing", [{}, [], None, {"cells": [{"source": "x"}]}, {"cells": [3]}])
def test_what_is_no_notebook_is_told(thing: object) -> None:
    with pytest.raises(ValueError, match="no notebook"):
        notebook_digest(thing)


def test_an_interrupted_write_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")

    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
