"""The estimators on their own, against closed forms and against data drawn from what they estimate."""

import numpy as np
import pytest

from forecast.calibration.logistic import fit_odds
from forecast.calibration.stages import rep_skills
from forecast.calibration.survival import from_curve, kaplan_meier, two_ways
from sim.distributions import Fixed


def logistic_data(n: int, effect: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    luck = np.random.default_rng(5)
    features = np.column_stack([np.ones(n), luck.normal(size=n)])
    outcome = luck.random(n) < 1 / (1 + np.exp(-features @ np.array(effect)))
    return features, outcome.astype(float)


def test_logistic_effects_come_back_within_their_errors() -> None:
    features, outcome = logistic_data(20_000, (-1.0, 0.5))
    found = fit_odds(features, outcome, np.array([np.inf, np.inf]))
    z = (found.effect - np.array([-1.0, 0.5])) / found.error
    assert (np.abs(z) < 4).all()
    off = (found.effect - 1.2 * np.array([-1.0, 0.5])) / found.error
    assert (np.abs(off) > 4).all()


def test_an_intercept_alone_is_the_share() -> None:
    outcome = np.array([1.0] * 30 + [0.0] * 70)
    found = fit_odds(np.ones((100, 1)), outcome, np.array([np.inf]))
    assert 1 / (1 + np.exp(-found.effect[0])) == pytest.approx(0.3)
    assert found.error[0] == pytest.approx(1 / np.sqrt(100 * 0.3 * 0.7))


def test_the_prior_tames_a_name_seen_once() -> None:
    features = np.column_stack([np.ones(101), np.append(np.zeros(100), 1.0)])
    outcome = np.append(np.repeat([0.0, 1.0], 50), 1.0)
    tamed = fit_odds(features, outcome, np.array([np.inf, 0.7]))
    assert 0 < tamed.effect[1] < 0.5


def test_without_open_cases_both_curves_are_plain_shares() -> None:
    age = np.array([1.0, 2.0, 3.0, 4.0])
    won = np.array([True, False, True, False])
    curves = two_ways(age, won, ~won)
    assert curves.share_advancing == pytest.approx(0.5)
    assert curves.chance_still_to_advance(np.array([0.0, 2.5, 9.0])) == pytest.approx([0.5, 0.5, 0.0])


def test_censored_durations_keep_their_mean() -> None:
    luck = np.random.default_rng(8)
    whole, watched = luck.exponential(3.0, 20_000), luck.uniform(0, 30, 20_000)
    found = kaplan_meier(np.minimum(whole, watched), whole <= watched)
    error = 3.0 / np.sqrt(20_000)
    assert abs(found.mean - 3.0) < 6 * error
    naive = whole[whole <= watched].mean()
    assert abs(naive - 3.0) > 6 * error


def test_what_nobody_closed_counts_as_lost_at_the_highest_age_seen() -> None:
    age = np.array([1.0, 2.0, 50.0, 50.0])
    won = np.array([True, True, False, False])
    curves = two_ways(age, won, np.zeros(4, bool))
    assert curves.share_advancing == pytest.approx(0.5)
    assert curves.duration(advancing=False) == Fixed(50.0)


def test_a_curve_without_a_rise_lasts_no_time() -> None:
    assert from_curve(np.array([]), np.array([])) == Fixed(0.0)


def test_reps_who_differ_by_chance_alone_get_next_to_no_skill() -> None:
    luck = np.random.default_rng(3)
    owner = np.repeat(np.arange(20), 100)
    alike = rep_skills(owner, (luck.random(2000) < 0.3).astype(float), np.full(2000, 0.3))
    assert max(abs(value) for value in alike.values()) < 0.15
    better = 0.3 + 0.3 * (owner < 5)
    found = rep_skills(owner, (luck.random(2000) < better).astype(float), np.full(2000, 0.375))
    assert min(found[rep] for rep in range(5)) > max(found[rep] for rep in range(5, 20))
