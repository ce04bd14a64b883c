"""Hours that a team has, and hours that its deals ask for: both in hours of a fully ramped rep of ordinary speed.

What is asked for is measured in runs in which nobody is ever too busy, so that every touch comes when it is wanted.
Work that waits today counts in the first month, and nothing is hidden in a queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from scenarios.hiring.months import Months
from scenarios.levers.counterfactual import EndWaiting
from scenarios.levers.staffing import typical_rep
from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.rows import by_lead, same_lead_follows
from sim.opening import Opening
from sim.operation import Team
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.units import HOUR, YEAR
from sim.workforce import Rep, productivity


def monthly_capacity(
    spec: FunnelSpec, reps: Sequence[Rep], as_of: datetime, months: Months, leaving: float = 0.0
) -> Floats:
    """Return the hours that some reps have for deals in each month: shape (months,).

    Open hours of their calendars less leave and holidays, times the share that isn't admin work, times speed and the
    productivity of the ramp.

    Parameters
    ----------
    spec
        The funnel: calendars and ramps.
    reps
        Who counts.
    as_of, months
        Start, and the months ahead.
    leaving
        Share of the reps who leave in a year and aren't replaced.
    """
    total = np.zeros(len(months))
    for rep in reps:
        open_hours = spec.operation.calendars[rep.calendar].open_hours(as_of, 0.0, months.days, rep.leave)
        middle = (open_hours.starts + open_hours.ends) / 2
        pace = rep.speed * (1.0 - rep.admin_share) * _productive(spec, rep, as_of, middle)
        staying = (1.0 - leaving) ** (middle / YEAR)
        days = (open_hours.ends - open_hours.starts) * pace * staying
        total += np.bincount(months.place(middle), days, len(months))
    return total / HOUR


def typical_hours(spec: FunnelSpec, team: Team, as_of: datetime, months: Months) -> Floats:
    """Return the hours of one more rep of a team, typical and fully ramped, in each month: shape (months,)."""
    reps = [rep for rep in spec.operation.team_reps(team.name) if not rep.manager]
    return monthly_capacity(spec, [replace(typical_rep(reps), leave=(), hired=None)], as_of, months)


@dataclass(frozen=True)
class Need:
    """Measures what the deals ask for, one run a call; it can be handed to any worker."""

    spec: FunnelSpec
    opening: Opening
    months: Months
    seed: int

    def __call__(self, replication: int) -> pd.DataFrame:
        """Return one row a team and month: ``replication``, ``team``, ``month`` (its place) and ``need`` in hours."""
        free = EndWaiting().apply(self.spec)
        log = simulate(free, self.opening, days=self.months.days, seed=self.seed, replication=replication)
        return monthly_need(self.spec, log, self.months).assign(replication=replication)


def monthly_need(spec: FunnelSpec, log: EventLog, months: Months) -> pd.DataFrame:
    """Return one row a team and month with the hours of effort of the touches in it: ``team``, ``month``, ``need``.

    A touch counts with its stage's mean effort; a visit's first one also with what the stage's gate costs.
    """
    told = by_lead(log, Kind.ENTERED, Kind.TOUCHED)
    first = np.append(False, same_lead_follows(told)[:-1] & told.of(Kind.ENTERED)[:-1])[: len(told)]
    touched = told.of(Kind.TOUCHED) & (told.time >= 0)
    efforts = np.array([stage.effort.mean for stage in spec.market.stages])
    gates = np.array([stage.gate.effort if stage.gate else 0.0 for stage in spec.market.stages])
    days = efforts[told.stage] + np.where(first, gates[told.stage], 0.0)
    teams = spec.operation.teams
    of_stage = np.array([teams.index(spec.team_of(stage)) for stage in spec.stage_names])
    cells = of_stage[told.stage[touched]] * len(months) + months.place(told.time[touched])
    hours = np.bincount(cells, days[touched], len(teams) * len(months)) / HOUR
    names = [team.name for team in teams]
    keys = pd.MultiIndex.from_product([names, range(len(months))], names=["team", "month"])
    return pd.DataFrame({"need": hours}, index=keys).reset_index()


def _productive(spec: FunnelSpec, rep: Rep, as_of: datetime, days: Floats) -> Floats:
    ramp = next(team.ramp for team in spec.operation.teams if team.name == rep.team)
    if ramp is None or rep.hired is None:
        return np.ones(len(days))
    zone = ZoneInfo(spec.operation.calendars[rep.calendar].time_zone)
    hired = datetime(rep.hired.year, rep.hired.month, rep.hired.day, tzinfo=zone).astimezone(UTC) - as_of
    tenure = days - hired / timedelta(days=1)
    return np.array([productivity(float(each), ramp.days, ramp.start) for each in tenure])
