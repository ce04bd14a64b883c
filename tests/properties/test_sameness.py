"""Whatever the funnel: equal luck gives equal logs, other luck others, and a lever of zero size changes not a row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sim.distributions import Fixed
from sim.eventlog import Column, EventLog
from sim.market import Batch, DemandShift, Gate, Nurture
from sim.operation import ExpertJob, PoolRules, Sla, SlaAction, SlaStep, Team
from sim.routing.daily_cap import DailyCap
from sim.routing.state import Floats, LeadView, TeamState, Whole
from sim.routing.user_function import UserFunction
from sim.spec import FunnelSpec
from sim.workforce import Attrition, Experts, Rep, SkillGain
from tests.properties.funnels import DAYS, Run, runs

YEAR = ((date(2026, 1, 1), date(2026, 12, 31)),)


def no_opinion(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:
    """Name nobody."""
    return -1


def change(spec: FunnelSpec, **parts: Any) -> FunnelSpec:
    """Replace parts of the market or the operation."""
    market = {name: value for name, value in parts.items() if hasattr(spec.market, name)}
    operation = {name: value for name, value in parts.items() if hasattr(spec.operation, name)}
    return replace(spec, market=replace(spec.market, **market), operation=replace(spec.operation, **operation))


def equal_values(spec: FunnelSpec) -> FunnelSpec:
    stages = tuple(replace(stage) for stage in spec.market.stages)
    return change(spec, stages=stages, reps=tuple(replace(rep) for rep in spec.operation.reps))


def a_channel_without_leads(spec: FunnelSpec) -> FunnelSpec:
    silent = replace(spec.market.channels[0], name="silent", rate_per_day=0.0, batches=(), dispersion=1.0)
    return change(spec, channels=(*spec.market.channels, silent))


def an_empty_batch(spec: FunnelSpec) -> FunnelSpec:
    batch = Batch(day=date(2026, 1, 7), size=Fixed(0.0))
    return change(spec, channels=tuple(replace(c, batches=(*c.batches, batch)) for c in spec.market.channels))


def a_rep_who_is_always_away(spec: FunnelSpec) -> FunnelSpec:
    team = spec.operation.teams[0].name
    return change(spec, reps=(*spec.operation.reps, Rep(name="guest", team=team, calendar="always", leave=YEAR)))


def a_manager_nobody_escalates_to(spec: FunnelSpec) -> FunnelSpec:
    managed = {rep.team for rep in spec.operation.reps if rep.manager}
    teams = [team.name for team in spec.operation.teams if team.name not in managed]
    bosses = (Rep(name=f"new boss of {team}", team=team, calendar="always", manager=True) for team in teams)
    return change(spec, reps=(*spec.operation.reps, *bosses))


def experts_without_jobs(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, experts=(*spec.operation.experts, Experts(name="engineers", servers=2, calendar="always")))


def a_job_that_no_deal_needs(spec: FunnelSpec) -> FunnelSpec:
    more = experts_without_jobs(spec)
    job = ExpertJob(stage=spec.stage_names[0], experts="engineers", share=0.0, blocking=True)
    return change(more, jobs=(*spec.operation.jobs, job))


def a_gate_that_is_open_to_all(spec: FunnelSpec) -> FunnelSpec:
    gate = Gate(threshold=-1e9)
    return change(spec, stages=tuple(replace(s, gate=s.gate or gate) for s in spec.market.stages))


def a_nurture_that_no_stage_uses(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, nurture=spec.market.nurture or Nurture(returns_to=spec.stage_names[-1]))


def a_day_like_any_other(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, day_factors={date(2026, 1, 7): 1.0})


def effects_on_nobody(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, stages=tuple(replace(s, segment_effects={"huge": 9.0}) for s in spec.market.stages))


def a_promise_that_is_due_next_year(spec: FunnelSpec) -> FunnelSpec:
    sla = Sla(steps=(SlaStep(after=900.0, action=SlaAction.REMIND),), working=False)
    return change(spec, teams=tuple(replace(team, sla=team.sla or sla) for team in spec.operation.teams))


def a_pool_that_nothing_goes_to(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, teams=tuple(replace(team, pool=team.pool or PoolRules()) for team in spec.operation.teams))


def a_limit_that_nobody_reaches(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, reps=tuple(replace(r, wip_limit=r.wip_limit or 10**6) for r in spec.operation.reps))


def a_cap_that_nobody_reaches(spec: FunnelSpec) -> FunnelSpec:
    cap = DailyCap(most=10**6)
    return change(spec, teams=tuple(
        replace(team, routing=replace(team.routing, eligible=(cap, *team.routing.eligible)))
        for team in spec.operation.teams
    ))  # fmt: skip


def a_ranking_without_opinion(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, teams=tuple(
        replace(team, routing=replace(team.routing, rank=(UserFunction(no_opinion), *team.routing.rank)))
        for team in spec.operation.teams
    ))  # fmt: skip


def weights_twice_as_large(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, reps=tuple(replace(rep, weight=2 * rep.weight) for rep in spec.operation.reps))


def a_colleague_in_a_team_of_their_own(spec: FunnelSpec) -> FunnelSpec:
    idle = Team(name="idlers", stages=())
    more = (*spec.operation.reps, Rep(name="idler", team="idlers", calendar="always"))
    return change(spec, teams=(*spec.operation.teams, idle), reps=more)


def attrition_of_nobody(spec: FunnelSpec) -> FunnelSpec:
    nobody = Attrition(per_year=0.0, backfill=Fixed(1.0))
    return change(spec, teams=tuple(replace(team, attrition=team.attrition or nobody) for team in spec.operation.teams))


def careers_beyond_the_run(spec: FunnelSpec) -> FunnelSpec:
    first, last = date(2020, 1, 1), date(2030, 1, 1)
    return change(spec, reps=tuple(
        replace(rep, joins=rep.joins or first, leaves=rep.leaves or last) for rep in spec.operation.reps
    ))  # fmt: skip


def a_lesson_without_effect(spec: FunnelSpec) -> FunnelSpec:
    lesson = SkillGain(since=date(2026, 1, 6), log_odds=0.0, half_life=1.0)
    return change(spec, reps=tuple(replace(rep, gains=(*rep.gains, lesson)) for rep in spec.operation.reps))


def demand_as_usual(spec: FunnelSpec) -> FunnelSpec:
    return change(spec, demand=(*spec.market.demand, DemandShift(factor=1.0), DemandShift(factor=1.0, region="south")))


ZERO_LEVERS: tuple[Callable[[FunnelSpec], FunnelSpec], ...] = (
    equal_values,
    a_channel_without_leads,
    an_empty_batch,
    a_rep_who_is_always_away,
    a_manager_nobody_escalates_to,
    experts_without_jobs,
    a_job_that_no_deal_needs,
    a_gate_that_is_open_to_all,
    a_nurture_that_no_stage_uses,
    a_day_like_any_other,
    effects_on_nobody,
    a_promise_that_is_due_next_year,
    a_pool_that_nothing_goes_to,
    a_limit_that_nobody_reaches,
    a_cap_that_nobody_reaches,
    a_ranking_without_opinion,
    weights_twice_as_large,
    a_colleague_in_a_team_of_their_own,
    attrition_of_nobody,
    careers_beyond_the_run,
    a_lesson_without_effect,
    demand_as_usual,
)


def facts(log: EventLog, until: float = float("inf")) -> list[tuple[Any, ...]]:
    """Return every row before a time, with names for codes, so that other vocabularies don't matter."""
    return list(zip(*_columns(log, log.events, log.events["time"] < until), strict=True))


