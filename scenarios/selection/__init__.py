"""Choosing the best of many plans with a promise: who is run how often, and when it is enough.

The procedures know nothing of funnels: they ask a `source` for values and say what they found, so they are tested on
made-up problems by the hundred and used on the simulator unchanged.
"""

from scenarios.selection.kim_nelson import KimNelson
from scenarios.selection.ocba import Budget
from scenarios.selection.source import Chosen, Source

__all__ = ["Budget", "Chosen", "KimNelson", "Rule", "Source"]

type Rule = KimNelson | Budget
"""A way to choose: each has ``choose(source, plans, larger=True) -> Chosen`` and ``most``, the most runs of a plan."""
