from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from scenarios.bound.laws import least_ratio
from scenarios.bound.limit import Bound, bound, programme_of
from scenarios.bound.nodes import amount_nodes, quality_nodes, split, spread
from scenarios.bound.timing import Grid, Sample
from sim.calendar import ALWAYS
from sim.discipline import Discipline
from sim.distributions import Exponential, Fixed, LogNormal, Uniform
from sim.eventlog import Kind
from sim.market import Channel, Market, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import ExpertJob, Operation, Team
from sim.simulate import simulator
from sim.spec import FunnelSpec
from sim.workforce import Experts, Rep
from tests.properties.funnels import Run, runs

EMPTY = Opening(datetime(2026, 1, 5, tzinfo=UTC))
DAYS = 56.0
LARGE, SMALL, REPS = 60.0, 140.0, 4


def overloaded(reps: int = REPS, large: float = LARGE, worth: float = 1000.0) -> FunnelSpec:
    """Two channels, touches of an hour on average, and more than there are hours: 200 a day for 4 reps round the clock.

    The score tells the channels apart. The best policy is known: all of the large deals, small ones in what is left.
    """
    channels = (
        Channel(name="large", rate_per_day=large, segments={"large": 1.0}, quality=6.0),
        Channel(name="small", rate_per_day=SMALL, segments={"small": 1.0}, quality=-6.0),
    )
    market = Market(
        channels=channels,
        stages=(Stage(name="call", advance=0.5, effort=Exponential(1 / 24)),),
        amounts={"large": {"any": Fixed(worth)}, "small": {"any": Fixed(400.0)}},
    )
    operation = Operation(
        teams=(Team(name="desk", stages=("call",), discipline=Discipline.SCORE),),
        reps=tuple(Rep(name=f"rep {i}", team="desk", calendar="always", wip_limit=None) for i in range(reps)),
        calendars={"always": ALWAYS},
    )
    return FunnelSpec(market=market, operation=operation)


def booked(spec: FunnelSpec, opening: Opening, days: float, seed: int, replications: int) -> np.ndarray:
    ready = simulator(spec, opening, days=days)
    logs = (ready.log(seed, replication).events for replication in range(replications))
    return np.array([log["amount"][log["kind"] == int(Kind.WON)].sum() for log in logs])


def above(found: np.ndarray, limit: float) -> float:
    """Return how many standard errors the mean lies above a limit."""
    error = found.std(ddof=1) / len(found) ** 0.5
    return float((found.mean() - limit) / max(error, 1e-9))


@pytest.fixture(scope="module")
def limit() -> Bound:
    return bound(overloaded(), EMPTY, days=DAYS)


@pytest.fixture(scope="module")
def best_policy() -> np.ndarray:
    return booked(overloaded(), EMPTY, DAYS, seed=3, replications=60)


def test_the_limit_is_the_value_of_the_fluid_where_that_is_known(limit: Bound) -> None:
    left = REPS * 24 - LARGE
    assert limit.bookings == pytest.approx(DAYS * 0.5 * (LARGE * 1000 + left * 400), rel=0.01)


def test_the_best_policy_comes_within_two_per_cent_of_the_limit(limit: Bound, best_policy: np.ndarray) -> None:
    assert best_policy.mean() / limit.bookings > 0.98
    assert above(best_policy, limit.bookings) < 4


def test_a_limit_with_a_planted_error_is_exceeded(best_policy: np.ndarray) -> None:
    fewer_hours = bound(with_hours(overloaded(), 0.95), EMPTY, days=DAYS)
    forgotten = bound(overloaded(worth=0.0), EMPTY, days=DAYS)
    assert above(best_policy, fewer_hours.bookings) > 4
    assert above(best_policy, forgotten.bookings) > 4


def with_hours(spec: FunnelSpec, share: float) -> FunnelSpec:
    """Let everybody have only a share of their hours, as a planted error."""
    reps = tuple(replace(rep, admin_share=1 - share) for rep in spec.operation.reps)
    return replace(spec, operation=replace(spec.operation, reps=reps))


def test_an_hour_is_worth_what_another_rep_adds_by_the_hour(limit: Bound) -> None:
    more = bound(overloaded(reps=REPS + 1), EMPTY, days=DAYS).bookings - limit.bookings
    team = limit.teams.iloc[0]
    assert team["price"] == pytest.approx(more / (DAYS * 24), rel=0.05)
    assert team["low"] == pytest.approx(0.5 * 400, rel=0.02)
    assert team["high"] == pytest.approx(0.5 * 400, rel=0.02)
    assert limit.scarce()["team"].unique().tolist() == ["desk"]


