"""The hours that the company states itself, in place of those read off: calendars, leave, admin work and ramps."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from forecast.calibration.people import Productive, WorkHours
from forecast.dataset import CalibrationData
from sim.calendar import OpenHours
from sim.operation import Operation
from sim.workforce import Rep


def with_own_hours(hours: WorkHours, data: CalibrationData, operation: Operation) -> WorkHours:
    """Return the hours with those that the operation gives its reps; actors whom it doesn't name keep what was seen."""
    actors = data.log.vocabulary["actor"]
    reps = {actors.index(rep.name): rep for rep in operation.reps if rep.name in actors}
    calendars = {rep.name: operation.calendars[rep.calendar] for rep in reps.values()}
    return replace(
        hours,
        calendars={**hours.calendars, **calendars},
        calendar_of={**hours.calendar_of, **{code: rep.name for code, rep in reps.items()}},
        tables={**hours.tables, **_tables(data, operation, reps)},
        productive={code: _productive(data, operation, rep) for code, rep in reps.items()},
    )


def _tables(data: CalibrationData, operation: Operation, reps: Mapping[int, Rep]) -> dict[str, OpenHours]:
    start, end = min(data.since, data.log.window[0]) - 1.0, data.as_of + 1.0
    return {
        rep.name: operation.calendars[rep.calendar].open_hours(data.log.origin, start, end, rep.leave)
        for rep in reps.values()
    }


def _productive(data: CalibrationData, operation: Operation, rep: Rep) -> Productive:
    """Return how much of the rep's time goes into touches, from the day of hiring on."""
    ramp = next(team.ramp for team in operation.teams if team.name == rep.team)
    if ramp is None or rep.hired is None:
        return Productive(share=1.0 - rep.admin_share)
    midnight = datetime.combine(rep.hired, time(), ZoneInfo(operation.calendars[rep.calendar].time_zone))
    hired = (midnight.astimezone(UTC) - data.log.origin) / timedelta(days=1)
    return Productive(1.0 - rep.admin_share, hired, ramp.days, ramp.start)
