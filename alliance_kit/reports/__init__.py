"""What people read: the learner's report, the class report, their figures and pages, and the LMS's gradebook file."""