def test_a_lead_is_worth_what_more_of_its_channel_add_each(limit: Bound) -> None:
    more = bound(overloaded(large=LARGE + 10), EMPTY, days=DAYS).bookings - limit.bookings
    price = limit.leads.set_index("source").loc["large", "price"]
    assert price == pytest.approx(more / (10 * DAYS), rel=0.05)
    assert price == pytest.approx(0.5 * (1000 - 400), rel=0.05)


def test_with_time_to_spare_every_lead_counts_and_no_hour_is_worth_anything() -> None:
    idle = bound(overloaded(reps=20), EMPTY, days=DAYS)
    assert idle.bookings == pytest.approx(DAYS * 0.5 * (LARGE * 1000 + SMALL * 400), rel=1e-3)
    assert idle.scarce().empty


def test_rules_dont_move_the_limit(limit: Bound) -> None:
    team = replace(overloaded().operation.teams[0], discipline=Discipline.FRESHEST)
    other = replace(overloaded(), operation=replace(overloaded().operation, teams=(team,)))
    assert bound(other, EMPTY, days=DAYS).bookings == limit.bookings


def test_the_experts_hours_limit_what_can_be_won() -> None:
    spec = overloaded(reps=20)
    job = ExpertJob(stage="call", experts="legal", effort=Fixed(1 / 24))
    experts = (Experts(name="legal", servers=1, calendar="always"),)
    found = bound(replace(spec, operation=replace(spec.operation, experts=experts, jobs=(job,))), EMPTY, days=DAYS)
    assert found.bookings == pytest.approx(DAYS * 24 * 1000, rel=0.02)  # 30 large ones a day would be won
    assert found.scarce()["team"].unique().tolist() == ["legal"]


def test_experts_have_no_work_on_open_deals_that_have_had_a_touch() -> None:
    job = ExpertJob(stage="call", experts="legal", effort=Fixed(DAYS))
    stage = Stage(name="call", advance=0.5, touches=Fixed(2.0), effort=Fixed(1 / 24), latency=Exponential(1.0))
    market = Market(channels=(Channel(name="none", rate_per_day=0.0),), stages=(stage,))
    operation = replace(
        overloaded().operation, experts=(Experts(name="legal", servers=1, calendar="always"),), jobs=(job,)
    )
    deals = tuple(
        OpenDeal(label=f"D-{i}", stage="call", amount=100.0, age=2.0, stage_age=2.0, touches=1, last_touch_age=1.0)
        for i in range(20)
    )
    opening, spec = Opening(EMPTY.as_of, deals), FunnelSpec(market=market, operation=operation)
    assert above(booked(spec, opening, DAYS, seed=2, replications=40), bound(spec, opening, days=DAYS).bookings) < 4


def test_reps_who_keep_to_their_regions_can_book_less() -> None:
    spec = overloaded()
    channels = tuple(replace(each, regions={"north": 0.5, "south": 0.5}) for each in spec.market.channels)
    reps = tuple(replace(rep, regions=("north",)) for rep in spec.operation.reps)
    market, operation = replace(spec.market, channels=channels), replace(spec.operation, reps=reps)
    apart = FunnelSpec(market=market, operation=operation)
    kept = bound(apart, EMPTY, days=DAYS, territories=True).bookings
    assert kept == pytest.approx(DAYS * 0.5 * (LARGE / 2 * 1000 + (REPS * 24 - LARGE / 2) * 400), rel=0.02)
    assert kept < bound(apart, EMPTY, days=DAYS).bookings


def test_open_deals_count_too() -> None:
    deals = tuple(OpenDeal(label=f"D-{i}", stage="call", segment="large", amount=5000.0) for i in range(40))
    alone = replace(overloaded().market, channels=(Channel(name="none", rate_per_day=0.0, segments={"large": 1.0}),))
    found = bound(replace(overloaded(), market=alone), Opening(EMPTY.as_of, deals), days=DAYS)
    assert found.bookings == pytest.approx(40 * 0.5 * 5000, rel=1e-3)


def test_deals_that_bring_nothing_have_a_limit_of_nothing() -> None:
    spec = overloaded()
    worthless = replace(spec, market=replace(spec.market, amounts={"any": {"any": Fixed(0.0)}}))
    found = bound(worthless, EMPTY, days=DAYS)
    assert found.bookings == 0.0
    assert found.scarce().empty


