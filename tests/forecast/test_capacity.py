"""The capacity-aware forecast: markets around the calibrated one, and ignorance told apart from luck."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.calibration.calibrate import calibrate
from forecast.capacity import Run, Simulated, markets, scaled
from forecast.fit import fit
from forecast.grouped import group
from sim.distributions import Discrete, Empirical, Exponential, Fixed, LogNormal, Uniform, Weibull
from sim.errors import SpecError
from sim.opening import Opening
from sim.simulate import simulate
from tests.forecast.calibration.conftest import START, known_funnel

CASES = (
    Fixed(2.0), Exponential(2.0), Uniform(1.0, 3.0), LogNormal(2.0, 0.5), Weibull(1.5, 2.0), Empirical((1.0, 2.0, 4.0)),
    Discrete((1.0, 2.0), (0.5, 0.5)),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: type(case).__name__)
def test_a_scaled_distribution_has_every_value_times_the_factor(case: Fixed) -> None:
    assert scaled(case, 3.0).ppf(0.7) == pytest.approx(3 * case.ppf(0.7))


@pytest.mark.slow
def test_draws_of_the_market_lie_around_the_calibrated_one_and_drive_the_simulator() -> None:
    day = START + timedelta(days=120)
    log = simulate(known_funnel(), Opening(START), days=120, seed=3)
    found, grouped = calibrate(log, day), group(log, day, horizon=31)
    posterior = fit(grouped, draws=100)
    drawn = tuple(markets(posterior, grouped, found.spec, days=14, n=30))
    for at, stage in enumerate(found.spec.market.stages):
        chances = np.array([market.stages[at].advance for market in drawn])
        assert abs(chances.mean() - stage.advance) < 0.06
        assert 0.005 < chances.std() < 0.2
    efforts = np.array([market.stages[0].effort.mean for market in drawn])
    assert efforts.mean() == pytest.approx(found.spec.market.stages[0].effort.mean, rel=0.05)
    assert 0 < efforts.std() < 0.2 * efforts.mean()
    assert all(sum(stage.causes.values()) == pytest.approx(1.0) for market in drawn for stage in market.stages)
    rates = np.array([sum(channel.rate_per_day for channel in market.channels) for market in drawn])
    assert rates.mean() == pytest.approx(11.0, rel=0.2)
    with pytest.raises(SpecError, match="draws must be 1 to 100"):
        markets(posterior, grouped, found.spec, days=14, n=500)
    task = Run(found.spec, drawn[:2], Opening(day), 7.0, 1, 2)
    runs = pd.DataFrame([task(number) for number in range(4)])
    assert runs["draw"].tolist() == [0, 0, 1, 1]
    assert (runs["bookings"] >= 0).all()


def test_what_is_not_known_and_luck_are_told_apart() -> None:
    rng = np.random.default_rng(1)
    draw = np.repeat(np.arange(400), 4)
    values = rng.normal(0, 3, 400)[draw] + rng.normal(0, 2, 1600)
    ignorance, luck = Simulated(pd.DataFrame({"draw": draw, "bookings": values})).spread()
    assert ignorance == pytest.approx(3, rel=0.15)
    assert luck == pytest.approx(2, rel=0.1)
    single = Simulated(pd.DataFrame({"draw": np.arange(9), "bookings": values[:9]}))
    assert np.isnan(single.spread()).all()
