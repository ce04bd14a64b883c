"""An experiment lists its work beforehand, and any way of cutting it up gives the same rows."""

from dataclasses import replace

import pandas as pd
import pytest

from scenarios.compare import Verdict, compare
from scenarios.experiment import Chunk, Experiment, Run
from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.precision import Precision
from scenarios.run import Results, Runner, merge
from scenarios.scenario import Scenario
from scenarios.tables import TABLES
from sim.errors import SpecError, UnknownNameError
from sim.kpis import HEADLINES, summary
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec

HIRE = Scenario("hire", (ChangeHeadcount("inside", 1),))
NOTHING = tuple(
    Scenario(repr(lever), (lever,))
    for lever in (
        ChangeHeadcount("inside", 0),
        ScaleLeads(1.0),
        ShiftConversion("close", 0.0),
        ChangeRouting("least-open", "field"),
    )
)


@pytest.fixture(scope="module")
def experiment(funnel: FunnelSpec, opening: Opening) -> Experiment:
    slower = ShiftConversion("qualify", -0.1).apply(funnel)
    return Experiment(
        base=(funnel, slower),
        opening=opening,
        scenarios=(Scenario("baseline"), HIRE),
        days=20.0,
        warm_up=5.0,
        seed=4,
        replications=3,
        tables=tuple(TABLES),
    )


@pytest.fixture(scope="module")
def results(experiment: Experiment) -> Results:
    return run_all(experiment)


def run_all(experiment: Experiment) -> Results:
    run = Runner(experiment)
    return merge(experiment, [run(chunk) for chunks in experiment.rounds for chunk in chunks])


# the list of work


def test_chunks_hold_every_run_once_in_a_fixed_order(experiment: Experiment) -> None:
    (chunks,) = experiment.rounds
    assert chunks == (
        Chunk(0, (Run(0, 0), Run(0, 1), Run(0, 2), Run(1, 0))),
        Chunk(1, (Run(1, 1), Run(1, 2))),
    )
    assert str(chunks[0]) == "chunk 0 (draw 0, replication 0 to draw 1, replication 0)"
    assert str(Chunk(5, (Run(1, 2),))) == "chunk 5 (draw 1, replication 2)"


def test_no_two_draws_share_luck_and_all_plans_do(experiment: Experiment) -> None:
    numbers = [experiment.number(run) for chunk in experiment.rounds[0] for run in chunk.runs]
    assert numbers == [0, 1, 2, 3, 4, 5]


def test_rounds_grow_by_a_quarter_up_to_the_most_and_never_repeat_a_run(experiment: Experiment) -> None:
    precision = Precision(kpi="wins", absolute=1.0, most_replications=40)
    growing = replace(experiment, replications=10, precision=precision)
    assert precision.ends(10) == (30, 38, 40)
    assert precision.ends(32) == (32, 40)
    assert precision.ends(40) == (40,)
    runs = [run for chunks in growing.rounds for chunk in chunks for run in chunk.runs]
    assert len(runs) == len(set(runs)) == 80
    assert len({growing.number(run) for run in runs}) == 80
    assert [chunk.number for chunks in growing.rounds for chunk in chunks] == list(range(20))  # 15 + 4 + 1


# the rows


def test_each_row_is_the_summary_of_one_simulated_run(experiment: Experiment, results: Results) -> None:
    spec = HIRE.apply(experiment.base[1])
    log = simulate(spec, experiment.opening, days=20.0, seed=4, replication=5)
    row = results.kpis.query("scenario == 'hire' and draw == 1 and replication == 2")
    expected = pd.DataFrame([summary(log, (5.0, 20.0))])
    pd.testing.assert_frame_equal(row[list(HEADLINES)].reset_index(drop=True), expected)


def test_rows_come_by_scenario_then_draw_then_replication(results: Results) -> None:
    keys = results.kpis[["scenario", "draw", "replication"]].to_numpy().tolist()
    assert keys == [[name, draw, r] for name in ("baseline", "hire") for draw in (0, 1) for r in (0, 1, 2)]
    assert results.replications == 3
    assert results.precise is None


@pytest.mark.parametrize("size", [1, 5, 100])
def test_the_size_of_chunks_and_the_order_they_are_done_in_change_nothing(
    size: int, experiment: Experiment, results: Results
) -> None:
    (chunks,) = replace(experiment, chunk_size=size).rounds
    again = merge(experiment, [*map(Runner(experiment), reversed(chunks))])
    pd.testing.assert_frame_equal(again.kpis, results.kpis)
    for name, table in results.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_levers_of_size_zero_give_differences_of_exactly_zero(funnel: FunnelSpec, opening: Opening) -> None:
    plans = (Scenario("baseline"), *NOTHING)
    found = run_all(Experiment(base=(funnel,), opening=opening, scenarios=plans, days=30.0, seed=2, replications=3))
    for kpi in HEADLINES:
        table = compare(found.kpis, kpi).table.iloc[1:]
        known = table["pairs"] > 1
        assert (table.loc[known, ["difference", "low", "high", "better", "worse"]] == 0.0).all(axis=None)
        assert (table.loc[known, "verdict"] == Verdict.SAME).all()


