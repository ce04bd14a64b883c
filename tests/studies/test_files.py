import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from sim.errors import DataError
from sim.eventlog import EventLog
from sim.kpis import summary
from sim.opening import OpenDeal, Opening
from sim.simulate import simulate
from studies.log_folder import load_log, save_log
from studies.opening_file import load_opening, read_instant, save_opening, write_instant
from studies.parquet_file import read_arrow, write_arrow
from tests.studies.config.funnels import RICH

BERLIN = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Europe/Berlin"))
DEALS = (
    OpenDeal(
        label="006A1", stage="demo", channel="web", region="north", owner="Di", age=40.5, stage_age=12.25, touches=3
    ),
    OpenDeal(label='=HYPERLINK("x"), ünï', stage="qualify", amount=1234.5, score=70.0),
)
OPENING = Opening(BERLIN, DEALS)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("opening", [OPENING, Opening(BERLIN), Opening(datetime(2026, 1, 1, tzinfo=UTC), DEALS[:1])])
def test_an_opening_written_and_read_is_the_same_opening(suffix: str, opening: Opening, tmp_path: Path) -> None:
    path = tmp_path / f"opening{suffix}"
    save_opening(opening, path)
    again = load_opening(path)
    assert repr(again) == repr(opening)  # by text, because NaN is not equal to itself
    assert again.as_of.utcoffset() == opening.as_of.utcoffset()


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("as-of,2026", "asof,2026", "line 1: must be as-of"),
        ("2026-03-02T08", "2026-03-32T08", "line 1: no instant"),
        ("[Europe/Berlin]", "[Europe/Berlinn]", "line 1: no instant"),
        ("+01:00[Europe/Berlin]", "", "line 1: '2026-03-02T08:00:00' has no time zone"),
        ("label,stage", "label,phase", "no column 'phase' is known"),
        ("label,stage", "label,owner2", "no column 'owner2' is known"),
        (",12.25,", ",50,", r"row 1: open deal '006A1': age 40\.5, in stage 50"),
        (",40.5,", ",forty,", "row 1: could not convert string to float"),
    ],
)
def test_a_broken_opening_is_answered_with_the_place(old: str, new: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "opening.csv"
    save_opening(OPENING, path)
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(DataError, match=told):
        load_opening(path)


def test_a_file_that_is_no_opening_is_answered_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "opening.parquet").write_bytes(b"PK")
    for name in ("opening.parquet", "nowhere.parquet", "nowhere.csv"):
        with pytest.raises(DataError, match=name):
            load_opening(tmp_path / name)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Shanghai", "UTC"])
def test_an_instant_keeps_its_zone(zone: str) -> None:
    instant = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo(zone))
    again = read_instant(write_instant(instant), "here")
    assert (again, again.tzinfo, again.utcoffset()) == (instant, instant.tzinfo, instant.utcoffset())


@pytest.fixture(scope="module")
def log() -> EventLog:
    return simulate(RICH, OPENING, days=10, seed=1)


def test_a_log_written_and_read_is_the_same_log(log: EventLog, tmp_path: Path) -> None:
    save_log(log, tmp_path / "log")
    again = load_log(tmp_path / "log")
    assert (again.origin, again.window, again.vocabulary, again.labels) == (
        log.origin,
        log.window,
        log.vocabulary,
        log.labels,
    )
    pd.testing.assert_frame_equal(again.to_frame(), log.to_frame())
    pd.testing.assert_frame_equal(again.leads_frame(), log.leads_frame())
    np.testing.assert_equal(summary(again), summary(log))


def test_a_log_written_twice_has_the_same_bytes(log: EventLog, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save_log(log, tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_log_with_codes_that_stand_for_nothing_is_refused(log: EventLog, tmp_path: Path) -> None:
    save_log(log, tmp_path / "log")
    path = tmp_path / "log" / "events.parquet"
    table = read_arrow(path)
    stages = table.column("stage").to_numpy().copy()
    stages[0] = 99
    write_arrow(table.set_column(table.column_names.index("stage"), "stage", [stages]), path)
    with pytest.raises(DataError, match=r"column 'stage' has codes from .* to 99; log\.json has 3 names for it"):
        load_log(tmp_path / "log")


def test_a_log_of_another_format_is_refused(log: EventLog, tmp_path: Path) -> None:
    save_log(replace(log, labels=()), tmp_path / "log")
    path = tmp_path / "log" / "log.json"
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), "format": 99}), "utf-8")
    with pytest.raises(DataError, match="format 99 of event log; this version reads 1"):
        load_log(tmp_path / "log")
    path.unlink()
    with pytest.raises(DataError, match=r"no log\.json in it"):
        load_log(tmp_path / "log")
