"""Sobol's indices: what share of a figure's variance each number makes, alone and with what it does together.

The first-order index is the share that would go if the number were known, the total one the share that would stay if
all others were (Sobol 2001, "Global sensitivity indices for nonlinear mathematical models and their Monte Carlo
estimates", Mathematics and Computers in Simulation 55; Saltelli et al. 2010). SciPy computes them. Numbers are taken as
independent of each other.

Simulated runs are few and carry luck, so a surface is laid through them first (`scenarios.surrogate`), and the indices
are the surface's. Their intervals come from runs resampled and surfaces fitted anew; what the surface itself misses
they don't show, and `Surface.explained` says.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtri
from scipy.stats import sobol_indices

from scenarios.pairing import Floats
from scenarios.surrogate import Surface, fit_surface, refitted

POINTS = 1024
"""Points of Sobol's sequence for each of two samples; a power of two."""
_NOTHING = 1e-12
"""Share of variance below which a surface is flat, and no number has a share of it."""

type Function = Callable[[Floats], Floats]
"""From inputs of shape (points, inputs), standard deviations from the middle, to the figure."""


class _StandardNormal:
    """What a number's place is drawn from, as SciPy asks for it."""

    def ppf(self, q: Floats) -> Floats:
        return np.asarray(ndtri(q), np.float64)


@dataclass(frozen=True)
class Indices:
    """Sobol's indices of some runs: one row a number, and the surface that they are those of."""

    table: pd.DataFrame
    surface: Surface


def indices(function: Function, inputs: int, *, seed: int, points: int = POINTS) -> Floats:
    """Return the first-order and total indices of a function, shape (2, inputs); inputs are standard normal."""
    found = sobol_indices(
        func=lambda x: function(np.asarray(x, np.float64).T),
        n=points,
        dists=[_StandardNormal()] * inputs,  # type: ignore[list-item] # SciPy's stub says a number, SciPy gives an array
        rng=np.random.default_rng([seed, 6]),
    )
    return np.stack([found.first_order, found.total_order])


def indices_of_runs(
    inputs: Floats, values: Floats, names: tuple[str, ...], *, seed: int, confidence: float = 0.95, resamples: int = 60
) -> Indices:
    """Return the indices of a surface through runs.

    Parameters
    ----------
    inputs, values
        Shape (runs, inputs) in standard deviations from the middle, and the figure, shape (runs,).
    names
        What the inputs are called.
    seed
        Of the points and the resampling.
    confidence, resamples
        Of each interval by itself, and how many times runs are drawn anew with replacement.
    """
    surface = fit_surface(inputs, values)
    found = _of_surface(surface, seed, len(names))
    rng = np.random.default_rng([seed, 7])
    again = []
    for _ in range(resamples):
        chosen = rng.integers(len(values), size=len(values))
        again.append(_of_surface(refitted(surface, inputs[chosen], values[chosen]), seed, len(names)))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.array(again), [tail, 1 - tail], axis=0)
    columns: dict[str, Floats] = {}
    for place, order in enumerate(("first", "total")):
        columns |= {order: found[place], f"{order}_low": low[place], f"{order}_high": high[place]}
    table = pd.DataFrame({"name": list(names), **columns})
    return Indices(table.sort_values("total", ascending=False, kind="stable", ignore_index=True), surface)


def _of_surface(surface: Surface, seed: int, inputs: int) -> Floats:
    """Return a surface's indices; 0 where it is flat, for which SciPy would divide by nothing."""
    spread = float(np.std(surface(np.random.default_rng([seed, 8]).standard_normal((64, inputs)))))
    if spread <= _NOTHING * max(1.0, abs(surface.level)):
        return np.zeros((2, inputs))
    return indices(surface, inputs, seed=seed)
