"""Hazards: how many deals stood in each stage, age and group for a step, how many left, and how many went on.

Each stay is followed on its own clock from the day it began. A step that isn't over at the as-of date counts for
nothing, whether the deal left in it or not, so open deals are censored without bias.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.fiscal import position
from forecast.grouped.grid import Grid, Ints, part_of_period
from sim.eventlog import Floats
from sim.kpis.visits import Outcome

CELL = ("stage", "age", "shock", "position")
"""The columns of a cell before its effects."""
_GOES_ON = (Outcome.ADVANCED, Outcome.RETURNED)


@dataclass(frozen=True, slots=True)
class Hazards:
    """Counts by cell, one element a cell that has any deals.

    Attributes
    ----------
    columns
        `CELL` and the names of effects → codes, shape (cells,).
    at_risk, exits, advances
        Steps begun, steps in which the deal left its stage, and those in which it went on to another one or was won.
    destinations
        Shape (stages, stages + 1): where those who went on went; the last column is won.
    moment
        Shape (stages, 2): mean share of a step after which deals leave, in a stay's first step and in later ones.
    """

    columns: Mapping[str, Ints]
    at_risk: Floats
    exits: Floats
    advances: Floats
    destinations: Floats
    moment: Floats


def hazards(
    visits: pd.DataFrame,
    effects: Mapping[str, Ints],
    grid: Grid,
    bounds: tuple[Floats, Floats],
    as_of: float,
    n_stages: int,
) -> Hazards:
    """Count stays (`CalibrationData.visits`) into cells.

    ``effects`` are the names of effects → each stay's code; ``bounds`` are the bounds of the reported periods and of
    the shocks, in days since the log's origin.
    """
    table = _steps(visits, grid.step, as_of)
    table = table[table["time"] >= watched_from(visits)]
    number, share = position(table["time"].to_numpy(), bounds[0])
    columns = {
        "stage": table["stage"].to_numpy(np.int64),
        "age": grid.bucket(table["k"].to_numpy(np.int64)),
        "shock": position(table["time"].to_numpy(), bounds[1])[0].astype(np.int64),
        "position": part_of_period(share + 0 * number),
        **{name: codes[table["stay"].to_numpy(np.int64)] for name, codes in effects.items()},
    }
    left, on = table["left"].to_numpy(np.float64), table["on"].to_numpy(np.float64)
    cells, place = _unique(columns)
    at_risk, exits, advances = (
        np.bincount(place, weight, len(cells["stage"])) for weight in (np.ones(len(place)), left, on)
    )
    return Hazards(
        cells, at_risk, exits, advances, _destinations(visits, n_stages), _moments(visits, grid.step, n_stages)
    )


def watched_from(visits: pd.DataFrame) -> float:
    """Return the day from which exits were recorded, in days since the log's origin; the first entry in most histories.

    Where nobody left for longer than nine in ten stays last, the exits of that time are missing: deals count from the
    first exit on, at the age that they had (late entry).
    """
    if not len(visits):
        return 0.0
    entered = visits["entered"].to_numpy(np.float64)
    ages = visits["age"].to_numpy(np.float64)
    closed = visits["outcome"].to_numpy() != Outcome.OPEN
    first = float(entered.min())
    if not closed.any():
        return first
    first_exit = float((entered + ages)[closed].min())
    return first_exit if first_exit - first > np.quantile(ages[closed], 0.9) else first


def _steps(visits: pd.DataFrame, step: float, as_of: float) -> pd.DataFrame:
    """Return one row a step that a stay began and that was over at the as-of date."""
    entered = visits["entered"].to_numpy(np.float64)
    closed = visits["outcome"].to_numpy() != Outcome.OPEN
    lived = np.floor(visits["age"].to_numpy(np.float64) / step).astype(np.int64)
    whole = np.floor((as_of - entered) / step + 1e-9).astype(np.int64)
    count = np.where(closed, np.minimum(lived + 1, whole), np.minimum(lived, whole))
    row = np.repeat(np.arange(len(visits)), count)
    k = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    left = closed[row] & (k == lived[row])
    on = left & np.isin(visits["outcome"].to_numpy(), _GOES_ON)[row]
    stage = visits["stage"].to_numpy(np.int64)[row]
    return pd.DataFrame({"stay": row, "stage": stage, "k": k, "time": entered[row] + k * step, "left": left, "on": on})


def _unique(columns: Mapping[str, Ints]) -> tuple[dict[str, Ints], Ints]:
    sizes = [int(codes.max(initial=0)) + 1 for codes in columns.values()]
    key = np.ravel_multi_index(tuple(columns.values()), sizes)
    cells, place = np.unique(key, return_inverse=True)
    codes = np.unravel_index(cells, sizes)
    return {name: code.astype(np.int64) for name, code in zip(columns, codes, strict=True)}, place


def _destinations(visits: pd.DataFrame, n_stages: int) -> Floats:
    on = visits[visits["outcome"].isin(_GOES_ON)]
    stage, after = on["stage"].to_numpy(np.int64), on["after"].to_numpy(np.int64)
    to = np.where(after < 0, n_stages, after)
    counts = np.bincount(stage * (n_stages + 1) + to, minlength=n_stages * (n_stages + 1))
    return counts.reshape(n_stages, -1).astype(np.float64)


def _moments(visits: pd.DataFrame, step: float, n_stages: int) -> Floats:
    """Average the share of the step after which deals left; half a step counts as one more deal, so none is empty."""
    closed = visits[visits["outcome"] != Outcome.OPEN]
    steps = closed["age"].to_numpy(np.float64) / step
    late = (steps >= 1).astype(np.int64)
    cell = closed["stage"].to_numpy(np.int64) * 2 + late
    total, n = np.bincount(cell, steps % 1, 2 * n_stages), np.bincount(cell, minlength=2 * n_stages)
    return ((total + 0.5) / (n + 1)).reshape(n_stages, 2)
