"""What is kept of every run: the headline figures, and what is asked for beside them: who won what, who was how busy.

A run's tables are made as columns. They become data frames once for many runs (`stacked`), because a data frame takes
longer to make than the little that one run writes into it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calendar import OpenHours
from sim.engine.staff import Staff
from sim.eventlog import Columns, EventLog, Floats
from sim.kpis import Period
from sim.kpis.reduction import Reduction
from sim.kpis.workload import share_worked
from sim.spec import FunnelSpec
from sim.working_time import worked

KPIS = "kpis"
"""The table that is always there: one row a run under a plan, with a column for each of `sim.kpis.HEADLINES`."""

type Names = npt.NDArray[np.object_]
type Codes = npt.NDArray[np.int64]
type Table = Callable[[Reduction, "Roster"], Columns]
"""From a run's reduction and its people to a table."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who works in a funnel, as tables list them: reps, then expert groups, one element for each.

    Attributes
    ----------
    people, actor
        Names, and their places in the log's vocabulary.
    team
        Place of each rep's team in ``teams``; expert groups have the place behind the last.
    available
        Days of working time in the period, of an expert group all together.
    ordinary
        Whether ordinary leads come to them: managers and experts get none, so their free time is no room for more.
    teams, stages
        Names, in the order of the log's vocabularies.
    """

    people: Names
    actor: Codes
    team: Codes
    available: Floats
    ordinary: npt.NDArray[np.bool_]
    teams: Names
    stages: Names

    @classmethod
    def of(cls, spec: FunnelSpec, hours: Sequence[OpenHours], period: Period) -> "Roster":
        """Look up who works in a funnel, given the open hours of its actors."""
        operation = spec.operation
        teams = [team.name for team in operation.teams]
        known = {rep.name: (teams.index(rep.team), 1, not rep.manager) for rep in operation.reps}
        known |= {group.name: (len(teams), group.servers, False) for group in operation.experts}
        actor = [operation.actors.index(name) for name in known]
        days = [worked(hours[place].starts, hours[place].ends, *period) for place in actor]
        team, servers, ordinary = zip(*known.values(), strict=True)
        return cls(
            people=np.array([*known], object),
            actor=np.array(actor),
            team=np.array(team),
            available=np.array(servers) * np.array(days),
            ordinary=np.array(ordinary),
            teams=np.array(teams, object),
            stages=np.array(spec.stage_names, object),
        )


def won_leads(run: Reduction, _: Roster) -> Columns:
    """Return the leads won: ``lead`` (its label, the same under every plan) and ``bookings``."""
    amount = run.per_lead_bookings()
    won = np.flatnonzero(amount)
    return {"lead": np.array(run.frame.lead_labels(won), object), "bookings": amount[won]}


def reps(run: Reduction, roster: Roster) -> Columns:
    """Return one row a rep or expert group: ``actor``, columns of `sim.kpis.utilisation`, ``wins``, ``bookings``."""
    done, won = run.work(), run.won_by_actor()
    busy = done["busy"][roster.actor]
    return {
        "actor": roster.people,
        "team": np.append(roster.teams, "")[roster.team],
        "jobs": done["jobs"][roster.actor],
        "busy": busy,
        "available": roster.available,
        "utilisation": share_worked(busy, roster.available),
        **{name: values[roster.actor] for name, values in won.items()},
    }


def teams(run: Reduction, roster: Roster) -> Columns:
    """Return one row a team: ``team``, columns of `sim.kpis.team_utilisation`, ``wins``, ``bookings``.

    Managers count for the bookings only, and teams of managers not at all.
    """
    done, won, many = run.work(), run.won_by_actor(), len(roster.teams) + 1

    def add(values: Floats, who: npt.NDArray[np.bool_] | slice) -> Floats:
        return np.bincount(roster.team[who], values[who], many)

    everybody = slice(None)
    members = np.bincount(roster.team[roster.ordinary], minlength=many)
    busy = add(done["busy"][roster.actor], roster.ordinary)
    available = add(roster.available, roster.ordinary)
    told = {
        "team": np.append(roster.teams, ""),
        "members": members,
        "jobs": add(done["jobs"][roster.actor], roster.ordinary).astype(np.int64),
        "busy": busy,
        "available": available,
        "utilisation": share_worked(busy, available),
        "wins": add(won["wins"][roster.actor], everybody).astype(np.int64),
        "bookings": add(won["bookings"][roster.actor], everybody),
    }
    return {name: values[members > 0] for name, values in told.items()}


def stages(run: Reduction, roster: Roster) -> Columns:
    """Return one row a stage: ``stage``, columns of conversion and dwell, ``wip`` and ``entered``."""
    through = {"stage": roster.stages, **run.conversion(), **run.dwell()}  # both tell how many left, and agree
    return {**through, "wip": run.mean_wip(), "entered": run.entered()}


TABLES: Mapping[str, Table] = MappingProxyType({"won_leads": won_leads, "reps": reps, "teams": teams, "stages": stages})
"""Name → what makes the table; an experiment's ``tables`` names those that it keeps."""


class Measure:
    """What is kept of every run of a funnel: laid out once, then asked run by run.

    Parameters
    ----------
    spec, origin
        The funnel, and the instant of time 0.
    period
        The period that counts, in days since the origin; its end is the runs' end.
    tables
        Names out of `TABLES`.
    """

    def __init__(self, spec: FunnelSpec, origin: datetime, period: Period, tables: Collection[str] = ()) -> None:
        self._period, self._tables = period, {name: TABLES[name] for name in tables}
        hours = working_hours(spec, origin, period[1])
        self._roster = Roster.of(spec, hours, period)
        self._hours = hours if {"reps", "teams"}.intersection(tables) else None

    def follow(self, frame: EventLog) -> Reduction:
        """Return a reduction that follows what the figures and the tables need, given what `Reduction` wants."""
        return Reduction(frame, self._period, with_stays="stages" in self._tables, hours=self._hours)

    def columns(self, run: Reduction) -> dict[str, Columns]:
        """Return each table of a finished run, `KPIS` first."""
        figures = {name: np.array([figure]) for name, figure in run.figures().items()}
        return {KPIS: figures} | {name: table(run, self._roster) for name, table in self._tables.items()}


def working_hours(spec: FunnelSpec, origin: datetime, days: float) -> tuple[OpenHours, ...]:
    """Return every actor's open hours in [0, ``days``), in the order of the log's actors."""
    staff = Staff(spec, origin, days)
    reps = {rep.name: staff.employed_hours(rep) for rep in spec.operation.reps}
    experts = {group.name: staff.hours(group.calendar) for group in spec.operation.experts}
    return tuple((reps | experts)[name] for name in spec.operation.actors)


def stacked(keys: Mapping[str, Sequence[Any]], parts: Sequence[Columns]) -> pd.DataFrame:
    """Put the columns of several runs below each other.

    Parameters
    ----------
    keys
        Names of the first columns, and for each run what stands there in all its rows.
    parts
        The runs' columns: the same names in each.
    """
    sizes = [len(next(iter(part.values()))) for part in parts]
    columns: dict[str, npt.NDArray[Any]] = {
        name: np.repeat(np.array(values, object if isinstance(values[0], str) else None), sizes)
        for name, values in keys.items()
    }
    columns |= {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return pd.DataFrame({name: _typed(values) for name, values in columns.items()})


def _typed(values: npt.NDArray[Any]) -> "pd.Series[Any]":
    """Return a column; texts are texts even where there are none."""
    return pd.Series(values, dtype="str" if values.dtype == object else None)
