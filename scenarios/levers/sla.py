"""SLA levers: what is promised about the first touch, and what happens when the promise is broken."""

from dataclasses import dataclass, replace

from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.operation import PoolRules, Sla, SlaAction, Team
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ChangeSla(Lever):
    """Give a team, or every team, another promise of a first touch.

    Attributes
    ----------
    sla
        The promise; None drops it. Where a step takes deals back into the public pool and the team has none, it gets
        one with plain rules (first in, first out, no limits).
    team
        Name of the team; None is every team.
    """

    sla: Sla | None
    team: str | None = None

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the promise in place."""
        teams = change("team", spec.operation.teams, self.team, self._promise)
        return replace(spec, operation=replace(spec.operation, teams=teams))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: a promise costs nothing by itself."""
        return 0.0

    def describe(self) -> str:
        """Say what is promised by whom."""
        whose = "every team" if self.team is None else f"team {self.team!r}"
        if self.sla is None:
            return f"Drop the SLA of {whose}."
        clock = "working days" if self.sla.working else "days"
        steps = ", ".join(f"{step.action.value} after {step.after:g} {clock}" for step in self.sla.steps)
        return f"Give {whose} an SLA on the first touch: {steps}."

    def _promise(self, team: Team) -> Team:
        steps = self.sla.steps if self.sla else ()
        needs_pool = any(step.action is SlaAction.POOL for step in steps)
        return replace(team, sla=self.sla, pool=team.pool or (PoolRules() if needs_pool else None))
