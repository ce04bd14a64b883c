"""The funnel as the history shows it: how many come, how many go on, how long they stay, where they pile up."""

from dataclasses import dataclass

import pandas as pd

from forecast.crm import History
from sim.kpis import PARTS, conversion_of_cohort, dwell_summary, funnel_health, funnel_shape, summary

_YEAR = 365.0


@dataclass(frozen=True)
class FunnelSeen:
    """A funnel over the last year of its history, or all of it where that is shorter.

    Attributes
    ----------
    stages
        One row a stage: ``stage``, ``entered``, ``conversion`` and ``still_open`` (shares of those who entered),
        ``median`` and ``mean`` days, the mean days of `sim.kpis.PARTS`, ``stock`` (open), ``steady_stock`` (what the
        funnel's own flows would keep there), ``ratio`` and ``verdict`` (`sim.kpis.health`).
    shape, narrowest
        Name of the funnel's shape; the stage that makes it so, or nothing.
    figures
        The headline figures (`sim.kpis.summary`).
    days
        How long the period is.
    """

    stages: pd.DataFrame
    shape: str
    narrowest: str
    figures: dict[str, float]
    days: float

    @property
    def has_parts(self) -> bool:
        """Whether the history tells what all the days are spent on; a CRM often knows the rep's hours and no more."""
        return bool(self.stages[list(PARTS)].notna().any().all())


def see_funnel(history: History) -> FunnelSeen:
    """Look at the last year of a history."""
    log = history.log
    start, end = log.window
    period = (max(start, end - _YEAR), end)
    health = funnel_health(log, period)
    shape = funnel_shape(health)
    table = conversion_of_cohort(log, period)[["entered", "conversion", "still_open"]]
    table = table.join(dwell_summary(log, period)[["median", "mean", *PARTS]])
    table = table.join(health[["stock", "steady_stock", "ratio", "verdict"]])
    return FunnelSeen(
        table.rename_axis("stage").reset_index(),
        shape.shape,
        shape.stage,
        summary(log, period),
        period[1] - period[0],
    )
