"""The comparison that people wait for: eight plans on the example's next quarter, each to ±1 % of bookings.

    python -m bench.precision [WORKERS]

Things as they are, five policies and two staffing plans, as in the demo, are run until the 95 % interval of each
difference is that narrow. Prints seconds by the clock and of CPU, the replications, and for each plan how many it needs
with shared luck and without, if the spreads are those of the replications made. Everything is compiled before the clock
runs.
"""

import sys
from dataclasses import replace
from time import perf_counter, process_time

import pandas as pd

from bench.experiment import policies
from scenarios.compare import compare
from scenarios.experiment import Experiment
from scenarios.precision import Precision
from scenarios.run import Results
from studies.compiled_rules import compile_simulator, keep_compiled_rules
from studies.demo import HEADCOUNT, POLICIES
from studies.executors import Kind, Sharing
from studies.experiments import run_experiment
from studies.plans import read_plans

WIDTH = 0.01
NORMAL = 1.96


def eight_plans() -> Experiment:
    """Return the experiment."""
    wanted = Precision(kpi="bookings", relative=WIDTH)
    return replace(policies(20), scenarios=read_plans(POLICIES, HEADCOUNT), precision=wanted)


def runs_needed(results: Results) -> pd.DataFrame:
    """Return how many replications each plan needs, with the luck of the baseline and with luck of its own."""
    table = compare(results.kpis, "bookings").table
    width = WIDTH * table["mean"].iloc[0]
    shared, alone = ((NORMAL * table[sd] / width) ** 2 for sd in ("luck_sd", "independent_sd"))
    return pd.DataFrame({"shared luck": shared, "without": alone, "times": table["efficiency"]}).iloc[1:]


def main() -> None:
    """Read the number of workers off the command line, run, and print what it took."""
    workers = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    keep_compiled_rules()
    compile_simulator()
    run_experiment(policies(4))
    wall, cpu = perf_counter(), process_time()
    results = run_experiment(eight_plans(), sharing=Sharing(executor=Kind.THREADS, workers=workers))
    wall, cpu = perf_counter() - wall, process_time() - cpu
    made = f"{results.replications} replications of {len(results.experiment.scenarios)} plans"
    print(f"{made} in {wall:.1f} s, {cpu:.1f} s of CPU; precise: {results.precise}")
    print(runs_needed(results).round(1).to_string())


if __name__ == "__main__":
    main()
