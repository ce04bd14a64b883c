"""Keeps compiled rules on disk, as the command line does, so that no figure holds a compilation."""

from studies.compiled_rules import keep_compiled_rules

keep_compiled_rules()  # before any benchmark imports a compiled rule
