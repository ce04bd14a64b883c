"""What can be kept of every run beside the headline figures: who won what, and how busy everybody was."""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from sim.calendar import OpenHours
from sim.engine.staff import Staff
from sim.eventlog import EventLog
from sim.kpis import Period
from sim.kpis.reduction import Reduction
from sim.kpis.workload import add_by_team
from sim.spec import FunnelSpec
from sim.working_time import worked

type Table = Callable[[Reduction, FunnelSpec], pd.DataFrame]
"""From a run's reduction and its funnel to a table with plain columns."""


def won_leads(run: Reduction, _: FunnelSpec) -> pd.DataFrame:
    """Return the leads won: ``lead`` (its label, the same under every plan) and ``bookings``."""
    amount = run.per_lead_bookings()
    won = np.flatnonzero(amount)
    labels = run.frame.lead_labels()
    return pd.DataFrame({"lead": pd.Series([labels[row] for row in won], dtype="str"), "bookings": amount[won]})


def reps(run: Reduction, spec: FunnelSpec) -> pd.DataFrame:
    """Return one row a rep or expert group: ``actor``, columns of `sim.kpis.utilisation`, ``wins``, ``bookings``."""
    won = run.bookings(by=("rep",)).rename_axis("actor")[["wins", "bookings"]]
    return _with_wins(run.utilisation(working_time(run, spec)), won)


def teams(run: Reduction, spec: FunnelSpec) -> pd.DataFrame:
    """Return one row a team: ``team``, columns of `sim.kpis.team_utilisation`, ``wins``, ``bookings``.

    Managers and experts count for the bookings only: they get no ordinary leads, so their free time is no room for
    more.
    """
    available = working_time(run, spec)
    members = {rep.name: available[rep.name] for rep in spec.operation.reps if not rep.manager}
    return _with_wins(add_by_team(run.utilisation(members)), run.bookings(by=("team",))[["wins", "bookings"]])


def stages(run: Reduction, _: FunnelSpec) -> pd.DataFrame:
    """Return one row a stage: ``stage``, columns of conversion and dwell, ``wip`` and ``entered``."""
    stay = run.dwell().drop(columns="left")
    return run.conversion().join(stay).assign(wip=run.mean_wip()).reset_index().assign(entered=run.entered())


TABLES: Mapping[str, Table] = MappingProxyType({"won_leads": won_leads, "reps": reps, "teams": teams, "stages": stages})
"""Name → what makes the table; an experiment's ``tables`` names those that it keeps."""


def reduction_for(frame: EventLog, spec: FunnelSpec, period: Period, tables: Collection[str] = ()) -> Reduction:
    """Return a reduction that follows what the headline figures and the named tables need.

    Parameters
    ----------
    frame
        What is known of the run's log beforehand, as `sim.kpis.reduction.Reduction` wants it.
    spec
        The run's funnel.
    period
        The period that counts, in days since the origin.
    tables
        Names out of `TABLES`.
    """
    hours = working_hours(frame, spec) if {"reps", "teams"}.intersection(tables) else None
    return Reduction(frame, period, with_stays="stages" in tables, hours=hours)


def working_hours(frame: EventLog, spec: FunnelSpec) -> tuple[OpenHours, ...]:
    """Return every actor's open hours in the window, in the order of the log's actors."""
    staff = Staff(spec, frame.origin, frame.window[1])
    reps = {rep.name: staff.employed_hours(rep) for rep in spec.operation.reps}
    experts = {group.name: staff.hours(group.calendar) for group in spec.operation.experts}
    return tuple((reps | experts)[name] for name in frame.vocabulary["actor"])


def working_time(run: Reduction, spec: FunnelSpec) -> dict[str, float]:
    """Return the days of working time that each rep, and each expert group together, has in the period."""
    servers = {rep.name: 1 for rep in spec.operation.reps} | {
        group.name: group.servers for group in spec.operation.experts
    }
    hours = dict(zip(run.frame.vocabulary["actor"], run.hours or (), strict=True))
    start, end = run.over.start, run.over.end
    return {name: count * worked(hours[name].starts, hours[name].ends, start, end) for name, count in servers.items()}


def _with_wins(table: pd.DataFrame, won: pd.DataFrame) -> pd.DataFrame:
    won.index = won.index.astype(str)
    table.index = table.index.astype(str)
    table = table.join(won).fillna({"wins": 0, "bookings": 0.0}).reset_index()
    return table.astype({"team": str, "wins": "int64", "bookings": "float64"})  # the same in runs that win nothing
