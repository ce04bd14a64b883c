"""Most available capacity: the rep with the most room under the WIP limit is next."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole


@rule
def least_room(open_deals: Whole, wip_limit: Whole) -> Floats:
    """Return open deals minus the WIP limit, so that most room is lowest: shape (reps,)."""
    return (open_deals - wip_limit).astype(np.float64)


@dataclass(frozen=True)
class MostCapacity(Ranking):
    """Most free capacity: WIP limit minus open deals. Reps without a limit have the same, very large, room."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE, Guarantee.MOST_ROOM})

    def keys(self, team: TeamState, lead: LeadView, candidates: Flags) -> Floats:
        """Rank by free capacity."""
        return least_room(team.open_deals, team.wip_limit)
