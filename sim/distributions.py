"""How long, how much, how many: frozen distributions that turn a uniform number into a value.

A distribution is a value and owns no randomness: the caller brings ``u``. Each is a kind and a table of numbers, so
that the one rule `quantile` (and its inverse, `chance_below`) serves every engine.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Final

import numpy as np
import numpy.typing as npt

from sim.errors import require
from sim.jit import rule

type Floats = npt.NDArray[np.float64]

FIXED, EXPONENTIAL, UNIFORM, LOGNORMAL, WEIBULL, EMPIRICAL, DISCRETE = range(7)

_SPENT = 1e-9
"""A survival probability below this means: older than anything the distribution knows."""


_NEAR_RATIO: Final = np.array(
    [
        (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4),
        (1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
        (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4),
        (5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
    ]
).reshape(2, 8)
_MIDDLE_RATIO: Final = np.array(
    [
        (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0),
        (3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
        (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1),
        (6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
    ]
).reshape(2, 8)
_FAR_RATIO: Final = np.array(
    [
        (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2),
        (2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
        (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4),
        (1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
    ]
).reshape(2, 8)


@rule
def _ratio(polynomials: Floats, r: float) -> float:
    """Return the ratio of two polynomials at ``r``, coefficients of the highest power first: shape (2, 8)."""
    top = bottom = 0.0
    for i in range(8):
        top = top * r + polynomials[0, i]
        bottom = bottom * r + polynomials[1, i]
    return top / bottom


@rule
def normal_quantile(u: float) -> float:
    """Return the standard normal quantile of ``u`` in (0, 1), to about 1e-15.

    Wichura (1988), "The percentage points of the normal distribution", algorithm AS 241, PPND16.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(_NEAR_RATIO, 0.180625 - q * q)
    r = math.sqrt(-math.log(u if q < 0 else 1.0 - u))
    value = _ratio(_MIDDLE_RATIO, r - 1.6) if r <= 5.0 else _ratio(_FAR_RATIO, r - 5.0)
    return -value if q < 0 else value


@rule
def normal_chance_below(x: float) -> float:
    """Return the standard normal distribution function at ``x``."""
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


@rule
def quantile(kind: int, table: Floats, u: float) -> float:  # noqa: PLR0911 - one line a distribution
    """Return the value below which a share ``u`` of the distribution lies.

    Parameters
    ----------
    kind
        One of `FIXED` … `DISCRETE`.
    table
        Its numbers: value · mean · low, high · μ, σ · shape, scale · quantiles at equal steps · values then cumulative
        chances.
    u
        In (0, 1).
    """
    if kind == FIXED:
        return float(table[0])
    if kind == EXPONENTIAL:
        return float(-table[0] * math.log1p(-u))
    if kind == UNIFORM:
        return float(table[0] + (table[1] - table[0]) * u)
    if kind == LOGNORMAL:
        return math.exp(table[0] + table[1] * normal_quantile(u))
    if kind == WEIBULL:
        return float(table[1] * (-math.log1p(-u)) ** (1.0 / table[0]))
    if kind == EMPIRICAL:
        position = u * (len(table) - 1)
        below = min(int(position), len(table) - 2)
        return float(table[below] + (position - below) * (table[below + 1] - table[below]))
    half = len(table) // 2
    for i in range(half):
        if u <= table[half + i]:
            return float(table[i])
    return float(table[half - 1])


@rule
def chance_below(kind: int, table: Floats, x: float) -> float:  # noqa: C901, PLR0911 - one line a distribution
    """Return the probability of a value at or below ``x``: the inverse of `quantile`, same ``kind`` and ``table``."""
    if kind == FIXED:
        return 1.0 if x >= table[0] else 0.0
    if kind == UNIFORM:
        return float(min(1.0, max(0.0, (x - table[0]) / (table[1] - table[0]))))
    if kind == EMPIRICAL:
        last = len(table) - 1
        if x >= table[last]:
            return 1.0
        above = int(np.searchsorted(table, x, side="right"))
        if above == 0:
            return 0.0
        return float((above - 1 + (x - table[above - 1]) / (table[above] - table[above - 1])) / last)
    if kind == DISCRETE:
        half = len(table) // 2
        chance = 0.0
        for i in range(half):
            if table[i] <= x:
                chance = float(table[half + i])
        return chance
    if x <= 0.0:
        return 0.0
    if kind == EXPONENTIAL:
        return -math.expm1(-x / table[0])
    if kind == LOGNORMAL:
        return normal_chance_below((math.log(x) - table[0]) / table[1])
    return -math.expm1(-((x / table[1]) ** table[0]))


