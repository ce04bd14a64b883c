"""Paired differences: two plans meet the same luck, so what differs between them is the plans' doing.

Each run under a plan has a twin under the baseline, with the same draw of belief and the same replication of luck.
The difference of twins is what is averaged; where both go up and down together it varies far less than the difference
of strangers (Law 2015, "Simulation modeling and analysis", 11.2, common random numbers).

With one draw the twins are independent of each other and the interval is that of the paired t test. With several,
those of one draw share a funnel and aren't: they are averaged first, and the interval is that of the t test over the
draws' averages. What luck and what ignorance contribute is told apart as in a one-way analysis of variance with
random effects (Searle, Casella, McCulloch 1992, "Variance components", 3.6).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

type Floats = npt.NDArray[np.float64]
type Whole = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its two-sided confidence interval; the limits are NaN where there is too little to tell."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Groups:
    """A sample's parts, one a draw: number of values, mean, sum of squared distances from it; each (draws,)."""

    size: Whole
    mean: Floats
    squares: Floats

    @property
    def freedom(self) -> int:
        """Degrees of freedom within draws."""
        return int((self.size - 1).sum())


def groups(values: Floats, draw: Whole) -> Groups:
    """Split a sample by draw; both arrays have one entry a run."""
    _, which = np.unique(draw, return_inverse=True)
    size = np.bincount(which)
    mean = np.bincount(which, values) / size
    return Groups(size, mean, np.bincount(which, (values - mean[which]) ** 2, len(size)))


def luck_sd(values: Floats, draw: Whole) -> float:
    """Return the standard deviation between replications of one draw, pooled over draws; NaN with one in each."""
    parts = groups(values, draw)
    return float(np.sqrt(parts.squares.sum() / parts.freedom)) if parts.freedom > 0 else np.nan


def ignorance_sd(values: Floats, draw: Whole) -> float:
    """Return the standard deviation between the draws' own expected values: what no number of replications can cut.

    NaN with a single draw, which says nothing about it, and with one replication each, which can't tell it from luck.
    """
    parts = groups(values, draw)
    if len(parts.size) < 2:
        return np.nan
    noise = luck_sd(values, draw) ** 2 * (1 / parts.size).mean()
    return float(np.sqrt(np.maximum(0.0, parts.mean.var(ddof=1) - noise)))


def mean_interval(values: Floats, draw: Whole, confidence: float) -> Interval:
    """Return the mean with its t interval: over the runs of a single draw, or else over the draws' averages."""
    units = _units(values, draw)
    return _t_interval(float(units.mean()) if len(units) else np.nan, units, confidence)


def ratio_interval(base: Floats, values: Floats, draw: Whole, confidence: float) -> Interval:
    """Return the ratio of the means of ``values`` and of their twins ``base``, less 1.

    The interval is that of the delta method: the ratio r of two means has the standard error of the mean of values −
    r·base, divided by the mean of base (Cochran 1977, "Sampling techniques", 2.11). NaN where the base's mean is 0.
    """
    bottom, top = _units(base, draw), _units(values, draw)
    if not len(bottom) or bottom.mean() == 0:
        return Interval(np.nan, np.nan, np.nan)
    ratio = float(top.mean() / bottom.mean())
    return _t_interval(ratio - 1.0, (top - ratio * bottom) / abs(bottom.mean()), confidence)


def chance_above(values: Floats, draw: Whole) -> float:
    """Return the confidence, one-sided by the t test of `mean_interval`, that the mean is above 0.

    NaN where there is too little to tell.
    """
    units = _units(values, draw)
    if len(units) < 2:
        return np.nan
    mean, error = float(units.mean()), float(units.std(ddof=1) / np.sqrt(len(units)))
    return float(stdtr(len(units) - 1, mean / error)) if error > 0 else float(0.5 + 0.5 * np.sign(mean))


def luck_half_width(values: Floats, draw: Whole, confidence: float) -> float:
    """Return the half width of the mean's interval that luck alone makes, the draws taken as given.

    This is what more replications can cut; with a single draw it is half the width of `mean_interval`. NaN with one
    replication each.
    """
    parts = groups(values, draw)
    if parts.freedom < 1:
        return np.nan
    error = luck_sd(values, draw) * np.sqrt((1 / parts.size).sum()) / len(parts.size)
    return float(_t_quantile(confidence, parts.freedom) * error)


def _units(values: Floats, draw: Whole) -> Floats:
    """Return what may be taken as independent: the values of a single draw, or the averages of several."""
    parts = groups(values, draw)
    return values if len(parts.size) < 2 else parts.mean


def _t_interval(value: float, units: Floats, confidence: float) -> Interval:
    n = len(units)
    if n < 2:
        return Interval(value, np.nan, np.nan)
    half = float(_t_quantile(confidence, n - 1) * units.std(ddof=1) / np.sqrt(n))
    return Interval(value, value - half, value + half)


def _t_quantile(confidence: float, freedom: int) -> float:
    return float(stdtrit(freedom, (1 + confidence) / 2))
