"""However many workers share an experiment, and wherever it is stopped, the rows are the same."""

import os
import signal
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import active_children
from typing import Any
from weakref import ref

import pandas as pd
import pytest

from scenarios.experiment import Experiment
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.precision import Precision
from scenarios.run import Results, Runner
from scenarios.scenario import Scenario
from sim.arrivals import Luck
from sim.calendar import WorkingCalendar
from sim.distributions import Exponential, LogNormal
from sim.engine import reference
from sim.engine.reference import Processes
from sim.eventlog import EventLog
from sim.market import Channel, Market, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import Operation, Team
from sim.routing.registry import policy
from sim.simulate import REFERENCE
from sim.spec import FunnelSpec
from sim.workforce import Rep
from studies.executors import Kind, Sharing, WorkError
from studies.experiments import UnfinishedError, run_experiment

SPEC = FunnelSpec(
    market=Market(
        channels=(Channel(name="web", rate_per_day=2.0),),
        stages=(Stage(name="sell", advance=0.3, effort=Exponential(0.1), latency=Exponential(2.0)),),
        amounts={"any": {"any": LogNormal(1000.0, 1.0)}},
    ),
    operation=Operation(
        teams=(Team(name="sales", stages=("sell",), routing=policy("least-open")),),
        reps=(Rep(name="Ada", team="sales", calendar="office"), Rep(name="Ben", team="sales", calendar="office")),
        calendars={"office": WorkingCalendar.office("office")},
    ),
)
EXPERIMENT = Experiment(
    base=(SPEC, ScaleLeads(1.2).apply(SPEC)),
    opening=Opening(datetime(2026, 1, 5, tzinfo=UTC)),
    scenarios=(Scenario("baseline"), Scenario("hire", (ChangeHeadcount("sales", 1),))),
    days=14.0,
    seed=3,
    replications=30,
    chunk_size=2,
    precision=Precision(kpi="touches", absolute=0.32, most_replications=100),
    tables=("won_leads", "teams"),
)


def written(results: Results) -> list[bytes]:
    return [table.to_parquet() for table in (results.kpis, *results.tables.values())]


@pytest.fixture(scope="module")
def alone() -> Results:
    return run_experiment(EXPERIMENT)


@pytest.mark.parametrize(("kind", "workers"), [(Kind.THREADS, 2), (Kind.PROCESSES, 3)])
def test_the_results_are_the_same_bytes_whoever_shares_the_work(kind: Kind, workers: int, alone: Results) -> None:
    sharing = Sharing(executor=kind, workers=workers)
    assert written(run_experiment(EXPERIMENT, sharing=sharing)) == written(alone)


@pytest.mark.skipif(os.name != "posix", reason="asks for a signal that kills at once")
def test_a_process_killed_in_the_middle_changes_no_byte() -> None:
    short, killed = replace(EXPERIMENT, precision=None, replications=4), []

    def kill(done: int, _total: int) -> None:
        if done == 1:
            killed.append(active_children()[0])
            killed[0].kill()

    sharing = Sharing(executor=Kind.PROCESSES, workers=2)
    assert written(run_experiment(short, sharing=sharing, progress=kill)) == written(run_experiment(short))
    assert killed[0].exitcode == -signal.SIGKILL


def test_no_log_outlives_its_run(monkeypatch: pytest.MonkeyPatch) -> None:
    logs: list[ref[EventLog]] = []
    alive: list[int] = []

    def simulated(*arguments: Any) -> EventLog:
        alive.append(sum(log() is not None for log in logs))
        log = reference.run(*arguments)
        logs.append(ref(log))
        return log

    monkeypatch.setattr(
        Processes, "log", lambda self, *luck: simulated(self.spec, self.opening, self.days, Luck(*luck))
    )
    run_experiment(replace(EXPERIMENT, precision=None, replications=4, engine=REFERENCE))
    assert len(logs) == 16
    assert max(alive) <= 1  # the last one, still at hand


def test_the_results_depend_on_the_seed(alone: Results) -> None:
    assert written(run_experiment(replace(EXPERIMENT, seed=4, precision=None))) != written(alone)


def test_the_experiment_goes_on_until_it_is_precise(alone: Results) -> None:
    assert alone.precise
    assert EXPERIMENT.replications < alone.replications < 100
    assert len(alone.kpis) == 2 * 2 * alone.replications


def test_what_cannot_be_reached_ends_with_the_most_replications() -> None:
    precision = Precision(kpi="touches", absolute=1e-6, most_replications=15)
    results = run_experiment(replace(EXPERIMENT, replications=10, precision=precision))
    assert (results.precise, results.replications) == (False, 15)


def test_without_a_precision_all_is_done_in_one_round() -> None:
    seen: list[tuple[int, int]] = []
    results = run_experiment(
        replace(EXPERIMENT, replications=2, precision=None), progress=lambda *count: seen.append(count)
    )
    assert (results.precise, results.replications, seen) == (None, 2, [(1, 2), (2, 2)])


def test_progress_counts_on_from_round_to_round(alone: Results) -> None:
    seen: list[tuple[int, int]] = []
    run_experiment(EXPERIMENT, progress=lambda *count: seen.append(count))
    assert [done for done, _ in seen] == list(range(1, alone.replications + 1))  # two draws, two runs in a chunk
    assert (seen[0], seen[-1]) == ((1, 30), (alone.replications, alone.replications))


def test_an_interruption_keeps_the_runs_that_are_finished_under_every_plan(alone: Results) -> None:
    def stop(done: int, _total: int) -> None:
        if done == 34:  # in the second round
            raise KeyboardInterrupt

    with pytest.raises(UnfinishedError, match="stopped after 68 runs of every scenario; these are kept") as raised:
        run_experiment(EXPERIMENT, progress=stop)
    kept = raised.value.results
    assert kept is not None
    assert kept.kpis.groupby("scenario").size().to_dict() == {"baseline": 68, "hire": 68}
    keys = ["scenario", "draw", "replication"]
    same = kept.kpis[keys].merge(alone.kpis, on=keys)
    pd.testing.assert_frame_equal(kept.kpis, same)


def test_an_interruption_at_once_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Runner, "__call__", interrupted)
    with pytest.raises(UnfinishedError, match="before the first chunk was finished") as raised:
        run_experiment(EXPERIMENT)
    assert raised.value.results is None


def test_a_failing_run_names_its_chunk() -> None:
    nowhere = Opening(datetime(2026, 1, 5, tzinfo=UTC), (OpenDeal(label="D-1", stage="demo"),))
    with pytest.raises(WorkError, match=r"^chunk 0 \(draw 0, .*\): no stage 'demo'; .* has sell$"):
        run_experiment(replace(EXPERIMENT, opening=nowhere))
