"""Deeper questions about a company that is known already.

Each is a verb of the command line with settings that suit a first look, so its answer is a run folder like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import nan
from pathlib import Path
from typing import Any

import pandas as pd

from scenarios.goal import Effort, Goal, Sought, Trial
from scenarios.prices import Prices
from sim.errors import SpecError
from studies.changes import staffed_teams
from studies.diagnose import DiagnosisRequest, run_diagnosis
from studies.diagnosis_view import tables_of
from studies.dial_text import read_dials
from studies.executors import Sharing
from studies.funnel_folder import Funnel
from studies.hiring_plan import HiringRequest, run_hiring_plan
from studies.jobs import Job
from studies.kept import Place
from studies.outlooks import Known
from studies.ranges import read_ranges
from studies.seek import SeekRequest, run_seek
from studies.seek_view import points_table
from studies.sensitivity import run_sensitivity
from studies.sensitivity_request import SensitivityRequest
from studies.view import GoalTerms, Hire, Plan, Thoroughness

_RUNS = 10
"""Runs of each plan: for a first look."""
_EFFORTS: Mapping[Thoroughness, Effort] = {"quick": Effort(trials=30, confirm=400), "thorough": Effort()}
"""How hard a goal is sought: for a first look, and as the command line does."""
_DAYS = 90.0
"""How far a diagnosis looks ahead: most of what a cause keeps away shows within a quarter."""
_POLICIES = ("least-open", "by-tier", "account-owner")
"""Ways to hand out leads that a search for a goal tries."""


@dataclass(frozen=True)
class Answered:
    """An answer: in words as the run folder tells it, and what it rests on for whoever tells it in other words.

    Attributes
    ----------
    answer
        The sentence, in English.
    folder
        Where the run stands.
    facts
        What the sentence says, by name.
    tables
        What it rests on.
    """

    answer: str
    folder: Path
    facts: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class _Asked:
    """What every question is asked with."""

    known: Known
    funnel: Funnel
    target: float
    terms: GoalTerms
    place: Place
    sharing: Sharing
    job: Job


def _diagnosis(its: _Asked) -> Answered:
    request = DiagnosisRequest(
        funnel=its.funnel, days=_DAYS, replications=_RUNS, kpi=its.known.measure, sharing=its.sharing
    )
    found = run_diagnosis(request, its.place, its.job.progress)
    verdict, shape, split = found.diagnosis.verdict, found.diagnosis.shape, found.diagnosis.attribution
    leading = verdict.cause or split.ranked()[0]
    facts = {
        "healthy": verdict.cause is None, "cause": str(leading), "part": verdict.part, "sure": verdict.sure,
        "relative": split.relative(split.effects[leading].alone), "days": request.days,
        "shape": shape.shape, "stage": shape.stage, "ratio": shape.ratio,
    }  # fmt: skip
    return Answered(found.answer, Path(found.folder), facts, tables_of(found.diagnosis))


def _hiring(its: _Asked) -> Answered:
    request = HiringRequest(funnel=its.funnel, replications=_RUNS, sharing=its.sharing)
    found = run_hiring_plan(request, its.place, its.job.progress)
    staffed = staffed_teams(its.funnel.spec)
    positions = [
        {**asdict(each), "gain": cost.gain.value if cost else nan, "delay": cost.delay.value if cost else nan,
         "low": cost.delay.low if cost else nan, "high": cost.delay.high if cost else nan}
        for each in found.plan.hiring
        if each.team in staffed
        for cost in (found.costs.get(each.team),)
    ]  # fmt: skip
    months = pd.concat({team: found.plan.tables[team] for team in staffed}, names=["team"]).reset_index()
    until = request.ahead.names[-1]
    facts = {"until": until, "today": request.ahead.first_days[0]}
    return Answered(found.answer, Path(found.folder), facts, {"positions": pd.DataFrame(positions), "months": months})


def _goal(its: _Asked) -> Answered:
    left = its.target - its.known.booked
    if left <= 0:
        raise SpecError("no target is left to reach; name one on the page of the forecast")
    teams = staffed_teams(its.funnel.spec)
    request = SeekRequest(
        funnel=its.funnel,
        goal=Goal(target=left, kpi=its.known.measure),
        dials=read_dials([*(f"headcount {team} 0..4" for team in teams), f"routing {','.join(_POLICIES)}"]),
        days=its.known.days,
        prices=_prices(its.terms),
        effort=_EFFORTS[its.terms.effort],
        sharing=its.sharing,
    )
    found = run_seek(request, its.place, its.job.progress)
    sought = found.sought
    best = sought.answer or sought.surest
    facts = {
        "reached": sought.answer is not None, "asked": request.goal.chance, "target": its.target,
        "plan": _plan_at(sought, best.trial, teams), "cost": best.trial.cost, "chance": best.chance,
        "low": best.low, "high": best.high, "runs": best.runs,
    }  # fmt: skip
    rows = [(level, sought.price(level)) for level in request.goal.levels]
    price = pd.DataFrame(
        [
            (level, _plan_at(sought, each, teams), each.cost, each.chance.value, each.chance.error)
            for level, each in rows
            if each is not None
        ],
        columns=["level", "plan", "cost", "chance", "error"],
    )
    return Answered(found.answer, Path(found.folder), facts, {"price": price, "points": points_table(sought)})


def _prices(terms: GoalTerms) -> Prices:
    return Prices(rep_month=terms.rep_month, rep_month_of=dict(terms.rep_month_of), hiring=terms.hiring)


def _plan_at(sought: Sought, trial: Trial, teams: Sequence[str]) -> Plan:
    """Return a plan of the search as the panel shows it: the dials are the teams' reps and then the routing."""
    settings = [dial.settings[at] for dial, at in zip(sought.question.dials, trial.point, strict=True)]
    hires = [Hire(team=team, change=int(by)) for team, by in zip(teams, settings, strict=False) if by]
    policy = str(settings[-1])
    return Plan(policy=policy if policy in _POLICIES else "", hires=tuple(hires))


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
    tables = {"tornado": found.sensitivity.tornado, "indices": found.sensitivity.indices.table}
    first = found.sensitivity.tornado.head(2)
    facts = {"name": str(first["name"].iloc[0]), "down": first["difference"].min(), "up": first["difference"].max()}
    return Answered(found.answer, Path(found.folder), facts, tables)


_VERBS: Mapping[str, Callable[[_Asked], Answered]] = {
    "diagnosis": _diagnosis,
    "hiring": _hiring,
    "goal": _goal,
    "sensitivity": _sensitivity,
}
QUESTIONS = tuple(_VERBS)
"""What can be asked: what holds the funnel back, whom to hire when, the cheapest way to the target, what matters."""


def ask(
    question: str,
    known: Known,
    target: float,
    root: Path,
    sharing: Sharing,
    job: Job,
    terms: GoalTerms = GoalTerms(),  # noqa: B008 - it never changes
) -> Answered:
    """Answer one of `QUESTIONS`; the answer is kept as a run folder. Only a goal needs a target and terms.

    Raises
    ------
    HeadraceError
        If the funnel isn't known yet, or the question can't be asked of it.
    """
    if known.funnel is None:
        raise SpecError("the funnel isn't known yet; wait until it is estimated")
    place = Place(root=root)
    return _VERBS[question](_Asked(known, known.funnel, target, terms, place, sharing, job))
