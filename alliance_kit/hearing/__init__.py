"""What the simulated patient makes of words that the learner typed: pure, offline, the same for every front end.

The reader (`alliance_kit.grading.talk`) says which ways of speaking are in the words; the scenario's own rules say what
those do; this package puts the two together and picks the patient's answer. It never lowers the alliance on a reading
that is unsure: then the patient asks back.
"""

from __future__ import annotations

from alliance_kit.hearing._hearer import LEFT_OUT, Heard, reply_from
from alliance_kit.hearing._listener import Listener
from alliance_kit.hearing._support import SUPPORTS, PastTalk, Support, support_for, typed_first_scenes

__all__ = [
    "LEFT_OUT",
    "SUPPORTS",
    "Heard",
    "Listener",
    "PastTalk",
    "Support",
    "reply_from",
    "support_for",
    "typed_first_scenes",
]
