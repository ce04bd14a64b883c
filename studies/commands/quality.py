"""``headrace quality``: look at an export before believing anything that is computed from it."""

from typing import Annotated

import typer

from studies.commands.options import RUNS, Files, Mapping, Output, Replace, Runs, place_of

Until = Annotated[str, typer.Option("--as-of", help="Leave out whatever is later than this date, such as 2026-01-01.")]

EXAMPLES = """\b
Examples:
  headrace quality deals.csv --mapping hubspot-deals
  headrace quality history.csv accounts.csv --mapping ours.yaml --as-of 2026-01-01
"""


def quality(
    files: Files,
    mapping: Mapping,
    as_of: Until = "",
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Say what is wrong with a CRM export, and what is done about it.

    A mapping says which column is what. Some exports are known by name: salesforce-opportunity,
    salesforce-opportunity-history, hubspot-deals, fxiaoke-opportunities, generic-opportunities,
    generic-stage-history, event-log, xes. For any other export, or if your stages have other names, write a YAML file:
    docs/mapping-file.md shows how.
    """
    from studies.commands.screen import show, waiting
    from studies.quality import check_quality

    with waiting("reading"):
        found = check_quality(files, mapping, place_of(runs, output, replace=replace), as_of)
    show(found.answer, found.grids, found.folder)
