"""By product line: a lead goes to the specialists for what it asks about."""

from dataclasses import dataclass

from sim.routing.by_region import forbid_strangers
from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState


@dataclass(frozen=True)
class ByProduct(Filter):
    """Only reps whose products include the lead's; reps with no products named sell all."""

    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        """Keep the reps who sell the lead's product."""
        forbid_strangers(team.serves_product, lead.product, allowed)
