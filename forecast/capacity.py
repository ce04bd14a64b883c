"""The capacity-aware forecast: draws of the posterior become markets that the real team has to serve.

The statistical forecast takes it that the team goes on as it did. Here each draw's market is simulated from today's
open deals with the team as it will be, so a rep who leaves, or more leads than anybody can call, shows. What isn't
known and luck are told apart: draws differ by the one, replications of a draw by the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit, logit

from forecast.coming import weekly_means
from forecast.grouped import Grouped
from forecast.hazard_tables import tables
from forecast.models.transitions import KINDS
from forecast.posterior import Posterior
from sim.distributions import (
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    Floats,
    LogNormal,
    Uniform,
    Weibull,
)
from sim.errors import require
from sim.eventlog import EventLog, Kind
from sim.market import Market, Stage
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec

_FURTHER = 26
"""Steps beyond the last age bucket's start in which a stay is followed."""
_LEAST, _MOST = 1e-4, 1 - 1e-4


def markets(
    posterior: Posterior, grouped: Grouped, spec: FunnelSpec, *, days: float, n: int, seed: int = 1
) -> list[Market]:
    """Return the markets of ``n`` draws: the calibrated one, moved as far as a draw lies from the posterior's middle.

    Chances to advance, times in stages, efforts, causes of loss, arrival rates and amounts move; what a CRM's counts
    can't tell (the number of touches, patience) stays as calibrated. Common shocks of the days ahead are part of a
    draw.

    Parameters
    ----------
    posterior, grouped
        The fit and its data.
    spec
        The calibrated funnel.
    days
        Days that will be simulated.
    n, seed
        How many draws, and the dice.
    """
    require(1 <= n <= posterior.draws, f"capacity: draws must be 1 to {posterior.draws}, got {n}")
    rng = np.random.default_rng([seed, 2])
    moved = _moves(posterior, grouped, days, rng)
    chosen = np.linspace(0, posterior.draws - 1, n).astype(np.int64)
    return [_market(spec.market, moved, grouped, int(draw)) for draw in chosen]


@dataclass(frozen=True)
class _Moves:
    """By how much a draw moves the market.

    By draw: shifts of log odds, factors of times and efforts by stage; leads a day by channel; factors of amounts by
    cell, and of the shares of causes by stage.
    """

    odds: Floats
    times: Floats
    efforts: Floats
    rates: Floats
    amounts: Floats
    causes: Floats


def _moves(posterior: Posterior, grouped: Grouped, days: float, rng: np.random.Generator) -> _Moves:
    hazard = tables(posterior, grouped, days, rng).hazard
    eta = hazard.age + hazard.time.mean(axis=3)[..., None]
    steps = np.arange(grouped.grid.edges[-1] + _FURTHER)
    exits, on = (expit(eta[:, kind])[:, :, grouped.grid.bucket(steps)] for kind in range(len(KINDS)))
    stays = np.cumprod(1 - exits, axis=2) / (1 - exits)
    leaves = stays * exits
    total = np.maximum(leaves.sum(axis=2), 1e-12)
    advance = logit(np.clip((leaves * on).sum(axis=2) / total, _LEAST, _MOST))
    times = (leaves * (steps + 0.5)).sum(axis=2) / total
    rates = weekly_means(posterior, grouped, days, rng).sum(axis=1) / days
    amounts = np.exp(posterior["amount_mean"] - posterior["amount_mean"].mean(axis=0))
    efforts = np.exp(posterior["effort_mean"] + posterior["effort_spread"] ** 2 / 2)
    causes = posterior["cause_share"] / np.maximum(posterior["cause_share"].mean(axis=0), 1e-12)
    times, efforts = (each / each.mean(axis=0) for each in (times, efforts))
    return _Moves(advance - advance.mean(axis=0), times, efforts, rates, amounts, causes)


