"""Do intervals keep their word on a funnel? Measured on the example company, with a large pool of runs for the truth.

    python tools/coverage_on_example.py POOL.parquet docs/coverage-on-example.csv

Next quarter's bookings are simulated under things as they are and under a few plans, with the same luck; the mean of
all differences is the truth. Experiments then draw runs from the pool, with replacement, and it is counted how often
their 95 % intervals cover that truth, as in `tools.interval_coverage`. A pool that is there already is not simulated
again.
"""

import sys
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from studies.compiled_rules import keep_compiled_rules  # noqa: E402 - the path comes first

keep_compiled_rules()

import numpy as np  # noqa: E402 - Numba reads where compiled rules are kept when it is loaded
import pandas as pd  # noqa: E402 - as above
from scipy.stats import skew  # noqa: E402 - as above

from scenarios.experiment import Experiment  # noqa: E402 - as above
from scenarios.levers.demand import ShiftDemand  # noqa: E402 - as above
from scenarios.levers.experts import ChangeExperts  # noqa: E402 - as above
from scenarios.levers.marketing import ScaleLeads  # noqa: E402 - as above
from scenarios.levers.routing import ChangeRouting  # noqa: E402 - as above
from scenarios.levers.staffing import ChangeHeadcount  # noqa: E402 - as above
from scenarios.pairing import Floats  # noqa: E402 - as above
from scenarios.run import Runner, Tables, merge  # noqa: E402 - as above
from scenarios.scenario import AS_IS, Scenario  # noqa: E402 - as above
from studies.commands.screen import progress_bar  # noqa: E402 - as above
from studies.example.company import AS_OF, QUARTER_DAYS  # noqa: E402 - as above
from studies.example.people import CLOSERS, LEGAL  # noqa: E402 - as above
from studies.parquet_file import read_parquet, write_parquet  # noqa: E402 - as above
from tools.goal_against_grid import example  # noqa: E402 - as above
from tools.interval_coverage import kept_words  # noqa: E402 - as above

LAST_WEEKS = (AS_OF + timedelta(days=QUARTER_DAYS - 14)).date()
PLANS = (
    Scenario("account executives +1", (ChangeHeadcount(CLOSERS, 1),)),
    Scenario("least open", (ChangeRouting("least-open", CLOSERS),)),
    Scenario("partners' leads ×1.1", (ScaleLeads(1.1, "partner"),)),
    Scenario("a fifth fewer leads in the last two weeks", (ShiftDemand(0.8, first=LAST_WEEKS),)),
    Scenario("one more lawyer", (ChangeExperts(LEGAL, change=1),)),
)
POOL, SEED = 4000, 303
RUNS = (15, 30, 60, 120)


def pool() -> pd.DataFrame:
    """Simulate and return bookings, one row a run, one column a plan."""
    funnel, parts = example(), list[Tables]()
    asked = Experiment(
        base=(funnel.spec,),
        opening=funnel.opening,
        scenarios=(AS_IS, *PLANS),
        days=QUARTER_DAYS,
        seed=SEED,
        replications=POOL,
    )
    runner, (chunks,) = Runner(asked), asked.rounds
    with progress_bar("filling the pool") as progress:
        for chunk in chunks:
            parts.append(runner(chunk))
            progress(len(parts), len(chunks))
    return merge(asked, parts).kpis.pivot_table(index="replication", columns="scenario", values="bookings")


def rows(name: str, differences: Floats) -> list[dict[str, object]]:
    """Measure one plan's intervals at each number of runs."""
    around, sd = differences - differences.mean(), float(differences.std())
    dice = np.random.default_rng(len(name))
    seen = {
        "plan": name,
        "mean": differences.mean(),
        "sd": sd,
        "skewness": skew(differences),
        "without effect": (np.abs(differences) < 1e-6).mean(),
    }
    return [{**seen, "runs": runs, **kept_words(lambda shape: dice.choice(around, shape), sd, runs)} for runs in RUNS]


def main() -> None:
    """Measure, store the table and print it."""
    path, target = map(Path, sys.argv[1:])
    if not path.is_file():
        write_parquet(pool(), path)
    bookings = read_parquet(path)
    found = [row for plan in PLANS for row in rows(plan.name, (bookings[plan.name] - bookings[AS_IS.name]).to_numpy())]
    pd.DataFrame(found).to_csv(target, index=False, float_format="%.5g")
    print(pd.DataFrame(found).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
