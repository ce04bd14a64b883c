"""Account owner first: the rep who knows the account gets its next lead."""

from dataclasses import dataclass
from typing import ClassVar

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState


@rule
def one_first(rep: int, keys: Floats) -> None:
    """Write 0 for one rep (-1: nobody) and 1 for the others: shape (reps,)."""
    for i in range(len(keys)):
        keys[i] = 0.0 if i == rep else 1.0


@dataclass(frozen=True)
class AccountOwner(Ranking):
    """The account's owner first; put another ranking behind it for leads whose account has none."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.STICKY})

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank the owner before all others."""
        one_first(lead.owner, keys)
