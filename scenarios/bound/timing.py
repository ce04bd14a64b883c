"""Time and chance on a grid: cells short enough to tell day from night, periods in which hours are counted.

Whatever takes time is rounded down to whole cells, so on the grid nothing happens later than it really does.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from sim.arrivals import quantiles
from sim.distributions import Distribution
from sim.units import WEEK

type Floats = npt.NDArray[np.float64]
type Whole = npt.NDArray[np.int64]
type Sparse = csr_array[np.float64, tuple[int, int]]

_MOST_PERIODS, _CELLS = 26, 1080
_WIDTH = 16
"""Columns of a block."""
_PRODUCT = 250_000
"""Multiplications in a matrix product up to which it isn't shared among threads that wait longer than they work."""
_POINTS = 2000
_FEW = 0.025
"""Chance of finishing that the points are too few to tell."""
_ATOM = 1e-9
"""Days by which an edge gives way, so that a value that lies on it counts as having reached it."""
_SPENT = 1e-9
"""Chance of lasting so long below which `sim.distributions.residual` starts afresh."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A horizon cut into cells, and those into periods of whole weeks.

    Attributes
    ----------
    days, cell, period
        Lengths in days; the last cell and the last period end with the horizon.
    edges
        Where the cells begin and the last one ends, in days: shape (cells + 1,).
    period_of
        The period of each cell: shape (cells,).
    period_edges
        Shape (periods + 1,).
    """

    days: float
    cell: float
    period: float
    edges: Floats
    period_of: Whole
    period_edges: Floats

    @classmethod
    def over(cls, days: float) -> "Grid":
        """Lay the grid over a horizon: weeks, or several weeks together where it is long."""
        period = WEEK * ceil(days / (WEEK * _MOST_PERIODS))
        periods = ceil(days / period)
        each = ceil(_CELLS / periods)
        cell = period / each
        cells = ceil(days / cell - _ATOM)
        edges = np.minimum(np.arange(cells + 1) * cell, days)
        ends = np.minimum(np.arange(periods + 1) * period, days)
        return cls(days, cell, period, edges, np.arange(cells) // each, ends)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.period_of)

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.period_edges) - 1

    def cells_of(self, times: Floats) -> Whole:
        """Return the cells of instants inside the horizon: same shape."""
        return np.minimum((times / self.cell + _ATOM).astype(np.int64), self.cells - 1)

    def lags(self, law: Distribution, age: float = 0.0) -> Floats:
        """Return the chances that something of age ``age`` lasts 0, 1, … whole cells more: shape (cells,).

        What lasts longer than the horizon is missing from their sum.
        """
        over = 1.0 - law.cdf(age) if age > 0 else 1.0
        since = age if over >= _SPENT and age > 0 else 0.0
        at = since + np.arange(self.cells + 1) * self.cell - _ATOM
        below = np.array([law.cdf(x) for x in at])
        below[0] = law.cdf(since) if since else 0.0
        return np.asarray(np.maximum(0.0, np.diff(below)) / (over if since else 1.0))


@dataclass(frozen=True, slots=True)
class Carrier:
    """A matrix that carries values back, and its transpose flows on, by random lags, in blocks without the zeros.

    ``blocks`` holds (first row, first column, entries); ``rows`` is the number of rows.
    """

    rows: int
    blocks: tuple[tuple[int, int, Floats], ...]

    @classmethod
    def of(cls, matrix: Floats) -> "Carrier":
        """Cut a matrix (rows, columns) into blocks."""
        blocks = []
        for first in range(0, matrix.shape[1], _WIDTH):
            some = matrix[:, first : first + _WIDTH]
            filled = np.flatnonzero(some.any(axis=1))
            top, end = (filled[0], filled[-1] + 1) if len(filled) else (0, 0)
            blocks.append((int(top), first, np.ascontiguousarray(some[top:end])))
        return cls(len(matrix), tuple(blocks))

    def back(self, values: Floats) -> Floats:
        """Return what values of each row are worth in each column: (n, rows) to (n, columns)."""
        parts = [_product(values[:, top : top + len(block)], block) for top, _, block in self.blocks]
        return np.concatenate(parts, axis=1) if parts else np.zeros((len(values), 0))

    def on(self, flows: Floats) -> Floats:
        """Return where flows from each column come to: (n, columns) to (n, rows)."""
        come = np.zeros((len(flows), self.rows))
        for top, first, block in self.blocks:
            come[:, top : top + len(block)] += _product(flows[:, first : first + block.shape[1]], block.T)
        return come


def _product(rows: Floats, by: Floats) -> Floats:
    """Return a matrix product, computed a few rows at a time."""
    some = max(1, _PRODUCT // max(1, by.size))
    if len(rows) <= some:
        return rows @ by
    return np.concatenate([rows[i : i + some] @ by for i in range(0, len(rows), some)])


def later(lags: Floats, since: Whole | None = None) -> Floats:
    """Return the matrix that carries values back to some cells (all) by random lags: (cells, cells carried back to)."""
    n = len(lags)
    after = np.arange(n)[:, None] - (np.arange(n) if since is None else since)
    return np.where(after >= 0, lags[np.maximum(0, after)], 0.0)


def best_from_now(rows: Floats) -> Floats:
    """Return the highest value of each cell and all later ones: same shape (n, cells)."""
    return np.maximum.accumulate(rows[:, ::-1], axis=1)[:, ::-1]


@dataclass(frozen=True, slots=True)
class Sample:
    """A law as equally likely values in rising order: its quantiles in the middle of equal steps, shape (points,)."""

    values: Floats

    @classmethod
    def of(cls, law: Distribution, plus: float = 0.0, points: int = _POINTS) -> "Sample":
        """Take the quantiles of a law, and add ``plus`` to each."""
        return cls(quantiles(law, (np.arange(points) + 0.5) / points) + plus)

    def capped(self, cap: Floats) -> Floats:
        """Return the mean of the smaller of a value and each ``cap``: same shape."""
        sums = np.append(0.0, np.cumsum(self.values))
        below = np.searchsorted(self.values, cap, side="right")
        return np.asarray((sums[below] + (len(self.values) - below) * cap) / len(self.values))

    def spent_per_finish(self, least: float, most: float) -> float:
        """Return the least work that one finished task takes if between ``least`` and ``most`` is left to do it in.

        A task that doesn't fit uses up all that is left and brings nothing, so with r left a finished one costs
        E[min(e, r)] / P(e <= r). Infinite where no task can be finished.
        """
        inside = self.values[(self.values > least) & (self.values <= most)]
        rooms = np.append(least, np.unique(inside))
        fits = np.searchsorted(self.values, rooms, side="right") / len(self.values)
        ratio = np.divide(self.capped(rooms), fits, out=np.full(len(rooms), np.inf), where=fits > _FEW)
        return float(ratio.min())
