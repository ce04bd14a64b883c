"""Amounts: what new deals are worth, and what is left of the list amount when a deal is won.

    log amount ~ Normal(mean of its segment and product, spread of it)
    mean       ~ Normal(level, group spread)
    spread²    ~ scaled inverse χ²(4 degrees of freedom, typical spread²)

Not knowing a cell's spread gives its new deals the tails of Student's t: the fewer deals, the heavier.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast.grouped.worth import Worth
from forecast.priors import Priors
from sim.eventlog import Floats

if TYPE_CHECKING:
    import pymc as pm

_WARM_UP = 300
_GRID = np.exp(np.linspace(-5, 2, 120))
"""Group spreads that are weighed."""
_LEAST = 1e-6


@dataclass(frozen=True)
class Amounts:
    """Draws: mean and spread of log amounts by cell, shape (draws, cells); shares and log changes, shape (draws,)."""

    mean: Floats
    spread: Floats
    without: Floats
    same: Floats
    change: Floats
    change_spread: Floats


def sample(worth: Worth, priors: Priors, draws: int, rng: np.random.Generator) -> Amounts:
    """Draw from the exact posterior by Gibbs sampling; every condition is of a known kind."""
    level, group = priors["amount_level"], priors["amount_group_spread"]
    typical = priors["amount_spread"]
    freedom = 2 * typical.spread
    chain = _Chain(worth, level.value, level.spread, group.spread, typical.value**2, freedom)
    means, spreads = np.empty((draws, len(worth.n))), np.empty((draws, len(worth.n)))
    for k in range(-_WARM_UP, draws):
        chain.step(rng)
        if k >= 0:
            means[k], spreads[k] = chain.mean, np.sqrt(chain.variance)
    return Amounts(means, spreads, *_final(worth, priors, draws, rng))


class _Chain:
    """The state of the Gibbs sampler."""

    def __init__(self, worth: Worth, at: float, sd: float, scale: float, typical: float, freedom: float) -> None:
        self.n, self.total, self.square = worth.n, worth.total, worth.square
        self.at, self.sd, self.scale, self.prior, self.freedom = at, sd, scale, typical, freedom
        known = self.total.sum() / max(self.n.sum(), 1.0)
        self.level, self.group = (known if self.n.sum() else at), scale / 2
        self.mean = np.full(len(self.n), self.level)
        self.variance, self.typical = np.full(len(self.n), typical), typical

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


def _final(worth: Worth, priors: Priors, draws: int, rng: np.random.Generator) -> tuple[Floats, ...]:
    """Draw shares of wins without amount and at the list amount, and mean and spread of other log changes."""
    free, change = priors["without_amount"], priors["amount_change"]
    weight = max(1.0, free.value * (1 - free.value) / free.spread**2 - 1) + 5
    without = rng.beta(
        worth.without + weight * free.value, worth.known - worth.without + weight * (1 - free.value), draws
    )
    same = rng.beta(worth.same + 0.5, worth.changed + 0.5, draws)
    n = worth.changed + 1.0
    mean = (worth.change_total + change.value) / n
    sums = worth.change_square + change.value**2 - n * mean**2 + 2 * change.spread**2
    variance = sums / 2 / rng.gamma((worth.changed + 3) / 2, size=draws)
    return without, same, mean + rng.standard_normal(draws) * np.sqrt(variance / n), np.sqrt(variance)


def build(worth: Worth, priors: Priors) -> "pm.Model":
    """Build the same model of log amounts in PyMC. Variables: ``level``, ``group``, ``mean``, ``variance``."""
    import pymc as pm  # noqa: PLC0415 - loading it takes seconds, and the fast fit does without

    level, group, typical = priors["amount_level"], priors["amount_group_spread"], priors["amount_spread"]
    freedom, cells = 2 * typical.spread, len(worth.n)
    with pm.Model() as model:
        centre = pm.Normal("level", level.value, level.spread)
        tau = pm.HalfNormal("group", group.spread)
        scale = pm.Gamma("typical", alpha=1.0, beta=1 / typical.value**2)
        raw = pm.Normal("raw", 0, 1, shape=cells)
        mean = pm.Deterministic("mean", centre + tau * raw)
        variance = pm.InverseGamma("variance", alpha=freedom / 2, beta=freedom * scale / 2, shape=cells)
        away = worth.square - 2 * mean * worth.total + worth.n * mean**2
        pm.Potential("likelihood", (-0.5 * worth.n * pm.math.log(variance) - 0.5 * away / variance).sum())
    return model
