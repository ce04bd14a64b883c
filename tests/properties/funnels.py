"""Random small funnels that use every feature of the model: what the properties are tested on."""

from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from hypothesis import strategies as st

from sim.calendar import ALWAYS, Shift, WorkingCalendar
from sim.discipline import Discipline
from sim.distributions import (
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Uniform,
    Weibull,
    geometric_counts,
)
from sim.eventlog import EventLog
from sim.market import Batch, Channel, DemandShift, Gate, Market, Nurture, Scoring, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import ExpertJob, Operation, Ownership, PoolRules, Sla, SlaAction, SlaStep, Team
from sim.pull import FreeRep, UserPull
from sim.routing.account_owner import AccountOwner
from sim.routing.at_work import AtWork
from sim.routing.by_index import ByIndex
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.by_speed import BySpeed
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.least_open import LeastOpen
from sim.routing.most_capacity import MostCapacity
from sim.routing.policy import Nobody, Routing, Ties
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from sim.routing.state import Floats, LeadView, TeamState, Whole
from sim.routing.user_function import UserFunction
from sim.routing.value_balanced import ValueBalanced
from sim.routing.weighted_round_robin import WeightedRoundRobin
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.workforce import Attrition, Experts, Ramp, Rep, SkillGain

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
DAYS = 9.0
REGIONS, PRODUCTS, SEGMENTS = ("north", "south"), ("basic", "pro"), ("small", "large")

SPLIT = ((Shift(time(8), time(12)), Shift(time(13), time(17))),) * 7
CALENDARS = {
    "always": ALWAYS,
    "office": WorkingCalendar.office("office", time(9), time(17), time_zone="Europe/Berlin"),
    "split": WorkingCalendar("split", SPLIT, time_zone="America/New_York"),
    "night": WorkingCalendar("night", ((Shift(time(22), time(6)),),) * 7, time_zone="Asia/Shanghai"),
}
LEAVES = (
    (),
    ((date(2026, 1, 7), date(2026, 1, 8)),),
    ((date(2026, 1, 5), date(2026, 1, 5)), (date(2026, 1, 9), date(2026, 1, 12))),
)


def by_turns(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:
    """Name the first rep every other time, and else nobody."""
    state[0, 0] += 1
    return int(state[0, 0]) % 2 - 1


def every_other_by_score(rep: FreeRep, now: float, queue: Any, state: Floats) -> int:
    """Name the best of those who haven't just come in, or the last, or nobody; remember how often."""
    state[rep.place, 1] += 1
    if state[rep.place, 1] % 3 == 0:
        return -1
    if state[rep.place, 1] % 3 == 1:
        return len(queue) - 1
    best = 0
    for i in range(len(queue)):
        waited = now - queue[i].ready > 0.01 and not queue[i].urgent
        if waited and queue.score[i] - queue[i].tier > queue.score[best] - rep.open_deals:
            best = i
    return best


PULLS = (None, None, UserPull(every_other_by_score))
RANKINGS = (
    RandomChoice(),
    RoundRobin(),
    WeightedRoundRobin(),
    LeastOpen(),
    MostCapacity(),
    ValueBalanced(),
    BySpeed(),
    BySpeed(slowest=True),
    AccountOwner(),
    UserFunction(by_turns),
    ByIndex(load=1.0, todo=0.5, speed=-0.3, skill=0.7, soon=0.2, turn=0.1, owner=0.4, value_skill=2.0, value_todo=-1.0),
    ByIndex(todo=1.0, value_skill=1.0),
)
FILTERS = (ByRegion(), ByProduct(), ByTier(), ByTier(exclusive=True), AtWork(), AtWork(within=0.2), DailyCap(most=2))

JOINS = (None, None, None, date(2026, 1, 1), date(2026, 1, 7))
LEAVES_ON = (None, None, None, date(2026, 1, 7), date(2026, 1, 9), date(2026, 1, 12))
GAINS = (
    (),
    (),
    (SkillGain(since=date(2026, 1, 7), log_odds=1.0, half_life=2.0),),
    (
        SkillGain(since=date(2025, 12, 1), log_odds=-0.5, stage="stage 0"),
        SkillGain(since=date(2026, 1, 6), log_odds=2.0, half_life=1.0),
    ),
)
ATTRITION = (
    None,
    None,
    Attrition(per_year=1 - 1e-16),
    Attrition(per_year=1 - 1e-14, backfill=Fixed(1.5)),
    Attrition(per_year=1 - 1e-16, backfill=Exponential(0.5)),
)
"""Half of the reps leave within a week or so; the shorter an absence, the more often."""
DEMAND = (
    (),
    (),
    (DemandShift(factor=0.3, first=date(2026, 1, 7)),),
    (
        DemandShift(factor=2.0, last=date(2026, 1, 8), channel="channel 0"),
        DemandShift(factor=0.0, first=date(2026, 1, 6), last=date(2026, 1, 7), region="south"),
    ),
)

efforts: st.SearchStrategy[Distribution] = st.sampled_from(
    (Fixed(0.0), Fixed(1 / 24), Exponential(0.1), LogNormal(0.05, 1.0), Fixed(0.4), Empirical((0.0, 0.01, 0.2)))
)
latencies: st.SearchStrategy[Distribution] = st.sampled_from(
    (Fixed(0.0), Exponential(0.5), Fixed(1.0), Weibull(0.7, 1.0), Uniform(0.0, 2.0))
)
counts: st.SearchStrategy[Distribution] = st.sampled_from(
    (Fixed(1.0), Fixed(2.0), Discrete((1.0, 2.0, 4.0), (0.5, 0.3, 0.2)), geometric_counts(2.0))
)
patiences = st.sampled_from((None, None, Fixed(0.5), Exponential(1.0), Fixed(0.02)))
chances = st.sampled_from((0.0, 0.3, 0.5, 1.0))
mixes = {
    names: st.sampled_from(({names[0]: 1.0}, {names[0]: 0.4, names[1]: 0.6})) for names in (REGIONS, PRODUCTS, SEGMENTS)
}


def told(value: object) -> str:
    """Write a value as Python, leaving out what is as usual: a failing funnel should fit on a screen."""
    if isinstance(value, WorkingCalendar):
        return value.name
    if is_dataclass(value):
        parts = (
            f"{field.name}={told(getattr(value, field.name))}" for field in fields(value) if _unusual(value, field)
        )
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, tuple):
        return f"({', '.join(told(item) for item in value)},)"
    return repr(value)


