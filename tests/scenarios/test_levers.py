"""Levers do what they say, and nothing else."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from scenarios.levers.assignment import AssignAutomatically, AssignManually
from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.demand import AddBurst, ShiftDemand
from scenarios.levers.experts import ChangeExpertJob, ChangeExperts
from scenarios.levers.headcount import Hire, PlanHeadcount
from scenarios.levers.hours import ChangeHours, ChangeShifts
from scenarios.levers.leaving import ChangeAttrition, RepLeaves
from scenarios.levers.marketing import ScaleLeads, expected_leads, scaled
from scenarios.levers.pricing import ChangeDiscount, ChangePrice
from scenarios.levers.qualification import SetGate, SetScoreThreshold, SharpenScore
from scenarios.levers.registry import LEVERS
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.sla import ChangeSla
from scenarios.levers.spending import ChangeBudget
from scenarios.levers.staffing import ChangeHeadcount, typical_rep
from scenarios.levers.training import Train
from scenarios.prices import MONTH, Horizon, Prices
from scenarios.scenario import Lever, Scenario
from sim.arrivals import Arrivals, Luck
from sim.distributions import Discrete, Distribution, Empirical, Exponential, Fixed, LogNormal, Uniform, Weibull
from sim.errors import SpecError, UnknownNameError
from sim.eventlog import EventLog
from sim.market import Gate
from sim.opening import Opening
from sim.operation import PoolRules, Sla, SlaAction, SlaStep
from sim.routing.policy import Nobody, Routing
from sim.routing.random_choice import RandomChoice
from sim.routing.registry import POLICIES, policy
from sim.simulate import simulate
from sim.spec import FunnelSpec
from tests.scenarios.conftest import EARLY, OFFICE

SLA = Sla(steps=(SlaStep(after=1.0, action=SlaAction.ESCALATE),))
ZERO = [
    ChangeHeadcount("field", 0),
    ScaleLeads(1.0),
    ScaleLeads(1.0, "fair"),
    ShiftConversion("close", 0.0),
    ChangeRouting("round-robin", "inside"),
    ChangeSla(SLA, "field"),
    ChangeSla(None, "inside"),
    Hire("field", 0, date(2026, 1, 10)),
    PlanHeadcount("field", {}),
    ChangeAttrition(0.0),
    ChangeAttrition(0.0, 30.0, "inside"),
    Train("inside", date(2026, 1, 12), 0.0, days=0),
    ChangeShifts("inside", ("office", "office", "early")),
    ChangeHours("office", OFFICE),
    AssignManually("qualify", Fixed(1 / 144), "office", share=0.0),
    ChangeExperts("legal"),
    ChangeExpertJob("close", "legal"),
    ChangeBudget("web", 20_000.0, 20_000.0, 40_000.0),
    ChangeBudget("web", 20_000.0, 20_000.0, 40_000.0, since=date(2026, 1, 12)),
    ShiftDemand(1.0),
    AddBurst("web", date(2026, 1, 14), Fixed(0.0)),
    SetScoreThreshold("close", 0.0),
    SetGate("close", None),
    SharpenScore(0.7),
    ChangePrice(1.0, -1.5),
    ChangeDiscount(0.0, -1.5),
]
IDLE = [
    RepLeaves("Eli", date(2027, 1, 31)),
    Hire("field", 3, date(2026, 12, 1)),
    PlanHeadcount("inside", {"2026-11": 1, "2026-12": -1}),
    ShiftDemand(0.5, first=date(2026, 12, 1)),
    ChangeBudget("web", 90_000.0, 20_000.0, 40_000.0, since=date(2026, 12, 1)),
]
"""Levers pulled after the run's end."""
SIZED = [
    ChangeHeadcount("field", 1),
    ChangeHeadcount("inside", -1),
    ScaleLeads(1.1),
    ShiftConversion("close", 0.05),
    ChangeRouting("pool", "inside"),
    ChangeSla(None, "field"),
    Hire("field", 1, date(2026, 1, 5), time_to_hire=3.0),
    PlanHeadcount("inside", {"2026-01": 1}, time_to_hire=5.0),
    RepLeaves("Eli", date(2026, 1, 9)),
    RepLeaves("Ada", date(2026, 1, 9), backfill=2.0),
    ChangeAttrition(1 - 1e-9, 2.0, "inside"),
    Train("inside", date(2026, 1, 12), 0.5),
    ChangeShifts("inside", ("early",)),
    ChangeHours("office", EARLY),
    AssignManually("qualify", Fixed(1 / 48), "office"),
    ChangeExperts("legal", 1),
    ChangeExpertJob("close", "legal", share=1.0),
    ChangeBudget("web", 40_000.0, 20_000.0, 40_000.0),
    ShiftDemand(0.5),
    AddBurst("web", date(2026, 1, 14), Fixed(9.0)),
    SetScoreThreshold("close", 50.0),
    SetGate("close", Gate(threshold=0.0)),
    ChangePrice(1.1, -1.5),
    ChangeDiscount(0.05, -1.5),
]
ELSEWHERE = [SharpenScore(0.9), AssignAutomatically("legal")]
"""Levers that show in no row of this funnel's run, or only in fewer."""


