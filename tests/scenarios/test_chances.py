"""The chance of reaching a target: exact limits, and an early estimate that knows how wrong it may be."""

import numpy as np
import pytest
from scipy.stats import binom, binomtest, norm

from scenarios.chances import chance_from_twins, looks, lower_limit, share_needed, upper_limit


@pytest.mark.parametrize(("hits", "runs"), [(0, 20), (13, 20), (20, 20), (251, 300)])
def test_limits_are_those_of_clopper_and_pearson(hits: int, runs: int) -> None:
    theirs = binomtest(hits, runs).proportion_ci(0.9, "exact")
    assert lower_limit(hits, runs, 0.95) == pytest.approx(theirs.low)
    assert upper_limit(hits, runs, 0.95) == pytest.approx(theirs.high)


def above(limits: list[float], truth: float) -> float:
    """How often a lower limit lies above the truth, summed over all that can happen."""
    hits = np.flatnonzero(np.array(limits) > truth)
    return float(binom.pmf(hits, len(limits) - 1, truth).sum())


@pytest.mark.parametrize("truth", [0.5, 0.8, 0.9, 0.97])
def test_a_lower_limit_lies_above_the_truth_no_more_often_than_it_says(truth: float) -> None:
    runs = 60
    assert above([lower_limit(hits, runs, 0.95) for hits in range(runs + 1)], truth) <= 0.05


def test_a_limit_by_the_normal_curve_lies_above_it_more_often() -> None:
    runs, shares = 60, np.arange(61) / 60
    plain = shares - norm.ppf(0.95) * np.sqrt(shares * (1 - shares) / runs)
    assert above(list(plain), 0.97) > 0.1


def confirms(truth: float, asked: float, plan: list[tuple[int, float]]) -> float:
    """How often a lower limit reaches what is asked at one look or another, summed over all that can happen."""
    going, confirmed, before = np.ones(1), 0.0, 0
    for runs, sure in plan:
        going = np.convolve(going, binom.pmf(np.arange(runs - before + 1), runs - before, truth))
        enough = np.array([lower_limit(hits, runs, sure) >= asked for hits in range(runs + 1)])
        confirmed += float(going[enough].sum())
        going, before = np.where(enough, 0.0, going), runs
    return confirmed


@pytest.mark.parametrize("runs", [10, 80, 300])
@pytest.mark.parametrize("asked", [0.5, 0.8, 0.95])
def test_whoever_looks_early_confirms_what_is_not_so_no_more_often_than_stated(runs: int, asked: float) -> None:
    assert confirms(asked, asked, list(looks(runs, 0.95))) <= 0.05
    assert [when for when, _ in looks(runs, 0.95)][-1] == runs


def test_looking_early_with_the_whole_error_each_time_confirms_it_more_often() -> None:
    assert confirms(0.8, 0.8, [(when, 0.95) for when, _ in looks(300, 0.95)]) > 0.07


def test_looking_early_hardly_lowers_the_chance_to_confirm_what_is_so() -> None:
    assert confirms(0.88, 0.8, list(looks(300, 0.95))) > confirms(0.88, 0.8, [(300, 0.95)]) - 0.03


def test_the_share_needed_is_the_first_that_confirms() -> None:
    needed = round(share_needed(0.8, 300, 0.99) * 300)
    assert lower_limit(needed, 300, 0.99) >= 0.8 > lower_limit(needed - 1, 300, 0.99)
    assert share_needed(0.99, 10, 0.95) > 1


def twins(seed: int, few: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    base = 100 + 20 * rng.standard_normal(400)
    return base, 8 + base[:few] + 4 * rng.standard_normal(few)


TRUTH = float(norm.sf((100 - 108) / np.hypot(20, 4)))


def test_few_twins_tell_the_chance_and_how_far_it_may_be_off() -> None:
    found = [chance_from_twins(*twins(seed, 12), 100.0) for seed in range(300)]
    values = np.array([each.value for each in found])
    assert abs(values.mean() - TRUTH) < 4 * values.std() / np.sqrt(len(values)) + 0.005
    assert np.mean([each.error for each in found]) == pytest.approx(values.std(), rel=0.2)


def test_few_runs_without_their_twins_tell_it_far_less_well() -> None:
    alone = [float((twins(seed, 12)[1] >= 100).mean()) for seed in range(300)]
    paired = [chance_from_twins(*twins(seed, 12), 100.0).value for seed in range(300)]
    assert np.std(alone) > 3 * np.std(paired)


def test_a_plan_that_changes_nothing_has_the_baselines_own_chance() -> None:
    base, _ = twins(1, 12)
    assert chance_from_twins(base, base[:12], 100.0).value == (base >= 100).mean()
