"""A Dask cluster, its scheduler and workers each a process of its own, and what happens when one of them is lost."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scenarios.experiment import Experiment
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.run import Results
from scenarios.scenario import Scenario
from scenarios.tables import TABLES
from sim.errors import SpecError
from sim.opening import OpenDeal, Opening
from studies.app_settings import AppSettings
from studies.config import parse_spec
from studies.executors import ALONE, Sharing, WorkError, cluster, do_each
from studies.experiments import UnfinishedError, run_experiment
from studies.played import Played
from tests.studies.small_company import FUNNEL

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
EXPERIMENT = Experiment(
    base=(parse_spec(FUNNEL),),
    opening=Opening(datetime(2026, 1, 5, tzinfo=UTC)),
    scenarios=(Scenario("as is"), Scenario("one more", (ChangeHeadcount("sales", 1),))),
    days=6.0,
    seed=3,
    replications=16,
    chunk_size=2,
    tables=tuple(TABLES),
)


@dataclass
class Cluster:
    """Processes of a cluster: the scheduler first, then the workers."""

    address: str
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def sharing(self) -> Sharing:
        return Sharing(cluster=self.address)


def dask(*arguments: str, code: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments, "--no-dashboard"],
        cwd=code,
        env={**os.environ, "PYTHONPATH": str(code), **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def line_with(words: str, process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    return next(line for line in process.stderr if words in line)


@contextmanager
def started(workers: int, code: Path = ROOT, **environment: str) -> Iterator[Cluster]:
    scheduler = dask("scheduler", "--host", "127.0.0.1", "--port", "0", code=code, **environment)
    found = Cluster(line_with("Scheduler at:", scheduler).split()[-1], [scheduler])
    with ExitStack() as stack:
        stack.callback(end, found.processes)
        for _ in range(workers):
            found.processes.append(dask("worker", found.address, "--nthreads", "1", "--no-nanny", code=code))
        yield found


def end(processes: list[subprocess.Popen[str]]) -> None:
    for process in reversed(processes):
        process.kill()
    for process in processes:
        process.communicate(timeout=60)


@pytest.fixture(scope="module")
def trio() -> Iterator[Cluster]:
    with started(workers=3) as found:
        yield found


@pytest.fixture(scope="module")
def alone() -> list[bytes]:
    return written(run_experiment(EXPERIMENT))


def written(results: Results) -> list[bytes]:
    return [table.to_parquet() for table in (results.kpis, *results.tables.values())]


def after(chunks: int, act: Callable[[], None]) -> Callable[[int, int], None]:
    def progress(done: int, _total: int) -> None:
        if done == chunks:
            act()

    return progress


def interrupt() -> None:
    raise KeyboardInterrupt


def test_a_cluster_gives_the_same_bytes(trio: Cluster, alone: list[bytes]) -> None:
    assert written(run_experiment(EXPERIMENT, sharing=trio.sharing)) == alone


def test_the_app_hands_its_plans_to_the_cluster_of_its_settings_and_recalls_what_came(
    trio: Cluster, alone: list[bytes]
) -> None:
    sharing = AppSettings.of({"HEADRACE_CLUSTER": trio.address}).sharing
    played, shown = Played(), list[int]()
    results = run_experiment(
        EXPERIMENT, sharing=sharing, played=played, watch=lambda so_far: shown.append(len(so_far.kpis))
    )
    assert written(results) == alone
    assert shown[0] == 4
    assert written(run_experiment(EXPERIMENT, sharing=ALONE, played=played)) == alone


def test_killing_one_of_three_workers_in_the_middle_loses_nothing_and_changes_no_byte(alone: list[bytes]) -> None:
    seen: list[int] = []
    with started(workers=3) as three:
        victim = three.processes[1]

        def progress(done: int, total: int) -> None:
            seen.append(done)
            if done == total // 3:
                victim.kill()

        assert written(run_experiment(EXPERIMENT, sharing=three.sharing, progress=progress)) == alone
        assert victim.wait(60) == -signal.SIGKILL
    assert seen == list(range(1, 9))


def test_an_interruption_keeps_what_is_finished_and_leaves_the_cluster_at_work(trio: Cluster) -> None:
    with pytest.raises(UnfinishedError, match="stopped after 6 runs of every scenario") as raised:
        run_experiment(EXPERIMENT, sharing=trio.sharing, progress=after(3, interrupt))
    assert raised.value.results is not None
    assert len(run_experiment(replace(EXPERIMENT, replications=2), sharing=trio.sharing).kpis) == 4


def test_a_failing_run_names_its_chunk_and_is_tried_once(trio: Cluster) -> None:
    nowhere = Opening(EXPERIMENT.opening.as_of, (OpenDeal(label="D-1", stage="demo"),))
    with pytest.raises(WorkError, match=r"^chunk \d+ \(draw 0, .*\): no stage 'demo'; .* has qualify, proposal$"):
        run_experiment(replace(EXPERIMENT, opening=nowhere), sharing=trio.sharing)


def test_what_kills_its_workers_is_given_up_by_name() -> None:
    with (
        started(workers=1, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0") as one,
        pytest.raises(WorkError, match=r"^7: every worker that began it died, perhaps for want of memory"),
        one.sharing.open("reference") as workers,
    ):
        do_each(workers, os._exit, [7], lambda *_: None)


def test_a_scheduler_that_goes_is_told_in_words() -> None:
    with started(workers=2) as two, pytest.raises(WorkError, match=r"^chunk \d+ .*: the cluster has gone; is its"):
        run_experiment(EXPERIMENT, sharing=two.sharing, progress=after(2, two.processes[0].kill))


def test_workers_with_other_sources_are_refused(tmp_path: Path) -> None:
    for package in ("sim", "scenarios", "studies", "forecast"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (tmp_path / "sim" / "deal.py").open("a") as file:
        file.write("\n# another rule\n")
    with (
        started(workers=1, code=tmp_path) as other,
        pytest.raises(SpecError, match=r"^worker .* has sources \w{16}, this machine has \w{16}; install the same on"),
    ):
        run_experiment(EXPERIMENT, sharing=other.sharing)


def test_a_scheduler_without_workers_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "FIRST_ANSWER", 1)
    with (
        started(workers=0) as empty,
        pytest.raises(SpecError, match=rf"answers in 1 s; start some with 'dask worker {empty.address}'$"),
    ):
        run_experiment(EXPERIMENT, sharing=empty.sharing)
