"""Working time and elapsed time: a desk keeps hours, a buyer's clock doesn't.

A calendar says when somebody works: shifts on the local wall clock, week after week, less public holidays and leave,
plus make-up days. `WorkingCalendar.open_hours` lays that out as a table of intervals on the simulator's clock (days
since an origin), and the rules of `sim.working_time` read the table.

A shift belongs to the date on which it begins. So a night shift that begins on the eve of a holiday is worked to its
end, and the one that would begin on the holiday isn't.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from sim.errors import SpecError, require
from sim.working_time import Floats, finish, is_open, next_open, worked

__all__ = ["ALWAYS", "OpenHours", "Shift", "WorkingCalendar", "finish", "is_open", "next_open", "worked"]

type Leave = tuple[tuple[date, date], ...]

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours worked without a break, on the wall clock; an end at or before the start lies on the next day.

    ``Shift(time(22), time(6))`` is a night shift, ``Shift(time(0), time(0))`` a whole day.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        """Refuse times that bring their own zone: the zone belongs to the calendar."""
        local = self.start.tzinfo is None and self.end.tzinfo is None
        require(local, f"shift {self}: times must have no time zone; set the calendar's time_zone instead")

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"

    @property
    def length(self) -> timedelta:
        """Length on the wall clock, more than zero and at most a day."""
        length = datetime.combine(date.min, self.end) - datetime.combine(date.min, self.start)
        return length if length > timedelta(0) else length + ONE_DAY


@dataclass(frozen=True, eq=False)
class OpenHours:
    """When a desk is open: intervals [starts, ends) in days since an origin, sorted, apart from each other.

    Attributes
    ----------
    starts, ends
        Float arrays of shape (intervals,), the opening and the closing instants.
    """

    starts: Floats
    ends: Floats


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """The hours that a rep or a team works.

    Attributes
    ----------
    name
        What error messages call it.
    week
        Seven tuples of shifts, Monday first.
    time_zone
        IANA name of the zone whose wall clock the shifts follow.
    holidays
        Local dates on which no shift begins.
    make_up_days
        Pairs (date, weekday whose shifts are worked on it, Monday = 0), such as the Sundays on which Chinese offices
        make up for a longer holiday.

    Raises
    ------
    SpecError
        If the parts contradict each other.
    """

    name: str
    week: tuple[tuple[Shift, ...], ...]
    time_zone: str = "UTC"
    holidays: frozenset[date] = frozenset()
    make_up_days: tuple[tuple[date, int], ...] = ()

    def __post_init__(self) -> None:
        """Refuse a week that can't be worked."""
        here = f"calendar {self.name!r}"
        require(
            len(self.week) == 7, f"{here}: week has {len(self.week)} days; give seven, Monday first, () for a day off"
        )
        require(any(self.week), f"{here}: no shift on any day; give at least one, such as Shift(time(9), time(17))")
        self._refuse_overlaps(here)
        self._refuse_make_up_days(here)
        try:
            ZoneInfo(self.time_zone)
        # '../x' is a ValueError, and 'America' an OSError: the zone data has it as a folder.
        except (LookupError, ValueError, OSError):
            message = (
                f"{here}: no time zone {self.time_zone!r}; use an IANA name such as UTC, Europe/Berlin or Asia/Shanghai"
            )
            raise SpecError(message) from None

    def _refuse_overlaps(self, here: str) -> None:
        """Lay the week out in a circle: Sunday's night shift must be over when Monday's first one begins."""
        spans = [
            (datetime.combine(date.min + day * ONE_DAY, shift.start), WEEKDAYS[day], shift)
            for day, shifts in enumerate(self.week)
            for shift in sorted(shifts, key=lambda shift: shift.start)
        ]
        begin, weekday, first = spans[0]
        for (start, day, shift), (following, next_day, next_shift) in pairwise(
            [*spans, (begin + ONE_WEEK, weekday, first)]
        ):
            pair = f"{day} {shift} overlaps {next_day} {next_shift}"
            require(start + shift.length <= following, f"{here}: {pair}; end one before the other begins")

    def _refuse_make_up_days(self, here: str) -> None:
        seen: set[date] = set()
        for day, weekday in self.make_up_days:
            require(
                weekday in range(7),
                f"{here}: make-up day {day} works as weekday {weekday}; use 0 (Monday) to 6 (Sunday)",
            )
            require(
                day not in self.holidays,
                f"{here}: {day} is both a holiday and a make-up day; take it out of one of them",
            )
            require(day not in seen, f"{here}: make-up day {day} is given twice; keep one")
            seen.add(day)

    @classmethod
    def office(
        cls,
        name: str,
        opens: time = time(9),
        closes: time = time(17),
        time_zone: str = "UTC",
        lunch: Shift | None = None,
        *,
        holidays: Iterable[date] = (),
        make_up_days: Iterable[tuple[date, int]] = (),
    ) -> Self:
        """Make the calendar of an office: the same hours from Monday to Friday, with or without a lunch break.

        Parameters
        ----------
        name, time_zone, holidays, make_up_days
            As in the calendar itself.
        opens, closes
            Wall-clock times.
        lunch
            A break inside the opening hours.
        """
        shifts: tuple[Shift, ...] = (Shift(opens, closes),)
        if lunch is not None:
            inside = opens < lunch.start < lunch.end < closes
            require(inside, f"calendar {name!r}: lunch {lunch} must lie inside the opening hours {shifts[0]}")
            shifts = (Shift(opens, lunch.start), Shift(lunch.end, closes))
        return cls(name, (shifts,) * 5 + ((),) * 2, time_zone, frozenset(holidays), tuple(make_up_days))

    @property
    def hours_per_working_day(self) -> float:
        """Mean hours of the weekdays that are worked, so that five working days of effort fill a five-day week."""
        worked_days = sum(map(bool, self.week))
        length = sum((shift.length for shifts in self.week for shift in shifts), timedelta(0))
        return length / timedelta(hours=1) / worked_days

    def open_hours(self, origin: datetime, start: float, end: float, leave: Leave = ()) -> OpenHours:
        """Lay the calendar out on the simulator's clock.

        A wall time that the change to summer time skips stands for the instant of the change; of a wall time that the
        change back repeats, the first is meant. So the order of shifts is the same on every date.

        Parameters
        ----------
        origin
            The instant of time 0, with a time zone (any).
        start, end
            The range wanted, in days since ``origin``; intervals are cut at both.
        leave
            Pairs (first, last) of local dates, both included, on which no shift begins, make-up days too.

        Returns
        -------
        OpenHours
            Possibly without any interval.
        """
        here = f"calendar {self.name!r}"
        require(
            origin.tzinfo is not None,
            f"{here}: origin {origin.isoformat()} has no time zone; give it one, such as +00:00",
        )
        require(
            -np.inf < start < end < np.inf,
            f"{here}: open hours from {start:g} to {end:g} days; give start < end, both finite",
        )
        for first, last in leave:
            require(first <= last, f"{here}: leave from {first} to {last} ends before it begins; swap the dates")
        intervals = _open_intervals(self, origin, start, end, leave)
        return OpenHours(intervals[:, 0].copy(), intervals[:, 1].copy())


