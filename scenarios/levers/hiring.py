"""Hiring levers: reps who begin on a date to come, and ramp up from there."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from scenarios.levers.named import change
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.errors import require
from sim.operation import Team
from sim.spec import FunnelSpec
from sim.workforce import Ramp


@dataclass(frozen=True, slots=True, kw_only=True)
class HireOn(Lever):
    """Let typical reps join a team on a date; until then they are away, from then on they ramp up.

    Attributes
    ----------
    team, count
        Name of the team; how many join, 0 or more.
    starts
        First day at work.
    since
        A date not after the start of the run, from which they are known to be away.
    ramp
        How they get up to speed where the team has no ramp of its own.
    """

    team: str
    count: int
    starts: date
    since: date
    ramp: Ramp

    def __post_init__(self) -> None:
        """Refuse to take reps away."""
        require(self.count >= 0, f"hire: count must be 0 or more, got {self.count}; --headcount takes reps away")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the reps to come."""
        if self.count == 0:
            return spec
        known = {rep.name for rep in spec.operation.reps}
        grown = ChangeHeadcount(self.team, self.count, hired=self.starts).apply(spec).operation
        away = ((self.since, self.starts - timedelta(days=1)),) if self.starts > self.since else ()
        reps = tuple(rep if rep.name in known else replace(rep, leave=away) for rep in grown.reps)
        teams = change("team", grown.teams, self.team, self._with_ramp)
        return replace(spec, operation=replace(grown, reps=reps, teams=teams))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - reps cost the same in any funnel
        """Return the pay of the reps from their first day on, and their hiring."""
        first_day = datetime.combine(self.starts, time(), horizon.start.tzinfo)
        paid = horizon.days - max(0.0, (first_day - horizon.start) / timedelta(days=1))
        return self.count * (prices.rep_days(self.team, max(0.0, paid)) + prices.hiring)

    def describe(self) -> str:
        """Say who joins when."""
        reps = "rep joins" if self.count == 1 else "reps join"
        return f"{self.count} {reps} team {self.team!r} on {self.starts.isoformat()} and ramp up."

    def _with_ramp(self, team: Team) -> Team:
        return team if team.ramp is not None else replace(team, ramp=self.ramp)
