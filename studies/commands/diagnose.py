"""``headrace diagnose``: what is wrong with the funnel, where, and how sure that is."""

from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    AsOf,
    Cluster,
    Days,
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

Explained = Annotated[
    str, typer.Option("--kpi", help="The figure that is to be higher: bookings, wins or conversion_cohort.")
]
Reference = Annotated[
    str,
    typer.Option("--reference", help="What each channel's leads are held against: typical, best, a channel, or 12%."),
]
Material = Annotated[
    float, typer.Option("--material", help="Share of the figure from which a cause is worth acting on.")
]

EXAMPLES = """\b
Examples:
  headrace diagnose our-funnel
  headrace diagnose our-funnel --kpi wins --reference partner --days 365 --replications 40
"""


def diagnose(
    funnel: Funnel,
    days: Days = 180.0,
    replications: Replications = 20,
    seed: Seed = 1,
    kpi: Explained = "bookings",
    reference: Reference = "typical",
    material: Material = 0.1,
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
    """Say what keeps a funnel's bookings down: lead quality, follow-up or capacity, at which channel, stage or team.

    Plays the same leads under the same luck without one cause after the other, and without several at once. Names the
    funnel's shape (top-heavy, gap in the middle, ...) against the steady state of its own flows, and says what one more
    hour a week of each team is worth.
    """
    from studies.commands.screen import progress_bar, show_whole
    from studies.diagnose import DiagnosisRequest, run_diagnosis
    from studies.funnel_folder import load_funnel

    request = DiagnosisRequest(
        funnel=load_funnel(funnel, opening=opening, as_of=as_of),
        days=days,
        replications=replications,
        seed=seed,
        kpi=kpi,
        reference=reference,
        material=material,
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("diagnosing") as progress:
        found = run_diagnosis(request, place_of(runs, output, replace=replace, resume=resume), progress)
    show_whole(found)
