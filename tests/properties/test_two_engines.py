"""Both engines tell the same story: for every funnel, row by row."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from forecast.calibration.calibrate import calibrate
from forecast.crm import load_mapping, read
from sim.eventlog import EventLog
from sim.simulate import ENGINES, REFERENCE, simulate
from studies.demo import MAPPING, example_files
from studies.example.company import AS_OF, QUARTER_DAYS, truth
from tests.properties.funnels import Run, runs

FEW, MANY = 40, int(os.environ.get("HEADRACE_EQUAL_RUNS", "300"))
"""How many random funnels the fast and the slow tests try; before a release, ask for 2,000."""


def differences(one: EventLog, other: EventLog) -> list[str]:
    """Return in what two logs differ, the first row of it, or nothing."""
    if len(one) != len(other):
        return [f"{len(one)} and {len(other)} rows"]
    parts = ((one.events, other.events), (one.leads, other.leads))
    unequal = [
        f"{name} from row {np.flatnonzero(~_equal(a[name], b[name]))[0]}"
        for a, b in parts
        for name in a
        if not _equal(a[name], b[name]).all()
    ]
    return unequal + [name for name in one.vocabulary if one.vocabulary[name] != other.vocabulary[name]]


def _equal(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (a == b) | (pd.isna(a) & pd.isna(b))


def write_the_same_rows(run: Run) -> None:
    defined = simulate(run.spec, run.opening, days=run.days, seed=run.seed, engine=REFERENCE)
    assert differences(defined, run.log) == []


test_both_engines_write_the_same_rows = settings(max_examples=FEW)(given(run=runs())(write_the_same_rows))

test_both_engines_write_the_same_rows_in_many_funnels = pytest.mark.slow(
    settings(max_examples=MANY)(given(run=runs())(write_the_same_rows))
)


@pytest.mark.slow
def test_both_engines_write_the_same_rows_in_the_example() -> None:
    files = example_files()
    opening = read(load_mapping(files[0].with_name(MAPPING)), files).opening(AS_OF)
    logs = [simulate(truth(), opening, days=QUARTER_DAYS, seed=1, engine=engine) for engine in ENGINES]
    assert differences(*logs) == []
    assert len(logs[0]) > 50_000


@pytest.mark.slow
def test_both_engines_write_the_same_rows_in_a_lenders_process(real_data: Callable[[str], Path]) -> None:
    as_of = datetime(2012, 1, 1, tzinfo=UTC)
    history = read(load_mapping("bpi2012"), [real_data("bpi2012") / "bpi2012_to_2011-12-31.csv.gz"])
    systems = [rep.name for rep in history.roster if rep.system]
    found = calibrate(history.at(as_of).log, as_of, systems=systems)
    opening = found.fit_opening(history.opening(as_of))
    logs = [simulate(found.spec, opening, days=14.0, seed=1, engine=engine) for engine in ENGINES]
    assert differences(*logs) == []
    assert len(logs[0]) > 10_000
