"""What can go wrong, one small family. Every message says where, what was found, and what to do."""

from __future__ import annotations

__all__ = [
    "AllianceKitError",
    "ClassRecordError",
    "ExerciseFileError",
    "GradebookError",
    "HandInError",
    "HomeError",
    "JournalError",
    "ReportError",
    "UnknownExerciseError",
    "UnknownSkillError",
]


class AllianceKitError(Exception):
    """Base of all errors that this package raises on purpose."""


class ExerciseFileError(AllianceKitError, ValueError):
    """An exercise cannot be used: the message names file, place, fault and mend."""


class UnknownExerciseError(AllianceKitError, LookupError):
    """An id names no exercise in the library."""


class UnknownSkillError(AllianceKitError, LookupError):
    """An id names no component, strategy, part, microskill or source of the curriculum."""


class JournalError(AllianceKitError, OSError):
    """The journal could not be read or written; nothing that was confirmed is lost."""


class HandInError(AllianceKitError, ValueError):
    """A hand-in cannot be made or read."""


class HomeError(AllianceKitError, OSError):
    """The learner's home folder cannot be used."""


class ClassRecordError(AllianceKitError, OSError):
    """The record of a class, or the place its hand-ins are in, cannot be used."""


class ReportError(AllianceKitError, ValueError):
    """A report cannot be made."""


class GradebookError(AllianceKitError, ValueError):
    """A gradebook file cannot be read or filled."""
