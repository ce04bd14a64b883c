"""Routing policies tried on the same leads: the plans, and what each wins against how unevenly it shares out."""

from collections.abc import Sequence

import pandas as pd

from scenarios.levers.routing import ChangeRouting
from scenarios.scenario import AS_IS, Scenario
from sim.routing.registry import POLICIES
from studies.composed import routing_of
from studies.explore import Explored

NAMES = tuple(POLICIES)
"""The policies that there are."""
UNEVEN = "gini_assigned"
"""The figure that says how unevenly leads are shared out within teams: 0 is all alike."""


def trials(policies: Sequence[str]) -> tuple[Scenario, ...]:
    """Return the baseline and one plan a policy; raises `UnknownNameError` for a policy that there isn't."""
    return (AS_IS, *(Scenario(name, (ChangeRouting(routing_of(name)),)) for name in dict.fromkeys(policies)))


def fairness(explored: Explored) -> pd.DataFrame:
    """Return one row a plan: ``plan``, ``uneven`` (mean of `UNEVEN`), ``mean``, ``low`` and ``high`` of what it brings.

    The range is that of the plan's difference to the baseline, laid around the baseline's mean.
    """
    table, uneven = explored.comparison().table, explored.comparison(UNEVEN).table["mean"]
    base = float(explored.totals(AS_IS.name).mean())
    rows = {
        "plan": table.index.astype(str),
        "uneven": uneven.to_numpy(),
        **{
            name: base + table[of].to_numpy() for name, of in (("mean", "difference"), ("low", "low"), ("high", "high"))
        },
    }
    return pd.DataFrame(rows)
