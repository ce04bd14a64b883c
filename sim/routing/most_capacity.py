"""Most available capacity: the rep with the most room under the WIP limit is next."""

from dataclasses import dataclass
from typing import ClassVar

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole


@rule
def least_room(open_deals: Whole, wip_limit: Whole, keys: Floats) -> None:
    """Write open deals minus the WIP limit, so that most room is lowest: shapes (reps,)."""
    for i in range(len(keys)):
        keys[i] = open_deals[i] - wip_limit[i]


@dataclass(frozen=True)
class MostCapacity(Ranking):
    """Most free capacity: WIP limit minus open deals. Reps without a limit have the same, very large, room."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE, Guarantee.MOST_ROOM})

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by free capacity."""
        least_room(team.open_deals, team.wip_limit, keys)
