"""What is finished of an experiment is kept, and only the same experiment goes on with it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from scenarios.experiment import Experiment
from scenarios.levers.marketing import ScaleLeads
from scenarios.precision import Precision
from scenarios.run import Results, Runner
from scenarios.scenario import Scenario
from scenarios.selection import Rule
from scenarios.tables import KPIS, TABLES
from sim.errors import DataError, SpecError
from sim.opening import Opening
from studies.checkpoint import SUFFIX, Checkpoint, keeping, open_checkpoint
from studies.config import parse_spec
from studies.experiments import UnfinishedError, run_experiment
from studies.identity import identity
from studies.kept import Place
from studies.stopped import GivenUp, Stopped
from studies.store import Question, new_run
from tests.studies.small_company import FUNNEL

SPEC = parse_spec(FUNNEL)
EXPERIMENT = Experiment(
    base=(SPEC,),
    opening=Opening(datetime(2026, 1, 5, tzinfo=UTC)),
    scenarios=(Scenario("as is"), Scenario("more leads", (ScaleLeads(1.2),))),
    days=6.0,
    seed=3,
    replications=30,
    chunk_size=2,
    precision=Precision(kpi="touches", absolute=1e-6, most_replications=34),
    tables=tuple(TABLES),
)
QUESTION = Question(verb="compare", settings={"days": 6.0}, fingerprint=SPEC.fingerprint, seed=3)
CHUNKS = 17
NAMES = (KPIS, *EXPERIMENT.tables)


def written(results: Results) -> list[bytes]:
    return [table.to_parquet() for table in (results.kpis, *results.tables.values())]


@pytest.fixture(scope="module")
def undisturbed() -> list[bytes]:
    return written(run_experiment(EXPERIMENT))


def opened(root: Path, experiment: Experiment = EXPERIMENT, rule: Rule | None = None, **place: object) -> Checkpoint:
    return open_checkpoint(Place(root=root, **place), QUESTION, identity(experiment, rule))  # type: ignore[arg-type]


def stopped(root: Path, after: int) -> Checkpoint:
    kept = opened(root)

    def stop(done: int, _total: int) -> None:
        if done == after:
            raise KeyboardInterrupt

    with pytest.raises(UnfinishedError):
        run_experiment(EXPERIMENT, checkpoint=kept, progress=stop)
    return kept


@pytest.mark.parametrize("after", [1, 14, 16])  # the second round begins with the 16th chunk
def test_going_on_does_only_the_rest_and_changes_no_byte(after: int, tmp_path: Path, undisturbed: list[bytes]) -> None:
    target, seen = stopped(tmp_path, after).target, []
    kept = opened(tmp_path, resume=target)
    results = run_experiment(EXPERIMENT, checkpoint=kept, progress=lambda done, _: seen.append(done))
    assert written(results) == undisturbed
    assert seen == list(range(after + 1, CHUNKS + 1))
    assert sorted(kept.finished(NAMES)) == list(range(CHUNKS))


def test_tables_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    kept = stopped(tmp_path, 2)
    fresh = Runner(EXPERIMENT)(EXPERIMENT.rounds[0][0])
    back = kept.finished(NAMES)[0]
    assert fresh.keys() == back.keys()
    for name, table in fresh.items():
        pd.testing.assert_frame_equal(back[name], table, check_exact=True)


def test_a_chunk_that_a_crash_has_damaged_is_done_again(tmp_path: Path, undisturbed: list[bytes]) -> None:
    kept = stopped(tmp_path, 3)
    damaged = kept.folder / "chunks" / "000001" / "kpis.parquet"
    damaged.write_bytes(damaged.read_bytes()[:100])
    (kept.folder / "chunks" / ".partial-x").mkdir()
    (kept.folder / "chunks" / "000003").mkdir()
    assert sorted(kept.finished(NAMES)) == [0, 2]
    assert written(run_experiment(EXPERIMENT, checkpoint=opened(tmp_path, resume=kept.target))) == undisturbed


OTHERS = {
    "seed 3.0, this command has 4.0": replace(EXPERIMENT, seed=4),
    "days 6.0, this command has 7.0": replace(EXPERIMENT, days=7.0),
    "replications 30.0, this command has 32.0": replace(EXPERIMENT, replications=32),
    "base sha256 ": replace(EXPERIMENT, base=(ScaleLeads(1.1).apply(SPEC),)),
    "scenarios ": replace(EXPERIMENT, scenarios=EXPERIMENT.scenarios[:1]),
    "opening ": replace(EXPERIMENT, opening=Opening(datetime(2026, 1, 6, tzinfo=UTC))),
    "precision ": replace(EXPERIMENT, precision=None),
}


@pytest.mark.parametrize("difference", OTHERS)
def test_another_experiment_does_not_go_on(difference: str, tmp_path: Path) -> None:
    kept = opened(tmp_path)
    with pytest.raises(SpecError) as raised:
        opened(tmp_path, OTHERS[difference], resume=kept.target)
    assert f"{kept.folder} was begun with {difference}" in str(raised.value)
    assert str(raised.value).endswith("; give the command that began it, or leave out --resume")


def test_another_program_does_not_go_on(tmp_path: Path) -> None:
    kept, other = opened(tmp_path), identity(EXPERIMENT) | {"numpy": "1.0"}
    with pytest.raises(SpecError, match=r"was begun with numpy 2.*, this command has 1\.0; give the command"):
        open_checkpoint(Place(root=tmp_path, resume=kept.target), QUESTION, other)


def test_a_run_is_named_with_or_without_the_ending(tmp_path: Path) -> None:
    kept = opened(tmp_path)
    again = [opened(tmp_path, resume=named) for named in (kept.target, kept.folder)]
    assert [(each.folder, each.target) for each in again] == [(kept.folder, kept.target)] * 2


def test_two_commands_at_once_keep_their_chunks_apart(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    assert second.target.name == f"{first.target.name}-2"
    assert second.folder.name == f"{first.target.name}-2{SUFFIX}"


def test_a_place_that_is_taken_is_refused_before_the_work(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    kept = opened(tmp_path, folder=mine)
    with pytest.raises(
        SpecError, match=r"what is finished of a run that was stopped; go on with it with --resume .*mine,"
    ):
        opened(tmp_path, folder=mine)
    kept.remove()
    mine.mkdir()
    with pytest.raises(SpecError, match="mine is there already"):
        opened(tmp_path, folder=mine)
    assert opened(tmp_path, folder=mine, replace=True).replace


def test_there_must_be_something_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nothing to resume; name a run that was stopped or killed"):
        opened(tmp_path, resume=tmp_path / "nowhere")
    with new_run(QUESTION, folder=tmp_path / "mine"):
        pass
    with pytest.raises(DataError, match=r"nothing to resume; it is complete"):
        opened(tmp_path, resume=tmp_path / "mine")
    kept = opened(tmp_path)
    (kept.folder / "identity.json").write_text("{", "utf-8")
    with pytest.raises(DataError, match=r"identity\.json: not readable \(.*; begin anew without --resume"):
        opened(tmp_path, resume=kept.target)


@pytest.mark.parametrize(("stop", "left"), [(Stopped, True), (GivenUp, False)])
def test_work_that_was_given_up_leaves_nothing_and_work_that_was_stopped_can_go_on(
    tmp_path: Path, stop: type[Stopped], left: bool
) -> None:
    def progress(done: int, _total: int) -> None:
        if done == 2:
            raise stop("enough")

    place = Place(root=tmp_path)
    with pytest.raises(stop), keeping(place, Question(verb="seek"), identity(EXPERIMENT)) as checkpoint:
        run_experiment(EXPERIMENT, checkpoint=checkpoint, progress=progress)
    assert [folder.name.endswith(SUFFIX) for folder in tmp_path.iterdir()] == [True] * left
