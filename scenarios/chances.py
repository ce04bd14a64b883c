"""The chance that a figure reaches a target: counted, with exact limits, or told early from few paired runs.

A count of hits among independent runs has the limits of Clopper and Pearson (1934, "The use of confidence or fiducial
limits illustrated in the case of the binomial", Biometrika 26), which hold whatever the chance. Whoever looks at the
count before all runs are made, and may stop there, errs at each look; so the looks share the error that is allowed
(Jennison and Turnbull 1989, "Interim analyses: the repeated confidence interval approach", Journal of the Royal
Statistical Society B 51), most of it going to the last one.

A plan that has met only a few runs is judged by more than its own: its runs are regressed on their twins under the
baseline, and the baseline's many runs, put through that line, say how the plan would have done in them. This is the
control variate of Lavenberg and Welch (1981, "A perspective on the use of control variables to increase the
efficiency of Monte Carlo simulations", Management Science 27), with the spread about the line taken as normal.
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np
from scipy.special import betaincinv, ndtr, ndtri

from scenarios.pairing import Floats

_FLAT = 1e-9
"""Spread about the line, as a share of the figure's own, below which the plan follows the baseline to the last run."""

_LOOKS = ((1 / 16, 1 / 24), (1 / 8, 1 / 24), (1 / 4, 1 / 12), (1 / 2, 1 / 6), (1.0, 2 / 3))
"""After which share of the runs somebody looks, and which share of the error that look may make."""

_LEAST = 0.001
"""Chances nearer to 0 or 1 are as good as these: beyond them a normal quantile would go without end."""


@dataclass(frozen=True, slots=True)
class Chance:
    """An estimated chance with its standard error."""

    value: float
    error: float


def as_height(chance: float) -> float:
    """Return the normal quantile of a chance: a scale without ends, on which what moves a figure moves its chance."""
    return float(ndtri(min(max(chance, _LEAST), 1 - _LEAST)))


def height_error(chance: Chance) -> float:
    """Return the standard error of a chance's height."""
    return chance.error * float(np.sqrt(2 * np.pi) * np.exp(as_height(chance.value) ** 2 / 2))


def lower_limit(hits: int, runs: int, confidence: float) -> float:
    """Return the one-sided lower confidence limit of the chance of a hit."""
    return 0.0 if hits == 0 else float(betaincinv(hits, runs - hits + 1, 1 - confidence))


def upper_limit(hits: int, runs: int, confidence: float) -> float:
    """Return the one-sided upper confidence limit of the chance of a hit."""
    return 1.0 if hits == runs else float(betaincinv(hits + 1, runs - hits, confidence))


def looks(runs: int, confidence: float) -> Iterator[tuple[int, float]]:
    """Yield when to look at up to so many runs, and the confidence that limits need there to hold at all looks."""
    for part, error in _LOOKS:
        yield ceil(part * runs), 1 - error * (1 - confidence)


def share_needed(asked: float, runs: int, confidence: float) -> float:
    """Return the smallest share of hits whose lower limit reaches ``asked``; above 1 where none does."""
    return bisect_left(range(runs + 1), asked, key=lambda hits: lower_limit(hits, runs, confidence)) / runs


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
