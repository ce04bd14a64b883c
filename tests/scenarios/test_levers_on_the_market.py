"""Spending, demand, prices, gates and scores: each does to leads and odds what it says."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import pytest

from scenarios.levers.demand import AddBurst, ShiftDemand
from scenarios.levers.marketing import expected_leads
from scenarios.levers.pricing import ChangeDiscount, ChangePrice
from scenarios.levers.qualification import SetGate, SetScoreThreshold, SharpenScore
from scenarios.levers.spending import ChangeBudget
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Scenario
from sim.arrivals import Arrivals, Luck
from sim.distributions import Discrete, Empirical, Exponential, Fixed, Uniform
from sim.errors import SpecError
from sim.eventlog import Kind
from sim.market import Gate
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
QUARTER = Horizon(MONDAY, 90.0)


def leads(spec: FunnelSpec, days: float, replication: int = 0) -> dict[str, np.ndarray]:
    drawn = Arrivals.of(spec, MONDAY, days).draw(Luck(seed=3, replication=replication))
    return {name: getattr(drawn, name) for name in ("channel", "number", "created", "region", "score", "quality")}


def named(drawn: dict[str, np.ndarray]) -> dict[tuple[int, int], float]:
    pairs = zip(drawn["channel"].tolist(), drawn["number"].tolist(), strict=True)
    return dict(zip(pairs, drawn["created"].tolist(), strict=True))


SHIFTS = [
    ShiftDemand(0.4, first=date(2026, 1, 19), last=date(2026, 2, 1)),
    ShiftDemand(0.0, first=date(2026, 1, 12), region="south"),
    ShiftDemand(0.5, last=date(2026, 1, 10), channel="fair"),
    ShiftDemand(2.5, first=date(2026, 1, 19), last=date(2026, 1, 25), channel="web"),
]


@pytest.mark.parametrize("shift", SHIFTS, ids=repr)
def test_as_many_leads_come_as_are_expected(shift: ShiftDemand, funnel: FunnelSpec) -> None:
    changed, horizon = shift.apply(funnel), Horizon(MONDAY, 40.0)
    counts = [len(leads(changed, 40.0, replication)["number"]) for replication in range(150)]
    expected = sum(expected_leads(changed.market, channel, horizon) for channel in changed.market.channels)
    before = sum(expected_leads(funnel.market, channel, horizon) for channel in funnel.market.channels)
    error = np.std(counts) / math.sqrt(len(counts))
    assert abs(np.mean(counts) - expected) < 4 * error
    assert abs(np.mean(counts) - before) > 4 * error, "a shift without effect would go unseen"


def test_a_slump_leaves_out_leads_and_touches_no_other(funnel: FunnelSpec) -> None:
    usual, low = (named(leads(spec, 60.0)) for spec in (funnel, SHIFTS[0].apply(funnel)))
    assert low.items() < usual.items()
    gone = np.array([time for lead, time in usual.items() if lead not in low])
    assert (gone >= 14.0).all()
    assert (gone < 28.0).all()


def test_a_deeper_slump_leaves_out_the_same_leads_and_more(funnel: FunnelSpec) -> None:
    slight, deep = (named(leads(ShiftDemand(factor).apply(funnel), 60.0)) for factor in (0.7, 0.3))
    assert deep.items() < slight.items()


def test_a_closed_region_sends_nobody_while_it_is_closed(funnel: FunnelSpec) -> None:
    drawn = leads(SHIFTS[1].apply(funnel), 60.0)
    south = drawn["region"] == funnel.names("regions").index("south")
    assert (drawn["created"][south] < 7.0).all()
    assert south.any()


def test_a_campaign_brings_the_same_leads_sooner(funnel: FunnelSpec) -> None:
    usual, more = (named(leads(spec, 60.0)) for spec in (funnel, SHIFTS[3].apply(funnel)))
    assert set(usual) < set(more)
    assert all(more[lead] <= time for lead, time in usual.items())
    assert all(more[lead] == pytest.approx(time) for lead, time in usual.items() if time < 14.0)


def test_fewer_leads_save_their_price(funnel: FunnelSpec) -> None:
    prices = Prices(lead={"web": 40.0})
    web = expected_leads(funnel.market, funnel.market.channels[0], QUARTER)
    assert ShiftDemand(0.25).cost(funnel, QUARTER, prices) == pytest.approx(-0.75 * 40.0 * web)


def test_a_burst_comes_on_its_day_and_costs_its_stand_and_leads(funnel: FunnelSpec) -> None:
    burst = AddBurst("fair", date(2026, 1, 20), Fixed(30.0), upload_lag=Fixed(2.0), price=7000.0)
    usual, more = (named(leads(spec, 60.0)) for spec in (funnel, burst.apply(funnel)))
    new = [time for lead, time in more.items() if lead not in usual]
    assert new == [17.0] * 30
    assert burst.cost(funnel, QUARTER, Prices(lead={"fair": 3.0})) == pytest.approx(7000.0 + 90.0)
    assert burst.cost(funnel, Horizon(MONDAY, 10.0), Prices(lead={"fair": 3.0})) == 0.0


# spending


def test_a_budget_runs_along_a_concave_curve_through_the_present_point() -> None:
    spends = np.linspace(0.0, 200_000.0, 41)
    factors = np.array([ChangeBudget("web", spend, 20_000.0, 50_000.0).factor for spend in spends])
    assert factors[0] == 0.0
    assert ChangeBudget("web", 20_000.0, 20_000.0, 50_000.0).factor == 1.0
    assert (np.diff(factors) > 0).all()
    assert (np.diff(factors, 2) < 0).all()
    assert ChangeBudget("web", 1e12, 20_000.0, 50_000.0).factor == pytest.approx(3.5)
    assert ChangeBudget("web", 50_000.0, 20_000.0, 50_000.0).factor == pytest.approx(3.5 / 2)
    assert ChangeBudget("web", 0.0, 20_000.0, 50_000.0, organic=0.3).factor == pytest.approx(0.3)


def test_the_cost_of_a_lead_falls_out_of_the_curve(funnel: FunnelSpec) -> None:
    months = 90.0 / (365.25 / 12)

    def bought(spend: float) -> float:
        spec = ChangeBudget("web", spend, 20_000.0, 50_000.0, organic=0.2).apply(funnel)
        return expected_leads(spec.market, spec.market.channels[0], QUARTER)

    lever = ChangeBudget("web", 30_000.0, 20_000.0, 50_000.0, organic=0.2)
    mean, margin = lever.cost_per_lead(funnel, QUARTER)
    assert mean == pytest.approx(30_000.0 * months / bought(30_000.0))
    assert margin == pytest.approx(10.0 * months / (bought(30_005.0) - bought(29_995.0)), rel=1e-4)
    assert margin > mean


def test_a_budget_costs_what_is_spent_more_from_its_date_on(funnel: FunnelSpec) -> None:
    month = 365.25 / 12
    assert ChangeBudget("web", 30_000.0, 20_000.0, 1.0).cost(funnel, QUARTER, Prices()) == pytest.approx(
        10_000 * 90 / month
    )
    later = ChangeBudget("web", 10_000.0, 20_000.0, 50_000.0, since=date(2026, 2, 4))
    assert later.cost(funnel, QUARTER, Prices()) == pytest.approx(-10_000 * 60 / month)
    usual, cut = (named(leads(spec, 60.0)) for spec in (funnel, later.apply(funnel)))
    assert {lead for lead, time in usual.items() if time < 30.0} == {lead for lead, time in cut.items() if time < 30.0}
    assert len(cut) < len(usual)


# prices


def test_a_price_multiplies_amounts_and_moves_the_odds_by_its_elasticity(funnel: FunnelSpec) -> None:
    dearer = ChangePrice(1.2, -2.0).apply(funnel).market
    assert dearer.amount("any", "any").ppf(0.3) == pytest.approx(1.2 * funnel.market.amount("any", "any").ppf(0.3))
    odds = [market.stages[1].advance / (1 - market.stages[1].advance) for market in (funnel.market, dearer)]
    assert odds[1] / odds[0] == pytest.approx(1.2**-2.0)
    assert dearer.stages[0] == funnel.market.stages[0]
    assert ChangePrice(1.2, -2.0, stage="qualify").apply(funnel).market.stages[0].advance < 0.5


def test_prices_up_and_down_again_are_the_prices_before(funnel: FunnelSpec) -> None:
    again = Scenario("there and back", (ChangePrice(1.25, -2.0), ChangePrice(0.8, -2.0))).apply(funnel).market
    assert again.stages[1].advance == pytest.approx(funnel.market.stages[1].advance)
    assert again.amount("any", "any").mean == pytest.approx(funnel.market.amount("any", "any").mean)


def test_buyers_who_like_dearness_and_free_goods_are_refused() -> None:
    with pytest.raises(SpecError, match=r"elasticity must be 0 or less, got 1\.5"):
        ChangePrice(1.1, 1.5)
    with pytest.raises(SpecError, match="factor must be above 0, got 0"):
        ChangePrice(0.0, -1.0)
    with pytest.raises(SpecError, match=r"for 5 points give 0\.05"):
        ChangeDiscount(5.0, -1.0)


@pytest.mark.parametrize(
    "discount",
    [Fixed(0.1), Uniform(0.05, 0.2), Empirical((0.05, 0.1, 0.3)), Discrete((0.05, 0.2), (0.5, 0.5))],
    ids=repr,
)
def test_points_are_added_to_every_discount(discount: Fixed, funnel: FunnelSpec) -> None:
    given = replace(funnel, market=replace(funnel.market, discount=discount))
    more = ChangeDiscount(0.05, -1.5).apply(given).market
    assert more.discount.mean == pytest.approx(discount.mean + 0.05)
    odds = [market.stages[1].advance / (1 - market.stages[1].advance) for market in (funnel.market, more)]
    assert odds[1] / odds[0] == pytest.approx(((0.95 - discount.mean) / (1 - discount.mean)) ** -1.5)


def test_a_discount_stays_a_share(funnel: FunnelSpec) -> None:
    with pytest.raises(SpecError, match=r"-0\.1 gives shares from -0\.1 to -0\.1; they must stay in \[0, 1\)"):
        ChangeDiscount(-0.1, -1.0).apply(funnel)
    odd = replace(funnel, market=replace(funnel.market, discount=Exponential(0.01)))
    with pytest.raises(SpecError, match="can't add points to a Exponential"):
        ChangeDiscount(0.1, -1.0).apply(odd)


# qualification


def test_only_leads_above_the_threshold_are_let_in(funnel: FunnelSpec, engine: str) -> None:
    log = simulate(
        SetScoreThreshold("qualify", 60.0).apply(funnel), Opening(MONDAY, ()), days=30.0, seed=1, engine=engine
    )
    turned = log.of_kind(Kind.LOST) & (log.events["cause"] == log.code("cause", "bad fit"))
    low = np.flatnonzero(log.leads["score"] < 60.0)
    assert sorted(log.events["lead"][turned]) == low.tolist()
    assert 0 < len(low) < log.n_leads


def test_a_perfect_gate_lets_in_exactly_the_good(funnel: FunnelSpec, engine: str) -> None:
    gated = SetGate("qualify", Gate(threshold=0.5)).apply(funnel)
    log = simulate(gated, Opening(MONDAY, ()), days=30.0, seed=1, engine=engine)
    turned = log.of_kind(Kind.LOST) & (log.events["cause"] == log.code("cause", "bad fit"))
    assert sorted(log.events["lead"][turned]) == np.flatnonzero(log.leads["quality"] < 0.5).tolist()
    assert SetGate("qualify", None).apply(gated) == funnel


def test_a_sharper_score_orders_more_pairs_rightly(funnel: FunnelSpec) -> None:
    drawn = leads(SharpenScore(0.9).apply(funnel), 400.0)
    usual = leads(funnel, 400.0)
    assert (drawn["quality"] == usual["quality"]).all()
    n = len(drawn["score"]) // 2
    right = (drawn["score"][:n] > drawn["score"][n : 2 * n]) == (drawn["quality"][:n] > drawn["quality"][n : 2 * n])
    error = math.sqrt(0.9 * 0.1 / n)
    assert abs(right.mean() - 0.9) < 4 * error
    assert abs(right.mean() - 0.8) > 4 * error
