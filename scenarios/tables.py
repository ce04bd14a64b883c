"""What can be kept of every run beside the headline figures: who won what, and how busy everybody was."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from sim.eventlog import EventLog, Floats
from sim.kpis import (
    Period,
    bookings,
    conversion_of_cohort,
    conversion_of_period,
    dwell_summary,
    littles_law,
    per_lead_bookings,
    team_utilisation,
    utilisation,
)
from sim.kpis.workload import Worked
from sim.spec import FunnelSpec

type Table = Callable[[EventLog, FunnelSpec, Period], pd.DataFrame]
"""From a run's log, its funnel and the period that counts to a table with plain columns."""


def won_leads(log: EventLog, _: FunnelSpec, period: Period) -> pd.DataFrame:
    """Return the leads won: ``lead`` (its label, the same under every plan) and ``bookings``."""
    amount = per_lead_bookings(log, period)
    won = np.flatnonzero(amount)
    labels = log.lead_labels()
    return pd.DataFrame({"lead": pd.Series([labels[row] for row in won], dtype="str"), "bookings": amount[won]})


def reps(log: EventLog, spec: FunnelSpec, period: Period) -> pd.DataFrame:
    """Return one row a rep or expert group: ``actor``, columns of `sim.kpis.utilisation`, ``wins``, ``bookings``."""
    available, worked = working_time(spec, log, period)
    won = bookings(log, by=("rep",), period=period).rename_axis("actor")[["wins", "bookings"]]
    return _with_wins(utilisation(log, available, worked, period), won)


def teams(log: EventLog, spec: FunnelSpec, period: Period) -> pd.DataFrame:
    """Return one row a team: ``team``, columns of `sim.kpis.team_utilisation`, ``wins``, ``bookings``.

    Managers count for the bookings only: they get no ordinary leads, so their free time is no room for more.
    """
    available, worked = working_time(spec, log, period)
    members = {rep.name: available[rep.name] for rep in spec.operation.reps if not rep.manager}
    won = bookings(log, by=("team",), period=period)[["wins", "bookings"]]
    return _with_wins(team_utilisation(log, members, worked, period), won)


def stages(log: EventLog, _: FunnelSpec, period: Period) -> pd.DataFrame:
    """Return one row a stage: ``stage``, columns of conversion and dwell, ``wip`` and ``entered``."""
    left = conversion_of_period(log, period)
    stay = dwell_summary(log, period).drop(columns="left")
    entered = conversion_of_cohort(log, period)["entered"]
    stock = littles_law(log, period)["mean_wip"]
    return left.join(stay).assign(wip=stock).reset_index().assign(entered=entered.to_numpy())


TABLES: Mapping[str, Table] = MappingProxyType({"won_leads": won_leads, "reps": reps, "teams": teams, "stages": stages})
"""Name → what makes the table; an experiment's ``tables`` names those that it keeps."""


def working_time(spec: FunnelSpec, log: EventLog, period: Period) -> tuple[dict[str, float], dict[str, Worked]]:
    """Return each actor's days of working time in the period, and the function that counts it for `utilisation`."""
    available: dict[str, float] = {}
    counts: dict[str, Worked] = {}
    people = [(rep.name, 1, rep.calendar, rep.leave) for rep in spec.operation.reps]
    groups = [(group.name, group.servers, group.calendar, ()) for group in spec.operation.experts]
    for name, servers, calendar, leave in (*people, *groups):
        hours = spec.operation.calendars[calendar].open_hours(log.origin, 0.0, log.window[1], leave)
        counts[name] = _counter(hours.starts, hours.ends)
        available[name] = servers * float(counts[name](np.array([period[0]]), np.array([period[1]]))[0])
    return available, counts


def _counter(starts: Floats, ends: Floats) -> Worked:
    """Count working time as the difference of the cumulative one, which is a straight line in each interval."""
    instants = np.concatenate([[0.0], np.column_stack([starts, ends]).ravel()])
    passed = np.concatenate([[0.0], np.column_stack([np.zeros(len(starts)), ends - starts]).ravel().cumsum()])
    return lambda begin, end: np.interp(end, instants, passed) - np.interp(begin, instants, passed)


def _with_wins(table: pd.DataFrame, won: pd.DataFrame) -> pd.DataFrame:
    won.index = won.index.astype(str)
    table.index = table.index.astype(str)
    return table.join(won).fillna({"wins": 0.0, "bookings": 0.0}).reset_index().astype({"team": str})
