"""The Alliance Workbook: practice in building the therapeutic alliance, with feedback.

Importing this package is cheap and pulls in the standard library only. Notebooks use `alliance_kit.workbook`.
"""

__version__ = "0.3.0"
