"""The routing policies by name, put together as a sales-operations lead would ask for them."""

from sim.errors import UnknownNameError
from sim.routing.account_owner import AccountOwner
from sim.routing.by_index import ByIndex
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.by_speed import BySpeed
from sim.routing.by_tier import ByTier
from sim.routing.least_open import LeastOpen
from sim.routing.most_capacity import MostCapacity
from sim.routing.policy import Routing
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from sim.routing.value_balanced import ValueBalanced
from sim.routing.weighted_round_robin import WeightedRoundRobin

POLICIES: dict[str, Routing] = {
    "random": Routing(rank=(RandomChoice(),)),
    "round-robin": Routing(rank=(RoundRobin(),)),
    "weighted-round-robin": Routing(rank=(WeightedRoundRobin(),)),
    "least-open": Routing(rank=(LeastOpen(),)),
    "most-capacity": Routing(rank=(MostCapacity(),)),
    "value-balanced": Routing(rank=(ValueBalanced(),)),
    "fastest-first": Routing(rank=(BySpeed(), LeastOpen())),
    "by-region": Routing(eligible=(ByRegion(),), rank=(RoundRobin(),), relax=True),
    "by-product": Routing(eligible=(ByProduct(),), rank=(RoundRobin(),), relax=True),
    "by-region-and-product": Routing(eligible=(ByRegion(), ByProduct()), rank=(LeastOpen(),), relax=True),
    "by-tier": Routing(eligible=(ByTier(),), rank=(LeastOpen(),), relax=True),
    "account-owner": Routing(rank=(AccountOwner(), LeastOpen())),
    "index": Routing(rank=(ByIndex(load=1.0, todo=1.0, speed=1.0, skill=1.0, value_skill=2.0),)),
    "pool": Routing(push=False),
}
"""Policy name → policy.

Where filters leave nobody eligible they are relaxed; under full WIP limits a lead is held in the queue.
"""


def policy(name: str) -> Routing:
    """Return the policy called ``name``."""
    if name not in POLICIES:
        raise UnknownNameError("routing policy", name, POLICIES, "Headrace")
    return POLICIES[name]