@rule
def residual(kind: int, table: Floats, age: float, u: float) -> float:
    """Return how much longer something lasts that has lasted ``age`` already.

    Older than anything the distribution knows, it starts afresh: an old deal is then no nearer its end than a new one.
    """
    if age <= 0.0:
        return quantile(kind, table, u)
    below = chance_below(kind, table, age)
    if 1.0 - below < _SPENT:
        return quantile(kind, table, u)
    return max(0.0, quantile(kind, table, below + u * (1.0 - below)) - age)


class Distribution(ABC):
    """What every distribution can do; `ppf` and `cdf` are named as in SciPy."""

    kind: ClassVar[int]

    @property
    @abstractmethod
    def table(self) -> Floats:
        """The numbers of the distribution, as `quantile` reads them."""

    @property
    @abstractmethod
    def mean(self) -> float:
        """The expected value."""

    def ppf(self, u: float) -> float:
        """Return the quantile of ``u`` in (0, 1)."""
        return quantile(self.kind, self.table, u)

    def cdf(self, x: float) -> float:
        """Return the probability of a value at or below ``x``."""
        return chance_below(self.kind, self.table, x)


@dataclass(frozen=True)
class Fixed(Distribution):
    """Always ``value``."""

    value: float
    kind: ClassVar[int] = FIXED

    def __post_init__(self) -> None:
        """Refuse a negative value."""
        require(self.value >= 0, f"fixed: value must be 0 or more, got {self.value:g}")

    @cached_property
    def table(self) -> Floats:
        """The value."""
        return np.array([self.value])

    @property
    def mean(self) -> float:
        """The value."""
        return self.value


@dataclass(frozen=True)
class Exponential(Distribution):
    """Memoryless, with mean ``average``."""

    average: float
    kind: ClassVar[int] = EXPONENTIAL

    def __post_init__(self) -> None:
        """Refuse a mean that isn't positive."""
        require(self.average > 0, f"exponential: average must be above 0, got {self.average:g}")

    @cached_property
    def table(self) -> Floats:
        """The mean."""
        return np.array([self.average])

    @property
    def mean(self) -> float:
        """The mean."""
        return self.average


@dataclass(frozen=True)
class Uniform(Distribution):
    """Equally likely anywhere from ``low`` to ``high``."""

    low: float
    high: float
    kind: ClassVar[int] = UNIFORM

    def __post_init__(self) -> None:
        """Refuse an empty or negative range."""
        require(0 <= self.low < self.high, f"uniform: need 0 <= low < high, got {self.low:g} to {self.high:g}")

    @cached_property
    def table(self) -> Floats:
        """Low and high."""
        return np.array([self.low, self.high])

    @property
    def mean(self) -> float:
        """The middle."""
        return (self.low + self.high) / 2


@dataclass(frozen=True)
class LogNormal(Distribution):
    """Lognormal with its ``median`` and the standard deviation ``sigma`` of its logarithm: deal sizes, dwell times."""

    median: float
    sigma: float
    kind: ClassVar[int] = LOGNORMAL

    def __post_init__(self) -> None:
        """Refuse a median or a spread that isn't positive."""
        require(self.median > 0, f"lognormal: median must be above 0, got {self.median:g}")
        require(self.sigma > 0, f"lognormal: sigma must be above 0, got {self.sigma:g}; for no spread use fixed")

    @cached_property
    def table(self) -> Floats:
        """Mean and standard deviation of the logarithm."""
        return np.array([math.log(self.median), self.sigma])

    @property
    def mean(self) -> float:
        """Median × exp(σ²/2)."""
        return self.median * math.exp(self.sigma**2 / 2)


