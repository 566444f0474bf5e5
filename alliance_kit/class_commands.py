"""The commands for a class: sample, collect, report, gradebook, who and demo; each calls plain functions."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_kit.errors import GradebookError
from alliance_kit.home import home_folder, keep_beside, open_home, synced_part, write_atomically

if TYPE_CHECKING:
    from alliance_kit.cohort.record import Record

DEMO_LEARNERS = 24
DEMO_SEED = 7
MOST_JOBS = 32  # each takes 150 to 200 MB
MOST_LEARNERS = 20_000  # as many files as `collect` looks at in one go, and about 6 GB
_RECORD = "the class record (default: class.db in your class folder)"
LARGEST_EXPORT = 32 * 1024 * 1024


def add_to(commands: Any) -> None:
    """Add the commands for a class to the parser's sub-commands."""
    _add_sample(commands)
    _add_collect(commands)
    _add_report(commands)
    _add_gradebook(commands)
    command = commands.add_parser(
        "who",
        help="say whose a code is",
        description="List the codes of the class with the names and LMS numbers that are known. Only on the screen.",
    )
    command.add_argument("codes", metavar="CODE", nargs="*", help="only these codes (default: all)")
    _takes_record(command)
    command.set_defaults(run=who)
    command = commands.add_parser(
        "demo",
        help="show the whole class run on an invented class",
        description=f"Make an invented class of {DEMO_LEARNERS} and do everything with it: collect, report, gradebook.",
    )
    command.add_argument("folder", metavar="FOLDER", type=Path, help="where to put it; made if it is not there")
    command.set_defaults(run=demo)


def _add_sample(commands: Any) -> None:
    command = commands.add_parser(
        "sample",
        help="make the hand-ins of an invented class, to try things out",
        description="Make the hand-ins of an invented class. Every file says that it is synthetic.",
    )
    command.add_argument("folder", metavar="FOLDER", type=Path, help="an empty folder; made if it is not there")
    command.add_argument(
        "--learners", metavar="N", type=_up_to(MOST_LEARNERS), default=DEMO_LEARNERS, help="how many (default: 24)"
    )
    command.add_argument(
        "--seed", metavar="S", type=_up_to(999_999_999), default=DEMO_SEED, help="another number, another class"
    )
    command.add_argument(
        "--lms",
        choices=("canvas", "moodle"),
        help="make what this LMS gives you instead: one ZIP of all hand-ins, and its gradebook file",
    )
    command.set_defaults(run=sample)


def _add_collect(commands: Any) -> None:
    command = commands.add_parser(
        "collect",
        help="take the hand-ins from a folder or a ZIP into the class record",
        description=(
            "Take the hand-ins from a folder, or from the ZIP that Canvas or Moodle gives you, into the class record. "
            "What was taken before is left alone, so you can collect as often as you like. "
            "For each file one line says: taken, already there, or refused and why."
        ),
    )
    command.add_argument("source", metavar="FOLDER_OR_ZIP", type=Path, help="where the hand-ins are; only read")
    _takes_record(command)
    command.add_argument(
        "--roster",
        metavar="EXPORT.csv",
        type=Path,
        help="the gradebook file of your LMS: with it, the reports can say who has not handed in",
    )
    command.add_argument("--due", metavar="DAY", type=_day, help="hand-ins made after this day (2026-11-20) are late")
    command.set_defaults(run=collect)


def _add_report(commands: Any) -> None:
    command = commands.add_parser(
        "report",
        help="make a report for each learner, and one for the class",
        description=(
            "Make a report for each learner and one for the class, as pages to read or print, with the notebooks that "
            "made them beside them. Start with index.html. The files carry codes, no names."
        ),
    )
    _takes_record(command)
    command.add_argument(
        "--out", metavar="DIR", type=Path, help="where to put them (default: “reports” beside the class record)"
    )
    command.add_argument(
        "--jobs", metavar="N", type=_up_to(MOST_JOBS), help="how many at a time (default: fits this computer)"
    )
    command.add_argument("--template", metavar="FILE", type=Path, help="your own notebook for the learner's report")
    command.add_argument("--class-template", metavar="FILE", type=Path, help="your own notebook for the class report")
    command.add_argument(
        "--smallest-group",
        type=int,
        choices=(5, 10),
        default=5,
        help="the class report says nothing of fewer learners than this (default: 5)",
    )
    command.set_defaults(run=report)


