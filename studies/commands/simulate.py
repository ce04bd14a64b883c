"""``headrace simulate``: what the funnel does if nothing is changed."""

from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    AsOf,
    Cluster,
    Days,
    Executor,
    Funnel,
    Kpi,
    OpeningFile,
    Output,
    Replace,
    Replications,
    Resume,
    Runs,
    Seed,
    WarmUp,
    Workers,
    place_of,
)
from studies.executors.sharing import Kind, Sharing

KeepLog = Annotated[bool, typer.Option("--log", help="Keep the event log of the first run, as Parquet.")]

EXAMPLES = """\b
Examples:
  headrace simulate our-funnel --days 90 --replications 40
  headrace simulate funnel.yaml --as-of 2026-01-01 --days 365 --warm-up 90 --log
"""


def simulate(
    funnel: Funnel,
    days: Days = 90.0,
    replications: Replications = 20,
    seed: Seed = 1,
    kpi: Kpi = "bookings",
    as_of: AsOf = "",
    opening: OpeningFile = None,
    warm_up: WarmUp = 0.0,
    keep_log: KeepLog = False,
    executor: Executor = Kind.AUTO,
    workers: Workers = 0,
    cluster: Cluster = "",
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
    resume: Resume = None,
) -> None:
    """Simulate a funnel as it is: figures with the range in which luck moves them."""
    from studies.commands.screen import progress_bar, show_whole
    from studies.funnel_folder import load_funnel
    from studies.plans import AS_IS
    from studies.request import Request
    from studies.simulate import run_simulation

    request = Request(
        funnel=load_funnel(funnel, opening=opening, as_of=as_of),
        plans=(AS_IS,),
        days=days,
        replications=replications,
        seed=seed,
        kpi=kpi,
        warm_up=warm_up,
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("simulating") as progress:
        found = run_simulation(
            request, place_of(runs, output, replace=replace, resume=resume), progress, keep_log=keep_log
        )
    show_whole(found)
