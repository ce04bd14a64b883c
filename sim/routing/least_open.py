"""Least open: the rep with the fewest open deals is next; closed ones don't count."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole


@rule
def fewest_open(open_deals: Whole) -> Floats:
    """Return each rep's open deals: shape (reps,)."""
    return open_deals.astype(np.float64)


@dataclass(frozen=True)
class LeastOpen(Ranking):
    """Fewest open deals."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE, Guarantee.LEAST_LOADED})

    def keys(self, team: TeamState, lead: LeadView, candidates: Flags) -> Floats:
        """Rank by open deals."""
        return fewest_open(team.open_deals)
