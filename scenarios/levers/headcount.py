"""Hiring levers: positions that are opened on a date and filled when somebody has been found.

A new rep begins on a date and ramps up from then on, so a hire of today helps months later, and costs before it does.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, timedelta
from math import ceil

from scenarios.levers.leaving import RepLeaves
from scenarios.levers.named import change, find
from scenarios.levers.staffing import copies, model_rep
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever, Scenario
from sim.errors import SpecError, require
from sim.market import check_not_negative
from sim.operation import Team
from sim.spec import FunnelSpec
from sim.workforce import Ramp, Rep

TIME_TO_HIRE = 60.0
"""Days from opening a position to the new rep's first day where nobody says otherwise: an assumption, check it."""

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Hire(Lever):
    """Open positions in a team on a date; the new reps begin when the time to hire is over, and ramp up.

    Attributes
    ----------
    team, number
        Name of the team; positions opened.
    opened
        Date on which they are opened.
    time_to_hire
        Days from then to the first working day.
    like
        Name of a rep whom the new ones resemble; None is the team's typical rep.
    ramp
        How they get up to speed where the team has no ramp of its own; None: at once.
    """

    team: str
    number: int
    opened: date
    _: KW_ONLY
    time_to_hire: float = TIME_TO_HIRE
    like: str | None = None
    ramp: Ramp | None = None

    def __post_init__(self) -> None:
        """Refuse fewer than no hires."""
        require(self.number >= 0, f"hire: number must be 0 or more, got {self.number}; to let reps go use rep-leaves")
        check_not_negative("hire: time_to_hire", self.time_to_hire)

    @property
    def begins(self) -> date:
        """The first working day of those who are hired."""
        return self.opened + timedelta(days=ceil(self.time_to_hire))

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the new reps, each with a first working day."""
        teams = change("team", spec.operation.teams, self.team, self._with_ramp)
        model = replace(model_rep(spec, self.team, self.like), joins=self.begins, hired=self.begins)
        reps = (*spec.operation.reps, *copies(spec, model, self.number))
        return replace(spec, operation=replace(spec.operation, reps=reps, teams=teams))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - reps cost the same in any funnel
        """Return the hiring and, from the first working day on, the pay."""
        days = horizon.days_between(self.begins)
        return self.number * (prices.rep_days(self.team, days) + prices.hiring * (days > 0))

    def describe(self) -> str:
        """Say how many are hired when."""
        reps = "rep" if self.number == 1 else "reps"
        when = f"opened on {self.opened.isoformat()}, first day {self.begins.isoformat()}"
        return f"Hire {self.number} {reps} for team {self.team!r}: {when}."

    def _with_ramp(self, team: Team) -> Team:
        return replace(team, ramp=self.ramp) if self.number > 0 and team.ramp is None else team


@dataclass(frozen=True, slots=True)
class PlanHeadcount(Lever):
    """Change a team's size month by month.

    Attributes
    ----------
    team
        Name of the team.
    months
        Month, as ``2026-03``, → reps more or fewer. More: the positions are opened on its first day. Fewer: reps leave
        on its last day, those listed last first, managers left out.
    time_to_hire
        Days from opening a position to the new rep's first day.
    """

    team: str
    months: Mapping[str, int]
    time_to_hire: float = TIME_TO_HIRE

    def __post_init__(self) -> None:
        """Refuse what isn't a month."""
        for month in self.months:
            require(_MONTH.fullmatch(month) is not None, f"plan headcount: no month {month!r}; write 2026-03")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with those who come and go."""
        for month in sorted(self.months):
            spec = Scenario(month, tuple(self._steps(spec, month))).apply(spec)
        return spec

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return hiring and pay of those who come, less the pay of those who go."""
        total = 0.0
        for month in sorted(self.months):
            step = Scenario(month, tuple(self._steps(spec, month)))
            total += step.cost(spec, horizon, prices)
            spec = step.apply(spec)
        return total

    def describe(self) -> str:
        """Say how many come and go in which month."""
        changes = ", ".join(f"{self.months[month]:+d} in {month}" for month in sorted(self.months))
        return f"Plan the headcount of team {self.team!r}: {changes or 'no change'}."

    def _steps(self, spec: FunnelSpec, month: str) -> Iterable[Lever]:
        find("team", spec.operation.teams, self.team)
        change, first = self.months[month], date.fromisoformat(f"{month}-01")
        if change > 0:
            yield Hire(self.team, change, first, time_to_hire=self.time_to_hire)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        for rep in self._leavers(spec, -change, last):
            yield RepLeaves(rep.name, last)

    def _leavers(self, spec: FunnelSpec, number: int, last: date) -> tuple[Rep, ...]:
        there = [rep for rep in spec.operation.team_reps(self.team) if not rep.manager and _is_there(rep, last)]
        if number >= len(there) > 0 or (number > 0 and not there):
            raise SpecError(
                f"plan headcount: on {last} team {self.team!r} has {len(there)} reps; let at most all but one go"
            )
        return tuple(there[len(there) - number :]) if number > 0 else ()


def _is_there(rep: Rep, day: date) -> bool:
    return (rep.joins is None or rep.joins <= day) and (rep.leaves is None or rep.leaves > day)
