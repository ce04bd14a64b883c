"""Sales cycle: the days from creation to the win; beside it the same for every closing, since losses take time too."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.eventlog import EventLog, Floats
from sim.kpis.closings import closings
from sim.kpis.dimensions import figures_by
from sim.kpis.period import Period
from sim.kpis.rows import Rows64


def sales_cycle(log: EventLog, by: Sequence[str] = (), period: Period | None = None) -> pd.DataFrame:
    """Measure the days from creation to closing, for the deals closed in the period.

    Returns
    -------
    pandas.DataFrame
        One row a group of ``by`` (`sim.kpis.dimensions.DIMENSIONS`; a calendar unit is that of the closing): ``wins``,
        ``mean``, ``median`` and ``p90`` of the sales cycle (won only), and ``closed``, ``mean_all``, ``median_all`` and
        ``p90_all`` of wins and losses together, in days. NaN where nothing closed, or no creation is known.
    """
    closed = closings(log, period)

    def figures(group: Rows64) -> dict[str, float]:
        cycle, won = closed.cycle[group], closed.won[group]
        every = {f"{name}_all": value for name, value in cycle_figures(cycle).items()}
        return {"wins": int(won.sum()), **cycle_figures(cycle[won]), "closed": len(cycle), **every}

    return figures_by(closed.labels(log, by), figures)


def cycle_figures(days: Floats) -> dict[str, float]:
    """Return mean, median and 90th percentile of the days that are known, NaN if none is."""
    known = days[~np.isnan(days)]
    if not len(known):
        return dict.fromkeys(("mean", "median", "p90"), float("nan"))
    median, p90 = np.quantile(known, [0.5, 0.9])
    return {"mean": float(known.mean()), "median": float(median), "p90": float(p90)}
