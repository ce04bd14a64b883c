from datetime import UTC, date, datetime
from itertools import pairwise

import numpy as np
import pytest

from forecast.fiscal import FiscalCalendar, position
from sim.errors import SpecError


def test_calendar_quarters_begin_in_january_april_july_and_october() -> None:
    starts = FiscalCalendar().starts(date(2025, 2, 3), date(2025, 11, 30))
    assert starts == (date(2025, 1, 1), date(2025, 4, 1), date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1))


def test_a_fiscal_year_may_begin_in_any_month() -> None:
    calendar = FiscalCalendar(first_month=2)
    assert calendar.starts(date(2025, 1, 15), date(2025, 3, 1)) == (
        date(2024, 11, 1),
        date(2025, 2, 1),
        date(2025, 5, 1),
    )
    assert (calendar.name(date(2025, 1, 15)), calendar.name(date(2025, 2, 1))) == ("FY2025 Q4", "FY2026 Q1")


@pytest.mark.parametrize("pattern", ["4-4-5", "4-5-4", "5-4-4"])
def test_weeks_of_a_quarter_follow_their_pattern(pattern: str) -> None:
    months = FiscalCalendar(first_month=1, pattern=pattern, unit="month").starts(date(2025, 1, 1), date(2025, 3, 20))
    weeks = [(b - a).days // 7 for a, b in pairwise(months)]
    assert weeks == [int(part) for part in pattern.split("-")]
    assert all(month.weekday() == 0 for month in months)


def test_quarters_of_weeks_have_thirteen_weeks_and_the_last_one_takes_the_fifty_third() -> None:
    starts = FiscalCalendar(pattern="4-4-5").starts(date(2018, 1, 1), date(2030, 12, 1))
    weeks = {(b - a).days / 7 for a, b in pairwise(starts)}
    assert weeks == {13.0, 14.0}
    assert all(abs((start - date(start.year, 1, 1)).days) <= 3 for start in starts[::4] if start.month == 1)


def test_a_period_begins_at_local_midnight() -> None:
    calendar = FiscalCalendar(unit="month", zone="America/Sao_Paulo")
    bounds = calendar.bounds(datetime(2018, 3, 1, 3, tzinfo=UTC), 0.0, 10.0)
    assert bounds.tolist() == [0.0, 31.0]


def test_the_position_tells_the_period_and_how_far_through_it() -> None:
    number, share = position(np.array([0.0, 5.0, 10.0, 29.9]), np.array([0.0, 10.0, 30.0]))
    assert number.tolist() == [0, 0, 1, 1]
    assert share == pytest.approx([0.0, 0.5, 0.0, 0.995])


@pytest.mark.parametrize("wrong", [{"first_month": 13}, {"pattern": "4-4-4"}, {"unit": "year"}])
def test_calendars_that_there_are_none_of_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(SpecError, match="fiscal calendar"):
        FiscalCalendar(**wrong)
