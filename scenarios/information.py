"""The value of information: what it would be worth to know a number before choosing between plans.

A plan is chosen today for its benefit on average over what isn't known. Whoever knew a number would choose the plan
that is best for it, and gain on average the difference: the expected value of partial perfect information (EVPPI) of
that number, or of perfect information (EVPI) if all numbers were known. Where no value of the number would change the
choice it is nothing, however much the number moves the figure. No study of the number is worth more.

Each run is one draw of all numbers, with luck. The benefit on average at given numbers is the regression of the runs'
benefits on them (Strong, Oakley and Brennan 2014, "Estimating multiparameter partial expected value of perfect
information from a probabilistic sensitivity analysis sample: a nonparametric regression approach", Medical Decision
Making 34): polynomials of one number, a surface for all. Taking the best plan run by run instead would count luck as
something that could be known. Standard errors come from resampling runs.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.pairing import Floats, Whole
from scenarios.surrogate import Surface, fit_surface, refitted
from sim.errors import require

_DEGREES = (1, 2, 3)
"""Polynomials tried for one number."""


@dataclass(frozen=True)
class Information:
    """What knowing would be worth, in the unit of the benefits.

    Attributes
    ----------
    best
        Position of the plan that is best today.
    everything, error
        EVPI with its standard error.
    table
        One row a number, the most valuable first: ``name``, ``worth`` (EVPPI), ``error``, ``changes`` (how often
        knowing it would change the choice).
    explained
        Share of the benefits' variance that the surface through all numbers predicts, the least among the plans.
    """

    best: int
    everything: float
    error: float
    table: pd.DataFrame
    explained: float


def value_of_information(
    inputs: Floats, benefits: Floats, names: tuple[str, ...], *, seed: int, resamples: int = 100
) -> Information:
    """Return what it would be worth to know each number, and all of them.

    Parameters
    ----------
    inputs
        The numbers, in standard deviations from the middle, shape (draws, numbers).
    benefits
        Of each plan in the same draws and under the same luck, shape (draws, plans), two plans or more.
    names
        What the numbers are called.
    seed, resamples
        The dice of the standard errors, and how often draws are drawn anew.
    """
    require(benefits.shape[1] > 1, "value of information: needs two plans or more to choose from")
    gains = benefits[:, 1:] - benefits[:, :1]
    one_by_one = [_Known(inputs[:, [place]], gains, _DEGREES) for place in range(len(names))]
    everything = _Known(inputs, gains, (1, 2))
    best = int(np.argmax([0.0, *gains.mean(axis=0)]))
    rng = np.random.default_rng([seed, 9])
    resampled = [rng.integers(len(gains), size=len(gains)) for _ in range(resamples)]
    rows = [
        (name, known.worth(), known.error(resampled), known.changes(best))
        for name, known in zip(names, one_by_one, strict=True)
    ]
    table = pd.DataFrame(rows, columns=["name", "worth", "error", "changes"])
    table = table.sort_values("worth", ascending=False, kind="stable", ignore_index=True)
    return Information(best, everything.worth(), everything.error(resampled), table, everything.explained)


class _Known:
    """What the choice would be if some numbers were known: the regression of the plans' gains on them."""

    def __init__(self, inputs: Floats, gains: Floats, degrees: tuple[int, ...]) -> None:
        self._inputs = inputs
        self._gains = gains
        self._surfaces = [fit_surface(inputs, gain, degrees) for gain in gains.T]

    @property
    def explained(self) -> float:
        return min(surface.explained for surface in self._surfaces)

    def worth(self) -> float:
        return _worth(_expected(self._surfaces, self._inputs))

    def error(self, resampled: Iterable[Whole]) -> float:
        """Return the standard deviation of the worth over draws resampled."""
        return float(np.std([self._worth_of(chosen) for chosen in resampled], ddof=1))

    def changes(self, best: int) -> float:
        """Return how often the plan that is best for the numbers isn't the one that is best today."""
        return float((_expected(self._surfaces, self._inputs).argmax(axis=1) != best).mean())

    def _worth_of(self, chosen: Whole) -> float:
        inputs, gains = self._inputs[chosen], self._gains[chosen]
        again = [refitted(surface, inputs, gain) for surface, gain in zip(self._surfaces, gains.T, strict=True)]
        return _worth(_expected(again, inputs))


def _expected(surfaces: Sequence[Surface], inputs: Floats) -> Floats:
    """Return each plan's gain over the first one at given numbers, shape (draws, plans)."""
    return np.stack([np.zeros(len(inputs)), *(surface(inputs) for surface in surfaces)], axis=1)


def _worth(expected: Floats) -> float:
    return max(0.0, float(expected.max(axis=1).mean() - expected.mean(axis=0).max()))
