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
    terms, weights, level
        Products of inputs, their coefficients, and the constant.
    error
        Root mean squared error of predicting a run that wasn't seen, in the figure's unit.
    explained
        Share of the runs' variance that is predicted so, 0 or less where nothing is.
    """

    terms: tuple[Term, ...]
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


def fit_surface(inputs: Floats, values: Floats) -> Surface:
    """Fit a surface.

    Parameters
    ----------
    inputs
        Shape (runs, inputs), each roughly within −3 and 3.
    values
        The figure, shape (runs,), four runs or more.
    """
    require(len(values) > 3, f"surface: needs four runs or more, got {len(values)}")
    surfaces = [_ridge(inputs, values, terms_up_to(degree, inputs.shape[1])) for degree in (1, 2)]
    return min(surfaces, key=lambda surface: surface.error)


def _ridge(inputs: Floats, values: Floats, terms: tuple[Term, ...]) -> Surface:
    """Fit all terms, shrunk as predicts best; the leave-one-out errors come from the hat matrix's diagonal."""
    raw = features(inputs, terms)
    middle, scale = raw.mean(axis=0), raw.std(axis=0)
    scale[scale == 0] = 1.0
    left, singular, right = np.linalg.svd((raw - middle) / scale, full_matrices=False)
    mean = float(values.mean())
    along = left.T @ (values - mean)

    def without_one(penalty: float) -> float:
        kept = singular**2 / (singular**2 + penalty)
        leverage = (left**2 * kept).sum(axis=1) + 1 / len(values)
        misses = (values - mean - left @ (kept * along)) / np.maximum(1e-9, 1 - leverage)
        return float(np.sqrt((misses**2).mean()))

    largest = max(1e-300, float(singular[0]) ** 2)
    errors = {penalty: without_one(penalty) for penalty in (_PENALTIES * largest).tolist()}
    penalty = min(errors, key=lambda each: errors[each])
    weights = (right.T @ (singular / (singular**2 + penalty) * along)) / scale
    variance = float(values.var())
    explained = 1 - errors[penalty] ** 2 / variance if variance > 0 else 0.0
    return Surface(terms, weights, mean - float(middle @ weights), errors[penalty], explained)
