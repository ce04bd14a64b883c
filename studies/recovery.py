"""Recovery: estimates beside the truth, where the history was made by a simulator and the truth is known.

An estimate measures what a history can show, which is not always the parameter itself: effects are seen against the
average lead, quality through the score, arrivals as a mean over the year. The truth is put into the same terms.
"""

from collections.abc import Mapping
from math import exp, log
from statistics import fmean

import numpy as np
import pandas as pd

from sim.distributions import Distribution, LogNormal
from sim.market import Channel, Market, Stage
from sim.scoring import correlation
from sim.spec import FunnelSpec
from sim.units import DAY, YEAR
from studies.grid import Grid
from studies.wording import DASH

_EFFECTS = {"channel_effects": "", "segment_effects": "segments", "product_effects": "products"}
_UNQUEUED = {"lead_in without waiting": "lead_in", "latency without waiting": "latency"}
_QUEUED = frozenset({*_UNQUEUED.values(), "lost_latency"})
"""What an estimate of these names holds includes the waiting, which is no parameter."""


def recovered(estimates: pd.DataFrame, truth: FunnelSpec) -> pd.DataFrame:
    """Return the estimates that have a true value.

    Parameters
    ----------
    estimates
        Columns of `forecast.calibration.estimates.Estimate`.
    truth
        The funnel that made the history.

    Returns
    -------
    pandas.DataFrame
        ``where``, ``what``, ``truth``, ``value``, ``error`` (standard error) and ``z``, the difference in standard
        errors (NaN without one).
    """
    table = estimates[["where", "what", "value", "error"]].copy()
    pairs = zip(table["where"], table["what"], strict=True)
    table.insert(2, "truth", [true_value(truth, str(where), str(what)) for where, what in pairs])
    table = table.dropna(subset="truth").reset_index(drop=True)
    return table.assign(z=(table["value"] - table["truth"]) / table["error"].where(table["error"] > 0))


def true_value(truth: FunnelSpec, where: str, what: str) -> float:
    """Return what an estimate should have been, NaN where the truth has no such number."""
    kind, _, rest = where.partition(" ")
    name = rest.strip("'\"")
    market = truth.market
    stage = next((stage for stage in market.stages if kind == "stage" and stage.name == name), None)
    channel = next((channel for channel in market.channels if kind == "channel" and channel.name == name), None)
    if stage is not None:
        return _of_stage(market, stage, what)
    if channel is not None:
        return _of_channel(market, channel, what)
    if kind == "amounts" and " / " in rest:
        segment, product = rest.split(" / ")
        return _of_amounts(market, segment, product, what)
    return market.discount.mean if what == "discount" else float("nan")


BRIEF = frozenset({"advance", "speed_slope", "effort", "touches", "patience", "rate_per_day"})
"""The numbers that a short table shows."""


def recovery_grid(table: pd.DataFrame, only: frozenset[str] = frozenset()) -> Grid:
    """Lay out what `recovered` found: everything, or the numbers in ``only``."""
    shown = table[table["what"].isin(only)] if only else table
    rows = (
        (
            str(row["where"]),
            str(row["what"]),
            *(_number(row[name]) for name in ("truth", "value", "error")),
            _z(row["z"]),
        )
        for row in shown.to_dict("records")
    )
    known = table["z"].dropna()
    share = (
        f"{(known.abs() < 2).mean():.0%} of the {len(known)} with a standard error lie within two of them (95 % would)."
    )
    columns = ("where", "what", "truth", "recovered", "standard error", "z")
    return Grid.of("Recovered against true parameters", columns, rows, share if len(known) else "", texts=2)


def _of_stage(market: Market, stage: Stage, what: str) -> float:
    effects, _, name = what.partition(" ")
    if effects in _EFFECTS:
        return _seen(market, stage, effects, name) - _average(market, stage, effects)
    if effects == "cause":
        return stage.causes.get(name, float("nan"))
    if what == "advance":
        shift = sum(_average(market, stage, kind) for kind in _EFFECTS)
        odds = log(stage.advance / (1 - stage.advance)) + shift if 0 < stage.advance < 1 else float("nan")
        return 1 / (1 + exp(-odds))
    if what == "quality_slope":
        return stage.quality_slope * correlation(market.scoring.concordance)
    if what in _QUEUED:
        return float("nan")
    value = getattr(stage, _UNQUEUED.get(what, what), None)
    return (
        value.mean
        if isinstance(value, Distribution)
        else float(value)
        if isinstance(value, int | float)
        else float("nan")
    )


def _average(market: Market, stage: Stage, effects: str) -> float:
    """Return the mean of an effect over the leads that come."""
    kind, total, rates = _EFFECTS[effects], 0.0, 0.0
    for channel in market.channels:
        rate = _yearly_mean(channel) + _in_batches(channel)
        shares = getattr(channel, kind) if kind else {channel.name: 1.0}
        total += rate * sum(share * _seen(market, stage, effects, name) for name, share in shares.items())
        rates += rate
    return total / rates if rates else 0.0


def _seen(market: Market, stage: Stage, effects: str, name: str) -> float:
    """Return an effect as a history shows it: a channel's also has the part of its quality that scores don't tell."""
    given: Mapping[str, float] = getattr(stage, effects)
    channel = next(
        (channel for channel in market.channels if effects == "channel_effects" and channel.name == name), None
    )
    untold = 1 - correlation(market.scoring.concordance) ** 2
    return given.get(name, 0.0) + (stage.quality_slope * untold * channel.quality if channel else 0.0)


def _of_channel(market: Market, channel: Channel, what: str) -> float:
    if what == "rate_per_day":
        return _yearly_mean(channel)
    if what == "quality":
        return channel.quality * correlation(market.scoring.concordance)
    return channel.dispersion if what == "dispersion" else float("nan")


def _yearly_mean(channel: Channel) -> float:
    return channel.rate_per_day * fmean(channel.month) * fmean(channel.weekday) * fmean(channel.hour)


def _in_batches(channel: Channel) -> float:
    """Return the mean leads a day that come in batches, over the years that have any."""
    years = {batch.day.year for batch in channel.batches}
    return sum(batch.size.mean for batch in channel.batches) * DAY / (len(years) * YEAR) if years else 0.0


def _of_amounts(market: Market, segment: str, product: str, what: str) -> float:
    try:
        amount = market.amount(segment, product)
    except KeyError:
        return float("nan")
    return (
        float(getattr(amount, what)) if isinstance(amount, LogNormal) and what in {"median", "sigma"} else float("nan")
    )


def _number(value: float) -> str:
    return DASH if np.isnan(value) else f"{value:,.4g}"


def _z(value: float) -> str:
    return DASH if np.isnan(value) else f"{value:+.1f}"
