"""A surface through runs: what a figure is on average wherever its inputs stand, learnt from runs scattered over them.

A quadratic response surface (Box and Wilson 1951, "On the experimental attainment of optimum conditions", Journal of
the Royal Statistical Society B 13), or a plane where that says as much, shrunk by a ridge penalty. Which of them, and
how much shrinking, is what predicts each run best from all others (leave one out), and how well that goes is told with
the surface: `Surface.explained` is the share of the runs' variance that it predicts, and includes the luck of each run,
which no surface can.
"""

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np

from scenarios.pairing import Floats
from sim.errors import require

_PENALTIES = np.logspace(-8, 1, 19)
"""Ridge penalties tried, as a share of the largest squared singular value."""

type Term = tuple[int, ...]
"""The inputs that are multiplied, by their place."""


@dataclass(frozen=True)
class Surface:
    """A fitted surface.

    Attributes
    ----------
    terms, penalty
        Products of inputs, and how much their coefficients were shrunk.
    weights, level
        The coefficients, shape (terms,), and the constant.
    error
        Root mean squared error of predicting a run that wasn't seen, in the figure's unit.
    explained
        Share of the runs' variance that is predicted so, 0 or less where nothing is.
    """

    terms: tuple[Term, ...]
    penalty: float
    weights: Floats
    level: float
    error: float
    explained: float

    def __call__(self, inputs: Floats) -> Floats:
        """Return the figure on average at inputs of shape (points, inputs)."""
        return self.level + features(inputs, self.terms) @ self.weights


def features(inputs: Floats, terms: tuple[Term, ...]) -> Floats:
    """Return the products of inputs, shape (points, terms)."""
    return np.stack([inputs[:, list(term)].prod(axis=1) for term in terms], axis=1)


def terms_up_to(degree: int, inputs: int) -> tuple[Term, ...]:
    """Return all products of up to ``degree`` inputs, a square counting as two."""
    return tuple(term for d in range(1, degree + 1) for term in combinations_with_replacement(range(inputs), d))


def fit_surface(inputs: Floats, values: Floats, degrees: tuple[int, ...] = (1, 2)) -> Surface:
    """Fit a surface.

    Parameters
    ----------
    inputs
        Shape (runs, inputs), each roughly within −3 and 3.
    values
        The figure, shape (runs,), four runs or more.
    degrees
        How many inputs a product may have; the degree that predicts best is taken.
    """
    require(len(values) > 3, f"surface: needs four runs or more, got {len(values)}")
    surfaces = [_best_ridge(inputs, values, terms_up_to(degree, inputs.shape[1])) for degree in degrees]
    return min(surfaces, key=lambda surface: surface.error)


def refitted(surface: Surface, inputs: Floats, values: Floats) -> Surface:
    """Return the surface of the same terms and penalty through other runs."""
    return _Ridge(inputs, values, surface.terms).surface(surface.penalty)


def _best_ridge(inputs: Floats, values: Floats, terms: tuple[Term, ...]) -> Surface:
    ridge = _Ridge(inputs, values, terms)
    return min((ridge.surface(float(penalty)) for penalty in _PENALTIES), key=lambda surface: surface.error)


class _Ridge:
    """Ridge regression on terms brought to the same scale, with all penalties from one decomposition."""

    def __init__(self, inputs: Floats, values: Floats, terms: tuple[Term, ...]) -> None:
        raw = features(inputs, terms)
        self._terms = terms
        self._values = values
        self._middle, scale = raw.mean(axis=0), raw.std(axis=0)
        self._scale = np.where(scale > 0, scale, 1.0)
        self._left, self._singular, self._right = np.linalg.svd((raw - self._middle) / self._scale, full_matrices=False)
        self._along = self._left.T @ (values - values.mean())

    def surface(self, penalty: float) -> Surface:
        """Return the surface; the errors of leaving one run out come from the hat matrix's diagonal."""
        added = penalty * max(1e-300, float(self._singular[0]) ** 2)
        weights = (self._right.T @ (self._singular / (self._singular**2 + added) * self._along)) / self._scale
        kept = self._singular**2 / (self._singular**2 + added)
        leverage = (self._left**2 * kept).sum(axis=1) + 1 / len(self._values)
        mean = float(self._values.mean())
        misses = (self._values - mean - self._left @ (kept * self._along)) / np.maximum(1e-9, 1 - leverage)
        squared, variance = float((misses**2).mean()), float(self._values.var())
        explained = 1 - squared / variance if variance > 0 else 0.0
        level = mean - float(self._middle @ weights)
        return Surface(self._terms, penalty, weights, level, float(np.sqrt(squared)), explained)
