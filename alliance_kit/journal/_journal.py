"""The learner's own record: one append-only file of lines, and the words being typed beside it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from alliance_kit.errors import ExerciseFileError, JournalError, UnknownExerciseError
from alliance_kit.journal._bring import ImportResult, read_copy
from alliance_kit.journal._codec import Codec, Line, PlainCodec
from alliance_kit.journal._drafts import Drafts
from alliance_kit.journal._file import AppendOnlyFile
from alliance_kit.journal._forget import Forgotten, kept_after, what_stays_elsewhere
from alliance_kit.journal._lines import Sources, new_uuid, utc_now
from alliance_kit.journal._lock import TIMEOUT_S, FolderLock
from alliance_kit.journal._records import (
    RECORDS,
    Answer,
    AnswerGiven,
    Branching,
    Disagreement,
    Learner,
    LookedBack,
    Regraded,
    Run,
    RunStart,
    Timing,
    Turn,
    answer_of,
    check_record,
    holds_exercise,
    read_record,
    run_of,
    state_to_json,
    whole_thread,
)
from alliance_kit.journal._store import DRAFTS, JOURNAL, Store, by_time
from alliance_kit.model import (
    Act,
    AnyExercise,
    EndingName,
    Exercise,
    Feedback,
    Finding,
    Response,
    TypedReply,
    digest_of,
    exercise_from_json,
)
from alliance_kit.plain import Json, to_json
from alliance_kit.simulation import State

T = TypeVar("T")


class Journal:
    """A learner's journal in `folder`. Making the object touches nothing; the folder is made at the first write.

    Several objects, in one program or in many, may use the same folder at the same time.

    Parameters
    ----------
    folder : Path
    codec : Codec, how a line becomes bytes
    clock : function that returns the present moment, with its time zone
    new_id : function that returns a new UUID as text
    token : function that returns so many random bytes as hexadecimal text
    lock_timeout : float, seconds to wait for another window
    """

    def __init__(
        self,
        folder: Path,
        *,
        codec: Codec | None = None,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = new_uuid,
        token: Callable[[int], str] = secrets.token_hex,
        lock_timeout: float = TIMEOUT_S,
    ) -> None:
        self._sources = Sources(codec or PlainCodec(), clock, new_id, token)
        self._lock = FolderLock(folder, timeout=lock_timeout)
        self._store = Store(folder, self._lock, self._sources)
        self._drafts = Drafts(
            AppendOnlyFile(folder / DRAFTS, self._lock),
            self._lock,
            self._sources,
            self._store.machine,
            session=self._sources.token(8),
        )
        self._records: dict[str, object] = {}
        self._unread: set[str] = set()
        self._exercises: dict[str, AnyExercise] = {}

    # --- lines ----------------------------------------------------------------------------------------------------

    @property
    def folder(self) -> Path:
        """Where the journal lies."""
        return self._store.folder

    def refresh(self) -> None:
        """Take up what other windows wrote. Every lookup does so by itself; it costs one look at the file's date.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        self._store.refresh()

    def lines(self, name: str | None = None) -> tuple[Line, ...]:
        """Return all lines, or those of one type, in file order, each id once.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        self.refresh()
        return tuple(self._store.by_id.values() if name is None else self._store.by_type.get(name, ()))

    def record(self, name: str, /, **payload: Json) -> Line:
        """Write one line of type `name` and return it once the disk confirmed it.

        Raises
        ------
        ExerciseFileError: a type that this module reads, with a payload that it could not read back.
        JournalError: it is not kept.
        """
        if name in RECORDS:
            check_record(RECORDS[name], payload, name)
        return self._store.add(name, payload)

    def notices(self) -> tuple[str, ...]:
        """Return what the learner should be told about the files, one sentence each.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        self.refresh()
        self._drafts.refresh()
        told = list(self._store.notices)
        if self._drafts.damaged:
            told.append("The last words being typed were cut off; the version that was saved just before is shown.")
        if self._unread:
            told.append(
                f"Entries in the journal that this version cannot show: {len(self._unread)}; they are kept as they are."
            )
        told += [
            f"A second journal lies beside yours, {copy.name!r}; bring it in, and nothing is doubled."
            for copy in self.copies()
        ]
        return tuple(told)

    def copies(self) -> list[Path]:
        """Return files beside the journal that look like one of another machine, or like a sync program's conflict."""
        brought = {(line.data.get("file"), line.data.get("size")) for line in self._store.by_type.get("brought_in", ())}
        try:
            found = [(path, path.stat().st_size) for path in sorted(self.folder.glob("journal*.jsonl"))]
        except OSError:  # it went away just now
            return []
        return [path for path, size in found if path.name != JOURNAL and (path.name, size) not in brought]

    # --- the learner ----------------------------------------------------------------------------------------------

    @property
    def learner(self) -> Learner:
        """The learner's code, made at first use, and name.

        After journals of two machines are merged, the older code stays: work was handed in under it. The newest name
        counts.

        Raises
        ------
        JournalError: the code cannot be kept.
        """
        if not self._known_learners():
            with self._lock:
                if not self._known_learners():
                    self.record("learner", code=self._sources.token(4), name="")
        known = self._known_learners()
        return Learner(known[0].code, known[-1].name)

    def _known_learners(self) -> list[Learner]:
        return [learner for _, learner in self._read_all(Learner, by_time(self.lines("learner")))]

    def set_name(self, name: str) -> Line:
        """Keep the learner's name, for the header of hand-ins only.

        Raises
        ------
        JournalError: it is not kept.
        """
        with self._lock:
            return self.record("learner", code=self.learner.code, name=name.strip())

    # --- exercises ------------------------------------------------------------------------------------------------

    def keep_exercise(self, exercise: Exercise) -> str:
        """Keep the exercise as it is now, once, and return its digest.

        Raises
        ------
        JournalError: it is not kept.
        """
        digest = digest_of(exercise)
        with self._lock:
            if not any(holds_exercise(line, digest) for line in self.lines("exercise")):
                self.record("exercise", digest=digest, exercise=to_json(exercise))
        return digest

    def exercise(self, digest: str) -> AnyExercise:
        """Return the exercise as the learner saw it.

        Raises
        ------
        UnknownExerciseError: it is not in this journal, or its content is no longer what the digest says.
        ExerciseFileError: this version cannot read it.
        JournalError: the journal cannot be read.
        """
        if digest not in self._exercises:
            for line in self.lines("exercise"):
                if holds_exercise(line, digest):
                    where = f"journal, exercise {digest[:8]}"
                    self._exercises[digest] = exercise_from_json(line.data["exercise"], where)
                    break
            else:
                raise UnknownExerciseError(f"The journal holds no exercise with the digest {digest[:8]!r}.")
        return self._exercises[digest]

    def next_attempt(self, exercise_id: str) -> int:
        """Return the number of the next attempt at an exercise, counted from 1.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        attempts = [
            line.data.get("attempt")
            for line in (*self.lines("run"), *self.lines("answer"))
            if line.data.get("exercise") == exercise_id
        ]
        return 1 + max((number for number in attempts if isinstance(number, int)), default=0)

    # --- conversations --------------------------------------------------------------------------------------------

    def start_run(
        self,
        exercise: Exercise,
        *,
        attempt: int | None = None,
        branched_from: Branching | tuple[str, int] | None = None,
        level: int = 0,
        support: str = "choice",
        timing: Timing = "turn",
    ) -> Run:
        """Begin a conversation and return it, without turns.

        Parameters
        ----------
        exercise : Exercise, kept along with it
        attempt : int, counted from 1; None: the next
        branched_from : the run and turn index where this run goes another way; the turns before it count as its own
        level, support, timing : as in `RunStart`

        Raises
        ------
        JournalError: it is not kept.
        """
        if branched_from is not None and not isinstance(branched_from, Branching):
            branched_from = Branching(*branched_from)
        with self._lock:
            line = self.record(
                "run",
                run=self._sources.new_id(),
                exercise=exercise.id,
                digest=self.keep_exercise(exercise),
                attempt=self.next_attempt(exercise.id) if attempt is None else attempt,
                branched_from=to_json(branched_from),
                level=level,
                support=support,
                timing=timing,
            )
        return run_of(line, read_record(RunStart, line), ())

    def add_turn(
        self,
        run: str,
        *,
        scene: str,
        reply: str,
        said: str,
        line: str,
        answer_line: str,
        state_before: State | Mapping[str, Json],
        state_after: State | Mapping[str, Json],
        index: int | None = None,
        act: Act | None = None,
        ended: EndingName | None = None,
        reached: str = "",
        confidence: float | None = None,
        findings: Iterable[Finding] = (),
        grader: str = "",
        typed: TypedReply | None = None,
    ) -> Line:
        """Keep one turn of a run, as shown; fields as in `Turn`. `index` None: the next.

        Raises
        ------
        JournalError: the run is gone or went on in another window, or the turn is not kept.
        """
        with self._lock:
            expected = self.run(run).next_index
            if index is not None and index != expected:
                raise JournalError("This conversation went on in another window; open it anew to go on from there.")
            return self.record(
                "turn",
                run=run,
                index=expected,
                scene=scene,
                reply=reply,
                said=said,
                line=line,
                answer_line=answer_line,
                act=act,
                state_before=state_to_json(state_before),
                state_after=state_to_json(state_after),
                ended=ended,
                reached=reached,
                confidence=confidence,
                findings=[to_json(finding) for finding in findings],
                grader=grader,
                typed=to_json(typed),
            )

    def run(self, run_id: str) -> Run:
        """Return one run.

        Raises
        ------
        JournalError: there is no such run any more, or the journal cannot be read.
        """
        self.refresh()
        if run := self._find_run(run_id):
            return run
        raise JournalError("This conversation is no longer in the journal; begin it anew.")

    def _find_run(self, run_id: str) -> Run | None:
        lines = [line for line in self._store.by_type.get("run", ()) if line.data.get("run") == run_id]
        return next((self._run(line, start) for line, start in self._read_all(RunStart, lines)), None)

    def _run(self, line: Line, start: RunStart) -> Run:
        turns = self._read_all(Turn, self._store.turns.get(start.run, ()))
        return run_of(line, start, [turn for _, turn in turns])

    def runs(self, exercise_id: str | None = None) -> tuple[Run, ...]:
        """Return the runs of one exercise, or all, the oldest first.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        lines = [line for line in self.lines("run") if exercise_id in (None, line.data.get("exercise"))]
        return tuple(self._run(line, start) for line, start in self._read_all(RunStart, by_time(lines)))

    def turns(self, run_id: str) -> tuple[Turn, ...]:
        """Return all turns that lead to where the run stands: those before a branching, then its own.

        Raises
        ------
        JournalError: there is no such run any more, or the journal cannot be read.
        """
        return whole_thread(self.run(run_id), self._find_run)

    # --- answers --------------------------------------------------------------------------------------------------

    def add_answer(self, response: Response, feedback: Feedback | None, item: str | None = None) -> Line:
        """Keep a response with the feedback as shown (None: this kind is not graded); `keep_exercise` comes first.

        Raises
        ------
        JournalError: it is not kept.
        """
        return self.record("answer", **to_json(response), item=item, feedback=to_json(feedback))

    def answers(self, exercise_id: str | None = None, item: str | None = None) -> tuple[Answer, ...]:
        """Return the answers to one exercise, or one item of it, or all, the oldest first.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        lines = [
            line
            for line in self.lines("answer")
            if exercise_id in (None, line.data.get("exercise")) and item in (None, line.data.get("item"))
        ]
        return tuple(answer_of(line, given) for line, given in self._read_all(AnswerGiven, by_time(lines)))

    def regrade(self, of: str, feedback: Feedback) -> Line:
        """Keep later feedback on line `of`, beside what was shown at the time.

        Raises
        ------
        JournalError: there is no such line, or it is not kept.
        """
        with self._lock:
            self.refresh()
            if of not in self._store.by_id:
                raise JournalError("What was to be looked at again is no longer in the journal.")
            return self.record("regraded", of=of, feedback=to_json(feedback), grader=feedback.grader)

    def regraded(self, of: str) -> tuple[Regraded, ...]:
        """Return later feedback on line `of`, the oldest first.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        lines = [line for line in self.lines("regraded") if line.data.get("of") == of]
        return tuple(later for _, later in self._read_all(Regraded, by_time(lines)))

    # --- looking back ---------------------------------------------------------------------------------------------

    def disagreements(self, run: str | None = None) -> tuple[Disagreement, ...]:
        """Return what the learner did not agree with, in one run or at all, the oldest first.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        found = self._read_all(Disagreement, by_time(self.lines("disagreement")))
        return tuple(each for _, each in found if run in (None, each.run))

    def looked_back(self, run: str) -> LookedBack | None:
        """Return what the learner last wrote about a run, None where she wrote nothing.

        Raises
        ------
        JournalError: the journal cannot be read.
        """
        found = self._read_all(LookedBack, by_time(self.lines("looked_back")))
        return next((each for _, each in reversed(found) if each.run == run), None)

    # --- words being typed ----------------------------------------------------------------------------------------

    def save_draft(self, key: str, text: str, window: str = "") -> Line:
        """Keep words being typed; the line comes back, with its time in `at`, once the disk confirmed it.

        Parameters
        ----------
        key : str, the place: an exercise's id, and after a ``/`` what the exercise wants to tell apart
        text : str
        window : str, told apart from other windows on the same program, where the caller can tell them apart

        Raises
        ------
        JournalError: the words are not kept.
        """
        return self._drafts.save(key, text, window)

    def draft(self, key: str, window: str = "") -> str:
        """Return the words to go on with at this place, empty when there are none.

        Raises
        ------
        JournalError: the drafts cannot be read.
        """
        return self._drafts.restore(key, window)

    def other_drafts(self, key: str, window: str = "") -> tuple[str, ...]:
        """Return texts from other windows at this place that differ from `draft`, the oldest first.

        Raises
        ------
        JournalError: the drafts cannot be read.
        """
        return self._drafts.others(key, window)

    def settle_drafts(self, key: str, window: str = "") -> None:
        """Note that the learner has seen `other_drafts`, so that they are not offered again.

        Raises
        ------
        JournalError: the note is not kept.
        """
        self._drafts.settle(key, window)

    def clear_draft(self, key: str, window: str = "") -> None:
        """Note that this window's words at this place are handed over and no longer a draft.

        Raises
        ------
        JournalError: the note is not kept.
        """
        self._drafts.clear(key, window)

    def forget_draft(self, key: str, window: str = "") -> None:
        """Remove the words that this window typed at a place for good.

        Raises
        ------
        JournalError: nothing was removed.
        """
        self._drafts.erase(key, window)

    # --- bringing in, forgetting ----------------------------------------------------------------------------------

    def import_file(self, path: Path) -> ImportResult:
        """Take up the lines of another copy of the journal, each once; doing it again changes nothing.

        Raises
        ------
        JournalError: the file cannot be read, is no journal, or the lines are not kept.
        """
        copy = read_copy(self._sources.codec, path)
        with self._lock:
            added = self._store.add_foreign(copy.lines)
            result = copy.result(added)
            if path.parent == self.folder and path.name != JOURNAL:
                self.record("brought_in", file=path.name, size=copy.size, added=result.added)
        return result

    def forget(self, exercise_id: str | None = None) -> Forgotten:
        """Remove everything of the learner, or of one exercise, and say what that does not reach.

        Raises
        ------
        JournalError: it could not be removed.
        """
        with self._lock:
            self.refresh()
            keep = kept_after(self._sources.codec, exercise_id, list(self._store.by_id.values()))
            elsewhere = what_stays_elsewhere(self.copies(), self.lines("handed_in"))
            self._drafts.forget(exercise_id)
            removed = self._store.forget(exercise_id or "everything", keep, new_machine=exercise_id is None)
            self._exercises.clear()
            self._records.clear()
            self._unread.clear()
        return Forgotten(removed, elsewhere)

    # --- reading typed records ------------------------------------------------------------------------------------

    def _read_all(self, cls: type[T], lines: Iterable[Line]) -> list[tuple[Line, T]]:
        """Return each line with its record; lines that somebody changed by hand are left out, and told in `notices`."""
        return [(line, record) for line in lines if (record := self._read(cls, line)) is not None]

    def _read(self, cls: type[T], line: Line) -> T | None:
        # Lines never change, so each is looked through once, however often a screen is drawn.
        known = self._records.get(line.id)
        if isinstance(known, cls):
            return known
        try:
            record = self._records[line.id] = read_record(cls, line)
        except ExerciseFileError:
            self._unread.add(line.id)
            return None
        return record
