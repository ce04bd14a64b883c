"""``headrace compare``: which plan does better, and how sure that is."""

from pathlib import Path
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
    Limit,
    OpeningFile,
    Output,
    Policies,
    Posterior,
    Promise,
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

Exactly = Annotated[
    str,
    typer.Option(
        "--precision", help="Run on until every interval by itself is this narrow, such as 2%; 30 runs or more."
    ),
]
Scenarios = Annotated[
    Path | None,
    typer.Option("--scenarios", help="A file of plans, each of one or more levers: headrace scenario --help."),
]

EXAMPLES = """\b
Examples:
  headrace compare our-funnel --policies round-robin,least-open,by-tier --days 90 --replications 20
  headrace compare our-funnel --headcount closers:+2 --headcount closers:-1 --kpi wins --precision 2%
  headrace compare our-funnel --policies own.py:choose_rep --sla 'desk: remind 30 min, next rep 4 h' --sla none
  headrace compare our-funnel --policies by-tier --posterior runs/2026-01-15-forecast-1f3a9c20 --draws 20 -r 4
  headrace compare our-funnel --scenarios plans.yaml --days 180

Policies: random, round-robin, weighted-round-robin, least-open, most-capacity, value-balanced, fastest-first,
by-region, by-product, by-region-and-product, by-tier, account-owner, index, pool. An index takes weights, such as
'index load 1 value_skill 2' (load, todo, speed, skill, soon, turn, owner, value_skill, value_todo); headrace
learn-routing finds good ones. A policy of your own is a Python function choose_rep(lead, now, load, reps, state) that
returns a rep's position in the team.
"""


def compare(
    funnel: Funnel,
    policies: Policies = "",
    headcount: Headcount = [],  # noqa: B006 - typer's way to say: none
    sla: Promise = [],  # noqa: B006
    scenarios: Scenarios = None,
    days: Days = 90.0,
    replications: Replications = 20,
    seed: Seed = 1,
    kpi: Kpi = "bookings",
    precision: Exactly = "",
    posterior: Posterior = None,
    draws: Draws = 20,
    bound: Limit = False,
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
    """Compare plans with things as they are.

    All plans meet the same leads and the same luck, so a difference is the plan's doing.
    """
    from studies.commands.screen import progress_bar, show_whole
    from studies.compare import run_comparison
    from studies.config import ScenarioFile, read_scenarios
    from studies.drawn_funnels import drawn_of
    from studies.funnel_folder import load_funnel
    from studies.plans import read_plans, read_precision
    from studies.request import Request

    loaded = load_funnel(funnel, opening=opening, as_of=as_of)
    file = read_scenarios(scenarios, loaded.spec) if scenarios else ScenarioFile(())
    request = Request(
        funnel=loaded,
        plans=read_plans(policies, headcount, sla, file.plans),
        days=days,
        replications=replications,
        seed=seed,
        kpi=kpi,
        warm_up=warm_up,
        precision=read_precision(precision),
        drawn=drawn_of(posterior, loaded, draws=draws, days=days, seed=seed),
        prices=file.prices,
        target=file.target,
        files=(scenarios,) if scenarios else (),
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("comparing") as progress:
        found = run_comparison(request, place_of(runs, output, replace=replace, resume=resume), progress, limit=bound)
    show_whole(found)