def rows(log: EventLog) -> dict[str, list[float]]:
    return {name: np.nan_to_num(values.astype(float), nan=-9.0).tolist() for name, values in log.events.items()}


def run(spec: FunnelSpec, opening: Opening) -> EventLog:
    return simulate(spec, opening, days=30.0, seed=7, replication=3)


@pytest.mark.parametrize("lever", ZERO, ids=repr)
def test_a_lever_of_size_zero_changes_not_one_row(lever: Lever, funnel: FunnelSpec, opening: Opening) -> None:
    changed = lever.apply(funnel)
    assert changed.fingerprint == funnel.fingerprint
    assert rows(run(changed, opening)) == rows(run(funnel, opening))


@pytest.mark.parametrize("lever", SIZED, ids=repr)
def test_a_lever_with_a_size_changes_the_funnel_and_the_run(lever: Lever, funnel: FunnelSpec, opening: Opening) -> None:
    before = funnel.fingerprint
    changed = lever.apply(funnel)
    assert funnel.fingerprint == before
    assert changed.fingerprint != before
    assert rows(run(changed, opening)) != rows(run(funnel, opening))


@pytest.mark.parametrize("lever", IDLE, ids=repr)
def test_a_lever_that_is_pulled_later_changes_not_one_row_and_costs_nothing_yet(
    lever: Lever, funnel: FunnelSpec, opening: Opening
) -> None:
    changed = lever.apply(funnel)
    assert changed.fingerprint != funnel.fingerprint
    usual, other = (run(spec, opening).to_frame().astype(str) for spec in (funnel, changed))
    assert other.equals(usual)  # by names: a position that is still empty has a code already
    assert lever.cost(funnel, Horizon(opening.as_of, 90.0), Prices(hiring=5000.0, lead={"web": 9.0})) == 0.0


def test_every_lever_is_tested() -> None:
    assert {type(lever) for lever in (*ZERO, *IDLE, *ELSEWHERE)} == set(LEVERS.values())


@pytest.mark.parametrize("lever", [*ZERO, *IDLE, *SIZED, *ELSEWHERE], ids=repr)
def test_every_lever_says_in_a_sentence_what_it_does(lever: Lever) -> None:
    assert lever.describe()[0].isupper()
    assert lever.describe().endswith(".")


def test_a_scenario_pulls_its_levers_in_order_and_says_so(funnel: FunnelSpec) -> None:
    plan = Scenario("grow", (ChangeHeadcount("field", 1), ScaleLeads(1.2, "web")))
    changed = plan.apply(funnel)
    assert [rep.name for rep in changed.operation.team_reps("field")][-1] == "field-new-1"
    assert changed.market.channels[0].rate_per_day == 3.0 * 1.2
    assert plan.describe() == ("Add 1 rep to team 'field', fully ramped. Multiply the leads of channel 'web' by 1.2.")


def test_a_scenario_without_levers_returns_the_funnel_itself(funnel: FunnelSpec) -> None:
    assert Scenario("baseline").apply(funnel) is funnel
    assert Scenario("baseline").describe() == "Everything stays as it is."


