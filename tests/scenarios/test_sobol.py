"""Sobol's indices on functions whose indices are known, directly and through runs with luck."""

import numpy as np
import pytest
from scipy.special import ndtr

from scenarios.pairing import Floats
from scenarios.sobol import indices, indices_of_runs
from scenarios.surrogate import fit_surface

A, B = 7.0, 0.1
NAMES = ("first", "second", "third")


def ishigami(z: Floats) -> Floats:
    """Ishigami and Homma (1990), its inputs uniform between −π and π."""
    x = np.pi * (2 * ndtr(z) - 1)
    return np.asarray(np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0]), np.float64)


def ishigami_indices() -> Floats:
    first = (1 + B * np.pi**4 / 5) ** 2 / 2
    second, together = A**2 / 8, B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    return np.array([[first, second, 0], [first + together, second, together]]) / (first + second + together)


def test_the_indices_of_ishigamis_function_are_the_known_ones() -> None:
    found = indices(ishigami, 3, seed=1, points=8192)
    assert found == pytest.approx(ishigami_indices(), abs=0.01)


def test_inputs_taken_for_each_other_would_be_noticed() -> None:
    found = indices(lambda z: ishigami(z[:, [1, 0, 2]]), 3, seed=1, points=8192)
    assert np.abs(found - ishigami_indices()).max() > 0.1


def linear(seed: int, runs: int = 300) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((runs, 3))
    return z, 100 + z @ np.array([3.0, 2.0, 0.0]) + rng.standard_normal(runs)


LINEAR = np.array([9.0, 4.0, 0.0]) / 13


def test_intervals_through_runs_hold_the_indices_of_a_linear_model() -> None:
    held, total = 0, 0
    for seed in range(6):
        table = indices_of_runs(*linear(seed), NAMES, seed=seed, resamples=40).table.set_index("name")
        for order in ("first", "total"):
            low, high = (table.loc[list(NAMES[:2]), f"{order}_{end}"].to_numpy() for end in ("low", "high"))
            held += int(((low <= LINEAR[:2]) & (LINEAR[:2] <= high)).sum())
            total += 2
            assert table.loc["third", order] < 0.02
    assert held / total > 0.8


def test_the_surface_says_what_share_of_the_runs_it_predicts() -> None:
    surface = indices_of_runs(*linear(1), NAMES, seed=1).surface
    assert surface.explained == pytest.approx(13 / 14, abs=0.03)  # the rest is the runs' own luck
    assert surface.error == pytest.approx(1.0, abs=0.15)


def test_a_surface_that_cannot_follow_says_so() -> None:
    z = np.random.default_rng(3).standard_normal((300, 3))
    assert fit_surface(z, ishigami(z)).explained < 0.5


def test_what_nothing_moves_has_no_shares() -> None:
    z, _ = linear(1)
    found = indices_of_runs(z, np.full(len(z), 5.0), NAMES, seed=1, resamples=3)
    assert (found.table[["first", "total"]].to_numpy() == 0).all()


def test_a_surface_finds_products_and_squares() -> None:
    z = np.random.default_rng(4).standard_normal((200, 2))
    surface = fit_surface(z, 1 + z[:, 0] * z[:, 1] + z[:, 0] ** 2)
    at = np.array([[1.0, 2.0], [0.0, 3.0]])
    assert surface(at) == pytest.approx([4.0, 1.0], abs=1e-3)
