"""Public holidays and make-up working days of a country, from the `holidays` package.

Offices in China (less often in Hungary, Taiwan and elsewhere) lengthen a holiday by days off that a weekend day
makes up for: `public_holidays` has the days off, `make_up_days` the weekend days. Governments publish both one year
ahead, so a later year has only the holidays that the law fixes.
"""

from collections.abc import Iterable
from datetime import date

from holidays import HolidayBase, country_holidays, list_supported_countries

from sim.errors import SpecError, UnknownNameError


def public_holidays(country: str, years: Iterable[int], subdivision: str | None = None) -> frozenset[date]:
    """Days on which the offices of a country are closed by law.

    Parameters
    ----------
    country
        ISO 3166 code, such as ``US``, ``CN``, ``DE``.
    years
        Calendar years.
    subdivision
        Code of a state or province, such as ``BY`` for Bavaria; None for what the whole country keeps.

    Raises
    ------
    SpecError
        If the country is unknown.
    UnknownNameError
        If the country has no such subdivision.
    """
    wanted = frozenset(years)
    return frozenset(day for day in _country(country, wanted, subdivision) if day.year in wanted)


def make_up_days(
    country: str, years: Iterable[int], subdivision: str | None = None, *, weekday: int = 0
) -> tuple[tuple[date, int], ...]:
    """Weekend days that are worked to make up for a longer holiday, as `WorkingCalendar.make_up_days` takes them.

    Parameters
    ----------
    country, years, subdivision
        As in `public_holidays`.
    weekday
        Weekday whose shifts are worked on them (Monday = 0).
    """
    wanted = frozenset(years)
    days = sorted(_country(country, wanted, subdivision).weekend_workdays)
    return tuple((day, weekday) for day in days if day.year in wanted)


def _country(country: str, years: frozenset[int], subdivision: str | None) -> HolidayBase:
    known = list_supported_countries()
    if country not in known:
        raise SpecError(f"no public holidays for country {country!r}; use its ISO 3166 code, such as US, CN or DE")
    if subdivision is not None and subdivision not in known[country]:
        raise UnknownNameError("subdivision", subdivision, known[country], country)
    # The year after too: a make-up day in December can pay for a day off in January.
    return country_holidays(country, subdiv=subdivision, years=years | {year + 1 for year in years})
