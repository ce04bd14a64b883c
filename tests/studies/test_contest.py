"""The simulator as the arena: the better plan is found, losers are run no more, and no interruption changes a byte."""

from dataclasses import replace
from pathlib import Path

import pytest

from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.marketing import ScaleLeads
from scenarios.scenario import Scenario
from scenarios.selection import Budget, KimNelson
from sim.errors import DataError, SpecError, UnknownNameError
from studies import cli
from studies.contest import Contest, select_best
from studies.executors import Kind, Sharing
from studies.experiments import UnfinishedError
from studies.store import load_run
from tests.studies.small_company import write_company
from tests.studies.test_checkpoint import EXPERIMENT as SMALL
from tests.studies.test_checkpoint import opened

BETTER, MUCH_BETTER = (Scenario(f"+{points}", (ShiftConversion("proposal", points),)) for points in (0.02, 0.3))
RULE = KimNelson(relative=0.1, first=10, most=60)
EXPERIMENT = replace(
    SMALL, scenarios=(Scenario("as is"), BETTER, MUCH_BETTER), days=40.0, replications=60, precision=None, tables=()
)


def written(contest: Contest) -> list[bytes]:
    chosen = contest.chosen
    return [contest.kpis.to_parquet(), chosen.runs.tobytes(), chosen.difference.tobytes(), bytes([chosen.best])]


@pytest.fixture(scope="module")
def alone() -> Contest:
    return select_best(EXPERIMENT, RULE, "wins")


def test_the_plan_that_is_built_to_be_better_is_chosen(alone: Contest) -> None:
    assert (alone.chosen.best, alone.chosen.decided) == (2, True)


def test_a_plan_that_is_out_is_simulated_no_more(alone: Contest) -> None:
    runs = alone.kpis.groupby("scenario", sort=False).size()
    assert runs.tolist() == alone.chosen.runs.tolist()
    assert alone.chosen.runs.min() == 10


def test_the_values_are_those_of_the_runs(alone: Contest) -> None:
    wins = alone.kpis.pivot(index="replication", columns="scenario", values="wins")
    gain = (wins["as is"] - wins["+0.3"]).dropna()
    assert alone.chosen.difference[0] == pytest.approx(gain.mean())


@pytest.mark.parametrize(
    ("kind", "workers"), [(Kind.THREADS, 2), pytest.param(Kind.PROCESSES, 2, marks=pytest.mark.slow)]
)
def test_the_choice_is_the_same_bytes_whoever_shares_the_work(kind: Kind, workers: int, alone: Contest) -> None:
    sharing = Sharing(executor=kind, workers=workers)
    assert written(select_best(EXPERIMENT, RULE, "wins", sharing=sharing)) == written(alone)


@pytest.mark.parametrize("after", [1, 6])
def test_a_contest_that_was_stopped_goes_on_to_the_same_bytes(after: int, tmp_path: Path) -> None:
    close = replace(EXPERIMENT, scenarios=(Scenario("as is"), Scenario("more leads", (ScaleLeads(1.05),))))
    rule = replace(RULE, relative=0.01, most=20)
    seen: list[int] = []

    def stop(done: int, _total: int) -> None:
        if done == after:
            raise KeyboardInterrupt

    kept = opened(tmp_path, close, rule)
    with pytest.raises(UnfinishedError, match="stopped before the best plan was found"):
        select_best(close, rule, "wins", checkpoint=kept, progress=stop)
    with pytest.raises(SpecError, match=r"was begun with rule .*; give the command that began it"):
        opened(tmp_path, close, replace(rule, first=12), resume=kept.target)
    again = opened(tmp_path, close, rule, resume=kept.target)
    found = select_best(close, rule, "wins", checkpoint=again, progress=lambda done, _: seen.append(done))
    assert written(found) == written(select_best(close, rule, "wins"))
    assert seen[0] == after + 1


def test_a_budget_gives_more_runs_to_the_plans_that_are_near() -> None:
    chosen = select_best(EXPERIMENT, Budget(runs=50, first=10, step=10), "wins").chosen
    assert chosen.best == 2
    assert chosen.runs.sum() == 50


def test_with_several_draws_a_replication_is_the_mean_over_them() -> None:
    worse = ShiftConversion("qualify", -0.1).apply(EXPERIMENT.base[0])
    both = replace(EXPERIMENT, base=(*EXPERIMENT.base, worse))
    found = select_best(both, RULE, "wins")
    means = found.kpis.groupby(["scenario", "replication"])["wins"].mean().unstack(0)
    assert found.chosen.difference[0] == pytest.approx((means["as is"] - means["+0.3"]).dropna().mean())
    assert found.kpis.groupby("scenario").size()["as is"] == 2 * found.chosen.runs[0]


def test_a_figure_that_cannot_decide_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no figure 'leads'; a selection"):
        select_best(EXPERIMENT, RULE, "leads")
    with pytest.raises(DataError, match="average_deal isn't known in replication 0, where nothing was won"):
        select_best(replace(EXPERIMENT, days=0.5), RULE, "average_deal")
    with pytest.raises(SpecError, match="2000 runs of a plan are more than the experiment's 60"):
        select_best(EXPERIMENT, KimNelson(), "wins")


# the verb


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    monkeypatch.chdir(tmp_path)
    write_company(tmp_path)
    return tmp_path


ASKED = ("select", "funnel.yaml", "--as-of", "2026-01-05", "--days", "12", "--headcount", "sales:+1", "-w", "1")


def test_the_verb_names_the_plan_its_promise_and_its_price(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run([*ASKED, "-p", "random", "--indifference", "20%", "--output", "found"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    run = load_run(here / "found")
    contest = run.table("contest").set_index("scenario")
    best = contest.index[contest["best"]][0]
    assert f"'{best}' is chosen out of the 3 plans by bookings over 12 days" in shown
    assert "with 95% confidence it is the best if the best leads by" in shown
    assert f"({contest['runs'].sum()} runs)" in run.manifest.answer
    assert run.manifest.settings["relative"] == 0.2
    assert contest["runs"].sum() == len(run.table("kpis"))
    assert "The contest" in (here / "found" / "report.html").read_text("utf-8")


def test_a_budget_and_a_contest_without_a_winner_promise_nothing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*ASKED, "--budget", "24", "--output", "spent"]) == 0
    assert "looks best of the 2 plans" in capsys.readouterr().out
    assert load_run(here / "spent").table("contest")["runs"].sum() == 24
    assert cli.run([*ASKED, "--indifference", "0.1%", "--first", "10", "--most", "11", "--output", "open"]) == 0
    assert "Not decided after" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--indifference", "some"), "no indifference 'some'; write 1% or 0.01, a difference not worth detecting"),
        (("--confidence", "95"), "no confidence '95'; write 95% or 0.95"),
        (("--budget", "-3"), "budget must be the number of runs in all, or 0 for none, got -3"),
        (("--budget", "12"), "2 plans need 20 runs to begin with, got a budget of 12"),
        (("--kpi", "leads"), "no figure 'leads'; a selection, which must know which way is better, has bookings, "),
        (("--posterior", "nowhere"), "nowhere: there is no such file; name the run folder of a forecast"),
    ],
)
def test_a_mistake_in_a_selection_is_one_line(
    more: tuple[str, ...], message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*ASKED, *more]) == cli.MISTAKE
    shown = capsys.readouterr().err
    assert message in shown
    assert shown.count("\n") == 1
