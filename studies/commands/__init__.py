"""The verbs of the command line, one a file: each says what it does and what to type; its study does the work."""
