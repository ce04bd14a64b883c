"""The funnel's shape: what stands in each stage now, beside what its own flows would keep there.

Little's law says it: entries a day × days of a stay. The entries are those of the funnel as it is; the stay is that of
a deal which waits for nights and weekends but for nobody who is busy. With the present stays a pile would be measured
by itself: whoever has waited half a year in it proves that half a year is usual.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.kpis.health import EVEN, HEAVY, THIN, UNKNOWN, FunnelShape, funnel_shape
from sim.opening import Opening

TOLERANCE = 0.25
"""How far a stock may be from the steady one either way (to 1.25 times, or 1/1.25) without a verdict."""

_BAND = 1.96
"""Standard deviations either way of the band that holds a steady funnel 95 % of the time."""


def stock_of(opening: Opening, stages: tuple[str, ...]) -> "pd.Series[float]":
    """Return how many open deals stand in each stage."""
    counts = pd.Series([deal.stage for deal in opening.deals], dtype="str").value_counts()
    return counts.reindex(list(stages), fill_value=0).astype(np.float64)


def shape_table(stages: pd.DataFrame, as_is: str, unhurried: str, days: float, opening: Opening) -> pd.DataFrame:
    """Set each stage's stock beside its steady one.

    Parameters
    ----------
    stages
        The table ``stages`` (`scenarios.tables.TABLES`) of runs that began empty, under two plans.
    as_is, unhurried
        Names of the plans: things as they are, and nobody busy.
    days
        Days of the period that the table is of.
    opening
        What is open now. Where nothing is, the stock is the mean of the runs as they are.

    Returns
    -------
    pandas.DataFrame
        One row a stage: ``stock``; ``entered_per_day``, ``stay`` (days) and their product ``steady_stock``; ``low`` and
        ``high``, between which a steady funnel holds its stock 95 % of the time (Poisson, and what differs from run to
        run); ``ratio``, ``z`` and ``verdict`` as in `sim.kpis.funnel_health`; ``stay_as_is``, the days of a stay as
        things are, and ``old``, the share of the open deals that have stood there longer than nine in ten stay.
    """
    mine, theirs = (_by_stage(stages[stages["scenario"] == plan]) for plan in (as_is, unhurried))
    names = tuple(mine["entered"].columns)
    stay = theirs["mean"].mean()
    steady = mine["entered"] / days * stay
    known = bool(opening.deals)
    stock = stock_of(opening, names) if known else mine["wip"].mean()
    spread = (steady.mean() + steady.var(ddof=1).fillna(0.0)) ** 0.5
    table = pd.DataFrame(
        {
            "stock": stock,
            "entered_per_day": mine["entered"].mean() / days,
            "stay": stay,
            "steady_stock": steady.mean(),
            "low": (steady.mean() - _BAND * spread).clip(lower=0.0),
            "high": steady.mean() + _BAND * spread,
            "ratio": stock / steady.mean().where(steady.mean() > 0),
            "z": (stock - steady.mean()) / spread.where(spread > 0),
            "stay_as_is": mine["mean"].mean(),
            "old": _old(opening, theirs["p90"].mean()),
        }
    )
    verdicts = [_verdict(row) for row in table.to_dict("records")]
    return table.assign(verdict=verdicts).rename_axis("stage")


def shape_of(table: pd.DataFrame) -> FunnelShape:
    """Name the shape of a funnel, given its `shape_table`."""
    return funnel_shape(table)


def _by_stage(stages: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Return each column as a table of its own: a row a run, a column a stage, in the order of the chain."""
    order = list(dict.fromkeys(stages["stage"]))
    runs = ["draw", "replication"]
    return {
        name: stages.pivot_table(index=runs, columns="stage", values=name, dropna=False)[order]
        for name in ("entered", "mean", "p90", "wip")
    }


def _old(opening: Opening, limits: "pd.Series[float]") -> "pd.Series[float]":
    """Return the share of each stage's open deals that are older in it than a limit; NaN where none is open."""
    deals = pd.DataFrame({"stage": [d.stage for d in opening.deals], "age": [d.stage_age for d in opening.deals]})
    older = deals["age"] > deals["stage"].map(limits)
    return older.astype(np.float64).groupby(deals["stage"]).mean().reindex(limits.index)


def _verdict(row: Mapping[object, float]) -> str:
    if np.isnan(row["z"]) or np.isnan(row["ratio"]):
        return UNKNOWN
    if row["stock"] > row["high"] and row["ratio"] > 1 + TOLERANCE:
        return HEAVY
    return THIN if row["stock"] < row["low"] and row["ratio"] < 1 / (1 + TOLERANCE) else EVEN
