"""What all plans tried say together about the chance of each: its own runs say something, and so do its neighbours.

A few runs tell a chance to some points only, and of many plans judged by them alone the one that looks best is mostly
lucky. A response surface through all plans knows each place from everything around it, but not what is special there.
So a plan's chance is the average of both, each weighted by how sure it is (Efron and Morris 1973, "Stein's estimation
rule and its competitors: an empirical Bayes approach", Journal of the American Statistical Association 68). Chances are
taken as heights of the normal curve, on which a surface is smoother and has no ends.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import ndtr

from scenarios.chances import Chance, as_height, height_error
from scenarios.dials import Dial, Point
from scenarios.pairing import Floats
from scenarios.proposals import coordinates
from scenarios.surrogate import fit_surface


class Landscape:
    """The chances of all plans, as those tried tell them.

    Parameters
    ----------
    dials
        What may be set.
    seen
        Plan → its chance by its own runs; four plans or more.
    """

    def __init__(self, dials: tuple[Dial, ...], seen: Mapping[Point, Chance]) -> None:
        self._dials = dials
        self._points = list(seen)
        self._heights = np.array([as_height(chance.value) for chance in seen.values()])
        self._noise = np.array([height_error(chance) for chance in seen.values()])
        self._surface = fit_surface(coordinates(dials, self._points), self._heights)
        self.error = self._surface.error
        """Of the surface, as a height, the luck of a plan's own few runs included."""

    def heights(self, points: Sequence[Point]) -> Floats:
        """Return where the surface lies, as heights."""
        return self._surface(coordinates(self._dials, list(points)))

    def chances(self) -> dict[Point, Chance]:
        """Return the chance of each plan tried, by its own runs and the surface."""
        around = max(self.error**2 - float((self._noise**2).mean()), 0.0) + self._sagging()
        total = around + self._noise**2
        own = np.divide(around, total, out=np.ones_like(total), where=total > 0)  # all alike, and no doubt of it
        heights = own * self._heights + (1 - own) * self.heights(self._points)
        errors = np.sqrt(own) * self._noise * np.exp(-(heights**2) / 2) / np.sqrt(2 * np.pi)
        told = zip(self._points, ndtr(heights), errors, strict=True)
        return {point: Chance(float(value), float(error)) for point, value, error in told}

    def _sagging(self) -> float:
        """Return the variance of the surface itself: its coefficients are estimated from so many plans."""
        return self.error**2 * min(1.0, len(self._surface.weights) / len(self._points))
