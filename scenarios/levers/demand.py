"""Demand and shocks: a slump, a campaign, a region that closes, a trade show with its burst of leads."""

from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import date

from scenarios.levers.marketing import leads_cost
from scenarios.levers.named import change, find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.distributions import Distribution, Fixed
from sim.market import Batch, Channel, DemandShift, check_not_negative
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ShiftDemand(Lever):
    """Let more or fewer leads come for a while; factor 0 with a region closes it.

    Attributes
    ----------
    factor, first, last, channel, region
        Those of `sim.market.DemandShift`.
    """

    factor: float
    _: KW_ONLY
    first: date | None = None
    last: date | None = None
    channel: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no shift of demand can be."""
        self._shift()

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with that demand."""
        if self.channel is not None:
            find("channel", spec.market.channels, self.channel)
        shifts = (self._shift(),) if self.factor != 1 else ()
        return replace(spec, market=replace(spec.market, demand=(*spec.market.demand, *shifts)))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the price of the leads added; leads that don't come are saved."""
        return leads_cost(spec.market, self.apply(spec).market, horizon, prices)

    def describe(self) -> str:
        """Say what happens to which leads, and when."""
        where = "every channel" if self.channel is None else f"channel {self.channel!r}"
        region = "" if self.region is None else f" from region {self.region!r}"
        first = "" if self.first is None else f" from {self.first.isoformat()}"
        last = "" if self.last is None else f" until {self.last.isoformat()}"
        return f"Multiply the leads of {where}{region} by {self.factor:g}{first}{last}."

    def _shift(self) -> DemandShift:
        return DemandShift(
            factor=self.factor, first=self.first, last=self.last, channel=self.channel, region=self.region
        )


@dataclass(frozen=True, slots=True)
class AddBurst(Lever):
    """Add a burst of leads on one day, such as a trade show.

    Attributes
    ----------
    channel
        Name of the channel.
    day
        Its date.
    size
        Number of leads.
    upload_lag
        Days until they are in the CRM.
    price
        Paid for it besides the leads: the stand, the travel.
    """

    channel: str
    day: date
    size: Distribution
    _: KW_ONLY
    upload_lag: Distribution = field(default_factory=lambda: Fixed(0.0))
    price: float = 0.0

    def __post_init__(self) -> None:
        """Refuse a negative price."""
        check_not_negative("burst: price", self.price)

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the burst."""
        channels = change("channel", spec.market.channels, self.channel, self._add)
        return replace(spec, market=replace(spec.market, channels=channels))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return its price and that of its leads, if it is held within the horizon."""
        held = self.size.mean > 0 and horizon.days_between(self.day, self.day) > 0
        return self.price * held + leads_cost(spec.market, self.apply(spec).market, horizon, prices)

    def describe(self) -> str:
        """Say where how many come, and when."""
        return f"Add a burst of some {self.size.mean:.4g} leads to channel {self.channel!r} on {self.day.isoformat()}."

    def _add(self, channel: Channel) -> Channel:
        if self.size.mean == 0:
            return channel
        batch = Batch(day=self.day, size=self.size, upload_lag=self.upload_lag)
        return replace(channel, batches=(*channel.batches, batch))
