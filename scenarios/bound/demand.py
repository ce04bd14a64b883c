"""The deals that there are to treat: kinds of deals that are alike but for quality and amount, and when they come.

A policy may know a deal's amount and learns of its quality through the score; here it knows both. The amount is put on
a few nodes such that its mean stays the same: that spreads it, and what treatment brings is convex in the amount. The
normal quality is put on equidistant nodes with the weights of its density, which integrates smooth functions almost
exactly (Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule"); where a gate makes a step, or
the quality is known too well for that, on closer nodes such that its mean stays the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from math import floor, sqrt
from zoneinfo import ZoneInfo

import numpy as np

from scenarios.bound.crews import Crew, best_skill
from scenarios.bound.timing import Floats, Grid, Sample
from sim.arrivals import Stream, share_coming
from sim.buyer import advance_chance, deal_log_odds, delay_effect
from sim.distributions import Distribution, normal_chance_below, normal_quantile
from sim.engine.floor import effects_of
from sim.engine.opening import odds_of_being_open
from sim.engine.staff import Staff
from sim.market import Batch, Channel, Mix, Stage
from sim.opening import OpenDeal, Opening
from sim.scoring import correlation
from sim.spec import ANY, FunnelSpec
from sim.working_time import next_open

_NODES = (0.35, 0.7, 0.92, 0.99)
"""Quantiles of an amount that become nodes; zero is one too."""
_STEP, _CLOSE_STEP, _REACH = 0.9, 0.5, 3.6
"""Distance of the nodes of quality, and of those about a step; how far beyond the channels' means they go."""
_SMOOTH = 0.7
"""Standard deviation of a quality that `_STEP` is fine enough for."""
_LATE = 0.25
"""Log odds in whose multiples the cost of a late first touch is counted, rounded down."""
SOONEST = 1e-12
"""The share of cases that stands for the shortest time that a law allows."""
_SURE = 1e-6
"""Where a score's normal value is cut off, as `sim.engine.opening` does."""

type Place = tuple[str, int, float]
"""Where deals join: how (`ENTER`, `WANT` or `ANSWER`), the stage, and log odds already lost (or touches made)."""
ENTER, WANT, ANSWER = "enter", "want", "answer"
"""A deal enters the stage · of the opening, wants its first touch there · has had touches and gets an answer."""


@dataclass(slots=True)
class Kind:
    """Deals that are alike but for quality and amount.

    Attributes
    ----------
    effects
        Log odds of advancing at each stage that channel, segment and product add: shape (stages,).
    product, region
        Names; the region is empty where it doesn't matter.
    quality
        Nodes of quality: shape (qualities,).
    amount
        Nodes of the amount: shape (amounts,).
    joins
        Place → source (a channel, or the opening) → expected deals on each node and in each cell: shape (qualities,
        amounts, cells).
    beyond
        The same for the part of amounts that lies beyond the highest node, in account currency: shape (qualities,
        cells).
    """

    effects: Floats
    product: str
    region: str
    quality: Floats
    amount: Floats
    joins: dict[Place, dict[str, Floats]] = field(default_factory=dict)
    beyond: dict[Place, dict[str, Floats]] = field(default_factory=dict)

    def add(self, place: Place, source: str, quality: Floats, amount: "Split", when: Floats) -> None:
        """Let deals join: weights on the nodes of quality and of the amount, and the number in each cell."""
        deals = quality[:, None, None] * amount.weights[None, :, None] * when
        extra = quality[:, None] * amount.beyond * when
        for store, more in ((self.joins, deals), (self.beyond, extra)):
            sources = store.setdefault(place, {})
            sources[source] = sources[source] + more if source in sources else more


@dataclass(frozen=True, slots=True)
class Split:
    """An amount on its nodes: a weight for each (what is missing to 1 is worth nothing), and the mean part beyond."""

    weights: Floats
    beyond: float


