"""The score: a noisy view of a lead's quality, and the tiers cut from it."""

import math

import numpy as np
import numpy.typing as npt

from sim.distributions import Floats, normal_chance_below, normal_quantile
from sim.jit import rule


def correlation(concordance: float) -> float:
    """Return the correlation of score and quality that gives a concordance.

    Greiner's relation for the bivariate normal: of two leads, the better has the higher score with probability ½ +
    arcsin(ρ) / π.
    """
    return math.sin(math.pi * (concordance - 0.5))


@rule
def scores(quality: Floats, noise: Floats, rho: float) -> Floats:
    """Return scores in [0, 100]: the percentile of ρ × quality + √(1 - ρ²) × noise; all of shape (leads,).

    ``quality`` is standard normal about the channel's mean, ``noise`` uniform on (0, 1).
    """
    result = np.empty(len(quality))
    for i in range(len(quality)):
        seen = rho * quality[i] + math.sqrt(1.0 - rho * rho) * normal_quantile(noise[i])
        result[i] = 100.0 * normal_chance_below(seen)
    return result


@rule
def tier_of(score: float, cuts: Floats) -> int:
    """Return the position of the first tier whose lowest score is at most ``score``; the last tier takes the rest."""
    for i in range(len(cuts)):
        if score >= cuts[i]:
            return i
    return len(cuts) - 1


@rule
def tiers_of(scores: Floats, cuts: Floats) -> npt.NDArray[np.int64]:
    """Return `tier_of` of each score: same shape."""
    result = np.empty(len(scores), np.int64)
    for i in range(len(scores)):
        result[i] = tier_of(scores[i], cuts)
    return result
