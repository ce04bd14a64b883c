"""``headrace select``: the best of many plans, with a promise."""

from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    AsOf,
    Cluster,
    Days,
    Draws,
    Executor,
    Funnel,
    Headcount,
    Kpi,
    OpeningFile,
    Output,
    Policies,
    Posterior,
    Promise,
    Replace,
    Resume,
    Runs,
    Seed,
    WarmUp,
    Workers,
    place_of,
)
from studies.executors.sharing import Kind, Sharing

Zone = Annotated[
    str, typer.Option("--indifference", help="A difference not worth detecting, as a share of the first plan's mean.")
]
Confidence = Annotated[str, typer.Option("--confidence", help="With which the best plan is to be chosen.")]
First = Annotated[int, typer.Option("--first", help="Runs of every plan before any is put out.")]
Most = Annotated[int, typer.Option("--most", help="Runs of a plan after which to give up, undecided.")]
Spend = Annotated[int, typer.Option("--budget", help="Spend so many runs in all instead, without a promise.")]

EXAMPLES = """\b
Examples:
  headrace select our-funnel --policies round-robin,least-open,by-tier --headcount closers:+2 --indifference 1%
  headrace select our-funnel --policies least-open,by-tier,account-owner --budget 200
"""


def select(
    funnel: Funnel,
    policies: Policies = "",
    headcount: Headcount = [],  # noqa: B006 - typer's way to say: none
    sla: Promise = [],  # noqa: B006
    indifference: Zone = "1%",
    confidence: Confidence = "95%",
    first: First = 20,
    most: Most = 2000,
    budget: Spend = 0,
    days: Days = 90.0,
    seed: Seed = 1,
    kpi: Kpi = "bookings",
    posterior: Posterior = None,
    draws: Draws = 20,
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
    """Find the best plan: all start, and a plan that is clearly behind isn't run any longer.

    Runs go on until one plan is left. If it leads by the indifference zone or more, it is the best with the stated
    confidence. Things as they are compete too.
    """
    from studies.commands.screen import progress_bar, show
    from studies.drawn_funnels import drawn_of
    from studies.funnel_folder import load_funnel
    from studies.plans import read_plans, read_rule
    from studies.request import Request
    from studies.select import run_selection

    rule = read_rule(indifference, confidence, first=first, most=most, budget=budget)
    loaded = load_funnel(funnel, opening=opening, as_of=as_of)
    request = Request(
        funnel=loaded,
        plans=read_plans(policies, headcount, sla),
        days=days,
        replications=rule.most,
        seed=seed,
        kpi=kpi,
        warm_up=warm_up,
        drawn=drawn_of(posterior, loaded, draws=draws, days=days, seed=seed),
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("selecting") as progress:
        found = run_selection(request, rule, place_of(runs, output, replace=replace, resume=resume), progress)
    show(found.answer, found.grids, found.folder)
