"""The grader's version: changes whenever the same answer could be read differently."""

GRADER = "0.1.0"
