"""``headrace seek``: the cheapest plan with which a target is reached as surely as asked."""

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
    PricesFile,
    Replace,
    Resume,
    Runs,
    Seed,
    WarmUp,
    Workers,
    place_of,
)
from studies.executors.sharing import Kind, Sharing

Target = Annotated[str, typer.Option("--target", help="What is to be reached at least, such as 3.2M.")]
Chance = Annotated[str, typer.Option("--chance", help="How surely, such as 80%.")]
Dials = Annotated[
    list[str],
    typer.Option(
        "--dial",
        metavar="DIAL",
        help="What may be set and how far, such as 'headcount closers -1..4'; may be repeated.",
    ),
]
Trials = Annotated[int, typer.Option("--trials", help="Plans to simulate in the search.")]
Confirm = Annotated[int, typer.Option("--confirm", help="Fresh runs for all finalists together, at most.")]

EXAMPLES = """\b
Examples:
  headrace seek our-funnel --target 3.2M --chance 80% --dial 'headcount closers -1..4' --dial 'leads web 0.8..1.5'
  headrace seek our-funnel --target 120 --kpi wins --dial 'routing least-open,by-tier' --dial 'headcount desk 0..3'
  headrace seek our-funnel --target 3.2M --prices prices.yaml --dial 'sla desk: remind 30 min | next rep 4 h'
"""


def seek(
    funnel: Funnel,
    target: Target,
    dial: Dials,
    chance: Chance = "80%",
    prices: PricesFile = None,
    days: Days = 90.0,
    trials: Trials = 60,
    confirm: Confirm = 1500,
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
    resume: Resume = None,
) -> None:
    """Find the cheapest plan with which a target is reached as surely as asked.

    Dials: headcount TEAM -1..4, leads CHANNEL 0.8..1.5 by 0.05 (without a channel: all leads), conversion STAGE
    0..0.05, routing [TEAM:] POLICY,POLICY, sla [TEAM:] PROMISE | PROMISE | none. As is is always a choice of the last
    two. The answer is confirmed under luck that the search never met, and comes with the price of other chances.
    """
    from scenarios.goal import Effort, Goal
    from studies.commands.screen import progress_bar, show
    from studies.config.prices_file import load_prices
    from studies.dial_text import read_amount, read_chance, read_dials
    from studies.funnel_folder import load_funnel
    from studies.seek import SeekRequest, run_seek

    request = SeekRequest(
        funnel=load_funnel(funnel, opening=opening, as_of=as_of),
        goal=Goal(target=read_amount(target), chance=read_chance(chance), kpi=kpi),
        dials=read_dials(dial),
        prices=load_prices(prices),
        days=days,
        seed=seed,
        warm_up=warm_up,
        effort=Effort(trials=trials, confirm=confirm),
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("seeking") as progress:
        found = run_seek(request, place_of(runs, output, replace=replace, resume=resume), progress)
    show(found.answer, found.grids, found.folder)
