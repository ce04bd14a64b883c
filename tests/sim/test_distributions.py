"""Every distribution against SciPy's of the same name, and the rest of a duration against its definition."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from sim.distributions import (
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Uniform,
    Weibull,
    geometric_counts,
    normal_chance_below,
    normal_quantile,
    residual,
)
from sim.errors import SpecError

SAME = [
    (Exponential(2.5), stats.expon(scale=2.5)),
    (Uniform(1.0, 4.0), stats.uniform(1.0, 3.0)),
    (LogNormal(3.0, 0.8), stats.lognorm(0.8, scale=3.0)),
    (Weibull(0.7, 2.0), stats.weibull_min(0.7, scale=2.0)),
    (Weibull(3.0, 0.5), stats.weibull_min(3.0, scale=0.5)),
]
EVERY = [ours for ours, _ in SAME] + [
    Fixed(2.0),
    Empirical((0.0, 1.0, 1.5, 6.0)),
    Discrete((1.0, 2.0, 5.0), (0.5, 0.2, 0.3)),
    geometric_counts(3.0),
]
named = {"ids": lambda value: type(value).__name__ if isinstance(value, Distribution) else ""}
inside = st.floats(1e-12, 1 - 1e-12)


@pytest.mark.parametrize(("ours", "theirs"), SAME, **named)
def test_a_distribution_is_scipys(ours: Distribution, theirs: stats.rv_continuous) -> None:
    for u in (1e-12, 1e-6, 0.01, 0.3, 0.5, 0.9, 0.999, 1 - 1e-9):
        assert ours.ppf(u) == pytest.approx(theirs.ppf(u), rel=1e-9)
    for x in (0.01, 0.5, 1.0, 2.0, 3.7, 20.0):
        assert ours.cdf(x) == pytest.approx(theirs.cdf(x), rel=1e-9, abs=1e-15)
    assert ours.mean == pytest.approx(theirs.mean(), rel=1e-12)


@given(u=inside)
def test_the_normal_quantile_is_scipys(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-13, abs=1e-15)
    assert normal_chance_below(normal_quantile(u)) == pytest.approx(u, rel=1e-12)


@pytest.mark.parametrize("ours", EVERY, **named)
@given(u=inside)
def test_the_mean_is_that_of_the_quantiles_and_the_chance_below_turns_them_round(ours: Distribution, u: float) -> None:
    value = ours.ppf(u)
    assert value >= 0
    if isinstance(ours, Fixed | Discrete):
        assert ours.cdf(value) >= u - 1e-12
        assert ours.cdf(value * (1 - 1e-9) - 1e-9) <= u
    else:
        assert ours.cdf(value) == pytest.approx(u, rel=1e-7, abs=1e-12)


@pytest.mark.parametrize("ours", EVERY, **named)
def test_the_mean_is_the_area_under_the_quantiles(ours: Distribution) -> None:
    middle = (np.arange(200_000) + 0.5) / 200_000
    assert np.mean([ours.ppf(u) for u in middle[::10]]) == pytest.approx(ours.mean, rel=0.01)


@pytest.mark.parametrize("ours", [dist for dist in EVERY if not isinstance(dist, Fixed)], **named)
@given(age=st.floats(0.01, 5.5), u=inside)
def test_the_rest_of_a_duration_is_its_quantile_among_those_that_lasted(
    ours: Distribution, age: float, u: float
) -> None:
    below = ours.cdf(age)
    assume(below < 1 - 1e-6)
    rest = residual(ours.kind, ours.table, age, u)
    assert rest == pytest.approx(max(0.0, ours.ppf(below + u * (1 - below)) - age), abs=1e-9)
    assert rest >= 0


def test_what_is_older_than_anything_known_starts_afresh() -> None:
    assert residual(Fixed(2.0).kind, Fixed(2.0).table, 3.0, 0.5) == 2.0
    assert residual(Fixed(2.0).kind, Fixed(2.0).table, 0.5, 0.5) == 1.5
    assert residual(Uniform(1, 2).kind, Uniform(1, 2).table, 9.0, 0.5) == 1.5


def test_the_mean_rest_is_the_area_under_the_survival_beyond_the_age() -> None:
    ours, age = Weibull(0.7, 2.0), 3.0
    expected = quad(lambda x: 1 - ours.cdf(x), age, math.inf)[0] / (1 - ours.cdf(age))
    rests = [residual(ours.kind, ours.table, age, (i + 0.5) / 20_000) for i in range(20_000)]
    assert np.mean(rests) == pytest.approx(expected, rel=1e-3)


def test_observed_values_are_summarised_by_their_quantiles() -> None:
    values = np.random.default_rng(1).gamma(2.0, size=5000)
    summary = Empirical.of(values)
    assert summary.mean == pytest.approx(values.mean(), rel=0.01)
    assert summary.ppf(0.5) == pytest.approx(np.median(values), rel=1e-3)
    assert (summary.ppf(1e-9), summary.ppf(1 - 1e-12)) == pytest.approx((values.min(), values.max()), rel=1e-3)
    assert Empirical.of([3.0]).mean == 3.0


def test_an_observed_value_that_is_common_is_a_step() -> None:
    flat = Empirical((0.0, 1.0, 1.0, 1.0, 2.0))
    assert (flat.ppf(0.3), flat.ppf(0.6), flat.cdf(1.0), flat.cdf(0.5), flat.cdf(2.0)) == (1.0, 1.0, 0.75, 0.125, 1.0)


def test_geometric_counts_have_their_mean_and_forget() -> None:
    counts = geometric_counts(3.0)
    assert counts.mean == pytest.approx(3.0, rel=1e-6)
    assert counts.chances[1] / counts.chances[0] == pytest.approx(2 / 3)
    assert geometric_counts(1.0).ppf(0.999999) == 1.0


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: Fixed(-1), "fixed: value must be 0 or more, got -1"),
        (lambda: Exponential(0), "exponential: average must be above 0, got 0"),
        (lambda: Uniform(2, 2), "uniform: need 0 <= low < high, got 2 to 2"),
        (lambda: LogNormal(0, 1), "lognormal: median must be above 0, got 0"),
        (lambda: LogNormal(1, 0), "lognormal: sigma must be above 0, got 0; for no spread use fixed"),
        (lambda: Weibull(0, 1), "weibull: shape must be above 0, got 0"),
        (lambda: Weibull(1, -2), "weibull: scale must be above 0, got -2"),
        (lambda: Empirical((1.0,)), "empirical: needs 2 quantiles or more, got 1"),
        (lambda: Empirical((-1.0, 1.0)), "empirical: quantiles must be 0 or more, got -1"),
        (lambda: Empirical((2.0, 1.0)), "empirical: quantiles must not fall, got 2 before 1"),
        (lambda: Discrete((), ()), "discrete: needs one chance for each value"),
        (lambda: Discrete((2.0, 1.0), (0.5, 0.5)), "discrete: values must rise"),
        (lambda: Discrete((1.0,), (0.9,)), "discrete: chances must add up to 1, got 0.9"),
        (lambda: geometric_counts(0.5), "geometric counts: average must be 1 or more, got 0.5"),
    ],
)
def test_numbers_that_make_no_distribution_are_refused(build: object, told: str) -> None:
    with pytest.raises(SpecError, match=told):
        build()
