"""Walls between regions, none, or low ones? A routing policy of our own, in a few lines, beside two that ship.

The account executives of Tarnbeck Software get deals of their own region and product line, in turn. Some drown while
others wait for work. Without walls the work is even, but most customers meet somebody from abroad. Our own policy sends
a deal abroad only to somebody with much less on the desk.
"""

import numpy as np

from forecast.crm import load_mapping, read
from scenarios.levers.routing import ChangeRouting
from scenarios.scenario import Scenario
from sim.eventlog import EventLog, Kind
from sim.kpis import dwell_summary
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Routing
from sim.routing.registry import policy
from sim.routing.state import Floats, LeadView, TeamState, Whole
from sim.routing.user_function import UserFunction
from sim.simulate import simulate
from studies.demo import MAPPING, example_files
from studies.example.company import AS_OF, QUARTER_DAYS, truth
from studies.example.market import NEGOTIATION, PROPOSAL, SQL
from studies.example.people import CLOSERS

SETTLED = 30.0
"""Days until most of what waits was routed by the plan itself."""
A_FOREIGN_DEAL = 2.0
"""How many deals more somebody at home must have before one goes abroad."""


def low_walls(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:  # noqa: ARG001
    """Name the rep with the least on the desk, where a foreign rep's desk looks fuller than it is."""
    abroad = ~(reps.serves_region[:, lead.region] & reps.serves_product[:, lead.product])
    desk = (load + 1) / reps.speed + A_FOREIGN_DEAL * abroad
    desk[reps.away | (load >= reps.wip_limit)] = np.inf
    return int(np.argmin(desk))


PLANS = (
    Scenario("walls (as it is)"),
    Scenario("no walls", (ChangeRouting(policy("least-open"), CLOSERS),)),
    Scenario("low walls", (ChangeRouting(Routing(rank=(UserFunction(low_walls), LeastOpen())), CLOSERS),)),
)


def abroad(log: EventLog) -> float:
    """Return the share of the deals given to account executives that went to another region."""
    reps = truth().operation.reps
    home = {rep.name: rep.regions[0] for rep in reps if rep.team == CLOSERS}
    given = log.to_frame()[log.of_kind(Kind.ROUTED)]
    given = given[given["actor"].isin(list(home))]
    region = log.leads_frame()["region"].astype(str)
    return float((given["lead"].map(region) != given["actor"].astype(str).map(home)).mean())


def main() -> None:
    """Simulate the next quarter under each plan, on the same leads, and print how long deals wait for their rep."""
    files = example_files()
    opening = read(load_mapping(files[0].with_name(MAPPING)), files).opening(AS_OF)
    stages = (SQL, PROPOSAL, NEGOTIATION)
    print("Days that a deal waits for its account executive")
    print(f"{'plan':18}", *(f"{stage:>12}" for stage in stages), f"{'abroad':>8}")
    for plan in PLANS:
        log = simulate(plan.apply(truth()), opening, days=QUARTER_DAYS, seed=1)
        wait = dwell_summary(log, (SETTLED, QUARTER_DAYS))["wait"]
        print(f"{plan.name:18}", *(f"{wait[stage]:12.1f}" for stage in stages), f"{abroad(log):8.0%}")


if __name__ == "__main__":
    main()
