"""Funnels that between them use everything a spec can say."""

from datetime import date, time

from hypothesis import strategies as st

from sim.calendar import ALWAYS, Shift, WorkingCalendar
from sim.discipline import Discipline
from sim.distributions import Discrete, Empirical, Exponential, Fixed, LogNormal, Uniform, Weibull, geometric_counts
from sim.market import WON, Batch, Channel, DemandShift, Gate, Market, Nurture, Scoring, Stage
from sim.operation import ExpertJob, Operation, Ownership, PoolRules, Sla, SlaAction, SlaStep, Team
from sim.routing.account_owner import AccountOwner
from sim.routing.at_work import AtWork
from sim.routing.by_index import ByIndex
from sim.routing.by_region import ByRegion
from sim.routing.by_speed import BySpeed
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.policy import Nobody, Routing, Ties
from sim.routing.registry import POLICIES
from sim.routing.round_robin import RoundRobin
from sim.spec import FunnelSpec
from sim.units import HOUR, MINUTE
from sim.workforce import SENIOR, Attrition, Experts, Ramp, Rep, SkillGain

BERLIN = WorkingCalendar(
    "office",
    ((Shift(time(9), time(12, 30)), Shift(time(13), time(17))),) * 4 + ((Shift(time(9), time(15)),), (), ()),
    "Europe/Berlin",
    frozenset({date(2026, 12, 25), date(2026, 12, 24)}),
    ((date(2026, 10, 10), 3),),
)
NIGHTS = WorkingCalendar("nights", ((Shift(time(22), time(6)),),) * 5 + ((), (Shift(time(0, 0, 30), time(0)),)))

RICH = FunnelSpec(
    market=Market(
        channels=(
            Channel(
                name="web",
                rate_per_day=40.0,
                month=(1.1,) * 6 + (0.9,) * 6,
                weekday=(1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5),
                trend_per_year=0.1,
                dispersion=0.2,
                regions={"north": 0.6, "south": 0.4},
                segments={"small": 0.7, "large": 0.3},
                products={"core": 1.0},
            ),
            Channel(
                name="fairs",
                rate_per_day=0,
                batches=(
                    Batch(day=date(2026, 3, 1), size=Uniform(100, 200), upload_lag=LogNormal(2.0, 0.5)),
                    Batch(day=date(2026, 9, 1), size=Fixed(50.0)),
                ),
                regions={"north": 1.0},
                segments={"small": 1.0},
                products={"core": 1.0},
                quality=0.3,
                entry="demo",
            ),
        ),
        stages=(
            Stage(
                name="qualify",
                advance=0.35,
                touches=Discrete((1.0, 2.0, 3.0), (0.5, 0.3, 0.2)),
                effort=LogNormal(20 * MINUTE, 0.6),
                latency=Exponential(1.5),
                lost_touches=geometric_counts(2.0, 5),
                patience=Weibull(0.9, 10.0),
                quality_slope=0.6,
                speed_slope=0.25,
                speed_reference=5 * MINUTE,
                channel_effects={"fairs": -0.4},
                causes={"no response": 0.6, "bad fit": 0.4},
                nurture=0.2,
                least_score=12.5,
            ),
            Stage(
                name="demo",
                advance=0.5,
                effort=Fixed(1 * HOUR),
                latency=Empirical((0.0, 0.5, 1.25, 30.0)),
                lost_latency=Fixed(1 / 3),
                next={"closing": 0.9, WON: 0.1},
                gate=Gate(threshold=0.2, sensitivity=0.9, specificity=0.8, effort=10 * MINUTE),
            ),
            Stage(
                name="closing",
                advance=0.4,
                effort=Uniform(0.5 * HOUR, 4 * HOUR),
                latency=LogNormal(12.0, 0.9),
                lead_in=Fixed(2 * HOUR),
                automatic=0.1,
                automatic_latency=Exponential(5 * MINUTE),
            ),
        ),
        amounts={
            "large": {"core": LogNormal(60_000.0, 1.1)},
            "any": {"any": Discrete((1000.0, 5000.0), (0.8, 0.2))},
        },
        discount=Uniform(0.0, 0.2),
        scoring=Scoring(concordance=0.75, half_life=45.0, tiers={"A": 70.0, "B": 0.0}),
        nurture=Nurture(returns_to="qualify", cadence=21.0),
        accounts=5000,
        day_factors={date(2026, 12, 25): 0.0},
        demand=(
            DemandShift(factor=0.6, first=date(2026, 5, 1), last=date(2026, 7, 31), channel="web"),
            DemandShift(factor=0.0, first=date(2026, 9, 1), region="south"),
        ),
        time_zone="Europe/Berlin",
        overload_slope=0.01,
        comfortable_load=30,
        product_match=0.1,
    ),
    operation=Operation(
        teams=(
            Team(
                name="desk",
                stages=("qualify",),
                routing=Routing(
                    rank=(AccountOwner(), BySpeed(slowest=True), ByIndex(load=1.0, value_skill=-0.25), RoundRobin()),
                    eligible=(ByTier(tiers=1, seniority=1), ByRegion(), AtWork(2 * HOUR), DailyCap(40)),
                    ties=Ties.LEAST_RECENT,
                    nobody=Nobody.MANAGER,
                    relax=True,
                ),
                discipline=Discipline.DECAY_VALUE,
                sla=Sla(
                    steps=(
                        SlaStep(after=30 * MINUTE, action=SlaAction.REMIND),
                        SlaStep(after=4 * HOUR, action=SlaAction.NEXT_REP),
                        SlaStep(after=1.0, action=SlaAction.POOL),
                    ),
                    working=False,
                    tiers=("A",),
                    most_hops=2,
                ),
                pool=PoolRules(pick=Discipline.VALUE, holding_limit=40, claims_per_day=10, cool_down=0.5),
                ramp=Ramp(days=90.0, start=0.4),
                ownership=Ownership.TOUCH,
                attrition=Attrition(per_year=0.3, backfill=Uniform(30, 90)),
            ),
            Team(name="closers", stages=("demo", "closing"), routing=POLICIES["by-region"]),
        ),
        reps=(
            Rep(
                name="Ann",
                team="desk",
                calendar="berlin",
                leave=((date(2026, 7, 1), date(2026, 7, 14)), (date(2026, 5, 2), date(2026, 5, 2))),
            ),
            Rep(name="Bo", team="desk", calendar="office", speed=1.2, wip_limit=60, hired=date(2026, 1, 5), weight=0.0),
            Rep(
                name="Cy",
                team="desk",
                calendar="office",
                manager=True,
                joins=date(2026, 2, 1),
                leaves=date(2026, 9, 30),
            ),
            Rep(name="Di", team="closers", calendar="nights", regions=("north",), products=("core",), seniority=SENIOR),
            Rep(
                name="No",
                team="closers",
                calendar="always",
                skill={"*": 0.1, "closing": -0.2},
                admin_share=0.25,
                gains=(
                    SkillGain(since=date(2026, 3, 2), log_odds=0.2, stage="closing", half_life=120.0),
                    SkillGain(since=date(2026, 4, 1), log_odds=0.1),
                ),
            ),
        ),
        calendars={"office": BERLIN, "berlin": BERLIN, "nights": NIGHTS, "always": ALWAYS},
        experts=(Experts(name="legal", servers=2, calendar="office"),),
        jobs=(ExpertJob(stage="closing", experts="legal", effort=LogNormal(6 * HOUR, 0.4), share=0.7, blocking=True),),
    ),
)

