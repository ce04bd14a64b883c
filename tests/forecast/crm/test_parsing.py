"""Texts are read as what they say, or not at all."""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from forecast.crm.instants import NO_TIME
from forecast.crm.parsing import parse_amounts, parse_times

UTC = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1234.5", 1234.5), ("1,234.50", 1234.5), ("12,345,678", 12345678.0), ("-3", -3.0), ("(1,200)", -1200.0),
        ("¥1,234", 1234.0), ("-¥5", -5.0), ("$ 5", 5.0), ("US$5", 5.0), ("12 USD", 12.0), ("12元", 12.0), (".5", 0.5),
        ("1e3", 1000.0), ("0", 0.0),
    ],
)  # fmt: skip
def test_an_amount_is_read_with_its_signs_and_groups(text: str, value: float) -> None:
    assert parse_amounts(pa.array([text]), (), ".", ",").values.tolist() == [value]


@pytest.mark.parametrize(
    "text", ["1,5", "1234,567", "1.234.567", "12,34", "abc", "-", "$", "1 2", "--1", "12%", "1e", "."]
)
def test_what_is_no_amount_is_not_guessed(text: str) -> None:
    amounts = parse_amounts(pa.array([text]), (), ".", ",")
    assert np.isnan(amounts.values).tolist() == amounts.unread.tolist() == [True]


@pytest.mark.parametrize(("text", "value"), [("1.234,50", 1234.5), ("1234,5 €", 1234.5), ("1.234", 1234.0)])
def test_the_decimal_comma_is_read_where_the_mapping_says_so(text: str, value: float) -> None:
    assert parse_amounts(pa.array([text]), (), ",", ".").values.tolist() == [value]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-01-05", "2024-01-05T00:00Z"), ("2024-01-05 10:22", "2024-01-05T10:22Z"),
        ("2024/1/5 9:05", "2024-01-05T09:05Z"), ("20240105", "2024-01-05T00:00Z"),
        ("2024-01-05T10:22:33.123456Z", "2024-01-05T10:22:33.123456Z"),
        ("2024-01-05T10:22:33.000+0000", "2024-01-05T10:22:33Z"), ("2024-01-05T10:22:33+08:00", "2024-01-05T02:22:33Z"),
        ("2024-01-05 10:22:33 -05", "2024-01-05T15:22:33Z"), ("31/12/2024", "2024-12-31T00:00Z"),
        ("2024年3月1日", "2024-03-01T00:00Z"),
    ],
)  # fmt: skip
def test_a_time_is_read_with_its_own_zone_or_the_accounts(text: str, instant: str) -> None:
    times = parse_times(pa.array([text]), (), UTC, ("%d/%m/%Y", "%Y年%m月%d日"))
    assert times.micros.tolist() == [pd.Timestamp(instant).value // 1000]


@pytest.mark.parametrize(
    "text", ["45296", "2024", "202401", "2024-02-30", "2024-01-05 24:00", "2024-01-06-09:00", "soon", "05.01.2024"]
)
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    times = parse_times(pa.array([text]), (), UTC, ("%d/%m/%Y",))
    assert (times.micros.tolist(), times.unread.tolist()) == ([NO_TIME], [True])


def test_clock_changes_lose_no_time() -> None:
    texts = ["2024-03-31 01:59", "2024-03-31 02:30", "2024-03-31 03:00", "2024-10-27 02:30"]
    times = parse_times(pa.array(texts), (), ZoneInfo("Europe/Berlin"), ())
    shown = pd.DatetimeIndex(times.micros.astype("M8[us]")).strftime("%m-%d %H:%M").tolist()
    assert shown == ["03-31 00:59", "03-31 01:30", "03-31 01:00", "10-27 00:30"]


def test_texts_that_say_nothing_are_missing_not_wrong() -> None:
    column = pa.array(["", " ", "NULL", None])
    times, amounts = parse_times(column, ("NULL",), UTC, ()), parse_amounts(column, ("NULL",), ".", ",")
    assert not times.unread.any() and not amounts.unread.any()  # noqa: PT018 - one thought
    assert not times.known.any()


def test_stamps_of_a_parquet_file_keep_their_instant() -> None:
    stamps = pd.Series(pd.to_datetime(["2024-01-05 10:00", None]))
    naive = parse_times(pa.array(stamps), (), ZoneInfo("Asia/Shanghai"), ())
    aware = parse_times(pa.array(stamps.dt.tz_localize("Asia/Shanghai")), (), UTC, ())
    assert naive.micros.tolist() == aware.micros.tolist() == [pd.Timestamp("2024-01-05 02:00").value // 1000, NO_TIME]
    assert (naive.naive, aware.naive) == (1, 0)
