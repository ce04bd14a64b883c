"""Spending levers: what one more euro in a channel brings, less and less the more is spent."""

from dataclasses import KW_ONLY, dataclass
from datetime import date

from scenarios.levers.demand import ShiftDemand
from scenarios.levers.marketing import ScaleLeads, expected_leads
from scenarios.levers.named import find
from scenarios.prices import MONTH, Horizon, Prices
from scenarios.scenario import Lever
from sim.market import check_chance, check_not_negative, check_positive
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ChangeBudget(Lever):
    """Spend more or less on a channel.

    Leads follow spending along a curve that flattens: what is bought is spend / (spend + saturation) of the most that
    could be (Michaelis-Menten, the Hill curve of exponent 1), drawn through the present point.

    Attributes
    ----------
    channel
        Name of the channel.
    spend, now
        Spending a month, as planned and as it is.
    saturation
        Spending a month at which half of the most possible leads are bought. The larger it is beside ``now``, the
        straighter the curve. It is the company's assumption; past changes of the budget tell it best.
    organic
        Share of the present leads who would come without any spending.
    since
        Date from which the change shows in the leads; None is at once. Spending changes on the same date.
    """

    channel: str
    spend: float
    now: float
    saturation: float
    _: KW_ONLY
    organic: float = 0.0
    since: date | None = None

    def __post_init__(self) -> None:
        """Refuse budgets through which no curve can be drawn."""
        check_not_negative("budget: spend", self.spend)
        check_positive("budget: now", self.now)
        check_positive("budget: saturation", self.saturation)
        check_chance("budget: organic", self.organic)

    @property
    def factor(self) -> float:
        """What the leads are multiplied by."""
        bought = self.spend / self.now * (self.now + self.saturation) / (self.spend + self.saturation)
        return 1.0 if self.spend == self.now else self.organic + (1 - self.organic) * bought

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the leads that this budget buys."""
        if self.since is None:
            return ScaleLeads(self.factor, self.channel).apply(spec)
        return ShiftDemand(self.factor, first=self.since, channel=self.channel).apply(spec)

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - the budget is the price
        """Return the change of spending over the horizon."""
        return (self.spend - self.now) * horizon.days_between(self.since) / MONTH

    def cost_per_lead(self, spec: FunnelSpec, horizon: Horizon) -> tuple[float, float]:
        """Return what a lead of the channel costs within the horizon, on average and at the margin.

        The first is spending over leads, the second what one more lead would cost, both under this budget.
        """
        channel = find("channel", spec.market.channels, self.channel)
        present = expected_leads(spec.market, channel, horizon)
        months = horizon.days / MONTH
        slope = (1 - self.organic) * present * (self.now + self.saturation) / self.now
        slope *= self.saturation / (self.spend + self.saturation) ** 2
        return self.spend * months / (self.factor * present), months / slope

    def describe(self) -> str:
        """Say what is spent, and what that does."""
        since = "" if self.since is None else f" from {self.since.isoformat()}"
        money = f"{self.spend:,.0f} a month instead of {self.now:,.0f}"
        return f"Spend {money} on channel {self.channel!r}{since}, which multiplies its leads by {self.factor:.3g}."