def kinds_of(
    spec: FunnelSpec, opening: Opening, crews: tuple[Crew, ...], grid: Grid, *, territories: bool
) -> tuple[Kind, ...]:
    """Sort all deals that are open or will come into kinds."""
    return tuple(_Census(spec, opening, crews, grid, territories).taken())


@dataclass(slots=True)
class _Census:
    spec: FunnelSpec
    opening: Opening
    crews: tuple[Crew, ...]
    grid: Grid
    territories: bool
    kinds: dict[object, Kind] = field(default_factory=dict)

    def taken(self) -> Iterator[Kind]:
        for code, channel in enumerate(self.spec.market.channels):
            self._count_channel(code, channel)
        for deal in self.opening.deals:
            self._count_open(deal)
        yield from self.kinds.values()

    def _kind(self, channel: int, region: str, segment: str, product: str) -> Kind:
        names, market = self.spec.names, self.spec.market
        effects = [effects_of(self.spec, stage) for stage in market.stages]
        segments, products = names("segments"), names("products")
        added = tuple(
            each.channel[channel] + each.segment[segments.index(segment)] + each.product[products.index(product)]
            for each in effects
        )
        law = market.amount(segment, product)
        seller = product if market.product_match != 0 or self.territories else ""
        key = (added, law, seller, region if self.territories else "")
        if key not in self.kinds:
            known = max((deal.amount for deal in self.opening.deals if deal.amount > 0), default=0.0)
            quality, amount = quality_nodes(self.spec), amount_nodes(law, known)
            self.kinds[key] = Kind(np.array(added), product, key[-1], quality, amount)
        return self.kinds[key]

    def _count_channel(self, code: int, channel: Channel) -> None:
        stage = self.spec.stage_names.index(channel.entry or self.spec.stage_names[0])
        entry, zone = self.spec.market.stages[stage], self.spec.market.time_zone
        stream = Stream.of(self.spec.market, channel, self.opening.as_of, self.grid.days)
        parts = [(stream.edges[:-1], stream.edges[1:], stream.expected())]
        for batch in channel.batches:
            times, number = batch_times(batch, self.opening.as_of, zone, self.grid.days)
            parts.append((times, times, number))
        late = [self._least_delay(entry, first, last) for first, last, _ in parts]
        for (region, a), (segment, b), (product, c) in _combinations(channel, territories=self.territories):
            kind = self._kind(code, region, segment, product)
            quality = spread(kind.quality, channel.quality, 1.0)
            amount = split(kind.amount, self.spec.market.amount(segment, product))
            from_there = replace(channel, regions={region: 1.0}) if self.territories else channel
            for (first, _, number), lost in zip(parts, late, strict=True):
                come = a * b * c * number * coming(self.spec, from_there, self.opening.as_of, first)
                for effect in np.unique(lost):
                    when = np.bincount(self.grid.cells_of(first), come * (lost == effect), self.grid.cells)
                    kind.add((ENTER, stage, float(effect)), channel.name, quality, amount, when)

    def _least_delay(self, stage: Stage, first: Floats, last: Floats) -> Floats:
        """Return the log odds that leads which come between ``first`` and ``last`` lose at the least: same shape.

        Nobody begins before the first rep of the team is at work.
        """
        if stage.speed_slope == 0.0:
            return np.zeros(len(last))
        staff = Staff(self.spec, self.opening.as_of, self.grid.days)
        team = self.spec.team_of(stage.name)
        hours = [staff.hours(rep.calendar, rep.leave) for rep in self.spec.operation.team_reps(team.name)]
        opens = np.array([min(next_open(each.starts, each.ends, t) for each in hours) for t in first])
        lead_in = stage.lead_in.ppf(SOONEST)
        return np.array([lost_by(stage, max(lead_in, wait)) for wait in (opens - last).tolist()])

    def _count_open(self, deal: OpenDeal) -> None:
        spec, market, grid = self.spec, self.spec.market, self.grid
        region, segment, product = (
            getattr(deal, kind) or _unknown(spec.names(f"{kind}s")) for kind in ("region", "segment", "product")
        )
        channels = [channel.name for channel in market.channels]
        code = channels.index(deal.channel) if deal.channel in channels else -1
        place = spec.stage_names.index(deal.stage)
        stage, kind = market.stages[place], self._kind(code, region, segment, product)
        quality = self._quality(kind, deal.score)
        amount = split(kind.amount, market.amount(segment, product), deal.amount)
        if deal.touches == 0:
            lags, lost = grid.lags(stage.lead_in, deal.stage_age), lost_by(stage, deal.stage_age)
            kind.add((WANT, place, lost), OPEN, quality, amount, lags)
        else:
            won = np.array([self._chance(kind, deal, place, q, product) for q in kind.quality])
            silence = deal.last_touch_age
            at_once = np.zeros(grid.cells)
            at_once[0] = 1.0
            kind.add((ANSWER, place, deal.touches), OPEN, quality * won, amount, grid.lags(stage.latency, silence))
            kind.add((ANSWER, place, 0), OPEN, quality * (1 - won), amount, at_once)

    def _quality(self, kind: Kind, score: float) -> Floats:
        if np.isnan(score):
            return spread(kind.quality, 0.0, 1.0)
        rho = correlation(self.spec.market.scoring.concordance)
        seen = normal_quantile(min(1 - _SURE, max(_SURE, score / 100.0)))
        return spread(kind.quality, rho * seen, sqrt(1 - rho * rho))

    def _chance(self, kind: Kind, deal: OpenDeal, place: int, quality: float, product: str) -> float:
        stage, market = self.spec.market.stages[place], self.spec.market
        team = self.spec.team_of(deal.stage)
        owner = next((rep for rep in self.spec.operation.team_reps(team.name) if rep.name == deal.owner), None)
        skill = 0.0
        if owner is not None:
            staff = Staff(self.spec, self.opening.as_of, self.grid.days)
            skill = best_skill(staff, owner, deal.stage) + (market.product_match if product in owner.products else 0.0)
        told = odds_of_being_open(stage, deal.touches, deal.last_touch_age)
        odds = deal_log_odds(stage.quality_slope, quality, float(kind.effects[place]), 0.0, 0.0, skill, 0.0)
        return advance_chance(stage.advance, odds + told)


