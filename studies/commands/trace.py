"""``headrace trace``: one lead's life in order, under one plan or two side by side."""

from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    AsOf,
    Days,
    Funnel,
    Headcount,
    OpeningFile,
    Output,
    Policies,
    Promise,
    Replace,
    Seed,
    place_of,
)

Lead = Annotated[str, typer.Argument(help="The lead's label, such as web-12; --list shows some.", show_default=False)]
Listing = Annotated[
    bool, typer.Option("--list", help="List leads worth following, such as those that end differently.")
]
Most = Annotated[int, typer.Option("--most", help="How many leads to list.")]
Luck = Annotated[int, typer.Option("--replication", help="Which of the seed's runs.")]

EXAMPLES = """\b
Examples:
  headrace trace our-funnel --policies round-robin,least-open --list
  headrace trace our-funnel web-12 --policies round-robin,least-open
  headrace trace our-funnel web-12 --headcount closers:+2 --output web-12
"""


def trace(
    funnel: Funnel,
    lead: Lead = "",
    listing: Listing = False,
    policies: Policies = "",
    headcount: Headcount = [],  # noqa: B006 - typer's way to say: none
    sla: Promise = [],  # noqa: B006
    days: Days = 90.0,
    seed: Seed = 1,
    replication: Luck = 0,
    most: Most = 20,
    as_of: AsOf = "",
    opening: OpeningFile = None,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Tell one lead's life in plain words: whom it went to and why, what it waited for, and how it ended.

    With two plans, or with one beside things as they are, the same lead meets the same luck under both. The reasons are
    those of the rules at work: a witness at the desk writes down what filters, ranking and tie rule say.
    """
    from studies.commands.screen import progress_bar, show
    from studies.funnel_folder import load_funnel
    from studies.plans import AS_IS, read_plans
    from studies.trace import TraceRequest, list_leads, pair_of, tell_lead

    if bool(lead) is listing:
        raise typer.BadParameter("name a lead, or ask for a list of some with --list")
    asked = bool(policies or headcount or sla)
    request = TraceRequest(
        funnel=load_funnel(funnel, opening=opening, as_of=as_of),
        plans=pair_of(read_plans(policies, headcount, sla) if asked else (AS_IS,)),
        days=days,
        seed=seed,
        replication=replication,
    )
    with progress_bar("following") as progress:
        if listing:
            found = list_leads(request, most)
            answer, grids, folder = found.answer, found.grids, ""
        else:
            told = tell_lead(request, lead, place_of(RUNS, output, replace=replace), progress)
            answer, grids, folder = told.answer, told.grids, told.folder
    show(answer, grids, folder)
