"""The learner's journal: append-only JSON Lines that survive crashes, and are readable by a person.

- `_disk`, `_lock`, `_file`: bytes that are on the disk when they say so, one writer at a time.
- `_codec`, `_lines`: one line in and out through one seam, numbered and dated.
- `_records`, `_store`, `_journal`: what the lines mean.
- `_drafts`: words being typed. `_bring`, `_forget`: other copies in, and out for good.
"""

from alliance_kit.journal._bring import ImportResult
from alliance_kit.journal._codec import (
    MAX_DEPTH,
    MAX_LINE_BYTES,
    SCHEMA,
    Codec,
    Line,
    PlainCodec,
    line_from_json,
    read_json,
)
from alliance_kit.journal._forget import Forgotten
from alliance_kit.journal._journal import Journal
from alliance_kit.journal._lock import FolderLock
from alliance_kit.journal._records import (
    Answer,
    AnswerGiven,
    Branching,
    Disagreement,
    ExerciseKept,
    Learner,
    LookedBack,
    Regraded,
    Run,
    RunStart,
    Timing,
    Turn,
    answer_of,
    digest_of_text,
    read_record,
    run_of,
    state_from_json,
    state_to_json,
    whole_thread,
)

__all__ = [
    "MAX_DEPTH",
    "MAX_LINE_BYTES",
    "SCHEMA",
    "Answer",
    "AnswerGiven",
    "Branching",
    "Codec",
    "Disagreement",
    "ExerciseKept",
    "FolderLock",
    "Forgotten",
    "ImportResult",
    "Journal",
    "Learner",
    "Line",
    "LookedBack",
    "PlainCodec",
    "Regraded",
    "Run",
    "RunStart",
    "Timing",
    "Turn",
    "answer_of",
    "digest_of_text",
    "line_from_json",
    "read_json",
    "read_record",
    "run_of",
    "state_from_json",
    "state_to_json",
    "whole_thread",
]
