"""The people: who works in which team, in which hours, how fast, and how many deals they hold at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.calibration.arrivals import local_times
from forecast.calibration.estimates import Estimates
from forecast.dataset import CalibrationData
from sim.calendar import OpenHours, Shift, WorkingCalendar, worked
from sim.distributions import Floats
from sim.eventlog import NONE
from sim.workforce import productivity

type Whole = npt.NDArray[np.int64]

_ENOUGH = 100
"""Touches from which a rep's own hours are read off; others get those of all."""
_COVERED = 0.02
"""Share of touches that may lie before the first hour, or after the last, of a shift."""
_WORKDAY = 0.15
"""A weekday is worked where it has at least this share of the busiest weekday's touches."""
_RECENT = 35.0
"""Days within which a rep must have been seen to count as working at the as-of date."""
_EXTREME = 3.0
"""Nobody is taken to be more than so many times faster or slower than usual."""
_AT_LIMIT = 0.25
"""A rep works at a WIP limit where the count of open deals is at its highest on at least this share of days."""
OFFICE = (time(9), time(17))


@dataclass(frozen=True, slots=True)
class Productive:
    """What share of a rep's working time goes into touches: ``share``, less during a ramp from the day ``hired``."""

    share: float = 1.0
    hired: float = 0.0
    ramp_days: float = 0.0
    ramp_start: float = 1.0

    def at(self, time: float) -> float:
        """Return the share at ``time`` (days since the log's origin)."""
        return self.share * productivity(time - self.hired, self.ramp_days, self.ramp_start)


@dataclass(frozen=True)
class WorkHours:
    """The hours in which each person works.

    Attributes
    ----------
    calendars
        Name → calendar.
    calendar_of
        Actor code → name of the calendar.
    tables
        Name → open hours over the history, in days since the log's origin.
    productive
        Actor code → what share of the working time goes into touches, where that is known.
    """

    calendars: Mapping[str, WorkingCalendar]
    calendar_of: Mapping[int, str]
    tables: Mapping[str, OpenHours]
    productive: Mapping[int, Productive] = field(default_factory=dict)

    def worked(self, actor: Whole, start: Floats, end: Floats) -> Floats:
        """Return the working time that went into touches between ``start`` and ``end``: all of shape (touches,).

        Work outside the hours counts as it is.
        """
        result = end - start
        for i, code in enumerate(actor.tolist()):
            table = self.tables[self.calendar_of[code]]
            inside = worked(table.starts, table.ends, start[i], end[i])
            if inside > 0:
                result[i] = inside
            if code in self.productive:
                result[i] *= self.productive[code].at(start[i])
        return np.asarray(result, np.float64)


def work_hours(data: CalibrationData, zone: str, notes: Estimates) -> WorkHours:
    """Read off who works when, from the starts of touches; without touches everybody keeps office hours."""
    touches = data.touches_everywhere
    everybody = _calendar("everybody", _starts(data, touches), zone)
    calendars, calendar_of = {everybody.name: everybody}, {NONE: everybody.name}
    for code, name in enumerate(data.log.vocabulary["actor"]):
        own = touches[touches["actor"] == code]
        calendar_of[code] = everybody.name
        if len(own) >= _ENOUGH:
            calendars[name] = _calendar(name, _starts(data, own), zone)
            calendar_of[code] = name
    how = "observed touches" if len(touches) else "assumed: the history logs no touches"
    notes.note("calendar 'everybody'", "hours a working day", everybody.hours_per_working_day, n=len(touches), how=how)
    end = data.as_of + 1.0
    start = min(data.since, float(touches["start"].min())) if len(touches) else data.since
    tables = {name: calendar.open_hours(data.log.origin, start, end) for name, calendar in calendars.items()}
    return WorkHours(calendars, calendar_of, tables)


def _starts(data: CalibrationData, touches: pd.DataFrame) -> pd.Series:
    return local_times(data, touches["start"])


def _calendar(name: str, starts: pd.Series, zone: str) -> WorkingCalendar:
    """Return a calendar of whole hours that covers nearly all starts."""
    if len(starts) < _ENOUGH:
        return WorkingCalendar.office(name, *OFFICE, time_zone=zone)
    clock = starts.dt.hour + starts.dt.minute / 60
    opens, closes = int(clock.quantile(_COVERED)), min(24, int(np.ceil(clock.quantile(1 - _COVERED) + 0.25)))
    per_day = np.bincount(starts.dt.day_of_week, minlength=7)
    shift = (Shift(time(opens), time(closes % 24)),)
    week = tuple(shift if count >= _WORKDAY * per_day.max() else () for count in per_day)
    return WorkingCalendar(name, week, zone)


