"""A company of any size: every rep has as much to do in a large one as in a small one."""

from datetime import time

from sim.calendar import WorkingCalendar
from sim.distributions import Exponential, LogNormal, geometric_counts
from sim.market import Channel, Market, Stage
from sim.operation import Operation, Sla, SlaAction, SlaStep, Team
from sim.routing.policy import Routing, Ties
from sim.routing.round_robin import RoundRobin
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Rep

OFFICE = WorkingCalendar.office("office", time(9), time(17), time_zone="Europe/Berlin")
IN_TURN = Routing(rank=(RoundRobin(),), ties=Ties.LIST)
REMINDER = Sla(steps=(SlaStep(after=8 * HOUR, action=SlaAction.REMIND),))
DESK_SHARE = 0.4
"""Share of the reps who work at the first stage."""


def company(leads_a_day: float, reps: int) -> FunnelSpec:
    """Return a funnel of two stages: office hours, own to-do lists, several touches, answers, impatience, reminders.

    With 1,000 leads a year for each rep, reps are busy about two thirds of their hours.
    """
    at_desk = round(DESK_SHARE * reps)
    qualify = Stage(
        name="qualify",
        advance=0.4,
        effort=LogNormal(0.3 * HOUR, 0.6),
        latency=Exponential(1.0),
        touches=geometric_counts(1.5),
        patience=Exponential(10.0),
    )
    close = Stage(
        name="close",
        advance=0.3,
        effort=LogNormal(0.9 * HOUR, 0.6),
        latency=Exponential(3.0),
        touches=geometric_counts(2.0),
    )
    people = {"desk": at_desk, "closers": reps - at_desk}
    return FunnelSpec(
        market=Market(channels=(Channel(name="leads", rate_per_day=leads_a_day),), stages=(qualify, close)),
        operation=Operation(
            teams=(
                Team(name="desk", stages=("qualify",), routing=IN_TURN, sla=REMINDER),
                Team(name="closers", stages=("close",), routing=IN_TURN),
            ),
            reps=tuple(
                Rep(name=f"{team} {i}", team=team, calendar="office")
                for team, size in people.items()
                for i in range(size)
            ),
            calendars={"office": OFFICE},
        ),
    )
