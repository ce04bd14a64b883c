"""``headrace hindcast``: would the funnel have been right."""

from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    Cluster,
    Executor,
    Files,
    Mapping,
    Output,
    Replace,
    Replications,
    Runs,
    Seed,
    Workers,
    place_of,
)
from studies.executors.sharing import Kind, Sharing

Learn = Annotated[str, typer.Option("--as-of", help="The funnel learns up to here and is judged from here on.")]
Judge = Annotated[str, typer.Option("--until", help="End of the period that it is judged on.")]
Start = Annotated[str, typer.Option("--from", help="Leads created before this date don't count.")]

EXAMPLES = """\b
Examples:
  headrace hindcast history.csv --mapping ours.yaml --as-of 2025-10-01 --until 2026-01-01
"""


def hindcast(
    files: Files,
    mapping: Mapping,
    as_of: Learn,
    until: Judge,
    since: Start = "",
    replications: Replications = 40,
    seed: Seed = 1,
    executor: Executor = Kind.AUTO,
    workers: Workers = 0,
    cluster: Cluster = "",
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Calibrate on the past, simulate on, and show actual beside simulated figures.

    What falls outside the interval is where the funnel, or the assumption that the past goes on, was wrong.
    """
    from studies.commands.screen import progress_bar, show
    from studies.hindcast_run import HindcastRequest, run_hindcast

    request = HindcastRequest(
        files=tuple(files),
        mapping=mapping,
        as_of=as_of,
        until=until,
        since=since,
        replications=replications,
        seed=seed,
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("simulating") as progress:
        found = run_hindcast(request, place_of(runs, output, replace=replace), progress)
    show(found.answer, found.grids, found.folder)
