"""Figures while a run goes on: rows a second of the reduction, beside the queries over the finished log."""

from datetime import UTC, datetime
from time import perf_counter

import numpy as np
import pytest

from sim.calendar import OpenHours
from sim.eventlog import CODED_LEAD_COLUMNS, NONE, EventLog, Kind
from sim.kpis import conversion_of_cohort, conversion_of_period, dwell_summary, littles_law, summary, utilisation
from sim.kpis.reduction import Reduction

LEADS, REPS, DAYS, LENGTH = 100_000, 50, 365.0, 20.0
PERIOD = (30.0, DAYS)
TOUCH = (Kind.STARTED, Kind.TOUCHED, Kind.LATENCY_ENDED)
STAGE = (Kind.ENTERED, Kind.ROUTED, *TOUCH, *TOUCH)
LIFE = (Kind.CREATED, *STAGE, Kind.ADVANCED, *STAGE)
"""What happens to every lead before it is won or lost; with that, 19 or 20 rows."""


def year_of_leads() -> EventLog:
    """A year of leads who pass through two stages, two touches in each."""
    luck = np.random.default_rng(5)
    arrival = np.sort(luck.uniform(0.0, DAYS, LEADS))
    won = luck.random(LEADS) < 0.3
    kinds = np.concatenate([np.tile(LIFE, (LEADS, 1)), np.full((LEADS, 2), Kind.ADVANCED)], axis=1)
    kinds[won, -1], kinds[~won, -2], kinds[~won, -1] = Kind.WON, Kind.LOST, NONE
    steps = LENGTH * np.sort(luck.random((LEADS, kinds.shape[1])), axis=1)
    steps[:, 1] = steps[:, 0] = 0.0
    stage = np.where(np.arange(kinds.shape[1]) < 10, 0, 1)
    actor = np.where(
        np.isin(kinds, (Kind.ROUTED, Kind.STARTED, Kind.TOUCHED)), luck.integers(REPS, size=(LEADS, 1)), NONE
    )
    table = {
        "time": arrival[:, None] + steps,
        "lead": np.arange(LEADS)[:, None],
        "kind": kinds,
        "stage": stage,
        "actor": actor,
        "amount": np.where(kinds == Kind.WON, 100.0, np.nan),
        "cause": NONE,
    }
    happens = (kinds != NONE) & (table["time"] <= DAYS)
    leads = {name: np.zeros(LEADS) for name in (*CODED_LEAD_COLUMNS, "score", "quality")}
    leads |= {"number": np.arange(LEADS), "created": arrival, "amount": luck.lognormal(4.0, 1.0, LEADS)}
    actors = tuple(f"rep {number}" for number in range(REPS))
    return EventLog.from_rows(
        origin=datetime(2026, 1, 5, tzinfo=UTC),
        window=(0.0, DAYS),
        events={name: np.broadcast_to(values, kinds.shape)[happens] for name, values in table.items()},
        leads=leads,
        vocabulary={"stage": ("qualify", "close"), "actor": actors, "team": ("sales",)},
        actor_team=np.zeros(REPS, np.int32),
    )


def test_the_reduction_of_a_year(capsys: pytest.CaptureFixture[str]) -> None:
    """Print the rates, and hold the figures to the log's."""
    log = year_of_leads()
    chunks = list(log.records())
    hours = tuple(OpenHours(np.arange(DAYS) + 0.3, np.arange(DAYS) + 0.7) for _ in range(REPS))
    runs = {"headlines": {}, "headlines and tables": {"with_stays": True, "hours": hours}}
    for options in runs.values():
        Reduction(log, PERIOD, **options).take(chunks[0][:100])  # compiled, or loaded, before the clock runs
    with capsys.disabled():
        print(f"\n{len(log):,} rows of {LEADS:,} leads: million rows a second")
        found = {name: measured(name, log, chunks, options) for name, options in runs.items()}
        asked(log)
    expected = summary(log, PERIOD)
    for run in found.values():
        assert run.figures() == pytest.approx(expected, rel=1e-11, nan_ok=True)
        assert run.figures() == found["headlines"].figures()
        assert run.basis().rows.sum() == (log.events["time"] >= PERIOD[0]).sum()


def measured(name: str, log: EventLog, chunks: list[np.ndarray], options: dict[str, object]) -> Reduction:
    """Time a reduction, the best of five: taking the rows, and everything from its making to the last figure."""
    taking, everything = [], []
    for _ in range(5):
        begin = perf_counter()
        run = Reduction(log, PERIOD, **options)
        first = perf_counter()
        for rows in chunks:
            run.take(rows)
        taking.append(perf_counter() - first)
        run.figures()
        if options:
            run.conversion(), run.dwell(), run.work()
        everything.append(perf_counter() - begin)
    print(f"  reduction, {name:21} {rate(log, min(taking))} taking rows, {rate(log, min(everything))} in all")
    return run


def asked(log: EventLog) -> None:
    """Time the queries over the finished log."""
    begin = perf_counter()
    summary(log, PERIOD)
    print(f"  queries,   {'headlines':21} {rate(log, perf_counter() - begin)} in all")
    conversion_of_period(log, PERIOD), conversion_of_cohort(log, PERIOD), dwell_summary(log, PERIOD)
    littles_law(log, PERIOD), utilisation(log, {}, period=PERIOD)
    print(f"  queries,   {'headlines and tables':21} {rate(log, perf_counter() - begin)} in all")


def rate(log: EventLog, seconds: float) -> str:
    """Write millions of rows a second."""
    return f"{len(log) / seconds / 1e6:6.1f}"
