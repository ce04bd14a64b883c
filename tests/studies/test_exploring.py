"""Exploring: results while they come, chances with their intervals, plans taken apart, companies and their mappings."""

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from scenarios.experiment import Experiment
from scenarios.scenario import Scenario
from sim.errors import DataError, SpecError
from sim.opening import Opening
from studies.changes import WHOLE, listed, scenario_of, taken_apart
from studies.companies import EXAMPLE, company_of, keep_company
from studies.config import parse_spec
from studies.experiments import run_experiment
from studies.explore import Explored, chance_of
from studies.mapping_assistant import DEALS, fits, guess, last_day, mapping_by_hand, mapping_text, stage_names
from studies.plans import AS_IS
from studies.uploads import read_upload
from studies.view import Hire, Odds, Plan
from tests.studies.small_company import FUNNEL

SHEET = read_upload(
    "deals.csv",
    b"Opportunity ID,Owner,Stage,Created,Closed,Amount\n"
    b"1,Ann,Won,2026-01-05,2026-02-01,100\n2,Bo,Proposal,2026-02-03,,50\n3,Ann,Closed Lost,2026-01-07,2026-03-04,\n",
)
PLAN = Plan(policy="random", hires=(Hire(team="sales", change=2, region="north"),), odds=(Odds(stage="x", points=0.1),))


def test_results_are_shown_after_one_chunk_and_then_whenever_half_as_many_again_are_done() -> None:
    spec = parse_spec(FUNNEL)
    experiment = Experiment(
        base=(spec,), opening=Opening(datetime(2026, 1, 5, tzinfo=UTC)), scenarios=(Scenario("as is"),), days=5.0,
        seed=1, replications=9, chunk_size=1,
    )  # fmt: skip
    seen: list[int] = []
    results = run_experiment(experiment, watch=lambda so_far: seen.append(len(so_far.kpis)))
    assert seen == [1, 2, 3, 4, 6, 9]
    assert len(results.kpis) == 9


@pytest.mark.parametrize(("reached", "low", "high"), [(8, 0.490, 0.943), (0, 0.0, 0.278), (10, 0.722, 1.0)])
def test_a_chance_has_wilson_s_interval(reached: int, low: float, high: float) -> None:
    chance = chance_of(reached, 10, confidence=0.95)
    assert (chance.share, chance.low, chance.high) == (
        reached / 10,
        pytest.approx(low, abs=5e-4),
        pytest.approx(high, abs=5e-4),
    )


def test_a_plan_is_taken_apart_into_each_change_alone_and_all_together() -> None:
    parts = taken_apart(PLAN)
    assert [part.name for part in parts] == ["as is", "random", "sales +2 north", "x +10 points", WHOLE]
    assert [len(part.levers) for part in parts] == [0, 1, 1, 1, 3]
    assert taken_apart(Plan(policy="random"))[-1] == scenario_of(Plan(policy="random"))


def test_changes_and_what_they_do_together_add_up_to_the_whole_plan() -> None:
    gains = {"as is": 0.0, "random": 3.0, "hire": 4.0, WHOLE: 9.0}
    kpis = pd.concat(
        pd.DataFrame({"scenario": name, "draw": range(6), "replication": 0, "bookings": 100.0 + gain + np.arange(6)})
        for name, gain in gains.items()
    )
    request, results = SimpleNamespace(plans=tuple(gains)), SimpleNamespace(kpis=kpis)
    explored = Explored(request, results, booked=50.0, measure="bookings")  # type: ignore[arg-type] # all that is read
    rows = explored.adding_up(WHOLE)
    assert list(rows["part"]) == ["random", "hire", "", WHOLE]
    assert list(rows["start"]) == [0, 3, 7, 0]
    assert list(rows["end"]) == [3, 7, 9, 9]
    assert explored.futures == 6
    assert explored.totals("hire").mean() == pytest.approx(156.5)


def test_plans_of_one_name_are_told_apart_in_a_list() -> None:
    names = [plan.name for plan in listed((Plan(name="north"), Plan(name="north"), Plan(name=AS_IS.name)))]
    assert len(set(names)) == 4
    assert names[:2] == [AS_IS.name, "north"]


def test_a_company_is_kept_once_under_the_hash_of_its_upload_and_found_by_it(tmp_path: Path) -> None:
    mapping = mapping_by_hand(
        DEALS, {"lead": "Opportunity ID", "created": "Created", "stage": "Stage", "closed": "Closed"}, ["Proposal"],
        ["Won"], ["Closed Lost"],
    )  # fmt: skip
    keys = {keep_company("../Small", [SHEET], mapping, date(2026, 4, 1), tmp_path) for _ in range(2)}
    (key,) = keys
    company = company_of(key, tmp_path)
    assert (company.name, company.as_of, company.said("table-1.csv: broken")) == (
        "../Small",
        date(2026, 4, 1),
        "deals.csv: broken",
    )
    assert all(tmp_path in path.parents for path in company.files)
    assert keep_company("Other", [SHEET], mapping, date(2026, 4, 1), tmp_path) != key
    assert company_of(EXAMPLE, tmp_path).key == EXAMPLE


def test_a_company_that_is_not_there_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="isn't on this server"):
        company_of("0123456789abcdef", tmp_path)


def test_columns_and_stages_are_guessed_by_their_sound() -> None:
    assert [guess(SHEET, field) for field in ("lead", "owner", "stage", "created", "closed", "amount", "region")] == [
        "Opportunity ID", "Owner", "Stage", "Created", "Closed", "Amount", "",
    ]  # fmt: skip
    assert stage_names(["Won", "Proposal", "Closed Lost", "", "谈判", "赢单"]) == (
        ("Proposal", "谈判"),
        ("Won", "赢单"),
        ("Closed Lost",),
    )


def test_the_mapping_that_fits_best_comes_first_and_says_what_is_missing() -> None:
    sheet = read_upload("history.csv", b"deal,stage,time,owner\n1,a,2026-01-05,Ann\n")
    best = fits([sheet])[0]
    assert best.name == "generic-stage-history"
    assert "amount" in best.missing
    assert last_day([sheet], mapping_text(best.name)) == date(2026, 1, 6)


def test_a_mapping_by_hand_says_what_is_missing() -> None:
    with pytest.raises(SpecError, match="no column for created"):
        mapping_by_hand(DEALS, {"lead": "Opportunity ID"}, ["Proposal"], ["Won"], [])
    with pytest.raises(SpecError, match="what says that a deal is won"):
        mapping_by_hand(DEALS, dict.fromkeys(("lead", "created", "stage", "closed"), "Stage"), ["Proposal"], [], [])
