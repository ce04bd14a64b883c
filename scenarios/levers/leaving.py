"""Leaving: a rep who goes on a date, by plan or as a shock, and how often reps go by chance."""

import math
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date, timedelta
from math import ceil

from scenarios.levers.named import change, find
from scenarios.levers.staffing import copies, model_rep
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.distributions import Fixed
from sim.errors import require
from sim.market import check_not_negative
from sim.operation import Team
from sim.spec import FunnelSpec
from sim.units import YEAR
from sim.workforce import Attrition


@dataclass(frozen=True, slots=True)
class RepLeaves(Lever):
    """Let a rep leave on a date; the deals are routed again.

    Attributes
    ----------
    rep
        Name of the rep.
    on
        Last working day.
    backfill
        Days until a successor begins, who ramps up; None: nobody comes.
    """

    rep: str
    on: date
    _: KW_ONLY
    backfill: float | None = None

    def __post_init__(self) -> None:
        """Refuse a successor who comes before."""
        check_not_negative("rep leaves: backfill", self.backfill or 0.0)

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel in which the rep goes and, perhaps, somebody comes."""
        leaver = find("rep", spec.operation.reps, self.rep)
        reps = tuple(replace(rep, leaves=self.on) if rep is leaver else rep for rep in spec.operation.reps)
        if self.backfill is not None:
            model = replace(model_rep(spec, leaver.team, leaver.name), joins=self._successor, hired=self._successor)
            reps = (*reps, *copies(spec, model, 1))
        return replace(spec, operation=replace(spec.operation, reps=reps))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the successor's hiring and pay, less the leaver's pay."""
        team = find("rep", spec.operation.reps, self.rep).team
        saved = prices.rep_days(team, horizon.days_between(self.on + timedelta(days=1)))
        if self.backfill is None:
            return -saved
        days = horizon.days_between(self._successor)
        return prices.rep_days(team, days) + prices.hiring * (days > 0) - saved

    def describe(self) -> str:
        """Say who goes when, and when somebody comes."""
        after = "" if self.backfill is None else f"; a successor begins on {self._successor.isoformat()}"
        return f"{self.rep} leaves on {self.on.isoformat()}{after}."

    @property
    def _successor(self) -> date:
        return self.on + timedelta(days=1 + ceil(self.backfill or 0.0))


@dataclass(frozen=True, slots=True)
class ChangeAttrition(Lever):
    """Let reps leave a team, or every team, more or less often; who leaves when is luck.

    Attributes
    ----------
    per_year
        Chance that a rep leaves within a year; 0: nobody does.
    backfill
        Days until a successor begins; None: nobody comes.
    team
        Name of the team; None is every team.
    """

    per_year: float
    backfill: float | None = None
    team: str | None = None

    def __post_init__(self) -> None:
        """Refuse what is no chance, and a negative time."""
        self._attrition()

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with that attrition."""
        teams = change("team", spec.operation.teams, self.team, self._set)
        return replace(spec, operation=replace(spec.operation, teams=teams))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the hiring of successors, less the pay of empty positions, against the attrition before.

        Both are expectations over the first leaver of each position; a second one within the horizon isn't counted.
        """
        total = 0.0
        for team in spec.operation.teams:
            if self.team in {None, team.name}:
                reps = sum(not rep.manager for rep in spec.operation.team_reps(team.name))
                after, before = (
                    _cost_of_one(each, team, horizon, prices) for each in (self._attrition(), team.attrition)
                )
                total += reps * (after - before)
        return total

    def describe(self) -> str:
        """Say how many leave."""
        where = "every team" if self.team is None else f"team {self.team!r}"
        after = "nobody comes after" if self.backfill is None else f"a successor begins {self.backfill:g} days later"
        return f"Let {100 * self.per_year:g}% of the reps of {where} leave within a year; {after}."

    def _attrition(self) -> Attrition | None:
        backfill = None if self.backfill is None else Fixed(self.backfill)
        require(
            self.backfill is None or self.backfill >= 0, f"attrition: backfill must be 0 or more, got {self.backfill}"
        )
        made = Attrition(per_year=self.per_year, backfill=backfill)
        return made if self.per_year > 0 else None

    def _set(self, team: Team) -> Team:
        return replace(team, attrition=self._attrition())


def _cost_of_one(attrition: Attrition | None, team: Team, horizon: Horizon, prices: Prices) -> float:
    """Return the expected cost of one position's first leaver: hiring, less the pay of the time that it is empty.

    With the rate λ and X the rest of the horizon after leaving, E X = T - (1 - exp(-λT)) / λ.
    """
    if attrition is None or attrition.per_year == 0:
        return 0.0
    rate, days = -math.log1p(-attrition.per_year) / YEAR, horizon.days
    filled = 0.0 if attrition.backfill is None else max(0.0, days - attrition.backfill.mean)
    gone, back = (-math.expm1(-rate * time) for time in (days, filled))
    empty = (days - gone / rate) - (filled - back / rate)
    return back * prices.hiring - prices.rep_days(team.name, empty)
