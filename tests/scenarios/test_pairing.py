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

LEVEL = 0.95
REPEATS = 4000
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


def paired(base: Floats, other: Floats, draw: Whole) -> Interval:
    return mean_interval(other - base, draw, LEVEL)


def ratio(base: Floats, other: Floats, draw: Whole) -> Interval:
    return ratio_interval(base, other, draw, LEVEL)


def unpaired(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of forgetting that the runs are twins."""
    limits = stats.ttest_ind(other, base, equal_var=False).confidence_interval(LEVEL)
    return Interval(float((other - base).mean()), limits.low, limits.high)


def normal(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of taking a handful of runs for many: normal quantiles for the t distribution's."""
    gain = other - base
    half = stats.norm.ppf((1 + LEVEL) / 2) * gain.std(ddof=1) / np.sqrt(len(gain))
    return Interval(float(gain.mean()), gain.mean() - half, gain.mean() + half)


def too_free(base: Floats, other: Floats, draw: Whole) -> Interval:
    """The mistake of taking runs of the same draw for independent ones."""
    return mean_interval(other - base, np.zeros_like(draw), LEVEL)


def covers(sample: Callable[[np.random.Generator], Sample], method: Method, truth: float) -> bool:
    """Whether a method's coverage lies within four standard errors of what it says."""
    dice = np.random.default_rng(11)
    found = [method(*sample(dice)) for _ in range(REPEATS)]
    coverage = np.mean([interval.low <= truth <= interval.high for interval in found])
    return bool(abs(coverage - LEVEL) < 4 * np.sqrt(LEVEL * (1 - LEVEL) / REPEATS))


@pytest.mark.parametrize("sample", [one_draw, several_draws])
def test_the_interval_of_a_paired_difference_covers_as_often_as_it_says(
    sample: Callable[[np.random.Generator], Sample],
) -> None:
    assert covers(sample, paired, EFFECT)


def test_the_interval_of_a_relative_difference_covers_as_often_as_it_says() -> None:
    assert covers(lambda dice: one_draw(dice, 40), ratio, EFFECT / BASE)


@pytest.mark.parametrize(("sample", "mistake"), [(one_draw, unpaired), (one_draw, normal), (several_draws, too_free)])
def test_the_coverage_check_catches_a_wrong_formula(
    sample: Callable[[np.random.Generator], Sample], mistake: Method
) -> None:
    assert not covers(sample, mistake, EFFECT)


def test_with_one_draw_the_interval_is_that_of_the_paired_t_test() -> None:
    base, other, draw = one_draw(np.random.default_rng(3), 15)
    expected = stats.ttest_rel(other, base)
    limits = expected.confidence_interval(LEVEL)
    found = paired(base, other, draw)
    assert (found.low, found.high) == pytest.approx((limits.low, limits.high))


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
    assert luck_half_width(other - base, draw, LEVEL) == pytest.approx((interval.high - interval.low) / 2)


def test_with_several_draws_the_half_width_of_luck_covers_the_mean_of_these_draws() -> None:
    dice = np.random.default_rng(8)
    effect, hits = np.array([-4.0, 0.0, 1.0, 9.0]), 0
    draw = np.repeat(np.arange(4), 3)
    for _ in range(REPEATS):
        values = effect[draw] + 2.0 * dice.standard_normal(12)
        hits += abs(values.mean() - effect.mean()) <= luck_half_width(values, draw, LEVEL)
    assert abs(hits / REPEATS - LEVEL) < 4 * np.sqrt(LEVEL * (1 - LEVEL) / REPEATS)
