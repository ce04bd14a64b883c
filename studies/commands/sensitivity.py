"""``headrace sensitivity``: which numbers move a figure, and which would be worth knowing before choosing a plan."""

from pathlib import Path
from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    AsOf,
    Cluster,
    Days,
    Executor,
    Funnel,
    Headcount,
    Kpi,
    OpeningFile,
    Output,
    Policies,
    PricesFile,
    Promise,
    Replace,
    Replications,
    Runs,
    Seed,
    WarmUp,
    Workers,
    place_of,
)
from studies.executors.sharing import Kind, Sharing

Range = Annotated[
    list[str],
    typer.Option(
        "--range", metavar="RANGE", help="What isn't known, such as 'advance sql 0.35..0.45'; may be repeated."
    ),
]
PosteriorFile = Annotated[
    Path | None,
    typer.Option("--posterior", help="A forecast's run folder, or its posterior.nc, instead."),
]
Dials = Annotated[
    list[str],
    typer.Option("--dial", metavar="DIAL", help="What is decided and how far, for the tornado; as in headrace seek."),
]
Margin = Annotated[float, typer.Option("--margin", help="Share of bookings that counts as benefit, above 0 to 1.")]
Draws = Annotated[int, typer.Option("--draws", help="Runs over all that isn't known, each under every plan.")]

EXAMPLES = """\b
Examples:
  headrace sensitivity our-funnel --policies least-open --headcount closers:+2 --margin 0.7 --prices prices.yaml
  headrace sensitivity our-funnel --posterior runs/last-forecast --dial 'headcount closers -1..2'
  headrace sensitivity our-funnel --range 'advance sql 0.35..0.45' --range 'leads web 0.8..1.2'
"""


def sensitivity(
    funnel: Funnel,
    range_: Range = [],  # noqa: B006 - typer's way to say: none
    posterior: PosteriorFile = None,
    dial: Dials = [],  # noqa: B006
    policies: Policies = "",
    headcount: Headcount = [],  # noqa: B006
    sla: Promise = [],  # noqa: B006
    margin: Margin = 1.0,
    prices: PricesFile = None,
    days: Days = 90.0,
    replications: Replications = 20,
    draws: Draws = 200,
    seed: Seed = 1,
    kpi: Kpi = "bookings",
    as_of: AsOf = "",
    opening: OpeningFile = None,
    warm_up: WarmUp = 0.0,
    executor: Executor = Kind.AUTO,
    workers: Workers = 0,
    cluster: Cluster = "",
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Show which numbers move a figure, which make what isn't known of it, and which would be worth knowing.

    What isn't known comes from --range, else from --posterior, else from the estimates that calibrate has put beside
    the funnel. A range holds its number with 90 %: advance STAGE 0.35..0.45 is a chance; leads CHANNEL, amounts
    [SEGMENT], effort STAGE and latency STAGE are factors such as 0.8..1.2; the word evidence stands for the range by
    the evidence. With plans to choose from, as in headrace compare, it tells what knowing each number would be worth.
    """
    from studies.commands.screen import progress_bar, show
    from studies.config.prices_file import load_prices
    from studies.dial_text import read_dials
    from studies.funnel_folder import load_funnel
    from studies.plans import AS_IS, read_plans
    from studies.ranges import read_ranges
    from studies.sensitivity import run_sensitivity
    from studies.sensitivity_request import SensitivityRequest

    found = load_funnel(funnel, opening=opening, as_of=as_of)
    request = SensitivityRequest(
        funnel=found,
        ranges=read_ranges(found, range_, posterior),
        plans=read_plans(policies, headcount, sla) if policies or headcount or sla else (AS_IS,),
        decided=read_dials(dial),
        margin=margin,
        prices=load_prices(prices),
        days=days,
        replications=replications,
        draws=draws,
        seed=seed,
        kpi=kpi,
        warm_up=warm_up,
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("simulating") as progress:
        studied = run_sensitivity(request, place_of(runs, output, replace=replace), progress)
    show(studied.answer, studied.grids, studied.folder)
