"""What was played is not played again, and the answer is the same to the last byte."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scenarios.experiment import Chunk, Experiment
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.run import Results, Runner, Tables
from scenarios.scenario import Scenario
from scenarios.tables import TABLES
from sim.opening import Opening
from studies.config import parse_spec
from studies.experiments import run_experiment
from studies.played import Played
from tests.studies.small_company import FUNNEL

ONE_MORE = Scenario("one more", (ChangeHeadcount("sales", 1),))
EXPERIMENT = Experiment(
    base=(parse_spec(FUNNEL),),
    opening=Opening(datetime(2026, 1, 5, tzinfo=UTC)),
    scenarios=(Scenario("as is"), ONE_MORE),
    days=6.0,
    seed=3,
    replications=6,
    chunk_size=2,
    tables=tuple(TABLES),
)


def written(results: Results) -> list[bytes]:
    return [table.to_parquet() for table in (results.kpis, *results.tables.values())]


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The plans of every chunk that was simulated."""
    seen: list[tuple[str, ...]] = []
    run = Runner.__call__

    def counted(self: Runner, chunk: Chunk) -> Tables:
        seen.append(tuple(plan.name for plan in self._experiment.under(chunk)))
        return run(self, chunk)

    monkeypatch.setattr(Runner, "__call__", counted)
    return seen


def test_a_plan_that_was_played_is_recalled_under_any_name_to_the_same_bytes(ran: list[tuple[str, ...]]) -> None:
    renamed = replace(
        EXPERIMENT, scenarios=(Scenario("today"), Scenario("two", (ChangeHeadcount("sales", 2),)), ONE_MORE)
    )
    afresh = written(run_experiment(renamed))
    played = Played()
    run_experiment(EXPERIMENT, played=played)
    ran.clear()
    assert written(run_experiment(renamed, played=played)) == afresh
    assert ran == [("two",)] * 3
    ran.clear()
    assert written(run_experiment(renamed, played=played)) == afresh
    assert ran == []


def test_more_futures_of_a_plan_that_was_played_cost_only_the_further_ones(ran: list[tuple[str, ...]]) -> None:
    base = (EXPERIMENT.base[0],) * 4
    shorter, longer = (replace(EXPERIMENT, base=base[:draws], replications=1) for draws in (2, 4))
    played = Played()
    run_experiment(shorter, played=played)
    ran.clear()
    assert written(run_experiment(longer, played=played)) == written(run_experiment(longer))
    assert len(ran) == 1 + 2


def test_results_are_shown_as_they_come_also_where_all_is_recalled() -> None:
    played, seen = Played(), list[int]()
    run_experiment(EXPERIMENT, played=played)
    run_experiment(EXPERIMENT, played=played, watch=lambda results: seen.append(len(results.kpis)))
    assert seen == [4, 8, 12]


def test_the_plan_that_was_not_asked_for_longest_is_forgotten_first() -> None:
    played, chunk = Played(most_plans=2), EXPERIMENT.rounds[0][0]
    plans = [Scenario(f"{n} more", (ChangeHeadcount("sales", n),)) for n in (1, 2, 3)]
    tables = Runner(replace(EXPERIMENT, scenarios=(EXPERIMENT.scenarios[0], *plans)))(chunk)
    played.remember(plans[:2], chunk, tables)
    assert played.recall(plans[0], chunk) is not None
    played.remember(plans[2:], chunk, tables)
    assert [played.recall(plan, chunk) is None for plan in plans] == [False, True, False]
