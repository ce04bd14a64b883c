"""The clock of a funnel: hours count by how much happens in them.

Few deals are decided on a Sunday. Where ages and hazards run on a clock for which a Sunday lasts an hour and a Tuesday
a day and a half, a forecast of a Friday evening doesn't wait for the weekend's wins. A week always lasts seven days.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sim.eventlog import Floats

_ENOUGH_FOR_DAYS, _ENOUGH_FOR_HOURS = 70, 1700
"""Events from which weekdays are told apart, and from which hours of the week are."""
_LEAST = 0.01
"""No day and no hour counts for less: what never happened may."""
_SMOOTH = 1.0
_ONE_HOUR = 0.5
"""With more than this share of all events in one hour of the day, times are dates."""


@dataclass(frozen=True)
class Clock:
    """Calendar days (since some origin) and days that count, at each hour of local time; straight lines between them.

    Shape (hours,) each, both rising. The clocks agree at the as-of date.
    """

    calendar: Floats
    counting: Floats

    def count(self, days: Floats) -> Floats:
        """Turn calendar days into days that count: same shape."""
        return np.interp(days, self.calendar, self.counting)

    def calendar_of(self, counted: Floats) -> Floats:
        """Turn days that count into calendar days, infinite ones into infinite ones: same shape."""
        found = np.interp(counted, self.counting, self.calendar)
        return np.where(np.isfinite(counted), found, np.inf)


def week_weights(times: Floats, origin: datetime, zone: str) -> Floats:
    """Return how much each hour of the week counts, Monday first: shape (7, 24), mean 1.

    Hours of a day count alike where less has happened, and all days where hardly anything has.

    Parameters
    ----------
    times
        Instants of exits, or of arrivals, in days since ``origin``.
    origin, zone
        Instant of time 0, and the zone in which days begin (its summer time doesn't move the hours).
    """
    if len(times) < _ENOUGH_FOR_DAYS:
        return np.ones((7, 24))
    hours = np.floor((times + _monday_of(origin, zone)) * 24 + 1e-9).astype(np.int64) % 168
    counts = np.bincount(hours, minlength=168).reshape(7, 24).astype(np.float64)
    by_hour = len(times) >= _ENOUGH_FOR_HOURS and counts.sum(axis=0).max() < _ONE_HOUR * len(times)
    if not by_hour:
        counts = np.repeat(counts.mean(axis=1)[:, None], 24, axis=1)
    weights = np.maximum((counts + _SMOOTH / 24) / (counts.mean() + _SMOOTH / 24), _LEAST)
    return np.asarray(weights / weights.mean(), np.float64)


def clock_of(weights: Floats, origin: datetime, span: tuple[float, float], at: float, zone: str) -> Clock:
    """Build the clock over a span of days since ``origin``; it agrees with the calendar ``at`` the as-of date."""
    local = ZoneInfo(zone)
    first = (origin.astimezone(UTC) + timedelta(days=span[0])).astimezone(local).date() - timedelta(days=1)
    days = [first + timedelta(days=k) for k in range(int(span[1] - span[0]) + 4)]
    midnights = [datetime(day.year, day.month, day.day, tzinfo=local).astimezone(UTC) for day in days]
    starts = np.array([(midnight - origin) / timedelta(days=1) for midnight in midnights])
    lengths = np.diff(starts)
    calendar = np.append((starts[:-1, None] + lengths[:, None] * np.arange(24) / 24).ravel(), starts[-1])
    weight = weights[[day.weekday() for day in days[:-1]]].ravel() * np.diff(calendar)
    counting = np.concatenate([[0.0], np.cumsum(weight)])
    return Clock(calendar, counting + at - np.interp(at, calendar, counting))


def _monday_of(origin: datetime, zone: str) -> float:
    """Return the days from the local Monday's midnight before ``origin`` to it."""
    local = origin.astimezone(ZoneInfo(zone))
    return local.weekday() + (local.hour + local.minute / 60 + local.second / 3600) / 24
