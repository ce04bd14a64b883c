"""Hours that a team has, and hours that its deals ask for: both in hours of a fully ramped rep of ordinary speed.

Work counts in the month in which it is wanted, so nothing is hidden in a queue; what waits today counts in the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import pandas as pd

from scenarios.hiring.months import Months
from scenarios.levers.counterfactual import EndWaiting
from scenarios.levers.staffing import model_rep
from sim.engine.causes import NO_RESPONSE
from sim.engine.staff import Staff
from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.rows import Flags, Rows, by_lead, same_lead_follows
from sim.opening import Opening
from sim.operation import Team
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.units import HOUR, YEAR
from sim.workforce import Rep, productivity

_KEYS = ["replication", "team", "month"]
_TELLING = (
    *(Kind.CREATED, Kind.ENTERED, Kind.LATENCY_ENDED, Kind.STARTED, Kind.ADVANCED, Kind.WON, Kind.LOST, Kind.NURTURED),
    Kind.WOKEN,
)
"""The kinds of row that tell whether a deal wants a touch."""


def monthly_capacity(
    spec: FunnelSpec, reps: Sequence[Rep], as_of: datetime, months: Months, leaving: float = 0.0
) -> Floats:
    """Return the hours that some reps have for deals in each month: shape (months,).

    Open hours of their calendars in their employment, less leave and holidays, times the share that isn't admin work,
    times speed and the productivity of the ramp.

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
    staff = Staff(spec, as_of, months.days)
    total = np.zeros(len(months))
    for rep in reps:
        hours = staff.employed_hours(rep)
        ends = np.minimum(hours.ends, months.days)  # calendars are laid out beyond a run's end
        days, middle = ends - hours.starts, (hours.starts + ends) / 2
        pace = rep.speed * (1.0 - rep.admin_share) * _productive(spec, rep, middle - staff.hired_at(rep))
        staying = (1.0 - leaving) ** (middle / YEAR)
        total += np.bincount(months.place(middle), np.maximum(0.0, days) * pace * staying, len(months))
    return total / HOUR


def typical_hours(spec: FunnelSpec, team: Team, as_of: datetime, months: Months) -> Floats:
    """Return the hours of one more rep of a team, typical and fully ramped, in each month: shape (months,)."""
    return monthly_capacity(spec, [replace(model_rep(spec, team.name, None), hired=None)], as_of, months)


@dataclass(frozen=True)
class Need:
    """Measures what the deals ask for, one run a call; it can be handed to any worker."""

    spec: FunnelSpec
    opening: Opening
    months: Months
    seed: int

    def __call__(self, replication: int) -> pd.DataFrame:
        """Return one row a team and month: ``replication``, ``team``, ``month`` (its place), ``need`` and ``free``.

        Hours both: what is asked for as things are, and what would be if nobody at any team had to wait.
        """
        need, free = (
            monthly_need(spec, self._run(spec, replication), self.months)
            for spec in (self.spec, EndWaiting().apply(self.spec))
        )
        teams = [team.name for team in self.spec.operation.teams]
        keys = pd.MultiIndex.from_product([[replication], teams, range(len(self.months))], names=_KEYS)
        return pd.DataFrame({"need": need.ravel(), "free": free.ravel()}, index=keys).reset_index()

    def _run(self, spec: FunnelSpec, replication: int) -> EventLog:
        return simulate(spec, self.opening, days=self.months.days, seed=self.seed, replication=replication)


def monthly_need(spec: FunnelSpec, log: EventLog, months: Months) -> Floats:
    """Return the hours of effort of the touches that deals want in each month: shape (teams, months).

    A touch counts when it is wanted, whether it is begun then, later, or never because the buyer gave up or the log
    ended; what is wanted at the start counts in the first month. It counts with its stage's mean effort, and a visit's
    first one also with what the stage's gate costs.
    """
    told = by_lead(log, *_TELLING)
    wanted = _wants_a_touch(log, told)
    efforts = np.array([stage.effort.mean for stage in spec.market.stages])
    gates = np.array([stage.gate.effort if stage.gate else 0.0 for stage in spec.market.stages])
    days = efforts[told.stage] + np.where(told.of(Kind.ENTERED), gates[told.stage], 0.0)
    teams = spec.operation.teams
    of_stage = np.array([teams.index(spec.team_of(stage)) for stage in spec.stage_names])
    cells = of_stage[told.stage] * len(months) + months.place(told.time)
    hours = np.bincount(cells[wanted], days[wanted], len(teams) * len(months)) / HOUR
    return hours.reshape(len(teams), len(months))


def _wants_a_touch(log: EventLog, told: Rows) -> Flags:
    """Flag the rows with which a deal begins to want a touch.

    It is begun in the run's time, or the deal is still waiting at the end, or it is lost for want of a first touch.
    """
    waiting = ~same_lead_follows(told)
    following = np.minimum(np.arange(len(told)) + 1, max(0, len(told) - 1))
    begun = told.of(Kind.STARTED)[following] & (told.time[following] >= 0) & ~waiting
    unheard = np.isin(told.cause, [code for code, text in enumerate(log.vocabulary["cause"]) if text == NO_RESPONSE])
    given_up = told.of(Kind.ENTERED) & (told.of(Kind.LOST) & unheard)[following] & ~waiting
    return told.of(Kind.ENTERED, Kind.LATENCY_ENDED) & (waiting | begun | given_up)


def _productive(spec: FunnelSpec, rep: Rep, tenure: Floats) -> Floats:
    """Return the share of full productivity after some days of tenure."""
    ramp = next(team.ramp for team in spec.operation.teams if team.name == rep.team)
    if ramp is None:
        return np.ones(len(tenure))
    return np.array([productivity(float(days), ramp.days, ramp.start) for days in tenure])
