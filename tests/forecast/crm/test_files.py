"""One table in many wrappings is one history."""

import gzip
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from forecast.crm import History, load_mapping, parse_mapping, read

MAPPING = """
kind: stage-history
time_zone: UTC
columns: {lead: id, stage: stage, time: at, amount: amount, owner: owner}
stages: {接触: [接触], 方案: [方案]}
won: 赢单
lost: [输单]
"""
TEXT = (
    "id,stage,at,amount,owner\n1,接触,2024-01-05 08:30:00,1200.5,李娜\n1,方案,2024-01-06 09:00:00,1300,李娜\n"
    "2,接触,2024-01-07 10:00:00,,王伟\n"
)


def rows(history: History) -> list[list[object]]:
    return history.log.to_frame().astype(object).fillna("").to_numpy().tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_an_export_reads_alike_in_every_encoding(reading: Any, encoding: str) -> None:
    stated = encoding.removesuffix("-sig")
    assert rows(reading(f"encoding: {stated}\n{MAPPING}", TEXT.encode(encoding))) == rows(reading(MAPPING, TEXT))


@pytest.mark.parametrize("change", ["gzip", "semicolons", "carriage returns", "quotes", "blank lines", "blanks"])
def test_an_export_reads_alike_in_every_wrapping(reading: Any, change: str) -> None:
    mapping, content = MAPPING, TEXT.encode()
    if change == "gzip":
        content = gzip.compress(content)
    elif change == "semicolons":
        mapping, content = f'delimiter: ";"\n{MAPPING}', content.replace(b",", b";")
    elif change == "carriage returns":
        content = content.replace(b"\n", b"\r\n")
    elif change == "quotes":
        content = b"\n".join(b",".join(b'"' + v + b'"' for v in line.split(b",")) for line in content.splitlines())
    elif change == "blank lines":
        content = content.replace(b"\n", b"\n\n")
    else:
        content = content.replace(b",", b" , ")
    assert rows(reading(mapping, content)) == rows(reading(MAPPING, TEXT))


def test_parquet_with_its_own_types_reads_like_csv(reading: Any, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "id": [1, 1, 2],
            "stage": pd.Categorical(["接触", "方案", "接触"]),
            "at": pd.to_datetime(["2024-01-05 08:30", "2024-01-06 09:00", "2024-01-07 10:00"]).tz_localize("UTC"),
            "amount": [1200.5, 1300, None],
            "owner": ["李娜", "李娜", "王伟"],
        }
    )
    frame.to_parquet(tmp_path / "deals.parquet")
    assert rows(read(parse_mapping(MAPPING, "crm"), tmp_path / "deals.parquet")) == rows(reading(MAPPING, TEXT))


def test_files_of_the_same_columns_are_stacked(reading: Any) -> None:
    header, *lines = TEXT.splitlines(keepends=True)
    assert rows(reading(MAPPING, header + lines[2], header + lines[0] + lines[1])) == rows(reading(MAPPING, TEXT))


def test_xes_reads_like_the_table_that_it_says(tmp_path: Path) -> None:
    event = '<event><string key="concept:name" value="{}"/><date key="time:timestamp" value="{}"/><string key="org:resource" value="{}"/></event>'  # noqa: E501 - one line of XES
    events = [("Qualify", "2024-01-05T08:30:00.000+01:00", "Ann"), ("Won", "2024-01-06T09:00:00Z", "Bob &amp; Co")]
    body = "".join(event.format(*values) for values in events)
    trace = f'<trace><string key="concept:name" value="7"/>{body}</trace>'
    listed = '<global scope="trace"><string key="concept:name" value="none"/></global>'
    xml = f'<?xml version="1.0"?><log xmlns="http://www.xes-standard.org/">{listed}{trace}</log>'
    (tmp_path / "log.xes.gz").write_bytes(gzip.compress(xml.encode()))
    table = pd.DataFrame(events, columns=["activity", "timestamp", "resource"]).assign(case="7")
    table["resource"] = table["resource"].str.replace("&amp;", "&")
    table.to_csv(tmp_path / "log.csv", index=False)
    from_xes = read(load_mapping("xes"), tmp_path / "log.xes.gz")
    assert rows(from_xes) == rows(read(load_mapping("event-log"), tmp_path / "log.csv"))
    assert from_xes.log.vocabulary["actor"] == ("Ann", "Bob & Co")


def test_a_line_with_too_many_fields_is_kept_with_the_rows_set_aside(reading: Any) -> None:
    quality = reading(MAPPING, TEXT + "3,接触,2024-01-08,1,234,王伟\n").quality
    assert quality["malformed-line"].examples == ("deals.csv line 5",)
    assert quality.set_aside[["file", "row", "code", "text"]].to_numpy().tolist() == [
        ["deals.csv", 5, "malformed-line", "3,接触,2024-01-08,1,234,王伟"]
    ]
    assert (quality.rows_in, quality.rows_used) == (4, 3)
