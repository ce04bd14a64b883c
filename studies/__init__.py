"""Use cases, one verb each, shared by the command line and the app; the only code that touches disk and processes."""
