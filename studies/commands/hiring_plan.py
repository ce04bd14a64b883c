"""``headrace hiring-plan``: whom to hire when, and what it costs to be late."""

from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    AsOf,
    Cluster,
    Executor,
    Funnel,
    OpeningFile,
    Output,
    Replace,
    Replications,
    Resume,
    Runs,
    Seed,
    Workers,
    place_of,
)
from studies.executors.sharing import Kind, Sharing

Months = Annotated[int, typer.Option("--months", help="How many whole months ahead.")]
Busiest = Annotated[float, typer.Option("--busiest", help="Share of its hours that a team may spend on deals.")]
TimeToHire = Annotated[float, typer.Option("--time-to-hire", help="Days from opening a position to the first day.")]
RampDays = Annotated[float, typer.Option("--ramp", help="Days of ramp, for teams whose funnel file has none.")]
Leaving = Annotated[float, typer.Option("--leaving", help="Share of the reps who leave in a year, such as 0.3.")]

EXAMPLES = """\b
Examples:
  headrace hiring-plan our-funnel
  headrace hiring-plan our-funnel --months 18 --time-to-hire 60 --busiest 0.8 --leaving 0.3
"""


def hiring_plan(
    funnel: Funnel,
    months: Months = 12,
    busiest: Busiest = 0.85,
    time_to_hire: TimeToHire = 60.0,
    ramp: RampDays = 150.0,
    leaving: Leaving = 0.0,
    replications: Replications = 20,
    seed: Seed = 1,
    as_of: AsOf = "",
    opening: OpeningFile = None,
    executor: Executor = Kind.AUTO,
    workers: Workers = 0,
    cluster: Cluster = "",
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
    resume: Resume = None,
) -> None:
    """Set the hours that each team has beside those that its deals will ask for, month by month.

    Names the first month that is short, how many positions that takes, the last date on which they must be opened, and
    what a month's delay costs in bookings.
    """
    from dataclasses import replace as changed

    from scenarios.hiring.plan import RAMP, Terms
    from studies.commands.screen import progress_bar, show_whole
    from studies.funnel_folder import load_funnel
    from studies.hiring_plan import HiringRequest, run_hiring_plan

    request = HiringRequest(
        funnel=load_funnel(funnel, opening=opening, as_of=as_of),
        months=months,
        terms=Terms(busiest=busiest, time_to_hire=time_to_hire, ramp=changed(RAMP, days=ramp), leaving=leaving),
        replications=replications,
        seed=seed,
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("planning") as progress:
        found = run_hiring_plan(request, place_of(runs, output, replace=replace, resume=resume), progress)
    show_whole(found)
