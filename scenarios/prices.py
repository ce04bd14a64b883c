"""What things cost the company: the other side of every lever.

A plan's cost is what it adds to the company's spending over the horizon against leaving everything as it is. Money is
in the account currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sim.errors import require
from sim.market import check_not_negative

MONTH = 365.25 / 12
"""Days in a month, on average."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a plan's costs are counted: ``days`` from ``start``, an instant with its time zone."""

    start: datetime
    days: float

    def days_between(self, first: date | None = None, last: date | None = None) -> float:
        """Return how many of its days lie between two dates, both included; None is an open end."""
        begins = 0.0 if first is None else self._days_until(first)
        ends = self.days if last is None else self._days_until(last + timedelta(days=1))
        return max(0.0, min(ends, self.days) - max(begins, 0.0))

    def _days_until(self, day: date) -> float:
        return (datetime.combine(day, time(), self.start.tzinfo) - self.start) / timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The company's prices.

    Attributes
    ----------
    rep_month
        Full cost of a rep for a month: salary, on-costs, tools.
    rep_month_of
        Team or group of experts → its own cost of one of them for a month, where it differs.
    hiring
        Paid once for each rep who is hired: search, onboarding.
    training
        Paid for each rep who is trained, besides the working time.
    lead
        Channel → cost of one more lead; a channel that isn't named costs nothing.
    """

    rep_month: float = 10_000.0
    rep_month_of: Mapping[str, float] = field(default_factory=dict)
    hiring: float = 0.0
    training: float = 0.0
    lead: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse prices below nothing."""
        for name in ("rep_month", "hiring", "training"):
            check_not_negative(f"prices: {name}", getattr(self, name))
        for what, table in (("rep_month_of", self.rep_month_of), ("lead", self.lead)):
            for name, price in table.items():
                require(price >= 0, f"prices: {what} of {name!r} must be 0 or more, got {price:g}")

    def rep_days(self, team: str, days: float) -> float:
        """Return what a rep of a team costs in so many days."""
        return self.rep_month_of.get(team, self.rep_month) * days / MONTH
