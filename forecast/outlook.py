"""The outlook: bookings and wins by draw, in parts that add up, by period and by whatever a deal belongs to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from sim.errors import UnknownNameError
from sim.eventlog import Floats

PARTS = ("already booked", "open now", "to be created")
MEASURES = ("bookings", "wins")
QUANTILES = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Cube:
    """Bookings or wins by draw, part, period and level of one dimension: shape (draws, parts, periods, levels)."""

    levels: tuple[str, ...]
    values: Floats


@dataclass(frozen=True)
class Outlook:
    """A forecast.

    Attributes
    ----------
    as_of
        The day it was made.
    periods
        Names of the fiscal periods, the running one first.
    ends
        Days from the as-of date to the end of each, shape (periods,).
    cubes
        Measure → dimension → `Cube`; the dimension `TOTAL` has one level. All dimensions add up to it in each draw.
    weekly
        Measure → what is won from now to the end of each step of the forecast, shape (draws, parts, steps).
    step_days
        Length of such a step.
    deals
        The open deals: ``label``, ``stage``, ``rep``, ``days`` in the stage, list ``amount``, then for the first period
        ``chance`` to be won, ``expected`` bookings and ``share`` of the total's variance.
    """

    as_of: datetime
    periods: tuple[str, ...]
    ends: Floats
    cubes: Mapping[str, Mapping[str, Cube]]
    weekly: Mapping[str, Floats]
    step_days: float
    deals: pd.DataFrame

    def draws(self, measure: str = "bookings", period: int = 0, parts: Sequence[str] = PARTS) -> Floats:
        """Return a measure's draws for a period, the given parts added up: shape (draws,)."""
        rows = [PARTS.index(part) for part in parts]
        return np.asarray(self.cube(measure, TOTAL).values[:, rows, period, 0].sum(axis=1), np.float64)

    def cube(self, measure: str, dimension: str) -> Cube:
        """Return one cube, or raise `UnknownNameError`."""
        if measure not in self.cubes:
            raise UnknownNameError("measure", measure, self.cubes, "this forecast")
        if dimension not in self.cubes[measure]:
            raise UnknownNameError("dimension", dimension, self.cubes[measure], "this forecast")
        return self.cubes[measure][dimension]

    def table(self, measure: str = "bookings", dimension: str = TOTAL) -> pd.DataFrame:
        """Return one row a period and level: mean, quantiles, and the mean of each part."""
        cube, rows = self.cube(measure, dimension), []
        for at, period in enumerate(self.periods):
            for place, level in enumerate(cube.levels):
                values = cube.values[:, :, at, place]
                if values.any() or dimension == TOTAL:
                    rows.append({"period": period, "group": level, **summary_of(values)})
        columns = ["period", "group", "mean", *(f"q{100 * q:g}" for q in QUANTILES), *PARTS]
        return pd.DataFrame(rows, columns=columns)


def summary_of(values: Floats) -> dict[str, float]:
    """Return mean, quantiles and the parts' means of draws by part, shape (draws, parts)."""
    total = values.sum(axis=1)
    quantiles = {f"q{100 * q:g}": float(np.quantile(total, q)) for q in QUANTILES}
    parts = {part: float(values[:, k].mean()) for k, part in enumerate(PARTS)}
    return {"mean": float(total.mean()), **quantiles, **parts}


@dataclass(frozen=True, slots=True)
class Target:
    """How a forecast stands against a target.

    Attributes
    ----------
    chance
        Of reaching it.
    shortfall
        Mean missing amount, over all draws; and over the worst tenth of them.
    worst_shortfall
        As above, for the worst tenth.
    needed
        Pipeline still needed at today's rate of open pipeline to bookings, for even odds; NaN where nothing is open.
    """

    target: float
    chance: float
    shortfall: float
    worst_shortfall: float
    needed: float


def against(outlook: Outlook, target: float, measure: str = "bookings", period: int = 0) -> Target:
    """Hold a forecast against a target for one period."""
    values = outlook.draws(measure, period)
    missing = np.maximum(target - values, 0.0)
    worst = values <= np.quantile(values, 0.1)
    parts = {part: float(outlook.draws(measure, period, (part,)).mean()) for part in PARTS}
    pipeline = float(outlook.deals["amount"].sum()) if measure == "bookings" else float(len(outlook.deals))
    rate = parts[PARTS[1]] / pipeline if pipeline else 0.0
    still = max(0.0, target - parts[PARTS[0]] - parts[PARTS[2]])
    needed = still / rate if rate > 0 else float("nan")
    return Target(target, float((values >= target).mean()), float(missing.mean()), float(missing[worst].mean()), needed)