OPEN = "(open)"
"""The source of deals that are open at the start."""


def lost_by(stage: Stage, delay: float) -> float:
    """Return the log odds lost by a first touch after ``delay`` days, or a little less."""
    lost = delay_effect(max(0.0, delay), stage.speed_reference, stage.speed_slope, stage.speed_most)
    return floor(lost / _LATE) * _LATE


def _unknown(names: tuple[str, ...]) -> str:
    return ANY if ANY in names else names[0]


def _combinations(channel: Channel, *, territories: bool) -> Iterator[tuple[tuple[str, float], ...]]:
    regions: Mix = channel.regions if territories else {next(iter(channel.regions)): 1.0}
    for region in regions.items():
        for segment in channel.segments.items():
            for product in channel.products.items():
                if region[1] * segment[1] * product[1] > 0:
                    yield region, segment, product


def expected_leads(spec: FunnelSpec, opening: Opening, days: float) -> dict[str, float]:
    """Return how many deals of each source there are to treat over the horizon, on average."""
    found, zone = {OPEN: float(len(opening.deals))}, spec.market.time_zone
    for channel in spec.market.channels:
        stream = Stream.of(spec.market, channel, opening.as_of, days)
        parts = [(stream.edges[:-1], stream.expected())]
        parts += [batch_times(batch, opening.as_of, zone, days) for batch in channel.batches]
        found[channel.name] = sum(float(n @ coming(spec, channel, opening.as_of, times)) for times, n in parts)
    return found


def coming(spec: FunnelSpec, channel: Channel, origin: datetime, times: Floats) -> Floats:
    """Return the share of a channel's leads who come at each time although demand is low: same shape."""
    zone = ZoneInfo(spec.market.time_zone)
    dates = [(origin + timedelta(days=t + SOONEST)).astimezone(zone).date() for t in times.tolist()]
    shares = {day: share_coming(spec.market, channel, day) for day in set(dates)}
    return np.array([shares[day] for day in dates])