def test_the_tables_add_up_to_the_headline_figures(experiment: Experiment, results: Results) -> None:
    runs = results.kpis.set_index(["scenario", "draw", "replication"])
    for name in ("won_leads", "reps", "teams"):
        booked = results.tables[name].groupby(["scenario", "draw", "replication"])["bookings"].sum()
        booked = booked.reindex(runs.index, fill_value=0.0)
        pd.testing.assert_series_equal(booked, runs["bookings"], check_names=False)


def test_the_table_of_reps_counts_their_own_working_time(results: Results) -> None:
    reps = results.tables["reps"].query("scenario == 'hire' and draw == 0 and replication == 0").set_index("actor")
    # Saturday 10 January to Sunday 25 January 2026: two weeks of five days of eight hours
    assert reps.loc["Ada", "available"] == pytest.approx(10 * 8 / 24)
    assert reps.loc["Ben", "available"] == pytest.approx(5 * 8 / 24)  # on leave from the 12th to the 16th
    assert reps.loc["Cem", "available"] == pytest.approx(13 * 6 / 24)  # six-day weeks, and Saturday the 10th
    assert reps.loc["inside-new-1", "jobs"] > 0
    assert (reps["busy"].dropna() <= reps["available"].dropna() + 1e-9).all()


def test_the_table_of_teams_leaves_managers_and_experts_out(results: Results) -> None:
    teams = results.tables["teams"].query("scenario == 'baseline' and draw == 0 and replication == 0")
    assert teams[["team", "members"]].to_numpy().tolist() == [["inside", 3], ["field", 2]]


# refusals


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base": ()}, "base is empty"),
        ({"scenarios": ()}, "scenarios is empty"),
        ({"scenarios": (HIRE, HIRE)}, "'hire' appears twice"),
        ({"days": 0.0}, "days must be above 0 and at most 36,525, a century, got 0"),
        ({"days": 1e9}, r"at most 36,525, a century, got 1e\+09"),
        ({"warm_up": 20.0}, r"warm_up must be in \[0, 20\)"),
        ({"replications": 0}, "replications must be 1 or more, got 0"),
        ({"chunk_size": 0}, "chunk_size must be 1 or more, got 0"),
        ({"replications": 2**31 + 1}, "2 draws × 2147483649 replications are more than"),
        ({"seed": -1}, "seed must be a whole number from 0"),
        (
            {"replications": 20, "precision": Precision(kpi="wins", absolute=1.0, most_replications=15)},
            "most_replications is 15, fewer than the first round's 20",
        ),
    ],
)
def test_an_experiment_that_cannot_be_run_is_refused(
    change: dict[str, object], message: str, experiment: Experiment
) -> None:
    with pytest.raises(SpecError, match=message):
        replace(experiment, **change)  # type: ignore[arg-type]


def test_a_plan_that_does_not_fit_is_refused_before_any_time_is_spent(experiment: Experiment) -> None:
    with pytest.raises(UnknownNameError, match="no team 'sales'"):
        replace(experiment, scenarios=(Scenario("hire", (ChangeHeadcount("sales", 1),)),))


def test_an_unknown_table_is_refused(experiment: Experiment) -> None:
    with pytest.raises(UnknownNameError, match="no table 'leads'; an experiment has won_leads, reps, teams"):
        replace(experiment, tables=("leads",))


def test_a_precision_needs_a_known_figure_and_one_half_width() -> None:
    with pytest.raises(UnknownNameError, match="no figure 'sales'"):
        Precision(kpi="sales", absolute=1.0)
    for widths in ({}, {"absolute": 1.0, "relative": 0.1}):
        with pytest.raises(SpecError, match="as absolute or as relative, and only as one"):
            Precision(kpi="wins", **widths)
    with pytest.raises(SpecError, match=r"half width must be above 0, got 0\.0"):
        Precision(kpi="wins", relative=0.0)
    with pytest.raises(SpecError, match="confidence must be in"):
        Precision(kpi="wins", relative=0.1, confidence=95.0)


def test_there_is_nothing_to_show_before_the_first_chunk(experiment: Experiment) -> None:
    with pytest.raises(SpecError, match="no chunk is finished"):
        merge(experiment, [])
