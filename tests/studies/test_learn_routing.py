"""Learning from the command line: what is kept, fresh luck for the judging, the same bytes, and going on again."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from scenarios.compare import compare
from scenarios.learning.space import NAME, index_of
from scenarios.learning.training import Effort
from scenarios.levers.routing import ChangeRouting
from scenarios.scenario import AS_IS, Scenario
from sim.errors import SpecError, UnknownNameError
from sim.routing.by_index import ByIndex
from sim.routing.policy import Routing
from studies import cli
from studies.config import parse_spec, read_scenarios
from studies.config.policy_file import read_policy
from studies.funnel_folder import load_funnel
from studies.learn_routing import LearnRequest, weights_table
from studies.learn_routing_view import answer_of, weights_grid
from studies.plans import read_plans
from studies.store import load_run
from tests.studies.small_company import FUNNEL, write_company
from tests.studies.stopped_trials import goes_on_to_the_same_bytes

WHAT = ("funnel.yaml", "--as-of", "2026-01-05", "--days", "15", "--policies", "least-open")
ASK = ("learn-routing", *WHAT, "--trials", "3", "--race", "80", "-r", "6")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    monkeypatch.chdir(tmp_path)
    write_company(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_search_that_was_stopped_goes_on_to_the_same_bytes(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    goes_on_to_the_same_bytes(ASK, here, monkeypatch)
    assert not list(here.glob("*.unfinished"))


@pytest.mark.slow
def test_the_plan_is_kept_and_judged_as_a_comparison_judges_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*ASK, "--bound", "--output", "found"]) == cli.OK
    shown = capsys.readouterr().out
    assert "What counts" in shown
    run = load_run(here / "found")
    assert {"weights", "trials", "comparison", "kpis", "limits"} <= set(run.tables)
    assert run.manifest.answer in " ".join(shown.split())
    again = ["compare", *WHAT, "-r", "6", "--scenarios", "found/learned.yaml", "--output", "again"]
    assert cli.run(again) == cli.OK
    ones, others = (load_run(here / name).table("kpis") for name in ("found", "again"))
    pd.testing.assert_frame_equal(ones, others)
    told = run.table("weights")
    plan = read_scenarios(here / "found" / "learned.yaml").plans[0]
    assert weights_table(plan).equals(told)
    assert 0 < told["weight"].abs().max() == 1


def test_the_judging_meets_luck_that_the_training_never_met(here: Path) -> None:
    funnel = load_funnel(here / "funnel.yaml", as_of="2026-01-05")
    for seed in range(50):
        request = LearnRequest(funnel=funnel, rivals=(AS_IS,), days=9, seed=seed)
        assert request.training().seed != request.judging().experiment().seed == seed


def judged(values: dict[str, list[float]]) -> str:
    """Return the answer for figures run by run, with a learned plan that weighs something."""
    rows = [
        {"scenario": name, "draw": 0, "replication": number, "bookings": value}
        for name, run in values.items()
        for number, value in enumerate(run)
    ]
    learned = Scenario(NAME, (ChangeRouting(Routing(rank=(ByIndex(load=1.0),)), "sales"),))
    funnel = load_funnel(Path("funnel.yaml"), as_of="2026-01-05")
    request = LearnRequest(funnel=funnel, rivals=(AS_IS, *read_plans("least-open")[1:]), days=9).judging(learned)
    return answer_of(compare(pd.DataFrame(rows), "bookings"), request)


BASE = [100.0, 103.0, 98.0, 101.0, 99.0, 102.0]


@pytest.mark.parametrize(
    ("rival", "mine", "said"),
    [
        (0.0, 20.0, "The learned index does best of 3 plans: bookings over 9 days"),
        (19.9, 20.0, "But 'least-open' can still be the best."),
        (40.0, 20.0, "but 'least-open' does better still"),
        (0.0, 0.1, "The learned index isn't clearly better than as is"),
    ],
)
def test_the_answer_claims_no_more_than_the_comparison(here: Path, rival: float, mine: float, said: str) -> None:
    wobble = [0.5, -0.4, 0.3, -0.6, 0.2, 0.1]
    values = {
        "as is": BASE,
        "least-open": [base + rival + luck for base, luck in zip(BASE, wobble, strict=True)],
        NAME: [base + mine - luck for base, luck in zip(BASE, wobble, strict=True)],
    }
    assert said in judged(values)


def test_weights_are_told_in_words_the_strongest_first() -> None:
    index = ByIndex(load=0.25, skill=-0.5, value_skill=1.0)
    grid = weights_grid(Scenario(NAME, (ChangeRouting(Routing(rank=(index,)), "sales"),)))
    assert [row[2:] for row in grid.rows] == [("value_skill", "1"), ("skill", "0.5"), ("load", "0.25")]
    assert grid.rows[1][1].startswith("unskilled")


def test_an_index_is_asked_for_by_its_weights() -> None:
    assert read_policy("index load 1 value_skill -0.5") == Routing(rank=(ByIndex(load=1.0, value_skill=-0.5),))
    spec = parse_spec(FUNNEL.replace("routing: round-robin", "routing: index load 1 skill 2"))
    assert spec.operation.teams[0].routing.rank == (ByIndex(load=1.0, skill=2.0),)
    assert read_plans("index todo 1 soon 0.5")[1].describe() == (
        "Route the leads of every team by the policy 'index todo 1 soon 0.5'."
    )


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("index lod 1", UnknownNameError, "no feature 'lod'; policy 'index lod 1': an index has load, todo"),
        ("index load", SpecError, "load has no weight ''; write each feature and its weight"),
        ("index load much", SpecError, "load has no weight 'much'"),
        ("index load 0", SpecError, "no weight differs from 0"),
    ],
)
def test_an_index_that_can_not_be_read_is_refused(text: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        read_policy(text)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--kpi", "leads"), "which must know which way is better"),
        (("--team", "slaes"), "no team 'slaes'"),
        (("--warm-up", "3", "--bound"), "leave out --bound, or warm-up"),
        (("--race", "20"), "race must be 80 or more"),
    ],
)
def test_questions_that_can_not_be_answered_are_refused_at_once(
    here: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    assert cli.run([*ASK, *more]) == cli.MISTAKE
    assert said in capsys.readouterr().err
    assert not (here / "runs").exists()


def test_a_rival_may_not_bear_the_learned_plans_name(here: Path) -> None:
    funnel = load_funnel(here / "funnel.yaml", as_of="2026-01-05")
    with pytest.raises(SpecError, match="bears the name"):
        LearnRequest(funnel=funnel, rivals=(AS_IS, replace(AS_IS, name=NAME)), days=9, effort=Effort())


def test_a_plan_without_an_index_has_no_weights() -> None:
    assert index_of(AS_IS) == {}
    assert weights_table(AS_IS).empty
