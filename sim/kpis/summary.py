"""The headline figures of a log: the fixed list by which scenarios are compared."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from sim.eventlog import EventLog, Kind
from sim.kpis.basis import Basis, basis
from sim.kpis.fairness import mean_gini
from sim.kpis.period import Period
from sim.kpis.sales_cycle import cycle_figures
from sim.kpis.sla import SLA_KINDS
from sim.kpis.speed import first_touch_figures

COUNT, MONEY, SHARE, DAYS = "count", "account currency", "share", "days"
"""The units of the headline figures."""

HEADLINES: Mapping[str, str] = MappingProxyType(
    {
        "leads": COUNT,
        "bookings": MONEY,
        "wins": COUNT,
        "average_deal": MONEY,
        "lost": COUNT,
        "win_rate_closed": SHARE,
        "conversion_cohort": SHARE,
        "sales_cycle_median": DAYS,
        "sales_cycle_mean": DAYS,
        "first_touch_median": DAYS,
        "first_touch_p90": DAYS,
        "first_touch_within_day": SHARE,
        "never_touched": SHARE,
        "touches": COUNT,
        "wip_mean": COUNT,
        "wip_end": COUNT,
        "pipeline_end": MONEY,
        "nurtured": COUNT,
        "breaches": COUNT,
        "reminders": COUNT,
        "escalations": COUNT,
        "recaptures": COUNT,
        "ping_pong": COUNT,
        "unassigned": COUNT,
        "gini_assigned": SHARE,
        "gini_amount": SHARE,
    }
)
"""Name → unit of each figure in `summary`, in its order.

``leads`` counts the leads created in the period, duplicates left out; ``conversion_cohort`` is the share of them won by
the window's end and the ``first_touch`` figures and ``never_touched`` are theirs too (`sim.kpis.speed`). ``bookings``,
``wins``, ``average_deal``, ``lost``, ``win_rate_closed`` and ``sales_cycle`` (won only) are those of the closings in
the period. ``wip_mean`` is the time average of the leads that stand in a stage, ``wip_end`` their number and
``pipeline_end`` their amount at the period's end. The rest counts rows of the period, but ``ping_pong`` counts leads,
and ``unassigned`` those that are open without an owner at its end. The Gini coefficients are those within teams,
averaged by the teams' totals, over the reps who are assigned a deal anywhere in the log.
"""


def summary(log: EventLog, period: Period | None = None) -> dict[str, float]:
    """Return the headline figures of a period, the log's window by default.

    Returns
    -------
    dict
        The names of `HEADLINES`, in their order and units. NaN where a figure has no base: an average without wins, a
        rate without closings, the touches of a log that doesn't write them, a percentile that is never reached.
    """
    return headlines(basis(log, period))


def headlines(of: Basis) -> dict[str, float]:
    """Return the figures of `summary`, given what they are made of."""
    figures = {
        **_of_leads(of),
        **_of_closings(of),
        **_of_rows(of),
        "wip_mean": float(of.wip.sum()),
        "wip_end": float(len(of.pipeline)),
        "pipeline_end": float(of.pipeline.sum()),
        "ping_pong": float(of.ping_pong),
        "unassigned": float(of.unassigned),
        "gini_assigned": mean_gini(of.assigned, of.team),
        "gini_amount": mean_gini(of.assigned_amount, of.team),
    }
    return {name: figures[name] for name in HEADLINES}


def _of_leads(of: Basis) -> dict[str, float]:
    leads = np.flatnonzero(of.fates.is_lead & of.over.holds(of.fates.created))
    touch = first_touch_figures(of.fates, leads, of.watched_until)
    won = float((of.fates.end[leads] == Kind.WON).sum())
    return {
        "leads": float(len(leads)),
        "conversion_cohort": won / len(leads) if len(leads) else np.nan,
        "first_touch_median": touch["median"],
        "first_touch_p90": touch["p90"],
        "first_touch_within_day": touch["within"],
        "never_touched": touch["never"],
    }


def _of_closings(of: Basis) -> dict[str, float]:
    booked = of.wins.amount[~np.isnan(of.wins.amount)]
    wins, lost, cycle = float(len(of.wins)), float(of.rows[Kind.LOST]), cycle_figures(of.wins.cycle)
    return {
        "bookings": float(booked.sum()),
        "wins": wins,
        "average_deal": float(booked.mean()) if len(booked) else np.nan,
        "lost": lost,
        "win_rate_closed": wins / (wins + lost) if wins + lost else np.nan,
        "sales_cycle_median": cycle["median"],
        "sales_cycle_mean": cycle["mean"],
    }


def _of_rows(of: Basis) -> dict[str, float]:
    return {
        **{name: float(of.rows[kind]) for name, kind in SLA_KINDS.items()},
        "touches": np.nan if np.isnan(of.watched_until) else float(of.rows[Kind.TOUCHED]),
        "nurtured": float(of.rows[Kind.NURTURED]),
    }
