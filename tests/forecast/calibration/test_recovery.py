"""Parameters of a known funnel come back from its history, in standard errors."""

import math

import pandas as pd
import pytest

from forecast.calibration.calibrate import Calibration, calibrate
from sim.errors import SpecError
from sim.eventlog import EventLog, Kind
from sim.units import HOUR


def estimate(calibration: Calibration, where: str, what: str) -> pd.Series:
    table = calibration.estimates.to_frame()
    return table[(table["where"] == where) & (table["what"] == what)].iloc[-1]


def z(calibration: Calibration, where: str, what: str, true: float) -> float:
    found = estimate(calibration, where, what)
    return float((found["value"] - true) / found["error"])


DAYS = 360.0

CASES = [
    ("channel 'web'", "rate_per_day", 8.0),
    ("channel 'partner'", "rate_per_day", 3.0),
    ("channel 'web'", "quality", 0.0),
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


def test_the_difference_between_channels_comes_back(calibration: Calibration) -> None:
    partner = estimate(calibration, "stage 'proposal'", "channel_effects partner")
    web = estimate(calibration, "stage 'proposal'", "channel_effects web")
    # both are measured against their average, so their errors move together and add up
    assert abs((partner["value"] - web["value"] - 0.6) / (partner["error"] + web["error"])) < 4


def test_waiting_is_taken_out_of_the_delays(calibration: Calibration) -> None:
    stage = calibration.spec.market.stages[1]
    queued = estimate(calibration, "stage 'proposal'", "lead_in")["value"]
    assert stage.lead_in.mean < 0.15 * queued
    assert stage.latency.mean == pytest.approx(4.0, rel=0.06)


def test_teams_hours_and_people_are_read_off(calibration: Calibration) -> None:
    operation = calibration.spec.operation
    assert [team.stages for team in operation.teams] == [("lead",), ("proposal",)]
    assert {rep.name.split()[0] for rep in operation.team_reps(operation.teams[0].name)} == {"sdr"}
    week = operation.calendars[operation.reps[0].calendar].week
    assert [(shift.start.hour, shift.end.hour) for day in week for shift in day] == [(9, 17)] * 5


def test_nothing_after_the_as_of_date_leaks(history: EventLog, calibration: Calibration) -> None:
    half = history.instant(DAYS / 2)
    seen_then = history.until(DAYS / 2)
    assert calibrate(history, half).spec == calibrate(seen_then, half).spec
    assert calibrate(history, half).spec != calibration.spec


def test_a_history_without_touches_leaves_all_dwell_to_the_buyer(history: EventLog) -> None:
    bare = history.select(~history.of_kind(Kind.STARTED, Kind.TOUCHED))
    found = calibrate(bare, bare.instant(DAYS))
    assert found.untouched == {"lead", "proposal"}
    lead = found.spec.market.stages[0]
    assert lead.touches.mean == 1.0
    assert lead.latency.mean > 1.0


def test_an_as_of_date_before_the_first_event_is_refused(history: EventLog) -> None:
    with pytest.raises(SpecError, match="since"):
        calibrate(history, history.instant(-10.0))
