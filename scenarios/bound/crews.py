"""Crews: reps who can stand in for each other, the hours they have in each period, and what a touch costs them.

A rep works on one task at a time without a break but those of the calendar. So what a touch that is begun in a cell
takes of this period's hours and of later ones is known but for where in the cell it begins, and of all places in the
cell the cheapest counts.
"""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, pairwise

import numpy as np
import numpy.typing as npt

from scenarios.bound.timing import Floats, Grid, Sample, Whole
from sim.calendar import OpenHours
from sim.engine.staff import Staff
from sim.operation import Team
from sim.spec import FunnelSpec
from sim.workforce import Rep, productivity, remembered, working_time
from sim.working_time import worked

type Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Crew:
    """Reps of one team who are alike in everything that moves work or odds.

    Attributes
    ----------
    team
        Place of the team.
    reps
        Their names.
    like
        Any one of them.
    skills
        Log odds that they add at each stage, with what they have learned at its best over the horizon.
    shifts
        When one of them works.
    hours
        Working hours of the whole crew in each period, in days: shape (periods,).
    left_in_period, left
        Hours that one of them still has in a cell's period, and in the horizon, when the cell ends: shape (cells,).
    left_at_start
        Hours that one of them has left in the horizon when the cell begins: shape (cells,).
    pace
        Working time that a day of effort takes them, at its best in each cell: shape (cells,).
    """

    team: int
    reps: tuple[str, ...]
    like: Rep
    skills: tuple[float, ...]
    shifts: OpenHours
    hours: Floats
    left_in_period: Floats
    left: Floats
    left_at_start: Floats
    pace: Floats

    @property
    def open(self) -> Flags:
        """In which cells they work at all: shape (cells,)."""
        return self.left_at_start > self.left

    def serves(self, region: str, product: str) -> bool:
        """Tell whether a region and a product are theirs."""
        rep = self.like
        return (not rep.regions or region in rep.regions) and (not rep.products or product in rep.products)


