"""Group a history: every count that a forecast rests on, from what was known at the as-of date and nothing later."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from hashlib import sha256

import numpy as np

from forecast.dataset import CalibrationData
from forecast.fiscal import FiscalCalendar
from forecast.grouped.deals import Deals, new_deals, open_deals
from forecast.grouped.grid import Grid, choose_grid
from forecast.grouped.hazards import Hazards, hazards
from forecast.grouped.labels import EFFECTS, Labels, band_cuts, labels_of
from forecast.grouped.worth import Worth, worth
from sim.errors import require
from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.visits import Outcome

WEEK = 7.0
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
        Name of an effect → its levels; the effects are those of `forecast.grouped.labels.EFFECTS` with several levels.
    dimensions
        By what is reported: name → levels.
    shocks
        Bounds of the periods with luck of their own, from the history's start to the as-of date, in days.
    hazards, worth
        The counts.
    arrivals
        Leads by week and channel, shape (weeks, channels); the last week ends at the as-of date.
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
    shocks: Floats
    hazards: Hazards
    arrivals: Floats
    worth: Worth
    cuts: Floats
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


def group(
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
    visits = data.visits
    if grid is None:
        ages = visits["age"][visits["outcome"] != Outcome.OPEN].to_numpy(np.float64)
        grid = choose_grid(ages, horizon, calendar, shocks or calendar)
    leads = data.arrivals.index.to_numpy(np.int64)
    cuts = band_cuts(data.log.leads["amount"].astype(np.float64)[leads])
    labels = labels_of(data.log, cuts)
    used = [name for name in effects if 1 < len(_seen(labels[name], leads)) <= _MANY]
    first = min(data.since, float(visits["entered"].min())) if len(visits) else data.since
    bounds = [cut.bounds(data.log.origin, first, data.as_of) for cut in (grid.calendar, grid.shocks)]
    counts = hazards(visits, labels, used, grid, (bounds[0], bounds[1]), data.as_of, len(data.log.vocabulary["stage"]))
    value, cell = worth(data.log, labels, leads)
    return Grouped(
        as_of=as_of,
        at=data.as_of,
        stages=data.log.vocabulary["stage"],
        grid=grid,
        levels={name: labels[name].levels for name in used},
        dimensions={name: label.levels for name, label in labels.items()},
        shocks=bounds[1],
        hazards=counts,
        arrivals=_arrivals(data, labels["channel"]),
        worth=value,
        cuts=cuts,
        open=open_deals(data.log, labels, cell, data.as_of, data.since),
        recent=new_deals(data, labels, cell),
        booked=_booked(data.log, labels, cell),
    )


def _seen(labels: Labels, leads: "np.ndarray") -> "np.ndarray":
    return np.unique(labels.codes[leads])


def _arrivals(data: CalibrationData, channel: Labels) -> Floats:
    """Count leads by whole weeks back from the as-of date, and channel."""
    weeks = int(data.days // WEEK)
    leads = data.arrivals
    week = weeks - 1 - np.floor((data.as_of - leads["created"].to_numpy(np.float64)) / WEEK).astype(np.int64)
    codes = channel.codes[leads.index.to_numpy(np.int64)]
    inside = week >= 0
    size = len(channel.levels)
    return np.bincount(week[inside] * size + codes[inside], minlength=weeks * size).reshape(weeks, size) * 1.0


def _booked(log: EventLog, labels: Mapping[str, Labels], cell: "np.ndarray") -> Deals:
    won = log.of_kind(Kind.WON)
    lead = log.events["lead"][won].astype(np.int64)
    return Deals(
        lead=lead,
        stage=log.events["stage"][won].astype(np.int64),
        time=log.events["time"][won].astype(np.float64),
        amount=np.nan_to_num(log.events["amount"][won].astype(np.float64)),
        cell=cell[lead],
        codes={name: label.codes[lead] for name, label in labels.items()},
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
