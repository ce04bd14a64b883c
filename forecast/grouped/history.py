"""Group a history: every count that a forecast rests on, from what was known at the as-of date and nothing later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np
import pandas as pd

from forecast.dataset import CalibrationData
from forecast.fiscal import MONTHS, FiscalCalendar
from forecast.grouped.clock import Clock, clock_of, week_weights
from forecast.grouped.deals import Deals, Known
from forecast.grouped.effort import Effort, effort
from forecast.grouped.grid import Grid, Ints, choose_grid
from forecast.grouped.hazards import Hazards, hazards
from forecast.grouped.labels import BAND, REP, SCORE, UNKNOWN, Labels, band_cuts, labels_of, people_of
from forecast.grouped.marks import FIRST_TOUCH, MARKS, Passed, marks_of
from forecast.grouped.worth import Worth, worth
from sim.errors import require
from sim.eventlog import EventLog, Floats
from sim.kpis.rows import Flags
from sim.kpis.visits import Outcome
from sim.units import HOUR

WEEK = 7.0
EFFECTS = ("channel", "segment", "product", SCORE, BAND, REP, FIRST_TOUCH)
"""What may move the odds, in this order; those of one level only don't."""
_YEARS_FOR_QUARTERS = 540.0
"""Days of history from which quarters are enough to tell the size of their shocks."""
_FEW, _BLANK, _TIMES = 20, 0.05, 3.0
"""A dimension is filled late if open deals lack it three times as often as closed ones, and in one case of 20 more."""
_MOST_BLANK = 0.5
"""Share of a stage's lost deals without a dimension that all others have: it is filled in on the way."""
_MANY = 200
"""Levels above which a dimension gives no effects: they would be names of single deals."""


