"""What has to be set before the simulator is loaded; it loads nothing itself."""

from studies.compiled_rules import keep_compiled_rules

__all__ = ["keep_compiled_rules"]
