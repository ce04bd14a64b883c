"""Goal seek against exhaustive search: the example company, a target for its next quarter, a grid of plans.

    python tools/goal_against_grid.py docs/goal-grid.csv docs/goal-seeks.csv

The grid gives every plan the same runs. A search may spend a tenth of those runs, its confirmation included, on the
same dials. The grid's best plans are confirmed just as the search confirms its own, and under the same fresh luck, seed
by seed, so that what differs is how well each knew which plans to put forward. What either names is then held against
further runs. Plans of the grid that are in its file already are not simulated again.
"""

import sys

from studies.compiled_rules import keep_compiled_rules

keep_compiled_rules()

from dataclasses import replace  # noqa: E402 - Numba reads where compiled rules are kept when it is loaded
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
from studies.commands.screen import progress_bar  # noqa: E402
from studies.demo import calibrate_example  # noqa: E402
from studies.dial_text import read_dials  # noqa: E402
from studies.example.company import QUARTER_DAYS  # noqa: E402
from studies.example.people import CLOSERS, DESK  # noqa: E402
from studies.funnel_folder import Funnel  # noqa: E402
from studies.kept import Place  # noqa: E402
from studies.seek import SeekRequest, run_seek  # noqa: E402
from studies.whole_file import write_whole  # noqa: E402

GOAL = Goal(target=2_400_000.0, chance=0.8)
DIALS = read_dials(
    [
        f"headcount {CLOSERS} -2..3",
        f"headcount {DESK} -3..0",
        "leads website 0.6..1.2 by 0.1",
        f"routing {CLOSERS}: least-open, by-tier",
    ]
)
PRICES = Prices(rep_month=8_000.0, rep_month_of={CLOSERS: 11_000.0}, lead={"website": 60.0})
RUNS = 40
"""Runs of each plan of the grid."""
EFFORT = Effort(trials=30, base=300, more=30, confirm=1700)
"""Together about a tenth of the grid's runs, and no more."""
SEEDS = (1, 2, 3, 4, 5)
GRID_SEED, TRUTH_SEED, TRUTH_RUNS = 101, 202, 300


def example() -> Funnel:
    """Calibrate the example company from its export."""
    with TemporaryDirectory() as folder:
        return calibrate_example(Place(root=Path(folder))).funnel


def runs_of(funnel: Funnel, plan: Scenario, stop: int, seed: int, first: int = 0) -> "pd.Series[float]":
    """Simulate some runs of a plan and return its bookings in each."""
    asked = Experiment(
        base=(funnel.spec,),
        opening=funnel.opening,
        scenarios=(plan,),
        days=QUARTER_DAYS,
        seed=seed,
        replications=stop,
    )
    return Runner(asked)(Chunk(0, tuple(Run(0, number) for number in range(first, stop))))[KPIS][GOAL.kpi]


def points() -> tuple[Point, ...]:
    """Return all plans of the grid."""
    return tuple(product(*(range(len(dial.settings)) for dial in DIALS)))


def cell(funnel: Funnel, point: Point) -> dict[str, object]:
    """Simulate a plan of the grid."""
    plan = plan_at(DIALS, point)
    bookings = runs_of(funnel, plan, RUNS, GRID_SEED)
    cost = plan.cost(funnel.spec, Horizon(funnel.opening.as_of, QUARTER_DAYS), PRICES)
    hits = int((bookings >= GOAL.target).sum())
    return {"plan": plan.name, "cost": cost, "hits": hits, "runs": RUNS, "mean": bookings.mean()}


def grid(path: Path, funnel: Funnel) -> pd.DataFrame:
    """Return the grid; a plan that is in the file already is not simulated again."""
    known = {cell["plan"]: cell for cell in pd.read_csv(path).to_dict("records")} if path.is_file() else {}
    with progress_bar("trying every plan") as progress:
        for number, point in enumerate(points()):
            name = plan_at(DIALS, point).name
            if name not in known:
                known[name] = cell(funnel, point)
                write_whole(path, pd.DataFrame(known.values()).to_csv(index=False, float_format="%.6g"))
            progress(number + 1, size(DIALS))
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


def named_by_grid(funnel: Funnel, table: pd.DataFrame, seed: int) -> dict[str, object]:
    """Confirm the grid's best plans just as a search of this seed confirms its own, under the same luck."""
    later = EFFORT.base - RUNS

    def measure(plan: Scenario, runs: range) -> Floats:
        stop = runs.stop + later
        return runs_of(funnel, plan, stop, seed, first=runs.start + later).to_numpy(np.float64)

    asked = replace(request_of(funnel, seed), effort=replace(EFFORT, base=RUNS, more=RUNS)).question()
    found = confirm(asked, sorted(trials_of(table), key=lambda each: each.cost), measure)
    answer = next((each for each in found if each.passed), None)
    return row_of(f"grid, luck {seed}", funnel, answer, size(DIALS) * RUNS + sum(each.runs for each in found))


def trials_of(table: pd.DataFrame) -> list[Trial]:
    """Return the plans of the grid with their chances by its runs."""
    shares = (table["hits"] + 0.5) / (RUNS + 1)  # never quite 0 or 1, of which a count can't be sure
    rows = zip(points(), table["cost"], shares, np.sqrt(shares * (1 - shares) / RUNS), strict=True)
    return [Trial(point, plan_at(DIALS, point), cost, RUNS, Chance(*chance)) for point, cost, *chance in rows]


def row_of(who: str, funnel: Funnel, answer: Confirmed | None, spent: int) -> dict[str, object]:
    """Hold a plan against many further runs."""
    row: dict[str, object] = {"who": who, "spent": spent}
    if answer is None:
        return row
    told = {"plan": answer.trial.plan.name, "cost": answer.trial.cost, "hits": answer.hits, "runs": answer.runs}
    return {**row, **told, "further": share(funnel, answer.trial.plan)}


def sought(funnel: Funnel, seed: int) -> dict[str, object]:
    """Search once."""
    with TemporaryDirectory() as folder:
        found = run_seek(request_of(funnel, seed), Place(root=Path(folder))).sought
    return row_of(f"search, seed {seed}", funnel, found.answer, found.replications)


KNOWN: dict[str, float] = {}
"""Plan → the share of its further runs that reach the target."""


def share(funnel: Funnel, plan: Scenario) -> float:
    """Return the share of further runs that reach the target."""
    if plan.name not in KNOWN:
        KNOWN[plan.name] = float((runs_of(funnel, plan, TRUTH_RUNS, TRUTH_SEED) >= GOAL.target).mean())
    return KNOWN[plan.name]


def main() -> None:
    """Run the grid and the searches, keep both and say what came out."""
    funnel = example()
    table = grid(Path(sys.argv[1]), funnel)
    found = [row for seed in SEEDS for row in (named_by_grid(funnel, table, seed), sought(funnel, seed))]
    write_whole(Path(sys.argv[2]), pd.DataFrame(found).to_csv(index=False, float_format="%.6g"))
    print(pd.DataFrame(found).to_string())
    print(f"{AS_IS.name}: {share(funnel, AS_IS):.3f} in {TRUTH_RUNS} further runs")


if __name__ == "__main__":
    main()
