"""Texts into codes, times and amounts, a column at once; what can't be read is marked rather than guessed."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from forecast.crm.instants import NO_TIME, Micros
from sim.eventlog import NONE, Codes, Floats

type Flags = npt.NDArray[np.bool_]

_DATE = r"^(?:\d{4}-?\d{2}-?\d{2}|\d{4}/\d{1,2}/\d{1,2}|\d{4}-\d{1,2}-\d{1,2})"
_CLOCK = r"[T ]\s*\d{1,2}:?\d{2}(?::?\d{2}(?:[.,]\d{1,9})?)?"
_LOCAL, _ZONED = rf"{_DATE}(?:{_CLOCK})?$", rf"{_DATE}{_CLOCK}\s*(?:Z|z|[+-]\d{{2}}(?::?\d{{2}})?)$"
_MONEY = r"^([+-]?)(?:[¥￥$€£₹₩]|[A-Z]{2,3}\$?)?\s*(.*?)\s*(?:元|[¥￥$€£₹₩]|[A-Z]{3})?$"


@dataclass(frozen=True, slots=True)
class Texts:
    """A column of texts: a code for each row, `NONE` where there is nothing; ``texts`` are in order of appearance."""

    codes: Codes
    texts: tuple[str, ...]

    def where(self, text: str) -> Flags:
        """Flag the rows that say ``text``."""
        return np.asarray(self.codes == (self.texts.index(text) if text in self.texts else NONE - 1))

    def of(self, row: int) -> str:
        """Return the text of a row, or the empty text."""
        return self.texts[self.codes[row]] if self.codes[row] != NONE else ""


@dataclass(frozen=True, slots=True)
class Times:
    """A column of times.

    Attributes
    ----------
    micros
        Microseconds since 1970 in UTC, `NO_TIME` where there is none.
    unread
        Rows that hold something which is no time.
    day_only
        Rows that hold a date without a time of day.
    naive
        How many carried no zone of their own and were read in the account's.
    """

    micros: Micros
    unread: Flags
    day_only: Flags
    naive: int

    @property
    def known(self) -> Flags:
        """Flag the rows that have a time."""
        return np.asarray(self.micros != NO_TIME)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of amounts: NaN where there is none, and the rows that hold something which is no amount."""

    values: Floats
    unread: Flags


