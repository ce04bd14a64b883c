"""Intervals cover the truth as often as they say, and the formulas that one might write by mistake don't."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from scenarios.pairing import (
    Floats,
    Interval,
    Whole,
    ignorance_sd,
    luck_half_width,
    luck_sd,
    mean_interval,
    ratio_interval,
)

LEVEL, LEAST, MOST = 0.95, 0.93, 0.97
REPEATS = 1000
EFFECT, BASE = 3.0, 100.0

type Sample = tuple[Floats, Floats, Whole]
type Method = Callable[[Floats, Floats, Whole], Interval]


def one_draw(dice: np.random.Generator, n: int = 8) -> Sample:
    """Twins that share most of their luck."""
    shared = BASE + 20.0 * dice.standard_normal(n)
    return shared, shared + EFFECT + 4.0 * dice.standard_normal(n), np.zeros(n, np.int64)


def several_draws(dice: np.random.Generator, draws: int = 8, each: int = 5) -> Sample:
    """Funnels that differ in what the plan does for them (sd 3), beside the luck (sd 4)."""
    draw = np.repeat(np.arange(draws), each)
    shared = BASE + 20.0 * dice.standard_normal(len(draw))
    effect = EFFECT + 3.0 * dice.standard_normal(draws)
    return shared, shared + effect[draw] + 4.0 * dice.standard_normal(len(draw)), draw


def skewed(dice: np.random.Generator, n: int = 12) -> Sample:
    """Twins whose difference is as skewed as an exponential distribution."""
    shared = BASE + 20.0 * dice.standard_normal(n)
    return shared, shared + EFFECT + 4.0 * (dice.exponential(1.0, n) - 1.0), np.zeros(n, np.int64)


def several_skewed_draws(dice: np.random.Generator, draws: int = 12, each: int = 4) -> Sample:
    """Funnels that differ in what the plan does for them, beside luck as skewed as an exponential distribution."""
    draw = np.repeat(np.arange(draws), each)
    shared = BASE + 20.0 * dice.standard_normal(len(draw))
    effect = EFFECT + 3.0 * (dice.exponential(1.0, draws) - 1.0)
    return shared, shared + effect[draw] + 4.0 * (dice.exponential(1.0, len(draw)) - 1.0), draw


def rarely_different(dice: np.random.Generator, n: int = 40) -> Sample:
    """Twins that mostly are equal, and sometimes by a large deal more or less."""
    gain = np.where(dice.random(n) < 0.2, 40.0 * dice.standard_normal(n), 0.0)
    return np.zeros(n), gain + EFFECT, np.zeros(n, np.int64)


def paired(base: Floats, other: Floats, draw: Whole) -> Interval:
    return mean_interval(other - base, draw, LEVEL)


def ratio(base: Floats, other: Floats, draw: Whole) -> Interval:
    return ratio_interval(base, other, draw, LEVEL)


def unpaired(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of forgetting that the runs are twins."""
    mean, error = (other - base).mean(), np.hypot(base.std(ddof=1), other.std(ddof=1)) / np.sqrt(len(base))
    half = stats.norm.ppf((1 + LEVEL) / 2) * error
    return Interval(mean, mean - half, mean + half)


