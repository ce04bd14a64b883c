"""The names in a kept table in the pack's language: those that Headrace gives; what somebody named stays."""

from studies.language import Words
from studies.pack.plan_names import plan_of
from studies.pack.speaking import named

_PLANS = {"scenario", "plan"}
_FAMILIES = {name: name for name in ("kpi", "verdict", "dimension", "cause", "how")} | {"measure": "kpi"}
"""Column → the family of words that its cells are taken from."""


def cell_of(words: Words, column: str, text: str) -> str:
    """Return what a column's cell is called."""
    if column in _PLANS:
        return plan_of(words, text)
    return named(words, _FAMILIES[column], text) if column in _FAMILIES else text
