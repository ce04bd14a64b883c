"""Routing levers: who gets a lead."""

from dataclasses import dataclass, replace

from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.operation import PoolRules, Team
from sim.routing.by_index import ByIndex
from sim.routing.policy import Nobody, Routing
from sim.routing.registry import policy
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ChangeRouting(Lever):
    """Give a team, or every team, another routing policy.

    Attributes
    ----------
    routing
        Name of a policy in `sim.routing.registry.POLICIES`, or a policy put together by hand. It takes the old one's
        place as a whole: its filters, rankings, tie rule and nobody-free rule all count.
    team
        Name of the team; None is every team.
    pool
        Rules of the public pool, for policies that use one. None keeps the team's own, or takes the plain ones (first
        in, first out, no limits) where it has none.
    """

    routing: str | Routing
    team: str | None = None
    pool: PoolRules | None = None

    def __post_init__(self) -> None:
        """Refuse a policy name that isn't known."""
        self._policy()

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the policy in place."""
        teams = change("team", spec.operation.teams, self.team, self._reroute)
        return replace(spec, operation=replace(spec.operation, teams=teams))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: who gets a lead costs nothing to change."""
        return 0.0

    def describe(self) -> str:
        """Say whose leads are routed how."""
        return f"Route the leads of {'every team' if self.team is None else f'team {self.team!r}'} by {self._how}."

    @property
    def _how(self) -> str:
        if isinstance(self.routing, str):
            return f"the policy {self.routing!r}"
        indices = [str(part) for part in self.routing.rank if isinstance(part, ByIndex)]
        return f"the policy {indices[0]!r}" if indices else "a policy of its own"

    def _policy(self) -> Routing:
        return policy(self.routing) if isinstance(self.routing, str) else self.routing

    def _reroute(self, team: Team) -> Team:
        new = self._policy()
        needs_pool = not new.push or new.nobody is Nobody.POOL
        pool = self.pool or team.pool or (PoolRules() if needs_pool else None)
        return replace(team, routing=new, pool=pool)
