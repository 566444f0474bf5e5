"""The class report: where the class is strong and weak, what misleads, three moments to discuss, whom to talk to."""

from alliance_kit.reports.class_report._report import (
    ClassData,
    ClassReport,
    TalkTo,
    class_report,
    read_class_data,
    to_bytes,
)

__all__ = [
    "ClassData",
    "ClassReport",
    "TalkTo",
    "class_report",
    "read_class_data",
    "to_bytes",
]
