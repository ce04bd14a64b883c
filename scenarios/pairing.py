"""Paired differences: two plans meet the same luck, so what differs between them is the plans' doing.

Each run under a plan has a twin under the baseline, with the same draw of belief and the same replication of luck.
The difference of twins is what is averaged; where both go up and down together it varies far less than the difference
of strangers (Law 2015, "Simulation modeling and analysis", 11.2, common random numbers).

With one draw the twins are independent of each other and what is averaged is their differences. With several, those of
one draw share a funnel and aren't: they are averaged first, and then the draws' averages are. What luck and what
ignorance contribute is told apart as in a one-way analysis of variance with random effects (Searle, Casella, McCulloch
1992, "Variance components", 3.6).

Deal sizes are skewed, and so may be differences. The limits are those of Student's t, and where the sample leans, on
the side to which it leans, those of Willink 2005, "A confidence interval and test for the mean of an asymmetric
distribution", Communications in Statistics 34(4) (after Hall 1992): over twenty values as skewed as an exponential
distribution they cover 96 % where Student's cover 92 %. Neither is ever inside the other's, for a rare large value
leans a symmetric sample too.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

type Floats = npt.NDArray[np.float64]
type Whole = npt.NDArray[np.int64]

_STRAIGHT = 1e-6
"""Lean below which the limits are Student's to all digits that matter, and the formula of the leaned ones isn't."""


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
    """Return the mean with its interval: over the runs of a single draw, or else over the draws' averages."""
    return _interval(averages(values, draw), confidence)


def ratio_interval(base: Floats, values: Floats, draw: Whole, confidence: float) -> Interval:
    """Return the ratio of the means of ``values`` and of their twins ``base``, less 1.

    The interval is that of the delta method: the ratio r of two means has the standard error of the mean of values −
    r·base, divided by the mean of base (Cochran 1977, "Sampling techniques", 2.11). NaN where the base's mean is 0.
    """
    bottom, top = averages(base, draw), averages(values, draw)
    if not len(bottom) or bottom.mean() == 0:
        return Interval(np.nan, np.nan, np.nan)
    ratio = float(top.mean() / bottom.mean())
    around = _interval((top - ratio * bottom) / abs(bottom.mean()), confidence)
    return Interval(ratio - 1.0, ratio - 1.0 + around.low, ratio - 1.0 + around.high)


def strangers_interval(first: Floats, second: Floats, confidence: float) -> Interval:
    """Return the difference of the means of two samples that share no luck, second − first.

    The interval is Welch's, for samples of unequal spread (Welch 1947, Biometrika 34(1/2)).
    """
    gap = float(second.mean() - first.mean()) if len(first) and len(second) else np.nan
    if min(len(first), len(second)) < 2:
        return Interval(gap, np.nan, np.nan)
    if np.ptp(first) == np.ptp(second) == 0:
        return Interval(gap, gap, gap)
    from scipy.stats import ttest_ind  # noqa: PLC0415 - a second to import, for what few comparisons ask

    limits = ttest_ind(second, first, equal_var=False).confidence_interval(confidence)
    return Interval(gap, float(limits.low), float(limits.high))


def chance_above(values: Floats, draw: Whole) -> float:
    """Return the confidence, one-sided by the t test over what `mean_interval` averages, that the mean is above 0.

    NaN where there is too little to tell.
    """
    units = averages(values, draw)
    if len(units) < 2:
        return np.nan
    mean, error = float(units.mean()), float(units.std(ddof=1) / np.sqrt(len(units)))
    return float(stdtr(len(units) - 1, mean / error)) if error > 0 else float(0.5 + 0.5 * np.sign(mean))


def luck_half_width(values: Floats, draw: Whole, confidence: float) -> float:
    """Return the longer half of the mean's interval that luck alone makes, the draws taken as given.

    This is what more replications can cut; with a single draw it is that of `mean_interval`. NaN with one replication
    each.
    """
    parts = groups(values, draw)
    if parts.freedom < 1:
        return np.nan
    error = luck_sd(values, draw) * np.sqrt((1 / parts.size).sum()) / len(parts.size)
    third = _third_moment(values, draw) * (1 / parts.size**2).sum() / len(parts.size) ** 3
    low, high = _reach(np.asarray(error), np.asarray(third), confidence, parts.freedom)
    return float(np.maximum(low, high))


def averages(values: Floats, draw: Whole) -> Floats:
    """Return what may be taken as independent: the values of a single draw, or the averages of several.

    ``values`` has one row a run, shape (runs,) or (runs, columns); so has the result, with a row a draw or a run.
    """
    found, which = np.unique(draw, return_inverse=True)
    if len(found) < 2:
        return values
    total = np.zeros((len(found), *values.shape[1:]))
    np.add.at(total, which, values)
    return (total.T / np.bincount(which)).T


def limits(units: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return the two-sided confidence limits of the means of independent values, column by column.

    Each limit by itself holds with confidence (1 + ``confidence``)/2.

    Parameters
    ----------
    units
        Shape (values,) or (values, columns); two rows or more.
    confidence
        Of both limits together.
    """
    n, mean = len(units), units.mean(axis=0)
    third = ((units - mean) ** 3).sum(axis=0) / max(1, (n - 1) * (n - 2)) / n
    below, above = _reach(units.std(axis=0, ddof=1) / np.sqrt(n), third, confidence, n - 1)
    return mean - below, mean + above


def _interval(units: Floats, confidence: float) -> Interval:
    value = float(units.mean()) if len(units) else np.nan
    if len(units) < 2:
        return Interval(value, np.nan, np.nan)
    low, high = limits(units, confidence)
    return Interval(value, float(low), float(high))


def _third_moment(values: Floats, draw: Whole) -> float:
    """Return the third central moment between replications of one draw, pooled over draws; 0 where none can tell."""
    parts, (_, which) = groups(values, draw), np.unique(draw, return_inverse=True)
    weight = ((parts.size - 1) * (parts.size - 2) / parts.size).sum()
    return float(((values - parts.mean[which]) ** 3).sum() / weight) if weight > 0 else 0.0


def _reach(error: Floats, third: Floats, confidence: float, freedom: int) -> tuple[Floats, Floats]:
    """Return how far the limits lie below and above a mean with a standard error and a third central moment.

    Each is the further of Student's and the leaned one: a few large values on one side of a symmetric distribution lean
    a sample too, and must not bring a limit nearer.
    """
    lean = np.divide(third, 6 * error**3, out=np.zeros_like(error), where=error > 0)
    straight = np.abs(lean) < _STRAIGHT
    lean, quantile = np.where(straight, 1.0, lean), _t_quantile(confidence, freedom)
    below, above = ((np.cbrt(1 + 6 * lean * (t - lean)) - 1) / (2 * lean) for t in (quantile, -quantile))
    down, up = (error * np.where(straight, quantile, np.maximum(quantile, far)) for far in (below, -above))
    return down, up


def _t_quantile(confidence: float, freedom: int) -> float:
    return float(stdtrit(freedom, (1 + confidence) / 2))
