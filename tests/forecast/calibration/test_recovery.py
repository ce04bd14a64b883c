"""Parameters of a known funnel come back from its history, in standard errors."""

import math

import pandas as pd
import pytest

from forecast.calibration.calibrate import Calibration
from sim.units import HOUR


def estimate(calibration: Calibration, where: str, what: str) -> pd.Series:
    table = calibration.estimates.to_frame()
    return table[(table["where"] == where) & (table["what"] == what)].iloc[-1]


def z(calibration: Calibration, where: str, what: str, true: float) -> float:
    found = estimate(calibration, where, what)
    return float((found["value"] - true) / found["error"])


CASES = [
    ("channel 'web'", "rate_per_day", 8.0),
    ("channel 'partner'", "rate_per_day", 3.0),
    ("stage 'lead'", "advance", 0.45),
    ("stage 'lead'", "quality_slope", 0.6),
    ("stage 'lead'", "effort", 0.5 * HOUR),
    ("stage 'lead'", "patience", 6.0),
    ("stage 'lead'", "cause bad fit", 0.7),
    ("stage 'proposal'", "touches", 2.0),
    ("stage 'proposal'", "effort", 1.0 * HOUR * math.exp(0.18)),
    ("stage 'proposal'", "cause price", 0.6),
    ("amounts all", "median", 20_000.0),
    ("amounts all", "sigma", 0.8),
]
"""Where, what, and the truth."""


@pytest.mark.parametrize(("where", "what", "true"), CASES, ids=[f"{where} {what}" for where, what, _ in CASES])
def test_a_known_number_comes_back_within_four_standard_errors(
    calibration: Calibration, where: str, what: str, true: float
) -> None:
    assert abs(z(calibration, where, what, true)) < 4


def test_the_check_catches_numbers_that_are_a_tenth_off(calibration: Calibration) -> None:
    sharp = [case for case in CASES if estimate(calibration, *case[:2])["error"] < case[2] / 60]
    assert len(sharp) >= 3
    assert all(abs(z(calibration, where, what, true * 1.1)) > 4 for where, what, true in sharp)
