"""Fiscal calendars: where a company's quarters and months begin, be it by months or by weeks (4-4-5)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from sim.errors import require
from sim.eventlog import Floats

MONTHS = "months"
PATTERNS = (MONTHS, "4-4-5", "4-5-4", "5-4-4")
LENGTHS = {"quarter": 91.3, "month": 30.4, "week": 7.0}
"""Units of a fiscal calendar, and their mean length in days."""
UNITS = tuple(LENGTHS)

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class FiscalCalendar:
    """How a company cuts its years.

    Attributes
    ----------
    first_month
        The month in which the fiscal year begins, 1 to 12.
    pattern
        ``months``, or the weeks of a quarter's three months: ``4-4-5``, ``4-5-4``, ``5-4-4``. Such a year begins on the
        Monday nearest to the first of its month, and its last month takes the 53rd week where there is one.
    unit
        The period that is reported: ``quarter``, ``month`` or ``week``.
    zone
        Time zone in which a period begins at midnight (IANA name).
    """

    first_month: int = 1
    pattern: str = MONTHS
    unit: str = "quarter"
    zone: str = "UTC"

    def __post_init__(self) -> None:
        """Refuse months, patterns and units that there are none of."""
        require(1 <= self.first_month <= 12, f"fiscal calendar: first month must be 1 to 12, got {self.first_month}")
        known = ", ".join(PATTERNS)
        require(self.pattern in PATTERNS, f"fiscal calendar: no pattern {self.pattern!r}; there are {known}")
        require(self.unit in UNITS, f"fiscal calendar: no unit {self.unit!r}; there are {', '.join(UNITS)}")

    @property
    def longest(self) -> float:
        """Days of the longest period."""
        return {"quarter": 92.0, "month": 31.0, "week": 7.0}[self.unit]

    def starts(self, first: date, last: date) -> tuple[date, ...]:
        """Return the days on which periods begin, from the one that holds ``first`` to the one after ``last``."""
        if self.unit == "week":
            begin = first - timedelta(days=first.weekday())
            return tuple(begin + k * _WEEK for k in range((last - begin).days // 7 + 2))
        years = range(first.year - 2, last.year + 3)
        days = [start for year in years for start in self._starts_of_year(year)]
        low = max(k for k, start in enumerate(days) if start <= first)
        high = min(k for k, start in enumerate(days) if start > last)
        return tuple(days[low : high + 1])

    def bounds(self, origin: datetime, low: float, high: float) -> Floats:
        """Return the starts of the periods that cover [``low``, ``high``], and the end of the last one.

        Days since ``origin``, shape (periods + 1,).
        """
        zone = ZoneInfo(self.zone)
        first, last = ((origin.astimezone(UTC) + timedelta(days=at)).astimezone(zone).date() for at in (low, high))
        midnights = [datetime.combine(day, time(), zone) for day in self.starts(first, last)]
        return np.array([(instant.astimezone(UTC) - origin) / timedelta(days=1) for instant in midnights])

    def name(self, day: date) -> str:
        """Name the period that holds ``day``: by its quarter or month in the fiscal year, or by its first day."""
        start = self.starts(day, day)[0]
        if self.unit == "week" or (self.unit == "month" and self.pattern == MONTHS):
            return f"{start:%Y-%m}" if self.unit == "month" else f"week of {start:%Y-%m-%d}"
        year = max(y for y in range(day.year - 1, day.year + 2) if self._year_start(y) <= day)
        place = self._starts_of_year(year).index(start) + 1
        said = year if self.first_month == 1 else year + 1
        return f"{'FY' if self.first_month > 1 else ''}{said} {'Q' if self.unit == 'quarter' else 'P'}{place}"

    def _year_start(self, year: int) -> date:
        first = date(year, self.first_month, 1)
        if self.pattern == MONTHS:
            return first
        return first + timedelta(days=(3 - first.weekday()) % 7 - 3)

    def _starts_of_year(self, year: int) -> list[date]:
        step = 3 if self.unit == "quarter" else 1
        if self.pattern == MONTHS:
            months = (self.first_month - 1 + k for k in range(0, 12, step))
            return [date(year + month // 12, month % 12 + 1, 1) for month in months]
        weeks = [0, *accumulate([int(part) for part in self.pattern.split("-")] * 4)][:-1]
        return [self._year_start(year) + weeks[k] * _WEEK for k in range(0, 12, step)]


def position(time: Floats, bounds: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """Return in which period each time lies, and how far through it: number of the period, and a share in [0, 1)."""
    number = np.clip(np.searchsorted(bounds, time, side="right") - 1, 0, len(bounds) - 2).astype(np.int64)
    lengths = np.array([end - start for start, end in pairwise(bounds.tolist())])
    return number, np.asarray((time - bounds[number]) / lengths[number], np.float64)
