"""Figures in words: money in the view's currency, chances in tens of futures, every range with both its ends."""

from dataclasses import dataclass
from math import isnan

from sim.kpis.summary import DAYS, HEADLINES, MONEY, SHARE
from studies.language import Words
from studies.view import View

_DASH = "–"


@dataclass(frozen=True, slots=True)
class Figures:
    """Writes figures in a view's language and currency."""

    words: Words
    currency: str

    @classmethod
    def of(cls, words: Words, view: View) -> "Figures":
        """Return what writes a view's figures."""
        return cls(words, view.currency)

    def amount(self, value: float, measure: str = "bookings", *, sign: bool = False) -> str:
        """Write an amount of what is forecast: money, or a number of wins."""
        return self.unit(value, MONEY if measure == "bookings" else "count", sign=sign)

    def unit(self, value: float, unit: str, *, sign: bool = False) -> str:
        """Write a number in a unit out of `sim.kpis.summary`."""
        if isnan(value):
            return _DASH
        plus = "+" if sign and value > 0 else ""
        if unit == MONEY:
            return plus + self.words.short_money(value, self.currency)
        if unit == SHARE:
            text = self.words.percent(value, 1 if abs(value) < 0.1 else 0)
            return plus + (self.words("unit.points", n=text.rstrip("%")) if sign else text)
        if unit == DAYS:
            return plus + self.length(value)
        return plus + self.words.number(value, 0 if float(value).is_integer() or abs(value) >= 100 else 1)

    def kpi(self, value: float, kpi: str, *, sign: bool = False) -> str:
        """Write a headline figure in its unit."""
        return self.unit(value, HEADLINES.get(kpi, ""), sign=sign)

    def length(self, days: float) -> str:
        """Write a length of time in the unit that suits it."""
        if isnan(days):
            return _DASH
        if 0 < abs(days) < 1:
            return self.words("unit.hours", n=self.words.number(24 * days, 1))
        return self.words("unit.days", n=self.words.number(days, 1))

    def span(self, low: float, high: float, measure: str = "bookings", *, sign: bool = False) -> str:
        """Write a range."""
        if isnan(low) or isnan(high):
            return _DASH
        ends = (self.amount(end, measure, sign=sign) for end in (low, high))
        return self.words("unit.range", low=next(ends), high=next(ends))

    def of_ten(self, share: float) -> str:
        """Write a chance as people count: so many of ten futures."""
        tens = round(10 * share)
        if tens == 0 and share > 0:
            return self.words("chance.hardly")
        return self.words("chance.of_ten", n=10 if tens == 10 else tens)
