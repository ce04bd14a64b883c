"""Speed to lead at its best: how soon a team can give a first touch, and what the odds have lost by then.

Nobody begins before somebody of the team is at work, so whoever comes by night has lost some odds by the morning, and
perhaps patience. Whatever a policy does, it can't do better than begin as soon as the touch is wanted and the team is
there; that it may begin later without losing more is left to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from scenarios.bound.crews import Crew
from scenarios.bound.timing import Floats, Grid, Sample, Sparse, Whole
from sim.buyer import delay_effect
from sim.distributions import Distribution
from sim.market import Stage

_LATE = 0.5
"""Log odds in whose multiples the cost of a late first touch is counted."""
_POINTS = 200
"""Of the days until a touch is wanted."""
_BLINK = 1e-9
"""Days by which teams close and buyers give up later, so that rounding shuts nobody out."""
_MINUTE = 1 / 1440
"""Delays are rounded down to minutes."""
_SPENT = 1e-9
"""Chance of lasting so long below which `sim.distributions.residual` starts afresh."""


@dataclass(frozen=True)
class Desk:
    """When anybody of a team is at work.

    Attributes
    ----------
    starts, ends
        Intervals in rising order of their starts; ends never fall, but intervals may overlap.
    slots
        The cells in which somebody works, rising: shape (slots,).
    first
        For each cell the place in `slots` of the first from there on, or their number for never: shape (cells,).
    """

    starts: Floats
    ends: Floats
    slots: Whole
    first: Whole

    @classmethod
    def of(cls, crews: Sequence[Crew]) -> "Desk":
        """Put the hours of a team's crews together."""
        starts = np.concatenate([crew.shifts.starts for crew in crews])
        ends = np.concatenate([crew.shifts.ends for crew in crews])
        order = np.argsort(starts, kind="stable")
        slots = np.flatnonzero(np.any([crew.open for crew in crews], axis=0))
        cells = len(crews[0].open)
        return cls(starts[order], np.maximum.accumulate(ends[order]), slots, np.searchsorted(slots, np.arange(cells)))

    def opens(self, times: Floats) -> Floats:
        """Return the first instant from each time on at which somebody is at work, or infinity: same shape."""
        place = np.searchsorted(self.ends, times - _BLINK, side="right")
        return np.asarray(np.maximum(times, np.append(self.starts, np.inf)[place]))

    @cached_property
    def waits(self) -> Sparse:
        """The matrix that takes deals from the cell in which they want a touch to the next slot: (cells, slots)."""
        cells = np.flatnonzero(self.first < len(self.slots))
        places = (cells, self.first[cells])
        return csr_array((np.ones(len(cells)), places), shape=(len(self.first), len(self.slots)))


@dataclass(frozen=True, slots=True)
class Reach:
    """How deals that enter a stage reach their first touch.

    Attributes
    ----------
    lost
        Log odds that some have lost by then, rising.
    ways
        Share of the deals of each row that want their touch in each slot, having lost each of `lost`: shape (rows,
        lost × slots), the log odds being the slow index. What is missing to 1 has no patience for it or is too late.
    """

    lost: tuple[float, ...]
    ways: Sparse

    def parted(self, deals: Floats) -> dict[float, Floats]:
        """Part deals of each row, (…, rows), by what they have lost: (…, slots) each, where there are any."""
        come = np.asarray(deals @ self.ways)
        parts = np.split(come, len(self.lost), axis=-1)
        return {lost: part for lost, part in zip(self.lost, parts, strict=True) if part.any()}


def reach(stage: Stage, desk: Desk, grid: Grid, since: Floats, until: Floats) -> Reach:
    """Return how deals reach their first touch that enter a stage between ``since`` and ``until``.

    Of all instants in between, the soonest counts for when the touch is wanted, and the one that waits least for what
    is lost: so the values that follow are above what any of them is worth.

    Parameters
    ----------
    stage, desk, grid
        The stage, its team's hours, the grid.
    since, until
        Days since the start, below 0 for deals that have been in the stage for some time: shape (rows,).
    """
    lead_in, count = np.unique(Sample.of(stage.lead_in, points=_POINTS).values, return_counts=True)
    row, point = (each.ravel() for each in np.indices((len(since), len(lead_in))))
    wanted = np.maximum(0.0, since[row] + lead_in[point])
    slot = np.append(desk.first, len(desk.slots))[np.where(wanted < grid.days, grid.cells_of(wanted), grid.cells)]
    fits = slot < len(desk.slots)
    row, point, wanted, slot = row[fits], point[fits], wanted[fits], slot[fits]
    delay = np.maximum(lead_in[point], desk.opens(wanted) - until[row])
    known, place = np.unique(np.floor(delay / _MINUTE) * _MINUTE, return_inverse=True)
    age = max(0.0, -float(until.max(initial=-np.inf)))
    stays = (count[point] / count.sum()) * surviving(stage.patience, known, age)[place]
    level, share = split_loss(stage, known)
    sides = [(level, share), (level + 1, 1.0 - share)] if stage.speed_slope else [(level, share)]
    levels = int(sides[-1][0].max(initial=0)) + 1
    column = np.concatenate([side[place] * len(desk.slots) + slot for side, _ in sides])
    weight = np.concatenate([stays * part[place] for _, part in sides])
    shape = (len(since), levels * len(desk.slots))
    ways = csr_array((weight, (np.tile(row, len(sides)), column)), shape=shape)
    return Reach(tuple((np.arange(levels) * _LATE).tolist()), ways)


def split_loss(stage: Stage, delays: Floats) -> tuple[Whole, Floats]:
    """Put the log odds lost by first touches after some delays between two multiples of `_LATE`.

    Returns
    -------
    level, share
        The lower multiple, and the share of deals that are to lose that; the others lose one multiple more. However
        good the other odds, the chance to advance comes out no lower than it is: σ(a - x) ≤ share × σ(a) + (1 - share)
        × σ(a - d) for 0 ≤ x ≤ d and every a, if share is what makes it an equality as a grows.
    """
    lost = np.array(
        [
            delay_effect(max(0.0, days), stage.speed_reference, stage.speed_slope, stage.speed_most)
            for days in delays.tolist()
        ]
    )
    level = np.floor(lost / _LATE).astype(np.int64)
    return level, 1.0 - np.expm1(lost - level * _LATE) / np.expm1(_LATE)


def surviving(patience: Distribution | None, delays: Floats, age: float) -> Floats:
    """Return the chances that buyers are still there after some delays who were so at an ``age``: shape of ``delays``.

    Who has been there longer than the law knows has patience afresh, as in `sim.distributions.residual`.
    """
    if patience is None:
        return np.ones(len(delays))
    known = 1.0 - patience.cdf(age)
    since, base = (0.0, known) if known >= _SPENT else (age, 1.0)
    lasts = np.array([1.0 - patience.cdf(days - since - _BLINK) for days in delays.tolist()])
    return np.asarray(np.minimum(1.0, lasts / base))
