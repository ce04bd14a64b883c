"""Counterfactual levers take away what they say, and the quality of leads is what the simulator makes of it."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.diagnosis.lead_quality import lifts, win_chance
from scenarios.levers.counterfactual import EndWaiting, LiftLeads, StretchHours, TouchAtOnce, weekly_hours
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.calendar import ALWAYS
from sim.distributions import Exponential, Fixed
from sim.errors import SpecError, UnknownNameError
from sim.eventlog import EventLog, Kind
from sim.kpis import dwell_summary
from sim.market import Gate
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec


def at_all_hours(spec: FunnelSpec, **changes: object) -> FunnelSpec:
    """The floor open around the clock, so that every wait is one for somebody busy; ``changes`` to every stage."""
    reps = tuple(replace(rep, calendar="always", leave=()) for rep in spec.operation.reps)
    groups = tuple(replace(group, calendar="always") for group in spec.operation.experts)
    calendars = {**spec.operation.calendars, "always": ALWAYS}
    stages = tuple(replace(stage, **changes) for stage in spec.market.stages)  # type: ignore[arg-type]
    operation = replace(spec.operation, reps=reps, experts=groups, calendars=calendars)
    return replace(spec, operation=operation, market=replace(spec.market, stages=stages))


def run(spec: FunnelSpec, opening: Opening, days: float = 60.0) -> EventLog:
    return simulate(spec, Opening(opening.as_of), days=days, seed=7)


@pytest.mark.parametrize(
    "lever", [StretchHours("inside", 0.0), StretchHours("legal", 0.0), LiftLeads("web", 0.0)], ids=repr
)
def test_a_counterfactual_of_size_zero_changes_nothing(lever: Lever, funnel: FunnelSpec) -> None:
    assert lever.apply(funnel).fingerprint == funnel.fingerprint


def test_where_nobody_is_ever_too_busy_nobody_waits(funnel: FunnelSpec, opening: Opening) -> None:
    busy = at_all_hours(funnel, effort=Exponential(0.5))
    waited, free = (
        dwell_summary(run(spec, opening))[["wait", "expert"]].sum(axis=1) for spec in (busy, EndWaiting().apply(busy))
    )
    assert waited.min() > 0.05
    assert free.max() < 0.01


def test_waiting_can_end_at_one_team_or_for_the_experts_only(funnel: FunnelSpec, opening: Opening) -> None:
    busy = at_all_hours(funnel, effort=Exponential(0.5))
    base, inside, legal = (
        dwell_summary(run(spec, opening))
        for spec in (busy, EndWaiting("inside").apply(busy), EndWaiting("legal").apply(busy))
    )
    assert inside["wait"]["qualify"] < 0.01 < base["wait"]["qualify"]
    assert inside["wait"]["close"] > 0.05
    assert legal["wait"]["qualify"] == base["wait"]["qualify"]


def test_a_prompt_touch_costs_no_odds_and_loses_nobody_to_impatience(funnel: FunnelSpec, opening: Opening) -> None:
    slow = at_all_hours(funnel, lead_in=Fixed(2.0), patience=Exponential(3.0), speed_slope=0.3)
    prompt = TouchAtOnce().apply(slow)
    assert [stage.speed_slope for stage in prompt.market.stages] == [0.0, 0.0]
    lost = [int(run(spec, opening).of_kind(Kind.LOST).sum()) for spec in (slow, prompt)]
    before, after = (first_touch_delays(run(spec, opening)) for spec in (slow, prompt))
    assert lost[1] < lost[0]
    assert before.min() == 2.0 > np.median(after)


def first_touch_delays(log: EventLog) -> np.ndarray:
    created, started = (log.of_kind(kind) for kind in (Kind.CREATED, Kind.STARTED))
    born = dict(zip(log.column("lead")[created], log.column("time")[created], strict=True))
    seen: dict[int, float] = {}
    for lead, time in zip(log.column("lead")[started], log.column("time")[started], strict=True):
        seen.setdefault(lead, time - born[lead])
    return np.array(list(seen.values()))


def test_a_prompt_touch_can_come_at_one_stage_only(funnel: FunnelSpec) -> None:
    changed = TouchAtOnce("qualify").apply(at_all_hours(funnel, speed_slope=0.3))
    assert [stage.speed_slope for stage in changed.market.stages] == [0.0, 0.3]


def test_hours_a_week_are_those_of_the_calendars_less_admin_work(funnel: FunnelSpec) -> None:
    reps = tuple(replace(rep, admin_share=0.25 if rep.name == "Ada" else 0.0) for rep in funnel.operation.reps)
    changed = replace(funnel, operation=replace(funnel.operation, reps=reps))
    assert weekly_hours(changed) == {"inside": 0.75 * 40 + 40 + 36, "field": 80, "legal": 40}


def test_what_nobody_can_buy_has_no_price(funnel: FunnelSpec, opening: Opening) -> None:
    assert np.isnan(EndWaiting().cost(funnel, Horizon(opening.as_of, 30.0), Prices()))


def test_an_unknown_team_is_refused(funnel: FunnelSpec) -> None:
    with pytest.raises(UnknownNameError, match="no team or group of experts 'outside'"):
        EndWaiting("outside").apply(funnel)


def test_the_chance_of_a_win_is_that_of_the_simulator(funnel: FunnelSpec, opening: Opening) -> None:
    gate = Gate(threshold=0.3, sensitivity=0.9, specificity=0.7)
    spec = EndWaiting().apply(TouchAtOnce().apply(at_all_hours(funnel, quality_slope=0.8, gate=gate)))
    spec = replace(
        spec, operation=replace(spec.operation, reps=tuple(replace(r, skill={}) for r in spec.operation.reps))
    )
    spec = replace(spec, market=replace(spec.market, channels=(replace(spec.market.channels[0], rate_per_day=300.0),)))
    log = simulate(spec, Opening(opening.as_of), days=60.0, seed=3)
    old = log.leads["created"] < 25.0
    won = np.isin(np.flatnonzero(old), log.column("lead")[log.of_kind(Kind.WON)])
    chance, error = win_chance(spec, spec.market.channels[0]), won.std() / np.sqrt(len(won))
    assert abs(won.mean() - chance) < 4 * error
    without_gate = replace(
        spec, market=replace(spec.market, stages=tuple(replace(s, gate=None) for s in spec.market.stages))
    )
    assert abs(won.mean() - win_chance(without_gate, spec.market.channels[0])) > 4 * error


@pytest.mark.parametrize(("reference", "wanted"), [("typical", None), ("best", None), ("web", None), ("30%", 0.3)])
def test_a_lift_closes_the_gap_to_its_reference(funnel: FunnelSpec, reference: str, wanted: float | None) -> None:
    poor = LiftLeads("fair", -1.0).apply(funnel)
    web, fair = lifts(poor, reference)
    target = win_chance(poor, poor.market.channels[0]) if wanted is None else wanted
    assert fair.reference == pytest.approx(target)
    lifted = LiftLeads("fair", fair.log_odds).apply(poor)
    assert win_chance(lifted, lifted.market.channels[1]) == pytest.approx(target, abs=1e-6)
    assert (web.log_odds > 0) is (wanted is not None)


def test_a_channel_is_compared_from_the_stage_at_which_its_leads_come_in(funnel: FunnelSpec) -> None:
    web, fair = funnel.market.channels
    late = replace(funnel, market=replace(funnel.market, channels=(web, replace(fair, entry="close"))))
    assert [lift.log_odds for lift in lifts(late)] == [0.0, 0.0]
    assert lifts(late)[1].chance > lifts(late)[0].chance


@pytest.mark.parametrize(("reference", "error"), [("nobody", UnknownNameError), ("120%", SpecError), ("0", SpecError)])
def test_what_is_no_reference_is_refused(funnel: FunnelSpec, reference: str, error: type[Exception]) -> None:
    with pytest.raises(error, match="reference"):
        lifts(funnel, reference)


def test_a_single_channel_has_nothing_to_be_held_against(funnel: FunnelSpec) -> None:
    alone = replace(funnel, market=replace(funnel.market, channels=funnel.market.channels[:1]))
    assert [lift.log_odds for lift in lifts(alone)] == [0.0]
