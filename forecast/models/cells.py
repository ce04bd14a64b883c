"""Cells: numbers that scatter lognormally, by group, the groups pulled together as far as the data let them.

    log number ~ Normal(mean of its cell, spread of it)
    mean       ~ Normal(level, group spread)
    spread²    ~ scaled inverse χ²(4 degrees of freedom, typical spread²)

Not knowing a cell's spread gives its new numbers the tails of Student's t: the fewer seen, the heavier.
"""

from dataclasses import dataclass

import numpy as np

from forecast.priors import Prior
from sim.eventlog import Floats

_WARM_UP = 300
_GRID = np.exp(np.linspace(-5, 2, 120))
"""Group spreads that are weighed."""
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Priors of the common level, of the spread between cells, and of the typical spread within one."""

    level: Prior
    group: Prior
    typical: Prior

    @property
    def freedom(self) -> float:
        """Degrees of freedom of a cell's spread."""
        return 2 * self.typical.spread


@dataclass(frozen=True, slots=True)
class Cells:
    """Draws of what is not known.

    Attributes
    ----------
    mean, spread
        Of the logarithms by cell, shape (draws, cells).
    level, group, typical
        The common level, the spread between cells and the typical spread within one, shape (draws,).
    """

    mean: Floats
    spread: Floats
    level: Floats
    group: Floats
    typical: Floats


def sample_cells(
    n: Floats, total: Floats, square: Floats, beliefs: Beliefs, draws: int, rng: np.random.Generator
) -> Cells:
    """Draw from the exact posterior by Gibbs sampling; every condition is of a known kind.

    Parameters
    ----------
    n, total, square
        Numbers seen in each cell, Σ log and Σ log² of them: shape (cells,).
    beliefs
        The priors.
    draws, rng
        How many draws, and the dice.
    """
    chain = _Chain(n, total, square, beliefs)
    means, spreads, common = np.empty((draws, len(n))), np.empty((draws, len(n))), np.empty((draws, 3))
    for k in range(-_WARM_UP, draws):
        chain.step(rng)
        if k >= 0:
            means[k], spreads[k] = chain.mean, np.sqrt(chain.variance)
            common[k] = chain.level, chain.group, np.sqrt(chain.typical)
    return Cells(means, spreads, *common.T)


class _Chain:
    """The state of the Gibbs sampler."""

    def __init__(self, n: Floats, total: Floats, square: Floats, beliefs: Beliefs) -> None:
        self.n, self.total, self.square = n, total, square
        self.at, self.sd, self.scale = beliefs.level.value, beliefs.level.spread, beliefs.group.spread
        self.prior, self.freedom = beliefs.typical.value**2, beliefs.freedom
        self.level, self.group = (total.sum() / n.sum() if n.sum() else self.at), self.scale / 2
        self.mean = np.full(len(n), self.level)
        self.variance, self.typical = np.full(len(n), self.prior), self.prior

    def step(self, rng: np.random.Generator) -> None:
        """Draw every unknown in turn, given all others."""
        cells = len(self.n)
        weight = self.n / self.variance + 1 / self.group**2
        middle = (self.total / self.variance + self.level / self.group**2) / weight
        self.mean = middle + rng.standard_normal(cells) / np.sqrt(weight)
        away = np.maximum(self.square - 2 * self.mean * self.total + self.n * self.mean**2, 0.0)
        shape = (self.freedom + self.n) / 2
        self.variance = np.maximum((self.freedom * self.typical + away) / 2 / rng.gamma(shape), _LEAST**2)
        rate = 1 / self.prior + self.freedom / 2 * (1 / self.variance).sum()
        self.typical = rng.gamma(1 + cells * self.freedom / 2) / rate
        weight_of_all = cells / self.group**2 + 1 / self.sd**2
        centre = (self.mean.sum() / self.group**2 + self.at / self.sd**2) / weight_of_all
        self.level = centre + rng.standard_normal() / np.sqrt(weight_of_all)
        spread = ((self.mean - self.level) ** 2).sum()
        heights = (1 - cells) * np.log(_GRID) - spread / (2 * _GRID**2) - _GRID**2 / (2 * self.scale**2)
        chances = np.cumsum(np.exp(heights - heights.max()))
        self.group = float(_GRID[np.searchsorted(chances, rng.random() * chances[-1])])
