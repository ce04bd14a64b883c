"""Durations that may still be running: what is known of them when some haven't ended yet.

The estimators are the maximum-likelihood ones without a formula for the shape: Kaplan and Meier (1958) for one way of
ending, Aalen and Johansen (1978) for several.
"""

from dataclasses import dataclass

import numpy as np

from forecast.dataset import Flags
from sim.distributions import Distribution, Empirical, Fixed, Floats

_STEPS = 200


@dataclass(frozen=True)
class TwoWays:
    """How long visits last until they advance or are lost, and how many do which.

    ``days`` are the ages at which visits ended, shape (ages,); ``advanced`` and ``lost`` the shares that had ended so
    by then; ``longest`` is the highest age of any visit, ended or open.
    """

    days: Floats
    advanced: Floats
    lost: Floats
    longest: float

    @property
    def share_advancing(self) -> float:
        """Share of visits that advance in the end; what is still open past the longest ended visit counts as lost."""
        return float(self.advanced[-1]) if len(self.days) else 0.0

    def chance_still_to_advance(self, age: Floats) -> Floats:
        """Return P(advances | not ended at ``age``): same shape."""
        if not len(self.days):
            return np.zeros(len(age))
        place = np.searchsorted(self.days, age, side="right") - 1
        advanced, lost = (np.append(0.0, curve)[place + 1] for curve in (self.advanced, self.lost))
        still_open = 1.0 - advanced - lost
        chance = np.zeros(len(age))
        np.divide(self.advanced[-1] - advanced, still_open, out=chance, where=still_open > 1e-12)
        return chance

    def duration(self, *, advancing: bool) -> Distribution:
        """Return the distribution of the days until advancing, or until being lost.

        What is still open at the end of the curves counts as lost at the highest age seen: nobody closed it, and
        nothing says that it would have ended sooner.
        """
        if advancing:
            return from_curve(self.days, self.advanced)
        left = 1.0 - self.share_advancing
        return from_curve(np.append(self.days, self.longest), np.append(self.lost, left))


def two_ways(age: Floats, advanced: Flags, lost: Flags) -> TwoWays:
    """Estimate both curves from ages, of which those neither advanced nor lost are still open: all of shape (n,)."""
    ended = advanced | lost
    days, which = np.unique(age[ended], return_inverse=True)
    adv = np.bincount(which, weights=advanced[ended], minlength=len(days))
    out = np.bincount(which, weights=lost[ended], minlength=len(days))
    at_risk = len(age) - np.searchsorted(np.sort(age), days, side="left")
    still_open = np.cumprod(1 - (adv + out) / at_risk)
    before = np.append(1.0, still_open)[:-1]
    return TwoWays(
        days, np.cumsum(before * adv / at_risk), np.cumsum(before * out / at_risk), float(age.max(initial=0.0))
    )


def kaplan_meier(age: Floats, ended: Flags) -> Distribution:
    """Return the distribution of durations of which some are still running (``ended`` False): both of shape (n,)."""
    curves = two_ways(age, ended, np.zeros(len(age), np.bool_))
    return from_curve(curves.days, curves.advanced)


def from_curve(days: Floats, curve: Floats) -> Distribution:
    """Turn a rising curve of shares by ``days`` into a distribution, scaled to end at 1."""
    if not len(days) or curve[-1] <= 0:
        return Fixed(0.0)
    steps = np.diff(curve, prepend=0.0)
    points = days[steps > 0]
    if len(points) == 1:
        return Fixed(max(0.0, float(points[0])))
    share = np.cumsum(steps[steps > 0]) / curve[-1]
    # each duration stands for the shares up to its own step: the middle of the step is where it lies
    middle = share - steps[steps > 0] / curve[-1] / 2
    grid = np.linspace(0, 1, _STEPS + 1)
    return Empirical(tuple(np.maximum(np.interp(grid, middle, points), 0.0).tolist()))
