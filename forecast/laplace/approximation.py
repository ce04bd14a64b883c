"""The approximation: effects nearly normal given the spreads, and the spreads weighed by how well they explain.

The mean of the effects is moved from the mode by what the skewness of the likelihood asks for (a term that Rue, Martino
and Chopin's "simplified Laplace" has too).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.optimize import minimize
from scipy.special import ndtri
from scipy.stats import qmc

from forecast.laplace.design import Design, Spread, gather, scatter, variances, weigh
from forecast.laplace.likelihood import Likelihood
from sim.eventlog import Floats

_LOW, _HIGH = -7.0, 2.5
"""Bounds of log spreads: below, an effect can't be told from none; above, names have nothing in common."""
_STEP = 1e-3
_MANY_POINTS, _FEW_POINTS, _LARGE = 128, 64, 5000
_FREEDOM = 6.0
"""Degrees of freedom of the proposals: their tails must be heavier than the truth's."""


@dataclass(frozen=True, slots=True)
class Point:
    """What is known given the spreads: height and slope of their log posterior, and the effects' mean and bend."""

    height: float
    slope: Floats
    mode: Floats
    mean: Floats
    root: Floats
    """Lower Cholesky factor of the effects' precision."""


@dataclass(frozen=True, slots=True)
class Approximation:
    """Draws.

    Attributes
    ----------
    level
        Shape (draws,).
    effects
        One array a term of the design, shape (draws, levels) each.
    spreads
        Shape (draws, terms): standard deviations.
    more
        Shape (draws, further parameters): logs of the likelihood's own.
    efficiency
        Effective share of the points at which spreads were tried; near 0 the spreads are hard to tell.
    """

    level: Floats
    effects: tuple[Floats, ...]
    spreads: Floats
    more: Floats
    efficiency: float


def approximate(
    design: Design,
    likelihood: Likelihood,
    *,
    draws: int,
    rng: np.random.Generator,
    more: Sequence[Spread] = (),
    points: int = 0,
) -> Approximation:
    """Approximate the posterior of a level, its terms' effects, their spreads and ``more`` parameters.

    Parameters
    ----------
    design, likelihood
        The model; a design without cells gives the prior.
    draws, rng
        How many, and the dice.
    more
        Priors of the likelihood's further positive parameters, half-normal.
    points
        How many values of the spreads are weighed; 0 is more of them where a look is cheap.
    """
    points = points or (_MANY_POINTS if len(design.index) < _LARGE else _FEW_POINTS)
    search = Search(design, likelihood, tuple(more))
    best, root = search.centre()
    tried = _proposals(best, root, points, rng)
    found = [search.at(theta) for theta in tried.theta]
    weight = np.array([point.height for point in found]) - tried.log_density
    weight = np.exp(weight - weight.max())
    weight /= weight.sum()
    chosen = np.searchsorted(np.cumsum(weight), (np.arange(draws) + rng.random()) / draws).clip(max=points - 1)
    noise = rng.standard_normal((draws, len(design.owner)))
    normals = np.empty_like(noise)
    for k in np.unique(chosen):
        rows = chosen == k
        normals[rows] = found[k].mean + solve_triangular(found[k].root, noise[rows].T, lower=True, trans="T").T
    effects = normals @ design.basis.T
    order = rng.permutation(draws)
    parts = np.split(effects[order, 1:], np.cumsum([term.levels for term in design.terms])[:-1], axis=1)
    theta = np.exp(tried.theta[chosen][order])
    terms = len(design.terms)
    efficiency = 1 / (float((weight**2).sum()) * points)
    level, spreads = effects[order, 0], theta[:, :terms]
    return Approximation(level, tuple(parts[:terms]), spreads, np.log(theta[:, terms:]), efficiency)