@lru_cache(maxsize=4096)  # every replication asks for the same tables, one a rep, at some milliseconds each
def _open_intervals(
    calendar: WorkingCalendar, origin: datetime, start: float, end: float, leave: Leave
) -> npt.NDArray[np.float64]:
    """Return shifts between start and end, as days since origin; those that touch become one: shape (shifts, 2)."""
    merged: list[tuple[float, float]] = []
    for opens, closes in sorted(_spans(calendar, origin, start, end, leave)):
        if merged and opens <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return np.array(merged, np.float64).reshape(-1, 2)


def _spans(
    calendar: WorkingCalendar, origin: datetime, start: float, end: float, leave: Leave
) -> Iterator[tuple[float, float]]:
    zone = ZoneInfo(calendar.time_zone)
    # In UTC, because subtracting two instants of one local zone would count wall time instead of elapsed time.
    origin = origin.astimezone(UTC)
    make_up = dict(calendar.make_up_days)
    off = calendar.holidays.union(*(_dates(first, last) for first, last in leave))
    last_date = (origin + timedelta(days=end)).astimezone(zone).date()
    eve = (origin + timedelta(days=start)).astimezone(zone).date() - ONE_DAY  # its night shift may still run
    for day in _dates(eve, last_date):
        shifts = () if day in off else calendar.week[make_up.get(day, day.weekday())]
        for shift in shifts:
            wall = datetime.combine(day, shift.start)
            opens = max(start, (_instant(wall, zone) - origin) / ONE_DAY)
            closes = min(end, (_instant(wall + shift.length, zone) - origin) / ONE_DAY)
            if opens < closes:
                yield opens, closes


def _dates(first: date, last: date) -> list[date]:
    return [first + k * ONE_DAY for k in range((last - first).days + 1)]


def _instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the first instant (UTC) at which the zone's clock reads ``wall`` or later.

    PEP 495: fold 0 takes the offset before a change of the clock and fold 1 the one after it, so fold 1 has the larger
    offset only where the change skips ``wall``. The change then lies between the two readings; bisection finds it.
    """
    before, after = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    offset = after.utcoffset()
    skipped = after.astimezone(UTC), before.astimezone(UTC)
    if skipped[0] >= skipped[1]:
        return skipped[1]
    seconds = range(int((skipped[1] - skipped[0]).total_seconds()))
    low = skipped[0].replace(microsecond=0)

    def changed(second: int) -> bool:
        return (low + timedelta(seconds=second)).astimezone(zone).utcoffset() == offset

    return low + timedelta(seconds=bisect_left(seconds, 1, key=changed))


ALWAYS = WorkingCalendar("always", ((Shift(time(0), time(0)),),) * 7)
"""Open around the clock: one interval, so work begun at t is finished at t + effort exactly."""
