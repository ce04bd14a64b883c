"""The months ahead on the simulator's clock."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from sim.errors import require

_A_YEAR = 12
_MOST = 120


@dataclass(frozen=True, slots=True)
class Months:
    """Calendar months from an instant on; the first one is what is left of the running month.

    Attributes
    ----------
    first_days
        First day of each month; of the running one the day of the as-of instant.
    edges
        Days since the as-of instant at which each begins, and the end of the last: shape (months + 1,).
    """

    first_days: tuple[date, ...]
    edges: npt.NDArray[np.float64]

    def __len__(self) -> int:
        """Count the months."""
        return len(self.first_days)

    @property
    def days(self) -> float:
        """Days until the end of the last month."""
        return float(self.edges[-1])

    @property
    def names(self) -> tuple[str, ...]:
        """Year and month of each."""
        return tuple(f"{day:%Y-%m}" for day in self.first_days)

    def place(self, days: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return in which month some instants (days since the as-of instant) lie; the last holds whatever is later."""
        return np.clip(np.searchsorted(self.edges, days, side="right") - 1, 0, len(self) - 1)


def months_ahead(as_of: datetime, count: int, zone: str) -> Months:
    """Return the rest of the running month, if any, and ``count`` whole months.

    Parameters
    ----------
    as_of
        Start, with a time zone.
    count
        Whole months.
    zone
        IANA name of the zone whose midnights part the months.
    """
    require(1 <= count <= _MOST, f"hiring plan: months must be from 1 to {_MOST}, got {count}")
    local = as_of.astimezone(ZoneInfo(zone))
    this = local.date().replace(day=1)
    begun = local > datetime.combine(this, time(), ZoneInfo(zone))
    whole = [add_months(this, k) for k in range(int(begun), int(begun) + count + 1)]
    first_days = ([local.date()] if begun else []) + whole
    starts = [datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) for day in whole]
    edges = [(start - as_of.astimezone(UTC)) / timedelta(days=1) for start in starts]
    return Months(tuple(first_days[:-1]), np.array([0.0, *edges] if begun else edges))


def add_months(day: date, count: int) -> date:
    """Return the same day some months later, or the last day of a month that is shorter."""
    years, month = divmod(day.month - 1 + count, _A_YEAR)
    first = date(day.year + years, month + 1, 1)
    after = date(first.year + first.month // _A_YEAR, first.month % _A_YEAR + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), after - timedelta(days=1))
