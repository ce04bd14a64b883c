"""Lengths of time as people write them: ``30 min``, ``2 h``, ``1.5 d``, ``3 w``; a plain number is days.

A unit is elapsed or working time as the field says; a day has 24 hours, whatever the calendar.
"""

import re

PER_DAY = {"s": 86400, "min": 1440, "h": 24, "d": 1, "w": 1 / 7}
"""Unit → how many of them make a day."""

_LONG_NAMES = {
    "second": "s", "seconds": "s", "sec": "s", "minute": "min", "minutes": "min", "m": "min", "hour": "h", "hours": "h",
    "hr": "h", "day": "d", "days": "d", "week": "w", "weeks": "w",
}  # fmt: skip
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)")
_DIGITS = 10


def read_length(text: str) -> float:
    """Return the days that ``text`` stands for.

    Raises
    ------
    ValueError
        If it is no number with a unit; the message says what would be one.
    """
    found = _LENGTH.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"no length of time {text!r}; write 30 min, 2 h or 1.5 d, or a number of days")
    number, unit = found.groups()
    unit = _LONG_NAMES.get(unit.lower(), unit.lower()) or "d"
    if unit not in PER_DAY:
        raise ValueError(f"no unit {unit!r} in {text!r}; use min, h, d or w")
    return float(number) / PER_DAY[unit]


def write_length(days: float) -> str | float:
    """Return the shortest text that `read_length` turns into exactly ``days``, or the number itself."""
    if not days:
        return days
    unit = "d" if days >= 1 else "h" if days >= 1 / PER_DAY["h"] else "min"
    for name in dict.fromkeys((unit, "d", "h", "min", "s")):
        text = f"{days * PER_DAY[name]:.{_DIGITS}g} {name}"
        if read_length(text) == days:
            return text
    return days