@dataclass(frozen=True)
class Grouped:
    """What is known at the as-of date, as arrays.

    Attributes
    ----------
    as_of
        The instant, with a time zone.
    at
        The same in days since the log's origin.
    stages
        Names, in the funnel's order.
    grid
        How ages and calendar are cut.
    levels
        Name of an effect → its levels; the effects are those of `EFFECTS` with several levels.
    dimensions
        Whatever tells deals apart: name → levels.
    team_of_rep
        Code of each rep's team, shape (reps,).
    shocks
        Bounds of the periods with luck of their own, from the history's start to the as-of date, in days.
    clock
        From calendar days to days that count, on which ages and hazards run.
    week
        How many leads come in each hour of the week: shape (7, 24), Monday first, mean 1.
    filled_late
        Dimensions that could move nothing, because their value is known of closed deals only.
    hazards, worth
        The counts.
    arrivals
        Leads by week and channel, shape (weeks, channels); the last week ends at the as-of date.
    effort
        How long touches took.
    causes, losses
        Names of the causes, and the losses by stage and cause: shape (stages, causes).
    passed
        Stays of late: from whose hands into whose.
    open, recent
        The deals that are open, and those that came of late: new ones will be like them.
    booked
        Wins up to the as-of date: what `Deals` says of them, ``time`` their day.
    """

    as_of: datetime
    at: float
    stages: tuple[str, ...]
    grid: Grid
    levels: Mapping[str, tuple[str, ...]]
    dimensions: Mapping[str, tuple[str, ...]]
    team_of_rep: Ints
    shocks: Floats
    clock: Clock
    week: Floats
    filled_late: tuple[str, ...]
    hazards: Hazards
    arrivals: Floats
    worth: Worth
    effort: Effort
    causes: tuple[str, ...]
    losses: Floats
    cuts: Floats
    passed: Passed
    open: Deals
    recent: Deals
    booked: Deals

    @property
    def fingerprint(self) -> str:
        """SHA-256 over everything in it: equal data give equal fingerprints."""
        digest = sha256()
        _feed(digest, self)
        return digest.hexdigest()

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the channels."""
        return self.dimensions["channel"]

    def months(self) -> "np.ndarray":
        """Return the month (0 to 11) of the middle of each week of `arrivals`, shape (weeks,)."""
        weeks = len(self.arrivals)
        middles = [self.as_of - timedelta(days=WEEK * (weeks - k - 0.5)) for k in range(weeks)]
        return np.array([middle.month - 1 for middle in middles], np.int64)


def group(  # noqa: PLR0913 - a history, a day, and the choices that a company may make
    log: EventLog,
    as_of: datetime,
    *,
    horizon: float = 91.0,
    calendar: FiscalCalendar | None = None,
    shocks: FiscalCalendar | None = None,
    since: datetime | None = None,
    systems: Sequence[str] = (),
    effects: Sequence[str] = EFFECTS,
    grid: Grid | None = None,
) -> Grouped:
    """Cut a history at the as-of date and count it.

    Parameters
    ----------
    log
        Any event log; what a CRM can't observe and what lies after ``as_of`` is not looked at.
    as_of
        With a time zone.
    horizon
        Days to be forecast, which choose the grid where none is given.
    calendar, shocks
        Fiscal periods that are reported, and periods with luck of their own; None is calendar quarters, and the former.
    since
        Leads created before it don't count.
    systems
        Actors that are no persons.
    effects
        What may move the odds.

    Raises
    ------
    SpecError
        If no event lies before ``as_of``, or ``since`` doesn't.
    """
    require(as_of.tzinfo is not None, f"forecast: as-of {as_of.isoformat()} has no time zone; give it one")
    calendar = calendar or FiscalCalendar()
    data = CalibrationData.of(log, as_of, since=since, systems=systems)
    clock, visits = _on_the_clock(data, horizon, calendar.zone)
    if grid is None:
        ages = visits["age"][visits["outcome"] != Outcome.OPEN].to_numpy(np.float64)
        grid = choose_grid(ages, horizon, calendar, shocks or shock_calendar(calendar, data.days))
    return _counted(data, as_of, clock, visits, grid, effects)


def _counted(
    data: CalibrationData, as_of: datetime, clock: Clock, visits: pd.DataFrame, grid: Grid, effects: Sequence[str]
) -> Grouped:
    """Count everything on a grid; times and ages of the visits are in days that count."""
    log, zone = data.log, grid.calendar.zone
    leads = data.arrivals.index.to_numpy(np.int64)
    cuts = band_cuts(log.leads["amount"].astype(np.float64)[leads])
    labels = labels_of(log, cuts)
    marks, lead = marks_of(log, data.visits, labels), visits["lead"].to_numpy(np.int64)
    levels = {**{name: label.levels for name, label in labels.items()}, **marks.levels}
    codes = {name: marks.of_stay[name] if name in MARKS else labels[name].codes[lead] for name in effects}
    late = tuple(name for name in effects if _is_filled_late(visits, codes[name] == len(levels[name]) - 1))
    used = [name for name in effects if name not in late and 1 < len(np.unique(codes[name])) <= _MANY]
    first = min(data.since, float(visits["entered"].min())) if len(visits) else data.since
    periods, shocks = (cut.bounds(log.origin, first, data.as_of) for cut in (grid.calendar, grid.shocks))
    counted = (clock.count(periods), clock.count(shocks))
    value, cell = worth(log, labels, leads)
    known = Known(data, labels, cell, marks)
    return Grouped(
        as_of=as_of,
        at=data.as_of,
        stages=log.vocabulary["stage"],
        grid=grid,
        levels={name: levels[name] for name in used},
        dimensions=levels,
        team_of_rep=people_of(log).team_of_rep,
        shocks=shocks,
        clock=clock,
        week=week_weights(data.arrivals["created"].to_numpy(np.float64), log.origin, zone),
        filled_late=late,
        hazards=hazards(
            visits, {name: codes[name] for name in used}, grid, counted, data.as_of, len(log.vocabulary["stage"])
        ),
        arrivals=_arrivals(data, labels["channel"]),
        worth=value,
        effort=effort(data.touches_everywhere, len(log.vocabulary["stage"])),
        causes=(*log.vocabulary["cause"], UNKNOWN),
        losses=_losses(visits, len(log.vocabulary["stage"]), len(log.vocabulary["cause"])),
        cuts=cuts,
        passed=marks.passed,
        open=_aged(known.open(), clock, data.as_of),
        recent=known.recent(),
        booked=known.booked(),
    )


def shock_calendar(calendar: FiscalCalendar, days: float) -> FiscalCalendar:
    """Return the periods that have luck of their own: months for quarters of a short history, weeks for months."""
    finer = {"quarter": "month" if days < _YEARS_FOR_QUARTERS else "quarter", "month": "week", "week": "week"}
    pattern = calendar.pattern if finer[calendar.unit] == calendar.unit else MONTHS
    return FiscalCalendar(calendar.first_month, pattern, finer[calendar.unit], calendar.zone)


def _on_the_clock(data: CalibrationData, horizon: float, zone: str) -> tuple[Clock, pd.DataFrame]:
    """Return the clock of the exits' weekdays, and the visits with times and ages in days that count."""
    visits = data.visits
    entered, age = visits["entered"].to_numpy(np.float64), visits["age"].to_numpy(np.float64)
    # what leaves at once was decided by a system, at any hour: it says nothing of when people decide
    left = (entered + age)[(visits["outcome"] != Outcome.OPEN).to_numpy() & (age > HOUR)]
    weights = week_weights(left, data.log.origin, zone)
    span = (min(data.since, float(entered.min(initial=data.since))), data.as_of + 4 * horizon + 200)
    clock = clock_of(weights, data.log.origin, span, data.as_of, zone)
    begun = clock.count(entered)
    return clock, visits.assign(entered=begun, age=np.maximum(clock.count(entered + age) - begun, 0.0))


