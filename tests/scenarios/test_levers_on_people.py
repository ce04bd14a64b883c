"""Who comes, who goes, who learns and who assigns: counted in logs of both engines, and held against theory."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from scenarios.levers.assignment import AssignAutomatically, AssignManually
from scenarios.levers.experts import ChangeExpertJob, ChangeExperts
from scenarios.levers.headcount import Hire, PlanHeadcount
from scenarios.levers.hours import ChangeHours, ChangeShifts
from scenarios.levers.leaving import ChangeAttrition, RepLeaves
from scenarios.levers.training import Train
from scenarios.prices import MONTH, Horizon, Prices
from scenarios.scenario import Scenario
from sim.calendar import ALWAYS
from sim.distributions import Distribution, Exponential, Fixed
from sim.errors import SpecError
from sim.eventlog import EventLog, Kind
from sim.market import Channel, Market, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import Operation, Team
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.workforce import Rep
from tests.scenarios.conftest import EARLY

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
EMPTY = Opening(MONDAY, ())
PRICES = Prices(rep_month=9000.0, hiring=5000.0, training=300.0)
YEAR = Horizon(MONDAY, 365.25)


def desk(reps: int, rate: float, *, effort: Distribution | None = None, advance: float = 0.5) -> FunnelSpec:
    """Return a funnel of one stage whose reps are always there."""
    stage = Stage(name="talk", advance=advance, effort=effort or Fixed(0.0))
    people = tuple(Rep(name=f"rep {number}", team="desk", calendar="always") for number in range(reps))
    return FunnelSpec(
        market=Market(channels=(Channel(name="web", rate_per_day=rate),), stages=(stage,)),
        operation=Operation(
            teams=(Team(name="desk", stages=("talk",)),), reps=people, calendars={"always": ALWAYS, "early": EARLY}
        ),
    )


def times(log: EventLog, kind: Kind, actor: str | None = None) -> np.ndarray:
    chosen = log.of_kind(kind)
    if actor is not None:
        chosen &= log.events["actor"] == log.code("actor", actor)
    return log.events["time"][chosen].astype(float)


def one_deal_each(spec: FunnelSpec) -> Opening:
    """Return an opening in which every rep owns a deal that waits for its buyer for years."""
    names = [rep.name for rep in spec.operation.reps]
    deals = (
        OpenDeal(label=f"D-{i}", stage="talk", owner=name, age=1.0, stage_age=1.0, touches=1, last_touch_age=0.5)
        for i, name in enumerate(names)
    )
    return Opening(MONDAY, tuple(deals))


def test_as_many_leave_as_attrition_says(engine: str) -> None:
    few, per_year, days = 150, 0.6, 200.0
    spec = ChangeAttrition(per_year).apply(desk(few, 0.0))
    patient = replace(spec.market.stages[0], latency=Fixed(5000.0))
    spec = replace(spec, market=replace(spec.market, stages=(patient,)))
    logs = [simulate(spec, one_deal_each(spec), days=days, seed=5, replication=r, engine=engine) for r in range(8)]
    left = np.concatenate([times(log, Kind.RELEASED) for log in logs])
    share, n = 1 - (1 - per_year) ** (days / 365.25), few * len(logs)
    error = math.sqrt(share * (1 - share) / n)
    assert abs(len(left) / n - share) < 4 * error
    assert abs(len(left) / n - 1.2 * share) > 4 * error, "a fifth too many would go unseen"
    hazard = -math.log(1 - per_year) / 365.25
    early = -math.expm1(-hazard * days / 2) / share
    assert abs(np.mean(left < days / 2) - early) < 4 * math.sqrt(early * (1 - early) / len(left))


def test_a_successor_begins_after_the_time_to_hire_and_ramps_up(engine: str) -> None:
    spec = RepLeaves("rep 0", date(2026, 1, 8), backfill=3.0).apply(desk(1, 20.0, effort=Fixed(0.01)))
    log = simulate(spec, EMPTY, days=20.0, seed=1, engine=engine)
    assert times(log, Kind.STARTED, "rep 0").max() < 4.0
    begun = times(log, Kind.STARTED, "desk-new-1")
    assert begun.min() == 7.0
    assert spec.operation.reps[1].hired == date(2026, 1, 12)
    waiting = times(log, Kind.ROUTED) == 7.0
    assert waiting.sum() > 20  # what came while nobody was there


def test_what_a_leaver_has_begun_is_finished_and_the_rest_goes_to_others(engine: str) -> None:
    spec = RepLeaves("rep 0", date(2026, 1, 7)).apply(desk(2, 8.0, effort=Fixed(0.3)))
    log = simulate(spec, EMPTY, days=12.0, seed=3, engine=engine)
    started, finished = (times(log, kind, "rep 0") for kind in (Kind.STARTED, Kind.TOUCHED))
    assert started.max() < 3.0 < finished.max()
    assert len(started) == len(finished)
    released = log.of_kind(Kind.RELEASED)
    assert set(log.events["time"][released]) == {3.0}
    assert set(log.events["actor"][released]) == {log.code("actor", "rep 0")}
    leads = log.events["lead"][released]
    assert len(set(leads)) == len(leads) > 5
    again = log.of_kind(Kind.ROUTED) & (log.events["time"] == 3.0) & np.isin(log.events["lead"], leads)
    assert again.sum() == len(leads) - 1  # all but the one in hand


def test_a_hire_works_from_the_first_day_on_and_costs_from_then_on(engine: str) -> None:
    hire = Hire("desk", 2, date(2026, 1, 6), time_to_hire=4.0)
    log = simulate(hire.apply(desk(1, 30.0, effort=Fixed(0.05))), EMPTY, days=10.0, seed=2, engine=engine)
    assert 5.0 <= times(log, Kind.STARTED, "desk-new-1").min() < 5.5
    days = 365.25 - 5
    assert hire.cost(desk(1, 1.0), YEAR, PRICES) == pytest.approx(2 * (9000.0 * days / MONTH + 5000.0))


def test_a_headcount_plan_is_its_hires_and_leavers() -> None:
    base = desk(3, 1.0)
    plan = PlanHeadcount("desk", {"2026-04": -1, "2026-02": 2}, time_to_hire=10.0)
    same = Scenario(
        "same", (Hire("desk", 2, date(2026, 2, 1), time_to_hire=10.0), RepLeaves("desk-new-2", date(2026, 4, 30)))
    )
    assert plan.apply(base) == same.apply(base)
    assert plan.cost(base, YEAR, PRICES) == pytest.approx(same.cost(base, YEAR, PRICES))
    with pytest.raises(SpecError, match="on 2026-05-31 team 'desk' has 3 reps; let at most all but one go"):
        PlanHeadcount("desk", {"2026-05": -3}).apply(base)
    with pytest.raises(SpecError, match="no month '2026-13'; write 2026-03"):
        PlanHeadcount("desk", {"2026-13": 1})


def test_attrition_costs_hiring_less_the_pay_of_empty_positions() -> None:
    lever, base = ChangeAttrition(0.3, 60.0), desk(10, 1.0)
    rng = np.random.default_rng(0)
    left = rng.exponential(365.25 / -math.log(0.7), 400_000)
    empty = np.clip(YEAR.days - left, 0.0, 60.0)
    hired = left + 60.0 < YEAR.days
    expected = 10 * (hired * 5000.0 - empty * 9000.0 / MONTH)
    assert abs(lever.cost(base, YEAR, PRICES) - expected.mean()) < 4 * expected.std() / math.sqrt(len(left))
    assert lever.cost(lever.apply(base), YEAR, PRICES) == 0.0
    nobody = ChangeAttrition(0.3)
    assert nobody.cost(base, YEAR, PRICES) == pytest.approx(
        -10 * 9000.0 / MONTH * np.clip(YEAR.days - left, 0.0, None).mean(), rel=0.01
    )


def odds_by_day(log: EventLog) -> tuple[np.ndarray, np.ndarray]:
    """Return when each deal was touched, and whether it was won."""
    leads = log.events["lead"][log.of_kind(Kind.TOUCHED)]
    touched = dict(zip(leads.tolist(), times(log, Kind.TOUCHED).tolist(), strict=True))
    won = set(log.events["lead"][log.of_kind(Kind.WON)])
    return np.array(list(touched.values())), np.array([lead in won for lead in touched])


def test_a_training_raises_the_odds_afterwards_and_is_forgotten(engine: str) -> None:
    train = Train("desk", date(2026, 1, 12), 1.2, days=2, half_life=5.0)
    spec = train.apply(desk(2, 200.0))
    log = simulate(spec, EMPTY, days=25.0, seed=4, engine=engine)
    at, won = odds_by_day(log)
    assert not ((at > 7.0) & (at < 9.0)).any()
    gain = np.where(at < 9.0, 0.0, 1.2 * 0.5 ** ((at - 9.0) / 5.0))
    chance = 1 / (1 + np.exp(-gain))
    for part in (at < 7.0, (at >= 9.0) & (at < 14.0), at >= 14.0):
        error = math.sqrt((chance[part] * (1 - chance[part])).sum())
        assert abs(won[part].sum() - chance[part].sum()) < 4 * error
    kept = at >= 9.0
    without_fading = kept.sum() / (1 + math.exp(-1.2))
    assert abs(won[kept].sum() - without_fading) > 4 * math.sqrt((chance[kept] * (1 - chance[kept])).sum())


def test_a_training_costs_its_fee_for_everybody_trained() -> None:
    assert Train("desk", date(2026, 3, 2), 0.2).cost(desk(3, 1.0), YEAR, PRICES) == 900.0
    assert Train("desk", date(2027, 3, 2), 0.2).cost(desk(3, 1.0), YEAR, PRICES) == 0.0


def test_a_successor_does_not_know_what_the_predecessor_learned(engine: str) -> None:
    spec = Scenario("both", (
        Train("desk", date(2026, 1, 5), 50.0, days=0), ChangeAttrition(1 - 1e-15, 0.0),
    )).apply(desk(20, 100.0, advance=0.3))  # fmt: skip
    log = simulate(spec, EMPTY, days=60.0, seed=6, engine=engine)
    at, won = odds_by_day(log)
    assert won[at < 1.0].mean() > 0.9
    late = won[at > 50.0]
    stays = math.exp(-50 * -math.log(1e-15) / 365.25)
    expected = 0.3 + 0.7 * stays
    assert abs(late.mean() - expected) < 0.1


def waits_for_assignment(spec: FunnelSpec, engine: str, days: float, replications: int) -> list[float]:
    means = []
    for replication in range(replications):
        log = simulate(spec, EMPTY, days=days, seed=8, replication=replication, engine=engine)
        routed = log.of_kind(Kind.ROUTED)
        created = log.leads["created"][log.events["lead"][routed]]
        means.append(float((log.events["time"][routed] - created)[created > days / 10].mean()))
    return means


def test_a_dispatcher_is_a_queue_of_one_server(engine: str) -> None:
    """M/M/1: a lead is assigned 1 / (μ - λ) after it came, on average; a rule takes no time."""
    arrivals, served = 30.0, 50.0
    base = desk(3, arrivals)
    by_hand = AssignManually("talk", Exponential(1 / served), "always").apply(base)
    waits = waits_for_assignment(by_hand, engine, days=60.0, replications=8)
    expected, error = 1 / (served - arrivals), np.std(waits, ddof=1) / math.sqrt(len(waits))
    assert abs(np.mean(waits) - expected) < 4 * error
    assert abs(np.mean(waits) - 1 / (served - 1.2 * arrivals)) > 4 * error, "a busier dispatcher would go unseen"
    by_rule = AssignAutomatically().apply(by_hand)
    assert waits_for_assignment(by_rule, engine, days=20.0, replications=1) == [0.0]


def test_dispatchers_cost_their_pay_and_a_rule_saves_it() -> None:
    base = desk(3, 30.0)
    by_hand = AssignManually("talk", Fixed(0.01), "always", servers=2)
    prices = Prices(rep_month=9000.0, rep_month_of={"dispatcher": 4000.0})
    assert by_hand.cost(base, YEAR, prices) == pytest.approx(2 * 4000.0 * 12)
    there = by_hand.apply(base)
    assert AssignAutomatically().cost(there, YEAR, prices) == pytest.approx(-2 * 4000.0 * 12)
    assert by_hand.cost(there, YEAR, prices) == 0.0
    assert len(by_hand.apply(there).operation.experts) == 1


def test_experts_come_and_go_with_their_pay(funnel: FunnelSpec) -> None:
    more = ChangeExperts("legal", 2, "early")
    assert (more.apply(funnel).operation.experts[0].servers, more.apply(funnel).operation.experts[0].calendar) == (
        3,
        "early",
    )
    assert more.cost(funnel, YEAR, PRICES) == pytest.approx(2 * (9000.0 * 12 + 5000.0))
    with pytest.raises(SpecError, match=r"experts 'legal': 1 -1 leaves 0; leave at least 1"):
        ChangeExperts("legal", -1).apply(funnel)
    with pytest.raises(SpecError, match="none for 'legal' at stage 'qualify'"):
        ChangeExpertJob("qualify", "legal").apply(funnel)


def test_an_expert_job_is_needed_as_often_as_the_lever_says(funnel: FunnelSpec, engine: str) -> None:
    counts = []
    for share in (0.0, 1.0):
        lever = ChangeExpertJob("close", "legal", share=share, effort=Fixed(0.01), blocking=True)
        log = simulate(lever.apply(funnel), EMPTY, days=30.0, seed=1, engine=engine)
        entered = log.of_kind(Kind.ENTERED) & (log.events["stage"] == log.code("stage", "close"))
        counts.append((int(log.of_kind(Kind.EXPERT_REQUESTED).sum()), int(entered.sum())))
    assert counts[0][0] == 0
    assert counts[1][0] == counts[1][1] > 0


def test_shifts_are_dealt_out_in_turn_and_paid_by_the_hour(funnel: FunnelSpec) -> None:
    sun = ChangeShifts("inside", ("early", "office"))
    assert [rep.calendar for rep in sun.apply(funnel).operation.team_reps("inside")] == ["early", "office", "early"]
    # Ada works 36 hours instead of 40, the others as long as before
    assert sun.cost(funnel, YEAR, PRICES) == pytest.approx(12 * 9000.0 * (36 / 40 - 1))
    assert [rep.calendar for rep in ChangeShifts("field", ("early",)).apply(funnel).operation.team_reps("field")] == [
        "early", "early", "office",
    ]  # fmt: skip


def test_longer_hours_are_paid_for_everybody_who_works_by_them(funnel: FunnelSpec) -> None:
    longer = ChangeHours("office", ALWAYS)
    paid = 5 + 1  # Ada, Ben, Dee, Eli, Mia, and the lawyer
    assert longer.cost(funnel, YEAR, PRICES) == pytest.approx(paid * 12 * 9000.0 * (168 / 40 - 1))
    assert longer.apply(funnel).operation.calendars["office"] == replace(ALWAYS, name="office")
