"""The headline figures of a log: the fixed list by which scenarios are compared."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from sim.eventlog import NONE, EventLog, Kind
from sim.kpis.closings import closings
from sim.kpis.dimensions import team_of
from sim.kpis.fairness import ASSIGNMENTS, mean_gini
from sim.kpis.fates import fates, orphans
from sim.kpis.period import Period, Span, span
from sim.kpis.pipeline import list_amounts
from sim.kpis.rows import observes, rows
from sim.kpis.sales_cycle import cycle_figures
from sim.kpis.sla import SLA_KINDS, ping_pong
from sim.kpis.speed import first_touch_figures
from sim.kpis.visits import visits
from sim.kpis.wip import mean_wip

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
    over = span(log, period)
    figures = {
        **_of_leads(log, over),
        **_of_closings(log, period),
        **_of_stock(log, over),
        **_of_rows(log, over),
        "ping_pong": float(len(ping_pong(log, period))),
        "unassigned": float(orphans(log, over.end).sum()),
        **_of_assignments(log, over),
    }
    return {name: figures[name] for name in HEADLINES}


def _of_leads(log: EventLog, over: Span) -> dict[str, float]:
    known = fates(log)
    leads = np.flatnonzero(known.is_lead & over.holds(known.created))
    touch = first_touch_figures(log, known, leads)
    won = float((known.end[leads] == Kind.WON).sum())
    return {
        "leads": float(len(leads)),
        "conversion_cohort": won / len(leads) if len(leads) else np.nan,
        "first_touch_median": touch["median"],
        "first_touch_p90": touch["p90"],
        "first_touch_within_day": touch["within"],
        "never_touched": touch["never"],
    }


def _of_closings(log: EventLog, period: Period | None) -> dict[str, float]:
    closed = closings(log, period)
    booked = closed.amount[closed.won & ~np.isnan(closed.amount)]
    wins, cycle = float(closed.won.sum()), cycle_figures(closed.cycle[closed.won])
    return {
        "bookings": float(booked.sum()),
        "wins": wins,
        "average_deal": float(booked.mean()) if len(booked) else np.nan,
        "lost": len(closed.won) - wins,
        "win_rate_closed": wins / len(closed.won) if len(closed.won) else np.nan,
        "sales_cycle_median": cycle["median"],
        "sales_cycle_mean": cycle["mean"],
    }


def _of_stock(log: EventLog, over: Span) -> dict[str, float]:
    stays = visits(log)
    standing = stays.standing(over.stop)
    return {
        "wip_mean": float(mean_wip(stays, over, len(log.vocabulary["stage"])).sum()),
        "wip_end": float(standing.sum()),
        "pipeline_end": float(list_amounts(log)[stays.lead[standing]].sum()),
    }


def _of_rows(log: EventLog, over: Span) -> dict[str, float]:
    found = rows(log, *SLA_KINDS.values(), Kind.NURTURED, Kind.TOUCHED)
    found = found.take(over.holds(found.time))
    counts = {name: float(found.of(kind).sum()) for name, kind in SLA_KINDS.items()}
    touches = float(found.of(Kind.TOUCHED).sum()) if observes(log, Kind.TOUCHED) else np.nan
    return {
        **counts,
        "touches": touches,
        "nurtured": float(found.of(Kind.NURTURED).sum()),
    }


def _of_assignments(log: EventLog, over: Span) -> dict[str, float]:
    given = rows(log, *ASSIGNMENTS)
    given = given.take(given.actor != NONE)
    reps, which = np.unique(given.actor, return_inverse=True)
    now, team = over.holds(given.time), team_of(log, reps)
    counts = np.bincount(which[now], minlength=len(reps)).astype(np.float64)
    amounts = np.bincount(which[now], list_amounts(log)[given.lead[now]], len(reps))
    return {"gini_assigned": mean_gini(counts, team), "gini_amount": mean_gini(amounts, team)}
