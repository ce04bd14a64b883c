"""The hours that a company states itself take the place of those read off its history."""

from dataclasses import replace
from datetime import date, time, timedelta

import numpy as np
import pytest

from forecast.calibration.estimates import Estimates
from forecast.calibration.own_hours import with_own_hours
from forecast.calibration.people import WorkHours, work_hours
from forecast.dataset import CalibrationData
from sim.calendar import WorkingCalendar
from sim.eventlog import EventLog
from sim.operation import Operation
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Ramp


@pytest.fixture(scope="module")
def data(history: EventLog) -> CalibrationData:
    return CalibrationData.of(history, history.origin + timedelta(days=60))


def stated(data: CalibrationData, operation: Operation) -> WorkHours:
    return with_own_hours(work_hours(data, "UTC", Estimates()), data, operation)


def effort(hours: WorkHours, data: CalibrationData, rep: str, start: float, end: float) -> float:
    code = data.log.vocabulary["actor"].index(rep)
    return float(hours.worked(np.array([code]), np.array([start]), np.array([end]))[0])


def test_a_touch_carried_over_night_counts_the_stated_hours(data: CalibrationData, truth: FunnelSpec) -> None:
    short = replace(truth.operation, calendars={"office": WorkingCalendar.office("office", time(9), time(15))})
    hours = stated(data, short)
    # from Monday 14:30 to Tuesday 9:30
    assert effort(hours, data, "sdr 0", 14.5 * HOUR, 33.5 * HOUR) == pytest.approx(1 * HOUR)


def test_a_day_of_leave_counts_nothing(data: CalibrationData, truth: FunnelSpec) -> None:
    first, *others = truth.operation.reps
    away = replace(first, leave=((date(2025, 1, 7), date(2025, 1, 7)),))
    hours = stated(data, replace(truth.operation, reps=(away, *others)))
    assert effort(hours, data, away.name, 16 * HOUR, 58 * HOUR) == pytest.approx(2 * HOUR)


def test_time_goes_into_touches_only_as_far_as_ramp_and_admin_work_let_it(
    data: CalibrationData, truth: FunnelSpec
) -> None:
    first, *others = truth.operation.reps
    hired = data.log.origin.date()
    new = replace(first, hired=hired, admin_share=0.2)
    team, *teams = truth.operation.teams
    ramping = replace(team, ramp=Ramp(days=100.0, start=0.5))
    hours = stated(data, replace(truth.operation, reps=(new, *others), teams=(ramping, *teams)))
    begin = (data.log.origin.replace(hour=9) - data.log.origin) / timedelta(days=1)
    for day in (0.0, 28.0):
        share = 0.8 * (0.5 + 0.5 * (begin + day) / 100)
        found = effort(hours, data, new.name, begin + day, begin + day + HOUR)
        assert found == pytest.approx(share * HOUR, rel=1e-6)


def test_whoever_is_not_named_keeps_the_hours_read_off(data: CalibrationData, truth: FunnelSpec) -> None:
    read_off = work_hours(data, "UTC", Estimates())
    without = tuple(rep for rep in truth.operation.reps if rep.name != "sdr 0")
    hours = with_own_hours(read_off, data, replace(truth.operation, reps=without))
    code = data.log.vocabulary["actor"].index("sdr 0")
    assert hours.calendar_of[code] == read_off.calendar_of[code]
    assert code not in hours.productive
