"""Compare: the same leads meet the same luck under every plan, and the differences say which plan does better."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from scenarios.compare import Comparison, compare
from scenarios.run import Results
from sim.errors import SpecError
from sim.kpis import HEADLINES
from studies.comparison_view import answer_of, best_grid, brief_grid, main_grid, report_of, sources_grid, stacked
from studies.executors import Progress
from studies.grid import Grid
from studies.kept import Place
from studies.limits import limits_of, shares, shares_grid, shares_section
from studies.report import Section, render
from studies.request import Request, run_request
from studies.store import Draft, Question, new_run

VERB = "compare"


@dataclass(frozen=True)
class Compared:
    """The answer in a sentence, what it rests on, tables for people, the run folder, and why it stopped early."""

    answer: str
    comparison: Comparison
    grids: tuple[Grid, ...]
    folder: str
    stopped: str = ""


def run_comparison(
    request: Request, place: Place, progress: Progress | None = None, *, limit: bool = False
) -> Compared:
    """Run the comparison and keep it as a run folder with a report.

    Parameters
    ----------
    request
        What is compared.
    place
        Where the run folder goes.
    progress
        Told after each chunk of runs.
    limit
        Whether to say how near each plan comes to the most that any routing policy can book.

    Raises
    ------
    HeadraceError
        If the plans don't fit the funnel, a run fails, or the folder can't be written.
    """
    if limit:
        refuse_limit(request)
    ran = run_request(request, VERB, place, progress)
    near = near_the_limit(request, ran.results) if limit else None
    with ran.folder() as draft:
        say = _stopped_early if ran.stopped else answer_of
        written = write_comparison(draft, request, ran.results, ran.question, say=say, near=near)
    return replace(written, folder=str(draft.folder), stopped=ran.stopped)


def keep_comparison(request: Request, results: Results, place: Place) -> Compared:
    """Keep the results of a request that has been run already, to the same bytes as `run_comparison`."""
    question = request.question(VERB, place.command)
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        written = write_comparison(draft, request, results, question)
    return replace(written, folder=str(draft.folder))


def refuse_limit(request: Request) -> None:
    """Raise `SpecError` if plans can't be held against the limit that routing has."""
    if request.warm_up or request.drawn:
        raise SpecError("the limit counts from the start, for one funnel: leave out --bound, or warm-up and posterior")


def near_the_limit(
    request: Request, results: Results, *, known: dict[str, float] | None = None, told: Progress | None = None
) -> pd.DataFrame:
    """Return each plan's share of the most that any routing policy can book (`studies.limits.shares`).

    ``known`` and ``told`` are those of `studies.limits.limits_of`.
    """
    specs = {plan.name: plan.apply(request.funnel.spec) for plan in request.plans}
    return shares(results.kpis, limits_of(specs, request.funnel.opening, request.days, known=known, told=told))


def _stopped_early(main: Comparison, request: Request) -> str:
    return f"Stopped early. {answer_of(main, request)}"


def write_comparison(
    draft: Draft,
    request: Request,
    results: Results,
    question: Question,
    *,
    say: Callable[[Comparison, Request], str] = answer_of,
    near: pd.DataFrame | None = None,
    more: tuple[Section, ...] = (),
) -> Compared:
    """Write a comparison into a run folder.

    Parameters
    ----------
    draft
        The folder.
    request, results, question
        What was compared, what came out, and what the manifest says was asked.
    say
        Says it in a sentence.
    near
        Each plan's share of the limit, or None.
    more
        Sections of the report that follow the comparison.
    """
    every = {kpi: compare(results.kpis, kpi) for kpi in HEADLINES}
    main = every[request.kpi]
    answer = say(main, request)
    best = best_grid(main)
    sources = (sources_grid(main),) if request.drawn else ()
    limits = () if near is None else (shares_grid(near),)
    firsts = (main_grid(main, request, results.kpis), *((best,) if best else ()))
    grids = (*firsts, *limits, *sources, brief_grid(every, request))
    draft.answer = answer
    draft.table("kpis", results.kpis)
    draft.table("comparison", stacked(every))
    for name, table in {**results.tables, **request.funnel.tables}.items():
        draft.table(name, table)
    if near is not None:
        draft.table("limits", near)
    after = (*((shares_section(limits),) if limits else ()), *more)
    draft.text("report.html", render(report_of(request, results, every, answer, question, after)))
    return Compared(answer, main, grids, str(draft.folder))
