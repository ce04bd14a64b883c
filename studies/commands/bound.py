"""``headrace bound``: the most that any routing policy can book."""

from typing import Annotated

import typer

from studies.commands.options import RUNS, AsOf, Days, Funnel, OpeningFile, Output, Replace, Runs, place_of

Territories = Annotated[
    bool, typer.Option("--territories", help="Count only policies under which reps keep to their regions and products.")
]

EXAMPLES = """\b
Examples:
  headrace bound our-funnel --days 90
  headrace bound our-funnel --days 90 --territories
"""


def bound(
    funnel: Funnel,
    days: Days = 90.0,
    as_of: AsOf = "",
    opening: OpeningFile = None,
    territories: Territories = False,
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Find the most that any routing policy can book, what is scarce, and what more of it is worth.

    No policy exceeds the limit on average, however clever; headrace compare --bound says how near yours come to it.
    """
    from studies.bound import run_bound
    from studies.commands.screen import progress_bar, show
    from studies.funnel_folder import load_funnel

    loaded = load_funnel(funnel, opening=opening, as_of=as_of)
    place = place_of(runs, output, replace=replace)
    with progress_bar("solving") as progress:
        found = run_bound(loaded, days, place, progress, territories=territories)
    show(found.answer, found.grids, found.folder)
