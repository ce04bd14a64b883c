"""The fast fit against brute force: integrals on a grid of level, effect and spread."""

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import nbinom

from forecast.laplace import Design, Spread, Term, approximate, binomial, negative_binomial, walk_basis, zero_sum_basis
from forecast.laplace.design import gather, scatter, variances, weigh

DRAWS = 4000
EVENTS, AT_RISK = np.array([12.0, 30.0]), np.array([100.0, 120.0])
LEVEL, SCALE = (-1.0, 1.5), 0.5
DESIGN = Design((Term("group", zero_sum_basis(2), Spread(SCALE)),), [np.array([0, 1])], LEVEL)


def by_quadrature() -> dict[str, tuple[float, float]]:
    """Return mean and standard deviation of level, effect of the first group, and log spread."""
    level, unit, theta = np.meshgrid(
        np.linspace(-3.2, 0.2, 80), np.linspace(-5, 5, 81), np.linspace(-9, 1, 81), indexing="ij"
    )
    spread = np.exp(theta)
    effect = unit * spread
    height = -0.5 * ((level - LEVEL[0]) / LEVEL[1]) ** 2 - 0.5 * unit**2
    height += theta - spread**2 / (2 * SCALE**2)
    for sign, events, at_risk in zip((1, -1), EVENTS, AT_RISK, strict=True):
        eta = level + sign * effect * DESIGN.terms[0].basis[0, 0]
        height += events * np.log(expit(eta)) + (at_risk - events) * np.log(expit(-eta))
    weight = np.exp(height - height.max())
    weight /= weight.sum()
    found = {}
    for name, values in (("level", level), ("effect", effect * DESIGN.terms[0].basis[0, 0]), ("theta", theta)):
        mean = float((weight * values).sum())
        found[name] = (mean, float(np.sqrt((weight * (values - mean) ** 2).sum())))
    return found


def by_laplace(events: np.ndarray) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    done = approximate(DESIGN, binomial(events, AT_RISK), draws=DRAWS, rng=rng, points=512)
    return {"level": done.level, "effect": done.effects[0][:, 0], "theta": np.log(done.spreads[:, 0])}


@pytest.mark.parametrize("name", ["level", "effect", "theta"])
def test_means_and_spreads_agree_with_integrals_on_a_grid(name: str) -> None:
    mean, sd = by_quadrature()[name]
    draws = by_laplace(EVENTS)[name]
    assert abs(draws.mean() - mean) < 0.15 * sd
    # a spread of two names alone is the hardest case: its long tail towards 0 is cut a little short
    assert (0.8 if name == "theta" else 0.9) < draws.std() / sd < 1.1


def test_the_comparison_catches_five_events_too_many() -> None:
    mean, sd = by_quadrature()["effect"]
    wrong = by_laplace(EVENTS + np.array([5.0, 0.0]))["effect"]
    assert abs(wrong.mean() - mean) > 0.15 * sd


def test_a_design_without_cells_gives_the_prior() -> None:
    empty = Design(DESIGN.terms, [np.zeros(0, np.int64)], LEVEL)
    done = approximate(empty, binomial(np.zeros(0), np.zeros(0)), draws=DRAWS, rng=np.random.default_rng(1))
    assert done.level.mean() == pytest.approx(LEVEL[0], abs=4 * LEVEL[1] / np.sqrt(DRAWS))
    assert done.level.std() == pytest.approx(LEVEL[1], rel=0.06)
    assert done.spreads.mean() == pytest.approx(SCALE * np.sqrt(2 / np.pi), rel=0.15)


def test_dispersion_of_counts_comes_back_in_posterior_standard_deviations() -> None:
    rng, alpha, mean = np.random.default_rng(5), 0.2, 40.0
    counts = nbinom.rvs(1 / alpha, 1 / (1 + alpha * mean), size=120, random_state=rng) * 1.0
    design = Design((), [], (3.0, 2.0))
    object.__setattr__(design, "index", np.zeros((120, 1), np.int64))
    done = approximate(design, negative_binomial(counts), draws=DRAWS, rng=rng, more=[Spread(0.5)])
    for draws, true in ((done.level, np.log(mean)), (np.exp(done.more[:, 0]), alpha)):
        assert abs(draws.mean() - true) < 3.5 * draws.std()


def test_effects_of_a_walk_and_of_names_add_up_to_zero() -> None:
    for basis in (walk_basis(6), zero_sum_basis(6)):
        assert np.abs(basis.sum(axis=0)).max() < 1e-12
        assert np.linalg.matrix_rank(basis) == 5


def test_the_compiled_sums_are_those_of_plain_matrices() -> None:
    rng = np.random.default_rng(2)
    index = np.column_stack([np.zeros(30, np.int64), rng.integers(1, 4, 30), rng.integers(4, 9, 30)])
    matrix, weight = np.zeros((30, 9)), rng.random(30)
    for column in index.T:
        matrix[np.arange(30), column] = 1.0
    effects, square = rng.random(9), rng.random((9, 9))
    assert gather(index, effects) == pytest.approx(matrix @ effects)
    assert scatter(index, weight, 9) == pytest.approx(matrix.T @ weight)
    assert weigh(index, weight, 9) == pytest.approx(matrix.T * weight @ matrix)
    assert variances(index, square) == pytest.approx(((matrix @ square) * matrix).sum(axis=1))
