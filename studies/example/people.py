"""The people of Tarnbeck Software: who works where, how experienced, how fast and how well."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from sim.calendar import Shift, WorkingCalendar
from sim.holidays import public_holidays
from sim.workforce import JUNIOR, MID, SENIOR, Experts, Rep
from studies.example.market import DACH, LEDGER, NORDICS, RELAY, UK

FIRST_YEAR, LAST_YEAR = 2023, 2026
DESK, CLOSERS = "sales development", "account executives"
LEGAL, ENGINEERS = "legal desk", "solution engineers"

_OFFICES = {
    UK: ("London", "Europe/London", "GB", "ENG"),
    DACH: ("Munich", "Europe/Berlin", "DE", "BY"),
    NORDICS: ("Stockholm", "Europe/Stockholm", "SE", None),
}
"""Region → office, its time zone, its country and province."""


@dataclass(frozen=True, slots=True)
class _Person:
    """One line of the roster: ``hired`` empty for those who were there from the start."""

    name: str
    region: str
    seniority: int = MID
    speed: float = 1.0
    skill: float = 0.0
    product: str = ""
    hired: date | None = None


_DESK = (
    _Person("Amelia Hart", UK, SENIOR, 1.15, 0.25),
    _Person("Callum Reid", UK, MID, 1.05, 0.05),
    _Person("Dilys Morgan", UK, MID, 0.90, 0.10),
    _Person("Eamon Walsh", UK, SENIOR, 1.10, 0.15),
    _Person("Gareth Pugh", UK, JUNIOR, 0.85, -0.15, hired=date(2024, 9, 2)),
    _Person("Holly Barnes", UK, MID, 1.0, 0.0),
    _Person("Anneliese Vogt", DACH, SENIOR, 1.10, 0.20),
    _Person("Benno Krause", DACH, MID, 0.95, 0.0),
    _Person("Clara Huber", DACH, MID, 1.05, 0.10),
    _Person("Dominik Steiner", DACH, JUNIOR, 0.90, -0.25),
    _Person("Elif Yilmaz", DACH, JUNIOR, 1.00, -0.10, hired=date(2025, 3, 3)),
    _Person("Astrid Lund", NORDICS, SENIOR, 1.10, 0.15),
    _Person("Birk Nilsson", NORDICS, MID, 1.00, -0.05),
    _Person("Cecilia Holm", NORDICS, JUNIOR, 0.90, -0.15),
)
_CLOSERS = (
    _Person("Harriet Cole", UK, SENIOR, 1.10, 0.30),
    _Person("Imran Chaudhry", UK, MID, 1.00, 0.05, LEDGER),
    _Person("Jocelyn Price", UK, MID, 0.95, 0.10, RELAY),
    _Person("Kieran Doyle", UK, JUNIOR, 0.90, -0.25, LEDGER),
    _Person("Lowri Bevan", UK, JUNIOR, 0.95, -0.20, hired=date(2024, 10, 7)),
    _Person("Felix Brandt", DACH, SENIOR, 1.10, 0.25),
    _Person("Greta Lehmann", DACH, MID, 1.00, 0.0, LEDGER),
    _Person("Hannes Auer", DACH, MID, 1.05, 0.05, RELAY),
    _Person("Irina Petrova", DACH, JUNIOR, 0.90, -0.15, hired=date(2025, 2, 3)),
    _Person("Didrik Berg", NORDICS, SENIOR, 1.05, 0.20),
    _Person("Ebba Sandstrom", NORDICS, MID, 1.00, 0.0),
)


def reps() -> tuple[Rep, ...]:
    """Return everybody who sells: 14 in sales development, 11 account executives."""
    desk = (_rep(person, place, DESK, wip_limit=60) for place, person in enumerate(_DESK))
    closers = (_rep(person, place, CLOSERS, wip_limit=32) for place, person in enumerate(_CLOSERS))
    return (*desk, *closers)


def experts() -> tuple[Experts, ...]:
    """Return the shared experts: one lawyer, two solution engineers."""
    return (
        Experts(name=LEGAL, servers=1, calendar="London, full day"),
        Experts(name=ENGINEERS, servers=2, calendar="London, full day"),
    )


def calendars() -> dict[str, WorkingCalendar]:
    """Return the hours of each office.

    Reps have six hours a day for customers: meetings, training and paperwork take the rest. Experts have seven.
    """
    hours = {office: _hours(office, region) for region, (office, *_) in _OFFICES.items()}
    full_day = WorkingCalendar.office(
        "London, full day",
        time(9),
        time(17),
        _OFFICES[UK][1],
        Shift(time(12), time(13)),
        holidays=hours["London"].holidays,
    )
    return {**hours, full_day.name: full_day}


def _hours(office: str, region: str) -> WorkingCalendar:
    _, zone, country, province = _OFFICES[region]
    holidays = public_holidays(country, range(FIRST_YEAR, LAST_YEAR + 1), province)
    return WorkingCalendar.office(office, time(9), time(15), zone, holidays=holidays)


def _rep(person: _Person, place: int, team: str, *, wip_limit: int) -> Rep:
    return Rep(
        name=person.name,
        team=team,
        calendar=_OFFICES[person.region][0],
        leave=_absences(place, person.hired),
        regions=(person.region,),
        products=(person.product,) if person.product else (),
        seniority=person.seniority,
        skill={"*": person.skill},
        speed=person.speed,
        wip_limit=wip_limit,
        hired=person.hired,
    )


def _absences(place: int, hired: date | None) -> tuple[tuple[date, date], ...]:
    """Return a rep's leave (a week in spring, two in summer, one at Christmas) and the time before they joined."""
    first = () if hired is None else ((date(FIRST_YEAR, 1, 1), hired - timedelta(1)),)
    leave = [
        span
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        for span in (
            _weeks(year, 8 + place % 10, 1),
            _weeks(year, 27 + 2 * (place % 5), 2),
            _weeks(year, 51 + place % 2, 1),
        )
        if hired is None or span[0] >= hired
    ]
    return (*first, *leave)


def _weeks(year: int, week: int, count: int) -> tuple[date, date]:
    monday = date.fromisocalendar(year, week, 1)
    return monday, monday + timedelta(7 * count - 3)
