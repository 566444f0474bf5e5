"""The LMS's gradebook file: the instructor's own export with one column filled, and every other byte as it was.

- `_csv_text`: CSV that keeps what nobody changes; `_roster`: who stands in which row; `_matching`: who is who.
- `_filling`: the file; `_filled`: what is told of it.
"""

from alliance_kit.reports.gradebook._filled import Filled, told
from alliance_kit.reports.gradebook._filling import fill, minimum
from alliance_kit.reports.gradebook._matching import read_codes
from alliance_kit.reports.gradebook._roster import people, read_export, recognised

__all__ = [
    "Filled",
    "fill",
    "minimum",
    "people",
    "read_codes",
    "read_export",
    "recognised",
    "told",
]
