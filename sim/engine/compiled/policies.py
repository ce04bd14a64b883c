"""Routing policies as numbers: which rule each part calls, and what it is told."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.compiled import routing
from sim.engine.compiled.functions import NotCompiledError, address_of
from sim.engine.compiled.records import PART
from sim.engine.compiled.shortcut import FEWEST_OPEN, IN_TURN, NO_SHORTCUT
from sim.engine.compiled.tables import Tables
from sim.routing.account_owner import AccountOwner
from sim.routing.at_work import AtWork
from sim.routing.by_index import ByIndex
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.by_speed import BySpeed
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.least_open import LeastOpen
from sim.routing.most_capacity import MostCapacity
from sim.routing.policy import Filter, Nobody, Ranking, Routing, Ties
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from sim.routing.user_function import UserFunction
from sim.routing.value_balanced import ValueBalanced
from sim.routing.weighted_round_robin import WeightedRoundRobin

type _Numbers = tuple[float, ...]
type _Described = tuple[int, Callable[[Any], _Numbers]]


def _none(_: object) -> _Numbers:
    return ()


_PARTS: Mapping[type, _Described] = {
    ByRegion: (routing.BY_REGION, _none),
    ByProduct: (routing.BY_PRODUCT, _none),
    ByTier: (routing.BY_TIER, lambda part: (part.tiers, part.seniority, part.exclusive)),
    AtWork: (routing.AT_WORK, lambda part: (part.within,)),
    DailyCap: (routing.DAILY_CAP, lambda part: (part.most,)),
    RandomChoice: (routing.RANDOM, _none),
    RoundRobin: (routing.ROUND_ROBIN, _none),
    WeightedRoundRobin: (routing.WEIGHTED, _none),
    LeastOpen: (routing.LEAST_OPEN, _none),
    MostCapacity: (routing.MOST_CAPACITY, _none),
    ValueBalanced: (routing.VALUE_BALANCED, _none),
    BySpeed: (routing.BY_SPEED, lambda part: (part.sign,)),
    AccountOwner: (routing.ACCOUNT_OWNER, _none),
    ByIndex: (routing.BY_INDEX, _none),
    UserFunction: (routing.USER, _none),
}

TIES: Mapping[Ties, int] = {
    Ties.RANDOM: routing.TIES_RANDOM,
    Ties.LEAST_RECENT: routing.TIES_LEAST_RECENT,
    Ties.LIST: routing.TIES_LIST,
}
NOBODY: Mapping[Nobody, int] = {
    rule: place
    for place, rule in enumerate((Nobody.HOLD, Nobody.POOL, Nobody.DEFAULT_OWNER, Nobody.MANAGER, Nobody.UNASSIGNED))
}
"""The nobody-free rules as `sim.engine.compiled.desk` numbers them."""


_SHORTCUTS: Mapping[type, int] = {RoundRobin: IN_TURN, LeastOpen: FEWEST_OPEN}


def parts(policy: Routing, tables: Tables) -> npt.NDArray[np.void]:
    """Return the filters of a policy, then its rankings, as records; what an index weighs is added to ``tables``.

    Raises
    ------
    NotCompiledError
        If a part is the user's own and Numba can't compile it.
    """
    told: tuple[Filter | Ranking, ...] = (*policy.eligible, *policy.rank)
    return np.array([_describe(part, tables) for part in told], PART)


def watches_hours(policy: Routing) -> bool:
    """Tell whether any part looks at when reps are next at work."""
    return any(
        part.soon != 0 if isinstance(part, ByIndex) else isinstance(part, AtWork | UserFunction)
        for part in (*policy.eligible, *policy.rank)
    )


def shortcut(policy: Routing) -> int:
    """Return which shortcut finds whom the policy names (`sim.engine.compiled.shortcut`)."""
    if policy.eligible or len(policy.rank) != 1:
        return NO_SHORTCUT
    return _SHORTCUTS.get(type(policy.rank[0]), NO_SHORTCUT)


def looks_at_owners(policy: Routing) -> bool:
    """Tell whether any part looks at who last owned a deal of the lead's account."""
    return any(
        part.owner != 0 if isinstance(part, ByIndex) else isinstance(part, AccountOwner | UserFunction)
        for part in policy.rank
    )


def _describe(part: Filter | Ranking, tables: Tables) -> tuple[float, ...]:
    if type(part) not in _PARTS:
        raise NotCompiledError(f"{type(part).__name__} is a policy of your own that is written as a Python class")
    code, numbers = _PARTS[type(part)]
    function = address_of(part.choose_rep) if isinstance(part, UserFunction) else 0
    weights = tables.add_numbers(list(part.weights.values())) if isinstance(part, ByIndex) else 0
    told = (*numbers(part), 0.0, 0.0, 0.0)
    return (code, function, weights, *told[:3])