def test_a_scenario_needs_a_name_and_real_levers() -> None:
    with pytest.raises(SpecError, match="empty name"):
        Scenario(" ")
    with pytest.raises(SpecError, match="'hire more' is no lever"):
        Scenario("plan", ("hire more",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lever", "message"),
    [
        (ChangeHeadcount("sales", 1), "no team 'sales'; this funnel has inside, field"),
        (ChangeHeadcount("field", 1, like="Zoe"), "no rep 'Zoe'; this funnel has Ada, Ben"),
        (ChangeHeadcount("field", 1, calendar="late"), "no calendar 'late'; this funnel has office, early"),
        (ChangeRouting("random", "sales"), "no team 'sales'; this funnel has inside, field"),
        (ChangeSla(None, "sales"), "no team 'sales'; this funnel has inside, field"),
        (ScaleLeads(2.0, "mail"), "no channel 'mail'; this funnel has web, fair"),
        (ShiftConversion("closing", 0.1), "no stage 'closing'; this funnel has qualify, close"),
        (Hire("sales", 1, date(2026, 2, 1)), "no team 'sales'; this funnel has inside, field"),
        (PlanHeadcount("sales", {"2026-02": 1}), "no team 'sales'; this funnel has inside, field"),
        (RepLeaves("Zoe", date(2026, 2, 1)), "no rep 'Zoe'; this funnel has Ada, Ben"),
        (ChangeAttrition(0.1, team="sales"), "no team 'sales'; this funnel has inside, field"),
        (Train("sales", date(2026, 2, 1), 0.1), "no team 'sales'; this funnel has inside, field"),
        (ChangeShifts("inside", ("late",)), "no calendar 'late'; this funnel has office, early"),
        (AssignManually("closing", Fixed(0.1), "office"), "no stage 'closing'; this funnel has qualify, close"),
        (AssignAutomatically(), "no expert group 'dispatcher'; this funnel has legal"),
        (ChangeExperts("lawyers", 1), "no expert group 'lawyers'; this funnel has legal"),
        (ChangeExpertJob("close", "lawyers"), "no expert group 'lawyers'; this funnel has legal"),
        (ChangeBudget("mail", 2.0, 1.0, 1.0), "no channel 'mail'; this funnel has web, fair"),
        (ShiftDemand(0.5, channel="mail"), "no channel 'mail'; this funnel has web, fair"),
        (ShiftDemand(0.5, region="west"), "no region 'west'; demand must name one that exists: this"),
        (AddBurst("mail", date(2026, 2, 1), Fixed(5.0)), "no channel 'mail'; this funnel has web, fair"),
        (SetScoreThreshold("closing", 50.0), "no stage 'closing'; this funnel has qualify, close"),
        (SetGate("closing", None), "no stage 'closing'; this funnel has qualify, close"),
        (ChangePrice(1.1, -1.0, stage="closing"), "no stage 'closing'; this funnel has qualify, close"),
        (ChangeDiscount(0.1, -1.0, stage="closing"), "no stage 'closing'; this funnel has qualify, close"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(lever: Lever, message: str, funnel: FunnelSpec) -> None:
    with pytest.raises(UnknownNameError, match=message):
        lever.apply(funnel)


# staffing


def test_new_reps_are_clones_with_names_that_stay(funnel: FunnelSpec) -> None:
    one = ChangeHeadcount("inside", 1, like="Ben").apply(funnel).operation.reps
    two = ChangeHeadcount("inside", 2, like="Ben").apply(funnel).operation.reps
    assert two[:-1] == one
    ben = next(rep for rep in funnel.operation.reps if rep.name == "Ben")
    assert one[-1] == replace(ben, name="inside-new-1", leave=())


def test_pulling_the_lever_twice_adds_two_reps(funnel: FunnelSpec) -> None:
    again = Scenario("both", (ChangeHeadcount("inside", 1), ChangeHeadcount("inside", 1))).apply(funnel)
    assert again.operation.reps == ChangeHeadcount("inside", 2).apply(funnel).operation.reps


def test_a_new_rep_may_have_a_calendar_regions_seniority_and_hiring_date_of_its_own(funnel: FunnelSpec) -> None:
    hire = ChangeHeadcount(
        "field", 1, calendar="early", regions=("south",), seniority=2, hired=date(2026, 2, 1), like="Eli"
    )
    new = hire.apply(funnel).operation.reps[-1]
    assert (new.calendar, new.regions, new.seniority, new.hired) == ("early", ("south",), 2, date(2026, 2, 1))
    assert hire.describe() == "Add 1 rep like 'Eli' to team 'field', hired on 2026-02-01."


def test_a_copy_of_a_manager_is_no_manager(funnel: FunnelSpec) -> None:
    assert not ChangeHeadcount("field", 1, like="Mia").apply(funnel).operation.reps[-1].manager


def test_the_typical_rep_has_the_common_calendar_and_the_middle_numbers(funnel: FunnelSpec) -> None:
    typical = typical_rep(list(funnel.operation.team_reps("inside")))
    assert (typical.calendar, typical.seniority, typical.speed, typical.wip_limit) == ("office", 1, 1.0, 20)
    assert typical.skill == {"*": pytest.approx(0.1)}


def test_those_listed_last_go_first_and_managers_stay(funnel: FunnelSpec, opening: Opening) -> None:
    left = ChangeHeadcount("field", -1).apply(funnel)
    assert [rep.name for rep in left.operation.team_reps("field")] == ["Dee", "Mia"]
    owners = run(left, opening).to_frame().query("lead == 0 and kind == 'routed'")["actor"]
    assert owners.tolist() == ["Dee"]  # the deal that Eli owned is routed again


def test_the_last_rep_cannot_be_taken_away(funnel: FunnelSpec) -> None:
    with pytest.raises(SpecError, match="'field' has 2 reps besides managers; taking 2 leaves none: take at most 1"):
        ChangeHeadcount("field", -2).apply(funnel)


# routing and SLA


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_can_be_given_to_every_team(name: str, funnel: FunnelSpec, opening: Opening) -> None:
    changed = ChangeRouting(name).apply(funnel)
    assert {team.routing for team in changed.operation.teams} == {policy(name)}
    assert len(run(changed, opening)) > 0


def test_a_pool_is_added_where_the_policy_needs_one_and_nowhere_else(funnel: FunnelSpec) -> None:
    assert all(team.pool == PoolRules() for team in ChangeRouting("pool").apply(funnel).operation.teams)
    assert all(team.pool is None for team in ChangeRouting("random").apply(funnel).operation.teams)
    to_pool = ChangeRouting(Routing(rank=(RandomChoice(),), nobody=Nobody.POOL), "inside", PoolRules(cool_down=1.0))
    assert to_pool.apply(funnel).operation.teams[0].pool == PoolRules(cool_down=1.0)


def test_an_unknown_policy_is_refused_at_once() -> None:
    with pytest.raises(UnknownNameError, match="no routing policy 'best'"):
        ChangeRouting("best")


def test_an_sla_that_ends_in_the_pool_brings_the_pool_along(funnel: FunnelSpec) -> None:
    lever = ChangeSla(Sla(steps=(SlaStep(after=0.5, action=SlaAction.POOL),), working=False), "inside")
    assert lever.apply(funnel).operation.teams[0].pool == PoolRules()
    assert lever.describe() == "Give team 'inside' an SLA on the first touch: pool after 0.5 days."


def test_an_escalation_without_a_manager_is_refused(funnel: FunnelSpec) -> None:
    with pytest.raises(SpecError, match="'inside': deals go to the manager"):
        ChangeSla(SLA, "inside").apply(funnel)


# market


def test_the_same_leads_come_sooner_when_there_are_more(funnel: FunnelSpec, opening: Opening) -> None:
    few, many = (run(spec, opening) for spec in (funnel, ScaleLeads(1.5, "web").apply(funnel)))
    came = [dict(zip(log.lead_labels(), log.leads["created"].astype(float), strict=True)) for log in (few, many)]
    assert set(came[0]) < set(came[1])
    assert all(came[1][lead] <= came[0][lead] for lead in came[0])


def test_batches_grow_with_the_stream(funnel: FunnelSpec) -> None:
    fair = ScaleLeads(1.5, "fair").apply(funnel).market.channels[1]
    assert (fair.rate_per_day, fair.batches[0].size) == (0.2 * 1.5, Fixed(30.0))
    assert ScaleLeads(0.0).apply(funnel).market.channels[1].batches[0].size == Fixed(0.0)


@pytest.mark.parametrize(
    "distribution",
    [
        Fixed(3.0),
        Exponential(2.0),
        Uniform(1.0, 4.0),
        LogNormal(5.0, 0.7),
        Weibull(0.8, 6.0),
        Empirical((1.0, 2.0, 8.0)),
        Discrete((1.0, 5.0), (0.3, 0.7)),
    ],
    ids=repr,
)
def test_a_scaled_distribution_has_every_quantile_multiplied(distribution: Distribution) -> None:
    twice = scaled(distribution, 2.0)
    for u in (0.01, 0.25, 0.5, 0.9, 0.999):
        assert twice.ppf(u) == pytest.approx(2.0 * distribution.ppf(u), rel=1e-12)


def test_fewer_than_no_leads_are_refused() -> None:
    with pytest.raises(SpecError, match=r"factor must be 0 or more, got -0\.5"):
        ScaleLeads(-0.5)


def test_points_are_added_to_the_probability(funnel: FunnelSpec) -> None:
    assert ShiftConversion("close", 0.05).apply(funnel).market.stages[1].advance == pytest.approx(0.45)
    lower = ShiftConversion("close", -0.05)
    assert lower.describe() == "Lower the chance to advance from stage 'close' by 5 percentage points."


def test_a_chance_beyond_certainty_is_refused_with_the_room_there_is(funnel: FunnelSpec) -> None:
    with pytest.raises(SpecError, match=r"advance 0\.4 \+0\.7 gives 1\.1, .* shift by at most \+0\.6"):
        ShiftConversion("close", 0.7).apply(funnel)
    with pytest.raises(SpecError, match=r"shift by at most -0\.4"):
        ShiftConversion("close", -0.7).apply(funnel)
    with pytest.raises(SpecError, match=r"got 5; for 5 percentage points give 0\.05"):
        ShiftConversion("close", 5)


def test_a_plan_costs_what_its_levers_cost_each_after_those_before_it(funnel: FunnelSpec, opening: Opening) -> None:
    horizon = Horizon(opening.as_of, 2 * MONTH)
    prices = Prices(rep_month=9000.0, rep_month_of={"field": 12_000.0}, hiring=5000.0, lead={"fair": 3.0})
    fair = next(channel for channel in funnel.market.channels if channel.name == "fair")
    leads = expected_leads(funnel.market, fair, horizon)
    assert leads > 0
    plan = Scenario("more", (ChangeHeadcount("field", 2), ScaleLeads(2.0), ScaleLeads(1.5, "fair")))
    pay = 2 * (2 * 12_000.0 + 5000.0)
    assert plan.cost(funnel, horizon, prices) == pytest.approx(pay + 3.0 * (leads + 0.5 * 2 * leads))
    assert Scenario("less", (ChangeHeadcount("inside", -1),)).cost(funnel, horizon, prices) == pytest.approx(-18_000.0)


@pytest.mark.parametrize("lever", ZERO, ids=repr)
def test_a_lever_of_size_zero_costs_nothing(lever: Lever, funnel: FunnelSpec, opening: Opening) -> None:
    prices = Prices(hiring=1.0, lead={"fair": 3.0})
    assert lever.cost(funnel, Horizon(opening.as_of, 90.0), prices) == 0.0


def test_the_expected_leads_of_a_channel_are_what_comes_on_average(funnel: FunnelSpec, opening: Opening) -> None:
    horizon = Horizon(opening.as_of, 60.0)
    arrivals = Arrivals.of(funnel, opening.as_of, horizon.days)
    counts = [len(arrivals.draw(Luck(seed=3, replication=number))) for number in range(200)]
    expected = sum(expected_leads(funnel.market, channel, horizon) for channel in funnel.market.channels)
    error = np.std(counts) / np.sqrt(len(counts))
    assert abs(np.mean(counts) - expected) < 4 * error
    assert abs(np.mean(counts) - 1.05 * expected) > 4 * error, "a twentieth too many would go unseen"
