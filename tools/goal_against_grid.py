"""Goal seek against exhaustive search: the example company, a target for its next quarter, a grid of plans.

    python tools/goal_against_grid.py docs/goal-grid.csv docs/goal-seeks.csv

The grid gives every plan the same runs, and confirms its best ones as a search does. The search may spend a tenth of
those runs, its confirmation included, on the same dials. What either names is then held against many further runs. A
grid that is there already is read, not simulated again.
"""

import sys

from studies.compiled_rules import keep_compiled_rules

keep_compiled_rules()

from collections.abc import Iterator  # noqa: E402 - Numba reads where compiled rules are kept when it is loaded
from dataclasses import replace  # noqa: E402
from itertools import product  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from scenarios.chances import Chance  # noqa: E402
from scenarios.confirm import confirm  # noqa: E402
from scenarios.dials import Point, plan_at, size  # noqa: E402
from scenarios.experiment import Chunk, Experiment, Run  # noqa: E402
from scenarios.goal import Confirmed, Effort, Goal, Trial  # noqa: E402
from scenarios.pairing import Floats  # noqa: E402
from scenarios.prices import Horizon, Prices  # noqa: E402
from scenarios.run import Runner  # noqa: E402
from scenarios.scenario import AS_IS, Scenario  # noqa: E402
from scenarios.tables import KPIS  # noqa: E402
from studies.demo import calibrate_example  # noqa: E402
from studies.dial_text import read_dials  # noqa: E402
from studies.example.company import QUARTER_DAYS  # noqa: E402
from studies.example.people import CLOSERS, DESK  # noqa: E402
from studies.funnel_folder import Funnel  # noqa: E402
from studies.kept import Place  # noqa: E402
from studies.seek import SeekRequest, run_seek  # noqa: E402

GOAL = Goal(target=2_500_000.0, chance=0.8)
DIALS = read_dials(
    [
        f"headcount {CLOSERS} -1..3",
        f"headcount {DESK} -2..0",
        "leads website 0.8..1.2 by 0.2",
        f"routing {CLOSERS}: least-open, by-tier",
    ]
)
PRICES = Prices(rep_month=8_000.0, rep_month_of={CLOSERS: 11_000.0}, lead={"website": 60.0})
RUNS = 40
"""Runs of each plan of the grid."""
EFFORT = Effort(trials=20, base=120, pairs=5, more=10, confirm=80, finalists=3)
SEEDS = (1, 2, 3)
GRID_SEED, TRUTH_SEED, TRUTH_RUNS = 101, 202, 300


def example() -> Funnel:
    """Calibrate the example company from its export."""
    with TemporaryDirectory() as folder:
        return calibrate_example(Place(root=Path(folder))).funnel


def runs_of(funnel: Funnel, plan: Scenario, count: int, seed: int) -> "pd.Series[float]":
    """Simulate a plan and return its bookings, run by run."""
    asked = Experiment(
        base=(funnel.spec,),
        opening=funnel.opening,
        scenarios=(plan,),
        days=QUARTER_DAYS,
        seed=seed,
        replications=count,
    )
    return Runner(asked)(Chunk(0, tuple(Run(0, number) for number in range(count))))[KPIS][GOAL.kpi]


def cells(funnel: Funnel) -> Iterator[dict[str, object]]:
    """Simulate every plan of the grid."""
    horizon = Horizon(funnel.opening.as_of, QUARTER_DAYS)
    points: list[Point] = list(product(*(range(len(dial.settings)) for dial in DIALS)))
    for number, point in enumerate(points):
        plan = plan_at(DIALS, point)
        bookings = runs_of(funnel, plan, RUNS, GRID_SEED)
        hits = int((bookings >= GOAL.target).sum())
        cost = plan.cost(funnel.spec, horizon, PRICES)
        print(f"{number + 1} of {len(points)}: {plan.name}", file=sys.stderr, flush=True)
        yield {"plan": plan.name, "cost": cost, "hits": hits, "runs": RUNS, "mean": bookings.mean()}


def grid(path: Path, funnel: Funnel) -> pd.DataFrame:
    """Return the grid, simulated only if it isn't there."""
    if not path.is_file():
        pd.DataFrame(cells(funnel)).to_csv(path, index=False, float_format="%.6g")
    return pd.read_csv(path)


def request_of(funnel: Funnel, seed: int) -> SeekRequest:
    """Return what is asked."""
    return SeekRequest(
        funnel=replace(funnel, files=()),
        goal=GOAL,
        dials=DIALS,
        prices=PRICES,
        days=QUARTER_DAYS,
        seed=seed,
        effort=EFFORT,
    )


def named_by_grid(funnel: Funnel, table: pd.DataFrame) -> dict[str, object]:
    """Confirm the grid's best plans just as a search confirms its own, and return the cheapest that passes."""

    def measure(plan: Scenario, runs: range) -> Floats:
        return runs_of(funnel, plan, runs.stop, GRID_SEED).to_numpy(np.float64)[runs.start :]

    points = list(product(*(range(len(dial.settings)) for dial in DIALS)))
    rows = zip(points, table["cost"], table["hits"] / table["runs"], strict=True)
    trials = [Trial(point, plan_at(DIALS, point), cost, RUNS, Chance(share, 0.0)) for point, cost, share in rows]
    found = confirm(request_of(funnel, GRID_SEED).question(), sorted(trials, key=lambda each: each.cost), measure)
    spent = size(DIALS) * RUNS + sum(each.runs for each in found)
    chosen = next((each for each in found if each.passed), max(found, key=lambda each: each.hits))
    return row_of("grid", funnel, chosen, spent)


def row_of(who: str, funnel: Funnel, chosen: Confirmed, spent: int) -> dict[str, object]:
    """Hold a plan against many further runs."""
    return {
        "who": who,
        "plan": chosen.trial.plan.name,
        "cost": chosen.trial.cost,
        "hits": chosen.hits,
        "runs": chosen.runs,
        "low": chosen.low,
        "confirmed": chosen.passed,
        "spent": spent,
        "further": share(funnel, chosen.trial.plan),
    }


def sought(funnel: Funnel, seed: int) -> dict[str, object]:
    """Search once."""
    with TemporaryDirectory() as folder:
        found = run_seek(request_of(funnel, seed), Place(root=Path(folder))).sought
    return row_of(f"search, seed {seed}", funnel, found.answer or found.surest, found.replications)


def share(funnel: Funnel, plan: Scenario) -> float:
    """Return the share of further runs that reach the target."""
    return float((runs_of(funnel, plan, TRUTH_RUNS, TRUTH_SEED) >= GOAL.target).mean())


def main() -> None:
    """Run the grid and the searches, keep both and say what came out."""
    funnel = example()
    table = grid(Path(sys.argv[1]), funnel)
    found = pd.DataFrame([named_by_grid(funnel, table), *(sought(funnel, seed) for seed in SEEDS)])
    found.to_csv(Path(sys.argv[2]), index=False, float_format="%.6g")
    print(found.to_string())
    print(f"{AS_IS.name}: {share(funnel, AS_IS):.3f} in {TRUTH_RUNS} further runs")


if __name__ == "__main__":
    main()
