"""The experiment that people wait for: five policies on the example's next quarter, from the deals open today.

    python -m bench.experiment [REPLICATIONS [WORKERS]]

Prints seconds by the clock and of CPU, once with a thread for each core and once alone, with the tables that `compare`
keeps. Everything is compiled, and each plan laid out, before the clock runs.
"""

import sys
from time import perf_counter, process_time

from forecast.crm import load_mapping, read
from scenarios.experiment import Experiment
from studies.compiled_rules import compile_simulator, keep_compiled_rules
from studies.demo import MAPPING, POLICIES, example_files
from studies.example.company import AS_OF, QUARTER_DAYS, truth
from studies.executors import Kind, Sharing
from studies.experiments import run_experiment
from studies.plans import read_plans
from studies.request import TABLES


def policies(replications: int) -> Experiment:
    """Return the experiment."""
    files = example_files()
    return Experiment(
        base=(truth(),),
        opening=read(load_mapping(files[0].with_name(MAPPING)), files).opening(AS_OF),
        scenarios=read_plans(POLICIES, ())[1:],
        days=QUARTER_DAYS,
        seed=1,
        replications=replications,
        tables=TABLES,
    )


def timed(experiment: Experiment, sharing: Sharing) -> None:
    """Run the experiment, and print what it took."""
    wall, cpu = perf_counter(), process_time()
    results = run_experiment(experiment, sharing=sharing)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    runs = len(results.kpis)
    each = f"{1e3 * cpu / runs:.1f} ms of CPU each"
    print(f"{sharing.executor}: {runs:,} runs in {wall:.1f} s, {cpu:.1f} s of CPU, {each}", flush=True)


def main() -> None:
    """Read the numbers off the command line and run."""
    replications, workers = (int(text) for text in (*sys.argv[1:], "200", "0")[:2])
    keep_compiled_rules()
    compile_simulator()
    run_experiment(policies(4))
    for sharing in (Sharing(executor=Kind.THREADS, workers=workers), Sharing(executor=Kind.SERIAL)):
        timed(policies(replications), sharing)


if __name__ == "__main__":
    main()
