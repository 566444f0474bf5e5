"""The hand-in: a chosen copy of the journal for a course, shown as it will be seen before it leaves.

- `offer`: what can be ticked; `build`: the hand-in of what is ticked, `_fields`: what of a line may leave at all.
- `HandIn.page`, `to_html`: as the instructor will see it; `texts`, `with_replacements`: the learner's words, and others
  in their place where they could identify somebody.
- `write`, `read`: one UTF-8 file of JSON Lines.
"""

from alliance_kit.handin._fields import LEAVES
from alliance_kit.handin._hand_in import Content, HandIn, build, write
from alliance_kit.handin._offers import CONFIDENCE, CONTACT, ENDINGS, Offer, day_of, offer
from alliance_kit.handin._page import LEVELS, to_html
from alliance_kit.handin._reading import MAX_BYTES, read
from alliance_kit.handin._texts import Address, OwnText, texts, with_replacements
from alliance_kit.handin._understood import Understood, Written, understand

__all__ = [
    "CONFIDENCE",
    "CONTACT",
    "ENDINGS",
    "LEAVES",
    "LEVELS",
    "MAX_BYTES",
    "Address",
    "Content",
    "HandIn",
    "Offer",
    "OwnText",
    "Understood",
    "Written",
    "build",
    "day_of",
    "offer",
    "read",
    "texts",
    "to_html",
    "understand",
    "with_replacements",
    "write",
]
