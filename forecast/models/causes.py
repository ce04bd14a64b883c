"""Causes: why deals are lost, by stage; multinomial counts, the stages pulled towards what all of them have in common.

causes of a stage's losses ~ Multinomial(shares),  shares ~ Dirichlet(weight · shares of all stages)
"""

import numpy as np

from forecast.priors import Priors
from sim.eventlog import Floats

_LEAST = 1e-3
"""No cause that was ever named is impossible."""


def sample(counts: Floats, priors: Priors, draws: int, rng: np.random.Generator) -> Floats:
    """Draw the shares of the causes, shape (draws, stages, causes); ``counts`` are losses by stage and cause."""
    common = counts.sum(axis=0) + _LEAST
    weight = priors["cause_weight"].value * common / common.sum()
    return np.stack([rng.dirichlet(row + weight, draws) for row in counts], axis=1)
