"""The class run: papermill over a class, one notebook a learner, several at a time."""
