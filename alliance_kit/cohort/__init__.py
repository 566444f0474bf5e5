"""A class: its hand-ins gathered, its record kept, and what can be said about it without showing anybody."""
