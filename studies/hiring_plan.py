"""Hiring plan: whom to hire when, and what it costs to be a month late."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from scenarios.hiring.hours import Need, monthly_capacity, typical_hours
from scenarios.hiring.months import Months, months_ahead
from scenarios.hiring.plan import Hiring, Terms, hiring_for, hiring_scenarios, staffing_table
from scenarios.scenario import AS_IS
from sim.errors import require
from sim.eventlog import Floats
from sim.simulate import COMPILED
from studies.executors import ALONE, Progress, Sharing, in_order
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.hiring_view import Cost, answer_of, costs_of, hiring_grid, months_grid, report_of
from studies.kept import Place
from studies.report import render
from studies.request import Request, run_request


@dataclass(frozen=True, kw_only=True)
class HiringRequest:
    """For which funnel, how far ahead and how thoroughly the hiring is to be planned.

    Attributes
    ----------
    funnel
        The funnel with its opening.
    months
        Whole months ahead.
    terms
        What hiring takes.
    replications, seed
        Runs behind the need and behind the cost of delay.
    sharing
        Who shares the work.
    """

    funnel: Funnel
    months: int = 12
    terms: Terms = field(default_factory=Terms)
    replications: int = 20
    seed: int = 1
    sharing: Sharing = ALONE

    def __post_init__(self) -> None:
        """Refuse a number of runs that gives no quantile."""
        require(self.replications >= 2, f"hiring plan: replications must be 2 or more, got {self.replications}")

    @property
    def ahead(self) -> Months:
        """The months ahead."""
        return months_ahead(self.funnel.opening.as_of, self.months, self.funnel.spec.market.time_zone)


@dataclass(frozen=True)
class HiringPlan:
    """What each team has, needs and should do.

    Attributes
    ----------
    tables
        Team → `scenarios.hiring.plan.staffing_table`, and ``free``, the median need if nobody had to wait.
    hiring
        What each team needs, in the order of the operation.
    """

    tables: Mapping[str, pd.DataFrame]
    hiring: tuple[Hiring, ...]


@dataclass(frozen=True)
class Planned:
    """The answer in plain words, the plan, what a month's delay costs, tables, the run folder, and why it stopped."""

    answer: str
    plan: HiringPlan
    costs: Mapping[str, Cost]
    grids: tuple[Grid, ...]
    folder: str
    stopped: str = ""


def run_hiring_plan(request: HiringRequest, place: Place, progress: Progress | None = None) -> Planned:
    """Plan the hiring and keep the plan as a run folder with a report.

    Raises
    ------
    HeadraceError
        If the request doesn't fit the funnel, a run fails, or the folder can't be written.
    """
    months = request.ahead
    plan = plan_hiring(request, months, progress)
    ran = run_request(_delays(request, plan, months), "hiring-plan", place, progress)
    costs = costs_of(ran.results.kpis, plan.hiring)
    answer = f"{'Stopped early. ' if ran.stopped else ''}{answer_of(plan.hiring, costs, months)}"
    grids = (months_grid(plan.tables), hiring_grid(plan.hiring, costs, months))
    staffing = pd.concat(plan.tables, names=["team"]).reset_index()
    with ran.folder() as draft:
        draft.answer = answer
        draft.table("staffing", staffing)
        draft.table("kpis", ran.results.kpis)
        draft.text("report.html", render(report_of(answer, grids, staffing, request.terms, ran)))
    return Planned(answer, plan, costs, grids, str(draft.folder), ran.stopped)


def plan_hiring(request: HiringRequest, months: Months, progress: Progress | None = None) -> HiringPlan:
    """Set every team's hours beside those that its deals ask for, and say when to open which positions."""
    spec, as_of = request.funnel.spec, request.funnel.opening.as_of
    needs = _needs(request, months, progress)
    tables, hiring = {}, []
    for team in spec.operation.teams:
        reps = [rep for rep in spec.operation.team_reps(team.name) if not rep.manager]
        capacity = monthly_capacity(spec, reps, as_of, months, request.terms.leaving)
        one_more = typical_hours(spec, team, as_of, months)
        table = staffing_table(needs["need"][team.name], capacity, months, request.terms.busiest)
        tables[team.name] = table.assign(free=np.median(needs["free"][team.name], axis=0))
        hiring.append(hiring_for(spec, team.name, needs["need"][team.name], capacity, one_more, months, request.terms))
    return HiringPlan(tables, tuple(hiring))


def _needs(request: HiringRequest, months: Months, progress: Progress | None) -> dict[str, dict[str, Floats]]:
    """Return the hours that each team is asked for, shape (runs, months): as things are, and if nobody had to wait."""
    task = Need(request.funnel.spec, request.funnel.opening, months, request.seed)
    with request.sharing.open(COMPILED) as workers:
        runs = pd.concat(in_order(workers, task, range(request.replications), progress))
    shape = (request.replications, len(request.funnel.spec.operation.teams), len(months))
    hours = {name: runs[name].to_numpy(np.float64).reshape(shape) for name in ("need", "free")}
    names = [team.name for team in request.funnel.spec.operation.teams]
    return {what: {team: cube[:, place] for place, team in enumerate(names)} for what, cube in hours.items()}


def _delays(request: HiringRequest, plan: HiringPlan, months: Months) -> Request:
    """Return the comparison that says what a month's delay costs: each short team's hiring in time, and later."""
    terms = request.terms
    delays = (hiring_scenarios(hiring, terms) for hiring in plan.hiring)
    return Request(
        funnel=request.funnel,
        plans=(AS_IS, *(scenario for pair in delays for scenario in pair)),
        days=months.days,
        replications=request.replications,
        seed=request.seed,
        sharing=request.sharing,
        about={
            "months": request.months,
            "busiest": terms.busiest,
            "time_to_hire": terms.time_to_hire,
            "ramp": terms.ramp.days,
            "leaving": terms.leaving,
        },
    )
