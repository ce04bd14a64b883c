"""The value of information against its closed form: a gain that is linear in normal numbers."""

import numpy as np
import pytest
from scipy.stats import norm

from scenarios.information import Information, value_of_information
from scenarios.pairing import Floats
from sim.errors import SpecError

MEAN, SLOPES, OWN, LUCK = -100.0, np.array([300.0, 100.0, 0.0]), 80.0, 1000.0
NAMES = ("large", "small", "none")
RUNS, SEEDS = 400, range(8)


def unit_loss(mean: float, spread: float) -> float:
    """Expected gain over 0 of choosing after a normal number is known (Raiffa and Schlaifer 1961)."""
    at = abs(mean) / spread
    return float(spread * (norm.pdf(at) - at * norm.sf(at)))


def benefits(seed: int, mean: float = MEAN) -> tuple[Floats, Floats]:
    """Two plans under the same luck; the second gains or loses what the numbers say."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((RUNS, 3))
    luck = LUCK * rng.standard_normal(RUNS)
    return z, np.stack([luck, luck + mean + z @ SLOPES + OWN * rng.standard_normal(RUNS)], axis=1)


@pytest.fixture(scope="module")
def found() -> list[Information]:
    return [value_of_information(*benefits(seed), NAMES, seed=seed, resamples=60) for seed in SEEDS]


def deviation(values: list[float], errors: list[float], truth: float) -> float:
    """Distance of a mean over seeds from the truth, in standard errors."""
    return float((np.mean(values) - truth) / (np.sqrt(np.mean(np.square(errors))) / np.sqrt(len(values))))


def test_knowing_everything_is_worth_what_the_closed_form_says(found: list[Information]) -> None:
    truth = unit_loss(MEAN, float(np.hypot(*SLOPES[:2])))
    assert abs(deviation([each.everything for each in found], [each.error for each in found], truth)) < 4


@pytest.mark.parametrize("name", NAMES[:2])
def test_knowing_one_number_is_worth_what_the_closed_form_says(found: list[Information], name: str) -> None:
    rows = [each.table.set_index("name").loc[name] for each in found]
    truth = unit_loss(MEAN, float(SLOPES[NAMES.index(name)]))
    assert abs(deviation([row["worth"] for row in rows], [row["error"] for row in rows], truth)) < 4


def test_the_standard_error_is_what_the_worth_scatters_by(found: list[Information]) -> None:
    scatter = np.std([each.everything for each in found], ddof=1)
    assert np.mean([each.error for each in found]) == pytest.approx(scatter, rel=0.6)


def test_taking_luck_for_something_to_be_known_would_be_noticed(found: list[Information]) -> None:
    wrong = []
    for seed in SEEDS:
        rng = np.random.default_rng([seed, 1])
        _, both = benefits(seed)
        both = both + LUCK * rng.standard_normal(both.shape)  # luck that the plans don't share
        wrong.append(float(both.max(axis=1).mean() - both.mean(axis=0).max()))
    truth = unit_loss(MEAN, float(np.hypot(*SLOPES[:2])))
    assert deviation(wrong, [each.error for each in found], truth) > 4


def test_the_choice_changes_as_often_as_the_gain_changes_its_sign(found: list[Information]) -> None:
    rows = [each.table.set_index("name").loc["large"] for each in found]
    assert np.mean([row["changes"] for row in rows]) == pytest.approx(norm.sf(100 / 300), abs=0.03)


def test_a_number_is_worth_nothing_where_no_value_of_it_changes_the_choice() -> None:
    sure = value_of_information(*benefits(1, mean=3_000.0), NAMES, seed=1, resamples=20)
    assert sure.best == 1
    assert sure.everything == pytest.approx(0, abs=1e-6)
    assert sure.table[["worth", "changes"]].to_numpy() == pytest.approx(0, abs=1e-6)


def test_one_plan_is_no_choice() -> None:
    z, both = benefits(1)
    with pytest.raises(SpecError, match="two plans"):
        value_of_information(z, both[:, :1], NAMES, seed=1)
