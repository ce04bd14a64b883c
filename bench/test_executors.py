"""What sharing the work brings: two threads, two processes and two Dask processes against one.

    pytest -q bench/test_executors.py

The ratios mean something on an idle machine with two cores or more. The work itself is checked: everybody must have
simulated the same runs to the same figures.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import pandas as pd
import pytest
from distributed import LocalCluster

from bench.experiment import policies
from scenarios.experiment import Chunk, Experiment
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.run import Runner, Tables, merge
from scenarios.scenario import Scenario
from sim.opening import Opening
from sim.simulate import REFERENCE
from studies.example.company import AS_OF, truth
from studies.example.people import CLOSERS
from studies.executors import Kind, Sharing, Workers, do_each

ROUNDS = 3
EXPERIMENT = Experiment(
    base=(truth(),),
    opening=Opening(AS_OF),
    scenarios=(Scenario("as is"), Scenario("two more closers", (ChangeHeadcount(CLOSERS, 2),))),
    days=30.0,
    seed=1,
    replications=8,
    chunk_size=1,
    engine=REFERENCE,
)


@contextmanager
def of_a_cluster(processes: int) -> Iterator[Workers]:
    """Workers of a Dask cluster of as many processes, one thread each."""
    with (
        LocalCluster(n_workers=processes, threads_per_worker=1, dashboard_address=":0") as cluster,
        Sharing(cluster=cluster.scheduler_address).open(EXPERIMENT.engine) as workers,
    ):
        yield workers


def seconds(workers: Workers, experiment: Experiment) -> tuple[float, pd.DataFrame]:
    """Do the experiment once and return how long that took, and its figures."""
    parts: dict[int, Tables] = {}

    def keep(chunk: Chunk, tables: Tables) -> None:
        parts[chunk.number] = tables

    start = perf_counter()
    do_each(workers, Runner(experiment), experiment.rounds[0], keep)
    return perf_counter() - start, merge(experiment, list(parts.values())).kpis


def ratio(one: Workers, two: Workers, experiment: Experiment) -> float:
    """How many times as fast two are as one, each at its best of some rounds, after one that doesn't count."""
    best = {}
    figures = []
    for count, (who, workers) in enumerate([("one", one), ("two", two)] * (1 + ROUNDS)):
        taken, kpis = seconds(workers, experiment)
        figures.append(kpis)
        if count >= 2:
            best[who] = min(taken, best.get(who, taken))
    check(figures, experiment)
    return best["one"] / best["two"]


def check(figures: list[pd.DataFrame], experiment: Experiment) -> None:
    """Hold the work to what had to be done."""
    runs = len(experiment.scenarios) * experiment.replications
    for kpis in figures:
        pd.testing.assert_frame_equal(kpis, figures[0], check_exact=True)
        assert len(kpis) == runs
        assert kpis["leads"].sum() > runs * experiment.days  # more than a lead a day
        assert kpis["touches"].sum() > kpis["leads"].sum()


def test_two_threads_against_one(capsys: pytest.CaptureFixture[str]) -> None:
    experiment = policies(20)
    with (
        Sharing(executor=Kind.THREADS, workers=1).open(experiment.engine) as one,
        Sharing(executor=Kind.THREADS, workers=2).open(experiment.engine) as two,
    ):
        found = ratio(one, two, experiment)
    with capsys.disabled():
        print(f"\ntwo threads do {found:.2f} times the work of one")


def test_two_dask_processes_against_one(capsys: pytest.CaptureFixture[str]) -> None:
    with of_a_cluster(1) as one, of_a_cluster(2) as two:
        found = ratio(one, two, EXPERIMENT)
    with capsys.disabled():
        print(f"\ntwo Dask processes do {found:.2f} times the work of one")


def test_two_processes_against_one(capsys: pytest.CaptureFixture[str]) -> None:
    with (
        Sharing(executor=Kind.PROCESSES, workers=1).open(EXPERIMENT.engine) as one,
        Sharing(executor=Kind.PROCESSES, workers=2).open(EXPERIMENT.engine) as two,
    ):
        found = ratio(one, two, EXPERIMENT)
    with capsys.disabled():
        print(f"\ntwo processes do {found:.2f} times the work of one")
