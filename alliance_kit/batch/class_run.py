"""The class run: from the class record to a report for each learner, the class report, and the page to open first."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from alliance_kit import library
from alliance_kit.batch.folder import ReportFolder, file_stems, prepare
from alliance_kit.batch.pool import Pool
from alliance_kit.batch.processes import default_jobs
from alliance_kit.batch.progress import Progress
from alliance_kit.batch.sentences import one_line, private_names
from alliance_kit.batch.tasks import Done, Task
from alliance_kit.batch.templates import load_template
from alliance_kit.cohort.analysis import class_view
from alliance_kit.cohort.completion import finished
from alliance_kit.cohort.lms import Submission
from alliance_kit.cohort.record import LearnerEntry, Record
from alliance_kit.cohort.small_groups import K, checked
from alliance_kit.errors import AllianceKitError, ReportError
from alliance_kit.handin import HandIn, understand
from alliance_kit.home import synced_part, write_atomically
from alliance_kit.reports.class_report import ClassData, TalkTo, to_bytes
from alliance_kit.reports.feedback_files import Feedback, write_feedback
from alliance_kit.reports.index import Row, index_page

CLASS = "the class report"
"""How the class report is called where a learner's has her code."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A report that could not be made: whose (a code, or `CLASS`), and why, in a sentence."""

    code: str
    reason: str

    def __str__(self) -> str:
        return f"{one_line(self.code, {})}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a class run made: codes of the learners' reports, what could not be made, the index page, remarks."""

    made: tuple[str, ...]
    failed: tuple[Failure, ...]
    index: Path
    notes: tuple[str, ...] = ()


def learner_report() -> Path:
    """Return the learner's report as it comes with the workbook: a notebook to open, read and change in a copy."""
    return library.data_folder() / "notebooks" / "reports" / "learner_report.ipynb"


def class_report() -> Path:
    """Return the class report as it comes with the workbook."""
    return library.data_folder() / "notebooks" / "reports" / "class_report.ipynb"


def make_reports(
    record: Record,
    out: Path,
    *,
    jobs: int | None = None,
    template: Path | None = None,
    class_template: Path | None = None,
    smallest_group: int = K,
    progress: Progress | None = None,
    cell_limit: float = 120,
) -> Outcome:
    """Make all reports of a class anew; a report that cannot be made is named, and the others are made.

    Parameters
    ----------
    record : the class record, open
    out : folder for the reports, made if missing: ``index.html``, ``class_report.*``, ``learners/CODE.*``,
        ``feedback/`` and, for the notebooks to read, ``data/``
    jobs : how many at a time; by default one more than processors, four at most
    template, class_template : notebooks to use instead of those of the workbook
    smallest_group : learners; the class report says nothing of fewer, and 5 is the least that may be asked for
    progress : told before the first report and after each one
    cell_limit : seconds that one cell of a report may take

    Raises
    ------
    ReportError: there is nothing to report on, or a template or the folder cannot be used; then nothing was started.
    ClassRecordError: the record cannot be read.
    """
    checked(smallest_group)
    learner_template = (template or learner_report()).absolute()
    class_template = (class_template or class_report()).absolute()
    for path in (learner_template, class_template):
        load_template(path)  # before anything is written
    entries = record.learners()
    if not entries:
        raise ReportError("This class record holds no hand-ins yet; collect some, then make the reports.")
    stems = file_stems(entry.code for entry in entries)
    run = _Run(prepare(out), learner_template, class_template, stems, smallest_group, cell_limit, progress)
    run.make(record, entries, max(1, jobs or default_jobs()))
    return run.conclude(entries)


def class_data(record: Record, k: int = K) -> bytes:
    """Return what the class report reads: counts under the small-groups rule, and whom to talk to.

    The latter names people on the class list who have handed in nothing, and whose file could not be read: nobody who
    can be found among the learners' reports.
    """
    # Who is left out is named already, where her own report is not made.
    view = class_view(_readable(record), k=k, left_out=lambda *_: None)
    talk_to = TalkTo(
        not_handed_in=tuple(person.name or person.login or person.person for person in record.missing()),
        unreadable=tuple(refusal.submission.name or refusal.file for refusal in record.unreadable()),
        contact=tuple(entry.code for entry in record.learners() if entry.wants_contact),
    )
    return to_bytes(ClassData(view, talk_to))


def _readable(record: Record) -> Iterator[HandIn]:
    for code in record.codes():
        with contextlib.suppress(Exception):  # the run names this learner, and the class is the others
            yield record.hand_in(code)