def _unusual(value: object, field: Field[Any]) -> bool:
    made = field.default_factory is not MISSING
    usual = field.default_factory() if made else field.default  # type: ignore[misc]
    return getattr(value, field.name) != usual and field.name != "calendars"


@dataclass(frozen=True, repr=False)
class Run:
    """A funnel, and everything else that a simulation is told."""

    spec: FunnelSpec
    opening: Opening
    days: float
    seed: int

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:  # Hypothesis shows values with IPython's protocol
        printer.text(told(self))

    @cached_property
    def log(self) -> EventLog:
        """What happens in it."""
        return self.again(self.spec)

    def again(self, spec: FunnelSpec, replication: int = 0) -> EventLog:
        """Simulate another funnel, or another replication, with all else equal."""
        return simulate(spec, self.opening, days=self.days, seed=self.seed, replication=replication)


@st.composite
def runs(draw: st.DrawFn) -> Run:
    """Draw a run."""
    stages = draw(st.integers(1, 3))
    market = draw(markets(tuple(f"stage {i}" for i in range(stages))))
    spec = FunnelSpec(market=market, operation=draw(operations(market)))
    hour = draw(st.sampled_from((0, 7)))
    opening = Opening(as_of=MONDAY.replace(hour=hour), deals=draw(open_deals(spec)))
    return Run(spec, opening, DAYS, draw(st.integers(0, 2**32 - 1)))


@st.composite
def markets(draw: st.DrawFn, stages: tuple[str, ...]) -> Market:
    """Draw a market with the given stages."""
    nurture = draw(st.sampled_from((None, Nurture(returns_to=stages[0], cadence=1.0, wake=0.3, opt_out=0.2))))
    first = draw(channels(stages, number=0))
    more = [draw(channels(stages, number=i)) for i in range(1, draw(st.integers(1, 3)))]
    return Market(
        channels=(first, *more),
        stages=tuple(draw(chain_stages(stages, place, nurtured=nurture is not None)) for place in range(len(stages))),
        amounts={"any": {"any": draw(st.sampled_from((Fixed(0.0), LogNormal(1000.0, 1.0))))}},
        discount=draw(st.sampled_from((Fixed(0.0), Uniform(0.0, 0.3)))),
        scoring=Scoring(concordance=draw(st.sampled_from((0.5, 0.8, 1.0)))),
        nurture=nurture,
        demand=draw(st.sampled_from(DEMAND)),
        accounts=draw(st.sampled_from((1, 5, 1000))),
        overload_slope=draw(st.sampled_from((0.0, 0.5))),
        comfortable_load=draw(st.integers(0, 3)),
        product_match=draw(st.sampled_from((0.0, 0.5))),
    )


