"""What things cost the company: the other side of every lever.

A plan's cost is what it adds to the company's spending over the horizon against leaving everything as it is. Money is
in the account currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sim.errors import require
from sim.market import check_not_negative

MONTH = 365.25 / 12
"""Days in a month, on average."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far a plan's costs are counted: ``days`` from ``start``, an instant with its time zone."""

    start: datetime
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """The company's prices.

    Attributes
    ----------
    rep_month
        Full cost of a rep for a month: salary, on-costs, tools.
    rep_month_of
        Team → its own cost of a rep for a month, where it differs.
    hiring
        Paid once for each rep who is hired: search, onboarding.
    lead
        Channel → cost of one more lead; a channel that isn't named costs nothing.
    """

    rep_month: float = 10_000.0
    rep_month_of: Mapping[str, float] = field(default_factory=dict)
    hiring: float = 0.0
    lead: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse prices below nothing."""
        for name in ("rep_month", "hiring"):
            check_not_negative(f"prices: {name}", getattr(self, name))
        for what, table in (("rep_month_of", self.rep_month_of), ("lead", self.lead)):
            for name, price in table.items():
                require(price >= 0, f"prices: {what} of {name!r} must be 0 or more, got {price:g}")

    def rep_days(self, team: str, days: float) -> float:
        """Return what a rep of a team costs in so many days."""
        return self.rep_month_of.get(team, self.rep_month) * days / MONTH
