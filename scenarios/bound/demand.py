"""The deals that there are to treat: kinds of deals that are alike but for quality and amount, and when they come.

A policy may know a deal's amount and learns of its quality through the score; here it knows both.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from math import sqrt
from zoneinfo import ZoneInfo

import numpy as np

from scenarios.bound.crews import best_skill
from scenarios.bound.first_touch import Desk, Reach, reach
from scenarios.bound.nodes import Split, admitted, amount_nodes, quality_nodes, split, spread
from scenarios.bound.timing import Floats, Grid, Sample
from sim.arrivals import Stream, share_coming
from sim.buyer import advance_chance, deal_log_odds
from sim.distributions import normal_quantile
from sim.engine.floor import effects_of
from sim.engine.opening import odds_of_being_open
from sim.engine.staff import Staff
from sim.market import Batch, Channel, Mix
from sim.opening import OpenDeal, Opening
from sim.scoring import correlation
from sim.spec import ANY, FunnelSpec
from sim.workforce import is_absent

SOONEST = 1e-12
"""The share of cases that stands for the shortest time that a law allows."""
_POINTS = 200
"""Instants at which a batch may come."""
_SURE = 1e-6
"""Where a score's normal value is cut off, as `sim.engine.opening` does."""

type Place = tuple[str, int, float]
"""Where deals join: how (`SYSTEM`, `WANT` or `ANSWER`), the stage, and log odds already lost (or touches made)."""
SYSTEM, WANT, ANSWER = "system", "want", "answer"
"""A deal is handled by a system · wants its first touch · of the opening, has had touches and gets an answer."""


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
        Place → source (a channel, or the opening) → the deals that join there.
    """

    effects: Floats
    product: str
    region: str
    quality: Floats
    amount: Floats
    joins: dict[Place, dict[str, "Joining"]] = field(default_factory=dict)

    def add(self, place: Place, when: Floats, *, source: str, quality: Floats, amount: Split) -> None:
        """Let deals join: their number in each cell or slot, and weights on the nodes of quality and of the amount."""
        if when.any():
            joining = self.joins.setdefault(place, {}).setdefault(source, Joining())
            joining.nodes.append(np.outer(quality, amount.weights).ravel())
            joining.beyond.append(quality * amount.beyond)
            joining.when.append(when)


@dataclass(slots=True)
class Joining:
    """Deals that join in one place, group by group.

    Attributes
    ----------
    nodes
        Weights on the nodes, each quality with all of the amount: shape (qualities × amounts,) each.
    beyond
        On each quality the mean part of amounts that lies beyond the highest node, in account currency: (qualities,).
    when
        Expected deals in each cell, or slot where they want a touch: shape (cells,) or (slots,).
    """

    nodes: list[Floats] = field(default_factory=list)
    beyond: list[Floats] = field(default_factory=list)
    when: list[Floats] = field(default_factory=list)

    def deals(self) -> Floats:
        """Return the expected deals on each node and in each cell or slot."""
        return np.array(self.nodes).T @ np.array(self.when)

    def worth(self, values: Floats) -> float:
        """Return what they are worth if one on each node in each cell or slot has such values."""
        return float(((values @ np.array(self.when).T) * np.array(self.nodes).T).sum())

    def worth_beyond(self, values: Floats) -> float:
        """Return what the parts of amounts beyond the highest node are worth, given values per unit of the amount."""
        return float(((values @ np.array(self.when).T) * np.array(self.beyond).T).sum())


def kinds_of(
    spec: FunnelSpec, opening: Opening, desks: Sequence[Desk], grid: Grid, *, territories: bool
) -> tuple[Kind, ...]:
    """Sort all deals that are open or will come into kinds; ``desks`` are those of the stages."""
    return tuple(_Census(spec, opening, desks, grid, territories).taken())


@dataclass(slots=True)
class _Census:
    spec: FunnelSpec
    opening: Opening
    desks: Sequence[Desk]
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
        zone = self.spec.market.time_zone
        stream = Stream.of(self.spec.market, channel, self.opening.as_of, self.grid.days)
        parts = [(stream.edges[:-1], stream.edges[1:], stream.expected())]
        for batch in channel.batches:
            times, number = batch_times(batch, self.opening.as_of, zone, self.grid.days)
            parts.append((times, times, number))
        first, last, number = (np.concatenate(columns) for columns in zip(*parts, strict=True))
        ways = reach(self.spec.market.stages[stage], self.desks[stage], self.grid, first, last)
        for (region, a), (segment, b), (product, c) in _combinations(channel, territories=self.territories):
            kind = self._kind(code, region, segment, product)
            let_in = admitted(self.spec.market.stages[stage], kind.quality)
            quality = let_in * spread(kind.quality, channel.quality, 1.0)
            amount = split(kind.amount, self.spec.market.amount(segment, product))
            from_there = replace(channel, regions={region: 1.0}) if self.territories else channel
            come = a * b * c * number * coming(self.spec, from_there, self.opening.as_of, first)
            add = partial(kind.add, source=channel.name, quality=quality, amount=amount)
            self._enter(add, stage, first, ways, come)

    def _enter(self, add: Callable[[Place, Floats], None], place: int, at: Floats, ways: Reach, come: Floats) -> None:
        """Let deals wait for their first touch, or for a system: ``come`` of them ``at`` some instants."""
        share = self.spec.market.stages[place].automatic
        handled = np.bincount(self.grid.cells_of(np.maximum(0.0, at)), come * share, self.grid.cells)
        add((SYSTEM, place, 0.0), handled)
        for lost, when in ways.parted(come * (1 - share)).items():
            add((WANT, place, lost), when)

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
            since = np.array([-deal.stage_age])
            ways = reach(stage, self.desks[place], grid, since, since)
            self._enter(partial(kind.add, source=OPEN, quality=quality, amount=amount), place, since, ways, np.ones(1))
        else:
            won = np.array([self._chance(kind, deal, place, q, product) for q in kind.quality])
            silence = deal.last_touch_age
            at_once = np.zeros(grid.cells)
            at_once[0] = 1.0
            add, waits = partial(kind.add, source=OPEN, amount=amount), grid.lags(stage.latency, silence)
            add((ANSWER, place, deal.touches), waits, quality=quality * won)
            add((ANSWER, place, 0), at_once, quality=quality * (1 - won))

    def _quality(self, kind: Kind, score: float) -> Floats:
        if np.isnan(score):
            return spread(kind.quality, 0.0, 1.0)
        rho = correlation(self.spec.market.scoring.concordance)
        seen = normal_quantile(min(1 - _SURE, max(_SURE, score / 100.0)))
        return spread(kind.quality, rho * seen, sqrt(1 - rho * rho))

    def _chance(self, kind: Kind, deal: OpenDeal, place: int, quality: float, product: str) -> float:
        stage, market = self.spec.market.stages[place], self.spec.market
        team = self.spec.team_of(deal.stage)
        staff = Staff(self.spec, self.opening.as_of, self.grid.days)
        owner = next((rep for rep in self.spec.operation.team_reps(team.name) if rep.name == deal.owner), None)
        skill = 0.0
        if owner is not None and not is_absent(0.0, staff.joins_at(owner), staff.leaves_at(owner)):
            skill = best_skill(staff, owner, deal.stage) + (market.product_match if product in owner.products else 0.0)
        told = odds_of_being_open(stage, deal.touches, deal.last_touch_age)
        odds = deal_log_odds(stage.quality_slope, quality, float(kind.effects[place]), 0.0, 0.0, skill, 0.0)
        return advance_chance(stage.advance, odds + told)


OPEN = "(open)"
"""The source of deals that are open at the start."""


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
    lags, count = np.unique(Sample.of(batch.upload_lag, points=_POINTS).values, return_counts=True)
    times, share = begins + lags, count / count.sum()
    inside = (times >= 0) & (times < days)
    return times[inside], float(np.round(Sample.of(batch.size).values).mean()) * share[inside]
