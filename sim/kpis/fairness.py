"""Fairness: how evenly the leads, and what they are worth, are spread over the reps of a team.

A rotation can be fair by count and unfair by amount; both are told. Teams are told apart, because those who qualify
leads and those who close deals aren't meant to get the same number.
"""

from collections.abc import Collection

import numpy as np
import pandas as pd

from sim.eventlog import Codes, EventLog, Floats, Kind
from sim.kpis.dimensions import team_of, texts
from sim.kpis.period import Period, span
from sim.kpis.rows import rows

ASSIGNMENTS = (Kind.ROUTED, Kind.CLAIMED)
"""The kinds that give a rep a deal."""


def gini(values: Floats) -> float:
    """Return the Gini coefficient of some values of 0 or more: 0 if all are equal, 1 - 1/n if one of n has everything.

    NaN where there are no values or they are all 0. It is half the mean absolute difference of two values drawn with
    replacement, divided by the mean.
    """
    n, total = len(values), float(np.sum(values))
    if not n or not total:
        return float("nan")
    rank = np.arange(1, n + 1)
    return float(np.sum((2 * rank - n - 1) * np.sort(values)) / (n * total))


def fairness(log: EventLog, period: Period | None = None, reps: Collection[str] | None = None) -> pd.DataFrame:
    """Measure how evenly the assignments of the period are spread within each team.

    Parameters
    ----------
    log
        The log.
    period
        Days since the origin; the window by default.
    reps
        Who should have had a share. By default everybody who is assigned a deal anywhere in the log: a rep who never
        got one isn't missed, so name the roster where you have it.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``team`` (empty for reps without one): ``reps``, ``assigned`` (a deal that is assigned again counts
        again), ``amount`` (list amounts in account currency, unknown ones as 0), ``gini_assigned`` and ``gini_amount``.
    """
    table = assignments(log, period, reps)
    groups = table.groupby("team", observed=True)
    sums = groups[["assigned", "amount"]].sum()
    sums.insert(0, "reps", groups.size())
    ginis = {
        f"gini_{name}": groups[name].agg(lambda values: gini(values.to_numpy())) for name in ("assigned", "amount")
    }
    return sums.assign(**ginis)


def assignments(log: EventLog, period: Period | None = None, reps: Collection[str] | None = None) -> pd.DataFrame:
    """Count what each rep was assigned in the period.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``rep`` (as ``reps`` of `fairness` says): ``team``, ``assigned`` and ``amount``.

    Raises
    ------
    UnknownNameError
        If the log has no such rep.
    """
    given = rows(log, *ASSIGNMENTS)
    given = given.take(given.actor >= 0)
    codes = np.unique(given.actor) if reps is None else np.array([log.code("actor", rep) for rep in reps], np.int32)
    given = given.take(span(log, period).holds(given.time))
    amount = np.nan_to_num(log.leads["amount"].astype(np.float64)[given.lead])
    names = log.vocabulary["actor"]
    return pd.DataFrame(
        {
            "team": texts(team_of(log, codes), log.vocabulary["team"]),
            "assigned": np.bincount(given.actor, minlength=len(names))[codes],
            "amount": np.bincount(given.actor, amount, len(names))[codes],
        },
        index=pd.Index([names[code] for code in codes], name="rep"),
    )


def mean_gini(values: Floats, team: Codes) -> float:
    """Return the Gini coefficient within teams, averaged by the teams' totals; NaN where all values are 0."""
    teams = [values[team == code] for code in np.unique(team) if values[team == code].sum() > 0]
    totals = [part.sum() for part in teams]
    return float(np.average([gini(part) for part in teams], weights=totals)) if teams else float("nan")
