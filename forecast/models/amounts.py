"""Amounts: what new deals are worth, and what is left of the list amount when a deal is won.

List amounts are lognormal cells (`forecast.models.cells`), a cell for each segment and product.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from forecast.grouped.worth import Worth
from forecast.models.cells import Beliefs, sample_cells
from forecast.priors import Priors
from sim.eventlog import Floats

if TYPE_CHECKING:
    import pymc as pm


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
    """Draw from the exact posterior."""
    found = sample_cells(worth.n, worth.total, worth.square, beliefs(priors), draws, rng)
    return Amounts(found.mean, found.spread, *_final(worth, priors, draws, rng))


def beliefs(priors: Priors) -> Beliefs:
    """Return the priors of list amounts."""
    return Beliefs(priors["amount_level"], priors["amount_group_spread"], priors["amount_spread"])


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

    believed, cells = beliefs(priors), len(worth.n)
    freedom = believed.freedom
    with pm.Model() as model:
        centre = pm.Normal("level", believed.level.value, believed.level.spread)
        tau = pm.HalfNormal("group", believed.group.spread)
        scale = pm.Gamma("typical", alpha=1.0, beta=1 / believed.typical.value**2)
        raw = pm.Normal("raw", 0, 1, shape=cells)
        mean = pm.Deterministic("mean", centre + tau * raw)
        variance = pm.InverseGamma("variance", alpha=freedom / 2, beta=freedom * scale / 2, shape=cells)
        away = worth.square - 2 * mean * worth.total + worth.n * mean**2
        pm.Potential("likelihood", (-0.5 * worth.n * pm.math.log(variance) - 0.5 * away / variance).sum())
    return model