@st.composite
def channels(draw: st.DrawFn, stages: tuple[str, ...], number: int) -> Channel:
    """Draw a channel; the first one knows all names, so that reps may serve them."""
    fair = Batch(day=date(2026, 1, 6), size=Fixed(6.0), upload_lag=Fixed(0.4))
    full = number == 0
    return Channel(
        name=f"channel {number}",
        rate_per_day=draw(st.sampled_from((2.0, 6.0))),
        hour=draw(st.sampled_from(((1.0,) * 24, (0.0,) * 8 + (2.0,) * 12 + (0.0,) * 4))),
        dispersion=draw(st.sampled_from((0.0, 0.5))),
        trend_per_year=draw(st.sampled_from((0.0, 3.0))),
        batches=draw(st.sampled_from(((), (fair,), (fair, fair)))),
        regions={"north": 0.5, "south": 0.5} if full else draw(mixes[REGIONS]),
        products={"basic": 0.5, "pro": 0.5} if full else draw(mixes[PRODUCTS]),
        segments={"small": 0.5, "large": 0.5} if full else draw(mixes[SEGMENTS]),
        quality=draw(st.sampled_from((0.0, 2.0))),
        entry=draw(st.sampled_from((None, *stages))),
    )


@st.composite
def chain_stages(draw: st.DrawFn, names: tuple[str, ...], place: int, *, nurtured: bool) -> Stage:
    """Draw the stage at a place in the chain; some skip the next one, and some go back."""
    ways: list[dict[str, float]] = [{}, {"won": 0.5, names[-1]: 0.5} if place + 1 < len(names) else {"won": 1.0}]
    if place:
        ways.append({names[0]: 0.3, "won": 0.7})
    return Stage(
        name=names[place],
        advance=draw(st.sampled_from((0.3, 0.7, 1.0))),
        lead_in=draw(st.sampled_from((Fixed(0.0), Fixed(0.0), Exponential(0.5), Fixed(0.25)))),
        touches=draw(counts),
        effort=draw(efforts),
        latency=draw(latencies),
        lost_touches=draw(st.sampled_from((None, Fixed(1.0), Fixed(3.0)))),
        lost_latency=draw(st.sampled_from((None, Exponential(2.0)))),
        patience=draw(patiences),
        quality_slope=draw(st.sampled_from((0.0, 1.0))),
        speed_slope=draw(st.sampled_from((0.0, 0.3))),
        channel_effects=draw(st.sampled_from(({}, {"channel 0": -0.5}))),
        causes=draw(st.sampled_from(({"price": 1.0}, {"price": 0.5, "competitor": 0.5}))),
        nurture=draw(chances) if nurtured else 0.0,
        next=draw(st.sampled_from(ways)),
        least_score=draw(st.sampled_from((0.0, 0.0, 0.0, 40.0))),
        gate=draw(st.sampled_from((None, None, Gate(threshold=0.0, sensitivity=0.9, specificity=0.6, effort=0.02)))),
        automatic=draw(st.sampled_from((0.0, 0.0, 0.3))),
        automatic_latency=draw(st.sampled_from((Fixed(0.0), Exponential(0.2)))),
    )


@st.composite
def operations(draw: st.DrawFn, market: Market) -> Operation:
    """Draw an operation for a market: one team for all stages, or one for each."""
    names = tuple(stage.name for stage in market.stages)
    areas = draw(st.sampled_from(((names,), tuple((name,) for name in names))))
    teams, reps = [], []
    for number, area in enumerate(areas):
        team, people = draw(staffed_teams(f"team {number}", area))
        teams.append(team)
        reps += people
    experts = draw(st.sampled_from(((), (Experts(name="legal", servers=1, calendar="office"),))))
    jobs = draw(st.lists(expert_jobs(names), max_size=2)) if experts else []
    return Operation(teams=tuple(teams), reps=tuple(reps), calendars=CALENDARS, experts=experts, jobs=tuple(jobs))


@st.composite
def expert_jobs(draw: st.DrawFn, stages: tuple[str, ...]) -> ExpertJob:
    """Draw a job for the lawyer."""
    return ExpertJob(
        stage=draw(st.sampled_from(stages)),
        experts="legal",
        effort=draw(efforts),
        share=draw(st.sampled_from((0.5, 1.0))),
        blocking=draw(st.booleans()),
    )


@st.composite
def staffed_teams(draw: st.DrawFn, name: str, stages: tuple[str, ...]) -> tuple[Team, list[Rep]]:
    """Draw a team and its reps; rules that need a pool or a manager come only with one."""
    pool = draw(st.one_of(st.none(), pools()))
    managed = draw(st.booleans())
    reps = [draw(people(f"{name} rep {i}", name)) for i in range(draw(st.integers(1, 4)))]
    if managed:
        reps.insert(
            draw(st.integers(0, len(reps))), Rep(name=f"{name} boss", team=name, calendar="split", manager=True)
        )
    default_owner = draw(st.sampled_from([rep.name for rep in reps]))
    team = Team(
        name=name,
        stages=stages,
        routing=draw(routings(default_owner, pooled=pool is not None, managed=managed)),
        discipline=draw(st.sampled_from(Discipline)),
        choose_lead=draw(st.sampled_from(PULLS)),
        sla=draw(st.one_of(st.none(), slas(pooled=pool is not None, managed=managed))),
        pool=pool,
        ramp=draw(st.sampled_from((None, Ramp(days=10.0, start=0.3)))),
        ownership=draw(st.sampled_from(Ownership)),
        attrition=draw(st.sampled_from(ATTRITION)),
    )
    return team, reps


