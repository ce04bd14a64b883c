"""Calendars against the wall clock: worked cases, brute force by the minute, and calendars that make no sense."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calendar import ALWAYS, Leave, OpenHours, Shift, WorkingCalendar, finish, is_open, next_open, worked
from sim.errors import SpecError, UnknownNameError
from sim.holidays import make_up_days, public_holidays

HOUR = 1 / 24
NIGHT = Shift(time(22), time(6))
DAY_SHIFT = Shift(time(9), time(17))
MONDAY = datetime(2025, 6, 2, tzinfo=UTC)
OFFICE = WorkingCalendar.office("office")


def at(instant: datetime, origin: datetime = MONDAY) -> float:
    return (instant - origin) / timedelta(days=1)


def clock(days: float, zone: str = "UTC", origin: datetime = MONDAY) -> str:
    """Say on the wall clock, to the minute, when something happens."""
    return f"{(origin + timedelta(days=days)).astimezone(ZoneInfo(zone)):%a %d %H:%M}"


def table(
    calendar: WorkingCalendar, origin: datetime = MONDAY, days: float = 28, **leave: Leave
) -> tuple[np.ndarray, np.ndarray]:
    hours = calendar.open_hours(origin, 0, days, **leave)
    return hours.starts, hours.ends


def every_day(*shifts: Shift, time_zone: str = "UTC", **rest: frozenset[date]) -> WorkingCalendar:
    return WorkingCalendar("every day", (shifts,) * 7, time_zone, **rest)


def hours_open(
    calendar: WorkingCalendar, first: date, last: date | None = None, **leave: Leave
) -> list[tuple[str, str]]:
    """Opening and closing of each interval on the local wall clock, for whole local dates."""
    zone = ZoneInfo(calendar.time_zone)
    start = datetime.combine(first, time(), zone)
    stop = datetime.combine((last or first) + timedelta(days=1), time(), zone)
    starts, ends = table(calendar, start, at(stop.astimezone(UTC), start.astimezone(UTC)), **leave)
    return [
        (clock(a, zone.key, start.astimezone(UTC)), clock(b, zone.key, start.astimezone(UTC)))
        for a, b in zip(starts, ends, strict=True)
    ]


# Worked cases


def test_ten_working_hours_from_wednesday_at_three_end_on_thursday_at_closing_time() -> None:
    done = finish(*table(OFFICE), at(datetime(2025, 6, 4, 15, tzinfo=UTC)), 10 * HOUR)
    assert done == at(datetime(2025, 6, 5, 17, tzinfo=UTC))


def test_a_day_of_24_hours_a_working_day_and_24_working_hours_are_three_deadlines() -> None:
    wednesday = at(datetime(2025, 6, 4, 10, tzinfo=UTC))
    friday = at(datetime(2025, 6, 6, 16, tzinfo=UTC))
    working_day = OFFICE.hours_per_working_day * HOUR
    hours = table(OFFICE)
    deadlines = [(t + 1, finish(*hours, t, working_day), finish(*hours, t, 24 * HOUR)) for t in (wednesday, friday)]
    assert [clock(t) for t in deadlines[0]] == ["Thu 05 10:00", "Thu 05 10:00", "Mon 09 10:00"]
    assert [clock(t) for t in deadlines[1]] == ["Sat 07 16:00", "Mon 09 16:00", "Wed 11 16:00"]


def test_the_weekend_is_no_working_time() -> None:
    friday_night, monday = at(datetime(2025, 6, 6, 20, tzinfo=UTC)), at(datetime(2025, 6, 9, 9, tzinfo=UTC))
    starts, ends = table(OFFICE)
    assert next_open(starts, ends, friday_night) == monday
    assert worked(starts, ends, friday_night, monday) == 0
    assert not is_open(starts, ends, friday_night)


def test_the_desk_is_open_at_opening_time_and_closed_at_closing_time() -> None:
    starts, ends = table(OFFICE)
    nine, five = 9 / 24, 17 / 24
    assert is_open(starts, ends, nine)
    assert not is_open(starts, ends, five)
    assert not is_open(starts, ends, np.nextafter(nine, 0))
    assert is_open(starts, ends, np.nextafter(five, 0))


def test_lunch_is_no_working_time() -> None:
    office = WorkingCalendar.office("office", lunch=Shift(time(12), time(13)))
    assert office.hours_per_working_day == 7
    assert clock(finish(*table(office), 11 * HOUR, 2 * HOUR)) == "Mon 02 14:00"


def test_working_days_fill_the_week() -> None:
    short_friday = WorkingCalendar("short Friday", ((DAY_SHIFT,),) * 4 + ((Shift(time(9), time(13)),), (), ()))
    done = finish(*table(short_friday), 0.0, 5 * short_friday.hours_per_working_day * HOUR)
    assert clock(done) == "Fri 06 13:00"
    assert every_day(NIGHT).hours_per_working_day == 8
    assert ALWAYS.hours_per_working_day == 24


def test_no_shift_begins_on_a_public_holiday() -> None:
    new_york = WorkingCalendar.office("New York", time_zone="America/New_York", holidays=public_holidays("US", [2025]))
    week = hours_open(new_york, date(2025, 7, 3), date(2025, 7, 7))
    assert week == [("Thu 03 09:00", "Thu 03 17:00"), ("Mon 07 09:00", "Mon 07 17:00")]


def test_chinese_offices_make_up_for_the_national_day_of_2025() -> None:
    """The State Council's notice: off from 1 to 8 October; Sunday 28 September and Saturday 11 October are worked."""
    china = WorkingCalendar.office(
        "Shanghai",
        time_zone="Asia/Shanghai",
        holidays=public_holidays("CN", [2025]),
        make_up_days=make_up_days("CN", [2025]),
    )
    days = hours_open(china, date(2025, 9, 27), date(2025, 10, 13))
    assert [opens for opens, _ in days] == [
        f"{day} 09:00" for day in ("Sun 28", "Mon 29", "Tue 30", "Thu 09", "Fri 10", "Sat 11", "Mon 13")
    ]


