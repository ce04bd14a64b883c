"""Say what lies between the limit of the example's next quarter and what its own rules book.

    python tools/bound_on_example.py [replications, 60]

The example is simulated as it is, with so many people that nobody waits for one, and with people who besides are all as
able as the best of their team at each stage and get leads while they are at work. What is left up to the limit is what
the programme simplifies. The figures are quoted in ``docs/decisions/0014-bound.md``.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scenarios.bound.limit import bound  # noqa: E402 - the path comes first
from sim.routing.at_work import AtWork  # noqa: E402 - as above
from sim.routing.policy import Routing  # noqa: E402 - as above
from sim.spec import FunnelSpec  # noqa: E402 - as above
from studies.demo import calibrate_example  # noqa: E402 - as above
from studies.example.company import QUARTER_DAYS  # noqa: E402 - as above
from studies.kept import Place  # noqa: E402 - as above
from tools.bound_on_random_funnels import booked  # noqa: E402 - as above

COPIES = 6
SEED = 1


def crowded(spec: FunnelSpec) -> FunnelSpec:
    """Return the funnel with so many people that nobody waits for one."""
    operation = spec.operation
    reps = tuple(replace(rep, name=f"{rep.name} {copy}") for rep in operation.reps for copy in range(COPIES))
    experts = tuple(replace(group, servers=COPIES * group.servers) for group in operation.experts)
    return replace(spec, operation=replace(operation, reps=reps, experts=experts))


def able(spec: FunnelSpec) -> FunnelSpec:
    """Return the funnel with people who are as able as the best of their team, and get leads while they are at work."""
    operation = spec.operation
    best = {
        team.name: {stage: max(rep.skill_at(stage) for rep in operation.team_reps(team.name)) for stage in team.stages}
        for team in operation.teams
    }
    reps = tuple(replace(rep, skill=best[rep.team], regions=(), products=()) for rep in operation.reps)
    rules = Routing(eligible=(AtWork(),), relax=True)
    teams = tuple(replace(team, routing=rules, sla=None, pool=None) for team in operation.teams)
    return replace(spec, operation=replace(operation, reps=reps, teams=teams))


def main(replications: int = 60) -> None:
    """Print the limit, and the mean and standard error of what each funnel books."""
    with tempfile.TemporaryDirectory() as folder:
        funnel = calibrate_example(Place(root=Path(folder))).funnel
    spec, opening = funnel.spec, funnel.opening
    for name, one in (("as it is", spec), ("nobody waits", crowded(spec)), ("and all able", able(crowded(spec)))):
        found = booked(one, opening, days=QUARTER_DAYS, seed=SEED, replications=replications)
        print(f"{name:14}{found.mean():12,.0f} ± {found.std(ddof=1) / replications**0.5:,.0f}", flush=True)
    print(f"{'limit':14}{bound(spec, opening, days=QUARTER_DAYS).bookings:12,.0f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
