"""Marketing levers: how many leads come."""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.arrivals import Stream
from sim.distributions import Discrete, Distribution, Empirical, Exponential, Fixed, LogNormal, Uniform, Weibull
from sim.errors import SpecError, require
from sim.market import Batch, Channel, Market
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ScaleLeads(Lever):
    """Multiply the leads of a channel, or of every channel; their quality stays what it was.

    Attributes
    ----------
    factor
        1.1 is a tenth more leads. The stream's rate and the size of every batch are multiplied; the size is rounded
        to whole leads when it is drawn.
    channel
        Name of the channel; None is every channel.
    """

    factor: float
    channel: str | None = None

    def __post_init__(self) -> None:
        """Refuse a negative factor."""
        require(self.factor >= 0, f"scale leads: factor must be 0 or more, got {self.factor:g}")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with that many leads."""
        channels = change("channel", spec.market.channels, self.channel, self._scale)
        return replace(spec, market=replace(spec.market, channels=channels))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the price of the leads added; leads that no longer come are saved."""
        scaled = [channel for channel in spec.market.channels if self.channel in (None, channel.name)]
        paid = sum(expected_leads(spec.market, one, horizon) * prices.lead.get(one.name, 0.0) for one in scaled)
        return (self.factor - 1) * paid

    def describe(self) -> str:
        """Say how many more leads come from where."""
        where = "every channel" if self.channel is None else f"channel {self.channel!r}"
        return f"Multiply the leads of {where} by {self.factor:g}."

    def _scale(self, channel: Channel) -> Channel:
        batches = tuple(self._scale_batch(batch) for batch in channel.batches)
        return replace(channel, rate_per_day=channel.rate_per_day * self.factor, batches=batches)

    def _scale_batch(self, batch: Batch) -> Batch:
        size = scaled(batch.size, self.factor) if self.factor > 0 else Fixed(0.0)
        return replace(batch, size=size)


def expected_leads(market: Market, channel: Channel, horizon: Horizon) -> float:
    """Return how many leads a channel brings on average within the horizon, by its stream and by its bursts."""
    stream = Stream.of(market, channel, horizon.start, horizon.days).expected()
    zone = ZoneInfo(market.time_zone)
    first, last = (at.astimezone(zone).date() for at in (horizon.start, horizon.start + timedelta(horizon.days)))
    return stream + sum(batch.size.mean for batch in channel.batches if first <= batch.day < last)


def scaled(distribution: Distribution, factor: float) -> Distribution:  # noqa: PLR0911 - one line a distribution
    """Return the distribution of ``factor`` (above 0) times a value: every quantile is multiplied."""
    match distribution:
        case Fixed(value):
            return Fixed(value * factor)
        case Exponential(average):
            return Exponential(average * factor)
        case Uniform(low, high):
            return Uniform(low * factor, high * factor)
        case LogNormal(median, sigma):
            return LogNormal(median * factor, sigma)
        case Weibull(shape, scale):
            return Weibull(shape, scale * factor)
        case Empirical(quantiles):
            return Empirical(tuple(value * factor for value in quantiles))
        case Discrete(values, chances):
            return Discrete(tuple(value * factor for value in values), chances)
    raise SpecError(f"scale leads: can't scale a {type(distribution).__name__}; use one of sim.distributions")
