"""Arrivals: which leads come, when, and what they are, before anybody has touched them.

A channel's stream is a Poisson process whose rate follows the calendar. Its arrival times come from inverting the
cumulative rate at a sum of exponential steps, one step a lead, so lead number n of a channel is the same lead under
every plan, and a higher rate brings the same leads sooner. A weekly gamma factor makes the stream as uneven as real
ones are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from math import prod
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import gammaincinv

from sim.distributions import FIXED, Distribution, Floats, normal_quantile, quantile
from sim.jit import rule
from sim.market import Batch, Channel, DemandShift, Market, Mix
from sim.scoring import correlation, scores, tiers_of
from sim.spec import FunnelSpec
from sim.streams import Purpose, name_key, uniform, uniforms
from sim.units import YEAR

type Whole = npt.NDArray[np.int64]

_BATCH_BITS = 24
_EPOCH_MONDAY = pd.Timestamp("1970-01-05")


@dataclass(frozen=True, slots=True)
class Luck:
    """Which of all possible futures: the seed and the replication."""

    seed: int
    replication: int


@dataclass(frozen=True, slots=True)
class Leads:
    """Leads as columns, one row a lead, in order of arrival.

    ``key`` is the channel's part of the lead's address; ``entry`` the position of the stage that it enters;
    ``list_share`` what is left of the list amount after the discount. The other columns are those of the event log's
    lead table, codes into the spec's vocabularies.
    """

    channel: Whole
    key: Whole
    number: Whole
    region: Whole
    segment: Whole
    product: Whole
    account: Whole
    created: Floats
    amount: Floats
    list_share: Floats
    score: Floats
    quality: Floats
    tier: Whole
    entry: Whole

    def __len__(self) -> int:
        """Count the leads."""
        return len(self.created)


@dataclass(frozen=True, slots=True)
class Stream:
    """A channel's rate, hour by hour, before the luck of its weeks.

    ``edges`` are the hours' limits in days since the origin, shape (hours + 1,); ``rate`` the arrivals a day in each
    hour and ``week`` which of ``weeks`` (numbered from 1970 on) it belongs to, shape (hours,).
    """

    channel: Channel
    key: int
    edges: Floats
    rate: Floats
    week: Whole
    weeks: Whole

    @classmethod
    def of(cls, market: Market, channel: Channel, origin: datetime, days: float) -> "Stream":
        """Lay the channel's rate out over [0, ``days``)."""
        first = pd.Timestamp(origin).tz_convert("UTC").floor("h")
        offset = (pd.Timestamp(origin) - first) / pd.Timedelta(days=1)
        hours = pd.date_range(first, periods=int(np.ceil((days + offset) * 24)), freq="h").tz_convert(market.time_zone)
        starts = np.arange(len(hours)) / 24 - offset
        rate = channel.rate_per_day * np.exp(channel.trend_per_year * np.maximum(starts, 0.0) / YEAR)
        rate *= np.asarray(channel.month)[hours.month - 1]
        rate *= np.asarray(channel.weekday)[hours.day_of_week]
        rate *= np.asarray(channel.hour)[hours.hour]
        if market.day_factors:
            by_day = {day: market.day_factors.get(day, 1.0) for day in set(hours.date)}
            rate *= np.array([by_day[day] for day in hours.date])
        for shift in shifts_of(market, channel):
            rate *= [max(1.0, shift.factor) if shift.holds_on(day) else 1.0 for day in hours.date]
        edges = np.clip(np.append(starts, starts[-1] + 1 / 24), 0.0, days)
        numbers = ((hours.tz_localize(None) - _EPOCH_MONDAY) // pd.Timedelta(days=7)).to_numpy(np.int64)
        weeks, week = np.unique(numbers, return_inverse=True)
        return cls(channel, name_key(channel.name), edges, rate, week, weeks)

    def expected(self) -> Floats:
        """Return the mean number of arrivals in each hour; that of a week's luck is 1."""
        return self.rate * np.diff(self.edges)

    def times(self, luck: Luck) -> Floats:
        """Return the arrival times: lead n is entry n."""
        cumulative = np.append(0.0, np.cumsum(self.rate * self._week_factors(luck) * np.diff(self.edges)))
        total = cumulative[-1]
        most = int(total + 8 * np.sqrt(total) + 20)
        steps = -np.log1p(-uniforms(luck.seed, luck.replication, self.key, 0, most, int(Purpose.ARRIVAL), 0))
        reached = np.cumsum(steps)
        return np.asarray(np.interp(reached[reached < total], cumulative, self.edges), np.float64)

    def _week_factors(self, luck: Luck) -> Floats:
        if self.channel.dispersion <= 0:
            return np.ones(len(self.week))
        draws = uniforms_at(luck.seed, luck.replication, self.key, self.weeks, int(Purpose.WEEK))
        shape = 1 / self.channel.dispersion
        return np.asarray(gammaincinv(shape, draws) / shape)[self.week]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Everything about a funnel's arrivals in [0, ``days``) that luck doesn't change; any luck may be drawn from it."""

    spec: FunnelSpec
    origin: datetime
    days: float
    streams: tuple[Stream, ...]

    @classmethod
    def of(cls, spec: FunnelSpec, origin: datetime, days: float) -> "Arrivals":
        """Lay the rates of all channels out."""
        market = spec.market
        return cls(spec, origin, days, tuple(Stream.of(market, one, origin, days) for one in market.channels))

    def draw(self, luck: Luck) -> Leads:
        """Return all leads, in order of arrival."""
        parts = [self._channel_leads(code, stream, luck) for code, stream in enumerate(self.streams)]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        order = np.argsort(columns["created"], kind="stable")
        return Leads(**{name: values[order] for name, values in columns.items()})

    def _channel_leads(self, code: int, stream: Stream, luck: Luck) -> dict[str, npt.NDArray[np.generic]]:
        times = [stream.times(luck)]
        numbers: list[Whole] = [np.arange(len(times[0]))]
        for place, batch in enumerate(stream.channel.batches):
            zone = self.spec.market.time_zone
            batch_times, batch_numbers = _batch_leads(stream.channel, place, batch, self.origin, zone, luck)
            times.append(batch_times)
            numbers.append(batch_numbers)
        created, number = np.concatenate(times), np.concatenate(numbers)
        inside = (created >= 0) & (created < self.days)
        come = still_come(self.spec, code, self.origin, created[inside], number[inside], luck)
        return describe(self.spec, code, created[inside][come], number[inside][come], luck)


def draw_leads(spec: FunnelSpec, origin: datetime, days: float, luck: Luck) -> Leads:
    """Return all leads that arrive in [0, days), in order of arrival."""
    return Arrivals.of(spec, origin, days).draw(luck)


def shifts_of(market: Market, channel: Channel) -> tuple[DemandShift, ...]:
    """Return the shifts of demand that concern a channel."""
    return tuple(shift for shift in market.demand if shift.channel in {None, channel.name})


def share_coming(market: Market, channel: Channel, day: date) -> float:
    """Return the share of a channel's leads who come on a date although demand is low."""
    low = [shift for shift in shifts_of(market, channel) if shift.factor < 1 and shift.holds_on(day)]
    return sum(
        share * prod(shift.factor for shift in low if shift.region in {None, region})
        for region, share in channel.regions.items()
    )


def still_come(
    spec: FunnelSpec, code: int, origin: datetime, created: Floats, number: Whole, luck: Luck
) -> npt.NDArray[np.bool_]:
    """Flag the leads of channel ``code`` who come although demand is low: shape (leads,)."""
    come = np.ones(len(number), np.bool_)
    channel = spec.market.channels[code]
    key = name_key(channel.name)
    for place, shift in enumerate(spec.market.demand):
        if shift.factor >= 1 or shift.channel not in {None, channel.name}:
            continue
        begins, ends = window_of(spec.market, shift, origin)
        meant = (created >= begins) & (created < ends)
        if shift.region is not None:
            draw = partial(uniforms_at, luck.seed, luck.replication, key, number, int(Purpose.REGION))
            regions = spec.names("regions")
            meant &= _pick(channel.regions, regions, number, draw) == regions.index(shift.region)
        u = uniforms_at(luck.seed, luck.replication, key, number, int(Purpose.DEMAND), place)
        come &= ~meant | (u < shift.factor)
    return come


def window_of(market: Market, shift: DemandShift, origin: datetime) -> tuple[float, float]:
    """Return from when until when a shift of demand holds, in days since the origin."""
    zone = ZoneInfo(market.time_zone)

    def midnight(day: date) -> float:
        return (datetime.combine(day, time(), zone).astimezone(UTC) - origin) / timedelta(days=1)

    begins = -np.inf if shift.first is None else midnight(shift.first)
    return begins, np.inf if shift.last is None else midnight(shift.last + timedelta(days=1))


def _batch_leads(
    channel: Channel, place: int, batch: Batch, origin: datetime, zone: str, luck: Luck
) -> tuple[Floats, Whole]:
    """Return times and numbers of one batch's leads; they come in together when the list is uploaded."""
    key, first = name_key(channel.name), (place + 1) << _BATCH_BITS
    size, lag = (
        quantile(part.kind, part.table, uniform(luck.seed, luck.replication, key, first, int(purpose), 0, 0))
        for part, purpose in ((batch.size, Purpose.BATCH_SIZE), (batch.upload_lag, Purpose.BATCH_LAG))
    )
    begins = datetime.combine(batch.day, time(), ZoneInfo(zone)).astimezone(UTC) - origin
    count = round(size)
    return np.full(count, begins / timedelta(days=1) + lag), first + np.arange(count)


def describe(
    spec: FunnelSpec, code: int, created: Floats, number: Whole, luck: Luck
) -> dict[str, npt.NDArray[np.generic]]:
    """Return every column of `Leads` for leads of channel ``code`` with the given numbers."""
    market, channel = spec.market, spec.market.channels[code]
    key = name_key(channel.name)

    def draw(purpose: Purpose) -> Floats:
        return uniforms_at(luck.seed, luck.replication, key, number, int(purpose))

    region, segment, product = (
        _pick(mix, spec.names(kind), number, partial(draw, purpose))
        for kind, mix, purpose in (
            ("regions", channel.regions, Purpose.REGION),
            ("segments", channel.segments, Purpose.SEGMENT),
            ("products", channel.products, Purpose.PRODUCT),
        )
    )
    quality = channel.quality + normals(draw(Purpose.QUALITY))
    score = scores(quality, draw(Purpose.SCORE_NOISE), correlation(market.scoring.concordance))
    n = len(number)
    # luck that can't change anything isn't asked for
    place = (draw(Purpose.ACCOUNT) * market.accounts).astype(np.int64) if market.accounts > 1 else np.zeros(n, np.int64)
    fixed = market.discount.kind == FIXED
    discount = np.full(n, market.discount.table[0]) if fixed else quantiles(market.discount, draw(Purpose.DISCOUNT))
    return {
        "channel": np.full(n, code),
        "key": np.full(n, key),
        "number": number,
        "region": region,
        "segment": segment,
        "product": product,
        "account": (region * len(spec.names("segments")) + segment) * market.accounts + place,
        "created": created,
        "amount": amounts(spec, segment, product, draw(Purpose.AMOUNT)),
        "list_share": 1.0 - discount,
        "score": score,
        "quality": quality,
        "tier": tiers(market, score),
        "entry": np.full(n, spec.stage_names.index(channel.entry or spec.stage_names[0])),
    }


def amounts(spec: FunnelSpec, segment: Whole, product: Whole, u: Floats) -> Floats:
    """Return list amounts for coded segments and products: shape (leads,)."""
    result = np.zeros(len(u))
    segments, products = spec.names("segments"), spec.names("products")
    pair = segment * len(products) + product
    for code in np.unique(pair).tolist():
        here = pair == code
        worth = spec.market.amount(segments[code // len(products)], products[code % len(products)])
        result[here] = quantiles(worth, u[here])
    return result


def tiers(market: Market, score: Floats) -> Whole:
    """Return the tier of each score, 0 for the best: shape (leads,)."""
    return tiers_of(score, np.array(list(market.scoring.tiers.values())))


def quantiles(distribution: Distribution, u: Floats) -> Floats:
    """Return the distribution's quantiles at ``u``: same shape."""
    return quantiles_of(distribution.kind, distribution.table, u)


@rule
def normals(u: Floats) -> Floats:
    """Return standard normal quantiles: same shape."""
    result = np.empty(len(u))
    for i in range(len(u)):
        result[i] = normal_quantile(u[i])
    return result


@rule
def uniforms_at(seed: int, replication: int, key: int, number: Whole, purpose: int, k: int = 0) -> Floats:
    """Return one uniform number, the ``k``-th for a purpose, for each lead number of a channel: same shape."""
    result = np.empty(len(number))
    for i in range(len(number)):
        result[i] = uniform(seed, replication, key, number[i], purpose, 0, k)
    return result


@rule
def quantiles_of(kind: int, table: Floats, u: Floats) -> Floats:
    """Return `quantile` of each of ``u``: same shape."""
    result = np.empty(len(u))
    for i in range(len(u)):
        result[i] = quantile(kind, table, u[i])
    return result


def _pick(mix: Mix, names: tuple[str, ...], leads: Whole, draw: Callable[[], Floats]) -> Whole:
    """Return codes into ``names`` for some leads, drawn with the shares of ``mix`` where there is a choice."""
    edges = np.cumsum(list(mix.values()))
    codes = np.array([names.index(name) for name in mix])
    if len(codes) == 1:
        return np.full(len(leads), codes[0])
    return codes[np.minimum(np.searchsorted(edges, draw()), len(codes) - 1)]