@st.composite
def people(draw: st.DrawFn, name: str, team: str) -> Rep:
    """Draw a rep."""
    return Rep(
        name=name,
        team=team,
        calendar=draw(st.sampled_from(tuple(CALENDARS))),
        leave=draw(st.sampled_from(LEAVES)),
        regions=draw(st.sampled_from(((), ("north",), ("south",)))),
        products=draw(st.sampled_from(((), ("pro",)))),
        seniority=draw(st.integers(0, 2)),
        skill=draw(st.sampled_from(({}, {"*": 0.5}, {"stage 0": -0.5}))),
        speed=draw(st.sampled_from((1.0, 0.5, 2.0))),
        admin_share=draw(st.sampled_from((0.0, 0.25))),
        wip_limit=draw(st.sampled_from((None, 1, 2, 5))),
        hired=draw(st.sampled_from((None, date(2026, 1, 1), date(2026, 1, 8)))),
        joins=draw(st.sampled_from(JOINS)),
        leaves=draw(st.sampled_from(LEAVES_ON)),
        gains=draw(st.sampled_from(GAINS)),
        weight=draw(st.sampled_from((0.0, 1.0, 2.5))),
    )


@st.composite
def pools(draw: st.DrawFn) -> PoolRules:
    """Draw the rules of a pool."""
    return PoolRules(
        pick=draw(st.sampled_from(Discipline)),
        holding_limit=draw(st.sampled_from((None, 1, 3))),
        claims_per_day=draw(st.sampled_from((None, 1, 3))),
        cool_down=draw(st.sampled_from((0.0, 0.3, 2.0))),
    )


@st.composite
def routings(draw: st.DrawFn, default_owner: str, *, pooled: bool, managed: bool) -> Routing:
    """Draw a routing policy."""
    nobody = [Nobody.HOLD, Nobody.HOLD, Nobody.DEFAULT_OWNER, Nobody.UNASSIGNED]
    nobody += [Nobody.POOL] * pooled + [Nobody.MANAGER] * managed
    return Routing(
        rank=tuple(draw(st.lists(st.sampled_from(RANKINGS), max_size=2))),
        eligible=tuple(draw(st.lists(st.sampled_from(FILTERS), max_size=2))),
        ties=draw(st.sampled_from(Ties)),
        nobody=draw(st.sampled_from(nobody)),
        relax=draw(st.booleans()),
        push=draw(st.booleans()) if pooled else True,
        default_owner=default_owner,
    )


@st.composite
def slas(draw: st.DrawFn, *, pooled: bool, managed: bool) -> Sla:
    """Draw a promise with up to three steps."""
    actions = [SlaAction.REMIND, SlaAction.NEXT_REP] + [SlaAction.POOL] * pooled + [SlaAction.ESCALATE] * managed
    after = sorted(draw(st.lists(st.sampled_from((0.01, 0.05, 0.2, 1.0)), min_size=1, max_size=3)))
    return Sla(
        steps=tuple(SlaStep(after=days, action=draw(st.sampled_from(actions))) for days in after),
        working=draw(st.booleans()),
        tiers=draw(st.sampled_from(((), ("A", "B")))),
        most_hops=draw(st.sampled_from((0, 1, 3))),
    )


@st.composite
def open_deals(draw: st.DrawFn, spec: FunnelSpec) -> tuple[OpenDeal, ...]:
    """Draw what is open at the start."""
    owners = (None, "somebody who left", *(rep.name for rep in spec.operation.reps if not rep.manager))
    deals = []
    for number in range(draw(st.integers(0, 4))):
        last, in_stage = sorted((draw(st.floats(0, 5)), draw(st.floats(0, 5))))
        deals.append(
            OpenDeal(
                label=f"open {number}",
                stage=draw(st.sampled_from(spec.stage_names)),
                channel=draw(st.sampled_from(("", "channel 0"))),
                region=draw(st.sampled_from(("", "south"))),
                owner=draw(st.sampled_from(owners)),
                age=in_stage + draw(st.floats(0, 5)),
                stage_age=in_stage,
                touches=draw(st.integers(0, 3)),
                last_touch_age=last,
                score=draw(st.sampled_from((float("nan"), 90.0))),
            )
        )
    return tuple(deals)
