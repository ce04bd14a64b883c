"""Likelihoods of counts given a linear predictor: value and the first three derivatives, cell by cell."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from sim.eventlog import Floats
from sim.jit import rule


@dataclass(frozen=True, slots=True)
class Slopes:
    """Sum of the log likelihood, its slope by cell, minus its bend, and minus the bend's slope."""

    value: float
    slope: Floats
    bend: Floats
    skew: Floats


type Likelihood = Callable[[Floats, Floats], Slopes]
"""Linear predictor and further parameters in, `Slopes` out."""


def binomial(events: Floats, at_risk: Floats) -> Likelihood:
    """Return the likelihood of ``events`` out of ``at_risk``, log odds as the predictor (constants left out)."""

    def slopes(eta: Floats, _: Floats) -> Slopes:
        table = _binomial(events, at_risk, eta)
        return Slopes(float(table[0].sum()), table[1], table[2], table[3])

    return slopes


def negative_binomial(counts: Floats) -> Likelihood:
    """Return the likelihood of ``counts`` with log mean as the predictor.

    The one further parameter is the log of the dispersion α: variance = mean + α · mean².
    """

    def slopes(eta: Floats, more: Floats) -> Slopes:
        size = np.exp(-more[0])
        mean = np.exp(np.minimum(eta, 30.0))
        share = mean / (mean + size)
        logs = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1)
        value = float((logs + counts * np.log(np.maximum(share, 1e-300)) + size * np.log1p(-share)).sum())
        bend = (counts + size) * share * (1 - share)
        return Slopes(value, counts - (counts + size) * share, bend, bend * (1 - 2 * share))

    return slopes


@rule
def _binomial(events: Floats, at_risk: Floats, eta: Floats) -> Floats:
    """Return value, slope, bend and skew by cell in one pass: shape (4, cells)."""
    table = np.empty((4, len(eta)))
    for i in range(len(eta)):
        small = math.exp(-abs(eta[i]))
        chance = 1.0 / (1.0 + small) if eta[i] >= 0 else small / (1.0 + small)
        table[0, i] = events[i] * eta[i] - at_risk[i] * (math.log1p(small) + max(eta[i], 0.0))
        table[1, i] = events[i] - at_risk[i] * chance
        table[2, i] = at_risk[i] * chance * (1.0 - chance)
        table[3, i] = table[2, i] * (1.0 - 2.0 * chance)
    return table
