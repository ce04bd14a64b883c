"""Deeper questions about a company that is known already.

Each is a verb of the command line with settings that suit a first look, so its answer is a run folder like any other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scenarios.goal import Effort, Goal
from sim.errors import SpecError
from studies.changes import staffed_teams
from studies.diagnose import DiagnosisRequest, run_diagnosis
from studies.dial_text import read_dials
from studies.executors import Sharing
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.hiring_plan import HiringRequest, run_hiring_plan
from studies.jobs import Job
from studies.kept import Place
from studies.outlooks import Known
from studies.ranges import read_ranges
from studies.seek import SeekRequest, run_seek
from studies.sensitivity import run_sensitivity
from studies.sensitivity_request import SensitivityRequest

_RUNS, _TRIALS, _CONFIRMED = 10, 30, 400
"""Runs of each plan, plans tried for a goal, and fresh runs that confirm it: for a first look."""


@dataclass(frozen=True)
class Answered:
    """The answer in words, its tables for people, and where the run stands."""

    answer: str
    grids: tuple[Grid, ...]
    folder: Path


@dataclass(frozen=True)
class _Asked:
    """What every question is asked with."""

    known: Known
    funnel: Funnel
    target: float
    place: Place
    sharing: Sharing
    job: Job


def _diagnosis(its: _Asked) -> Answered:
    request = DiagnosisRequest(funnel=its.funnel, replications=_RUNS, kpi=its.known.measure, sharing=its.sharing)
    found = run_diagnosis(request, its.place, its.job.progress)
    return Answered(found.answer, found.grids, Path(found.folder))


def _hiring(its: _Asked) -> Answered:
    request = HiringRequest(funnel=its.funnel, replications=_RUNS, sharing=its.sharing)
    found = run_hiring_plan(request, its.place, its.job.progress)
    return Answered(found.answer, found.grids, Path(found.folder))


def _goal(its: _Asked) -> Answered:
    left = its.target - its.known.booked
    if left <= 0:
        raise SpecError("no target is left to reach; name one on the page of the forecast")
    teams = (f"headcount {team} 0..4" for team in staffed_teams(its.funnel.spec))
    request = SeekRequest(
        funnel=its.funnel,
        goal=Goal(target=left, kpi=its.known.measure),
        dials=read_dials([*teams, "routing least-open,by-tier,account-owner"]),
        days=its.known.days,
        effort=Effort(trials=_TRIALS, confirm=_CONFIRMED),
        sharing=its.sharing,
    )
    found = run_seek(request, its.place, its.job.progress)
    return Answered(found.answer, found.grids, Path(found.folder))


def _sensitivity(its: _Asked) -> Answered:
    request = SensitivityRequest(
        funnel=its.funnel,
        ranges=read_ranges(its.funnel),
        days=its.known.days,
        replications=_RUNS,
        draws=10 * _RUNS,
        kpi=its.known.measure,
        sharing=its.sharing,
    )
    found = run_sensitivity(request, its.place, its.job.progress)
    return Answered(found.answer, found.grids, Path(found.folder))


_VERBS: Mapping[str, Callable[[_Asked], Answered]] = {
    "diagnosis": _diagnosis,
    "hiring": _hiring,
    "goal": _goal,
    "sensitivity": _sensitivity,
}
QUESTIONS = tuple(_VERBS)
"""What can be asked: what holds the funnel back, whom to hire when, the cheapest way to the target, what matters."""


def ask(question: str, known: Known, target: float, root: Path, sharing: Sharing, job: Job) -> Answered:
    """Answer one of `QUESTIONS`; the answer is kept as a run folder.

    Raises
    ------
    HeadraceError
        If the funnel isn't known yet, or the question can't be asked of it.
    """
    if known.funnel is None:
        raise SpecError("the funnel isn't known yet; wait until it is estimated")
    place = Place(root=root)
    return _VERBS[question](_Asked(known, known.funnel, target, place, sharing, job))