@dataclass
class _Run:
    """One run, from the first data file to the index; what is known of a report is kept under its code, or `CLASS`."""

    folder: ReportFolder
    learner_template: Path
    class_template: Path
    stems: dict[str, str]
    smallest_group: int
    cell_limit: float
    progress: Progress | None
    done: dict[str, Done] = field(default_factory=dict)
    finished: dict[str, int] = field(default_factory=dict)  # exercises finished

    def make(self, record: Record, entries: Iterable[LearnerEntry], jobs: int) -> None:
        """Write each learner's data and hand her report out, the class's last; come back when all are done."""
        self._tell("", ok=True)
        self.folder.forget_data(set(self.stems.values()))
        with Pool(min(jobs, self._total)) as pool:
            for entry in entries:
                self._start(pool, entry.code, functools.partial(self._learner, record, entry.code))
                self._note(pool.ready())
            self._start(pool, CLASS, functools.partial(self._class, record))
            self._note(pool.finished())

    def conclude(self, entries: Iterable[LearnerEntry]) -> Outcome:
        """Write the files for the feedback upload and the index; return what the run came to."""
        entries = sorted(entries, key=lambda entry: entry.code)
        notes = [*self._place(), *self._leftovers(), *self._feedback(entries)]
        class_done = self.done[CLASS]
        page = index_page(
            [self._row(entry) for entry in entries],
            class_page="class_report.html" if class_done.ok else "",
            class_reason=class_done.reason,
            notes=notes,
        )
        self._write_index(page)
        failed = [Failure(key, self.done[key].reason) for key in (*sorted(self.stems), CLASS) if not self.done[key].ok]
        made = tuple(entry.code for entry in entries if self.done[entry.code].ok)
        return Outcome(made, tuple(failed), self.folder.index, tuple(notes))

    def _write_index(self, page: str) -> None:
        try:
            write_atomically(self.folder.index, page.encode("utf-8", "replace"))
        except OSError as fault:
            made = sum(done.ok for done in self.done.values())
            raise ReportError(
                f"{self.folder.path}: the disk refused ({fault.strerror or type(fault).__name__}), so only {made} of "
                f"{self._total} reports could be made. Free some space or choose another folder, and make them again."
            ) from fault

    # --- handing out ---

    @property
    def _total(self) -> int:
        return len(self.stems) + 1

    def _start(self, pool: Pool, key: str, prepare_task: Callable[[], Task]) -> None:
        """Hand a report out; when already its data cannot be had, note that instead."""
        try:
            pool.add(prepare_task())
        except Exception as fault:  # noqa: BLE001 — whatever one learner's data does, the others' reports are made
            known = isinstance(fault, AllianceKitError)
            reason = str(fault) if known else f"Its data could not be put together ({type(fault).__name__}: {fault})."
            for left in self._places(key):  # an old report must not pass for a new one
                left.unlink(missing_ok=True)
            self._note([Done(key, ok=False, reason=reason)])

    def _learner(self, record: Record, code: str) -> Task:
        hand_in = record.hand_in(code)
        self.finished[code] = len(finished(understand(hand_in.lines)))
        data = self.folder.data / f"{self.stems[code]}.jsonl"
        write_atomically(data, hand_in.text().encode("utf-8", "replace"))
        return self._task(code, learner=code, hand_in=f"../data/{data.name}")

    def _class(self, record: Record) -> Task:
        data = self.folder.data / "class.json"
        write_atomically(data, class_data(record, self.smallest_group))
        return self._task(CLASS, class_data=f"data/{data.name}")

    def _task(self, key: str, **parameters: str) -> Task:
        notebook, page = self._places(key)
        return Task(
            key=key,
            template=self.class_template if key == CLASS else self.learner_template,
            notebook=notebook,
            page=page,
            title="Report on the class" if key == CLASS else f"Report for {self.stems[key]}",
            parameters=parameters,
            cell_limit=self.cell_limit,
        )

    def _places(self, key: str) -> tuple[Path, Path]:
        stem = self.folder.path / "class_report" if key == CLASS else self.folder.learners / self.stems[key]
        return stem.with_name(f"{stem.name}.ipynb"), stem.with_name(f"{stem.name}.html")

    # --- taking back ---

    def _note(self, results: Iterable[Done]) -> None:
        private = private_names(self.folder.path)
        for done in results:
            done = replace(done, reason=one_line(done.reason, private))  # noqa: PLW2901 — all that is shown of it
            self.done[done.key] = done
            self._tell(done.key, ok=done.ok)

    def _tell(self, key: str, *, ok: bool) -> None:
        if self.progress:
            self.progress(len(self.done), self._total, key, ok)

    def _place(self) -> Iterator[str]:
        if part := synced_part(self.folder.path.resolve()):
            yield f"These reports lie in a synced folder ({part}): copies of them may leave this computer."

    def _leftovers(self) -> Iterator[str]:
        if left := self.folder.leftovers(self.stems.values()):
            some = ", ".join(left[:5]) + (" and others" if len(left) > 5 else "")
            yield (
                f"The folder “learners” still holds reports of an earlier run on learners who are not in the class "
                f"record: {some}. They are neither linked nor in “feedback”; delete them if nobody needs them."
            )

    def _feedback(self, entries: Iterable[LearnerEntry]) -> Iterator[str]:
        made = [entry for entry in entries if self.done[entry.code].ok]
        stems = [(self.stems[e.code], Submission() if e.disputed else e.submission) for e in made]
        try:
            write_feedback(
                self.folder.feedback,
                (Feedback(stem, self.folder.learners / f"{stem}.html", submission) for stem, submission in stems),
            )
        except ReportError as fault:
            yield str(fault)
        for entry in made:
            if entry.disputed:
                yield (
                    f"The work of {self.stems[entry.code]} was handed in by more than one person, so its report is not "
                    "in the files for the upload. See who with: alliance who"
                )

    def _row(self, entry: LearnerEntry) -> Row:
        done, stem = self.done[entry.code], self.stems[entry.code]
        return Row(
            code=stem,
            last_day=entry.last_day,
            finished=self.finished.get(entry.code, 0),
            late=entry.late,
            synthetic=entry.synthetic,
            page=f"learners/{stem}.html" if done.ok else "",
            reason="" if done.ok else done.reason,
            remark=done.reason if done.ok else "",
        )
