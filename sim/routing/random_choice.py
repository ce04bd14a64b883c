"""Random: anyone who is eligible, with equal chances."""

from dataclasses import dataclass
from typing import ClassVar

from sim.routing.policy import Guarantee, Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, tie_luck


@dataclass(frozen=True)
class RandomChoice(Ranking):
    """A draw of the lead's own for each rep; adding a rep changes nobody else's draw."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.EXCHANGEABLE, Guarantee.HEALS})

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank by luck."""
        tie_luck(*lead.address, team.keys, candidates, keys)
