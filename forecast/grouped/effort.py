"""Effort as sufficient statistics: how long touches took that weren't carried over a night."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.eventlog import Floats

_HALF_A_DAY = 0.5


@dataclass(frozen=True, slots=True)
class Effort:
    """Touches of each stage, Σ log days and Σ log² days, shape (stages,) each."""

    n: Floats
    total: Floats
    square: Floats


def effort(touches: pd.DataFrame, stages: int) -> Effort:
    """Add up touches (`forecast.dataset.CalibrationData.touches`) whose start and end are both known."""
    took = (touches["end"] - touches["start"]).to_numpy(np.float64)
    told = (took > 0) & (took <= _HALF_A_DAY) & (touches["stage"] >= 0).to_numpy()
    logs, stage = np.log(took[told]), touches["stage"].to_numpy(np.int64)[told]
    n, total, square = (np.bincount(stage, weight, stages) for weight in (np.ones(len(logs)), logs, logs**2))
    return Effort(n, total, square)