def test_an_answer_due_in_two_working_days_waits_for_the_end_of_the_chinese_holiday() -> None:
    china = WorkingCalendar.office(
        "Shanghai", holidays=(date(2025, 10, d) for d in range(1, 9)), make_up_days=[(date(2025, 10, 11), 2)]
    )
    origin = datetime(2025, 9, 30, 9, tzinfo=UTC)
    hours = china.open_hours(origin, 0, 30)
    assert clock(finish(hours.starts, hours.ends, 4 * HOUR, 28 * HOUR), origin=origin) == "Sat 11 17:00"


def test_a_make_up_day_keeps_the_hours_of_the_day_it_stands_for() -> None:
    short_friday = WorkingCalendar(
        "short Friday",
        ((DAY_SHIFT,),) * 4 + ((Shift(time(9), time(13)),), (), ()),
        make_up_days=((date(2025, 6, 7), 4),),
    )
    assert hours_open(short_friday, date(2025, 6, 7)) == [("Sat 07 09:00", "Sat 07 13:00")]


def test_leave_takes_both_its_first_and_its_last_day() -> None:
    week = hours_open(OFFICE, date(2025, 6, 2), date(2025, 6, 6), leave=((date(2025, 6, 3), date(2025, 6, 5)),))
    assert [opens for opens, _ in week] == ["Mon 02 09:00", "Fri 06 09:00"]


def test_leave_from_a_desk_that_never_closes_takes_whole_local_dates() -> None:
    shanghai = every_day(Shift(time(0), time(0)), time_zone="Asia/Shanghai")
    days = hours_open(shanghai, date(2025, 6, 2), date(2025, 6, 4), leave=((date(2025, 6, 3), date(2025, 6, 3)),))
    assert days == [("Mon 02 00:00", "Tue 03 00:00"), ("Wed 04 00:00", "Thu 05 00:00")]


def test_leave_all_along_leaves_no_open_hours() -> None:
    starts, ends = table(OFFICE, leave=((date(2025, 1, 1), date(2026, 1, 1)),))
    assert (len(starts), len(ends)) == (0, 0)
    assert next_open(starts, ends, 0.0) == np.inf
    assert finish(starts, ends, 0.0, HOUR) == np.inf
    assert worked(starts, ends, 0.0, 28.0) == 0
    assert not is_open(starts, ends, 0.0)


@pytest.mark.parametrize(
    ("zone", "opens"), [("America/New_York", "13:00"), ("Asia/Shanghai", "01:00"), ("Asia/Kolkata", "03:30")]
)
def test_nine_o_clock_is_another_instant_in_each_time_zone(zone: str, opens: str) -> None:
    starts, ends = table(WorkingCalendar.office("office", time_zone=zone))
    assert clock(starts[0]) == f"Mon 02 {opens}"
    assert ends - starts == pytest.approx(8 * HOUR)


