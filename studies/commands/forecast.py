"""``headrace forecast``: what will be booked this quarter and next, and how sure that is."""

from pathlib import Path
from typing import Annotated

import typer

from studies.commands.options import (
    RUNS,
    Files,
    Mapping,
    Output,
    Replace,
    Runs,
    Seed,
    Workers,
    place_of,
)

Today = Annotated[str, typer.Option("--as-of", help="The day of the forecast; nothing later is looked at.")]
Start = Annotated[str, typer.Option("--from", help="Leads created before this date don't count.")]
Unit = Annotated[str, typer.Option("--period", help="What is reported: quarter, month or week.")]
Month = Annotated[int, typer.Option("--fiscal-month", help="Month in which the fiscal year begins, 1 to 12.")]
Pattern = Annotated[str, typer.Option("--fiscal-weeks", help="months, or a quarter's weeks: 4-4-5, 4-5-4, 5-4-4.")]
Periods = Annotated[int, typer.Option("--periods", help="How many periods, the running one first.")]
Goal = Annotated[float, typer.Option("--target", help="What is to be reached in the running period.")]
Method = Annotated[str, typer.Option("--method", help="laplace (fast) or nuts (the reference, minutes).")]
Draws = Annotated[int, typer.Option("--draws", help="How many versions of the market and its luck.")]
Simulated = Annotated[int, typer.Option("--simulate", help="Draws to simulate with the real team, such as 40.")]
Before = Annotated[Path | None, typer.Option("--since-run", help="Run folder of the last forecast: says what changed.")]

EXAMPLES = """\b
Examples:
  headrace forecast history.csv --mapping salesforce-opportunity-history --as-of 2026-01-15 --target 2500000
  headrace forecast history.csv --mapping ours.yaml --as-of 2026-01-15 --fiscal-month 2 --since-run runs/last
"""


def forecast(
    files: Files,
    mapping: Mapping,
    as_of: Today,
    since: Start = "",
    period: Unit = "quarter",
    fiscal_month: Month = 1,
    fiscal_weeks: Pattern = "months",
    periods: Periods = 2,
    target: Goal = 0.0,
    method: Method = "laplace",
    draws: Draws = 1000,
    seed: Seed = 1,
    simulate: Simulated = 0,
    workers: Workers = 0,
    before: Before = None,
    runs: Runs = RUNS,
    output: Output = None,
    replace: Replace = False,
) -> None:
    """Forecast bookings from a CRM export: how much, how sure, what it is made of, and the chance to hit the target.

    Ask headrace backtest first how good such forecasts were on your own past.
    """
    from forecast.fiscal import FiscalCalendar
    from studies.commands.screen import progress_bar, show
    from studies.executors import Sharing
    from studies.forecast import ForecastRequest, run_forecast

    request = ForecastRequest(
        files=tuple(files),
        mapping=mapping,
        as_of=as_of,
        since=since,
        calendar=FiscalCalendar(fiscal_month, fiscal_weeks, period),
        periods=periods,
        target=target,
        method=method,
        draws=draws,
        seed=seed,
        simulate=simulate,
        sharing=Sharing(workers=workers),
        before=before,
    )
    with progress_bar("reading, fitting and simulating") as progress:
        found = run_forecast(request, place_of(runs, output, replace=replace), progress)
    show(found.answer, found.grids, found.folder)
