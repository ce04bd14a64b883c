"""The clock of a funnel: days that count by how much happens on their weekday.

Few deals are decided on a Sunday. Where ages and hazards run on a clock for which a Sunday lasts an hour and a Tuesday
a day and a half, a forecast of a Friday evening doesn't wait for the weekend's wins. A week always lasts seven days.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sim.eventlog import Floats

_ENOUGH = 70
"""Exits from which weekdays are told apart."""
_LEAST = 0.02
"""No weekday counts for less: what never happened may."""
_SMOOTH = 3.0


@dataclass(frozen=True)
class Clock:
    """Calendar days (since some origin) and days that count, at each local midnight; straight lines between them.

    Shape (midnights,) each, both rising. The clocks agree at the as-of date.
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


def weekday_weights(times: Floats, origin: datetime, zone: str) -> Floats:
    """Return how much each weekday counts, Monday first, shape (7,), mean 1; all 1 where too little has happened.

    ``times`` are the instants of exits, or of arrivals, in days since ``origin``.
    """
    if len(times) < _ENOUGH:
        return np.ones(7)
    counts = np.bincount(_weekdays(times, origin, zone), minlength=7) + _SMOOTH
    weights = np.maximum(counts / counts.mean(), _LEAST)
    return np.asarray(weights / weights.mean(), np.float64)


def clock_of(weights: Floats, origin: datetime, span: tuple[float, float], at: float, zone: str) -> Clock:
    """Build the clock over a span of days since ``origin``; it agrees with the calendar ``at`` the as-of date."""
    local = ZoneInfo(zone)
    first = (origin.astimezone(UTC) + timedelta(days=span[0])).astimezone(local).date() - timedelta(days=1)
    days = [first + timedelta(days=k) for k in range(int(span[1] - span[0]) + 4)]
    midnights = [datetime(day.year, day.month, day.day, tzinfo=local).astimezone(UTC) for day in days]
    calendar = np.array([(midnight - origin) / timedelta(days=1) for midnight in midnights])
    weight = weights[[day.weekday() for day in days[:-1]]] * np.diff(calendar)
    counting = np.concatenate([[0.0], np.cumsum(weight)])
    return Clock(calendar, counting + at - np.interp(at, calendar, counting))


def _weekdays(times: Floats, origin: datetime, zone: str) -> "np.ndarray":
    offset = origin.astimezone(ZoneInfo(zone)).utcoffset() or timedelta(0)
    midnight = origin.astimezone(UTC) + offset
    start = midnight.weekday() + (midnight.hour + midnight.minute / 60) / 24
    return np.floor(times + start).astype(np.int64) % 7