def test_what_takes_longer_than_the_horizon_is_never_booked() -> None:
    slow = replace(overloaded().market.stages[0], latency=Fixed(DAYS + 1))
    spec = replace(overloaded(), market=replace(overloaded().market, stages=(slow,)))
    assert bound(spec, EMPTY, days=DAYS).bookings == 0.0


def check_on_random_funnels(funnels: int, replications: int) -> None:
    @settings(
        max_examples=funnels, derandomize=True, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(runs())
    def never_exceeded(run: Run) -> None:
        market = replace(run.spec.market, amounts={"any": {"any": LogNormal(1000.0, 1.0)}})
        spec = replace(run.spec, market=market)
        most = bound(spec, run.opening, days=run.days).bookings
        assert above(booked(spec, run.opening, run.days, run.seed, replications), most) < 4

    never_exceeded()


def test_no_policy_exceeds_the_limit_of_a_random_funnel() -> None:
    check_on_random_funnels(2, replications=10)


@pytest.mark.slow
def test_no_policy_exceeds_the_limit_of_many_random_funnels() -> None:
    check_on_random_funnels(20, replications=40)


# the parts


def test_periods_are_whole_weeks_and_end_with_the_horizon() -> None:
    grid = Grid.over(90.0)
    assert grid.periods == 13
    assert grid.edges[-1] == grid.period_edges[-1] == 90.0
    assert Grid.over(400.0).period == 21.0


def test_time_is_rounded_down_to_whole_cells() -> None:
    grid = Grid.over(84.0)
    lags = grid.lags(Fixed(2.5 * grid.cell))
    assert lags[2] == pytest.approx(1.0)
    assert lags.sum() == pytest.approx(1.0)
    whole = grid.lags(Exponential(3.0))
    assert float(whole @ np.arange(grid.cells)) * grid.cell < 3.0


@pytest.mark.parametrize("law", [LogNormal(100.0, 1.0), Uniform(10.0, 20.0), Fixed(7.0), Exponential(5.0)])
def test_an_amount_on_its_nodes_keeps_its_mean(law: LogNormal | Uniform | Fixed | Exponential) -> None:
    nodes = amount_nodes(law)
    parts = split(nodes, law)
    assert float(parts.weights @ nodes) + parts.beyond == pytest.approx(law.mean, rel=2e-3)


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (0.4, 0.75), (-0.2, 0.3), (0.1, 0.0)])
def test_quality_on_its_nodes_keeps_its_mean(mean: float, sd: float) -> None:
    stage = replace(overloaded().market.stages[0], quality_slope=1.0)
    spec = replace(overloaded(), market=replace(overloaded().market, stages=(stage,)))
    nodes = quality_nodes(spec)
    weights = spread(nodes, mean, sd)
    assert weights.sum() == pytest.approx(1.0)
    assert float(weights @ nodes) == pytest.approx(mean, abs=2e-3)


def test_a_finished_touch_costs_its_mean_effort_where_there_is_time_enough() -> None:
    sample = Sample.of(Exponential(2.0))
    assert sample.spent_per_finish(1e6, 1e6) == pytest.approx(2.0, rel=0.01)
    assert sample.spent_per_finish(0.0, 1.0) == pytest.approx(2.0, rel=0.02)  # memoryless: cut short or not
    assert Sample.of(Fixed(2.0)).spent_per_finish(0.0, 1.0) == np.inf
    assert Sample.of(Fixed(2.0)).spent_per_finish(0.0, 5.0) == 2.0


def test_answers_that_come_alike_dont_tell_who_will_advance() -> None:
    assert least_ratio(Exponential(2.0), Exponential(2.0)) == 1.0
    assert least_ratio(Exponential(2.0), Exponential(5.0)) == 0.4
    assert least_ratio(Exponential(5.0), Exponential(2.0)) == 0.0
    assert least_ratio(Fixed(1.0), Exponential(2.0)) == 0.0


def test_prices_of_any_size_make_a_limit_that_is_not_below_the_best() -> None:
    programme = programme_of(overloaded(), EMPTY, DAYS)
    solved = programme.solve()
    for scale in (0.0, 0.5, 1.5, 3.0):
        assert programme.limit(scale * solved.prices) >= solved.limit * (1 - 1e-9)
    assert solved.gap < 0.01
