"""Ctrl-C, told in a sentence."""

from sim.errors import HeadraceError


class Stopped(HeadraceError):  # noqa: N818 - it is no error to stop
    """The user stopped the work; the message says what is kept of it."""
