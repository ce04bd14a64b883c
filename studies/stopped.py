"""Work that was stopped: by Ctrl-C, told in a sentence, or because whoever asked has given it up."""

from sim.errors import HeadraceError


class Stopped(HeadraceError):  # noqa: N818 - it is no error to stop
    """The user stopped the work; the message says what is kept of it."""


class GivenUp(Stopped):
    """Nobody waits for the answer any more, so nothing is kept for going on."""
