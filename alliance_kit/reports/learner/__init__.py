"""The learner's report: what went well, one thing to try next, one figure, then the moments, goals and reflection.

- `_looking`: from a hand-in to `_facts`; `_choice`: what is said first, by stated rules; `_words`: the sentences.
- `_page`, `_figure`: HTML; `_room`, `_height`, `_fit`: how much of it goes on two printed pages.
"""

from alliance_kit.reports.learner._facts import LearnerFacts
from alliance_kit.reports.learner._looking import look_at
from alliance_kit.reports.learner._report import LearnerReport, learner_report, open_hand_in

__all__ = [
    "LearnerFacts",
    "LearnerReport",
    "learner_report",
    "look_at",
    "open_hand_in",
]
