"""``headrace calibrate``: from a company's history to its funnel."""

from pathlib import Path
from typing import Annotated

import typer

from studies.commands.options import RUNS, Files, Mapping, Output, Replace, Runs, place_of

End = Annotated[str, typer.Option("--as-of", help="End of the history, and start of every simulation.")]
Start = Annotated[str, typer.Option("--from", help="Leads created before this date don't count.")]
Own = Annotated[Path | None, typer.Option("--operation", help="A funnel file with your own teams, hours and rules.")]
Truth = Annotated[Path | None, typer.Option("--truth", help="The funnel that made the history, if one did.")]

EXAMPLES = """\b
Examples:
  headrace calibrate history.csv --mapping salesforce-opportunity-history --as-of 2026-01-01 --output our-funnel
  headrace calibrate history.csv --mapping ours.yaml --as-of 2026-01-01 --from 2025-01-01 --operation teams.yaml
"""


def calibrate(
    files: Files,
    mapping: Mapping,
    as_of: End,
    since: Start = "",
    operation: Own = None,
    truth: Truth = None,
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Estimate a funnel from a CRM export, up to a date.

    Makes a folder with funnel.yaml, which you can read and correct, the deals that are open at that date, every
    estimate with its standard error, and a report. Give the folder to simulate or compare.
    """
    from studies.calibrate import CalibrationRequest, run_calibration
    from studies.commands.screen import show, waiting
    from studies.config import load_spec

    request = CalibrationRequest(
        files=tuple(files),
        mapping=mapping,
        as_of=as_of,
        since=since,
        operation=load_spec(operation).operation if operation else None,
        truth=load_spec(truth) if truth else None,
        beside=tuple(path for path in (operation, truth) if path),
    )
    with waiting("reading and estimating"):
        found = run_calibration(request, place_of(runs, output, replace=replace))
    show(found.answer, found.grids, found.folder)
    typer.echo(f"Next: headrace compare {found.folder} --policies least-open,random --days 90")
