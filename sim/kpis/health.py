"""Funnel health: whether each stage is as full as the funnel's own flows would keep it.

Leads that arrive at the present rate, convert as they do now and stay as long as they do now would settle at a certain
stock in every stage. A stage well above it is where deals pile up; one well below it is the gap that next month's
bookings fall into.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.eventlog import NONE, EventLog, Floats
from sim.kpis.period import Period, span
from sim.kpis.rows import Flags
from sim.kpis.visits import Visits, visits
from sim.kpis.wip import littles_law

HEAVY, THIN, EVEN, UNKNOWN = "heavy", "thin", "as expected", "unknown"
"""The verdicts on a stage: well above, well below or about the steady stock; not enough history to say."""

BALANCED = "balanced"
"""The shape of a funnel without a heavy or thin stage."""

SHAPES = {
    (HEAVY, 0): "top-heavy",
    (HEAVY, 1): "congested in the middle",
    (HEAVY, 2): "bottom-heavy",
    (THIN, 0): "thin at the top",
    (THIN, 1): "gap in the middle",
    (THIN, 2): "thin at the bottom",
}
"""Verdict and third of the funnel (0 top, 1 middle, 2 bottom) → the funnel's shape."""

_MIN_Z = 2.0


@dataclass(frozen=True, slots=True)
class FunnelShape:
    """The funnel's shape.

    Attributes
    ----------
    shape
        One of `SHAPES`, or `BALANCED`.
    stage
        The stage that makes it so; empty if balanced.
    ratio
        That stage's stock / steady stock; NaN if balanced.
    """

    shape: str
    stage: str
    ratio: float


def funnel_health(log: EventLog, period: Period | None = None, *, tolerance: float = 0.25) -> pd.DataFrame:
    """Compare the stock at the end of the period with the steady state that the period's flows imply.

    Parameters
    ----------
    log
        The log.
    period
        Days since the origin; the window by default.
    tolerance
        How far the ratio may be from 1 either way (0.25: from 1/1.25 to 1.25) without a verdict.

    Returns
    -------
    pandas.DataFrame
        One row a stage: ``stock`` (leads at the end), ``inflow`` (leads a day that would reach the stage if the
        period's arrivals flowed on with the period's conversions), ``dwell`` (mean days of the visits that left),
        ``steady_stock`` (their product, Little's law), ``ratio`` of stock to it, ``z`` (the difference in standard
        deviations of a Poisson number), ``verdict``, and the flows that tell why: ``entered_per_day`` and
        ``left_per_day``. Heavy and entering more than it leaves: this stage is short of capacity. Thin and entering
        less than its inflow: a stage before it holds the leads back. The figures are NaN and the verdict is unknown
        where no visit left in the period.

    Notes ----- Inflows solve the traffic equations of a network of queues: arrivals from outside plus what the other
    stages pass on (J. R. Jackson, "Networks of waiting lines", Operations Research 5 (1957) 518-521). A stage without a
    limit on its stock holds a Poisson number in steady state, which is the band taken here; ``z`` must exceed 2 for a
    verdict.
    """
    over, stays = span(log, period), visits(log)
    flows = littles_law(log, period)
    standing = stays.standing(over.stop)
    stock = np.bincount(stays.stage[standing], minlength=len(flows))
    inflow = _inflows(stays, over.holds(stays.entered), over.holds(stays.left), len(flows)) / (over.days or np.nan)
    table = pd.DataFrame({"stock": stock, "inflow": inflow, "dwell": flows["dwell"]}, index=flows.index)
    table["steady_stock"] = table["inflow"] * table["dwell"]
    table["ratio"] = table["stock"] / table["steady_stock"]
    table["z"] = (table["stock"] - table["steady_stock"]) / np.sqrt(table["steady_stock"])
    verdicts = [_verdict(ratio, z, tolerance) for ratio, z in zip(table["ratio"], table["z"], strict=True)]
    return table.assign(verdict=verdicts, entered_per_day=flows["entered_per_day"], left_per_day=flows["left_per_day"])


def funnel_shape(health: pd.DataFrame) -> FunnelShape:
    """Name the shape of a funnel by its most deviant stage, given the table of `funnel_health`."""
    deviant = health[health["verdict"].isin([HEAVY, THIN])]
    if deviant.empty:
        return FunnelShape(BALANCED, "", float("nan"))
    stage = str(deviant["z"].abs().idxmax())
    place = list(health.index).index(stage)
    third = 0 if place == 0 else int(3 * (place + 0.5) / len(health))
    return FunnelShape(SHAPES[str(health["verdict"][stage]), third], stage, float(health["ratio"][stage]))


def _inflows(stays: Visits, came: Flags, went: Flags, n: int) -> Floats:
    """Solve the traffic equations; NaN throughout if leads went in circles and none was seen to get out."""
    outside = np.bincount(stays.stage[came & (stays.from_stage == NONE)], minlength=n).astype(np.float64)
    moved = np.flatnonzero(went[:-1] & (stays.from_stage[1:] != NONE))
    cells = stays.stage[moved].astype(np.int64) * n + stays.stage[moved + 1]
    moves = np.bincount(cells, minlength=n * n).reshape(n, n)
    leaving = np.bincount(stays.stage[went], minlength=n)
    balance = np.eye(n) - (moves / np.maximum(leaving, 1)[:, None]).T
    if np.linalg.matrix_rank(balance) < n:
        return np.full(n, np.nan)
    return np.linalg.solve(balance, outside)


def _verdict(ratio: float, z: float, tolerance: float) -> str:
    if np.isnan(z):
        return UNKNOWN
    if z > _MIN_Z and ratio > 1 + tolerance:
        return HEAVY
    return THIN if z < -_MIN_Z and ratio < 1 / (1 + tolerance) else EVEN
