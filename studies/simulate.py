"""Simulate: what the funnel would do if nothing were changed, and how far luck alone moves it."""

from dataclasses import dataclass

import pandas as pd

from scenarios.run import Results
from sim.kpis import HEADLINES
from sim.simulate import simulate
from studies.charts import spread, spread_chart
from studies.comparison_view import assumptions_section, scatter_grid
from studies.executors import Progress
from studies.grid import Grid
from studies.kept import Place, provenance
from studies.log_folder import save_log
from studies.operations_view import data_section, operation_section, stages_grid
from studies.report import Figure, Report, Section, render
from studies.request import Request, run_request
from studies.store import Question
from studies.wording import day, interval, quantity, title_of, unit_of


@dataclass(frozen=True)
class Simulated:
    """The answer in a sentence, its tables for people, where the run stands, and why it stopped early."""

    answer: str
    grids: tuple[Grid, ...]
    folder: str
    stopped: str = ""


def run_simulation(
    request: Request, place: Place, progress: Progress | None = None, *, keep_log: bool = False
) -> Simulated:
    """Run the funnel as it is and keep the figures as a run folder with a report.

    Parameters
    ----------
    request
        With one plan, the baseline.
    place
        Where the run folder goes.
    progress
        Told after each chunk of runs.
    keep_log
        Whether to keep the event log of the first run too.
    """
    ran = run_request(request, "simulate", place, progress)
    results, question, stopped = ran.results, ran.question, ran.stopped
    grids = (figures_grid(results.kpis), stages_grid(results.tables["stages"]))
    answer = f"{'Stopped early. ' if stopped else ''}{_answer(request, results.kpis)}"
    with ran.folder() as draft:
        draft.answer = answer
        draft.table("kpis", results.kpis)
        for name, table in {**results.tables, **request.funnel.tables}.items():
            draft.table(name, table)
        if keep_log:
            funnel = request.funnel
            save_log(simulate(funnel.spec, funnel.opening, days=request.days, seed=request.seed), draft.folder / "log")
        draft.text("report.html", render(_report(request, results, answer, grids, question)))
    return Simulated(answer, grids, str(draft.folder), stopped)


def figures_grid(kpis: pd.DataFrame) -> Grid:
    """Lay out every headline figure: its mean, its middle, and how far luck moves it."""
    rows = []
    for kpi in HEADLINES:
        unit = unit_of(kpi)
        row = spread(kpis, ["scenario"], kpi).to_dict("records")[0]
        median = quantity(float(kpis[kpi].median()), unit)
        rows.append((title_of(kpi), quantity(row["mean"], unit), median, interval(row["low"], row["high"], unit), unit))
    note = f"{len(kpis)} runs, each with other luck; 80 % of them lie in the interval."
    return Grid.of("Headline figures", ("figure", "mean", "median", "80 % of the runs", "unit"), rows, note)


def _answer(request: Request, kpis: pd.DataFrame) -> str:
    kpi = request.kpi
    row = spread(kpis, ["scenario"], kpi).to_dict("records")[0]
    when = f"over {request.days:g} days from {day(request.funnel.opening.as_of)}"
    likely = f"{interval(row['low'], row['high'], unit_of(kpi))} in 80 % of {len(kpis)} runs"
    return f"{title_of(kpi).capitalize()} {when}: {quantity(row['mean'], unit_of(kpi))} on average, {likely}."


def _report(request: Request, results: Results, answer: str, grids: tuple[Grid, ...], question: Question) -> Report:
    chart = Figure(
        f"How {title_of(request.kpi)} scatters",
        "A tick is one run, the dot their mean.",
        spread_chart(results.kpis, request.kpi),
        scatter_grid(results.kpis, request.kpi),
    )
    sections = (
        Section("Figures", (), grids[:1], (chart,)),
        operation_section(results.tables),
        assumptions_section(request, results),
        *data_section(request.funnel.tables),
    )
    return Report(f"The next {request.days:g} days", answer, sections, provenance(question))
