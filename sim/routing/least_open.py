"""Least open: the rep with the fewest open deals is next; closed ones don't count."""

from dataclasses import dataclass
from typing import ClassVar

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole


@rule
def fewest_open(open_deals: Whole, keys: Floats) -> None:
    """Write each rep's open deals: shapes (reps,)."""
    for i in range(len(keys)):
        keys[i] = open_deals[i]


@dataclass(frozen=True)
class LeastOpen(Ranking):
    """Fewest open deals."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE, Guarantee.LEAST_LOADED})

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by open deals."""
        fewest_open(team.open_deals, keys)
