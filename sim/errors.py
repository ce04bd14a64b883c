"""What can go wrong, in one small tree: what was wrong, the value that was met, and the fix.

Every error is also the builtin that a Python programmer would expect, so a caller may catch either.
"""

from collections.abc import Iterable


class HeadraceError(Exception):
    """Anything a person can put right: the command line prints it without a traceback and exits with 2."""


class SpecError(HeadraceError, ValueError):
    """A funnel, a scenario or a setting that contradicts itself or lies outside its range."""


class UnknownNameError(HeadraceError, LookupError):
    """A name that this funnel doesn't have."""

    def __init__(self, what: str, name: str, known: Iterable[str], where: str = "this funnel") -> None:
        choices = ", ".join(known) or "none"
        super().__init__(f"no {what} {name!r}; {where} has {choices}")


class DataError(HeadraceError, ValueError):
    """A file or table that can't be read as what it was said to be."""


def require(condition: bool, message: str) -> None:  # noqa: FBT001 - reads as the sentence "require x, else say y"
    """Raise `SpecError` with ``message`` unless ``condition`` holds."""
    if not condition:
        raise SpecError(message)
