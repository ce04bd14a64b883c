"""A desk without an engine: leads come in, routing names reps, and the test says who is there and what is open."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.routing.policy import Routing
from sim.routing.state import NO_LIMIT, Flags, LeadView, TeamState
from sim.streams import stage_key

REGIONS, PRODUCTS = 3, 2


def team(n: int = 5, **columns: Sequence[float]) -> TeamState:
    """Return a team of ``n`` reps who are alike, but for the columns given."""
    names = tuple(f"rep {i}" for i in range(n))
    usual = {
        "seniority": np.zeros(n, np.int64),
        "speed": np.ones(n),
        "weight": np.ones(n),
        "wip_limit": np.full(n, NO_LIMIT),
        "serves_region": np.ones((n, REGIONS), np.bool_),
        "serves_product": np.ones((n, PRODUCTS), np.bool_),
        "odds": np.zeros((n, 1, PRODUCTS + 1)),
        "eligible": np.ones(n, np.bool_),
    }
    keys = np.array([stage_key(name) for name in names])
    return TeamState(names=names, keys=keys, **{**usual, **{name: np.array(v) for name, v in columns.items()}})


def lead(number: int = 0, *, now: float = 0.0, **facts: float) -> LeadView:
    """Return a lead with an address of its own."""
    usual = {"channel": 0, "region": 0, "segment": 0, "product": 0, "account": number, "tier": 1, "stage": 0}
    worth = {"score": 50.0, "amount": 1000.0, "value": 500.0}
    return LeadView(now=now, address=(7, 0, 99, number, 1), **{**usual, **worth, **facts})


@dataclass
class Desk:
    """Routes leads one after the other; ``given`` is who got which, -1 being nobody."""

    routing: Routing
    team: TeamState
    given: list[int] = field(default_factory=list)

    def route(self, view: LeadView, excluded: Flags | None = None) -> int:
        """Route a lead as the engine does; it stays open until `close`."""
        candidates = self.routing.candidates(self.team, view, self.none if excluded is None else excluded)
        chosen = self.routing.choose(self.team, view, candidates)
        if chosen >= 0:
            assert candidates[chosen]
            self.routing.remember(self.team, view, candidates, chosen)
            self.team.open_deals[chosen] += 1
        self.given.append(chosen)
        return chosen

    def close_all(self) -> None:
        """Close every open deal, as overnight."""
        self.team.open_deals[:] = 0

    @property
    def none(self) -> Flags:
        """Nobody."""
        return np.zeros(len(self.team.names), np.bool_)

    @property
    def counts(self) -> list[int]:
        """How many leads each rep was given."""
        return [self.given.count(rep) for rep in range(len(self.team.names))]
