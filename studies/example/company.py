"""Tarnbeck Software as one funnel: the truth behind the export."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sim.discipline import Discipline
from sim.distributions import LogNormal
from sim.operation import ExpertJob, Operation, PoolRules, Sla, SlaAction, SlaStep, Team
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.policy import Routing
from sim.routing.round_robin import RoundRobin
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Ramp
from studies.example.market import LEAD, MQL, NEGOTIATION, PROPOSAL, SQL, TIME_ZONE, market
from studies.example.people import CLOSERS, DESK, ENGINEERS, LEGAL, calendars, experts, reps

NAME = "Tarnbeck Software"
ZONE = ZoneInfo(TIME_ZONE)
SINCE = datetime(2024, 1, 1, tzinfo=ZONE)
"""Leads created from here on are in the export."""
AS_OF = datetime(2026, 1, 1, tzinfo=ZONE)
"""When the export was made."""
QUARTER_DAYS = 90.0
"""Days of the quarter that begins at the as-of date."""


def truth() -> FunnelSpec:
    """Return the funnel from which the export was simulated."""
    return FunnelSpec(market=market(), operation=_operation())


def operation() -> Operation:
    """Return what the company knows without its CRM: teams, hours, rules and experts, but nobody's speed or skill."""
    plain = tuple(replace(rep, speed=1.0, skill={}) for rep in reps())
    return replace(_operation(), reps=plain)


def _operation() -> Operation:
    return Operation(
        teams=(_desk(), _closers()),
        reps=reps(),
        calendars=calendars(),
        experts=experts(),
        jobs=(
            ExpertJob(stage=PROPOSAL, experts=ENGINEERS, effort=LogNormal(3.0 * HOUR, 0.5), share=0.5, blocking=True),
            ExpertJob(stage=NEGOTIATION, experts=LEGAL, effort=LogNormal(2.5 * HOUR, 0.7), share=0.9),
        ),
    )


def _desk() -> Team:
    """Sales development: by region, in turn; a reminder after four working hours, back to the pool after nine."""
    return Team(
        name=DESK,
        stages=(LEAD, MQL),
        routing=Routing(eligible=(ByRegion(),), rank=(RoundRobin(),), relax=True),
        discipline=Discipline.FIFO,
        sla=Sla(
            steps=(
                SlaStep(after=4 * HOUR, action=SlaAction.REMIND),
                SlaStep(after=9 * HOUR, action=SlaAction.POOL),
            ),
            most_hops=2,
        ),
        pool=PoolRules(pick=Discipline.SCORE, claims_per_day=8, cool_down=1.0),
        ramp=Ramp(days=90.0, start=0.4),
    )


def _closers() -> Team:
    """Account executives: by region and product line, in turn."""
    return Team(
        name=CLOSERS,
        stages=(SQL, PROPOSAL, NEGOTIATION),
        routing=Routing(eligible=(ByRegion(), ByProduct()), rank=(RoundRobin(),), relax=True),
        sla=Sla(steps=(SlaStep(after=6 * HOUR, action=SlaAction.REMIND),)),
        ramp=Ramp(days=150.0, start=0.3),
    )