def test_the_origin_may_be_given_in_any_time_zone() -> None:
    shanghai = WorkingCalendar.office("office", time_zone="Asia/Shanghai")
    elsewhere = MONDAY.astimezone(ZoneInfo("America/New_York"))
    assert np.array_equal(table(shanghai), table(shanghai, elsewhere))


def test_open_hours_are_cut_at_the_range_asked_for() -> None:
    hours = every_day(NIGHT).open_hours(MONDAY, 0.0, 1.0)
    assert hours.starts.tolist() == [0, 22 * HOUR]
    assert hours.ends.tolist() == [6 * HOUR, 1]


def test_shifts_that_touch_are_one_interval() -> None:
    early, late = Shift(time(6), time(14)), Shift(time(14), time(22))
    assert hours_open(every_day(early, late), date(2025, 6, 2)) == [("Mon 02 06:00", "Mon 02 22:00")]


def test_a_desk_that_never_closes_is_one_interval() -> None:
    assert table(ALWAYS, days=3000)[0].tolist() == [0]
    assert table(ALWAYS, days=3000)[1].tolist() == [3000]
    new_york = every_day(early := Shift(time(6), time(18)), Shift(early.end, early.start), time_zone="America/New_York")
    assert len(table(new_york, days=3000)[0]) == 1


@given(t=st.floats(0, 1000), effort=st.floats(0, 1000))
def test_work_at_a_desk_that_never_closes_takes_exactly_its_effort(t: float, effort: float) -> None:
    assert finish(*table(ALWAYS, days=3000), t, effort) == t + effort


def test_callers_can_not_spoil_each_others_open_hours() -> None:
    table(OFFICE)[0][:] = 0
    assert table(OFFICE)[0][0] == 9 * HOUR


# Night shifts


def test_a_night_shift_begun_on_the_eve_of_a_holiday_is_worked_to_its_end() -> None:
    nights = every_day(NIGHT, holidays=frozenset({date(2025, 6, 3)}))
    hours = hours_open(nights, date(2025, 6, 3), date(2025, 6, 4))
    assert hours == [("Tue 03 00:00", "Tue 03 06:00"), ("Wed 04 22:00", "Thu 05 00:00")]


def test_leave_treats_night_shifts_as_holidays_do() -> None:
    away = ((date(2025, 6, 3), date(2025, 6, 3)),)
    holiday = every_day(NIGHT, holidays=frozenset({date(2025, 6, 3)}))
    assert np.array_equal(table(every_day(NIGHT), leave=away), table(holiday))


# Changes of the clock (New York: 9 March and 2 November 2025 at 02:00)

SPRING, AUTUMN = date(2025, 3, 9), date(2025, 11, 2)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_day_shift_keeps_its_hours_on_the_day_of_the_change(day: date) -> None:
    new_york = every_day(DAY_SHIFT, time_zone="America/New_York")
    assert hours_open(new_york, day) == [(f"{day:%a %d} 09:00", f"{day:%a %d} 17:00")]


def test_nine_in_new_york_moves_by_an_hour_in_universal_time() -> None:
    origin = datetime(2025, 3, 7, tzinfo=UTC)
    starts, _ = table(WorkingCalendar.office("office", time_zone="America/New_York"), origin)
    assert [clock(t, origin=origin) for t in starts[:2]] == ["Fri 07 14:00", "Mon 10 13:00"]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 7), (AUTUMN, 9)])
def test_the_night_of_the_change_is_an_hour_shorter_or_longer(day: date, hours: int) -> None:
    new_york = every_day(NIGHT, time_zone="America/New_York")
    origin = datetime.combine(day - timedelta(days=1), time(12), ZoneInfo("America/New_York"))
    starts, ends = table(new_york, origin, 1)
    assert ends - starts == pytest.approx(hours * HOUR)


@pytest.mark.parametrize(
    ("shift", "intervals"),
    [
        (Shift(time(2, 30), time(10)), [("03:00", "10:00")]),  # opens in the skipped hour
        (Shift(time(1), time(2, 30)), [("01:00", "03:00")]),  # closes in it: the clock jumps over its last half hour
        (Shift(time(2, 10), time(2, 50)), []),  # lies in it
        (Shift(time(2, 30), time(3, 15)), [("03:00", "03:15")]),
    ],
)
def test_a_skipped_wall_time_stands_for_the_instant_of_the_change(
    shift: Shift, intervals: list[tuple[str, str]]
) -> None:
    got = hours_open(every_day(shift, time_zone="America/New_York"), SPRING)
    assert got == [(f"Sun 09 {opens}", f"Sun 09 {closes}") for opens, closes in intervals]


