"""Compare: the same leads meet the same luck under every plan, and the differences say which plan does better."""

from dataclasses import dataclass

from scenarios.compare import Comparison, compare
from sim.kpis import HEADLINES
from studies.comparison_view import answer_of, best_grid, brief_grid, main_grid, report_of, sources_grid, stacked
from studies.executors import Progress
from studies.grid import Grid
from studies.kept import Place
from studies.report import render
from studies.request import Request, run_request


@dataclass(frozen=True)
class Compared:
    """The answer in a sentence, what it rests on, tables for people, the run folder, and why it stopped early."""

    answer: str
    comparison: Comparison
    grids: tuple[Grid, ...]
    folder: str
    stopped: str = ""


def run_comparison(request: Request, place: Place, progress: Progress | None = None) -> Compared:
    """Run the comparison and keep it as a run folder with a report.

    Raises
    ------
    HeadraceError
        If the plans don't fit the funnel, a run fails, or the folder can't be written.
    """
    ran = run_request(request, "compare", place, progress)
    results, question, stopped = ran.results, ran.question, ran.stopped
    every = {kpi: compare(results.kpis, kpi) for kpi in HEADLINES}
    main = every[request.kpi]
    answer = f"Stopped early. {answer_of(main, request)}" if stopped else answer_of(main, request)
    best = best_grid(main)
    sources = (sources_grid(main),) if request.beliefs else ()
    grids = (main_grid(main, request, results.kpis), *((best,) if best else ()), *sources, brief_grid(every, request))
    with ran.folder() as draft:
        draft.answer = answer
        draft.table("kpis", results.kpis)
        draft.table("comparison", stacked(every))
        for name, table in {**results.tables, **request.funnel.tables}.items():
            draft.table(name, table)
        draft.text("report.html", render(report_of(request, results, every, answer, question)))
    return Compared(answer, main, grids, str(draft.folder), stopped)
