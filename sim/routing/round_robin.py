"""Round robin: whoever has waited longest since the last assignment is next.

This is the variant that Microsoft documents for Dynamics 365 Sales: the order is by the time of the last assignment,
manual ones included, rather than by a pointer into a list. A rep who was away comes back as the one who has waited
longest, gets one lead, and is in step again; a new rep is served first.
"""

from dataclasses import dataclass
from typing import ClassVar

from sim.jit import rule
from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole


@rule
def longest_waiting(last_turn: Whole, keys: Floats) -> None:
    """Write each rep's last turn, the earliest being the best: shapes (reps,)."""
    for i in range(len(keys)):
        keys[i] = last_turn[i]


@dataclass(frozen=True)
class RoundRobin(Ranking):
    """Longest since the last assignment."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset(
        {Guarantee.EXCHANGEABLE, Guarantee.BALANCED, Guarantee.HEALS}
    )

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by the last assignment."""
        longest_waiting(team.last_turn, keys)
