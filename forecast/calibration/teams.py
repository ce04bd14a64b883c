"""The teams: which stages belong together because the same people work them, and who is in which team."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from forecast.calibration.arrivals import UNKNOWN, names_of
from forecast.calibration.estimates import Estimates
from forecast.calibration.people import Person, WorkHours
from forecast.calibration.stages import Fitted
from forecast.dataset import CalibrationData
from sim.calendar import ALWAYS
from sim.operation import Operation, Ownership, PoolRules, Team
from sim.routing.registry import policy
from sim.spec import ANY
from sim.workforce import Rep

AUTOMATIC = "automatic"
"""The team of stages in which nobody was seen at work: one tireless system."""
_SAME_PEOPLE = 1 / 3
"""Two stages belong to one team where the overlap of who works them is at least this."""
_ONLY = 0.9
"""A rep counts as serving one region or product alone where at least this share of their deals is of it."""
_ENOUGH = 20


def calibrate_operation(
    data: CalibrationData, fitted: Fitted, people: Sequence[Person], hours: WorkHours, notes: Estimates
) -> Operation:
    """Return the teams and reps as the history shows them; what it can't show (SLA, pool rules) is left out."""
    stages = [stage.name for stage in fitted.stages]
    teams = [_team(data, index, group, people, notes) for index, group in enumerate(_groups(data, stages, people))]
    worked = {stage for team in teams for stage in team.stages}
    idle = tuple(stage for stage in stages if stage not in worked)
    reps = [_rep(data, person, teams, fitted, hours) for person in people] if teams else []
    if idle:
        teams.append(Team(name=AUTOMATIC, stages=idle))
        reps.append(Rep(name="system", team=AUTOMATIC, calendar=ALWAYS.name))
        notes.note(f"team {AUTOMATIC!r}", "reps", 1, how="assumed: nobody was seen working " + ", ".join(idle))
    calendars = {
        hours.calendars[rep.calendar].name: hours.calendars[rep.calendar] for rep in reps if rep.team != AUTOMATIC
    }
    staffed = {rep.team for rep in reps}
    return Operation(
        teams=tuple(team for team in teams if team.name in staffed),
        reps=tuple(reps),
        calendars={**calendars, ALWAYS.name: ALWAYS},
    )


def _groups(data: CalibrationData, stages: Sequence[str], people: Sequence[Person]) -> list[tuple[str, ...]]:
    """Return stages grouped by who works them: linked where the people overlap, in the order of the chain."""
    names = data.log.vocabulary["stage"]
    table = pd.DataFrame([person.stages for person in people]).fillna(0.0)
    seen = [stage for stage in stages if names.index(stage) in table.columns]
    share = {stage: table[names.index(stage)] / table[names.index(stage)].sum() for stage in seen}
    groups: list[list[str]] = []
    for stage in seen:
        linked = [
            group for group in groups if any(_overlap(share[stage], share[other]) >= _SAME_PEOPLE for other in group)
        ]
        merged = [*(name for group in linked for name in group), stage]
        groups = [group for group in groups if group not in linked] + [merged]
    return [tuple(group) for group in groups]


def _overlap(a: "pd.Series[float]", b: "pd.Series[float]") -> float:
    return float(np.minimum(a, b).sum())


def _team(
    data: CalibrationData, index: int, stages: tuple[str, ...], people: Sequence[Person], notes: Estimates
) -> Team:
    name = f"team {index + 1}: {', '.join(stages)}"
    shared = _share_of_visits_with_many(data, stages)
    notes.note(f"team {name!r}", "visits worked by several reps", shared, n=len(people), how="observed")
    if shared > 0.5:
        return Team(name=name, stages=stages, routing=policy("pool"), pool=PoolRules(), ownership=Ownership.TOUCH)
    return Team(name=name, stages=stages, routing=policy("round-robin"))


def _share_of_visits_with_many(data: CalibrationData, stages: tuple[str, ...]) -> float:
    """Return the share of visits of two touches or more that more than one rep worked."""
    codes = [data.log.vocabulary["stage"].index(stage) for stage in stages]
    touches = data.touches_everywhere
    per_visit = touches[touches["stage"].isin(codes)].groupby("visit")["actor"].agg(["size", "nunique"])
    several = per_visit[per_visit["size"] > 1]
    return float((several["nunique"] > 1).mean()) if len(several) else 0.0


def _rep(data: CalibrationData, person: Person, teams: Sequence[Team], fitted: Fitted, hours: WorkHours) -> Rep:
    names = data.log.vocabulary["stage"]
    work = {team.name: sum(person.stages.get(names.index(stage), 0) for stage in team.stages) for team in teams}
    team = max(work, key=lambda name: work[name])
    owners = next(t for t in teams if t.name == team).ownership is Ownership.DEAL
    return Rep(
        name=person.name,
        team=team,
        calendar=hours.calendar_of[person.code],
        regions=_only(data, person, "region"),
        products=_only(data, person, "product"),
        skill={stage: skill[person.code] for stage, skill in fitted.skills.items() if person.code in skill},
        speed=person.speed,
        admin_share=min(0.9, 1.0 - person.presence),
        wip_limit=person.wip_limit if owners else None,
    )


def _only(data: CalibrationData, person: Person, kind: str) -> tuple[str, ...]:
    """Return the one region or product that a rep serves, or nothing where there are several or too few deals."""
    leads = data.visits["lead"][data.visits["owner"] == person.code].unique()
    texts = pd.Series(names_of(data, kind, data.log.leads[kind][leads].tolist()))
    if len(texts) < _ENOUGH:
        return ()
    shares = texts.value_counts(normalize=True)
    name = str(shares.index[0])
    return (
        (name,) if shares.iloc[0] >= _ONLY and name not in (UNKNOWN, ANY) and len(data.log.vocabulary[kind]) > 1 else ()
    )


def with_estimates(operation: Operation, people: Mapping[str, Person], fitted: Fitted) -> Operation:
    """Return a company's own operation with the reps' speeds and skills as estimated."""
    reps = []
    for rep in operation.reps:
        person = people.get(rep.name)
        own = {stage: skill[person.code] for stage, skill in fitted.skills.items() if person and person.code in skill}
        reps.append(replace(rep, speed=person.speed if person else rep.speed, skill=own or rep.skill))
    return replace(operation, reps=tuple(reps))