@dataclass(frozen=True)
class Person:
    """One rep as the history shows them.

    ``presence`` is the share of their working days on which they did anything; ``speed`` their pace against
    everybody's, shrunk; ``wip_limit`` the number of open deals at which they were kept in the last quarter; ``stages``
    how many touches they gave, or where none are logged how many visits they took up, by stage code.
    """

    code: int
    name: str
    presence: float
    speed: float
    wip_limit: int | None
    stages: Mapping[int, int]


def people_at_work(data: CalibrationData, hours: WorkHours) -> tuple[Person, ...]:
    """Return everybody who was seen at work shortly before the as-of date and took part in any visit."""
    stays = data.visits[data.visits["owner"] != NONE]
    touches = data.touches_everywhere
    effort = np.log(np.maximum(hours.worked(*(touches[name].to_numpy() for name in ("actor", "start", "end"))), 1e-5))
    pace = _speeds(touches["actor"].to_numpy(), touches["stage"].to_numpy(), effort)
    people = []
    for code in np.unique(stays["owner"]).tolist():
        own = stays[stays["owner"] == code]
        last = max(
            float(own["entered"].max()), float(touches["end"][touches["actor"] == code].max()) if len(touches) else 0.0
        )
        if last >= data.as_of - _RECENT:
            its = touches[touches["actor"] == code]
            work = its if len(touches) else own
            people.append(
                Person(
                    code=code,
                    name=data.log.vocabulary["actor"][code],
                    presence=_presence(data, its, hours, code),
                    speed=pace.get(code, 1.0),
                    wip_limit=_wip_limit(own, data.as_of),
                    stages=dict(
                        zip(*(part.tolist() for part in np.unique(work["stage"], return_counts=True)), strict=True)
                    ),
                )
            )
    return tuple(people)


def _presence(data: CalibrationData, touches: pd.DataFrame, hours: WorkHours, code: int) -> float:
    if len(touches) < _ENOUGH:
        return 1.0
    days = _starts(data, touches).dt.date.unique()
    first, last = min(days), max(days)
    week = hours.calendars[hours.calendar_of[code]].week
    span = [first + timedelta(i) for i in range((last - first).days + 1)]
    working = sum(1 for day in span if week[day.weekday()])
    worked_days = sum(1 for day in days if week[day.weekday()])
    return min(1.0, worked_days / max(1, working))


def _speeds(actor: Whole, stage: Whole, log_effort: Floats) -> dict[int, float]:
    """Return each named rep's pace: how much shorter than usual for the stage their touches are.

    A one-way random-effects model by moments: a rep's mean is drawn towards 0 as far as its own noise asks for.
    """
    table = pd.DataFrame({"actor": actor, "stage": stage, "effort": log_effort})[actor != NONE]
    if table.empty:
        return {}
    table["shorter"] = table.groupby("stage")["effort"].transform("mean") - table["effort"]
    groups = table.groupby("actor")["shorter"]
    mean, n = groups.mean(), groups.size()
    noise = float(groups.var().fillna(0.0).mean())
    between = max(0.0, float(mean.var()) - float((noise / n).mean())) if len(mean) > 1 else 0.0
    shrunk = mean * between / (between + noise / n) if between > 0 else mean * 0.0
    pace = np.exp(shrunk).clip(1 / _EXTREME, _EXTREME)
    # touches at the usual effort divided by these paces must take as long in all as they did
    pace *= float((n / pace).sum() / n.sum())
    return {int(str(code)): float(value) for code, value in pace.items()}


def _wip_limit(visits: pd.DataFrame, as_of: float) -> int | None:
    """Return the number of open deals at which a rep is kept, or None where nothing keeps them.

    The daily counts of the last quarter run up against a limit if a good share of them are the highest; visits older
    than half a year are left out, since nobody works on them.
    """
    recent = visits[visits["entered"] >= as_of - 182]
    starts, ends = recent["entered"].to_numpy(), (recent["entered"] + recent["age"]).to_numpy()
    days = np.arange(max(0.0, as_of - 91), as_of)
    counts = np.array([(starts <= day).sum() - (ends <= day).sum() for day in days])
    highest = int(counts.max(initial=0))
    return highest if highest >= 2 and (counts == highest).mean() >= _AT_LIMIT else None
