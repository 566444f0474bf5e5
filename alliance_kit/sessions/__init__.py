"""Sessions: exercises being worked on, without any screen. One module per kind."""
