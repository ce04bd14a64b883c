"""Designs: a linear predictor that is a level and one effect of each term, and the arithmetic of its cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import block_diag

from forecast.grouped.grid import Ints
from sim.eventlog import Floats
from sim.jit import rule


@dataclass(frozen=True, slots=True)
class Spread:
    """A standard deviation that isn't known: half-normal with this scale."""

    scale: float


@dataclass(frozen=True, slots=True)
class Term:
    """A family of effects, one a level: ``basis`` times independent normals of the term's spread.

    ``basis`` has shape (levels, dimensions): `zero_sum_basis` for names, `walk_basis` for ages and weeks, an identity
    for shocks, which have a mean of their own.
    """

    name: str
    basis: Floats
    spread: Spread

    @property
    def levels(self) -> int:
        """Count the levels."""
        return len(self.basis)


def zero_sum_basis(levels: int) -> Floats:
    """Return an orthonormal basis of effects that add up to 0: shape (levels, levels - 1)."""
    basis = np.zeros((levels, max(0, levels - 1)))
    for k in range(1, levels):
        basis[:k, k - 1], basis[k, k - 1] = 1.0, -float(k)
    return basis / np.maximum(np.sqrt((basis**2).sum(axis=0)), 1e-300)


def walk_basis(levels: int) -> Floats:
    """Return what turns a random walk's steps into effects that add up to 0: shape (levels, levels - 1)."""
    walk = np.tril(np.ones((levels, levels)), -1)[:, : levels - 1]
    return walk - walk.mean(axis=0)


@dataclass(frozen=True)
class Design:
    """Which level of each term a cell has.

    Attributes
    ----------
    terms
        The families of effects.
    codes
        One array of codes a term, shape (cells,) each.
    level
        Mean and standard deviation of the normal prior of the common level.
    """

    terms: tuple[Term, ...]
    codes: Sequence[Ints]
    level: tuple[float, float]

    @cached_property
    def index(self) -> Ints:
        """Places of a cell's effects among all of them, the level first: shape (cells, terms + 1)."""
        starts = np.cumsum([1, *(term.levels for term in self.terms)])
        n = len(self.codes[0]) if len(self.codes) else 0
        columns = [np.zeros(n, np.int64), *(start + code for start, code in zip(starts, self.codes, strict=False))]
        return np.ascontiguousarray(np.stack(columns, axis=1), np.int64)

    @cached_property
    def basis(self) -> Floats:
        """From independent normals to the level and all effects: shape (1 + levels, dimensions)."""
        return np.asarray(block_diag(np.eye(1), *(term.basis for term in self.terms)), np.float64)

    @cached_property
    def owner(self) -> Ints:
        """The term of each dimension, -1 for the level: shape (dimensions,)."""
        return np.concatenate([[-1], *(np.full(term.basis.shape[1], k) for k, term in enumerate(self.terms))])

    def precision(self, log_spread: Floats) -> Floats:
        """Return the prior precision of each dimension for the terms' log spreads."""
        each = np.append(np.exp(-2 * log_spread), 1 / self.level[1] ** 2)
        return each[self.owner]

    @cached_property
    def mean(self) -> Floats:
        """Prior mean of each dimension."""
        return np.where(self.owner == -1, self.level[0], 0.0)


@rule
def gather(index: Ints, effects: Floats) -> Floats:
    """Add up each cell's effects: shape (cells,)."""
    n, width = index.shape
    total = np.zeros(n)
    for i in range(n):
        for k in range(width):
            total[i] += effects[index[i, k]]
    return total


@rule
def scatter(index: Ints, values: Floats, size: int) -> Floats:
    """Add each cell's value to all of its effects, the transpose of `gather`: shape (size,)."""
    total = np.zeros(size)
    n, width = index.shape
    for i in range(n):
        for k in range(width):
            total[index[i, k]] += values[i]
    return total


@rule
def weigh(index: Ints, weight: Floats, size: int) -> Floats:
    """Add up the weights of the cells by pair of effects: shape (size, size)."""
    total = np.zeros((size, size))
    n, width = index.shape
    for i in range(n):
        for k in range(width):
            a = index[i, k]
            for j in range(k + 1):
                total[a, index[i, j]] += weight[i]
    for a in range(size):
        for b in range(a):
            both = total[a, b] + total[b, a]
            total[a, b] = both
            total[b, a] = both
    return total


@rule
def variances(index: Ints, covariance: Floats) -> Floats:
    """Return the variance of each cell's sum of effects: shape (cells,)."""
    n, width = index.shape
    total = np.zeros(n)
    for i in range(n):
        for k in range(width):
            for j in range(width):
                total[i] += covariance[index[i, k], index[i, j]]
    return total
