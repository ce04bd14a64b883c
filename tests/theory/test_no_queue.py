"""Buyers who only think keep nobody waiting: their number follows the arrivals, later and smoother."""

import math

import numpy as np
import pytest

from sim.distributions import Distribution, Exponential, Weibull
from sim.eventlog import Kind
from sim.market import Channel, Market, Stage
from sim.queueing import mtginf_mean, sinusoidal_mtminf_mean
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.streams import Purpose
from tests.theory.measure import START, desk

WEEKS = 400
HOURS = tuple(1.0 + 0.8 * math.sin(2 * math.pi * (hour + 0.5) / 24) for hour in range(24))


def thinking(rate: float, latency: Distribution) -> FunnelSpec:
    """Return a funnel whose buyers come by the hour of the day, are answered at once, and then think."""
    spec = desk(1, [rate], Exponential(1.0))
    market = Market(
        channels=(Channel(name="channel 0", rate_per_day=rate, hour=HOURS),),
        stages=(Stage(name="desk", advance=1.0, latency=latency, automatic=1.0, automatic_latency=latency),),
    )
    return FunnelSpec(market=market, operation=spec.operation)


@pytest.mark.parametrize("mean", [0.3, 1.0])
def test_the_number_of_open_deals_through_the_day_is_that_of_infinitely_many_servers(mean: float, engine: str) -> None:
    rate, days = 12.0, 1200
    found = counts(thinking(rate, Exponential(mean)), days, engine, skip=20)
    for hour, values in enumerate(found.T):
        expected = sinusoidal_mtminf_mean(rate, 0.8 * rate, 1.0, mean, hour / 24)
        blocks = values.reshape(20, -1).mean(axis=1)
        error = blocks.std(ddof=1) / math.sqrt(20)
        assert abs(blocks.mean() - expected) < 4 * error + 0.02 * expected  # the rate stands still within an hour
    averages = found.mean(axis=1).reshape(20, -1).mean(axis=1)
    error = averages.std(ddof=1) / math.sqrt(20)
    assert abs(averages.mean() - rate * mean) < 4 * error < 0.05 * rate * mean


def test_the_law_of_thinking_matters_only_through_how_long_it_lasts(engine: str) -> None:
    latency = Weibull(2.0, 0.5)
    rate = 12.0
    found = counts(thinking(rate, latency), 1200, engine, skip=20)

    def per_day(t: float) -> float:
        return rate * (1.0 + 0.8 * math.sin(2 * math.pi * t))

    for hour in (0, 6, 12, 18):
        expected = mtginf_mean(per_day, lambda age: 1 - latency.cdf(age), hour / 24, since=hour / 24 - 4.0)
        blocks = found[:, hour].reshape(20, -1).mean(axis=1)
        assert abs(blocks.mean() - expected) < 4 * blocks.std(ddof=1) / math.sqrt(20) + 0.02 * expected


def counts(spec: FunnelSpec, days: int, engine: str, *, skip: int) -> np.ndarray:
    """Return how many deals are open at each full hour of each day but the first ``skip``: shape (days - skip, 24)."""
    log = simulate(spec, START, days=days, seed=8, engine=engine)
    kinds, times = log.events["kind"], log.events["time"]
    hours = np.arange(skip * 24, days * 24) / 24
    entered, left = (np.searchsorted(times[kinds == kind], hours) for kind in (Kind.ENTERED, Kind.WON))
    return (entered - left).reshape(-1, 24)


def test_no_purpose_is_drawn_twice() -> None:
    assert len({int(purpose) for purpose in Purpose}) == len(Purpose)
