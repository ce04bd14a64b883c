"""Hold the upper limit against policies on random funnels that use every feature of the model.

    python tools/bound_on_random_funnels.py [funnels, 200] [replications, 60] [file, docs/bound-on-random-funnels.csv]

For each funnel, its own routing and some built-in policies are simulated. No policy's mean may exceed the limit by more
than its standard error allows. Each funnel's figures are written as soon as they are known; a file that is there is
gone on with, if it is of the same version and number of funnels: which funnels are drawn depends on both.
"""

import itertools
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from scenarios.bound.limit import bound  # noqa: E402 - the path comes first
from scenarios.levers.routing import ChangeRouting  # noqa: E402 - as above
from sim.distributions import LogNormal  # noqa: E402 - as above
from sim.eventlog import Kind  # noqa: E402 - as above
from sim.opening import Opening  # noqa: E402 - as above
from sim.simulate import simulator  # noqa: E402 - as above
from sim.spec import FunnelSpec  # noqa: E402 - as above
from tests.properties.funnels import Run, runs  # noqa: E402 - as above

POLICIES = ("fastest-first", "least-open", "pool")
RESULT = ROOT / "docs" / "bound-on-random-funnels.csv"


def worthy(spec: FunnelSpec) -> FunnelSpec:
    """Return the funnel with deals that are worth something."""
    return replace(spec, market=replace(spec.market, amounts={"any": {"any": LogNormal(1000.0, 1.0)}}))


def booked(spec: FunnelSpec, opening: Opening, *, days: float, seed: int, replications: int) -> np.ndarray:
    """Return what is booked in each replication."""
    ready = simulator(spec, opening, days=days)
    logs = (ready.log(seed, replication).events for replication in range(replications))
    return np.array([log["amount"][log["kind"] == int(Kind.WON)].sum() for log in logs])


def rows_of(run: Run, replications: int) -> list[dict[str, float | str]]:
    """Return one row a policy: the limit, the mean of what it books, its standard error and share of the limit."""
    spec = worthy(run.spec)
    most = bound(spec, run.opening, days=run.days).bookings
    plans = {"as is": spec} | {name: ChangeRouting(name).apply(spec) for name in POLICIES}
    luck = {"days": run.days, "seed": run.seed, "replications": replications}
    found = {name: booked(plan, run.opening, **luck) for name, plan in plans.items()}
    error = {name: float(each.std(ddof=1)) / len(each) ** 0.5 for name, each in found.items()}
    return [
        {
            "funnel": spec.fingerprint[:8],
            "policy": name,
            "bound": round(most, 2),
            "mean": round(float(each.mean()), 2),
            "standard_error": round(error[name], 2),
            "share": round(float(each.mean()) / most, 4) if most > 0 else 0.0,
        }
        for name, each in found.items()
    ]


def main(funnels: int = 200, replications: int = 60, result: Path = RESULT) -> None:
    """Hold the limit against random funnels, keep the figures and say what came out."""
    known = pd.read_csv(result) if result.exists() else pd.DataFrame({"number": []})
    numbers = itertools.count()

    @settings(
        max_examples=funnels,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(runs())
    def each(run: Run) -> None:
        number = next(numbers)
        if number not in set(known["number"]):
            table = pd.DataFrame(rows_of(run, replications))
            table.insert(0, "number", number)
            table.to_csv(result, index=False, lineterminator="\n", mode="a", header=not result.exists())

    each()
    table = pd.read_csv(result)
    over = (table["mean"] - table["bound"]) / table["standard_error"].clip(lower=1e-9)
    print(
        f"{table['number'].nunique()} funnels, {len(table)} policies; standard errors that a mean lies above its limit:"
    )
    print(f"at most {over.max():.2f}, more than 2 in {(over > 2).sum()} cases")
    best = table.groupby("number")["share"].max()
    print(f"share of the limit of the best of each funnel: median {best.median():.0%}, highest {best.max():.0%}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *map(Path, sys.argv[3:]))
