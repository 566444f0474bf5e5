"""The class record: what a class handed in, kept once, never changed, names apart.

- `_tables`: the database and its schema; `_writing`: from a hand-in to rows; `_merging`: from rows to one hand-in.
- `_looking`: questions to the database; `_record`: the record as others use it.
"""

from alliance_kit.cohort.record._record import LearnerEntry, Outcome, Person, Record, Refusal, Taking

__all__ = [
    "LearnerEntry",
    "Outcome",
    "Person",
    "Record",
    "Refusal",
    "Taking",
]
