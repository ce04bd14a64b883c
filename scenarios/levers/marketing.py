"""Marketing levers: how many leads come."""

from dataclasses import dataclass, replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.arrivals import Stream, share_coming
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
        return leads_cost(spec.market, self.apply(spec).market, horizon, prices)

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
    stream = Stream.of(market, channel, horizon.start, horizon.days)
    zone = ZoneInfo(market.time_zone)
    dates = [(horizon.start + timedelta(edge)).astimezone(zone).date() for edge in stream.edges]
    coming = {day: share_coming(market, channel, day) for day in set(dates)}
    bursts = (
        batch.size.mean * coming.get(batch.day, 1.0) for batch in channel.batches if dates[0] <= batch.day < dates[-1]
    )
    hours = zip(stream.expected().tolist(), dates, strict=False)
    return float(sum(leads * coming[day] for leads, day in hours) + sum(bursts))


def leads_cost(before: Market, after: Market, horizon: Horizon, prices: Prices) -> float:
    """Return the price of the leads that come after a change and didn't before; leads that no longer come are saved."""
    return sum(
        prices.lead.get(channel.name, 0.0)
        * (expected_leads(after, channel, horizon) - expected_leads(before, former, horizon))
        for channel, former in zip(after.channels, before.channels, strict=True)
    )


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
