"""A synthetic class: hand-ins made by playing the real exercises through the real engine, and saying so.

- `learner`: one hand-in; `write_class`: a folder of them; `write_download`: what an LMS would give an instructor.
- `_persona`, `_texts`: who answers and in which words; `_play`, `_talk`: answering; `_journal`: where it is kept.
"""

from alliance_kit.cohort.sample._class import DUE, DUE_END, learner, text_of, write_class, write_download

__all__ = [
    "DUE",
    "DUE_END",
    "learner",
    "text_of",
    "write_class",
    "write_download",
]
