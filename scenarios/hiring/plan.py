"""The plan: the first month in which a team is short, how many positions that takes, and when they must be opened."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from scenarios.hiring.months import Months, add_months
from scenarios.levers.headcount import TIME_TO_HIRE, Hire
from scenarios.scenario import Scenario
from sim.errors import require
from sim.eventlog import Floats
from sim.spec import FunnelSpec
from sim.workforce import Ramp

BUSIEST = 0.85
"""Share of its hours that a team may spend on deals before waits grow long (docs/glossary.md, utilisation)."""

RAMP = Ramp(days=150.0, start=0.3)
"""For teams without a ramp: a median of five months for account executives (Bridge Group 2024 as quoted by others)."""

_SHORT = 0.5
_MOST_POSITIONS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What hiring takes.

    Attributes
    ----------
    busiest
        Share of its hours that a team may spend on deals.
    time_to_hire
        Days from opening a position to the first day at work.
    ramp
        For teams without a ramp of their own.
    leaving
        Share of the reps who leave in a year and aren't replaced.
    """

    busiest: float = BUSIEST
    time_to_hire: float = TIME_TO_HIRE
    ramp: Ramp = RAMP
    leaving: float = 0.0

    def __post_init__(self) -> None:
        """Refuse shares that can't be."""
        require(0 < self.busiest <= 1, f"hiring plan: busiest must be in (0, 1], got {self.busiest:g}; 0.85 is usual")
        require(self.time_to_hire >= 0, f"hiring plan: time to hire must be 0 days or more, got {self.time_to_hire:g}")
        require(0 <= self.leaving < 1, f"hiring plan: leaving must be in [0, 1), got {self.leaving:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hiring:
    """What a team needs.

    Attributes
    ----------
    team
        Its name.
    short_from
        First day of the first month in which it is short, or None.
    positions
        Reps more that cover every month from there on; 0 if it is never short.
    open_by
        Last date on which the positions must be opened for the reps to be fully ramped by then; it may be past.
    starts
        Their first day at work, if they are opened then, or today where that is past.
    """

    team: str
    short_from: date | None = None
    positions: int = 0
    open_by: date | None = None
    starts: date | None = None


def staffing_table(need: Floats, capacity: Floats, months: Months, busiest: float) -> pd.DataFrame:
    """Set a team's hours beside those asked for.

    Parameters
    ----------
    need
        Hours asked for, shape (runs, months).
    capacity
        Hours that there are, shape (months,).
    months
        The months.
    busiest
        Share of the hours that may be spent on deals.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``month`` (year and month): ``capacity``, ``usable`` (its busiest share), the need's ``p10``, ``p50``
        and ``p90``, ``backlog`` (hours carried into the next month, the median) and ``short``, the share of the runs in
        which need and backlog exceed what is usable.
    """
    usable = busiest * capacity
    carried, backlog = unserved(need, usable)
    low, middle, high = np.quantile(need, [0.1, 0.5, 0.9], axis=0)
    return pd.DataFrame(
        {
            "capacity": capacity,
            "usable": usable,
            "p10": low,
            "p50": middle,
            "p90": high,
            "backlog": np.median(backlog, axis=0),
            "short": (need + carried > usable).mean(axis=0),
        },
        index=pd.Index(months.names, name="month"),
    )


def unserved(need: Floats, usable: Floats) -> tuple[Floats, Floats]:
    """Return the hours carried into each month and out of it, shape (runs, months) each, done as hours allow."""
    carried = np.zeros_like(need)
    backlog = np.zeros_like(need)
    for month in range(need.shape[1]):
        carried[:, month] = backlog[:, month - 1] if month else 0.0
        backlog[:, month] = np.maximum(0.0, carried[:, month] + need[:, month] - usable[month])
    return carried, backlog


def hiring_for(
    spec: FunnelSpec, team: str, need: Floats, capacity: Floats, one_more: Floats, months: Months, terms: Terms
) -> Hiring:
    """Say when a team is first short, in at least half of the runs, and what that takes.

    Parameters
    ----------
    spec, team
        The funnel and the team's name.
    need, capacity
        As of `staffing_table`.
    one_more
        Hours of one more rep, typical and fully ramped, shape (months,).
    months, terms
        The months and what hiring takes.
    """
    first = first_short(need, terms.busiest * capacity)
    if first is None:
        return Hiring(team=team)
    from_then = np.where(np.arange(len(months)) >= first, one_more, 0.0)
    positions = _positions(need, capacity, from_then, terms.busiest)
    ramp = next(each.ramp for each in spec.operation.teams if each.name == team) or terms.ramp
    short_from, today = months.first_days[first], months.first_days[0]
    at_work = short_from - timedelta(days=round(ramp.days))
    soonest = today + timedelta(days=round(terms.time_to_hire))
    return Hiring(
        team=team,
        short_from=short_from,
        positions=positions,
        open_by=at_work - timedelta(days=round(terms.time_to_hire)),
        starts=max(at_work, soonest),
    )


def first_short(need: Floats, usable: Floats) -> int | None:
    """Return the place of the first month that is short in at least half of the runs, or None."""
    carried, _ = unserved(need, usable)
    short = np.flatnonzero((need + carried > usable).mean(axis=0) >= _SHORT)
    return int(short[0]) if len(short) else None


def hiring_scenarios(hiring: Hiring, terms: Terms) -> tuple[Scenario, ...]:
    """Return the plan that hires as early as it should, or can, and the same a month later; none for a team at ease."""
    if hiring.starts is None:
        return ()
    begins = hiring.starts
    in_time = Hire(hiring.team, hiring.positions, begins, time_to_hire=0.0, ramp=terms.ramp)
    later = replace(in_time, opened=add_months(begins, 1))
    return Scenario(f"{hiring.team}: in time", (in_time,)), Scenario(f"{hiring.team}: a month later", (later,))


def _positions(need: Floats, capacity: Floats, one_more: Floats, busiest: float) -> int:
    """Return the fewest reps more with whom no month is short."""
    enough = (
        count
        for count in range(1, _MOST_POSITIONS + 1)
        if first_short(need, busiest * (capacity + count * one_more)) is None
    )
    return next(enough, _MOST_POSITIONS)
