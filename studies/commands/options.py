"""The options that several verbs share, in one wording."""

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studies.executors.sharing import Kind

if TYPE_CHECKING:
    from studies.kept import Place

RUNS = Path("runs")

COMMAND: ContextVar[tuple[str, ...]] = ContextVar("COMMAND", default=("headrace",))
"""The command line that is being carried out, word by word."""

Files = Annotated[
    list[Path], typer.Argument(help="The export: CSV, Parquet or XES, plain or gzipped.", show_default=False)
]
Mapping = Annotated[
    str,
    typer.Option("--mapping", "-m", help="What the columns mean: a name (headrace quality --help) or a YAML file."),
]
Funnel = Annotated[
    Path, typer.Argument(help="A funnel file, or the folder that calibrate has made.", show_default=False)
]
OpeningFile = Annotated[
    Path | None, typer.Option("--opening", help="What is open at the start, if it doesn't stand beside the funnel.")
]
AsOf = Annotated[
    str, typer.Option("--as-of", help="Date such as 2026-01-01 on which a funnel without an opening starts, empty.")
]
Policies = Annotated[
    str,
    typer.Option("--policies", "-p", help="Routing policies, parted by commas; one of your own is file.py:function."),
]
Headcount = Annotated[
    list[str],
    typer.Option("--headcount", metavar="TEAM:+2", help="Reps more or fewer, such as closers:+2; may be repeated."),
]
Promise = Annotated[
    list[str],
    typer.Option(
        "--sla", metavar="PROMISE", help="A first-touch promise, such as 'remind 30 min, next rep 4 h', or none."
    ),
]
Posterior = Annotated[
    Path | None,
    typer.Option(
        "--posterior", metavar="FORECAST", help="A forecast's run folder: try the plans on what it believes too."
    ),
]
Draws = Annotated[int, typer.Option("--draws", help="Versions of the market out of the posterior, each with its runs.")]
Days = Annotated[float, typer.Option("--days", "-d", help="How many days to look ahead.")]
Replications = Annotated[int, typer.Option("--replications", "-r", help="Runs, each with other luck.")]
Seed = Annotated[int, typer.Option("--seed", "-s", help="Which luck; the same seed gives the same results.")]
Executor = Annotated[
    Kind,
    typer.Option("--executor", help="Who shares the work: auto takes what suits the engine. Results don't change."),
]
Workers = Annotated[int, typer.Option("--workers", "-w", help="Threads or processes that share it; 0 is one a core.")]
Cluster = Annotated[
    str, typer.Option("--cluster", metavar="ADDRESS", help="A Dask scheduler, such as tcp://10.0.0.5:8786, instead.")
]
Resume = Annotated[
    Path | None,
    typer.Option("--resume", metavar="RUN", help="Go on with a run of this very command that was stopped or killed."),
]
WarmUp = Annotated[float, typer.Option("--warm-up", help="Days at the start that no figure counts.")]
Limit = Annotated[
    bool,
    typer.Option("--bound", help="Show each plan's share of the most that any routing policy can book (some minutes)."),
]
Kpi = Annotated[
    str, typer.Option("--kpi", help="The figure that decides, such as bookings or wins; a wrong name lists all.")
]
PricesFile = Annotated[
    Path | None, typer.Option("--prices", help="A YAML file: rep_month, rep_month_of, hiring, lead (by channel).")
]
Runs = Annotated[Path, typer.Option("--runs", envvar="HEADRACE_RUNS", help="Folder that keeps the runs.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Put the run here instead.")]
Replace = Annotated[bool, typer.Option("--replace", help="Let the run take the place of one in --output.")]


def place_of(runs: Path, output: Path | None, *, replace: bool, resume: Path | None = None) -> "Place":
    """Return where the run folder goes, with the command line that asked for it."""
    from studies.kept import Place

    return Place(root=runs, folder=output, replace=replace, resume=resume, command=COMMAND.get())
