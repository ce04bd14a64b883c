"""Bookings: the amount won in a period, by whatever it should be broken down by, and against quota."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.closings import closings
from sim.kpis.dimensions import figures_by
from sim.kpis.period import Period, span
from sim.kpis.rows import Rows64, rows


def bookings(log: EventLog, by: Sequence[str] = (), period: Period | None = None) -> pd.DataFrame:
    """Add up what was won in the period.

    Returns
    -------
    pandas.DataFrame
        One row a group of ``by`` (`sim.kpis.dimensions.DIMENSIONS`; a calendar unit is that of the win) that has wins:
        ``wins``, ``bookings`` and ``average_deal`` in account currency. A win of unknown amount counts among the wins
        only; ``average_deal`` is NaN where no amount is known.
    """
    closed = closings(log, period)
    won = np.flatnonzero(closed.won)
    return figures_by(closed.labels(log, by).iloc[won], lambda group: _figures(closed.amount[won][group]))


def per_lead_bookings(log: EventLog, period: Period | None = None) -> Floats:
    """Return the amount won in the period for each row of the lead table, shape (n leads,), in account currency.

    Two simulated logs of the same seed hold the same lead in rows of the same channel and number, so differences
    between scenarios can be taken lead by lead.
    """
    won = rows(log, Kind.WON)
    won = won.take(span(log, period).holds(won.time))
    return add_by_lead(won.lead, won.amount, log.n_leads)


def add_by_lead(lead: Rows64, amount: Floats, n_leads: int) -> Floats:
    """Add up amounts by lead, unknown ones as 0, shape (``n_leads``,)."""
    return np.bincount(lead, weights=np.nan_to_num(amount), minlength=n_leads)


def attainment(log: EventLog, quota: Mapping[str, float], period: Period | None = None) -> pd.DataFrame:
    """Compare each rep's bookings with the quota.

    Parameters
    ----------
    log
        The log.
    quota
        Rep → quota for the period, in account currency.
    period
        Days since the origin; the window by default.

    Returns
    -------
    pandas.DataFrame
        One row a rep of ``quota``, in its order, with bookings of 0 for a rep whom the log doesn't name: ``bookings``,
        ``quota`` and ``attainment``, their ratio (NaN for a quota of 0).
    """
    booked = bookings(log, ["rep"], period)["bookings"]
    table = pd.DataFrame({"bookings": [float(booked.get(rep, 0.0)) for rep in quota], "quota": list(quota.values())})
    table = table.set_axis(pd.Index(quota, name="rep", dtype=str))
    return table.assign(attainment=table["bookings"] / table["quota"].where(table["quota"] > 0))


def _figures(amount: Floats) -> dict[str, float]:
    known = amount[~np.isnan(amount)]
    average = float(known.mean()) if len(known) else float("nan")
    return {"wins": len(amount), "bookings": float(known.sum()), "average_deal": average}
