"""Whatever an export holds, it is read or refused with a sentence; it never breaks the reader."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from forecast.crm import History, load_mapping, parse_mapping, preset_text, read
from sim.errors import HeadraceError

HISTORY = preset_text("generic-stage-history")
ROWS = (
    "deal,time,stage,created,owner,actor,amount,won_amount,cause,channel,region,segment,product,account\n"
    '1,2024-01-05 09:00,Q,2024-01-05,Ann,Ann,"1,200.50",,,web,north,large,Pump,"Acme, Inc."\n'
    "1,2024-01-06 09:00,P,2024-01-05,Bo,Ann,1300,,,web,north,large,Pump,\n"
    "1,2024-01-07 09:00,Won,2024-01-05,Bo,Ann,1300,1250,,web,north,large,Pump,\n"
    "2,2024-01-07 09:00,Lost,2024-01-06,Bo,Ann,,,price,web,north,large,Pump,\n"
)
EVENTS = (
    "case,activity,timestamp,resource,lifecycle,amount\n"
    "1,New,2024-01-05T09:00:00Z,Ann,COMPLETE,5\n"
    "1,Call,2024-01-05T10:00:00Z,Ann,START,5\n"
    "1,Call,2024-01-05T11:00:00Z,Ann,COMPLETE,5\n"
    "1,Won,2024-01-05T12:00:00Z,Ann,COMPLETE,5\n"
)
XES = (
    '<log><trace><string key="concept:name" value="7"/><event><string key="concept:name" value="New"/>'
    '<date key="time:timestamp" value="2024-01-05T09:00:00Z"/></event></trace></log>'
)

edits = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 3), st.sampled_from([*',;"\n\r\t\0 -:.0129éZ元[]{}<>&#', "\ud7ff", ""])),
    min_size=1,
    max_size=6,
)


def edited(text: str, changes: list[tuple[float, int, str]]) -> str:
    for place, length, new in changes:
        at = int(place * len(text))
        text = text[:at] + new + text[at + length :]
    return text


def survives(make: Any) -> bool:
    """Read, and take every part of what was read; a refusal must be one of ours."""
    try:
        history: History = make()
    except HeadraceError as refusal:
        return bool(str(refusal))
    quality = history.quality
    history.opening()
    history.roster.to_frame()
    quality.to_frame()
    return quality.rows_in == quality.rows_used + len(quality.set_aside)


@given(edits)
def test_a_damaged_stage_history_is_read_or_refused(tmp_path_factory: Any, changes: Any) -> None:
    file = tmp_path_factory.mktemp("hostile") / "deals.csv"
    file.write_text(edited(ROWS, changes), "utf-8")
    assert survives(lambda: read(load_mapping("generic-stage-history"), file))


@given(edits)
def test_a_damaged_event_log_is_read_or_refused(tmp_path_factory: Any, changes: Any) -> None:
    file = tmp_path_factory.mktemp("hostile") / "log.csv"
    file.write_text(edited(EVENTS, changes), "utf-8")
    mapping = parse_mapping(preset_text("event-log") + "touches: {activities: [Call]}\n", "log")
    assert survives(lambda: read(mapping, file))


@given(edits)
def test_a_damaged_xes_file_is_read_or_refused(tmp_path_factory: Any, changes: Any) -> None:
    file = tmp_path_factory.mktemp("hostile") / "log.xes"
    file.write_text(edited(XES, changes), "utf-8")
    assert survives(lambda: read(load_mapping("xes"), file))


@given(edits)
def test_a_damaged_mapping_is_read_or_refused(tmp_path_factory: Any, changes: Any) -> None:
    file = tmp_path_factory.mktemp("hostile") / "deals.csv"
    file.write_text(ROWS, "utf-8")
    assert survives(lambda: read(parse_mapping(edited(HISTORY, changes), "crm.yaml"), file))


COLUMNS = {
    "integers": pa.array([1, 2]),
    "floats": pa.array([1.5, float("inf")]),
    "decimals": pa.array([Decimal("1.50"), None]),
    "flags": pa.array([True, False]),
    "dates": pa.array(pd.to_datetime(["2024-01-05", "2024-01-06"]).date),
    "nanoseconds": pa.array(pd.to_datetime(["2024-01-05", "2024-01-06"]).as_unit("ns")),
    "lists": pa.array([[1], [2]]),
    "nothing": pa.nulls(2),
    "bytes": pa.array([b"\xff", b"a"]),
    "durations": pa.array([1, 2], pa.duration("s")),
    "codes": pa.array(["a", "b"]).dictionary_encode(),
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_files_whose_columns_differ_in_type_are_read_or_refused(tmp_path: Path, kind: str) -> None:
    times = pa.array(pd.to_datetime(["2024-01-05", "2024-01-06"]))
    for name, deals in (("a", pa.array(["1", "2"])), ("b", COLUMNS[kind])):
        parquet.write_table(pa.table({"deal": deals, "time": times, "stage": ["Q", "P"]}), tmp_path / f"{name}.parquet")
    assert survives(lambda: read(load_mapping("generic-stage-history"), sorted(tmp_path.glob("*.parquet"))))


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("field", ["deal", "time", "stage", "amount", "owner"])
def test_a_parquet_column_of_any_type_is_read_or_refused(tmp_path: Path, kind: str, field: str) -> None:
    times = pa.array(pd.to_datetime(["2024-01-05", "2024-01-06"]))
    columns = {"deal": ["1", "2"], "time": times, "stage": ["Q", "P"], "amount": [1.0, 2.0], "owner": ["Ann", "Bo"]}
    parquet.write_table(pa.table(columns | {field: COLUMNS[kind]}), tmp_path / "deals.parquet")
    assert survives(lambda: read(load_mapping("generic-stage-history"), tmp_path / "deals.parquet"))
