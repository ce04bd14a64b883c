"""Languages: what a person reads stands in a file of texts, one a language.

Numbers and dates are written as that language's readers write them.

A package's texts are ``text/en.toml`` and ``text/zh.toml`` inside it: tables of sentences with ``{places}`` for
values. ``words("forecast.title")`` is the sentence ``title`` of the table ``[forecast]``.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import (
    format_compact_currency,
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
)

from sim.errors import DataError, UnknownNameError

_MILLION = 999_500


class Language(StrEnum):
    """A language that Headrace speaks."""

    ENGLISH = "en"
    CHINESE = "zh"

    @property
    def locale(self) -> Locale:
        """Whose habits numbers and dates follow."""
        return Locale.parse({"en": "en_GB", "zh": "zh_Hans_CN"}[self.value])


@dataclass(frozen=True)
class Words:
    """The sentences of one package in one language, and its numbers."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Return a sentence with its places filled.

        Raises
        ------
        UnknownNameError
            If there is no such sentence.
        """
        if key not in self.texts:
            raise UnknownNameError("text", key, self.texts, f"the texts in {self.language.value}")
        return self.texts[key].format_map(values)

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self.texts

    def number(self, value: float, digits: int = 0) -> str:
        """Write a number with so many decimals, and signs between its thousands."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.language.locale)

    def compact(self, value: float) -> str:
        """Write a number in thousands and millions, or 万 and 亿, to three digits that mean something."""
        rounded = float(f"{value:.3g}")
        return format_compact_decimal(rounded, format_type="short", locale=self.language.locale, fraction_digits=2)

    def money(self, value: float, currency: str) -> str:
        """Write a whole amount of a currency, named by its ISO 4217 code."""
        return format_currency(round(value), currency, "¤#,##0", locale=self.language.locale, currency_digits=False)

    def short_money(self, value: float, currency: str) -> str:
        """Write an amount with three digits or so: €2.15M, €84K, 215.2万."""
        digits = {Language.ENGLISH: 2 if abs(value) >= _MILLION else 0, Language.CHINESE: 1}[self.language]
        rounded = round(value) if abs(value) < _MILLION else value
        return format_compact_currency(rounded, currency, locale=self.language.locale, fraction_digits=digits)

    def percent(self, share: float, digits: int = 0) -> str:
        """Write a share in [0, 1] in percent."""
        pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
        return format_percent(share, pattern, locale=self.language.locale)

    def date(self, day: date) -> str:
        """Write a date in full."""
        return format_date(day, "long", locale=self.language.locale)

    def moment(self, instant: datetime) -> str:
        """Write a date and a time, in the zone that it has."""
        return format_datetime(instant, "short", tzinfo=instant.tzinfo, locale=self.language.locale)


@cache
def words_of(package: str, language: Language) -> Words:
    """Read a package's texts in a language.

    Raises
    ------
    DataError
        If the file holds anything but tables of sentences.
    """
    text = files(package).joinpath("text", f"{language.value}.toml").read_text("utf-8")
    return Words(language, MappingProxyType(dict(_sentences(package, tomllib.loads(text)))))


def _sentences(path: str, table: Mapping[str, object], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        match value:
            case str():
                yield before + name, value
            case dict():
                yield from _sentences(path, value, f"{before}{name}.")
            case _:
                raise DataError(f"texts of {path}: {before}{name} is {value!r}; write a sentence in quotes")
