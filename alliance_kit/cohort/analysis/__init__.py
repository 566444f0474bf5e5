"""What may be said of a class: counts of learners' first tries, all of them under the small-groups rule.

- `_frames`: compact rows of first answers; `_items`, `_moments`: from these to items and moments; `_view`: the whole.
"""

from alliance_kit.cohort.analysis._items import ItemView
from alliance_kit.cohort.analysis._moments import Moment
from alliance_kit.cohort.analysis._view import (
    STRONG,
    WEAK,
    ClassView,
    OtherVersions,
    PartView,
    Verdict,
    class_view,
    verdict,
)

__all__ = [
    "STRONG",
    "WEAK",
    "ClassView",
    "ItemView",
    "Moment",
    "OtherVersions",
    "PartView",
    "Verdict",
    "class_view",
    "verdict",
]
