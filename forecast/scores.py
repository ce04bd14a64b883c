"""Scores: how good a forecast was, once the truth is known. Smaller is better unless said otherwise."""

import numpy as np
from scipy.stats import binom

from sim.eventlog import Floats

LEVELS = (0.5, 0.8, 0.95)
"""Intervals whose coverage is counted."""
PINBALL = (0.1, 0.25, 0.5, 0.75, 0.9)
TENTHS = 10
"""Bars of a PIT histogram."""


def crps(draws: Floats, actual: float) -> float:
    """Return the continuous ranked probability score of draws: mean |X - y| - mean |X - X'| / 2, in the draws' unit.

    Gneiting and Raftery (2007), "Strictly proper scoring rules, prediction, and estimation", JASA 102(477), equation
    21; by sorting, in the form of the empirical distribution's quantiles. Of a single number it is the absolute error.
    """
    ordered, n = np.sort(draws), len(draws)
    spread = float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum()) / n**2
    return float(np.abs(ordered - actual).mean()) - spread


def pinball(draws: Floats, actual: float, level: float) -> float:
    """Return the quantile score at a level: what a quantile minimises."""
    quantile = float(np.quantile(draws, level))
    return max(level * (actual - quantile), (level - 1) * (actual - quantile))


def is_inside(draws: Floats, actual: float, level: float) -> bool:
    """Whether the central interval of a level holds the truth."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return bool(low <= actual <= high)


def pit(draws: Floats, actual: float, u: float) -> float:
    """Return the probability integral transform, ties split by ``u`` in [0, 1]: uniform if the forecast is honest."""
    below, ties = float((draws < actual).mean()), float((draws == actual).mean())
    return below + u * ties


def pit_counts(transforms: Floats) -> Floats:
    """Count transforms by tenth, those that aren't known left out: shape (10,), about equal if forecasts are honest."""
    return np.histogram(transforms[np.isfinite(transforms)], TENTHS, (0.0, 1.0))[0].astype(np.float64)


def tenths_of_honest(forecasts: int) -> tuple[float, float]:
    """Return the middle 90 % of what luck puts into each tenth if so many forecasts are honest and independent."""
    low, high = (float(binom.ppf(level, forecasts, 1 / TENTHS)) for level in (0.05, 0.95))
    return low, high


def accuracy_by_ratio(forecast: float, actual: float) -> float:
    """Return forecast / actual, which some vendors call accuracy (85 to 115 % is green): larger isn't better."""
    return forecast / actual if actual else float("nan")


def accuracy_by_error(forecast: float, actual: float) -> float:
    """Return max(0, 1 - |actual - forecast| / actual), which other vendors call accuracy: larger is better."""
    return max(0.0, 1 - abs(actual - forecast) / actual) if actual else float("nan")


def mean_and_error(values: Floats, cluster: Floats) -> tuple[float, float]:
    """Return a mean and its standard error, where values of one cluster (a period) aren't independent.

    The sandwich estimator of a mean: clusters' sums of deviations are what varies. NaN below two clusters.
    """
    mean, names = float(values.mean()), np.unique(cluster)
    if len(names) < 2:
        return mean, float("nan")
    sums = np.array([(values[cluster == name] - mean).sum() for name in names])
    many = len(names)
    return mean, float(np.sqrt((sums**2).sum() * many / (many - 1))) / len(values)
