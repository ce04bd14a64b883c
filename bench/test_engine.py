"""How fast the engines are, beside other simulators; what is asserted is the work, never the time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from statistics import mean, median, stdev

import numpy as np
import pytest

from bench.contest import LIMIT, ROUNDS, SIZE, Result, entrants, play, surprises, table
from bench.peers import in_cpp
from bench.peers.models import Queue, Tandem
from bench.runs import BUILT_IN, OWN, OWN_PULL, Logged, pulled, quarter, routed
from sim.simulate import ENGINES, REFERENCE

needs_cpp = pytest.mark.skipif(in_cpp.compiler() is None, reason="no g++ on the PATH to compile the limit with")

QUEUE_WAIT = 0.668731524
TANDEM_WAIT, TANDEM_GIVES_UP = 21.90021, 0.0476194
"""Exact: Erlang C, and M/M/20 with a patience of exactly 24 hours."""


@needs_cpp
@pytest.mark.parametrize("kind", [Queue, Tandem])
def test_everybody_does_the_same_work(kind: type[Queue] | type[Tandem], capsys: pytest.CaptureFixture[str]) -> None:
    results = play(entrants(kind))
    with capsys.disabled():
        print(f"\n\n{kind.__name__}\n\n{table(results)}")
    assert [line for result in results for line in surprises(result)] == []


@needs_cpp
def test_work_that_takes_five_percent_longer_is_noticed() -> None:
    entrant = next(each for each in entrants(Queue) if each.name == LIMIT)
    slower = replace(entrant.model, service=1.05)
    planted = tuple(in_cpp.simulate(slower, seed) for seed in range(1, ROUNDS + 1))
    assert surprises(Result(entrant, planted)) != []


@needs_cpp
@pytest.mark.parametrize("model", [Queue(50_000), Tandem(50_000)])
def test_where_future_events_are_kept_changes_nothing(model: Queue | Tandem) -> None:
    runs = [in_cpp.replicate(model, 5, 3, future) for future in ("heap", "lanes", "std")]
    told = [[(done.events, done.renegings, done.wait, gave_up) for done, gave_up in found] for found in runs]
    assert told[0] == told[1] == told[2]


@needs_cpp
@pytest.mark.parametrize(("service", "agrees"), [(1.0, True), (1.05, False)])
def test_the_queue_in_cpp_waits_as_erlang_says(service: float, agrees: bool) -> None:
    waits = [done.wait for done, _ in in_cpp.replicate(Queue(400_000, service=service), 1, 20, warm=1_000.0)]
    error = stdev(waits) / np.sqrt(len(waits))
    assert (abs(mean(waits) - QUEUE_WAIT) < 4 * error) == agrees


@needs_cpp
@pytest.mark.parametrize(("longer", "agrees"), [(1.0, True), (1.05, False)])
def test_the_tandem_in_cpp_gives_up_as_theory_says(longer: float, agrees: bool) -> None:
    services = (2.1 * longer, 5.25, 8.0, 16.0)
    runs = in_cpp.replicate(Tandem(200_000, services=services), 1, 20, warm=2_000.0)
    shares, waits = [gave_up for _, gave_up in runs], [done.wait for done, _ in runs]
    for found, exact in ((shares, TANDEM_GIVES_UP), (waits, TANDEM_WAIT)):
        close = abs(mean(found) - exact) < 4 * stdev(found) / np.sqrt(len(found))
        assert close == agrees, (mean(found), exact)


def in_turns(cases: Mapping[str, Callable[[], Logged]]) -> dict[str, list[Logged]]:
    """Run all cases in turns, after one turn that isn't counted."""
    turns = [{name: case() for name, case in cases.items()} for _ in range(ROUNDS + 1)][1:]
    return {name: [turn[name] for turn in turns] for name in cases}


def seconds(runs: Sequence[Logged]) -> float:
    return median(run.seconds for run in runs)


def show(capsys: pytest.CaptureFixture[str], title: str, runs: Mapping[str, Sequence[Logged]]) -> None:
    base = seconds(next(iter(runs.values())))
    with capsys.disabled():
        print(f"\n\n{title}\n\n| | rows | rows/s | × the first |\n|---|--:|--:|--:|")
        for name, found in runs.items():
            rows, took = found[0].rows, seconds(found)
            print(f"| {name} | {rows:,} | {rows / took:,.0f} | {took / base:.2f} |")


def test_a_quarter_of_the_full_model(capsys: pytest.CaptureFixture[str]) -> None:
    runs = in_turns({engine: partial(quarter, engine) for engine in ENGINES})
    show(capsys, "A quarter of the embedded example", runs)
    told = {(run.rows, run.fingerprint) for found in runs.values() for run in found}
    assert len(told) == 1
    assert runs[REFERENCE][0].rows > 50_000


@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_of_ones_own_routes_as_the_built_in_one_does(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    leads = SIZE * (5_000 if engine == REFERENCE else 200_000)
    policies = {"built in": BUILT_IN, "a Python function": OWN}
    runs = in_turns({name: partial(routed, ranking, leads, engine) for name, ranking in policies.items()})
    show(capsys, f"Fewest open deals, {engine} engine", runs)
    told = {(run.rows, run.fingerprint) for found in runs.values() for run in found}
    assert len(told) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_pull_of_ones_own_takes_what_the_built_in_one_does(engine: str, capsys: pytest.CaptureFixture[str]) -> None:
    leads = SIZE * (5_000 if engine == REFERENCE else 200_000)
    pulls = {"built in": None, "a Python function": OWN_PULL}
    runs = in_turns({name: partial(pulled, pull, leads, engine) for name, pull in pulls.items()})
    show(capsys, f"Freshest first, {engine} engine", runs)
    told = {(run.rows, run.fingerprint) for found in runs.values() for run in found}
    assert len(told) == 1
