"""Sensitivity: which numbers move a figure, which make what isn't known of it, and which would be worth knowing."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from scenarios.beliefs import market_at
from scenarios.experiment import Experiment
from scenarios.information import value_of_information
from scenarios.prices import Horizon
from scenarios.run import Results
from scenarios.scenario import Scenario
from scenarios.sobol import indices_of_runs
from scenarios.tornado import plans_of, tornado
from sim.errors import SpecError
from studies.executors import Progress
from studies.experiments import UnfinishedError, run_experiment
from studies.grid import Grid
from studies.kept import Place
from studies.report import render
from studies.sensitivity_request import Sensitivity, SensitivityRequest
from studies.sensitivity_view import answer_of, grids_of, report_of
from studies.stopped import Stopped
from studies.store import new_run

WORTH = "bookings"
"""What a plan is chosen for: a share of its bookings, less what it costs."""

type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Studied:
    """The answer in a sentence, what it rests on, tables for people, and the run folder."""

    answer: str
    sensitivity: Sensitivity
    grids: tuple[Grid, ...]
    folder: str


def run_sensitivity(request: SensitivityRequest, place: Place, progress: Progress | None = None) -> Studied:
    """Simulate both experiments and keep what they say as a run folder with a report.

    Raises
    ------
    HeadraceError
        If a number or plan doesn't fit the funnel, a run fails, or the folder can't be written.
    Stopped
        On Ctrl-C; nothing is kept.
    """
    question = request.question(place.command)
    found = analyse(request, progress)
    answer = answer_of(found, request)
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        draft.table("tornado", found.tornado)
        draft.table("indices", found.indices.table)
        draft.table("plans", found.plans)
        draft.table("kpis", found.kpis)
        if found.information is not None:
            draft.table("information", found.information.table)
        draft.text("report.html", render(report_of(found, request, answer, question)))
    return Studied(answer, found, grids_of(found, request), str(draft.folder))


def analyse(request: SensitivityRequest, progress: Progress | None = None) -> Sensitivity:
    """Simulate each number from low to high, then all numbers at once, and tell what they say."""
    spec, swings, beliefs = request.funnel.spec, request.swings, request.ranges.beliefs
    ends = _run(request.experiment((spec,), plans_of(swings), request.replications), request, progress)
    places = request.ranges.draws(request.draws, request.seed)
    base = tuple(market_at(spec, beliefs, place) for place in places)
    kpis = _run(request.experiment(base, request.plans, 1), request, progress).kpis
    names = tuple(belief.name for belief in beliefs)
    figure = _by_plan(kpis, request.kpi, request.plans)[:, 0]
    worth, costs = _benefits(request, kpis)
    table = pd.DataFrame({"plan": [plan.name for plan in request.plans], "benefit": worth.mean(axis=0), "cost": costs})
    several = len(request.plans) > 1
    return Sensitivity(
        tornado=tornado(ends.kpis, request.kpi, swings),
        indices=indices_of_runs(places, figure, names, seed=request.seed),
        plans=table,
        information=value_of_information(places, worth, names, seed=request.seed) if several else None,
        kpis=kpis,
    )


def _benefits(request: SensitivityRequest, kpis: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return each plan's benefit in each draw, shape (draws, plans), and what the plans cost."""
    horizon = Horizon(request.funnel.opening.as_of, request.days)
    costs = np.array([plan.cost(request.funnel.spec, horizon, request.prices) for plan in request.plans])
    return request.margin * _by_plan(kpis, WORTH, request.plans) - costs, costs


def _by_plan(kpis: pd.DataFrame, kpi: str, plans: tuple[Scenario, ...]) -> Floats:
    """Return a figure by draw and plan.

    Raises
    ------
    SpecError
        If a run doesn't know it, as an average without a win.
    """
    values = kpis.pivot_table(index="draw", columns="scenario", values=kpi, dropna=False)
    table = values[[plan.name for plan in plans]].to_numpy(np.float64)
    if not np.isfinite(table).all():
        raise SpecError(f"sensitivity: {kpi} isn't known in every run; ask for another figure, or more days")
    return table


def _run(experiment: Experiment, request: SensitivityRequest, progress: Progress | None) -> Results:
    try:
        return run_experiment(experiment, sharing=request.sharing, progress=progress)
    except UnfinishedError:
        raise Stopped("stopped before there was an answer; nothing is kept") from None