def batch_times(batch: Batch, origin: datetime, zone: str, days: float) -> tuple[Floats, Floats]:
    """Return when a batch's leads may come, inside the horizon, and their expected number at each of these times."""
    begins = (datetime.combine(batch.day, time(), ZoneInfo(zone)).astimezone(UTC) - origin) / timedelta(days=1)
    times = begins + Sample.of(batch.upload_lag).values
    each = float(np.round(Sample.of(batch.size).values).mean()) / len(times)
    times = times[(times >= 0) & (times < days)]
    return times, np.full(len(times), each)


def quality_nodes(spec: FunnelSpec) -> Floats:
    """Return the nodes of quality, rising; a gate's threshold is one from below and one from above."""
    stages = spec.market.stages
    gates = [stage.gate.threshold for stage in stages if stage.gate is not None]
    if not gates and all(stage.quality_slope == 0 for stage in stages):
        return np.zeros(1)
    means = [channel.quality for channel in spec.market.channels] + [0.0]
    low, high = min(means) - _REACH, max(means) + _REACH
    plain = np.arange(low, high + _STEP, _CLOSE_STEP if gates else _STEP)
    return np.unique([*plain, *(gate + side for gate in gates for side in (-1e-9, 0.0))])


def amount_nodes(law: Distribution, known: float = 0.0) -> Floats:
    """Return the nodes of an amount above zero, rising, the highest no lower than one that is ``known``."""
    nodes = [value for u in _NODES if (value := law.ppf(u)) > 0]
    return np.unique([*nodes, known] if known > max(nodes, default=0.0) else nodes)


def spread(nodes: Floats, mean: float, sd: float) -> Floats:
    """Return the weights that put a normal law on nodes and keep its mean between each two: shape (nodes,)."""
    if len(nodes) == 1 or sd == 0.0:
        return _between(nodes, mean)
    z = (nodes - mean) / sd
    below = np.array([normal_chance_below(x) for x in z])
    density = np.exp(-z * z / 2) / sqrt(2 * np.pi)
    if sd >= _SMOOTH and np.allclose(np.diff(nodes), _STEP):
        return np.asarray(density / density.sum())
    mass = np.diff(below)
    first = mean * mass - sd * np.diff(density)
    up = np.clip((first - nodes[:-1] * mass) / np.diff(nodes), 0.0, mass)
    weights = np.append(mass - up, 0.0) + np.append(0.0, up)
    weights[0] += below[0]
    weights[-1] += 1.0 - below[-1]
    return np.asarray(weights)


def split(nodes: Floats, law: Distribution, known: float = float("nan")) -> Split:
    """Put an amount on its nodes: a known one, or the market's law."""
    values = Sample.of(law).values if np.isnan(known) else np.array([known])
    mean = law.mean if np.isnan(known) else known
    if not len(nodes):
        return Split(np.zeros(0), mean)
    with_zero = np.append(0.0, nodes)
    capped = np.minimum(values, nodes[-1])
    place = np.clip(np.searchsorted(with_zero, capped, side="right") - 1, 0, len(nodes) - 1)
    up = (capped - with_zero[place]) / (with_zero[place + 1] - with_zero[place])
    weights = np.bincount(place, 1 - up, len(nodes) + 1) + np.bincount(place + 1, up, len(nodes) + 1)
    return Split(weights[1:] / len(values), max(0.0, mean - float(capped.mean())))


def _between(nodes: Floats, value: float) -> Floats:
    place = int(np.clip(np.searchsorted(nodes, value), 1, max(1, len(nodes) - 1))) if len(nodes) > 1 else 0
    weights = np.zeros(len(nodes))
    if len(nodes) == 1:
        weights[0] = 1.0
        return weights
    up = float(np.clip((value - nodes[place - 1]) / (nodes[place] - nodes[place - 1]), 0.0, 1.0))
    weights[place - 1], weights[place] = 1 - up, up
    return weights
