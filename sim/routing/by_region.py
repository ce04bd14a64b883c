"""By region: a lead goes to the reps who serve its region."""

from dataclasses import dataclass

from sim.jit import rule
from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState


@rule
def forbid_strangers(serves: Flags, code: int, allowed: Flags) -> None:
    """Take out those who don't serve a region, or sell a product, by its code: shapes (reps, codes) and (reps,)."""
    for i in range(len(allowed)):
        allowed[i] = allowed[i] and serves[i, code]


@dataclass(frozen=True)
class ByRegion(Filter):
    """Only reps whose regions include the lead's; reps with no regions named serve all."""

    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        """Keep the reps who serve the lead's region."""
        forbid_strangers(team.serves_region, lead.region, allowed)
