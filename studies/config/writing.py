"""The spec as plain data, in the words in which people write it: the reverse of `studies.config.forms`."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from typing import Any

import numpy as np

from scenarios.scenario import Lever
from sim.calendar import WorkingCalendar
from sim.distributions import Discrete, Distribution, Fixed
from sim.errors import SpecError
from sim.operation import Operation
from sim.pull import UserPull
from sim.routing.policy import Filter, Ranking, Routing
from sim.routing.registry import POLICIES
from studies.config.calendars import write_calendar
from studies.config.choices import LENGTHS, NAMES, PURE
from studies.config.forms import member_name
from studies.config.lengths import write_length

type Plain = Any
"""Tables, lists, texts and numbers: what YAML can hold."""


_EXACT = 2**53
"""Below this a whole float and the integer are one number."""


def plain(value: Plain, *, length: bool = False) -> Plain:  # noqa: C901, PLR0911 - one line a kind of value
    """Return tables, lists, texts and numbers that say what ``value`` is; ``length`` says that numbers are lengths."""
    if isinstance(value, Enum):
        return member_name(value)
    if isinstance(value, bool | str) or value is None:
        return value
    if isinstance(value, int | float | np.number):
        number = int(value) if float(value).is_integer() and abs(float(value)) < _EXACT else float(value)
        return write_length(number) if length else number
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Distribution | Ranking | Filter | Lever):
        return _choice(value, length=length)
    if isinstance(value, Routing):
        return _routing(value)
    if isinstance(value, UserPull):
        return plain(value.choose_lead)
    if isinstance(value, WorkingCalendar):
        return write_calendar(value, "")
    if isinstance(value, Operation):
        calendars = {key: write_calendar(calendar, key) for key, calendar in value.calendars.items()}
        return _table(replace(value, calendars={})) | {"calendars": calendars}
    if is_dataclass(value):
        return _table(value)
    if isinstance(value, Mapping):
        return {plain(key): plain(item, length=length) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_absence(item) if _is_absence(item) else plain(item, length=length) for item in value]
    raise SpecError(f"a funnel file can't hold {value!r}; load a Python policy from its file, as file.py:choose_rep")


def _table(value: Plain, *, length: bool = False) -> dict[str, Any]:
    """Write the fields that differ from their defaults."""
    kind = type(value)
    return {
        part.name: plain(
            getattr(value, part.name),
            length=(kind, part.name) in LENGTHS or (length and (kind, part.name) not in PURE),
        )
        for part in fields(value)
        if getattr(value, part.name) != _default(part)
    }


def _default(part: Field[Any]) -> object:
    return part.default_factory() if part.default_factory is not MISSING else part.default


def _choice(value: Distribution | Ranking | Filter | Lever, *, length: bool) -> Plain:
    if isinstance(value, Fixed):
        return plain(float(value.value), length=length)
    name = NAMES.get(type(value))
    if name is None:
        raise SpecError(f"a funnel file has no name for {type(value).__name__}; use one of {', '.join(NAMES.values())}")
    if isinstance(value, Discrete) and len(set(value.values)) == len(value.values):
        chances = zip(value.values, value.chances, strict=True)
        return {name: {plain(float(each), length=length): chance for each, chance in chances}}
    given = _table(value, length=length)
    only = next(iter(given.values()), None)
    if not given:
        return name
    # A bare true wouldn't say what is true.
    short = len(fields(value)) == 1 and not isinstance(only, bool)  # type: ignore[arg-type] # each is a dataclass
    return {name: only if short else given}


def _routing(routing: Routing) -> Plain:
    name = next((name for name, policy in POLICIES.items() if policy == routing), None)
    return name or _table(routing)


def _is_absence(value: object) -> bool:
    return isinstance(value, tuple) and len(value) == 2 and all(isinstance(day, date) for day in value)


def _absence(days: tuple[date, date]) -> str:
    first, last = days
    return first.isoformat() if first == last else f"{first.isoformat()} to {last.isoformat()}"
