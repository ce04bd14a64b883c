"""The chance that a figure reaches a target: counted, with exact limits, or told early from few paired runs.

A count of hits among independent runs has the limits of Clopper and Pearson (1934, "The use of confidence or fiducial
limits illustrated in the case of the binomial", Biometrika 26), which hold whatever the chance.

A plan that has met only a few runs is judged by more than its own: its runs are regressed on their twins under the
baseline, and the baseline's many runs, put through that line, say how the plan would have done in them. This is the
control variate of Lavenberg and Welch (1981, "A perspective on the use of control variables to increase the
efficiency of Monte Carlo simulations", Management Science 27), with the spread about the line taken as normal.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, ndtr

from scenarios.pairing import Floats

_FLAT = 1e-9
"""Spread about the line, as a share of the figure's own, below which the plan follows the baseline to the last run."""


@dataclass(frozen=True, slots=True)
class Chance:
    """An estimated chance with its standard error."""

    value: float
    error: float


def lower_limit(hits: int, runs: int, confidence: float) -> float:
    """Return the one-sided lower confidence limit of the chance of a hit."""
    return 0.0 if hits == 0 else float(betaincinv(hits, runs - hits + 1, 1 - confidence))


def upper_limit(hits: int, runs: int, confidence: float) -> float:
    """Return the one-sided upper confidence limit of the chance of a hit."""
    return 1.0 if hits == runs else float(betaincinv(hits + 1, runs - hits, confidence))


def share_needed(asked: float, runs: int, confidence: float) -> float:
    """Return the smallest share of hits whose lower limit reaches ``asked``; above 1 where none does."""
    enough = (hits for hits in range(runs + 1) if lower_limit(hits, runs, confidence) >= asked)
    return next(enough, 2 * runs) / runs


def chance_from_twins(base: Floats, values: Floats, target: float) -> Chance:
    """Return the chance of reaching a target under a plan.

    Parameters
    ----------
    base
        The figure in all runs of the baseline, shape (many,).
    values
        The figure under the plan in the first of those runs, shape (few,), three or more.
    target
        To be reached.
    """
    twins = base[: len(values)]
    slope, level = _line(twins, values)
    about = values - level - slope * twins
    spread = float(np.sqrt((about**2).sum() / (len(values) - 2)))
    expected = level + slope * base - target
    if spread <= _FLAT * max(1.0, float(np.abs(values).max())):
        hits = np.asarray(expected >= -_FLAT * abs(target), np.float64)
        return Chance(float(hits.mean()), float(hits.std() / np.sqrt(len(base))))
    chances = ndtr(expected / spread)
    # how far the chance moves when the line is off by its standard error
    density = float(np.exp(-0.5 * (expected / spread) ** 2).mean() / np.sqrt(2 * np.pi))
    error = np.hypot(density / np.sqrt(len(values)), chances.std() / np.sqrt(len(base)))
    return Chance(float(chances.mean()), float(error))


def _line(x: Floats, y: Floats) -> tuple[float, float]:
    """Return slope and level of the least-squares line; flat where x doesn't vary."""
    moved = x - x.mean()
    across = float((moved**2).sum())
    slope = float((moved * (y - y.mean())).sum() / across) if across > 0 else 0.0
    return slope, float(y.mean() - slope * x.mean())