_POSITIVE = st.floats(1e-6, 1e6)
_CHANCE = st.floats(0, 1)
_NAMES = st.sampled_from(
    ["web", "No", "1.0", "null", "2026-01-01", "a: b", "#1", "合同", "tru e", "x\ny", " lead ", "9:00"]
)


def distributions() -> st.SearchStrategy[object]:
    return st.one_of(
        st.builds(Fixed, st.floats(0, 1e6)),
        st.builds(Exponential, _POSITIVE),
        st.builds(lambda low, more: Uniform(low, low + more), st.floats(0, 1e3), st.floats(1e-3, 1e3)),
        st.builds(LogNormal, _POSITIVE, st.floats(0.01, 3)),
        st.builds(Weibull, st.floats(0.1, 5), _POSITIVE),
        st.lists(st.floats(0, 1e4), min_size=2, max_size=6).map(lambda values: Empirical(tuple(sorted(values)))),
        st.lists(st.floats(0, 50), min_size=1, max_size=4).map(
            lambda values: Discrete(tuple(sorted(values)), (1 / len(values),) * len(values))
        ),
    )


@st.composite
def funnels(draw: st.DrawFn) -> FunnelSpec:
    names = draw(st.lists(_NAMES, min_size=1, max_size=4, unique=True))
    stages = tuple(
        Stage(
            name=name,
            advance=draw(_CHANCE),
            touches=draw(distributions()),
            effort=draw(distributions()),
            latency=draw(distributions()),
            patience=draw(st.none() | distributions()),
            speed_reference=draw(_POSITIVE),
            quality_slope=draw(st.floats(-3, 3)),
        )
        for name in names
    )
    channel = Channel(name=draw(_NAMES), rate_per_day=draw(st.integers(0, 50) | st.floats(0, 50)), entry=names[-1])
    team = Team(
        name=draw(_NAMES),
        stages=tuple(names),
        discipline=draw(st.sampled_from(Discipline)),
        routing=draw(st.sampled_from([policy for policy in POLICIES.values() if policy.push])),
        ramp=draw(st.none() | st.builds(Ramp, days=_POSITIVE, start=st.floats(0.01, 1))),
    )
    rep = Rep(name=draw(_NAMES), team=team.name, calendar="c", speed=draw(_POSITIVE), weight=draw(_CHANCE))
    market = Market(channels=(channel,), stages=stages, amounts={"any": {"any": draw(distributions())}})
    return FunnelSpec(market=market, operation=Operation(teams=(team,), reps=(rep,), calendars={"c": NIGHTS}))
