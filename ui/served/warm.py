"""What has to be set before the simulator is loaded; it loads nothing itself."""

import sys

from studies.compiled_rules import keep_compiled_rules

__all__ = ["keep_compiled_rules", "take_short_turns"]

_TURN = 0.001
"""Seconds after which a thread at work lets another one in; Python's own 0.005 makes pages wait for jobs."""


def take_short_turns() -> None:
    """Let pages answer while jobs in other threads compute."""
    sys.setswitchinterval(_TURN)