def leads(log: EventLog) -> list[tuple[Any, ...]]:
    """Return the lead table, without the accounts' names: they say which regions there are."""
    table = {name: values for name, values in log.leads.items() if name != "account"}
    return list(zip(*_columns(log, table), strict=True))


def _columns(log: EventLog, table: Mapping[str, Column], rows: Any = slice(None)) -> Iterator[list[Any]]:
    for name, values in table.items():
        texts = (*log.vocabulary.get(name, ()), "none")
        yield (
            [texts[code] for code in values[rows]]
            if name in log.vocabulary
            else [repr(v) for v in values[rows].tolist()]
        )


@given(run=runs(), lever=st.sampled_from(ZERO_LEVERS))
def test_a_lever_of_zero_size_changes_not_one_row(run: Run, lever: Callable[[FunnelSpec], FunnelSpec]) -> None:
    log = run.again(lever(run.spec))
    assert facts(run.log) == facts(log)
    assert leads(run.log) == leads(log)


@given(run=runs())
def test_equal_luck_gives_equal_logs_and_other_luck_gives_others(run: Run) -> None:
    assert facts(run.again(run.spec)) == facts(run.log)
    if run.log.n_leads > len(run.opening.deals) + 20:  # the fewer leads arrive, the likelier are equal logs
        assert facts(run.again(run.spec, replication=1)) != facts(run.log)


@given(run=runs())
def test_a_longer_run_begins_as_the_shorter_one(run: Run) -> None:
    shorter = replace(run, days=DAYS / 2)
    assert facts(shorter.log) == facts(run.log, until=DAYS / 2)