@pytest.mark.parametrize(
    ("shift", "hours"),
    [
        (Shift(time(1, 30), time(9)), 8.5),  # from the first 01:30
        (Shift(time(0, 30), time(1, 30)), 1.0),  # to the first 01:30
        (Shift(time(1, 15), time(1, 45)), 0.5),  # once, not twice
        (Shift(time(0), time(2)), 3.0),  # 02:00 comes once, after both
    ],
)
def test_a_repeated_wall_time_means_the_first(shift: Shift, hours: float) -> None:
    midnight = datetime.combine(AUTUMN, time(), ZoneInfo("America/New_York"))
    starts, ends = table(every_day(shift, time_zone="America/New_York"), midnight, 0.9)
    assert sum(ends - starts) == pytest.approx(hours * HOUR)


def test_a_desk_stays_one_interval_where_the_clock_skips_midnight() -> None:
    havana = every_day(Shift(time(0), time(0)), time_zone="America/Havana")
    assert len(table(havana, datetime(2025, 3, 1, tzinfo=UTC))[0]) == 1


# Brute force: every shift on a grid of minutes, by walking along the wall clock


def minutes_open(calendar: WorkingCalendar, origin: datetime, days: int) -> np.ndarray:
    """Whether each minute after origin is open: a shift runs from the first minute that reads its start (or later)."""
    zone = ZoneInfo(calendar.time_zone)
    margin = 2880  # a shift of the day before may still run, and the clock may have been moved
    minutes = range(-margin, days * 1440 + margin)
    walls = [(origin + timedelta(minutes=m)).astimezone(zone).replace(tzinfo=None) for m in minutes]
    reached = np.maximum.accumulate(np.array(walls, dtype="datetime64[m]"))
    is_open_at = np.zeros(len(walls), dtype=bool)
    for day in sorted({wall.date() for wall in walls}):
        for shift in () if day in calendar.holidays else calendar.week[day.weekday()]:
            start = datetime.combine(day, shift.start)
            end = datetime.combine(day + timedelta(days=shift.end <= shift.start), shift.end)
            first, last = np.searchsorted(reached, np.array([start, end], dtype="datetime64[m]"))
            is_open_at[first:last] = True
    return is_open_at[margin:-margin]


def opened_minutes(hours: OpenHours, days: int) -> np.ndarray:
    middles = (np.arange(days * 1440) + 0.5) / 1440
    return np.array([is_open(hours.starts, hours.ends, t) for t in middles])


