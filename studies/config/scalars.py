"""The single values of a file, each strict: a text is no number, and true is not 1."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, Strict

from studies.config.lengths import read_length


def _date(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError(f"must be a date such as 2026-03-31, got {value!r}")  # noqa: TRY004 - pydantic asks for ValueError
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError(f"no date {value!r}; write year-month-day, such as 2026-03-31") from None


def _length(value: object) -> object:
    return read_length(value) if isinstance(value, str) else value


def _period(value: object) -> object:
    """Read ``2026-07-01 to 2026-07-14``, or one day."""
    if not isinstance(value, str):
        return value
    first, _, last = value.partition(" to ")
    return first.strip(), (last or first).strip()


type Text = Annotated[str, Strict()]
type Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
type WholeNumber = Annotated[int, Strict()]
type Switch = Annotated[bool, Strict()]
type Date = Annotated[date, BeforeValidator(_date)]
type Length = Annotated[Number, BeforeValidator(_length)]
type Absence = Annotated[tuple[Date, Date], BeforeValidator(_period)]
