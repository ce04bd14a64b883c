"""``headrace demo``: the whole way once, on an example company."""

import typer

from studies.commands.options import RUNS, Replications, Runs, Seed, Workers, place_of
from studies.executors.sharing import Sharing
from studies.stopped import Stopped

EXAMPLES = """\b
Examples:
  headrace demo
  headrace demo --replications 40 --runs /tmp/runs
"""


def demo(replications: Replications = 24, seed: Seed = 1, workers: Workers = 0, runs: Runs = RUNS) -> None:
    """Take an example company from its CRM export to a decision.

    The company is invented and its export simulated, so the funnel that is estimated from the export can be held
    against the true one. Then routing policies and staffing plans are compared on the next quarter. It takes a minute
    or two and leaves two run folders with reports.
    """
    from studies.commands.screen import progress_bar, show, waiting
    from studies.demo import NAME, calibrate_example, compare_example

    place = place_of(runs, None, replace=False)
    typer.echo(f"{NAME}: an invented company; its CRM export was simulated from a known funnel.\n")
    with waiting("reading the export and estimating the funnel"):
        calibrated = calibrate_example(place)
    show(calibrated.answer, calibrated.grids, calibrated.folder)
    typer.echo("\nNow the next quarter, under several plans.\n")
    with progress_bar("comparing") as progress:
        compared = compare_example(calibrated, place, replications, seed, Sharing(workers=workers), progress)
    show(compared.answer, compared.grids, compared.folder)
    if compared.stopped:
        raise Stopped(compared.stopped)
