"""``headrace backtest``: how good the forecast would have been in the past."""

from typing import Annotated

import typer

from studies.commands.forecast import Month, Pattern, Simulated, Start, Unit
from studies.commands.options import RUNS, Files, Mapping, Output, Replace, Runs, Seed, Workers, place_of

First = Annotated[str, typer.Option("--first", help="Periods that begin from here on are forecast.")]
Last = Annotated[str, typer.Option("--last", help="Periods that end by here are forecast; empty is the history's end.")]
By = Annotated[str, typer.Option("--by", help="Score each team, region, segment, product, channel or rep; or total.")]
Measure = Annotated[str, typer.Option("--measure", help="bookings or wins.")]
Draws = Annotated[int, typer.Option("--draws", help="Draws of each forecast.")]

EXAMPLES = """\b
Examples:
  headrace backtest history.csv --mapping salesforce-opportunity-history --first 2025-01-01
  headrace backtest history.csv --mapping ours.yaml --first 2025-01-01 --by team --period month
  headrace backtest history.csv --mapping ours.yaml --first 2025-01-01 --simulate 40
"""


def backtest(
    files: Files,
    mapping: Mapping,
    first: First,
    last: Last = "",
    since: Start = "",
    period: Unit = "quarter",
    fiscal_month: Month = 1,
    fiscal_weeks: Pattern = "months",
    by: By = "total",
    measure: Measure = "bookings",
    draws: Draws = 400,
    seed: Seed = 1,
    simulate: Simulated = 0,
    workers: Workers = 0,
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Forecast each past period at its start, middle and end with what was known then, beside seven simple rules.

    Says in one sentence whether the forecast is to be trusted on this data, and when not. With --simulate the forecast
    that simulates the team of that day is scored too.
    """
    from forecast.fiscal import FiscalCalendar
    from studies.backtest import BacktestRequest, run_backtest
    from studies.commands.screen import progress_bar, show
    from studies.executors import Sharing

    request = BacktestRequest(
        files=tuple(files),
        mapping=mapping,
        first=first,
        last=last,
        since=since,
        calendar=FiscalCalendar(fiscal_month, fiscal_weeks, period),
        dimension=by,
        measure=measure,
        draws=draws,
        seed=seed,
        simulate=simulate,
        sharing=Sharing(workers=workers),
    )
    with progress_bar("forecasting the past") as progress:
        found = run_backtest(request, place_of(runs, output, replace=replace), progress)
    show(found.answer, found.grids, found.folder)
