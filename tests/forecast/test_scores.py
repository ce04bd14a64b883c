"""Scores against scoringrules, and against what they mean."""

import numpy as np
import pytest
from scipy.stats import chisquare

from forecast.scores import (
    accuracy_by_error,
    accuracy_by_ratio,
    crps,
    is_inside,
    mean_and_error,
    pinball,
    pit,
    pit_counts,
)

RNG = np.random.default_rng(11)
DRAWS = RNG.gamma(2.0, 50.0, 301)


@pytest.mark.slow
@pytest.mark.parametrize("actual", [0.0, 80.0, 95.5, 400.0])
def test_crps_and_pinball_agree_with_scoringrules(actual: float) -> None:
    import scoringrules  # noqa: PLC0415 - its import takes seconds

    assert crps(DRAWS, actual) == pytest.approx(scoringrules.crps_ensemble(actual, DRAWS, estimator="nrg"), rel=1e-9)
    for level in (0.1, 0.5, 0.9):
        quantile = float(np.quantile(DRAWS, level))
        assert pinball(DRAWS, actual, level) == pytest.approx(
            float(scoringrules.quantile_score(actual, quantile, level))
        )


def test_the_crps_of_a_number_is_its_absolute_error() -> None:
    assert crps(np.array([70.0]), 100.0) == 30.0


def test_an_honest_forecast_scores_best_covers_as_stated_and_has_uniform_transforms() -> None:
    truths = RNG.normal(0, 1, 400)
    honest, wide, shifted = (
        np.array([crps(RNG.normal(m, s, 200), y) for y in truths]) for m, s in ((0, 1), (0, 2), (0.5, 1))
    )
    assert honest.mean() < min(wide.mean(), shifted.mean())
    forecasts = [RNG.normal(0, 1, 200) for _ in truths]
    inside = np.mean([is_inside(draws, y, 0.8) for draws, y in zip(forecasts, truths, strict=True)])
    assert abs(inside - 0.8) < 4 * np.sqrt(0.16 / 400)
    assert np.mean([is_inside(draws / 2, y, 0.8) for draws, y in zip(forecasts, truths, strict=True)]) < 0.62
    transforms = [pit(draws, y, u) for draws, y, u in zip(forecasts, truths, RNG.random(400), strict=True)]
    assert abs(np.mean(transforms) - 0.5) < 4 * np.sqrt(1 / 12 / 400)


def test_ties_of_counts_are_split_by_chance() -> None:
    draws = np.array([1.0, 2.0, 2.0, 3.0])
    assert (pit(draws, 2.0, 0.0), pit(draws, 2.0, 1.0)) == (0.25, 0.75)


def test_the_vendors_formulas_are_theirs() -> None:
    assert accuracy_by_ratio(115.0, 100.0) == 1.15
    assert accuracy_by_error(115.0, 100.0) == pytest.approx(0.85)
    assert accuracy_by_error(300.0, 100.0) == 0.0


def test_the_error_of_a_mean_allows_for_forecasts_of_one_period_being_alike() -> None:
    values, apart = np.repeat(RNG.normal(0, 1, 25), 4), np.arange(100.0)
    alike = np.repeat(np.arange(25.0), 4)
    assert mean_and_error(values, alike)[1] == pytest.approx(2 * mean_and_error(values, apart)[1], rel=0.05)
    assert np.isnan(mean_and_error(values, np.zeros(100))[1])


def test_the_pit_histogram_is_flat_for_honest_ranges_and_high_at_the_ends_for_narrow_ones() -> None:
    rng = np.random.default_rng(3)
    truths = rng.normal(0, 1, 500)

    def counts(spread: float) -> "np.ndarray":
        return pit_counts(np.array([pit(rng.normal(0, spread, 200), y, 0.5) for y in truths] + [np.nan]))

    assert (counts(1.0).sum(), len(counts(1.0))) == (500, 10)
    assert chisquare(counts(1.0)).pvalue > 0.01
    assert chisquare(counts(0.7)).pvalue < 1e-6
    assert counts(0.7)[[0, -1]].min() > 80
