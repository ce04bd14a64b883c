"""By product line: a lead goes to the specialists for what it asks about."""

from dataclasses import dataclass

from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState


@dataclass(frozen=True)
class ByProduct(Filter):
    """Only reps whose products include the lead's; reps with no products named sell all."""

    def allows(self, team: TeamState, lead: LeadView) -> Flags:
        """Flag the reps who sell the lead's product."""
        return team.serves_product[:, lead.product]
