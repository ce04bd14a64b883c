"""A small sales floor that every lever can be pulled on: two channels, stages and teams, a manager and a lawyer."""

from datetime import UTC, date, datetime, time

import pytest

from sim.calendar import Shift, WorkingCalendar
from sim.distributions import Exponential, Fixed, LogNormal
from sim.market import Batch, Channel, Market, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import ExpertJob, Operation, Sla, SlaAction, SlaStep, Team
from sim.routing.registry import policy
from sim.spec import FunnelSpec
from sim.workforce import Experts, Ramp, Rep

OFFICE = WorkingCalendar.office("office", time(9), time(17))
EARLY = WorkingCalendar("early", ((Shift(time(6), time(12)),),) * 6 + ((),))

MARKET = Market(
    channels=(
        Channel(name="web", rate_per_day=3.0, dispersion=0.1, regions={"north": 0.5, "south": 0.5}),
        Channel(name="fair", rate_per_day=0.2, batches=(Batch(day=date(2026, 1, 8), size=Fixed(20.0)),)),
    ),
    stages=(
        Stage(name="qualify", advance=0.5, effort=Exponential(0.1), latency=Exponential(1.0), speed_slope=0.1),
        Stage(name="close", advance=0.4, effort=Exponential(0.2), latency=Exponential(3.0), quality_slope=0.5),
    ),
    amounts={"any": {"any": LogNormal(10_000.0, 1.2)}},
)
OPERATION = Operation(
    teams=(
        Team(name="inside", stages=("qualify",), routing=policy("round-robin"), ramp=Ramp()),
        Team(
            name="field",
            stages=("close",),
            routing=policy("least-open"),
            sla=Sla(steps=(SlaStep(after=1.0, action=SlaAction.ESCALATE),)),
        ),
    ),
    reps=(
        Rep(name="Ada", team="inside", calendar="office", speed=1.2),
        Rep(
            name="Ben", team="inside", calendar="office", leave=((date(2026, 1, 12), date(2026, 1, 16)),), wip_limit=20
        ),
        Rep(name="Cem", team="inside", calendar="early", speed=0.9, skill={"*": 0.3}, wip_limit=10, seniority=0),
        Rep(name="Dee", team="field", calendar="office", skill={"close": 0.2}),
        Rep(name="Eli", team="field", calendar="office", regions=("north",)),
        Rep(name="Mia", team="field", calendar="office", manager=True),
    ),
    calendars={"office": OFFICE, "early": EARLY},
    experts=(Experts(name="legal", servers=1, calendar="office"),),
    jobs=(ExpertJob(stage="close", experts="legal", share=0.5),),
)


@pytest.fixture(scope="session")
def funnel() -> FunnelSpec:
    """The floor's funnel."""
    return FunnelSpec(market=MARKET, operation=OPERATION)


@pytest.fixture(scope="session")
def opening() -> Opening:
    """One deal in the middle of things, owned by the rep who is listed last in the team."""
    deal = OpenDeal(label="D-1", stage="close", owner="Eli", age=30.0, stage_age=9.0, last_touch_age=9.0)
    return Opening(datetime(2026, 1, 5, tzinfo=UTC), (deal,))
