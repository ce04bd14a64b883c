"""The stretch of days that a KPI counts over, and the calendar units it is reported in."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.errors import UnknownNameError, require
from sim.eventlog import EventLog, Floats
from sim.kpis.rows import Flags

type Period = tuple[float, float]
"""First and last instant, in days since the log's origin."""

CALENDAR = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q-DEC"}
"""Calendar unit → pandas frequency; a week begins on Monday, a quarter in January, April, July or October."""


@dataclass(frozen=True, slots=True)
class Span:
    """A period made exact: an event at time t lies in it if ``start <= t < stop``.

    Attributes
    ----------
    start, end
        The period, in days since the log's origin.
    stop
        ``end``, or the next greater number where the period ends with the log's window: periods that follow each other
        share no event, and none is lost at the last instant observed (as with the bins of a histogram).
    """

    start: float
    end: float
    stop: float

    @property
    def days(self) -> float:
        """Length in days."""
        return self.end - self.start

    def holds(self, time: Floats) -> Flags:
        """Flag the times that lie in the period."""
        return (time >= self.start) & (time < self.stop)

    def clip(self, time: Floats) -> Floats:
        """Move times before the period to its start and times after it to its end."""
        return np.clip(time, self.start, self.end)


def span(log: EventLog, period: Period | None = None) -> Span:
    """Return the exact period, the log's whole window by default.

    Raises
    ------
    SpecError
        If the period ends before it starts or reaches beyond the window: what happened there isn't known.
    """
    first, last = log.window
    start, end = log.window if period is None else period
    inside = first <= start <= end <= last
    require(inside, f"period [{start:g}, {end:g}) must lie in the log's window [{first:g}, {last:g}]; shorten it")
    return Span(start, end, before(log, end))


def before(log: EventLog, instant: float) -> float:
    """Return the time that an event must lie under to be history at ``instant`` (days since the origin).

    What stands at an instant is what its own events find; only the window's last instant includes its events, because
    nothing is observed after it.
    """
    return float(np.nextafter(instant, np.inf)) if instant >= log.window[1] else instant


def calendar_start(log: EventLog, time: Floats, unit: str) -> "pd.Series[pd.Timestamp]":
    """Return the local date on which the day, week, month or quarter of each time begins, in the origin's time zone."""
    if unit not in CALENDAR:
        raise UnknownNameError("calendar unit", unit, CALENDAR, "a KPI table")
    instants = pd.Timestamp(log.origin).tz_convert("UTC") + pd.to_timedelta(time, unit="D")
    local = instants.tz_convert(log.origin.tzinfo).tz_localize(None)
    return pd.Series(local.to_period(CALENDAR[unit]).start_time)
