"""Both engines tell the same story: for every funnel, row by row."""

import os

import numpy as np
import pandas as pd
from hypothesis import given, settings

from sim.eventlog import EventLog
from sim.simulate import REFERENCE, simulate
from tests.properties.funnels import Run, runs

EXAMPLES = int(os.environ.get("HEADRACE_EQUAL_RUNS", "60"))
"""How many random funnels; CI asks for 300, and a release for 2,000."""


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


@settings(max_examples=EXAMPLES)
@given(run=runs())
def test_both_engines_write_the_same_rows(run: Run) -> None:
    defined = simulate(run.spec, run.opening, days=run.days, seed=run.seed, engine=REFERENCE)
    assert differences(defined, run.log) == []
