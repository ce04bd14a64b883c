"""Runs whose whole log is kept: the full model of the embedded example, and a routing policy of one's own."""

from dataclasses import dataclass
from hashlib import sha256
from time import process_time
from typing import Any

from bench.peers.in_headrace import START
from sim.calendar import ALWAYS
from sim.discipline import Discipline
from sim.distributions import Exponential
from sim.eventlog import EventLog
from sim.market import Channel, Market, Stage
from sim.opening import Opening
from sim.operation import Operation, Team
from sim.pull import FreeRep, UserPull
from sim.routing.by_region import ByRegion
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Ranking, Routing, Ties
from sim.routing.round_robin import RoundRobin
from sim.routing.state import Floats, LeadView, TeamState, Whole
from sim.routing.user_function import UserFunction
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Rep
from studies.example.company import AS_OF, QUARTER_DAYS, truth

REGIONS, REPS, LEADS_A_DAY = 4, 20, 400.0


@dataclass(frozen=True)
class Logged:
    """A run's rows, a fingerprint of them, and the CPU seconds that it took."""

    rows: int
    fingerprint: str
    seconds: float


def logged(spec: FunnelSpec, opening: Opening, days: float, engine: str) -> Logged:
    """Simulate once, always with the same luck."""
    begun = process_time()
    log = simulate(spec, opening, days=days, seed=1, engine=engine)
    seconds = process_time() - begun
    return Logged(len(log.events["time"]), _fingerprint(log), seconds)


def quarter(engine: str) -> Logged:
    """Simulate a quarter of the embedded example, beginning with an empty funnel."""
    return logged(truth(), Opening(AS_OF), QUARTER_DAYS, engine)


def routed(ranking: Ranking, leads: float, engine: str) -> Logged:
    """Simulate about so many leads of four regions that twenty reps share, five a region, by a ranking."""
    routing = Routing(eligible=(ByRegion(),), rank=(ranking,), ties=Ties.LIST)
    return _desk(leads, engine, HOUR, routing=routing)


def pulled(choose_lead: UserPull | None, leads: float, engine: str) -> Logged:
    """Simulate about so many leads of twenty busy reps, who take the freshest of a dozen or two first."""
    routing = Routing(rank=(RoundRobin(),), ties=Ties.LIST)
    return _desk(leads, engine, 1.15 * HOUR, routing=routing, discipline=Discipline.FRESHEST, choose_lead=choose_lead)


def _desk(leads: float, engine: str, effort: float, **rules: Any) -> Logged:  # noqa: ANN401 - fields of `Team`
    names = [f"region {i}" for i in range(REGIONS)]
    shares = dict.fromkeys(names, 1 / REGIONS)
    spec = FunnelSpec(
        market=Market(
            channels=(Channel(name="leads", rate_per_day=LEADS_A_DAY, regions=shares),),
            stages=(Stage(name="desk", advance=0.5, effort=Exponential(effort)),),
        ),
        operation=Operation(
            teams=(Team(name="team", stages=("desk",), **rules),),
            reps=tuple(
                Rep(name=f"rep {i}", team="team", calendar="always", regions=(names[i % REGIONS],)) for i in range(REPS)
            ),
            calendars={"always": ALWAYS},
        ),
    )
    return logged(spec, START, leads / LEADS_A_DAY, engine)


def fewest_open(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:  # noqa: ARG001
    """Name the rep of the lead's region who holds the fewest deals: what `LeastOpen` does, as a user would write it."""
    best = -1
    for rep in range(len(load)):
        if reps.serves_region[rep, lead.region] and (best < 0 or load[rep] < load[best]):
            best = rep
    return best


def freshest(rep: FreeRep, now: float, queue: Any, state: Floats) -> int:  # noqa: ANN401, ARG001 - as `ChooseLead` says
    """Name the lead that came last: what `Discipline.FRESHEST` does, as a user would write it."""
    best = 0
    for lead in range(len(queue)):
        if queue[lead].ready > queue[best].ready:
            best = lead
    return best


BUILT_IN, OWN, OWN_PULL = LeastOpen(), UserFunction(fewest_open), UserPull(freshest)


def _fingerprint(log: EventLog) -> str:
    """Return a digest of all rows but their causes, whose codes depend on which came first."""
    digest = sha256()
    for name in ("time", "lead", "kind", "stage", "actor", "amount"):
        digest.update(log.events[name].tobytes())
    return digest.hexdigest()
