"""Reading a year of a large company's CRM: a million events, every one of them kept."""

from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import pytest

from forecast.crm import parse_mapping, read
from sim.eventlog import Kind

MAPPING = """
kind: event-log
time_zone: Europe/Amsterdam
columns: {lead: case, activity: activity, time: time, actor: resource, lifecycle: life, amount: amount}
stages: [S1, S2, S3]
won: W
lost: [L]
touches: {activities: [T]}
"""


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_million_events(tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Print the seconds, and hold the history to the rows."""
    n, luck = 1_000_000, np.random.default_rng(1)
    activity = luck.choice(["S1", "S2", "S3", "W", "L", "T"], n, p=[0.3, 0.2, 0.1, 0.05, 0.1, 0.25])
    seconds = luck.integers(0, 365 * 86400, n)
    frame = pd.DataFrame(
        {
            "case": np.char.add("C", luck.integers(0, 120_000, n).astype(str)),
            "activity": activity,
            "time": (pd.Timestamp("2023-01-01") + pd.to_timedelta(seconds, unit="s")).strftime("%Y-%m-%d %H:%M:%S"),
            "resource": np.char.add("R", luck.integers(0, 200, n).astype(str)),
            "life": np.where(activity == "T", luck.choice(["START", "COMPLETE"], n), "COMPLETE"),
            "amount": luck.integers(1, 1000, n),
        }
    )
    file = tmp_path / f"log.{suffix}"
    frame.to_csv(file, index=False) if suffix == "csv" else frame.to_parquet(file)
    began = perf_counter()
    history = read(parse_mapping(MAPPING, "crm.yaml"), file)
    with capsys.disabled():
        print(f"\n{n:,} events from {suffix}: {perf_counter() - began:.1f} s")
    assert history.quality.rows_in == n
    assert (history.log.of_kind(Kind.CREATED)).sum() == frame["case"].nunique()
