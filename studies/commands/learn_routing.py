"""``headrace learn-routing``: how leads should be handed out, learned by trying."""

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
    Limit,
    OpeningFile,
    Output,
    Policies,
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

RIVALS = "round-robin,least-open,by-region-and-product,by-tier,account-owner"

Teams = Annotated[
    list[str], typer.Option("--team", metavar="TEAM", help="Learn for this team only; may be repeated. All by default.")
]
Trials = Annotated[int, typer.Option("--trials", help="Sets of weights to try in the training.")]
Race = Annotated[int, typer.Option("--race", help="Runs in which the best of them race in the end.")]
Territories = Annotated[
    bool, typer.Option("--territories", help="Keep each team's own rules on who may get a lead at all.")
]

EXAMPLES = """\b
Examples:
  headrace learn-routing our-funnel --days 90
  headrace learn-routing our-funnel --team closers --policies least-open,by-tier --bound
  headrace compare our-funnel --scenarios runs/2026-04-01-learn-routing-1f3a/learned.yaml --headcount closers:+2

An index gives each rep points for a lead: for few open deals (load), few tasks waiting (todo), speed, skill at this
kind of deal, being at work soon, and for skill and few tasks if the lead is valuable (value_skill, value_todo). Each
counts as much as its weight says, in each team by itself.
"""


def learn_routing(
    funnel: Funnel,
    policies: Policies = RIVALS,
    team: Teams = [],  # noqa: B006 - typer's way to say: none
    territories: Territories = False,
    days: Days = 90.0,
    trials: Trials = 80,
    race: Race = 600,
    replications: Replications = 100,
    seed: Seed = 1,
    kpi: Kpi = "bookings",
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
    """Learn how to hand out leads: search for the weights of an index, and judge them against policies with a name.

    The judging is a comparison under luck that the training never met, so what is learned may also turn out to be no
    better. The plan is kept as a scenario file.
    """
    from scenarios.learning.training import Effort
    from studies.commands.screen import progress_bar, show
    from studies.funnel_folder import load_funnel
    from studies.learn_routing import LearnRequest, run_learning
    from studies.plans import read_plans

    request = LearnRequest(
        funnel=load_funnel(funnel, opening=opening, as_of=as_of),
        rivals=read_plans(policies),
        days=days,
        seed=seed,
        kpi=kpi,
        warm_up=warm_up,
        replications=replications,
        teams=tuple(team),
        territories=territories,
        effort=Effort(trials=trials, race=race),
        sharing=Sharing(executor=executor, workers=workers, cluster=cluster),
    )
    with progress_bar("learning") as progress:
        place = place_of(runs, output, replace=replace, resume=resume)
        found = run_learning(request, place, progress, limit=bound)
    show(found.answer, found.grids, found.folder)