def _is_filled_late(visits: pd.DataFrame, blank: Flags) -> bool:
    """Whether a dimension would tell the end.

    It does if it is known of nearly all closed deals and of many open ones not, or if it is filled in at the way out of
    a stage: then those who went on have it and those who were lost there don't. ``blank`` flags the stays without.
    """
    is_open = (visits["outcome"] == Outcome.OPEN).to_numpy()
    if any(_is_filled_on_leaving(blank, its) for _, its in visits.reset_index(drop=True).groupby("stage")):
        return True
    if is_open.sum() < _FEW or (~is_open).sum() < _FEW:
        return False
    return bool(blank[is_open].mean() > _BLANK + _TIMES * blank[~is_open].mean())


def _is_filled_on_leaving(blank: Flags, visits: pd.DataFrame) -> bool:
    """Whether nearly all who went on from a stage have a dimension, and most who were lost there don't."""
    on, lost = (visits.index[visits["outcome"] == end] for end in (Outcome.ADVANCED, Outcome.LOST))
    if min(len(on), len(lost)) < _FEW:
        return False
    return bool(blank[on].mean() < _BLANK and blank[lost].mean() > _MOST_BLANK)


def _losses(visits: pd.DataFrame, stages: int, causes: int) -> Floats:
    """Count losses by stage and cause, those without a cause last."""
    lost = visits[visits["outcome"] == Outcome.LOST]
    stage, cause = (lost[name].to_numpy(np.int64) for name in ("stage", "cause"))
    cell = stage * (causes + 1) + np.where(cause >= 0, cause, causes)
    return np.bincount(cell, minlength=stages * (causes + 1)).reshape(stages, -1).astype(np.float64)


def _aged(deals: Deals, clock: Clock, at: float) -> Deals:
    """Turn the days on which open deals entered their stage into the days that count since."""
    return replace(deals, time=np.maximum(at - clock.count(deals.time), 0.0))


def _arrivals(data: CalibrationData, channel: Labels) -> Floats:
    """Count leads by whole weeks back from the as-of date, and channel."""
    weeks = int(data.days // WEEK)
    leads = data.arrivals
    week = weeks - 1 - np.floor((data.as_of - leads["created"].to_numpy(np.float64)) / WEEK).astype(np.int64)
    codes = channel.codes[leads.index.to_numpy(np.int64)]
    inside = week >= 0
    size = len(channel.levels)
    return (
        np.bincount(week[inside] * size + codes[inside], minlength=weeks * size).reshape(weeks, size).astype(np.float64)
    )


def _feed(digest: "object", value: object) -> None:
    """Put a value into a hash, part by part."""
    update = digest.update  # type: ignore[attr-defined] # hashlib's own type isn't public
    if isinstance(value, np.ndarray):
        update(np.ascontiguousarray(value).tobytes())
    elif is_dataclass(value):
        for part in fields(value):
            update(part.name.encode())
            _feed(digest, getattr(value, part.name))
    elif isinstance(value, Mapping):
        for name in sorted(value):
            update(name.encode())
            _feed(digest, value[name])
    else:
        update(repr(value).encode())
