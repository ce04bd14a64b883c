"""Numbers as people read them: with their unit, as many digits as mean something, and a dash for what isn't known."""

from datetime import datetime
from math import isnan

from sim.kpis import HEADLINES
from sim.kpis.summary import DAYS, MONEY, SHARE
from sim.units import HOUR, MINUTE

DASH = "–"

_THOUSANDS_FROM, _MILLIONS_FROM = 99_950, 999_500

_TITLES = {
    "win_rate_closed": "win rate (closed)",
    "conversion_cohort": "conversion (of the cohort)",
    "sales_cycle_median": "sales cycle, median",
    "sales_cycle_mean": "sales cycle, mean",
    "first_touch_median": "first touch after, median",
    "first_touch_p90": "first touch after, 90 %",
    "first_touch_within_day": "first touch within a day",
    "wip_mean": "open deals, mean",
    "wip_end": "open deals at the end",
    "pipeline_end": "pipeline at the end",
    "gini_assigned": "unevenness of leads (Gini)",
    "gini_amount": "unevenness of amounts (Gini)",
}


def title_of(kpi: str) -> str:
    """Return a figure's name in words."""
    return _TITLES.get(kpi, kpi.replace("_", " "))


def unit_of(kpi: str) -> str:
    """Return the unit of a headline figure."""
    return HEADLINES.get(kpi, "")


def quantity(value: float, unit: str, *, sign: bool = False) -> str:
    """Write a number of a unit out of `sim.kpis.summary`; ``sign`` shows a plus too."""
    if isnan(value):
        return DASH
    plus = "+" if sign else ""
    if unit == SHARE:
        points = " points" if sign else " %"
        return f"{100 * value:{plus}.1f}{points}"
    if unit == DAYS:
        return _length(value, plus)
    if unit == MONEY and abs(value) >= _THOUSANDS_FROM:
        large = abs(value) >= _MILLIONS_FROM
        return f"{value / 1e6:{plus},.2f} M" if large else f"{value / 1e3:{plus},.0f} k"
    if unit == MONEY or abs(value) >= 1000:
        return f"{value:{plus},.0f}"
    return f"{value:{plus}.0f}" if float(value).is_integer() else f"{value:{plus}.1f}"


def interval(low: float, high: float, unit: str, *, sign: bool = False) -> str:
    """Write an interval."""
    if isnan(low) or isnan(high):
        return DASH
    return f"{quantity(low, unit, sign=sign)} to {quantity(high, unit, sign=sign)}"


def day(instant: datetime) -> str:
    """Write the date of an instant in its own zone."""
    return f"{instant:%Y-%m-%d}"


def _length(days: float, plus: str) -> str:
    if 0 < abs(days) < 2 * HOUR:
        return f"{days / MINUTE:{plus}.1f} min"
    if 0 < abs(days) < 2:
        return f"{days / HOUR:{plus}.1f} h"
    return f"{days:{plus}.1f} d"