def _add_gradebook(commands: Any) -> None:
    command = commands.add_parser(
        "gradebook",
        help="fill the gradebook file of Canvas or Moodle",
        description=(
            "Fill one column of the gradebook file that you exported from Canvas or Moodle: one point for each "
            "exercise finished. Everything else in the file stays as it is; an empty cell is never turned into 0."
        ),
    )
    command.add_argument("--format", choices=("canvas", "moodle"), required=True, help="which LMS the file is for")
    command.add_argument("--roster", metavar="EXPORT.csv", type=Path, help="the file you exported; only read")
    _takes_record(command)
    command.add_argument("--out", metavar="FILE", type=Path, required=True, help="the file to write")
    command.add_argument("--column", metavar="TITLE", help="the column to fill (default: the one about the alliance)")
    command.add_argument(
        "--points",
        choices=("completion", "drills", "goals"),
        default="completion",
        help="what a point stands for: an exercise finished (default), a keyed drill item, a goal criterion",
    )
    command.add_argument(
        "--codes", metavar="FILE", type=Path, help="your own list of who is who: a column 'code' and a column 'ID'"
    )
    command.set_defaults(run=gradebook)


def _takes_record(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--record", metavar="class.db", type=Path, help="the class record (default: your class folder)"
    )


def _up_to(most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from 1 to `most`."""

    def number(text: str) -> int:
        if not text.isascii() or not text.isdecimal() or len(text) > 20 or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"give a whole number from 1 to {most:,}, not {text[:20]}")
        return int(text)

    return number


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it like 2026-11-20") from None


# --- the commands -------------------------------------------------------------------------------------------------


def sample(chosen: argparse.Namespace) -> int:
    """Make an invented class, as hand-ins or as an LMS gives them."""
    from alliance_kit.cohort.sample import write_class, write_download  # noqa: PLC0415 — each command loads its own

    if chosen.lms:
        download, export = write_download(chosen.folder, chosen.learners, chosen.seed, chosen.lms)
        _say(f"An invented class of {chosen.learners}: {download} and {export}")
        _say(f"Next: alliance collect {_quoted(download)} --roster {_quoted(export)}")
        return 0
    from alliance_kit.batch.progress import Bar  # noqa: PLC0415 — as above

    with Bar("hand-ins", chosen.learners) as bar:
        for _ in write_class(chosen.folder, chosen.learners, chosen.seed):
            bar.step()
    _say(f"{chosen.learners} synthetic hand-ins are in {chosen.folder}")
    _say(f"Next: alliance collect {_quoted(chosen.folder)}")
    return 0


def collect(chosen: argparse.Namespace) -> int:
    """Take the hand-ins into the class record, one line each."""
    from alliance_kit.cohort.collect import collect as collected  # noqa: PLC0415 — as above

    now, count = dt.datetime.now().astimezone(), Counter[str]()
    roster = _bytes_of(chosen.roster) if chosen.roster else None
    with _record(chosen.record, new=True) as record:
        if roster is not None:
            from alliance_kit.reports.gradebook import people, recognised  # noqa: PLC0415 — as above

            people_of_class = people(recognised(roster))
            record.add_class_list(people_of_class, now)
            _say(f"class list: {_count(len(people_of_class), 'learner')}")
        for each in collected(chosen.source, record, now=now, due=chosen.due):
            count[each.outcome] += 1
            code = f" (code {each.code})" if each.code else ""
            _say(f"{each.file}: {each.outcome}{code}{f'; {each.note}' if each.note else ''}")
        learners = len(record.codes())
        _say("")
        _say(", ".join(f"{count[name]} {name}" for name in ("taken", "already there", "refused")) + ".")
        _say(f"The record now holds {_count(learners, 'learner')}: {record.path}")
    if not learners:
        return 1
    _say("Next: alliance report" + (f" --record {_quoted(chosen.record)}" if chosen.record else ""))
    return 0


def report(chosen: argparse.Namespace) -> int:
    """Make all reports; 1 if one could not be made."""
    from alliance_kit.batch.class_run import CLASS, make_reports  # noqa: PLC0415 — as above
    from alliance_kit.batch.progress import Bar  # noqa: PLC0415 — as above

    with _record(chosen.record) as record, Bar("reports", len(record.codes()) + 1) as bar:
        out = chosen.out or (chosen.record.parent if chosen.record else open_home().class_) / "reports"
        outcome = make_reports(
            record,
            out,
            jobs=chosen.jobs,
            template=chosen.template,
            class_template=chosen.class_template,
            smallest_group=chosen.smallest_group,
            progress=bar.step,
        )
    class_made = all(failure.code != CLASS for failure in outcome.failed)
    also = ", and one on the class" if class_made else ""
    _say(f"{_count(len(outcome.made), 'report')} on learners{also}. Start here: {outcome.index}")
    for note in outcome.notes:
        _say(note)
    if outcome.failed:
        sys.stderr.write("These could not be made:\n" + "".join(f"  {failed}\n" for failed in outcome.failed))
    return 1 if outcome.failed else 0


def gradebook(chosen: argparse.Namespace) -> int:
    """Fill the gradebook file, and say who could not be matched."""
    from alliance_kit.cohort import completion  # noqa: PLC0415 — as above
    from alliance_kit.reports import gradebook as book  # noqa: PLC0415 — as above
    from alliance_kit.workbook import load_course  # noqa: PLC0415 — as above

    roster = _bytes_of(chosen.roster) if chosen.roster else None
    codes = _bytes_of(chosen.codes) if chosen.codes else None
    _refuse_as_out(chosen.out, chosen.roster)
    kinds: list[completion.Points] = [] if chosen.points == "completion" else [chosen.points]
    if kinds:
        _say(completion.WHY_NOT)
    with _record(chosen.record) as record:
        results = completion.results(record, load_course(), kinds)
    who = book.read_codes(codes) if codes else None
    if roster is None:
        filled = book.minimum(results, chosen.format, **({"title": chosen.column} if chosen.column else {}), codes=who)
    else:
        filled = book.fill(book.read_export(roster, chosen.format), results, chosen.column, who)
    _write_kept(chosen.out, filled.content)
    for sentence in book.told(filled):
        _say(sentence)
    if part := synced_part(chosen.out.absolute().resolve()):
        _say(f"{chosen.out} lies in a synced folder ({part}): grades may leave this computer.")
    _say(f"Written: {chosen.out}")
    return 0


def _refuse_as_out(out: Path, export: Path | None) -> None:
    from alliance_kit.batch.folder import is_database  # noqa: PLC0415 — as above

    if export and out.exists() and out.samefile(export):
        raise GradebookError(f"{out} is the file you exported. Keep it, and name another file with --out.")
    if out.is_dir():
        raise GradebookError(f"{out} is a folder. Name a file in it with --out, such as {out / 'gradebook.csv'}.")
    if is_database(out):
        raise GradebookError(f"{out} is a database, such as a class record. Name another file with --out.")


def _write_kept(out: Path, content: bytes) -> None:
    """Write the gradebook file; another one that stood there is kept beside it."""
    try:
        if out.exists() and out.read_bytes() != content:
            kept = keep_beside(out, dt.datetime.now().astimezone().date().isoformat())
            _say(f"{out.name} was there before; that one is kept as “{kept.name}”.")
        write_atomically(out, content)
    except OSError as fault:
        reason = fault.strerror or type(fault).__name__
        raise GradebookError(f"{out} cannot be written ({reason}). Name another file with --out.") from fault


def who(chosen: argparse.Namespace) -> int:
    """Say whose the codes are; reports carry codes alone."""
    with _record(chosen.record) as record:
        learners = record.learners()
    if not learners:
        _say("This class record holds no hand-ins yet. Collect some first: alliance collect FOLDER")
    wanted = set(chosen.codes or (entry.code for entry in learners))
    for entry in learners:
        if entry.code in wanted:
            came = [f"{each.lms.title()} {each.person}" for each in (entry.submission, *entry.others) if each.lms]
            _say("  ".join((entry.code, *came, ", ".join(entry.names) or "no name known")))
    for code in sorted(wanted - {entry.code for entry in learners}):
        _say(f"{code}  is not in this record")
    return 0


def demo(chosen: argparse.Namespace) -> int:
    """Do the whole class run on an invented class and say where to look."""
    folder = chosen.folder.absolute()
    download, record, filled = folder / "download", folder / "class.db", folder / "gradebook-filled.csv"
    roster = ["--roster", str(download / "gradebook.csv")]
    parser = argparse.ArgumentParser()
    add_to(parser.add_subparsers())
    for step in (
        ["sample", str(download), "--lms", "canvas"],
        ["collect", str(download / "submissions.zip"), "--record", str(record), *roster],
        ["report", "--record", str(record), "--out", str(folder / "reports")],
        ["gradebook", "--format", "canvas", "--record", str(record), "--out", str(filled), *roster],
    ):
        _say(f"\n> alliance {' '.join(map(_quoted, step))}")
        asked = parser.parse_args(step)
        if code := int(asked.run(asked)):
            return code
    _say("")
    _say("Nobody in this class is real. Where to look:")
    for name, what in (
        ("reports/index.html", "start here: the class report and each learner's report"),
        ("reports/feedback", "the reports, named as Canvas wants them back"),
        ("gradebook-filled.csv", "the gradebook file, with the points filled in"),
        ("download", "what an LMS would have given you"),
    ):
        _say(f"  {folder / name}  {what}")
    return 0


# --- small things ---------------------------------------------------------------------------------------------------


def _record(path: Path | None, *, new: bool = False) -> Record:
    """Open the class record; only `new` makes one that is not there."""
    from alliance_kit.cohort.record import Record  # noqa: PLC0415 — as above

    place = path or (open_home().class_ if new else home_folder() / "class") / "class.db"
    return Record.open(place, new=new)


def _bytes_of(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_EXPORT + 1)
    except OSError as fault:
        raise GradebookError(f"{path} cannot be read ({fault.strerror}). Check the name.") from fault
    if len(data) > LARGEST_EXPORT:
        raise GradebookError(f"{path} is larger than 32 MB, so it is no gradebook file. Choose another.")
    return data


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _quoted(thing: object) -> str:
    text = str(thing)
    return f'"{text}"' if " " in text else text


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
