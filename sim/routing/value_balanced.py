"""Value-balanced: everybody gets the same expected value, not the same number of leads.

The same savings as in weighted round robin, but a lead costs what it is expected to be worth (score × amount).
"""

from dataclasses import dataclass
from typing import ClassVar

from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState
from sim.routing.weighted_round_robin import most_saved, settle


@dataclass(frozen=True)
class ValueBalanced(Ranking):
    """Whoever is furthest behind their share of the expected value handed out."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE, Guarantee.HEALS})

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by the value saved up."""
        most_saved(team.value_credit, team.weight, lead.value, candidates, keys)

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        """Share out the lead's expected value and let the chosen rep pay it."""
        settle(team.value_credit, team.weight, lead.value, candidates, chosen)
