"""Numbers and names in the pack's language: quantities with their units, chances as so many of ten futures."""

from datetime import datetime
from math import isnan

from sim.kpis.summary import DAYS, MONEY, SHARE
from sim.units import HOUR, MINUTE
from studies.language import Words
from studies.pack.document import Cell, Quantity
from studies.wording import DASH

_COMPACT_FROM = {MONEY: 10_000.0}
"""From where on a number is written in thousands or millions; any other unit from a million on."""


def say(words: Words, cell: Cell) -> str:
    """Write a cell; text stays as it is, and what isn't known is a dash."""
    if isinstance(cell, str):
        return cell
    if isnan(cell.value):
        return DASH
    plus = "+" if cell.signed and cell.value > 0 else ""
    return plus + _number(words, cell)


def _number(words: Words, cell: Quantity) -> str:
    value = cell.value
    if cell.unit == SHARE:
        points = words.number(100 * value, 1)
        return words("unit.points", number=points) if cell.signed else words.percent(value, 1)
    if cell.unit == DAYS:
        return _length(words, value)
    if abs(value) >= _COMPACT_FROM.get(cell.unit, 1e6):
        return words.compact(value)
    whole = cell.unit == MONEY or abs(value) >= 100 or float(value).is_integer()
    return words.number(value, 0 if whole else 1)


def _length(words: Words, days: float) -> str:
    if 0 < abs(days) < 2 * HOUR:
        return words("unit.minutes", number=words.number(days / MINUTE, 0))
    if 0 < abs(days) < 2:
        return words("unit.hours", number=words.number(days / HOUR, 1))
    return words("unit.days", number=words.number(days, 1))


def span(words: Words, low: Quantity, high: Quantity) -> str:
    """Write a range in words: from … to …."""
    return words("unit.range", low=say(words, low), high=say(words, high))


def futures(words: Words, share: float) -> str:
    """Write a chance as whole futures out of ten; quarters as such, and of a hundred where ten are too few to tell."""
    of_ten, of_hundred = round(10 * share), round(100 * share)
    if share in {0.25, 0.75}:
        return words("odds.of", n=round(4 * share), m=4)
    if of_hundred == 0:
        return words("odds.hardly")
    if of_hundred == 100:
        return words("odds.nearly")
    if 0 < of_ten < 10 and 5 <= of_hundred <= 95:
        return words("odds.of", n=of_ten, m=10)
    return words("odds.of", n=of_hundred, m=100)


def named(words: Words, family: str, name: str) -> str:
    """Return a known name (of a figure, a plan, a rule) in the language; any other stays as it is."""
    return words.texts.get(f"{family}.{name}", name.replace("_", " ") if family == "kpi" else name)


def head_of(words: Words, column: str) -> str:
    """Return what a column of a kept table is called: its own name, where there is no word for it."""
    return words.texts.get(f"head.{column}", named(words, "kpi", column))


def capital(sentence: str) -> str:
    """Begin a sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def date_of(words: Words, as_of: str) -> str:
    """Write an as-of date in full; empty means that the run didn't keep it."""
    try:
        return words.date(datetime.fromisoformat(as_of).date())
    except ValueError:
        return as_of or words("pack.no_date")
