"""Calendars as people write them: the hours of a week, days off and make-up days, a country's holidays by its code.

berlin:
  time_zone: Europe/Berlin
  hours: {mon-thu: 09:00-12:30 13:00-17:00, fri: 09:00-15:00}
  holidays: [2026-12-24]
  make_up_days: {2026-10-10: thu}
  country: DE
  subdivision: BY
  years: [2026, 2027]
"""

import re
from datetime import date, time
from itertools import groupby

from pydantic import Field

from sim.calendar import Shift, WorkingCalendar
from studies.config.scalars import Date, Text, WholeNumber
from studies.config.table import Table

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The weekdays, Monday first."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?")


class CalendarFile(Table):
    """A calendar as a file holds it."""

    name: Text = ""
    hours: dict[Text, Text]
    time_zone: Text = "UTC"
    holidays: tuple[Date, ...] = ()
    make_up_days: dict[Date, Text] = Field(default_factory=dict)
    country: Text = ""
    subdivision: Text = ""
    years: tuple[WholeNumber, ...] = ()

    def build(self) -> WorkingCalendar:
        """Return the calendar; raise ValueError where a text says nothing."""
        off = set(self.holidays)
        worked = {day: _weekday(text) for day, text in self.make_up_days.items()}
        if self.country:
            national_off, national_work = self._national()
            off |= national_off - worked.keys()
            worked = {day: weekday for day, weekday in national_work if day not in off} | worked
        elif self.years or self.subdivision:
            raise ValueError(
                "years and subdivision choose a country's holidays, but country is missing; add country: DE"
            )
        week = _week(self.hours)
        return WorkingCalendar(self.name, week, self.time_zone, frozenset(off), tuple(sorted(worked.items())))

    def _national(self) -> tuple[frozenset[date], tuple[tuple[date, int], ...]]:
        # The tables of every country's holidays take a while to load, and few files ask for them.
        from sim.holidays import make_up_days, public_holidays  # noqa: PLC0415

        if not self.years:
            raise ValueError(f"country {self.country!r} needs the years of its holidays; add years: [2026, 2027]")
        area = self.subdivision or None
        return public_holidays(self.country, self.years, area), make_up_days(self.country, self.years, area)


def write_calendar(calendar: WorkingCalendar, key: str) -> dict[str, object]:
    """Return a calendar as a file holds it, the name left out where it is the key under which it stands."""
    data: dict[str, object] = {} if calendar.name == key else {"name": calendar.name}
    data["hours"] = _hours(calendar.week)
    if calendar.time_zone != "UTC":
        data["time_zone"] = calendar.time_zone
    if calendar.holidays:
        data["holidays"] = [day.isoformat() for day in sorted(calendar.holidays)]
    if calendar.make_up_days:
        data["make_up_days"] = {day.isoformat(): DAYS[weekday] for day, weekday in calendar.make_up_days}
    return data


def _week(hours: dict[str, str]) -> tuple[tuple[Shift, ...], ...]:
    week: list[tuple[Shift, ...]] = [()] * 7
    given = set()
    for days, text in hours.items():
        shifts = tuple(_shift(part) for part in text.replace(",", " ").split())
        for day in _days(days):
            if day in given:
                raise ValueError(f"hours give {DAYS[day]} twice; keep one")
            given.add(day)
            week[day] = shifts
    return tuple(week)


def _days(text: str) -> range:
    first, _, last = text.partition("-")
    begin = _weekday(first)
    end = _weekday(last) if last else begin
    if end < begin:
        raise ValueError(f"hours of {text!r} run backward; write two lines, such as fri-sun and mon")
    return range(begin, end + 1)


def _weekday(text: str) -> int:
    short = text.strip().lower()[:3]
    if short not in DAYS:
        raise ValueError(f"no weekday {text!r}; use {', '.join(DAYS)} or a range such as mon-fri")
    return DAYS.index(short)


def _shift(text: str) -> Shift:
    first, dash, last = text.partition("-")
    if not dash:
        raise ValueError(f"no shift {text!r}; write from-to, such as 09:00-17:00")
    return Shift(_clock(first), _clock("0:00" if last in {"24:00", "24"} else last))


def _clock(text: str) -> time:
    found = _CLOCK.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError  # noqa: TRY301 - both ways to be no time of day get one answer
        hour, minute, second = found.groups(default="0")
        return time(int(hour), int(minute), int(float(second)), round(float(second) % 1 * 1e6))
    except ValueError:
        raise ValueError(f"no time of day {text!r}; write 09:00 or 17:30") from None


def _hours(week: tuple[tuple[Shift, ...], ...]) -> dict[str, str]:
    hours = {}
    for shifts, days in groupby(range(7), key=lambda day: week[day]):
        run = list(days)
        if shifts:
            name = DAYS[run[0]] if len(run) == 1 else f"{DAYS[run[0]]}-{DAYS[run[-1]]}"
            hours[name] = " ".join(f"{_wall(shift.start)}-{_wall(shift.end, midnight='24:00')}" for shift in shifts)
    return hours


def _wall(clock: time, midnight: str = "00:00") -> str:
    if clock == time(0):
        return midnight
    return clock.isoformat("auto" if clock.second or clock.microsecond else "minutes")