def trimmed(column: Any, missing: tuple[str, ...]) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """Return a column as texts without outer blanks, null where it is empty or says that it has no value."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    texts = column if pa.types.is_string(column.type) else column.cast(pa.string())
    texts = pc.utf8_trim_whitespace(texts)
    return pc.if_else(pc.is_in(texts, pa.array(["", *missing])), None, texts)


def parse_texts(texts: Any) -> Texts:  # noqa: ANN401 - pyarrow ships no types
    """Code a column of trimmed texts."""
    encoded = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    encoded = encoded.dictionary_encode()
    codes = encoded.indices.fill_null(NONE).to_numpy(zero_copy_only=False).astype(np.int32)
    return Texts(codes, tuple(encoded.dictionary.to_pylist()))


def parse_times(column: Any, missing: tuple[str, ...], zone: ZoneInfo, formats: tuple[str, ...]) -> Times:  # noqa: ANN401
    """Read a column of times: stamps of a Parquet file, ISO 8601 texts, then the given strptime formats."""
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        return _typed_times(column, zone)
    coded = parse_texts(trimmed(column, missing))
    texts = pa.array(coded.texts, pa.string())
    distinct, naive = _distinct_times(texts, zone, formats)
    day_only = ~pc.match_substring(texts, ":").to_numpy(zero_copy_only=False)
    micros = _spread(coded.codes, distinct, NO_TIME)
    return Times(
        micros,
        unread=np.asarray((micros == NO_TIME) & (coded.codes != NONE)),
        day_only=_spread(coded.codes, day_only, fill=False),
        naive=int(_spread(coded.codes, naive, fill=False).sum()),
    )


def _spread[T: np.generic](codes: Codes, distinct: npt.NDArray[T], fill: object) -> npt.NDArray[T]:
    """Give every row the value of its code."""
    return np.append(distinct, np.array([fill], distinct.dtype))[codes]  # NONE is -1: the last one


def _typed_times(column: Any, zone: ZoneInfo) -> Times:  # noqa: ANN401 - pyarrow ships no types
    day_only = pa.types.is_date(column.type)
    naive = day_only or column.type.tz is None
    stamps = pd.DatetimeIndex(column.cast(pa.timestamp("us", None if naive else "UTC")).to_numpy(zero_copy_only=False))
    micros = _micros(_localised(stamps, zone) if naive else stamps.tz_localize("UTC"))
    known = micros != NO_TIME
    return Times(micros, np.zeros(len(micros), bool), np.asarray(known & day_only), int(known.sum()) if naive else 0)


def _distinct_times(texts: Any, zone: ZoneInfo, formats: tuple[str, ...]) -> tuple[Micros, Flags]:  # noqa: ANN401
    zoned, local = (
        pc.match_substring_regex(texts, form).to_numpy(zero_copy_only=False).astype(bool) for form in (_ZONED, _LOCAL)
    )
    series = pd.Series(texts.to_pylist(), dtype="str")
    micros = np.full(len(series), NO_TIME)
    micros[zoned] = _micros(pd.DatetimeIndex(_parsed(series[zoned], "ISO8601", utc=True)))
    naive = pd.DatetimeIndex(_parsed(series.where(local), "ISO8601", utc=False))
    for form in formats:
        left = naive.isna() & (micros == NO_TIME)
        if "%z" in form:
            micros[left] = _micros(pd.DatetimeIndex(_parsed(series[left], form, utc=True)))
        else:
            naive = naive.where(~left, pd.DatetimeIndex(_parsed(series.where(left), form, utc=False)))
    read_naive = np.asarray(naive.notna())
    micros[read_naive] = _micros(_localised(naive[read_naive], zone))
    return micros, read_naive


def _parsed(texts: "pd.Series[str]", form: str, *, utc: bool) -> "pd.Series[pd.Timestamp]":
    stamps: pd.Series[pd.Timestamp] = pd.to_datetime(texts, format=form, errors="coerce", utc=utc)
    return stamps


def _localised(stamps: pd.DatetimeIndex, zone: ZoneInfo) -> pd.DatetimeIndex:
    """Place wall-clock times in their zone: of a repeated hour it is the first, of a skipped one the hour after."""
    first_run = np.ones(len(stamps), bool)
    return stamps.tz_localize(zone, ambiguous=first_run, nonexistent=pd.Timedelta(hours=1))


def _micros(stamps: pd.DatetimeIndex) -> Micros:
    return np.asarray(stamps.as_unit("us").asi8)


def parse_amounts(column: Any, missing: tuple[str, ...], decimal: str, thousands: str) -> Amounts:  # noqa: ANN401
    """Read a column of amounts: currency signs go, grouping marks only where they group by three."""
    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type) or pa.types.is_decimal(column.type):
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return Amounts(np.asarray(values, np.float64), np.isinf(values))
    coded = parse_texts(trimmed(column, missing))
    distinct = _distinct_amounts(pa.array(coded.texts, pa.string()), decimal, thousands)
    values = _spread(coded.codes, distinct, np.nan)
    return Amounts(values, np.asarray(np.isnan(values) & (coded.codes != NONE)))


def _distinct_amounts(texts: Any, decimal: str, thousands: str) -> Floats:  # noqa: ANN401 - pyarrow ships no types
    point, group = (f"\\{mark}" if mark in ".'" else mark for mark in (decimal, thousands))
    negative = r"^\((.*)\)$"  # as accountants write it
    texts = pc.replace_substring_regex(texts, negative, r"-\1")
    texts = pc.replace_substring_regex(texts, _MONEY, r"\1\2")
    grouped = rf"|\d{{1,3}}(?:{group}\d{{3}})+" if thousands else ""
    valid = pc.match_substring_regex(texts, rf"^[+-]?(?:\d+{grouped})?(?:{point}\d*)?(?:[eE][+-]?\d+)?$")
    has_digit = pc.match_substring_regex(texts, r"\d")
    plain = pc.replace_substring(texts, thousands, "") if thousands else texts
    plain = pc.replace_substring(plain, decimal, ".")
    numbers = pc.if_else(pc.and_(valid, has_digit), plain, None).cast(pa.float64())
    return np.asarray(numbers.to_numpy(zero_copy_only=False), np.float64)