ZONES = ["America/New_York", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe", "America/Havana", "Asia/Shanghai"]
ORIGINS = [
    datetime(2025, month, day, tzinfo=UTC) for month, day in ((3, 7), (3, 28), (4, 4), (6, 2), (10, 24), (10, 31))
]


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Draw shifts that keep apart, night shifts included, and a holiday."""
    week: list[tuple[Shift, ...]] = []
    for _ in range(7):
        cuts = sorted(draw(st.sets(st.integers(7 * 60, 24 * 60 - 1), max_size=4)))
        times = [time(*divmod(cut, 60)) for cut in cuts]
        day = [Shift(a, b) for a, b in zip(times[::2], times[1::2], strict=False)]
        if len(times) % 2:
            day.append(Shift(times[-1], time(*divmod(draw(st.integers(0, 7 * 60)), 60))))
        week.append(tuple(day))
    if not any(week):
        week[0] = (DAY_SHIFT,)
    holidays = frozenset(draw(st.sets(st.dates(date(2025, 3, 1), date(2025, 3, 12)), max_size=2)))
    return WorkingCalendar("random", tuple(week), draw(st.sampled_from(ZONES)), holidays)


@given(calendar=calendars(), origin=st.sampled_from(ORIGINS))
@settings(max_examples=40)
def test_open_hours_agree_with_a_walk_along_the_wall_clock(calendar: WorkingCalendar, origin: datetime) -> None:
    assert np.array_equal(opened_minutes(calendar.open_hours(origin, 0, 5), 5), minutes_open(calendar, origin, 5))


def test_the_walk_along_the_wall_clock_catches_a_calendar_that_forgets_the_change() -> None:
    origin = datetime(2025, 3, 7, tzinfo=UTC)
    right, wrong = (every_day(DAY_SHIFT, time_zone=zone) for zone in ("America/New_York", "Etc/GMT+5"))
    assert not np.array_equal(opened_minutes(wrong.open_hours(origin, 0, 5), 5), minutes_open(right, origin, 5))


@given(calendar=calendars(), begin=st.integers(0, 3000), effort=st.integers(1, 2000))
@settings(max_examples=40)
def test_finish_and_worked_agree_with_counting_minutes(calendar: WorkingCalendar, begin: int, effort: int) -> None:
    minutes = minutes_open(calendar, ORIGINS[0], 14)
    hours = calendar.open_hours(ORIGINS[0], 0, 14)
    done = np.flatnonzero(np.cumsum(minutes[begin:]) == effort)
    expected = (begin + done[0] + 1) / 1440 if len(done) else np.inf
    assert finish(hours.starts, hours.ends, begin / 1440, effort / 1440) == pytest.approx(expected, abs=1e-9)
    counted = minutes[begin : begin + effort].sum() / 1440
    passed = worked(hours.starts, hours.ends, begin / 1440, (begin + effort) / 1440)
    assert passed == pytest.approx(counted, abs=1e-9)


# Properties of the rules on any table


@st.composite
def tables(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    lengths = draw(st.lists(st.floats(0.01, 3), min_size=2, max_size=24))
    edges = draw(st.floats(-2, 2)) + np.cumsum(lengths)
    return edges[: len(edges) // 2 * 2 : 2].copy(), edges[1::2].copy()


INSTANTS = st.floats(-5, 40)
EFFORTS = st.floats(0, 20)


@given(hours=tables(), t=INSTANTS, effort=EFFORTS)
def test_just_the_effort_is_worked_until_it_is_finished(hours: tuple, t: float, effort: float) -> None:
    done = finish(*hours, t, effort)
    if done < np.inf:
        assert done >= t
        assert worked(*hours, t, done) == pytest.approx(effort, abs=1e-9)
    else:
        assert worked(*hours, t, 1e6) < effort


@given(hours=tables(), t=st.tuples(INSTANTS, INSTANTS), effort=st.tuples(EFFORTS, EFFORTS))
def test_later_or_longer_work_never_finishes_earlier(hours: tuple, t: tuple, effort: tuple) -> None:
    first, last = sorted(t)
    less, more = sorted(effort)
    assert finish(*hours, first, less) <= finish(*hours, first, more)
    # Equal working time ahead of two starts may be rounded apart.
    assert finish(*hours, first, less) <= finish(*hours, last, less) + 1e-9


@given(hours=tables(), instants=st.tuples(INSTANTS, INSTANTS, INSTANTS))
def test_working_time_adds_up(hours: tuple, instants: tuple) -> None:
    a, b, c = sorted(instants)
    assert worked(*hours, a, b) + worked(*hours, b, c) == pytest.approx(worked(*hours, a, c), abs=1e-12)
    assert worked(*hours, c, a) == 0


@given(hours=tables(), t=INSTANTS)
def test_the_desk_is_open_when_it_opens_next_and_closed_until_then(hours: tuple, t: float) -> None:
    opens = next_open(*hours, t)
    assert opens >= t
    assert worked(*hours, t, opens) == 0
    if opens < np.inf:
        assert is_open(*hours, opens)
    assert (opens == t) == is_open(*hours, t)


@given(hours=tables(), t=INSTANTS, share=st.floats(0, 1))
def test_work_within_one_interval_is_finished_after_exactly_its_effort(hours: tuple, t: float, share: float) -> None:
    if is_open(*hours, t):
        closes = hours[1][np.searchsorted(hours[1], t, side="right")]
        effort = share * (closes - t)
        assert finish(*hours, t, effort) == min(t + effort, closes)


@given(hours=tables(), t=INSTANTS)
def test_work_that_just_fits_is_finished_at_closing_time(hours: tuple, t: float) -> None:
    for closes in hours[1][hours[1] > t]:
        assert finish(*hours, t, worked(*hours, t, closes)) == pytest.approx(closes, abs=1e-9)


def test_no_effort_is_finished_at_once_even_at_night() -> None:
    assert finish(*table(OFFICE), 3 * HOUR, 0.0) == 3 * HOUR


def test_work_that_outlasts_the_table_never_finishes() -> None:
    assert finish(*table(OFFICE, days=1), 0.0, 8.01 * HOUR) == np.inf
    assert next_open(*table(OFFICE, days=1), 17 / 24) == np.inf


# Calendars that contradict themselves

WEEK = ((DAY_SHIFT,),) * 5 + ((), ())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"week": WEEK[:6]}, "week has 6 days; give seven"),
        ({"week": ((),) * 7}, "no shift on any day"),
        ({"time_zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'; use an IANA name"),
        ({"time_zone": "America"}, "no time zone 'America'"),
        ({"time_zone": "../UTC"}, "no time zone '../UTC'"),
        ({"make_up_days": ((date(2025, 6, 7), 7),)}, "make-up day 2025-06-07 works as weekday 7; use 0"),
        ({"make_up_days": ((date(2025, 6, 7), 0), (date(2025, 6, 7), 1))}, "2025-06-07 is given twice"),
        (
            {"make_up_days": ((date(2025, 6, 7), 0),), "holidays": frozenset({date(2025, 6, 7)})},
            "2025-06-07 is both a holiday and a make-up day",
        ),
        (
            {"week": ((DAY_SHIFT, Shift(time(16), time(18))), *WEEK[1:])},
            "Monday 09:00-17:00 overlaps Monday 16:00-18:00; end one before the other begins",
        ),
        (
            {"week": ((NIGHT,), (Shift(time(5), time(9)),), *WEEK[2:])},
            "Monday 22:00-06:00 overlaps Tuesday 05:00-09:00",
        ),
        (
            {"week": ((Shift(time(5), time(9)),), *WEEK[1:6], (NIGHT,))},
            "Sunday 22:00-06:00 overlaps Monday 05:00-09:00",
        ),
        ({"week": ((DAY_SHIFT, DAY_SHIFT), *WEEK[1:])}, "Monday 09:00-17:00 overlaps Monday 09:00-17:00"),
        (
            {"week": ((DAY_SHIFT, Shift(time(9), time(12))), *WEEK[1:])},
            "Monday 09:00-17:00 overlaps Monday 09:00-12:00",
        ),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(arguments: dict, message: str) -> None:
    with pytest.raises(SpecError, match=message) as refusal:
        WorkingCalendar(**({"name": "desk", "week": WEEK} | arguments))
    assert str(refusal.value).startswith("calendar 'desk': ")


def test_a_shift_with_a_time_zone_of_its_own_is_refused() -> None:
    with pytest.raises(SpecError, match="set the calendar's time_zone"):
        Shift(time(9, tzinfo=UTC), time(17))


def test_lunch_outside_the_opening_hours_is_refused() -> None:
    with pytest.raises(SpecError, match="lunch 17:00-18:00 must lie inside the opening hours 09:00-17:00"):
        WorkingCalendar.office("desk", lunch=Shift(time(17), time(18)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((datetime(2025, 6, 2), 0, 1), "origin 2025-06-02T00:00:00 has no time zone"),  # noqa: DTZ001 - that is the mistake
        ((MONDAY, 1, 1), "from 1 to 1 days; give start < end"),
        ((MONDAY, 0, np.inf), "from 0 to inf days"),
        ((MONDAY, np.nan, 1), "from nan to 1 days"),
        (
            (MONDAY, 0, 1, ((date(2025, 6, 3), date(2025, 6, 2)),)),
            "leave from 2025-06-03 to 2025-06-02 ends before it begins",
        ),
    ],
)
def test_open_hours_that_make_no_sense_are_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        OFFICE.open_hours(*arguments)


def test_an_unknown_country_or_subdivision_is_refused() -> None:
    with pytest.raises(SpecError, match="no public holidays for country 'XX'; use its ISO 3166 code"):
        public_holidays("XX", [2025])
    with pytest.raises(UnknownNameError, match="no subdivision 'ZZ'; DE has BB, BE"):
        public_holidays("DE", [2025], "ZZ")


def test_holidays_are_those_of_the_years_and_the_subdivision() -> None:
    germany, bavaria = public_holidays("DE", [2025]), public_holidays("DE", [2025], "BY")
    assert {day.year for day in germany} == {2025}
    assert date(2025, 1, 6) in bavaria - germany
    assert make_up_days("US", [2025]) == ()
    assert make_up_days("CN", [2025], weekday=2)[-1] == (date(2025, 10, 11), 2)
