"""A package, so that worker processes import these tests and not the `tests` that some library has installed."""