def _market(market: Market, moved: _Moves, grouped: Grouped, draw: int) -> Market:
    stages = tuple(_stage(stage, moved, grouped, draw) for stage in market.stages)
    rates = dict(zip(grouped.channels, moved.rates[draw].tolist(), strict=True))
    ahead = [(grouped.as_of.month - 1 + k) % 12 for k in range(3)]
    channels = tuple(
        replace(
            channel,
            rate_per_day=rates[channel.name] / max(1e-9, float(np.mean([channel.month[k] for k in ahead]))),
        )
        if channel.rate_per_day > 0 and channel.name in rates
        else channel
        for channel in market.channels
    )
    factor = dict(zip(grouped.worth.cells, moved.amounts[draw].tolist(), strict=True))
    common = float(moved.amounts[draw][grouped.worth.n > 0].mean()) if grouped.worth.n.sum() else 1.0
    amounts = {
        segment: {
            product: scaled(each, factor.get(f"{segment} / {product}", common)) for product, each in table.items()
        }
        for segment, table in market.amounts.items()
    }
    return replace(market, stages=stages, channels=channels, amounts=amounts)


def _stage(stage: Stage, moved: _Moves, grouped: Grouped, draw: int) -> Stage:
    if stage.name not in grouped.stages:
        return stage
    at = grouped.stages.index(stage.name)
    advance = stage.advance
    if 0 < advance < 1:
        advance = float(expit(logit(advance) + moved.odds[draw, at]))
    factor = float(moved.times[draw, at])
    lost = None if stage.lost_latency is None else scaled(stage.lost_latency, factor)
    factors = dict(zip(grouped.causes, moved.causes[draw, at].tolist(), strict=True))
    causes = {name: share * factors.get(name, 1.0) for name, share in stage.causes.items()}
    total = sum(causes.values())
    return replace(
        stage,
        advance=advance,
        effort=scaled(stage.effort, float(moved.efforts[draw, at])),
        latency=scaled(stage.latency, factor),
        lost_latency=lost,
        causes={name: share / total for name, share in causes.items()} if total > 0 else stage.causes,
    )


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """Return a distribution with every value times ``factor`` (above 0)."""
    fields: Mapping[type, tuple[str, ...]] = {
        Fixed: ("value",),
        Exponential: ("average",),
        Uniform: ("low", "high"),
        LogNormal: ("median",),
        Weibull: ("scale",),
        Empirical: ("quantiles",),
        Discrete: ("values",),
    }
    changed: dict[str, Any] = {}
    for name in fields[type(distribution)]:
        value = getattr(distribution, name)
        changed[name] = tuple(factor * each for each in value) if isinstance(value, tuple) else factor * value
    return replace(distribution, **changed)  # type: ignore[type-var] # every distribution is a dataclass


@dataclass(frozen=True)
class Simulated:
    """What was simulated.

    Attributes
    ----------
    runs
        One row a run: ``draw``, ``replication``, ``bookings`` and ``wins`` from the as-of date to the end, and of them
        ``open`` (bookings from deals open at the start).
    """

    runs: pd.DataFrame

    def spread(self, measure: str = "bookings") -> tuple[float, float]:
        """Return the standard deviations of what isn't known and of luck; NaN where draws have one replication each.

        Analysis of variance: the draws' means vary by both, replications within a draw by luck alone.
        """
        groups = self.runs.groupby("draw")[measure]
        per_draw = float(groups.size().min())
        if per_draw < 2:
            return float("nan"), float("nan")
        luck = float(groups.var(ddof=1).mean())
        between = float(groups.mean().var(ddof=1)) - luck / per_draw
        return float(np.sqrt(max(0.0, between))), float(np.sqrt(luck))


@dataclass(frozen=True, slots=True)
class Run:
    """One run: simulate a draw's market, and add up what it brings; a task for `studies.executors`."""

    spec: FunnelSpec
    markets: tuple[Market, ...]
    opening: Opening
    days: float
    seed: int
    replications: int

    def __call__(self, number: int) -> dict[str, float]:
        """Run number ``number``: draws in turn, replications within a draw."""
        draw, replication = divmod(number, self.replications)
        spec = replace(self.spec, market=self.markets[draw])
        log = simulate(spec, self.opening, days=self.days, seed=self.seed, replication=number)
        return {"draw": draw, "replication": replication, **_brought(log)}


def _brought(log: EventLog) -> dict[str, float]:
    won = log.of_kind(Kind.WON) & np.asarray(log.events["time"] >= 0)
    amount = np.nan_to_num(log.events["amount"][won].astype(np.float64))
    is_open = log.leads["created"][log.events["lead"][won].astype(np.int64)].astype(np.float64) < 0
    return {"bookings": float(amount.sum()), "wins": float(won.sum()), "open": float(amount[is_open].sum())}
