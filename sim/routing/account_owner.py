"""Account owner first: the rep who knows the account gets its next lead."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def owner_first(owner: int, reps: int) -> Floats:
    """Return 0 for the owner (-1: nobody) and 1 for the others: shape (reps,)."""
    keys = np.ones(reps)
    if owner >= 0:
        keys[owner] = 0.0
    return keys


@dataclass(frozen=True)
class AccountOwner(Ranking):
    """The account's owner first; put another ranking behind it for leads whose account has none."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.STICKY})

    def keys(self, team: TeamState, lead: LeadView, candidates: Flags) -> Floats:
        """Rank the owner before all others."""
        return owner_first(lead.owner, len(team.names))