class Search:
    """The log posterior of the spreads, remembering where the effects' last mode was."""

    def __init__(self, design: Design, likelihood: Likelihood, more: tuple[Spread, ...]) -> None:
        self.design, self.likelihood, self.more = design, likelihood, more
        self.scales = np.array([term.spread.scale for term in design.terms] + [spread.scale for spread in more])
        self.start = design.mean.copy()

    def at(self, theta: Floats, *, sloped: bool = False) -> Point:
        """Return the point for log spreads and further log parameters."""
        terms = len(self.design.terms)
        precision, rest = self.design.precision(theta[:terms]), theta[terms:]
        mode, value, root, skew = self._climb(precision, rest)
        away = mode - self.design.mean
        prior = float((theta - np.exp(2 * theta) / (2 * self.scales**2)).sum())
        height = value - 0.5 * precision @ away**2 + 0.5 * np.log(precision).sum() - np.log(np.diag(root)).sum() + prior
        covariance = cho_solve((root, True), np.eye(len(mode)))
        basis, index = self.design.basis, self.design.index
        lean = basis.T @ scatter(index, skew * variances(index, basis @ covariance @ basis.T), len(basis))
        mean = mode - 0.5 * covariance @ lean
        slope = np.zeros(len(theta))
        if sloped:
            slope[:terms] = self._slope(precision, away, covariance, lean)
            slope += 1 - np.exp(2 * theta) / self.scales**2
            slope[terms:] = self._slope_of_more(theta, height)
        return Point(float(height), slope, mode, mean, root)

    def centre(self) -> tuple[Floats, Floats]:
        """Return the best log spreads, and a root of their covariance there."""
        size = len(self.scales)
        if not size:
            return np.zeros(0), np.zeros((0, 0))
        start = np.log(self.scales / 2)

        def down(theta: Floats) -> tuple[float, Floats]:
            point = self.at(theta, sloped=True)
            return -point.height, -point.slope

        options = {"maxiter": 40, "ftol": 1e-6}
        found = minimize(down, start, jac=True, method="L-BFGS-B", bounds=[(_LOW, _HIGH)] * size, options=options)  # type: ignore[call-overload] # the stubs want one of many forms
        best = np.asarray(found.x, np.float64)
        here = self.at(best, sloped=True).slope
        bends = [(here - self.at(best + 0.1 * unit, sloped=True).slope) / 0.1 for unit in np.eye(size)]
        bend = (np.array(bends) + np.array(bends).T) / 2
        values, vectors = np.linalg.eigh(bend)
        # a direction that the data leave nearly flat is searched as widely as the prior allows
        return best, vectors * np.sqrt(1 / np.clip(values, 0.4, None))

    def _slope(self, precision: Floats, away: Floats, covariance: Floats, lean: Floats) -> Floats:
        """Return the slope by log spread: that of the prior and normalisation, and that of the moving mode."""
        owner = self.design.owner
        direct = precision * (away**2 + np.diag(covariance)) - 1
        moving = -0.5 * (covariance @ lean) * 2 * precision * away
        inside = owner >= 0
        return np.bincount(owner[inside], (direct + moving)[inside], len(self.design.terms))

    def _slope_of_more(self, theta: Floats, height: float) -> Floats:
        units = np.eye(len(theta))[len(self.design.terms) :]
        return np.array([(self.at(theta + _STEP * unit).height - height) / _STEP for unit in units])

    def _climb(self, precision: Floats, rest: Floats) -> tuple[Floats, float, Floats, Floats]:
        """Find the effects' mode by Newton's method, halving steps that don't climb."""
        design, index, basis = self.design, self.design.index, self.design.basis
        here = self.start
        at = self.likelihood(gather(index, basis @ here), rest)
        height = at.value - 0.5 * float(precision @ (here - design.mean) ** 2)
        for _ in range(60):
            slope = basis.T @ scatter(index, at.slope, len(basis)) - precision * (here - design.mean)
            bend = basis.T @ weigh(index, at.bend, len(basis)) @ basis + np.diag(precision)
            root = cho_factor(bend, lower=True)
            step = cho_solve(root, slope)
            if float(slope @ step) < 1e-7:
                break
            for _ in range(25):
                there = here + step
                then = self.likelihood(gather(index, basis @ there), rest)
                higher = then.value - 0.5 * float(precision @ (there - design.mean) ** 2)
                if higher >= height - 1e-9:
                    break
                step = step / 2
            here, at, height = there, then, higher
        self.start = here
        return here, at.value, np.tril(root[0]), at.skew


@dataclass(frozen=True, slots=True)
class _Tried:
    theta: Floats
    log_density: Floats


def _proposals(best: Floats, root: Floats, points: int, rng: np.random.Generator) -> _Tried:
    """Scatter points around the best spreads, evenly (Sobol), with the tails of Student's t."""
    size = len(best)
    if not size:
        return _Tried(np.zeros((points, 0)), np.zeros(points))
    even = qmc.Sobol(size, rng=rng).random(points)
    normal = ndtri(np.clip(even, 1e-9, 1 - 1e-9))
    stretch = np.sqrt(_FREEDOM / rng.chisquare(_FREEDOM, points))
    away = normal * stretch[:, None]
    theta = np.clip(best + away @ root.T, _LOW - 3, _HIGH + 1)
    density = -0.5 * (_FREEDOM + size) * np.log1p((away**2).sum(axis=1) / _FREEDOM)
    return _Tried(theta, density)