@dataclass(frozen=True, slots=True)
class Work:
    """What a touch takes of each crew of a team: in the period in which it begins (``now``), and later (``rest``).

    Days of working time, shape (crews of the team, slots); infinite where it can't be begun or finished. ``crews`` are
    their places among all crews, ``period_of`` the periods of the slots.
    """

    crews: Whole
    period_of: Whole
    now: Floats
    rest: Floats

    def cost(self, prices: "Prices") -> Floats:
        """Return what a touch costs: shape (crews of the team, slots)."""
        mine = prices.crews[self.crews]
        soonest = np.minimum.accumulate(mine[:, ::-1], axis=1)[:, ::-1]
        paid = np.where(np.isinf(self.rest), 0.0, self.rest) * soonest[:, self.period_of]
        return np.where(np.isinf(self.rest), np.inf, self.now * mine[:, self.period_of] + paid)


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of working time, in account currency a day.

    ``crews`` for each crew and period; ``experts`` for each group of experts and end of a period, for all that is
    finished by then. Shapes (crews, periods) and (groups, periods).
    """

    crews: Floats
    experts: Floats


def crews_of(spec: FunnelSpec, origin: datetime, grid: Grid) -> tuple[Crew, ...]:
    """Gather all reps, managers included, into crews."""
    crews = []
    for place, team in enumerate(spec.operation.teams):
        reps = sorted(spec.operation.team_reps(team.name), key=lambda rep: _alike(spec, team, rep))
        for _, alike in groupby(reps, key=lambda rep, team=team: _alike(spec, team, rep)):  # type: ignore[misc]
            crews.append(_crew(spec, place, team, tuple(alike), origin, grid))
    return tuple(crews)


def work_of(crews: tuple[Crew, ...], team: int, slots: Whole, effort: Sample, grid: Grid) -> Work:
    """Return what a touch of some ``effort`` that is begun in some cells takes of each crew of a team."""
    mine = np.array([place for place, crew in enumerate(crews) if crew.team == team])
    costs = [_cost(crews[place], effort, slots) for place in mine]
    return Work(mine, grid.period_of[slots], np.array([now for now, _ in costs]), np.array([rest for _, rest in costs]))


def expert_hours(spec: FunnelSpec, origin: datetime, grid: Grid) -> Floats:
    """Return the hours that each group of experts has had by the end of each period: shape (groups, periods)."""
    staff = Staff(spec, origin, grid.days)
    groups = [
        group.servers * np.cumsum(_in_periods(staff.hours(group.calendar), grid)) for group in spec.operation.experts
    ]
    return np.array(groups).reshape(len(groups), grid.periods)


def _alike(spec: FunnelSpec, team: Team, rep: Rep) -> tuple[str, ...]:
    skills = tuple(rep.skill_at(stage) for stage in spec.stage_names)
    ramp = None if team.ramp is None else rep.hired
    there = (rep.gains, rep.joins, rep.leaves)
    return tuple(
        str(part)
        for part in (
            rep.calendar,
            rep.leave,
            rep.regions,
            rep.products,
            skills,
            rep.speed,
            rep.admin_share,
            ramp,
            there,
        )
    )


def _crew(spec: FunnelSpec, place: int, team: Team, reps: tuple[Rep, ...], origin: datetime, grid: Grid) -> Crew:
    staff, rep = Staff(spec, origin, grid.days), reps[0]
    hours = _hours(staff, rep)
    done = np.array([worked(hours.starts, hours.ends, 0.0, edge) for edge in grid.edges])
    by_period = _in_periods(hours, grid)
    until = np.cumsum(by_period)
    tenure = grid.edges[1:] - staff.hired_at(rep)
    ramp = (0.0, 1.0) if team.ramp is None or rep.hired is None else (team.ramp.days, team.ramp.start)
    pace = [working_time(1.0, rep.speed, productivity(days, *ramp), rep.admin_share) for days in tenure]
    return Crew(
        team=place,
        reps=tuple(rep.name for rep in reps),
        like=rep,
        skills=tuple(best_skill(staff, rep, stage) for stage in spec.stage_names),
        shifts=hours,
        hours=len(reps) * by_period,
        left_in_period=np.maximum(0.0, until[grid.period_of] - done[1:]),
        left=done[-1] - done[1:],
        left_at_start=done[-1] - done[:-1],
        pace=np.array(pace),
    )


def _hours(staff: Staff, rep: Rep) -> OpenHours:
    """Return a rep's hours from joining on; who leaves later on is taken to stay."""
    hours = staff.hours(rep.calendar, rep.leave)
    joins = np.inf if staff.leaves_at(rep) <= 0 else staff.joins_at(rep)
    starts = np.maximum(hours.starts, joins)
    return OpenHours(starts[starts < hours.ends], hours.ends[starts < hours.ends])


def best_skill(staff: Staff, rep: Rep, stage: str) -> float:
    """Return the most that a rep adds to the log odds at a stage within the horizon, with all that is learned."""
    gained = 0.0
    for gain, known in zip(rep.gains, staff.gains(rep), strict=True):
        if gain.stage in {"*", stage} and known.since <= staff.days:
            gained += max(0.0, remembered(gain.log_odds, max(0.0, -known.since), known.half_life))
    return rep.skill_at(stage) + gained


def _in_periods(hours: OpenHours, grid: Grid) -> Floats:
    return np.array([worked(hours.starts, hours.ends, begins, ends) for begins, ends in pairwise(grid.period_edges)])


def _cost(crew: Crew, sample: Sample, slots: Whole) -> tuple[Floats, Floats]:
    longest, pace = sample.values[-1], crew.pace[slots]
    least, most = crew.left[slots] / pace, crew.left_at_start[slots] / pace
    total = np.full(len(slots), sample.values.mean())
    for place in np.flatnonzero(least < longest):  # near the horizon's end, where a touch may not be finished
        total[place] = sample.spent_per_finish(least[place], most[place])
    total[~crew.open[slots]] = np.inf
    now = np.minimum(sample.capped(crew.left_in_period[slots] / pace), np.where(np.isinf(total), 0.0, total))
    return now * pace, (total - now) * pace
