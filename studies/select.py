"""Select: the best of many plans, found with as few runs as its promise needs."""

from dataclasses import dataclass, replace

import pandas as pd

from scenarios.selection import Budget, Chosen, Rule
from studies.charts import spread_chart
from studies.checkpoint import keeping
from studies.comparison_view import scatter_grid
from studies.contest import Contest, select_best
from studies.executors import Progress
from studies.experiments import UnfinishedError
from studies.grid import Grid
from studies.identity import identity
from studies.kept import Place, provenance
from studies.operations_view import data_section
from studies.report import Figure, Report, Section, render
from studies.request import Ran, Request
from studies.stopped import Stopped
from studies.store import Question
from studies.wording import day, quantity, title_of, unit_of


@dataclass(frozen=True)
class Selected:
    """The answer in a sentence, the chosen plan's name, tables for people, and the run folder.

    Attributes
    ----------
    answer
        The result in a sentence.
    best
        Name of the chosen plan.
    decided
        Whether one plan is left, so that the promise of the procedure holds.
    grids
        Tables for people.
    folder
        The run folder.
    """

    answer: str
    best: str
    decided: bool
    grids: tuple[Grid, ...]
    folder: str


def run_selection(request: Request, rule: Rule, place: Place, progress: Progress | None = None) -> Selected:
    """Find the best plan and keep what was found as a run folder with a report.

    Parameters
    ----------
    request
        The plans; ``replications`` are the most that a plan can get.
    rule
        The procedure.
    place
        Where the run folder goes.
    progress
        Told after each chunk of runs.

    Raises
    ------
    Stopped
        On Ctrl-C; what is finished is kept.
    HeadraceError
        If the plans don't fit the funnel, a run fails, or the folder can't be written.
    """
    ran = _run(request, rule, place, progress)
    chosen, kpis = ran.results.chosen, ran.results.kpis
    answer, grid = answer_of(chosen, request, rule), contest_grid(chosen, request)
    with ran.folder() as draft:
        draft.answer = answer
        draft.table("kpis", kpis)
        draft.table("contest", contest_table(chosen, request))
        draft.text("report.html", render(_report(request, ran, answer, grid)))
    return Selected(answer, request.plans[chosen.best].name, chosen.decided, (grid,), str(draft.folder))


def _run(request: Request, rule: Rule, place: Place, progress: Progress | None) -> Ran[Contest]:
    question, experiment = _question(request, rule, place), replace(request.experiment(), tables=())
    with keeping(place, question, identity(experiment, rule)) as checkpoint:
        try:
            found = select_best(
                experiment, rule, request.kpi, sharing=request.sharing, checkpoint=checkpoint, progress=progress
            )
        except UnfinishedError as stop:
            raise Stopped(f"{stop}; {checkpoint.go_on}" if checkpoint.begun else str(stop)) from None
    return Ran(question=question, results=found, stopped="", checkpoint=checkpoint)


def _question(request: Request, rule: Rule, place: Place) -> Question:
    asked = request.question("select", place.command)
    names = ("runs", "first") if isinstance(rule, Budget) else ("relative", "absolute", "confidence", "first", "most")
    return replace(asked, settings={**asked.settings, **{name: getattr(rule, name) for name in names}})


def answer_of(chosen: Chosen, request: Request, rule: Rule) -> str:
    """Say in a sentence or two which plan was chosen, and what that is worth."""
    name, unit = request.plans[chosen.best].name, unit_of(request.kpi)
    over = f"{title_of(request.kpi)} over {request.days:g} days from {day(request.funnel.opening.as_of)}"
    spent = f"{int(chosen.runs.sum()):,} runs"
    many = f"the {len(request.plans)} plans"
    if isinstance(rule, Budget):
        return f"'{name}' looks best of {many} by {over}, after a budget of {spent}, which promises no confidence."
    zone = quantity(chosen.zone, unit)
    if chosen.decided:
        sure = f"with {rule.confidence:.0%} confidence it is the best if the best leads by {zone} or more"
        return f"'{name}' is chosen out of {many} by {over}: {sure} ({spent})."
    left = ", ".join(f"'{request.plans[plan].name}'" for plan in chosen.left)
    fix = "raise --most or --indifference"
    return f"Not decided after {spent}: {left} are left by {over}; '{name}' looks best. To decide, {fix}."


def contest_table(chosen: Chosen, request: Request) -> pd.DataFrame:
    """Return a row a plan: ``scenario``, ``runs``, ``difference`` to the chosen one, ``left`` in the end, ``best``."""
    places = range(len(request.plans))
    return pd.DataFrame(
        {
            "scenario": [plan.name for plan in request.plans],
            "runs": chosen.runs,
            "difference": chosen.difference,
            "left": [place in chosen.left for place in places],
            "best": [place == chosen.best for place in places],
        }
    )


def contest_grid(chosen: Chosen, request: Request) -> Grid:
    """Lay out how far each plan came."""
    unit = unit_of(request.kpi)
    rows = (
        (
            str(row["scenario"]),
            f"{row['runs']:,}",
            "" if row["best"] else quantity(row["difference"], unit, sign=True),
            "chosen" if row["best"] else "still in" if row["left"] else "out",
        )
        for row in contest_table(chosen, request).to_dict("records")
    )
    note = (
        "Differences are taken over the runs of both plans under the same luck. Those of plans that went out early are "
        "rough: they were followed only until it was clear that another plan leads."
    )
    columns = ("plan", "runs", "against the chosen one", "")
    return Grid.of(f"The contest for {title_of(request.kpi)} ({unit})", columns, rows, note)


def _report(request: Request, ran: Ran[Contest], answer: str, grid: Grid) -> Report:
    kpi, kpis = request.kpi, ran.results.kpis
    chart = Figure(
        f"How {title_of(kpi)} scatters",
        "A tick is one run, the dot their mean. Plans that went out met fewer runs, so compare no means.",
        spread_chart(kpis, kpi),
        scatter_grid(kpis, kpi),
    )
    plans = tuple(f"{plan.name}: {plan.describe()}" for plan in request.plans)
    sections = (
        Section("The plans", plans),
        Section("The contest", (), (grid,), (chart,)),
        *data_section(request.funnel.tables),
    )
    return Report(f"The best of {len(plans)} plans", answer, sections, provenance(ran.question))