@dataclass(frozen=True)
class Weibull(Distribution):
    """Weibull with ``shape`` (below 1: the longer it lasted, the longer it will) and ``scale``."""

    shape: float
    scale: float
    kind: ClassVar[int] = WEIBULL

    def __post_init__(self) -> None:
        """Refuse a shape or scale that isn't positive."""
        require(self.shape > 0, f"weibull: shape must be above 0, got {self.shape:g}")
        require(self.scale > 0, f"weibull: scale must be above 0, got {self.scale:g}")

    @cached_property
    def table(self) -> Floats:
        """Shape and scale."""
        return np.array([self.shape, self.scale])

    @property
    def mean(self) -> float:
        """Scale × Γ(1 + 1/shape)."""
        return self.scale * math.gamma(1 + 1 / self.shape)


@dataclass(frozen=True)
class Empirical(Distribution):
    """What the data show: ``quantiles`` at equal steps of probability from 0 to 1, straight lines between them."""

    quantiles: tuple[float, ...]
    kind: ClassVar[int] = EMPIRICAL

    def __post_init__(self) -> None:
        """Refuse fewer than two quantiles, negative ones, and ones out of order."""
        require(len(self.quantiles) >= 2, f"empirical: needs 2 quantiles or more, got {len(self.quantiles)}")
        require(self.quantiles[0] >= 0, f"empirical: quantiles must be 0 or more, got {self.quantiles[0]:g}")
        for low, high in zip(self.quantiles, self.quantiles[1:], strict=False):
            require(low <= high, f"empirical: quantiles must not fall, got {low:g} before {high:g}")

    @classmethod
    def of(cls, values: Sequence[float] | Floats, steps: int = 200) -> "Empirical":
        """Summarise observed ``values`` (at least one, all >= 0) by ``steps`` + 1 quantiles."""
        return cls(tuple(np.quantile(np.asarray(values, float), np.linspace(0, 1, steps + 1)).tolist()))

    @cached_property
    def table(self) -> Floats:
        """The quantiles."""
        return np.array(self.quantiles)

    @cached_property
    def mean(self) -> float:
        """The mean of the piecewise linear quantile function (trapezoids)."""
        return float((self.table[1:] + self.table[:-1]).mean() / 2)


@dataclass(frozen=True)
class Discrete(Distribution):
    """One of ``values``, each with its chance: numbers of touches, batch sizes."""

    values: tuple[float, ...]
    chances: tuple[float, ...]
    kind: ClassVar[int] = DISCRETE

    def __post_init__(self) -> None:
        """Refuse chances that don't belong to the values or don't add up to 1."""
        require(len(self.values) == len(self.chances) > 0, "discrete: needs one chance for each value")
        require(min(self.values) >= 0, f"discrete: values must be 0 or more, got {min(self.values):g}")
        require(list(self.values) == sorted(self.values), "discrete: values must rise")
        require(min(self.chances) >= 0, f"discrete: chances must be in [0, 1], got {min(self.chances):g}")
        require(abs(sum(self.chances) - 1) < 1e-6, f"discrete: chances must add up to 1, got {sum(self.chances):g}")

    @cached_property
    def table(self) -> Floats:
        """Values, then cumulative chances."""
        return np.concatenate([self.values, np.cumsum(self.chances)])

    @property
    def mean(self) -> float:
        """Σ value × chance."""
        return float(np.dot(self.values, self.chances))


def geometric_counts(average: float, most: int = 60) -> Discrete:
    """Return counts 1, 2, … with mean ``average`` whose every further one is equally likely (cut at ``most``)."""
    require(average >= 1, f"geometric counts: average must be 1 or more, got {average:g}")
    goes_on = 1 - 1 / average
    chances = np.array([(1 - goes_on) * goes_on**i for i in range(most)])
    chances /= chances.sum()
    return Discrete(tuple(float(n) for n in range(1, most + 1)), tuple(chances.tolist()))