def normal(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of taking a handful of runs for many: normal quantiles for the t distribution's."""
    gain = other - base
    half = stats.norm.ppf((1 + LEVEL) / 2) * gain.std(ddof=1) / np.sqrt(len(gain))
    return Interval(float(gain.mean()), gain.mean() - half, gain.mean() + half)


def straight(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of taking skewed differences for symmetric ones."""
    gain = other - base
    half = stats.t.ppf((1 + LEVEL) / 2, len(gain) - 1) * gain.std(ddof=1) / np.sqrt(len(gain))
    return Interval(float(gain.mean()), gain.mean() - half, gain.mean() + half)


def leaning(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of letting a rare large value bring a limit nearer: Willink's interval on both sides."""
    gain = other - base
    n, mean, error = len(gain), gain.mean(), gain.std(ddof=1) / np.sqrt(len(gain))
    third = ((gain - mean) ** 3).sum() / (n - 1) / (n - 2) / n
    lean = third / (6 * error**3) if error > 0 else 0.0
    if abs(lean) < 1e-6:
        return straight(base, other, draw)
    t = stats.t.ppf((1 + LEVEL) / 2, n - 1)
    near, far = ((np.cbrt(1 + 6 * lean * (q - lean)) - 1) / (2 * lean) for q in (t, -t))
    return Interval(mean, mean - error * near, mean - error * far)


def too_free(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of taking runs of the same draw for independent ones."""
    return mean_interval(other - base, np.zeros_like(draw), LEVEL)


def coverage(sample: Callable[[np.random.Generator], Sample], method: Method, truth: float) -> float:
    dice = np.random.default_rng(11)
    found = [method(*sample(dice)) for _ in range(REPEATS)]
    return float(np.mean([interval.low <= truth <= interval.high for interval in found]))


def covers(sample: Callable[[np.random.Generator], Sample], method: Method, truth: float) -> bool:
    """Whether a method's coverage is what it says, give or take two points."""
    return LEAST <= coverage(sample, method, truth) <= MOST


@pytest.mark.parametrize("sample", [one_draw, several_draws, skewed, several_skewed_draws])
def test_the_interval_of_a_paired_difference_covers_as_often_as_it_says(
    sample: Callable[[np.random.Generator], Sample],
) -> None:
    assert covers(sample, paired, EFFECT)


def test_the_interval_of_a_relative_difference_covers_as_often_as_it_says() -> None:
    assert covers(lambda dice: one_draw(dice, 40), ratio, EFFECT / BASE)


@pytest.mark.parametrize(
    ("sample", "mistake"),
    [
        (one_draw, unpaired),
        (one_draw, normal),
        (several_draws, too_free),
        (skewed, straight),
        (skewed, normal),
        (rarely_different, leaning),
    ],
)
def test_the_coverage_check_catches_a_wrong_formula(
    sample: Callable[[np.random.Generator], Sample], mistake: Method
) -> None:
    assert not covers(sample, mistake, EFFECT)


def test_a_rare_large_difference_brings_no_limit_nearer() -> None:
    assert coverage(rarely_different, paired, EFFECT) >= LEAST


def test_the_interval_of_symmetric_differences_is_that_of_the_paired_t_test() -> None:
    gain = np.array([-3.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0]) + EFFECT
    base, draw = np.full(7, BASE), np.zeros(7, np.int64)
    expected = stats.ttest_rel(base + gain, base).confidence_interval(LEVEL)
    found = paired(base, base + gain, draw)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_a_skewed_sample_stretches_its_interval_to_the_side_of_the_large_values() -> None:
    gain, draw = np.array([0.0, 0.2, 0.1, 0.4, 0.3, 5.0]), np.zeros(6, np.int64)
    expected = straight(np.zeros(6), gain, draw)
    for sign in (1.0, -1.0):
        found = paired(np.zeros(6), sign * gain, draw)
        limits = sorted((sign * found.low, sign * found.high))
        assert limits[0] == pytest.approx(expected.low)
        assert limits[1] > expected.high + 0.5


def test_differences_that_never_vary_have_an_interval_of_no_width() -> None:
    found = paired(np.zeros(4), np.full(4, 2.0), np.zeros(4, np.int64))
    assert (found.low, found.value, found.high) == (2.0, 2.0, 2.0)


def test_with_several_draws_each_counts_once_however_many_replications_it_has() -> None:
    draw = np.array([0, 0, 0, 1])
    assert mean_interval(np.array([1.0, 2.0, 3.0, 6.0]), draw, LEVEL).value == 4.0


def test_luck_and_ignorance_are_told_apart() -> None:
    dice = np.random.default_rng(5)
    samples = [several_draws(dice, draws=20, each=10) for _ in range(300)]
    luck = np.array([luck_sd(other - base, draw) ** 2 for base, other, draw in samples])
    ignorance = np.array([ignorance_sd(other - base, draw) ** 2 for base, other, draw in samples])
    for variances, truth in ((luck, 16.0), (ignorance, 9.0)):
        assert abs(variances.mean() - truth) < 4 * variances.std(ddof=1) / np.sqrt(len(variances))
        assert abs(variances.mean() - 1.15 * truth) > 4 * variances.std(ddof=1) / np.sqrt(len(variances))


def test_what_cannot_be_told_is_not_a_number() -> None:
    once = np.arange(5)
    values = np.array([1.0, 4.0, 2.0, 8.0, 5.0])
    assert np.isnan([luck_sd(values, once), ignorance_sd(values, once), luck_half_width(values, once, LEVEL)]).all()
    assert np.isnan(ignorance_sd(values, np.zeros(5, np.int64)))
    assert np.isnan(mean_interval(values[:1], once[:1], LEVEL).low)
    assert np.isnan(mean_interval(values[:0], once[:0], LEVEL).value)
    assert np.isnan(ratio_interval(np.zeros(5), values, once, LEVEL).value)


def test_with_one_draw_luck_is_all_of_the_interval() -> None:
    base, other, draw = one_draw(np.random.default_rng(4))
    interval = paired(base, other, draw)
    longer = max(interval.high - interval.value, interval.value - interval.low)
    assert luck_half_width(other - base, draw, LEVEL) == pytest.approx(longer)


def test_with_several_draws_the_half_width_of_luck_covers_the_mean_of_these_draws() -> None:
    dice = np.random.default_rng(8)
    effect, hits = np.array([-4.0, 0.0, 1.0, 9.0]), 0
    draw = np.repeat(np.arange(4), 8)
    for _ in range(REPEATS):
        values = effect[draw] + 2.0 * dice.standard_normal(32)
        hits += abs(values.mean() - effect.mean()) <= luck_half_width(values, draw, LEVEL)
    assert LEAST < hits / REPEATS < MOST
