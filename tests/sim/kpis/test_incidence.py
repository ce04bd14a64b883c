"""Aalen-Johansen against the plain fraction, a brute-force product and a planted error."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kpis.incidence import cumulative_incidence, days_until, share_by

CAUSES = ("won", "lost")
cases = st.lists(st.tuples(st.integers(0, 6).map(float), st.integers(0, 2)), max_size=30)


def _split(given_cases: list[tuple[float, int]]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    days, outcome = zip(*given_cases, strict=True) if given_cases else ((), ())
    return np.array(days, np.float64), np.array(outcome, np.int64)


def _step_by_step(given_cases: list[tuple[float, int]], cause: int, day: float) -> float:
    """Walk through the ages, as the estimator is explained on a blackboard."""
    still_open, share = 1.0, 0.0
    for age in sorted({days for days, outcome in given_cases if outcome and days <= day}):
        watched = sum(days >= age for days, _ in given_cases)
        share += still_open * sum(days == age and outcome == cause for days, outcome in given_cases) / watched
        still_open *= 1 - sum(days == age and outcome > 0 for days, outcome in given_cases) / watched
    return share


def test_an_open_case_counts_for_as_long_as_it_was_watched() -> None:
    curve = cumulative_incidence(np.array([1.0, 2.0, 3.0, 4.0]), np.array([1, 0, 2, 1]), CAUSES)
    assert curve.index.tolist() == [1, 3, 4]
    assert curve["at_risk"].tolist() == [4, 2, 1]
    assert curve["won"].tolist() == pytest.approx([1 / 4, 1 / 4, 1 / 4 + 3 / 8])
    assert curve["lost"].tolist() == pytest.approx([0, 3 / 8, 3 / 8])
    assert curve["open"].tolist() == pytest.approx([3 / 4, 3 / 8, 0])


@given(cases)
def test_the_estimate_is_that_of_a_step_by_step_walk(given_cases: list[tuple[float, int]]) -> None:
    curve = cumulative_incidence(*_split(given_cases), CAUSES)
    for day in (0.0, 2.5, 6.0):
        for number, cause in enumerate(CAUSES, start=1):
            assert share_by(curve, cause, day) == pytest.approx(_step_by_step(given_cases, number, day))


@given(cases)
def test_the_shares_of_all_ends_and_of_the_open_add_up_to_one(given_cases: list[tuple[float, int]]) -> None:
    curve = cumulative_incidence(*_split(given_cases), CAUSES)
    assert np.allclose(curve[["open", *CAUSES]].sum(axis=1), 1)


@given(cases)
def test_without_open_cases_it_is_the_plain_share(given_cases: list[tuple[float, int]]) -> None:
    closed = [case for case in given_cases if case[1]]
    curve = cumulative_incidence(*_split(closed), CAUSES)
    for day in (0.0, 3.0, 6.0):
        plain = np.mean([days <= day and outcome == 1 for days, outcome in closed]) if closed else 0.0
        assert share_by(curve, "won", day) == pytest.approx(plain)


def _z_of_won_share(won_chance: float) -> float:
    """Censor exponential competing risks heavily; return the estimate minus theory in standard errors over repeats."""
    rng, n, repeats = np.random.default_rng(4), 400, 200
    estimates = []
    for _ in range(repeats):
        days, watched = rng.exponential(2.0, n), rng.uniform(0.0, 4.0, n)
        outcome = np.where(days <= watched, np.where(rng.random(n) < won_chance, 1, 2), 0)
        curve = cumulative_incidence(np.minimum(days, watched), outcome, CAUSES)
        estimates.append(share_by(curve, "won", 3.0))
    theory = 0.3 * (1 - np.exp(-3.0 / 2.0))
    return float((np.mean(estimates) - theory) / (np.std(estimates) / np.sqrt(repeats)))


def test_heavy_censoring_does_not_bias_the_estimate() -> None:
    assert abs(_z_of_won_share(0.3)) < 4


def test_the_same_check_catches_a_chance_that_is_off_by_a_twentieth() -> None:
    assert abs(_z_of_won_share(0.3 * 1.05)) > 4


def test_a_quantile_is_the_first_age_at_which_the_share_is_reached() -> None:
    curve = cumulative_incidence(np.arange(1.0, 11.0), np.ones(10, np.int64), CAUSES)
    assert days_until(curve, "won", 0.5) == 5
    assert days_until(curve, "won", 0.9) == 9
    assert np.isnan(days_until(curve, "lost", 0.1))


def test_nothing_seen_to_end_gives_no_rows_a_share_of_zero_and_no_quantile() -> None:
    for n in (0, 3):
        curve = cumulative_incidence(np.ones(n), np.zeros(n, np.int64), CAUSES)
        assert isinstance(curve, pd.DataFrame)
        assert curve.empty
        assert share_by(curve, "won", 9.0) == 0
        assert np.isnan(days_until(curve, "won", 0.5))
